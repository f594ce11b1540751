# SPDX-License-Identifier: Apache-2.0
"""What stands beside an AKS cluster: balancers, gateways, databases, accounts, registries.  Microsoft's clients read
them first.

usage: test_belongings.py PLUMBLINE
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import azure.identity  # noqa: E402
from azure.mgmt.mysqlflexibleservers import MySQLManagementClient  # noqa: E402
from azure.mgmt.network import NetworkManagementClient  # noqa: E402
from azure.mgmt.resource.resources import ResourceManagementClient  # noqa: E402
from fake import CLIENT, SUBSCRIPTION, TENANT, Account, Fake, Refusal  # noqa: E402

PROGRAM = sys.argv[1]
SOURCE, NODES = f"aks://{SUBSCRIPTION}/rg/gitpod", "MC_rg_gitpod_westeurope"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1200]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def run(fake, *words):
    return subprocess.run([PROGRAM, *map(str, words)], env=fake.environment(), capture_output=True, text=True, timeout=60, check=False)


def things(done, kind):
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        facts = {f["attribute"]: f.get("value", f.get("waits_for")) for f in o.get("facts", []) if f["witness"] == "cloud"}
        if o["kind"] == kind and facts:
            out[o["name"]] = facts
    return out


def account():
    a = Account()
    a.cluster("gitpod")
    a.pool("gitpod", "services")
    proxy = a.address("kubernetes-a1", "20.1.2.3", NODES, **{"k8s-azure-service": "gitpod/proxy", "k8s-azure-cluster-name": "kubernetes"})
    shared = a.address("kubernetes-a2", "20.1.2.4", NODES, **{"k8s-azure-service": "web/front,web/back"})
    out = a.address("outbound", "20.1.2.5", NODES, **{"aks-managed-type": "aks-slb-managed-outbound-ip"})
    a.balancer("kubernetes", NODES, {"a1": (proxy, [("Tcp", 80), ("Tcp", 443), ("Tcp", 22), ("Udp", 53)]), "a2": (shared, [("Tcp", 8080)]),
                                     "outbound": (out, []),
                                     "elsewhere": (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Network/"
                                                   "publicIPAddresses/own", [("Tcp", 443)])})
    a.balancer("kubernetes-internal", NODES, {"a3": ("10.0.0.7", [("Tcp", 3306)])})
    a.balancer("of-others", "rg", {"x": ("10.0.0.9", [("Tcp", 443)])})
    a.gateway("ingress", NODES, (80, 443))
    a.server("gitpod-db", "5.7")
    a.resource("gitpodbackups", "Microsoft.Storage/storageAccounts", kind="StorageV2")
    a.resource("shares", "Microsoft.Storage/storageAccounts", kind="FileStorage")
    a.resource("images", "Microsoft.ContainerRegistry/registries")
    a.resource("far", "Microsoft.ContainerRegistry/registries", group="other")
    return a


def told(fake):
    credential = azure.identity.ClientSecretCredential(TENANT, CLIENT, "client~secret", authority=fake.url, disable_instance_discovery=True,
                                                       connection_verify=fake.ca)
    more = {"base_url": fake.url, "connection_verify": fake.ca, "credential_scopes": [fake.url + "/.default"]}
    theirs = NetworkManagementClient(credential, SUBSCRIPTION, **more)
    rules = {r.name: r.frontend_port for b in theirs.load_balancers.list(NODES) for r in b.load_balancing_rules}
    check("their client reads the rules", len(rules) == 7 and rules["a1-Tcp-22"] == 22, rules)
    same("the addresses", {p.ip_address: (p.tags or {}).get("k8s-azure-service") for p in theirs.public_ip_addresses.list(NODES)},
         {"20.1.2.3": "gitpod/proxy", "20.1.2.4": "web/front,web/back", "20.1.2.5": None})
    same("the gateways", [[p.port for p in g.frontend_ports] for g in theirs.application_gateways.list(NODES)], [[80, 443]])
    wanted = " or ".join(f"resourceType eq '{t}'" for t in ("Microsoft.DBforMySQL/flexibleServers", "Microsoft.Storage/storageAccounts",
                                                            "Microsoft.ContainerRegistry/registries"))
    listed = ResourceManagementClient(credential, SUBSCRIPTION, **more).resources.list_by_resource_group("rg", filter=wanted)
    same("the resources", [r.name for r in listed], ["gitpod-db", "gitpodbackups", "shares", "images"])
    version = MySQLManagementClient(credential, SUBSCRIPTION, **more).servers.get("rg", "gitpod-db").version
    fake.account.page = 1
    done = run(fake, "facts", SOURCE)
    fake.account.page = 100
    seen = things(done, "load_balancer")
    same("entries", {n: (f["type"], f["layer"], f["ports"], f.get("scheme"), f.get("addresses")) for n, f in seen.items()}, {
        "proxy": ("service", 4, ["80", "443", "22"], "external", ["20.1.2.3"]), "a2": ("network", 4, ["8080"], "external", ["20.1.2.4"]),
        "elsewhere": ("network", 4, ["443"], "external", None), "a3": ("network", 4, ["3306"], "internal", ["10.0.0.7"]),
        "ingress": ("application", 7, ["80", "443"], None, None)})
    same("databases", things(done, "database"), {"gitpod-db": {"engine": "mysql", "version": version}})
    same("accounts that hold blobs", things(done, "bucket"), {"gitpodbackups": {"service": "azure-blob"}})
    same("registries", things(done, "registry"), {"images": {"service": "acr"}})
    rows = {r["id"]: r["verdict"] for r in json.loads(run(fake, "check", SOURCE, "-o", "json", "--as-of", "2026-11-01").stdout)["results"]}
    wanted = ("load-balancer-http", "load-balancer-ssh", "database", "database-version-tested", "object-storage", "image-registry",
              "image-registry-supported")
    same("judged", {i: rows[i] for i in wanted}, {i: "pass" for i in wanted})


LISTS = [("Microsoft.Network/loadBalancers/read", {"load_balancer"}), ("Microsoft.Network/publicIPAddresses/read", {"load_balancer"}),
         ("Microsoft.Network/applicationGateways/read", {"load_balancer"}),
         ("Microsoft.Resources/subscriptions/resourceGroups/resources/read", {"database", "bucket", "registry"}),
         ("Microsoft.DBforMySQL/flexibleServers/read", {"database"})]


def faults(fake):
    whole = run(fake, "facts", SOURCE)
    for operation, lost in LISTS:
        fault = Refusal(403, "AuthorizationFailed", "The client does not have authorization")
        fake.faults[operation] = [fault]
        done = run(fake, "facts", SOURCE)
        for kind in ("cluster", "pool", "load_balancer", "database", "bucket", "registry"):
            check(f"{operation}: {kind}", (things(done, kind) == things(whole, kind)) == (kind not in lost), things(done, kind))
        fake.faults[operation] = [fault]
        result = json.loads(run(fake, "check", SOURCE, "-o", "json").stdout)
        fake.faults.clear()
        same(f"{operation}: the problem", [p["permission"] for p in result["problems"]], [operation])
        same(f"{operation}: pools are all there", next(r["verdict"] for r in result["results"] if r["id"] == "label-meta"), "fail")
    fake.account.clusters["rg", "gitpod"]["properties"]["nodeResourceGroup"] = "../../x?y="
    fake.log.clear()
    run(fake, "facts", SOURCE)
    same("a name that is none goes into no path", [i for i in fake.log if i.startswith("Microsoft.Network")], [])


def main():
    with tempfile.TemporaryDirectory() as name, Fake(account(), name) as fake:
        os.environ.pop("REQUESTS_CA_BUNDLE", None)
        for test in (told, faults):
            test(fake)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
