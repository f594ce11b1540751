#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes of many sorts, asked under each shell: the answer is the same, and the facts are theirs.

usage: nodes.py READER SCRIPT
"""
import sys

from world import DEVICE, FOLDER, SOCKET, Node, facts_of, node, process, program, says, shells

CANARY = "K10c0ffee0canary0c0ffee::server:5ec7e7"

UBUNTU = """PRETTY_NAME="Ubuntu 22.04.3 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
VERSION="22.04.3 LTS (Jammy Jellyfish)"
VERSION_CODENAME=jammy
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
"""

CALICO = """{
  "name": "k8s-pod-network",
  "cniVersion": "0.3.1",
  "plugins": [
    {
      "type": "calico",
      "log_level": "info",
      "ipam": { "type": "calico-ipam" },
      "policy": { "type": "k8s", "k8s_auth_token": "%s" },
      "kubernetes": { "kubeconfig": "/etc/cni/net.d/calico-kubeconfig" }
    },
    { "type": "portmap", "snat": true, "capabilities": {"portMappings": true} }
  ]
}""" % CANARY

FLANNEL = '{"name":"cbr0","cniVersion":"1.0.0","plugins":[{"type":"flannel","delegate":{"isDefaultGateway":true}},{"type":"portmap"}]}'

KUBELET = ["/usr/bin/kubelet", "--config=/etc/kubernetes/kubelet/config.json", "--hostname-override", "Node-A",
           "--container-runtime-endpoint=unix:///run/containerd/containerd.sock", "--node-ip=10.0.1.17",
           "--provider-id=aws:///eu-west-1a/i-0123456789abcdef0", "--token", CANARY, "--bootstrap-token=" + CANARY,
           "--kubeconfig=/var/lib/kubelet/kubeconfig"]

CONTAINERD = {"usr/bin/containerd": program(
    'echo "containerd github.com/containerd/containerd 1.7.2 0cae528dd6cb557f7201036e9f43420650207b58"')}

K3S_UNIT = f"""[Service]
EnvironmentFile=-/etc/default/%N
Environment="K3S_TOKEN={CANARY}"
ExecStart=/usr/local/bin/k3s \\
    server \\
\t'--flannel-backend=none' \\
\t'--disable' \\
\t'servicelb' \\
\t'--token' \\
\t'{CANARY}' \\
\t'--node-name=edge-1' \\
\t'--kubelet-arg=provider-id=aws:///eu-west-1b/i-0123456789abcdef1' \\
\t'--kubelet-arg' \\
\t'max-pods=200' \\
\t'--kubelet-arg=bootstrap-token={CANARY}' \\
"""

K3S_CONFIG = f"""# made by hand
token: {CANARY}
disable:
  - traefik
node-ip: 10.0.1.17   # the inner one
tls-san:
  - {CANARY}
