#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real files of nodes, where a collection of them stands beside the tree: each reads as what it is.

Without the collection there is nothing to read, and that is no failure.

usage: recorded.py READER SCRIPT
"""
import re
import sys
from pathlib import Path

from nodes import CONTAINERD, right
from world import Node, facts_of, node, process, program, shells

HERE = Path(__file__).resolve().parents[2].parent / "shared/recorded/probes"

# file of os-release -> os, os_version
SYSTEMS = {
    "amazon_2": ("amazon-linux", "2"), "amazon_2023": ("amazon-linux", "2023"), "azurelinux_3": ("azure-linux", "3.0"),
    "bottlerocket": ("bottlerocket", "1.34.0"), "bottlerocket-admin-container": ("amazon-linux", "2"),
    "cbl-mariner_2": ("azure-linux", "2.0"), "cos_97": ("cos", "97"), "debian_11": ("debian", "11"), "debian_13": ("debian", "13"),
    "flatcar": ("flatcar", "4459.0.0"), "redhat_9": ("rhel", "9.6"), "rocky_9": ("rocky", "9.3"), "sles_15": ("suse", "15.7"),
    "suse-microos": ("suse", "5.1"), "talos": ("talos", "1.13.7"), "ubuntu_1804": ("ubuntu", "18.04"),
    "ubuntu_2004": ("ubuntu", "20.04"), "ubuntu_2204": ("ubuntu", "22.04"), "ubuntu_2404": ("ubuntu", "24.04"),
}


def asked(reader, script, **files):
    with Node(node(files=files)) as n:
        return facts_of(reader, n.ask(script, shells()["dash"]))[0]


def systems(reader, script):
    for file in sorted((HERE / "os-release").iterdir()):
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        facts = asked(reader, script, **{"etc/os-release": text})
        want = SYSTEMS.get(file.name)
        have = facts["os"]["value"], facts["os_version"]["value"]
        if have != want:
            yield f"{file.name}: {have}, not {want}"


def memory(reader, script):
    for file in sorted(HERE.glob("meminfo-*")):
        text = file.read_text()
        facts = asked(reader, script, **{"proc/meminfo": text})
        for attribute, name in (("memory", "MemTotal"), ("swap", "SwapTotal")):
            kilobytes = re.search(rf"^{name}: *(\d+) kB", text, re.M)
            if not right(facts[attribute], int(kilobytes.group(1)) * 1024 if kilobytes else "?"):
                yield f"{file.name}: {attribute} is {facts[attribute]}"


def versions(reader, script):
    lines = [line for line in (HERE / "runtime-versions.txt").read_text().splitlines() if line.startswith("containerd ")]
    for line in lines:
        facts = asked(reader, script, **{**process(700, "containerd", ["/usr/bin/containerd"]), **CONTAINERD,
                                         "usr/bin/containerd": program(f"echo '{line}'")})
        want = re.search(r" v?([0-9]\S*\.\S*)", line).group(1)
        if not right(facts["container_runtime_version"], want):
            yield f"{line}: {facts['container_runtime_version']}"
    if not lines:
        yield "no version of containerd is there"


def main():
    reader, script = sys.argv[1], open(sys.argv[2]).read()
    problems = [p for case in (systems, memory, versions) for p in case(reader, script)] if HERE.is_dir() else []
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
