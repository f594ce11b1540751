/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting: the only way in which a collector waits for a peer.  Every wait has a deadline and ends at
 * once when the user interrupts the run.
 */
#ifndef PL_NET_WAIT_H
#define PL_NET_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* By when, and what ends it before: a value, passed down to whatever waits. */
struct pl_wait {
	int64_t deadline; /* milliseconds of pl_clock_ms() */
	int stop_fd;      /* readable once the run is interrupted; -1: nothing interrupts it */
};

/* Milliseconds of the monotonic clock. */
int64_t pl_clock_ms(void);
/* `ms` from now, interrupted by stop_fd (-1: by nothing). */
struct pl_wait pl_wait_for(int64_t ms, int stop_fd);
/* The same wait, ending after `ms` if that is earlier. */
struct pl_wait pl_wait_within(struct pl_wait w, int64_t ms);
/* Milliseconds left, 0 when it is over. */
int64_t pl_wait_left(const struct pl_wait *w);
bool pl_wait_stopped(const struct pl_wait *w);

/*
 * Waits until one of `events` (POLLIN, POLLOUT) or an error shows on fd; fd -1: only for time to pass.
 * 0: ready.  -1: PL_E_TIMEOUT ("no answer in time"; callers wrap or replace the text), PL_E_STOPPED.
 */
int pl_wait_fd(int fd, short events, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));
/* Lets `ms` pass, but no more than is left; -1: PL_E_STOPPED. */
int pl_wait_pause(int64_t ms, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
