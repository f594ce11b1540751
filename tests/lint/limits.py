#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sizes and habits: functions and files stay short, no state at file scope, no `#if` above base/."""
import re

import lint

FUNCTION_LINES, SOURCE_LINES, HEADER_LINES = 60, 700, 300
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)")


def top_level(code):
    """(offset, text, bodies) of each statement or function at file scope; bodies: [(start, end)]."""
    depth, start, bodies, opened = 0, 0, [], 0
    for i, c in enumerate(code):
        if c == "{":
            if not depth:
                opened = i
            depth += 1
        elif c == "}":
            depth -= 1
            if not depth:
                bodies.append((opened, i))
                if is_function(code[start:opened]):
                    yield start, code[start:i + 1], bodies
                    start, bodies = i + 1, []
        elif c == ";" and not depth:
            yield start, code[start:i], bodies
            start, bodies = i + 1, []


def is_function(head):
    return ATTRIBUTE.sub("", head).rstrip().endswith(")")


def function_types(root):
    """Names of types that are functions, as `typedef void pl_done(void *arg)` makes them."""
    names = set()
    for path in lint.files(root, lint.CODE, {".c", ".h"}):
        names |= set(re.findall(r"\btypedef\s+[\w\s]+?[\s*](\w+)\s*\([^*]", lint.code_of(path.read_text())))
    return names


def mutable(text, types):
    """The declaration of an object at file scope that can change, or ''; `types`: those that are functions."""
    text = ATTRIBUTE.sub("", text)
    while re.search(r"\{[^{}]*\}", text):
        text = re.sub(r"\{[^{}]*\}", " ", text)
    left = re.sub(r"\[[^\]]*\]", "", text.split("=")[0])
    left = " ".join(left.split())
    if left == "extern char **environ":  # POSIX leaves its declaration to the program
        return ""
    if not left or re.match(r"(typedef|_Static_assert)\b", left):
        return ""
    if re.fullmatch(r"(struct|union|enum)( \w+)?", left):
        return ""
    if left.removeprefix("static ").split(" ")[0] in types and "*" not in left:
        return ""
    if re.match(r"[^(]*\((?!\s*\*)", left):
        return ""  # a function, whatever its parameters are
    pointer = re.search(r"\(\s*\*([^)]*)\)", left)
    last = pointer.group(1) if pointer else left.rsplit("*", 1)[-1]
    return "" if re.search(r"\bconst\b", last) else left


def functions(root, path, code):
    problems = []
    for start, text, bodies in top_level(code):
        head = text[:bodies[-1][0] - start] if bodies else ""
        if not bodies or not is_function(head):
            continue
        first = line_of_name(code, start)
        length = lint.line_of(code, start + len(text)) - first + 1
        if length > FUNCTION_LINES:
            problems.append(f"{lint.place(root, path, first)}: function of {length} lines, {FUNCTION_LINES} are allowed")
        body = text[len(head):]
        for match in re.finditer(r"(?:^|[;{}])\s*(static\b[^;=(]*)", body):
            if not re.search(r"\b(const|_Static_assert|pthread_once_t)\b", match.group(1)):
                at = lint.place(root, path, lint.line_of(code, start + len(head) + match.start(1)))
                problems.append(f"{at}: static variable that can change")
    return problems


def line_of_name(code, start):
    skipped = len(code[start:]) - len(code[start:].lstrip())
    return lint.line_of(code, start + skipped)


def conditionals(root, path, code):
    """`#if` outside base/, but for the guard of a header, and where net/ asks how old its library is."""
    problems = []
    guard = path.suffix == ".h"
    for match in re.finditer(r"^[ \t]*#[ \t]*(if\w*)([^\n]*)", code, re.M):
        if guard and match.group(1) == "ifndef" and re.search(r"#\s*define\s+" + match.group(2).strip(), code):
            guard = False
            continue
        if lint.room_of(root, path)[:2] == ("src", "net") and match.group(2).startswith(" LIBCURL_VERSION_NUM "):
            continue
        problems.append(f"{lint.place(root, path, lint.line_of(code, match.start()))}: #{match.group(1)} outside base/")
    return problems


