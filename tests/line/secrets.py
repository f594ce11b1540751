#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No secret is ever printed: a word is put wherever a secret may stand, and looked for in everything that is said.

usage: secrets.py PLUMBLINE FIXTURES
"""
import base64
import random

import line

WORD = "CANARYbird7"
SECRET_KEYS = ["password", "administrator_password", "master_password", "token", "secret", "client_secret", "private_key",
               "client_key", "access_key", "secret_key", "kube_config_raw", "connection_string", "api_key", "shared_key",
               "bootstrap_token", "ssh_private_key", "sas_token", "credentials"]
PLANS = ["eks/17-type-in-launch-template.plan.json", "eks/18-second-run.plan.json", "eks/23-drift.plan.json",
         "eks/01-good.state.json", "eks/01-good.tfstate", "gke/17-pools-inline.plan.json", "gke/28-applied.tfstate",
         "gke/29-no-op.plan.json", "aks/01-good.plan.json", "aks/30-applied.state.json",
         "aks/31-destroy-regular-pool.plan.json", "k3s/08-remote-exec.plan.json", "k3s/01-good.tfstate",
         "k3s/16-refresh-only.plan.json"]


def in_text(text):
    """The text with the word at its end; inside of base64 behind it."""
    try:
        plain = base64.b64decode(text, validate=True)
        if len(text) > 60 and plain.isascii():
            return base64.b64encode(plain + b"\n# " + WORD.encode()).decode()
    except ValueError:
        pass
    return text + WORD


def branded(value):
    """Every text in the value, marked by the word."""
    if isinstance(value, str):
        return in_text(value)
    if isinstance(value, list):
        return [branded(v) for v in value]
    if isinstance(value, dict):
        return {k: branded(v) for k, v in value.items()}
    return value


def holders(document):
    """Values of resource instances, with the name of what marks them sensitive."""
    if isinstance(document, dict):
        if document.get("type") and isinstance(document.get("change"), dict):
            change = document["change"]
            for side in ("before", "after"):
                if isinstance(change.get(side), dict):
                    yield change[side], change, f"{side}_sensitive"
        elif isinstance(document.get("values"), dict) and document.get("type"):
            yield document["values"], document, "sensitive_values"
        elif isinstance(document.get("attributes"), dict):
            yield document["attributes"], document, "sensitive_attributes"
        for v in document.values():
            yield from holders(v)
    elif isinstance(document, list):
        for v in document:
            yield from holders(v)


def mark(values, where, how, names):
    """Brands the attributes and marks them as Terraform does."""
    for name in names:
        values[name] = branded(values[name])
        if how == "sensitive_attributes":
            where.setdefault(how, []).append([{"type": "get_attr", "value": name}])
            continue
        if not isinstance(where.get(how), dict):
            where[how] = {}
        where[how][name] = True


def all_marked(document):
    for values, where, how in holders(document):
        mark(values, where, how, list(values))


def whole_marked(document):
    """The mark `true` stands for all of a resource."""
    for values, where, how in holders(document):
        if how != "sensitive_attributes":
            mark(values, where, how, list(values))
            where[how] = True


def some_marked(seed):
    def change(document):
        rnd = random.Random(seed)
        names = {n for values, _, _ in holders(document) for n in values}
        chosen = {n for n in sorted(names) if rnd.random() < 0.2}
        for values, where, how in holders(document):
            mark(values, where, how, [n for n in values if n in chosen])
    return change


def secret_names(document):
    """Known names, unmarked: attributes, in maps and blocks, in variables and in providers' configuration."""
    for values, _, _ in holders(document):
        for key in SECRET_KEYS:
            values[key] = WORD
        values["kube_config"] = [{"client_key": WORD, "password": WORD, "host": "https://" + WORD}]
        for name in ("labels", "node_labels", "tags", "metadata"):
            if isinstance(values.get(name), dict):
                values[name].update({"api-token": WORD, "db_password": WORD})
    document.setdefault("variables", {}).update({k: {"value": WORD} for k in SECRET_KEYS})
    document["output_changes"] = {"a": {"actions": ["create"], "after": WORD, "after_sensitive": True}}
    document["outputs"] = {"a": {"value": WORD, "type": "string", "sensitive": True}}
    config = document.get("configuration", {})
    for provider in config.get("provider_config", {}).values():
        provider.setdefault("expressions", {}).update({k: {"constant_value": WORD} for k in SECRET_KEYS})
    for resource in config.get("root_module", {}).get("resources", []):
        resource.setdefault("expressions", {}).update({k: {"constant_value": WORD} for k in SECRET_KEYS})


def charts(document):
    """A chart's secret values, in each way they can be given."""
    if "resource_changes" not in document:
        return
    document["resource_changes"].append({
        "address": "helm_release.secret", "mode": "managed", "type": "helm_release", "name": "secret", "change": {
            "actions": ["create"], "before": None, "after_unknown": {}, "after_sensitive": {
                "set_sensitive": [{"value": True}]}, "after": {
                "name": "cert-manager", "chart": "cert-manager", "version": "v1.9.1", "repository_password": WORD,
                "repository": f"https://user:{WORD}@charts.example.com", "set_sensitive": [{"name": "a", "value": WORD}],
                "set": [{"name": "database.password", "value": WORD}], "values": [f"password: {WORD}\n"]}}})


