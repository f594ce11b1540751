/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation and the arena: base/alloc.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

static void clears_and_copies(void **state)
{
	(void)state;
	pl_auto_free char *zero = pl_alloc(100), *none = pl_alloc(0);
	pl_auto_free char *copy = pl_strndup("text", 4), *part = pl_strndup("text", 2);
	pl_auto_free char *empty = pl_strndup(NULL, 0);

	for (int i = 0; i < 100; i++)
		assert_int_equal(zero[i], 0);
	assert_non_null(none);
	assert_string_equal(copy, "text");
	assert_string_equal(part, "te");
	assert_string_equal(empty, "");
}

static void grows_by_doubling(void **state)
{
	(void)state;
	size_t cap = 0;
	pl_auto_free int *a = NULL;

	for (size_t i = 0; i < 1000; i++) {
		a = pl_grow(a, i, &cap, sizeof *a);
		a[i] = (int)i;
	}
	assert_int_equal(cap, 1024);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(a[i], (int)i);
}

static void overflow_aborts(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		free(pl_realloc(NULL, SIZE_MAX / 2, 3));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void arena_keeps_what_it_gave(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 15, 16, 17, 200, 1000, 5000, 70000, 3, 200000, 8 };
	enum { ROUNDS = 50, KINDS = sizeof sizes / sizeof *sizes };
	struct pl_arena a = { NULL };
	unsigned char *given[ROUNDS * KINDS];

	for (size_t i = 0; i < ROUNDS * KINDS; i++) {
		given[i] = pl_arena_alloc(&a, sizes[i % KINDS]);
		assert_int_equal((uintptr_t)given[i] % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i % KINDS]; j++)
			if (given[i][j])
				fail_msg("byte %zu of object %zu is not cleared", j, i);
		memset(given[i], (int)(i % 251) + 1, sizes[i % KINDS]);
	}
	for (size_t i = 0; i < ROUNDS * KINDS; i++)
		for (size_t j = 0; j < sizes[i % KINDS]; j++)
			if (given[i][j] != i % 251 + 1)
				fail_msg("byte %zu of object %zu was overwritten", j, i);
	pl_arena_release(&a);
	assert_null(a.chunk);
	assert_string_equal(pl_arena_strdup(&a, "again"), "again");
	pl_arena_wipe(&a);
	assert_null(a.chunk);
	pl_arena_wipe(&a);
}

static void arena_text(void **state)
{
	(void)state;
	struct pl_arena a = { NULL };

	assert_null(pl_arena_strdup(&a, NULL));
	assert_string_equal(pl_arena_strndup(&a, "abc", 2), "ab");
	assert_string_equal(pl_arena_strndup(&a, NULL, 0), "");
	assert_string_equal(pl_arena_strf(&a, "%s-%04d", "x", 7), "x-0007");
	assert_int_equal(strlen(pl_arena_strf(&a, "%0100000d", 1)), 100000);
	pl_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clears_and_copies), cmocka_unit_test(grows_by_doubling),
		cmocka_unit_test(overflow_aborts),   cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(arena_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
