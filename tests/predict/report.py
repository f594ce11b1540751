#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Predicted failures, from facts to the report.

usage: report.py PLUMBLINE PLAN

The snapshot of a real plan gets a cloud's source that has not seen the cluster (it is not there yet) and
speaks of what is planned; each row says what the cloud says, and what must come of it.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

DAY = "2026-11-26"
POOL = 'module.cluster.module.pool["regular"].aws_eks_node_group.this[0]'
BILL = "64 vCPU, 40 used, the plan adds 32 (16 to 96): 8 short"


class Unknown(str):
    """Why a value is not known."""


def quota(resource, headroom, bill, consumers):
    facts = {"resource": resource, "headroom": headroom, "consumers": consumers}
    return {"quota": facts, "notes": {"headroom": bill}}


# what the cloud says, the requirement, its verdict, and a part of its line
ROWS = [
    ("version_offered", {"cluster": {"version_offered": False}}, "platform-version-offered", "fail", "not so: the cloud offers"),
    ("version past support", {"cluster": {"standard_support_until": "2026-11-25"}}, "platform-version-support", "fail",
     "standard support until 2026-11-25, needs today or later"),
    ("version with support", {"cluster": {"standard_support_until": DAY}}, "platform-version-support", "pass", None),
    ("two minors", {"cluster": {"version_step": 2}}, "platform-version-step", "fail", "version step is 2, needs 0 - 1"),
    ("back", {"cluster": {"version_step": -1}}, "platform-version-step", "fail", "version step is -1"),
    ("one minor", {"cluster": {"version_step": 1}}, "platform-version-step", "pass", None),
    ("step not known", {"cluster": {"version_step": Unknown("eks:DescribeCluster was refused")}}, "platform-version-step",
     "unknown", "eks:DescribeCluster was refused"),
    ("cluster's name", {"cluster": {"name_taken": True}}, "platform-name-taken", "fail", 'cluster "gitpod"'),
    ("pool's name", {"pool": {"name_taken": True}}, "platform-name-taken", "fail", 'pool "regular"'),
    ("bucket's name", {"bucket": {"name_taken": True}}, "platform-name-taken", "fail", "bucket"),
    ("free names", {"cluster": {"name_taken": False}, "pool": {"name_taken": False}}, "platform-name-taken", "pass", None),
    ("type", {"pool": {"machine_type_offered": False}}, "platform-machine-type-offered", "fail", 'pool "regular"'),
    # a cloud that has the cluster, and says nothing of what it offers
    ("a type that runs", {"seen": True}, "platform-machine-type-offered", "not-applicable", None),
    ("a version that runs", {"seen": True}, "platform-version-offered", "not-applicable", None),
    ("a type that runs and one that is planned", {"seen": True, "pool": {"machine_type_offered": False}},
     "platform-machine-type-offered", "fail", 'pool "regular"'),
    ("zone", {"pool": {"zones_missing": ["eu-west-1d"]}}, "platform-zone", "fail", "zones missing are eu-west-1d"),
    ("zones", {"pool": {"zones_missing": []}}, "platform-zone", "pass", None),
    ("no image", {"pool": {"image_state": "missing"}}, "platform-image", "fail", "image state is missing"),
    ("image of Arm", {"pool": {"image_state": "other-architecture"}}, "platform-image", "fail", "other-architecture"),
    ("image", {"pool": {"image_state": "available"}}, "platform-image", "pass", None),
    ("quota", quota("quota", "missing", BILL, [f"{POOL}: 32"]), "platform-quota", "fail",
     f'quota "L-1216C47A": {BILL}; {POOL}: 32'),
    ("quota, at its largest", quota("quota", "missing", BILL, []), "platform-quota-low", "not-applicable", None),
    ("quota for now", quota("quota", "low", "64 vCPU, 0 used, the plan adds 32 (16 to 96): 32 left", [f"{POOL}: 32"]),
     "platform-quota-low", "fail", f"32 left; {POOL}: 32"),
    ("quota low is enough", quota("quota", "low", "x", []), "platform-quota", "pass", None),
    ("quota enough", quota("quota", "enough", "x", []), "platform-quota-low", "pass", None),
    ("quota not known", quota("quota", Unknown("servicequotas:GetServiceQuota was refused"), "limit not known, the plan adds 32",
                              []), "platform-quota", "unknown",
     "limit not known, the plan adds 32 (servicequotas:GetServiceQuota was refused)"),
    ("addresses", quota("addresses", "missing", "11 addresses, 3 used, the plan adds 30: 22 short", []), "platform-subnet-size",
     "fail", "22 short"),
    ("addresses are no quota", quota("addresses", "missing", "x", []), "platform-quota", "not-applicable", None),
    ("addresses for now", quota("addresses", "low", "251 addresses", []), "platform-subnet-size-low", "fail", "251 addresses"),
]


