#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever a peer does is an error of that one host, in time: cut, stalled, slow, endless and garbled connections.

usage: faults.py DRIVER
"""
import os
import random
import re
import resource
import socket
import struct
import subprocess
import threading
import time

import sshd
from sshd import ask, differs, keygen, known_hosts, one, public, target

OK = {"code": "", "out": "hello\n"}
STEP = 61  # of the cuts, in bytes that a server sends: about 60 places


class Peer:
    """A TCP server on a port of its own; behave(connection) is run for each connection, in a thread."""

    def __init__(self, behave):
        self.behave = behave
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        with connection:
            try:
                self.behave(connection)
            except OSError:
                pass


def reset(connection):
    # whoever reads from it elsewhere lets go of it first
    connection.shutdown(socket.SHUT_RD)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(connection):
    connection.shutdown(socket.SHUT_RDWR)


def stall(connection):
    while connection.recv(65536):
        pass


def pour(text, pause=0.0):
    """Sends the bytes again and again."""
    def behave(connection):
        while True:
            connection.sendall(text)
            time.sleep(pause)
    return behave


def say(text, then=stall):
    def behave(connection):
        connection.sendall(text)
        then(connection)
    return behave


def relay(port, spoil):
    """In front of a real server; spoil(connection, chunk, seen) sends its bytes on, or something else."""
    def behave(connection):
        with socket.create_connection(("127.0.0.1", port)) as server:
            def up():
                try:
                    while chunk := connection.recv(65536):
                        server.sendall(chunk)
                except OSError:
                    pass
                server.close()
            threading.Thread(target=up, daemon=True).start()
            seen = 0
            while chunk := server.recv(65536):
                spoil(connection, chunk, seen)
                seen += len(chunk)
    return behave


def cut(at, then):
    def spoil(connection, chunk, seen):
        if seen + len(chunk) <= at:
            connection.sendall(chunk)
            return
        connection.sendall(chunk[:at - seen])
        then(connection)
        raise OSError
    return spoil


def flip(at):
    def spoil(connection, chunk, seen):
        if seen <= at < seen + len(chunk):
            chunk = bytearray(chunk)
            chunk[at - seen] ^= 0x40
        connection.sendall(chunk)
    return spoil


def trickle(connection, chunk, seen):
    for byte in chunk:
        connection.sendall(bytes([byte]))
        time.sleep(1)


def fleet(known, key, peers, *settings):
    """Asks all peers at once: {name: answer}."""
    lost = sshd.FOLDER / "lost"
    # what libssh2 1.11.1 loses with AES-GCM, and of damaged packets
    lost.write_text("leak:kex_method_\nleak:_libssh2_\nleak:take\nleak:libcrypto\n")
    first = next(iter(peers.values()))
    answers = ask(*settings, *target(first, known, f"identity {key}", name=next(iter(peers))),
                  *(line for name, peer in list(peers.items())[1:] for line in (f"host {name}", f"port {peer.port}")),
                  LSAN_OPTIONS=f"suppressions={lost}:print_suppressions=0")
    return {a["host"]: a for a in answers}, answers


def setup(name, config=""):
    key = keygen(f"{name}-id")
    server = sshd.Server(name, None, config, [public(key)])
    return key, server, known_hosts(f"known-{name}", f"* {public(server.keys[0])}")


def length(server, known, key):
    """How many bytes the server sends in a whole conversation."""
    count = []
    peer = Peer(relay(server.port, lambda c, chunk, seen: (count.append(len(chunk)), c.sendall(chunk))))
    yield from differs("relay", one(*target(peer, known, f"identity {key}")), **OK)
    return sum(count)


def steps():
    """Cut, reset, stalled and garbled at every step from the first byte to the last, with each kind of cipher."""
    for cipher in ("aes128-ctr", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"):
        yield from steps_with(cipher)


def steps_with(cipher):
    key, server, known = setup("steps", f"Ciphers {cipher}")
    total = yield from length(server, known, key)
    for name, spoil, codes in (("closed", lambda at: cut(at, close), {"unreachable", "unauthenticated"}),
                               ("reset", lambda at: cut(at, reset), {"unreachable", "unauthenticated"}),
                               ("stalled", lambda at: cut(at, stall), {"timeout"}),
                               ("garbled", flip, {"unreachable", "unauthenticated", "timeout", "unreadable", "host-key"})):
        peers = {f"{name} at {at}": Peer(relay(server.port, spoil(at))) for at in range(0, total, STEP)}
        peers["good"] = server
        begin = time.monotonic()
        by_name, answers = fleet(known, key, peers, "timeout 10000", "workers 100")
        if answers.status != 0 or len(by_name) != len(peers):
            yield f"{name}: {answers.status} {answers.said}"
        for which, answer in by_name.items():
            if which == "good":
                yield from differs(which, answer, **OK)
            # the last bytes of a conversation are its goodbyes; the first ones of a garbled one may be the version's text
            elif answer["code"] not in codes and not (answer["code"] == "" and answer["out"] == "hello\n" and (
                    name == "garbled" or int(which.split()[-1]) > total - 200)):
                yield f"{which} of {total}: {answer['code']}: {answer['error']}"
            elif answer["code"] and not answer["error"]:
                yield f"{which}: no words"
        if time.monotonic() - begin > 60:
            yield f"{name}: {time.monotonic() - begin:.1f} s"


def peers_of(server):
    """Name, what answers, and what is said of it."""
    chance = random.Random(1)
    return {
        "silent": (stall, "timeout", "handshake: no answer in time"),
        "resets": (reset, "unreachable", ""),
        "closes": (close, "unreachable", "handshake: the connection"),
        "banner, then silence": (say(b"SSH-2.0-x\r\n"), "timeout", "handshake"),
        "banner, then closes": (say(b"SSH-2.0-x\r\n", close), "unreachable", "the connection"),
        "old protocol": (say(b"SSH-1.5-OpenSSH_2.0\r\n"), "timeout", ""),
        "web server": (say(b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>", close), "unreachable", ""),
        "endless banner": (pour(b"no version yet\r\n"), "unreadable", "handshake: more than"),
        "endless line": (pour(b"x" * 1000), "unreadable", "handshake: more than"),
        "slow banner": (pour(b"a line\r\n", 0.01), "timeout", ""),
        "zeros": (pour(b"\0" * 1000), "unreachable", "no SSH server"),
        "garbage": (say(chance.randbytes(100000), close), None, ""),
        "garbage behind the banner": (say(b"SSH-2.0-x\r\n" + chance.randbytes(100000), close), "unreachable", ""),
        "huge packet": (say(b"SSH-2.0-x\r\n\xff\xff\xff\xff\x04" + b"x" * 1000), "unreachable", ""),
        "no padding": (say(b"SSH-2.0-x\r\n\0\0\0\x0c\xff" + b"\x14" * 30), "unreachable", ""),
        "packets of nothing": (say(b"SSH-2.0-x\r\n", pour((b"\0\0\0\x0c\x0a\x02\0\0\0\0" + b"\0" * 6) * 100)), None, ""),
        "one byte a second": (relay(server.port, trickle), "timeout", ""),
    }


def liars():
    """One of each, all in one fleet, with a host between them that is well."""
    key, server, known = setup("liars")
    rows = peers_of(server)
    peers = {name: Peer(behave) for name, (behave, *_) in rows.items()}
    peers["good"] = server
    by_name, answers = fleet(known, key, peers, "timeout 8000", "workers 20")
    yield from differs("good", by_name.get("good", {}), **OK)
    for name, (_, code, words) in rows.items():
        answer = by_name.get(name, {})
        if code is not None:
            yield from differs(name, answer, code=code, error=words or answer.get("error", ""))
        if not answer.get("error") or answer["ms"] > 9000:
            yield f"{name}: {answer}"
    if answers.said:
        yield f"driver: {answers.said}"


def unreached():
    """Refused, not answered, without a name; and the time that ConnectTimeout gives."""
    key, server, known = setup("unreached")
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port, waiting = full.getsockname()[1], []
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(("127.0.0.1", port))
        hole = target(server, known, f"port {port}")
        yield from differs("black hole", one("timeout 1000", *hole), code="timeout", error=f"127.0.0.1 port {port}: no connection in time")
        answer = one("timeout 20000", *hole, "connect-timeout 1")
        yield from differs("ConnectTimeout", answer, code="timeout")
        if answer["ms"] > 3000:
            yield f"ConnectTimeout: {answer['ms']} ms"
        for s in waiting:
            s.close()
    silent = Peer(stall)
    answer = one("timeout 20000", *target(silent, known, "connect-timeout 1"))
    yield from differs("ConnectTimeout of the handshake", answer, code="timeout")
    if answer["ms"] > 3000:
        yield f"ConnectTimeout of the handshake: {answer['ms']} ms"
    yield from differs("refused", one(*target(server, known, f"port {sshd.free_port()}")), code="unreachable",
                       error="Connection refused", attempts=1)
    yield from differs("no name", one("timeout 15000", *target(server, known, address="no-such-host.invalid")),
                       error="the name 'no-such-host.invalid'")


def big():
    """A shell that answers a gigabyte costs neither memory nor time."""
    key, server, known = setup("big")
    script = r"script exec head -c 1000000000 /dev/zero\n"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for name, more in (("out", ""), ("both", r"script exec head -c 1000000000 /dev/zero >&2\n")):
        answer = one(more or script, *target(server, known, f"identity {key}"), ASAN_OPTIONS="quarantine_size_mb=1")
        yield from differs(name, answer, code="unreadable")
        if answer["bytes"] > 4 << 20 or answer["ms"] > 10000:
            yield f"{name}: {answer['bytes']} bytes in {answer['ms']} ms"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if peak > max(before, 100000) * 2:
        yield f"peak memory {peak} kB, {before} kB before"


if __name__ == "__main__":
    sshd.main(steps, liars, unreached, big)
