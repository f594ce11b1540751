/* SPDX-License-Identifier: Apache-2.0 */
/* Waits end with a deadline, with what they wait for, and with an interruption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/wait.h"

static void test_deadline(void **state)
{
	struct pl_wait w = pl_wait_for(30, -1);
	struct pl_err err = PL_ERR_INIT;
	int64_t begun = pl_clock_ms();

	(void)state;
	assert_int_equal(pl_wait_fd(-1, 0, &w, &err), -1);
	assert_int_equal(err.code, PL_E_TIMEOUT);
	assert_true(pl_clock_ms() - begun >= 29);
	assert_int_equal(pl_wait_left(&w), 0);
}

static void test_ready(void **state)
{
	struct pl_wait w = pl_wait_for(60000, -1);
	struct pl_err err = PL_ERR_INIT;
	int fd = eventfd(1, 0);

	(void)state;
	assert_int_equal(pl_wait_fd(fd, POLLIN, &w, &err), 0);
	close(fd);
}

static void test_stopped(void **state)
{
	int stop = eventfd(0, 0);
	struct pl_wait w = pl_wait_for(60000, stop);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_false(pl_wait_stopped(&w));
	assert_int_equal(eventfd_write(stop, 1), 0);
	assert_true(pl_wait_stopped(&w));
	assert_int_equal(pl_wait_fd(-1, 0, &w, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	assert_int_equal(pl_wait_pause(60000, &w, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	close(stop);
}

static void test_pause(void **state)
{
	struct pl_wait w = pl_wait_for(60000, -1), narrow = pl_wait_within(w, 5);
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(pl_wait_pause(5, &w, &err), 0);
	assert_true(narrow.deadline < w.deadline);
	assert_true(pl_wait_within(narrow, 60000).deadline == narrow.deadline);
	/* no more than is left, and that is no failure: what comes next will notice */
	assert_int_equal(pl_wait_pause(60000, &narrow, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
