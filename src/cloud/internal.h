/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: one source while it is asked. */
#ifndef PL_CLOUD_INTERNAL_H
#define PL_CLOUD_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>

#include "base/map.h"
#include "cloud/cloud.h"
#include "cloud/provider.h"

struct pl_cloud_queue; /* queue.c */
struct pl_cloud_bill;  /* quota.c */

/* One thread's connections: through the environment's proxy, and past it. */
struct pl_cloud_net {
	const struct pl_cloud_options *opt;
	struct pl_wait wait;
	const char *ca_file;             /* pl_cloud_trust() */
	struct pl_http *usual, *direct; /* made when they are first needed */
	size_t exchanges;
};
void pl_cloud_net_init(struct pl_cloud_net *net, const struct pl_cloud_options *opt, const char *ca_file,
		       const struct pl_wait *w);
void pl_cloud_net_release(struct pl_cloud_net *net);
/* The connections themselves; NULL: *err says why there are none. */
struct pl_http *pl_cloud_net_http(struct pl_cloud_net *net, bool direct, struct pl_err *err);

/* A server that repeats the header line that let us in (in a refusal, say) does not bring it into a report. */
void pl_cloud_hide(const char *line, struct pl_buf *body);

struct pl_cloud {
	const struct pl_cloud_options *opt;
	const struct pl_provider *provider;
	struct pl_model *m;
	int source;
	const char **parts;
	struct pl_wait wait;
	struct pl_cloud_net net; /* the main thread's */
	const struct pl_cloud_api *api;
	void *ctx;
	/* What the cluster is that is asked about; NULL: not known. */
	const char *name, *location, *account;
	struct pl_cloud_queue *queue;
	struct pl_cloud_bill *bills;
	struct pl_map besides;   /* planned object -> the one beside it */
	struct pl_err worst;     /* what makes the source one that could not be asked as a whole */
	bool over;               /* and nothing more is to be asked */
};

/* queue.c */
struct pl_cloud_queue *pl_cloud_queue_new(struct pl_cloud *c);
/* Runs all calls, and those that come of them, to the end. */
void pl_cloud_queue_run(struct pl_cloud_queue *q);
/* How many calls there were, how many depended on each other in a row, how often one was sent again. */
void pl_cloud_queue_count(const struct pl_cloud_queue *q, size_t *calls, size_t *steps, size_t *again);
void pl_cloud_queue_free(struct pl_cloud_queue *q);

/* quota.c: makes objects of what was billed. */
void pl_cloud_bills_write(struct pl_cloud *c);

/* log.c: a line about one exchange; `answer` is its body read, NULL where it could not be. */
void pl_cloud_log_line(const struct pl_cloud_call *call, const struct pl_http_answer *a, const json_t *answer,
		       struct pl_buf *out);

#endif
