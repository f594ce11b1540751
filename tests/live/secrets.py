#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No credential is ever shown: canaries stand wherever one is kept, and in what peers send back.

usage: secrets.py PLUMBLINE
Every command is run against servers that take the credential, refuse it, and send it back in their messages.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "net"), str(HERE)]
from certs import Authority  # noqa: E402
from faults import Faults  # noqa: E402
from repeat import script  # noqa: E402

TOKEN, PASSWORD, PLUGIN_TOKEN, PROXY, DOCKER = (f"canary-{name}-6c1f" for name in
                                               ("token", "password", "plugin", "proxy", "docker"))
FAILED = []


def users(key):
    """The ways to log in that a kubeconfig knows."""
    encode = lambda path: base64.b64encode(pathlib.Path(path).read_bytes()).decode()  # noqa: E731
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "sh"}
    answer = json.dumps({"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "status": {"token": PLUGIN_TOKEN}})
    return {"token": {"token": TOKEN}, "basic": {"username": "u", "password": PASSWORD},
            "certificate": {"client-certificate-data": encode(key[0]), "client-key-data": encode(key[1])},
            "broken-key": {"client-certificate-data": encode(key[0]), "client-key-data": encode(key[0])},
            "plugin": {"exec": {**plugin, "args": ["-c", f"echo '{answer}'"]}},
            "plugin-fails": {"exec": {**plugin, "args": ["-c", f"echo '{answer}'; exit 1"]}}}


def config(folder, name, user, server, **cluster):
    path = folder / f"{name}.kubeconfig"
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": server.url, "certificate-authority": server.ca, **cluster}}],
        "users": [{"name": "u", "user": user}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
    return str(path)


def run(program, folder, canaries, *words):
    docker = base64.b64encode(f"me:{DOCKER}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {words[1].split("//")[-1]: {"auth": docker}}}))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "DOCKER_CONFIG": str(folder)}
    done = subprocess.run([program, *words], capture_output=True, text=True, env=env, timeout=60, check=False)
    for canary in canaries:
        if canary in done.stdout or canary in done.stderr:
            FAILED.append(canary)
            print(f"FAILED {' '.join(words)}: shows {canary}: {done.stderr[:500]}")
    return done


def secrets(folder, key):
    lines = "".join(pathlib.Path(key[1]).read_text().split("\n")[1:-2])
    return [TOKEN, PASSWORD, PLUGIN_TOKEN, PROXY, DOCKER, lines[40:80],
            *(base64.b64encode(f"{user}:{word}".encode()).decode() for user, word in (("u", PASSWORD), ("me", DOCKER)))]


def echo(request):
    """An answer that sends back what came with the request."""
    said = json.dumps({"kind": "Status", "message": f"who is {request.headers.get('authorization', 'nobody')}?"})
    return 400, {"Content-Type": "application/json"}, said.encode()


def main():
    program, count = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        key = Authority(folder / "ca").client("client")
        canaries = secrets(folder, key)
        for what, answers in (("good", script()), ("refuses", {"*": ["401"]}), ("echoes", {"*": [echo]})):
            with Faults(answers, tls="good") as server:
                for name, user in users(key).items():
                    kubeconfig = config(folder, name, user, server)
                    for words in (["check", "k8s://", "-vv"], ["facts", "k8s://", "-vv"], ["check", "k8s://", "-o", "json"]):
                        run(program, folder, canaries, *words, "--kubeconfig", kubeconfig)
                        count += 1
                proxied = config(folder, "proxy", {"token": TOKEN}, server, **{"proxy-url": f"http://u:{PROXY}@127.0.0.1:9"})
                run(program, folder, canaries, "check", "k8s://", "-vv", "--kubeconfig", proxied)
            with Faults(answers) as server:
                host = server.url.split("//")[1]
                for words in (["check", f"registry://{host}", "-vv"], ["facts", f"registry://{host}", "-vv"]):
                    run(program, folder, canaries, *words)
                    count += 1
                asked = [r.headers.get("authorization", "") for r in server.requests]
                print(f"{what}: {len(asked)} questions to the registry")
        for scheme in ("ssh", "mysql", "registry", "scm", "s3", "postgres"):  # a password that may not stand there
            for more in (["-vv"], ["-o", "json"]):
                for wrong in ([], ["--join", "there=nothing"], ["--join", "{word}=frob"]):
                    for password in (PASSWORD, f"a/{PASSWORD}", f"a@{PASSWORD}", f"9:{PASSWORD}"):
                        word = f"{scheme}://u:{password}@127.0.0.1:9"
                        run(program, folder, canaries, "check", word, *more, *(w.format(word=word) for w in wrong))
                        count += 1
    print(f"{count} runs, {len(canaries)} canaries")
    sys.exit(bool(FAILED))


if __name__ == "__main__":
    main()
