#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every endpoint against every fault: it is named, the deadline holds, and the other endpoints of the run
lose nothing.

usage: test_faults.py ENDPOINT_ASK ARCHITECTURE
"""
import concurrent.futures
import gzip
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

import common
from common import HOME, ask, check, same

DEADLINE = 3000  # where it is the deadline that ends the question
PATIENCE = 30000  # where it must not be, however busy the machine is
WORKERS = 3
SLACK = 5000  # what a busy machine takes to notice
GREETING = bytes.fromhex("4a0000000a") + b"5.7.44\0" + bytes(4) + b"abcdefgh\0" + b"\xff\xff\x21\x02\x00\xff\xc1\x15" + bytes(
    10) + b"ijklmnopqrst\0" + b"mysql_native_password\0"


def accept_loop(serve):
    """A listening socket whose connections `serve` gets, each in a thread; returns its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def one(connection):
        try:
            serve(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def loop():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def after_request(connection):
    """Reads up to the end of a request's head; a TLS greeting or nothing at all is refused."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(4096)
        if not chunk or chunk[0] == 0x16 and not data:
            raise ValueError
        data += chunk
    return data


def http(head, body=b"", then=None):
    def serve(connection):
        while True:
            request = after_request(connection)
            connection.sendall(b"HTTP/1.1 " + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" +
                               (b"" if request.startswith(b"HEAD") else body))
            if then:
                then(connection)
                return
    return serve


def slowly(data, head=0):
    def serve(connection):
        if head:
            after_request(connection)
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(0.5)
    return serve


def silent(connection):
    time.sleep(60)


def mid_greeting(connection):
    connection.sendall(GREETING[:20])
    time.sleep(0.1)
    reset(connection)


def mid_answer(connection):
    after_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
    time.sleep(0.1)
    reset(connection)


def flood(connection):
    chunk = b"x" * 65536
    while True:
        connection.sendall(chunk)


def flood_greeting(connection):
    connection.sendall(GREETING)
    flood(connection)


KEPT = []


def closed_port():
    """A port that is taken, so that no other server of the test gets it, and where nobody listens."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    KEPT.append(taken)
    return taken.getsockname()[1]


def black_hole():
    """A port whose queue is full, so that the kernel drops whatever comes."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    KEPT.append(listener)
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        KEPT.append(filler)
    return listener.getsockname()[1]


def untrusted():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2",
                    "-keyout", HOME / "key.pem", "-out", HOME / "cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HOME / "cert.pem", HOME / "key.pem")

    def serve(connection):
        if connection.recv(1, socket.MSG_PEEK) != b"\x16":
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(4096)
    return accept_loop(serve)


GZIP = gzip.compress(b'{"version":"1.0"}' * 100)
JSON = b"200 OK\nContent-Type: application/json\nDocker-Distribution-Api-Version: registry/2.0\n"

HTTP = "registry s3 gs az scm".split()
ALL = ["mysql"] + HTTP


def row(port, *expected, **special):
    """One expectation for all schemes, or for mysql and the rest; exceptions by name."""
    wanted = dict.fromkeys(ALL, expected[0])
    if len(expected) == 2:
        wanted.update(dict.fromkeys(HTTP, expected[1]))
    wanted.update(special)
    return port, {k: v for k, v in wanted.items() if v != "-"}


# fault -> port, the problem for each scheme; None: none, what answers is judged; "-": not asked
def faults():
    return {
        "refused": row(closed_port(), "unreachable"),
        "reset at once": row(accept_loop(reset), "unreachable"),
        "closed without a word": row(accept_loop(lambda c: None), "unreachable"),
        "closed after the question": row(accept_loop(after_request), "-", "unreachable"),
        "reset in the middle of the greeting": row(accept_loop(mid_greeting), "unreachable", "-"),
        "closed in the middle of the greeting": row(accept_loop(lambda c: c.sendall(GREETING[:30])), "unreachable", "-"),
        "reset in the middle of the answer": row(accept_loop(mid_answer), "-", "unreachable"),
        "accepted, then silent": row(accept_loop(silent), "timeout"),
        "a black hole": row(black_hole(), "timeout"),
        "two bytes a second": row(accept_loop(slowly(GREETING)), "timeout", "-"),
        "two bytes a second of an answer": row(accept_loop(slowly(b"HTTP/1.1 200 OK\r\n", 1)), "-", "timeout"),
        "noise without end": row(accept_loop(flood), None, ("unreachable", "unreadable")),
        "a greeting, then noise without end": row(accept_loop(flood_greeting), None, "-"),
        "an answer without end": row(accept_loop(http(b"200 OK\nContent-Type: application/json", b"", flood)), "-", "unreadable",
                                     scm=("unreadable", "unreachable")),
        "HTML in place of JSON": row(accept_loop(http(b"200 OK\nContent-Type: text/html\nContent-Length: 6", b"<html>")),
                                     None, "unreadable", registry=None, scm=None),
        "a redirect to itself": row(accept_loop(http(b"302 Found\nLocation: /\nContent-Length: 0")), None, "unreadable",
                                    registry=None, scm=None),
        "half of a gzip": row(accept_loop(http(JSON + b"Content-Encoding: gzip\nContent-Length: %d" % len(GZIP[:-9]), GZIP[:-9])),
                              "-", "unreadable"),
        "noise for a gzip": row(accept_loop(http(JSON + b"Content-Encoding: gzip\nContent-Length: 4", b"abcd")), "-",
                                "unreadable"),
        "a shorter answer than was promised": row(accept_loop(http(JSON + b"Content-Length: 900\nConnection: close", b"{",
                                                                   lambda c: None)), "-", "unreadable"),
        "status 403 of somebody": row(accept_loop(http(b"403 Forbidden\nContent-Length: 0")), None, "unreadable", registry=None,
                                      scm=None),
        "status 404 of somebody": row(accept_loop(http(b"404 Not Found\nContent-Length: 0")), None, "unreadable", registry=None,
                                      scm=None, gs=None),
        "status 429": row(accept_loop(http(b"429 Slow Down\nRetry-After: 1000\nContent-Length: 0")), None, "unreachable",
                          s3="unreadable", gs="unreadable", az="unreadable"),
        "status 500": row(accept_loop(http(b"500 Oops\nRetry-After: 1000\nContent-Length: 0")), None, "unreachable",
                          s3="unreadable", gs="unreadable", az="unreadable"),
        "a certificate nobody trusts": row(untrusted(), "-", "unreachable"),
    }


def word(scheme, port, host="127.0.0.1"):
    """The source, and the environment that sends it to the port."""
    url = f"http://{host}:{port}"
    return {"s3": ("s3://bucket", {"AWS_ENDPOINT_URL": url}), "gs": ("gs://bucket", {"STORAGE_EMULATOR_HOST": url}),
            "az": ("az://acct/container", {"AZURE_STORAGE_SERVICE_ENDPOINT": url})}.get(
        scheme, (f"{scheme}://{host}:{port}", {}))


def test_fault(name, port, expected, good):
    env = {}
    sources = []
    for scheme in expected:
        source, more = word(scheme, port)
        if name == "a certificate nobody trusts":
            more = {k: v.replace("http:", "https:") for k, v in more.items()}
        sources.append(source)
        env.update(more)
    ms = DEADLINE if "timeout" in expected.values() else PATIENCE
    a = ask(*sources, f"mysql://127.0.0.1:{good}", ms=ms, **env)
    for i, (scheme, problem) in enumerate(expected.items()):
        check(f"{name}: {scheme}", a.problem(i) in problem if isinstance(problem, tuple) else a.problem(i) == problem,
              f"{a.problem(i)}, not {problem}: {a.message(i)}")
        check(f"{name}: {scheme} keeps the deadline", a.ms(i) < ms + SLACK, a.ms(i))
        if problem:
            check(f"{name}: {scheme} says where", "127.0.0.1" in a.message(i) or "://" in a.message(i), a.message(i))
            print(f"{name:40} {scheme:9} {a.ms(i):5} ms  {a.problem(i)}: {a.message(i)}")
    same(f"{name}: the other endpoint is known", a.fact("version", len(sources)), "5.7.44")
    same(f"{name}: and judged", a.verdicts["database-version-tested"], "pass")
    same(f"{name}: nothing is taken for a bucket", a.verdicts["object-storage"] == "pass", False)
    same(f"{name}: nor for a registry", a.verdicts["image-registry"] == "pass", False)
    same(f"{name}: nor for an SCM", a.verdicts["scm"] == "pass", False)


def test_faults(good):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(test_fault, name, *row_of, good) for name, row_of in faults().items()]:
            done.result()


def test_many(good):
    """A thousand in one process: nothing is left open, and the sanitizers find nothing that leaks."""
    closed, hangs = closed_port(), accept_loop(lambda c: None)
    sources = [f"mysql://127.0.0.1:{port}" for port in (good, closed, hangs)] * 300 + [f"scm://127.0.0.1:{closed}"] * 100
    a = ask(*sources, ms=60000)
    same("a thousand endpoints are asked", sum(e.get("facts", {}).get("version", {}).get("value") == "5.7.44"
                                               for e in a.endpoints), 300)


def test_names():
    a = ask("az://nosuchaccount/container", ms=PATIENCE)
    same("an account without a name", a.problem(), "unreachable")
    check("says what that may mean", "does not exist has no name" in a.message(), a.message())
    for scheme in "mysql", "registry", "scm":
        a = ask(f"{scheme}://no-such-host.invalid", ms=PATIENCE)
        same(f"{scheme}: a name that is none", a.problem(), "unreachable")
        check(f"{scheme}: is named", "no-such-host.invalid" in a.message(), a.message())


# who answers at a MySQL port instead
OTHERS = {
    b"SSH-2.0-OpenSSH_9.2\r\n": "an SSH server",
    b"220 mail ESMTP\r\n": "a mail or FTP server",
    b"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00": "X Protocol",
    b"\x40\x00\x00\x00\x0a" + b"no version\0" + bytes(60): "does not speak MySQL's protocol",
    b"\xff\xff\xff\x00\x0a": "does not speak MySQL's protocol",
}


def postgresql(connection):
    if connection.recv(8) == b"\0\0\0\x08\x04\xd2\x16\x2f":
        connection.sendall(b"N")
    time.sleep(1)


def test_others():
    for data, what in OTHERS.items():
        port = accept_loop(lambda c, data=data: (c.sendall(data), time.sleep(5)))
        a = ask(f"mysql://127.0.0.1:{port}", ms=PATIENCE)
        check(f"{what} is named", what in a.note("engine"), a.text)
        same(f"{what}: no problem", a.problem(), None)
        same(f"{what}: database", a.verdicts["database"], "pass" if what == "X Protocol" else "fail")
        same(f"{what}: version", a.fact("version"), None)
    a = ask(f"mysql://127.0.0.1:{accept_loop(postgresql)}", ms=PATIENCE)
    same("PostgreSQL is named", a.fact("engine"), "postgresql")
    same("and fails", a.verdicts["database"], "fail")
    same("its version is not asked", a.verdicts["database-version"], "not-applicable")
    a = ask(f"mysql://127.0.0.1:{accept_loop(http(b'200 OK'))}", ms=PATIENCE)
    check("HTTP is named", "an HTTP server" in a.note("engine") or "HTTP" in a.message(), a.text)
    late = accept_loop(lambda c: (time.sleep(6), c.sendall(GREETING), time.sleep(1)))
    same("a late greeting is read", ask(f"mysql://127.0.0.1:{late}", ms=PATIENCE).fact("version"), "5.7.44")


if __name__ == "__main__":
    test_faults(accept_loop(lambda c: (c.sendall(GREETING), c.recv(1))))
    test_many(accept_loop(lambda c: (c.sendall(GREETING), c.recv(1))))
    test_names()
    test_others()
    common.finish("faults")
