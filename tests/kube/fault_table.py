#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault between us and an API server, one row each: it is named, the deadline holds, no other fact is lost.

A server of faults stands before a real API server that holds a k3s cluster.  usage: fault_table.py PLUMBLINE [--table]
"""
import concurrent.futures
import contextlib
import json
import subprocess
import sys
import time

from cluster import Cluster
from faults import BlackHole, Faults, refused
from objects import k3s

SETS = "/apis/apps/v1/daemonsets"
# Seconds that plumbline is given: where only the deadline ends a row, and where it ends by itself.  A busy machine
# must not make the first too short for all that has nothing to do with the fault.
DEADLINE, PLENTY = 6, 40
SLACK = 4     # a sanitized build on a loaded machine

# What is done with connections or requests; the code of the problem and words of its message ("|": either), and what is lost:
# "all" (nothing was told), or the kind that failed.
TABLE = [
    ("refused", None, None, "unreachable", "refused", "all"),
    ("no such host name", None, None, "unreachable", "looked up", "all"),
    ("black hole: connection", None, None, "timeout", "in time", "all"),
    ("reset on accept", {"connect": ["reset-on-accept"]}, "good", "unreachable", "", "all"),
    ("reset after TLS hello", {"connect": ["reset-after-hello"]}, "good", "unreachable", "", "all"),
    ("silent connection", {"connect": ["silent"]}, "good", "timeout", "in time", "all"),
    ("expired certificate", {}, "expired", "unreachable", "expired", "all"),
    ("certificate of another name", {}, "wrong-name", "unreachable", "certificate", "all"),
    ("certificate of an unknown authority", {}, "unknown-ca", "unreachable", "certificate", "all"),
    ("no TLS at all", {}, "plain", "unreachable", "TLS", "all"),
    ("not HTTP", {"*": ["not-http"]}, "good", "unreachable", "HTTP", "all"),
    ("revoked token", {"*": ["401"]}, "good", "unauthenticated", "credentials", "all"),
    ("HTML instead of JSON", {"*": ["html"]}, "good", "unreadable", "Kubernetes API", "all"),
    ("redirect loop", {"*": ["redirect-loop"]}, "good", "unreadable", "redirect", "all"),
    ("reset after the request", {SETS: ["reset-after-request"]}, "good", "unreachable", "", SETS),
    ("reset in the head", {SETS: ["reset-in-head"]}, "good", "unreachable", "", SETS),
    ("reset in the body", {SETS: ["reset-in-body"]}, "good", "unreachable", "", SETS),
    ("closed in the body", {SETS: ["close-in-body"]}, "good", "unreadable", "", SETS),
    ("silent after the request", {SETS: ["silent-after-request"]}, "good", "timeout", "in time", SETS),
    ("1 byte per second", {SETS: ["slow-body"]}, "good", "timeout", "in time", SETS),
    ("answer of 1 GB", {SETS: ["huge"]}, "good", "unreadable|timeout", "more than|bytes came", SETS),
    ("answer that inflates to 1 GB", {SETS: ["bomb"]}, "good", "unreadable", "more than", SETS),
    ("401 of one kind", {SETS: ["401"]}, "good", "unauthenticated", "credentials", SETS),
    ("403", {SETS: ["403"]}, "good", "forbidden", "may not list", SETS),
    ("404", {SETS: ["404"]}, "good", None, "", SETS),
    ("410 at the first page", {SETS: ["410"]}, "good", "unreadable", "410", SETS),
    ("429 once", {SETS: ["429", "pass"]}, "good", None, "", None),
    ("429 for a day", {SETS: ["429-long"]}, "good", "unreadable", "429", SETS),
    ("500", {SETS: ["500"]}, "good", "unreadable", "500", SETS),
    ("503 once", {SETS: ["503", "pass"]}, "good", None, "", None),
    ("connection lost once", {SETS: ["reset-after-request", "pass"]}, "good", None, "", None),
    ("HTML of one kind", {SETS: ["html"]}, "good", "unreadable", "no JSON", SETS),
    ("HTML with 502", {SETS: ["html-502"]}, "good", "unreadable", "502", SETS),
    ("JSON that breaks off", {SETS: ["not-json"]}, "good", "unreadable", "", SETS),
    ("empty answer", {SETS: ["empty"]}, "good", "unreadable", "no JSON", SETS),
    ("truncated gzip", {SETS: ["truncated-gzip"]}, "good", "unreadable", "gzip", SETS),
    ("broken gzip", {SETS: ["broken-gzip"]}, "good", "unreadable", "gzip", SETS),
    ("head of 4 MB", {SETS: ["long-head"]}, "good", "unreadable", "head", SETS),
]
BY_DEADLINE = {"black hole: connection", "silent connection", "silent after the request", "1 byte per second",
               "answer of 1 GB", "HTML with 502"}
FORCES_2 = {"unreadable", "unreachable", "timeout", "unauthenticated"}


def run(plumbline, cluster, config, command="check", timeout=PLENTY):
    """(exit status, what was printed, stderr, seconds)"""
    words = ["-o", "json"] if command == "check" else []
    began = time.monotonic()
    done = subprocess.run([plumbline, command, "k8s://", "--kubeconfig", config, "--timeout", f"{timeout}s", *words],
                          capture_output=True, text=True, timeout=120, env=cluster.environment(), check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr, time.monotonic() - began


def kinds(facts):
    """How many objects of each kind a snapshot holds."""
    count = {}
    for thing in facts["objects"]:
        count[thing["kind"]] = count.get(thing["kind"], 0) + 1
    return count


def nobody(name, stack):
    """The URL of a server with which no connection comes about."""
    if name == "refused":
        return f"https://127.0.0.1:{stack.enter_context(refused()).getsockname()[1]}"
    if name.startswith("black hole"):
        return f"https://127.0.0.1:{stack.enter_context(BlackHole()).port}"
    return "https://no-such-host.invalid"


def one(plumbline, cluster, whole, row):
    name, script, tls = row[:3]
    if script is None:
        with contextlib.ExitStack() as stack:
            return judge(plumbline, cluster, cluster.kubeconfig(server=nobody(name, stack)), whole, row)
    with Faults(script, tls=None if tls == "plain" else tls, upstream=cluster.url) as server:
        url = server.url.replace("http:", "https:")
        return judge(plumbline, cluster, cluster.kubeconfig(server=url, ca=server.ca or cluster.ca), whole, row)


def judge(plumbline, cluster, config, whole, row):
    name, _, _, code, words, lost = row
    deadline = DEADLINE if name in BY_DEADLINE else PLENTY
    status, result, said, seconds = run(plumbline, cluster, config, "check", deadline)
    problems = result["problems"] if result else []
    wrong = []
    codes = code.split("|") if code else []
    found = [p for p in problems if p["code"] in codes
             and any(word.lower() in p["message"].lower() for word in words.split("|"))]
    if code and not found:
        wrong.append(f"no problem '{code}' with '{words}'")
    if not code and problems:
        wrong.append("there is a problem")
    if (status == 2) != bool(FORCES_2.intersection(codes)):
        wrong.append(f"exit status {status}")
    if seconds > deadline + SLACK:
        wrong.append(f"{seconds:.1f} s")
    if lost != "all":
        _, facts, _, _ = run(plumbline, cluster, config, "facts", deadline)
        missing = {k: n for k, n in whole.items() if k != "component" and kinds(facts).get(k) != n}
        if missing:
            wrong.append(f"lost {missing}")
        if lost is None and kinds(facts) != whole:
            wrong.append(f"kept {kinds(facts)} of {whole}")
    if wrong:
        wrong.append(f"{said.strip()} {problems}")
    return wrong, found[0]["code"] if found else "-", found[0]["message"] if found else "", status, seconds


def main():
    plumbline, failed = sys.argv[1], 0
    with Cluster() as cluster:
        cluster.api().write(k3s().objects)
        _, facts, said, _ = run(plumbline, cluster, cluster.kubeconfig(), "facts")
        whole = kinds(facts)
        if not whole.get("node") or not whole.get("component"):
            sys.exit(f"the cluster without a fault tells {whole}: {said}")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda row: one(plumbline, cluster, whole, row), TABLE))
        for row, (wrong, code, message, status, seconds) in zip(TABLE, results):
            failed += bool(wrong)
            if wrong or "--table" in sys.argv:
                print(f"| {row[0]} | {code} | {status} | {seconds:.1f} s | {message} |")
            if wrong:
                print(f"FAILED {row[0]}: {'; '.join(wrong)}")
    if failed:
        sys.exit(f"{failed} of {len(TABLE)} rows failed")
    print(f"{len(TABLE)} faults")


if __name__ == "__main__":
    main()
