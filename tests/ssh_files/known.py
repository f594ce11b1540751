#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""known_hosts files, read by us, by `ssh-keygen -F` and by a real ssh that meets a real sshd.

usage: known.py ASK [SEED [FILES]]

ssh-keygen says which lines name a host; what they say of a key follows from that.  The ssh client
speaks to `sshd -i` through a ProxyCommand, so that hosts may have any name and port.
"""
import base64
import concurrent.futures
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile

from ask import Asker, report

HOSTS = [("alpha", 22), ("Beta.example.com", 22), ("beta.example.com", 2222), ("10.0.0.7", 22), ("::1", 22), ("::1", 2022),
         ("delta-7", 22), ("alpha", 2222)]
NAMES = ["alpha", "ALPHA", "beta.example.com", "*.example.com", "10.0.0.*", "*", "delta-?", "[alpha]:2222", "[*]:2222", "::1", "[::1]:2022",
         "[beta.example.com]:2222", "!alpha", "!*.example.com", "gamma", "*a", "[*.example.com]:*"]
TYPES = {"ssh-ed25519": ["-t", "ed25519"], "ecdsa-sha2-nistp256": ["-t", "ecdsa"], "ssh-rsa": ["-t", "rsa", "-b", "2048"]}
BROKEN = ["alpha", "alpha ssh-ed25519", "alpha ssh-ed25519 AAAA", "* ssh-ed25519 !!!!", "@unknown alpha KEY", "", "# alpha KEY", "|1|a|b KEY",
          "alpha 1024 35 123456789", "alpha ssh-rsa KEY"]
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")


class Keys:
    """Two keys of each type: what hosts show, and what others have."""

    def __init__(self, folder):
        self.folder = folder
        self.public = {}
        for kind, how in TYPES.items():
            for which in "ab":
                path = self.path(kind, which)
                subprocess.run(["ssh-keygen", "-q", *how, "-N", "", "-C", "test", "-f", path], check=True)
                with open(path + ".pub", encoding="utf-8") as file:
                    self.public[kind, which] = file.read().split()[1]
        self.readable = {(kind, key) for (kind, _), key in self.public.items()}

    def path(self, kind, which):
        return os.path.join(self.folder, f"{kind}-{which}")

    def text(self, kind, which):
        return f"{kind} {self.public[kind, which]}"


class Maker:
    def __init__(self, seed, folder, keys):
        self.r, self.folder, self.keys, self.count = random.Random(seed), folder, keys, 0

    def line(self):
        r = self.r
        key = self.keys.text(r.choice(list(TYPES)), r.choice("ab"))
        if r.random() < 0.15:
            return r.choice(BROKEN).replace("KEY", key)
        marker = r.choice([""] * 8 + ["@revoked ", "@cert-authority "])
        names = ",".join(r.choice(NAMES) for _ in range(r.choice([1, 1, 1, 2, 3])))
        return r.choice(["", "", " ", "\t"]) + marker + names + r.choice([" ", " ", "  ", "\t"]) + key + r.choice(["", " comment", " a b", "\r"])

    def file(self):
        """A file of readable lines and, behind them, of lines whose names ssh-keygen hashed."""
        self.count += 1
        path = os.path.join(self.folder, f"known{self.count}")
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write("\n".join(f"{name} {self.keys.text(self.r.choice(list(TYPES)), self.r.choice('ab'))}"
                                for name in self.r.sample(["alpha", "beta.example.com", "[alpha]:2222", "delta-7"], self.r.randint(1, 3))) + "\n")
        subprocess.run(["ssh-keygen", "-H", "-f", path], check=True, capture_output=True)
        with open(path, encoding="utf-8", newline="") as file:
            hashed = file.read()
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write("\n".join(self.line() for _ in range(self.r.randint(0, 8))) + "\n" + hashed)
        return path


def name_of(host, port):
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"


def found(path, name, keys):
    """The lines with readable keys that name a host: [(number, marker, type, key)]."""
    done = subprocess.run(["ssh-keygen", "-F", name, "-f", path], capture_output=True, text=True, check=False)
    lines, number, marker = [], None, ""
    for line in done.stdout.splitlines():
        if line.startswith("# Host "):
            words = line.split(" found: line ")[1].split()
            number, marker = int(words[0]), " ".join(words[1:])
        else:
            words = line.split()
            lines.append((number, marker, *words[1 + line.lstrip().startswith("@"):][:2]))
    return [line for line in lines if line[2:] in keys.readable]


def judge(lines, kind, key):
    if any(marker == "REVOKED" and has == key for _, marker, _, has in lines):
        return "revoked"
    plain = [(t, has) for _, marker, t, has in lines if not marker]
    if (kind, key) in plain:
        return "ok"
    if any(t == kind for t, _ in plain):
        return "changed"
    return "other-type" if plain else "ca" if any(marker == "CA" for _, marker, _, _ in lines) else "unknown"


def expected(keys, paths, host, port, kind):
    key = keys.public[kind, "a"]
    verdict = judge([line for path in paths for line in found(path, name_of(host, port), keys)], kind, key)
    if port != 22 and verdict in ("unknown", "ca"):
        plain = judge([line for path in paths for line in found(path, name_of(host, 22), keys)], kind, key)
        if plain in ("ok", "revoked"):
            return plain
    return verdict


def fingerprint(key):
    digest = hashlib.sha256(base64.b64decode(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def compare(asker, keys, paths, host, port):
    for kind in TYPES:
        key = keys.public[kind, "a"]
        answer = asker.ask("known", host, str(port), key, *paths)[0].split(" ")
        want = expected(keys, paths, host, port, kind)
        if answer[0] != want or answer[2:] != [kind, fingerprint(key)]:
            return f"{paths} {name_of(host, port)} {kind}: ssh-keygen: {want}, we: {answer}"
    lines = [line for path in paths for line in found(path, name_of(host, port), keys)]
    types = list(dict.fromkeys(t for _, marker, t, _ in lines if not marker))
    if not types and port != 22:
        types = list(dict.fromkeys(t for path in paths for _, marker, t, _ in found(path, name_of(host, 22), keys) if not marker))
    mine = [line.removeprefix("type ") for line in asker.ask("types", host, str(port), *paths)]
    return None if types == mine else f"{paths} {name_of(host, port)}: types: ssh-keygen {types}, we {mine}"


def meet(keys, config, path, host, port, kind):
    """What a real ssh says of a host that shows its key of that type."""
    algorithm = "rsa-sha2-512" if kind == "ssh-rsa" else kind
    done = subprocess.run(["ssh", "-F", "none", "-o", f"ProxyCommand={SSHD} -i -f {config}", "-o", f"UserKnownHostsFile={path}",
                           "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", f"HostKeyAlgorithms={algorithm}",
                           "-o", "PreferredAuthentications=none", "-o", "UpdateHostKeys=no", "-o", "BatchMode=yes", "-p", str(port), host, "true"],
                          capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    said = {"REVOKED HOST KEY DETECTED": "revoked", "HOST IDENTIFICATION HAS CHANGED": "changed", "host key is known for": "unknown",
            "Permission denied": "ok"}
    return next((verdict for text, verdict in said.items() if text in done.stderr), done.stderr)


def compare_ssh(asker, keys, config, path, host, port, kind):
    mine = asker.ask("known", host, str(port), keys.public[kind, "a"], path)[0].split(" ")[0]
    real = meet(keys, config, path, host, port, kind)
    # to ssh, a key of another type is a changed one, and a host under an authority one it has not met
    same = {"other-type": "changed", "ca": "unknown"}.get(mine, mine)
    return None if same == real else f"{path} {name_of(host, port)} {kind}: ssh: {real}, we: {mine}"


def check_add(asker, keys, folder):
    """What we add is found by ssh-keygen, readable or hashed, and only once."""
    key = keys.public["ssh-ed25519", "a"]
    for i, (host, port) in enumerate(HOSTS):
        for hashed in ("yes", "no"):
            path = os.path.join(folder, f"added-{hashed}-{i}")
            answers = [asker.ask("add", host, str(port), key, path, hashed) for _ in range(2)]
            lines = found(path, name_of(host, port), keys)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if answers != [[], []] or lines != [(1, "", "ssh-ed25519", key)] or text.startswith("|1|") != (hashed == "yes"):
                yield f"added {name_of(host, port)} ({hashed}): {answers}, {lines}: {text}"


def server_config(keys, folder):
    path = os.path.join(folder, "sshd_config")
    with open(path, "w", encoding="utf-8") as out:
        out.write("UsePAM no\nLogLevel QUIET\nPidFile none\n" + "".join(f"HostKey {keys.path(kind, 'a')}\n" for kind in TYPES))
    if os.getuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)  # sshd's own, which only a running system makes
    return path


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 24
    if not SSHD:
        sys.exit("sshd is missing: scripts/test installs openssh-server")
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys(folder)
        config = server_config(keys, folder)
        maker = Maker(seed, folder, keys)
        r = maker.r
        files = [maker.file() for _ in range(count)]
        asks = [(r.sample(files, r.choice([1, 1, 2])), *host) for _ in files for host in HOSTS]
        meets = [(path, *host, r.choice(list(TYPES))) for path in files for host in r.sample(HOSTS, 3)]

        def run(share):
            asker = Asker(sys.argv[1])
            problems = [compare(asker, keys, *case) for case in asks[share::3]]
            problems += [compare_ssh(asker, keys, config, *case) for case in meets[share::3]]
            asker.close()
            return problems

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            problems = [p for part in pool.map(run, range(3)) for p in part if p]
        asker = Asker(sys.argv[1])
        problems += check_add(asker, keys, folder)
        asker.close()
        if os.environ.get("PL_KEEP"):
            shutil.copytree(folder, os.environ["PL_KEEP"])
    report("known_hosts", len(asks) + len(meets), problems)


if __name__ == "__main__":
    main()
