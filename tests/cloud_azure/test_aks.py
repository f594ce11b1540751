# SPDX-License-Identifier: Apache-2.0
"""aks://SUBSCRIPTION/RESOURCE_GROUP/CLUSTER against a subscription of our own: Microsoft's clients read it first, then
plumbline says the same; and what a plan would meet there.

usage: test_aks.py PLUMBLINE [--report]
"""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import azure.identity  # noqa: E402
from azure.mgmt.compute import ComputeManagementClient  # noqa: E402
from azure.mgmt.containerservice import ContainerServiceClient  # noqa: E402
from azure.mgmt.storage import StorageManagementClient  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import padding  # noqa: E402
from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: E402
from fake import CLIENT, SUBSCRIPTION, TENANT, Account, Fake, Refusal, decode, sku  # noqa: E402

PROGRAM, REPORT = sys.argv[1], "--report" in sys.argv
SOURCE = f"aks://{SUBSCRIPTION}/rg/gitpod"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1200]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def run(fake, *words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], env=fake.environment(**more), capture_output=True, text=True, timeout=60, check=False)


def facts_of(done):
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        values = out.setdefault((o["kind"], o.get("name")), {})
        for f in o.get("facts", []):
            if f["witness"] == "cloud":
                values.setdefault(f["attribute"], []).append(f.get("waits_for") if f.get("value") is None else f["value"])
    return out


def account():
    a = Account()
    a.cluster("gitpod")
    a.pool("gitpod", "system", node_labels={"gitpod.io/workload_meta": "true"}, mode="System")
    a.pool("gitpod", "spot", scale_set_priority="Spot", enable_auto_scaling=True, min_count=1, max_count=5, vm_size="Standard_E8-4ds_v5",
           node_taints=["a=b:NoSchedule"], availability_zones=["2", "1"], os_sku="AzureLinux")
    a.pool("gitpod", "machines", vm_size=None, count=None, type="VirtualMachines", virtual_machines_profile={
        "scale": {"autoscale": {"size": "Standard_D4s_v5", "minCount": 1, "maxCount": 3}}})
    # the service answers a list there
    scale = a.pools["rg", "gitpod"][-1]["properties"]["virtualMachinesProfile"]["scale"]
    scale["autoscale"] = [{"size": "standard_d4s_v5", "minCount": 1, "maxCount": 3}, {"size": "standard_d8s_v5", "minCount": 0, "maxCount": 2}]
    a.cluster("old", version="1.31", current="1.31.2", policy=None)
    nodes = "MC_rg_gitpod_westeurope"
    a.balancer("kubernetes", nodes, {"a1": (a.address("a1", "20.1.2.3", nodes, **{"k8s-azure-service": "gitpod/proxy"}), [("Tcp", 443)])})
    a.server("gitpod-db", "5.7")
    a.resource("backups", "Microsoft.Storage/storageAccounts")
    a.resource("images", "Microsoft.ContainerRegistry/registries")
    return a


def credential(fake):
    return azure.identity.ClientSecretCredential(TENANT, CLIENT, "client~secret", authority=fake.url, disable_instance_discovery=True,
                                                 connection_verify=fake.ca)


