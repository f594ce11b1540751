# SPDX-License-Identifier: Apache-2.0
"""Who may ask what, on a real API server: the printed role suffices and has nothing too many, each way to log in
works, each login that the server refuses is named.

usage: access.py PLUMBLINE
"""
import base64
import json
import os
import stat
import sys

from kube import Authority, Cluster, Front, Wrong, check, facts, plumbline, until
import objects

BINDING = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "tests"},
           "subjects": [{"kind": "User", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"}]}
# what the server lets everybody read by default; without them a role has to name it
PUBLIC = ("system:discovery", "system:public-info-viewer")


def facts_of(run):
    """The snapshot without what tells who asked."""
    return {key: value for key, value in run.json.items() if key != "problems"}


def bind(cluster, role):
    """Makes `role` the only one of the user reader."""
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(role))
    binding = {**BINDING, "roleRef": {"kind": "ClusterRole", "name": role["metadata"]["name"],
                                      "apiGroup": "rbac.authorization.k8s.io"}}
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(binding))


def single(rule):
    """A rule as many, of one verb and one resource (or path) each."""
    for verb in rule["verbs"]:
        for path in rule.get("nonResourceURLs", []):
            yield {"verbs": [verb], "nonResourceURLs": [path]}
        for group in rule.get("apiGroups", []):
            for resource in rule.get("resources", []):
                yield {"verbs": [verb], "apiGroups": [group], "resources": [resource]}


def wording(rule):
    """As a problem names it: "list daemonsets.apps"."""
    if "nonResourceURLs" in rule:
        return f"{rule['verbs'][0]} {rule['nonResourceURLs'][0]}"
    group = rule["apiGroups"][0]
    return f"{rule['verbs'][0]} {rule['resources'][0]}{'.' + group if group else ''}"


