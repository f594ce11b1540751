# SPDX-License-Identifier: Apache-2.0
"""gke://PROJECT/LOCATION/CLUSTER against a project of our own: Google's client library reads it first, then plumbline
says the same; and what a plan would meet there.

usage: test_gke.py PLUMBLINE [--report]
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import google.auth.transport.requests  # noqa: E402
import google.oauth2.credentials  # noqa: E402
import google.oauth2.service_account  # noqa: E402
import googleapiclient.discovery  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from fake import Fake, Project, Refusal  # noqa: E402

PROGRAM, REPORT = sys.argv[1], "--report" in sys.argv
SOURCE = "gke://my-project/europe-west1/gitpod"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1200]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def run(fake, folder, *words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], env=fake.environment(folder, **more), capture_output=True, text=True, timeout=60,
                          check=False)


def facts_of(done):
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        values = out.setdefault((o["kind"], o.get("name")), {})
        for f in o.get("facts", []):
            if f["witness"] == "cloud":
                values.setdefault(f["attribute"], []).append(f.get("waits_for") if f.get("value") is None else f["value"])
    return out


def client(fake, api):
    base = {"container": fake.url, "compute": fake.url + "/compute/v1/"}[api]
    return googleapiclient.discovery.build(api, "v1", static_discovery=True, client_options={"api_endpoint": base},
                                           credentials=google.oauth2.credentials.Credentials("ya29.static-token"))


def project():
    p = Project()
    p.cluster("gitpod")
    p.pool("gitpod", "services", config={"labels": {"gitpod.io/workload_meta": "true"}})
    p.pool("gitpod", "spot", config={"machineType": "n2-standard-8", "spot": True, "imageType": "COS_CONTAINERD",
                                     "taints": [{"key": "a", "value": "b", "effect": "NO_EXECUTE"}]},
           autoscaling={"enabled": True, "minNodeCount": 1, "maxNodeCount": 5})
    p.pool("gitpod", "totals", autoscaling={"enabled": True, "totalMinNodeCount": 2, "totalMaxNodeCount": 9})
    p.rule("a1", "gitpod/proxy", "443-443", target=p.target_pool("a1", "gke-gitpod-services-0a1b-x2y3"))
    p.cluster("zonal", "europe-west1-c")
    p.cluster("pilot", autopilot={"enabled": True})
    p.cluster("by-name", endpoint="gke-0123.europe-west1.gke.goog", networkPolicy={}, autopilot={},
              networkConfig={"datapathProvider": "ADVANCED_DATAPATH"})
    return p


def the_same_twice(fake, folder):
    theirs = client(fake, "container").projects().locations().clusters().get(
        name="projects/my-project/locations/europe-west1/clusters/gitpod").execute()
    said = facts_of(run(fake, folder, "facts", SOURCE))
    mine = said["cluster", "gitpod"]
    same("version", mine["version"], [theirs["currentMasterVersion"]])
    same("channel", mine["release_channel"], [theirs["releaseChannel"]["channel"]])
    same("endpoint", mine["endpoint"], [theirs["endpoint"]])
    same("access", mine["access"], ["public"])
    same("policy and distribution", (mine["network_policy"], mine["distribution"]), (["calico"], ["gke-standard"]))
    same("pools", sorted(n for k, n in said if k == "pool"), sorted(p["name"] for p in theirs["nodePools"]))
    for p in theirs["nodePools"]:
        mine = said["pool", p["name"]]
        same(f"{p['name']}: type", mine["machine_type"], [p["config"]["machineType"]])
        same(f"{p['name']}: labels", mine["labels"], [p["config"].get("labels", {})])
        same(f"{p['name']}: zones", mine["zones"], [p["locations"]])
    sizes = {n: (v["min_nodes"], v["max_nodes"], v["nodes_per_zone"]) for (k, n), v in said.items() if k == "pool"}
    same("sizes", sizes, {"services": ([2], [2], [True]), "spot": ([1], [5], [True]), "totals": ([2], [9], [False])})
    same("spot", (said["pool", "spot"]["capacity_type"], said["pool", "spot"]["taints"], said["pool", "spot"]["os"]),
         (["spot"], [["a=b:NoExecute"]], ["cos"]))
    same("size", (said["pool", "spot"]["vcpu"], said["pool", "spot"]["memory"]), ([8], [32 << 30]))


def others(fake, folder):
    said = facts_of(run(fake, folder, "facts", "gke://my-project/europe-west1/zonal"))
    same("a zonal cluster by its region", said["cluster", "zonal"]["location"], ["europe-west1-c"])
    said = facts_of(run(fake, folder, "facts", "gke://my-project/europe-west1/pilot"))["cluster", "pilot"]
    same("Autopilot", (said["distribution"], said["privileged_pods"]), (["gke-autopilot"], [False]))
    said = facts_of(run(fake, folder, "facts", "gke://my-project/europe-west1/by-name"))["cluster", "by-name"]
    same("Dataplane V2", said["network_policy"], ["dataplane-v2"])
    done = run(fake, folder, "check", "gke://my-project/europe-west1/absent", "-o", "json")
    same("absent", (done.returncode, [p["message"] for p in json.loads(done.stdout)["problems"]]),
         (2, ["there is no cluster 'absent' in europe-west1 of my-project; there are: europe-west1/by-name, europe-west1/gitpod, "
              "europe-west1/pilot, europe-west1-c/zonal"]))
    for word in ("gke://my-project/gitpod", "gke://a/../b", "gke://a/b/c%2f"):
        done = run(fake, folder, "check", word)
        check(f"{word} is refused", done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr)


def live_types(fake, folder):
    """What Compute says of a type that runs beats the catalogue, which may not know it at all."""
    p = fake.project
    p.cluster("novel")
    p.pool("novel", "made-up", config={"machineType": "z9-standard-6"})
    p.pool("novel", "other", config={"machineType": "e2-standard-4"})
    p.types |= {"z9-standard-6": (6, 24576), "e2-standard-4": (3, 16384)}
    done = run(fake, folder, "facts", "gke://my-project/europe-west1/novel")
    said = facts_of(done)
    same("a type of tomorrow", {k: said["pool", "made-up"][k] for k in ("vcpu", "memory", "architecture")},
         {"vcpu": [6], "memory": [24 << 30], "architecture": ["amd64"]})
    same("one that differs", said["pool", "other"]["vcpu"], [3])
    problems = json.loads(run(fake, folder, "check", "gke://my-project/europe-west1/novel", "-o", "json").stdout)["problems"]
    check("the difference is said", [p["code"] for p in problems] == ["catalogue"] and "e2-standard-4 has 3 vCPU" in problems[0]["message"], problems)
    p.types["e2-standard-4"] = (4, 16384)
    del p.clusters["europe-west1", "novel"]


# ---- credentials ----

def key_file(fake, folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    fake.public_key = key.public_key()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    path = folder / "key.json"
    path.write_text(json.dumps({"type": "service_account", "client_email": "me@my-project.iam.gserviceaccount.com", "private_key": pem,
                                "private_key_id": "key-1", "token_uri": fake.url + "/token", "project_id": "my-project"}))
    return path, pem


def credentials(fake, folder):
    path, pem = key_file(fake, folder)
    theirs = google.oauth2.service_account.Credentials.from_service_account_file(
        path, scopes=["https://www.googleapis.com/auth/cloud-platform"])
    theirs.refresh(google.auth.transport.requests.Request())
    check("google-auth gets a token", theirs.token in fake.tokens)
    trace = folder / "trace"
    done = run(fake, folder, "facts", SOURCE, "-vv", "--trace-http", trace, GOOGLE_APPLICATION_CREDENTIALS=str(path))
    same("a service account", done.returncode, 0)
    heads = [(head, {k: v for k, v in claims.items() if k not in ("iat", "exp")}) for head, claims in fake.assertions]
    same("the same assertion as google-auth's", heads[1], heads[0])
    everything = done.stdout + done.stderr + trace.read_text()
    for secret in (*pem.splitlines()[1:3], *fake.tokens):
        check("no secret is shown", secret not in everything, secret[:12])
    check("-vv says whose", "the service account me@my-project" in done.stderr, done.stderr[:300])
    login = folder / "login.json"
    login.write_text(json.dumps({"type": "authorized_user", "client_id": "id", "client_secret": "client-secret", "refresh_token": "1//refresh",
                                 "token_uri": fake.url + "/token", "quota_project_id": "other"}))
    same("a login", run(fake, folder, "facts", SOURCE, GOOGLE_APPLICATION_CREDENTIALS=str(login)).returncode, 0)
    wrong = folder / "wrong.json"
    for text, words in ((login.read_text().replace("1//refresh", "1//old"), "invalid_grant: Token has been expired or revoked."),
                        ("{", "it is no JSON"), ('{"type": "gdch_service_account"}', "type 'gdch_service_account'"),
                        (path.read_text().replace("BEGIN PRIVATE", "BEGIN"), "its private key is no RSA key")):
        wrong.write_text(text)
        done = run(fake, folder, "facts", SOURCE, GOOGLE_APPLICATION_CREDENTIALS=str(wrong))
        check(f"said: {words}", done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr)
    done = run(fake, folder, "facts", SOURCE, GOOGLE_APPLICATION_CREDENTIALS=str(folder / "none"))
    check("a file that is not there", "does not exist" in done.stderr and done.returncode == 2, done.stderr)
    done = run(fake, folder, "facts", SOURCE, NOTHING="1")
    check("nothing is found", "no Google credentials; looked for" in done.stderr and done.returncode == 2, done.stderr)
    (folder / "token").write_text("ya29.revoked")
    done = run(fake, folder, "facts", SOURCE, GOOGLE_OAUTH_ACCESS_TOKEN="ya29.revoked")
    check("a revoked token", done.returncode == 2 and "UNAUTHENTICATED" in done.stderr, done.stderr)


FAULTS = [
    ("container.clusters.get", Refusal(403, "PERMISSION_DENIED", "Required \"container.clusters.get\" permission", "forbidden"), 2,
     "forbidden", "Required", "container.clusters.get"),
    ("container.clusters.get", Refusal(403, "PERMISSION_DENIED", "Kubernetes Engine API has not been used in project 1 before or it is "
                                       "disabled."), 2, "forbidden", "it is disabled", "container.clusters.get"),
    ("container.clusters.get", Refusal(401, "UNAUTHENTICATED", "expired"), 0, None, "", None),
    ("container.clusters.get", Refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded", "rateLimitExceeded"), 0, None, "", None),
    ("container.clusters.get", Refusal(500, "INTERNAL", "oops"), 0, None, "", None),
    ("container.clusters.get", "<html>sign in", 2, "unreadable", "cannot be read", None),
    ("container.clusters.get", '{"name": "gitpod", "nodePo', 2, "unreadable", "cannot be read", None),
    ("container.clusters.get", '{"name": "gitpod", "status": "TOMORROW", "nodePools": {"x": 1}, "new": [1]}', 0, None, "", None),
]


def faults(fake, folder):
    for operation, fault, status, code, words, permission in FAULTS:
        name = f"{operation}: {fault if isinstance(fault, str) else fault.message}"
        fake.faults[operation] = [fault]
        done = run(fake, folder, "check", SOURCE, "-o", "json", "--timeout", "20s")
        fake.faults.clear()
        result = json.loads(done.stdout)
        told = [p for p in result["problems"] if p["code"] == code]
        same(f"{name}: exit", result["exit_code"] == 2, status == 2)
        check(f"{name}: said", code is None and not result["problems"] or any(words in p["message"] for p in told), result["problems"])
        same(f"{name}: permission", told[0].get("permission") if told else None, permission)


# ---- a plan ----

def resource(kind, name, values, actions=("create",), before=None):
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/google",
            "change": {"actions": list(actions), "before": before, "after": values, "after_unknown": {}, "before_sensitive": {},
                       "after_sensitive": {}}}


def plan(folder, *resources):
    values = [{k: r[k] for k in ("address", "mode", "type", "name", "provider_name")} | {"schema_version": 1, "values": r["change"]["after"],
                                                                                     "sensitive_values": {}} for r in resources]
    config = [{"address": r["address"], "mode": "managed", "type": r["type"], "name": r["name"], "provider_config_key": "google",
               "expressions": {k: {"constant_value": v} for k, v in r["change"]["after"].items()}, "schema_version": 1}
              for r in resources]
    path = folder / "plan.json"
    path.write_text(json.dumps({
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": values}},
        "resource_changes": list(resources), "configuration": {
            "provider_config": {"google": {"name": "google", "full_name": "registry.terraform.io/hashicorp/google"}},
            "root_module": {"resources": config}}, "complete": True, "errored": False, "applyable": True}))
    return path


def cluster(version="1.33", name="new", actions=("create",), **more):
    return resource("google_container_cluster", "this", {
        "name": name, "location": "europe-west1", "project": "my-project", "min_master_version": version,
        "remove_default_node_pool": True, "initial_node_count": 1, "subnetwork": "nodes", "release_channel": [{"channel": "REGULAR"}],
        "ip_allocation_policy": [{"cluster_secondary_range_name": "pods"}], **more}, actions)


def pool(name, machine="e2-standard-4", count=1, cluster_name="new", image="UBUNTU_CONTAINERD", zones=None, **more):
    return resource("google_container_node_pool", name, {
        "name": name, "cluster": cluster_name, "location": "europe-west1", "project": "my-project", "node_count": count,
        "node_config": [{"machine_type": machine, "image_type": image, "labels": {"gitpod.io/workload_meta": "true"}}],
        **({"node_locations": zones} if zones else {}), **more})


def judged(fake, folder, path, name="new"):
    done = run(fake, folder, "check", path, f"gke://my-project/europe-west1/{name}", "-o", "json", "--as-of", "2026-11-01")
    result = json.loads(done.stdout)
    return result, {r["id"]: r for r in result["results"]}


def predicted(fake, folder):
    p = fake.project
    zones = p.zones[:2]
    result, rows = judged(fake, folder, plan(folder, cluster(), pool("good", zones=zones)))
    wanted = ("platform-machine-type-offered", "platform-version-offered", "platform-quota", "platform-quota-low", "platform-name-taken",
              "platform-image", "platform-zone")
    same("nothing is wrong", {i: rows[i]["verdict"] for i in wanted}, {i: "pass" for i in wanted})
    same("one cluster, no problem", (len(result["clusters"]), result["problems"]), (1, []))

    p.not_sold = {("n2-standard-8", zones[0])}
    _, rows = judged(fake, folder, plan(folder, cluster("1.30"), pool("rare", "n2-standard-8", zones=zones), pool("anywhere", "n2-standard-8"),
                                        pool("odd", image="UBUNTU"), pool("elsewhere", zones=["europe-west1-x"]),
                                        pool("huge", "e2-standard-4", count=5, zones=zones), pool("young", "c4-standard-8", zones=zones)))
    def failed(rule, verdict="fail"):
        return sorted({f["object"] for f in rows[rule]["witnesses"]["cloud"]["findings"] if f["verdict"] == verdict})
    same("types", failed("platform-machine-type-offered"), ["elsewhere", "rare"])
    same("a type that some zones lack", failed("platform-machine-type-offered", "unknown"), ["anywhere"])
    same("versions", failed("platform-version-offered"), ["new"])
    same("images", failed("platform-image"), ["odd"])
    same("zones", failed("platform-zone"), ["elsewhere"])
    same("quotas", failed("platform-quota"), ["CPUS"])
    check("newer families have no metric there", "CPUS-per-VM-family c4" in failed("platform-quota", "unknown"),
          failed("platform-quota", "unknown"))
    bill = next(f for f in rows["platform-quota"]["witnesses"]["cloud"]["findings"] if f["object"] == "CPUS")
    check("the default pool is on the bill", "google_container_cluster.this: 6 (the default pool, until it is removed)" in bill["consumers"],
          bill)
    check("pools are on it, too", "google_container_node_pool.huge: 40 (10 nodes of 4 vCPU)" in bill["consumers"], bill)
    same("addresses", failed("platform-subnet-size"), ["range pods of nodes", "subnet nodes"])
    p.not_sold = set()

    _, rows = judged(fake, folder, plan(folder, cluster(name="gitpod"), pool("services", cluster_name="gitpod"),
                                        pool("new", cluster_name="gitpod")), "gitpod")
    same("names", failed("platform-name-taken"), ["gitpod", "services"])
    p.buckets = {"there": "EU", "of-others": 403}
    _, rows = judged(fake, folder, plan(folder, cluster(), pool("p"), *[resource("google_storage_bucket", n, {"name": n})
                                                                       for n in ("there", "of-others", "free")]))
    same("names of buckets", failed("platform-name-taken"), ["of-others", "there"])
    _, rows = judged(fake, folder, plan(folder, cluster("1.35", name="gitpod", actions=("update",)), pool("p", cluster_name="gitpod")), "gitpod")
    same("two minors up", rows["platform-version-step"]["verdict"], "fail")
    p.quota_warning = {"code": "QUOTA_INFO_UNAVAILABLE", "message": "try later"}
    _, rows = judged(fake, folder, plan(folder, cluster(), pool("huge", count=99, zones=zones)))
    same("quotas that could not be read are not relied on", failed("platform-quota", "unknown"), ["CPUS", "INSTANCES"])
    p.quota_warning = None


def calls(fake, folder):
    fake.log.clear()
    fake.project.page = 2
    done = run(fake, folder, "check", plan(folder, cluster(), pool("a"), pool("b")), "gke://my-project/europe-west1/new", "-vv")
    fake.project.page = 500
    same("each question once", sorted(fake.log), sorted([
        "container.clusters.list", "container.getServerConfig", "compute.regions.get", "compute.projects.get",
        *["compute.machineTypes.aggregatedList"] * 2, "compute.subnetworks.get"]))
    check("counted", "8 calls in 4 steps" in done.stderr, done.stderr[-200:])


# what Google's documentation of IAM says that the methods take, where that is not called as they are
PERMISSIONS = {"compute.instances.aggregatedList": "compute.instances.list",
               "container.getServerConfig": "container.clusters.list", "compute.machineTypes.aggregatedList": "compute.machineTypes.list",
               "compute.forwardingRules.aggregatedList": "compute.forwardingRules.list",
               "compute.targetPools.aggregatedList": "compute.targetPools.list"}


def permissions(fake, folder):
    """The role has what all calls of these tests took, and nothing else."""
    fake.project.node("gke-1", "gitpod", "127.0.0.1")
    run(fake, folder, "facts", SOURCE, "ssh://127.0.0.1:1")
    role = [line[2:] for line in run(fake, folder, "permissions", "gke").stdout.splitlines() if line.startswith("- ")]
    same("the role", role, sorted({PERMISSIONS.get(operation, operation) for operation in fake.ever}))


def report(fake, folder):
    path = plan(folder, cluster("1.30"), pool("huge", count=5), pool("odd", image="UBUNTU"), pool("made-up", "n9-standard-8"))
    done = run(fake, folder, "check", path, "gke://my-project/europe-west1/new", "--as-of", "2026-11-01")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAIL  platform-")]
    same("failures that are predicted", sorted(set(failed)), ["platform-image", "platform-machine-type-offered", "platform-quota",
                                                              "platform-subnet-size", "platform-version-offered"])
    if REPORT:
        print(done.stdout)


def main():
    with tempfile.TemporaryDirectory() as name, Fake(project()) as fake:
        folder = pathlib.Path(name)
        for test in (the_same_twice, others, live_types, credentials, faults, predicted, calls, report, permissions):
            test(fake, folder)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
