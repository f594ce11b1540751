# SPDX-License-Identifier: Apache-2.0
"""What stands beside a GKE cluster: forwarding rules, databases, buckets.  Google's client library reads them first.

usage: test_belongings.py PLUMBLINE
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import google.oauth2.credentials  # noqa: E402
import googleapiclient.discovery  # noqa: E402
from fake import Fake, Project, Refusal  # noqa: E402

PROGRAM = sys.argv[1]
SOURCE = "gke://my-project/europe-west1/gitpod"
NETWORK = "https://www.googleapis.com/compute/v1/projects/my-project/global/networks/"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1200]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def run(fake, folder, *words):
    return subprocess.run([PROGRAM, *map(str, words)], env=fake.environment(folder), capture_output=True, text=True, timeout=60, check=False)


def things(done, kind):
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        facts = {f["attribute"]: f.get("value", f.get("waits_for")) for f in o.get("facts", []) if f["witness"] == "cloud"}
        if o["kind"] == kind and facts:
            out[o["name"]] = facts
    return out


def project():
    p = Project()
    p.cluster("gitpod", network="default")
    p.pool("gitpod", "services", instanceGroupUrls=[
        f"https://www.googleapis.com/compute/v1/projects/my-project/zones/{z}/instanceGroupManagers/gke-gitpod-services-0a1b-grp"
        for z in p.zones])
    p.cluster("gitpod-services", network="other")
    backend = "https://www.googleapis.com/compute/v1/projects/my-project/regions/europe-west1/backendServices/"
    p.rule("a1", "gitpod/proxy", "22-443", target=p.target_pool("a1", "gke-gitpod-services-0a1b-x2y3", "gke-gitpod-services-0a1b-z9"))
    p.rule("a2", "web/not-ours", "443-443", target=p.target_pool("a2", "gke-gitpod-services-main-ffff-x2y3"))
    p.rule("a3", "web/empty", "443-443", target=p.target_pool("a3"))
    p.rule("k8s2-1", "db/internal", ["3306", "33060"], loadBalancingScheme="INTERNAL", IPAddress="10.0.0.7", network=NETWORK + "default",
           backendService=backend + "k8s2-1")
    p.rule("k8s2-2", "db/elsewhere", ["3306"], loadBalancingScheme="INTERNAL", network=NETWORK + "other", backendService=backend + "k8s2-2")
    for port, proxy in (("80", "Http"), ("443", "Https")):
        p.rule(f"k8s2-f{port}", "web/front", f"{port}-{port}", "global", "ingress", labels={"goog-k8s-cluster-name": "gitpod"},
               target=f"https://www.googleapis.com/compute/v1/projects/my-project/global/target{proxy}Proxies/x")
    p.rule("labelled", "web/labelled", "443-443", labels={"goog-k8s-cluster-name": "gitpod-services"}, backendService=backend + "l",
           network=NETWORK + "default")
    p.rule("by-hand", None, "443-443")
    p.rule("udp", "dns/udp", "53-53", IPProtocol="UDP", labels={"goog-k8s-cluster-name": "gitpod"}, backendService=backend + "u")
    p.database("gitpod-db", "MYSQL_5_7")
    p.database("newer", "MYSQL_8_0", databaseInstalledVersion="MYSQL_8_0_31")
    p.database("far", "MYSQL_8_0", network="other")
    p.database("planned-pg", "POSTGRES_15", network="other")
    p.database("other-pg", "POSTGRES_15")
    p.buckets = {"gitpod-backups": "EU", "of-others": 403}
    return p


def state(folder):
    """A plan that leaves all as it is."""
    made = [("google_container_cluster", "this", {"name": "gitpod", "location": "europe-west1", "project": "my-project",
                                                  "min_master_version": "1.33"}),
            ("google_sql_database_instance", "pg", {"name": "planned-pg", "database_version": "POSTGRES_14"}),
            *[("google_storage_bucket", n.replace("-", "_"), {"name": n}) for n in ("gitpod-backups", "of-others", "gone")]]
    provider = "registry.terraform.io/hashicorp/google"
    heads = [{"address": f"{t}.{n}", "mode": "managed", "type": t, "name": n, "provider_name": provider} for t, n, _ in made]
    path = folder / "plan.json"
    path.write_text(json.dumps({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": True, "errored": False, "applyable": True,
        "planned_values": {"root_module": {"resources": [
            {**h, "schema_version": 1, "values": v, "sensitive_values": {}} for h, (_, _, v) in zip(heads, made)]}},
        "resource_changes": [{**h, "change": {"actions": ["no-op"], "before": v, "after": v, "after_unknown": {}, "before_sensitive": {},
                                              "after_sensitive": {}}} for h, (_, _, v) in zip(heads, made)],
        "configuration": {"provider_config": {"google": {"name": "google", "full_name": provider}}, "root_module": {"resources": [
            {**{k: h[k] for k in ("address", "mode", "type", "name")}, "provider_config_key": "google", "schema_version": 1,
             "expressions": {k: {"constant_value": x} for k, x in v.items()}} for h, (_, _, v) in zip(heads, made)]}}}))
    return path


def client(fake, api, version, base):
    return googleapiclient.discovery.build(api, version, static_discovery=True, client_options={"api_endpoint": fake.url + base},
                                           credentials=google.oauth2.credentials.Credentials("ya29.static-token"))


def balancers(fake, folder):
    compute, listed = client(fake, "compute", "v1", "/compute/v1/"), []
    for api, member in ((compute.forwardingRules(), "forwardingRules"), (compute.targetPools(), "targetPools")):
        found = api.aggregatedList(project="my-project").execute()["items"]
        listed.append({i["name"] for scope in found.values() for i in scope.get(member, [])})
    same("their client reads them", listed, [{r["name"] for r in fake.project.rules}, {"a1", "a2", "a3"}])
    fake.project.page = 2
    fake.log.clear()
    done = run(fake, folder, "facts", SOURCE)
    fake.project.page = 500
    seen = things(done, "load_balancer")
    same("entries", {n: (f["type"], f["layer"], f["ports"], f["scheme"], f["addresses"]) for n, f in seen.items()}, {
        "proxy": ("service", 4, ["22", "80", "443"], "external", ["34.1.1.1"]),
        "internal": ("service", 4, ["3306", "33060"], "internal", ["10.0.0.7"]),
        "front": ("ingress", 7, ["80", "443"], "external", ["34.1.1.1"])})
    same("calls", {n: fake.log.count(f"compute.{n}.aggregatedList") for n in ("forwardingRules", "targetPools")},
         {"forwardingRules": -(-len(fake.project.rules) // 2), "targetPools": 2})
    fake.project.cluster("beside", network="default")
    done = run(fake, folder, "facts", SOURCE)
    same("two clusters of one network", sorted(things(done, "load_balancer")), ["front", "proxy"])
    source = json.loads(done.stdout)["sources"][0]
    check("it is said", not source["complete"] and "is not told" in source["why"], source)
    del fake.project.clusters["europe-west1", "beside"]


def databases(fake, folder):
    listed = client(fake, "sqladmin", "v1beta4", "/").instances().list(project="my-project").execute()["items"]
    same("their client reads them", [d["name"] for d in listed], [d["name"] for d in fake.project.databases])
    fake.project.page = 2
    done = run(fake, folder, "facts", SOURCE)
    fake.project.page = 500
    same("MySQL in its network", things(done, "database"), {"gitpod-db": {"engine": "mysql", "version": "5.7"},
                                                            "newer": {"engine": "mysql", "version": "8.0.31"}})
    same("the bucket", client(fake, "storage", "v1", "/storage/v1/").buckets().get(bucket="gitpod-backups").execute()["location"], "EU")
    done = run(fake, folder, "facts", SOURCE, state(folder))
    same("what the plan names", things(done, "database")["planned-pg"], {"engine": "postgresql", "version": "15"})
    same("buckets", things(done, "bucket"), {"gitpod-backups": {"service": "gcs"}})
    result = json.loads(run(fake, folder, "check", SOURCE, state(folder), "-o", "json", "--as-of", "2026-11-01").stdout)
    rows = {r["id"]: r["witnesses"].get("cloud", {}).get("verdict") for r in result["results"]}
    wanted = ("load-balancer-http", "load-balancer-ssh", "database", "database-version", "object-storage")
    same("judged", {i: rows[i] for i in wanted}, {i: "pass" for i in wanted})
    same("no problem", result["problems"], [])


FAULTS = [
    ("compute.forwardingRules.aggregatedList", Refusal(403, "PERMISSION_DENIED", "Required permission", "forbidden"),
     "compute.forwardingRules.list", {"load_balancer"}),
    ("compute.targetPools.aggregatedList", Refusal(403, "PERMISSION_DENIED", "Required permission", "forbidden"),
     "compute.targetPools.list", {"load_balancer"}),
    ("cloudsql.instances.list", Refusal(403, "PERMISSION_DENIED", "not authorized", "notAuthorized"), "cloudsql.instances.list", {"database"}),
    ("cloudsql.instances.list", Refusal(403, "PERMISSION_DENIED", "Cloud SQL Admin API has not been used in project 1 before or it is disabled.",
                                        "accessNotConfigured"), None, {"database"}),
    ("compute.forwardingRules.aggregatedList", Refusal(403, None, "Compute Engine API has not been used", "accessNotConfigured"),
     "compute.forwardingRules.list", {"load_balancer"}),
]


def faults(fake, folder):
    whole = run(fake, folder, "facts", SOURCE)
    for operation, fault, permission, lost in FAULTS:
        fake.faults[operation] = [fault]
        done = run(fake, folder, "facts", SOURCE)
        for kind in ("cluster", "pool", "load_balancer", "database"):
            check(f"{fault.message}: {kind}", (things(done, kind) == things(whole, kind)) == (kind not in lost), things(done, kind))
        fake.faults[operation] = [fault]
        result = json.loads(run(fake, folder, "check", SOURCE, "-o", "json").stdout)
        fake.faults.clear()
        same(f"{fault.message}: the problem", [p["permission"] for p in result["problems"]], [permission] if permission else [])
        same(f"{fault.message}: pools are all there", next(r["verdict"] for r in result["results"] if r["id"] == "label-meta"), "fail")
    for text in ('{"items": {"a": 7, "b": {"forwardingRules": [1, {"description": "{\\"kubernetes.io/service-name\\": \\"a/b\\"}"}]}}}',
                 '{"items": {"b": {"forwardingRules": [{"description": "{", "name": []}, {"description": "{\\"kubernetes.io/service-name\\": 1}"}]}}}'):
        fake.faults["compute.forwardingRules.aggregatedList"] = [text]
        same("an answer of other shapes", things(run(fake, folder, "facts", SOURCE), "load_balancer"), {})
    fake.faults.clear()


def main():
    with tempfile.TemporaryDirectory() as name, Fake(project()) as fake:
        folder = pathlib.Path(name)
        for test in (balancers, databases, faults):
            test(fake, folder)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
