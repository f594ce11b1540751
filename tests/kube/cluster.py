# SPDX-License-Identifier: Apache-2.0
"""A real Kubernetes API server with etcd for tests: RBAC, tokens, client certificates, no kubelet, no controller.

    with Cluster() as cluster:
        cluster.api().create(node)
        cluster.kubectl("get", "nodes")

Objects are exactly what a test wrote.  Everything listens on ephemeral ports of 127.0.0.1, lives in one temporary
folder and ends with the process that started it.  Ready after 2 to 10 seconds, so each program has its own.
"""
import concurrent.futures
import contextlib
import ctypes
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "net")]
from certs import Authority, openssl  # noqa: E402

READY_WITHIN, STOP_WITHIN = 90, 10  # seconds
USERS = {  # user: groups; its token is "token-of-USER"
    "admin": ["system:masters"],
    "deputy": ["system:masters"],
    "reader": [],   # what tests bind roles to
    "nobody": [],   # may do nothing
    "revoked": [],  # in no token file: its token is unknown
}


class ApiError(Exception):
    def __init__(self, method, path, status, body):
        super().__init__(f"{method} {path}: {status} {body.get('message', body) if isinstance(body, dict) else body}")
        self.status, self.body = status, body


# kind: (path of the group and version, plural, whether it stands in a namespace)
KINDS = {
    "Namespace": ("/api/v1", "namespaces", False),
    "Node": ("/api/v1", "nodes", False),
    "Service": ("/api/v1", "services", True),
    "ServiceAccount": ("/api/v1", "serviceaccounts", True),
    "ConfigMap": ("/api/v1", "configmaps", True),
    "Pod": ("/api/v1", "pods", True),
    "ResourceQuota": ("/api/v1", "resourcequotas", True),
    "DaemonSet": ("/apis/apps/v1", "daemonsets", True),
    "Deployment": ("/apis/apps/v1", "deployments", True),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses", True),
    "IngressClass": ("/apis/networking.k8s.io/v1", "ingressclasses", False),
    "StorageClass": ("/apis/storage.k8s.io/v1", "storageclasses", False),
    "ValidatingWebhookConfiguration":
        ("/apis/admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", False),
    "MutatingWebhookConfiguration": ("/apis/admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", False),
    "ValidatingAdmissionPolicy": ("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", False),
    "ValidatingAdmissionPolicyBinding":
        ("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", False),
    "ClusterRole": ("/apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "ClusterRoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "Role": ("/apis/rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "CustomResourceDefinition": ("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions", False),
}
# what wipe() empties, and the namespaces it leaves
WIPED = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicyBinding",
         "ValidatingAdmissionPolicy", "CustomResourceDefinition", "Node", "DaemonSet", "Deployment", "Service",
         "Ingress", "IngressClass", "StorageClass", "ServiceAccount", "Pod", "ResourceQuota")
OWN_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


def path_of(thing, name=None):
    """The path of an object's collection, or of one object in it."""
    meta = thing.get("metadata", {})
    group, plural, spaced = KINDS[thing["kind"]]
    space = f"/namespaces/{meta.get('namespace', 'default')}" if spaced else ""
    return f"{group}{space}/{plural}" + (f"/{name}" if name else "")


class Api:
    """REST over one kept connection, for one thread."""

    def __init__(self, port, ca, token=None, context=None):
        if context is None:
            context = ssl.create_default_context(cafile=ca)
        self.connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method, path, body=None, content="application/json"):
        """(status, the answer's JSON or text)"""
        data = json.dumps(body).encode() if body is not None else None
        headers = {**self.headers, **({"Content-Type": content} if data else {})}
        try:
            self.connection.request(method, path, data, headers)
            got = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # an idle connection that the server closed
            self.connection.close()
            self.connection.request(method, path, data, headers)
            got = self.connection.getresponse()
        text = got.read().decode()
        try:
            return got.status, json.loads(text)
        except ValueError:
            return got.status, text

    def must(self, method, path, body=None, content="application/json"):
        status, answer = self.ask(method, path, body, content)
        if status >= 300:
            raise ApiError(method, path, status, answer)
        return answer

    def get(self, path):
        return self.must("GET", path)

    def create(self, thing):
        """Writes an object, its status too when it has one; returns it as the server has it then."""
        path = path_of(thing)
        made = self.must("POST", path, {"apiVersion": KINDS[thing["kind"]][0].split("/", 2)[-1], **thing})
        if "status" in thing:
            made = self.must("PATCH", f"{path}/{thing['metadata']['name']}/status", {"status": thing["status"]},
                             "application/merge-patch+json")
        return made

    def _served(self, definition):
        """Waits until a custom resource is served."""
        spec = definition["spec"]
        path = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}?limit=1"
        until(lambda: self.ask("GET", path)[0] == 200, 20, f"{path} is not served")

    def write(self, things):
        """Namespaces first, definitions second; a namespace that is there already only gets the labels."""
        order = {"Namespace": 0, "CustomResourceDefinition": 1}
        for thing in sorted(things, key=lambda t: order.get(t["kind"], 2)):
            if thing["kind"] == "Namespace" and self.ask("GET", path_of(thing, thing["metadata"]["name"]))[0] == 200:
                self.must("PATCH", path_of(thing, thing["metadata"]["name"]),
                          {"metadata": {"labels": thing["metadata"].get("labels", {})}},
                          "application/merge-patch+json")
            else:
                self.create(thing)
        for thing in things:
            if thing["kind"] == "CustomResourceDefinition":
                self._served(thing)

    def delete(self, thing):
        self.must("DELETE", path_of(thing, thing["metadata"]["name"]) + "?gracePeriodSeconds=0")

    def items(self, kind):
        """All objects of a kind, in all namespaces."""
        group, plural, _ = KINDS[kind]
        return self.get(f"{group}/{plural}")["items"]

    def wipe(self):
        """Takes away all that tests write, and the Pod Security labels of the server's own namespaces."""
        for kind in WIPED:
            for thing in self.items(kind):
                if kind == "Service" and thing["metadata"]["name"] == "kubernetes":
                    continue
                self.ask("DELETE", path_of({**thing, "kind": kind}, thing["metadata"]["name"]) + "?gracePeriodSeconds=0")
        for space in self.items("Namespace"):
            self._wipe_namespace(space)
        until(lambda: not self.items("CustomResourceDefinition"), 20, "a definition does not go")

    def _wipe_namespace(self, space):
        name, labels = space["metadata"]["name"], space["metadata"].get("labels", {})
        if name in OWN_NAMESPACES:
            gone = {key: None for key in labels if key.startswith("pod-security.")}
            if gone:
                self.must("PATCH", f"/api/v1/namespaces/{name}", {"metadata": {"labels": gone}},
                          "application/merge-patch+json")
            return
        self.must("DELETE", f"/api/v1/namespaces/{name}")
        space["spec"] = {"finalizers": []}  # the controller that would do it does not run
        space["metadata"].pop("resourceVersion")
        self.ask("PUT", f"/api/v1/namespaces/{name}/finalize", {**space, "kind": "Namespace", "apiVersion": "v1"})


