/* SPDX-License-Identifier: Apache-2.0 */
/* mysql://, registry://, s3://, gs://, az://, scm://: all are asked at once. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "cli/live.h"
#include "endpoint/endpoint.h"

#define USUAL_MS 30000

struct asking {
	struct pl_live *live;
	struct pl_endpoint_job **jobs;
};

static void ask(void *ctx, size_t i)
{
	const struct asking *a = ctx;
	struct pl_endpoint_options o = { .wait = pl_live_wait(a->live, USUAL_MS),
					 .trace = a->live->loud ? pl_live_trace : NULL };

	if (a->jobs[i])
		pl_endpoint_ask(a->jobs[i], &o);
}

static void keep(struct pl_live *live, const char *word, struct pl_endpoint_job *job)
{
	struct pl_model *m = live->run->model;
	const char *join = pl_live_join(live, word);
	struct pl_err err = PL_ERR_INIT;

	if (pl_endpoint_facts(job, m, &err))
		pl_live_failed(live, word, true, &err);
	if (join)
		m->sources[m->source_count - 1].join = pl_model_str(m, join);
}

void pl_ask_endpoints(struct pl_live *live, const char *const *words, size_t count)
{
	struct asking a = { live, pl_alloc(count * sizeof *a.jobs) };

	for (size_t i = 0; i < count; i++) {
		struct pl_err err = PL_ERR_INIT;

		a.jobs[i] = pl_endpoint_new(words[i], &err);
		if (!a.jobs[i])
			pl_live_failed(live, words[i], true, &err);
	}
	pl_pool_run(count, live->parallel, ask, &a);
	for (size_t i = 0; i < count; i++) {
		if (a.jobs[i])
			keep(live, words[i], a.jobs[i]);
		pl_endpoint_free(a.jobs[i]);
	}
	free(a.jobs);
}