def the_same_twice(fake):
    more = {"base_url": fake.url, "connection_verify": fake.ca, "credential_scopes": [fake.url + "/.default"]}
    client = ContainerServiceClient(credential(fake), SUBSCRIPTION, **more)
    theirs = client.managed_clusters.get("rg", "gitpod")
    said = facts_of(run(fake, "facts", SOURCE))
    mine = said["cluster", "gitpod"]
    same("version", mine["version"], [theirs.current_kubernetes_version])
    same("endpoint", mine["endpoint"], [theirs.fqdn])
    same("access", mine["access"], ["public"])
    same("policy, balancer", (mine["network_policy"], mine["load_balancer_sku"]), (["calico"], ["standard"]))
    fake.account.page = 2
    pools = list(client.agent_pools.list("rg", "gitpod"))
    said = facts_of(run(fake, "facts", SOURCE))
    fake.account.page = 100
    same("pools, by pages", sorted(n for k, n in said if k == "pool"), sorted(p.name for p in pools))
    for p in pools[:2]:
        mine = said["pool", p.name]
        same(f"{p.name}: size", mine["machine_type"], [p.vm_size])
        same(f"{p.name}: labels", mine["labels"], [p.node_labels or {}])
        same(f"{p.name}: pods", mine["max_pods"], [p.max_pods])
    same("spot", {k: said["pool", "spot"][k] for k in ("capacity_type", "taints", "min_nodes", "max_nodes", "os", "vcpu", "zones")},
         {"capacity_type": ["spot"], "taints": [["a=b:NoSchedule"]], "min_nodes": [1], "max_nodes": [5], "os": ["azure-linux"], "vcpu": [4],
          "zones": [["2", "1"]]})
    same("Ubuntu's version", said["pool", "system"]["os_version"], ["22.04"])
    same("single machines", (said["pool", "machines"]["machine_type"], said["pool", "machines"]["max_nodes"]),
         (["standard_d4s_v5", "standard_d8s_v5"], [5]))
    compute = ComputeManagementClient(credential(fake), SUBSCRIPTION, **more)
    same("their client reads the sizes", [s.name for s in compute.resource_skus.list(filter="location eq 'westeurope'")][:1], ["Standard_D4s_v5"])
    same("and the usages", {u.name.value: u.limit for u in compute.usage.list("westeurope")}["cores"], 100)
    done = run(fake, "check", f"aks://{SUBSCRIPTION}/RG/absent", "-o", "json")
    same("absent", (done.returncode, [p["message"] for p in json.loads(done.stdout)["problems"]]),
         (2, ["there is no cluster 'absent' in resource group RG; there are: gitpod, old"]))
    fake.account.page, fake.next_base = 1, "https://elsewhere.example"
    done = run(fake, "facts", SOURCE)
    said, whole = facts_of(done), json.loads(done.stdout)
    fake.account.page, fake.next_base = 100, None
    same("a next page elsewhere is not followed", sorted(n for k, n in said if k == "pool"), ["system"])
    check("which is said", "at another host" in whole["sources"][0].get("why", "") and not whole["sources"][0]["complete"], whole["sources"])


def live_types(fake):
    """A size that runs and that the catalogue does not know is asked for."""
    fake.log.clear()
    run(fake, "facts", SOURCE)
    same("all sizes are known: nobody asks", fake.log.count("Microsoft.Compute/skus/read"), 0)
    fake.account.cluster("novel")
    fake.account.pool("novel", "madeup", vm_size="Standard_Z6s_v9")
    fake.account.skus.append(sku("Standard_Z6s_v9", "standardZSv9Family", 6, 42.5, arch="Arm64"))
    said = facts_of(run(fake, "facts", f"aks://{SUBSCRIPTION}/rg/novel"))["pool", "madeup"]
    same("a size of tomorrow", {k: said[k] for k in ("vcpu", "memory", "architecture")},
         {"vcpu": [6], "memory": [int(42.5 * 1024) << 20], "architecture": ["arm64"]})
    fake.account.skus.pop()
    del fake.account.clusters["rg", "novel"]


# ---- credentials ----

def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
                    "-days", "5", "-subj", "/CN=me"], check=True, capture_output=True)
    pem = folder / "both.pem"
    pem.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    cert = x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), None)
    (folder / "both.pfx").write_bytes(pkcs12.serialize_key_and_certificates(
        b"me", key, cert, None, serialization.BestAvailableEncryption(b"pfx-password")))
    return pem, cert


