# SPDX-License-Identifier: Apache-2.0
"""A plan beside the cloud that is to take it: what the apply would run into, by resource.

usage: test_predict.py PLUMBLINE README [--report]
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from fake import TYPES, Cloud, Fake, Refusal, day, refuse  # noqa: E402
from plans import NODE, cluster, plan, pool, resource  # noqa: E402

PROGRAM, README = sys.argv[1:3]
REPORT = "--report" in sys.argv
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


# ---- a region with little to give ----

def region():
    cloud = Cloud()
    for name, zone, free in (("subnet-a", "eu-west-1a", 20), ("subnet-b", "eu-west-1b", 4000), ("subnet-c", "eu-west-1c", 1)):
        cloud.subnet(name, zone, free)
    for minor, until, status in ((31, "2025-11-26", "EXTENDED_SUPPORT"), (32, "2026-03-23", "EXTENDED_SUPPORT"),
                                 (33, "2026-07-29", "STANDARD_SUPPORT"), (34, "2027-12-02", "STANDARD_SUPPORT"),
                                 (29, "2025-03-23", "UNSUPPORTED")):
        cloud.versions.append({"clusterVersion": f"1.{minor}", "clusterType": "eks", "versionStatus": status,
                               "endOfStandardSupportDate": day(until)})
    cloud.default_quotas = {("ec2", "L-1216C47A"): 64, ("eks", "L-1194D53C"): 100, ("eks", "L-6D54EA21"): 30}
    cloud.quotas = {("ec2", "L-34B43A08"): 8}
    cloud.instances = [{"InstanceId": f"i-{i}", "InstanceType": "m5.2xlarge", "State": {"Name": "running", "Code": 16}} for i in range(5)]
    cloud.images = {"ami-0aaaaaaaaaaaaaaaa": "x86_64", "ami-0bbbbbbbbbbbbbbbb": "arm64"}
    cloud.not_sold = {("g5.xlarge", "eu-west-1a"), ("r7iz.xlarge", "eu-west-1a"), ("r7iz.xlarge", "eu-west-1b"),
                      ("r7iz.xlarge", "eu-west-1c")}
    return cloud


def run(fake, folder, *words):
    return subprocess.run([PROGRAM, *words], env=fake.environment(folder), capture_output=True, text=True, timeout=60, check=False)


def judged(fake, folder, path, *words):
    done = run(fake, folder, "check", path, "eks://eu-west-1/gitpod", "-o", "json", "--as-of", "2026-11-01", *words)
    result = json.loads(done.stdout)
    rows = {r["id"]: r for r in result["results"]}
    return done, result, rows


def findings(rows, rule, verdict="fail"):
    """[(object, address)] with that verdict"""
    return sorted({(f.get("object"), f.get("origin", {}).get("address")) for f in rows[rule]["witnesses"]["cloud"]["findings"]
                   if f["verdict"] == verdict})


def text_of(rows, rule):
    return " ".join(json.dumps(f) for f in rows[rule]["witnesses"]["cloud"]["findings"])


# ---- what is predicted ----

def nothing_wrong(fake, folder):
    _, result, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("good", subnets=("subnet-b",))))
    same("nothing is wrong", {i: r["verdict"] for i, r in rows.items() if i.startswith("platform-")
                              and r["verdict"] not in ("not-applicable", "not-asked")},
         {i: "pass" for i in ("platform-machine-type", "platform-machine-type-offered", "platform-name-taken", "platform-quota",
                              "platform-quota-low", "platform-subnet-size", "platform-subnet-size-low", "platform-subnet-tags",
                              "platform-version-offered", "platform-version-skew", "platform-version-support")})
    same("one cluster", [c["name"] for c in result["clusters"]], ["gitpod"])
    same("no problem", result["problems"], [])
    same("no drift", result["drift"], [])


def types_and_zones(fake, folder):
    path = plan(folder, cluster("1.34"), pool("gpu", ("g5.xlarge",)), pool("fast", ("m5.xlarge", "r7iz.xlarge"), subnets=("subnet-b",)),
                pool("made-up", ("m99.huge",), subnets=("subnet-b",)), pool("gpu-b", ("g5.xlarge",), subnets=("subnet-b",)))
    _, _, rows = judged(fake, folder, path)
    same("types that are not offered", findings(rows, "platform-machine-type-offered"),
         [("fast", f"{NODE}.fast"), ("gpu", f"{NODE}.gpu"), ("made-up", f"{NODE}.made-up")])
    text = text_of(rows, "platform-machine-type-offered")
    for words in ("g5.xlarge is not offered in eu-west-1a", "m99.huge is not offered in eu-west-1"):
        check(words, words in text, text)


def versions(fake, folder):
    for version, offered, support in (("1.29", "fail", "fail"), ("1.20", "fail", "fail"), ("1.32", "pass", "fail"), ("1.34", "pass", "pass")):
        _, _, rows = judged(fake, folder, plan(folder, cluster(version), pool("p", subnets=("subnet-b",))))
        same(f"{version}: offered", rows["platform-version-offered"]["verdict"], offered)
        same(f"{version}: support", rows["platform-version-support"]["verdict"], support)
    fake.cloud.cluster("gitpod", version="1.31")
    for version, verdict in (("1.32", "pass"), ("1.33", "fail"), ("1.31", "pass")):
        path = plan(folder, cluster(version, ("update",), {"name": "gitpod", "version": "1.31"}), pool("p", subnets=("subnet-b",)))
        _, _, rows = judged(fake, folder, path)
        same(f"1.31 to {version}", rows["platform-version-step"]["verdict"], verdict)
    del fake.cloud.clusters["gitpod"]


def quotas(fake, folder):
    # 64 vCPU, 40 used: three pools of 4 vCPU a node
    for sizes, missing, low in (((1, 2, 3), "pass", "pass"), ((1, 6, 7), "pass", "fail"), ((1, 7, 9), "fail", "not-applicable")):
        _, _, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("big", sizes=sizes, subnets=("subnet-b",))))
        same(f"{sizes}: missing", rows["platform-quota"]["verdict"], missing)
        if low != "not-applicable":
            same(f"{sizes}: low", rows["platform-quota-low"]["verdict"], low)
    text = text_of(rows, "platform-quota")
    check("the bill", "64 vCPU, 40 used, the plan adds 28" in text and "4 short" in text, text)
    check("who takes it", f"{NODE}.big: 28 (7 nodes of 4 vCPU)" in text, text)
    _, _, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("spot", sizes=(1, 3, 4), subnets=("subnet-b",), capacity_type="SPOT")))
    check("Spot has a quota of its own", "8 vCPU, 0 used, the plan adds 12" in text_of(rows, "platform-quota"), text_of(rows, "platform-quota"))
    fake.cloud.quota_names["L-1216C47A"] = "Something else"
    _, _, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("big", sizes=(1, 7, 9), subnets=("subnet-b",))))
    check("a code that stands for something else", rows["platform-quota"]["verdict"] == "unknown" and
          "is called 'Something else'" in text_of(rows, "platform-quota"), text_of(rows, "platform-quota"))
    fake.cloud.quota_names["L-1216C47A"] = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    limits, fake.cloud.default_quotas = fake.cloud.default_quotas, {}
    _, result, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("big", subnets=("subnet-b",))))
    same("a quota that is not told", rows["platform-quota"]["verdict"], "unknown")
    fake.cloud.default_quotas = limits


def names(fake, folder):
    fake.cloud.cluster("gitpod", version="1.34")
    fake.cloud.group("gitpod", "taken")
    fake.cloud.buckets = {"ours": 200, "theirs": 403}
    buckets = [resource("aws_s3_bucket", n, {"bucket": n}) for n in ("ours", "theirs", "free")]
    _, _, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("taken", subnets=("subnet-b",)), pool("new", subnets=("subnet-b",)),
                                           *buckets))
    same("names", findings(rows, "platform-name-taken"),
         [("gitpod", "aws_eks_cluster.this"), ("ours", "aws_s3_bucket.ours"), ("taken", f"{NODE}.taken"),
          ("theirs", "aws_s3_bucket.theirs")])
    unlisted(fake, folder)
    fake.cloud.groups.clear()
    _, _, rows = judged(fake, folder, plan(folder, cluster("1.34", actions=("no-op",)), pool("new", subnets=("subnet-b",))))
    same("in a cluster without groups every name is free, and the quota is whole",
         [rows[i]["verdict"] for i in ("platform-name-taken", "platform-quota")], ["pass", "pass"])
    fake.cloud.clusters.clear()


def no(service):
    def answer(door):
        code = "UnauthorizedOperation" if service == "ec2" else "AccessDeniedException"
        kind, headers, text = refuse(service, Refusal(403, code, "no"))
        return door.answer(403, kind, text, headers)
    return answer


def unlisted(fake, folder):
    """Where node groups may not be listed no name is free, and nobody knows what of a group is new; a page is no list."""
    fake.cloud.page = 1
    fake.cloud.group("gitpod", "a-first")
    grown = pool("taken", sizes=(1, 8, 9), subnets=("subnet-b",), actions=("update",))
    grown["change"]["before"] = {**grown["change"]["after"], "scaling_config": [{"min_size": 1, "desired_size": 7, "max_size": 9}]}
    path = plan(folder, cluster("1.34", actions=("no-op",)), grown, pool("new", subnets=("subnet-b",)))
    for faults in ([no("eks")], [None, no("eks")]):
        fake.faults["ListNodegroups"] = list(faults)
        _, _, rows = judged(fake, folder, path)
        fake.faults.clear()
        same(f"names nobody knows, {len(faults)}", [findings(rows, "platform-name-taken", v) for v in ("fail", "unknown")],
             [[], [("new", f"{NODE}.new")]])
        unknown = [name for name, _ in findings(rows, "platform-quota", "unknown")]
        check(f"growth nobody knows, {len(faults)}", not findings(rows, "platform-quota") and len(unknown) == 2 and
              "how much of it runs is not known" in text_of(rows, "platform-quota"), (unknown, rows["platform-quota"]))
    fake.cloud.page = 100


def subnets(fake, folder):
    path = plan(folder, cluster("1.34"), pool("narrow", sizes=(1, 3, 4), subnets=("subnet-c",)),
                pool("some", sizes=(1, 2, 3), subnets=("subnet-a",)), pool("wide", subnets=("subnet-b",)),
                pool("gone", subnets=("subnet-x",)))
    _, _, rows = judged(fake, folder, path)
    same("too few for the nodes", [f[0] for f in findings(rows, "platform-subnet-size")], ["subnet subnet-c"])
    same("a subnet that is not there", [f[0] for f in findings(rows, "platform-subnet-size", "unknown")], ["subnet subnet-x"])
    same("too few for the pods", [f[0] for f in findings(rows, "platform-subnet-size-low")], ["subnet subnet-a"])


def images(fake, folder):
    def launched(name, ami):
        return (resource("aws_launch_template", name, {"name": name, "id": f"lt-{name}", "image_id": ami, "instance_type": "m5.xlarge"}),
                pool(name, types=(), subnets=("subnet-b",), ami_type=None, disk_size=None,
                     launch_template=[{"id": f"lt-{name}", "version": "1"}]))
    resources = [r for n, a in (("fits", "ami-0aaaaaaaaaaaaaaaa"), ("arm", "ami-0bbbbbbbbbbbbbbbb"), ("absent", "ami-0cccccccccccccccc"))
                 for r in launched(n, a)]
    _, _, rows = judged(fake, folder, plan(folder, cluster("1.34"), *resources))
    same("images", [f[0] for f in findings(rows, "platform-image")], ["absent", "arm"])


def live_types(fake, folder):
    """What EC2 says of a type beats the catalogue, and the difference is said."""
    other = copy.deepcopy(TYPES["m5.xlarge"])
    other["VCpuInfo"]["DefaultVCpus"] = 2
    fake.cloud.types = {"m5.xlarge": other}
    _, result, rows = judged(fake, folder, plan(folder, cluster("1.34"), pool("p", subnets=("subnet-b",))))
    fake.cloud.types = {}
    check("EC2 counts", rows["node-size"]["witnesses"]["cloud"]["verdict"] == "fail", rows["node-size"])
    check("the difference is said", any(p["code"] == "catalogue" and "m5.xlarge has 2 vCPU" in p["message"] for p in result["problems"]),
          result["problems"])


def forbidden(fake, folder):
    """One question that is forbidden leaves its own rows undecided, and no other."""
    path = plan(folder, cluster("1.34"), pool("p", subnets=("subnet-b",)))
    for action, service, rule in (("DescribeInstanceTypeOfferings", "ec2", "platform-machine-type-offered"),
                                  ("DescribeClusterVersions", "eks", "platform-version-offered"),
                                  ("DescribeInstances", "ec2", "platform-quota"), ("DescribeSubnets", "ec2", "platform-subnet-size"),
                                  ("GetServiceQuota", "service-quotas", "platform-quota")):
        fake.faults[action] = [no(service)] * 9
        done, result, rows = judged(fake, folder, path)
        fake.faults.clear()
        undecided = sorted(i for i, r in rows.items() if i.startswith("platform-") and r["verdict"] == "unknown")
        check(f"{action}: undecided", rule in undecided and set(undecided) <= {rule, rule + "-low", "platform-machine-type-offered", "platform-subnet-tags"},
              undecided)
        check(f"{action}: said", any(p["code"] == "forbidden" and p["permission"].endswith(action) for p in result["problems"]),
              result["problems"])


def report(fake, folder):
    """The one for people: four failures and more."""
    fake.cloud.buckets = {"theirs": 403}
    path = plan(folder, cluster("1.29"), pool("gpu", ("g5.xlarge",)), pool("big", sizes=(1, 7, 9), subnets=("subnet-c",)),
                resource("aws_s3_bucket", "theirs", {"bucket": "theirs"}))
    done = run(fake, folder, "check", path, "eks://eu-west-1/gitpod", "--as-of", "2026-11-01")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAIL  platform-")]
    same("failures that are predicted", failed, ["platform-machine-type-offered", "platform-version-offered", "platform-quota",
                                                 "platform-subnet-size", "platform-name-taken"])
    shown = [line for line in pathlib.Path(README).read_text(encoding="utf-8").splitlines() if line.startswith("FAIL  platform-")]
    check("the README shows it as it is printed", shown and all(line in done.stdout.splitlines() for line in shown), done.stdout)
    if REPORT:
        print(done.stdout)


def permissions(fake, folder):
    """The policy has what all calls take, and nothing else."""
    fake.cloud.cluster("gitpod", version="1.34")
    fake.cloud.group("gitpod", "templated", launchTemplate={"id": "lt-1", "version": "1"}, amiType="CUSTOM", diskSize=0, instanceTypes=[])
    fake.cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "addonVersion": "v1"}}
    arn = fake.cloud.balancer("k8s-proxy", "network", {"elbv2.k8s.aws/cluster": "gitpod"}, (("TCP", 443),))
    run(fake, folder, "facts", "eks://eu-west-1/gitpod", plan(folder, cluster("1.34", actions=("no-op",)), resource(
        "aws_ecr_repository", "images", {"name": "images"}, actions=("no-op",))))
    fake.cloud.node("i-1", "gitpod", "127.0.0.1")
    run(fake, folder, "facts", "eks://eu-west-1/gitpod", "ssh://127.0.0.1:1")
    fake.cloud.balancers.clear(), fake.cloud.listeners.pop(arn)
    policy = json.loads(run(fake, folder, "permissions", "eks").stdout)
    same("the policy", policy["Statement"][0]["Action"], sorted(fake.ever))
    fake.cloud.clusters.clear()
    fake.cloud.groups.clear()


def calls(fake, folder):
    fake.log.clear()
    done, _, _ = judged(fake, folder, plan(folder, cluster("1.34"), pool("a", subnets=("subnet-a",)), pool("b", subnets=("subnet-b",))), "-vv")
    same("each question once", sorted(fake.log), sorted([
        "eks:DescribeCluster", "eks:DescribeClusterVersions", "eks:ListClusters", "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeSubnets", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances",
        *["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"] * 3]))
    check("in four steps", "14 calls in 4 steps" in done.stderr, done.stderr[-200:])


def main():
    with tempfile.TemporaryDirectory() as name, Fake(region()) as fake:
        folder = pathlib.Path(name)
        for test in (nothing_wrong, types_and_zones, versions, quotas, names, subnets, images, live_types, forbidden, calls, report, permissions):
            test(fake, folder)
        same("signatures that botocore does not find", fake.wrong, [])
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
