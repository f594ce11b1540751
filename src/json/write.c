/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: see write.h. */
#include "json/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

/* Where the next member or closing bracket stands. */
static void begin_line(struct pl_json_out *w)
{
	if (w->one_line)
		return;
	pl_buf_addc(w->buf, '\n');
	pl_buf_pad(w->buf, ' ', (size_t)w->depth * 2);
}

static void begin_value(struct pl_json_out *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (!w->first)
		pl_buf_addc(w->buf, ',');
	if (w->depth)
		begin_line(w);
	w->first = false;
}

static void add_escape(struct pl_buf *b, uint32_t c)
{
	if (c > 0xffff) {
		pl_buf_addf(b, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	pl_buf_addf(b, "\\u%04x", c);
}

static void add_string(struct pl_buf *b, const char *s)
{
	size_t n = strlen(s);

	pl_buf_addc(b, '"');
	for (size_t i = 0; i < n;) {
		size_t plain = pl_plain_run(s + i, n - i);
		size_t len = plain ? plain : pl_utf8_len(s + i, n - i);
		uint32_t c = len && !plain ? pl_utf8_code_point(s + i, len) : 0;

		if (plain) {
			pl_buf_add(b, s + i, plain);
		} else if (!len) {
			pl_buf_adds(b, "\xef\xbf\xbd");
			len = 1;
		} else if (c == '"' || c == '\\') {
			pl_buf_addc(b, '\\');
			pl_buf_addc(b, s[i]);
		} else if (c == '\n') {
			pl_buf_adds(b, "\\n");
		} else if (c == '\t') {
			pl_buf_adds(b, "\\t");
		} else if (pl_is_deceptive(c)) {
			add_escape(b, c);
		} else {
			pl_buf_add(b, s + i, len);
		}
		i += len;
	}
	pl_buf_addc(b, '"');
}

void pl_json_open(struct pl_json_out *w, char bracket)
{
	begin_value(w);
	pl_buf_addc(w->buf, bracket);
	w->depth++;
	w->first = true;
}

void pl_json_close(struct pl_json_out *w, char bracket)
{
	w->depth--;
	if (!w->first)
		begin_line(w);
	pl_buf_addc(w->buf, bracket);
	w->first = false;
}

void pl_json_key(struct pl_json_out *w, const char *key)
{
	begin_value(w);
	add_string(w->buf, key);
	pl_buf_adds(w->buf, ": ");
	w->after_key = true;
}

void pl_json_str(struct pl_json_out *w, const char *s)
{
	if (!s) {
		pl_json_null(w);
		return;
	}
	begin_value(w);
	add_string(w->buf, s);
}

void pl_json_int(struct pl_json_out *w, int64_t i)
{
	begin_value(w);
	pl_buf_addf(w->buf, "%" PRId64, i);
}

void pl_json_bool(struct pl_json_out *w, bool b)
{
	begin_value(w);
	pl_buf_adds(w->buf, b ? "true" : "false");
}

void pl_json_null(struct pl_json_out *w)
{
	begin_value(w);
	pl_buf_adds(w->buf, "null");
}

void pl_json_member(struct pl_json_out *w, const char *key, const char *s)
{
	pl_json_key(w, key);
	pl_json_str(w, s);
}

void pl_json_member_opt(struct pl_json_out *w, const char *key, const char *s)
{
	if (s)
		pl_json_member(w, key, s);
}

void pl_json_member_int(struct pl_json_out *w, const char *key, int64_t i)
{
	pl_json_key(w, key);
	pl_json_int(w, i);
}

void pl_json_member_bool(struct pl_json_out *w, const char *key, bool b)
{
	pl_json_key(w, key);
	pl_json_bool(w, b);
}

void pl_json_member_open(struct pl_json_out *w, const char *key, char bracket)
{
	pl_json_key(w, key);
	pl_json_open(w, bracket);
}
