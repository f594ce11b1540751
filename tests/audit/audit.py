#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The post-provision audit, whole: a plan, a real API server, real sshds and a MySQL greeting in one run.

usage: audit.py PLUMBLINE PLAN README [--report]
The cluster was built from PLAN (examples/eks), and then somebody changed it: other machines, a label taken off, a
pool made by hand, one gone, a node of no pool; one node shows a key that nobody knows.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "kube"), str(HERE.parent / "ssh")]
PROGRAM, PLAN, README = sys.argv[1:4]
REPORT = "--report" in sys.argv
sys.argv = sys.argv[:1]
os.environ.setdefault("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))  # sshd.py moves the home
import sshd  # noqa: E402
from cluster import Cluster  # noqa: E402
from objects import eks, eks_node, gitpod  # noqa: E402

ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/gitpod"
STRANGER = "127.0.9.9"  # in no known_hosts file
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"FAILED {what}: {str(seen)[:1500]}")


def at(thing, address):
    """The node at an address of this machine."""
    for entry in thing["status"]["addresses"]:
        if entry["type"] == "InternalIP":
            entry["address"] = address
    return thing


def nodes():
    """What stands now: see the head."""
    services = gitpod("meta", "ide", "workspace_services")
    return [at(eks_node(0, "services", services, machine="m6i.xlarge"), "127.0.1.1"),
            at(eks_node(1, "services", services, machine="m6i.xlarge"), "127.0.1.2"),
            at(eks_node(2, "regular", None, machine="m6i.4xlarge", cpu=16, memory=65_000_000), "127.0.1.3"),
            at(eks_node(3, "spare", None), STRANGER),
            at(without_pool(eks_node(4, "gone")), "127.0.1.5")]


def without_pool(thing):
    for key in [k for k in thing["metadata"]["labels"] if "nodegroup" in k]:
        del thing["metadata"]["labels"][key]
    return thing


class Mysql:
    """A greeting of MySQL 5.7, served by a protocol library."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        told = pathlib.Path(self.folder.name) / "ports"
        self.child = subprocess.Popen([sys.executable, "-B", HERE.parent / "endpoint/mimic.py", told, "5.7.44-log"])
        sshd.until(told.exists, what="mysql-mimic")
        self.url = f"mysql://127.0.0.1:{json.loads(told.read_text())[0]}"
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        self.folder.cleanup()


def ssh_config(server, key):
    known = sshd.known_hosts("known", *server.known(*(f"127.0.1.{i}" for i in range(1, 6))))
    path = sshd.FOLDER / "config"
    path.write_text(f"Host *\n  Port {server.port}\n  IdentityFile {key}\n  UserKnownHostsFile {known}\n")
    return path


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=100, check=False)


def judge(text, result, status):
    rows = {r["id"]: r for r in result["results"]}
    drift = {(d["object"], d["attribute"]): d["values"] for d in result["drift"]}
    check("one cluster", len(result["clusters"]) == 1, result["clusters"])
    check("a node that is not trusted forces 2", status == 2 and result["exit_code"] == 2, status)
    check("witnesses of node-size", set(rows["node-size"]["witnesses"]) == {"plan", "cluster", "node"},
          rows["node-size"]["witnesses"])
    check("the database is asked too", rows["database"]["witnesses"]["endpoint"]["verdict"] == "pass", rows["database"])
    check("its version", rows["database-version-tested"]["verdict"] == "pass", rows["database-version-tested"])
    check("the label is gone", drift.get(("regular", "labels.gitpod.io/workload_workspace_regular"))
          == {"plan": "true", "cluster": None}, drift)
    check("other machines", drift.get(("services", "machine_type"), {}).get("cluster") == "m6i.xlarge", drift)
    told = {(d["object"], tuple(d["values"].items())) for d in result["drift"]}
    check("a pool is missing", any(d["object"] == "headless" and d["values"].get("cluster", "") is None
                                   for d in result["drift"]), told)
    check("a pool is unplanned", any(d["object"] == "spare" and d["values"].get("plan", "") is None
                                     for d in result["drift"]), told)
    lost = [p for p in result["problems"] if p["code"] == "host-key"]
    check("one node is not trusted", len(lost) == 1 and "ip-10-0-0-4" in lost[0]["source"], result["problems"])
    kernel = rows["node-kernel"]["witnesses"]["node"]["findings"] if "node-kernel" in rows else []
    check("nodes keep their names", {f["object"] for f in kernel if "object" in f} <= {n["metadata"]["name"] for n in nodes()}, kernel)
    shown = re.findall(r"^drift .*$", pathlib.Path(README).read_text(encoding="utf-8"), re.M)
    check("the README shows drift as it is printed", shown and all(f"\n{line}\n" in text for line in shown), text)


def main():
    key = sshd.keygen("me")
    server = sshd.Server("nodes", authorized=[sshd.public(key)])
    with Cluster() as cluster, Mysql() as mysql:
        cluster.api().write(eks().without("Node").objects + nodes())
        config = cluster.config()
        config["contexts"][0]["name"] = config["current-context"] = ARN
        kubeconfig = sshd.FOLDER / "kubeconfig"
        kubeconfig.write_text(json.dumps(config))
        words = ["check", PLAN, f"k8s://{ARN}", "ssh://@cluster", mysql.url, "--kubeconfig", kubeconfig, "--ssh-config",
                 ssh_config(server, key), "--as-of", "2026-11-01"]
        text = run(*words)
        again = run(*words, "-o", "json")
        check("nothing is said by a sanitizer", "Sanitizer" not in text.stderr + again.stderr, text.stderr)
        if REPORT:
            print(text.stdout)
        judge(text.stdout, json.loads(again.stdout), again.returncode)
        check("two runs are the same", run(*words).stdout == text.stdout)
        snapshot = sshd.FOLDER / "facts.json"
        facts = run("facts", *words[1:-2])
        snapshot.write_text(facts.stdout)
        check("a snapshot is judged alike", json.loads(run("check", snapshot, "-o", "json", *words[-2:]).stdout)["summary"]
              == json.loads(again.stdout)["summary"])
    sys.exit(f"{len(FAILED)} failed" if FAILED else 0)


if __name__ == "__main__":
    main()
