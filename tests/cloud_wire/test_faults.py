# SPDX-License-Identifier: Apache-2.0
"""Every fault between us and a cloud's API, one row each: it is named, the deadline holds, no other fact is lost, nothing
secret is shown.  A server of faults stands before the cloud's fake.

usage: test_faults.py PLUMBLINE aws|google|azure [--table]
"""
import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True
from worlds import WORLDS  # noqa: E402  (first: it says where the others are)
from faults import FORWARDED, TRUSTING, BlackHole, Faults, refused  # noqa: E402

PROGRAM, CLOUD = sys.argv[1:3]
# Seconds that plumbline is given: where only the deadline ends a row, and where it ends by itself.
DEADLINE, PLENTY, SLACK = 5, 40, 4
MAIN, PART, LOGIN = "main", "part", "login"
FORCES_2 = {"unreadable", "unreachable", "timeout", "unauthenticated"}

# What is asked last, where there is time left.
AHEAD = {"version_offered", "machine_offered"}

# What is faulty (None: the connection); the fault, or the faults in turn; TLS; code of the problem and words of its message
# ("|": either); what is lost: "all", "part" (all that the call would tell), "pages" (some of it), or None.
ROWS = [
    ("refused", None, None, "good", "unreachable", "refused", "all"),
    ("no such host name", None, None, "good", "unreachable", "looked up", "all"),
    ("black hole", None, None, "good", "timeout", "in time", "all"),
    ("reset on accept", "connect", "reset-on-accept", "good", "unreachable", "", "all"),
    ("reset after TLS hello", "connect", "reset-after-hello", "good", "unreachable", "", "all"),
    ("silent connection", "connect", "silent", "good", "timeout", "in time", "all"),
    ("expired certificate", MAIN, "pass", "expired", "unreachable", "expired", "all"),
    ("certificate of another name", MAIN, "pass", "wrong-name", "unreachable", "certificate", "all"),
    ("certificate of an unknown authority", MAIN, "pass", "unknown-ca", "unreachable", "certificate", "all"),
    ("no TLS at all", MAIN, "pass", "plain", "unreachable", "TLS", "all"),
    ("not HTTP", MAIN, "not-http", "good", "unreachable", "HTTP", "all"),
    ("reset after the request", MAIN, "reset-after-request", "good", "unreachable", "", "all"),
    ("silent after the request", MAIN, "silent-after-request", "good", "timeout", "in time", "all"),
    ("HTML whatever is asked", "*", "html", "good", "unreadable|unauthenticated", "cannot be read|no access_token|does not say where", "all"),
    ("redirect loop whatever is asked", "*", "redirect-loop", "good", "unreadable|unauthenticated", "302|does not say where", "all"),
    ("HTML", MAIN, "html", "good", "unreadable", "cannot be read", "all"),
    ("redirect loop", MAIN, "redirect-loop", "good", "unreadable", "302", "all"),
    ("redirected away", MAIN, "redirect-away", "good", "unreadable", "307", "all"),
    ("403 without a word", MAIN, "403", "good", "forbidden|unauthenticated", "403|made up", "all"),
    ("500", MAIN, "500", "good", "unreachable", "500|made up", "all"),
    ("410", MAIN, "410", "good", "refused", "410|made up", "all"),
    ("empty answer", MAIN, "empty", "good", "unreadable", "no cluster|empty", "all"),
    ("reset in the head of a part", PART, "reset-in-head", "good", "unreachable", "", "part"),
    ("reset in the body of a part", PART, "reset-in-body", "good", "unreachable", "", "part"),
    ("a part closed in the body", PART, "close-in-body", "good", "unreadable", "", "part"),
    ("a part silent", PART, "silent-after-request", "good", "timeout", "in time", "part"),
    ("a part of 1 byte per second", PART, "slow-body", "good", "timeout", "in time", "part"),
    ("a part of 1 GB", PART, "huge", "good", "unreadable|timeout", "more than|bytes came", "part"),
    ("a part that inflates to 1 GB", PART, "bomb", "good", "unreadable", "more than", "part"),
    ("404 of a part", PART, "404", "good", None, "", "part"),
    ("410 of a part", PART, "410", "good", "refused", "410|made up", "part"),
    ("429 once", PART, ["429", "pass"], "good", None, "", None),
    ("429 for a day", PART, "429-long", "good", "unreachable", "429|made up", "part"),
    ("500 of a part", PART, "500", "good", "unreachable", "500|made up", "part"),
    ("503 once", PART, ["503", "pass"], "good", None, "", None),
    ("connection lost once", PART, ["reset-after-request", "pass"], "good", None, "", None),
    ("HTML of a part", PART, "html", "good", "unreadable", "cannot be read", "part"),
    ("HTML with 502 of a part", PART, "html-502", "good", "unreachable", "502", "part"),
    ("JSON of a part that breaks off", PART, "not-json", "good", "unreadable", "cannot be read", "part"),
    ("truncated gzip", PART, "truncated-gzip", "good", "unreadable", "gzip|breaks off", "part"),
    ("broken gzip", PART, "broken-gzip", "good", "unreadable", "gzip", "part"),
    ("head of 4 MB", PART, "long-head", "good", "unreadable", "head|too long", "part"),
    ("second page: 500", "page", "500", "good", "unreachable", "500|made up", "pages"),
    ("second page: reset", "page", "reset-after-request", "good", "unreachable", "", "pages"),
    ("second page: HTML", "page", "html", "good", "unreadable", "cannot be read", "pages"),
    ("second page: 410", "page", "410", "good", "refused", "410|made up", "pages"),
    ("login: 500", LOGIN, "500", "good", "unreachable", "status 500", "all"),
    ("login: 400 that repeats what it got", LOGIN, lambda request: (400, {"Content-Type": "application/json"}, json.dumps(
        {"error": "invalid_client", "error_description": urllib.parse.unquote(request.body.decode())}).encode()),
     "good", "unauthenticated", "invalid_client", "all"),
    ("login: 503 once", LOGIN, ["503", "pass"], "good", None, "", None),
    ("login: HTML", LOGIN, "html", "good", "unreadable", "no access_token", "all"),
    ("login: redirect loop", LOGIN, "redirect-loop", "good", "unauthenticated", "302", "all"),
    ("login: silent", LOGIN, "silent-after-request", "good", "timeout", "in time", "all"),
    ("login: 1 GB", LOGIN, "huge", "good", "unreadable|timeout", "more than|bytes came", "all"),
    ("login: truncated gzip", LOGIN, "truncated-gzip", "good", "unreadable|unauthenticated", "gzip|breaks off", "all"),
]
BY_DEADLINE = {"black hole", "silent connection", "silent after the request", "a part silent", "a part of 1 byte per second",
               "a part of 1 GB", "login: silent", "login: 1 GB"}


