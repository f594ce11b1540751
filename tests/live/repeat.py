#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A thousand runs of the collectors in one process leave no descriptor and no child; threads do not race.

usage: repeat.py REPEAT TIMES
Clusters are asked through a credential plugin; every path of a run is taken: an answer, a refusal, a reset, no server.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "kube"), str(HERE.parent / "net")]
from faults import Faults, refused  # noqa: E402
import objects  # noqa: E402

PLUGIN = """#!/bin/sh
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
"""


def listed(things):
    return {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": things}


def script():
    """What an API server of a small cluster answers, and some faults."""
    things = objects.eks().objects
    kinds = {"nodes": "Node", "services": "Service", "storageclasses": "StorageClass", "deployments": "Deployment"}
    answers = {name: listed([t for t in things if t["kind"] == kind]) for name, kind in kinds.items()}
    return {"/version": [{"gitVersion": "v1.24.17-eks-5e0fdde"}], "/apis": [{"kind": "APIGroupList", "groups": []}],
            "/api/v1/nodes": [answers["nodes"]], "/api/v1/services": [answers["services"]],
            "/apis/storage.k8s.io/v1/storageclasses": [answers["storageclasses"]],
            "/apis/apps/v1/deployments": [answers["deployments"]],
            "/apis/apps/v1/daemonsets": ["403"], "/api/v1/namespaces": ["html"],
            "/apis/networking.k8s.io/v1/ingresses": ["not-json"], "*": ["404"]}


def kubeconfig(folder, name, url, ca):
    plugin = folder / "plugin"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o755)
    path = folder / name
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": url, **({"certificate-authority": ca} if ca else {})}}],
        "users": [{"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin),
                                                  "interactiveMode": "Never"}}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
    return str(path)


def run(program, times, *words):
    done = subprocess.run([program, times, *words], capture_output=True, text=True, timeout=280, check=False)
    told = [line for line in done.stderr.splitlines() if not line.startswith("plumbline: ")]
    if done.returncode or told:
        sys.exit(f"{' '.join(words)}: {done.stdout}{chr(10).join(told)[:4000]}")
    print(words[0], done.stdout.strip())


def main():
    program, times = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder, refused() as nobody, Faults(script(), tls="good") as server:
        folder = pathlib.Path(folder)
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        run(program, times, "k8s://", "--kubeconfig", kubeconfig(folder, "good", server.url, server.ca))
        run(program, times, "k8s://", "--kubeconfig", kubeconfig(folder, "nobody", f"https://{address}", None))
        run(program, times, *(f"{scheme}://{address}" for scheme in ("mysql", "registry", "scm")),
            f"ssh://{address}", "ssh://127.0.0.2:1", "--ssh-config", "none")


if __name__ == "__main__":
    main()
