#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `plumbline check -o json` to the format "plumbline-result/1", member by member.

usage: result.py PLUMBLINE FIXTURES

Judges every plan and state below FIXTURES (gzipped) as gitpod/production, which asks most, those
without a fault twice and in every profile, and two snapshots of one cluster that disagree.
"""
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

VERDICTS = ["pass", "fail", "unknown", "not-applicable", "waived", "not-asked"]
WITNESSES = ["plan", "cloud", "cluster", "node", "endpoint"]
text = lambda v: isinstance(v, str) and v != ""
maybe = lambda v: v is None or isinstance(v, str)
flag = lambda v: isinstance(v, bool)
count = lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0
among = lambda words: lambda v: v in words

TOP = {"format": among(["plumbline-result/1"]), "tool": None, "as_of": text, "architecture": None, "sources": None,
       "clusters": None, "results": None, "drift": None, "problems": None, "conforms": lambda v: v in (True, False, None),
       "summary": None, "exit_code": count}
SOURCE = {"source": text, "witness": among(WITNESSES), "complete": flag}
SOURCE_MAY = {"kind": text, "as_of": text, "sha256": text, "terraform_version": text, "why": text}
RESULT = {"id": text, "cluster": maybe, "title": text, "severity": among(["error", "warning", "info"]),
          "verdict": among(VERDICTS), "witnesses": None, "settled_by": None}
ANSWER = {"verdict": among(VERDICTS), "reason": text, "findings": None}
FINDING = {"verdict": among(VERDICTS)}
FINDING_MAY = {"object": text, "attribute": text, "expected": text, "actual": maybe, "sensitive": among([True]),
               "basis": among(["set", "default", "inferred", "assumed"]), "waits_for": text, "note": text, "origin": None}
ORIGIN = {"source": text}
ORIGIN_MAY = {"address": text, "path": text, "file": text, "line": count}
DRIFT = {"attribute": text, "values": None, "will_change": flag, "origins": None}
PROBLEM = {"code": text, "message": text}
PROBLEM_MAY = {"source": text, "object": text, "permission": text}
SUMMARY = {"pass": count, "fail": count, "unknown": count, "not_applicable": count, "waived": count, "not_asked": count}


def members(where, value, must, may=None):
    assert isinstance(value, dict), f"{where}: no object"
    known = {**must, **(may or {})}
    for key in must:
        assert key in value, f"{where}: {key} is missing"
    for key, v in value.items():
        assert key in known, f"{where}: {key} is not in the format"
        assert known[key] is None or known[key](v), f"{where}.{key}: {v!r}"


def check_finding(where, f, sources):
    members(where, f, FINDING, FINDING_MAY)
    assert ("attribute" in f) == ("actual" in f), f"{where}: an attribute comes with its value"
    if f.get("sensitive"):
        assert f["actual"] is None, f"{where}: a sensitive value is printed"
    if f["verdict"] == "unknown" and f.get("actual") is None and not f.get("sensitive"):
        assert "waits_for" in f or "note" in f, f"{where}: what is it waiting for?"
    if "origin" in f:
        members(where + ".origin", f["origin"], ORIGIN, ORIGIN_MAY)
        assert f["origin"]["source"] in sources, f"{where}: a source that is not listed"


def combined(verdicts):
    return next((v for v in ("fail", "pass", "unknown", "not-applicable") if v in verdicts), "not-asked")


def check_result(r, sources, asked):
    where = r.get("id", "result")
    members(where, r, RESULT)
    assert all(w in asked for w in r["witnesses"]), f"{where}: a witness that was not asked"
    for w, a in r["witnesses"].items():
        members(f"{where}@{w}", a, ANSWER)
        assert a["verdict"] != "not-asked", f"{where}@{w}: asked, and not asked"
        for i, f in enumerate(a["findings"]):
            check_finding(f"{where}@{w}[{i}]", f, sources)
        if a["verdict"] in ("fail", "unknown"):
            assert any(f["verdict"] == a["verdict"] for f in a["findings"]), f"{where}@{w}: nothing bears the verdict"
    assert (r["verdict"] == "not-asked") == (not r["witnesses"]), f"{where}: witnesses of a row that was not asked"
    if len(r["witnesses"]) == 1:
        assert r["verdict"] == combined([a["verdict"] for a in r["witnesses"].values()]), f"{where}: combined"
    settled = r["settled_by"]
    assert all(text(s) for s in settled), f"{where}: settled_by"
    assert bool(settled) == (r["verdict"] in ("unknown", "not-asked")), f"{where}: settled_by of {r['verdict']}"


def expected_exit(j):
    failed = [r["severity"] for r in j["results"] if r["verdict"] == "fail"]
    return 2 if any(p["code"] == "unreadable" for p in j["problems"]) else 3 if "error" in failed else 0


def check(j):
    members("result", j, TOP)
    members("tool", j["tool"], {"version": text})
    members("architecture", j["architecture"], {"name": text, "profile": text, "edition": text, "status": text})
    for s in j["sources"]:
        members("source", s, SOURCE, SOURCE_MAY)
        assert s["complete"] or "why" in s, "a part of a source, and not why"
    names = [s["source"] for s in j["sources"]]
    for c in j["clusters"]:
        members("cluster", c, {"name": text}, {"provider": text, "address": text})
    asked = {s["witness"] for s in j["sources"]}
    clusters = [c["name"] for c in j["clusters"]] or [None]
    ids = [r["id"] for r in j["results"] if r["cluster"] == j["results"][0]["cluster"]]
    assert [(r["cluster"], r["id"]) for r in j["results"]] == [(c, i) for c in clusters for i in ids], "order of rows"
    for r in j["results"]:
        check_result(r, names, asked)
    for d in j["drift"]:
        members("drift", d, DRIFT, {"cluster": text, "object": text})
        assert d["origins"] and all(v is None or isinstance(v, str) for v in d["values"].values()), "drift"
        assert all(k in ["state"] + WITNESSES for k in d["values"]), "drift"
        for o in d["origins"]:
            members("drift.origin", o, ORIGIN, ORIGIN_MAY)
    for p in j["problems"]:
        members("problem", p, PROBLEM, PROBLEM_MAY)
    members("summary", j["summary"], SUMMARY)
    for v in VERDICTS:
        n = sum(r["verdict"] == v for r in j["results"])
        assert j["summary"][v.replace("-", "_")] == n, f"summary of {v}"
    errors = {r["verdict"] for r in j["results"] if r["severity"] == "error"}
    assert j["conforms"] is (False if "fail" in errors else None if "unknown" in errors else True), "conforms"
    assert j["exit_code"] == expected_exit(j), "exit_code"


def run(plumbline, *words):
    p = subprocess.run([plumbline, "check", "-o", "json", *words], capture_output=True, check=False)
    return p.returncode, p.stdout


def said(plumbline, *words):
    p = subprocess.run([plumbline, *words], capture_output=True, check=False, text=True)
    return p.returncode, p.stdout


def judge(plumbline, *words, twice=True):
    status, out = run(plumbline, *words)
    assert not twice or run(plumbline, *words)[1] == out, "two runs differ"
    j = json.loads(out)
    assert status == j["exit_code"], f"status {status} and exit_code {j['exit_code']}"
    if j["results"]:
        check(j)
    else:
        members("refused", j, TOP)
        assert status == 2 and j["problems"] and j["conforms"] is None, "refused"
    return j


def snapshot(witness, version, network, will_change):
    fact = lambda a, v: {"attribute": a, "witness": witness, "value": v, "origin": {"source": 0, "address": "c"}}
    return {"format": "plumbline-facts/1",
            "sources": [{"source": witness + ".src", "witness": witness, "kind": "test", "complete": True}],
            "objects": [{"kind": "cluster", "name": "prod", "identity": "prod", "will_change": will_change,
                         "seen": {witness: {"source": 0, "address": "c"}},
                         "facts": [fact("provider", "eks"), fact("version", version), fact("network_policy", network)]}]}


def disagreeing(plumbline, folder):
    """A plan and a cluster's API: a live fault decides, unless the plan changes the object anyway."""
    for will_change, verdict in ((False, "fail"), (True, "pass")):
        files = [os.path.join(folder, w + ".json") for w in ("plan", "cluster")]
        for name, s in zip(files, (snapshot("plan", "1.24", "calico", will_change),
                                   snapshot("cluster", "1.20", "calico", False))):
            with open(name, "w") as f:
                json.dump(s, f)
        j = judge(plumbline, *files)
        row = next(r for r in j["results"] if r["id"] == "kubernetes-version")
        assert row["verdict"] == verdict, (will_change, row["verdict"])
        assert {w: a["verdict"] for w, a in row["witnesses"].items()} == {"plan": "pass", "cluster": "fail"}
        assert [(d["attribute"], d["values"], d["will_change"], len(d["origins"])) for d in j["drift"]] == \
            [("version", {"plan": "1.24", "cluster": "1.20"}, will_change, 2)], j["drift"]
        assert judge(plumbline, *reversed(files))["results"] == j["results"], "the order of sources"


