#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What real plans and states say of zones, subnets, images and numbers of nodes.

usage: planned.py PLUMBLINE FOLDER

FOLDER holds the known plans (tests/fixtures/plans).  A row names an object and attributes; "?" is a value that
is not known, "created" the flag of the object.
"""
import gzip
import json
import pathlib
import subprocess
import sys

ROWS = [
    ("eks/01-good.plan.json", "cluster", "gitpod", {"created": True, "subnets": "?"}),
    ("eks/01-good.plan.json", "pool", "headless", {
        "created": True, "zones": ["eu-west-1a", "eu-west-1b"], "subnets": "?", "pod_range": "nodes", "desired_nodes": 1,
        "surge": 4, "image": "ami-0b024000000000e01"}),
    ("eks/18-second-run.plan.json", "pool", "headless", {
        "created": False, "zones": ["eu-west-1a", "eu-west-1b"],
        "subnets": ["subnet-840bb520a3292ab08", "subnet-c7f3782ed25f26579"]}),
    ("gke/01-good.plan.json", "cluster", "devenv", {"created": True, "subnets": ["devenv-nodes"]}),
    ("gke/01-good.plan.json", "pool", "regular", {
        "created": True, "zones": "?", "subnets": ["devenv-nodes"], "pod_range": "pods", "desired_nodes": 1,
        "nodes_per_zone": True, "surge": 1, "image": "UBUNTU_CONTAINERD"}),
    ("gke/20-zonal.plan.json", "pool", "regular", {"zones": ["europe-west3-b"]}),
    ("gke/29-no-op.plan.json", "pool", "regular", {"created": False, "nodes_per_zone": True}),
    ("aks/01-good.plan.json", "pool", "system", {"created": True, "zones": [], "image": "Ubuntu"}),
    ("aks/01-good.plan.json", "pool", "regular", {
        "subnets": "?", "pod_range": "10.244.0.0/16", "desired_nodes": 1, "surge": 1}),
    ("aks/30-applied.state.json", "pool", "regular", {"created": False, "desired_nodes": 1}),
    ("aks/32-replace-regular-pool.plan.json", "pool", "regular", {"created": False}),
]


def facts(program, path):
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(path.name + ".gz").read_bytes())
    p = subprocess.run([program, "facts", "-"], input=data, capture_output=True, timeout=120)
    if p.returncode:
        sys.exit(f"{path.name}: exit {p.returncode}\n{p.stderr.decode()}")
    return json.loads(p.stdout)["objects"]


def values(o):
    said = {f["attribute"]: "?" if f["value"] is None else f["value"] for f in o["facts"]}
    return {**said, "created": o.get("created", False)}


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong = []
    for plan, kind, name, expected in ROWS:
        found = [values(o) for o in facts(program, folder / plan) if (o["kind"], o["name"]) == (kind, name)]
        if len(found) != 1:
            wrong.append(f"{plan}: {len(found)} times {kind} {name}")
            continue
        wrong += [f"{plan}: {attribute} of {kind} {name} is {found[0].get(attribute)}, not {value}"
                  for attribute, value in expected.items() if found[0].get(attribute) != value]
    print("\n".join(wrong) or f"{len(ROWS)} rows")
    sys.exit(bool(wrong))


main()
