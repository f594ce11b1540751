/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting with a deadline and an interruption: see wait.h. */
#include "net/wait.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>

int64_t pl_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct pl_wait pl_wait_for(int64_t ms, int stop_fd)
{
	return (struct pl_wait){ pl_clock_ms() + ms, stop_fd };
}

struct pl_wait pl_wait_within(struct pl_wait w, int64_t ms)
{
	int64_t at = pl_clock_ms() + ms;

	w.deadline = at < w.deadline ? at : w.deadline;
	return w;
}

int64_t pl_wait_left(const struct pl_wait *w)
{
	int64_t left = w->deadline - pl_clock_ms();

	return left > 0 ? left : 0;
}

static int stopped(struct pl_err *err)
{
	return pl_err_set(err, PL_E_STOPPED, "interrupted");
}

/* <0: failed, 0: time is over, 1: fd is ready, 2: interrupted. */
static int poll_both(int fd, short events, int stop_fd, int64_t ms)
{
	struct pollfd fds[2] = { { .fd = fd, .events = events }, { .fd = stop_fd, .events = POLLIN } };
	int rc = poll(fds, 2, ms > INT_MAX ? INT_MAX : (int)ms);

	if (rc < 0)
		return -1;
	if (fds[1].revents)
		return 2;
	return fds[0].revents != 0;
}

bool pl_wait_stopped(const struct pl_wait *w)
{
	return w->stop_fd >= 0 && poll_both(-1, 0, w->stop_fd, 0) == 2;
}

int pl_wait_fd(int fd, short events, const struct pl_wait *w, struct pl_err *err)
{
	for (;;) {
		int64_t left = pl_wait_left(w);
		int rc = poll_both(fd, events, w->stop_fd, left);

		if (rc == 1)
			return 0;
		if (rc == 2)
			return stopped(err);
		if (rc < 0 && errno != EINTR && errno != EAGAIN)
			return pl_err_set(err, PL_E_INTERNAL, "poll: %s", strerror(errno));
		if (rc == 0 && !pl_wait_left(w))
			return pl_err_set(err, PL_E_TIMEOUT, "no answer in time");
	}
}

int pl_wait_pause(int64_t ms, const struct pl_wait *w, struct pl_err *err)
{
	struct pl_wait pause = pl_wait_within(*w, ms);
	struct pl_err over = PL_ERR_INIT;

	if (pl_wait_fd(-1, 0, &pause, &over) && over.code != PL_E_TIMEOUT) {
		*err = over;
		return -1;
	}
	return 0;
}