SCRIPT = f"""#cloud-config
write_files:
  - path: /etc/rancher/k3s/config.yaml
    content: |
      token: {WORD}
      agent-token: {WORD}
      datastore-endpoint: mysql://gitpod:{WORD}@tcp(db:3306)/k3s
      node-label: ["gitpod.io/workload_meta=true", "api-token={WORD}"]
  - path: /etc/rancher/k3s/registries.yaml
    content: "configs: {{docker.io: {{auth: {{username: x, password: {WORD}}}}}}}"
runcmd:
  - curl -sfL https://get.k3s.io | K3S_TOKEN={WORD} K3S_URL=https://x:{WORD}@10.0.0.1:6443 sh -s - server --token {WORD}
  - mysql -p{WORD} -e 'create database gitpod'
"""


def scripts(document):
    """Nobody marked them: tokens in what a node is told at its first boot."""
    for values, _, _ in holders(document):
        for name in ("user_data_base64", "user_data", "custom_data"):
            if values.get(name):
                values[name] = base64.b64encode(SCRIPT.encode()).decode()


CHANGES = [all_marked, whole_marked, some_marked(1), some_marked(2), secret_names, charts, scripts]


def leaks(name, texts):
    for text in texts:
        at = text.find(WORD.encode())
        if at < 0:
            at = text.find(base64.b64encode(WORD.encode())[:9])
        if at >= 0:
            yield f"{name}: {text[max(0, at - 150):at + 60]!r}"


def check(name, data):
    done, result = line.reports(data, "--arch", "gitpod/production")
    if done.returncode not in (0, 2, 3):
        yield f"{name}: exit status {done.returncode}: {done.stderr[-300:]}"
    yield from leaks(f"{name}, check", [done.stdout, done.stderr, result])


def commands(name, data):
    yield from check(name, data)
    facts = line.run("facts", "-", stdin=data)
    yield from leaks(f"{name}, facts", [facts.stdout, facts.stderr])
    if facts.returncode == 0:
        yield from check(f"{name}, facts", facts.stdout)


def errors(plan):
    """Texts that are refused, with the word where it breaks."""
    secret = b'"password":"' + WORD.encode() + b'"'
    marked = plan.replace(b'"instance_type"', secret + b',"instance_type"', 1)
    at = marked.index(WORD.encode())
    noise = b"::debug::token " + WORD.encode() + b"\n"
    for i in range(len(WORD) + 3):
        yield f"cut {i}", marked[:at + i]
    for broken in (b"\x01", b"\\x", b'""', b"\xff\x01", b"}"):
        yield f"broken by {broken}", marked[:at + 4] + broken + marked[at + 4:]
        yield f"behind it {broken}", marked[:at + len(WORD) + 1] + broken + marked[at + len(WORD) + 1:]
    yield "noise alone", noise + b"Error: " + WORD.encode() + b"\n"
    yield "noise around", noise + marked + b"\n" + noise
    yield "noise behind it", marked + noise
    yield "errored", marked.replace(b'"errored": false', b'"errored": true')
    yield "key", plan.replace(b'"errored"', b'"' + WORD.encode() + b'"', 1)
    yield "format", plan.replace(b'"format_version": "1.2"', b'"format_version": ' + secret[11:], 1)
    yield "version", plan.replace(b'"terraform_version": "1.11.4"', b'"terraform_version": {' + secret + b"}", 1)
    for wrong in (b"{" + secret + b"}", b"[" + secret[11:] + b"]", secret[11:]):
        yield f"type {wrong}", plan.replace(b'"mode": "managed"', b'"mode": ' + wrong)
        yield f"list {wrong}", plan.replace(b'"actions": ["create"]', b'"actions": ' + wrong)
        for member in (b"variables", b"configuration", b"prior_state", b"planned_values", b"resource_changes"):
            yield f"{member} {wrong}", plan.replace(b'"' + member + b'": ', b'"' + member + b'": ' + wrong + b', "x": ')
    yield "secrets as names", plan.replace(b"headless", b"password").replace(b"agent", b"private_key")
    yield "HCL", b'resource "aws_eks_cluster" "a" {\n  token = "' + WORD.encode() + b'"\n}\n'
    yield "not a plan", b"{" + secret + b"}"
    yield "array", b"[" + secret[11:] + b"]"


def error_leaks():
    for name, text in errors(line.fixture("k3s/10-token-sensitive.plan.json").replace(b'":', b'": ')):
        yield from check(name, text)
        yield from leaks(f"{name}, facts", [line.run("facts", "-", stdin=text).stderr])


def still_judged():
    """What is secret is judged all the same."""
    document = line.load("k3s/01-good.plan.json")
    before = line.verdicts(line.result("-", stdin=line.dump(document)))
    for values, where, how in holders(document):
        mark(values, where, how, [n for n in ("user_data_base64",) if values.get(n)])
    after = line.verdicts(line.result("-", stdin=line.dump(document)))
    labels = {v for (rid, _), v in after.items() if rid.startswith("label-")}
    if labels != {"pass"} or before != after:
        yield f"secret scripts are judged otherwise: {[k for k in before if before[k] != after.get(k)]}"
    document = line.load("eks/01-good.plan.json")
    charts(document)
    if line.verdicts(line.result("-", stdin=line.dump(document)))[("cert-manager", "gitpod")] != "pass":
        yield "a chart with secret values is not judged"


def work(item):
    if callable(item):
        return list(item())
    name, change = item
    document = line.load(name)
    change(document)
    return list(commands(f"{name} {change.__name__}", line.dump(document)))


line.every(work, [error_leaks, still_judged, *((name, change) for name in PLANS for change in CHANGES)])
