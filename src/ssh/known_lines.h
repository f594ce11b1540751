/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of one known_hosts file, and which of them name a host. */
#ifndef PL_SSH_KNOWN_LINES_H
#define PL_SSH_KNOWN_LINES_H

#include <stddef.h>

#include "base/buf.h"
#include "base/map.h"

enum pl_known_marker { PL_KNOWN_PLAIN, PL_KNOWN_REVOKES, PL_KNOWN_AUTHORITY, PL_KNOWN_MARKER_UNKNOWN };

struct pl_known_line {
	const char *names; /* as written: a hashed name, or patterns separated by commas */
	const char *type, *key; /* "" when the line ends before them; key is base64 */
	enum pl_known_marker marker;
	unsigned number;
};

/* Lines in their order.  Names without wildcards are found through a map, the others one by one. */
struct pl_known_lines {
	struct pl_arena arena;
	struct pl_known_line *lines;
	size_t count, cap;
	struct pl_map exact;   /* a name in lower case -> struct name_use, the last line first */
	size_t *hashed;        /* indices of lines */
	size_t hashed_count, hashed_cap;
	size_t *patterns;
	size_t patterns_count, patterns_cap;
};

#define PL_KNOWN_LINES_INIT { { NULL }, NULL, 0, 0, PL_MAP_INIT, NULL, 0, 0, NULL, 0, 0 }

void pl_known_lines_release(struct pl_known_lines *l);
/* Adds the lines of a file's text; comments and empty lines are none. */
void pl_known_lines_parse(struct pl_known_lines *l, const char *text, size_t len);
/* Adds a line without a marker. */
void pl_known_lines_add(struct pl_known_lines *l, const char *names, const char *type, const char *key);

struct pl_known_matches {
	const struct pl_known_line **items; /* valid until a line is added */
	size_t count, cap;
};

/* The lines that name `name` (in lower case, as pl_known_hosts_name makes it), in their order. */
void pl_known_lines_find(const struct pl_known_lines *l, const char *name, struct pl_known_matches *out);
void pl_known_matches_release(struct pl_known_matches *m);
#define pl_auto_known_matches __attribute__((cleanup(pl_known_matches_release))) struct pl_known_matches

/* "|1|SALT|HMAC" of a name, with a fresh salt. */
void pl_known_hash_name(const char *name, struct pl_buf *out);
/* Adds the bytes in base64. */
void pl_known_base64(const void *bytes, size_t n, struct pl_buf *out);

#endif
