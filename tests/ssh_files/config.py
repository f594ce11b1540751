#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ssh_config files, read by us and by `ssh -G`: every field that we honour is the same.

usage: config.py ASK [SEED [CASES]]

The files are made up, the same ones in every run.  What -G prints as it was written (tokens, ~) is
expanded here; what it cannot print (the way over jump hosts) is asked of `ssh -G` hop by hop, with the
command lines that ssh starts for them.
"""
import concurrent.futures
import os
import pwd
import random
import re
import shlex
import socket
import subprocess
import sys
import tempfile

from ask import Asker, report

ME = pwd.getpwuid(os.getuid())
HOSTS = ["alpha", "beta.example.com", "gamma", "ALPHA", "10.0.0.7", "::1", "jump1", "delta-7"]
PATTERNS = ["alpha", "beta*", "*.example.com", "?amma", "*", "10.0.0.*", "delta-?", "jump*", "nobody", "al*a", "*a", "::*"]
ALGORITHMS = {
    "HostKeyAlgorithms": ["ssh-ed25519", "rsa-sha2-512,rsa-sha2-256", "ecdsa-sha2-nistp256"],
    "KexAlgorithms": ["curve25519-sha256", "ecdh-sha2-nistp256,curve25519-sha256"],
    "Ciphers": ["aes128-ctr", "aes256-gcm@openssh.com,aes128-ctr"],
    "MACs": ["hmac-sha2-256", "hmac-sha2-512-etm@openssh.com,hmac-sha2-256"],
    "PubkeyAcceptedAlgorithms": ["ssh-ed25519", "rsa-sha2-512"],
    "PubkeyAcceptedKeyTypes": ["rsa-sha2-256"],
}
FLAGS = ["BatchMode", "HashKnownHosts", "IdentitiesOnly", "KbdInteractiveAuthentication", "ProxyUseFdpass",
         "PasswordAuthentication", "TCPKeepAlive", "ChallengeResponseAuthentication"]
VALUES = ALGORITHMS | {
    "HostName": ["%h.example.net", "real-%h", "10.1.2.3", "127.1", "Mixed.Example.ORG", "fe80::0001", '"quoted.example"'],
    "User": ["deploy", "root", "a_b", '"ubuntu"', "DOM\\\\name"],
    "Port": ["2222", "22", "65535", "'2022'"],
    "IdentityFile": ["~/.ssh/k1", "/keys/%h/%r", "~/k%p", "none", '"/keys/with blank"', "/keys/%n.%u", "/k/%i%d", "~/.ssh/k1",
                     "/k/%L.%l", "/k/100%%", "/k/%k", "${PL_TEST}/id", "'/keys/single'"],
    "CertificateFile": ["~/.ssh/k1-cert.pub", "/certs/%h", "none"],
    "IdentityAgent": ["none", "SSH_AUTH_SOCK", "~/agent.%h", "$PL_AGENT", "${PL_TEST}/agent", "/run/agent"],
    "ProxyJump": ["jump1", "bob@jump2:2022", "jump1,jump2", "ssh://carl@jump3:99", "none", "a@jump1,b@jump2:7,jump3", "[fd00::1]:2200",
                  "jump-%r", "JUMP1", "none"],
    "ProxyCommand": ["nc %h %p", "none", "nc -x proxy %h %p", 'sh -c "exec nc %h %p" # %r', "aws ssm start-session --target %n --port %p%%"],
    "HostKeyAlias": ["alias.example", "Other"],
    "GlobalKnownHostsFile": ["/etc/known /etc/known2", "none", "~/global"],
    "UserKnownHostsFile": ["~/.ssh/known /k/%h", "none", "/dev/null", '"/k/with blank" ${PL_TEST}/known'],
    "RevokedHostKeys": ["/etc/ssh/revoked", "~/revoked.%h", "none"],
    "StrictHostKeyChecking": ["yes", "no", "ask", "accept-new", "off"],
    "ConnectTimeout": ["10", "1m30s", "0", "none", "2h"],
    "ConnectionAttempts": ["1", "4"],
    "AddressFamily": ["any", "inet", "inet6"],
    "BindAddress": ["127.0.0.1", "::1"],
    "BindInterface": ["lo", "eth0"],
    "ServerAliveInterval": ["15", "1m", "0"],
    "ServerAliveCountMax": ["2", "9"],
    "PubkeyAuthentication": ["yes", "no", "host-bound", "true"],
    "RequiredRSASize": ["2048", "3072"],
    "DSAAuthentication": ["no"],
    "Compression": ["yes", "no"],
} | {flag: ["yes", "no", "true", "false"] for flag in FLAGS}
HARMLESS = ["ForwardX11 no", "SendEnv LANG LC_*", "ControlMaster auto", "ControlPath ~/.ssh/c-%r@%h:%p", "VisualHostKey no", "LogLevel INFO",
            "LocalForward 8080 localhost:80", "RequestTTY no", "AddKeysToAgent no", "IPQoS throughput", "GSSAPIAuthentication no",
            "# a comment", "", "   \t", "RemoteCommand none", "SetEnv A=b", "UpdateHostKeys no", "EscapeChar none", "Protocol 2",
            "CanonicalDomains example.com", "RekeyLimit default none", "NumberOfPasswordPrompts 1"]
WRONG = ["Port 0", "Port 65536", "Port x", "Port", "User", 'HostName ""', "NoSuchDirective yes", "BatchMode perhaps", "ConnectTimeout soon",
         "Port 22 23", "User a b", 'User "open', "UserKnownHostsFile a none", "ProxyJump ", "ProxyJump a,,b", "ProxyJump @b", "AddressFamily 4",
         "StrictHostKeyChecking maybe", "Match", "Match nothing x", "Match user", "Match all user x", "Match host", "ConnectionAttempts x",
         "ConnectTimeout 1h1x", "IdentityFile a b", "ProxyJump a:0", "ProxyJump a:b", "Match user x host y all", "ProxyJump ssh://"]
SAME = ["user", "port", "stricthostkeychecking", "connectionattempts", "serveraliveinterval", "serveralivecountmax",
        "requiredrsasize", "hostkeyalias", "bindaddress", "bindinterface"]
YES_NO = {"batchmode", "compression", "hashknownhosts", "identitiesonly", "kbdinteractiveauthentication", "proxyusefdpass",
          "passwordauthentication", "tcpkeepalive"}


class Maker:
    """Files and questions, made up."""

    def __init__(self, seed, folder):
        self.r, self.folder, self.files = random.Random(seed), folder, 0

    def directive(self):
        r = self.r
        if r.random() < 0.2:
            return r.choice(HARMLESS)
        name = r.choice(list(VALUES))
        value = r.choice(VALUES[name])
        if r.random() < 0.15:
            name = name.upper() if r.random() < 0.5 else name.lower()
        return r.choice(["", "  ", "\t"]) + name + r.choice([" ", " ", " ", "  ", "\t", "=", " = "]) + value + r.choice(["", "", " ", "\t"])

    def patterns(self, separator):
        r = self.r
        return separator.join(r.choice(["", "", "", "!"]) + r.choice(PATTERNS) for _ in range(r.randint(1, 3)))

    def criterion(self):
        r = self.r
        name = r.choice(["host", "originalhost", "user", "localuser", "final", "canonical"])
        if name in ("final", "canonical"):
            return r.choice(["", "", "!"]) + name
        value = self.patterns(",")
        if name in ("user", "localuser"):
            value = r.choice(["deploy", "root", "r*", "!deploy,*", ME.pw_name, "nobody"])
        if r.random() < 0.2:
            value = f'"{value}"'
        return r.choice(["", "", "", "!"]) + name + r.choice([" ", " ", "="]) + value

    def block(self):
        r = self.r
        kind = r.random()
        if kind < 0.55:
            return "Host " + self.patterns(" ")
        if kind < 0.65:
            return "Match all"
        if kind < 0.7:
            return "Match " + r.choice(["final", "canonical"]) + " all"
        return "Match " + " ".join(self.criterion() for _ in range(r.randint(1, 3)))

    def lines(self, depth):
        r = self.r
        lines = [self.directive() for _ in range(r.randint(0, 3))]
        for _ in range(r.randint(1, 6)):
            lines.append(self.block())
            lines += [self.directive() for _ in range(r.randint(1, 7))]
            if depth < 2 and r.random() < 0.15:
                lines.append("Include " + self.include(depth + 1))
        return lines

    def include(self, depth):
        first = self.file(depth)
        if self.r.random() < 0.3:
            return first + " " + self.file(depth)
        if self.r.random() < 0.3:
            return os.path.join(self.folder, "none*.conf") + " " + first[:-1] + "?"
        return first

    def file(self, depth=0, wrong=None):
        lines = self.lines(depth)
        if wrong is not None:
            lines.insert(self.r.randint(0, len(lines)), wrong)
        self.files += 1
        path = os.path.join(self.folder, f"c{self.files:06}")
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + self.r.choice(["", "\n"]))
        os.chmod(path, 0o600)
        return path

    def options(self):
        r = self.r
        options = []
        for _ in range(r.choice([0, 0, 0, 1, 2, 3])):
            kind = r.randint(0, 7)
            if kind == 0:
                options += ["-p", r.choice(["2200", "22"])]
            elif kind == 1:
                options += ["-l" + r.choice(["eve", "root"])]
            elif kind == 2:
                options += [r.choice(["-4", "-6", "-C", "-4C", "-q"])]
            elif kind == 3:
                options += ["-b", "127.0.0.1"]
            elif kind == 4 and "-J" not in options and not any("Proxy" in o for o in options):
                options += ["-J", r.choice(["jump1", "x@jump2:5,jump1"])]
            else:
                name = r.choice([n for n in VALUES if not n.startswith("Proxy")])
                options += ["-o", name + r.choice(["=", " "]) + r.choice(VALUES[name])]
        return options


def ssh(config, options, host):
    """What `ssh -G` says: {name: [values]}, or its complaint."""
    # the last -G is ours; PL_* are what the made up files refer to
    done = subprocess.run(["ssh", "-G", "-F", config, *options, "--", host], capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        return done.stderr.strip() or "failed"
    said = {}
    for line in done.stdout.splitlines():
        name, _, value = line.partition(" ")
        said.setdefault(name.lower(), []).append(value)
    return said


class Expander:
    """Tokens of what ssh printed as it was written; raises KeyError for a token or variable that is none."""

    def __init__(self, said, original):
        alias = said.get("hostkeyalias", [original])[0]
        me = socket.gethostname()
        self.tokens = {"%": "%", "h": said["hostname"][0], "n": original, "p": said["port"][0], "r": said["user"][0], "u": ME.pw_name,
                       "l": me, "L": me.split(".")[0], "d": ME.pw_dir, "i": str(os.getuid()), "k": alias,
                       "j": said.get("proxyjump", [""])[0]}

    def tokenise(self, text):
        return re.sub(r"%(.)", lambda m: self.tokens[m.group(1)], text)

    def path(self, text):
        if text.startswith("~/"):
            text = ME.pw_dir + text[1:]
        text = re.sub(r"\$\{(\w+)\}|%(.)", lambda m: os.environ[m.group(1)] if m.group(1) else self.tokens[m.group(2)], text)
        return text


def hops(config, said, expander, depth=1):
    """The way over jump hosts as "user@host:port", the nearest to the target first."""
    jump = said.get("proxyjump", ["none"])[0]
    if jump == "none":
        return []
    if depth > 16:
        return "ssh starts itself without end"
    rest, _, last = expander.tokenise(jump).rpartition(",")
    last = re.sub(r"^ssh://", "", last)
    user, at, last = last.rpartition("@")
    bracket = re.fullmatch(r"\[(.*)\](?::(\d+))?", last)
    host, port = bracket.groups() if bracket else (last.split(":") + [None])[:2]
    options = (["-l", user] if at else []) + (["-p", port] if port else []) + (["-J", rest] if rest else [])
    answer = ssh(config, options, host)
    if isinstance(answer, str):
        return answer
    more = hops(config, answer, Expander(answer, host), depth + 1)
    if isinstance(more, str):
        return more
    return [f"{answer['user'][0]}@{answer['hostname'][0]}:{answer['port'][0]}"] + more


def agent_of(said, expander):
    text = said.get("identityagent", ["SSH_AUTH_SOCK"])[0]
    if text == "none":
        return []
    if text == "SSH_AUTH_SOCK" or (text[0] == "$" and text[1] != "{"):
        value = os.environ.get(text.lstrip("$"))
        return [value] if value else []
    return [expander.path(text)]


def files_of(said, name, expander):
    """Paths of a list that -G prints on one line; blanks in them are unlikely outside of these tests."""
    values = said[name][0]
    for blank in ("/k/with blank",):
        values = values.replace(blank, blank.replace(" ", "\0"))
    return [expander.path(v.replace("\0", " ")) if expander else v.replace("\0", " ") for v in values.split() if v != "none"]


def expected(config, said, host):
    """`ssh -G`'s answer in the words of ask.c."""
    e = Expander(said, host)
    want = {name: said.get(name, []) for name in SAME}
    for name in ("bindaddress", "hostkeyalias"):
        want[name] = [v for v in want[name] if v != "none"]
    want["hostname"] = said["hostname"]
    for name in YES_NO:
        want[name] = ["1" if said[name][0] in ("yes", "true") else "0"]
    want["pubkeyauthentication"] = ["0" if said["pubkeyauthentication"][0] in ("no", "false") else "1"]
    want["addressfamily"] = [{"any": "0", "inet": "4", "inet6": "6"}[said["addressfamily"][0]]]
    want["connecttimeout"] = [said["connecttimeout"][0].replace("none", "0")]
    identities = said.get("identityfile", [])
    unset = identities[:1] == ["~/.ssh/id_rsa"]
    names = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"] if unset else identities
    want["identityfile"] = [e.path(v) for v in names if v != "none"]
    want["identitiesset"] = ["0" if unset else "1"]
    want["certificatefile"] = [e.path(v) for v in said.get("certificatefile", []) if v != "none"]
    want["identityagent"] = agent_of(said, e)
    want["proxycommand"] = [e.tokenise(v) for v in said.get("proxycommand", []) if v != "none"]
    user = files_of(said, "userknownhostsfile", e)
    want["newhosts"] = user[:1]
    want["knownhosts"] = user + files_of(said, "globalknownhostsfile", None)
    want["revokedhostkeys"] = [e.path(v) for v in said.get("revokedhostkeys", []) if v != "none"]
    want["via"] = hops(config, said, e)
    if want["batchmode"] == ["1"] and want["serveraliveinterval"] == ["300"]:
        want["serveraliveinterval"] = ["0"]  # Debian's own default, which we do not follow
    return want


