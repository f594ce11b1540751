#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No work left for later and no paths of one machine in the files of the project.

Recorded data (plans, states, machine lists) may hold any word.
"""
import re
import subprocess

import lint

DATA = (".json", ".tfstate", ".gz", ".csv", ".tfplan", ".bin")
# written in pieces, so that this file passes its own test
WORDS = [
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"), "work left for later"),
    (re.compile(r"(?:^|[^\w.$}])/(?:wo" r"rk|ro" r"ot|ho" r"me/\w+|tmp/bu" r"ild\S*)(?:/|\b)", re.M), "a path of one machine"),
    (re.compile(r"^(?:<{7}|>{7}|={7}) ", re.M), "a conflict left behind"),
]


def tracked(root):
    if (root / ".git").exists():
        done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z"],
                              capture_output=True, check=True)
        return [root / name for name in done.stdout.decode().split("\0") if name]
    return [p for p in sorted(root.rglob("*")) if p.is_file() and not p.relative_to(root).parts[0].startswith("build")]


def check(root):
    problems = []
    names = tracked(root)
    if not names:
        problems.append("no file was found")
    for path in names:
        if path.suffix in DATA or "corpus" in path.parts or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.append(f"{lint.place(root, path, 1)}: neither UTF-8 nor known as data")
            continue
        for pattern, what in WORDS:
            for match in pattern.finditer(text):
                at = lint.place(root, path, lint.line_of(text, match.start()))
                problems.append(f"{at}: {what}: '{match.group(0).strip()}'")
    return problems


SAMPLES = [
    ({"a.c": "/* to do is to be; framework/root.h; ../work/x; $HOME/root */\n", "b.json": '"TO' 'DO"'}, None),
    ({"a.c": "\n// TO" "DO: later\n"}, "a.c:2: work left"),
    ({"docs/a.md": "FIX" "ME\n"}, "work left"),
    ({"a.sh": "cd /wo" "rk/main\n"}, "a path"),
    ({"a.sh": "x=/ro" "ot\n"}, "a path"),
    ({"CMakeLists.txt": "-B /tmp/bu" "ild-x\n"}, "a path"),
    ({"a.c": "<" "<<<<<< HEAD\n"}, "a conflict"),
    ({}, "no file"),
]

if __name__ == "__main__":
    lint.main(check, SAMPLES)
