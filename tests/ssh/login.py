#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logins at real servers, a default and a hardened one: every type of key, from files and from an agent.

usage: login.py DRIVER
"""
import sshd
from sshd import differs, keygen, one, public, target

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


if __name__ == "__main__":
    sshd.main(keys)