"""

DOCKER = program('echo "Docker version 20.10.21, build 20.10.21-0ubuntu1~22.04.3"')

# name -> (files, facts: attribute -> value, or "?" and a word of why it is unknown; of a map some keys)
NODES = {
    "ubuntu 22.04, kubeadm": (node(files={
        "etc/os-release": UBUNTU, **process(700, "containerd", ["/usr/bin/containerd"]), **process(800, "kubelet", KUBELET),
        **process(810, "systemd-timesyn", ["/lib/systemd/systemd-timesyncd"]),
        # a kubelet of somebody's test cluster, in a pod
        **process(900, "kubelet", ["/evil", "--hostname-override=evil"], "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope\n"),
        **process(910, "kubelet", ["./kubelet", "--hostname-override=evil"], uid=1000),
        **CONTAINERD, "run/containerd/containerd.sock": SOCKET, "run/systemd/timesync/synchronized": "",
        "var/lib/kubelet/seccomp": FOLDER, "var/gitpod/workspaces": FOLDER,
        "etc/kubernetes/kubelet/config.json": '{\n  "kind": "KubeletConfiguration",\n  "providerID": "aws:///eu-west-1a/i-0123456789abcdef0",\n  "maxPods": 58\n}\n',
        "etc/cni/net.d/10-calico.conflist": CALICO, "etc/cni/net.d/calico-kubeconfig": "token: " + CANARY,
        "sys/class/net/vxlan.calico/mtu": "8951\n", "sys/class/net/cali0123456789a/mtu": "8951\n",
    }), {
        "os": "ubuntu", "os_version": "22.04", "kernel_version": "5.15.0-1051-aws", "architecture": "amd64", "vcpu": 4,
        "memory": 16393296 * 1024, "swap": 0, "cgroup": "v2", "hostname": "Node-A",
        "provider_id": "aws:///eu-west-1a/i-0123456789abcdef0", "addresses": ["10.0.1.17"],
        "container_runtime": "containerd", "container_runtime_version": "1.7.2", "disk_size": 536870912000,
        "disk_free": {"/": str(478044192 * 1024), "/var/gitpod/workspaces": str(478044192 * 1024)},
        "kubelet": {"container-runtime-endpoint": "unix:///run/containerd/containerd.sock", "max-pods": "58"},
        "cni": ["calico", "calico-ipam", "k8s", "portmap"], "ports_in_use": ["22", "10248", "10250"],
        "time_sync": "systemd-timesyncd",
        "paths": {"/usr/src": "directory", "/etc/hosts": "file", "/dev/fuse": "character-device", "/dev/kvm": "absent",
                  "/run/containerd/containerd.sock": "socket", "/var/lib/kubelet/seccomp": "directory"},
        "sysctls": {"kernel.pid_max": "4194304", "net.ipv4.ip_local_port_range": "32768 60999", "vm.swappiness": "absent"},
        "modules": {"overlay": "loaded", "fuse": "builtin", "br_netfilter": "loadable", "wireguard": "loadable",
                    "ip_tables": "loadable", "nfs": "absent"},
    }),
    "k3s server, flags in its unit": (node(files={
        "etc/os-release": UBUNTU.replace("22.04", "20.04"), **process(700, "k3s-server", ["/usr/local/bin/k3s", "server"]),
        **process(710, "containerd", ["containerd", "-c", "/var/lib/rancher/k3s/agent/etc/containerd/config.toml"]),
        "run/k3s/containerd/containerd.sock": SOCKET, "etc/systemd/system/k3s.service": K3S_UNIT,
        "etc/systemd/system/k3s.service.env": "K3S_TOKEN=" + CANARY, "etc/rancher/k3s/config.yaml": K3S_CONFIG,
        "var/lib/rancher/k3s/data/current/bin/containerd": program(
            'echo "containerd github.com/k3s-io/containerd v1.6.6-k3s1.22 94b1d5a5c3e1cd1ef0f4d1c1ee0f7e4ea8f0c4b5"'),
        "var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist": FLANNEL,
        "sys/class/net/flannel.1/mtu": "8951\n", **process(820, "chronyd", ["/usr/sbin/chronyd"]),
    }), {
        "os_version": "20.04", "hostname": "edge-1", "provider_id": "aws:///eu-west-1b/i-0123456789abcdef1", "container_runtime": "containerd",
        "container_runtime_version": "1.6.6-k3s1.22", "cni": ["flannel", "portmap"], "time_sync": "chrony",
        "kubelet": {"flannel-backend": "none", "disable": "servicelb,traefik", "node-name": "edge-1", "node-ip": "10.0.1.17",
                    "max-pods": "200"},
        "paths": {"/run/containerd/containerd.sock": "absent", "/run/k3s/containerd/containerd.sock": "socket"},
    }),
    "k3s on docker, on openrc": (node(files={
        "etc/os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.18.4\n', **process(700, "k3s-agent", ["k3s", "agent"]),
        **process(710, "dockerd", ["/usr/bin/dockerd"]), **process(720, "containerd", ["containerd", "--config", "/x"]),
        "usr/bin/dockerd": DOCKER, **CONTAINERD, "run/docker.sock": SOCKET,
        "etc/init.d/k3s-agent": f'command="/usr/local/bin/k3s"\ncommand_args="agent \\\n\t\'--docker\' \\\n\t\'--token={CANARY}\' >>/var/log/k3s.log"\n',
    }), {
        "os": "alpine", "os_version": "3.18.4", "container_runtime": "docker", "container_runtime_version": "20.10.21",
        "kubelet": {"docker": "true"}, "cni": [], "time_sync": "none",
    }),
    "k3s with the system's containerd and a folder of its own": (node(files={
        **process(700, "k3s-server", ["/usr/local/bin/k3s", "server"]), **process(710, "containerd", ["/usr/bin/containerd"]),
        **CONTAINERD, "run/containerd/containerd.sock": SOCKET,
        "etc/rancher/k3s/config.yaml": "data-dir: /srv/k3s\ncontainer-runtime-endpoint: unix:///run/containerd/containerd.sock\n",
        "srv/k3s/data/current/bin/containerd": program("echo containerd x v9.9.9"),
        "etc/cni/net.d/10-old.conf": '{"type":"old"}', "srv/k3s/agent/etc/cni/net.d/10-flannel.conflist": FLANNEL,
    }), {
        "container_runtime": "containerd", "container_runtime_version": "1.7.2", "cni": ["flannel", "portmap"],
        "kubelet": {"data-dir": "/srv/k3s"},
    }),
    "RKE2 on SLES": (node(files={
        "usr/lib/os-release": 'NAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"\nID="sles"\n',
        **process(700, "rke2", ["/usr/local/bin/rke2", "server"]),
        **process(710, "kubelet", ["kubelet", "--container-runtime-endpoint=unix:///run/k3s/containerd/containerd.sock",
                                   "--hostname-override=sles-1", "--cloud-provider=external"]),
        **process(720, "containerd", ["containerd", "-c", "/var/lib/rancher/rke2/agent/etc/containerd/config.toml"]),
        "var/lib/rancher/rke2/bin/containerd": program('echo "containerd github.com/k3s-io/containerd v1.7.7-k3s1 8e8d5e3"'),
        "etc/rancher/rke2/config.yaml": f"token: {CANARY}\ncni: [canal]\n", "run/k3s/containerd/containerd.sock": SOCKET,
    }), {
        "os": "suse", "os_version": "15.5", "hostname": "sles-1", "container_runtime": "containerd",
        "container_runtime_version": "1.7.7-k3s1",
    }),
    "Container-Optimized OS, no system-wide modules": (node(kernel="5.10.133+", files={
        "etc/os-release": "NAME=\"Container-Optimized OS\"\nID=cos\nPRETTY_NAME=\"Container-Optimized OS from Google\"\nVERSION=97\nVERSION_ID=97\n",
        **process(700, "containerd", ["/usr/bin/containerd"]), **CONTAINERD, "lib/modules/5.10.133+/modules.dep": None,
        "proc/self/mountinfo": "28 1 254:0 / / ro,relatime shared:1 - ext2 /dev/dm-0 ro\n",
        "sys/dev/block/254:0/size": "4096\n", "sys/dev/block/254:0/slaves/sda3": "->../../../../devices/disk/part1",
        **process(800, "kubelet", ["/opt/bin/kubelet", "--config=/var/kubernetes/kubelet-config.yaml"]),
        "var/kubernetes/kubelet-config.yaml": "kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n",
    }), {
        "os": "cos", "os_version": "97", "kernel_version": "5.10.133+", "disk_size": 536870912000,
        "container_runtime": "containerd", "container_runtime_version": "1.7.2",
        "modules": {"overlay": "loaded", "br_netfilter": "?"},
    }),
    "Bottlerocket, from its admin container": (node(files={
        "etc/os-release": 'NAME="Amazon Linux"\nID="amzn"\nVERSION_ID="2"\n',
        ".bottlerocket/rootfs/etc/os-release": 'NAME=Bottlerocket\nID=bottlerocket\nVERSION_ID=1.15.1\nVARIANT_ID=aws-k8s-1.27\n',
        ".bottlerocket/rootfs/usr/src": FOLDER, ".bottlerocket/rootfs/run/containerd/containerd.sock": SOCKET,
        "proc/self/mountinfo": "40 1 0:60 / / rw - overlay overlay rw\n41 40 254:0 / /.bottlerocket/rootfs ro - ext4 /dev/dm-0 ro\n",
        "sys/dev/block/254:0/size": "4096\n", "sys/dev/block/254:0/slaves/x": "->../../../../devices/disk/part1",
    }), {
        "os": "bottlerocket", "os_version": "1.15.1", "disk_size": 536870912000,
        "paths": {"/usr/src": "directory", "/etc/hosts": "absent", "/run/containerd/containerd.sock": "socket"},
    }),
    "Flatcar, arm64, two runtimes": (node(files={
        "etc/os-release": "NAME=\"Flatcar Container Linux by Kinvolk\"\nID=flatcar\nID_LIKE=coreos\nVERSION=3602.2.0\nVERSION_ID=3602.2.0\n",
        "usr/bin/uname": program("echo aarch64"), **process(700, "containerd", ["/usr/bin/containerd"]),
        **process(710, "dockerd", ["/usr/bin/dockerd"]), **CONTAINERD, "usr/bin/dockerd": DOCKER,
        **process(800, "kubelet", ["/opt/bin/kubelet"]),
    }), {
        "os": "flatcar", "architecture": "arm64", "container_runtime": "?several run",
        "container_runtime_version": "?several run",
    }),
    "OpenShift: CRI-O": (node(files={
        "etc/os-release": 'NAME="Red Hat Enterprise Linux CoreOS"\nID="rhcos"\nVERSION_ID="4.14"\n',
        **process(700, "crio", ["/usr/bin/crio"]), "usr/bin/crio": says("crio version 1.27.1\nVersion:        1.27.1"),
        **process(800, "kubelet", ["/usr/bin/kubelet", "--container-runtime-endpoint=/var/run/crio/crio.sock"]),
    }), {"os": "rhcos", "container_runtime": "cri-o", "container_runtime_version": "1.27.1"}),
    "Talos, as it would answer": (node(files={"etc/os-release": 'NAME="Talos"\nVERSION_ID=v1.5.3\nPRETTY_NAME="Talos (v1.5.3)"'}),
                                  {"os": "talos", "os_version": "1.5.3", "container_runtime": "none"}),
    "Ubuntu 20.04: both hierarchies, controllers on v1": (node(files={
        "sys/fs/cgroup/cgroup.controllers": None, "sys/fs/cgroup/memory/tasks": "", "sys/fs/cgroup/unified/cgroup.controllers": "\n",
    }), {"cgroup": "v1", "os": "?has no /usr/lib/os-release"}),
    "controllers on both": (node(files={
        "sys/fs/cgroup/cgroup.controllers": None, "sys/fs/cgroup/memory/tasks": "",
        "sys/fs/cgroup/unified/cgroup.controllers": "cpu io pids\n",
    }), {"cgroup": "hybrid"}),
    "a container's file system, no disk of its own": (node(files={
        "proc/self/mountinfo": "40 1 0:60 / / rw - overlay overlay rw\n"}), {"disk_size": 519987232 * 1024}),
    "hot-plugged processors, a swap file": (node(files={
        "sys/devices/system/cpu/online": "0-1,4,6-7\n",
        "proc/meminfo": "MemTotal:       32843596 kB\nMemFree: 1 kB\nSwapTotal:       2097148 kB\n",
    }), {"vcpu": 5, "swap": 2097148 * 1024}),
    "an older kubelet on docker": (node(files={
        **process(700, "dockerd", ["/usr/bin/dockerd"]), **process(710, "containerd", ["containerd"]), "usr/bin/dockerd": DOCKER,
        **CONTAINERD, **process(800, "kubelet", ["/usr/bin/kubelet", "--container-runtime=docker"]),
    }), {"container_runtime": "docker", "container_runtime_version": "20.10.21"}),
}


def right(fact, want):
    if fact is None:
        return False
    if isinstance(want, str) and want.startswith("?"):
        return fact["value"] is None and want[1:] in fact["waits_for"]
    if isinstance(want, dict):
        have = fact["value"] or {}
        return all(have.get(k) == v if v != "?" else k not in have and k in fact["waits_for"] for k, v in want.items())
    return fact["value"] == want


def main():
    reader, script = sys.argv[1], open(sys.argv[2]).read()
    problems = []
    for name, (files, wanted) in NODES.items():
        with Node(files) as n:
            answers = {shell: n.ask(script, command) for shell, command in shells().items()}
        first = answers["dash"]
        problems += [f"{name}: {shell} answers otherwise than dash" for shell, a in answers.items() if a != first]
        if CANARY.encode() in b"".join(answers.values()):
            problems.append(f"{name}: a token is in the answer")
        facts, _, _ = facts_of(reader, first)
        problems += [f"{name}: {a} is {facts.get(a)}, not {want}" for a, want in wanted.items() if not right(facts.get(a), want)]
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
