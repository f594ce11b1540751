/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked again and what is not: over a table of functions that answers as a row says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "net/http.h"

/* A server in a string: '2' answers 200, '5' 503, '9' 429 with a Retry-After, 'x' breaks, 'r' refuses. */
struct script {
	struct pl_http http;
	const char *answers, *head;
	unsigned asked;
};

static int play(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
		struct pl_http_answer *out, struct pl_err *err)
{
	struct script *s = (struct script *)h;
	char c = s->answers[s->asked];

	(void)r;
	(void)w;
	s->asked += s->answers[s->asked + 1] != '\0';
	h->broke = c == 'x';
	if (c == 'x' || c == 'r')
		return pl_err_set(err, PL_E_UNREACHABLE, "broke");
	*out = (struct pl_http_answer)PL_HTTP_ANSWER_INIT;
	out->status = c == '2' ? 200 : c == '5' ? 503 : c == '9' ? 429 : c == '4' ? 404 : 403;
	if (c == '9')
		pl_buf_adds(&out->head, s->head);
	return 0;
}

static void test_again(void **state)
{
	static const struct {
		const char *answers, *head, *method;
		int64_t ms;
		int status; /* 0: failed */
		unsigned asked;
	} rows[] = {
		{ "2", "", NULL, 20000, 200, 0 },
		{ "52", "", NULL, 20000, 200, 1 },
		{ "x2", "", NULL, 20000, 200, 1 },
		{ "r2", "", NULL, 20000, 0, 1 },
		{ "42", "", NULL, 20000, 404, 1 },
		{ "92", "retry-after: 0\n", NULL, 20000, 200, 1 },
		{ "92", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\n", NULL, 20000, 200, 1 },
		/* longer than we may wait: the answer stands */
		{ "92", "retry-after: 3600\n", NULL, 20000, 429, 1 },
		{ "92", "retry-after: 9999999999999\n", NULL, 20000, 429, 1 },
		{ "52", "", NULL, 10, 503, 1 },
		/* what might change something is sent once */
		{ "52", "", "POST", 20000, 503, 1 },
		{ "x2", "", "POST", 20000, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct script s = { { play, NULL, false }, rows[i].answers, rows[i].head, 0 };
		struct pl_http_request r = { .method = rows[i].method, .url = "http://h/", .max_bytes = 10 };
		struct pl_wait w = pl_wait_for(rows[i].ms, -1);
		struct pl_err err = PL_ERR_INIT;
		pl_auto_answer a = PL_HTTP_ANSWER_INIT;
		int rc = pl_http_ask(&s.http, &r, &w, &a, &err);

		if (rc != (rows[i].status ? 0 : -1) || a.status != rows[i].status || s.asked != rows[i].asked)
			fail_msg("row %zu: rc %d, status %d, asked %u", i, rc, a.status, s.asked);
	}
}

static void test_gives_up(void **state)
{
	struct script s = { { play, NULL, false }, "99999999999", "retry-after: 0\n", 0 };
	struct pl_http_request r = { .url = "http://h/", .max_bytes = 10 };
	struct pl_wait w = pl_wait_for(20000, -1);
	struct pl_err err = PL_ERR_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	(void)state;
	assert_int_equal(pl_http_ask(&s.http, &r, &w, &a, &err), 0);
	assert_int_equal(a.status, 429);
	assert_int_equal(s.asked, PL_LIMIT_HTTP_TRIES);
}

static void test_header(void **state)
{
	struct pl_http_answer a = PL_HTTP_ANSWER_INIT;

	(void)state;
	pl_buf_adds(&a.head, "server: x\nwww-authenticate: Bearer realm=\"y\"\nx:\nserver: z\n");
	assert_true(pl_slice_is(pl_http_header(&a, "server"), "x"));
	assert_true(pl_slice_is(pl_http_header(&a, "www-authenticate"), "Bearer realm=\"y\""));
	assert_int_equal(pl_http_header(&a, "x").n, 0);
	assert_int_equal(pl_http_header(&a, "serve").n, 0);
	assert_null(pl_http_header(&a, "date").p);
	pl_http_answer_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
