#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rooms include only themselves and what their line in CMakeLists.txt allows, through its chain.

A header named internal.h belongs to its room alone; providers never include each other.
"""
import re

import lint

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def declared(root):
    """({room: rooms it may include}, problems) from the pl_room, pl_provider and pl_program lines."""
    text = re.sub(r"#[^\n]*", "", (root / "CMakeLists.txt").read_text())
    allowed, problems = {}, []
    for kind, body in re.findall(r"\bpl_(room|provider|program)\(([^)]*)\)", text):
        words = body.split()
        if kind == "room":
            name, uses = words[0], words_after(words, "USES")
        elif kind == "provider":
            name, uses = "providers/" + words[0], provider_uses(root)
        else:
            name, uses = words[1].removeprefix("src/"), [r for r in allowed if "/" not in r]
        reach = {name}
        for use in uses:
            if use not in allowed:
                problems.append(f"CMakeLists.txt:1: {name} uses {use}, which is no room above its line")
            reach |= allowed.get(use, set())
        allowed[name] = reach
    return allowed, problems


def words_after(words, keyword):
    taken = []
    for word in words[words.index(keyword) + 1:] if keyword in words else []:
        if word.isupper():
            break
        taken.append(word)
    return taken


def provider_uses(root):
    """What every provider may use: the PUBLIC libraries that pl_provider() links."""
    text = (root / "cmake/plumbline.cmake").read_text()
    found = re.search(r"target_link_libraries\(pl_provider_\$\{name\} PUBLIC ([^)]*?) PRIVATE", text)
    return [word.removeprefix("pl_") for word in found.group(1).split()] if found else []


def owner(root, name):
    """The room that an include names, or None."""
    first = name.split("/")[0]
    if "/" not in name:
        return None
    if (root / "src" / first).is_dir():
        return first
    if (root / "providers" / first).is_dir():
        return "providers/" + first
    return None


def check(root):
    allowed, problems = declared(root)
    for path in lint.files(root, lint.CODE, {".c", ".h", ".def"}):
        top, folder = lint.room_of(root, path)
        room = folder if top == "src" else f"{top}/{folder}"
        text = path.read_text()
        if room not in allowed:
            problems.append(f"{lint.place(root, path, 1)}: {room} has no line in CMakeLists.txt")
            continue
        for match in INCLUDE.finditer(text):
            at, name = lint.place(root, path, lint.line_of(text, match.start())), match.group(1)
            target = owner(root, name)
            if not target:
                problems.append(f'{at}: "{name}" does not begin with the folder of a room')
            elif target not in allowed[room]:
                problems.append(f'{at}: {room} may not include "{name}"')
            elif target != room and name.endswith("/internal.h"):
                problems.append(f'{at}: "{name}" belongs to {target} alone')
    return problems


TREE = {
    "CMakeLists.txt": "pl_room(base src/base)\npl_room(json src/json USES base LIBS x)\n"
                      "pl_room(model src/model USES json)\npl_room(terraform src/terraform USES json)\n"
                      "pl_provider(aws DATA m.csv)\npl_provider(google)\npl_program(plumbline src/cli)\n",
    "cmake/plumbline.cmake": "target_link_libraries(pl_provider_${name} PUBLIC pl_terraform PRIVATE pl_flags)\n",
    "src/base/a.h": "", "src/json/a.h": "", "src/json/internal.h": "", "src/model/a.h": "",
    "src/terraform/a.h": "", "providers/google/a.h": "",
}
SAMPLES = [
    (TREE | {"src/model/a.c": '#include "base/a.h"\n#include "json/a.h"\n',
             "providers/aws/a.c": '#include "terraform/a.h"\n#include "base/a.h"\n',
             "src/cli/a.c": '#include "model/a.h"\n'}, None),
    (TREE | {"src/base/a.c": '#include "json/a.h"\n'}, "base may not include"),
    (TREE | {"src/terraform/a.c": '#include "model/a.h"\n'}, "terraform may not include"),
    (TREE | {"providers/aws/a.c": '#include "google/a.h"\n'}, "providers/aws may not include"),
    (TREE | {"providers/aws/a.c": '#include "model/a.h"\n'}, "providers/aws may not include"),
    (TREE | {"src/model/a.c": '\n#include "json/internal.h"\n'}, "src/model/a.c:2: \"json/internal.h\" belongs"),
    (TREE | {"src/model/a.c": '#include "a.h"\n'}, "does not begin"),
    (TREE | {"src/new/a.c": ""}, "no line in CMakeLists.txt"),
    (TREE | {"CMakeLists.txt": "pl_room(json src/json USES base)\npl_room(base src/base)\n"}, "no room above"),
]

if __name__ == "__main__":
    lint.main(check, SAMPLES)
