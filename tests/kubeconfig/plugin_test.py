# SPDX-License-Identifier: Apache-2.0
"""Users log in here as with kubectl: the same credential plugins are run, are told the same, and what they
print comes to the same credential or to none.

usage: plugin_test.py KUBECONFIG_SHOW
"""
import json
import os
import pathlib
import pty
import sys
import tempfile

from server import Server, ask_kubectl, ask_ours, decoded

SHOW = sys.argv[1]
GROUP = "client.authentication.k8s.io/"
OURS_ONLY, KUBECTL_ONLY = "only taken here", "only kubectl takes it"


class World:
    def __init__(self, folder, server):
        self.folder, self.server, self.wrong, self.number = folder, server, [], 0

    def config(self, user, **of_cluster):
        """A kubeconfig with this user in a folder of its own."""
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        entry = {"server": self.server.url, "certificate-authority": "../ca/ca.crt"} | of_cluster
        path = folder / "config"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c", "users": [{"name": "u", "user": user}],
            "clusters": [{"name": "k", "cluster": entry}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}]}))
        return path

    def plugin(self, script, version="v1", **more):
        """The same with a plugin that is this shell script."""
        path = self.config({"exec": {"apiVersion": GROUP + version, "command": "./plugin", "interactiveMode": "Never"} | more})
        program = path.parent / "plugin"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        return path

    def compare(self, name, config, differs=None):
        theirs, their_words = ask_kubectl(self.server, config)
        ours, our_words = ask_ours(SHOW, config)
        expected = {None: bool(theirs), OURS_ONLY: True, KUBECTL_ONLY: False}[differs]
        if differs and bool(theirs) == (differs == OURS_ONLY):
            self.wrong.append(f"{name}: kubectl no longer differs: {their_words}")
        if bool(ours) != expected:
            self.wrong.append(f"{name}: kubectl {theirs or their_words!r}, here {our_words or 'taken'!r}")
        if not ours or not theirs:
            return
        got = ours["credentials"][0]
        bearer = got.get("bearer") and "Bearer " + got["bearer"]
        headers = sorted((name.lower(), value) for name, value in (h.split(": ", 1) for h in ours["headers"]))
        user = "alice" if decoded(got.get("cert")) == self.server.client[0] else None
        if (bearer, user, headers) != theirs:
            self.wrong.append(f"{name}: here {(bearer, user, headers)}, kubectl {theirs}")


def credential(status, version="v1", **more):
    return json.dumps({"apiVersion": GROUP + version, "kind": "ExecCredential", "status": status} | more)


def printing(text):
    return "cat <<'END'\n" + text + "\nEND\n"


def answers(world):
    cert, key = world.server.client
    pair = {"clientCertificateData": cert, "clientKeyData": key}
    good = {"token": "t0ken"}
    rows = {
        "token": good, "certificate": pair, "both": good | pair, "spec too": good,
        "expired": good | {"expirationTimestamp": "2001-01-01T00:00:00Z"},
        "expires": good | {"expirationTimestamp": "2999-01-01T00:00:00.123456+05:30"},
        "expires null": good | {"expirationTimestamp": None}, "expires wrong": good | {"expirationTimestamp": "tomorrow"},
        "expires number": good | {"expirationTimestamp": 1}, "expires without zone":
        good | {"expirationTimestamp": "2999-01-01T00:00:00"}, "expires without colons":
        good | {"expirationTimestamp": "2999-01-01T00:00:00+0100"}, "unknown member": good | {"x": 1},
        "no token": {}, "empty token": {"token": ""}, "token null": {"token": None}, "number": {"token": 5},
        "only certificate": {"clientCertificateData": cert}, "only key": {"clientKeyData": key},
        "no PEM": {"clientCertificateData": "x", "clientKeyData": "y"}, "line break": {"token": "a\nb"},
        "status null": None, "status text": "x", "status list": [],
    }
    for name, status in rows.items():
        world.compare(name, world.plugin(printing(credential(status))))
    world.compare("v1beta1", world.plugin(printing(credential(good, "v1beta1")), "v1beta1"))
    world.compare("v1alpha1", world.plugin(printing(credential(good, "v1alpha1")), "v1alpha1"))
    world.compare("v2", world.plugin(printing(credential(good, "v2")), "v2"))
    world.compare("another version", world.plugin(printing(credential(good)), "v1beta1"))
    world.compare("another kind", world.plugin(printing(credential(good, kind="Pod"))))
    world.compare("no kind", world.plugin(printing(json.dumps({"status": good}))))
    for name, text in {"nothing": "", "text": "no such thing", "list": "[]", "cut": '{"kind": "ExecCredential"',
                       "two": credential(good) * 2, "before it": "hello\n" + credential(good)}.items():
        world.compare(name, world.plugin(printing(text)))
    world.compare("YAML", world.plugin(printing(f"apiVersion: {GROUP}v1\nkind: ExecCredential\nstatus: {{token: a}}")),
                  KUBECTL_ONLY)
    world.compare("failing", world.plugin(printing(credential(good)) + "exit 3"))
    world.compare("killed", world.plugin(printing(credential(good)) + "kill -9 $$"))
    world.compare("talking", world.plugin("echo hello >&2\n" + printing(credential(good))))
    world.compare("reading", world.plugin("cat >/dev/null\n" + printing(credential(good))))


