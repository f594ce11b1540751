#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reference-arch.md, reference-arch/schema.json and the loader agree.

usage: reference_arch.py examples|schema|refuses|names PLUMBLINE ROOT

examples  every architecture of the page loads, and so does every part of one
schema    the schema takes the page's examples and the architectures that are compiled in
refuses   the schema refuses what the loader refuses, but for what no schema can see
names     the loader, the schema and the page know the same keys, kinds and attributes
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

WORDS = {"all", "any", "not", "check"}
# names that refer to something, repetitions, what an empty or reversed range is, days, and YAML itself
UNSEEN = {
    "asked-if-none", "at-least-every", "asked-if-unknown", "id-platform", "id-twice", "int-huge", "int-range-reversed",
    "bytes-range-reversed", "version-range-reversed", "severity-profile-missing",
    "severity-profile-unknown", "source-date", "not-before-no-date", "too-deep", "override-without-base",
    "selection-bomb", "selection-in-circles", "selection-itself", "selection-none",
    "selection-other-kind", "selection-unknown",
    "extends-broken", "extends-extension", "extends-override-clauses", "extends-override-own",
    "extends-override-profile", "extends-override-unknown",
    "extends-platform", "extends-profile-unknown", "extends-requirement-twice", "extends-scalar",
    "extends-selection-kind", "extends-unknown",
    "key-twice", "yaml-after-end", "yaml-alias", "yaml-alias-bomb", "yaml-control", "yaml-cut",
    "yaml-key-list", "yaml-key-null", "yaml-merge", "yaml-tab", "yaml-two-documents",
}


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `on` is a text, and so is a date."""
    yaml_implicit_resolvers = {}


for tag, pattern, first in (("bool", r"true|false", "tf"), ("int", r"-?[0-9]+", "-0123456789"),
                            ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"), ("null", r"null|~|", ["n", "~", ""])):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def load(text):
    return yaml.load(text, Core)


class Project:
    def __init__(self, program, root):
        self.program, self.root = program, pathlib.Path(root)
        self.page = (self.root / "docs/reference-arch.md").read_text()
        self.schema = json.loads((self.root / "reference-arch/schema.json").read_text())
        self.validator = jsonschema.Draft202012Validator(self.schema)
        blocks = re.findall(r"^```yaml\n(.*?)^```$", self.page, re.M | re.S)
        self.whole = [b for b in blocks if b.startswith("format:")]
        self.parts = [b for b in blocks if not b.startswith("format:")]

    def show(self, text):
        """(status, message) of the program about an architecture."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.yaml")
            path.write_text(text)
            done = subprocess.run([self.program, "arch", "show", str(path)], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def known(self, text):
        """The names that the program offers when a text has a wrong one."""
        status, message = self.show(text)
        found = re.search(r"(?:it has|one of): (.*)$", message)
        if status != 2 or not found:
            return {f"(no list in: {message.strip()})"}
        return set() if found.group(1) == "none" else set(found.group(1).split(", "))


HEAD = 'format: plumbline-arch/1\nname: n\ntitle: t\nedition: "1"\nstatus: s\nprofiles: { a: b }\n'


def requirement(rest):
    return HEAD + "requirements:\n  - { id: x, title: t, severity: info, seen_by: [plan], " + rest + \
        "why: w, fix: f, source: { title: s } }\n"


def completed(part):
    """An architecture around a part of one."""
    first = part.split(":")[0]
    if first == "- id":
        return HEAD + "requirements:\n" + part
    if first in ("where", "expect"):
        kind = "pool" if first == "where" else "cluster"
        return requirement(f"on: {kind}, {first}: {json.dumps(load(part)[first])}, ")
    return HEAD + part + requirement("on: pool, ")[len(HEAD):]


def examples(p):
    problems = [] if len(p.whole) >= 3 else ["the page has fewer than three whole examples"]
    for block in p.whole + [completed(part) for part in p.parts]:
        status, message = p.show(block)
        if status:
            problems.append(f"{block[:160]}...\n{message}")
    return problems


def schema(p):
    jsonschema.Draft202012Validator.check_schema(p.schema)
    texts = {f"example {i}": block for i, block in enumerate(p.whole)}
    for path in sorted(p.root.glob("reference-arch/*/*.yaml")):
        texts[path.name] = path.read_text()
    problems = [] if len(texts) > len(p.whole) + 1 else ["the architectures are not where they were"]
    for name, text in texts.items():
        for error in p.validator.iter_errors(load(text)):
            problems.append(f"{name}: {error.json_path}: {error.message[:300]}")
    return problems


def accepted(p, path):
    try:
        return p.validator.is_valid(load(path.read_text()))
    except (yaml.YAMLError, UnicodeDecodeError):
        return None


def refuses(p):
    problems, seen = [], set()
    for path in sorted(p.root.glob("tests/unit/arch/cases/*.yaml")):
        seen.add(path.stem)
        takes = accepted(p, path)
        if takes and path.stem not in UNSEEN:
            problems.append(f"{path.stem}: the loader refuses it, the schema does not")
        if takes is False and path.stem in UNSEEN and not path.stem.startswith("yaml-"):
            problems.append(f"{path.stem}: the schema refuses it after all")
    return problems + [f"{name}: no such case" for name in sorted(UNSEEN - seen)]


def names(p):
    defs = p.schema["$defs"]
    kinds = p.known(requirement("on: zzz, "))
    rows = [
        ("architecture", p.known("zzz: 1\n"), set(p.schema["properties"])),
        ("requirement", p.known(requirement("zzz: 1, ")), set(defs["requirement"]["properties"])),
        ("override", p.known(requirement("zzz: 1, ")) - {"id"}, set(defs["override"]["properties"])),
        ("clause", p.known(requirement("clauses: [{ zzz: 1 }], ")), set(defs["clause"]["properties"])),
        ("kinds", kinds, set(defs["clause"]["properties"]["on"]["enum"])),
        ("selection", p.known(HEAD + "selections: { s: { zzz: 1 } }\n"), set(defs["selection"]["properties"])),
        ("parameter", p.known(HEAD + "parameters: { s: { zzz: 1 } }\n"), set(defs["parameter"]["properties"])),
        ("source", p.known(requirement("on: pool, ").replace("{ title: s }", "{ zzz: s }")),
         set(defs["requirement"]["properties"]["source"]["properties"])),
        ("witnesses", p.known(requirement("").replace("[plan]", "[zzz]")),
         set(defs["requirement"]["properties"]["seen_by"]["items"]["enum"])),
        ("severities", p.known(requirement("").replace("severity: info", "severity: zzz")),
         set(defs["severity"]["anyOf"][0]["enum"])),
    ]
    for kind in sorted(kinds):
        own = p.known(requirement(f"on: {kind}, expect: {{ zzz: 1 }}, "))
        rows.append((f"attributes of {kind}", own, set(defs[f"on-{kind}"]["anyOf"][1]["properties"]) - WORDS))
        rows.append((f"attributes of {kind} on the page", own, attributes_of_page(p.page, kind)))
    rows.append(("keys on the page", rows[0][1] | rows[1][1], keys_of_page(p.page)))
    return [f"{what}: only the loader: {sorted(one - two)}, only the other: {sorted(two - one)}"
            for what, one, two in rows if one != two or not one and "attributes" not in what]


def attributes_of_page(page, kind):
    section = re.search(rf"^### `{kind}`\n(.*?)(?=^#|\Z)", page, re.M | re.S)
    return set(re.findall(r"^\| `(\w+)` \|", section.group(1), re.M)) if section else {"(no section)"}


def keys_of_page(page):
    """The first cells of the two tables of keys."""
    found = set()
    for heading in ("The file", "A requirement"):
        section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
        found |= set(re.findall(r"^\| `(\w+)` \|", section.group(1), re.M)) if section else set()
    return found


def main():
    what, program, root = sys.argv[1:]
    problems = {"examples": examples, "schema": schema, "refuses": refuses, "names": names}[what](Project(program, root))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
