# SPDX-License-Identifier: Apache-2.0
"""eks:// against moto.  The real Terraform made a cluster there once, and its state is kept; boto3 makes the same again,
and what moto shows then must be what the state shows.

usage: test_moto.py PLUMBLINE FOLDER
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
BIN = pathlib.Path(sys.executable).parent
SOURCE = "eks://eu-west-1/gitpod"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def post(url, body=b""):
    with urllib.request.urlopen(urllib.request.Request(url, data=body, method="POST"), timeout=60) as answer:
        return answer.read()


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def begin(folder):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(folder / "moto.log", "wb") as log:
        server = subprocess.Popen([sys.executable, BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    until = time.monotonic() + 60
    while not listens(port):
        if time.monotonic() > until or server.poll() is not None:
            sys.exit((folder / "moto.log").read_text())
        time.sleep(0.05)
    url = f"http://127.0.0.1:{port}"
    post(f"{url}/moto-api/reset")
    return server, url


def attributes(kind):
    """Of each instance of a resource of the state."""
    state = json.loads((FOLDER / "terraform.tfstate").read_text())
    return [i["attributes"] for r in state["resources"] if r["type"] == kind for i in r["instances"]]


def make(url):
    """What the state says, made again."""
    client = lambda service: boto3.client(service, region_name="eu-west-1", endpoint_url=url, aws_access_key_id="AKIDEXAMPLE",
                                          aws_secret_access_key="example")
    ec2, eks, elb = client("ec2"), client("eks"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock=attributes("aws_vpc")[0]["cidr_block"])["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=s["cidr_block"], AvailabilityZone=s["availability_zone"], TagSpecifications=[
        {"ResourceType": "subnet", "Tags": [{"Key": k, "Value": v} for k, v in s["tags"].items()]}])["Subnet"]["SubnetId"]
               for s in attributes("aws_subnet")]
    for c in attributes("aws_eks_cluster"):
        eks.create_cluster(name=c["name"], version=c["version"], roleArn=c["role_arn"], resourcesVpcConfig={"subnetIds": subnets})
    for g in attributes("aws_eks_node_group"):
        size = g["scaling_config"][0]
        eks.create_nodegroup(clusterName=g["cluster_name"], nodegroupName=g["node_group_name"], nodeRole=g["node_role_arn"], subnets=subnets,
                             labels=g["labels"], amiType=g["ami_type"], instanceTypes=g["instance_types"], scalingConfig={
                                 "minSize": size["min_size"], "maxSize": size["max_size"], "desiredSize": size["desired_size"]})
    for b in attributes("aws_lb"):
        arn = elb.create_load_balancer(Name=b["name"], Type=b["load_balancer_type"], Subnets=subnets, Tags=[
            {"Key": k, "Value": v} for k, v in b["tags"].items()])["LoadBalancers"][0]["LoadBalancerArn"]
    target = elb.create_target_group(Name="proxy", Protocol="TCP", Port=443, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    for entry in attributes("aws_lb_listener"):
        elb.create_listener(LoadBalancerArn=arn, Protocol=entry["protocol"], Port=entry["port"],
                            DefaultActions=[{"Type": "forward", "TargetGroupArn": target}])
    rds = client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="gitpod", DBSubnetGroupDescription="-", SubnetIds=subnets)
    for d in attributes("aws_db_instance"):
        rds.create_db_instance(DBInstanceIdentifier=d["identifier"], Engine=d["engine"], EngineVersion=d["engine_version"],
                               DBInstanceClass=d["instance_class"], AllocatedStorage=20, MasterUsername="gitpod",
                               MasterUserPassword="only-in-moto", DBSubnetGroupName="gitpod")
    for b in attributes("aws_s3_bucket"):
        client("s3").create_bucket(Bucket=b["bucket"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for r in attributes("aws_ecr_repository"):
        client("ecr").create_repository(repositoryName=r["name"])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server, url = begin(folder)
        make(url)
        env = {"PATH": os.environ["PATH"], "HOME": name, "LC_ALL": "C.UTF-8", "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
               "AWS_SECRET_ACCESS_KEY": "example", "AWS_EC2_METADATA_DISABLED": "true",
               **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}}
        run = lambda *words: subprocess.run([PROGRAM, *words], env=env, capture_output=True, text=True, timeout=120, check=False)
        seen = {}
        for o in json.loads(run("facts", SOURCE, FOLDER / "terraform.tfstate").stdout)["objects"]:
            facts = {f["attribute"]: f.get("value") for f in o.get("facts", []) if f["witness"] == "cloud"}
            if facts:
                seen[o["kind"], o["name"]] = facts
        for pool in ("services", "workspaces"):
            want = next(g for g in attributes("aws_eks_node_group") if g["node_group_name"] == pool)
            same(f"{pool}: labels", seen["pool", pool]["labels"], want["labels"])
            same(f"{pool}: sizes", (seen["pool", pool]["min_nodes"], seen["pool", pool]["max_nodes"]), (1, 5))
        same("the version", seen["cluster", "gitpod"]["version"], "1.33")
        same("the balancer", {k: seen["load_balancer", "proxy"][k] for k in ("type", "layer")}, {"type": "service", "layer": 4})
        same("its ports", sorted(seen["load_balancer", "proxy"]["ports"]), ["22", "443", "80"])
        same("the database", seen["database", "gitpod"], {"engine": "mysql", "version": "5.7.44"})
        same("the bucket", seen["bucket", "gitpod-backups-in-moto"], {"service": "s3"})
        same("the repository", seen["registry", "gitpod-images"], {"service": "ecr"})
        result = json.loads(run("check", SOURCE, FOLDER / "terraform.tfstate", "-o", "json", "--as-of", "2026-11-01").stdout)
        same("one cluster", [c["name"] for c in result["clusters"]], ["gitpod"])
        # its address is made up for each cluster
        same("drift", [d["attribute"] for d in result["drift"]], ["endpoint"])
        # moto has no quotas of EC2 and answers with an error of its own
        same("problems", {p["message"].split(":")[1] for p in result["problems"] if p["source"].startswith("eks:")},
             {"GetAWSDefaultServiceQuota"})
        server.terminate()
        server.wait()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
