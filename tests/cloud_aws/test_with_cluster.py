# SPDX-License-Identifier: Apache-2.0
"""--with-cluster: the Kubernetes API of an EKS cluster, asked with the cloud's credentials; and a run that is replayed from
its own log.

usage: test_with_cluster.py PLUMBLINE AWS

The API server is a real one.  In front of it stands what EKS puts there: the token is an address of STS, signed; botocore
computes its signature again.
"""
import base64
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / "kube"), str(HERE.parent / "net")]
import botocore.auth  # noqa: E402
import botocore.awsrequest  # noqa: E402
import botocore.credentials  # noqa: E402
from cluster import Cluster  # noqa: E402
from fake import Cloud, Fake  # noqa: E402
from front import Front  # noqa: E402
from objects import eks, eks_node, gitpod  # noqa: E402

PROGRAM, AWS = sys.argv[1:3]
SOURCE = "eks://eu-west-1/gitpod"
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1200]}")


def address_in(token):
    text = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def is_signed(url, name, keys):
    """Does botocore find the same signature for the address?"""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    signature = query.pop("X-Amz-Signature")
    plain = parts._replace(query=urllib.parse.urlencode(query, quote_via=urllib.parse.quote)).geturl()
    request = botocore.awsrequest.AWSRequest(method="GET", url=plain, headers={"x-k8s-aws-id": name})
    request.context["timestamp"] = query["X-Amz-Date"]
    auth = botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(*keys), "sts", "eu-west-1", 60)
    text = auth.canonical_request(request)
    return auth.signature(auth.string_to_sign(request, text), request) == signature and query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"


def run(env, *words):
    return subprocess.run([PROGRAM, *map(str, words)], env=env, capture_output=True, text=True, timeout=90, check=False)


def joined(fake, folder, front):
    env = fake.environment(folder)
    done = run(env, "check", SOURCE, "--with-cluster", "-o", "json", "--as-of", "2026-11-01", "-vv")
    result = json.loads(done.stdout)
    check("one cluster of two witnesses", [c["name"] for c in result["clusters"]] == ["gitpod"] and
          [s["witness"] for s in result["sources"]] == ["cloud", "cluster"], (result["clusters"], result["sources"]))
    rows = {r["id"]: r for r in result["results"]}
    check("both say what labels there are", set(rows["label-meta"]["witnesses"]) == {"cloud", "cluster"} and
          rows["label-meta"]["verdict"] == "pass", rows["label-meta"])
    drift = {(d["object"], d["attribute"]): d["values"] for d in result["drift"]}
    check("what they say differently is drift", drift.get(("services", "machine_type")) == {"cloud": "m5.xlarge", "cluster": "m6i.xlarge"},
          drift)
    check("the token is signed as botocore signs it", front.tokens and all(map(front.lets_in, front.tokens)),
          front.tokens[:1])
    theirs = json.loads(subprocess.run([AWS, "--region", "eu-west-1", "eks", "get-token", "--cluster-name", "gitpod"], env=env,
                                       capture_output=True, text=True, check=True).stdout)["status"]["token"]
    names = [sorted(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address_in(t)).query))) for t in (front.tokens[0], theirs)]
    check("it has the parts that the aws CLI's has", names[0] == names[1], names)
    check("the token is nowhere", front.tokens[0] not in done.stdout + done.stderr)


# ---- a log is enough to answer again ----

def replayed(fake, folder):
    log = folder / "log"
    first = run(fake.environment(folder), "check", SOURCE, "--trace-http", log, "--as-of", "2026-11-01")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    check("every line is an exchange", len(entries) > 8 and all(e["status"] == 200 for e in entries), entries[:1])
    answers = {(e["method"], urllib.parse.urlsplit(e["url"])[2:4], e.get("request", "")): e for e in entries}

    class Door(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            entry = answers[self.command, urllib.parse.urlsplit(self.path)[2:4], body]
            data = entry["answer"].encode()
            self.send_response(entry["status"])
            self.send_header("Content-Type", entry["type"])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = fake.environment(folder) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}"}
    second = run(env, "check", SOURCE, "--as-of", "2026-11-01")
    server.shutdown()
    check("the same report", first.stdout == second.stdout and first.returncode == second.returncode and first.stdout, second.stderr)
    check("boot texts are not in the log", "c2VjcmV0" not in log.read_text())


def main():
    cloud = Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    keys = ("AKIDEXAMPLE", *cloud.keys["AKIDEXAMPLE"])
    labels = {"gitpod.io/workload_meta": "true"}
    with tempfile.TemporaryDirectory() as name, Cluster() as cluster, Fake(cloud) as fake:
        cluster.api().write(eks().without("Node").objects + [
            eks_node(n, "services", gitpod("meta"), machine="m6i.xlarge") for n in range(2)])
        front = Front(cluster, lambda token: token.startswith("k8s-aws-v1.") and is_signed(address_in(token), "gitpod", keys))
        cloud.cluster("gitpod", version="1.34", subnets=("subnet-a",), endpoint=front.url, ca=front.ca)
        cloud.group("gitpod", "services", labels=labels, launchTemplate={"id": "lt-1", "version": "1"}, diskSize=0)
        cloud.templates["lt-1"] = {"ImageId": "ami-1", "UserData": "c2VjcmV0LXVzZXItZGF0YQ=="}
        joined(fake, pathlib.Path(name), front)
        replayed(fake, pathlib.Path(name))
        front.stop()
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
