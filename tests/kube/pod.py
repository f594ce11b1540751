# SPDX-License-Identifier: Apache-2.0
"""In a pod: the service account that the kubelet mounts, against a real API server that issues its token.

usage: pod.py PLUMBLINE

The mount's path is fixed, so each run has a mount namespace of its own with an empty /run; nothing outside is touched.
"""
import os
import shutil
import subprocess
import sys

from kube import DAY, PLUMBLINE, Cluster, Run, Wrong, plumbline, until
import objects as o

MOUNT = "/run/secrets/kubernetes.io/serviceaccount"  # /var/run is a link to /run
INTO = f'set -e; mount -t tmpfs none /run; mkdir -p {MOUNT}; cp -r "$1"/. {MOUNT}; shift; exec "$@"'
UNSHARE = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-r", "-m"]
ACCOUNT = {"kind": "ServiceAccount", "metadata": {"name": "reader", "namespace": "default"}}


def in_pod(cluster, folder, *words, port=None, **more):
    """A run that finds the folder where a pod has its service account."""
    env = cluster.environment(KUBERNETES_SERVICE_HOST="127.0.0.1", KUBERNETES_SERVICE_PORT=str(port or cluster.port),
                              **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}, **more)
    return Run(subprocess.run([*UNSHARE, "sh", "-c", INTO, "sh", str(folder), PLUMBLINE, *words], capture_output=True,
                              env=env, timeout=60, check=False))


def mounted(cluster, name, token, ca=True):
    """A folder as the kubelet fills it."""
    folder = cluster.folder / name
    folder.mkdir()
    (folder / "token").write_text(token)
    (folder / "namespace").write_text("default")
    if ca:
        shutil.copy(cluster.ca, folder / "ca.crt")
    return folder


def token(cluster, name="reader"):
    """One that the server issues, as for a pod: bound to the service account, for an hour."""
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    return cluster.api().must("POST", f"/api/v1/namespaces/default/serviceaccounts/{name}/token", asked)["status"]["token"]


def logins(wrong, cluster):
    api, words = cluster.api(), ["check", "k8s://", "-o", "json", *DAY]
    api.write([ACCOUNT])
    secret = token(cluster)
    folder = mounted(cluster, "account", secret)
    run = in_pod(cluster, folder, *words)
    wrong.same("without a role", (run.status, {p["code"] for p in run.problems()}), (0, {"forbidden"}))
    cluster.kubectl("apply", "-f", "-", stdin=plumbline(cluster, "permissions", "k8s").out)
    cluster.kubectl("create", "clusterrolebinding", "reader", "--clusterrole=plumbline", "--serviceaccount=default:reader")
    until(lambda: not in_pod(cluster, folder, *words).problems(), 20, "the role does nothing")
    for more in ([], ["-vv"]):
        run = in_pod(cluster, folder, *words, *more)
        wrong.same("with the printed role", (run.status, run.problems(), run.verdicts().get("label-meta")), (0, [], "pass"))
        wrong.expect(secret not in run.out + run.err and secret.split(".")[2] not in run.out + run.err, "the token is shown")
    outside = plumbline(cluster, "check", "k8s://", "-o", "json", "--kubeconfig", cluster.kubeconfig(), *DAY)
    wrong.same("verdicts, as with a kubeconfig", run.verdicts(), outside.verdicts())
    config = in_pod(cluster, mounted(cluster, "beside", "no-token"), *words, "--kubeconfig", cluster.kubeconfig())
    wrong.same("a kubeconfig beside it counts", (config.status, config.problems()), (0, []))


def faults(wrong, cluster):
    words, secret = ["check", "k8s://", "-o", "json", *DAY], token(cluster)
    head, body, sign = secret.split(".")
    forged = f"{head}.{body}.{sign[::-1]}"
    cases = [
        ("a forged token", mounted(cluster, "forged", forged), {}, "unauthenticated"),
        ("an empty token", mounted(cluster, "empty", ""), {}, "unauthenticated"),
        ("no authority", mounted(cluster, "no-ca", secret, ca=False), {}, "unreachable"),
        ("nobody listens", mounted(cluster, "nobody", secret), {"port": 1}, "unreachable"),
        ("a port that is none", mounted(cluster, "port", secret), {"port": "http"}, "unreadable"),
    ]
    for name, folder, more, code in cases:
        run = in_pod(cluster, folder, *words, **more)
        wrong.same(f"{name}: status, problems, lines", (run.status, [p["code"] for p in run.problems()],
                                                        len(run.err.splitlines())), (2, [code], 1))
        wrong.expect(forged not in run.err + run.out and secret not in run.err + run.out, f"{name}: the token is shown")
    bare = cluster.folder / "bare"
    bare.mkdir()
    wrong.expect("no kubeconfig" in in_pod(cluster, bare, *words).err, "no token: what is missing is not said")


def main():
    if subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/run"], check=False).returncode:
        sys.exit("mount namespaces are needed, and may not be made here")
    wrong = Wrong()
    with Cluster() as cluster:
        cluster.api().write(o.eks().objects)
        logins(wrong, cluster)
        faults(wrong, cluster)
    wrong.end()


if __name__ == "__main__":
    sys.exit(main())