def descriptions(world):
    """How the plugin is named and described."""
    script = printing(credential({"token": "t"}))
    for name, more in {
            "missing": {"command": "./none"}, "missing in PATH": {"command": "no-such-plugin", "installHint": "get it"},
            "no command": {"command": None}, "empty command": {"command": ""}, "a folder": {"command": "./"},
            "no mode": {"interactiveMode": None}, "a wrong mode": {"interactiveMode": "Sometimes"},
            "always": {"interactiveMode": "Always"}, "if available": {"interactiveMode": "IfAvailable"},
            "upwards": {"command": "../plugin/../plugin/../" + str(world.number + 9) + "/./plugin"},
            "args null": {"args": None}, "env null": {"env": None}, "env without name": {"env": [{"value": "x"}]},
            "no version": {"apiVersion": None}}.items():
        world.compare(name, world.plugin(script, **more))
    world.compare("v1beta1 without mode", world.plugin(printing(credential({"token": "t"}, "v1beta1")), "v1beta1",
                                                       interactiveMode=None))


def users(world):
    """Which of several ways to log in is taken."""
    cert, key = world.server.client
    folder = world.folder / "users"
    folder.mkdir()
    (folder / "token").write_text("of-a-file\n")
    (folder / "empty").write_text("\n")
    (folder / "cert").write_text(cert)
    (folder / "key").write_text(key)
    pair = {"client-certificate": str(folder / "cert"), "client-key": str(folder / "key")}
    plugin = {"exec": {"apiVersion": GROUP + "v1", "command": "sh", "args": ["-c", printing(credential({"token": "t"}))],
                       "interactiveMode": "Never"}}
    file = {"tokenFile": str(folder / "token")}
    rows = {
        "token": {"token": "abc"}, "file": file, "file and token": file | {"token": "abc"},
        "no file": {"tokenFile": "none"}, "no file but token": {"tokenFile": "none", "token": "abc"},
        "relative": {"tokenFile": "../users/token"}, "certificate": pair, "certificate and token": pair | {"token": "abc"},
        "plugin": plugin, "plugin and token": plugin | {"token": "abc"}, "plugin and file": plugin | file,
        "plugin and certificate": plugin | pair, "certificate alone": {"client-certificate": pair["client-certificate"]},
        "key alone": {"token": "abc", "client-key": pair["client-key"]}, "as": {"token": "abc", "as": "bob"},
        "as all": {"token": "abc", "as": "bob", "as-uid": "7", "as-groups": ["a", "b c"], "as-user-extra": {"x.y/Z%": ["1", "2"], "b": []}},
        "as nobody": {"as-groups": ["a"]}, "uid alone": {"as-uid": "7"}, "as null": {"token": "abc", "as": None, "as-groups": []},
        "auth-provider and plugin": plugin | {"auth-provider": {"name": "oidc"}},
        "token and password": {"token": "abc", "username": "a", "password": "b"},
        "empty file": {"tokenFile": str(folder / "empty")},
    }
    for name, user in rows.items():
        world.compare("user: " + name, world.config(user))
    # kubectl would like a name and a password, for basic authentication
    world.compare("nobody", world.config({}), OURS_ONLY)
    world.compare("password", world.config({"username": "a", "password": "b"}), KUBECTL_ONLY)
    world.compare("both roots", world.config({}, **{"certificate-authority-data": "eA=="}))
    world.compare("insecure with roots", world.config({}, **{"insecure-skip-tls-verify": True}))
    world.compare("insecure", world.config({"token": "a"}, **{"insecure-skip-tls-verify": True, "certificate-authority": None}))
    world.compare("no roots", world.config({"token": "a"}, **{"tls-server-name": "localhost"}))


