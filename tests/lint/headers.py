#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone, twice over, with the project's warnings as errors.

usage: headers.py ROOT COMPILER [FLAG...] | headers.py --self-test COMPILER [FLAG...]
"""
import os
import subprocess
import sys
import tempfile

import lint

SELF_TEST = sys.argv[1] == "--self-test"
COMPILER = sys.argv[2:]


def check(root):
    problems = []
    headers = lint.files(root, lint.CODE, {".h"})
    if not headers:
        problems.append("no header was found")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "alone.c")
        for path in headers:
            with open(source, "w", encoding="utf-8") as out:
                out.write(f'#include "{path}"\n#include "{path}"\nint main(void) {{ return 0; }}\n')
            command = COMPILER + ["-std=c17", "-Werror", f"-I{root}/src", f"-I{root}/providers", "-fsyntax-only", source]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                problems.append(f"{lint.place(root, path, 1)}: does not compile alone:\n{done.stderr}")
    return problems


SAMPLES = [
    ({"src/a/a.h": "#ifndef A\n#define A\n#include <stddef.h>\nsize_t pl_a(void);\n#endif\n"}, None),
    ({"src/a/a.h": "#ifndef A\n#define A\nsize_t pl_a(void);\n#endif\n"}, "src/a/a.h:1: does not compile"),
    ({"src/a/a.h": "struct pl_a { int a; };\n"}, "does not compile"),
    ({"providers/a/a.h": "#ifndef A\n#define A\nstatic inline char f(int a)\n{\n\treturn a;\n}\n#endif\n"},
     "conver"),
    ({"src/a/a.c": ""}, "no header"),
]

if __name__ == "__main__":
    sys.argv = [sys.argv[0], sys.argv[1]]
    lint.main(check, SAMPLES)
