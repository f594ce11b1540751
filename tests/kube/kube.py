# SPDX-License-Identifier: Apache-2.0
"""What the tests of the cluster witness share: a cluster, runs of the program against it, saying what is wrong.

usage of each: PROGRAM.py PLUMBLINE

Each starts a Cluster of its own; `Wrong` collects what is not as it should be.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "net")]
from certs import Authority  # noqa: E402,F401
from cluster import Cluster, until  # noqa: E402,F401
from faults import Faults  # noqa: E402

PLUMBLINE = os.path.abspath(sys.argv[1])
DAY = ["--as-of", "2026-11-22"]
JSON = {"Content-Type": "application/json"}


class Run:
    """One run: .status, .out, .err (text), .json (what -o json said; {} when it is none)."""

    def __init__(self, done):
        self.status = done.returncode
        self.out, self.err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        try:
            self.json = json.loads(self.out)
        except ValueError:
            self.json = {}

    def verdicts(self):
        return {row["id"]: row["verdict"] for row in self.json.get("results", [])}

    def row(self, name):
        return next((row for row in self.json.get("results", []) if row["id"] == name), None)

    def problems(self):
        """Without the one that says that nothing is left to judge."""
        return [p for p in self.json.get("problems", []) if p["code"] != "refused"]

    def objects(self, kind):
        """Of a snapshot: name -> {attribute: value}."""
        return {o["name"]: {f["attribute"]: f.get("value") for f in o.get("facts", [])}
                for o in self.json.get("objects", []) if o["kind"] == kind}

    def __str__(self):
        return f"exit {self.status}; {self.err.strip()}; problems {json.dumps(self.problems())}"


def plumbline(cluster, *args, env=None, timeout=60, stdin=b""):
    """One run without anything of the user's; LeakSanitizer cannot run beside a tracer, nothing else is off."""
    keep = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    done = subprocess.run([PLUMBLINE, *args], input=stdin, capture_output=True, timeout=timeout,
                          env=cluster.environment(**keep, **(env or {})))
    return Run(done)


def check(cluster, *args, config=None, user="admin", source="k8s://", **more):
    return plumbline(cluster, "check", source, "--kubeconfig", config or cluster.kubeconfig(user), "-o", "json", *DAY,
                     *args, **more)


def facts(cluster, *args, config=None, user="admin", source="k8s://", **more):
    return plumbline(cluster, "facts", source, "--kubeconfig", config or cluster.kubeconfig(user), *args, **more)


class Front:
    """A server in front of the API server that changes some of its answers; .config: the way in through it."""

    def __init__(self, cluster, script=None):
        self.faults = Faults(script or {}, tls="good", upstream=cluster.url)
        self.cluster = cluster

    def answers(self, path, body):
        """From now on, what begins with that path is answered with this JSON."""
        self.faults.script[path] = lambda request: (200, JSON, json.dumps(body).encode())

    def config(self, user="admin"):
        return self.cluster.kubeconfig(user, server=self.faults.url, ca=self.faults.ca)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.faults.stop()


class Wrong:
    """Collects lines; the program ends with 1 when there are any."""

    def __init__(self):
        self.lines, self.asked = [], 0
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster goes, too

    def expect(self, good, text):
        self.asked += 1
        if not good:
            self.lines.append(str(text))
        return bool(good)

    def same(self, what, got, expected):
        return self.expect(got == expected, f"{what}: {got!r}, expected {expected!r}")

    def end(self):
        print("\n".join(self.lines + [f"{self.asked} expectations, {len(self.lines)} wrong"]))
        sys.exit(1 if self.lines else 0)
