# SPDX-License-Identifier: Apache-2.0
"""Every way in which AWS's own tools find credentials: botocore finds the same ones in the same place, what is broken is
said in one line, and nothing secret is ever shown.

usage: test_credentials.py PLUMBLINE
"""
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
from fake import Cloud, Fake  # noqa: E402

PROGRAM = sys.argv[1]
SOURCE = "eks://eu-west-1/gitpod"
FAILED = []
# id, secret, session token of whoever keeps his own
KEPT = {name: (f"AKID{name.upper()}", f"secret/of+{name}/canary", f"token=of/{name}+canary" if token else None) for name, token in (
    ("environment", True), ("static", False), ("config", False), ("process", True), ("container", True), ("instance", True), ("sso", True))}


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:900]}")


class Host(http.server.BaseHTTPRequestHandler):
    """A container's, an instance's and SSO's endpoints in one."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, value):
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self):
        if self.server.version_1:
            return self.reply(405, "")
        return self.reply(200, "imds-session-token-canary")

    def do_GET(self):
        keys = lambda name: dict(zip(("AccessKeyId", "SecretAccessKey", "Token"), KEPT[name])) | {  # noqa: E731
            "Code": "Success", "Expiration": later()}
        if self.path.startswith("/latest/meta-data/iam/security-credentials/"):
            if not self.server.version_1 and self.headers.get("x-aws-ec2-metadata-token") != "imds-session-token-canary":
                return self.reply(401, "")
            return self.reply(200, "my-role" if self.path.endswith("/") else keys("instance"))
        if self.path.startswith("/federation/credentials?") and "account_id=1" in self.path and "role_name=Reader" in self.path:
            if self.headers.get("x-amz-sso_bearer_token") != "sso-access-token-canary":
                return self.reply(401, {"message": "Session token not found or invalid"})
            return self.reply(200, {"roleCredentials": dict(zip(("accessKeyId", "secretAccessKey", "sessionToken"), KEPT["sso"])) | {
                "expiration": 1999999999000}})
        if self.path == "/container":
            good = self.headers.get("Authorization") == "container-authorization-canary"
            return self.reply(200, keys("container")) if good else self.reply(403, {"code": "no"})
        return self.reply(404, "")


def later():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


def cache(folder, key, **more):
    path = folder / ".aws/sso/cache"
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{hashlib.sha1(key.encode()).hexdigest()}.json").write_text(json.dumps(
        {"accessToken": "sso-access-token-canary", "expiresAt": later(), "region": "eu-west-1", "startUrl": "https://x.awsapps.com/start", **more}))


def files(folder, host):
    aws = folder / ".aws"
    aws.mkdir(exist_ok=True)
    keys = lambda name: f"aws_access_key_id = {KEPT[name][0]}\naws_secret_access_key = {KEPT[name][1]}\n"  # noqa: E731
    (aws / "credentials").write_text(f"[kept]\n{keys('static')}\n[half]\naws_access_key_id = AKIDHALF\n")
    for name, text in (("good", json.dumps({"Version": 1, "AccessKeyId": KEPT["process"][0], "SecretAccessKey": KEPT["process"][1],
                                            "SessionToken": KEPT["process"][2], "Expiration": later()})), ("nonsense", "hello")):
        (folder / f"{name} process").write_text(f"#!/bin/sh\ncat <<'E'\n{text}\nE\n")
        (folder / f"{name} process").chmod(0o755)
    (folder / "web-identity").write_text("web-identity-token\n")
    (folder / "wrong-identity").write_text("wrong-token-canary\n")
    sso = "sso_account_id = 1\nsso_role_name = Reader\n"
    (aws / "config").write_text(f"""
# a comment
[default]
region = eu-west-1
s3 =
  max_concurrent_requests = 20
