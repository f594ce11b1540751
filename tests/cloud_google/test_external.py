# SPDX-License-Identifier: Apache-2.0
"""Identities of other providers, and service accounts that are acted for: google-auth gets each token first, then
plumbline, and both must have sent the same.

usage: test_external.py PLUMBLINE
"""
import base64
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
import google.auth.aws  # noqa: E402
import google.auth.iam  # noqa: E402
import google.auth.external_account_authorized_user  # noqa: E402
import google.auth.identity_pool  # noqa: E402
import google.auth.impersonated_credentials  # noqa: E402
import google.auth.pluggable  # noqa: E402
import google.oauth2.credentials  # noqa: E402
import google.auth.transport.requests  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from fake import Fake, Project  # noqa: E402

PROGRAM = sys.argv[1]
SOURCE, SCOPE = "gke://my-project/europe-west1/gitpod", "https://www.googleapis.com/auth/cloud-platform"
AUDIENCE = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/pool/providers/theirs"
JWT, AWS_TYPE = "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:aws:token-type:aws4_request"
EMAIL = "deploy@my-project.iam.gserviceaccount.com"
KEYS = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "imds/secret+key", "Token": "imds+session/token=="}
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


class Door(http.server.BaseHTTPRequestHandler):
    """Google's STS and IAM, an identity provider, EC2's metadata server: all of them write down what they were asked."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def issue(self):
        token = f"ya29.external-{len(self.server.tokens)}"
        self.server.tokens.add(token)
        return token

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path, auth = self.path.split("?")[0], self.headers.get("Authorization")
        if path in self.server.broken:
            return self.reply(*self.server.broken[path])
        if path == "/v1/token" or path == "/v1/oauthtoken" or path == "/token":
            self.server.seen.append((self.command, path, auth, dict(urllib.parse.parse_qsl(body))))
            return self.reply(200, json.dumps({"access_token": self.issue(), "expires_in": 3600, "token_type": "Bearer",
                                               "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}))
        if path.endswith(":generateAccessToken"):
            allowed = (auth or "").removeprefix("Bearer ") in self.server.tokens
            self.server.seen.append((self.command, path, allowed, json.loads(body)))
            until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            return self.reply(200 if allowed else 401, json.dumps({"accessToken": self.issue(), "expireTime": until}))
        self.server.seen.append((self.command, self.path, {k: v for k, v in self.headers.items() if k.lower().startswith("x-")}, body))
        if path == "/subject":
            return self.reply(200, json.dumps({"access": "subject-of-url"}))
        imds = {"/latest/api/token": "imds-session", "/zone": "eu-west-1b", "/keys": "a-role", "/keys/a-role": json.dumps(KEYS)}
        return self.reply(200, imds[path], "text/plain") if path in imds else self.reply(404, "{}")

    do_GET = do_POST = do_PUT = serve


class Elsewhere:
    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.seen, self.server.tokens, self.server.broken = [], set(), {}
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def take(self):
        seen, self.server.seen = self.server.seen, []
        return seen


def external(there, source, kind=JWT, **more):
    return {"type": "external_account", "audience": AUDIENCE, "subject_token_type": kind, "token_url": there.url + "/v1/token",
            "credential_source": source, **more}


def ways(there, folder):
    """{name: (credentials file, variables)}"""
    (folder / "subject.txt").write_text("subject-of-file")
    (folder / "subject.json").write_text('{"deep": 1, "id": "subject-of-json"}')
    tool = folder / "tool with a blank.sh"
    tool.write_text('#!/bin/sh\n[ "$1 $2" = "--for two words" ] || exit 3\n'
                    '[ "$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE$GOOGLE_EXTERNAL_ACCOUNT_REVOKE$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE" = "%s00" ] || exit 4\n'
                    'echo \'{"version": 1, "success": true, "token_type": "%s", "id_token": "subject-of-program", "expiration_time": 9999999999}\'\n'
                    % (AUDIENCE, JWT))
    tool.chmod(0o755)
    kept = folder / "kept.json"
    kept.write_text(json.dumps({"version": 1, "success": True, "token_type": JWT, "id_token": "subject-that-was-kept",
                                "expiration_time": int(time.time()) + 600}))
    act = f"{there.url}/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
    programs = {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}
    command = f"'{tool}' --for \"two words\""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    login = {"type": "authorized_user", "client_id": "id", "client_secret": "client-secret", "refresh_token": "1//refresh",
             "token_uri": there.url + "/token"}
    account = {"type": "service_account", "client_email": "me@my-project.iam.gserviceaccount.com", "private_key": key,
               "private_key_id": "key-1", "token_uri": there.url + "/token", "project_id": "my-project"}
    imds = {"environment_id": "aws1", "region_url": there.url + "/zone", "url": there.url + "/keys",
            "imdsv2_session_token_url": there.url + "/latest/api/token",
            "regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"}
    static = {"AWS_REGION": "us-gov-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "env/secret+key"}
    return {
        "file": (external(there, {"file": str(folder / "subject.txt")}), {}),
        "file, JSON": (external(there, {"file": str(folder / "subject.json"), "format": {"type": "json", "subject_token_field_name": "id"}}), {}),
        "url": (external(there, {"url": there.url + "/subject?x=1", "headers": {"X-Wish": "a token"},
                                 "format": {"type": "json", "subject_token_field_name": "access"}}), {}),
        "client": (external(there, {"file": str(folder / "subject.txt")}, client_id="me", client_secret="sts:secret"), {}),
        "workforce": ({**external(there, {"file": str(folder / "subject.txt")}, workforce_pool_user_project="bill me"),
                       "audience": "//iam.googleapis.com/locations/global/workforcePools/pool/providers/theirs"}, {}),
        "impersonated": (external(there, {"file": str(folder / "subject.txt")}, service_account_impersonation_url=act,
                                  service_account_impersonation={"token_lifetime_seconds": 2800}), {}),
        "program": (external(there, {"executable": {"command": command, "timeout_millis": 10000}}), programs),
        "program, kept": (external(there, {"executable": {"command": "/nowhere", "output_file": str(kept)}}), programs),
        "AWS, metadata": (external(there, imds, AWS_TYPE), {}),
        "AWS, variables": (external(there, {"environment_id": "aws1", "regional_cred_verification_url": imds["regional_cred_verification_url"]},
                                    AWS_TYPE, service_account_impersonation_url=act), static),
        "login": ({"type": "external_account_authorized_user", "audience": AUDIENCE, "client_id": "me", "client_secret": "sts:secret",
                   "refresh_token": "1//workforce", "token_url": there.url + "/v1/oauthtoken",
                   "token_info_url": there.url + "/v1/introspect"}, {}),
        "login acts": ({"type": "impersonated_service_account", "source_credentials": login, "service_account_impersonation_url": act,
                        "delegates": ["first@x", "second@x"]}, {}),
        "key acts": ({"type": "impersonated_service_account", "source_credentials": account, "service_account_impersonation_url": act}, {}),
    }


SECRETS = ["subject-of-file", "subject-of-json", "subject-of-url", "subject-of-program", "subject-that-was-kept", "sts:secret", "1//workforce",
           base64.b64encode(b"me:sts:secret").decode(), "client-secret", "1//refresh", KEYS["SecretAccessKey"], KEYS["Token"],
           "env/secret+key", "imds-session"]


def plain(seen):
    """What does not change from one time to the next: an assertion's and a signed request's parts are looked at apart."""
    out = []
    for method, path, auth, body in seen:
        if isinstance(body, dict) and "assertion" in body:
            head, claims, _ = body["assertion"].split(".")
            claims = json.loads(base64.urlsafe_b64decode(claims + "=="))
            body = {**body, "assertion": [json.loads(base64.urlsafe_b64decode(head + "==")), claims["scope"], claims["iss"], claims["aud"]]}
        if isinstance(body, dict) and body.get("subject_token_type") == AWS_TYPE:
            asked = json.loads(urllib.parse.unquote(body["subject_token"]))
            names = {h["key"].lower() for h in asked["headers"]}
            body = {**body, "subject_token": [asked["url"], asked["method"], sorted(names)]}
        if isinstance(body, dict) and "options" in body:
            body = {**body, "options": json.loads(urllib.parse.unquote(body["options"]))}
        if isinstance(body, dict) and not body.get("delegates", True):
            del body["delegates"]
        if isinstance(auth, dict):
            # of google-auth itself, not of the way
            auth = {k.lower(): v for k, v in auth.items() if k.lower() not in ("x-goog-api-client", "x-allowed-locations")}
        # google-auth asks for a session of EC2's metadata server before each question to it
        if method != "PUT" or (method, path, auth, body) not in out:
            out.append((method, path, auth, body))
    return out


def check_signature(name, seen, keys, region):
    """google-auth's own signer signs the same request, with the header that it leaves unsigned, to the same signature."""
    asked = json.loads(urllib.parse.unquote(next(b["subject_token"] for _, p, _, b in seen if p == "/v1/token")))
    headers = {h["key"].lower(): h["value"] for h in asked["headers"]}
    at = headers["x-amz-date"]
    real = google.auth._helpers.utcnow
    google.auth._helpers.utcnow = lambda: __import__("datetime").datetime.strptime(at, "%Y%m%dT%H%M%SZ")
    try:
        theirs = google.auth.aws.RequestSigner(region).get_request_options(
            google.auth.aws.AwsSecurityCredentials(*keys), asked["url"], "POST", "", {"x-goog-cloud-target-resource": AUDIENCE})
    finally:
        google.auth._helpers.utcnow = real
    same(f"{name}: signature", headers["authorization"], theirs["headers"]["Authorization"])


