/* SPDX-License-Identifier: Apache-2.0 */
/* Text helpers: see str.h. */
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool pl_streq(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool pl_strieq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && fold(*a) == fold(*b); a++, b++)
		;
	return !*a && !*b;
}

bool pl_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool pl_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !memcmp(s + n - m, suffix, m);
}

bool pl_contains(const char *s, const char *word)
{
	for (; *s; s++) {
		size_t i = 0;

		while (word[i] && fold(s[i]) == fold(word[i]))
			i++;
		if (!word[i])
			return true;
	}
	return !*word;
}

bool pl_parse_i64(const char *s, int64_t *out)
{
	char *end;
	long long v;

	if (!(*s == '-' || *s == '+' || (*s >= '0' && *s <= '9')))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || end == s)
		return false;
	*out = v;
	return true;
}

size_t pl_utf8_len(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t len;

	if (!n)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		len = 2;
	else if ((u[0] & 0xf0) == 0xe0)
		len = 3;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, beyond U+10FFFF */
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return len;
}

size_t pl_utf8_width(const char *s)
{
	size_t w = 0;

	for (; *s; s++)
		w += ((unsigned char)*s & 0xc0) != 0x80;
	return w;
}

uint32_t pl_utf8_code_point(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	switch (len) {
	case 2: return (uint32_t)(u[0] & 0x1f) << 6 | (u[1] & 0x3f);
	case 3: return (uint32_t)(u[0] & 0x0f) << 12 | (uint32_t)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
	case 4: return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3f) << 12 |
		       (uint32_t)(u[2] & 0x3f) << 6 | (u[3] & 0x3f);
	default: return u[0];
	}
}

/* Controls, separators and Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 15.0). */
static const struct {
	uint32_t first, last;
} deceptive[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },   { 0x034f, 0x034f },
	{ 0x061c, 0x061c },   { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x2800, 0x2800 },
	{ 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

bool pl_is_deceptive(uint32_t c)
{
	for (size_t i = 0; i < sizeof deceptive / sizeof *deceptive; i++)
		if (c >= deceptive[i].first && c <= deceptive[i].last)
			return true;
	return false;
}

size_t pl_plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

void pl_buf_add_safe(struct pl_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t plain = pl_plain_run(s + i, n - i);
		size_t len = plain ? plain : pl_utf8_len(s + i, n - i);
		uint32_t c = len && !plain ? pl_utf8_code_point(s + i, len) : 0;

		if (plain) {
			pl_buf_add(b, s + i, plain);
		} else if (!len) {
			pl_buf_addf(b, "\\x%02x", (unsigned char)s[i]);
			len = 1;
		} else if (c == '\n') {
			pl_buf_adds(b, "\\n");
		} else if (c == '\t') {
			pl_buf_adds(b, "\\t");
		} else if (pl_is_deceptive(c)) {
			pl_buf_addf(b, c < 0x100 ? "\\x%02x" : "\\u{%x}", c);
		} else {
			pl_buf_add(b, s + i, len);
		}
		i += len;
	}
}