def check(root):
    problems, types = [], function_types(root)
    for path in lint.files(root, lint.CODE, {".c", ".h"}):
        code = lint.code_of(path.read_text())
        plain = lint.without_directives(code)
        room = lint.room_of(root, path)
        most = SOURCE_LINES if path.suffix == ".c" else HEADER_LINES
        if code.count("\n") > most:
            problems.append(f"{lint.place(root, path, most + 1)}: file of {code.count(chr(10))} lines, {most} are allowed")
        problems += functions(root, path, plain)
        if room != ("src", "base"):
            problems += conditionals(root, path, code)
        if room != ("src", "cli"):
            for start, text, bodies in top_level(plain):
                name = "" if bodies and is_function(text.split("{")[0]) else mutable(text, types)
                if name:
                    problems.append(f"{lint.place(root, path, line_of_name(plain, start))}: '{name}' can change")
    return problems


def function(lines):
    return "static int f(int a,\n\t     int b)\n{\n" + "\tif (a) {\n\t}\n" * ((lines - 4) // 2) + "\n" * (lines % 2) + "}\n"


def one(text, path="src/model/a.c"):
    return {path: text}


FINE = '''#include <x.h>
#define M(x) \\
	static int x;
struct pl_s { int a; };
enum { A, B };
typedef int (*pl_fn)(int);
typedef void pl_done(void *arg);
static pl_done later;
pl_done pl_one, pl_other;
extern const char pl_text[];
extern char **environ;
static const char *const words[] = { "a", "b" };
static const struct { const char *name; int n; } rows[] = { { "{", 1 }, { "}", 2 } };
static int (*const fn)(void) = f;
int pl_f(int a, struct pl_s *s) __attribute__((format(printf, 1, 2)));
void pl_each(size_t n, void (*take)(void *ctx, size_t i), void *ctx);
static int g(void) __attribute__((unused));
int pl_f(int a, struct pl_s *s)
{
	static const int table[] = { 1 };
	return table[a];
}
'''
SAMPLES = [
    (one(FINE + function(60)), None),
    (one(function(62)), "src/model/a.c:1: function of 62 lines"),
    (one("\n\n" + function(61)), "src/model/a.c:3: function of 61 lines"),
    (one("int x(void);\n" * 701), "file of 701 lines"),
    (one("int x(void);\n" * 301, "src/model/a.h"), "file of 301 lines"),
    (one("int x(void);\n" * 700), None),
    (one("static int count;\n"), "'static int count' can change"),
    (one("static const char *last;\n"), "can change"),
    (one("static const char *names[] = { 0 };\n"), "can change"),
    (one("static struct { int a; } state;\n"), "can change"),
    (one("static int (*hook)(void);\n"), "can change"),
    (one("typedef void pl_done(void *arg);\nstatic pl_done *hook;\n"), "can change"),
    (one("typedef void (*pl_hook)(void);\nstatic pl_hook hook;\n"), "can change"),
    (one("char pl_buffer[1];\n", "src/base/a.c"), "can change"),
    (one("int pl_flag;\n", "src/cli/a.c"), None),
    (one("int f(void)\n{\n\tstatic int n;\n\treturn n++;\n}\n"), "src/model/a.c:3: static variable"),
    (one("#ifdef X\n#endif\n"), "#ifdef outside base/"),
    (one("#if 0\n#endif\n", "providers/aws/a.c"), "#if outside base/"),
    (one("#ifdef X\n#endif\n", "src/base/a.c"), None),
    (one("#if LIBCURL_VERSION_NUM >= 1\n#endif\n", "src/net/a.c"), None),
    (one("#if LIBCURL_VERSION_NUM >= 1\n#endif\n", "src/ssh/a.c"), "#if outside base/"),
    (one("int f(void)\n{\n\tstatic pthread_once_t n;\n\treturn g(&n);\n}\n"), None),
    (one("#ifndef PL_A\n#define PL_A\n#endif\n", "src/model/a.h"), None),
    (one("#ifndef PL_A\n#define PL_A\n#ifndef B\n#define B\n#endif\n#endif\n", "src/model/a.h"), "a.h:3: #ifndef outside"),
]

if __name__ == "__main__":
    lint.main(check, SAMPLES)
