#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: each wrong use ends with 2 and one line; help, environment and outputs do what they say.

usage: options.py PLUMBLINE FIXTURES
"""
import json
import os
import sys
import tempfile

import line

# Words of the command line, and what the line on stderr must hold.
WRONG = [
    ("", "no command"),
    ("frob", "no command 'frob'"),
    ("help frob", "no command 'frob'"),
    ("help check facts", "'facts'"),
    ("--version 1", "'1'"),
    ("check", "SOURCE"),
    ("check plan --frob", "--frob"),
    ("check plan --archs x", "did you mean --arch?"),
    ("check plan -x", "'-x'; see"),
    ("check plan --as", "needs a value"),
    ("check plan --as rke", "eks, gke, aks or k3s"),
    ("check plan --as eks --as gke", "given twice"),
    ("check plan --as-of 2026-13-01", "YYYY-MM-DD"),
    ("check plan --as-of=", "YYYY-MM-DD"),
    ("check plan --fail-on errors", "warning, unknown or never"),
    ("check plan -o frob", "text, json"),
    ("check plan -o", "FORMAT"),
    ("check plan -o text -o json", "standard output"),
    ("check plan -o json=", "missing"),
    ("check plan --set ssh", "PARAMETER=VALUE"),
    ("check plan --set =false", "PARAMETER=VALUE"),
    ("check plan --set frob=1", "it has: ssh"),
    ("check plan --set ssh=maybe", "true or false"),
    ("check plan --arch frob", "gitpod"),
    ("check plan --arch=", "no architecture"),
    ("check plan --arch gitpod/frob", "proof-of-value"),
    ("check plan --arch missing.yaml", "missing.yaml"),
    ("check plan --join other=c", "SOURCE=CLUSTER"),
    ("check plan --join plan=", "SOURCE=CLUSTER"),
    ("check plan --join plan=frob", "--join plan=frob: no source of this run holds that cluster; there are: "),
    ("facts plan --join plan=frob", "there are: "),
    ("check postgres://u:hidden@h", "postgres:// is no source"),
    ("check plan --timeout soon", "30s"),
    ("check plan --timeout 0", "30s"),
    ("check plan -v=1", "takes no value"),
    ("check plan --no-color=1", "takes no value"),
    ("check ssh://@", "inventory's file is missing"),
    ("check gke://project/zone/cluster", "gke://"),
    ("check -- --as", "cannot open '--as'"),
    ("facts", "SOURCE"),
    ("facts plan -q", "'-q'"),
    ("facts plan -o", "FILE"),
    ("facts plan --as-of tomorrow", "YYYY-MM-DD"),
    ("facts plan --arch gitpod", "--arch"),
    ("explain", "id"),
    ("explain frob", "no requirement 'frob'"),
    ("explain node-size --arch frob", "gitpod"),
    ("arch", "arch list"),
    ("arch frob", "arch list"),
    ("arch list more", "arch list"),
    ("arch show frob", "gitpod"),
    ("arch show a b", "arch list"),
    ("arch list --frob", "--frob"),
    ("machine", "machine type"),
    ("machine frob", "'frob'"),
    ("machine --frob", "--frob"),
]

# What `COMMAND --help` must name.
HELP = {
    "check": ["--arch", "--set", "-o", "--fail-on", "--as ", "--as-of", "--join", "--terraform", "--timeout", "-v", "-q",
              "--no-color", "PLUMBLINE_", "exit status"],
    "facts": ["-o FILE", "--as-of", "--as ", "--join", "--terraform", "--timeout"],
    "explain": ["--arch"], "arch": ["list | show"], "machine": ["TYPE"],
}

# Environment, arguments behind `check plan`, exit status, what the text says.
ENVIRONMENT = [
    ({"PLUMBLINE_ARCH": "gitpod/production"}, [], 3, "gitpod/production"),
    ({"PLUMBLINE_ARCH": "frob"}, [], 2, "frob"),
    ({"PLUMBLINE_ARCH": "frob"}, ["--arch", "gitpod/proof-of-value"], 3, "gitpod/proof-of-value"),
    ({"PLUMBLINE_FAIL_ON": "never"}, [], 0, ""),
    ({"PLUMBLINE_FAIL_ON": "warning,never"}, [], 0, ""),
    ({"PLUMBLINE_FAIL_ON": "errors"}, [], 2, "--fail-on"),
    ({"PLUMBLINE_SET": "ssh=false"}, ["-v"], 3, ""),
    ({"PLUMBLINE_SET": "frob=1"}, [], 2, "frob"),
    ({"PLUMBLINE_AS": "rke"}, [], 2, "--as"),
    ({"PLUMBLINE_AS_OF": "yesterday"}, [], 2, "--as-of"),
    ({"PLUMBLINE_TIMEOUT": "soon"}, [], 2, "--timeout"),
    ({"PLUMBLINE_O": "frob", "PLUMBLINE_V": "1", "PLUMBLINE_FROB": "1"}, [], 3, "label-ide"),
]

STATUS = [
    ([], 3), (["--fail-on", "warning"], 3), (["--fail-on", "unknown"], 3), (["--fail-on", "never"], 0),
    (["--fail-on", "never", "missing"], 2), (["missing"], 2),
]


def wrong_use():
    for words, said in WRONG:
        done = line.run(*words.split())
        text = done.stderr.decode()
        if done.returncode != 2 or done.stdout or said not in text or line.one_line(done):
            yield f"{words}: {done.returncode}, want 2 and '{said}' in one line: {text} {done.stdout[:80]}"


def helps():
    for command, words in HELP.items():
        texts = {line.run(*args).stdout.decode() for args in ([command, "--help"], [command, "-h"], ["help", command])}
        text = texts.pop()
        missing = [w for w in words if w not in text]
        if texts or missing or max(map(len, text.splitlines())) > 100:
            yield f"help of {command}: lacks {missing}, or is not one and the same"
        if f"  {command}" not in line.run("help").stdout.decode():
            yield f"help does not list {command}"


def environment():
    for env, args, status, said in ENVIRONMENT:
        done = line.run("check", "plan", *args, env={**os.environ, **env})
        if done.returncode != status or said not in (done.stdout + done.stderr).decode():
            yield f"{env} {args}: {done.returncode}, want {status} and '{said}': {done.stderr.decode()}"
    if "load-balancer-ssh" in line.run("check", "plan", "-v", env={**os.environ, "PLUMBLINE_SET": "ssh=false"}).stdout.decode():
        yield "PLUMBLINE_SET=ssh=false is not heard"


def statuses():
    for args, status in STATUS:
        done = line.run("check", "plan", *args, "-o", "json=out.json", *line.DAY)
        with open("out.json", encoding="utf-8") as f:
            said = json.load(f)["exit_code"]
        if (done.returncode, said) != (status, status):
            yield f"{args}: {done.returncode}, the result says {said}, want {status}"


def outputs():
    """What is no plain file is written into, a plain one is put in place whole, nothing is left beside it."""
    os.symlink("target.json", "link.json")
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    line.run("check", "plan", "-o", "json=link.json", "-o", "json=pipe", "-o", "text=plain.txt")
    texts = [os.read(reader, 1 << 20)]
    with open("target.json", "rb") as f:
        texts.append(f.read())
    os.close(reader)
    if not os.path.islink("link.json") or not all(t.startswith(b"{") for t in texts):
        yield "a link or a pipe was replaced"
    mask = os.umask(0)
    os.umask(mask)
    if os.stat("plain.txt").st_mode & 0o777 != 0o666 & ~mask:
        yield f"mode of a report: {oct(os.stat('plain.txt').st_mode)}"
    left = set(os.listdir(".")) - {"plan", "out.json", "target.json", "link.json", "pipe", "plain.txt"}
    if left:
        yield f"left over: {left}"
    for target, more, status in (("missing/a.json", [], 1), (".", [], 1), ("missing/a.json", ["missing"], 2)):
        done = line.run("check", "plan", *more, "-o", f"json={target}")
        if done.returncode != status:
            yield f"json={target} {more}: {done.returncode}, want {status}: {done.stderr.decode()}"


def main(folder):
    os.chdir(folder)
    with open(os.path.join(line.FIXTURES, "small", "pool.plan.json"), "rb") as small, open("plan", "wb") as plan:
        plan.write(small.read())
    wrong = [*wrong_use(), *helps(), *environment(), *statuses(), *outputs()]
    print("\n".join(wrong))
    os.chdir("/")
    return 1 if wrong else 0


with tempfile.TemporaryDirectory() as tmp:
    sys.exit(main(tmp))
