# SPDX-License-Identifier: Apache-2.0
"""Kubeconfigs made at random come to the same here as with kubectl: files merged, paths, every field.

usage: view_test.py KUBECONFIG_SHOW [SEED [CASES]]
"""
import base64
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "kube"))
import cluster  # noqa: E402

SHOW, SEED, CASES = sys.argv[1], int((sys.argv[2:] or [7])[0]), int((sys.argv[3:] or [100])[0])
KUBECTL = cluster.programs()[1]
CERT = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
PEM = {"certificate-authority": CERT, "client-certificate": CERT, "client-key": KEY}


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Maker:
    """One set of kubeconfigs in a folder, and how the programs are called with it."""

    def __init__(self, seed, home):
        self.rand, self.home, self.number = random.Random(seed), home, 0
        self.paths = {}  # as written: absolute
        (home / ".kube").mkdir(parents=True)
        (home / "work").mkdir()

    def chance(self, percent):
        return self.rand.random() * 100 < percent

    def pick(self, *of):
        return self.rand.choice(of)

    def unique(self, prefix):
        self.number += 1
        return f"{prefix}{self.number}"

    def path(self, folder, *patterns):
        """A path as somebody writes it in a file of that folder."""
        written = self.pick(*patterns) % self.unique("name")
        self.paths[written] = os.path.normpath(folder / written) if "/" in written else written
        return written

    def pem(self, entry, key, folder):
        """As data or as a file, in the words in which paths are written."""
        text = PEM[key] % b64(self.unique("der"))
        if self.chance(50):
            entry[key + "-data"] = b64(text)
            return
        name = self.unique("file") + ".pem"
        where, written = self.pick((folder, name), (folder, "./" + name), (folder.parent, "../" + name),
                                   (folder, f"x/.././{name}"), (self.home, str(self.home / name)))
        (folder / "x").mkdir(exist_ok=True)
        (where / name).write_text(text)
        entry[key] = written

    def cluster(self, folder):
        c = {"server": self.pick("https://%s:6443", "https://%s", "https://%s/k8s/clusters/c-1", "http://%s:8080",
                                 "https://[2001:db8::1]:6443/%s") % self.unique("host")}
        if self.chance(60):
            self.pem(c, "certificate-authority", folder)
        elif self.chance(50):
            c["insecure-skip-tls-verify"] = True
        if self.chance(30):
            c["tls-server-name"] = self.unique("name")
        if self.chance(30):
            c["proxy-url"] = self.pick("http://user:word@%s:3128", "https://%s", "socks5://%s:1080") % self.unique("proxy")
        if self.chance(30):
            c["disable-compression"] = self.chance(50)
        if self.chance(20):
            c["extensions"] = [{"name": "other", "extension": {"provider": "minikube.sigs.k8s.io"}}]
        return c

    def exec(self, folder):
        e = {"apiVersion": "client.authentication.k8s.io/" + self.pick("v1", "v1beta1"),
             "command": self.path(folder, "%s", "./%s", "bin/%s", "/usr/bin/%s", "../up/.//%s", "../../../../../%s"),
             "interactiveMode": self.pick("Never", "IfAvailable", "Always"), "provideClusterInfo": self.chance(50)}
        if e["apiVersion"].endswith("beta1") and self.chance(50):
            del e["interactiveMode"]
        if self.chance(60):
            e["args"] = [self.unique("--arg="), self.pick("", "two words", "'quoted'", "no", "1")]
        if self.chance(60):
            e["env"] = [{"name": self.unique("NAME"), "value": self.pick("", "a=b", "x y", "true")}]
        if self.chance(30):
            e["installHint"] = "Install it:\n  from here\n"
        return e

    def user(self, folder):
        u = {}
        how = self.pick("token", "tokenFile", "cert", "exec", "nothing", "token and file", "cert and token", "token, exec")
        if "token" in how:
            u["token"] = self.unique("token-")
        if "ile" in how:
            u["tokenFile"] = self.path(folder, "./%s", "/run/%s", "../t/%s", "a/../%s")
        if "cert" in how:
            self.pem(u, "client-certificate", folder)
            self.pem(u, "client-key", folder)
        if "exec" in how:
            u["exec"] = self.exec(folder)
        if self.chance(30):
            u["as"] = self.pick("admin", "system:serviceaccount:a:b", "Zoë")
            for key, value in (("as-uid", "1-2"), ("as-groups", ["g1", "system:masters"]),
                               ("as-user-extra", {"scopes": ["a", "b"], "x/y%z": ["c"]})):
                if self.chance(50):
                    u[key] = value
        return u

    def entries(self, kind, make, names):
        return [{"name": name, kind: make()} for name in self.rand.sample(names, len(names)) if self.chance(95)]

    def file(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        names = ["a", "b", "c: d"]
        config = {"apiVersion": "v1", "kind": "Config", "preferences": {},
                  "clusters": self.entries("cluster", lambda: self.cluster(path.parent), names),
                  "users": self.entries("user", lambda: self.user(path.parent), names),
                  "contexts": self.entries("context", lambda: {"cluster": self.pick(*names), "user": self.pick(*names),
                                                               "namespace": "spaces"}, names + ["x"])}
        for key in ("apiVersion", "kind", "preferences", "clusters", "users", "contexts"):
            if self.chance(2):
                config[key] = None
        if self.chance(80):
            config["current-context"] = self.pick("", *names, *names, "x")
        write = self.pick(lambda c: yaml.safe_dump(c), lambda c: yaml.safe_dump(c, default_flow_style=True),
                          lambda c: json.dumps(c, ensure_ascii=False), lambda c: json.dumps(c, indent="\t"),
                          lambda c: "---\n" + yaml.safe_dump(c, allow_unicode=True, width=30))
        path.write_text("" if self.chance(5) else write(config))

    def case(self):
        """(arguments, environment, folder to run in)"""
        files = [self.pick("one/config", "two/deep/config", "three.yaml", ".kube/config", "work/here") for _ in range(4)]
        for name in files:
            self.file(self.home / name)
        env = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        listed = [self.pick(str(self.home / name), os.path.relpath(self.home / name, self.home / "work"))
                  for name in files[:self.rand.randint(1, 4)]]
        for _ in range(self.rand.randint(0, 2)):
            listed.insert(self.rand.randint(0, len(listed)), self.pick("", "/no/such/file", "missing", listed[0]))
        if self.chance(80):
            env["KUBECONFIG"] = ":".join(listed)
        arguments = []
        if self.chance(20):
            arguments += ["--kubeconfig", listed[-1] or str(self.home / files[0])]
        if self.chance(40):
            arguments += ["--context", self.pick("a", "b", "c: d", "x", "a", "b", "no such")]
        return arguments, env, self.home / "work"


def headers(user):
    if "as" not in user:
        return []
    extra = {"Impersonate-Extra-" + key.replace("%", "%25").replace("/", "%2F"): values
             for key, values in user.get("as-user-extra", {}).items()}
    return sorted([f"Impersonate-User: {user['as']}"]
                  + [f"Impersonate-Uid: {user['as-uid']}" for _ in range("as-uid" in user)]
                  + [f"Impersonate-Group: {group}" for group in user.get("as-groups", [])]
                  + [f"{key}: {value}" for key, values in extra.items() for value in values])


def exec_of(user, paths):
    e = user.get("exec")
    if not e or "token" in user or "tokenFile" in user or "client-certificate-data" in user:
        return None
    return {"argv": [paths[e["command"]]] + (e["args"] or []), "env": [f"{v['name']}={v['value']}" for v in e["env"] or []],
            "version": e["apiVersion"], "mode": e["interactiveMode"], "provide_cluster": e["provideClusterInfo"],
            "hint": e.get("installHint")}


def expected(view, paths):
    """What kubectl shows, in our words.  It has files read, of the other paths it shows what is written."""
    context, clusters, users = view["contexts"][0], view["clusters"][0], (view["users"] or [{"name": "", "user": {}}])[0]
    c, u = clusters["cluster"], users["user"]
    proxy = c.get("proxy-url")
    return {"context": context["name"], "cluster": clusters["name"], "user": users["name"], "server": c["server"],
            "ca": c.get("certificate-authority-data"), "server_name": c.get("tls-server-name"),
            "proxy": proxy and proxy.replace("socks5:", "socks5h:"), "insecure": c.get("insecure-skip-tls-verify", False),
            "no_compression": c.get("disable-compression", False), "plain": c["server"].startswith("http:"),
            "token": u.get("token"), "token_file": u.get("tokenFile") and paths[u["tokenFile"]], "cert": u.get("client-certificate-data"),
            "key": u.get("client-key-data"), "headers": headers(u), "exec": exec_of(u, paths)}


def differences(seed):
    with tempfile.TemporaryDirectory() as home:
        maker = Maker(seed, pathlib.Path(home).resolve())
        arguments, env, folder = maker.case()
        theirs = subprocess.run([KUBECTL, "config", "view", "--raw", "--minify", "--flatten", "-o", "json", *arguments], cwd=folder,
                                env=env, capture_output=True, text=True, check=False)
        ours = subprocess.run([SHOW, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
        if ours.returncode not in (0, 1) or (ours.returncode and ours.stderr.count("\n") != 1):
            return "broke", f"ended with {ours.returncode}: {ours.stderr}"
        if bool(theirs.returncode) != bool(ours.returncode):
            return "differs", f"kubectl: {theirs.stderr or 'takes it'}, here: {ours.stderr or 'taken'}"
        if ours.returncode:
            return "refused", None
        got, want = json.loads(ours.stdout), expected(json.loads(theirs.stdout), maker.paths)
        got["headers"].sort()
        if got.get("exec"):
            got["exec"].setdefault("hint", None)
        wrong = [f"{key}: here {got.get(key)!r}, kubectl {value!r}" for key, value in want.items() if got.get(key) != value]
        return "differs" if wrong else "same", "; ".join(wrong)


def main():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(differences, range(SEED * 1000, SEED * 1000 + CASES)))
    counts = {word: sum(r[0] == word for r in results) for word in ("same", "refused", "differs", "broke")}
    for number, (word, text) in enumerate(results):
        if word in ("differs", "broke"):
            print(f"seed {SEED}, case {number}: {text}")
    print(counts)
    # were most refused, the comparison would show little
    sys.exit(counts["differs"] + counts["broke"] > 0 or counts["same"] * 3 < CASES)


main()
