/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict scanner: see scan.h.  pl_scan_skip() is where a large plan spends its time: one loop
 * over a small stack of bits (object or array), nothing else.
 */
#include "json/scan.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/span.h"
#include "json/load.h"

void pl_scan_init(struct pl_scan *s, struct pl_slice text)
{
	text.p = text.p ? text.p : ""; /* of a member that is not there */
	*s = (struct pl_scan){ .base = text.p, .p = text.p, .end = text.p + text.n, .fresh = true };
}

int pl_scan_fail(const struct pl_scan *s, const char *what, struct pl_err *err)
{
	size_t line = 1, offset = (size_t)(s->p - s->base);
	const char *start = s->base;

	for (const char *q = s->base; q < s->p; q++)
		if (*q == '\n') {
			line++;
			start = q + 1;
		}
	return pl_err_set(err, PL_E_INPUT, "%s at line %zu, column %zu (byte %zu)", what, line,
			  (size_t)(s->p - start) + 1, offset);
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline void skip_space(struct pl_scan *s)
{
	while (s->p < s->end && is_space(*s->p))
		s->p++;
}

static int unexpected(const struct pl_scan *s, const char *wanted, struct pl_err *err)
{
	char text[96];

	if (s->p >= s->end) {
		snprintf(text, sizeof text, "JSON ends too early: %s missing", wanted);
		return pl_scan_fail(s, text, err);
	}
	if ((unsigned char)*s->p > 0x20 && (unsigned char)*s->p < 0x7f)
		snprintf(text, sizeof text, "invalid JSON: '%c' where %s belongs", *s->p, wanted);
	else
		snprintf(text, sizeof text, "invalid JSON: byte 0x%02x where %s belongs",
			 (unsigned char)*s->p, wanted);
	return pl_scan_fail(s, text, err);
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* At a backslash: passes over the escape. */
static int skip_escape(struct pl_scan *s, struct pl_err *err)
{
	int unit;

	if (s->end - s->p < 2) {
		s->p = s->end;
		return unexpected(s, "the rest of a string", err);
	}
	if (s->p[1] != 'u') {
		if (!memchr("\"\\/bfnrt", s->p[1], 8))
			return pl_scan_fail(s, "invalid JSON: unknown escape in a string", err);
		s->p += 2;
		return 0;
	}
	unit = hex4(s->p + 2, s->end);
	if (unit < 0)
		return pl_scan_fail(s, "invalid JSON: \\u without four hex digits", err);
	if (unit >= 0xd800 && unit < 0xdc00 && s->end - s->p >= 8 && s->p[6] == '\\' && s->p[7] == 'u') {
		int low = hex4(s->p + 8, s->end);

		if (low >= 0xdc00 && low < 0xe000) {
			s->p += 12;
			return 0;
		}
	}
	if (unit >= 0xd800 && unit < 0xe000)
		s->odd++;
	s->p += 6;
	return 0;
}

/* At the opening quote: passes over the string. */
static int skip_string(struct pl_scan *s, struct pl_err *err)
{
	s->p++;
	for (;;) {
		size_t len;

		s->p = pl_span_plain(s->p, s->end);
		if (s->p >= s->end)
			return unexpected(s, "the closing quote of a string", err);
		if (*s->p == '"') {
			s->p++;
			return 0;
		}
		if (*s->p == '\\') {
			if (skip_escape(s, err))
				return -1;
			continue;
		}
		if ((unsigned char)*s->p < 0x20)
			return pl_scan_fail(s, "invalid JSON: unescaped control character in a string", err);
		len = pl_utf8_len(s->p, (size_t)(s->end - s->p));
		s->odd += !len;
		s->p += len ? len : 1;
	}
}

static int skip_digits(struct pl_scan *s, struct pl_err *err)
{
	if (s->p >= s->end || !is_digit(*s->p))
		return unexpected(s, "a digit", err);
	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return 0;
}

static int skip_number(struct pl_scan *s, struct pl_err *err)
{
	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0')
		s->p++;
	else if (skip_digits(s, err))
		return -1;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (skip_digits(s, err))
			return -1;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		return skip_digits(s, err);
	}
	return 0;
}

static int skip_word(struct pl_scan *s, struct pl_err *err)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);

		if (*s->p == words[i][0] && (size_t)(s->end - s->p) >= n && !memcmp(s->p, words[i], n)) {
			s->p += n;
			return 0;
		}
	}
	return unexpected(s, "a value", err);
}

static int skip_scalar(struct pl_scan *s, struct pl_err *err)
{
	if (s->p >= s->end)
		return unexpected(s, "a value", err);
	if (*s->p == '"')
		return skip_string(s, err);
	if (*s->p == '-' || is_digit(*s->p))
		return skip_number(s, err);
	return skip_word(s, err);
}

/* At a quote where a key belongs: passes over it, the colon and the space behind; key may be NULL. */
static inline int read_key(struct pl_scan *s, struct pl_slice *key, struct pl_err *err)
{
	const char *quote = s->p;

	if (s->p >= s->end || *s->p != '"')
		return unexpected(s, "a member's name", err);
	if (skip_string(s, err))
		return -1;
	if (key)
		*key = (struct pl_slice){ quote + 1, (size_t)(s->p - quote - 2) };
	skip_space(s);
	if (s->p >= s->end || *s->p != ':')
		return unexpected(s, "':'", err);
	s->p++;
	skip_space(s);
	return 0;
}

