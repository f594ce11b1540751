# SPDX-License-Identifier: Apache-2.0
"""Whatever the order in which a cloud's answers come: not a byte of the facts or the report differs.

usage: test_order.py PLUMBLINE aws|google|azure [TIMES] [SEED]
"""
import random
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
from worlds import WORLDS  # noqa: E402  (first: it says where the others are)
from faults import Faults  # noqa: E402

PROGRAM, CLOUD = sys.argv[1:3]
TIMES = int(sys.argv[3]) if len(sys.argv) > 3 else 12
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(1 << 32)
LONGEST = 0.03  # seconds that an answer is held back


def late(rng, answered):
    """Holds each answer back, and notes in what order they go."""
    lock = threading.Lock()

    def step(request):
        with lock:
            seconds = rng.uniform(0, LONGEST)
        threading.Event().wait(seconds)
        with lock:
            answered.append(request.path)
    return step


def ask(world, server, command):
    done = subprocess.run([PROGRAM, command, world.source, "-o", "json", "--as-of", "2026-11-01"][:3 if command == "facts" else None],
                          env=world.environment(server.url, server.ca), capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    rng, ever = random.Random(SEED), {}
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory() as folder, WORLDS[CLOUD](folder) as world:
        orders, answered = set(), []
        with Faults({"*": late(rng, answered)}, "good", world.url) as server:
            for n in range(TIMES):
                for command in ("facts", "check"):
                    answered.clear()
                    said = ask(world, server, command)
                    orders.add((command, *answered))
                    if ever.setdefault(command, said) != said:
                        print(f"run {n}: {command} says\n{said}\nand before\n{ever[command]}")
                        return 1
    print(f"{TIMES} runs, {len(orders)} orders")
    return 0 if len(orders) > 3 else 1


if __name__ == "__main__":
    sys.exit(main())
