# SPDX-License-Identifier: Apache-2.0
"""Ways to a real API server that a kubeconfig or the environment can say, and what must not leave it.

usage: ways.py PLUMBLINE
"""
import json
import re
import signal
import subprocess
import sys
import time

from kube import DAY, HERE, PLUMBLINE, Cluster, Faults, Wrong, check, plumbline, until
import objects as o
from proxy import Proxy

CANARY = "canary"


def good(wrong, what, run, extra=()):
    wrong.same(f"{what}: problems", [p["code"] for p in run.problems()], list(extra))
    wrong.same(f"{what}: a row", run.verdicts().get("label-meta"), "pass")


def config_with(cluster, **more):
    """A kubeconfig whose cluster has more to say; a value of None takes a key away."""
    made = cluster.config()
    part = made["clusters"][0]["cluster"]
    part.update({key.replace("_", "-"): value for key, value in more.items()})
    made["clusters"][0]["cluster"] = {key: value for key, value in part.items() if value is not None}
    return write(cluster, made)


def write(cluster, made):
    path = cluster.folder / "configs" / f"way-{len(list((cluster.folder / 'configs').iterdir()))}"
    path.write_text(json.dumps(made))
    return str(path)


def proxies(wrong, cluster):
    with Proxy() as proxy:
        good(wrong, "proxy-url", check(cluster, config=config_with(cluster, proxy_url=f"http://127.0.0.1:{proxy.port}")))
        wrong.same("proxy-url: asked", set(proxy.asked), {f"127.0.0.1:{cluster.port}"})
    for name, env, used in (("HTTPS_PROXY", {}, True), ("NO_PROXY", {"NO_PROXY": "127.0.0.1"}, False)):
        with Proxy() as proxy:
            good(wrong, name, check(cluster, env={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", **env}))
            wrong.same(f"{name}: used", bool(proxy.asked), used)
    with Proxy(f"alice:{CANARY}") as proxy:
        way = config_with(cluster, proxy_url=f"http://alice:{CANARY}@127.0.0.1:{proxy.port}")
        run = check(cluster, "-vv", config=way)
        good(wrong, "proxy with a password", run)
        wrong.expect(proxy.asked and CANARY not in run.out + run.err, "the proxy's password is shown")
        refused = check(cluster, "-vv", config=config_with(
            cluster, proxy_url=f"http://alice:{CANARY}-wrong@127.0.0.1:{proxy.port}"))
        wrong.same("wrong password of a proxy", (refused.status, [p["code"] for p in refused.problems()]),
                   (2, ["unreachable"]))
        wrong.expect(CANARY not in refused.out + refused.err, "the proxy's wrong password is shown")


def trust(wrong, cluster):
    with Faults({}, tls="wrong-name", upstream=cluster.url) as server:
        way = {"server": server.url, "certificate_authority": server.ca}
        good(wrong, "tls-server-name", check(cluster, config=config_with(cluster, tls_server_name="other.example", **way)))
        asked = len(server.requests)
        run = check(cluster, config=config_with(cluster, **way))
        wrong.same("another name", (run.status, [p["code"] for p in run.problems()]), (2, ["unreachable"]))
        wrong.same("another name: requests", len(server.requests), asked)
        careless = config_with(cluster, server=server.url, certificate_authority=None, insecure_skip_tls_verify=True)
        run = check(cluster, config=careless)
        good(wrong, "insecure-skip-tls-verify", run, ["insecure"])
        wrong.expect(run.status in (0, 3), f"insecure-skip-tls-verify: {run}")


def contexts(wrong, cluster):
    """Several files are one configuration; the context is named by the source."""
    made = cluster.config("nobody")
    made["contexts"].append({"name": "all", "context": {"cluster": "test", "user": "admin"}})
    first = write(cluster, made)
    second = write(cluster, {**cluster.config("admin"), "clusters": [], "contexts": [], "current-context": "all"})
    env = {"KUBECONFIG": f"{first}:{cluster.folder}/none:{second}"}
    run = plumbline(cluster, "check", "k8s://all", "-o", "json", env=env)
    good(wrong, "k8s://all", run)
    wrong.same("k8s://all: the source", run.json["sources"][0]["source"], "k8s://all")
    run = plumbline(cluster, "check", "k8s://", "-o", "json", env=env)
    wrong.same("the current context", {p["code"] for p in run.problems()}, {"forbidden"})
    run = plumbline(cluster, "check", "k8s://none", "-o", "json", env=env)
    wrong.expect(run.status == 2 and "none" in run.err, f"no such context: {run}")
    both = plumbline(cluster, "check", "k8s://all", "k8s://none", "-o", "json", env=env)
    good(wrong, "one context of two", both, ["unreadable"])
    wrong.same("one context of two: exit status", both.status, 2)


def secrets(wrong, cluster):
    """What nodes and Services carry beside what is asked does not get into any output."""
    noisy = o.k3s_node(9, o.gitpod(), True)
    noisy["metadata"]["annotations"].update({
        "k3s.io/node-args": json.dumps(["server", "--token", f"{CANARY}-1", "--disable", "servicelb"]),
        "k3s.io/node-env": json.dumps({"K3S_TOKEN": f"{CANARY}-2"})})
    service = o.service("noisy", address="192.0.2.7", annotations={
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"a": f"{CANARY}-3"}),
        "example.com/password": f"{CANARY}-4", "example.com/api-token": f"{CANARY}-5"})
    cluster.api().write([noisy, service])
    for words in (["check", "-vv"], ["check", "-vv", "-o", "json"], ["facts", "-vv"]):
        run = plumbline(cluster, words[0], "k8s://", *words[1:], "--kubeconfig", cluster.kubeconfig())
        said = run.out + run.err
        wrong.expect("noisy" in said or words[0] == "check", f"{words}: the Service is not there")
        wrong.same(f"{words}: canaries", sorted(set(re.findall(CANARY + r"-\d", said))), [])
        wrong.expect(cluster.token("admin") not in said, f"{words}: the token is shown")


def snapshot(wrong, cluster):
    """What was collected is judged later as it is now."""
    now = check(cluster)
    path = cluster.folder / "snapshot.json"
    path.write_text(plumbline(cluster, "facts", "k8s://", "--kubeconfig", cluster.kubeconfig()).out)
    later = plumbline(cluster, "check", str(path), "-o", "json", *DAY)
    wrong.same("a snapshot: verdicts, exit status", (later.verdicts(), later.status), (now.verdicts(), now.status))
    again = plumbline(cluster, "facts", "k8s://", "--kubeconfig", cluster.kubeconfig()).out
    wrong.expect(again == path.read_text(), "two snapshots of one cluster differ")


def closed(wrong, cluster):
    """ssh://@cluster leaves out what nobody can log in to, and says so; a host that is named is asked."""
    fargate = o.node("fargate-ip-10-0-9-1", {"eks.amazonaws.com/compute-type": "fargate"}, address="10.0.9.1")
    unlabelled = o.node("fargate-ip-10-0-9-2", provider_id="aws:///eu-west-1a/0123456789-abc/fargate-ip-10-0-9-2.internal",
                        address="10.0.9.2")
    windows = o.eks_node(77, "windows", {"kubernetes.io/os": "windows"})
    cluster.api().wipe()
    cluster.api().write([fargate, unlabelled, windows])
    run = check(cluster, "ssh://@cluster")
    told = [(p["source"], p["code"], p["message"]) for p in run.problems()]
    wrong.same("closed nodes", told, [("ssh://@cluster", "not-asked", "3 nodes are not asked; 2: AWS Fargate lets nobody in; "
                                       "1: Windows, which cannot run the script")])
    wrong.expect(run.status != 2 and not run.err, f"closed nodes: {run}")
    path = cluster.folder / "closed.json"
    path.write_text(plumbline(cluster, "facts", "k8s://", "--kubeconfig", cluster.kubeconfig()).out)
    later = plumbline(cluster, "check", str(path), "ssh://@cluster", "-o", "json", *DAY)
    wrong.same("closed nodes of a snapshot", [p["message"] for p in later.problems()], [m for _, _, m in told])
    settings = cluster.folder / "ssh_config"
    settings.write_text("Host *\n  HostName 127.0.0.1\n  Port 1\n")
    named = check(cluster, "ssh://fargate-ip-10-0-9-1", "--ssh-config", str(settings))
    wrong.same("a closed node that is named", (named.status, [p["code"] for p in named.problems()]), (2, ["unreachable"]))
    cluster.api().wipe()
    cluster.api().write(o.eks().objects)


def targeted(wrong, cluster):
    """A plan of -target counts beside a cluster where it holds pools, and is refused with a way out where it does not."""
    path, pool = cluster.folder / "targeted.json", {
        "cluster_name": "shop", "node_group_name": "gitpod", "labels": {"gitpod.io/workload_meta": "true", "a": "b"},
        "scaling_config": [{"min_size": 1, "max_size": 3, "desired_size": 1}]}
    for kind, after in (("aws_eks_node_group", pool), ("aws_s3_bucket", {"bucket": "shop"})):
        path.write_text(json.dumps({
            "format_version": "1.2", "terraform_version": "1.11.4", "complete": False, "resource_changes": [{
                "address": f"{kind}.one", "mode": "managed", "type": kind, "name": "one",
                "change": {"actions": ["create"], "before": None, "after": after, "after_unknown": {}}}]}))
        run = check(cluster, str(path), "--join", f"k8s://=shop")
        if kind == "aws_eks_node_group":
            wrong.same("targeted, with a pool: status, rows", (run.status != 2, run.verdicts().get("label-meta")), (True, "pass"))
            wrong.same("targeted, with a pool: clusters", len(run.json["clusters"]), 1)
            wrong.expect({"plan", "cluster"} <= set(run.row("label-meta")["witnesses"]), f"targeted: {run.row('label-meta')}")
        else:
            wrong.expect(run.status == 2 and "-target" in run.err and "leave this one out" in run.err, f"targeted: {run}")


def astray(wrong, cluster):
    """--join to a cluster that no source holds: said, exit status 2, and nothing is joined by assumption."""
    eks = str(HERE.parents[1] / "examples" / "eks" / "plan.json")
    good(wrong, "a plan beside it", check(cluster, eks))
    run = check(cluster, eks, "--join", "k8s://=frob")
    told = [p["message"] for p in run.problems() if p["code"] == "join" and "frob" in p["message"]]
    wrong.same("astray: status, lines, said as a problem", (run.status, run.err.count("\n"), len(told)), (2, 1, 1))
    wrong.expect("--join k8s://=frob: " in run.err and "there are: " in run.err and "test" in run.err, f"astray: {run}")
    wrong.same("astray: clusters", len(run.json["clusters"]), 2)
    wrong.expect(run.json["results"], "astray: no report")


def interrupted(wrong, cluster):
    """Ctrl-C while a server is silent: what is known is reported, at once."""
    with Faults({"/apis/apps": "silent-after-request", "*": "pass"}, tls="good", upstream=cluster.url) as server:
        config = cluster.kubeconfig(server=server.url, ca=server.ca)
        with subprocess.Popen([PLUMBLINE, "check", "k8s://", "--kubeconfig", config, "-o", "json"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=cluster.environment()) as child:
            until(lambda: len([r for r in server.requests if "/apps/" in r.path]) == 2, 30, "nothing is asked")
            begin = time.monotonic()
            child.send_signal(signal.SIGINT)
            out, said = child.communicate(timeout=30)
            wrong.expect(time.monotonic() - begin < 3, f"an interruption takes {time.monotonic() - begin:.1f} s")
        wrong.same("an interruption: exit status", child.returncode, 130)
        wrong.expect(json.loads(out or b"{}").get("results"), f"an interruption: no report: {out[:200]} {said}")


def main():
    wrong = Wrong()
    with Cluster() as cluster:
        cluster.api().write(o.eks().objects)
        for test in (proxies, trust, contexts, snapshot, targeted, astray, closed, interrupted, secrets):
            test(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
