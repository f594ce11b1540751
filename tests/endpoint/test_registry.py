#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""registry:// against Debian's docker-registry: open, with passwords, with tokens.  The token service is
ours; skopeo, a real client, is shown to log in through it before plumbline is asked.

usage: test_registry.py ENDPOINT_ASK ARCHITECTURE
"""
import base64
import datetime
import http.server
import json
import os
import subprocess
import threading
import time
import urllib.parse

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

import common
from common import ENV, HOME, ask, check, free_port, program, same, start

USER, PASSWORD, REFRESH = "ann", "s3cret-Passw0rd", "refresh-t0ken-c4nary"


def encoded(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


# ---- registries ----

def registry(name, auth=None):
    port = free_port()
    config = {"version": "0.1", "storage": {"filesystem": {"rootdirectory": str(HOME / name)}},
              "http": {"addr": f"127.0.0.1:{port}"}}
    if auth:
        config["auth"] = auth
    path = HOME / f"{name}.yml"
    path.write_text(json.dumps(config))  # YAML too
    start([program("docker-registry", "docker-registry"), "serve", path], port, log=f"{name}.log")
    return port


def basic_registry():
    words = f"{USER}:{bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(5)).decode()}\n"
    (HOME / "htpasswd").write_text(words)
    return registry("basic", {"htpasswd": {"realm": "here", "path": str(HOME / "htpasswd")}})


class Tokens(http.server.BaseHTTPRequestHandler):
    """A token service as the distribution project specifies it."""
    protocol_version = "HTTP/1.1"
    seen = []

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def give(self, asked):
        access = []
        for scope in asked.get("scope", []):
            kind, name, actions = scope.split(":")
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        now = int(time.time())
        claims = {"iss": "tokens", "sub": USER, "aud": asked["service"][0], "exp": now + 300, "nbf": now - 10, "iat": now,
                  "jti": str(now), "access": access}
        header = {"alg": "ES256", "typ": "JWT", "x5c": [self.server.cert]}
        token = jwt.encode(header, claims, self.server.key)
        self.answer(200, {"token": token, "access_token": token, "expires_in": 300})

    def do_GET(self):
        asked = urllib.parse.parse_qs(self.path.partition("?")[2])
        login = self.headers.get("Authorization", "")
        self.seen.append(("GET", asked, bool(login)))
        if login != "Basic " + encoded(USER, PASSWORD):
            self.answer(401, {"errors": [{"code": "UNAUTHORIZED"}]})
            return
        self.give(asked)

    def do_POST(self):
        asked = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.seen.append(("POST", asked, False))
        if asked.get("grant_type") != ["refresh_token"] or asked.get("refresh_token") != [REFRESH]:
            self.answer(400, {"error": "invalid_grant"})
            return
        self.give(asked)

    def log_message(self, *_):
        pass


def token_service():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tokens")])
    now = datetime.datetime.now(datetime.timezone.utc)
    cert = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    (HOME / "tokens.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    server.cert = base64.b64encode(cert.public_bytes(serialization.Encoding.DER)).decode()
    server.key = ECKey.import_key(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                    serialization.NoEncryption()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def token_registry(tokens):
    return registry("token", {"token": {"realm": f"http://127.0.0.1:{tokens}/token", "service": "reg", "issuer": "tokens",
                                        "rootcertbundle": str(HOME / "tokens.pem")}})


# ---- Docker configurations ----

def docker(name, config):
    folder = HOME / f"docker-{name}"
    folder.mkdir()
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    return {"DOCKER_CONFIG": str(folder)}


def helper(name, script):
    path = HOME / f"docker-credential-{name}"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)


WITH_HELPERS = {"PATH": f"{HOME}:{ENV['PATH']}"}


def skopeo(*words):
    return subprocess.run([program("skopeo", "skopeo"), *words], env=ENV, capture_output=True, text=True, timeout=60)


# ---- tests ----

def test_open():
    port = registry("open")
    a = ask(f"registry://127.0.0.1:{port}")
    same("an open registry is one", a.fact("exists"), "true")
    same("that is nobody's in particular", a.fact("service"), "other")
    same("needs no login", a.fact("login"), None)
    same("image-registry", a.verdicts["image-registry"], "pass")
    same("image-registry-supported", a.verdicts["image-registry-supported"], "pass")
    same("no problem", a.problem(), None)
    a = ask(f"registry://LOCALHOST:{port}/team/image")
    same("a repository may be named", a.fact("exists"), "true")


def check_login(what, port, login, **env):
    a = ask(f"registry://127.0.0.1:{port}", **env)
    same(f"{what}: exists", a.fact("exists"), "true")
    same(f"{what}: login", a.fact("login"), login)
    same(f"{what}: image-registry", a.verdicts["image-registry"], "pass")
    for secret in (PASSWORD, REFRESH, encoded(USER, PASSWORD), "wrong-secret"):
        check(f"{what}: no secret is said", secret not in a.text + a.trace, a.text + a.trace)
    return a


def test_basic(port):
    at = f"127.0.0.1:{port}"
    done = skopeo("login", "--tls-verify=false", "--authfile", str(HOME / "skopeo.json"), "-u", USER, "-p", PASSWORD, at)
    same("skopeo logs in", done.returncode, 0)
    a = check_login("no configuration", port, None)
    check("and it is said", "has no credentials" in a.note("login"), a.note("login"))
    same("which is no problem", a.problem(), None)
    a = check_login("what skopeo wrote", port, "true", **docker("skopeo", (HOME / "skopeo.json").read_text()))
    same("is taken", a.problem(), None)
    a = check_login("a wrong password", port, None, **docker("wrong", {"auths": {at: {"auth": encoded(USER, "wrong-secret")}}}))
    same("is a problem", a.problem(), "unauthenticated")
    for name, key in ("url", f"https://{at}"), ("v1", f"http://{at}/v1/"), ("v2", f"https://{at}/v2/"):
        check_login(f"a key as {name}", port, "true", **docker(name, {"auths": {key: {"auth": encoded(USER, PASSWORD)}}}))
    check_login("user and password apart", port, "true",
                **docker("apart", {"auths": {at: {"username": USER, "password": PASSWORD}}}))
    check_login("an entry without anything", port, None, **docker("empty", {"auths": {at: {}}}))
    check_login("another host's", port, None, **docker("other", {"auths": {"127.0.0.1": {"auth": encoded(USER, PASSWORD)}}}))
    home = HOME / "home"
    (home / ".docker").mkdir(parents=True)
    (home / ".docker/config.json").write_text(json.dumps({"auths": {at: {"auth": encoded(USER, PASSWORD)}}}))
    check_login("~/.docker", port, "true", HOME=str(home))
    for name, text in ("broken", "{"), ("a list", "[]"), ("no base64", json.dumps({"auths": {at: {"auth": "%%%"}}})):
        a = check_login(name, port, None, **docker(name, text))
        same(f"{name} is a problem", a.problem(), "unreadable")
        check(f"{name} is named", "config.json" in a.message(), a.message())


def test_helpers(port):
    at = f"127.0.0.1:{port}"
    good = json.dumps({"ServerURL": at, "Username": USER, "Secret": PASSWORD})
    helper("good", f"read host\n[ \"$1\" = get ] && [ \"$host\" = {at} ] && echo '{good}'\n")
    helper("none", "echo 'credentials not found in native keychain'\nexit 1\n")
    helper("bad", "echo 'wrong-secret'\nexit 3\n")
    helper("junk", "echo 'wrong-secret'\n")
    helper("slow", f"sleep 1000 &\necho $! >{HOME}/slow.pid\nwait\n")
    helper("much", "exec yes wrong-secret\n")
    check_login("credsStore", port, "true", **WITH_HELPERS, **docker("store", {"credsStore": "good"}))
    check_login("credHelpers", port, "true", **WITH_HELPERS,
                **docker("cred", {"credsStore": "bad", "credHelpers": {at: "good"}}))
    a = check_login("a helper that knows nothing", port, None, **WITH_HELPERS, **docker("none", {"credsStore": "none"}))
    same("is no problem", a.problem(), None)
    for name, problem in ("bad", "unauthenticated"), ("junk", "unauthenticated"), ("absent", "unauthenticated"), (
            "much", "unreadable"), ("../x", "unreadable"):
        a = check_login(f"helper {name}", port, None, **WITH_HELPERS,
                        **docker(f"helper-{name.replace('/', '-')}", {"credsStore": name}))
        same(f"helper {name} is a problem", a.problem(), problem)
    a = ask(f"registry://{at}", ms=1500, **WITH_HELPERS, **docker("slow", {"credsStore": "slow"}))
    same("a slow helper is a timeout", a.problem(), "timeout")
    check("in time", a.ms() < 4000, a.ms())
    pid = int((HOME / "slow.pid").read_text())

    def gone():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().split()[2] == "Z"
    common.wait_until(gone, "what a slow helper started, which is killed with it, and so")


def test_tokens(port):
    at = f"127.0.0.1:{port}"
    done = skopeo("list-tags", "--tls-verify=false", "--creds", f"{USER}:{PASSWORD}", f"docker://{at}/team/image")
    check("skopeo gets a token that the registry takes", "404 (Not Found)" in done.stderr, done.stderr)
    check("from our service", any(s[0] == "GET" and s[2] for s in Tokens.seen), Tokens.seen)
    Tokens.seen.clear()
    a = check_login("no configuration", port, None)
    same("its challenge is enough", a.problem(), None)
    same("nobody asks for a token then", Tokens.seen, [])
    config = docker("token", {"auths": {at: {"auth": encoded(USER, PASSWORD)}}})
    check_login("a token", port, "true", **config)
    same("the token service was asked once, with the login", [(s[0], s[2]) for s in Tokens.seen], [("GET", True)])
    a = ask(f"registry://{at}/team/image", **config)
    same("a repository's token", a.fact("login"), "true")
    check("that is not there", "there is no repository team/image" in a.note("login"), a.note("login"))
    same("its scope", Tokens.seen[-1][1].get("scope"), ["repository:team/image:pull"])
    a = check_login("a wrong password", port, None, **docker("token-wrong", {"auths": {at: {"auth": encoded(USER, "wrong-secret")}}}))
    same("is a problem", a.problem(), "unauthenticated")
    check("of the token service", "token service" in a.message(), a.message())
    check_login("a refresh token", port, "true", **docker("refresh", {"auths": {at: {"identitytoken": REFRESH}}}))
    same("is sent as a form", Tokens.seen[-1][0], "POST")
    a = check_login("a revoked one", port, None, **docker("revoked", {"auths": {at: {"identitytoken": "wrong-secret"}}}))
    same("is a problem", a.problem(), "unauthenticated")
    helper("token", "echo '" + json.dumps({"Username": "<token>", "Secret": REFRESH}) + "'\n")
    check_login("a helper's refresh token", port, "true", **WITH_HELPERS, **docker("token-helper", {"credsStore": "token"}))


if __name__ == "__main__":
    test_open()
    BASIC = basic_registry()
    test_basic(BASIC)
    test_helpers(BASIC)
    test_tokens(token_registry(token_service()))
    common.finish()
