# SPDX-License-Identifier: Apache-2.0
"""What the endpoint tests share: a home of their own, servers started and stopped, questions asked."""
import atexit
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ASK, ARCH = sys.argv[1:3]
HOME = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-endpoint-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# nothing of the user's: no Docker configuration, no AWS settings, no proxy
ENV = {"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(HOME), "LC_ALL": "C.UTF-8",
       **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_"))}}
FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"not so: {what}: {seen}", file=sys.stderr)


def same(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r}, not {wanted!r}")


def finish(count_of="questions"):
    if FAILED:
        sys.exit(f"{len(FAILED)} of these {count_of} did not hold")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(ready, what, seconds=60):
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            sys.exit(f"{what} is not ready after {seconds} s")
        time.sleep(0.05)


def answers(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), 1).close()
        return True
    except OSError:
        return False


def program(name, package):
    found = shutil.which(name, path=ENV["PATH"])
    if not found:
        sys.exit(f"{name} is not installed (package {package}); scripts/test installs it")
    return found


def start(command, port=None, log="server.log", **more):
    """A server that ends with the test; returns once `port` takes connections."""
    file = open(HOME / log, "ab")
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, **{"env": ENV, **more})

    def stop():
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    atexit.register(stop)
    if port:
        def ready():
            if server.poll() is not None:
                sys.exit(f"{command[0]} ended: {(HOME / log).read_text(errors='replace')[-2000:]}")
            return answers(port)
        wait_until(ready, command[0])
    return server


def unprivileged():
    """Arguments for subprocess that make a server run as nobody, where the test runs as root."""
    if os.getuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Answer:
    def __init__(self, done):
        self.text, self.trace, self.status = done.stdout, done.stderr, done.returncode
        if done.returncode:
            sys.exit(f"endpoint_ask ended with {done.returncode}: {done.stderr[-3000:]}")
        result = json.loads(done.stdout)
        self.endpoints, self.verdicts, self.reasons = result["endpoints"], result["verdicts"], result["reasons"]
        check("no descriptor is left open", result["left_open"] == 0, result["left_open"])

    def fact(self, name, index=0):
        return self.endpoints[index].get("facts", {}).get(name, {}).get("value")

    def note(self, name, index=0):
        fact = self.endpoints[index].get("facts", {}).get(name, {})
        return " ".join(v for v in (fact.get("note"), fact.get("waits_for")) if v)

    def problem(self, index=0):
        return self.endpoints[index].get("problem")

    def message(self, index=0):
        return self.endpoints[index].get("message", "")

    def ms(self, index=0):
        return self.endpoints[index]["ms"]


def ask(*sources, ms=10000, **env):
    done = subprocess.run([ASK, ARCH, str(ms), *sources], env={**ENV, **env}, capture_output=True, text=True,
                          timeout=ms / 1000 + 60)
    return Answer(done)
