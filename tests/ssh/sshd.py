# SPDX-License-Identifier: Apache-2.0
"""What the tests of src/ssh share: real servers with keys of their own, an agent, the driver."""
import atexit
import ctypes
import getpass
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

DRIVER = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
USER = getpass.getuser()
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-ssh-"))
os.environ["HOME"] = str(FOLDER)
for name in ("SSH_AUTH_SOCK", "SSH_AGENT_PID"):
    os.environ.pop(name, None)
CHILDREN = []
TYPES = {"ed25519": [], "ecdsa": [], "rsa": ["-b", "3072"]}

# what hardening guides leave of a server (2026)
HARDENED = """
KexAlgorithms curve25519-sha256
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
PubkeyAcceptedAlgorithms ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256
PermitUserEnvironment no
X11Forwarding no
MaxAuthTries 3
"""


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


@atexit.register
def end():
    for child in CHILDREN:
        child.kill()
        child.wait()
    shutil.rmtree(FOLDER, ignore_errors=True)


def until(condition, seconds=15, what="condition"):
    """Polls until the condition holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    sys.exit(f"{what}: not within {seconds} s")


def free_port(address="127.0.0.1"):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


def keygen(name, kind="ed25519", passphrase="", *more):
    """A new key FOLDER/NAME; its path."""
    path = FOLDER / name
    for old in FOLDER.glob(f"{name}*"):
        old.unlink()
    run("ssh-keygen", "-q", "-t", kind, *TYPES.get(kind, []), "-N", passphrase, "-C", "test", "-f", str(path), *more)
    return str(path)


def public(path):
    """'TYPE BASE64' of a key file."""
    return " ".join(pathlib.Path(path + ".pub").read_text().split()[:2])


def fingerprint(path):
    return run("ssh-keygen", "-l", "-f", path + ".pub").split()[1]


def listens(address, port):
    try:
        with socket.create_connection((address, port), 1):
            return True
    except OSError:
        return False


class Server:
    """A real sshd, with the host keys that it is given."""

    def __init__(self, name, host_keys=None, config="", authorized=(), address="0.0.0.0", netns=None, probe="127.0.0.1"):
        self.name, self.port = name, free_port()
        self.keys = host_keys or [keygen(f"{name}-host")]
        self.authorized = FOLDER / f"{name}-authorized"
        self.log = FOLDER / f"{name}.log"
        self.authorize(*authorized)
        file = FOLDER / f"{name}-config"
        file.write_text("\n".join([config, f"Port {self.port}", f"ListenAddress {address}", "PidFile none", "UsePAM no",
                                   "StrictModes no", f"AuthorizedKeysFile {self.authorized}", "PasswordAuthentication no",
                                   "KbdInteractiveAuthentication no", "PermitRootLogin yes", "LogLevel VERBOSE",
                                   "" if "MaxStartups" in config else "MaxStartups 500", "UseDNS no",
                                   # bash reads ~/.bashrc below sshd, unless it is not the first shell: whatever stands there
                                   "SetEnv SHLVL=1",
                                   *(f"HostKey {key}" for key in self.keys), ""]))
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        program = [shutil.which("sshd", path="/usr/sbin:/usr/bin"), "-D", "-f", str(file), "-E", str(self.log)]
        self.child = subprocess.Popen((["ip", "netns", "exec", netns] if netns else []) + program, stdin=subprocess.DEVNULL)
        CHILDREN.append(self.child)
        until(lambda: self.child.poll() is not None or listens(probe, self.port), what=f"sshd {name}")
        if self.child.poll() is not None:
            sys.exit(f"sshd {name} did not start: {self.log.read_text()}")

    def authorize(self, *keys):
        self.authorized.write_text("".join(line + "\n" for line in keys))

    def known(self, *addresses, key=0):
        """Lines of a known_hosts file that know this server."""
        return [f"[{address}]:{self.port} {public(self.keys[key])}" for address in addresses or ("127.0.0.1",)]

    def stop(self):
        self.child.kill()
        self.child.wait()


class Agent:
    def __init__(self, name="agent"):
        self.path = str(FOLDER / name)
        self.child = subprocess.Popen(["ssh-agent", "-D", "-a", self.path], stdout=subprocess.DEVNULL)
        CHILDREN.append(self.child)
        until(self.listens, what="ssh-agent")

    def listens(self):
        """The socket is there a moment before anybody listens on it."""
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(self.path) == 0

    def add(self, *keys):
        for key in keys:
            run("ssh-add", "-q", key, env={**os.environ, "SSH_AUTH_SOCK": self.path}, stdin=subprocess.DEVNULL)


def known_hosts(name, *lines):
    path = FOLDER / name
    path.write_text("".join(line + "\n" for line in lines))
    return str(path)


class Answers(list):
    """One dictionary a host; .said is the driver's standard error, .status its exit status."""


def die_with_us():
    """A driver that hangs does not outlive a test that fails."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(settings, **environment):
    driver = subprocess.Popen([DRIVER], preexec_fn=die_with_us, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, **environment})
    driver.stdin.write("\n".join(settings) + "\n")
    driver.stdin.close()
    driver.stdin = None
    return driver


def finish(driver, seconds=120):
    out, said = driver.communicate(timeout=seconds)
    answers = Answers(json.loads(line) for line in out.splitlines())
    answers.said, answers.status = said, driver.returncode
    return answers


def ask(*settings, seconds=120, **environment):
    """Runs the driver with these lines of settings."""
    return finish(start(settings, **environment), seconds)


def target(server, known, *more, address="127.0.0.1", name="one"):
    return [f"host {name}", f"address {address}", f"port {server.port}", f"user {USER}", f"known {known}", *more]


def one(*settings, **more):
    """The only host's answer."""
    answers = ask(*settings, **more)
    if len(answers) != 1:
        sys.exit(f"driver: {answers.status}: {answers.said}")
    return {**answers[0], "stderr": answers.said, "exit": answers.status}


def differs(what, answer, **wanted):
    """Problems of one answer; a wanted text is a part of what there is, '' is nothing at all."""
    for name, value in wanted.items():
        have = answer.get(name)
        good = value in have if isinstance(value, str) and value else have == value
        if not good:
            yield f"{what}: {name} is {have!r}, want {value!r}; {answer.get('error')} {answer.get('stderr')}"
    if answer.get("exit") not in (None, 0, 1):
        yield f"{what}: the driver ended with {answer['exit']}: {answer['stderr']}"


def main(*checks):
    problems = [f"{check.__name__}: {problem}" for check in checks for problem in check()]
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