[profile config]
{keys('config')}
[profile reader]
role_arn = arn:aws:iam::1:role/reader
source_profile = kept
external_id = ext
role_session_name = me
[profile chained]
role_arn = arn:aws:iam::1:role/second
source_profile = reader
[profile of-environment]
role_arn = arn:aws:iam::1:role/env
credential_source = Environment
[profile of-instance]
role_arn = arn:aws:iam::1:role/instance
credential_source = Ec2InstanceMetadata
[profile identity]
role_arn = arn:aws:iam::1:role/web
web_identity_token_file = {folder}/web-identity
[profile process]
credential_process = "{folder}/good process" --with 'an argument'
[profile session]
sso_session = corp
{sso}[sso-session corp]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
[profile legacy]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
{sso}
[profile loop]
role_arn = arn:aws:iam::1:role/a
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::1:role/b
source_profile = loop
[profile mfa]
role_arn = arn:aws:iam::1:role/a
source_profile = kept
mfa_serial = arn:aws:iam::1:mfa/me
[profile forbidden]
role_arn = arn:aws:iam::1:role/forbidden
source_profile = kept
[profile nonsense]
credential_process = "{folder}/nonsense process"
[profile fails]
credential_process = sh -c 'echo the vault is closed >&2; exit 3'
[profile hangs]
credential_process = sleep 60
[profile logged-out]
sso_start_url = https://y.awsapps.com/start
sso_region = eu-west-1
{sso}
[profile expired]
sso_start_url = https://z.awsapps.com/start
sso_region = eu-west-1
{sso}
[profile without-source]
role_arn = arn:aws:iam::1:role/a
[profile no-source]
role_arn = arn:aws:iam::1:role/a
source_profile = nobody
""")
    cache(folder, "corp")
    cache(folder, "https://x.awsapps.com/start")
    cache(folder, "https://z.awsapps.com/start", expiresAt="2020-01-01T00:00:00Z")
    return host


def ways(folder, host):
    """(name, variables, whose keys: a name of KEPT, or None for a role)"""
    env = {"AWS_ACCESS_KEY_ID": KEPT["environment"][0], "AWS_SECRET_ACCESS_KEY": KEPT["environment"][1],
           "AWS_SESSION_TOKEN": KEPT["environment"][2]}
    imds = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": host}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{host}/container"}
    (folder / "container-token").write_text("container-authorization-canary")
    return [("environment", env, "environment"),
            ("environment before a profile of the environment", {**env, "AWS_PROFILE": "config"}, "environment"),
            ("credentials file", {"AWS_PROFILE": "kept"}, "static"), ("config file", {"AWS_PROFILE": "config"}, "config"),
            ("role", {"AWS_PROFILE": "reader"}, None), ("role of a role", {"AWS_PROFILE": "chained"}, None),
            ("role of the instance", {"AWS_PROFILE": "of-instance", **imds}, None),
            ("web identity", {"AWS_WEB_IDENTITY_TOKEN_FILE": f"{folder}/web-identity", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"}, None),
            ("web identity of a profile", {"AWS_PROFILE": "identity"}, None),
            ("process", {"AWS_PROFILE": "process"}, "process"), ("SSO session", {"AWS_PROFILE": "session"}, "sso"),
            ("SSO, older", {"AWS_PROFILE": "legacy"}, "sso"),
            ("container", {**container, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-authorization-canary"}, "container"),
            ("container, token file", {**container, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{folder}/container-token"}, "container"),
            ("instance", imds, "instance")]


def broken(folder, host):
    """(variables, words of the one line)"""
    return [({"AWS_ACCESS_KEY_ID": "AKID"}, "AWS_SECRET_ACCESS_KEY is not"),
            ({"AWS_PROFILE": "nobody"}, "there is no profile 'nobody'"), ({"AWS_PROFILE": "half"}, "no aws_secret_access_key"),
            ({"AWS_PROFILE": "loop"}, "name each other"), ({"AWS_PROFILE": "mfa"}, "mfa_serial"),
            ({"AWS_PROFILE": "forbidden"}, "sts:AssumeRole: AccessDenied: User is not authorized"),
            ({"AWS_PROFILE": "nonsense"}, "printed no credentials of Version 1"), ({"AWS_PROFILE": "fails"}, "status 3: the vault is closed"),
            ({"AWS_PROFILE": "logged-out"}, "run `aws sso login --profile logged-out`"), ({"AWS_PROFILE": "expired"}, "has expired"),
            ({"AWS_PROFILE": "without-source"}, "neither source_profile nor"), ({"AWS_PROFILE": "no-source"}, "there is no profile 'nobody'"),
            ({"AWS_PROFILE": "of-environment"}, "credential_source = Environment, and there are none"),
            ({"AWS_WEB_IDENTITY_TOKEN_FILE": f"{folder}/none", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"}, "does not exist"),
            ({"AWS_WEB_IDENTITY_TOKEN_FILE": f"{folder}/web-identity"}, "AWS_ROLE_ARN"),
            ({"AWS_WEB_IDENTITY_TOKEN_FILE": f"{folder}/wrong-identity", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"}, "InvalidIdentityToken"),
            ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/x"}, "without https"),
            ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{host}/container"}, "status 403"),
            ({"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"}, "instance metadata: "),
            ({}, "no AWS credentials; looked for AWS_ACCESS_KEY_ID"),
            ({"AWS_CONFIG_FILE": f"{folder}/broken"}, "broken:2: neither [SECTION] nor KEY = VALUE")]


def botocore_finds(env):
    """The access key that botocore finds with the same variables and files."""
    program = ("import botocore.session; s = botocore.session.Session(); s.set_config_variable('region', 'eu-west-1'); "
               "print(s.get_credentials().get_frozen_credentials().access_key)")
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() or done.stderr[-500:]


def main():
    with tempfile.TemporaryDirectory() as name, Fake(Cloud()) as fake:
        folder = pathlib.Path(name)
        (folder / "broken").write_text("[default]\nnonsense\n")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
        server.daemon_threads, server.version_1 = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = files(folder, f"http://127.0.0.1:{server.server_address[1]}")
        fake.cloud.cluster("gitpod")
        fake.cloud.keys |= {key: (secret, token) for key, secret, token in KEPT.values()}
        secrets = [s for kept in KEPT.values() for s in kept[1:] if s] + [
            "web-identity-token", "sso-access-token-canary", "container-authorization-canary", "imds-session-token-canary", "wrong-token-canary"]

        def run(*words, **more):
            env = fake.environment(folder, keys=False) | {"AWS_ENDPOINT_URL_SSO": host, **more}
            done = subprocess.run([PROGRAM, *map(str, words)], env=env, capture_output=True, text=True, timeout=60, check=False)
            trace = folder / "trace"
            shown = done.stdout + done.stderr + (trace.read_text() if trace.exists() else "")
            roles = [s for pair in fake.cloud.keys.values() for s in pair if s and s.startswith("assumed/")]
            for secret in secrets + roles:
                check(f"{more}: no secret is shown", secret not in shown, secret)
            return done, env

        for what, more, whose in ways(folder, host):
            before = set(fake.cloud.keys)
            done, env = run("facts", SOURCE, "-vv", "--trace-http", folder / "trace", **more)
            check(what, done.returncode == 0, done.stderr[-700:])
            found = botocore_finds(env)
            if whose:
                check(f"{what}: botocore finds the same", found == KEPT[whose][0], found)
            else:
                new = set(fake.cloud.keys) - before
                check(f"{what}: a role, as botocore's", found in new and len(new) >= 2, (found, new))
        server.version_1 = True
        done, _ = run("facts", SOURCE, AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=host)
        check("an instance of version 1", done.returncode == 0, done.stderr)
        done, _ = run("facts", SOURCE, AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=host,
                      AWS_EC2_METADATA_V1_DISABLED="true")
        check("version 1 is refused where it is disabled", done.returncode == 2, done.stderr)
        for more, words in broken(folder, host):
            done, _ = run("facts", SOURCE, **more)
            check(f"said: {words}", done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        done, _ = run("facts", SOURCE, "--timeout", "2s", AWS_PROFILE="hangs")
        check("a process that hangs is ended", done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr)
        check("every signature is botocore's", not fake.wrong, fake.wrong)
        server.shutdown()
    return 1 if FAILED else 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
