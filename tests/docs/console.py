#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the ```console blocks of a document and compares what they print with what stands there.

usage: console.py PLUMBLINE DOCUMENT.md
       console.py --self-test

A line `$ command` is run, lines `> more` behind it belong to it, the lines below are its output
(both streams).  All commands of a block run in one shell, so that `$ echo $?` shows the status of
the one before.  Every block has a folder of its own, where `examples` is the repository's.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
MARK = "\x01 next \x01\n"
SECONDS = 60
# the day of the reports: what a document shows does not change with the calendar
AS_OF = "2026-11-01"


def blocks(text, language):
    """[(line of the first line in it, what is in it)] of the fenced blocks of a language."""
    return [(text.count("\n", 0, m.start(2)) + 1, m.group(2)) for m in BLOCK.finditer(text) if m.group(1) == language]


def steps(block):
    """[(command, expected output)] of a block; None where it does not begin with a command."""
    found = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line[2:], ""])
        elif not found:
            return None
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += line[2:]
        else:
            found[-1][1] += line
    return found


def environment(plumbline, folder):
    """The caller's, with `plumbline` in the path and without anything that changes what is printed."""
    (folder / "bin").mkdir()
    (folder / "bin" / "plumbline").symlink_to(pathlib.Path(plumbline).resolve())
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PLUMBLINE_", "LC_", "LANG"))}
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8", "HOME": str(folder), "PLUMBLINE_AS_OF": AS_OF}


def outputs(commands, plumbline, tree):
    """What each command prints, all in one shell."""
    script = "".join(f"{command}kept=$?; printf '{MARK[:-1]}\\n'; (exit $kept)\n" for command in commands)
    with tempfile.TemporaryDirectory(prefix="plumbline-docs-") as name:
        folder = pathlib.Path(name)
        env = environment(plumbline, folder)
        work = folder / "here"
        work.mkdir()
        (work / "examples").symlink_to(tree / "examples")
        done = subprocess.run(["bash", "-c", script], cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    return done.stdout.decode("utf-8", "replace").split(MARK)[:-1]


def whole(text):
    """Ends with a line feed unless it is empty, so that diffs stay lines."""
    return text if not text or text.endswith("\n") else text + "\n"


def run_block(place, block, plumbline, tree):
    """The unified diff of what stands there and what was printed; empty when they are the same."""
    wanted = steps(block)
    if not wanted:
        return f"{place}: the block does not begin with `$ command`\n"
    printed = outputs([command for command, _ in wanted], plumbline, tree)
    if len(printed) != len(wanted):
        return f"{place}: the shell ended after {len(printed)} of {len(wanted)} commands\n"
    shown = [f"$ {command}".replace("\n", "\n> ").removesuffix("> ") for command, _ in wanted]
    before = "".join(command + output for command, (_, output) in zip(shown, wanted))
    after = "".join(command + whole(output) for command, output in zip(shown, printed))
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), place, "printed"))


def run_document(name, text, plumbline, tree=ROOT):
    """Problems of all console blocks of a document; `tree` holds the examples."""
    found = blocks(text, "console")
    if not found:
        return [f"{name}: there is no ```console block to run\n"]
    return [problem for line, block in found if (problem := run_block(f"{name}:{line}", block, plumbline, tree))]


SAMPLES = [
    ("$ echo a; false\na\n$ echo $?\n1\n", None),
    ("$ cat <<E\n> x\n>  y\n> E\nx\n y\n$ printf z\nz\n", None),
    ("$ ls\nexamples\n$ command -v plumbline >there && plumbline; echo $?\n0\n", None),
    ("$ echo a >&2\na\n", None),
    ("$ echo a\nb\n", "-b\n+a\n"),
    ("$ echo a\n", "+a\n"),
    ("$ true\na\n", "-a\n"),
    ("$ false\n$ echo $?\n0\n", "-0\n+1\n"),
    ("$ exit 0\n$ echo a\na\n", "ended after 0 of 2"),
    ("a\n", "does not begin"),
    (None, "no ```console block"),
]


def self_test():
    for block, problem in SAMPLES:
        text = "```sh\nfalse\n```\n" + (f"```console\n{block}```\n" if block else "")
        said = "".join(run_document("sample", text, "/bin/true"))
        if (problem or "") not in said or bool(problem) != bool(said):
            sys.exit(f"console: {block!r} gave {said!r}, not {problem!r}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    problems = run_document(sys.argv[2], pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"), sys.argv[1])
    sys.stdout.writelines(problems)
    return sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
