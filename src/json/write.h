/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON writer: two-space indentation, members in the order written, UTF-8 in (invalid bytes
 * become U+FFFD), no state beyond the buffer it writes to.  Byte-stable by construction.
 */
#ifndef PL_JSON_WRITE_H
#define PL_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct pl_json_out {
	struct pl_buf *buf;
	unsigned depth;
	bool first; /* nothing was written in the open object or array yet */
	bool after_key;
	bool one_line; /* neither lines nor indentation */
};

#define PL_JSON_OUT(b) { (b), 0, true, false, false }

void pl_json_open(struct pl_json_out *w, char bracket);  /* '{' or '[' */
void pl_json_close(struct pl_json_out *w, char bracket); /* '}' or ']' */
void pl_json_key(struct pl_json_out *w, const char *key);
void pl_json_str(struct pl_json_out *w, const char *s);  /* NULL writes null */
void pl_json_int(struct pl_json_out *w, int64_t i);
void pl_json_bool(struct pl_json_out *w, bool b);
void pl_json_null(struct pl_json_out *w);
/* Key and value in one; pl_json_member_opt writes nothing when s is NULL. */
void pl_json_member(struct pl_json_out *w, const char *key, const char *s);
void pl_json_member_opt(struct pl_json_out *w, const char *key, const char *s);
void pl_json_member_int(struct pl_json_out *w, const char *key, int64_t i);
void pl_json_member_bool(struct pl_json_out *w, const char *key, bool b);
void pl_json_member_open(struct pl_json_out *w, const char *key, char bracket);

#endif
