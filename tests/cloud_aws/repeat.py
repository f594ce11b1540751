# SPDX-License-Identifier: Apache-2.0
"""A cloud asked over and over in one process: no descriptor, child or race is left behind.

usage: repeat.py REPEAT TIMES
The keys come from a credential_process; every third answer about a node group is a refusal, and some keys are too old.
"""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from fake import Cloud, Fake, Refusal, refuse  # noqa: E402
from recurring import Recurring, ask  # noqa: E402

PROGRAM, TIMES = sys.argv[1:3]


def no(code):
    def answer(door):
        kind, headers, text = refuse("eks", Refusal(403, code, "no"))
        return door.answer(403, kind, text, headers)
    return answer


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
        ask(PROGRAM, TIMES, "eks://eu-west-1/gitpod", fake.environment(folder, keys=False) | {
            "AWS_CONFIG_FILE": str(folder / "config"), "AWS_PROFILE": "p"})
        if fake.wrong:
            sys.exit(str(fake.wrong[:2]))


if __name__ == "__main__":
    main()
