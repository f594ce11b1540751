/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scanner: what it takes, what it refuses and where, and that no prefix or byte harms it. */
#include "json/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"

/* A copy that ends where the text ends, so that a read beyond it is seen by the sanitizer. */
static int scan(const char *text, size_t n, size_t *odd, struct pl_err *err)
{
	char *copy = malloc(n ? n : 1);
	struct pl_slice value;
	struct pl_scan s;
	int rc;

	memcpy(copy, text, n);
	pl_scan_init(&s, (struct pl_slice){ copy, n });
	rc = pl_scan_skip(&s, &value, err);
	if (!rc && pl_scan_peek(&s))
		rc = pl_scan_fail(&s, "text behind the value", err);
	*odd = s.odd;
	free(copy);
	return rc;
}

static const char *const valid[] = {
	"0", "-0", "1e999", "1E+5", "-12.50e-3", "123456789012345678901234567890", "true", " null ", "\"\"",
	"\"a\\u00e9\\n\\\"\\\\\\/\"", "[]", "{}", "[ ]", "{ }", "[[[]]]", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
	"\t[1 , 2\r\n,3 ]\n", "\"\xf0\x9f\x8c\x8a and enough text to pass sixteen bytes at once\"",
	"\"\\ud83c\\udf0a\"", "{\"a\":1,\"a\":2}",
};

static void takes_what_json_allows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
		struct pl_err err = PL_ERR_INIT;
		size_t odd;

		if (scan(valid[i], strlen(valid[i]), &odd, &err))
			fail_msg("%s: %s", valid[i], err.text);
		assert_int_equal(odd, 0);
	}
}

static const struct {
	const char *text, *message;
} broken[] = {
	{ "", "JSON ends too early: a value missing at line 1, column 1 (byte 0)" },
	{ "{\"a\":1", "JSON ends too early: ',' or '}' missing at line 1, column 7 (byte 6)" },
	{ "{\"a\" 1}", "invalid JSON: '1' where ':' belongs at line 1, column 6 (byte 5)" },
	{ "{\n \"a\": 1,\n}", "invalid JSON: '}' where a member's name belongs at line 3, column 1 (byte 11)" },
	{ "[1,]", "invalid JSON: ']' where a value belongs at line 1, column 4 (byte 3)" },
	{ "[1 2]", "invalid JSON: '2' where ',' or ']' belongs at line 1, column 4 (byte 3)" },
	{ "[1}", "invalid JSON: '}' where ',' or ']' belongs at line 1, column 3 (byte 2)" },
	{ "01", "text behind the value at line 1, column 2 (byte 1)" },
	{ "1.", "JSON ends too early: a digit missing at line 1, column 3 (byte 2)" },
	{ "1e+", "JSON ends too early: a digit missing at line 1, column 4 (byte 3)" },
	{ "-", "JSON ends too early: a digit missing at line 1, column 2 (byte 1)" },
	{ "+1", "invalid JSON: '+' where a value belongs at line 1, column 1 (byte 0)" },
	{ "nul", "invalid JSON: 'n' where a value belongs at line 1, column 1 (byte 0)" },
	{ "'a'", "invalid JSON: ''' where a value belongs at line 1, column 1 (byte 0)" },
	{ "\"a", "JSON ends too early: the closing quote of a string missing at line 1, column 3 (byte 2)" },
	{ "\"a\nb\"", "invalid JSON: unescaped control character in a string at line 1, column 3 (byte 2)" },
	{ "\"\\x\"", "invalid JSON: unknown escape in a string at line 1, column 2 (byte 1)" },
	{ "\"\\u12g4\"", "invalid JSON: \\u without four hex digits at line 1, column 2 (byte 1)" },
	{ "\xef\xbb\xbf{}", "invalid JSON: byte 0xef where a value belongs at line 1, column 1 (byte 0)" },
};

static void says_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct pl_err err = PL_ERR_INIT;
		size_t odd;

		assert_int_equal(scan(broken[i].text, strlen(broken[i].text), &odd, &err), -1);
		assert_string_equal(err.text, broken[i].message);
		assert_int_equal(err.code, PL_E_INPUT);
	}
}

