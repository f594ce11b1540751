/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing that JSON allows becomes unreadable because jansson refuses it. */
#include "json/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *text, *dump; /* dump NULL: must not load */
	bool odd;
} rows[] = {
	{ "{\"a\":1}", "{\"a\": 1}", false },
	{ "[18446744073709551615]", "[\"18446744073709551615\"]", false },
	{ "[123456789012345678901234567890, 1]", "[\"123456789012345678901234567890\", 1]", false },
	{ "[1e999,-0,0.5]", "[\"1e999\", 0, 0.5]", false },
	{ "[999999999999999999]", "[999999999999999999]", false },
	{ "[\"\\u0000x\"]", "[\"\\u0000x\"]", false },
	{ "[\"\xff!\"]", "[\"\\uFFFD!\"]", true },
	{ "[\"\\ud800\",\"\\ud83c\\udf0a\"]", "[\"\\uFFFD\", \"\\uD83C\\uDF0A\"]", true },
	{ "{\"a\":1,\"b\":0,\"a\":2}", "{\"a\": 2, \"b\": 0}", true },
	{ "[1e999,\"quoted 1e999\",\"\\\"1e999\"]", "[\"1e999\", \"quoted 1e999\", \"\\\"1e999\"]", false },
	{ "[1", NULL, false },
	{ "", NULL, false },
	{ "\"\\", NULL, false },
};

static void loads_in_a_form_jansson_takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		bool odd = false;
		pl_auto_json *j = pl_json_load(pl_slice(rows[i].text), &odd, &err);
		char *dump;

		if (!rows[i].dump) {
			assert_null(j);
			assert_int_equal(err.code, PL_E_INPUT);
			continue;
		}
		assert_non_null(j);
		dump = json_dumps(j, JSON_ENSURE_ASCII | JSON_ENCODE_ANY | JSON_REAL_PRECISION(3));
		assert_string_equal(dump, rows[i].dump);
		assert_int_equal(odd, rows[i].odd);
		free(dump);
	}
}

static void scalars_become_text(void **state)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load(pl_slice("[\"s\",true,false,42,0.5,null,[]]"), NULL, &err);
	/* the last one is behind the end */
	static const char *const texts[] = { "s", "true", "false", "42", "0.5", NULL, NULL, NULL };
	char buf[48];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *text = pl_json_text(json_array_get(j, i), buf);

		if (texts[i])
			assert_string_equal(text, texts[i]);
		else
			assert_null(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_in_a_form_jansson_takes),
		cmocka_unit_test(scalars_become_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
