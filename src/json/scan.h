/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict pull scanner for JSON (RFC 8259): validates every byte it passes and yields where members
 * and elements start and end, without building a tree and without allocating.
 *
 *	pl_scan_init(&s, text);
 *	if (pl_scan_enter(&s, '{', &err) == 1)
 *		while ((more = pl_scan_member(&s, &key, &err)) == 1)
 *			pl_scan_skip(&s, &value, &err);
 *
 * Structure is strict everywhere.  Inside strings invalid UTF-8 and lone surrogates are let through
 * and counted in `odd`: pl_json_load() replaces them.  Errors name byte offset, line and column.
 */
#ifndef PL_JSON_SCAN_H
#define PL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/str.h"

struct pl_scan {
	const char *base, *p, *end;
	unsigned depth; /* containers entered with pl_scan_enter */
	bool fresh;     /* nothing of the container entered last was read yet */
	size_t odd;     /* strings with invalid UTF-8 or lone surrogates */
};

void pl_scan_init(struct pl_scan *s, struct pl_slice text);

/* The first byte of the next value ('{', '[', '"', a digit, 't' ...), 0 at the end of the text. */
char pl_scan_peek(struct pl_scan *s);

/* 1: the value begins with `bracket` ('{' or '[') and was entered.  0: it is something else. */
int pl_scan_enter(struct pl_scan *s, char bracket, struct pl_err *err);
/* 1: the scanner stands at a member's value and *key is the raw text between the quotes. 0: the
 * object ended and was left.  -1: broken. */
int pl_scan_member(struct pl_scan *s, struct pl_slice *key, struct pl_err *err);
/* The same for an array's elements. */
int pl_scan_element(struct pl_scan *s, struct pl_err *err);
/* Passes over one value; *value (when not NULL) is its bytes. */
int pl_scan_skip(struct pl_scan *s, struct pl_slice *value, struct pl_err *err);

/* Fails with "...: line 3, column 7 (byte 41)": what is wrong where the scanner stands. */
int pl_scan_fail(const struct pl_scan *s, const char *what, struct pl_err *err);

/* The text of a string value as pl_scan_skip() gave it (with its quotes), decoded into the arena;
 * NULL when the value is no string. */
char *pl_scan_text(struct pl_arena *a, struct pl_slice value);

#endif
