#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is it the host that we know?  Unknown, changed and revoked keys, and hosts behind other hosts.

usage: hosts.py DRIVER
"""
import os
import pathlib
import re
import subprocess

import sshd
from sshd import FOLDER, ask, differs, fingerprint, keygen, known_hosts, one, public, run, target

OK = {"code": "", "out": "hello\n", "attempts": 1}


def tried_to_log_in(server):
    return re.findall(r"(?:Failed|Accepted|Postponed) \w+ for .*", server.log.read_text())


def refused():
    """Nothing is said to a host whose key is not its own; the message says what to do, and that works."""
    key, other = keygen("refused-id"), keygen("refused-other")
    server = sshd.Server("refused", [keygen("refused-rsa", "rsa"), keygen("refused-ed25519")], "", [public(key)])
    shown = fingerprint(server.keys[1])
    line = f"[127.0.0.1]:{server.port}"
    rows = [
        ("unknown", [], [f"unknown host key, ssh-ed25519 {shown}", f"echo '{line} {public(server.keys[1])}' >>"]),
        ("another host", [f"[127.0.0.2]:{server.port} {public(server.keys[1])}"], ["unknown host key"]),
        ("changed", [f"{line} {public(other)}"], ["has changed", shown, fingerprint(other), "known-refused:1", "ssh-keygen -R"]),
        ("revoked", [f"@revoked * {public(server.keys[1])}", *server.known(key=1)], ["revokes", shown, "known-refused:1"]),
        ("other type", [f"{line} ecdsa-sha2-nistp256 {public(keygen('refused-ecdsa', 'ecdsa')).split()[1]}"],
         ["another type", "ecdsa-sha2-nistp256"]),
        ("authority", [f"@cert-authority * {public(other)}"], ["only the authority in"]),
    ]
    for name, lines, words in rows:
        known = known_hosts("known-refused", *lines)
        for more in ([], ["accept-new"]) if name not in ("unknown", "another host") else ([],):
            answer = one(*more, *target(server, known, f"identity {key}"))
            yield from differs(name, answer, code="host-key", out="", fingerprint=shown, type="ssh-ed25519", attempts=1)
            for word in words:
                yield from differs(name, answer, error=word)
            if pathlib.Path(known).read_text().splitlines() != lines:
                yield f"{name}: known_hosts was changed"
    if tried_to_log_in(server):
        yield f"tried to log in: {tried_to_log_in(server)}"
    for name in ("unknown", "another name's quote"):
        known = known_hosts("known-'quoted'" if "quote" in name else "known-refused")
        answer = one(*target(server, known, f"identity {key}"))
        subprocess.run(["sh", "-c", answer["add"]], check=True)
        yield from differs(f"{name}, added by its command", one(*target(server, known, f"identity {key}")), **OK)
    revoked = FOLDER / "revoked"
    revoked.write_text(public(server.keys[1]) + "\n")
    yield from differs("RevokedHostKeys", one(*target(server, known, f"identity {key}", f"revoked {revoked}")), code="host-key",
                       error="revokes")


def order():
    """The type that is known is asked for, so a host with several keys is no stranger; config's own order counts."""
    key = keygen("order-id")
    server = sshd.Server("order", [keygen(f"order-{k}", k) for k in ("ed25519", "ecdsa", "rsa")], "", [public(key)])
    for number, path in enumerate(server.keys):
        known = known_hosts("known-order", *server.known(key=number))
        yield from differs(path, one(*target(server, known, f"identity {key}")), **OK, fingerprint=fingerprint(path))
    known = known_hosts("known-order", *server.known(key=0), *server.known(key=2))
    yield from differs("HostKeyAlgorithms", one(*target(server, known, f"identity {key}", "hostkeys rsa-sha2-256")), **OK,
                       fingerprint=fingerprint(server.keys[2]))
    yield from differs("alias", one(*target(server, known_hosts("known-order", f"the-node {public(server.keys[1])}"),
                                            f"identity {key}", "alias the-node")), **OK)


def accept_new():
    """A new host is noted once; a known host is never noted anew."""
    key = keygen("accept-id")
    server = sshd.Server("accept", None, "", [public(key)])
    known = str(FOLDER / "new-folder" / "known_hosts")
    to = target(server, known, f"identity {key}")
    yield from differs("first", one("accept-new", *to), **OK, added=True)
    if run("ssh-keygen", "-F", f"[127.0.0.1]:{server.port}", "-f", known).count("ssh-ed25519") != 1:
        yield f"ssh-keygen does not find it: {pathlib.Path(known).read_text()}"
    yield from differs("second", one("accept-new", *to), **OK, added=False)
    yield from differs("without", one(*to), **OK, added=False)
    other = sshd.Server("accept-other", None, "", [public(key)])
    text = pathlib.Path(known).read_text().replace(str(server.port), str(other.port))
    pathlib.Path(known).write_text(text)
    yield from differs("changed", one("accept-new", *target(other, known, f"identity {key}")), code="host-key", error="has changed")
    # fifty at once
    known = str(FOLDER / "known-many")
    many = ask("accept-new", *target(server, known, f"identity {key}"),
               *(line for n in range(2, 52) for line in (f"host h{n}", f"address 127.0.0.{n}")))
    if [a["code"] for a in many] != [""] * 51 or len(pathlib.Path(known).read_text().splitlines()) != 51:
        yield f"many: {[a['error'] for a in many if a['error']]} {pathlib.Path(known).read_text()}"


