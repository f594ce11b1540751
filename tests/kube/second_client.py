# SPDX-License-Identifier: Apache-2.0
"""The same questions to kubectl: what the snapshot says of a cluster is what the second client says of it.

usage: second_client.py PLUMBLINE [RECORDED]

RECORDED: a folder of real nodes (JSON), written to the server as they are; an optional test.
"""
import json
import pathlib
import re
import sys

import objects
from kube import Cluster, Front, Wrong, facts

UNITS = {"": 1, "Ki": 2 ** 10, "Mi": 2 ** 20, "Gi": 2 ** 30, "Ti": 2 ** 40, "k": 10 ** 3, "M": 10 ** 6, "G": 10 ** 9}


def quantity(text):
    number, unit = re.fullmatch(r"(\d+)([A-Za-z]*)", text).groups()
    return int(number) * UNITS[unit]


def leading(version):
    """The numbers at the beginning of a version, without a v."""
    return re.match(r"v?(\d+(?:\.\d+)*)", version).group(1)


def same_version(text, of):
    return text is not None and leading(text) == leading(of)


def node(wrong, what, mine, theirs):
    info, capacity = theirs["status"]["nodeInfo"], theirs["status"]["capacity"]
    wrong.same(f"{what}: labels", mine.get("labels"), theirs["metadata"].get("labels", {}))
    wrong.same(f"{what}: vcpu", mine.get("vcpu"), quantity(capacity["cpu"]))
    wrong.same(f"{what}: memory", mine.get("memory"), quantity(capacity["memory"]))
    wrong.same(f"{what}: architecture", mine.get("architecture"), info["architecture"])
    wrong.expect(same_version(mine.get("kernel_version"), info["kernelVersion"]),
                 f"{what}: kernel {mine.get('kernel_version')}, {info['kernelVersion']}")
    runtime, _, version = info["containerRuntimeVersion"].partition("://")
    wrong.same(f"{what}: runtime", mine.get("container_runtime"), runtime)
    if re.match(r"\d", version):
        wrong.expect(same_version(mine.get("container_runtime_version"), version),
                     f"{what}: runtime {mine.get('container_runtime_version')}, {version}")
    if mine.get("provider_id") or theirs["spec"].get("providerID"):
        wrong.same(f"{what}: provider ID", mine.get("provider_id"), theirs["spec"].get("providerID"))


def classes(wrong, name, run, cluster):
    marks = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
    theirs = {c["metadata"]["name"]: any(c["metadata"].get("annotations", {}).get(mark) == "true" for mark in marks)
              for c in cluster.kubectl_json("get", "storageclasses")["items"]}
    wrong.same(f"{name}: storage classes", {k: v.get("default") for k, v in run.objects("storage_class").items()}, theirs)


def balancers(wrong, name, run, cluster):
    services = [s for s in cluster.kubectl_json("get", "services", "-A")["items"] if s["spec"]["type"] == "LoadBalancer"]
    mine = {name: lb for name, lb in run.objects("load_balancer").items() if lb.get("type") != "ingress"}
    wrong.same(f"{name}: balancers", sorted(n.split("/")[-1] for n in mine), sorted(s["metadata"]["name"] for s in services))
    wrong.same(f"{name}: ports of balancers", sorted(p for lb in mine.values() for p in lb["ports"]),
               sorted(str(p["port"]) for s in services for p in s["spec"]["ports"]))


def pools(wrong, name, run, nodes):
    """Every node is in a pool, or is one: vCPUs of pools are those that nodes have."""
    mine = run.objects("pool")
    cpus = {quantity(n["status"]["capacity"]["cpu"]) for n in nodes}
    flat = set()
    for pool in run.json.get("objects", []):
        if pool["kind"] == "pool":
            flat |= {f["value"] for f in pool["facts"] if f["attribute"] == "vcpu"}
    wrong.same(f"{name}: vCPUs of pools", flat, cpus)
    wrong.expect(0 < len(mine) <= len(nodes), f"{name}: {len(mine)} pools of {len(nodes)} nodes")


def components(wrong, name, run, cluster):
    """A version that is told is the tag of an image that runs."""
    tags = set()
    for thing in cluster.kubectl_json("get", "daemonsets,deployments", "-A")["items"]:
        for container in thing["spec"]["template"]["spec"]["containers"]:
            tags.add(container["image"].rsplit("/")[-1].partition(":")[2])
    for component, seen in run.objects("component").items():
        if seen.get("version"):
            wrong.expect(any(tag and same_version(seen["version"], tag) for tag in tags if re.match(r"v?\d", tag)),
                         f"{name}: {component} {seen['version']} is the tag of nothing")


def compare(wrong, name, cluster, config):
    run = facts(cluster, config=config)
    wrong.same(f"{name}: facts", (run.status, run.problems(), run.err), (0, [], ""))
    server = json.loads(cluster.kubectl("version", "-o", "json", config=config).stdout)["serverVersion"]
    version = list(run.objects("cluster").values())[0].get("version")
    wrong.expect(same_version(version, server["gitVersion"]), f"{name}: version {version}, {server['gitVersion']}")
    nodes = cluster.kubectl_json("get", "nodes")["items"]
    mine = run.objects("node")
    wrong.same(f"{name}: names of nodes", sorted(mine), sorted(n["metadata"]["name"] for n in nodes))
    for theirs in nodes:
        what = theirs["metadata"]["name"]
        node(wrong, f"{name}: {what}", mine.get(what, {}), theirs)
    classes(wrong, name, run, cluster)
    balancers(wrong, name, run, cluster)
    pools(wrong, name, run, nodes)
    components(wrong, name, run, cluster)


def recorded_nodes(folder):
    """Real nodes as lists or alone, stripped of what a server writes itself."""
    for path in sorted(pathlib.Path(folder).rglob("*node*.json")):
        said = json.loads(path.read_text())
        items = said if isinstance(said, list) else said.get("items", [said])
        good = [n for n in items if n.get("status", {}).get("nodeInfo") and n["status"].get("capacity")]
        for n in good:
            n["kind"], n["apiVersion"] = "Node", "v1"
            for key in ("resourceVersion", "uid", "selfLink", "creationTimestamp", "managedFields", "generation",
                        "ownerReferences", "finalizers"):
                n["metadata"].pop(key, None)
            for key in ("podCIDR", "podCIDRs"):  # made illegible in some
                n.get("spec", {}).pop(key, None)
        if good:
            yield path.name, good


def recorded(wrong, cluster, front, folder):
    for name, nodes in recorded_nodes(folder):
        cluster.api().write(nodes)
        compare(wrong, name, cluster, front.config())
        cluster.api().wipe()


def main():
    wrong = Wrong()
    with Cluster() as cluster, Front(cluster) as front:
        for name, made in objects.all_distributions().items():
            cluster.api().write(made.objects)
            front.answers("/version", made.version)
            compare(wrong, name, cluster, front.config())
            cluster.api().wipe()
        if len(sys.argv) > 2 and pathlib.Path(sys.argv[2]).is_dir():
            recorded(wrong, cluster, front, sys.argv[2])
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
