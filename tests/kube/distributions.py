# SPDX-License-Identifier: Apache-2.0
"""Clusters shaped as the distributions write them: each is recognised and judged with the answers below.

usage: distributions.py PLUMBLINE [NAME]
"""
import sys

import kube
import objects as o
from kube import Cluster, Front, Wrong, check

# what a cluster that has it all is told; cases name the rows that differ
GOOD = dict.fromkeys((
    "kubernetes-version", "kubernetes-version-tested", "distribution", "distribution-tested", "label-meta", "label-ide",
    "label-workspace-services", "label-workspace-regular", "label-workspace-headless", "pools-separated",
    "headless-separated", "node-size", "node-os", "node-os-version", "node-architecture", "node-taints", "node-spot",
    "node-kernel", "container-runtime", "container-runtime-version", "network-calico", "load-balancer-http",
    "load-balancer-ssh", "cert-manager", "cert-manager-version", "storage-class"), "pass")
LABELS = tuple(name for name in GOOD if name.startswith("label-"))
FAIL, UNKNOWN, NONE, PASS = "fail", "unknown", "not-applicable", "pass"


def labelled(verdict):
    """The rows that a cluster without labelled nodes does not decide."""
    return dict.fromkeys(("node-size", "node-os", "node-os-version", "node-architecture", "node-taints", "node-spot",
                          "node-kernel", "container-runtime", "container-runtime-version"), verdict)


def one(make=o.eks_node, **more):
    """EKS with one node that has all labels."""
    return o.eks().without("Node").plus(make(0, labels=o.gitpod(), **more))


def bare():
    """EKS without cert-manager."""
    made, taken = o.eks(), {(x["kind"], x["metadata"]["name"]) for x in o.cert_manager()}
    return made.only(lambda x: (x["kind"], x["metadata"]["name"]) not in taken)


def part(things, definitions):
    """Only the definitions of some things, or all else."""
    return [x for x in things if (x["kind"] == "CustomResourceDefinition") == definitions]


# how a machine was bought is not known where no cloud's node group tells it
K3S = {"distribution-tested": FAIL, "node-spot": UNKNOWN}
NO_MANAGER = {"cert-manager": UNKNOWN, "cert-manager-version": UNKNOWN}
TOGETHER = {"pools-separated": FAIL, "headless-separated": FAIL}
TAINT = [{"key": "dedicated", "value": "gitpod", "effect": "NoSchedule", "timeAdded": None}]

