/* SPDX-License-Identifier: Apache-2.0 */
/* What the writer writes is stable, is JSON, and obeys no terminal. */
#include "json/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "json/load.h"

static void writes_members_in_order(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&b);

	(void)state;
	pl_json_open(&w, '{');
	pl_json_member(&w, "b", "x");
	pl_json_member_opt(&w, "absent", NULL);
	pl_json_key(&w, "a");
	pl_json_open(&w, '[');
	pl_json_int(&w, -7);
	pl_json_bool(&w, true);
	pl_json_null(&w);
	pl_json_close(&w, ']');
	pl_json_key(&w, "empty");
	pl_json_open(&w, '{');
	pl_json_close(&w, '}');
	pl_json_close(&w, '}');
	assert_string_equal(b.data, "{\n  \"b\": \"x\",\n  \"a\": [\n    -7,\n    true,\n    null\n  ],\n"
				    "  \"empty\": {}\n}");
}

static void escapes_what_a_terminal_would_obey(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&b);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_json_str(&w, "\"\\\n\t\x1b[31m\x7f\xc2\x9b\xff\xc3\xa9");
	assert_string_equal(b.data, "\"\\\"\\\\\\n\\t\\u001b[31m\\u007f\\u009b\xef\xbf\xbd\xc3\xa9\"");
	{
		pl_auto_json *j = pl_json_load(pl_slice(b.data), NULL, &err);

		assert_non_null(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_members_in_order),
		cmocka_unit_test(escapes_what_a_terminal_would_obey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
