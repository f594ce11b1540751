#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Host keys that a state gives to a machine at boot: trusted for that machine, and no other key is.

usage: pinned.py PLUMBLINE
The user data holds both halves of the key, as cloud-init wants them; the private one never comes out.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "ssh")]
PROGRAM = sys.argv[1]
sys.argv = sys.argv[:1]
import sshd  # noqa: E402

FAILED = []


def check(what, holds, seen=""):
    if not holds:
        FAILED.append(what)
        print(f"FAILED {what}: {str(seen)[:1500]}")


def instance(address, user_data):
    return {"index_key": address, "schema_version": 1, "attributes": {
        "id": f"i-{address}", "instance_type": "m5.xlarge", "private_ip": address, "public_ip": "", "tags": {"Name": f"k3s-{address[-1]}"},
        "user_data_base64": base64.b64encode(user_data.encode()).decode()}}


def state(path, users):
    path.write_text(json.dumps({
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "a", "outputs": {}, "resources": [{
            "mode": "managed", "type": "aws_instance", "name": "k3s",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]', "instances": [instance(*u) for u in users]}]}))
    return path


def cloud_config(private, public):
    indented = "".join(f"    {line}\n" for line in private.splitlines())
    return (f"#cloud-config\nssh_keys:\n  ed25519_private: |\n{indented}  ed25519_public: {public}\n"
            "runcmd:\n- curl -sfL https://get.k3s.io | sh -s - server\n")


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=100, check=False)


def asked(path, *words, config):
    done = run("check", path, "ssh://@cluster", "--ssh-config", config, "-o", "json", *words)
    return done, json.loads(done.stdout)


def main():
    mine = sshd.keygen("me")
    server = sshd.Server("pinned", authorized=[sshd.public(mine)])
    right, wrong = server.keys[0], sshd.keygen("another")
    private = pathlib.Path(right).read_text(encoding="ascii")
    config = sshd.FOLDER / "config"
    config.write_text(f"Host *\n  Port {server.port}\n  IdentityFile {mine}\n  UserKnownHostsFile {sshd.FOLDER}/none\n"
                      f"  StrictHostKeyChecking accept-new\n")
    path = state(sshd.FOLDER / "terraform.tfstate", [
        ("127.0.3.1", cloud_config(private, sshd.public(right))),
        ("127.0.3.2", cloud_config(private, sshd.public(wrong))),
        ("127.0.3.3", "#!/bin/sh\ncurl -sfL https://get.k3s.io | sh -s - agent\n")])

    done, result = asked(path, "-vv", config=config)
    lost = {p["source"]: p for p in result["problems"] if p["code"] == "host-key"}
    asked_well = [s["source"] for s in result["sources"] if s["witness"] == "node" and s["complete"]]
    check("one of three is asked", len(asked_well) == 1 and len(lost) == 2, result["sources"])
    texts = sorted(p["message"] for p in lost.values())
    check("another key is a changed one", any("somebody may be in between" in t for t in texts), texts)
    check("it says whose key it should be", any('which the boot text of aws_instance.k3s["127.0.3.2"] gives it' in t for t in texts), texts)
    check("where nothing is pinned, nothing is trusted", "unknown host key" in lost.get("ssh://k3s-3", {}).get("message", ""), lost)
    check("-vv says where the trust comes from",
          '127.0.3.1: its host keys are those of the boot text of aws_instance.k3s["127.0.3.1"]' in done.stderr, done.stderr)
    check("exit 2", done.returncode == 2, done.returncode)

    _, result = asked(path, "--ssh-known-hosts", sshd.known_hosts("told", *server.known("127.0.3.1", "127.0.3.2", "127.0.3.3")),
                      config=config)
    check("a file that is named takes the place of what is pinned",
          not [p for p in result["problems"] if p["code"] == "host-key"], result["problems"])

    facts = run("facts", path)
    check("the public half is a fact", sshd.public(right).split()[1] in facts.stdout, facts.stdout)
    for line in private.splitlines()[1:-1]:
        everything = facts.stdout + facts.stderr + done.stdout + done.stderr
        check("the private half is nowhere", line not in everything, line[:8])
    server.stop()
    return 1 if FAILED else 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
