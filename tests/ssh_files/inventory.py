#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inventories, read by us and by Ansible: every host, and how it is logged in to, is the same.

usage: inventory.py ASK FIXTURES [SEED [CASES]]

Each folder of FIXTURES is a case, whose inventory is the only file in it; more are made up, the same
ones in every run.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from ask import Asker, report

HERE = os.path.dirname(os.path.abspath(__file__))
ANSIBLE = shutil.which("ansible-inventory")
USERS = ["deploy", "root", "a_b", "'quoted'", '"double"', "with\\ blank", "None", ""]
ARGS = ["'-o ProxyJump=jump'", '"-o User=x -p 22"', "-oPort=1", "'-o ProxyCommand=\"ssh -W %h:%p j\"'"]
WRONG = ["[web", "[web:nothing]\na", "[web:vars]\na=1", "[web:children]\nmissing", "a b", "a 'open", "web[a:5]", "web[05:1]",
         "web[1:2:0]", "[web:vars]\nnovalue\n[web]", "[a:children]\nb\n[b:children]\na", "[a:children]\na", "web[c:a]", "web[1]",
         "---\n- a\n", "all:\n  hosts: [a]\n", "all:\n  hosts:\n    a: [1]\n", "all:\n  children: [a]\n", "all:\n  hosts:\n    a: b\n",
         "web:\n  children:\n    web:\n", "a:\n  children:\n    b:\n      children:\n        a:\n", "all: {hosts: {a}\n"]


def first(variables, *names):
    """Of several spellings the last one that is set, as Ansible's connection plugins take them."""
    found = None
    for name in names:
        value = variables.get(name)
        if value is not None:
            found = value
    return "" if found is None else str(found)


