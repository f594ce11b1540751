# SPDX-License-Identifier: Apache-2.0
"""A cloud asked over and over in one process: no descriptor, child or race is left behind.

usage: repeat.py REPEAT TIMES
The keys come from a credential_process; every third answer about a node group is a refusal, and some keys are too old.
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from fake import Cloud, Fake, Refusal, refuse  # noqa: E402

PROGRAM, TIMES = sys.argv[1:3]


def no(code):
    def answer(door):
        kind, headers, text = refuse("eks", Refusal(403, code, "no"))
        return door.answer(403, kind, text, headers)
    return answer


class Recurring(list):
    """A queue of faults without an end: None is no fault."""

    def __init__(self, *faults):
        super().__init__([1])
        self.faults = itertools.cycle(faults)

    def pop(self, _):
        return next(self.faults)


def main():
    cloud = Cloud()
    cloud.subnet("subnet-a", "eu-west-1a")
    cloud.cluster("gitpod", subnets=("subnet-a",))
    for n in range(6):
        cloud.group("gitpod", f"group-{n}")
    with tempfile.TemporaryDirectory() as name, Fake(cloud) as fake:
        folder = pathlib.Path(name)
        secret = cloud.keys["AKIDEXAMPLE"][0]
        (folder / "config").write_text("[profile p]\ncredential_process = sh -c \"echo '{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"AKIDEXAMPLE\\\", "
                                       f"\\\"SecretAccessKey\\\": \\\"{secret}\\\"}}'\"\n")
        fake.faults["DescribeNodegroup"] = Recurring(None, None, no("AccessDeniedException"), None, no("ExpiredTokenException"))
        env = fake.environment(folder, keys=False) | {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_PROFILE": "p",
                                                      "TSAN_OPTIONS": "halt_on_error=1"}
        done = subprocess.run([PROGRAM, TIMES, "eks://eu-west-1/gitpod"], env=env, capture_output=True, text=True, timeout=280, check=False)
        told = [line for line in done.stderr.splitlines() if not line.startswith("plumbline: ")]
        if done.returncode or told or fake.wrong:
            sys.exit(f"{done.stdout}{chr(10).join(told)[:4000]}{fake.wrong[:2]}")
        print(done.stdout.strip())


if __name__ == "__main__":
    main()
