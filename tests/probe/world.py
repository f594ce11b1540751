# SPDX-License-Identifier: Apache-2.0
"""Nodes made of files: a folder that looks like the root of a node, and the probe run in it.

The probe reads everything below the folder that its line `R=` names; only here that line is changed.
Commands are real (sed, grep, tr, sleep) but for those whose answer is the node's: uname, ip, df.
"""
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

NONCE = "6e6f6e6365c0ffee6e6f6e6365c0ffee"
NOBODY = 65534
TOOLS = ("sed", "grep", "tr", "sleep")


def shells():
    """dash, bash and busybox, each as its people get it; all must be installed."""
    found = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"]}
    for name, command in found.items():
        path = shutil.which(command[0])
        if not path:
            raise SystemExit(f"{name} is not installed")
        found[name] = [path] + command[1:]
    return found


def program(*lines):
    return "#!/bin/sh\n" + "\n".join(lines) + "\n"


def says(text):
    return program("while IFS= read -r line; do printf '%s\\n' \"$line\"; done <<'END'", text, "END")


DF = program(
    'while [ "${1#-}" != "$1" ]; do shift; done',
    "echo 'Filesystem     1024-blocks     Used Available Capacity Mounted on'",
    "for p; do echo '/dev/nvme0n1p1   519987232 41943040 478044192      9% /'; done")

ADDRESSES = """1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
2: ens5    inet 10.0.1.17/20 metric 100 brd 10.0.15.255 scope global dynamic ens5\\       valid_lft 3000sec preferred_lft 3000sec
2: ens5    inet6 fe80::1:2ff:fe03:405/64 scope link \\       valid_lft forever preferred_lft forever
5: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\       valid_lft forever preferred_lft forever
9: cali0123456789a@if4    inet6 fe80::ecee:eeff:feee:eeee/64 scope link \\       valid_lft forever preferred_lft forever"""

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
ens5\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
ens5\t0000000A\t00000000\t0001\t0\t0\t100\t00F0FFFF\t0\t0\t0
"""

TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21000 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2808 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 23000 1 0000000000000000 100 0 0 10 0
   2: 1101000A:0016 0201000A:C350 01 00000000:00000000 02:000A0000 00000000     0        0 24000 2 0000000000000000 20 4 30 10 -1
"""

TCP6 = """  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:280A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 25000 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 26000 1 0000000000000000 100 0 0 10 0
"""

MOUNTS = """22 28 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
23 28 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
28 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw,discard
30 28 0:25 / /run rw,nosuid,nodev shared:5 - tmpfs tmpfs rw,size=3200000k,mode=755
"""

SYSCTLS = {
    "fs.inotify.max_user_instances": "8192", "fs.inotify.max_user_watches": "1000000",
    "kernel.pid_max": "4194304", "net.core.somaxconn": "4096", "net.ipv4.ip_forward": "1",
    "net.ipv4.ip_local_port_range": "32768\t60999", "net.netfilter.nf_conntrack_max": "524288",
    "vm.max_map_count": "65530", "vm.overcommit_memory": "1",
}

MODULES_DEP = """kernel/fs/overlayfs/overlay.ko:
kernel/net/bridge/br_netfilter.ko: kernel/net/bridge/bridge.ko kernel/net/802/stp.ko kernel/net/llc/llc.ko
kernel/net/bridge/bridge.ko: kernel/net/802/stp.ko kernel/net/llc/llc.ko
kernel/drivers/net/wireguard/wireguard.ko.zst: kernel/net/ipv4/udp_tunnel.ko
kernel/net/ipv4/ip-tables.ko.xz:
"""

MODULES_BUILTIN = "kernel/fs/fuse/fuse.ko\nkernel/drivers/net/tun.ko\n"

SOCKET, DEVICE, FOLDER = object(), object(), object()


def process(number, name, arguments=(), cgroup="0::/system.slice/x.service\n", uid=0):
    return {f"proc/{number}/status": f"Name:\t{name}\nPPid:\t1\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t0\n",
            f"proc/{number}/comm": name + "\n", f"proc/{number}/cgroup": cgroup,
            f"proc/{number}/cmdline": "".join(a + "\0" for a in arguments)}


