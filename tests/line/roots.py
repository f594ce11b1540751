#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A cluster in one root module, its pools in another, an add-on in a third: judged as one, however they come.

usage: roots.py PLUMBLINE FIXTURES
"""
import itertools
import os
import tempfile

import line

CALICO = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
    {"address": "helm_release.calico", "mode": "managed", "type": "helm_release", "name": "calico", "change": {
        "actions": ["create"], "before": None, "after_unknown": {},
        "after": {"name": "calico", "chart": "tigera-operator", "namespace": "tigera-operator"}}}]}
ROOTS = {"cluster.json": line.fixture("two-roots/cluster.plan.json"),
         "pools.json": line.fixture("two-roots/pools.plan.json"), "calico.json": line.dump(CALICO)}
FACTS = {"cluster.json": "cluster.facts", "pools.json": "pools.facts", "calico.json": "calico.facts"}
KNOWN = {"label-meta": "pass", "label-workspace-headless": "pass", "pools-separated": "pass", "node-size": "pass",
         "node-os": "fail", "kubernetes-version": "pass", "distribution": "pass", "container-runtime": "pass",
         "database": "pass", "object-storage": "pass", "load-balancer-http": "pass", "platform-version-skew": "pass",
         "cert-manager": "unknown"}


def judged(name, result, **more):
    wrong = []
    if [c["name"] for c in result.get("clusters", [])] != ["two-roots"]:
        wrong.append(f"{name}: not one cluster: {result.get('clusters')} {result['problems']}")
    got = line.verdicts(result)
    for rid, want in {**KNOWN, **more}.items():
        if got.get((rid, "two-roots")) != want:
            wrong.append(f"{name}: {rid} must be {want}, is {got.get((rid, 'two-roots'))}")
    if not wrong and {r["cluster"] for r in result["results"]} != {"two-roots"}:
        wrong.append(f"{name}: rows without cluster")
    return wrong


def join_cases():
    """A thing that names no cluster goes to the one that --join names, and only there."""
    other = line.load("two-roots/cluster.plan.json")
    text = line.dump(other).replace(b'"two-roots"', b'"other"')
    with open("other.json", "wb") as f:
        f.write(text)
    for join, want in [([], {"two-roots": "unknown", "other": "unknown"}),
                       (["--join", "calico.json=two-roots"], {"two-roots": "pass", "other": "unknown"}),
                       (["--join", "calico.json=other"], {"two-roots": "fail", "other": "pass"})]:
        got = line.verdicts(line.result("cluster.json", "other.json", "pools.json", "calico.json", *join))
        for cluster, verdict in want.items():
            if got.get(("network-calico", cluster)) != verdict:
                yield f"{join}: network-calico of {cluster} must be {verdict}: {got.get(('network-calico', cluster))}"


def cases():
    pair, triple = ["cluster.json", "pools.json"], list(ROOTS)
    for names in [*itertools.permutations(pair), *itertools.permutations(triple)]:
        calico = {"network-calico": "pass" if len(names) == 3 else "fail"}
        yield names, line.result(*names), calico
        yield ("stream", *names), line.result("-", stdin=b"\nnoise\n".join(ROOTS[n] for n in names)), calico
        yield ("facts", *names), line.result(*(FACTS[n] for n in names)), calico
        yield ("mixed", *names), line.result(FACTS[names[0]], *names[1:]), calico


def refusals():
    for args in (["check", "calico.json"], ["check", "calico.facts"]):
        done = line.run(*args)
        if done.returncode != 2 or b"cluster" not in done.stderr or line.one_line(done):
            yield f"{args} must be refused: {done.returncode} {done.stderr!r}"


def main(folder):
    os.chdir(folder)
    for name, text in ROOTS.items():
        with open(name, "wb") as f:
            f.write(text)
        done = line.run("facts", name)
        with open(FACTS[name], "wb") as f:
            f.write(done.stdout)
    wrong = [w for name, result, more in cases() for w in judged(name, result, **more)]
    return wrong + list(join_cases()) + list(refusals())


with tempfile.TemporaryDirectory() as tmp:
    line.every(main, [tmp])
