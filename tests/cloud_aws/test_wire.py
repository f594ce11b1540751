# SPDX-License-Identifier: Apache-2.0
"""What goes over the wire to AWS, held to botocore: where each service is in every region there is, what the user may say
instead, and signatures of requests nobody would think of.

usage: test_wire.py DRIVER [SEED]
"""
import datetime
import json
import os
import pathlib
import random
import string
import subprocess
import sys
import tempfile
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.endpoint_provider
import botocore.session

DRIVER = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
SERVICES = ["eks", "ec2", "autoscaling", "elbv2", "elb", "sts", "service-quotas", "sso", "s3", "rds", "ecr"]
REQUESTS = 3000
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1500]}")


def drive(questions, **more):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **more, **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_"))}}
    done = subprocess.run([DRIVER], input="".join(json.dumps(q) + "\n" for q in questions), env=env, capture_output=True, text=True,
                          timeout=120, check=True)
    return done.stdout.splitlines()


# ---- where services are ----

class Places:
    def __init__(self):
        self.session = botocore.session.Session()
        loader = self.session.get_component("data_loader")
        self.partitions = loader.load_data("partitions")
        self.providers = {s: botocore.endpoint_provider.EndpointProvider(loader.load_service_model(s, "endpoint-rule-set-1"), self.partitions)
                          for s in SERVICES}

    def regions(self):
        return sorted(r for p in self.partitions["partitions"] for r in p["regions"] if not r.endswith("-global"))

    def of(self, service, region, fips, dual):
        """None: botocore knows none of that kind."""
        more = {"Bucket": None} if service == "s3" else {}
        try:
            return self.providers[service].resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual, **{k: v for k, v in more.items() if v}).url
        except Exception:  # pylint: disable=broad-except
            return None


def endpoints():
    places, compared, none = Places(), 0, 0
    asked = [(s, r) for s in SERVICES for r in places.regions()]
    for fips in (False, True):
        for dual in (False, True):
            env = {"AWS_USE_FIPS_ENDPOINT": str(fips).lower(), "AWS_USE_DUALSTACK_ENDPOINT": str(dual).lower()}
            mine = drive([{"endpoint": s, "region": r} for s, r in asked], **env)
            for (service, region), url in zip(asked, mine):
                theirs = places.of(service, region, fips, dual)
                compared += theirs is not None
                none += theirs is None
                check(f"{service} in {region}, FIPS {fips}, dual stack {dual}", theirs is None or theirs == url, f"{url}, not {theirs}")
    print(f"{compared} addresses compared, of {none} botocore has none")
    check("there are regions", compared > 1000, compared)


def said_instead():
    """What the environment and the files say, as botocore's own client resolves it."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "config").write_text("""[default]
region = eu-west-1
[profile whole]
endpoint_url = https://profile.example/
[profile parts]
endpoint_url = https://profile.example
services = dev
[services dev]
eks =
  endpoint_url = https://eks.example:8443/
auto_scaling =
    endpoint_url = http://asg.example
elastic_load_balancing_v2 =
  endpoint_url = https://elbv2.example/base/
service_quotas =
  endpoint_url = https://quotas.example
