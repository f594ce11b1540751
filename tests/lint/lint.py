# SPDX-License-Identifier: Apache-2.0
"""What the lint programs share: finding sources, reading C without its comments, the self-test.

A lint is a function check(root) that returns problems, each "path:line: text".  Its samples show
that it can fail: files of a small tree, and a word of the problem that must be found in it (None:
the tree is fine).  `PROGRAM ROOT` checks a tree, `PROGRAM --self-test` the samples.
"""
import pathlib
import re
import sys
import tempfile

CODE = ("src", "providers")


def files(root, folders, suffixes):
    """The files below some folders of root, sorted."""
    found = []
    for folder in folders:
        found += [p for p in (root / folder).rglob("*") if p.suffix in suffixes and p.is_file()]
    return sorted(found)


def room_of(root, path):
    """('src', 'json') for src/json/scan.c."""
    parts = path.relative_to(root).parts
    return parts[0], parts[1] if len(parts) > 2 else ""


def place(root, path, line):
    return f"{path.relative_to(root)}:{line}"


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(match):
    token = match.group(0)
    if token[0] in "\"'":
        return token[0] + "_" * (len(token) - 2) + token[-1]
    return re.sub(r"[^\n]", " ", token)


def code_of(text):
    """C with comments and the insides of literals blanked; lines and columns stay."""
    return _TOKEN.sub(_blank, text)


def without_directives(code):
    """Code with preprocessor lines (and their continuations) emptied."""
    def drop(match):
        return "\n" * match.group(0).count("\n")
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", drop, code, flags=re.M)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def _self_test(check, samples):
    failed = 0
    for number, (tree, word) in enumerate(samples):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            problems = check(root)
        good = not problems if word is None else any(word in p for p in problems)
        if not good:
            failed += 1
            print(f"sample {number}: expected {word or 'no problem'}, found {problems}")
    print(f"{len(samples)} samples, {failed} wrong")
    return 1 if failed or not any(word for _, word in samples) else 0


def main(check, samples):
    """Runs a lint from the command line; exits."""
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(_self_test(check, samples))
    problems = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
