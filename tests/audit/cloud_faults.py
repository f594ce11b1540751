# SPDX-License-Identifier: Apache-2.0
"""Every fault between us and a cloud's API, one row each: it is named, the deadline holds, no other fact is lost.

A server of faults stands before the fake of the cloud.  usage: cloud_faults.py PLUMBLINE aws|google|azure [--table]
"""
import concurrent.futures
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
PROGRAM, WHICH = sys.argv[1:3]
sys.path[:0] = [str(TESTS / "net"), str(TESTS / f"cloud_{WHICH}")]
import fake  # noqa: E402
from faults import BlackHole, Faults, refused  # noqa: E402

# Seconds that plumbline is given: where only the deadline ends a row, and where it ends by itself.
DEADLINE, PLENTY, SLACK = 6, 40, 4
LIST = "the list"

# What is done with connections or requests; the code of the problem and words of its message ("|": either); "all": nothing was
# told; LIST: what one list tells is lost; None: nothing is.
TABLE = [
    ("refused", None, None, "unreachable", "refused", "all"),
    ("no such host name", None, None, "unreachable", "looked up", "all"),
    ("black hole: connection", None, None, "timeout", "in time", "all"),
    ("reset on accept", {"connect": ["reset-on-accept"]}, "good", "unreachable", "", "all"),
    ("reset after TLS hello", {"connect": ["reset-after-hello"]}, "good", "unreachable", "", "all"),
    ("silent connection", {"connect": ["silent"]}, "good", "timeout", "in time", "all"),
    ("expired certificate", {}, "expired", "unreachable", "expired", "all"),
    ("certificate of another name", {}, "wrong-name", "unreachable", "certificate", "all"),
    ("certificate of an unknown authority", {}, "unknown-ca", "unreachable", "certificate", "all"),
    ("not HTTP", {"*": ["not-http"]}, "good", "unreachable", "HTTP", "all"),
    ("HTML instead of JSON", {"*": ["html"]}, "good", "unreadable|unauthenticated", "cannot be read|does not say where", "all"),
    ("redirect loop", {"*": ["redirect-loop"]}, "good", "unreadable|refused|unreachable|unauthenticated", "redirect|302|does not say where", "all"),
    ("reset after the request", {LIST: ["reset-after-request"]}, "good", "unreachable", "", LIST),
    ("reset in the head", {LIST: ["reset-in-head"]}, "good", "unreachable", "", LIST),
    ("reset in the body", {LIST: ["reset-in-body"]}, "good", "unreachable", "", LIST),
    ("closed in the body", {LIST: ["close-in-body"]}, "good", "unreadable", "", LIST),
    ("silent after the request", {LIST: ["silent-after-request"]}, "good", "timeout", "in time", LIST),
    ("1 byte per second", {LIST: ["slow-body"]}, "good", "timeout", "in time", LIST),
    ("answer of 1 GB", {LIST: ["huge"]}, "good", "unreadable|timeout", "more than|bytes came", LIST),
    ("answer that inflates to 1 GB", {LIST: ["bomb"]}, "good", "unreadable", "more than", LIST),
    ("403", {LIST: ["403"]}, "good", "forbidden", "", LIST),
    ("410", {LIST: ["410"]}, "good", "refused", "410", LIST),
    ("429 once", {LIST: ["429", "pass"]}, "good", None, "", None),
    ("429 for a day", {LIST: ["429-long"]}, "good", "unreachable", "429", LIST),
    ("500", {LIST: ["500"]}, "good", "unreachable", "500", LIST),
    ("503 once", {LIST: ["503", "pass"]}, "good", None, "", None),
    ("connection lost once", {LIST: ["reset-after-request", "pass"]}, "good", None, "", None),
    ("HTML of one list", {LIST: ["html"]}, "good", "unreadable", "cannot be read", LIST),
    ("HTML with 502", {LIST: ["html-502"]}, "good", "unreachable", "502", LIST),
    ("JSON that breaks off", {LIST: ["not-json"]}, "good", "unreadable", "cannot be read", LIST),
    ("truncated gzip", {LIST: ["truncated-gzip"]}, "good", "unreadable", "gzip", LIST),
    ("broken gzip", {LIST: ["broken-gzip"]}, "good", "unreadable", "gzip", LIST),
    ("head of 4 MB", {LIST: ["long-head"]}, "good", "unreadable", "head", LIST),
]
BY_DEADLINE = {"black hole: connection", "silent connection", "silent after the request", "1 byte per second", "answer of 1 GB",
               "HTML with 502", "429 for a day"}
FORCES_2 = {"unreadable", "unreachable", "timeout", "unauthenticated"}


# ---- the clouds: who answers, what is asked, the list that fails, how the program learns where they are ----

def aws():
    cloud = fake.Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    cloud.group("gitpod", "services")
    cloud.addons["gitpod"] = {"vpc-cni": {"addonName": "vpc-cni", "addonVersion": "v1"}}
    return lambda folder: fake.Fake(cloud), "eks://eu-west-1/gitpod", "/clusters/gitpod/addons", "component"


