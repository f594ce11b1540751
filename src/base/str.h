/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: slices into somebody else's bytes, comparisons, numbers, escaping.  Nothing here depends
 * on the locale.
 */
#ifndef PL_BASE_STR_H
#define PL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* Bytes that belong to another; not NUL-terminated. */
struct pl_slice {
	const char *p;
	size_t n;
};

#define PL_SLICE_FMT "%.*s"
#define PL_SLICE_ARG(s) (int)(s).n, (s).p

static inline struct pl_slice pl_slice(const char *s)
{
	return (struct pl_slice){ s, strlen(s) };
}

static inline bool pl_slice_is(struct pl_slice a, const char *s)
{
	/* most names differ in their first letter: looking for their end would be most of the work */
	if (!a.n || !*s || *a.p != *s)
		return !a.n && !*s;
	return a.n == strlen(s) && !memcmp(a.p, s, a.n);
}

bool pl_streq(const char *a, const char *b);      /* NULL equals only NULL */
bool pl_strieq(const char *a, const char *b);     /* ASCII case folded */
bool pl_starts(const char *s, const char *prefix);
bool pl_ends(const char *s, const char *suffix);
bool pl_contains(const char *s, const char *word); /* ASCII case folded */

/* A whole decimal number with an optional sign; false when s is anything else or too large. */
bool pl_parse_i64(const char *s, int64_t *out);

/*
 * Adds text from outside so that no terminal or log reader can be fooled: control characters, DEL,
 * C1 controls, bidirectional controls, invisible characters and invalid UTF-8 become visible
 * escapes; newline and tab become \n and \t.  Escaping twice changes nothing.
 */
void pl_buf_add_safe(struct pl_buf *b, const char *s, size_t n);

/* Bytes at the start of s that no escaping changes: printable ASCII but for " and \. */
size_t pl_plain_run(const char *s, size_t n);
/* Bytes of the valid UTF-8 sequence at p (1 to 4), or 0 when there is none within n bytes. */
size_t pl_utf8_len(const char *p, size_t n);
/* The code point of a valid sequence of len bytes. */
uint32_t pl_utf8_code_point(const char *p, size_t len);
/* Does it move the cursor, change the direction of text or show as nothing? */
bool pl_is_deceptive(uint32_t c);
/* Columns s takes on a terminal: one a code point. */
size_t pl_utf8_width(const char *s);

#endif
