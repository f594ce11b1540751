# SPDX-License-Identifier: Apache-2.0
"""A server that does what servers should not: every fault that a client of ours has to survive.

As a module:

    with Faults({"/api/v1/nodes": ["410", "pass"], "*": ["pass"]}, upstream=URL) as server:
        ... server.url, server.requests ...

A script maps the beginning of a path (the longest that fits counts; "*": any) to what is done with the
first, second, ... request for it; the last repeats.  "connect" maps to what is done with connections
before anything was read.  A path of no row whose first part is the name of a fault ("/429/v2/") gets
that fault.  Steps are names of FAULTS, of CONNECTS, "pass" (to the upstream, with the caller's
headers; without one an empty JSON object), a function (request) -> (status, headers, body) or None (then it
passes), or anything else that becomes JSON: an answer of 200.

As a program, for tests that are not in Python:

    faults.py [--tls KIND] [--upstream URL] [SCRIPT as JSON]

prints one line of JSON (url, port, ca) and serves until its standard input ends.  KIND: good, expired,
wrong-name, unknown-ca, self-signed; without it the server speaks plain HTTP.
"""
import gzip
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import threading
import urllib.parse
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from certs import NAMES, Authority  # noqa: E402

GIGABYTE = 10 ** 9
MOST_HEAD = 1 << 16
RETRY_AFTER = 1  # seconds, with 429 and 503
REASONS = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 410: "Expired",
           429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable"}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please <b>sign in</b></body></html>\n"
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the upstream is ours
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
FORWARDED = ("authorization", "accept", "accept-encoding", "content-type", "user-agent", "host")


class Request:
    """What was asked: method, path (with its query), headers (names in lower case), body."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    def __repr__(self):
        return f"{self.method} {self.path}"


class Gone(Exception):
    """The connection has ended."""


# -- what is done with a connection that has asked something: (server, socket, request) --------------------------


def head(status, headers, length):
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'Other')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines + [f"Content-Length: {length}"]) + "\r\n\r\n").encode()


def answer(sock, status, headers, body):
    sock.sendall(head(status, headers, len(body)) + body)


def reset(sock):
    """Ends the connection with RST, in the middle of whatever it is."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Gone


def status(code, **more):
    """An answer as the Kubernetes API words it."""
    def act(server, sock, request):
        body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": f"made up: {http.client.responses[code]}", "reason": REASONS[code], "code": code}
        answer(sock, code, {"Content-Type": "application/json", **more}, json.dumps(body).encode())
    return act


def partly(text, end):
    """Sends the beginning of an answer, then ends the connection."""
    def act(server, sock, request):
        sock.sendall(text)
        end(sock)
    return act


def close(sock):
    raise Gone


def silent(server, sock, request=None):
    server.stopping.wait()
    raise Gone


def slow(first):
    """Byte by byte, one a second, after `first` bytes at once."""
    def act(server, sock, request):
        body = b'{"kind": "List", "items": []' + b" " * 3600 + b"}"
        text = head(200, {"Content-Type": "application/json"}, len(body)) + body
        start = text.index(b"\r\n\r\n") + 4 if first == "head" else first
        sock.sendall(text[:start])
        for byte in text[start:]:
            sock.sendall(bytes([byte]))
            if server.stopping.wait(1):
                raise Gone
    return act


