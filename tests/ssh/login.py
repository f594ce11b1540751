#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logins at real servers, a default and a hardened one: every type of key, from files and from an agent.

usage: login.py DRIVER
"""
import os
import pathlib
import socket
import threading

import sshd
from sshd import FOLDER, differs, keygen, known_hosts, one, public, run, target

SCRIPT = r"script echo hello; echo noise >&2; exit 3\n"
OK = {"code": "", "out": "hello\n", "said": "noise\n", "status": 3, "attempts": 1}


def keys():
    """Files of every type and format, at both servers."""
    made = {kind: keygen(f"id-{kind}", kind) for kind in ("ed25519", "ecdsa", "rsa")}
    made["ecdsa 521"] = keygen("id-ecdsa-521", "ecdsa", "", "-b", "521")
    made["rsa as PEM"] = keygen("id-rsa-pem", "rsa", "", "-m", "PEM")
    made["rsa as PKCS8"] = keygen("id-rsa-pkcs8", "rsa", "", "-m", "PKCS8")
    made["ecdsa as PEM"] = keygen("id-ecdsa-pem", "ecdsa", "", "-m", "PEM")
    for name, config in (("default", ""), ("hardened", sshd.HARDENED)):
        host_keys = [keygen(f"{name}-{kind}", kind) for kind in ("ed25519", "ecdsa", "rsa")]
        server = sshd.Server(name, host_keys, config, map(public, made.values()))
        for number, host_key in enumerate(host_keys):
            known = sshd.known_hosts(f"known-{name}-{number}", *server.known(key=number))
            for kind, key in made.items():
                answer = one(SCRIPT, *target(server, known, f"identity {key}"))
                wanted = {"code": "unauthenticated", "attempts": 1} if (name, kind) == ("hardened", "ecdsa 521") else OK
                yield from differs(f"{name}, host key {number}, {kind}", answer, **wanted,
                                   fingerprint=sshd.fingerprint(host_key))



def agent():
    """Keys and certificates that only an agent has; agents that are none."""
    made = {kind: keygen(f"agent-{kind}", kind) for kind in ("rsa", "ecdsa", "ed25519")}
    holder = sshd.Agent()
    holder.add(*made.values())
    for kind, key in made.items():
        for name, config in (("default", ""), ("hardened", sshd.HARDENED)):
            server = sshd.Server(f"agent-{name}", None, config, [public(key)])
            known = known_hosts("known-agent", *server.known())
            yield from differs(f"{name}, {kind}", one(SCRIPT, *target(server, known, f"agent {holder.path}")), **OK)
            # the public half names the agent's key
            only = ["identities-only", f"agent {holder.path}", f"identity {key}.pub"]
            yield from differs(f"{name}, {kind}, named", one(SCRIPT, *target(server, known, *only)), **OK)
            server.stop()
    server = sshd.Server("agent-other", None, "MaxAuthTries 2", [public(made["ed25519"])])
    known = known_hosts("known-agent", *server.known())
    other = keygen("agent-none")
    yield from differs("only files' keys", one(*target(server, known, f"agent {holder.path}", f"identity {other}", "identities-only")),
                       code="unauthenticated", error=other)
    yield from differs("too many keys", one(*target(server, known, f"agent {holder.path}")), code="unauthenticated",
                       error="Too many authentication failures.  IdentitiesOnly and IdentityFile choose a key")


def broken_agents():
    """An agent that is absent, silent or mad is a note; files are offered all the same."""
    key = keygen("broken-agent-key")
    server = sshd.Server("broken-agent", None, "", [public(key)])
    known = known_hosts("known-broken-agent", *server.known())
    answers = {"silent": None, "closes": b"", "huge": b"\xff\xff\xff\xff", "short": b"\0\0\0\5\x0c\0\0\0\1",
               "refuses": b"\0\0\0\1\5", "not one": b"HTTP/1.1 400 Bad Request\r\n\r\n"}
    for name, answer in answers.items():
        path = str(FOLDER / "broken-agent")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(8)

            def serve(to=listener, say=answer):
                peer, _ = to.accept()
                with peer:
                    peer.recv(4096)
                    if say is not None:
                        peer.sendall(say)
                    else:
                        peer.recv(4096)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            got = one(SCRIPT, *target(server, known, f"agent {path}", f"identity {key}"))
            thread.join()
        os.unlink(path)
        yield from differs(f"agent {name}", got, **OK)
    gone = one(*target(server, known, "agent /nonexistent/agent", f"identity {keygen('broken-none')}"))
    yield from differs("no agent", gone, code="unauthenticated", error="/nonexistent/agent: the agent cannot be reached")


def certificates():
    """A certificate beside its key, in a CertificateFile, and one whose private half the agent has."""
    authority, holder = keygen("authority"), sshd.Agent("cert-agent")
    server = sshd.Server("certs", None, f"TrustedUserCAKeys {authority}.pub")
    known = known_hosts("known-certs", *server.known())
    for kind in sshd.TYPES:
        key = keygen(f"cert-{kind}", kind)
        yield from differs(f"{kind}, without", one(*target(server, known, f"identity {key}")), code="unauthenticated")
        run("ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", sshd.USER, key + ".pub")
        yield from differs(f"{kind}, beside", one(SCRIPT, *target(server, known, f"identity {key}")), **OK)
        moved = str(FOLDER / f"moved-{kind}.pub")
        os.rename(key + "-cert.pub", moved)
        yield from differs(f"{kind}, CertificateFile", one(SCRIPT, *target(server, known, f"identity {key}", f"cert {moved}")), **OK)
        holder.add(key)
        os.unlink(key)
        yield from differs(f"{kind}, key in the agent", one(SCRIPT, *target(
            server, known, f"identity {key}", f"cert {moved}", f"agent {holder.path}")), **OK)


def passphrases():
    """Asked for only when the server would take the key, at most three times, and not again for the next host."""
    key, stranger = keygen("secret", "ed25519", "open sesame"), keygen("stranger", "ed25519", "never asked")
    pem = keygen("secret-pem", "rsa", "open sesame", "-m", "PEM")
    server = sshd.Server("secret", None, "", [public(key), public(pem)])
    known = known_hosts("known-secret", *server.known())
    for name, path in (("openssh", key), ("pem", pem)):
        to = target(server, known, f"identity {stranger}", f"identity {path}")
        good = one(SCRIPT, "passphrase open sesame", *to)
        yield from differs(name, good, **OK, stderr=f"asked for {path}\n")
        if "stranger" in good["stderr"]:
            yield f"{name}: asked for a key that the server does not take: {good['stderr']}"
        bad = one("passphrase wrong", *to)
        yield from differs(f"{name}, wrong", bad, code="unauthenticated", error=f"{path}: it was not opened")
        if bad["stderr"].count("asked for") != 3:
            yield f"{name}: asked {bad['stderr']}"
        yield from differs(f"{name}, nobody", one(*to), code="unauthenticated", error="needs a passphrase, and nobody is there")
    many = sshd.ask("passphrase open sesame", *target(server, known, f"identity {key}"), *(f"host h{n}" for n in range(20)))
    if [a["code"] for a in many] != [""] * 21 or many.said.count("asked for") != 1:
        yield f"twenty hosts: {many.said} {[a['error'] for a in many]}"


def refusals():
    """What is said when no key is taken, and keys that are none."""
    key, other = keygen("good"), keygen("other", "rsa")
    server = sshd.Server("refusals", None, "", [public(key)])
    known = known_hosts("known-refusals", *server.known())
    yield from differs("refused", one(*target(server, known, f"identity {other}")), code="unauthenticated", attempts=1,
                       error=f"'{sshd.USER}' is not let in with {other}; the server takes publickey")
    yield from differs("none", one(*target(server, known)), code="unauthenticated", error="there is no key to log in with")
    yield from differs("user", one(*target(server, known, f"identity {key}", "user nobody-here")), code="unauthenticated")
    yield from differs("absent", one(*target(server, known, "identity /nonexistent/key", "identities-set")),
                       code="unauthenticated", error="/nonexistent/key: No such file or directory")
    for name, text, words in (("empty", "", "it is no private key"), ("garbage", "x" * 200, "it is no private key"),
                              ("cut", pathlib.Path(key).read_text()[:120], "it is damaged"),
                              ("huge", "-----BEGIN " + "x" * 70000, "too large")):
        path = FOLDER / f"key-{name}"
        path.write_text(text)
        path.chmod(0o600)
        yield from differs(name, one(*target(server, known, f"identity {path}")), code="unauthenticated", error=words)
        yield from differs(f"{name}, then a good one", one(SCRIPT, *target(server, known, f"identity {path}", f"identity {key}")), **OK)
    os.chmod(other, 0o644)
    yield from differs("open to others", one(*target(server, known, f"identity {other}")), code="unauthenticated",
                       error=f"{other}: others may read it (chmod 600)")


def no_rsa():
    """A server that takes no RSA at all: libssh2 cannot go on in that session, so another one is made."""
    rsa, good, holder = keygen("first-rsa", "rsa"), keygen("then-ed25519"), sshd.Agent("rsa-agent")
    server = sshd.Server("no-rsa", None, "PubkeyAcceptedAlgorithms ssh-ed25519", [public(rsa), public(good)])
    known = known_hosts("known-no-rsa", *server.known())
    holder.add(rsa, good)
    # older servers (before OpenSSH 9.4 or so) name RSA among what they take and refuse it afterwards
    wanted = {**OK}
    del wanted["attempts"]
    yield from differs("files", one(SCRIPT, *target(server, known, f"identity {rsa}", f"identity {good}")), **wanted)
    yield from differs("agent", one(SCRIPT, *target(server, known, f"agent {holder.path}")), **wanted)
    yield from differs("only rsa", one(*target(server, known, f"identity {rsa}")), code="unauthenticated", attempts=1)


def settings():
    """PubkeyAcceptedAlgorithms, RequiredRSASize, BindAddress and AddressFamily."""
    rsa, good = keygen("settings-rsa", "rsa"), keygen("settings-ed25519")
    server = sshd.Server("settings", [keygen("settings-host", "rsa")], "", [public(rsa), public(good)])
    known = known_hosts("known-settings", *server.known())
    to = target(server, known, f"identity {rsa}")
    for more, code, words in (
            (["pubkeys ssh-ed25519"], "unauthenticated", "a key is not offered (PubkeyAcceptedAlgorithms"), (["pubkeys -rsa-*"], "unauthenticated", ""),
            (["pubkeys +ssh-rsa"], "", ""), (["pubkeys rsa-sha2-256,ssh-ed25519"], "", ""), (["pubkeys rsa-sha2-*"], "", ""),
            (["rsa-size 3072"], "", ""), (["rsa-size 4096"], "host-key", "the host's key has 3072 bits"),
            (["bind 127.0.0.9"], "", ""), (["bind 192.0.2.1"], "unreachable", "Cannot assign requested address"), (["family 4"], "", ""),
            (["family 6"], "unreachable", "")):
        answer = one(r"script echo ${SSH_CONNECTION%% *}\n", *to, *more)
        yield from differs(str(more), answer, code=code, error=words or answer["error"])
        if code == "" and answer["out"] != ("127.0.0.9\n" if "bind" in more[0] else "127.0.0.1\n"):
            yield f"{more}: from {answer['out']}"


def methods():
    """Each cipher and MAC that a server may insist on, and lists of ssh_config."""
    key = keygen("methods-key")
    rows = [(f"Ciphers {c}", []) for c in ("chacha20-poly1305@openssh.com", "aes256-ctr", "aes128-gcm@openssh.com")]
    rows += [(f"Ciphers aes128-ctr\nMACs {m}", []) for m in ("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256")]
    rows += [(f"KexAlgorithms {k}", []) for k in ("ecdh-sha2-nistp521", "diffie-hellman-group16-sha512")]
    rows += [("Ciphers aes256-ctr", ["ciphers ^aes256-ctr"]), ("Ciphers aes256-ctr", ["ciphers -chacha*"]),
             ("Ciphers aes256-cbc", ["ciphers +aes256-cbc"])]
    lost = FOLDER / "lost"
    lost.write_text("leak:kex_method_\nleak:libcrypto\n")
    for config, more in rows:
        server = sshd.Server("methods", None, config, [public(key)])
        known = known_hosts("known-methods", *server.known())
        # libssh2 1.11.1 loses memory with AES-GCM and with NIST's curves
        yield from differs(f"{config} {more}", one(SCRIPT, *target(server, known, f"identity {key}", *more),
                                                   LSAN_OPTIONS=f"suppressions={lost}:print_suppressions=0"), **OK)
        server.stop()
    server = sshd.Server("methods", None, "Ciphers aes256-cbc", [public(key)])
    known = known_hosts("known-methods", *server.known())
    to = target(server, known, f"identity {key}")
    yield from differs("nothing in common", one(*to), code="unreachable", error="no agreement")
    yield from differs("no such cipher", one(*to, "ciphers rot13"), code="unreadable", error="Ciphers: libssh2 knows none of 'rot13'")


def scripts():
    """What a script does to its channel."""
    key = keygen("scripts-key")
    server = sshd.Server("scripts", None, "", [public(key)])
    known = known_hosts("known-scripts", *server.known())
    to = target(server, known, f"identity {key}")
    rows = [
        ("status", [r"script exit 7\n"], {"code": "", "status": 7}),
        ("signal", [r"script kill -9 $$\n"], {"code": "", "status": 128}),
        ("does not read", ["command exit 4", "script " + "# x\\n" * 1], {"code": "", "status": 4}),
        ("no such command", ["command no-such-program"], {"code": "", "status": 127, "said": "not found"}),
        ("many bytes", [r"script head -c 3000000 /dev/zero\n"], {"code": "", "bytes": 3000000}),
        ("too many", [r"script head -c 5000000 /dev/zero\n"], {"code": "unreadable", "bytes": 4 << 20, "error": "more than 4194304"}),
        ("own limit", ["max 10", r"script echo 12345678901\n"], {"code": "unreadable", "bytes": 10, "out": "1234567890"}),
        ("much noise", [r"script head -c 200000 /dev/zero >&2; echo done\n"], {"code": "", "out": "done\n"}),
        ("endless", ["timeout 20000", r"script exec yes\n"], {"code": "unreadable", "bytes": 4 << 20}),
        ("endless noise", ["timeout 20000", r"script exec yes >&2\n"], {"code": "unreadable", "error": "bytes came"}),
        ("slow", ["timeout 1500", r"script echo begun; sleep 60\n"], {"code": "timeout", "out": "begun\n", "status": -1}),
        ("closes its output", [r"script exec >&- 2>&-; exit 5\n"], {"code": "", "status": 5}),
    ]
    for name, settings, wanted in rows:
        yield from differs(name, one(*settings, *to), **wanted)
    # larger than every window between here and there
    path = FOLDER / "script"
    path.write_text("# a comment that fills the script\n" * 40000 + "echo end\n")
    long = path.read_text().replace("\n", "\\n")
    yield from differs("long script", one("script " + long, *to), code="", out="end\n", status=0)
    yield from differs("long, unread", one("command exec true", "script " + long, *to), code="", status=0)


if __name__ == "__main__":
    sshd.main(keys, agent, broken_agents, certificates, passphrases, refusals, no_rsa, settings, methods, scripts)