def run(world, command, url, ca, timeout, *more):
    """(exit status, what was printed, stderr, seconds)"""
    words = ["-o", "json"] if command == "check" else []
    began = time.monotonic()
    done = subprocess.run([PROGRAM, command, world.source, "--timeout", f"{timeout}s", *words, *more], env=world.environment(url, ca),
                          capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stdout + done.stderr, time.monotonic() - began


def objects(facts):
    """What the cloud says of each object."""
    out = {}
    for thing in (facts or {"objects": []})["objects"]:
        out.setdefault((thing["kind"], thing.get("name")), []).append(
            sorted(json.dumps([f["attribute"], f.get("value"), f.get("waits_for")]) for f in thing.get("facts", []) if f["witness"] == "cloud"))
    return out


def without_late(things):
    return {k: [[f for f in facts if json.loads(f)[0] not in AHEAD] for facts in v] for k, v in things.items()}


def script_of(world, where, fault):
    steps = fault if isinstance(fault, list) else [fault]
    if where in ("connect", "*"):
        return {where: steps}
    if where == "page":
        return {world.part: lambda request: fault if world.is_next_page(request) else None}
    return {**world.beside, {MAIN: world.main, PART: world.part, LOGIN: world.login}[where]: steps}


@contextlib.contextmanager
def nobody(name):
    """The address of a server with which no connection comes about."""
    if name == "refused":
        with contextlib.closing(refused()) as sock:
            yield f"https://127.0.0.1:{sock.getsockname()[1]}"
    elif name == "black hole":
        with BlackHole() as hole:
            yield f"https://127.0.0.1:{hole.port}"
    else:
        yield "https://no-such-host.invalid"


def one(row, whole):
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        name, where, fault, tls = row[:4]
        if where is None:
            with nobody(name) as url:
                return judge(world, row, url, None, whole)
        with Faults(script_of(world, where, fault), None if tls == "plain" else tls, world.url) as server:
            return judge(world, row, server.url.replace("http:", "https:"), server.ca, whole)


def lost_of(world, facts, whole, lost, timely):
    """What is wrong with what is left."""
    left = objects(facts)
    if not timely:
        left, whole = without_late(left), without_late(whole)
    gone = {thing for thing, said in whole.items() if left.get(thing) != said}
    if lost == "all":
        return f"there is still {set(left)}" if left else None
    if gone - world.part_objects or lost is None and gone:
        return f"lost {sorted(gone)}"
    if lost == "part" and gone != world.part_objects or lost == "pages" and not 0 < len(gone) < len(world.part_objects):
        return f"lost only {sorted(gone)}"
    whole_source = facts["sources"][0].get("complete", True)
    return "it says that it is complete" if gone and whole_source else None


def judge(world, row, url, ca, whole):
    name, _, _, _, code, words, lost = row
    deadline = DEADLINE if name in BY_DEADLINE else PLENTY
    status, result, said, seconds = run(world, "check", url, ca, deadline)
    problems, codes, wrong = result["problems"] if result else [], code.split("|") if code else [], []
    found = [p for p in problems if p["code"] in codes and any(w.lower() in p["message"].lower() for w in words.split("|"))]
    if code and not found:
        wrong.append(f"no problem '{code}' with '{words}'")
    if code and len(problems) > 1:
        wrong.append("more than one problem")
    if not code and problems:
        wrong.append("there is a problem")
    if (status == 2) != bool(lost == "all" or FORCES_2.intersection(codes)):
        wrong.append(f"exit status {status}")
    if any("\n" in p["message"] for p in problems):
        wrong.append("more than one line")
    if seconds > deadline + SLACK:
        wrong.append(f"{seconds:.1f} s")
    _, facts, more, _ = run(world, "facts", url, ca, deadline, "-vv")
    wrong += filter(None, [lost_of(world, facts, whole, lost, name not in BY_DEADLINE)])
    wrong += [f"shows {s[:6]}..." for s in world.secrets() if s in said + more]
    if wrong:
        wrong.append(str([(p["code"], p["message"]) for p in problems]))
    return wrong, found[0]["code"] if found else "-", found[0]["message"] if found else "", status, seconds


# ---- credentials that get too old while the source is asked ----

def renewed(whole):
    """All calls after the first are refused the first credentials, at once: they are renewed once."""
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        seen, first, again = [], [], []

        def step(request):
            key = world.key(request)
            if world.login and request.path.startswith(world.login):
                return seen.append("login")
            if not key:
                return None
            if not first or first == [key] and request.path.startswith(world.main) and not request.path.startswith(world.part):
                first[:] = [key]
                return None
            again.append(key)
            return world.expired(request) if key in first else None

        with Faults({"*": step}, "good", world.url) as server:
            status, facts, said, _ = run(world, "facts", server.url, server.ca, PLENTY)
        logins = len(seen) if world.login else len((world.folder / "asked").read_text())
        yield "once more", status == 0 and objects(facts) == whole, said[-600:]
        yield "renewed once", logins == 2 and len(set(again)) == 2, (logins, again)


def never_good():
    """Credentials that are refused whatever they are."""
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        step = lambda request: world.expired(request) if world.key(request) else None
        with Faults({"*": step}, "good", world.url) as server:
            status, result, said, _ = run(world, "check", server.url, server.ca, PLENTY)
            asked = [r for r in server.requests if world.key(r)]
        yield "said", status == 2 and [p["code"] for p in result["problems"]] == ["unauthenticated"], (status, said[-600:])
        yield "two tries", len(asked) == 2, asked


# ---- what tomorrow's API may say ----

def add_fields(value):
    """Fields that nobody knows yet, in every object."""
    if isinstance(value, dict):
        return {"aTomorrow": {"x": [1, None]}, **{k: add_fields(v) for k, v in value.items()}, "zTomorrow": None}
    return [add_fields(v) for v in value] if isinstance(value, list) else value


def change_words(value, words):
    if isinstance(value, dict):
        return {k: change_words(v, words) for k, v in value.items()}
    if isinstance(value, list):
        return [change_words(v, words) for v in value]
    return "TOMORROW_" + value if isinstance(value, str) and value in words else value


def odd_types(value):
    """Numbers and lists in the places of texts, and the other way around; names and addresses stay."""
    if isinstance(value, dict):
        return {k: v if k.lower().endswith(("name", "nextlink", "pagetoken", "nexttoken", "_token")) or k in (
            "resourceManager", "loginEndpoint", "cluster", "nodegroup", "properties", "value", "items", "nodePools", "clusters", "nodegroups")
            and not isinstance(v, (dict, list)) else odd_types(v) for k, v in value.items()}
    if isinstance(value, list):
        return [odd_types(v) for v in value]
    return [value] if isinstance(value, str) else str(value) if value is not None else {"x": 1}


def through(world, change, change_xml=None):
    """Lets each answer of the API through with its JSON changed."""
    def step(request):
        if world.login and request.path.startswith((world.login, "/metadata/")):
            return None
        status, headers, body = asked(world, request)
        kind = headers.get("Content-Type", "")
        if status == 200 and "json" in kind:
            body = json.dumps(change(json.loads(body))).encode()
        elif status == 200 and change_xml:
            body = change_xml(body.decode()).encode()
        return status, {"Content-Type": kind}, body
    return step


def asked(world, request):
    """(status, headers, body) of the fake itself."""
    scheme, _, host = world.url.partition("://")
    line = http.client.HTTPSConnection(host, context=TRUSTING, timeout=60) if scheme == "https" else http.client.HTTPConnection(host, timeout=60)
    line.request(request.method, request.path, request.body or None,
                 {k: v for k, v in request.headers.items() if (k in FORWARDED or k.startswith("x-")) and k != "accept-encoding"})
    with contextlib.closing(line):
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def tomorrow(whole):
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        words = set(world.enums()) - world.choosing
        changes = {
            "fields": through(world, add_fields, lambda text: re.sub("(</(?:item|member)>)", r"<tomorrow><x>1</x></tomorrow>\1", text)),
            "words": through(world, lambda j: change_words(j, words),
                             lambda text: re.sub(r">([^<]+)<", lambda m: f">TOMORROW_{m[1]}<" if m[1] in words else m[0], text)),
            "types": through(world, odd_types)}
        for name, step in changes.items():
            with Faults({"*": step}, "good", world.url) as server:
                status, facts, said, _ = run(world, "facts", server.url, server.ca, PLENTY)
            left = objects(facts)
            yield f"{name}: no failure", status == 0 or name == "types" and status == 2, (status, said[-600:])
            if name != "types":
                yield f"{name}: the same things", set(left) == set(whole), set(left) ^ set(whole)
            if name == "fields":
                yield "fields change nothing", left == whole, [(k, left.get(k), v) for k, v in whole.items() if left.get(k) != v]
            if name == "words":
                yield "there are such words", left != whole, words


def tests(whole):
    for test, rows in (("renewed", renewed(whole)), ("never good", never_good()), ("tomorrow", tomorrow(whole))):
        for what, holds, seen in rows:
            yield f"{test}: {what}", holds, seen


def main():
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        with Faults({}, "good", world.url) as server:
            status, facts, said, _ = run(world, "facts", server.url, server.ca, PLENTY)
        whole = objects(facts)
        if status or not world.part_objects <= set(whole):
            sys.exit(f"without a fault: {status}, {set(whole)}: {said[-2000:]}")
        rows = [r for r in ROWS if r[1] != LOGIN or world.login]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda row: one(row, whole), rows))
    for row, (wrong, code, message, status, seconds) in zip(rows, results):
        failed += bool(wrong)
        if wrong or "--table" in sys.argv:
            print(f"| {row[0]} | {code} | {status} | {seconds:.1f} s | {message} |")
        if wrong:
            print(f"FAILED {row[0]}: {'; '.join(wrong)}")
    for what, holds, seen in tests(whole):
        failed += not holds
        if not holds:
            print(f"FAILED {what}: {str(seen)[:1500]}")
    print(f"{len(rows)} faults, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