def until(done, seconds, text):
    """Polls until done() is true; fails with text after so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(text)
        time.sleep(0.05)


def programs():
    """(kube-apiserver, kubectl), where kube_programs of scripts/lib.sh puts them."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    digest = hashlib.sha256((HERE / "go.sum").read_bytes()).hexdigest()[:16]
    folder = cache / "plumbline" / f"kube-apiserver-{digest}"
    if not folder.is_dir():
        sys.exit(f"{folder} is missing: scripts/test builds it")
    return str(folder / "kube-apiserver"), str(folder / "kubectl")


def free_ports(count):
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Cluster:
    """Starts etcd and kube-apiserver; ends them, and removes their folder, on stop().  port, url, ca (path of the
    authority's certificate), etcd (its URL), folder (for files of the test, too)."""

    def __init__(self, extra=()):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-kube-"))
        self.children = []
        try:
            port = self._start(folder, list(extra))
        except BaseException:
            self._end(folder)
            raise
        self.folder, self.port, self.url = folder, port, f"https://127.0.0.1:{port}"
        self.ca = str(folder / "ca" / "ca.crt")
        self.kubectl_path = programs()[1]

    def _start(self, folder, extra):
        for name in ("configs", "home"):
            (folder / name).mkdir()
        authority = Authority(folder / "ca", "the test cluster")
        cert, key = authority.server("apiserver")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / "sa.key")
        lines = [f'token-of-{user},{user},{user},"{",".join(groups)}"' for user, groups in USERS.items()
                 if user != "revoked"]
        (folder / "tokens.csv").write_text("\n".join(lines) + "\n")
        for attempt in range(3):  # somebody may take a port between asking for it and listening on it
            client, peer, port = free_ports(3)
            self._spawn(folder, "etcd", [
                "etcd", "--name", "test", "--data-dir", folder / f"etcd-{attempt}", "--unsafe-no-fsync",
                "--listen-client-urls", f"http://127.0.0.1:{client}", "--advertise-client-urls", f"http://127.0.0.1:{client}",
                "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                "--initial-cluster", f"test=http://127.0.0.1:{peer}", "--quota-backend-bytes", 4 << 30])
            self._spawn(folder, "apiserver", [
                programs()[0], "--etcd-servers", f"http://127.0.0.1:{client}", "--bind-address", "127.0.0.1",
                "--secure-port", port, "--advertise-address", "127.0.0.1", "--cert-dir", folder / "certs",
                "--tls-cert-file", cert, "--tls-private-key-file", key, "--client-ca-file", authority.path,
                "--token-auth-file", folder / "tokens.csv", "--authorization-mode", "RBAC", "--allow-privileged",
                "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", folder / "sa.key",
                "--service-account-signing-key-file", folder / "sa.key", "--service-cluster-ip-range", "10.96.0.0/16",
                "--endpoint-reconciler-type", "none", *extra])
            if self._ready(folder, port):
                self.etcd = f"http://127.0.0.1:{client}"
                return port
            self._kill()
        raise RuntimeError("no API server: " + self._tail(folder, "apiserver") + self._tail(folder, "etcd"))

    def _spawn(self, folder, name, command):
        with open(folder / f"{name}.log", "ab") as log:
            self.children.append(subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                                  stderr=log, cwd=folder, preexec_fn=die_with_parent, env={
                                                      "PATH": os.environ["PATH"], "HOME": str(folder / "home")}))

    def _ready(self, folder, port):
        """Waits for /readyz; false when a program ended."""
        api = Api(port, str(folder / "ca" / "ca.crt"), "token-of-admin")
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if any(child.poll() is not None for child in self.children):
                return False
            with contextlib.suppress(OSError, http.client.HTTPException):
                if api.ask("GET", "/readyz")[0] == 200 and api.ask("GET", "/api/v1/namespaces/default")[0] == 200:
                    return True
            api.connection.close()
            time.sleep(0.1)
        raise RuntimeError("the API server is not ready in time: " + self._tail(folder, "apiserver"))

    @staticmethod
    def _tail(folder, name):
        path = folder / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(lines[-12:])

    def _kill(self):
        for child in reversed(self.children):
            child.kill()  # nothing of theirs is kept
            child.wait(STOP_WITHIN)
        self.children.clear()

    def _end(self, folder):
        self._kill()
        shutil.rmtree(folder, ignore_errors=True)

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._end(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._end(self.folder)

    def token(self, user):
        return f"token-of-{user}"

    def api(self, user="admin"):
        return Api(self.port, self.ca, self.token(user))

    def authority(self):
        """The one whose server and client certificates the API server trusts."""
        return Authority.opened(self.folder / "ca")

    def config(self, user="admin", server=None, ca=None, **credentials):
        """A kubeconfig as a dict: a user's token, or the credentials given (as a kubeconfig's user has them)."""
        return {"apiVersion": "v1", "kind": "Config", "current-context": "test",
                "clusters": [{"name": "test", "cluster": {"server": server or self.url,
                                                          "certificate-authority": ca or self.ca}}],
                "users": [{"name": user, "user": credentials or {"token": self.token(user)}}],
                "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}]}

    def kubeconfig(self, user="admin", **more):
        """The path of such a kubeconfig, written anew."""
        fd, path = tempfile.mkstemp(suffix=".kubeconfig", dir=self.folder / "configs")
        with os.fdopen(fd, "w") as file:
            json.dump(self.config(user, **more), file)
        return path

    def environment(self, **more):
        """Nothing of the user's own: no home, no proxy, no kubeconfig."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8", **more}

    def kubectl(self, *args, user="admin", config=None, stdin=None, check=True):
        done = subprocess.run([self.kubectl_path, "--kubeconfig", config or self.kubeconfig(user), *args],
                              input=stdin, capture_output=True, text=True, timeout=60, check=False,
                              env=self.environment())
        if check and done.returncode:
            raise RuntimeError(f"kubectl {' '.join(args)}: {done.stderr}")
        return done

    def kubectl_json(self, *args, **more):
        return json.loads(self.kubectl(*args, "-o", "json", **more).stdout)

    def nodes(self, count, make, connections=8):
        """Writes count nodes, make(number), with their status."""
        with concurrent.futures.ThreadPoolExecutor(connections) as pool:
            list(pool.map(lambda part: self._write(make, range(part, count, connections)), range(connections)))

    def _write(self, make, numbers):
        api = self.api()
        for number in numbers:
            api.create(make(number))