def verify(cert):
    def judge(assertion, fake):
        head, claims, signature = assertion.split(".")
        fields = json.loads(decode(head)), json.loads(decode(claims))
        fake.assertions.append(fields)
        pad = padding.PKCS1v15() if fields[0]["alg"] == "RS256" else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        cert.public_key().verify(decode(signature), f"{head}.{claims}".encode(), pad, hashes.SHA256())
        thumb = base64.urlsafe_b64encode(hashlib.sha1(cert.public_bytes(serialization.Encoding.DER)).digest()).decode().rstrip("=")
        good = fields[0].get("x5t", thumb).rstrip("=") == thumb and fields[1]["iss"] == fields[1]["sub"] == CLIENT and (
            fields[1]["aud"] == f"{fake.url}/{TENANT}/oauth2/v2.0/token" and time.time() < fields[1]["exp"] <= time.time() + 3600)
        return None if good else f"AADSTS50027: {fields}"
    return judge


def credentials(fake):
    folder = fake.folder
    pem, cert = make_certificate(folder)
    fake.certificate = verify(cert)
    theirs = azure.identity.CertificateCredential(TENANT, CLIENT, str(pem), authority=fake.url, disable_instance_discovery=True,
                                                  connection_verify=fake.ca)
    check("azure-identity gets a token by certificate", theirs.get_token(fake.url + "/.default").token in fake.tokens)
    (folder / "federated").write_text("federated-token\n")
    az = folder / "bin"
    az.mkdir()
    (az / "az").write_text(f'#!/bin/sh\ncase "$*" in "account get-access-token --resource {fake.url} -o json") '
                           'echo "{\\"accessToken\\": \\"$AZ_TOKEN\\"}";; *) echo "unknown: $*" >&2; exit 2;; esac\n')
    (az / "az").chmod(0o755)
    ids = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT}
    sdk = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT}
    ways = [({**ids, "ARM_CLIENT_SECRET": "client~secret"}, "client client-1"), ({**sdk, "AZURE_CLIENT_SECRET": "client~secret"}, "client"),
            ({**sdk, "AZURE_CLIENT_CERTIFICATE_PATH": str(pem)}, "client"),
            ({**ids, "ARM_CLIENT_CERTIFICATE_PATH": str(folder / "both.pfx"), "ARM_CLIENT_CERTIFICATE_PASSWORD": "pfx-password"}, "client"),
            ({**sdk, "AZURE_FEDERATED_TOKEN_FILE": str(folder / "federated")}, "client"),
            ({**ids, "ARM_OIDC_TOKEN": "federated-token"}, "client"),
            ({"IDENTITY_ENDPOINT": fake.url + "/msi", "IDENTITY_HEADER": "identity-header-secret"}, "the managed identity"),
            ({"ARM_USE_MSI": "true", "ARM_MSI_ENDPOINT": fake.url + "/msi"}, "the managed identity"),
            ({"PATH": f"{az}:/usr/bin:/bin", "AZ_TOKEN": fake.issue()}, "the Azure CLI")]
    secrets = ["client~secret", "federated-token", "pfx-password", "identity-header-secret", *pem.read_text().splitlines()[1:3]]
    for more, who in ways:
        trace = folder / "trace"
        done = run(fake, "facts", SOURCE, "-vv", "--trace-http", trace, **more)
        check(f"{sorted(more)}", done.returncode == 0 and f"credentials: {who}" in done.stderr, done.stderr[-600:])
        shown = [s for s in [*secrets, *fake.tokens] if s in done.stdout + done.stderr + trace.read_text()]
        same(f"{sorted(more)}: no secret is shown", shown, [])
    broken = [({**ids, "ARM_CLIENT_SECRET": "wrong"}, "AADSTS7000215: Invalid client secret provided."),
              ({"ARM_CLIENT_SECRET": "client~secret"}, "but not ARM_TENANT_ID"),
              ({**ids, "ARM_CLIENT_CERTIFICATE_PATH": str(folder / "both.pfx"), "ARM_CLIENT_CERTIFICATE_PASSWORD": "no"}, "password is wrong"),
              ({**ids, "ARM_CLIENT_CERTIFICATE_PATH": str(folder / "none")}, "does not exist"),
              ({**sdk, "AZURE_FEDERATED_TOKEN_FILE": str(folder / "none")}, "does not exist"),
              ({"PATH": f"{az}:/usr/bin:/bin", "AZ_TOKEN": "x", "ARM_METADATA_HOSTNAME": "", "ARM_ENVIRONMENT": "public"}, "ended with status 2"),
              ({"ARM_ENVIRONMENT": "mars", "ARM_METADATA_HOSTNAME": ""}, "none of public, china"),
              ({"NOTHING": "1"}, "no Azure credentials; looked for")]
    for more, words in broken:
        done = run(fake, "facts", SOURCE, **more)
        check(f"said: {words}", done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr)


