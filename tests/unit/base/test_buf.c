/* SPDX-License-Identifier: Apache-2.0 */
/* The growing buffer: base/buf.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

static void empty_is_a_string(void **state)
{
	(void)state;
	pl_auto_buf b = PL_BUF_INIT;

	assert_string_equal(b.data, "");
	pl_buf_truncate(&b, 0);
	pl_buf_release(&b);
	pl_buf_release(&b);
	assert_string_equal(b.data, "");
}

static void adds_every_kind(void **state)
{
	(void)state;
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, "one");
	pl_buf_addc(&b, ' ');
	pl_buf_add(&b, "two!", 3);
	pl_buf_add(&b, NULL, 0);
	pl_buf_addf(&b, " %d %s", 3, "four");
	pl_buf_addf(&b, "%s", "");
	pl_buf_pad(&b, '.', 3);
	pl_buf_pad(&b, '.', 0);
	assert_string_equal(b.data, "one two 3 four...");
	assert_int_equal(b.len, 17);
	pl_buf_truncate(&b, 3);
	assert_string_equal(b.data, "one");
	pl_buf_add(&b, "\0x", 2);
	assert_memory_equal(b.data, "one\0x", 6);
	assert_int_equal(b.len, 5);
}

/* Around each power of two, where the buffer has to move. */
static void grows_at_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_buf_pad(&b, 'a', n);
		pl_buf_addf(&b, "%s", "end");
		assert_int_equal(b.len, n + 3);
		assert_int_equal(strlen(b.data), n + 3);
		assert_string_equal(b.data + n, "end");
	}
}

static void reserve_gives_room_once(void **state)
{
	(void)state;
	pl_auto_buf b = PL_BUF_INIT;
	const char *data;

	pl_buf_reserve(&b, 5000);
	assert_string_equal(b.data, "");
	data = b.data;
	pl_buf_pad(&b, 'x', 5000);
	assert_ptr_equal(b.data, data);
}

static void detach_hands_over(void **state)
{
	(void)state;
	struct pl_buf b = PL_BUF_INIT;
	pl_auto_free char *first = NULL, *second = NULL;

	first = pl_buf_detach(&b);
	assert_string_equal(first, "");
	pl_buf_adds(&b, "mine");
	second = pl_buf_detach(&b);
	assert_string_equal(second, "mine");
	assert_int_equal(b.len + b.cap, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),     cmocka_unit_test(adds_every_kind),
		cmocka_unit_test(grows_at_every_length), cmocka_unit_test(reserve_gives_room_once),
		cmocka_unit_test(detach_hands_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
