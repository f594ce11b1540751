/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to one API server, with the credentials that its configuration gives at each moment. */
#ifndef PL_KUBERNETES_LINE_H
#define PL_KUBERNETES_LINE_H

#include <pthread.h>

#include "kubernetes/config.h"
#include "kubernetes/fetch.h"

/* One API server and who we are there; shared by all lines. */
struct pl_kube_server {
	struct pl_kube_config config;
	struct pl_wait wait;
	void (*trace)(void *ctx, const char *line); /* as in net/http.h */
	pthread_mutex_t lock; /* over the rest, and over what `config` logs in with */
	struct pl_buf bearer, cert, key; /* what the configuration gave last */
	unsigned certificates;           /* how many different ones it gave */
};

/* Takes the configuration over; nothing is asked yet. */
void pl_kube_server_init(struct pl_kube_server *s, const struct pl_kube_config *config, const struct pl_wait *w);
void pl_kube_server_release(struct pl_kube_server *s); /* wipes */

/* The door whose ctx is the server. */
struct pl_kube_door pl_kube_door(struct pl_kube_server *s);

/* Any exchange on a line: `path` and what differs from a GET in *r, whose url, bearer and headers are set here. */
int pl_kube_line_ask(struct pl_kube_line *line, const char *path, struct pl_http_request *r,
		     struct pl_http_answer *out, struct pl_err *err) __attribute__((warn_unused_result));

#endif
