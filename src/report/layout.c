/* SPDX-License-Identifier: Apache-2.0 */
/* Breaking text into lines: see internal.h. */
#include <string.h>

#include "base/str.h"
#include "report/internal.h"

/* Bytes of the word at p: up to a space that stands outside of quotes and brackets. */
static size_t word_at(const char *p)
{
	size_t n = 0;
	bool quoted = false;

	for (; p[n] && (p[n] != ' ' || quoted); n++)
		if (p[n] == '"' && (!n || p[n - 1] != '\\'))
			quoted = !quoted && strchr(p + n + 1, '"');
	return n;
}

static void new_line(struct pl_buf *out, size_t column)
{
	pl_buf_addc(out, '\n');
	pl_buf_pad(out, ' ', column);
}

void pl_layout_words(struct pl_buf *out, size_t width, size_t column, const char *text)
{
	pl_auto_buf safe = PL_BUF_INIT;
	size_t at = column;

	pl_buf_add_safe(&safe, text, strlen(text));
	for (const char *p = safe.data; *p;) {
		pl_auto_buf word = PL_BUF_INIT;
		size_t columns;

		pl_buf_add(&word, p, word_at(p));
		columns = pl_utf8_width(word.data);
		if (at > column && width && at + 1 + columns > width) {
			new_line(out, column);
			at = column;
		} else if (at > column) {
			pl_buf_addc(out, ' ');
			at++;
		}
		pl_buf_add(out, word.data, word.len);
		at += columns;
		p += word.len;
		p += strspn(p, " ");
	}
}
