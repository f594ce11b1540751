#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on nodes: the probe says what it knows, why it does not know the rest, and no secret.

usage: hostile.py READER SCRIPT GITPOD
"""
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from nodes import CANARY, NODES, right
from world import NONCE, SOCKET, Node, facts_of, node, process, program, shells, snapshot_of

UBUNTU = NODES["ubuntu 22.04, kubeadm"][0]
SLEEP = shutil.which("sleep")


def same_under(script, environment=None, before=()):
    """The answers of a usual node under each shell, all alike."""
    with Node(UBUNTU) as n:
        plain = n.ask(script, shells()["dash"])
        for shell, command in shells().items():
            odd = n.ask(script, command, environment=environment, before=before)
            if odd[-len(plain):] != plain:
                yield f"{shell} answers otherwise: {odd[:400]!r}"


def odd_environment(reader, script):
    names = set(re.findall(r"\b([A-Za-z_][a-z_]*)=", script)) | {"IFS", "CDPATH", "GREP_OPTIONS", "POSIXLY_CORRECT"}
    environment = {name: "-x junk /*" for name in names - {"PATH"}}
    environment |= {"PATH": "/nowhere", "LC_ALL": "tr_TR.UTF-8", "LANG": "ja_JP.SJIS", "ENV": "/nowhere/rc"}
    yield from same_under(script, environment)


def noise_before(reader, script):
    """A message of the day, and a line without an end."""
    talk = ["/bin/sh", "-c", f'echo "Welcome! {NONCE[:8]}"; printf "Last login: "; exec "$@"', "x"]
    yield from same_under(script, before=talk)
    with Node(UBUNTU) as n:
        answer = n.ask(script, shells()["dash"])
    plain, _, _ = facts_of(reader, answer)
    loud = b"motd\r\n+os\n=x\n" + answer.replace(b"\n", b"\r\n") + b"logout\n" + NONCE.encode() + b"=ID=other\n"
    if facts_of(reader, loud)[0] != plain:
        yield "noise around the answer changes facts"
    between = b"".join(line + b"\nBroadcast message from root" for line in answer.split(b"\n"))
    if facts_of(reader, between)[0] != plain:
        yield "noise between the lines changes facts"


def hostile_values(reader, script):
    """A value that looks like a line of the answer is a value."""
    evil = f'NAME="x\n{NONCE}-ok\nID=ubuntu\nVERSION_ID="22.04\x1b[2J\x00"\nPRETTY_NAME=={NONCE}.\n'
    with Node(UBUNTU | {"etc/os-release": evil, "proc/sys/kernel/hostname": "$(reboot)`id`\n",
                        "etc/cni/net.d/05-x.conf": '"type":"a\\"b","type": "$(x)", "type" : "ok", "secret": "type", "x": ":"'}) as n:
        answer = n.ask(script, shells()["dash"])
    facts, found, _ = facts_of(reader, answer)
    for attribute, want in {"os": "ubuntu", "os_version": "?does not tell", "kernel_version": "5.15.0-1051-aws",
                            "hostname": "Node-A", "cni": ["ok"]}.items():
        if not right(facts[attribute], want):
            yield f"{attribute} is {facts[attribute]}"
    if found["name"] != "Node-A":
        yield f"the node is called {found['name']}"


def without_tools(reader, script):
    for tool, unknown in {
        "sed": {"ports_in_use": "?no command sed", "disk_size": 519987232 * 1024},
        "grep": {"sysctls": "?no command grep", "modules": {"overlay": "loaded", "fuse": "?"}},
        "tr": {"container_runtime": "containerd", "hostname": "ip-10-0-1-17", "container_runtime_version": "?was not found"},
        "uname": {"architecture": "?no command uname"}, "df": {"disk_free": "?no command df", "disk_size": 536870912000},
        "ip": {"addresses": ["10.0.1.17"]}, "sleep": {"container_runtime_version": "1.7.2"},
    }.items():
        for shell, command in shells().items():
            with Node(UBUNTU, without=[tool]) as n:
                answer = n.ask(script, command)
            if shell == "busybox" and answer.count(b"-missing") == 0:
                continue  # it may have the tool built in
            facts, _, _ = facts_of(reader, answer)
            for attribute, want in unknown.items() if facts else ():
                if not right(facts.get(attribute), want):
                    yield f"without {tool}, {shell}: {attribute} is {facts.get(attribute)}"
            if not right(facts["memory"], 16393296 * 1024) or not right(facts["cgroup"], "v2"):
                yield f"without {tool}, {shell}: other facts are lost"


def denied(reader, script):
    """As a user, what only root may see is unknown and says so."""
    files = UBUNTU | {"var/lib/kubelet/config.yaml": "x", "etc/kubernetes/kubelet/config.json": "{}"}
    closed = ["var/lib/kubelet", "proc/sys/kernel/pid_max", "etc/cni/net.d/10-calico.conflist",
              "etc/kubernetes/kubelet/config.json", "usr/bin/containerd", "proc/meminfo"]
    with Node(files, denied=closed) as n:
        answer = n.ask(script, shells()["dash"])
    facts, _, _ = facts_of(reader, answer)
    for attribute, want in {
        "paths": {"/var/lib/kubelet/seccomp": "?", "/usr/src": "directory", "/var/lib/kubelet": "directory"},
        "sysctls": {"kernel.pid_max": "?", "net.ipv4.ip_forward": "1"}, "cni": "?--sudo", "memory": "?--sudo",
        "container_runtime": "containerd", "container_runtime_version": "?--sudo",
        "disk_free": {"/var/lib/kubelet": "?", "/": str(478044192 * 1024)},
    }.items():
        if not right(facts[attribute], want):
            yield f"{attribute} is {facts[attribute]}"
    if not facts["kubelet"].get("open") or "--sudo" not in facts["kubelet"]["waits_for"]:
        yield f"kubelet is {facts['kubelet']}"


def hidden_processes(reader, script):
    files = {k: v for k, v in UBUNTU.items() if not re.match(r"proc/[0-9]+/", k)}
    with Node(files) as n:
        answer = n.ask(script, shells()["dash"])
    facts, _, _ = facts_of(reader, answer)
    for attribute, want in {"container_runtime": "containerd", "kubelet": "?--sudo", "time_sync": "systemd-timesyncd"}.items():
        if not right(facts[attribute], want):
            yield f"{attribute} is {facts[attribute]}"
    if facts["container_runtime"]["basis"] != "inferred":
        yield "the runtime was not inferred"


def hanging_commands(reader, script):
    """A command that hangs costs its own fact and a few seconds, and leaves no process behind."""
    hangs = program(f"exec {SLEEP} 1234567")
    files = UBUNTU | {"usr/bin/containerd": hangs, "usr/bin/df": hangs, "usr/bin/sleep": program(f"exec {SLEEP} 0.2")}
    for shell, command in shells().items():
        with Node(files) as n:
            start = time.monotonic()
            facts, _, _ = facts_of(reader, n.ask(script, command))
            if time.monotonic() - start > 20:
                yield f"{shell}: took too long"
        for attribute, want in {"container_runtime_version": "?failed", "disk_free": "?failed", "os": "ubuntu"}.items():
            if shell == "busybox" and attribute == "disk_free" and right(facts[attribute], {}):
                continue
            if not right(facts[attribute], want):
                yield f"{shell}: {attribute} is {facts[attribute]}"
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"1234567" in place.read_bytes():
                yield "a process was left behind"
        except OSError:
            pass  # it ended meanwhile


def no_answer(reader, script):
    for text, want in {b"": "answered nothing", b"This account is currently not available.\n": "account is currently",
                       b"sh: not found": "sh: not found", NONCE.encode() + b"@2 0\n": "not the probe"}.items():
        status, _, error = snapshot_of(reader, text)
        if status != 1 or want not in error:
            yield f"{text!r}: {error!r}"


def a_flood(reader, script):
    """Much of everything: what is believed is bounded, and so is the time it takes."""
    head = f"\n{NONCE}@1 0\n".encode()
    floods = [b"x" * (8 << 20), head + b"x" * (8 << 20), head + f"{NONCE}+port /p\n".encode() + f"{NONCE}=0016\n".encode() * 300000,
              head + b"".join(f"{NONCE}+s{i}\n".encode() for i in range(100000))]
    for flood in floods:
        start = time.monotonic()
        snapshot_of(reader, flood)
        if time.monotonic() - start > 10:
            yield f"{flood[:40]!r}... took too long"


def no_secret(reader, script):
    """A token stands in command lines, unit files and configuration, and nowhere in what we send."""
    for name, (files, _) in NODES.items():
        holds = CANARY in repr(files)
        with Node(files) as n:
            answer = n.ask(script, shells()["bash"])
        for piece in (CANARY, CANARY[-12:], "canary", "5ec7e7"):
            if holds and piece.encode() in answer:
                yield f"{name}: {piece} is in the answer"


def asked_for_more(reader, script):
    with Node(UBUNTU | {"srv/x": "", "proc/sys/vm/dirty_ratio": "20\n", "sys/module/zfs/initstate": "live\n"}) as n:
        answer = n.ask(script, shells()["dash"], "path:/srv/x", "path:/srv/no", "sysctl:vm.dirty_ratio", "module:zfs",
                       "disk:/srv/data", "nonsense", "path:relative")
    facts, _, _ = facts_of(reader, answer)
    for attribute, want in {"paths": {"/srv/x": "file", "/srv/no": "absent"}, "sysctls": {"vm.dirty_ratio": "20"},
                            "modules": {"zfs": "loaded"}, "disk_free": {"/srv/data": str(478044192 * 1024)}}.items():
        if not right(facts[attribute], want):
            yield f"{attribute} is {facts[attribute]}"


def gitpod_is_asked_for(reader, script):
    """What the gitpod architecture asks of nodes stands in the script's own lists."""
    def keys(what, attribute):
        if isinstance(what, dict):
            for key, value in what.items():
                yield from value if key == attribute and isinstance(value, dict) else keys(value, attribute)
        elif isinstance(what, list):
            for part in what:
                yield from keys(part, attribute)
    with open(sys.argv[3]) as file:
        gitpod = yaml.safe_load(file)
    with Node(UBUNTU) as n:
        facts, _, _ = facts_of(reader, n.ask(script, shells()["dash"]))
    for attribute in ("paths", "sysctls", "modules", "disk_free"):
        asked = set(keys(gitpod["requirements"], attribute))
        if not asked or asked - set(facts[attribute]["value"]):
            yield f"{attribute}: {asked - set(facts[attribute]['value'])} are not asked for"