def settled(cluster, rules):
    """The server learns of a role a moment later: waits until it says so."""
    may = {(r["verbs"][0], r["apiGroups"][0], r["resources"][0]) for r in rules if "resources" in r}
    may |= {(r["verbs"][0], r["nonResourceURLs"][0]) for r in rules if "nonResourceURLs" in r}

    def known():
        said = cluster.api("reader").must("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "default"}})
        got = {(v, g, r) for rule in said["status"]["resourceRules"] for v in rule["verbs"] for g in rule["apiGroups"]
               for r in rule["resources"] if not r.startswith("selfsubject")}
        got |= {(v, path) for rule in said["status"]["nonResourceRules"] for v in rule["verbs"]
                for path in rule["nonResourceURLs"]}
        return got == may
    until(known, 20, "the server does not take the role")


def role(wrong, cluster):
    run = plumbline(cluster, "permissions", "k8s")
    wrong.same("permissions k8s", (run.status, run.err), (0, ""))
    printed = json.loads(cluster.kubectl("create", "--dry-run=client", "-o", "json", "-f", "-", stdin=run.out).stdout)
    wrong.same("the kind of role", printed["kind"], "ClusterRole")
    rules = [rule for many in printed["rules"] for rule in single(many)]
    wrong.expect(rules and all(r["verbs"][0] in ("get", "list") for r in rules), f"verbs: {rules}")
    wrong.expect("*" not in json.dumps(rules), "a wildcard in the role")
    for name in PUBLIC:  # then nothing but the role lets the user in
        cluster.kubectl("delete", "clusterrolebinding", name)
    bind(cluster, printed)
    settled(cluster, rules)
    whole = facts(cluster)
    mine = facts(cluster, user="reader")
    wrong.same("problems with the printed role", mine.problems() + check(cluster, user="reader").problems(), [])
    wrong.same("facts with the printed role", facts_of(mine), facts_of(whole))
    for missing in rules:
        left = [r for r in rules if r is not missing]
        bind(cluster, {**printed, "rules": left})
        settled(cluster, left)
        without(wrong, cluster, wording(missing), mine)


def seen(run):
    """object -> facts, of a snapshot."""
    return {(o["kind"], o["name"], o.get("identity")): o.get("facts") for o in run.json.get("objects", [])}


def without(wrong, cluster, permission, whole):
    """One permission less: one problem that names it, something unknown, all else as before."""
    run, judged = facts(cluster, user="reader"), check(cluster, user="reader")
    problems = judged.problems()
    wrong.same(f"without {permission}: problems", [(p["code"], p.get("permission")) for p in problems],
               [("forbidden", permission)])
    wrong.expect(judged.status in (0, 3), f"without {permission}: {judged}")
    source = judged.json["sources"][0]
    wrong.expect(source.get("complete") is False and source.get("why"), f"without {permission}: source {source}")
    wrong.expect(facts_of(run) != facts_of(whole), f"without {permission}: nothing is lost, so nobody needs it")
    lost = {key[0] for key in set(seen(whole)) - set(seen(run))}
    wrong.expect(len(lost) <= 2, f"without {permission}: objects of several kinds are lost: {lost}")


def nobody(wrong, cluster):
    run = check(cluster, user="nobody")
    kinds = {p.get("permission") for p in run.problems()}
    wrong.expect(run.problems() and all(p["code"] == "forbidden" for p in run.problems()), f"a user without rights: {run}")
    wrong.expect({"list nodes", "list daemonsets.apps", "list storageclasses.storage.k8s.io"} <= kinds,
                 f"a user without rights: {kinds}")
    wrong.expect(run.status in (0, 3) and PASS_NOTHING.isdisjoint(
        k for k, v in run.verdicts().items() if v in ("pass", "fail")), f"a user without rights: {run.verdicts()}")


PASS_NOTHING = {"label-meta", "node-size", "network-calico", "cert-manager", "storage-class", "load-balancer-ssh",
                "node-taints"}


# -- logins ---------------------------------------------------------------------------------------------------------


def script(cluster, name, text):
    path = cluster.folder / "configs" / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def plugin(cluster, version, status):
    """The exec stanza of a credential plugin that says `status`."""
    said = json.dumps({"apiVersion": f"client.authentication.k8s.io/{version}", "kind": "ExecCredential", "status": status})
    name = script(cluster, f"plugin-{version}-{len(said)}", f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    return {"exec": {"apiVersion": f"client.authentication.k8s.io/{version}", "command": name, "interactiveMode": "Never"}}


def b64(path):
    return base64.b64encode(path.read_bytes()).decode()


def logins(cluster, authority):
    """name: the user's part of a kubeconfig, of users who may read everything."""
    token = cluster.token("admin")
    file = script(cluster, "token", token + "\n")
    cert, key = authority.client("alice", ["system:masters"])
    later = {"expirationTimestamp": "2099-01-01T00:00:00Z"}
    return {
        "token": {"token": token},
        "token file": {"tokenFile": file, "token": "the-file-counts"},
        "certificate files": {"client-certificate": str(cert), "client-key": str(key)},
        "certificate data": {"client-certificate-data": b64(cert), "client-key-data": b64(key)},
        "plugin of v1": plugin(cluster, "v1", {"token": token, **later}),
        "plugin of v1beta1": plugin(cluster, "v1beta1", {"token": token}),
        "plugin with a certificate": plugin(cluster, "v1", {"clientCertificateData": cert.read_text(),
                                                            "clientKeyData": key.read_text()}),
    }


def refusals(cluster, authority):
    """name: the same of users whom the server does not know."""
    old = authority.client("old", ["system:masters"], days=(-20, -10))
    other = Authority(cluster.folder / "other", "somebody else").client("mallory", ["system:masters"])
    return {
        "revoked token": {"token": cluster.token("revoked")},
        "plugin with a revoked token": plugin(cluster, "v1", {"token": cluster.token("revoked")}),
        "expired certificate": {"client-certificate": str(old[0]), "client-key": str(old[1])},
        "certificate of somebody else": {"client-certificate": str(other[0]), "client-key": str(other[1])},
    }


def login(wrong, cluster):
    authority = cluster.authority()
    for name, user in logins(cluster, authority).items():
        run = check(cluster, "-v", config=cluster.kubeconfig(**user))
        wrong.expect(run.status in (0, 3) and not run.problems() and run.verdicts().get("label-meta") == "pass",
                     f"{name}: {run}")
        said = run.out + run.err
        wrong.expect(cluster.token("admin") not in said and "PRIVATE KEY" not in said, f"{name}: a secret is shown")
    for name, user in refusals(cluster, authority).items():
        run = check(cluster, config=cluster.kubeconfig(**user))
        wrong.same(f"{name}: exit status", run.status, 2)
        wrong.same(f"{name}: problems", [p["code"] for p in run.problems()], ["unauthenticated"])
        wrong.expect(cluster.token("revoked") not in run.out + run.err, f"{name}: the token is shown")
        said = cluster.kubectl("get", "nodes", config=cluster.kubeconfig(**user), check=False).stderr
        wrong.expect("Unauthorized" in said or "provide credentials" in said, f"{name}: kubectl says {said}")
    run = check(cluster, config=cluster.kubeconfig(ca=str(cluster.folder / "other" / "ca.crt")))
    wrong.same("a server of another authority", (run.status, [p["code"] for p in run.problems()]), (2, ["unreachable"]))
    wrong.expect("certificate" in json.dumps(run.problems()), f"a server of another authority: {run}")


def rotated(wrong, cluster):
    """A token file is read again: the token that was there at first is not what counts, not even within a run."""
    path = cluster.folder / "configs" / "rotated"
    path.write_text(cluster.token("revoked"))
    config = cluster.kubeconfig(tokenFile=str(path))
    first = check(cluster, config=config)
    path.write_text(cluster.token("admin"))
    wrong.same("a token file, before and after", (first.status, check(cluster, config=config).problems()), (2, []))

    def expire(request):
        if request.headers["authorization"].endswith(cluster.token("admin")):
            path.write_text(cluster.token("deputy"))
            return 401, {}, b"Unauthorized"
        return None
    with Front(cluster, {"/api/v1/nodes": expire}) as front:
        way = {"server": front.faults.url, "ca": front.faults.ca}
        run = check(cluster, config=cluster.kubeconfig(tokenFile=str(path), **way))
        wrong.same("a token file that changes in the middle", (run.problems(), run.verdicts().get("label-meta")), ([], "pass"))
    with Front(cluster, {"/api/v1/nodes": ["401", "pass"]}) as front:
        said = plugin(cluster, "v1", {"token": cluster.token("admin")})
        run = check(cluster, config=cluster.kubeconfig(server=front.faults.url, ca=front.faults.ca, **said))
        wrong.same("a plugin's token that ends in the middle", run.problems(), [])


def version(wrong, cluster):
    """What GET /version may answer; nothing else is lost by it."""
    rows = {  # (what is answered, exit status)
        "a build without its version": ({"major": "", "minor": "", "gitVersion": "v0.0.0-master+$Format:%H$"}, 3),
        "an empty object": ({}, 2), "a list": ([], 2), "no JSON": ("html", 2), "a refusal": ("403", 0),
    }
    for name, (said, status) in rows.items():
        with Front(cluster, {"/version": said if isinstance(said, str) else [said], "*": "pass"}) as front:
            run = check(cluster, "--timeout", "20s", config=front.config())
        got = run.verdicts()
        wrong.same(f"/version is {name}: exit status, rows", (run.status, got.get("label-meta"), got.get("storage-class")),
                   (status, "pass", "pass"))
        wrong.expect(got.get("kubernetes-version") != "pass", f"/version is {name}: {got.get('kubernetes-version')}")


def main():
    wrong = Wrong()
    with Cluster() as cluster:
        cluster.api().write(objects.eks().objects + [objects.pod_security("gitpod", enforce="privileged"),
                                                     objects.ingress("gitpod", address="10.0.0.9")])
        login(wrong, cluster)
        rotated(wrong, cluster)
        version(wrong, cluster)
        nobody(wrong, cluster)
        role(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
