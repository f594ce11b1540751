# SPDX-License-Identifier: Apache-2.0
"""Real answers of clouds, where a collection of them stands beside the tree: each reads as what it is, in the place of
the fake's own answer.

Without the collection there is nothing to read, and that is no failure.

usage: recorded.py PLUMBLINE aws|google|azure
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
PROGRAM, WHICH = sys.argv[1:3]
TESTS = pathlib.Path(__file__).resolve().parent.parent
HERE = TESTS.parents[1] / "shared/recorded"
sys.path.insert(0, str(TESTS / f"cloud_{WHICH}"))
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1000]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def facts_of(what, done):
    """{(kind, name): {attribute: [values or reasons]}} of the cloud"""
    if done.returncode:
        check(f"{what}: exit status", False, f"{done.returncode} {done.stderr}")
        return {}
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        values = out.setdefault((o["kind"], o.get("name")), {})
        for f in o.get("facts", []):
            if f["witness"] == "cloud":
                values.setdefault(f["attribute"], []).append(f.get("waits_for") if f.get("value") is None else f["value"])
    return out


def has(what, facts, key, **wanted):
    seen = facts.get(key, {})
    same(f"{what}: {key}", {k: seen.get(k) for k in wanted}, {k: v if isinstance(v, list) else [v] for k, v in wanted.items()})


# ---- AWS ----

def unpack(value):
    """Recorders keep an answer as the SDK showed it, with dates as objects of their own."""
    if isinstance(value, dict):
        if value.get("__class__") == "datetime":
            return datetime.datetime(*[value[k] for k in ("year", "month", "day", "hour", "minute", "second")],
                                     tzinfo=datetime.timezone.utc)
        return {k: unpack(v) for k, v in value.items() if k != "ResponseMetadata"}
    return [unpack(v) for v in value] if isinstance(value, list) else value


def on_the_wire(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {k: on_the_wire(v) for k, v in value.items()}
    return [on_the_wire(v) for v in value] if isinstance(value, list) else value


def aws(folder):
    import fake
    read = lambda name: unpack(json.loads((HERE / "eks" / name).read_text())["data"])
    cloud = fake.Cloud()

    def ask(door_of, name, *words):
        with fake.Fake(cloud) as f:
            f.faults = {action: [answer] * 99 for action, answer in door_of.items()}
            return subprocess.run([PROGRAM, *words, f"eks://eu-west-1/{name}"], env=f.environment(folder), capture_output=True,
                                  text=True, timeout=60, check=False)

    def wire(value):
        return lambda door: door.answer(200, "application/json", json.dumps(on_the_wire(value)))

    def xml(text):
        return lambda door: door.answer(200, "text/xml", text)

    for file in sorted((HERE / "eks").glob("describe-cluster-*.json")):
        recorded = json.loads(file.read_text())
        if "cluster" not in recorded.get("data", {}):
            continue # a list of versions, or what an SDK prints
        cluster = read(file.name)["cluster"]
        cloud.cluster(cluster["name"])
        done = ask({"DescribeCluster": wire({"cluster": cluster}),
                    "DescribeSubnets": xml((HERE / "eks/ec2-describe-subnets.xml").read_text())}, cluster["name"], "facts")
        facts = facts_of(file.name, done)
        has(file.name, facts, ("cluster", cluster["name"]), version=cluster["version"], endpoint=cluster["endpoint"],
            account=cluster["arn"].split(":")[4], subnets=[cluster["resourcesVpcConfig"]["subnetIds"]])
        if cluster.get("computeConfig", {}).get("enabled"):
            check(f"{file.name}: Auto Mode", "Auto Mode" in json.loads(done.stdout)["sources"][0].get("why", ""), done.stdout[:600])
    for file in sorted((HERE / "eks").glob("describe-nodegroup-*.json")):
        group = read(file.name)["nodegroup"]
        cloud.cluster("c"), cloud.group("c", group["nodegroupName"])
        facts = facts_of(file.name, ask({"DescribeNodegroup": wire({"nodegroup": group})}, "c", "facts"))
        has(file.name, facts, ("pool", group["nodegroupName"]), labels=[group["labels"]], machine_type=group["instanceTypes"],
            min_nodes=group["scalingConfig"]["minSize"], max_nodes=group["scalingConfig"]["maxSize"])
        cloud.groups.clear()
    groups = read("autoscaling-mixed-instances-suspended.json")["AutoScalingGroups"]
    shape = fake.MODELS["autoscaling"].operation_model("DescribeAutoScalingGroups").output_shape
    inner = fake.as_xml(shape, {"AutoScalingGroups": groups}, "DescribeAutoScalingGroupsResult")
    facts = facts_of("groups", ask({"DescribeAutoScalingGroups": xml(f"<DescribeAutoScalingGroupsResponse>{inner}"
                                                                     "</DescribeAutoScalingGroupsResponse>")}, "c", "facts"))
    for group in groups:
        # a group that can have no instance counts for nothing
        if group["MaxSize"]:
            has("groups", facts, ("pool", group["AutoScalingGroupName"]), min_nodes=group["MinSize"], max_nodes=group["MaxSize"])
    facts = facts_of("balancers", ask({"DescribeLoadBalancers": xml((HERE / "eks/elb-classic-describe-load-balancers.xml").read_text())},
                                      "c", "facts"))
    same("balancers of others", [k for k in facts if k[0] == "load_balancer"], [])


# ---- Google ----

def google(folder):
    import fake
    operation = "container.clusters.get"
    for file in sorted((HERE / "gke").glob("*.json")):
        recorded = json.loads(file.read_text())
        body = recorded.get("body", recorded)
        clusters = body.get("clusters", [body] if "currentMasterVersion" in body else [])
        for cluster in clusters:
            project = fake.Project()
            name, where = cluster["name"], cluster.get("location", cluster.get("zone"))
            if not name.replace("-", "").isalnum():
                name = "masked"
            with fake.Fake(project) as f:
                f.faults[operation] = [json.dumps(cluster)]
                project.cluster(name, where)
                done = subprocess.run([PROGRAM, "facts", f"gke://my-project/{where}/{name}"], env=f.environment(folder),
                                      capture_output=True, text=True, timeout=60, check=False)
            facts = facts_of(file.name, done)
            what = f"{file.name}: {name}"
            autopilot = cluster.get("autopilot", {}).get("enabled", False)
            has(what, facts, ("cluster", name), version=cluster["currentMasterVersion"],
                distribution="gke-autopilot" if autopilot else "gke-standard")
            same(f"{what}: pools", sorted(n for k, n in facts if k == "pool"),
                 [] if autopilot else sorted(p["name"] for p in cluster.get("nodePools", [])))
            for p in cluster.get("nodePools", []) if not autopilot else []:
                seen = facts.get(("pool", p["name"]), {})
                same(f"{what}: {p['name']}: labels", seen.get("labels"), [p.get("config", {}).get("labels", {})])
                if p["config"].get("machineType"):
                    same(f"{what}: {p['name']}: type", seen.get("machine_type"), [p["config"]["machineType"]])


def google_refusals(folder):
    import fake

    class Recorded(fake.Refusal):
        def __init__(self, body):
            super().__init__(body["error"]["code"], None, body["error"]["message"])
            self.text = json.dumps(body)

        def body(self):
            return self.text

    for file in sorted((HERE / "gke").glob("error-*.json")):
        recorded = json.loads(file.read_text())
        refusal = Recorded(recorded.get("body", recorded))
        with fake.Fake(fake.Project()) as f:
            f.project.cluster("c")
            f.faults["container.clusters.get"] = [refusal]
            done = subprocess.run([PROGRAM, "check", "gke://my-project/europe-west1/c", "-o", "json"], env=f.environment(folder),
                                  capture_output=True, text=True, timeout=60, check=False)
        problems = json.loads(done.stdout)["problems"]
        if refusal.status == 404:
            # the list of all places knows better
            same(file.name, (done.returncode, problems), (0, []))
        else:
            code = {403: "forbidden", 400: "refused"}[refusal.status]
            check(file.name, done.returncode == 2 and any(p["code"] == code and refusal.message[:40] in p["message"] for p in problems), problems)


# ---- Azure ----

def azure(folder):
    import fake
    for file in sorted((HERE / "aks").glob("managedcluster*.json")):
        recorded = json.loads(file.read_text())
        if "interactions" in recorded:
            body = recorded["interactions"][0]["response"]["body"]
            body = body.get("data", body)
            bodies = (json.loads(body) if isinstance(body, str) else body)["value"]
        else:
            bodies = [recorded.get("data", recorded)]
        for body in bodies:
            name, properties = body["name"], body["properties"]
            account = fake.Account()
            account.cluster(name)
            account.clusters["rg", name] = body
            for p in properties.get("agentPoolProfiles") or []:
                account.pools["rg", name].append({"name": p["name"], "properties": {k: v for k, v in p.items() if k != "name"}})
            with fake.Fake(account, folder) as f:
                done = subprocess.run([PROGRAM, "facts", f"aks://{fake.SUBSCRIPTION}/rg/{name}"], env=f.environment(),
                                      capture_output=True, text=True, timeout=60, check=False)
            facts, what = facts_of(file.name, done), f"{file.name}: {name}"
            has(what, facts, ("cluster", name),
                version=properties.get("currentKubernetesVersion", properties["kubernetesVersion"]),
                location=body["location"])
            for p in properties.get("agentPoolProfiles") or []:
                has(what, facts, ("pool", p["name"]), machine_type=p["vmSize"], labels=[p.get("nodeLabels") or {}])
    missing = json.loads((HERE / "aks/error-404-managedcluster.json").read_text())["error"]
    account = fake.Account()
    account.cluster("other")
    with fake.Fake(account, folder) as f:
        f.faults["Microsoft.ContainerService/managedClusters/read"] = [fake.Refusal(404, missing["code"], missing["message"])]
        account.clusters["rg", "c"] = {}
        done = subprocess.run([PROGRAM, "check", f"aks://{fake.SUBSCRIPTION}/rg/c", "-o", "json"], env=f.environment(),
                              capture_output=True, text=True, timeout=60, check=False)
    check("error-404", any("there is no cluster 'c'" in p["message"] for p in json.loads(done.stdout)["problems"]), done.stdout)
    pool = json.loads((HERE / "aks/agentpool-get-virtualmachines-1.35.json").read_text())
    account = fake.Account()
    account.cluster("c")
    account.pools["rg", "c"].append(pool)
    with fake.Fake(account, folder) as f:
        done = subprocess.run([PROGRAM, "facts", f"aks://{fake.SUBSCRIPTION}/rg/c"], env=f.environment(), capture_output=True, text=True,
                              timeout=60, check=False)
    sizes = pool["properties"]["virtualMachinesProfile"]["scale"]["autoscale"]
    has("machines", facts_of("machines", done), ("pool", pool["name"]), machine_type=[s["size"] for s in sizes],
        max_nodes=sum(s["maxCount"] for s in sizes))


def main():
    if not HERE.is_dir():
        print(f"no collection at {HERE.name}: nothing to read")
        return 0
    with tempfile.TemporaryDirectory() as name:
        for test in {"aws": [aws], "google": [google, google_refusals], "azure": [azure]}[WHICH]:
            test(pathlib.Path(name))
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
