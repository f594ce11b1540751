#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the program does at its edges: statuses, full disks, readers that go away, files that are none.

usage: commands.py PLUMBLINE EXAMPLES
"""
import json
import os
import pty
import subprocess
import sys
import tempfile

PLUMBLINE, EXAMPLES = sys.argv[1:]
EKS, AKS = (os.path.join(EXAMPLES, c, "plan.json") for c in ("eks", "aks"))
failures = []


def run(*words, **more):
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([PLUMBLINE, *words], stderr=subprocess.PIPE, check=False, **more)


def expect(what, found, wanted):
    if found != wanted:
        failures.append(f"{what}: {found!r}, not {wanted!r}")


def statuses():
    rows = [
        (["check", EKS], 3), (["check", AKS], 0), (["check", AKS, "--fail-on", "warning"], 4),
        (["check", AKS, "--fail-on", "unknown"], 5),
        (["check", AKS, "--fail-on", "unknown", "--fail-on", "warning"], 4),
        (["check", EKS, "--fail-on", "warning", "--fail-on", "unknown"], 3),
        (["check", EKS, "--fail-on", "never"], 0), (["check", AKS, "--fail-on", "warning", "--fail-on", "never"], 0),
        (["check", EKS, "/nowhere"], 2), (["check", EKS, "/nowhere", "--fail-on", "never"], 2),
        (["check"], 2), (["check", EKS, "-x"], 2), (["nothing"], 2), ([], 2), (["--help"], 0), (["--version"], 0),
        (["check", "--help"], 0), (["explain", "node-size"], 0), (["explain", "nothing"], 2), (["explain"], 2),
        (["arch", "list"], 0), (["arch", "show", "gitpod/production"], 0), (["arch", "show", "x"], 2),
        (["machine", "m6i.xlarge"], 0), (["machine", "m6i.xlarge", "x"], 2), (["facts", EKS], 0), (["facts", "/nowhere"], 2),
        (["check", EKS, "-o", "json=/nowhere/x"], 1), (["check", EKS, "/nowhere", "-o", "json=/nowhere/x"], 2),
    ]
    for words, status in rows:
        p = run(*words)
        expect(" ".join(words), p.returncode, status)
        if status in (1, 2) and words:
            expect(" ".join(words) + ": a line that says why", p.stderr.startswith(b"plumbline: "), True)


def every_id():
    """explain knows every row of every profile, and says the same words of each."""
    for profile in ("requirements", "production", "proof-of-value"):
        lines = run("arch", "show", "gitpod/" + profile).stdout.decode().splitlines()[1:]
        for line in lines:
            severity, rid = line.split()[:2]
            text = run("explain", rid).stdout.decode()
            for word in (rid + "  ", "severity", "seen by", "settled by", "expects", "why", "fix", "source"):
                expect(f"explain {rid}: {word}", any(l.startswith(word) for l in text.splitlines()), True)
            if not rid.startswith("platform-"):
                expect(f"explain {rid}: severity", f"{severity} in gitpod/{profile}" in text, True)
            expect(f"explain {rid}: wide", [l for l in text.splitlines() if len(l) > 80 and " " in l[14:]], [])


def one_switch():
    ids = lambda *words: [r["id"] for r in json.loads(run("check", EKS, "-o", "json", *words).stdout)["results"]]
    expect("--set ssh=false", set(ids()) - set(ids("--set", "ssh=false")), {"load-balancer-ssh"})


def too_many():
    for words, times in ((["--set", "ssh=false"], 32), (["-o", "json=/dev/null"], 16)):
        p = run("check", EKS, *words * times)
        expect(f"{words} {times} times", p.returncode, 3)
        p = run("check", EKS, *words * (times + 1))
        expect(f"{words} too often", f"more than {times} times".encode() in p.stderr, True)


def full_and_closed():
    with open("/dev/full", "w") as full:
        expect("a full disk", run("check", AKS, stdout=full).returncode, 1)
        expect("a full disk, and a source that cannot be read",
               run("check", AKS, "/nowhere", stdout=full).returncode, 2)
    r, w = os.pipe()
    os.close(r)
    expect("a reader that went away", run("check", EKS, stdout=w).returncode, 3)
    os.close(w)


def files(folder):
    at = lambda name: os.path.join(folder, name)
    with open(at("old"), "w") as f:
        f.write("old")
    os.symlink("old", at("link"))
    run("check", EKS, "-o", "json=" + at("link"))
    expect("a link stays one", (os.path.islink(at("link")), json.load(open(at("old")))["exit_code"]), (True, 3))
    os.mkfifo(at("pipe"))
    with subprocess.Popen(["cat", at("pipe")], stdout=subprocess.PIPE) as reader:
        run("check", EKS, "-o", "json=" + at("pipe"))
        expect("a pipe is written into", json.loads(reader.communicate()[0])["exit_code"], 3)
    expect("and stays one", os.path.exists(at("pipe")) and not os.path.isfile(at("pipe")), True)
    p = run("check", EKS, "-o", "text", "-o", "json=" + at("new"))
    expect("text and JSON", (p.returncode, p.stdout.startswith(b"gitpod/"), json.load(open(at("new")))["exit_code"]),
           (3, True, 3))
    p = run("facts", AKS, "-o", at("new"), "--as-of", "2026-11-22")
    expect("facts into a file", (p.returncode, p.stdout, json.load(open(at("new")))["as_of"]), (0, b"", "2026-11-22"))
    p = run("facts", "/nowhere", "-o", at("new"))
    expect("facts of nothing leave it", (p.returncode, "objects" in json.load(open(at("new")))), (2, True))
    expect("facts into a folder that is none", run("facts", AKS, "-o", "/nowhere/x").returncode, 1)
    expect("nothing is left beside them", sorted(os.listdir(folder)), ["link", "new", "old", "pipe"])


def on_a_terminal(words, **environment):
    """What a terminal of 80 columns gets."""
    pid, fd = pty.fork()
    if not pid:
        os.environ.update({"NO_COLOR": "", **environment})
        os.execv(PLUMBLINE, [PLUMBLINE, *words])
    out = b""
    try:
        while piece := os.read(fd, 65536):
            out += piece
    except OSError:
        pass
    os.waitpid(pid, 0)
    os.close(fd)
    return out.decode().replace("\r\n", "\n")


def terminals():
    text = on_a_terminal(["check", EKS])
    expect("colour", "\x1b[1;31mFAIL" in text, True)
    for plain in (on_a_terminal(["check", EKS, "--no-color"]), on_a_terminal(["check", EKS], NO_COLOR="1")):
        expect("no colour", "\x1b" in plain, False)
        # an address is one word, and stays whole
        expect("lines of 80 columns", [l for l in plain.splitlines() if len(l) > 80 and " " in l.strip()], [])


statuses()
every_id()
one_switch()
too_many()
full_and_closed()
terminals()
with tempfile.TemporaryDirectory() as scratch:
    files(scratch)
sys.exit("\n".join(failures) if failures else 0)