def node(kernel="5.15.0-1051-aws", uid=1000, memory=16393296, **more):
    """The files of a node without Kubernetes: path -> text, SOCKET, DEVICE, FOLDER or None (absent)."""
    files = {
        "proc/self/status": f"Name:\tsh\nUmask:\t0022\nState:\tR (running)\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n",
        "proc/self/cgroup": "0::/user.slice/user-1000.slice/session-3.scope\n",
        "proc/self/mountinfo": MOUNTS,
        "proc/meminfo": f"MemTotal:       {memory} kB\nMemFree:          440324 kB\nSwapTotal:             0 kB\nSwapFree: 0 kB\n",
        "proc/mounts": "sysfs /sys sysfs rw 0 0\n",
        "proc/net/tcp": TCP, "proc/net/tcp6": TCP6, "proc/net/route": ROUTES,
        "proc/sys/kernel/osrelease": kernel + "\n", "proc/sys/kernel/hostname": "ip-10-0-1-17\n",
        "sys/devices/system/cpu/online": "0-3\n",
        "sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
        "sys/class/net/ens5/device/vendor": "0x1d0f\n", "sys/class/net/lo/mtu": "65536\n",
        "sys/devices/disk/size": "1048576000\n", "sys/devices/disk/part1/partition": "1\n",
        "sys/dev/block/259:1": "->../../devices/disk/part1",
        "sys/module/overlay/initstate": "live\n",
        f"lib/modules/{kernel}/modules.dep": MODULES_DEP,
        f"lib/modules/{kernel}/modules.builtin": MODULES_BUILTIN,
        "etc/hosts": "127.0.0.1 localhost\n", "usr/src/linux-headers": FOLDER, "var/lib": FOLDER,
        "dev/fuse": DEVICE, "dev/net/tun": DEVICE,
        "usr/bin/uname": program("echo x86_64"), "usr/bin/ip": says(ADDRESSES), "usr/bin/df": DF,
    }
    files.update(process(1, "systemd", ["/sbin/init"], "0::/init.scope\n"))
    files.update({"proc/sys/" + name.replace(".", "/"): value + "\n" for name, value in SYSCTLS.items()})
    files.update(more.get("files", {}))
    return files


def write(root, path, what):
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if what is FOLDER:
        place.mkdir(exist_ok=True)
    elif what is DEVICE:
        place.symlink_to("/dev/null")
    elif what is SOCKET:
        # a socket's whole path may be too long for its address
        here = os.getcwd()
        os.chdir(place.parent)
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(place.name)
        os.chdir(here)
    elif what.startswith("->"):
        place.symlink_to(what[2:])
    else:
        place.write_bytes(what.encode("utf-8", "surrogateescape"))
        if what.startswith("#!"):
            place.chmod(0o755)


class Node:
    """A node's folder, gone when the block ends."""

    def __init__(self, files, without=(), denied=()):
        self.files, self.without, self.denied = files, without, denied

    def __enter__(self):
        self.temp = tempfile.TemporaryDirectory(prefix="pl")
        self.root = Path(self.temp.name).resolve() / "root"
        self.root.mkdir()
        os.chmod(self.root.parent, 0o755)
        for path, what in self.files.items():
            if what is not None:
                write(self.root, path, what)
        for tool in TOOLS:
            if not (self.root / "usr/bin" / tool).exists():
                (self.root / "usr/bin" / tool).symlink_to(shutil.which(tool))
        for tool in self.without:
            (self.root / "usr/bin" / tool).unlink()
        for path in self.denied:
            (self.root / path).chmod(0)
        return self

    def __exit__(self, *exc):
        for path in self.denied:
            (self.root / path).chmod(0o755)
        self.temp.cleanup()

    def script(self, text):
        assert text.count("\nR=\n") == 1, "the line R= is not where it was"
        return text.replace("\nR=\n", f"\nR={self.root}\n")

    def ask(self, script, shell, *ask, before=(), environment=None):
        """What the probe says, as a user without rights: standard output of `sh -s NONCE ...`."""
        def drop():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
        done = subprocess.run(list(before) + list(shell) + ["-s", NONCE, *ask], input=self.script(script).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False, cwd="/",
                              env=environment or {"PATH": "/nowhere"}, preexec_fn=drop)
        assert done.returncode == 0, done
        return done.stdout


def snapshot_of(reader, answer, nonce=NONCE):
    done = subprocess.run([reader, nonce], input=answer, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def facts_of(reader, answer):
    """attribute -> fact of the node that answered."""
    status, text, error = snapshot_of(reader, answer)
    assert status == 0, error
    model = json.loads(text)
    found = [o for o in model["objects"] if o["kind"] == "node"]
    assert len(found) == 1, text
    return {f["attribute"]: f for f in found[0]["facts"]}, found[0], model