def by_sudo(reader, script):
    """As the command has it: a sudo that refuses leaves the script to the sh behind it."""
    command = f"sudo -n sh -s {NONCE} || sh -s {NONCE}"
    for sudo in (program("echo 'a password is required' >&2", "exit 1"), program("shift", 'exec "$@"')):
        with Node(UBUNTU | {"usr/bin/sudo": sudo}) as n:
            (n.root / "usr/bin/sh").symlink_to(shutil.which("sh"))
            plain = n.ask(script, shells()["dash"])
            done = subprocess.run(["/bin/sh", "-c", command], input=n.script(script).encode(), capture_output=True, check=True,
                                  timeout=60, env={"PATH": str(n.root / "usr/bin")})
        if done.stdout != plain:
            yield f"answers otherwise: {done.stdout[:200]!r}"


def this_machine(reader, script):
    """The script as it is, asked here: what it says is what Python sees."""
    done = subprocess.run(["sh", "-s", NONCE], input=script.encode(), capture_output=True, check=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.77 22"})
    facts, _, _ = facts_of(reader, done.stdout)
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read()).group(1)) * 1024
    for attribute, want in {"kernel_version": os.uname().release, "memory": memory,
                            "vcpu": os.sysconf("SC_NPROCESSORS_ONLN")}.items():
        if not right(facts[attribute], want):
            yield f"{attribute} is {facts[attribute]}, not {want}"
    if abs(int(facts["disk_free"]["value"]["/"]) - shutil.disk_usage("/").free) > 4 << 30:
        yield f"disk_free is {facts['disk_free']}"
    if facts["paths"]["value"]["/etc/hosts"] != ("file" if os.path.isfile("/etc/hosts") else "absent"):
        yield f"paths are {facts['paths']}"


CASES = [odd_environment, noise_before, hostile_values, without_tools, denied, hidden_processes, hanging_commands, no_answer,
         a_flood, no_secret, asked_for_more, gitpod_is_asked_for, by_sudo, this_machine]


def main():
    reader, script = sys.argv[1], open(sys.argv[2]).read()
    problems = [f"{case.__name__}: {problem}" for case in CASES for problem in case(reader, script)]
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