def huge(server, sock, request):
    block = b'{"kind": "List", "pad": "' + b"x" * (1 << 20)
    sock.sendall(head(200, {"Content-Type": "application/json"}, GIGABYTE))
    for _ in range(GIGABYTE // len(block)):
        if server.stopping.is_set():
            raise Gone
        sock.sendall(block)
    raise Gone


def bomb(server, sock, request):
    """A gigabyte of spaces that is one megabyte on the way; the sums at its very end are wrong."""
    part = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = part.compress(b" " * (GIGABYTE // 100)) + part.flush(zlib.Z_FULL_FLUSH)
    body = gzip.compress(b"")[:10] + part * 100 + b"\x03\x00" + b"\0" * 8
    answer(sock, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, body)


def packed(change):
    def act(server, sock, request):
        body = change(gzip.compress(json.dumps({"kind": "List", "items": list(range(2000))}).encode()))
        answer(sock, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, body)
    return act


def fixed(code, body, **headers):
    def act(server, sock, request):
        answer(sock, code, headers, body)
    return act


def loop(server, sock, request):
    answer(sock, 302, {"Location": server.url + request.path}, b"")


def away(server, sock, request):
    answer(sock, 307, {"Location": server.elsewhere + request.path}, b"")


JSON = {"Content-Type": "application/json"}
FAULTS = {
    "reset-after-request": lambda server, sock, request: reset(sock),
    "reset-in-head": partly(b"HTTP/1.1 200 OK\r\nContent-Ty", reset),
    "reset-in-body": partly(head(200, JSON, 4000) + b'{"kind": "List", "items": [', reset),
    "close-after-request": lambda server, sock, request: close(sock),
    "close-in-head": partly(b"HTTP/1.1 200 OK\r\nContent-Ty", close),
    "close-in-body": partly(head(200, JSON, 4000) + b'{"kind": "List", "items": [', close),
    "silent-after-request": silent,
    "slow-head": slow(1),
    "slow-body": slow("head"),
    "huge": huge,
    "bomb": bomb,
    "400": status(400), "401": status(401), "403": status(403), "404": status(404), "410": status(410),
    "429": status(429, **{"Retry-After": RETRY_AFTER}), "429-long": status(429, **{"Retry-After": 86400}),
    "500": status(500), "503": status(503, **{"Retry-After": RETRY_AFTER}),
    "html": fixed(200, PAGE, **{"Content-Type": "text/html"}),
    "html-502": fixed(502, PAGE, **{"Content-Type": "text/html"}),
    "empty": fixed(200, b"", **JSON),
    "not-json": fixed(200, b'{"kind": "List", "items": [', **JSON),
    "truncated-gzip": packed(lambda body: body[:len(body) // 2]),
    "broken-gzip": packed(lambda body: body[:20] + b"\xff" * 50 + body[70:]),
    "redirect-loop": loop,
    "redirect-away": away,
    "not-http": partly(b"SSH-2.0-OpenSSH_9.2p1\r\n", close),
    "long-head": partly(b"HTTP/1.1 200 OK\r\nX-Pad: " + b"x" * (1 << 22), close),
}

# -- what is done with a connection before anything was read: (server, socket) -----------------------------------


def after_hello(server, sock):
    sock.recv(16384)
    reset(sock)


CONNECTS = {
    "pass": lambda server, sock: None,
    "reset-on-accept": lambda server, sock: reset(sock),
    "reset-after-hello": after_hello,
    "close-on-accept": lambda server, sock: close(sock),
    "silent": silent,
}


def refused():
    """A socket whose port refuses connections as long as it is held; its address: .getsockname()."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


class BlackHole:
    """A port that swallows every packet of a new connection: its queue is full.  Loopback has no other."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fill = []
        for _ in range(3):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", self.port))
            self.fill.append(sock)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in self.fill + [self.listener]:
            sock.close()


class Faults:
    """The server; listens on an ephemeral port of 127.0.0.1.  url, port, ca (path of the right authority), requests
    (all that was asked, in order), connections (how many there were).  names: of a good certificate."""

    def __init__(self, script=None, tls=None, upstream=None, elsewhere="http://127.0.0.1:9", names=NAMES):
        self.script, self.names = dict(script or {}), names
        self.upstream, self.elsewhere = upstream, elsewhere
        self.requests, self.connections = [], 0
        self.stopping, self.lock = threading.Event(), threading.Lock()
        self.counts, self.open = {}, set()
        self.folder, self.context, self.ca = None, None, None
        if tls:
            self._certificates(tls)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _certificates(self, kind):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-faults-"))
        right = Authority(self.folder / "right")
        self.ca = str(right.path)
        makers = {
            "good": lambda: right.server("server", names=self.names),
            "expired": lambda: right.server("server", days=(-20, -10)),
            "not-yet": lambda: right.server("server", days=(10, 20)),
            "wrong-name": lambda: right.server("server", names="DNS:other.example"),
            "unknown-ca": lambda: Authority(self.folder / "wrong", "somebody else").server("server"),
            "self-signed": lambda: (right.path, right.key),
        }
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*makers[kind]())
        self.context.set_alpn_protocols(["http/1.1"])
        if kind == "self-signed":
            self.ca = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join()
        with self.lock:
            still = list(self.open)
        for sock in still:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self.folder:
            shutil.rmtree(self.folder)

    def asked(self, path):
        """The requests for a path, query or not."""
        return [r for r in self.requests if r.path.split("?")[0] == path]

    def _step(self, key):
        with self.lock:
            count = self.counts[key] = self.counts.get(key, -1) + 1
        steps = self.script[key]
        if not isinstance(steps, list):
            return steps
        return steps[min(count, len(steps) - 1)]

    def _pick(self, path):
        keys = [k for k in self.script if k not in ("*", "connect") and path.startswith(k)]
        if keys:
            return self._step(max(keys, key=len))
        if "*" in self.script:
            return self._step("*")
        first = path.split("?")[0].strip("/").split("/")[0]
        return first if first in FAULTS else "pass"

    def _accept(self):
        while not self.stopping.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        pair = [sock]
        try:
            step = self._step("connect") if "connect" in self.script else "pass"
            CONNECTS[step](self, sock)
            if self.context:
                pair[0] = sock = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            with self.lock:
                self.open.add(sock)
            if self.context:
                sock.do_handshake()
            self._talk(sock)
        except (Gone, OSError):
            pass
        finally:
            with self.lock:
                self.open.discard(pair[0])
            pair[0].close()

    def _talk(self, sock):
        upstream = None
        with sock.makefile("rb") as reader:
            while True:
                request = read_request(reader)
                self.requests.append(request)
                step = self._pick(request.path)
                if callable(step):
                    step = step(request) or "pass"
                if step == "pass" and self.upstream:
                    upstream = self._forward(sock, request, upstream)
                elif step == "pass":
                    answer(sock, 200, JSON, b"{}")
                elif isinstance(step, str):
                    FAULTS[step](self, sock, request)
                elif isinstance(step, tuple):
                    answer(sock, *step)
                else:
                    answer(sock, 200, JSON, json.dumps(step).encode())

    def _forward(self, sock, request, upstream):
        if not upstream:
            url = urllib.parse.urlsplit(self.upstream)
            if url.scheme == "https":
                upstream = http.client.HTTPSConnection(url.hostname, url.port, context=TRUSTING, timeout=60)
            else:
                upstream = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k in FORWARDED or k.startswith("x-")}
        upstream.request(request.method, request.path, body=request.body or None, headers=headers)
        got = upstream.getresponse()
        body = got.read()
        back = {k: v for k, v in got.getheaders()
                if k.lower() in ("content-type", "content-encoding", "www-authenticate", "retry-after", "location", "x-amzn-errortype")}
        answer(sock, got.status, back, body)
        return upstream


def read_request(reader):
    line = reader.readline(MOST_HEAD)
    words = line.decode("latin-1").split(" ", 2)
    if len(words) < 3 or not words[0].isalpha():  # nothing, or TLS where none is spoken
        raise Gone
    method, path = words[:2]
    headers = {}
    while True:
        line = reader.readline(MOST_HEAD)
        if line in (b"\r\n", b"\n", b""):
            break
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(method, path, headers, reader.read(int(headers.get("content-length", 0))))


def main(args):
    options = {"--tls": None, "--upstream": None}
    while len(args) > 1 and args[0] in options:
        options[args[0]] = args[1]
        args = args[2:]
    script = json.loads(args[0]) if args else {}
    with Faults(script, options["--tls"], options["--upstream"]) as server:
        print(json.dumps({"url": server.url, "port": server.port, "ca": server.ca}), flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main(sys.argv[1:])
