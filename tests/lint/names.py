#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every symbol that a static library of ours exports begins with pl_.

usage: names.py NM LIBRARY... | names.py --self-test NM COMPILER
"""
import os
import subprocess
import sys
import tempfile


def problems_of(nm, libraries):
    problems = []
    for library in libraries:
        done = subprocess.run([nm, "-g", "--defined-only", "--format=posix", library],
                              capture_output=True, text=True, check=True)
        names = [line.split()[0] for line in done.stdout.splitlines() if " " in line]
        # the sanitizers' markers of our own symbols
        names = [name.removeprefix("__odr_asan.") for name in names]
        if not names:
            problems.append(f"{library}: no exported symbol was found")
        problems += [f"{library}: '{name}' does not begin with pl_" for name in names if not name.startswith("pl_")]
    return problems


def self_test(nm, compiler):
    wrong = 0
    samples = [("int pl_a(void) { return 0; } static int b; int *pl_b = &b;", 0), ("int a(void) { return 0; }", 1),
               ("int pl_a; int counter = 1;", 1), ("static int a;", 1)]
    with tempfile.TemporaryDirectory() as folder:
        source, out = os.path.join(folder, "a.c"), os.path.join(folder, "a.o")
        for text, expected in samples:
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            subprocess.run([compiler, "-c", source, "-o", out], check=True)
            wrong += len(problems_of(nm, [out])) != expected
    print(f"{len(samples)} samples, {wrong} wrong")
    return 1 if wrong else 0


def main(args):
    if args[0] == "--self-test":
        return self_test(args[1], args[2])
    problems = problems_of(args[0], args[1:])
    print("\n".join(problems))
    return 1 if problems or len(args) < 2 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