READ, POOLS = "Microsoft.ContainerService/managedClusters/read", "Microsoft.ContainerService/managedClusters/agentPools/read"
FAULTS = [
    (READ, Refusal(403, "AuthorizationFailed", "The client does not have authorization to perform action"), 2, "forbidden", "authorization", READ),
    (READ, Refusal(409, "MissingSubscriptionRegistration", "The subscription is not registered"), 2, "forbidden", "not registered", READ),
    (POOLS, Refusal(403, "AuthorizationFailed", "The client does not have authorization"), 0, "forbidden", "authorization", POOLS),
    (READ, Refusal(401, "ExpiredAuthenticationToken", "The access token expiry is in the past"), 0, None, "", None),
    (READ, Refusal(429, "TooManyRequests", "slow", headers={"Retry-After": "1"}), 0, None, "", None),
    (READ, Refusal(500, "InternalServerError", "oops", wrapped=False), 0, None, "", None),
    (READ, Refusal(400, "BadRequest", "no such api-version", wrapped=False), 2, "refused", "BadRequest: no such api-version", None),
    (POOLS, "<html>sign in", 2, "unreadable", "cannot be read", None),
    (POOLS, '{"value": [{"na', 2, "unreadable", "cannot be read", None),
    (POOLS, '{"value": [{"name": "x", "properties": {"osSKU": "Tomorrow", "count": "many", "type": 7}}], "new": {}}', 0, None, "", None),
]


def faults(fake):
    for operation, fault, status, code, words, permission in FAULTS:
        name = f"{operation}: {fault if isinstance(fault, str) else fault.message}"
        fake.faults[operation] = [fault]
        done = run(fake, "check", SOURCE, "-o", "json", "--timeout", "20s")
        fake.faults.clear()
        result = json.loads(done.stdout)
        told = [p for p in result["problems"] if p["code"] == code]
        same(f"{name}: exit", result["exit_code"] == 2, status == 2)
        check(f"{name}: said", code is None and not result["problems"] or any(words in p["message"] for p in told), result["problems"])
        same(f"{name}: permission", told[0].get("permission") if told else None, permission)


# ---- a plan ----

def resource(kind, name, values, actions=("create",), before=None):
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/azurerm",
            "change": {"actions": list(actions), "before": before, "after": values, "after_unknown": {}, "before_sensitive": {},
                       "after_sensitive": {}}}


def plan(folder, *resources):
    values = [{k: r[k] for k in ("address", "mode", "type", "name", "provider_name")} | {"schema_version": 1, "values": r["change"]["after"],
                                                                                     "sensitive_values": {}} for r in resources]
    config = [{"address": r["address"], "mode": "managed", "type": r["type"], "name": r["name"], "provider_config_key": "azurerm",
               "expressions": {k: {"constant_value": v} for k, v in r["change"]["after"].items()}, "schema_version": 1}
              for r in resources]
    path = folder / "plan.json"
    path.write_text(json.dumps({
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": values}},
        "resource_changes": list(resources), "configuration": {
            "provider_config": {"azurerm": {"name": "azurerm", "full_name": "registry.terraform.io/hashicorp/azurerm"}},
            "root_module": {"resources": config}}, "complete": True, "errored": False, "applyable": True}))
    return path


