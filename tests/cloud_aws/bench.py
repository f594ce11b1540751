# SPDX-License-Identifier: Apache-2.0
"""A cluster with 50 node groups behind an API that takes 50 ms for each answer: how long plumbline asks, against the
longest chain of calls that depend on each other, and against the aws CLI that is asked the same.

usage: bench.py PLUMBLINE AWS
"""
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from fake import Cloud, Fake  # noqa: E402

PROGRAM, AWS = sys.argv[1:3]
GROUPS, DELAY = 50, 0.05


def region():
    cloud = Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    for n in range(GROUPS):
        cloud.group("gitpod", f"group-{n:02}")
    cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "addonVersion": "v1"}}
    return cloud


def timed(command, env):
    begin = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        sys.exit(f"bench: {command[:4]}: {done.stderr[-500:]}")
    return time.perf_counter() - begin, done


def by_cli(env):
    """The same questions, one after the other, as a script would ask them."""
    words = [["eks", "describe-cluster", "--name", "gitpod"], ["eks", "list-nodegroups", "--cluster-name", "gitpod"],
             ["eks", "list-fargate-profiles", "--cluster-name", "gitpod"], ["eks", "list-addons", "--cluster-name", "gitpod"],
             ["eks", "describe-addon", "--cluster-name", "gitpod", "--addon-name", "vpc-cni"],
             ["ec2", "describe-subnets", "--subnet-ids", "subnet-a"]]
    words += [["eks", "describe-nodegroup", "--cluster-name", "gitpod", "--nodegroup-name", f"group-{n:02}"] for n in range(GROUPS)]
    return sum(timed([AWS, "--region", "eu-west-1", *w], env)[0] for w in words)


def row(what, value, target, least):
    kept = value >= target if least else value <= target
    print(f"{what:48} {value:10.2f} x   target {'>=' if least else '<='} {target:.2f} {'ok' if kept else 'MISSED'}")
    return kept


def main():
    with tempfile.TemporaryDirectory() as name, Fake(region(), DELAY) as fake:
        env = fake.environment(pathlib.Path(name))
        ask = [PROGRAM, "facts", "eks://eu-west-1/gitpod", "-vv"]
        runs = [timed(ask, env) for _ in range(5)]
        ours = statistics.median(seconds for seconds, _ in runs)
        calls, steps = map(int, re.search(r"(\d+) calls in (\d+) steps", runs[0][1].stderr).groups())
        chain, theirs = steps * DELAY, by_cli(env)
        print(f"{GROUPS} node groups, {1000 * DELAY:.0f} ms an answer: {calls} calls in {steps} steps, {ours:.3f} s; aws CLI {theirs:.1f} s")
        kept = [row("wall, of the longest chain of dependent calls", ours / chain, 3, False),
                row("wall, the aws CLI's of ours", theirs / ours, 5, True)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
