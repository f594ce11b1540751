#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C while peers are asked: the run ends within a second, with a report of what is known and status 130.

usage: interrupt.py PLUMBLINE PLAN
"""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "net"), str(HERE)]
from faults import BlackHole, Faults  # noqa: E402
from repeat import kubeconfig, script  # noqa: E402

SLACK = 3  # seconds beyond the second: a sanitized program on a loaded machine writes its report in them


def interrupted(what, program, words, begun):
    child = subprocess.Popen([program, "check", *words, "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not begun() and time.monotonic() < deadline:
        time.sleep(0.01)
    asked = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, said = child.communicate(timeout=60)
    seconds = time.monotonic() - asked
    result = json.loads(out) if out else {}
    codes = {p["code"] for p in result.get("problems", [])}
    if child.returncode != 130 or seconds > 1 + SLACK or "interrupted" not in codes or result["exit_code"] != 130:
        sys.exit(f"{what}: status {child.returncode} after {seconds:.1f} s, {codes}: {said}")
    print(f"{what}: {seconds:.2f} s, {sum(result['summary'].values())} rows")


def main():
    program, plan = sys.argv[1:3]
    hanging = {**script(), "/api/v1/nodes": ["silent-after-request"]}
    with tempfile.TemporaryDirectory() as folder, BlackHole() as hole, Faults(hanging, tls="good") as server, \
            Faults({"connect": ["silent"]}) as mute:
        folder, dead = pathlib.Path(folder), f"127.0.0.1:{hole.port}"
        started = time.monotonic()
        interrupted("a cluster whose nodes do not come", program,
                    [plan, "k8s://", "--kubeconfig", kubeconfig(folder, "good", server.url, server.ca)],
                    lambda: server.asked("/api/v1/nodes"))
        interrupted("a cluster that is not reached", program,
                    [plan, "k8s://", "--kubeconfig", kubeconfig(folder, "hole", f"https://{dead}", None)],
                    lambda: time.monotonic() > started + 2)
        interrupted("nodes and endpoints that say nothing", program,
                    [plan, f"ssh://{dead}", f"ssh://127.0.0.1:{mute.port}", f"mysql://{dead}", f"registry://{dead}",
                     "--ssh-config", "none"],
                    lambda: mute.connections or time.monotonic() > started + 15)


if __name__ == "__main__":
    main()
