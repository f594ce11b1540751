#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sums what gcov counted in a build folder: one row a folder, then `lines N % branches N %`."""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def counted(build):
    """gcov's reports, one for each object file of the program itself."""
    for notes in sorted(build.rglob("*.gcno")):
        if "tests" in notes.relative_to(build).parts:
            continue
        done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", str(notes)],
                              cwd=build, capture_output=True, text=True, check=True)
        for text in done.stdout.splitlines():
            yield json.loads(text)


def gather(build):
    """{(file, line): count} and {(file, line, function, nth branch): count}, the highest of all objects."""
    lines, branches = collections.Counter(), collections.Counter()
    for report in counted(build):
        for file in report["files"]:
            path = (pathlib.Path(report["current_working_directory"]) / file["file"]).resolve()
            if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in ("src", "providers"):
                continue
            name = str(path.relative_to(ROOT))
            for line in file["lines"]:
                at = (name, line["line_number"])
                lines[at] = max(lines[at], line["count"])
                for nth, branch in enumerate(line["branches"]):
                    key = at + (line.get("function_name"), nth)
                    branches[key] = max(branches[key], branch["count"])
    return lines, branches


def percent(counts):
    return 100 * sum(1 for n in counts if n) / len(counts) if counts else 100


def main():
    lines, branches = gather(pathlib.Path(sys.argv[1]).resolve())
    if not lines:
        sys.exit("coverage: nothing was counted")
    folders = sorted({str(pathlib.Path(at[0]).parent) for at in lines})
    for folder in folders:
        here = [[n for at, n in counts.items() if str(pathlib.Path(at[0]).parent) == folder] for counts in (lines, branches)]
        print(f"{folder:24} lines {percent(here[0]):5.1f} %  branches {percent(here[1]):5.1f} %")
    print(f"lines {percent(list(lines.values())):.1f} % branches {percent(list(branches.values())):.1f} %")


if __name__ == "__main__":
    main()
