#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What asking costs a node, counted by strace: few processes, and nothing written.

usage: forks.py READER SCRIPT
"""
import re
import shutil
import sys
import tempfile
from pathlib import Path

from nodes import NODES
from world import Node, shells

MOST = 25
HARMLESS = re.compile(r'"/dev/(null|tty)"')  # bash looks for a terminal when it starts
BUSY = ("ubuntu 22.04, kubeadm", "k3s server, flags in its unit", "k3s on docker, on openrc", "Flatcar, arm64, two runtimes")
WRITES = re.compile(r"\b(?:open|openat|openat2|creat)\(.*\b(?:O_WRONLY|O_RDWR|O_CREAT|O_APPEND|O_TRUNC)\b"
                    r"|\b(?:unlink|unlinkat|mkdir|mkdirat|rename|renameat2?|link|linkat|symlink|symlinkat|chmod|fchmodat|"
                    r"mknod|mknodat|truncate|utimensat)\(")


def trace(n, script, command, folder):
    out = Path(folder) / "trace"
    out.write_text("")
    out.chmod(0o666)
    strace = [shutil.which("strace"), "-f", "-q", "-o", str(out), "-e",
              "trace=fork,vfork,clone,clone3,open,openat,creat,unlink,unlinkat,mkdir,mkdirat,rename,renameat,renameat2,"
              "link,linkat,symlink,symlinkat,chmod,fchmodat,mknod,mknodat,truncate,utimensat"]
    n.ask(script, command, before=strace)
    return out.read_text().splitlines()


def main():
    script = open(sys.argv[2]).read()
    problems, most = [], 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in BUSY:
            files, _ = NODES[name]
            for shell, command in shells().items():
                with Node(files) as n:
                    lines = trace(n, script, command, folder)
                # a call that another process interrupts is written in two parts: only its begin counts
                forks = sum(bool(re.search(r"\b(?:fork|vfork|clone|clone3)\(", line)) for line in lines)
                most = max(most, forks)
                if not 5 < forks <= MOST:
                    problems.append(f"{name}, {shell}: {forks} processes")
                problems += [f"{name}, {shell}: {line}" for line in lines if WRITES.search(line) and not HARMLESS.search(line)]
    print(f"at most {most} processes")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
