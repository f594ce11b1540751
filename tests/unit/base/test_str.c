/* SPDX-License-Identifier: Apache-2.0 */
/* Text helpers, UTF-8 and the escaping of what could deceive: base/str.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void compares(void **state)
{
	(void)state;
	assert_true(pl_streq(NULL, NULL));
	assert_false(pl_streq(NULL, ""));
	assert_true(pl_streq("a", "a"));
	assert_false(pl_streq("a", "A"));
	assert_true(pl_strieq("AbZ1", "aBz1"));
	assert_true(pl_strieq(NULL, NULL));
	assert_false(pl_strieq("a", NULL));
	assert_false(pl_strieq("a", "ab"));
	assert_false(pl_strieq("@", "`")); /* 32 apart and no letters */
	assert_true(pl_starts("gke://p", "gke://") && pl_starts("x", ""));
	assert_false(pl_starts("gk", "gke"));
	assert_true(pl_ends("a.json", ".json") && pl_ends("x", ""));
	assert_false(pl_ends("json", ".json"));
	assert_true(pl_contains("has K3S inside", "k3s") && pl_contains("", ""));
	assert_true(pl_contains("aab", "ab"));
	assert_false(pl_contains("k3", "k3s"));
	assert_true(pl_slice_is((struct pl_slice){ "abc", 2 }, "ab"));
	assert_false(pl_slice_is(pl_slice("ab"), "abc"));
}

static void reads_whole_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "+7", true, 7 },
		{ "007", true, 7 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "+-1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "- 1", false, 0 },
		{ "1.0", false, 0 },
		{ "0x10", false, 0 },
		{ "1e3", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = 42;

		if (pl_parse_i64(rows[i].text, &v) != rows[i].good || v != (rows[i].good ? rows[i].value : 42))
			fail_msg("'%s' gave %lld", rows[i].text, (long long)v);
	}
}

static void knows_valid_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n, len;
	} rows[] = {
		{ "", 0, 0 },
		{ "a", 1, 1 },
		{ "\0", 1, 1 },
		{ "\x7f", 1, 1 },
		{ "\x80", 1, 0 },
		{ "\xc1\xbf", 2, 0 },         /* overlong */
		{ "\xc2\x80", 2, 2 },
		{ "\xc2", 1, 0 },             /* cut */
		{ "\xc2g", 2, 0 },
		{ "\xe0\x9f\xbf", 3, 0 },     /* overlong */
		{ "\xe0\xa0\x80", 3, 3 },
		{ "\xe2\x82", 2, 0 },
		{ "\xed\x9f\xbf", 3, 3 },
		{ "\xed\xa0\x80", 3, 0 },     /* surrogate */
		{ "\xef\xbf\xbf", 3, 3 },
		{ "\xf0\x8f\xbf\xbf", 4, 0 }, /* overlong */
		{ "\xf0\x90\x80\x80", 4, 4 },
		{ "\xf0\x90\x80", 3, 0 },
		{ "\xf4\x8f\xbf\xbf", 4, 4 },
		{ "\xf4\x90\x80\x80", 4, 0 }, /* beyond U+10FFFF */
		{ "\xf5\x80\x80\x80", 4, 0 },
		{ "\xff", 1, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (pl_utf8_len(rows[i].bytes, rows[i].n) != rows[i].len)
			fail_msg("row %zu", i);
	assert_int_equal(pl_utf8_width(""), 0);
	assert_int_equal(pl_utf8_width("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 4);
}

static void escapes_what_deceives(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *safe;
	} rows[] = {
		{ "plain text, 100 %", "plain text, 100 %" },
		{ "caf\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80" },
		{ "a\nb\tc\rd", "a\\nb\\tc\\x0dd" },
		{ "\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m" },
		{ "\033]0;title\a", "\\x1b]0;title\\x07" },
		{ "del\x7f", "del\\x7f" },
		{ "\xc2\x9b" "31m", "\\x9b31m" },                 /* C1: CSI in one character */
		{ "\x9b" "31m", "\\x9b31m" },                     /* the same as a bare byte */
		{ "a\xe2\x80\xae" "b", "a\\u{202e}b" },           /* right-to-left override */
		{ "a\xe2\x81\xa6" "b", "a\\u{2066}b" },           /* isolate */
		{ "a\xd8\x9c" "b", "a\\u{61c}b" },                /* Arabic letter mark */
		{ "a\xe2\x80\x8b" "b", "a\\u{200b}b" },           /* zero width space */
		{ "a\xc2\xad" "b", "a\\xadb" },                   /* soft hyphen */
		{ "a\xe3\x85\xa4" "b", "a\\u{3164}b" },           /* Hangul filler */
		{ "a\xef\xb8\x8f" "b", "a\\u{fe0f}b" },           /* variation selector */
		{ "a\xe2\x80\xa8" "b", "a\\u{2028}b" },           /* line separator */
		{ "\xef\xbb\xbf" "a", "\\u{feff}a" },             /* byte order mark */
		{ "a\xf3\xa0\x81\x81", "a\\u{e0041}" },           /* tag */
		{ "a\xf3\xa0\x84\x80", "a\\u{e0100}" },           /* variation selector 17 */
		{ "cut\xe2\x82", "cut\\xe2\\x82" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },            /* surrogate */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf once = PL_BUF_INIT, twice = PL_BUF_INIT;

		pl_buf_add_safe(&once, rows[i].raw, strlen(rows[i].raw));
		assert_string_equal(once.data, rows[i].safe);
		pl_buf_add_safe(&twice, once.data, once.len);
		assert_string_equal(twice.data, once.data);
	}
}

static void escapes_nul(void **state)
{
	(void)state;
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_add_safe(&b, "a\0b", 3);
	assert_string_equal(b.data, "a\\x00b");
}

/* Whatever the bytes, the result is valid UTF-8 without a control. */
static void every_byte_pair_is_safe(void **state)
{
	(void)state;
	for (unsigned hi = 0; hi < 256; hi++)
		for (unsigned lo = 0; lo < 256; lo++) {
			const char raw[] = { (char)hi, (char)lo, '\xbf', 'x' };
			pl_auto_buf b = PL_BUF_INIT;

			pl_buf_add_safe(&b, raw, sizeof raw);
			for (size_t i = 0, n; i < b.len; i += n) {
				n = pl_utf8_len(b.data + i, b.len - i);
				if (!n || (unsigned char)b.data[i] < 0x20 || b.data[i] == 0x7f)
					fail_msg("%02x %02x", hi, lo);
			}
			assert_int_equal(b.data[b.len - 1], 'x');
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(reads_whole_numbers),
		cmocka_unit_test(knows_valid_utf8),
		cmocka_unit_test(escapes_what_deceives),
		cmocka_unit_test(escapes_nul),
		cmocka_unit_test(every_byte_pair_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
