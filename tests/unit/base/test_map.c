/* SPDX-License-Identifier: Apache-2.0 */
/* The hash map: base/map.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"

static void absent_and_present(void **state)
{
	(void)state;
	struct pl_map m = PL_MAP_INIT;
	char key[] = "key", value;

	assert_null(pl_map_get(&m, "key", 3));
	assert_null(*pl_map_put(&m, key, 3));
	*pl_map_put(&m, key, 3) = &value;
	key[0] = 'K'; /* the map has a copy */
	assert_ptr_equal(pl_map_get(&m, "key", 3), &value);
	assert_null(pl_map_get(&m, "ke", 2));
	assert_null(pl_map_get(&m, "key\0", 4));
	assert_int_equal(m.count, 1);
	pl_map_release(&m);
	assert_null(pl_map_get(&m, "key", 3));
	pl_map_release(&m);
}

static void any_bytes_are_a_key(void **state)
{
	(void)state;
	struct pl_map m = PL_MAP_INIT;
	char a, b, c;

	*pl_map_put(&m, NULL, 0) = &a;
	*pl_map_put(&m, "\0", 1) = &b;
	*pl_map_put(&m, "\0\0", 2) = &c;
	assert_ptr_equal(pl_map_get(&m, "", 0), &a);
	assert_ptr_equal(pl_map_get(&m, "\0", 1), &b);
	assert_ptr_equal(pl_map_get(&m, "\0\0", 2), &c);
	assert_int_equal(m.count, 3);
	pl_map_release(&m);
}

static void many_keys(void **state)
{
	(void)state;
	enum { N = 20000 };
	static char values[N];
	struct pl_map m = PL_MAP_INIT;
	char key[32];

	for (int i = 0; i < N; i++) {
		int n = snprintf(key, sizeof key, "module.a[%d]", i);

		*pl_map_put(&m, key, (size_t)n) = &values[i];
	}
	assert_int_equal(m.count, N);
	for (int i = 0; i < N; i++) {
		int n = snprintf(key, sizeof key, "module.a[%d]", i);

		assert_ptr_equal(pl_map_get(&m, key, (size_t)n), &values[i]);
		assert_ptr_equal(*pl_map_put(&m, key, (size_t)n), &values[i]);
	}
	assert_int_equal(m.count, N);
	assert_null(pl_map_get(&m, "module.a", 8));
	pl_map_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_and_present),
		cmocka_unit_test(any_bytes_are_a_key),
		cmocka_unit_test(many_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
