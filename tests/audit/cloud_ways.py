# SPDX-License-Identifier: Apache-2.0
"""How a cloud is reached: through a proxy or past it, trusted by the roots that its own tools take.

usage: cloud_ways.py PLUMBLINE aws|google|azure
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
PROGRAM, WHICH = sys.argv[1:3]
sys.path[:0] = [str(TESTS / "net"), str(TESTS / f"cloud_{WHICH}")]
import fake  # noqa: E402
from faults import Faults  # noqa: E402
from proxy import Proxy  # noqa: E402

FAILED = []
BUNDLES = {"aws": ["AWS_CA_BUNDLE"], "google": ["CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"], "azure": []}[WHICH]


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {str(seen)[:1000]}")


def world(folder):
    """(the fake, the source, the environment for an address)"""
    if WHICH == "azure":
        account = fake.Account()
        account.cluster("gitpod")
        f = fake.Fake(account, folder)
        return f, f"aks://{fake.SUBSCRIPTION}/rg/gitpod", lambda url: f.environment() | {"ARM_METADATA_HOSTNAME": url.removeprefix("https://")}
    if WHICH == "google":
        project = fake.Project()
        project.cluster("gitpod")
        f = fake.Fake(project)
        return f, "gke://my-project/europe-west1/gitpod", lambda url: {k: v.replace(f.url, url) for k, v in f.environment(folder).items()}
    cloud = fake.Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    f = fake.Fake(cloud)
    return f, "eks://eu-west-1/gitpod", lambda url: f.environment(folder) | {"AWS_ENDPOINT_URL": url}


def run(source, env):
    done = subprocess.run([PROGRAM, "facts", source, "--timeout", "20s"], env=env, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def without_roots(env):
    return {k: v for k, v in env.items() if k != "SSL_CERT_FILE"}


# ---- metadata servers, which stand on the machine itself: no proxy leads there ----

def metadata(f):
    """(what the server answers, the variables that make it the only way to credentials), by its address"""
    json_of = lambda value, **headers: (200, {"Content-Type": "application/json", **headers}, json.dumps(value).encode())
    token = lambda text: {"access_token": text, "expires_in": 3599, "token_type": "Bearer"}
    if WHICH == "google":
        return ({"/computeMetadata/": lambda _: json_of(token("ya29.static-token"), **{"Metadata-Flavor": "Google"})},
                lambda host: {"GCE_METADATA_HOST": host})
    if WHICH == "azure":
        return {"/msi": lambda _: json_of(token(f.issue()))}, lambda host: {
            "IDENTITY_ENDPOINT": f"http://{host}/msi", "IDENTITY_HEADER": "identity-header-secret"}
    f.cloud.keys["ASIAROLE"] = ("secret+of/role", "session")
    keys = {"Code": "Success", "AccessKeyId": "ASIAROLE", "SecretAccessKey": "secret+of/role", "Token": "session",
            "Expiration": "2099-01-01T00:00:00Z"}
    role = "/latest/meta-data/iam/security-credentials/"
    return ({"/latest/api/token": lambda _: (200, {}, b"imds-token"), role: lambda _: (200, {}, b"role"), role + "role": lambda _: json_of(keys)},
            lambda host: {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://{host}"})


CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
               "ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET")


def past_the_proxy(f, source, env, proxy, host):
    script, more = metadata(f)
    with Faults(script) as server:
        at = server.url.removeprefix("http://")
        proxy.asked.clear()
        done = run(source, {k: v for k, v in env.items() if k not in CREDENTIALS} | more(at) | {
            name: f"http://127.0.0.1:{proxy.port}" for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY")})
        check("metadata servers are asked past the proxy", done == (0, "") and set(proxy.asked) == {host} and server.requests,
              (done, proxy.asked, server.requests))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        f, source, environment = world(folder)
        with f, Faults({}, tls="good", upstream=f.url) as server, Proxy() as proxy, Proxy("user:pass~word") as locked:
            url = server.url.replace("127.0.0.1", "localhost")
            f.url = url
            env = without_roots(environment(url))
            host = url.removeprefix("https://")
            # roots
            for variable in [*BUNDLES, "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]:
                check(f"{variable} is trusted", run(source, env | {variable: server.ca}) == (0, ""), run(source, env | {variable: server.ca}))
            status, said = run(source, env)
            check("without roots nobody is", status == 2 and "certificate" in said and said.count("\n") == 1, said)
            for variable in [*BUNDLES, "REQUESTS_CA_BUNDLE"]:
                status, said = run(source, env | {variable: str(folder / "none")})
                check(f"{variable}: a file that is not there", status == 2 and "none" in said and said.count("\n") == 1, said)
            if WHICH == "aws":
                (folder / "config").write_text(f"[default]\nca_bundle = {server.ca}\n")
                check("the profile's ca_bundle is trusted", run(source, env | {"AWS_CONFIG_FILE": str(folder / "config")})[0] == 0)
            # proxies
            env |= {"SSL_CERT_FILE": server.ca}
            for variable in ("HTTPS_PROXY", "https_proxy"):
                proxy.asked.clear()
                done = run(source, env | {variable: f"http://127.0.0.1:{proxy.port}"})
                check(f"{variable}: all goes through it", done == (0, "") and set(proxy.asked) == {host}, (done, proxy.asked))
            past_the_proxy(f, source, env, proxy, host)
            for past in ("localhost", "*", ".example,localhost"):
                proxy.asked.clear()
                done = run(source, env | {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": past})
                check(f"NO_PROXY={past}: past it", done == (0, "") and not proxy.asked, (done, proxy.asked))
            done = run(source, env | {"HTTPS_PROXY": f"http://user:pass~word@127.0.0.1:{locked.port}"})
            check("a proxy with a password", done == (0, "") and locked.asked, done)
            status, said = run(source, env | {"HTTPS_PROXY": f"http://user:wrong-word@127.0.0.1:{locked.port}"})
            check("a wrong one is said, not shown", status == 2 and "407" in said and "wrong-word" not in said and said.count("\n") == 1, said)
            status, said = run(source, env | {"HTTPS_PROXY": "http://127.0.0.1:9"})
            check("a proxy that is not there", status == 2 and "proxy" in said.lower() and said.count("\n") == 1, said)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
