#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs as users have them: encodings, wrappers' noise, streams, what is no plan, what is broken, binary plans.

usage: shapes.py PLUMBLINE FIXTURES

A row is name, bytes, exit status, words that stderr must hold.  What is refused is refused in one line.
"""
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

import line

with open(os.path.join(line.FIXTURES, "small", "pool.plan.json"), "rb") as small:
    PLAN = small.read().strip()
TEXT = PLAN.decode()
COMMAND = b"[command]/usr/local/bin/terraform show -json tfplan\n"
DEBUG = b"\n\n::debug::Terraform exited with code 0.\n::debug::stdout: " + PLAN + b"\n::set-output name=exitcode::0\n"
WARNING = "\x1b[33m╷\x1b[0m\x1b[0m\n\x1b[33m│\x1b[0m \x1b[1m\x1b[33mWarning: {deprecated}\x1b[0m\n╵\n".encode()
LE, BE = b"\xff\xfe", b"\xfe\xff"
BOM = b"\xef\xbb\xbf"
SHOW = "terraform show -json"


def packed_zip(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name in names:
            z.writestr(name, "x")
    return out.getvalue()


def doc(**members):
    return json.dumps(members).encode()


GOOD = [
    ("plain", PLAN),
    ("byte order mark", BOM + PLAN),
    ("UTF-16LE", LE + TEXT.encode("utf-16-le")),
    ("UTF-16BE", BE + TEXT.encode("utf-16-be")),
    ("UTF-16 without mark", TEXT.encode("utf-16-le")),
    ("gzip", gzip.compress(PLAN)),
    ("gzip of a mark", gzip.compress(BOM + PLAN)),
    ("gzip of UTF-16LE", gzip.compress(LE + TEXT.encode("utf-16-le"))),
    ("gzip of UTF-16BE", gzip.compress(BE + TEXT.encode("utf-16-be"))),
    ("gzip of two members", gzip.compress(PLAN[:700]) + gzip.compress(PLAN[700:])),
    ("carriage returns", b"\r\n" + json.dumps(json.loads(PLAN), indent=1).replace("\n", "\r\n").encode()),
    ("command before", COMMAND + PLAN),
    ("setup-terraform", COMMAND + PLAN + DEBUG),
    ("noise in UTF-16", LE + (COMMAND + PLAN + b"\r\n::debug::x\r\n").decode().encode("utf-16-le")),
    ("coloured warning", WARNING + PLAN + b"\n" + WARNING),
    ("colour around it", b"\x1b[0m\x1b[1m" + PLAN + b"\x1b[0m\n"),
    ("log lines", b"[INFO] a\n[12:04:01] b\n[terragrunt] c\n[2026-11-01] d\n" + PLAN + b"\n[terragrunt] e\n[1/3] f\n"),
    ("the same twice", PLAN + b"\n" + PLAN),
    ("the same twice, side by side", PLAN + PLAN),
    ("three with noise", PLAN + b"\nINFO[0001] next\n" + PLAN + b"\n[terragrunt] x\n" + BOM + PLAN),
    ("Terragrunt's prefix", b"10:11:12.123 STDOUT [eks] terraform: " + PLAN + b"\n10:11:12 INFO done {}\n"),
    ("OpenTofu", PLAN.replace(b"1.11.4", b"1.8.3")),
    ("bytes of another code page", PLAN.replace(b"subnet-1", b"subn\xe4t-1")),
]

REFUSED = [
    ("nothing", b"", "is empty"),
    ("blanks", b" \n\t\r\n", "is empty"),
    ("only a mark", BOM, "is empty"),
    ("only a mark of UTF-16", LE, "is empty"),
    ("gzip of nothing", gzip.compress(b""), "is empty"),
    ("gzip cut short", gzip.compress(PLAN)[:-20], "too early"),
    ("damaged gzip", gzip.compress(PLAN)[:200] + b"damage" + gzip.compress(PLAN)[206:], "gzip"),
    ("UTF-32", TEXT.encode("utf-32"), "binary data"),
    ("an ELF file", b"\x7fELF\2\1\1" + bytes(60) + b"\n[1]\n{}" + bytes(99), "binary data"),
    ("zeros", bytes(100), "binary data"),
    ("a zip", packed_zip("a.txt"), "zip file that is no Terraform plan"),
    ("a binary plan through a pipe", packed_zip("tfplan", "tfstate"), "give the file's path"),
    ("an array", b"[1,2]", "JSON array"),
    ("an array of objects", b'[{"a":1}]', "JSON array"),
    ("a number", b"42", SHOW),
    ("null", b"null", SHOW),
    ("an empty object", b"{}", "no format_version"),
    ("package.json", doc(name="x", version="1.0.0", dependencies={}), "no format_version"),
    ("package-lock.json", doc(name="x", version="1.0.0", lockfileVersion=3, packages={}), "no format_version"),
    ("an SBOM", doc(bomFormat="CycloneDX", specVersion="1.5", version=1, components=[]), "no format_version"),
    ("configuration in JSON", doc(resource={"aws_eks_cluster": {}}), "no format_version"),
    ("a result of ours", doc(format="plumbline-result/1", results=[]), "a result of plumbline"),
    ("facts of tomorrow", doc(format="plumbline-facts/2", objects=[]), "plumbline-facts/1"),
    ("a plan of tomorrow", PLAN.replace(b'"format_version":"1.2"', b'"format_version":"2.0"'), "2.0"),
    ("events", b'{"@level":"info","type":"version"}\n{"@level":"info","type":"planned_change"}\n', "event stream"),
    ("HCL", b'# of ours\n\nterraform {\n}\nresource "aws_eks_cluster" "a" {\n}\n', "HCL"),
    ("HCL of outputs", b'output "a" {\n value = 1\n}\n', "HCL"),
    ("YAML", b"# of ours\napiVersion: v1\nkind: Pod\n", "Kubernetes manifest"),
    ("a page", b"<html><body>504 Gateway Timeout</body></html>", "HTML"),
    ("the text for people", b"\n\x1b[1mTerraform used the selected providers to generate\n  # aws\n", "shows to people"),
    ("an error", "\x1b[31m╷\x1b[0m\n│ Error: No state file\n╵\n".encode(), "error message of Terraform"),
    ("encrypted state", doc(serial=1, lineage="x", encrypted_data="a", encryption_version="v0"), "tofu show -json"),
    ("state of version 3", doc(version=3, serial=1, lineage="x", modules=[]), "Terraform 0.12"),
    ("state of version 5", doc(version=5, serial=1, lineage="x", resources=[]), "version 5"),
    ("empty state", doc(version=4, serial=1, lineage="x", resources=[]), "without resources"),
    ("empty shown state", doc(format_version="1.0"), "without resources"),
    ("errored", PLAN.replace(b'"errored":false', b'"errored":true'), "errored"),
    ("a bracket too much", PLAN + b"\n}\n", "line 2, column 1"),
    ("text behind it", PLAN + b" xx\n", f"byte {len(PLAN) + 1}"),
    ("noise within", PLAN[:500] + b"\n" + COMMAND + PLAN[500:], "byte 500"),
    ("the second cut short", PLAN + b"\n" + PLAN[:700], "line 2"),
    ("UTF-16 cut short", LE + TEXT.encode("utf-16-le")[:1001], "too early"),
    *((f"cut at {at}", PLAN[:at], "byte") for at in range(1, len(PLAN), 401)),
]


def by_stdin(name, data, status, *words, args=("check", "-", "-q")):
    done = line.run(*args, stdin=data)
    return judged(name, done, status, *words)


def judged(name, done, status, *words):
    said = done.stderr.decode(errors="replace")
    wrong = [f"{name}: '{w}' is not said: {said}" for w in words if w not in said]
    if done.returncode != status:
        wrong.append(f"{name}: exit status {done.returncode}, want {status}: {said}")
    if status == 2 and line.one_line(done):
        wrong.append(f"{name}: {line.one_line(done)}")
    return wrong


def refused_as_json(name, data):
    """A program that reads the result learns of the refusal, too."""
    result = line.result("-", stdin=data)
    code = [p["code"] for p in result.get("problems", []) if isinstance(p, dict)]
    if result.get("exit_code") != 2 or not code or code[0] not in ("unreadable", "refused"):
        return [f"{name}: the result does not say so: {result}"]
    return []


def slowly(data):
    with subprocess.Popen([line.PLUMBLINE, "check", "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as child:
        for i in range(0, len(data), 1000):
            child.stdin.write(data[i:i + 1000])
            child.stdin.flush()
            time.sleep(0.002)
        out, err = child.communicate()
    return judged("a slow writer", subprocess.CompletedProcess([], child.returncode, out, err), 3)


# ---- paths and binary plans ----

PATHS = [
    (["missing.json"], "cannot open 'missing.json'"),
    (["."], "is a directory"),
    (["plan.json/x"], "Not a directory"),
    (["loop"], "symbolic links"),
    ([""], "cannot open ''"),
    (["/proc/self/mem"], "cannot read"),
    (["-", "-"], "given twice"),
    (["tfplan", "--terraform", "./none"], "--terraform"),
    (["tfplan", "--terraform", "./plan.json"], "cannot be run"),
]

# Programs in place of Terraform: what they do, how it ends, what is said.
PROGRAMS = [
    ("good", '[ "$*" = "show -json -no-color tfplan" ] && cat plan.json', 3, []),
    ("loud", "head -c 3000000 /dev/zero | tr '\\0' e >&2; cat plan.json", 3, []),
    ("fails", "echo 'Error: Failed to load plugin schemas' >&2; exit 1", 2,
     ["Failed to load plugin schemas", "terraform init", "configuration's directory"]),
    ("fails-loudly", "head -c 3000000 /dev/zero | tr '\\0' e >&2; exit 1", 2, ["terraform init"]),
    ("silent", "exit 1", 2, ["said nothing"]),
    ("prints-nothing", "exit 0", 2, ["said nothing"]),
    ("garbage", "echo hello", 2, ["holds no JSON document"]),
    ("half", "head -c 1000 plan.json", 2, ["byte 1000"]),
    ("killed", "kill -9 $$", 2, ["could not show"]),
    ("hangs", "exec sleep 20", 2, ["--timeout"]),
    ("reads", "cat; cat plan.json", 3, []),
]


def program(name, body):
    with open(name, "w") as f:
        f.write(f"#!/bin/sh\n{body}\n")
    os.chmod(name, 0o755)


def through_a_pipe():
    """`check <(cat tfplan)`: Terraform would wait for another writer."""
    os.mkfifo("fifo")
    with subprocess.Popen(["sh", "-c", "cat tfplan >fifo"]) as writer:
        yield from judged("a pipe", line.run("check", "fifo", "--terraform", "./good"), 2, "give the file's path")
        writer.wait()


def binary_plans():
    for name, body, status, words in PROGRAMS:
        program(name, body)
        done = line.run("check", "tfplan", "-q", "--terraform", f"./{name}", "--timeout", "300ms" if name == "hangs"
                        else "30s")
        yield from judged(f"terraform {name}", done, status, *words)
    timeout = line.result("tfplan", "--terraform", "./hangs", "--timeout", "200ms")
    if [p["code"] for p in timeout["problems"]] != ["timeout"] or timeout["exit_code"] != 2:
        yield f"a timeout is no timeout: {timeout}"
    os.mkdir("bin")
    program("bin/tofu", "cat plan.json")
    path = {**os.environ, "PATH": os.path.abspath("bin") + ":/usr/bin:/bin"}
    if not any(os.path.exists(os.path.join(d, "terraform")) for d in ("/usr/bin", "/bin")):
        yield from judged("tofu", line.run("check", "tfplan", "-q", env=path), 3)
    yield from judged("none", line.run("check", "tfplan", env={**path, "PATH": "/none"}), 2, "--terraform")
    program("dash", '[ "$4" = ./-plan ] && cat plan.json')
    os.link("tfplan", "-plan")
    yield from judged("a dash", line.run("check", "-q", "--terraform", "./dash", "--", "-plan"), 3)


def interrupted():
    with subprocess.Popen([line.PLUMBLINE, "check", "tfplan", "--terraform", "./waits"]) as child:
        while not os.path.exists("waiting"):
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        if child.wait() != 130:
            yield f"interrupted: exit status {child.returncode}"


def files(folder):
    os.chdir(folder)
    for name, data in [("plan.json", PLAN), ("tfplan", packed_zip("tfplan", "tfstate"))]:
        with open(name, "wb") as f:
            f.write(data)
    os.symlink("loop", "loop")
    program("waits", "touch waiting; exec sleep 3")
    yield from judged("a file", line.run("check", "plan.json", "-q"), 3)
    for args, words in PATHS:
        yield from judged(args, line.run("check", *args), 2, words)
    yield from judged("one of two", line.run("check", "plan.json", "missing.json", "-q"), 2, "missing.json")
    yield from binary_plans()
    yield from through_a_pipe()
    yield from interrupted()


def main():
    with tempfile.TemporaryDirectory() as tmp:
        wrong = list(files(tmp))
        os.chdir("/")
    for name, data in GOOD:
        wrong += by_stdin(name, data, 3)
    for name, data, *words in REFUSED:
        wrong += by_stdin(name, data, 2, *words)
        wrong += refused_as_json(name, data) if not name.startswith("cut at") else []
    wrong += slowly(PLAN)
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
