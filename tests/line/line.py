# SPDX-License-Identifier: Apache-2.0
"""What the tests of the whole line share: running the program, plans of the fixtures, saying what is wrong."""
import concurrent.futures
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

PLUMBLINE, FIXTURES = map(os.path.abspath, sys.argv[1:3])
DAY = ["--as-of", "2026-11-22"]


def run(*args, stdin=b"", timeout=60, **more):
    """One run of the program: .returncode, .stdout, .stderr (bytes)."""
    return subprocess.run([PLUMBLINE, *args], input=stdin, capture_output=True, timeout=timeout, **more)


def fixture(name):
    """The text of a fixture, named without .gz: eks/01-good.plan.json."""
    with gzip.open(os.path.join(FIXTURES, "plans", name + ".gz")) as packed:
        return packed.read()


def fixtures(pattern="*/*.gz"):
    """The names of all plans and states there are."""
    root = os.path.join(FIXTURES, "plans")
    return sorted(os.path.relpath(p, root)[:-3] for p in glob.glob(os.path.join(root, pattern)))


def load(name):
    return json.loads(fixture(name))


def dump(document):
    return json.dumps(document, ensure_ascii=False).encode()


def result(*args, **more):
    """`check -o json`, parsed; {} with the run's stderr when it is none."""
    done = run("check", *args, "-o", "json", *DAY, **more)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"results": [], "problems": [done.stderr.decode(errors="replace")]}


def reports(data, *args):
    """One check of the bytes: the run, with every row as text, and its result as JSON."""
    with tempfile.NamedTemporaryFile() as out:
        done = run("check", "-", "-v", "-o", "text", "-o", f"json={out.name}", *DAY, *args, stdin=data)
        with open(out.name, "rb") as written:
            return done, written.read()


def verdicts(of):
    return {(r["id"], r["cluster"]): r["verdict"] for r in of["results"]}


def one_line(done):
    """What is wrong with a refusal: it must be one line on stderr that begins with the program's name."""
    text = done.stderr.decode(errors="replace")
    if text.count("\n") != 1 or not text.endswith("\n") or not text.startswith("plumbline: "):
        return f"not one line: {text!r}"
    return None


def every(work, items):
    """Calls work(item) beside each other; ends the process with 1 when any says that something is wrong."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = [line for lines in pool.map(work, items) for line in lines]
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)