def hops():
    """One to three hosts in between, each with a key of its own; what is wrong with one is said of it."""
    key = keygen("hops-id")
    servers = [sshd.Server(f"hop{n}", None, "", [public(key)]) for n in range(4)]
    lines = [line for server in servers for line in server.known()]

    def chain(known, count, *last):
        for n in range(count):
            yield from target(servers[n], known, f"identity {key}", "quiet", name=f"hop{n}")
            yield from [f"via hop{n - 1}"] if n else []
        yield from target(servers[count], known, *(last or [f"identity {key}"]), f"via hop{count - 1}", name="last")

    known = known_hosts("known-hops", *lines)
    script = r"script printf %s \"$SSH_CONNECTION\"; head -c 3000000 /dev/zero >&2; cat >/dev/null; exit 6\n".replace('\\"', '"')
    for count in (1, 2, 3):
        answer = one(script, *chain(known, count))
        yield from differs(f"{count} hops", answer, code="", status=6, fingerprint=fingerprint(servers[count].keys[0]))
        if not answer["out"].endswith(str(servers[count].port)):
            yield f"{count} hops: {answer['out']}"
    long = "script " + r"# a comment that fills the script\n" * 60000 + r"head -c 3000000 /dev/zero\n"
    yield from differs("much both ways", one(long, *chain(known, 2)), code="", bytes=3000000)
    for bad in range(3):
        known = known_hosts("known-hops", *lines[:bad], *lines[bad + 1:])
        before = [tried_to_log_in(server) for server in servers]
        answer = one(*chain(known, 2))
        yield from differs(f"hop {bad} unknown", answer, code="host-key", error="unknown host key" if bad == 2 else
                           f"jump host 'hop{bad}': unknown host key", out="")
        if before[bad:] != [tried_to_log_in(server) for server in servers[bad:]]:
            yield f"hop {bad} unknown: it, or a hop beyond it, was logged in to"
    known = known_hosts("known-hops", *lines)
    servers[1].authorize()
    yield from differs("hop refuses", one(*chain(known, 2)), code="unauthenticated", error="jump host 'hop1': ")
    servers[1].authorize(public(key))
    servers[2].stop()
    yield from differs("nobody behind", one(*chain(known, 2)), code="unreachable",
                       error=f"its way to 127.0.0.1 port {servers[2].port}")
    closed = sshd.Server("closed", None, "AllowTcpForwarding no", [public(key)])
    yield from differs("no forwarding", one(
        *target(closed, known_hosts("known-closed", *closed.known(), *lines), f"identity {key}", "quiet", name="closed"),
        *target(servers[0], FOLDER / "known-closed", "via closed")), code="unreachable", error="jump host 'closed': its way to")
    yield from differs("dead hop", one("timeout 3000", *target(servers[2], known, "quiet", name="dead"),
                                       *target(servers[0], known, "via dead")), code="unreachable")


def children():
    return run("ps", "-eo", "pid,stat,args").splitlines()


def proxies():
    """ProxyCommand: it carries the connection, says why it failed, and leaves nothing behind."""
    key = keygen("proxy-id")
    server, jump = sshd.Server("proxied", None, "", [public(key)]), sshd.Server("proxy", None, "", [public(key)])
    known = known_hosts("known-proxied", *server.known(), *jump.known())
    ssh = f"ssh -F none -i {key} -o UserKnownHostsFile={known} -o IdentityAgent=none -p {jump.port} -W 127.0.0.1:{server.port} 127.0.0.1"
    python = FOLDER / "relay.py"
    python.write_text("import os,socket,sys,threading\ns=socket.create_connection(('127.0.0.1',int(sys.argv[1])))\n"
                      "def up():\n while d:=os.read(0,65536): s.sendall(d)\n s.shutdown(1)\n"
                      "threading.Thread(target=up,daemon=True).start()\nwhile d:=s.recv(65536): os.write(1,d)\n")
    rows = [
        ("ssh -W", ssh, OK),
        ("relay", f"python3 {python} {server.port}", OK),
        ("noise", f"sh -c 'head -c 1000000 /dev/zero >&2; exec python3 {python} {server.port}'", OK),
        ("ignores its end", f"sh -c 'trap \"\" HUP TERM; python3 {python} {server.port}; sleep 1000'", OK),
        ("leaves a child", f"sh -c 'sleep 1001 & exec python3 {python} {server.port}'", OK),
        ("no such program", "no-such-program %h", {"code": "unreachable", "error": "no-such-program: not found"}),
        ("fails", "sh -c 'echo first >&2; echo it is shut >&2; exit 1'", {"code": "unreachable", "error": "(ProxyCommand said: it is shut)"}),
        ("says nothing", "sleep 1002", {"code": "timeout"}),
        ("is no server", "yes", {"code": "unreadable", "error": "handshake: more "}),
    ]
    for name, command, wanted in rows:
        wanted = {k: v for k, v in wanted.items() if k != "attempts"}
        yield from differs(name, one("timeout 8000" if wanted["code"] != "timeout" else "timeout 1000",
                                     *target(server, known, f"identity {key}", f"proxy-command {command}")), **wanted)
    left = [line for line in children() if re.search(r"sleep 100[012]|relay\.py|<defunct>.*ssh_driver", line)]
    if left:
        yield f"left behind: {left}"
    # a hop behind a ProxyCommand
    yield from differs("hop behind it", one(
        *target(jump, known, f"identity {key}", "quiet", f"proxy-command python3 {python} {jump.port}", name="jump"),
        *target(server, known, "via jump")), **OK)


if __name__ == "__main__":
    sshd.main(refused, order, accept_new, hops, proxies)
