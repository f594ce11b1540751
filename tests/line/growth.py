#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The time of a check grows with the size of the plan, whatever refers to whatever.

usage: growth.py PLUMBLINE FIXTURES

Each shape is a plan of N resources that lead to N others through references alone; four times as
many may take nine times as long (in processor time, the best of two), where a search of all for
each would take sixteen.
"""
import json
import os
import subprocess
import sys
import tempfile

TIMES, MOST = 4, 9


def change(kind, name, index, after, unknown, module=None):
    address = f"{module}.{kind}.{name}" if module else f"{kind}.{name}[{json.dumps(index)}]"
    found = {"address": address, "mode": "managed", "type": kind, "name": name,
             "change": {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown}}
    found.update({"module_address": module} if module else {"index": index})
    return found


def block(kind, name, expressions):
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name,
            "expressions": expressions, "for_each_expression": {"references": ["var.all"]}}


def refers(*references):
    return {"references": list(references)}


def listeners(count):
    """Of N balancers, each by its key."""
    changes = [change("aws_eks_cluster", "c", 0, {"name": "c"}, {})]
    for i in range(count):
        changes.append(change("aws_lb", "l", f"{i:06}", {"load_balancer_type": "network"}, {"arn": True}))
        changes.append(change("aws_lb_listener", "l", f"{i:06}", {"port": 443}, {"load_balancer_arn": True}))
    return changes, {"resources": [
        block("aws_lb", "l", {}),
        block("aws_lb_listener", "l", {"load_balancer_arn": refers("aws_lb.l", "each.key")})]}


def outputs(count):
    """N pools, each of the cluster in the module of its key."""
    changes = []
    for i in range(count):
        module = f'module.c["{i:06}"]'
        changes.append(change("aws_eks_cluster", "c", 0, {}, {"name": True}, module))
        changes.append(change("aws_eks_node_group", "g", f"{i:06}", {}, {"cluster_name": True}))
    output = {"name": {"expression": refers("aws_eks_cluster.c.name", "aws_eks_cluster.c")}}
    return changes, {
        "resources": [block("aws_eks_node_group", "g", {"cluster_name": refers("module.c", "each.key")})],
        "module_calls": {"c": {"expressions": {}, "module": {"outputs": output}}}}


def seconds(program, shape, count, folder):
    path = os.path.join(folder, "plan.json")
    changes, root = shape(count)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format_version": "1.2", "resource_changes": changes,
                   "configuration": {"root_module": root}}, file)
    best = None
    for _ in range(2):
        child = subprocess.Popen([program, "facts", path], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{shape.__name__}: exit status {child.returncode}")
        best = min(best or usage.ru_utime, usage.ru_utime)
    return best


def main():
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for shape, count in ((listeners, 4000), (outputs, 1200)):
            small, large = (seconds(sys.argv[1], shape, count * n, folder) for n in (1, TIMES))
            print(f"{shape.__name__}: {small:.3f} s, {TIMES} times as many {large:.3f} s")
            missed = missed or large > MOST * small
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
