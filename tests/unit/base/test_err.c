/* SPDX-License-Identifier: Apache-2.0 */
/* The error value: base/err.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

static void set_then_wrap(void **state)
{
	(void)state;
	struct pl_err err = PL_ERR_INIT;

	assert_int_equal(err.code, PL_E_NONE);
	assert_int_equal(pl_err_set(&err, PL_E_LIMIT, "more than %d levels", 512), -1);
	assert_int_equal(pl_err_wrap(&err, "'%s'", "plan.json"), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
	assert_string_equal(err.text, "'plan.json': more than 512 levels");
	/* the context may quote the error itself */
	pl_err_wrap(&err, "%.11s again", err.text);
	assert_string_equal(err.text, "'plan.json' again: 'plan.json': more than 512 levels");
}

static void quoted_text_cannot_act(void **state)
{
	(void)state;
	struct pl_err err = PL_ERR_INIT;

	pl_err_set(&err, PL_E_INPUT, "no file '%s'", "a\n\033[2Jb\xff\xe2\x80\xae");
	assert_string_equal(err.text, "no file 'a\\n\\x1b[2Jb\\xff\\u{202e}'");
	pl_err_wrap(&err, "x\r");
	assert_string_equal(err.text, "x\\x0d: no file 'a\\n\\x1b[2Jb\\xff\\u{202e}'");
}

static void long_text_is_cut_between_characters(void **state)
{
	(void)state;
	struct pl_err err = PL_ERR_INIT;

	for (size_t lead = 0; lead < 4; lead++) {
		pl_auto_buf text = PL_BUF_INIT;
		size_t n;

		pl_buf_pad(&text, 'x', lead);
		for (int i = 0; i < 1000; i++)
			pl_buf_adds(&text, "\xe2\x82\xac");
		pl_err_set(&err, PL_E_INPUT, "%s", text.data);
		n = strlen(err.text);
		assert_in_range(n, sizeof err.text - 3, sizeof err.text - 1);
		assert_int_equal((n - lead) % 3, 0);
		assert_memory_equal(err.text, text.data, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_then_wrap),
		cmocka_unit_test(quoted_text_cannot_act),
		cmocka_unit_test(long_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
