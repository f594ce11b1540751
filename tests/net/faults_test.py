# SPDX-License-Identifier: Apache-2.0
"""The server of faults does what it says: curl, which has no part in us, meets each of them.

usage: faults_test.py
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import urllib.request
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import CONNECTS, FAULTS, BlackHole, Faults, refused  # noqa: E402

GOOD, TIMEOUT, PEER, REFUSED, PARTIAL, NOTHING, INFLATE, TOO_MUCH = 0, 28, 60, 7, 18, 52, 61, 63
BROKEN = (7, 35, 52, 56)  # curl words a reset by where it meets it

# fault: (exit statuses of curl, HTTP status)
EXPECTED = {
    "reset-after-request": (BROKEN, "000"), "reset-in-head": (BROKEN, "200"), "reset-in-body": ((56, 18), "200"),
    # some versions of curl take a head that breaks off for a whole one, and a gzip that does
    "close-after-request": ((NOTHING,), "000"), "close-in-head": ((GOOD, NOTHING, 8, 56), "200"),
    "close-in-body": ((PARTIAL,), "200"), "silent-after-request": ((TIMEOUT,), "000"),
    "slow-head": ((TIMEOUT,), "000"), "slow-body": ((TIMEOUT,), "200"),
    "huge": ((TOO_MUCH,), "200"),
    "html": ((GOOD,), "200"), "html-502": ((GOOD,), "502"), "empty": ((GOOD,), "200"), "not-json": ((GOOD,), "200"),
    "truncated-gzip": ((GOOD, INFLATE, 56, 23, 18), "200"), "broken-gzip": ((INFLATE, 56, 23), "200"),
    "redirect-loop": ((47,), "302"), "redirect-away": ((REFUSED,), "307"),
    "not-http": ((1,), "000"), "long-head": ((27, 56, 100), "200"),
    "429-long": ((GOOD,), "429"),
}
EXPECTED_CONNECTS = {"pass": (GOOD,), "reset-on-accept": BROKEN, "reset-after-hello": BROKEN,
                     "close-on-accept": BROKEN, "silent": (TIMEOUT,)}
EXPECTED_TLS = {"good": (GOOD,), "expired": (PEER,), "not-yet": (PEER,), "wrong-name": (PEER,),
                "unknown-ca": (PEER,), "self-signed": (PEER,)}


def curl(url, *more, seconds="2"):
    """(exit status, HTTP status, body)"""
    done = subprocess.run(["curl", "-sS", "-L", "--max-redirs", "5", "-m", seconds, "--compressed", "--noproxy", "*",
                           "--max-filesize", "50000000", "-w", "\n%{http_code}", *more, url],
                          capture_output=True, check=False)
    body, _, code = done.stdout.rpartition(b"\n")
    return done.returncode, code.decode(), body


def fault(server, name):
    exits, code = EXPECTED.get(name, ((GOOD,), name[:3]))
    got, status, _ = curl(f"{server.url}/{name}/v2/")
    if got not in exits or status != code:
        yield f"{name}: curl ended with {got}, status {status}; expected {exits}, {code}"


def bomb(server):
    with urllib.request.urlopen(server.url + "/bomb") as got:
        body = got.read()
    inflate, size = zlib.decompressobj(31), 0
    while size < 10 ** 8 and body:
        size += len(inflate.decompress(body, 10 ** 7))
        body = inflate.unconsumed_tail
    if size < 10 ** 8:
        yield f"the bomb has {size} bytes"


def connect(name, tls):
    with Faults({"connect": [name]}, tls=tls) as server:
        got = curl(server.url, *(["--cacert", server.ca] if tls else []))[0]
    if got not in EXPECTED_CONNECTS[name]:
        yield f"connect {name}, tls {tls}: curl ended with {got}; expected {EXPECTED_CONNECTS[name]}"


def tls(kind):
    with Faults(tls=kind) as server:
        got = curl(server.url, *(["--cacert", server.ca] if server.ca else []))[0]
    if got not in EXPECTED_TLS[kind]:
        yield f"certificate {kind}: curl ended with {got}; expected {EXPECTED_TLS[kind]}"


def ports():
    with refused() as sock, BlackHole() as hole:
        if curl(f"http://127.0.0.1:{sock.getsockname()[1]}/")[0] != REFUSED:
            yield "a port that nobody listens on does not refuse"
        if curl(f"http://127.0.0.1:{hole.port}/", seconds="1")[0] != TIMEOUT:
            yield "a black hole answers"


def script():
    with Faults({"/a": [lambda r: None, "503", "pass"], "/a/b": [{"x": 1}], "*": "404"}) as upstream, \
            Faults({"/a/b": [lambda r: (201, {}, r.method.encode())], "/a": ["410", "pass"]},
                   upstream=upstream.url) as server:
        asked = [curl(server.url + path)[1:] for path in ("/a", "/a?x", "/a", "/a/b", "/c")]
        codes = [code for code, _ in asked]
        if codes != ["410", "200", "503", "201", "404"] or asked[3][1] != b"GET":
            yield f"a script of several rows: {asked}"
        if [r.path for r in server.requests] != ["/a", "/a?x", "/a", "/a/b", "/c"] or len(server.asked("/a")) != 3:
            yield f"the record of requests: {server.requests}"
        if len(upstream.requests) != 3:
            yield f"what reached the upstream: {upstream.requests}"


def program():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults.py")
    with subprocess.Popen([sys.executable, "-B", path, "--tls", "good", '{"*": ["429"]}'],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        said = json.loads(child.stdout.readline())
        got = curl(said["url"], "--cacert", said["ca"])
        child.stdin.close()
        if got[:2] != (GOOD, "429") or child.wait(10) != 0 or os.path.exists(said["ca"]):
            yield f"as a program: {got}, {child.returncode}"


def main():
    with Faults() as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        work = [(fault, server, name) for name in FAULTS if name != "bomb"] + [(bomb, server)]
        work += [(connect, name, tls) for name in CONNECTS for tls in (None, "good")
                 if name != "reset-after-hello" or tls]
        work += [(tls, kind) for kind in EXPECTED_TLS] + [(ports,), (script,), (program,)]
        wrong = [line for lines in pool.map(lambda item: list(item[0](*item[1:])), work) for line in lines]
    print("\n".join(wrong + [f"{len(work)} faults, {len(wrong)} wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
