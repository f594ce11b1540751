/* SPDX-License-Identifier: Apache-2.0 */
/* Asking again, and what an answer holds: what is true of every HTTP client.  See http.h. */
#include "net/http.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/limits.h"
#include "net/internal.h"

void pl_http_close(struct pl_http *h)
{
	if (h)
		h->close(h);
}

void pl_http_answer_release(struct pl_http_answer *a)
{
	pl_buf_release(&a->body);
	pl_buf_release(&a->head);
}

struct pl_slice pl_http_header(const struct pl_http_answer *a, const char *name)
{
	const char *p = a->head.data, *end = p + a->head.len;
	size_t n = strlen(name);

	while (p < end) {
		const char *line = memchr(p, '\n', (size_t)(end - p));
		const char *stop = line ? line : end;

		if ((size_t)(stop - p) > n && p[n] == ':' && !strncasecmp(p, name, n)) {
			for (p += n + 1; p < stop && *p == ' '; p++)
				;
			return (struct pl_slice){ p, (size_t)(stop - p) };
		}
		p = stop + 1;
	}
	return (struct pl_slice){ NULL, 0 };
}

/* ---- asking again ---- */

static bool may_pass(int status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/* Milliseconds that the server asks us to wait, as seconds or a date; -1: it does not say. */
static int64_t retry_after(const struct pl_http_answer *a)
{
	struct pl_slice value = pl_http_header(a, "retry-after");
	char text[64];
	int64_t seconds;

	if (!value.n || value.n >= sizeof text)
		return -1;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	if (!pl_parse_i64(text, &seconds)) {
		time_t at = pl_http_date(text);

		if (at < 0)
			return -1;
		seconds = (int64_t)at - (int64_t)time(NULL);
	}
	return seconds < 0 ? 0 : seconds > 86400 ? 86400000 : seconds * 1000;
}

/* 200 ms, doubled each time up to 5 s; half of it is chance, so that many do not come back at once. */
static int64_t backoff(unsigned tries)
{
	int64_t ms = tries < 6 ? 200LL << (tries - 1) : 5000;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = ms > 5000 ? 5000 : ms;
	return ms / 2 + (now.tv_nsec >> 10) % (ms / 2 + 1);
}

static bool repeatable(const struct pl_http_request *r)
{
	return !r->once &&
	       (r->reads || !r->method || !strcmp(r->method, "GET") || !strcmp(r->method, "HEAD"));
}

int pl_http_ask(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
		struct pl_http_answer *out, struct pl_err *err)
{
	for (unsigned tries = 1;; tries++) {
		struct pl_http_answer answer = PL_HTTP_ANSWER_INIT;
		int rc = h->exchange(h, r, w, &answer, err);
		bool again = rc ? h->broke : may_pass(answer.status);
		int64_t pause = -1;

		if (again && repeatable(r) && tries < PL_LIMIT_HTTP_TRIES) {
			pause = rc ? -1 : retry_after(&answer);
			pause = pause < 0 ? backoff(tries) : pause;
		}
		if (pause < 0 || pause >= pl_wait_left(w)) {
			if (!rc)
				*out = answer;
			return rc;
		}
		pl_http_answer_release(&answer);
		if (pl_wait_pause(pause, w, err))
			return -1;
	}
}
