#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kinds of plan (empty, destroy, refresh-only, targeted) and the drift that a plan reports.

usage: modes.py PLUMBLINE FIXTURES
"""
import copy
import sys

import line

GOOD = line.load("eks/01-good.plan.json")
SECOND = line.load("eks/18-second-run.plan.json")
EMPTY = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}},
         "configuration": {"root_module": {}}, "complete": True, "errored": False}
ADDONS = {**EMPTY, "resource_changes": [
    {"address": "aws_eks_addon.a", "mode": "managed", "type": "aws_eks_addon", "name": "a", "change": {
        "actions": ["create"], "before": None, "after_unknown": {},
        "after": {"cluster_name": "elsewhere", "addon_name": "vpc-cni"}}}]}


def with_actions(actions):
    plan = copy.deepcopy(GOOD)
    for change in (r["change"] for r in plan["resource_changes"]):
        change.update(actions=actions, before=change["after"], after=None)
    return plan


# Name, plan, exit status, what is said.
PLANS = [
    ("nothing", EMPTY, 2, "holds no cluster"),
    ("nothing, targeted", {**EMPTY, "complete": False}, 2, "no cluster in this targeted plan"),
    ("no changes", {**EMPTY, "resource_changes": []}, 2, "holds no cluster"),
    ("add-ons of a cluster that is elsewhere", ADDONS, 2, "holds no cluster"),
    ("deletes all", with_actions(["delete"]), 2, "destroys every cluster"),
    ("forgets all", with_actions(["forget"]), 2, "destroys every cluster"),
    ("destroy", line.load("eks/20-destroy-everything.plan.json"), 2, "destroys every cluster"),
    ("destroy, targeted", {**line.load("eks/20-destroy-everything.plan.json"), "complete": False}, 2, "destroys every"),
    ("errored", {**GOOD, "errored": True}, 2, "errored"),
    ("good", GOOD, 0, ""),
    ("no-op", line.load("gke/29-no-op.plan.json"), 0, ""),
    ("refresh-only", line.load("eks/24-refresh-only.plan.json"), 3, ""),
    ("targeted", line.load("eks/21-target.plan.json"), 0, ""),
    ("targeted, without cluster", line.load("gke/32-target-platform.plan.json"), 2, "no cluster in this targeted plan"),
]


def kinds():
    for name, plan, status, words in PLANS:
        done = line.run("check", "-", "-q", stdin=line.dump(plan))
        if done.returncode != status or words not in done.stderr.decode():
            yield f"{name}: {done.returncode}, want {status} and '{words}': {done.stderr.decode()}"
        if status == 2 and line.one_line(done):
            yield f"{name}: {line.one_line(done)}"
    result = line.result("-", stdin=line.dump({**GOOD, "complete": False}))
    source = result["sources"][0]
    if (source["complete"], source.get("why")) != (False, "targeted plan") or "pass" in {
            v for (rid, _), v in line.verdicts(result).items() if rid.startswith(("node-", "kubernetes-version"))}:
        yield f"a targeted plan proves too much: {source}"


def taken_away():
    """What a state holds and a plan of the same root deletes is not there to be judged."""
    state, away = line.load("eks/01-good.state.json"), with_actions(["delete"])
    for name, both in (("plan first", [away, state]), ("state first", [state, away])):
        done = line.run("check", "-", "-q", stdin=b"".join(map(line.dump, both)))
        if done.returncode != 2 or b"destroys every cluster" not in done.stderr or line.one_line(done):
            yield f"destroys what a state holds, {name}: {done.returncode}, {done.stderr.decode()}"


def one_root():
    """A plan and a state of one root in a stream are one cluster, as in two files."""
    plan, state = GOOD, line.load("eks/01-good.state.json")
    want = None
    for name, both in (("plan first", [plan, state]), ("state first", [state, plan])):
        got = line.result("-", stdin=b"".join(map(line.dump, both)))
        kinds_of = sorted(s["kind"] for s in got["sources"])
        if len(got["clusters"]) != 1 or kinds_of != ["terraform-plan", "terraform-state"]:
            yield f"a stream of one root, {name}: {got['clusters']} of {kinds_of}"
        if want and line.verdicts(got) != want:
            yield f"a stream of one root, {name}: the order matters"
        want = line.verdicts(got)


# ---- drift: what an entry changes of one resource, and what must be said of it ----

GROUP, CLUSTER, DATABASE = "aws_eks_node_group", "aws_eks_cluster", "aws_db_instance"
CHANGES = [
    ("a version", CLUSTER, {"version": "1.22"}, ["version"]),
    ("a label", GROUP, {"labels": {"gitpod.io/workload_meta": "false"}}, ["labels.gitpod.io/workload_"]),
    ("a machine type", GROUP, {"instance_types": ["t3.small"]}, ["machine_type"]),
    ("a capacity type", GROUP, {"capacity_type": "SPOT"}, ["capacity_type"]),
    ("an engine", DATABASE, {"engine_version": "5.6.1"}, ["version"]),
    ("tags", GROUP, {"tags": {"a": "b"}, "tags_all": {"a": "b"}}, []),
    ("what null became", GROUP, {"taint": None, "remote_access": None, "tags": None}, []),
    ("timestamps", CLUSTER, {"created_at": "2026-01-01T00:00:00Z", "status": "UPDATING", "platform_version": "x"}, []),
    ("what no table names", "aws_security_group", {"description": "x", "name": "y"}, []),
]


def drifted(type_, before, sensitive=None):
    """The second run's plan, whose only drift is that the resource was otherwise."""
    plan = copy.deepcopy(SECOND)
    entry = copy.deepcopy(next(r for r in plan["resource_changes"] if r["type"] == type_))
    entry["change"].update(actions=["update"], after=entry["change"]["before"],
                           before={**entry["change"]["before"], **before}, after_unknown={})
    if sensitive:
        entry["change"].update(before_sensitive=sensitive, after_sensitive=sensitive)
    plan["resource_drift"] = [entry]
    return plan


def drift():
    for name, type_, before, want in CHANGES:
        got = line.result("-", stdin=line.dump(drifted(type_, before)))["drift"]
        said = sorted({d["attribute"] for d in got})
        if bool(said) != bool(want) or not all(any(s.startswith(w) for s in said) for w in want):
            yield f"drift of {name}: {said}, want {want}"
        for d in got:
            if d["will_change"] or set(d["values"]) != {"state", "plan"} or not d["origins"][0]["address"]:
                yield f"drift of {name}: {d}"
    label = line.result("-", stdin=line.dump(drifted(GROUP, CHANGES[1][2])))["drift"][0]
    if label["origins"][0]["path"] != "labels":
        yield f"a label stands in labels, whatever a boot script says: {label}"
    secret = line.run("check", "-", "-o", "json", stdin=line.dump(
        drifted(GROUP, {"instance_types": ["m5.CANARY"]}, {"instance_types": True})))
    if b"CANARY" in secret.stdout or secret.returncode not in (0, 3):
        yield "a secret drifts into the report"


def main():
    wrong = [*kinds(), *taken_away(), *one_root(), *drift()]
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
