#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a node to verdicts: asked, read, saved, judged by gitpod, with nothing else known of it.

usage: verdicts.py READER SCRIPT PLUMBLINE
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from nodes import NODES
from world import NONCE, Node, program, shells, snapshot_of

GOOD = NODES["ubuntu 22.04, kubeadm"][0]
ALL = ["node-size", "node-os", "node-os-version", "node-architecture", "node-kernel", "node-disk", "container-runtime",
       "container-runtime-version", "node-paths", "node-devices", "node-sysctls", "node-modules", "node-ports",
       "node-cgroup", "node-disk-free"]

# what differs from a good node, what is denied, and the rows that do not pass then
CASES = [
    ({}, (), {}),
    ({"etc/os-release": 'ID=debian\nVERSION_ID="12"\n'}, (), {"node-os": "fail", "node-os-version": "not-applicable"}),
    ({"etc/os-release": 'ID=ubuntu\nVERSION_ID="18.04"\n'}, (), {"node-os-version": "fail"}),
    ({"etc/os-release": None}, (), {"node-os": "unknown", "node-os-version": "unknown"}),
    ({"usr/bin/uname": program("echo aarch64")}, (), {"node-architecture": "fail"}),
    ({"sys/devices/system/cpu/online": "0-1\n"}, (), {"node-size": "fail"}),
    ({"proc/meminfo": "MemTotal: 8000000 kB\nSwapTotal: 0 kB\n"}, (), {"node-size": "fail"}),
    ({"proc/meminfo": "MemTotal: many\n"}, (), {"node-size": "unknown"}),
    ({"proc/sys/kernel/osrelease": "4.18.0-425.el8.x86_64\n"}, (), {"node-kernel": "fail", "node-modules": "unknown"}),
    ({"sys/devices/disk/size": "100000\n"}, (), {"node-disk": "fail"}),
    ({"sys/devices/disk/size": "586000000\n"}, (), {"node-disk": "unknown"}),
    ({"usr/bin/containerd": program("echo containerd x v1.4.13")}, (), {"container-runtime-version": "fail"}),
    ({"proc/800/cmdline": "kubelet\0--container-runtime-endpoint=unix:///run/crio/crio.sock\0", "proc/700/comm": "crio\n",
      "proc/700/cmdline": "/usr/bin/crio\0", "usr/bin/crio": program("echo crio version 1.24.1"),
      "run/containerd/containerd.sock": None}, (), {"container-runtime": "fail", "node-paths": "fail",
                                                     "container-runtime-version": "not-applicable"}),
    ({"usr/src/linux-headers": None}, (), {"node-paths": "fail"}),
    ({}, ("var/lib/kubelet",), {"node-paths": "unknown"}),
    ({"dev/fuse": None}, (), {"node-devices": "fail"}),
    ({"proc/sys/fs/inotify/max_user_instances": "128\n"}, (), {"node-sysctls": "fail"}),
    ({"proc/sys/net/netfilter/nf_conntrack_max": None}, (), {"node-sysctls": "fail"}),
    ({}, ("proc/sys/kernel/pid_max",), {"node-sysctls": "unknown"}),
    ({"lib/modules/5.15.0-1051-aws/modules.dep": "kernel/x.ko:\n"}, (), {"node-modules": "fail"}),
    ({"proc/net/tcp6": GOOD["proc/net/tcp6"].replace(":280A", ":1F90")}, (), {"node-ports": "fail"}),
    ({"sys/fs/cgroup/cgroup.controllers": None, "sys/fs/cgroup/cpu/x": ""}, (), {}),
    ({"usr/bin/df": program("echo Filesystem", "for p; do [ -d \"$p\" ] && echo '/dev/x 100 90 10 90% /'; done; true")}, (),
     {"node-disk-free": "fail"}),
    ({"usr/bin/df": program("exit 1")}, (), {"node-disk-free": "unknown"}),
]


def judged(reader, script, plumbline, *nodes):
    """The result of a check of snapshots: one of each node, as (files, denied)."""
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for files, denied in nodes:
            with Node(files, denied=denied) as n:
                answer = n.ask(script, shells()["dash"])
            status, snapshot, error = snapshot_of(reader, answer, NONCE)
            assert status == 0, error
            sources.append(Path(folder) / f"{len(sources)}.json")
            sources[-1].write_text(snapshot)
        done = subprocess.run([plumbline, "check", *map(str, sources), "--arch", "gitpod/production", "-o", "json"],
                              capture_output=True, text=True, check=False, timeout=60)
    return json.loads(done.stdout)


def check(reader, script, plumbline, case):
    change, denied, wanted = case
    result = judged(reader, script, plumbline, (GOOD | change, denied))
    rows = {r["id"]: r for r in result["results"]}
    for row in ALL:
        want = wanted.get(row, "pass")
        if rows[row]["verdict"] != want:
            yield f"{change} {denied}: {row} is {rows[row]['verdict']}, not {want}: {rows[row]['witnesses']}"
        findings = rows[row]["witnesses"]["node"]["findings"]
        if want != "not-applicable" and not all("labels were not collected" in json.dumps(f) for f in findings):
            yield f"{row} does not say that the labels were not collected: {findings}"
        if want == "unknown" and not any(
                f.get("waits_for") or f["attribute"].startswith("labels.") for f in findings if f["verdict"] == "unknown"):
            yield f"{change} {denied}: {row} does not say what it waits for: {findings}"
        if rows[row]["cluster"] is not None:
            yield f"{row} is of a cluster"


def over_time(reader, script, plumbline):
    """Yesterday's snapshot beside today's: one node, judged by the newer, and the difference told."""
    worse = GOOD | {"proc/sys/kernel/pid_max": "32768\n", "proc/net/tcp": GOOD["proc/net/tcp6"]}
    for nodes, want, texts in (((GOOD, worse), "fail", ("4194304", "32768")), ((worse, GOOD), "pass", ("32768", "4194304"))):
        result = judged(reader, script, plumbline, *((files, ()) for files in nodes))
        rows = {r["id"]: r for r in result["results"]}
        if rows["node-sysctls"]["verdict"] != want:
            yield f"node-sysctls is not {want}: {rows['node-sysctls']}"
        drift = [(d["object"], d["attribute"], tuple(d["values"].values())) for d in result["drift"]]
        if drift != [("Node-A", "sysctls.kernel.pid_max", texts)]:
            yield f"drift is {drift}"


def main():
    reader, script, plumbline = sys.argv[1], open(sys.argv[2]).read(), sys.argv[3]
    problems = [p for case in CASES for p in check(reader, script, plumbline, case)]
    problems += over_time(reader, script, plumbline)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
