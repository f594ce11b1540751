# SPDX-License-Identifier: Apache-2.0
"""Asks src/ssh through the program of ask.c."""
import subprocess
import sys


class Asker:
    """One running program; each question is answered by lines, of which "end" is left out."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *parts):
        assert not any("\t" in p or "\n" in p for p in parts), parts
        self.process.stdin.write("\t".join(parts) + "\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "end\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"ask ended while it was asked {parts}")

    def close(self):
        self.process.stdin.close()
        if self.process.wait():
            raise RuntimeError("ask failed")


def report(name, cases, problems):
    """Prints what differs and ends the test."""
    for problem in problems[:20]:
        print(problem)
    print(f"{name}: {cases} cases, {len(problems)} wrong")
    sys.exit(1 if problems else 0)