def run(fake, folder, path, variables, *words):
    return subprocess.run([PROGRAM, "facts", SOURCE, *words], env=fake.environment(folder, GOOGLE_APPLICATION_CREDENTIALS=str(path), **variables),
                          capture_output=True, text=True, timeout=60, check=False)


def of_google(text):
    """The credentials that google.auth.default() would make, which asks for a project's name as well."""
    if text["type"] == "impersonated_service_account":
        return google.auth.impersonated_credentials.Credentials.from_impersonated_service_account_info(text, scopes=[SCOPE])
    if text["type"] == "external_account_authorized_user":
        return google.auth.external_account_authorized_user.Credentials.from_info(text)
    source = text["credential_source"]
    module = (google.auth.aws if "environment_id" in source else google.auth.pluggable if "executable" in source
              else google.auth.identity_pool)
    return module.Credentials.from_info(text, scopes=[SCOPE])


def both(fake, there, folder):
    path, trace = folder / "credentials.json", folder / "trace"
    for name, (text, variables) in ways(there, folder).items():
        path.write_text(json.dumps(text))
        before = dict(os.environ)
        os.environ.update(variables)
        try:
            theirs = of_google(text)
            theirs.refresh(google.auth.transport.requests.Request())
        finally:
            os.environ.clear(), os.environ.update(before)
        wanted = there.take()
        check(f"{name}: google-auth gets a token", theirs.token in there.server.tokens and wanted, theirs.token)
        fake.tokens.update(f"ya29.external-{n}" for n in range(999))
        trace.unlink(missing_ok=True)
        done = run(fake, folder, path, variables, "-vv", "--trace-http", trace)
        seen = there.take()
        same(f"{name}: exit", done.returncode, 0)
        same(f"{name}: requests", plain(seen), plain(wanted))
        check(f"{name}: whose it is", EMAIL in done.stderr or "service_account_impersonation_url" not in text, done.stderr[:300])
        everything = done.stdout + done.stderr + trace.read_text()
        secrets = [*SECRETS, *there.server.tokens, text.get("source_credentials", {}).get("private_key", "\n-\n-\n").splitlines()[1]]
        same(f"{name}: no secret is shown", [s for s in secrets if len(s) > 1 and s in everything], [])
        if name.startswith("AWS, m"):
            check_signature(name, seen, tuple(KEYS.values()), "eu-west-1")
        elif name.startswith("AWS"):
            check_signature(name, seen, ("AKIDEXAMPLE", "env/secret+key"), "us-gov-west-1")
        print(f"{name}: {len(seen)} requests alike")


