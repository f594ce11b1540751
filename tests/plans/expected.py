#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One plan with a known answer: runs `plumbline check FILE -o json` and compares every verdict.

usage: expected.py PLUMBLINE FOLDER FILE [PROFILE]

FOLDER holds expected.json (verdicts and why: EXPECTED.md) and FILE.gz.  With PROFILE the answers of
expected.json are taken over to gitpod/PROFILE through profiles.json beside it.
"""
import gzip
import json
import os
import subprocess
import sys
import tempfile


def as_list(want):
    return want if isinstance(want, list) else [want]


def merge_profile(folder, name, expected, profile):
    """The same plan under another profile: rows it does not ask are absent, others are added."""
    with open(os.path.join(folder, "profiles.json")) as f:
        rules = json.load(f)[profile]
    say = {**expected["base"], **expected["plans"][name].get("say", {}), **rules.get("base", {})}
    say.update(rules["plans"].get(name, {}).get("say", {}))
    for gone in rules.get("absent", []):
        say[gone] = None
    status = rules["plans"].get(name, {}).get("exit", rules.get("exit", expected["plans"][name].get("exit")))
    return say, status


def verdicts(result, rid):
    return [r for r in result["results"] if r["id"] == rid]


def check_rows(result, say):
    wrong = []
    for rid, want in sorted(say.items()):
        got = verdicts(result, rid)
        if want is None:
            if got:
                wrong.append(f"{rid}: must be absent, is {got[0]['verdict']}")
            continue
        seen = [r["verdict"] for r in got]
        if not any(v in as_list(want) for v in seen):
            reason = got[0]["witnesses"].get("plan", {}).get("reason") if got else ""
            wrong.append(f"{rid}: want {want}, got {seen}: {reason}")
    return wrong


def check_places(result, places):
    wrong = []
    for rid, texts in places.items():
        findings = json.dumps([w["findings"] for r in verdicts(result, rid) for w in r["witnesses"].values()])
        for text in texts:
            if json.dumps(text)[1:-1] not in findings:
                wrong.append(f"{rid}: {text} does not occur in its findings")
    return wrong


def run(plumbline, path, arch):
    return subprocess.run([plumbline, "check", path, "--arch", arch, "-o", "json", "--as-of", "2026-11-22"],
                          capture_output=True, timeout=120)


def main():
    plumbline, folder, name = sys.argv[1:4]
    profile = sys.argv[4] if len(sys.argv) > 4 else None
    with open(os.path.join(folder, "expected.json")) as f:
        expected = json.load(f)
    plan = expected["plans"][name]
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, name)
        with gzip.open(os.path.join(folder, name + ".gz")) as packed, open(path, "wb") as out:
            out.write(packed.read())
        done = run(plumbline, path, f"gitpod/{profile}" if profile else expected["arch"])
    wrong = []
    if "refused" in plan:
        message = done.stderr.decode()
        if done.returncode != 2 or plan["refused"] not in message:
            wrong.append(f"must be refused with 2 and '{plan['refused']}': {done.returncode} {message}")
    elif done.returncode not in (0, 3):
        wrong.append(f"exit status {done.returncode}: {done.stderr.decode()}")
    else:
        result = json.loads(done.stdout)
        say, status = {**expected["base"], **plan.get("say", {})}, plan.get("exit")
        if profile:
            say, status = merge_profile(folder, name, expected, profile)
        wrong += check_rows(result, say) + check_places(result, plan.get("at", {}) if not profile else {})
        if status is not None and done.returncode != status:
            wrong.append(f"exit status: want {status}, got {done.returncode}")
        if result["exit_code"] != done.returncode:
            wrong.append(f"exit_code says {result['exit_code']}, the process said {done.returncode}")
    for line in wrong:
        print(f"{name}: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
