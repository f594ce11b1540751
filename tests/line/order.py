#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No order of members or entries in a file changes a byte of the result, and no run differs from another.

usage: order.py PLUMBLINE FIXTURES
"""
import json
import random
import re

import line

# Lists whose order says nothing; those inside an attribute's value keep theirs.
UNORDERED = {"resource_changes", "resource_drift", "resources", "child_modules", "instances", "references",
             "relevant_attributes"}
VALUES = {"values", "before", "after", "attributes"}


def shuffled(value, rnd, key=None, inside=False):
    if isinstance(value, dict):
        members = [(k, shuffled(v, rnd, k, inside or key in VALUES)) for k, v in value.items()]
        rnd.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        items = [shuffled(v, rnd, None, inside) for v in value]
        if key in UNORDERED and not inside:
            rnd.shuffle(items)
        return items
    return value


def variants(document):
    yield "again", document
    yield "sorted", json.loads(json.dumps(document, sort_keys=True))
    yield "reversed", dict(reversed(list(document.items())))
    yield "shuffled", shuffled(document, random.Random(1))


def seen(data):
    """Everything that may be seen of one input, without its digest."""
    done, result = line.reports(data)
    return done.returncode, done.stdout, done.stderr, re.sub(rb'"sha256": "\w+"', b"", result)


def first_difference(a, b):
    for x, y in zip(a, b):
        if isinstance(x, int):
            if x != y:
                return f"exit status {x}, then {y}"
            continue
        for p, q in zip(x.splitlines(), y.splitlines()):
            if p != q:
                return f"{p!r}, then {q!r}"
    return "one is longer"


def orders(name):
    document = line.load(name)
    base = None
    for how, other in variants(document):
        got = seen(line.dump(other))
        base = base or got
        if got != base:
            yield f"{name}, {how}: {first_difference(base, got)}"


STABLE = [["check", "-"], ["check", "-", "-q"], ["check", "-", "-v"], ["check", "-", "-o", "json"], ["facts", "-"],
          ["check", "-", "--arch", "gitpod/production"], ["explain", "node-size"], ["arch", "list"],
          ["arch", "show"], ["arch", "show", "gitpod/proof-of-value"], ["machine", "m6i.xlarge"], ["help"],
          ["check", "--help"]]


def stays(args):
    data = line.fixture("eks/23-drift.plan.json")
    first, second = (line.run(*args, stdin=data, env={"MALLOC_PERTURB_": seed}) for seed in ("1", "77"))
    if first.returncode or (first.stdout, first.stderr) != (second.stdout, second.stderr):
        yield f"{args}: {first.returncode}, {first_difference((first.stdout,), (second.stdout,))}"


def work(item):
    return list(stays(item) if isinstance(item, list) else orders(item))


line.every(work, STABLE + line.fixtures())
