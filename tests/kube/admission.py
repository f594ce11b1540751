# SPDX-License-Identifier: Apache-2.0
"""Privileged pods: what Pod Security labels, webhooks and policies say about them, and what a dry run says.

usage: admission.py PLUMBLINE

The API server enforces all of it here, so each dry run gets its real answer; nothing is ever created.
"""
import sys

import objects as o
from cluster import until
from kube import Cluster, Front, Wrong, check

PODS = [o.rule([""], ["pods"], ["CREATE"])]
# the server's own admission of pods wants it; a controller would make it
ACCOUNT = {"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}}
PRIVILEGED = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "tries", "namespace": "default"}, "spec": {
    "containers": [{"name": "a", "image": "registry.example/a", "securityContext": {"privileged": True}}]}}

# name: (objects beside EKS, verdict of privileged-pods without a dry run, with one, a word of its reason)
CASES = {
    "nothing in the way": ([], "unknown", "pass", ""),
    "levels that only warn": ([o.pod_security("default", warn="restricted", audit="restricted")], "unknown", "pass", ""),
    "a namespace that is privileged": ([o.pod_security("default", enforce="privileged")], "unknown", "pass", ""),
    "a namespace that enforces baseline": ([o.pod_security("default", enforce="baseline")], "unknown", "fail", "PodSecurity"),
    "a namespace that enforces restricted": (
        [o.pod_security("default", enforce="restricted", enforce_version="latest")], "unknown", "fail", "PodSecurity"),
    "a policy": (o.policy_against_privileged(), "unknown", "fail", "no-privileged"),
    "a webhook that refuses": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=PODS)], "unknown", None, "guard"),
    "a webhook that is ignored when it fails": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=PODS, policy="Ignore")], "unknown", "pass", ""),
    "a webhook about something else": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=[o.rule(["apps"], ["deployments"])])],
        "unknown", "pass", ""),
}


def pods(cluster):
    return cluster.kubectl("get", "pods", "-A", "-o", "name").stdout


def refused(cluster):
    """What the API server itself says of the pod; "" when it would take it."""
    status, body = cluster.api().ask("POST", "/api/v1/namespaces/default/pods?dryRun=All", PRIVILEGED)
    return "" if status == 201 else body["message"]


def judge(wrong, cluster, name):
    things, verdict, probed, word = CASES[name]
    api = cluster.api()
    api.write(o.eks().objects + [ACCOUNT] + things)
    if probed:  # a policy takes a moment
        until(lambda: bool(refused(cluster)) == (probed != "pass"), 20, f"{name}: the server says {refused(cluster)!r}")
    before = pods(cluster)
    with Front(cluster) as front:
        plain = check(cluster, config=front.config())
        wrong.expect({r.method for r in front.faults.requests} == {"GET"}, f"{name}: {front.faults.requests}")
        wrong.same(f"{name}: not probed", plain.verdicts().get("privileged-pods"), verdict)
        del front.faults.requests[:]
        probe = check(cluster, "--probe-admission", config=front.config())
        writes = [r for r in front.faults.requests if r.method != "GET"]
    wrong.expect(writes and all("dryRun=All" in r.path for r in writes), f"{name}: what is written: {writes}")
    if probed:
        wrong.same(f"{name}: probed", probe.verdicts().get("privileged-pods"), probed)
    wrong.expect(word in str(probe.row("privileged-pods")), f"{name}: {word} is not in {probe.row('privileged-pods')}")
    wrong.same(f"{name}: exit status", (plain.status, probe.status), (0, 3 if probed == "fail" else 0))
    wrong.same(f"{name}: pods, before and after", (before, pods(cluster)), ("", ""))
    api.wipe()


def forbidden(wrong, cluster):
    """The dry run needs a right of its own, and loses nothing where that is missing."""
    cluster.api().write(o.eks().objects + [ACCOUNT])
    cluster.kubectl("create", "clusterrolebinding", "view", "--clusterrole=view", "--user=reader")
    run = check(cluster, "--probe-admission", user="reader")
    codes = {(p["code"], p.get("permission")) for p in run.problems()}
    wrong.expect(("forbidden", "create pods") in codes, f"a user who may not create pods: {run}")
    wrong.same("a user who may not create pods", run.verdicts().get("privileged-pods"), "unknown")
    wrong.same("a user who may not create pods: balancers", run.verdicts().get("load-balancer-ssh"), "pass")


def main():
    wrong = Wrong()
    with Cluster() as cluster:
        for name in sys.argv[2:] or CASES:
            judge(wrong, cluster, name)
        forbidden(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
