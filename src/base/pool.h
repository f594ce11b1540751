/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded pool of workers: one slot for each piece of work, results merged in order by the caller.
 */
#ifndef PL_BASE_POOL_H
#define PL_BASE_POOL_H

#include <stddef.h>

/*
 * Calls work(ctx, i) for every i below `count`, on at most `workers` threads at a time, lowest first,
 * and returns when all have returned.  A worker writes nothing but its own slot.  Where no thread can
 * be started the caller does the work itself.
 */
void pl_pool_run(size_t count, size_t workers, void (*work)(void *ctx, size_t i), void *ctx);

#endif
