# SPDX-License-Identifier: Apache-2.0
"""Asks a cloud's source over and over in one process, with faults that recur: what tests of all clouds share."""
import itertools
import subprocess
import sys


class Recurring(list):
    """A queue of faults without an end: None is no fault."""

    def __init__(self, *faults):
        super().__init__([1])
        self.faults = itertools.cycle(faults)

    def pop(self, _=0):
        return next(self.faults)


def ask(program, times, source, env):
    """Ends the test with what the program, or a sanitizer, has to say."""
    done = subprocess.run([program, times, source], env={**env, "TSAN_OPTIONS": "halt_on_error=1"}, capture_output=True, text=True,
                          timeout=280, check=False)
    told = [line for line in done.stderr.splitlines() if not line.startswith("plumbline: ")]
    if done.returncode or told:
        sys.exit(f"{done.stdout}{chr(10).join(told)[:4000]}")
    print(done.stdout.strip())