def cluster(version="1.33", name="new", actions=("create",), **more):
    return resource("azurerm_kubernetes_cluster", "this", {
        "name": name, "location": "West Europe", "resource_group_name": "rg", "kubernetes_version": version,
        "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/{name}",
        "default_node_pool": [{"name": "default", "vm_size": "Standard_D4s_v5", "node_count": 1}],
        "network_profile": [{"network_plugin": "azure", "network_policy": "calico"}], **more}, actions)


def pool(name, size="Standard_D4s_v5", count=1, cluster_name="new", **more):
    return resource("azurerm_kubernetes_cluster_node_pool", name, {
        "name": name, "vm_size": size, "node_count": count, "node_labels": {"gitpod.io/workload_meta": "true"},
        "kubernetes_cluster_id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/"
        f"{cluster_name}", **more})


def judged(fake, path, name="new"):
    done = run(fake, "check", path, f"aks://{SUBSCRIPTION}/rg/{name}", "-o", "json", "--as-of", "2026-11-01")
    result = json.loads(done.stdout)
    return result, {r["id"]: r for r in result["results"]}


def failed(rows, rule, verdict="fail"):
    return sorted({f["object"] for f in rows[rule]["witnesses"]["cloud"]["findings"] if f["verdict"] == verdict})


def unlisted(fake):
    """Where the pools may not be listed no name is free, and nobody knows what of a pool is new."""
    grown = pool("system", cluster_name="gitpod", count=8)
    grown["change"] |= {"actions": ["update"], "before": {**grown["change"]["after"], "node_count": 7}}
    fake.faults[POOLS] = [Refusal(403, "AuthorizationFailed", "The client does not have authorization")]
    _, rows = judged(fake, plan(fake.folder, cluster(name="gitpod", actions=("no-op",)), grown, pool("fresh", cluster_name="gitpod")), "gitpod")
    fake.faults.clear()
    same("names nobody knows", (failed(rows, "platform-name-taken"), failed(rows, "platform-name-taken", "unknown")), ([], ["fresh"]))
    same("growth nobody knows", (failed(rows, "platform-quota"), failed(rows, "platform-quota", "unknown")), ([], ["cores", "standardDSv5Family"]))
    check("it is said", "how much of it runs is not known" in json.dumps(rows["platform-quota"]), rows["platform-quota"])


