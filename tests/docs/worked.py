#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows a document's worked examples: applies its ```diff blocks to a copy of the tree, builds
that, and compares what its ```console blocks show.

usage: worked.py DOCUMENT.md CMAKE
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import console

ROOT = console.ROOT
CONFIGURE = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DPL_TESTS=OFF", "-DPL_WERROR=ON"]
# not needed to build, or large
LEFT_OUT = ("tests/fixtures", ".git", "build")
# what a change has to pass besides the compiler: the program and the root follow
LINTS = ("layers", "doors", "words")


def names():
    """Files of the tree: those git knows or would take, or all where there is no repository."""
    if (ROOT / ".git").exists():
        done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
                               "--exclude-standard"], capture_output=True, check=True)
        return [name for name in done.stdout.decode().split("\0") if name]
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]


def copy(tree):
    for name in sorted(set(names())):
        if not name.startswith(LEFT_OUT) and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def run(what, command, **more):
    """Runs a command; what it printed is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
    if done.returncode:
        sys.exit(f"{what}: exit status {done.returncode}\n{done.stdout}")


def apply(document, text, tree):
    found = console.blocks(text, "diff")
    if not found:
        sys.exit(f"{document}: there is no ```diff block to apply")
    for line, block in found:
        run(f"{document}:{line}: the diff does not apply",
            ["patch", "-p1", "--forward", "--batch", "--no-backup-if-mismatch", "-d", str(tree)], input=block)


def build(document, cmake, tree):
    folder = tree / "build"
    run(f"{document}: configuring the changed tree", [cmake, "-S", str(tree), "-B", str(folder)] + CONFIGURE)
    run(f"{document}: building the changed tree", [cmake, "--build", str(folder), "--target", "plumbline"])
    return folder / "plumbline"


def lint(document, program, tree):
    python = [sys.executable, "-B"]
    for name in LINTS:
        run(f"{document}: lint/{name}", python + [str(tree / f"tests/lint/{name}.py"), str(tree)])
    run(f"{document}: names", python + [str(tree / "tests/docs/reference_arch.py"), "names", str(program), str(tree)])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    document, cmake = sys.argv[1:]
    text = pathlib.Path(document).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="plumbline-worked-") as name:
        tree = pathlib.Path(os.path.realpath(name))
        copy(tree)
        apply(document, text, tree)
        program = build(document, cmake, tree)
        lint(document, program, tree)
        problems = console.run_document(document, text, program, tree)
    sys.stdout.writelines(problems)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