def expected(variables, name):
    args = [first(variables, n) for n in ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")]
    target = {"host": first(variables, "ansible_host", "ansible_ssh_host") or name,
              "user": first(variables, "ansible_user", "ansible_ssh_user"),
              "port": first(variables, "ansible_port", "ansible_ssh_port") or "0",
              "identity": first(variables, "ansible_private_key_file", "ansible_ssh_private_key_file"),
              "options": " ".join(a for a in args if a)}
    return {key: value for key, value in target.items() if value}


def ours(lines):
    """{host: {field: value}}, notices left out; or the complaint."""
    hosts, host = {}, None
    for line in lines:
        key, _, value = line.partition(" ")
        if key == "error":
            return value
        if key == "target":
            host = hosts[value] = {}
        elif key != "notice":
            host[key] = value
    return hosts


class Maker:
    """Inventories, made up: groups in groups, hosts in several, variables everywhere."""

    def __init__(self, seed, folder):
        self.r, self.folder, self.count = random.Random(seed), folder, 0

    def host(self):
        r = self.r
        return r.choice(["h1", "h2", "h3", "h4", "node[1:3]", "db-[a:c].x", "n[01:03:2]", "10.0.0.[7:9]", "h5:2222", "fd00::1", "[fd00::2]:99"])

    def variables(self, group):
        r = self.r
        found = []
        for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
            name, values = r.choice([("ansible_user", USERS), ("ansible_ssh_user", USERS[:3]), ("ansible_port", ["22", "2222", '"2022"']),
                                     ("ansible_host", ["10.9.9.1", "other.example"]), ("ansible_ssh_host", ["10.8.8.1"]),
                                     ("ansible_ssh_common_args", ARGS), ("ansible_ssh_extra_args", ARGS), ("unrelated", ["1", "[1, 2]", "{}"]),
                                     ("ansible_ssh_private_key_file", ["~/.ssh/k", "/k/x"]), ("ansible_private_key_file", ["/k/y"])])
            found.append((name, r.choice(values)))
        if group and r.random() < 0.15:
            found.append(("ansible_group_priority", str(r.choice([0, 2, 10]))))
        return found

    def ini(self):
        r = self.r
        groups = [f"g{i}" for i in range(r.randint(1, 7))]
        lines = [self.host_line() for _ in range(r.randint(0, 2))]
        sections = []
        for i, group in enumerate(groups):
            if r.random() < 0.7 or i == 0:
                sections.append([f"[{group}]"] + [self.host_line() for _ in range(r.randint(0, 4))])
            else:
                sections.append([f"[{group}:children]"] + [r.choice(groups[:i]) for _ in range(r.randint(1, 2))])
            if i and r.random() < 0.4:
                sections.append([f"[{group}:children]  # more"] + [r.choice(groups[:i])])
        for group in r.sample(groups + ["all", "ungrouped"], r.randint(0, len(groups))):
            sections.append([f"[{group}:vars]"] + [name + r.choice(["=", " = "]) + self.var_value(value)
                                                   for name, value in self.variables(True)])
        r.shuffle(sections)
        for section in sections:
            lines += [r.choice(["", "# comment", "; comment"])] + section
        return groups, "\n".join(lines) + "\n"

    def var_value(self, value):
        return value.replace("\\", "") + self.r.choice(["", "", " "])

    def host_line(self):
        return " ".join([self.host()] + [f"{name}={value}" for name, value in self.variables(False) if "[" not in value and "{" not in value])

    def yaml(self):
        r = self.r
        groups = [f"g{i}" for i in range(r.randint(1, 6))]
        document, bodies = {}, {}
        for i, group in enumerate(groups):
            body = bodies[group] = {}
            if r.random() < 0.8:
                body["hosts"] = {self.host(): self.mapping(False) or None for _ in range(r.randint(0, 4))}
            if r.random() < 0.5:
                body["vars"] = self.mapping(True)
            if i and r.random() < 0.6:
                body["children"] = {name: r.choice([None, {}, {"vars": self.mapping(True)}]) for name in {r.choice(groups[:i])}}
            document[group] = r.choice([body, body, body or None])
        if r.random() < 0.5:
            document = {"all": {"vars": self.mapping(True), "hosts": {self.host(): None}, "children": document}}
        return groups, json.dumps(document, indent=1)

    def mapping(self, group):
        values = {}
        for name, value in self.variables(group):
            plain = value.replace("\\", "").strip("'\"")
            values[name] = int(plain) if re.fullmatch(r"\d+", plain) else None if plain == "None" else plain
        return values

    def case(self, text=None):
        self.count += 1
        folder = os.path.join(self.folder, f"case{self.count:04}")
        os.makedirs(folder)
        groups = []
        if text is None:
            groups, text = self.ini() if self.r.random() < 0.6 else self.yaml()
        path = os.path.join(folder, "hosts")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        self.files(folder, "group_vars", self.r.sample(groups + ["all", "ungrouped"], self.r.randint(0, 3)) if groups else [])
        self.files(folder, "host_vars", self.r.sample(["h1", "h2", "node2", "db-a.x"], self.r.randint(0, 2)) if groups else [])
        return path

    def files(self, folder, kind, names):
        for name in names:
            where = os.path.join(folder, kind)
            os.makedirs(where, exist_ok=True)
            extension = self.r.choice(["", ".yml", ".yaml", ".json"])
            with open(os.path.join(where, name + extension), "w", encoding="utf-8") as out:
                json.dump({k: v for k, v in self.mapping(False).items()}, out)


def fixture(folder):
    files = [name for name in sorted(os.listdir(folder)) if os.path.isfile(os.path.join(folder, name))]
    assert len(files) == 1, folder
    return os.path.join(folder, files[0])


def ansible(paths):
    with open(ANSIBLE, encoding="utf-8") as script:
        python = script.readline().removeprefix("#!").split()
    done = subprocess.run([*python, "-B", os.path.join(HERE, "ansible_vars.py")], input=json.dumps(paths), capture_output=True, text=True,
                          timeout=300, check=False)
    if done.returncode:
        sys.exit(f"Ansible cannot be asked: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def compare(path, variables, asker):
    mine = ours(asker.ask("inventory", path))
    if isinstance(variables, str) or isinstance(mine, str):
        if isinstance(variables, str) and isinstance(mine, str):
            return None
        return f"{path}: Ansible {'refuses: ' + variables if isinstance(variables, str) else 'takes it'}; we: {mine}"
    want = {name: expected(values, name) for name, values in variables.items()}
    for name in sorted(set(want) | set(mine)):
        if want.get(name) != mine.get(name):
            return f"{path}: {name}: Ansible {want.get(name)}, we {mine.get(name)}"
    return None


def check_the_helper(path, variables):
    """The program itself says what the helper said."""
    done = subprocess.run([ANSIBLE, "-i", path, "--list"], capture_output=True, text=True, timeout=120, check=True,
                          stdin=subprocess.DEVNULL)
    said = json.loads(done.stdout)["_meta"]["hostvars"]
    for name, values in variables.items():
        listed = {k: v for k, v in said.get(name, {}).items() if k.startswith("ansible_")}
        ours_only = {k: v for k, v in values.items() if k in listed}
        if listed != ours_only:
            return [f"{path}: {name}: ansible-inventory {listed}, its library {values}"]
    return []


def main():
    fixtures = sys.argv[2]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 4
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    if not ANSIBLE:
        sys.exit("ansible-inventory is missing: scripts/test installs ansible-core")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        os.environ["ANSIBLE_CONFIG"] = os.path.join(folder, "ansible.cfg")
        open(os.environ["ANSIBLE_CONFIG"], "w", encoding="utf-8").close()
        maker = Maker(seed, folder)
        paths = [fixture(os.path.join(fixtures, name)) for name in sorted(os.listdir(fixtures))]
        checked = paths[0]
        paths += [maker.case() for _ in range(count)] + [maker.case(text) for text in WRONG]
        variables = ansible(paths)
        asker = Asker(sys.argv[1])
        problems = [p for p in (compare(path, variables[path], asker) for path in paths) if p]
        asker.close()
        problems += check_the_helper(checked, variables[checked])
        if os.environ.get("PL_KEEP"):
            shutil.copytree(folder, os.environ["PL_KEEP"])
    report("inventories", len(paths), problems)


if __name__ == "__main__":
    main()