# days of the first and the second file, which of them decides, and what the text calls them
AGES = [
    ("2026-11-20", "2026-11-22", 1, "the snapshot of 2026-11-20 says 1.20, that of 2026-11-22 says 1.24"),
    ("2026-11-22", "2026-11-20", 0, "the snapshot of 2026-11-20 says 1.24, that of 2026-11-22 says 1.20"),
    (None, "2026-11-20", 1, "the older snapshot says 1.20, the newer one says 1.24"),
    ("2026-11-20", None, 0, "the older snapshot says 1.24, the newer one says 1.20"),
    ("2026-11-20", "2026-11-20", 1, "the older snapshot says 1.20, the newer one says 1.24"),
    (None, None, 1, "the older snapshot says 1.20, the newer one says 1.24"),
    ("yesterday", "2026-11-20", 1, "the older snapshot says 1.20, the newer one says 1.24"),
]


def aging(plumbline, folder):
    """Of two snapshots the newer decides, by its day; a day that none says, or that is the same, by the order of naming."""
    files = [os.path.join(folder, n) for n in ("first.json", "second.json")]
    for *days, winner, drift in AGES:
        for name, version, day in zip(files, ("1.20", "1.24"), days):
            with open(name, "w") as f:
                json.dump({**snapshot("cluster", version, "calico", False), **({"as_of": day} if day else {})}, f)
        for words in (files, [packed(plumbline, n) for n in files]):
            j = judge(plumbline, *words)
            row = next(r for r in j["results"] if r["id"] == "kubernetes-version")
            assert row["verdict"] == ("fail", "pass")[winner], (days, row)
            assert [s.get("as_of") for s in j["sources"]] == [d if d != "yesterday" else None for d in days], (days, j["sources"])
            out = said(plumbline, "check", *words)[1]
            assert f" version: {drift}\n" in out, (days, out)


def packed(plumbline, name):
    """A snapshot of a snapshot is as old as that one, whenever it was made."""
    out = name + ".again"
    for _ in range(2):
        done = said(plumbline, "facts", name, "--as-of", "2026-12-24", "-o", out)
        assert done == (0, ""), done
    with open(out) as f:
        assert json.load(f)["as_of"] == "2026-12-24"
    assert said(plumbline, "facts", name, "--as-of", "2026-12-24")[1] == open(out).read(), "-o writes something else"
    return out


def main():
    plumbline, fixtures = sys.argv[1:]
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        for packed in sorted(glob.glob(os.path.join(fixtures, "*", "*.gz"))):
            name = os.path.join(folder, os.path.basename(packed)[:-3])
            with gzip.open(packed) as f, open(name, "wb") as g:
                g.write(f.read())
            good = "01-good" in name
            for profile in ("production", "requirements", "proof-of-value")[:3 if good else 1]:
                try:
                    judge(plumbline, name, "--arch", "gitpod/" + profile, twice=good)
                except AssertionError as e:
                    sys.exit(f"{packed}, {profile}: {e}")
                done += 1
        disagreeing(plumbline, folder)
        aging(plumbline, folder)
    if not done:
        sys.exit("no plan was found")


main()
