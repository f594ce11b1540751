# SPDX-License-Identifier: Apache-2.0
"""--with-cluster for GKE and AKS: a real API server behind what the cloud puts before it, asked with the credentials of
the cloud's source.

usage: with_cluster.py PLUMBLINE google|azure
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
PROGRAM, WHICH = sys.argv[1:3]
sys.path[:0] = [str(TESTS / "kube"), str(TESTS / "net"), str(TESTS / f"cloud_{WHICH}")]
import fake  # noqa: E402
from cluster import Cluster  # noqa: E402
from front import Front  # noqa: E402
from objects import aks, gke  # noqa: E402
from proxy import Proxy  # noqa: E402

FAILED = []
LABELS = {"gitpod.io/workload_meta": "true"}
SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630"  # AKS's own, in every tenant


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def joined(what, env, source, tokens, name="gitpod"):
    done = subprocess.run([PROGRAM, "check", source, "--with-cluster", "-o", "json", "--as-of", "2026-11-01", "-vv"], env=env,
                          capture_output=True, text=True, timeout=120, check=False)
    result = json.loads(done.stdout)
    check(f"{what}: one cluster of two witnesses", [c["name"] for c in result["clusters"]] == [name] and
          [s["witness"] for s in result["sources"]] == ["cloud", "cluster"], (result["clusters"], result["sources"], result["problems"]))
    rows = {r["id"]: r for r in result["results"]}
    check(f"{what}: both say the version", set(rows["kubernetes-version"]["witnesses"]) == {"cloud", "cluster"}, rows["kubernetes-version"])
    check(f"{what}: no problem", not result["problems"], result["problems"])
    shown = [t for t in tokens if t in done.stdout + done.stderr]
    check(f"{what}: no token is shown", not shown, shown)
    return result


def asked(env, source):
    done = subprocess.run([PROGRAM, "check", source, "--with-cluster", "-o", "json"], env=env, capture_output=True, text=True, timeout=60,
                          check=False)
    result = json.loads(done.stdout)
    return done, result["problems"], [s["witness"] for s in result["sources"]]


def part_of_it(what, env, source, f, operation):
    """What the cloud fails to tell is no reason not to ask the cluster."""
    f.faults[operation] = ["<html>sign in"]
    done, problems, witnesses = asked(env, source)
    f.faults.clear()
    check(what, done.returncode == 2 and len(problems) == 1 and witnesses == ["cloud", "cluster"], (problems, witnesses))


def not_reached(what, env, source, words, permission):
    """The cluster was to be asked, and is not: that is said, and is no success."""
    done, problems, witnesses = asked(env, source)
    check(what, done.returncode == 2 and witnesses == ["cloud"] and [p.get("permission") for p in problems] == [permission] and
          words in problems[0]["message"] and done.stderr.count("\n") == 1, (problems, witnesses, done.stderr))


def google(cluster, folder):
    project = fake.Project()
    with fake.Fake(project) as f:
        front = Front(cluster, lambda token: token in f.tokens)
        project.cluster("gitpod", endpoint=front.url.removeprefix("https://"), masterAuth={"clusterCaCertificate": front.ca})
        project.pool("gitpod", "services", config={"labels": LABELS})
        joined("GKE", f.environment(folder), "gke://my-project/europe-west1/gitpod", f.tokens)
        check("the API server saw the account's token", set(front.tokens) == {"ya29.static-token"}, front.tokens)
        part_of_it("GKE, without its forwarding rules", f.environment(folder), "gke://my-project/europe-west1/gitpod", f,
                   "compute.forwardingRules.aggregatedList")
        front.stop()
        project.cluster("gitpod")
        del project.clusters["europe-west1", "gitpod"]["endpoint"]
        not_reached("GKE, without an address", f.environment(folder), "gke://my-project/europe-west1/gitpod", "does not say how", None)
        by_name(cluster, folder, f, project)
        planned(f.environment(folder), folder)


def planned(env, folder):
    """A cluster that a plan makes is not there to be asked, and that is nobody's fault."""
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        {"address": "google_container_cluster.new", "mode": "managed", "type": "google_container_cluster", "name": "new", "change": {
            "actions": ["create"], "before": None, "after_unknown": {},
            "after": {"name": "new", "location": "europe-west1", "project": "my-project", "min_master_version": "1.33"}}}]}))
    done = subprocess.run([PROGRAM, "facts", plan, "gke://my-project/europe-west1/new", "--with-cluster"], env=env, capture_output=True,
                          text=True, timeout=60, check=False)
    result = json.loads(done.stdout)
    check("a cluster that is planned", done.returncode == 0 and not result["problems"] and
          [s["witness"] for s in result["sources"]] == ["plan", "cloud"], (done.stderr, result["problems"]))


NAME = "gke-0123456789abcdef-123.europe-west1.gke.goog"
ANYWHERE, NOWHERE = {"allowExternalTraffic": True, "endpoint": NAME}, {"endpoint": NAME}
ENDPOINTS = [  # what the cluster's `endpoint` is, its endpoints, what is asked
    (NAME, {"dnsEndpointConfig": ANYWHERE, "ipEndpointsConfig": {}}, NAME),
    ("10.2.0.2", {"dnsEndpointConfig": ANYWHERE, "ipEndpointsConfig": {"enabled": True, "privateEndpoint": "10.2.0.2"}}, NAME),
    ("10.2.0.2", {"dnsEndpointConfig": NOWHERE, "ipEndpointsConfig": {"enabled": True, "privateEndpoint": "10.2.0.2"}}, "10.2.0.2"),
    ("34.1.2.3", {"dnsEndpointConfig": ANYWHERE, "ipEndpointsConfig": {"enabled": True, "enablePublicEndpoint": True}}, "34.1.2.3"),
]