def fact(attribute, value, note, ahead):
    f = {"attribute": attribute, "witness": "cloud", "basis": "set", "value": None if isinstance(value, Unknown) else value,
         "origin": {"source": 1, "address": "eks://eu-west-1/gitpod"}}
    f.update({"waits_for": str(value)} if isinstance(value, Unknown) else {}, **({"note": note} if note else {}))
    return {**f, "ahead": True} if ahead else f


def planned(snapshot, kind):
    """The object that the rows of that kind are about."""
    return next(o for o in snapshot["objects"] if o["kind"] == kind and (kind != "pool" or o["name"] == "regular"))


def with_cloud(snapshot, says):
    snapshot = json.loads(json.dumps(snapshot))
    snapshot["sources"].append({"source": "eks://eu-west-1/gitpod", "witness": "cloud", "kind": "eks", "complete": True,
                                "resources": 0})
    notes = says.get("notes", {})
    for kind, facts in says.items():
        if kind == "quota":
            cluster = snapshot["objects"].index(planned(snapshot, "cluster"))
            snapshot["objects"].append({
                "kind": "quota", "name": "L-1216C47A", "cluster": cluster, "seen": {"cloud": {"source": 1, "address": "L-1216C47A"}},
                "facts": [fact(a, v, notes.get(a), False) for a, v in facts.items()]})
        elif kind == "seen":
            for o in snapshot["objects"]:
                if o["kind"] in ("cluster", "pool"):
                    o["seen"]["cloud"] = {"source": 1, "address": o["name"]}
        elif kind != "notes":
            planned(snapshot, kind)["facts"] += [fact(a, v, None, True) for a, v in facts.items()]
    return snapshot


class Program:
    def __init__(self, path):
        self.path = path

    def run(self, *args):
        p = subprocess.run([self.path, *args], capture_output=True, text=True, timeout=120)
        if p.returncode not in (0, 3):
            sys.exit(f"{args}: exit {p.returncode}\n{p.stderr}")
        return p.stdout

    def check(self, snapshot):
        with tempfile.TemporaryDirectory() as folder:
            source, out = pathlib.Path(folder, "facts.json"), pathlib.Path(folder, "result.json")
            source.write_text(json.dumps(snapshot))
            text = self.run("check", str(source), "--as-of", DAY, "-o", "text", "-o", f"json={out}")
            return text, json.loads(out.read_text()), json.loads(self.run("facts", str(source), "--as-of", DAY))


def verdict_of(result, requirement):
    return next(r for r in result["results"] if r["id"] == requirement)


def check_row(program, snapshot, row):
    what, says, requirement, verdict, line = row
    text, result, again = program.check(with_cloud(snapshot, says))
    wrong = []
    found = verdict_of(result, requirement)["verdict"]
    if found != verdict:
        wrong.append(f"{requirement} is {found}, not {verdict}")
    if line and line not in text:
        wrong.append(f"the report does not say: {line}\n{text}")
    # nothing of the cluster itself is asked of a cloud that does not have it
    for r in result["results"]:
        cell = r["witnesses"].get("cloud", {}).get("verdict", "not-asked")
        if "seen" not in says and not r["id"].startswith("platform-") and cell != "not-asked":
            wrong.append(f"the cloud is asked about {r['id']}: {cell}")
    # a snapshot of the snapshot says the same
    second = verdict_of(program.check(again)[1], requirement)["verdict"]
    if second != found:
        wrong.append(f"read again, {requirement} is {second}")
    if result["drift"]:
        wrong.append(f"what is said ahead is told as drift: {result['drift']}")
    return [f"{what}: {w}" for w in wrong]


def main():
    program = Program(sys.argv[1])
    snapshot = json.loads(program.run("facts", sys.argv[2], "--as-of", DAY))
    until = next(f for f in snapshot["objects"][0]["facts"] if f["attribute"] == "standard_support_until")
    until["value"] = "2030-01-01"  # the plan itself is fine
    wrong = [w for row in ROWS for w in check_row(program, snapshot, row)]
    for requirement in sorted({row[2] for row in ROWS}):
        if "seen by" not in program.run("explain", requirement):
            wrong.append(f"explain says nothing of {requirement}")
    print("\n".join(wrong) or f"{len(ROWS)} rows")
    sys.exit(bool(wrong))


main()