def program(folder, name, text):
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return {"executable": {"command": str(path), "timeout_millis": 5000}}


def refused(fake, there, folder):
    allowed = {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}
    file, act = {"file": str(folder / "subject.txt")}, f"{there.url}/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
    cases = [
        (external(there, {"file": str(folder / "none")}), {}, "none' does not exist"),
        (external(there, {"file": str(folder / "subject.json"), "format": {"type": "json", "subject_token_field_name": "none"}}), {},
         "no token as member 'none'"),
        (external(there, {"url": there.url + "/absent"}), {}, "status 404"),
        (external(there, {"url": "file:///etc/passwd"}), {}, "is no address"),
        (external(there, {}), {}, "neither file, url, executable nor AWS"),
        (external(there, {"certificate": {}}), {}, "certificates are not supported"),
        (external(there, {"environment_id": "aws2"}), {}, "environment_id is not aws1"),
        (external(there, {"environment_id": "aws1"}), {}, "tells the region"),
        (external(there, {"environment_id": "aws1"}), {"AWS_REGION": "eu-west-1"}, "tells keys"),
        (external(there, program(folder, "a", "exit 0\n")), {}, "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1"),
        (external(there, program(folder, "b", "echo no login >&2; exit 7\n")), allowed, "status 7: no login"),
        (external(there, program(folder, "c", "echo hello\n")), allowed, "no answer of version 1"),
        (external(there, program(folder, "d", 'echo \'{"version": 1, "success": false, "code": "401", "message": "log in"}\'\n')), allowed,
         "failed: 401: log in"),
        (external(there, program(folder, "e", f'echo \'{{"version": 1, "success": true, "token_type": "{JWT}", "id_token": "x", '
                                 '"expiration_time": 5}\'\n')), allowed, "has expired"),
        (external(there, program(folder, "f", "yes | head -c 9000000\n")), allowed, "bytes"),
        (external(there, program(folder, "g", "sleep 60\n")), allowed, "in time"),
        (external(there, {"executable": {"command": "/bin/true", "timeout_millis": 1}}), allowed, "timeout_millis of 5000"),
        (external(there, file, token_url="http://sts.example.com/v1/token"), {}, "is no https address"),
        (external(there, file, service_account_impersonation_url="http://evil.example/x"), {}, "is no https address"),
        ({"type": "impersonated_service_account", "service_account_impersonation_url": act}, {}, "no source_credentials"),
        ({"type": "impersonated_service_account", "service_account_impersonation_url": act, "source_credentials": {"type": "gone"}}, {},
         "type 'gone'"),
        ({"type": "impersonated_service_account", "service_account_impersonation_url": act, "source_credentials": {
            "type": "impersonated_service_account"}}, {}, "delegates"),
        ({"type": "gdch_service_account"}, {}, "type 'gdch_service_account'"),
        ({"type": "external_account"}, {}, "no audience"),
    ]
    path = folder / "credentials.json"
    for text, variables, words in cases:
        path.write_text(json.dumps(text))
        done = run(fake, folder, path, variables)
        check(f"said: {words}", done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr)
    there.take()
    answers = [("/v1/token", (400, '{"error": "invalid_grant", "error_description": "The given credential is rejected"}'),
                "invalid_grant: The given credential is rejected"),
               ("/v1/token", (200, "<html>sign in"), "no access_token"), ("/v1/token", (500, "{}"), "status 500"),
               (f"/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken",
                (403, '{"error": {"message": "Permission iam.serviceAccounts.getAccessToken denied"}}'), "getAccessToken denied"),
               (f"/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken", (200, '{"accessToken": 7}'), "no token of")]
    path.write_text(json.dumps(external(there, file, service_account_impersonation_url=act)))
    for where, answer, words in answers:
        there.server.broken = {where: answer}
        done = run(fake, folder, path, {})
        check(f"{answer}: {words}", done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr)
    there.server.broken = {}


def main():
    project = Project()
    project.cluster("gitpod")
    with tempfile.TemporaryDirectory() as name, Fake(project) as fake, Elsewhere() as there:
        folder = pathlib.Path(name)
        # google-auth takes no other address for these two, whatever the file says
        google.auth.iam._IAM_ENDPOINT = there.url + "/v1/projects/-/serviceAccounts/{}:generateAccessToken"
        google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT = there.url + "/token"
        for test in (both, refused):
            test(fake, there, folder)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
