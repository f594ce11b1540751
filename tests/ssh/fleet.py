#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hundred hosts at once: all of them, some dead, too many for the server, interrupted; nothing is left behind.

usage: fleet.py DRIVER [thread]   (thread: a driver built with ThreadSanitizer, for what threads share)
"""
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

import sshd
from sshd import FOLDER, ask, differs, finish, keygen, known_hosts, one, public, run, start, target, until

COUNT = 100


def setup(name, config=""):
    key = keygen(f"{name}-id")
    server = sshd.Server(name, None, config, [public(key)])
    return key, server, known_hosts(f"known-{name}", f"* {public(server.keys[0])}")


def hosts(server, known, key, count=COUNT):
    """127.0.0.2 and those after it, as settings."""
    yield from target(server, known, f"identity {key}", address="127.0.0.2", name="127.0.0.2")
    for n in range(3, count + 2):
        yield from (f"host 127.0.0.{n}", f"address 127.0.0.{n}")


def hundred():
    """Each answers for itself, and progress counts every one."""
    key, server, known = setup("hundred")
    answers = ask("progress", r"script set -- $SSH_CONNECTION; echo $3\n", *hosts(server, known, key))
    if [a["out"] for a in answers] != [f"127.0.0.{n}\n" for n in range(2, COUNT + 2)]:
        yield f"answers: {[a for a in answers if a['code']]} {answers.said}"
    counted = [int(n) for n in re.findall(r"^progress (\d+)/100 \d+$", answers.said, re.M)]
    if counted != list(range(1, COUNT + 1)):
        yield f"progress: {answers.said}"


def agents():
    """A hundred logins at one agent, and one passphrase for all."""
    key, server, known = setup("fleet-agent")
    holder = sshd.Agent("fleet-agent-socket")
    holder.add(key)
    answers = ask(*target(server, known, f"agent {holder.path}"), *(f"host h{n}" for n in range(1, COUNT)))
    if [a["code"] for a in answers] != [""] * COUNT:
        yield f"{[a['error'] for a in answers if a['code']]}"


def mixed():
    """Dead, strange and refusing hosts between others are errors of their own."""
    key, server, known = setup("mixed")
    dead = sshd.free_port()
    lines = list(hosts(server, known, key, 40))
    stranger = sshd.Server("mixed-stranger", None, "", [public(key)])
    lines += ["host dead", f"port {dead}", "host stranger", f"port {stranger.port}", "host nobody", f"port {server.port}", "user nobody-here"]
    answers = {a["host"]: a for a in ask(*lines)}
    for n in range(2, 42):
        yield from differs(f"{n}", answers[f"127.0.0.{n}"], code="")
    for name, code in (("dead", "unreachable"), ("stranger", "host-key"), ("nobody", "unauthenticated")):
        yield from differs(name, answers[name], code=code)


def busy():
    """A server that drops connections (MaxStartups) is asked again until it answers."""
    key, server, known = setup("busy", "MaxStartups 3:60:8")
    answers = ask("timeout 60000", *hosts(server, known, key))
    if [a["code"] for a in answers] != [""] * COUNT:
        yield f"{[(a['host'], a['attempts'], a['error']) for a in answers if a['code']]}"
    if not any(a["attempts"] > 1 for a in answers):
        yield "no connection was dropped: the test shows nothing"
    # one that takes nobody is given up in time
    full, others = sshd.Server("full", None, "MaxStartups 1\nLoginGraceTime 60", [public(key)]), []
    until(lambda: others.append(socket.create_connection(("127.0.0.1", full.port))) or b"SSH" in others[-1].recv(8), what="a place")
    answer = one("timeout 3000", *target(full, known_hosts("known-full", *full.known()), f"identity {key}"))
    yield from differs("full", answer, code="unreachable", error="handshake")
    if answer["attempts"] < 3 or answer["ms"] > 4000:
        yield f"full: {answer}"


def interrupted():
    """Ends within a second, with the answers that were there by then, whatever a host is waited for."""
    key, server, known = setup("interrupted")
    began = FOLDER / "began"
    script = rf"script case $SSH_CONNECTION in *127.0.0.7*) touch {began}; sleep 60;; esac; echo done\n"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lines = [*hosts(server, known, key, 5), "host script", "address 127.0.0.7", "host connecting", "address 127.0.0.1",
                 f"port {silent.getsockname()[1]}", *(f"host late{n}" for n in range(50))]
        driver = start(["timeout 60000", "workers 2", "progress", script, *lines], DRIVER_STOP="1")
        until(began.exists, what="the slow script")
        until(lambda: select.select([silent], [], [], 0)[0], what="the silent host")
        begin = time.monotonic()
        for child in run("ps", "-o", "pid=", "--ppid", str(driver.pid)).split():
            os.kill(int(child), signal.SIGINT)
        answers = finish(driver, 10)
    if time.monotonic() - begin > 1.5:
        yield f"{time.monotonic() - begin:.2f} s"
    codes = [a["code"] for a in answers]
    if codes[:5] != [""] * 5 or set(codes[5:]) != {"interrupted"} or answers.status != 1:
        yield f"{codes} {answers.status} {answers.said[-300:]}"


def again_and_again():
    """A thousand runs, and a thousand logins, leave no descriptor, no child and no memory."""
    key, server, known = setup("again")
    dead = [*target(server, known, f"port {sshd.free_port()}", name="dead"), "host child", "proxy-command exec true"]
    answers = ask("repeat 1000", "timeout 5000", *dead)
    if answers.status != 0 or [a["code"] for a in answers] != ["unreachable", "unreachable"]:
        yield f"{answers.status} {answers.said} {answers}"
    answers = ask("repeat 25", "timeout 30000", "script cat\\n", *hosts(server, known, key, 40), seconds=280)
    if answers.status != 0 or [a["code"] for a in answers] != [""] * 40:
        yield f"{answers.status} {answers.said} {answers}"


BAD_LINKS = (
    # a delay of 30 ms and a loss of one packet in ten
    [["tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "30ms", "loss", "10%"]],
    # the same by other means, for kernels without netem: what a narrow link delays, and a filter that drops
    [["tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "512kbit", "burst", "1600", "latency", "400ms"],
     ["iptables", "-A", "INPUT", "-i", "eth0", "-m", "statistic", "--mode", "random", "--probability", "0.1", "-j", "DROP"]],
)


def spoil(inside):
    """Makes the link bad; what the kernel said when it can do neither, else None."""
    said = []
    for commands in BAD_LINKS:
        failed = [done.stderr.strip() for done in (inside(*command) for command in commands) if done.returncode]
        if not failed:
            return None
        said += failed
        inside("tc", "qdisc", "del", "dev", "eth0", "root")
    return said


def lost(inside):
    """Packets that the bad link dropped."""
    queue = inside("tc", "-s", "qdisc", "show", "dev", "eth0").stdout
    rules = inside("iptables", "-nvxL", "INPUT").stdout
    return sum(map(int, re.findall(r"dropped (\d+)", queue) + re.findall(r"^\s*(\d+)\s+\d+\s+DROP", rules, re.M)))


def namespaces():
    """A host behind a link of its own: delay and loss, no answer to any packet, before and in the middle."""
    name = f"pl{os.getpid() % 10000}"
    run("ip", "netns", "add", name)

    def inside(*command):
        return subprocess.run(["ip", "netns", "exec", name, *command], capture_output=True, text=True, check=False)

    try:
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        net = f"10.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250}"
        run("ip", "addr", "add", f"{net}.1/24", "dev", name)
        run("ip", "link", "set", name, "up")
        inside("ip", "addr", "add", f"{net}.2/24", "dev", "eth0")
        inside("ip", "link", "set", "eth0", "up")
        inside("ip", "link", "set", "lo", "up")
        key = keygen("namespace-id")
        server = sshd.Server("namespace", None, "", [public(key)], netns=name, probe=f"{net}.2")
        known = known_hosts("known-namespace", f"* {public(server.keys[0])}")
        to = target(server, known, f"identity {key}", address=f"{net}.2")
        yield from differs("well", one(*to), code="", out="hello\n")
        said = spoil(inside)
        if said:
            yield f"this kernel can neither delay nor lose packets: {said}"
        for n in range(3):
            yield from differs(f"delay and loss {n}", one("timeout 30000", *to), code="", out="hello\n")
        if not lost(inside):
            yield "the bad link lost nothing"
        inside("tc", "qdisc", "del", "dev", "eth0", "root")
        inside("iptables", "-F")
        began = FOLDER / "namespace-began"
        driver = start(["timeout 4000", rf"script touch {began}; sleep 1; echo late\n", *to])
        until(began.exists, what="the script")
        inside("ip", "route", "replace", "blackhole", f"{net}.1/32")
        yield from differs("hole in the middle", finish(driver)[0], code="timeout")
        yield from differs("hole", one("timeout 1500", *to), code="timeout", error="no connection in time")
        server.stop()
    finally:
        run("ip", "netns", "del", name)


def in_threads():
    """What threads share: keys, known hosts, passphrases, the agent."""
    yield from hundred()
    yield from agents()
    key, server, known = setup("threads")
    secret = keygen("threads-secret", "ed25519", "open sesame")
    server.authorize(public(secret))
    new = FOLDER / "threads-new"
    answers = ask("accept-new", "passphrase open sesame", *hosts(server, new, secret, 40))
    if [a["code"] for a in answers] != [""] * 40 or answers.said.count("asked for") != 1 or "WARNING" in answers.said:
        yield f"{[a['error'] for a in answers if a['code']]} {answers.said}"


if __name__ == "__main__":
    if sys.argv[2:] == ["thread"]:
        sshd.main(in_threads)
    if sys.argv[2:] == ["link"]:
        sshd.main(namespaces)
    sshd.main(hundred, agents, mixed, busy, interrupted, again_and_again)