[profile off]
endpoint_url = https://profile.example
ignore_configured_endpoint_urls = true
""")
        cases = [{}, {"AWS_PROFILE": "whole"}, {"AWS_PROFILE": "parts"}, {"AWS_PROFILE": "off"},
                 {"AWS_ENDPOINT_URL": "https://all.example"}, {"AWS_ENDPOINT_URL_EKS": "https://one.example", "AWS_ENDPOINT_URL": "https://all.example"},
                 {"AWS_PROFILE": "parts", "AWS_ENDPOINT_URL": "https://all.example"},
                 {"AWS_PROFILE": "parts", "AWS_ENDPOINT_URL_AUTO_SCALING": "https://one.example/"},
                 {"AWS_ENDPOINT_URL": "https://all.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
                 {"AWS_PROFILE": "whole", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"},
                 {"AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING": "https://old.example"}, {"AWS_ENDPOINT_URL_RDS": "https://rds.example"},
                 {"AWS_ENDPOINT_URL_ECR": "https://ecr.example"}, {"AWS_ENDPOINT_URL_SSO": "https://sso.example"}]
        for case in cases:
            env = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"), **case}
            before = dict(os.environ)
            for key in [k for k in os.environ if k.startswith("AWS_")]:
                del os.environ[key]
            os.environ.update(env)
            try:
                session = botocore.session.Session()
                theirs = [session.create_client(s, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
                          .meta.endpoint_url.rstrip("/") for s in SERVICES]
            finally:
                os.environ.clear()
                os.environ.update(before)
            mine = drive([{"endpoint": s, "region": "eu-west-1"} for s in SERVICES], **env)
            check(f"{case}", mine == theirs, [(s, a, b) for s, a, b in zip(SERVICES, mine, theirs) if a != b])


# ---- signatures ----

def text(rng, letters, most):
    return "".join(rng.choice(letters) for _ in range(rng.randrange(1, most)))


def request(rng):
    odd = string.ascii_letters + string.digits + "-._~ +/=&?%#@:;,!*'()[]{}äß漢\t\"\\"
    quote = lambda s: urllib.parse.quote(s, safe="-._~")
    host = rng.choice(["eks.eu-west-1.amazonaws.com", "127.0.0.1:8443", "sts.amazonaws.com:443", "localhost:80", "[::1]:9000", "a-b.example"])
    scheme = rng.choice(["https", "http"])
    path = "".join("/" + quote(text(rng, odd.replace(".", ""), 12)) for _ in range(rng.randrange(4))) or rng.choice(["", "/"])
    query = "&".join(quote(text(rng, odd, 8)) + "=" + quote(text(rng, odd, 12) if rng.randrange(5) else "") for _ in range(rng.randrange(5)))
    method = rng.choice(["GET", "POST", "HEAD"])
    names = rng.sample(["Content-Type", "X-Amz-Target", "x-goog-cloud-target-resource", "X-Zulu", "Accept-X"], rng.randrange(4))
    headers = [(n, rng.choice(["a", "  two  words ", "application/x-www-form-urlencoded; charset=utf-8", "a,b", "x\ty"])) for n in names]
    return {"sign": method, "url": f"{scheme}://{host}{path}{'?' + query if query else ''}", "headers": [f"{n}: {v}" for n, v in headers],
            "body": text(rng, odd, 80) if method == "POST" else "", "id": "AKID" + text(rng, string.ascii_uppercase, 12),
            "secret": text(rng, string.ascii_letters + "/+=", 40), "region": rng.choice(["eu-west-1", "us-gov-east-1", "cn-north-1"]),
            "service": rng.choice(["eks", "ec2", "sts", "elasticloadbalancing"]), "at": rng.randrange(10 ** 9, 4 * 10 ** 9),
            **({"token": text(rng, string.ascii_letters + "/+=", 400)} if rng.randrange(2) else {})}, headers


def theirs_of(q, headers):
    at = datetime.datetime.fromtimestamp(q["at"], datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    awsrequest = botocore.awsrequest.AWSRequest(method=q["sign"], url=q["url"], data=q["body"].encode(), headers={
        **dict(headers), "X-Amz-Date": at, **({"X-Amz-Security-Token": q["token"]} if "token" in q else {})})
    awsrequest.context["timestamp"] = at
    auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(q["id"], q["secret"], q.get("token")), q["service"], q["region"])
    auth._inject_signature_to_request(awsrequest, auth.signature(auth.string_to_sign(awsrequest, auth.canonical_request(awsrequest)), awsrequest))
    return awsrequest.headers["Authorization"]


def signatures(rng):
    questions = [request(rng) for _ in range(REQUESTS)]
    mine = drive([q for q, _ in questions])
    check("an answer each", len(mine) == REQUESTS, len(mine))
    for (q, headers), line in zip(questions, mine):
        check("a signature", line == theirs_of(q, headers), f"{q}: {line}, not {theirs_of(q, headers)}")
    print(f"{REQUESTS} signatures compared")


def presigned(rng):
    """EKS's token: an address of STS, signed with one more header."""
    questions = []
    for _ in range(500):
        q, _ = request(rng)
        questions.append({**q, "presign": f"https://sts.{q['region']}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
                          "service": "sts", "name": "x-k8s-aws-id", "value": text(rng, string.ascii_letters + "-_", 30), "seconds": 60})
        del questions[-1]["sign"]
    for q, line in zip(questions, drive(questions)):
        at = datetime.datetime.fromtimestamp(q["at"], datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        awsrequest = botocore.awsrequest.AWSRequest(method="GET", url=q["presign"], headers={"x-k8s-aws-id": q["value"]})
        awsrequest.context["timestamp"] = at
        auth = botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(q["id"], q["secret"], q.get("token")), "sts", q["region"], 60)
        auth._modify_request_before_signing(awsrequest)
        wanted = auth.signature(auth.string_to_sign(awsrequest, auth.canonical_request(awsrequest)), awsrequest)
        mine = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(line).query))
        theirs = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(awsrequest.url).query))
        check("a signed address", mine == {**theirs, "X-Amz-Signature": wanted}, f"{mine}, not {theirs} and {wanted}")
    print("500 signed addresses compared")


def main():
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    for test in (endpoints, said_instead, lambda: signatures(rng), lambda: presigned(rng)):
        test()
    print(f"{len(FAILED)} failed" if FAILED else "")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