def noted(path, terminal, ask):
    """The lines that the plugin wrote, the first of them read as JSON."""
    main, other = pty.openpty()
    out = path.parent / "out"
    ask(env=os.environ | {"OUT": str(out)}, **({"stdin": other} if terminal else {}))
    os.close(main)
    os.close(other)
    lines = out.read_text().split("\n") if out.exists() else ["null"]
    out.unlink(missing_ok=True)
    return [json.loads(lines[0])] + lines[1:]


def told(world):
    """KUBERNETES_EXEC_INFO, arguments and variables; a terminal or not."""
    note = 'printf "%s\\n" "$KUBERNETES_EXEC_INFO" "$#" "$@" "$V" >"$OUT"\ntest -t 0 && echo terminal >>"$OUT"\n'
    config = {"text": "a", "number": 1, "float": 1.5, "flag": True, "nothing": None, "list": [{"x": "1"}, []], "no": "no"}
    extension = {"extensions": [{"name": "other", "extension": {"a": 1}}, {"name": GROUP + "exec", "extension": config}]}
    clusters = ({}, extension, extension | {"tls-server-name": "localhost", "disable-compression": True},
                {"insecure-skip-tls-verify": True, "certificate-authority": None})
    for number, (cluster, version, provide, mode, terminal) in enumerate(
            (c, v, p, m, t) for c in clusters for v in ("v1", "v1beta1") for p in (True, False)
            for m in ("Never", "IfAvailable", "Always") for t in (True, False)
            if (c is extension or p) and (m != "Always" or t)):
        path = world.plugin(note + printing(credential({"token": "t"}, version)), version, interactiveMode=mode,
                            provideClusterInfo=provide, args=["one", "", "two words"], env=[{"name": "V", "value": "a=b"}])
        text = json.loads(path.read_text())
        text["clusters"][0]["cluster"] |= cluster
        path.write_text(json.dumps(text))
        theirs = noted(path, terminal, lambda **more: ask_kubectl(world.server, path, **more))
        ours = noted(path, terminal, lambda **more: ask_ours(SHOW, path, "--listen", **more))
        theirs[1:2] = []  # kubectl's JSON ends in a line break
        if theirs != ours or len(ours) < 6:
            world.wrong.append(f"told {number} {version} {provide} {mode} {terminal}:\n here {ours}\n kubectl {theirs}")


def renewals(world):
    """How often the plugin runs, and what is said when nothing helps."""
    counting = 'echo run >>"${0%/*}/runs"\n'
    rows = {"kept": ("2999-01-01T00:00:00Z", 1, 1), "without time": (None, 1, 1), "refused": ("2999-01-01T00:00:00Z", 2, 2),
            "expired": ("2001-01-01T00:00:00Z", 2, 2), "refused twice": ("2999-01-01T00:00:00Z", 3, 2)}
    for name, (expires, times, runs) in rows.items():
        path = world.plugin(counting + printing(credential({"token": "t", "expirationTimestamp": expires})))
        ours, words = ask_ours(SHOW, path, times=times)
        ran = (path.parent / "runs").read_text().count("run")
        if ran != runs or bool(ours) != (times < 3) or (not ours and "nor what it gave when asked again" not in words):
            world.wrong.append(f"{name}: ran {ran} times, {words!r}")


def main():
    with tempfile.TemporaryDirectory() as folder, Server(pathlib.Path(folder) / "ca") as server:
        world = World(pathlib.Path(folder), server)
        for part in (answers, descriptions, users, told, renewals):
            part(world)
        print("\n".join(world.wrong + [f"{world.number} kubeconfigs, {len(world.wrong)} wrong"]))
        sys.exit(bool(world.wrong))


main()
