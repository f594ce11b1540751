#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the report of an example's plan with its report.txt.

usage: examples.py PLUMBLINE NAME           compare examples/NAME/report.txt
       examples.py PLUMBLINE --update       write the report.txt of every example
"""
import difflib
import pathlib
import subprocess
import sys

from console import AS_OF, ROOT

# the exit statuses an example may have, by the last word of its report
STATUS = {"does not conform": 3, "cannot tell yet": 0, "conforms": 0}


def report(plumbline, name):
    """What is printed, once the exit status has been found to agree with it."""
    done = subprocess.run([plumbline, "check", f"examples/{name}/plan.json", "--as-of", AS_OF],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    last = done.stdout.rstrip("\n").rpartition(": ")[2]
    if done.stderr or STATUS.get(last) != done.returncode:
        sys.exit(f"examples: {name}: exit status {done.returncode} behind '{last}': {done.stderr}")
    return done.stdout


def compare(plumbline, name):
    path = ROOT / "examples" / name / "report.txt"
    wanted, printed = path.read_text(encoding="utf-8"), report(plumbline, name)
    sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), printed.splitlines(True),
                                               str(path.relative_to(ROOT)), "printed"))
    return 0 if wanted == printed else 1


def update(plumbline):
    for plan in sorted(ROOT.glob("examples/*/plan.json")):
        (plan.parent / "report.txt").write_text(report(plumbline, plan.parent.name), encoding="utf-8")
    return 0


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    plumbline = str(pathlib.Path(sys.argv[1]).resolve())
    sys.exit(update(plumbline) if sys.argv[2] == "--update" else compare(plumbline, sys.argv[2]))


if __name__ == "__main__":
    main()
