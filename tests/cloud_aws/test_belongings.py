# SPDX-License-Identifier: Apache-2.0
"""What stands beside an EKS cluster: balancers, databases, buckets, repositories.  The aws CLI reads them first.

usage: test_belongings.py PLUMBLINE AWS
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from fake import Cloud, Fake, Refusal, refuse  # noqa: E402
from plans import cluster, plan, resource  # noqa: E402

PROGRAM, AWS = sys.argv[1:3]
FAILED = []
OWN = {"kubernetes.io/cluster/gitpod": "owned"}
LBC = {"elbv2.k8s.aws/cluster": "gitpod"}


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def region():
    cloud = Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    cloud.group("gitpod", "services")
    cloud.balancer("k8s-gitpod-proxy", "network", LBC | {"service.k8s.aws/stack": "gitpod/proxy"},
                   (("TCP", 80), ("TLS", 443), ("TCP", 22), ("UDP", 53)))
    cloud.balancer("k8s-web", "application", LBC | {"ingress.k8s.aws/stack": "web/front"}, (("HTTP", 80), ("HTTPS", 443)), "internal")
    cloud.balancer("auto-mode", "network", {"eks:eks-cluster-name": "gitpod", "service.eks.amazonaws.com/stack": "auto/mode"},
                   (("TCP", 8080),))
    cloud.balancer("of-another", "network", {"elbv2.k8s.aws/cluster": "other"}, (("TCP", 443),))
    cloud.balancer("shared", "network", {"kubernetes.io/cluster/gitpod": "shared"}, (("TCP", 443),))
    cloud.balancer("elsewhere", "network", LBC, (("TCP", 443),), vpc="vpc-2")
    cloud.balancer("appliances", "gateway", LBC, (("GENEVE", 6081),))
    for n in range(23):
        cloud.balancer(f"many-{n:02}", "network", {}, (("TCP", 443),))
    cloud.classic_balancer("a0123", OWN | {"kubernetes.io/service-name": "old/entry"}, (("TCP", 443), ("SSL", 22)))
    cloud.classic_balancer("both", OWN | {"kubernetes.io/service-name": "old/both"}, (("HTTP", 80), ("TCP", 22)))
    cloud.classic_balancer("not-ours", {}, (("TCP", 443),))
    cloud.database("gitpod-db", "mysql", "5.7.44")
    cloud.database("planned-pg", "postgres", "16.3")
    cloud.database("other-pg", "postgres", "16.3")
    cloud.database("far-mysql", "mysql", "8.0.35", vpc="vpc-2")
    for n in (1, 2):
        cloud.database(f"aurora-{n}", "aurora-mysql", "5.7.mysql_aurora.2.11.3", DBClusterIdentifier="aurora")
    cloud.buckets = {"gitpod-backups": 200, "not-for-us": 403}
    cloud.repositories = [{"repositoryName": n, "repositoryArn": f"arn:aws:ecr:eu-west-1:123456789012:repository/{n}"}
                          for n in ("images", "of-others")]
    cloud.page = 4
    return cloud


def state(folder):
    """A plan that leaves all as it is."""
    return plan(folder, cluster("1.33", actions=("no-op",)),
                resource("aws_db_instance", "pg", {"identifier": "planned-pg", "engine": "postgres", "engine_version": "15.2"}, ("no-op",)),
                *[resource("aws_s3_bucket", n.replace("-", "_"), {"bucket": n}, ("no-op",)) for n in ("gitpod-backups", "not-for-us", "gone")],
                *[resource("aws_ecr_repository", n, {"name": n}, ("no-op",)) for n in ("images", "gone")])


def run(fake, folder, *words):
    return subprocess.run([PROGRAM, *words], env=fake.environment(folder), capture_output=True, text=True, timeout=60, check=False)


def aws(fake, folder, *words):
    done = subprocess.run([AWS, "--region", "eu-west-1", "--output", "json", *words], env=fake.environment(folder),
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f"aws {' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def things(done, kind):
    """{name: {attribute: value}} of the cloud; a name that is there twice has a list"""
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        facts = {f["attribute"]: f.get("value", f.get("waits_for")) for f in o.get("facts", []) if f["witness"] == "cloud"}
        if o["kind"] == kind and facts:
            out.setdefault(o["name"], []).append(facts)
    return out


def one(seen, name, *attributes):
    return [tuple(f.get(a) for a in attributes) for f in seen.get(name, [])]


def balancers(fake, folder):
    listed = aws(fake, folder, "elbv2", "describe-load-balancers")["LoadBalancers"]
    same("the aws CLI sees all", len(listed), len(fake.cloud.balancers))
    arn = next(b["LoadBalancerArn"] for b in listed if b["LoadBalancerName"] == "k8s-gitpod-proxy")
    ports = [str(i["Port"]) for i in aws(fake, folder, "elbv2", "describe-listeners", "--load-balancer-arn", arn)["Listeners"]]
    tags = aws(fake, folder, "elbv2", "describe-tags", "--resource-arns", arn)["TagDescriptions"][0]["Tags"]
    check("and its tags", {"Key": "elbv2.k8s.aws/cluster", "Value": "gitpod"} in tags, tags)
    classic = aws(fake, folder, "elb", "describe-load-balancers")["LoadBalancerDescriptions"]
    same("and the classic ones", [b["LoadBalancerName"] for b in classic], ["a0123", "both", "not-ours"])
    fake.log.clear()
    done = run(fake, folder, "facts", "eks://eu-west-1/gitpod")
    seen = things(done, "load_balancer")
    same("those of the cluster", sorted(seen), ["auto-mode", "both", "entry", "front", "mode", "proxy"][1:])
    same("a Service", one(seen, "proxy", "type", "layer", "ports", "scheme"), [("service", 4, [p for p in ports if p != "53"], "external")])
    same("where it answers", one(seen, "proxy", "addresses"), [(["k8s-gitpod-proxy.elb.eu-west-1.amazonaws.com"],)])
    same("an Ingress", one(seen, "front", "type", "layer", "ports", "scheme"), [("ingress", 7, ["80", "443"], "internal")])
    same("a classic one", one(seen, "entry", "type", "layer", "ports"), [("service", 4, ["443", "22"])])
    same("of both layers", sorted(one(seen, "both", "layer", "ports")), [(4, ["22"]), (7, ["80"])])
    calls = {n: fake.log.count(f"elasticloadbalancing:{n}") for n in ("DescribeLoadBalancers", "DescribeTags", "DescribeListeners")}
    pages = -(-len(fake.cloud.balancers) // fake.cloud.page)
    same("a call for each page, and each balancer's listeners", (calls["DescribeLoadBalancers"], calls["DescribeListeners"]), (pages + 1, 3))
    fake.cloud.page = 400
    fake.log.clear()
    run(fake, folder, "facts", "eks://eu-west-1/gitpod")
    same("tags of twenty at once", fake.log.count("elasticloadbalancing:DescribeTags"), 3)
    fake.cloud.page = 4


def databases(fake, folder):
    listed = aws(fake, folder, "rds", "describe-db-instances")["DBInstances"]
    same("the aws CLI sees all", [d["DBInstanceIdentifier"] for d in listed], [d["DBInstanceIdentifier"] for d in fake.cloud.databases])
    seen = things(run(fake, folder, "facts", "eks://eu-west-1/gitpod"), "database")
    same("MySQL in its VPC", {n: one(seen, n, "engine", "version") for n in seen},
         {"aurora": [("mysql", "5.7")], "gitpod-db": [("mysql", "5.7.44")]})
    seen = things(run(fake, folder, "facts", "eks://eu-west-1/gitpod", state(folder)), "database")
    same("and what the plan names", one(seen, "planned-pg", "engine", "version"), [("postgresql", "16.3")])
    fake.cloud.databases, kept = fake.cloud.databases[:1], fake.cloud.databases
    seen = things(run(fake, folder, "facts", "eks://eu-west-1/gitpod"), "database")
    same("a list of one", sorted(seen), ["gitpod-db"])
    fake.cloud.databases = kept


def planned(fake, folder):
    same("the aws CLI sees the repositories", [r["repositoryName"] for r in aws(fake, folder, "ecr", "describe-repositories")["repositories"]],
         ["images", "of-others"])
    done = run(fake, folder, "facts", "eks://eu-west-1/gitpod", state(folder))
    same("buckets", things(done, "bucket"), {"gitpod-backups": [{"service": "s3"}]})
    same("repositories", things(done, "registry"), {"images": [{"service": "ecr"}]})
    result = json.loads(run(fake, folder, "check", "eks://eu-west-1/gitpod", state(folder), "-o", "json", "--as-of", "2026-11-01").stdout)
    rows = {r["id"]: {w: v["verdict"] for w, v in r["witnesses"].items()} for r in result["results"]}
    same("judged", {i: rows[i].get("cloud") for i in ("load-balancer-http", "load-balancer-ssh", "object-storage", "database",
                                                      "database-version", "image-registry-supported")},
         {"load-balancer-http": "pass", "load-balancer-ssh": "pass", "object-storage": "pass", "database": "pass",
          "database-version": "pass", "image-registry-supported": "fail"})
    drift = [(d["object"], d["attribute"], d["values"]) for d in result["drift"] if d["object"] == "planned-pg"]
    same("what differs", drift, [("planned-pg", "version", {"plan": "15.2", "cloud": "16.3"})])
    done = run(fake, folder, "facts", "eks://eu-west-1/gitpod")
    same("nothing of it without a plan", (things(done, "bucket"), things(done, "registry")), ({}, {}))


FAULTS = [
    # action, service, what it answers, the kind that is not all there
    ("DescribeLoadBalancers", "elbv2", Refusal(403, "AccessDenied", "not authorized"), "load_balancer"),
    ("DescribeTags", "elbv2", Refusal(403, "AccessDenied", "not authorized"), "load_balancer"),
    ("DescribeListeners", "elbv2", Refusal(403, "AccessDenied", "not authorized"), "load_balancer"),
    ("DescribeDBInstances", "rds", Refusal(403, "AccessDenied", "not authorized"), "database"),
]


def faults(fake, folder):
    whole = run(fake, folder, "facts", "eks://eu-west-1/gitpod")
    for action, service, what, kind in FAULTS:
        def answer(door, what=what, service=service):
            form, headers, text = refuse(service, what)
            return door.answer(what.status, form, text, headers)
        fake.faults[action] = [answer] * 20
        done = run(fake, folder, "facts", "eks://eu-west-1/gitpod")
        result = json.loads(run(fake, folder, "check", "eks://eu-west-1/gitpod", "-o", "json").stdout)
        fake.faults.clear()
        for other in ("pool", "cluster", "load_balancer", "database"):
            check(f"{action}: {other}", (things(done, other) == things(whole, other)) == (other != kind), things(done, other))
        same(f"{action}: the problem", {p["permission"] for p in result["problems"]},
             {f"{'rds' if service == 'rds' else 'elasticloadbalancing'}:{action}"})
        rows = {r["id"]: r["verdict"] for r in result["results"]}
        same(f"{action}: pools are all there", rows["label-meta"], "fail")
    fake.faults["DescribeTags"] = [lambda door: door.answer(200, "text/xml", "<a><DescribeTagsResult>x</DescribeTagsResult></a>")] * 20
    same("an answer without tags", things(run(fake, folder, "facts", "eks://eu-west-1/gitpod"), "load_balancer"), {})
    fake.faults.clear()


def main():
    with tempfile.TemporaryDirectory() as name, Fake(region()) as fake:
        folder = pathlib.Path(name)
        for test in (balancers, databases, planned, faults):
            test(fake, folder)
        same("signatures that botocore does not find", fake.wrong, [])
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