static void counts_what_is_odd_inside_strings(void **state)
{
	static const struct {
		const char *text;
		size_t odd;
	} rows[] = {
		{ "\"\xff\"", 1 }, { "\"\xc3\"", 1 }, { "\"\xed\xa0\x80\"", 3 }, { "\"\\ud800\"", 1 },
		{ "\"\\udc00\\ud800\"", 2 }, { "\"\\ud800\\u0041\"", 1 }, { "{\"\xfe\":\"\xfe\"}", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		size_t odd;

		assert_int_equal(scan(rows[i].text, strlen(rows[i].text), &odd, &err), 0);
		assert_int_equal(odd, rows[i].odd);
	}
}

static void refuses_what_nests_too_deep(void **state)
{
	enum { DEEP = 100000 };
	char *text = malloc(DEEP);
	struct pl_err err = PL_ERR_INIT;
	size_t odd;

	(void)state;
	memset(text, '[', DEEP);
	assert_int_equal(scan(text, DEEP, &odd, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
	assert_non_null(strstr(err.text, "nested too deeply"));
	memset(text, ']', PL_LIMIT_JSON_DEPTH * 2);
	memset(text, '[', PL_LIMIT_JSON_DEPTH);
	assert_int_equal(scan(text, PL_LIMIT_JSON_DEPTH * 2, &odd, &err), 0);
	free(text);
}

static const char sample[] =
	"{\"a\": [1, -2.5e3, \"x\\u00e9\\n\", true, null, {\"k\": {}}], \"b\": \"caf\xc3\xa9 with a longer tail\"}";

/* Every cut and every single byte changed: an answer, never a read beyond the end. */
static void survives_cuts_and_changes(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	size_t odd, n = sizeof sample - 1;

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(scan(sample, i, &odd, &err), -1);
	for (size_t i = 0; i < n; i++) {
		char copy[sizeof sample];

		memcpy(copy, sample, sizeof sample);
		for (int b = 0; b < 256; b++) {
			copy[i] = (char)b;
			(void)scan(copy, n, &odd, &err);
		}
	}
}

static void yields_members_and_elements(void **state)
{
	static const char text[] = "{\"a\": [1, {\"x\": 2}], \"b\\\"c\": \"t\", \"d\": {}}";
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice key, value;
	struct pl_scan s;

	(void)state;
	pl_scan_init(&s, pl_slice(text));
	assert_int_equal(pl_scan_enter(&s, '[', &err), 0);
	assert_int_equal(pl_scan_enter(&s, '{', &err), 1);
	assert_int_equal(pl_scan_member(&s, &key, &err), 1);
	assert_true(pl_slice_is(key, "a"));
	assert_int_equal(pl_scan_enter(&s, '[', &err), 1);
	assert_int_equal(pl_scan_element(&s, &err), 1);
	assert_int_equal(pl_scan_skip(&s, &value, &err), 0);
	assert_true(pl_slice_is(value, "1"));
	assert_int_equal(pl_scan_element(&s, &err), 1);
	assert_int_equal(pl_scan_skip(&s, &value, &err), 0);
	assert_true(pl_slice_is(value, "{\"x\": 2}"));
	assert_int_equal(pl_scan_element(&s, &err), 0);
	assert_int_equal(pl_scan_member(&s, &key, &err), 1);
	assert_true(pl_slice_is(key, "b\\\"c"));
	assert_int_equal(pl_scan_skip(&s, &value, &err), 0);
	assert_int_equal(pl_scan_member(&s, &key, &err), 1);
	assert_int_equal(pl_scan_enter(&s, '{', &err), 1);
	assert_int_equal(pl_scan_member(&s, &key, &err), 0);
	assert_int_equal(pl_scan_member(&s, &key, &err), 0);
	assert_int_equal(s.depth, 0);
}

static void decodes_texts(void **state)
{
	struct pl_arena a = { NULL };

	(void)state;
	assert_string_equal(pl_scan_text(&a, pl_slice("\"plain\"")), "plain");
	assert_string_equal(pl_scan_text(&a, pl_slice("\"x\\\"y\\u00e9\"")), "x\"y\xc3\xa9");
	assert_string_equal(pl_scan_text(&a, pl_slice("\"a[\\\"k\\\"].b\\\\c\"")), "a[\"k\"].b\\c");
	assert_string_equal(pl_scan_text(&a, pl_slice("\"\xff\"")), "\xef\xbf\xbd");
	assert_null(pl_scan_text(&a, pl_slice("12")));
	assert_null(pl_scan_text(&a, pl_slice("")));
	pl_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_json_allows),
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(counts_what_is_odd_inside_strings),
		cmocka_unit_test(refuses_what_nests_too_deep),
		cmocka_unit_test(survives_cuts_and_changes),
		cmocka_unit_test(yields_members_and_elements),
		cmocka_unit_test(decodes_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
