#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""shellcheck finds nothing in the shell scripts of the project (told by their first line, no templates)."""
import subprocess

import lint

FOLDERS = ("scripts", ".ci", "src", "providers", "examples", "packaging", "tests")


def is_shell(path):
    if path.suffix not in ("", ".sh", ".bash"):
        return False
    with open(path, "rb") as file:
        first = file.readline()
    return first.startswith(b"#!") and first.split()[-1].split(b"/")[-1] in (b"sh", b"bash", b"dash")


def check(root):
    scripts = []
    for folder in FOLDERS:
        scripts += [p for p in sorted((root / folder).rglob("*")) if p.is_file() and is_shell(p)]
    scripts += [p for p in sorted((root / "scripts").glob("*.sh")) if p not in scripts]
    if not scripts:
        return ["no shell script was found"]
    done = subprocess.run(["shellcheck", "-x", "-f", "gcc"] + [str(p.relative_to(root)) for p in scripts],
                          cwd=root, capture_output=True, text=True, check=False)
    found = done.stdout.splitlines()
    return found if found or not done.returncode else [done.stderr]


SAMPLES = [
    ({"scripts/a": '#!/usr/bin/env bash\necho "$1"\n', "scripts/b": "#!/usr/bin/env python3\nif $1\n"}, None),
    ({"scripts/a": "#!/bin/sh\nrm $1\n"}, "SC2086"),
    ({".ci/run": "#!/usr/bin/env bash\nif [ $1 = ]; then\n"}, ".ci/run"),
    ({"src/a.c": ""}, "no shell script"),
]

if __name__ == "__main__":
    lint.main(check, SAMPLES)
