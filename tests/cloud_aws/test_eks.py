# SPDX-License-Identifier: Apache-2.0
"""eks://REGION/CLUSTER against a region of our own: the aws CLI understands it first, then plumbline says the same.

usage: test_eks.py PLUMBLINE AWS
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from fake import Cloud, Fake, Refusal, day, refuse  # noqa: E402

PROGRAM, AWS = sys.argv[1:3]
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def region():
    cloud = Cloud()
    for name, zone in (("subnet-a", "eu-west-1a"), ("subnet-b", "eu-west-1b")):
        cloud.subnet(name, zone, role=name == "subnet-a")
    cloud.cluster("gitpod", version="1.24")
    cloud.cluster("other")
    cloud.group("gitpod", "services", labels={"gitpod.io/workload_meta": "true", "gitpod.io/workload_ide": "true"})
    cloud.group("gitpod", "spot", capacityType="SPOT", instanceTypes=["m5.2xlarge", "m5a.2xlarge"],
                taints=[{"key": "dedicated", "value": "spot", "effect": "NO_SCHEDULE"}])
    cloud.group("gitpod", "templated", launchTemplate={"id": "lt-1", "name": "t", "version": "3"}, amiType="CUSTOM")
    for absent in ("instanceTypes", "diskSize"):
        del cloud.groups["gitpod"]["templated"][absent]
    cloud.templates["lt-1"] = {"InstanceType": "r5.xlarge", "ImageId": "ami-0123456789abcdef0", "UserData": "c2VjcmV0LXVzZXItZGF0YQ==",
                               "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 200}}]}
    cloud.profiles["gitpod"] = {"serverless": {}}
    cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "clusterName": "gitpod", "addonVersion": "v1.18.1-eksbuild.1",
                                          "status": "ACTIVE"}}
    group = {"MinSize": 0, "MaxSize": 4, "DesiredCapacity": 1, "DefaultCooldown": 300, "AvailabilityZones": ["eu-west-1a"],
             "HealthCheckType": "EC2", "CreatedTime": day("2026-01-01")}
    own = {"Key": "kubernetes.io/cluster/gitpod", "Value": "owned"}
    cloud.auto_groups = [
        {**group, "AutoScalingGroupName": "by-hand", "Tags": [own], "LaunchTemplate": {"LaunchTemplateId": "lt-gone", "Version": "1"}},
        {**group, "AutoScalingGroupName": "eks-services", "Tags": [own, {"Key": "eks:nodegroup-name", "Value": "services"}]},
        {**group, "AutoScalingGroupName": "mixed", "Tags": [own], "MixedInstancesPolicy": {"LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "1"},
            "Overrides": [{"InstanceType": "c5.xlarge"}, {"InstanceType": "c5a.xlarge"}]}}}]
    return cloud


def aws(fake, folder, *words):
    done = subprocess.run([AWS, "--region", "eu-west-1", "--output", "json", *words], env=fake.environment(folder),
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f"aws {' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def plumbline(fake, folder, *words, env=None):
    return subprocess.run([PROGRAM, *words], env=env or fake.environment(folder), capture_output=True, text=True, timeout=60,
                          check=False)


def facts_of(done):
    """{(kind, name): {attribute: value or the reason why not}} of the cloud"""
    out = {}
    for o in json.loads(done.stdout)["objects"]:
        values = out.setdefault((o["kind"], o.get("name")), {})
        for f in o.get("facts", []):
            if f["witness"] == "cloud":
                values.setdefault(f["attribute"], []).append(f.get("waits_for") if f.get("value") is None else f["value"])
    return out


def the_same_twice(fake, folder):
    """What the aws CLI reads and what plumbline says."""
    done = plumbline(fake, folder, "facts", "eks://eu-west-1/gitpod", "-vv")
    same("exit status", (done.returncode, done.stderr.count("plumbline: eks://eu-west-1/gitpod:") > 0), (0, True))
    said = facts_of(done)
    cluster = aws(fake, folder, "eks", "describe-cluster", "--name", "gitpod")["cluster"]
    mine = said["cluster", "gitpod"]
    same("version", mine["version"], [cluster["version"]])
    same("endpoint", mine["endpoint"], [cluster["endpoint"]])
    same("access", (mine["access"], mine["authentication"]), (["public"], ["config-map"]))
    fake.cloud.clusters["gitpod"] |= {"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}}
    fake.cloud.clusters["gitpod"]["resourcesVpcConfig"] |= {"endpointPrivateAccess": True}
    other = facts_of(plumbline(fake, folder, "facts", "eks://eu-west-1/gitpod"))["cluster", "gitpod"]
    same("access of both kinds", (other["access"], other["authentication"]), (["public-and-private"], ["api-and-config-map"]))
    same("account", mine["account"], [cluster["arn"].split(":")[4]])
    same("untagged subnets", mine["untagged_subnets"], [["subnet-b"]])
    names = aws(fake, folder, "eks", "list-nodegroups", "--cluster-name", "gitpod")["nodegroups"]
    same("node groups", sorted(n for k, n in said if k == "pool"), sorted([*names, "by-hand", "mixed", "serverless"]))
    for name in names:
        theirs = aws(fake, folder, "eks", "describe-nodegroup", "--cluster-name", "gitpod", "--nodegroup-name", name)["nodegroup"]
        mine = said["pool", name]
        same(f"{name}: labels", mine["labels"], [theirs["labels"]])
        same(f"{name}: sizes", (mine["min_nodes"], mine["max_nodes"]), ([theirs["scalingConfig"]["minSize"]],
                                                                         [theirs["scalingConfig"]["maxSize"]]))
        same(f"{name}: types", mine["machine_type"], theirs.get("instanceTypes", ["r5.xlarge"]))
        same(f"{name}: capacity", mine["capacity_type"], [theirs["capacityType"].lower().replace("_", "-")])
    same("taints", said["pool", "spot"]["taints"], [["dedicated=spot:NoSchedule"]])
    same("sizes of types", (said["pool", "spot"]["vcpu"], said["pool", "templated"]["memory"]), ([8, 8], [32 << 30]))
    same("the template's disk", said["pool", "templated"]["disk_size"], [200 << 30])
    same("the system", said["pool", "services"]["os"], ["amazon-linux"])
    check("a template that is gone", "InvalidLaunchTemplateId.NotFound" in said["pool", "by-hand"]["machine_type"][0],
          said["pool", "by-hand"])
    same("overrides", said["pool", "mixed"]["machine_type"], ["c5.xlarge", "c5a.xlarge"])
    same("an add-on", said["component", "vpc-cni"]["version"],
         [aws(fake, folder, "eks", "describe-addon", "--cluster-name", "gitpod", "--addon-name", "vpc-cni")["addon"]["addonVersion"]])
    check("user data is nowhere", "c2VjcmV0" not in done.stdout + done.stderr)


def counts(fake, folder):
    """One call a page of each list, one for each that only has a describe call."""
    fake.log.clear()
    fake.cloud.page = 2
    done = plumbline(fake, folder, "facts", "eks://eu-west-1/gitpod", "-vv")
    fake.cloud.page = 100
    wanted = {"eks:DescribeCluster": 1, "eks:ListNodegroups": 2, "eks:DescribeNodegroup": 3, "eks:ListFargateProfiles": 1,
              "eks:ListAddons": 1, "eks:DescribeAddon": 1, "ec2:DescribeLaunchTemplateVersions": 3,
              "autoscaling:DescribeAutoScalingGroups": 1, "ec2:DescribeSubnets": 1, "eks:DescribeClusterVersions": 1,
              "ec2:DescribeInstanceTypes": 1, "elasticloadbalancing:DescribeLoadBalancers": 2, "rds:DescribeDBInstances": 1}
    same("calls", {name: fake.log.count(name) for name in set(fake.log)}, wanted)
    check("-vv counts them", f"eks://eu-west-1/gitpod: {sum(wanted.values())} calls in " in done.stderr, done.stderr[-300:])


def judged(fake, folder):
    done = plumbline(fake, folder, "check", "eks://eu-west-1/gitpod", "-o", "json", "--as-of", "2026-11-01")
    result = json.loads(done.stdout)
    rows = {r["id"]: r["verdict"] for r in result["results"]}
    same("judged", {i: rows[i] for i in ("kubernetes-version", "label-meta", "label-workspace-regular", "node-os", "distribution")},
         {"kubernetes-version": "pass", "label-meta": "pass", "label-workspace-regular": "unknown", "node-os": "fail",
          "distribution": "pass"})
    same("the source", [(s["witness"], s["kind"]) for s in result["sources"]], [("cloud", "eks")])


def missing(fake, folder):
    done = plumbline(fake, folder, "check", "eks://eu-west-1/absent", "-o", "json")
    result = json.loads(done.stdout)
    same("exit 2", (done.returncode, result["exit_code"]), (2, 2))
    same("it names those that there are", [p["message"] for p in result["problems"]],
         ["there is no cluster 'absent' in eu-west-1; there are: gitpod, other"])
    for word, text in (("eks://eu-west-1", "eks://REGION/CLUSTER"), ("eks://mars-1/gitpod", "no region"),
                       ("eks://eu-west-1/..", "no name of an EKS cluster")):
        done = plumbline(fake, folder, "check", word)
        check(f"{word} is refused", done.returncode == 2 and text in done.stderr and done.stderr.count("\n") == 1, done.stderr)


FAULTS = [
    # action, what it answers, exit status, code, words of the message, permission
    ("DescribeNodegroup", Refusal(403, "AccessDeniedException", "User is not authorized"), 0, "forbidden", "not authorized",
     "eks:DescribeNodegroup"),
    ("ListAddons", Refusal(403, "AccessDeniedException", "User is not authorized"), 0, "forbidden", "not authorized", "eks:ListAddons"),
    ("DescribeSubnets", Refusal(403, "UnauthorizedOperation", "You are not authorized"), 0, "forbidden", "not authorized",
     "ec2:DescribeSubnets"),
    ("DescribeAutoScalingGroups", Refusal(400, "Throttling", "Rate exceeded"), 0, None, "", None),
    ("DescribeSubnets", Refusal(503, "RequestLimitExceeded", "Request limit exceeded."), 0, None, "", None),
    ("ListNodegroups", Refusal(429, "TooManyRequestsException", "Too many"), 0, None, "", None),
    ("ListNodegroups", Refusal(500, "ServerException", "An internal failure"), 0, None, "", None),
    ("DescribeAddon", Refusal(403, "ExpiredTokenException", "The security token is expired"), 0, None, "", None),
    ("DescribeCluster", Refusal(403, "InvalidSignatureException", "Signature expired: 20200101T000000Z is now earlier than"), 2,
     "unauthenticated", "clock is off: the server says", None),
    ("DescribeCluster", Refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid"), 2,
     "unauthenticated", "UnrecognizedClientException", None),
    ("DescribeCluster", Refusal(403, "OptInRequired", "You are not subscribed to this service"), 2, "forbidden", "not subscribed",
     "eks:DescribeCluster"),
    ("ListFargateProfiles", "<html><body>Bad gateway", 2, "unreadable", "cannot be read", None),
    ("ListFargateProfiles", '{"fargateProfileNames": ["a', 2, "unreadable", "cannot be read", None),
    ("ListFargateProfiles", '{"fargateProfileNames": {"of": "tomorrow"}, "new": [1]}', 0, None, "", None),
]


def fault_of(action, what):
    def answer(door):
        if isinstance(what, str):
            return door.answer(200, "text/html", what)
        service = "ec2" if action == "DescribeSubnets" else "autoscaling" if action.startswith("DescribeAuto") else "eks"
        kind, headers, text = refuse(service, what)
        return door.answer(what.status, kind, text, headers)
    return answer


def faults(fake, folder):
    whole = facts_of(plumbline(fake, folder, "facts", "eks://eu-west-1/gitpod"))
    for action, what, status, code, words, permission in FAULTS:
        name = f"{action}: {what if isinstance(what, str) else what.code}"
        fake.faults[action] = [fault_of(action, what)]
        done = plumbline(fake, folder, "check", "eks://eu-west-1/gitpod", "-o", "json", "--timeout", "20s")
        fake.faults.clear()
        result = json.loads(done.stdout)
        told = [p for p in result["problems"] if p["code"] == code]
        same(f"{name}: exit", (result["exit_code"] == 2), status == 2)
        check(f"{name}: said", code is None and not result["problems"] or any(words in p["message"] for p in told), result["problems"])
        same(f"{name}: permission", told[0].get("permission") if told else None, permission)
        if status == 0 and code:
            fake.faults[action] = [fault_of(action, what)]
            part = facts_of(plumbline(fake, folder, "facts", "eks://eu-west-1/gitpod"))
            fake.faults.clear()
            lost = {k for k, v in whole.items() if part.get(k) != v}
            check(f"{name}: no other fact is lost", len(lost) <= 1, lost)


def main():
    with tempfile.TemporaryDirectory() as name, Fake(region()) as fake:
        folder = pathlib.Path(name)
        for test in (the_same_twice, counts, judged, missing, faults):
            test(fake, folder)
        same("signatures that botocore does not find", fake.wrong, [])
        check("signatures were looked at", fake.signatures > 100, fake.signatures)
    print(f"{fake.signatures} signatures")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
