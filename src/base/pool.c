/* SPDX-License-Identifier: Apache-2.0 */
/* The pool of workers: see pool.h. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

struct pool {
	void (*work)(void *ctx, size_t i);
	void *ctx;
	size_t count;
	atomic_size_t next;
};

static void *run(void *arg)
{
	struct pool *p = arg;

	for (size_t i = atomic_fetch_add(&p->next, 1); i < p->count; i = atomic_fetch_add(&p->next, 1))
		p->work(p->ctx, i);
	return NULL;
}

void pl_pool_run(size_t count, size_t workers, void (*work)(void *ctx, size_t i), void *ctx)
{
	struct pool p = { .work = work, .ctx = ctx, .count = count };
	size_t wanted = workers < count ? workers : count, started = 0;
	pthread_t *threads = pl_alloc((wanted + 1) * sizeof *threads);

	/* the caller is one of the workers */
	while (started + 1 < wanted && !pthread_create(&threads[started], NULL, run, &p))
		started++;
	run(&p);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}