def ours(lines):
    said = {}
    for line in lines:
        name, _, value = line.partition(" ")
        said.setdefault(name, []).append(value)
    return said


def compare(case, asker, defaults):
    """What differs for one file, its options and one host, or None."""
    config, options, host = case
    lines = asker.ask("config", config, "-", ME.pw_dir, host, shlex.join(options))
    mine = lines[0] if lines and lines[0].startswith("error") else ours(lines)
    said = ssh(config, options, host)
    try:
        want = said if isinstance(said, str) else expected(config, said, host)
    except KeyError as missing:
        want = f"token or variable {missing}"
    if isinstance(want, dict) and isinstance(want["via"], str):
        want = want["via"]
    if isinstance(want, str) or isinstance(mine, str):
        if isinstance(want, str) and isinstance(mine, str):
            return None
        return f"{config} {options} {host}: ssh {'refuses: ' + want if isinstance(want, str) else 'takes it'}; we: {mine}"
    for name in ALGORITHMS:
        key = name.lower().replace("keytypes", "algorithms")
        default = said[key] == defaults[key]
        want[key] = [] if default and key not in mine else said[key]
    for name, value in want.items():
        if mine.get(name, []) != value:
            return f"{config} {options} {host}: {name}: ssh {value}, we {mine.get(name, [])}"
    return None


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 420
    os.environ["PL_TEST"] = "/variables"
    os.environ["PL_AGENT"] = "/variables/agent"
    os.environ["SSH_AUTH_SOCK"] = "/variables/default"
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(seed, folder)
        cases = [(maker.file(), maker.options(), maker.r.choice(HOSTS)) for _ in range(count)]
        cases += [(maker.file(wrong=wrong), [], "alpha") for wrong in WRONG]
        empty = os.path.join(folder, "empty")
        open(empty, "w", encoding="utf-8").close()
        defaults = ssh(empty, [], "alpha")
        shares = [cases[i::4] for i in range(4)]

        def run(share):
            asker = Asker(sys.argv[1])
            problems = [compare(case, asker, defaults) for case in share]
            asker.close()
            return problems

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            problems = [p for part in pool.map(run, shares) for p in part if p]
        if os.environ.get("PL_KEEP"):
            subprocess.run(["cp", "-r", folder, os.environ["PL_KEEP"]], check=True)
    report("ssh_config", len(cases), problems)


if __name__ == "__main__":
    main()