def google():
    project = fake.Project()
    project.cluster("gitpod", network="default")
    project.pool("gitpod", "services")
    project.database("db", "MYSQL_5_7")
    return lambda folder: fake.Fake(project), "gke://my-project/europe-west1/gitpod", "/sql/v1beta4/", "database"


def azure():
    account = fake.Account()
    account.cluster("gitpod")
    account.pool("gitpod", "services")
    account.resource("backups", "Microsoft.Storage/storageAccounts")
    return (lambda folder: fake.Fake(account, folder), f"aks://{fake.SUBSCRIPTION}/rg/gitpod",
            f"/subscriptions/{fake.SUBSCRIPTION}/resourceGroups/rg/resources", "bucket")


MAKE, SOURCE, PATH, LOST = {"aws": aws, "google": google, "azure": azure}[WHICH]()


def environment(f, folder, url, ca):
    """The fake's own, with another address in its place."""
    if WHICH == "azure":
        env = f.environment()
        # all but the first question goes where the cloud's metadata says
        return env | {"ARM_METADATA_HOSTNAME": url.removeprefix("https://"), **({"SSL_CERT_FILE": ca} if ca else {})}
    env = f.environment(folder)
    return {k: v.replace(f.url, url) for k, v in env.items()} | ({"SSL_CERT_FILE": ca, "AWS_CA_BUNDLE": ca} if ca else {})


def run(env, command, timeout):
    """(exit status, what was printed, stderr, seconds)"""
    words = ["-o", "json"] if command == "check" else []
    began = time.monotonic()
    done = subprocess.run([PROGRAM, command, SOURCE, "--timeout", f"{timeout}s", *words], capture_output=True, text=True, timeout=120, env=env,
                          check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr, time.monotonic() - began


def kinds(facts):
    count = {}
    for thing in facts["objects"]:
        count[thing["kind"]] = count.get(thing["kind"], 0) + 1
    return count


def nobody(name, stack):
    if name == "refused":
        return f"https://127.0.0.1:{stack.enter_context(refused()).getsockname()[1]}"
    if name.startswith("black hole"):
        return f"https://127.0.0.1:{stack.enter_context(BlackHole()).port}"
    return "https://no-such-host.invalid"


def one(row, whole):
    name, script, tls = row[:3]
    with tempfile.TemporaryDirectory() as text, MAKE(pathlib.Path(text)) as f, contextlib.ExitStack() as stack:
        folder = pathlib.Path(text)
        if script is None:
            return judge(environment(f, folder, nobody(name, stack), None), whole, row)
        script = {PATH if k == LIST else k: v for k, v in script.items()}
        server = stack.enter_context(Faults(script, tls=tls, upstream=f.url))
        f.url = server.url # where the cloud says that it is
        return judge(environment(f, folder, server.url, server.ca), whole, row)


def judge(env, whole, row):
    name, _, _, code, words, lost = row
    deadline = DEADLINE if name in BY_DEADLINE else PLENTY
    status, result, said, seconds = run(env, "check", deadline)
    problems = result["problems"] if result else []
    wrong, codes = [], code.split("|") if code else []
    found = [p for p in problems if p["code"] in codes and any(word.lower() in p["message"].lower() for word in words.split("|"))]
    if code and not found:
        wrong.append(f"no problem '{code}' with '{words}'")
    if not code and problems:
        wrong.append("there is a problem")
    if found and (status == 2) != (found[0]["code"] in FORCES_2 or lost == "all"):
        wrong.append(f"exit status {status}")
    if seconds > deadline + SLACK:
        wrong.append(f"{seconds:.1f} s")
    if lost != "all":
        kept = kinds(run(env, "facts", deadline)[1])
        missing = {k: n for k, n in whole.items() if (k != LOST or lost is None) and kept.get(k) != n}
        if missing:
            wrong.append(f"lost {missing}")
    if wrong:
        wrong.append(f"{said.strip()} {problems}")
    return wrong, found[0]["code"] if found else "-", found[0]["message"] if found else "", status, seconds


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as text, MAKE(pathlib.Path(text)) as f, Faults({}, tls="good", upstream=f.url) as server:
        f.url = server.url
        whole = kinds(run(environment(f, pathlib.Path(text), server.url, server.ca), "facts", PLENTY)[1])
        if not whole.get("pool") or not whole.get(LOST):
            sys.exit(f"without a fault there is {whole}")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda row: one(row, whole), TABLE))
    for row, (wrong, code, message, status, seconds) in zip(TABLE, results):
        failed += bool(wrong)
        if wrong or "--table" in sys.argv:
            print(f"| {row[0]} | {code} | {status} | {seconds:.1f} s | {message} |")
        if wrong:
            print(f"FAILED {row[0]}: {'; '.join(wrong)}")
    if failed:
        sys.exit(f"{failed} of {len(TABLE)} rows failed")
    print(f"{len(TABLE)} faults")


if __name__ == "__main__":
    main()
