# SPDX-License-Identifier: Apache-2.0
"""Privileged pods: what Pod Security labels, webhooks and policies say about them, and what a dry run says.

usage: admission.py PLUMBLINE

The API server enforces all of it here, so each dry run gets its real answer; nothing is ever created.
"""
import sys

import objects as o
from kube import Cluster, Front, Wrong, check, plumbline, until

PODS = [o.rule([""], ["pods"], ["CREATE"])]
# the server's own admission of pods wants it; a controller would make it
ACCOUNT = {"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}}
PRIVILEGED = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "tries", "namespace": "default"}, "spec": {
    "containers": [{"name": "a", "image": "registry.example/a", "securityContext": {"privileged": True}}]}}

# what refuses every pod, privileged or not
QUOTA = {"kind": "ResourceQuota", "metadata": {"name": "none", "namespace": "default"}, "spec": {"hard": {"pods": "0"}},
         "status": {"hard": {"pods": "0"}, "used": {"pods": "0"}}}

# name: (objects beside EKS, verdict of privileged-pods without a dry run, with one, a word of its reason, whether the
# API server takes a privileged pod)
CASES = {
    "nothing in the way": ([], "pass", "pass", "", True),
    "levels that only warn": ([o.pod_security("default", warn="restricted", audit="restricted")], "pass", "pass", "", True),
    "a namespace that is privileged": ([o.pod_security("default", enforce="privileged")], "pass", "pass", "", True),
    # another namespace may have another level
    "a namespace that enforces baseline": (
        [o.pod_security("default", enforce="baseline")], "pass", "unknown", "level baseline", False),
    "a namespace that enforces restricted": (
        [o.pod_security("default", enforce="restricted")], "pass", "unknown", "level restricted", False),
    "a policy": (o.policy_against_privileged(), "unknown", "fail", "no-privileged", False),
    "a policy that is not bound": (o.policy_against_privileged()[:1], "pass", "pass", "", True),
    "a webhook that is down": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=PODS)], "unknown", "unknown", "guard", False),
    "a webhook that is ignored when it is down": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=PODS, policy="Ignore")],
        "unknown", "pass", "", True),
    "a webhook about something else": (
        [o.webhook("Validating", "guard", service=("guard", "default"), rules=[o.rule(["apps"], ["deployments"])])],
        "pass", "pass", "", True),
    # one that may change a pod may refuse it, too
    "a mutating webhook that is down": (
        [o.webhook("Mutating", "changer", service=("changer", "default"), rules=PODS)],
        "unknown", "unknown", "changer", False),
    "a mutating webhook that is ignored when it is down": (
        [o.webhook("Mutating", "changer", service=("changer", "default"), rules=PODS, policy="Ignore")],
        "unknown", "pass", "", True),
    "a mutating webhook about something else": (
        [o.webhook("Mutating", "changer", service=("changer", "default"), rules=[o.rule(["apps"], ["deployments"])])],
        "pass", "pass", "", True),
    "a mesh": ([o.webhook("Mutating", "istio", service=("istiod", "default"), rules=PODS, policy="Ignore",
                          called="rev.namespace.sidecar-injector.istio.io")], "pass", "pass", "", True),
    "a quota": ([QUOTA], "pass", "unknown", "quota", False),
}


def pods(cluster):
    return cluster.kubectl("get", "pods", "-A", "-o", "name").stdout


def refused(cluster):
    """What the API server itself says of the pod; "" when it would take it."""
    status, body = cluster.api().ask("POST", "/api/v1/namespaces/default/pods?dryRun=All", PRIVILEGED)
    return "" if status == 201 else body["message"]


def judge(wrong, cluster, name):
    things, verdict, probed, word, taken = CASES[name]
    api = cluster.api()
    api.write(o.eks().objects + [ACCOUNT] + things)
    until(lambda: (refused(cluster) == "") == taken, 20, f"{name}: not taken: {not taken}")  # a policy takes a moment
    before = pods(cluster)
    with Front(cluster) as front:
        plain = check(cluster, config=front.config())
        wrong.expect({r.method for r in front.faults.requests} == {"GET"}, f"{name}: {front.faults.requests}")
        wrong.same(f"{name}: not probed", plain.verdicts().get("privileged-pods"), verdict)
        del front.faults.requests[:]
        probe = check(cluster, "--probe-admission", config=front.config())
        writes = [r for r in front.faults.requests if r.method != "GET"]
    wrong.expect(writes and all("dryRun=All" in r.path for r in writes), f"{name}: what is written: {writes}")
    wrong.same(f"{name}: probed", probe.verdicts().get("privileged-pods"), probed)
    wrong.expect(word in str(probe.row("privileged-pods")), f"{name}: {word} is not in {probe.row('privileged-pods')}")
    wrong.same(f"{name}: exit status", (plain.status, probe.status), (0, 3 if probed == "fail" else 0))
    wrong.same(f"{name}: pods, before and after", (before, pods(cluster)), ("", ""))
    api.wipe()


def forbidden(wrong, cluster):
    """The dry run needs a right of its own, and loses nothing where that is missing."""
    cluster.api().write(o.eks().objects + [ACCOUNT])
    grant(cluster)
    run = check(cluster, "--probe-admission", user="reader")
    wrong.same("a user who may not create pods", [(p["code"], p.get("permission")) for p in run.problems()],
               [("forbidden", "create pods")])
    wrong.same("a user who may not create pods: pods, classes",
               [run.verdicts().get(row) for row in ("privileged-pods", "storage-class")], ["pass", "pass"])
    grant(cluster, "--probe-admission")
    cluster.api().write(o.policy_against_privileged())
    until(lambda: refused(cluster), 20, "the policy does nothing")
    run = check(cluster, "--probe-admission", user="reader")
    wrong.same("with the role for it", (run.problems(), run.verdicts().get("privileged-pods")), ([], "fail"))


def grant(cluster, *more):
    """The printed roles, bound to the user reader."""
    cluster.kubectl("apply", "-f", "-", stdin=plumbline(cluster, "permissions", "k8s", *more).out)
    for kind, bound in (("clusterrole", "clusterrolebinding"), *((("role", "rolebinding"),) if more else ())):
        cluster.kubectl("create", bound, "reader", f"--{kind}=plumbline", "--user=reader", check=False)
    may = ["auth", "can-i", "create", "pods"] if more else ["auth", "can-i", "list", "nodes"]
    until(lambda: cluster.kubectl(*may, user="reader", check=False).stdout.strip() == "yes", 20, f"no role: {may}")


def main():
    wrong = Wrong()
    with Cluster() as cluster:
        for name in sys.argv[2:] or CASES:
            judge(wrong, cluster, name)
        forbidden(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