def by_name(cluster, folder, f, project):
    """Clusters without a public address are reached by name, whose certificate everybody trusts: no CA of the cluster's."""
    front = Front(cluster, lambda token: token in f.tokens, names=f"DNS:{NAME},IP:10.2.0.2,IP:34.1.2.3")
    for endpoint, config, asked in ENDPOINTS:
        ca = front.ca if asked != NAME else "bm90IGEgUEVN"
        with Proxy(routes={f"{asked}:443": front.faults.port}) as proxy:
            project.cluster("gitpod", endpoint=endpoint, controlPlaneEndpointsConfig=config, masterAuth={"clusterCaCertificate": ca})
            env = f.environment(folder) | {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
            env |= {"SSL_CERT_FILE": front.faults.ca} if asked == NAME else {}
            result = joined(f"{endpoint} and {asked}", env, "gke://my-project/europe-west1/gitpod", f.tokens)
            check(f"{endpoint}: {asked} is asked", set(proxy.asked) == {f"{asked}:443"}, (proxy.asked, result["problems"]))
    front.stop()


def kubeconfig(front, user):
    return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "gitpod",
                       "clusters": [{"name": "gitpod", "cluster": {"server": front.url, "certificate-authority-data": front.ca}}],
                       "contexts": [{"name": "gitpod", "context": {"cluster": "gitpod", "user": "clusterUser_rg_gitpod"}}],
                       "users": [{"name": "clusterUser_rg_gitpod", "user": user}]})


def azure(cluster, folder):
    from azure.identity import ClientSecretCredential
    from azure.mgmt.containerservice import ContainerServiceClient
    account = fake.Account()
    account.cluster("gitpod")
    account.pool("gitpod", "services", node_labels=LABELS)
    with fake.Fake(account, folder) as f:
        front = Front(cluster, lambda token: token in f.tokens or token == "local-account")
        source = f"aks://{fake.SUBSCRIPTION}/rg/gitpod"
        account.kubeconfig = kubeconfig(front, {"token": "local-account"})
        theirs = ContainerServiceClient(
            ClientSecretCredential(fake.TENANT, fake.CLIENT, "client~secret", authority=f.url, disable_instance_discovery=True,
                                   connection_verify=f.ca), fake.SUBSCRIPTION, base_url=f.url, connection_verify=f.ca,
            credential_scopes=[f.url + "/.default"]).managed_clusters.list_cluster_user_credentials("rg", "gitpod")
        value = theirs.kubeconfigs[0].value
        check("their client reads the kubeconfig", account.kubeconfig.encode() == bytes(value), value)
        joined("local accounts", f.environment(), source, f.tokens)
        check("the API server saw the local account", set(front.tokens) == {"local-account"}, front.tokens)
        old = {"auth-provider": {"name": "azure", "config": {"apiserver-id": SERVER_APPLICATION, "client-id": "x", "tenant-id": fake.TENANT}}}
        new = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "kubelogin", "args": [
            "get-token", "--environment", "AzurePublicCloud", "--server-id", SERVER_APPLICATION, "--client-id",
            "80faf920-1908-4b52-b5ef-a8e7bedfc67a", "--tenant-id", fake.TENANT, "--login", "devicecode"]}}
        for what, user in (("Entra, kubelogin", new), ("Entra, as it was", old)):
            front.tokens.clear(), f.scopes.clear()
            account.kubeconfig = kubeconfig(front, user)
            joined(what, f.environment(), source, f.tokens)
            check(f"{what}: a token for AKS's application", f.scopes[-1] == f"{SERVER_APPLICATION}/.default" and front.tokens, f.scopes)
        part_of_it("AKS, without its pools", f.environment(), source, f, "Microsoft.ContainerService/managedClusters/agentPools/read")
        permission = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
        f.faults[permission] = [fake.Refusal(403, "AuthorizationFailed", "The client does not have authorization")]
        not_reached("AKS, forbidden", f.environment(), source, "does not have authorization", permission)
        account.kubeconfig = None
        not_reached("AKS, no kubeconfig", f.environment(), source, "does not say how", None)
        for text, words in (("{", "kubeconfig"), (kubeconfig(front, {"exec": {"command": "kubelogin", "args": ["--server-id", "-x"]}}), "none")):
            account.kubeconfig = text
            done = subprocess.run([PROGRAM, "check", source, "--with-cluster", "-o", "json"], env=f.environment(), capture_output=True,
                                  text=True, timeout=60, check=False)
            problems = json.loads(done.stdout)["problems"]
            check(f"damaged: {words}", done.returncode == 2 and any(words in p["message"] for p in problems), problems)
        front.stop()


def main():
    with tempfile.TemporaryDirectory() as name, Cluster() as cluster:
        world = {"google": gke, "azure": aks}[WHICH]()
        cluster.api().write(world.objects)
        {"google": google, "azure": azure}[WHICH](cluster, pathlib.Path(name))
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
