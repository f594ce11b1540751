#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Known plans and states with something changed, and what must be said of them then.

usage: edited.py PLUMBLINE FOLDER CASE

FOLDER holds edited.json: under "cases" each has "from" (a plan or state with a known answer), "edits", and
"say", "exit" and "at" as in expected.json.  An edit is about the resource "at" an address and does, as the
providers would write it:

    "set": { PATH: value }    known: in after and planned_values, no longer in after_unknown
    "unset": [PATH]           unknown, as an optional attribute that nobody set
    "unwritten": [PATH]       and the configuration does not set it either
    "gone": true              the resource is not there at all
    "actions": [...]          of its change; "delete" and "forget" leave nothing after it
    "like": ADDRESS           first a copy of that resource under the address "at"

or is about the whole file: "top": { member: value }, "variables": { name: value }.  Paths are those of the
reports: node_config[0].taint.  All is judged under gitpod/production.
"""
import copy
import gzip
import json
import os
import re
import sys
import tempfile

from expected import check_places, check_rows, run


def steps(path):
    return [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", path)]


def put(tree, path, value):
    *way, last = steps(path)
    for step in way:
        tree = tree[step]
    tree[last] = value


def take(tree, path):
    *way, last = steps(path)
    for step in way:
        if not isinstance(tree, (dict, list)) or (isinstance(tree, dict) and step not in tree):
            return
        tree = tree[step]
    if isinstance(tree, dict):
        tree.pop(last, None)


def modules(module):
    yield module
    for child in module.get("child_modules", []):
        yield from modules(child)


def lists_of_resources(doc):
    """Every list in a plan that holds resources by address."""
    yield doc.get("resource_changes", [])
    for module in modules(doc.get("planned_values", {}).get("root_module", {})):
        yield module.get("resources", [])


def instances(doc):
    """Of a raw state: address, the list it is in, and the instance."""
    for r in doc["resources"]:
        base = ".".join(filter(None, [r.get("module"), r["type"], r["name"]]))
        for one in r["instances"]:
            key = f"[{json.dumps(one['index_key'])}]" if "index_key" in one else ""
            yield base + key, r["instances"], one


def configuration_of(doc, address):
    module = doc["configuration"]["root_module"]
    plain = re.sub(r"\[[^]]*\]", "", address)
    for name in re.findall(r"module\.([^.]+)\.", plain):
        module = module["module_calls"][name]["module"]
    block = re.sub(r"module\.[^.]+\.", "", plain)
    return next(r for r in module["resources"] if r["address"] == block)["expressions"]


def edit_state(doc, edit):
    address, inside, one = next(x for x in instances(doc) if x[0] == edit["at"])
    for path, value in edit.get("set", {}).items():
        put(one["attributes"], path, value)
    if edit.get("gone"):
        inside.remove(one)


def copy_resource(doc, edit):
    for found in lists_of_resources(doc):
        for r in [r for r in found if r["address"] == edit["like"]]:
            new = copy.deepcopy(r)
            new["address"], new["index"] = edit["at"], re.search(r'\["(.*)"\]$', edit["at"]).group(1)
            found.append(new)


def edit_change(change, edit):
    for path, value in edit.get("set", {}).items():
        put(change["after"], path, value)
        take(change["after_unknown"], path)
    for path in edit.get("unset", []) + edit.get("unwritten", []):
        take(change["after"], path)
        put(change["after_unknown"], path, True)
    change["actions"] = edit.get("actions", change["actions"])
    if change["actions"] in (["delete"], ["forget"]):
        change["after"], change["after_unknown"] = None, {}


def edit_plan(doc, edit):
    if "like" in edit:
        copy_resource(doc, edit)
    nothing = edit.get("gone") or edit.get("actions") in (["delete"], ["forget"])
    for found in lists_of_resources(doc):
        for r in [r for r in found if r["address"] == edit["at"]]:
            if edit.get("gone") or (nothing and "change" not in r):
                found.remove(r)
            elif "change" in r:
                edit_change(r["change"], edit)
            else:
                for path, value in edit.get("set", {}).items():
                    put(r["values"], path, value)
                for path in edit.get("unset", []) + edit.get("unwritten", []):
                    take(r["values"], path)
    for path in edit.get("unwritten", []):
        take(configuration_of(doc, edit["at"]), path)


def apply(doc, edits):
    for edit in edits:
        doc.update(edit.get("top", {}))
        for name, value in edit.get("variables", {}).items():
            doc["variables"][name] = {"value": value}
        if "at" in edit:
            (edit_state if "lineage" in doc else edit_plan)(doc, edit)


def main():
    plumbline, folder, name = sys.argv[1:4]
    with open(os.path.join(folder, "edited.json")) as f:
        table = json.load(f)
    case = table["cases"][name]
    with gzip.open(os.path.join(folder, case["from"] + ".gz"), "rt") as f:
        doc = json.load(f)
    apply(doc, case["edits"])
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "edited.json")
        with open(path, "w") as out:
            json.dump(doc, out)
        done = run(plumbline, path, "gitpod/production")
    if done.returncode not in (0, 3):
        print(f"exit status {done.returncode}: {done.stderr.decode()}")
        return 1
    result = json.loads(done.stdout)
    wrong = check_rows(result, {**table["base"], **case.get("say", {})}) + check_places(result, case.get("at", {}))
    if done.returncode != case.get("exit", done.returncode):
        wrong.append(f"exit status: want {case['exit']}, got {done.returncode}")
    for line in wrong:
        print(f"{name}: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