# name: (cluster, provider, distribution, rows that differ from GOOD)
CASES = {
    "eks": (o.eks(), "eks", "eks", {}),
    "eks without Calico": (o.eks(calico=False), "eks", "eks", {"network-calico": FAIL}),
    "eks of 1.20": (o.eks(version="v1.20.15-eks-84b4fe6"), "eks", "eks",
                    {"kubernetes-version": FAIL, "kubernetes-version-tested": FAIL}),
    "eks of 1.29": (o.eks(version="v1.29.3-eks-adc7111", kubelet="v1.29.3-eks-ae9a62a"), "eks", "eks",
                    {"kubernetes-version-tested": FAIL}),
    "eks with an old kubelet": (o.eks(kubelet="v1.20.15-eks-14c7a48"), "eks", "eks",
                                {"kubernetes-version": FAIL, "kubernetes-version-tested": FAIL}),
    "eks, everything on one node": (one(), "eks", "eks", TOGETHER),
    "eks, small": (one(machine="t3.medium", cpu=2, memory=3_943_372), "eks", "eks", {**TOGETHER, "node-size": FAIL}),
    "eks, spot": (one(capacity="SPOT"), "eks", "eks", {**TOGETHER, "node-spot": FAIL}),
    "eks, tainted": (one(taints=TAINT), "eks", "eks", {**TOGETHER, "node-taints": FAIL}),
    "eks, Arm": (one(machine="m6g.xlarge", arch="arm64"), "eks", "eks", {**TOGETHER, "node-architecture": FAIL}),
    "eks, Amazon Linux": (one(os_image="Amazon Linux 2", kernel="5.4.228-131.415.amzn2.x86_64"), "eks", "eks",
                          {**TOGETHER, "node-os": FAIL, "node-os-version": NONE}),
    "eks, Amazon Linux 2023": (one(os_image="Amazon Linux 2023.9.20251208", kernel="6.1.158-178.288.amzn2023.x86_64"),
                               "eks", "eks", {**TOGETHER, "node-os": FAIL, "node-os-version": NONE}),
    "eks, old kernel": (one(kernel="4.15.0-1109-aws", os_image="Ubuntu 18.04.6 LTS"), "eks", "eks",
                        {**TOGETHER, "node-kernel": FAIL, "node-os-version": FAIL}),
    "eks, docker": (one(runtime="docker://20.10.17"), "eks", "eks",
                    {**TOGETHER, "container-runtime": FAIL, "container-runtime-version": NONE}),
    "eks, old containerd": (one(runtime="containerd://1.4.13"), "eks", "eks",
                            {**TOGETHER, "container-runtime-version": FAIL}),
    "eks, no labels": (o.eks().without("Node").plus(*[o.eks_node(i) for i in range(3)]), "eks", "eks",
                       {**labelled(NONE), **dict.fromkeys(LABELS, FAIL)}),
    "eks, a label in the wrong case": (o.eks().without("Node").plus(o.eks_node(0, labels={
        **o.gitpod("ide", "workspace_services", "workspace_regular", "workspace_headless"),
        "gitpod.io/workload_meta": "True"})), "eks", "eks", {**TOGETHER, "label-meta": FAIL}),
    "eks, one of a pool is small": (o.eks().plus(o.eks_node(7, "workspaces", o.gitpod(
        "workspace_services", "workspace_regular"), cpu=2)), "eks", "eks", {"node-size": FAIL}),
    "eks, others beside": (o.eks().plus(
        o.eks_node(7, "arm", arch="arm64", cpu=1, memory=1_959_264, taints=TAINT, capacity="SPOT"),
        o.eks_node(8, "windows", {"kubernetes.io/os": "windows"}, os_image="Windows Server 2022 Datacenter",
                   kernel="10.0.20348.2113", ready="Unknown")), "eks", "eks", {}),
    "gke": (o.gke(), "gke", "gke-standard", {}),
    "gke with Dataplane V2": (o.gke(calico=False), "gke", "gke-standard", {"network-calico": FAIL}),
    "gke, preemptible": (o.gke().without("Node").plus(o.gke_node(0, labels={
        **o.gitpod(), "cloud.google.com/gke-preemptible": "true"})), "gke", "gke-standard",
        {**TOGETHER, "node-spot": FAIL}),
    "gke, COS": (o.gke().without("Node").plus(o.gke_node(0, labels=o.gitpod(), os="cos_containerd",
                                                         os_image="Container-Optimized OS from Google", kernel="5.15.109+")),
                 "gke", "gke-standard", {**TOGETHER, "node-os": FAIL, "node-os-version": NONE}),
    "gke autopilot": (o.gke_autopilot(), "gke", "gke-autopilot", {
        "distribution": FAIL, "distribution-tested": FAIL, "network-calico": FAIL, "privileged-pods": FAIL,
        **labelled(NONE), **dict.fromkeys(LABELS, FAIL)}),
    "aks": (o.aks(), "aks", "aks", {}),
    "aks without policy": (o.aks(calico=False), "aks", "aks", {"network-calico": FAIL}),
    "aks, spot": (o.aks().without("Node").plus(o.aks_node(0, labels={
        **o.gitpod(), "kubernetes.azure.com/scalesetpriority": "spot"}, taints=[
            {"key": "kubernetes.azure.com/scalesetpriority", "value": "spot", "effect": "NoSchedule"}])), "aks", "aks",
        {**TOGETHER, "node-spot": FAIL, "node-taints": FAIL}),
    "k3s": (o.k3s(), "k3s", "k3s", {"network-calico": FAIL, **K3S}),
    "k3s with Calico": (o.k3s(calico=True), "k3s", "k3s", K3S),
    "k3s without servicelb": (o.k3s(servicelb=False), "k3s", "k3s", {
        "network-calico": FAIL, **K3S, "load-balancer-http": FAIL, "load-balancer-ssh": FAIL}),
    "openshift": (o.openshift(), "openshift", "openshift", {
        "distribution": FAIL, "distribution-tested": FAIL, "kubernetes-version-tested": FAIL, **TOGETHER, "node-os": FAIL,
        "node-os-version": NONE, "container-runtime": FAIL, "container-runtime-version": NONE, "network-calico": FAIL,
        "load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN, "node-spot": UNKNOWN}),
    "rke2": (o.rke2(), "rke2", "rke2", {
        "distribution": UNKNOWN, "distribution-tested": FAIL, **TOGETHER, "network-calico": FAIL, "storage-class": FAIL,
        "load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN, "node-spot": UNKNOWN}),
    "kubeadm": (o.kubeadm(), None, None, {
        "distribution": UNKNOWN, "distribution-tested": UNKNOWN, **TOGETHER, "network-calico": FAIL, "storage-class": FAIL,
        "cert-manager": FAIL, "cert-manager-version": NONE, "load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN,
        "node-spot": UNKNOWN}),
    # its pools may be scaled to none, or made later
    "no nodes": (o.eks().without("Node"), "eks", "eks", {
        **labelled(UNKNOWN), **dict.fromkeys(LABELS + ("pools-separated", "headless-separated"), UNKNOWN)}),
    "Calico without a pod": (o.eks(calico=False).plus(*o.calico_operator(count=0)), "eks", "eks", {"network-calico": FAIL}),
    "Calico without a ready pod": (o.eks(calico=False).plus(*o.calico_manifest(ready=0)), "eks", "eks",
                                   {"network-calico": UNKNOWN}),
    "vpc-cni beside Calico": (o.eks(calico=False).plus(*o.calico_operator()), "eks", "eks", {}),
    "cert-manager 1.5": (bare().plus(*o.cert_manager("v1.5.4")), "eks", "eks", {"cert-manager-version": FAIL}),
    "cert-manager that is down": (bare().plus(*o.cert_manager(ready=0)), "eks", "eks", NO_MANAGER),
    "cert-manager without its definitions": (bare().plus(*part(o.cert_manager(), False)), "eks", "eks",
                                             {"cert-manager": FAIL, "cert-manager-version": NONE}),
    "definitions without cert-manager": (bare().plus(*part(o.cert_manager(), True)), "eks", "eks", NO_MANAGER),
    "no cert-manager": (bare(), "eks", "eks", {"cert-manager": FAIL, "cert-manager-version": NONE}),
    "cert-manager by digest": (o.kubeadm().plus(*o.cert_manager(digest="d" * 64)), None, None, {
        "distribution": UNKNOWN, "distribution-tested": UNKNOWN, **TOGETHER, "network-calico": FAIL, "storage-class": FAIL,
        "cert-manager-version": UNKNOWN, "load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN,
        "node-spot": UNKNOWN}),
    "cert-manager elsewhere": (o.kubeadm().plus(*o.cert_manager("v1.12.4", "gitlab", "gitlab-cert-manager")), None, None, {
        "distribution": UNKNOWN, "distribution-tested": UNKNOWN, **TOGETHER, "network-calico": FAIL, "storage-class": FAIL,
        "load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN, "node-spot": UNKNOWN}),
    "a default class of old": (o.eks().without("StorageClass").plus(
        o.storage_class("gp2", "kubernetes.io/aws-ebs", True, beta=True)), "eks", "eks", {}),
    "no default class": (o.eks().without("StorageClass").plus(o.storage_class("gp3", "ebs.csi.aws.com")), "eks", "eks",
                         {"storage-class": FAIL}),
    "no class": (o.eks().without("StorageClass"), "eks", "eks", {"storage-class": FAIL}),
    "no port 22": (o.eks().without("Service").plus(o.service("proxy", address=o.ELB)), "eks", "eks",
                   {"load-balancer-ssh": FAIL}),
    "a balancer that waits for its address": (o.eks().without("Service").plus(o.service("proxy", ports=(443, 22))),
                                              "eks", "eks", {"load-balancer-http": UNKNOWN, "load-balancer-ssh": UNKNOWN}),
    "other ports": (o.eks().without("Service").plus(o.service("grpc", ports=(8443,), address=o.ELB)), "eks", "eks", {}),
    "two default classes": (o.eks().plus(o.storage_class("gp3", "ebs.csi.aws.com", True)), "eks", "eks", {}),
    "an internal balancer": (o.eks().without("Service").plus(o.service("proxy", ports=(80, 443, 22), address=o.ELB, annotations={
        "service.beta.kubernetes.io/aws-load-balancer-internal": "true"})), "eks", "eks", {}),
    "an Ingress alone": (o.eks().without("Service").plus(o.ingress("gitpod", address="10.0.0.9")), "eks", "eks", {}),
    "k3s with traefik": (o.k3s().without("Service").without("DaemonSet").plus(
        o.service("traefik", "kube-system", address="192.168.7.10"),
        o.workload("Deployment", "traefik", "kube-system", "rancher/mirrored-library-traefik:2.9.10", count=1),
        o.workload("DaemonSet", "svclb-traefik-0a1b2c3d", "kube-system", "rancher/klipper-lb:v0.4.4")), "k3s", "k3s",
        {**K3S, "network-calico": FAIL, "load-balancer-ssh": FAIL}),
    "no Service": (o.eks().without("Service"), "eks", "eks", {}),
}


def judge(wrong, cluster, front, name):
    made, provider, distribution, differ = CASES[name]
    api = cluster.api()
    api.write(made.objects)
    front.answers("/version", made.version)
    run = check(cluster, config=front.config())
    got, expected = run.verdicts(), {**GOOD, **differ}
    if wrong.expect(got, f"{name}: no result: {run}"):
        wrong.same(f"{name}: problems", run.problems(), [])
        for row in sorted(expected):
            wrong.same(f"{name}: {row}", got.get(row), expected[row])
        failed = any(r["verdict"] == FAIL and r["severity"] == "error" for r in run.json["results"])
        wrong.same(f"{name}: exit status", run.status, 3 if failed else 0)
        wrong.same(f"{name}: providers", [c.get("provider") for c in run.json["clusters"]], [provider])
        found = run.row("distribution")["witnesses"]["cluster"]["findings"][0]
        wrong.same(f"{name}: distribution", found.get("actual"), distribution)
    api.wipe()


def main():
    wrong = Wrong()
    with Cluster() as cluster, Front(cluster) as front:
        for name in kube.sys.argv[2:] or CASES:
            judge(wrong, cluster, front, name)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