/* One bit for each open container: set for an object. */
struct stack {
	uint64_t bits[PL_LIMIT_JSON_DEPTH / 64 + 1];
	unsigned depth;
};

static inline bool top_is_object(const struct stack *st)
{
	return st->bits[(st->depth - 1) / 64] >> ((st->depth - 1) % 64) & 1;
}

static int push(struct pl_scan *s, struct stack *st, struct pl_err *err)
{
	uint64_t bit = 1ULL << (st->depth % 64);

	if (st->depth + s->depth >= PL_LIMIT_JSON_DEPTH) {
		pl_scan_fail(s, "JSON nested too deeply", err);
		err->code = PL_E_LIMIT;
		return -1;
	}
	if (*s->p == '{')
		st->bits[st->depth / 64] |= bit;
	else
		st->bits[st->depth / 64] &= ~bit;
	st->depth++;
	s->p++;
	return 0;
}

/* Behind a value inside a container: closes what ends here.  1: another value follows, 0: all is
 * closed, -1: broken. */
static inline int next_in_container(struct pl_scan *s, struct stack *st, struct pl_err *err)
{
	while (st->depth) {
		bool object = top_is_object(st);

		skip_space(s);
		if (s->p < s->end && *s->p == ',') {
			s->p++;
			skip_space(s);
			if (object && read_key(s, NULL, err))
				return -1;
			return 1;
		}
		if (s->p >= s->end || *s->p != (object ? '}' : ']'))
			return unexpected(s, object ? "',' or '}'" : "',' or ']'", err);
		s->p++;
		st->depth--;
	}
	return 0;
}

int pl_scan_skip(struct pl_scan *s, struct pl_slice *value, struct pl_err *err)
{
	struct stack st = { .depth = 0 };
	const char *start;
	int more;

	skip_space(s);
	start = s->p;
	do {
		bool object = s->p < s->end && *s->p == '{';

		if (object || (s->p < s->end && *s->p == '[')) {
			if (push(s, &st, err))
				return -1;
			skip_space(s);
			if (s->p < s->end && *s->p == (object ? '}' : ']')) {
				s->p++;
				st.depth--;
			} else {
				if (object && read_key(s, NULL, err))
					return -1;
				more = 1;
				continue;
			}
		} else if (skip_scalar(s, err)) {
			return -1;
		}
		more = next_in_container(s, &st, err);
		if (more < 0)
			return -1;
	} while (more);
	if (value)
		*value = (struct pl_slice){ start, (size_t)(s->p - start) };
	return 0;
}

char pl_scan_peek(struct pl_scan *s)
{
	skip_space(s);
	return s->p < s->end ? *s->p : '\0';
}

int pl_scan_enter(struct pl_scan *s, char bracket, struct pl_err *err)
{
	if (pl_scan_peek(s) != bracket)
		return 0;
	if (++s->depth >= PL_LIMIT_JSON_DEPTH) {
		pl_scan_fail(s, "JSON nested too deeply", err);
		err->code = PL_E_LIMIT;
		return -1;
	}
	s->p++;
	s->fresh = true;
	return 1;
}

/* Before a member or element: 1 it follows, 0 the container was left, -1 broken. */
static int step(struct pl_scan *s, char closing, const char *wanted, struct pl_err *err)
{
	bool fresh = s->fresh;

	s->fresh = false;
	skip_space(s);
	if (s->p < s->end && *s->p == closing) {
		s->p++;
		s->depth--;
		return 0;
	}
	if (!fresh) {
		if (s->p >= s->end || *s->p != ',')
			return unexpected(s, wanted, err);
		s->p++;
		skip_space(s);
	}
	return 1;
}

int pl_scan_member(struct pl_scan *s, struct pl_slice *key, struct pl_err *err)
{
	int more = step(s, '}', "',' or '}'", err);

	if (more != 1)
		return more;
	return read_key(s, key, err) ? -1 : 1;
}

int pl_scan_element(struct pl_scan *s, struct pl_err *err)
{
	int more = step(s, ']', "',' or ']'", err);

	if (more == 1 && pl_scan_peek(s) == ']')
		return unexpected(s, "a value", err);
	return more;
}

/*
 * Takes the backslashes from a text whose only escapes are \" and \\, as in every address with a key;
 * NULL when it has others.
 */
static char *without_backslashes(struct pl_arena *a, struct pl_slice text)
{
	char *copy = pl_arena_strndup(a, text.p, text.n), *to = copy;

	for (const char *p = copy, *end = copy + text.n; p < end; p++) {
		if (*p == '\\' && *++p != '"' && *p != '\\')
			return NULL;
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x80)
			return NULL;
		*to++ = *p;
	}
	*to = '\0';
	return copy;
}

char *pl_scan_text(struct pl_arena *a, struct pl_slice value)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_json *j = NULL;
	char *text;

	if (value.n < 2 || value.p[0] != '"')
		return NULL;
	text = without_backslashes(a, (struct pl_slice){ value.p + 1, value.n - 2 });
	if (text)
		return text;
	j = pl_json_load(value, NULL, &err);
	return j && json_is_string(j) ? pl_arena_strdup(a, json_string_value(j)) : NULL;
}