def predicted(fake):
    folder = fake.folder
    wide, narrow = fake.account.subnet("wide", "10.1.0.0/16", 10), fake.account.subnet("narrow", "10.0.0.0/26", 40)
    result, rows = judged(fake, plan(folder, cluster(), pool("good", vnet_subnet_id=wide, max_pods=30, zones=["1", "2"])))
    wanted = ("platform-machine-type-offered", "platform-version-offered", "platform-quota", "platform-quota-low", "platform-name-taken",
              "platform-subnet-size", "platform-zone")
    same("nothing is wrong", {i: rows[i]["verdict"] for i in wanted}, {i: "pass" for i in wanted})
    same("one cluster, no problem", (len(result["clusters"]), result["problems"]), (1, []))

    _, rows = judged(fake, plan(folder, cluster("1.30"), pool("big", count=7), pool("notmine", "Standard_E4s_v5"), pool("madeup", "Standard_Z99"),
                                pool("onezone", "Standard_D8s_v5", zones=["1", "2"]), pool("nozone", zones=["9"]),
                                pool("notgranted", "Standard_E8-4ds_v5"), pool("tight", count=2, vnet_subnet_id=narrow, max_pods=30)))
    same("sizes", failed(rows, "platform-machine-type-offered"), ["madeup", "notmine", "nozone", "onezone"])
    text = json.dumps(rows["platform-machine-type-offered"])
    for words in ("NotAvailableForSubscription", "Standard_D8s_v5 is not offered in zone 2 of westeurope", "Standard_Z99 is not offered in westeurope"):
        check(words, words in text, text)
    same("versions", failed(rows, "platform-version-offered"), ["new"])
    same("zones", failed(rows, "platform-zone"), ["nozone"])
    same("quotas", failed(rows, "platform-quota"), ["cores", "standardDSv5Family", "standardEDSv5Family"])
    bill = next(f for f in rows["platform-quota"]["witnesses"]["cloud"]["findings"] if f["object"] == "cores")
    check("pools are on the bill", "azurerm_kubernetes_cluster_node_pool.big: 28 (7 nodes of 4 vCPU)" in bill["consumers"], bill)
    same("addresses", failed(rows, "platform-subnet-size"), ["subnet narrow"])

    _, rows = judged(fake, plan(folder, cluster(name="gitpod"), pool("system", cluster_name="gitpod"), pool("fresh", cluster_name="gitpod")),
                     "gitpod")
    same("names", failed(rows, "platform-name-taken"), ["gitpod", "system"])
    unlisted(fake)
    fake.account.taken = {"backups"}
    more = {"base_url": fake.url, "connection_verify": fake.ca, "credential_scopes": [fake.url + "/.default"]}
    theirs = StorageManagementClient(credential(fake), SUBSCRIPTION, **more).storage_accounts
    same("their client hears the same", [theirs.check_name_availability({"name": n, "type": "Microsoft.Storage/storageAccounts"}).reason
                                         for n in ("backups", "free")], ["AlreadyExists", None])
    _, rows = judged(fake, plan(folder, cluster(), pool("p"), *[resource("azurerm_storage_account", n, {"name": n, "account_kind": "StorageV2"})
                                                               for n in ("backups", "free")]))
    same("names of accounts", failed(rows, "platform-name-taken"), ["backups"])
    for version, verdict in (("1.32", "pass"), ("1.33", "fail")):
        _, rows = judged(fake, plan(folder, cluster(version, name="old", actions=("update",)), pool("p", cluster_name="old")), "old")
        same(f"1.31 to {version}", rows["platform-version-step"]["verdict"], verdict)


def calls(fake):
    fake.log.clear()
    fake.account.page = 3
    wide = fake.account.subnet("wide", "10.1.0.0/16", 10)
    done = run(fake, "check", plan(fake.folder, cluster(), pool("a", vnet_subnet_id=wide), pool("b", vnet_subnet_id=wide)),
               f"aks://{SUBSCRIPTION}/rg/new", "-vv")
    fake.account.page = 100
    same("each question once, by pages", sorted(fake.log), sorted([
        "Microsoft.ContainerService/locations/kubernetesVersions/read", *["Microsoft.Compute/skus/read"] * 2,
        *["Microsoft.Compute/locations/usages/read"] * 2, "Microsoft.Network/virtualNetworks/subnets/read"]))
    check("counted", "7 calls in 3 steps" in done.stderr, done.stderr[-300:])


def permissions(fake):
    run(fake, "facts", SOURCE, "--with-cluster")
    role = json.loads(run(fake, "permissions", "aks").stdout)
    same("the role", role["Actions"], sorted(fake.ever))


def report(fake):
    path = plan(fake.folder, cluster("1.30"), pool("big", count=7), pool("madeup", "Standard_Z99"), pool("nozone", zones=["9"]))
    done = run(fake, "check", path, f"aks://{SUBSCRIPTION}/rg/new", "--as-of", "2026-11-01")
    told = sorted({line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAIL  platform-")})
    same("failures that are predicted", told, ["platform-machine-type-offered", "platform-quota", "platform-version-offered", "platform-zone"])
    if REPORT:
        print(done.stdout)


def main():
    with tempfile.TemporaryDirectory() as name, Fake(account(), name) as fake:
        os.environ.pop("REQUESTS_CA_BUNDLE", None)
        for test in (the_same_twice, live_types, credentials, faults, predicted, calls, report, permissions):
            test(fake)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
