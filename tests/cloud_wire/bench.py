# SPDX-License-Identifier: Apache-2.0
"""A cluster with 50 of what takes a call each, behind an API that takes 50 ms for each answer: how long plumbline asks,
against the longest chain of calls that depend on each other, and for EKS against the aws CLI that is asked the same.

usage: bench.py PLUMBLINE aws|google|azure [AWS]
"""
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from worlds import fake_of  # noqa: E402

PROGRAM, CLOUD = sys.argv[1:3]
FAKE = fake_of(CLOUD)
MANY, DELAY, RUNS = 50, 0.05, 5


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
    words += [["eks", "describe-nodegroup", "--cluster-name", "gitpod", "--nodegroup-name", f"group-{n:02}"] for n in range(MANY)]
    return sum(timed([sys.argv[3], "--region", "eu-west-1", *w], env)[0] for w in words)


# ---- what is asked: (the fake, sources, environment, of what there are many) ----

def aws(folder):
    cloud = FAKE.Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    for n in range(MANY):
        cloud.group("gitpod", f"group-{n:02}")
    cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "addonVersion": "v1"}}
    fake = FAKE.Fake(cloud, DELAY)
    return fake, ["eks://eu-west-1/gitpod"], lambda: fake.environment(folder), "node groups"


def buckets(folder):
    """A plan that adds as many buckets, whose names might be taken, to a cluster that is there."""
    place = {"name": "gitpod", "location": "europe-west1", "project": "my-project"}
    made = [("google_storage_bucket", f"b{n}", "create", {"name": f"bucket-{n}"}) for n in range(MANY)]
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
         "change": {"actions": [action], "before": None if action == "create" else values, "after": values, "after_unknown": {}}}
        for type_, name, action, values in [("google_container_cluster", "this", "no-op", place), *made]]}))
    return str(plan)


def google(folder):
    project = FAKE.Project()
    project.cluster("gitpod", network="default")
    project.pool("gitpod", "services")
    fake = FAKE.Fake(project, DELAY)
    return fake, [buckets(folder), "gke://my-project/europe-west1/gitpod"], lambda: fake.environment(folder), "planned buckets"


def azure(folder):
    account = FAKE.Account()
    account.cluster("gitpod")
    account.pool("gitpod", "services")
    for n in range(MANY):
        account.server(f"db-{n}", "5.7")
    fake = FAKE.Fake(account, folder, DELAY)
    return fake, [f"aks://{FAKE.SUBSCRIPTION}/rg/gitpod"], fake.environment, "databases"


def row(what, value, target, least):
    kept = value >= target if least else value <= target
    print(f"{what:48} {value:10.2f} x   target {'>=' if least else '<='} {target:.2f} {'ok' if kept else 'MISSED'}")
    return kept


def main():
    with tempfile.TemporaryDirectory() as name:
        fake, sources, environment, what = {"aws": aws, "google": google, "azure": azure}[CLOUD](pathlib.Path(name))
        with fake:
            env = environment()
            runs = [timed([PROGRAM, "facts", *sources, "-vv"], env) for _ in range(RUNS)]
            ours = statistics.median(seconds for seconds, _ in runs)
            told = re.search(r"(\d+) calls? in (\d+) steps?, .*?(\d+) for credentials", runs[0][1].stderr)
            calls, steps, logins = map(int, told.groups())
            if calls < MANY:
                sys.exit(f"bench: {calls} calls are not those that were to be measured")
            chain = (steps + logins) * DELAY
            print(f"{sources[-1].partition(':')[0]}, {MANY} {what}, {1000 * DELAY:.0f} ms an answer: {calls} calls in {steps} steps after "
                  f"{logins} for credentials, {ours:.3f} s")
            kept = [row("wall, of the longest chain of dependent calls", ours / chain, 3, False)]
            if CLOUD == "aws":
                theirs = by_cli(env)
                kept.append(row(f"wall, the aws CLI's ({theirs:.1f} s) of ours", theirs / ours, 5, True))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
