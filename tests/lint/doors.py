#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One door per danger: what only one room may do, and what nobody may call."""
import re

import lint

# what is looked for (in code without comments; `"..."` stays only in includes), who may, what it is
DOORS = [
    (r"\bjson_load\w*\s*\(", {"src/json"}, "only json/ parses JSON"),
    (r"#\s*include\s*<yaml\.h>", {"src/yaml"}, "only yaml/ uses libyaml"),
    (r"#\s*include\s*<zlib\.h>", {"src/codec"}, "only codec/ uses zlib"),
    (r"#\s*include\s*<curl/", {"src/net"}, "only net/ uses libcurl"),
    (r"#\s*include\s*<libssh2", {"src/ssh"}, "only ssh/ uses libssh2"),
    (r"#\s*include\s*<libxml/", {"src/xml"}, "only xml/ uses libxml2"),
    (r"\b(?:v?printf|puts|putchar|perror|psignal)\s*\(|\bstd(?:out|err)\b", {"src/cli"}, "only cli/ prints"),
    (r"\b(?:exit|_Exit|quick_exit|abort)\s*\(", {"src/cli"}, "only cli/ exits"),
]
# out of memory ends the program where it is noticed
EXCEPTIONS = {
    ("src/base/alloc.c", lint.code_of('fputs("plumbline: out of memory\\n", stderr);')),
    ("src/base/alloc.c", "abort();"),
}
BANNED = re.compile(
    r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|system|popen|mktemp|"
    r"tmpnam|alloca|localtime|FD_SET)\s*\(|\b(goto)\b")


def check(root):
    problems = []
    for path in lint.files(root, lint.CODE + ("tests",), {".c", ".h"}):
        code = lint.code_of(path.read_text())
        folder = "/".join(lint.room_of(root, path))
        if path.relative_to(root).parts[0] != "tests":
            problems += through_doors(root, path, folder, code)
        for match in BANNED.finditer(code):
            at = lint.place(root, path, lint.line_of(code, match.start()))
            problems.append(f"{at}: {match.group(1) or match.group(2)} is banned")
    return problems


def through_doors(root, path, folder, code):
    problems = []
    for number, line in enumerate(code.split("\n"), 1):
        if (str(path.relative_to(root)), line.strip()) in EXCEPTIONS:
            continue
        for pattern, rooms, text in DOORS:
            if folder not in rooms and re.search(pattern, line):
                problems.append(f"{lint.place(root, path, number)}: {text}")
    return problems


def one(path, text):
    return {path: text}


SAMPLES = [
    (one("src/json/a.c", "x = json_loadb(p, n, 0, 0);\n"), None),
    (one("src/yaml/a.c", "#include <yaml.h>\n"), None),
    (one("src/cli/a.c", "fputs(s, stdout); exit(2);\n"), None),
    (one("src/model/a.c", "/* printf( exit( */ snprintf(b, n, f); x(\"strcpy(\"); pl_exit(1);\n"), None),
    (one("src/base/alloc.c", '\tfputs("plumbline: out of memory\\n", stderr);\n\tabort();\n'), None),
    (one("src/base/alloc.c", "\tputs(\"x\");\n"), "only cli/ prints"),
    (one("src/base/buf.c", "\tabort();\n"), "only cli/ exits"),
    (one("src/model/a.c", "\n x = json_loads(p, 0, 0);\n"), "src/model/a.c:2: only json/"),
    (one("providers/aws/a.c", "x = json_load_file(p, 0, 0);\n"), "only json/"),
    (one("src/json/a.c", "#include <yaml.h>\n"), "only yaml/"),
    (one("src/json/a.c", "#include <zlib.h>\n"), "only codec/"),
    (one("src/json/a.c", "#include <curl/curl.h>\n"), "only net/"),
    (one("src/json/a.c", "#include <libssh2.h>\n"), "only ssh/"),
    (one("src/json/a.c", "#include <libxml/parser.h>\n"), "only xml/"),
    (one("src/json/a.c", "fprintf(stderr, s);\n"), "only cli/ prints"),
    (one("src/json/a.c", "printf(s);\n"), "only cli/ prints"),
    (one("providers/k3s/a.c", "exit(1);\n"), "only cli/ exits"),
    (one("src/cli/a.c", "strcpy(a, b);\n"), "strcpy is banned"),
    (one("tests/unit/base/a.c", "n = atoi (s);\n"), "atoi is banned"),
    (one("src/base/a.c", "t = localtime(&x); gmtime_r(&x, &tm);\n"), "localtime is banned"),
    (one("src/base/a.c", "goto out;\n"), "goto is banned"),
]

if __name__ == "__main__":
    lint.main(check, SAMPLES)
