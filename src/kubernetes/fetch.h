/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of several kinds, fetched page by page by a few threads while the caller reads what came: a
 * page is on its way while the one before is read, and few are ever held.
 */
#ifndef PL_KUBERNETES_FETCH_H
#define PL_KUBERNETES_FETCH_H

#include "base/buf.h"
#include "kubernetes/kube.h"
#include "net/http.h"

/* Who asks the API server.  The functions are called from several threads. */
struct pl_kube_line; /* one thread's connection */
struct pl_kube_door {
	/* NULL: *err says why there is none. */
	struct pl_kube_line *(*open)(void *ctx, struct pl_err *err);
	/* GET of a path of the server, with whatever it takes to be let in; as pl_http_ask(). */
	int (*get)(struct pl_kube_line *line, const char *path, struct pl_http_answer *out, struct pl_err *err);
	void (*close)(struct pl_kube_line *line); /* NULL is fine */
	void *ctx;
};

struct pl_kube_fetch;

/* Begins to fetch all kinds (ends with a NULL resource), in their order. */
struct pl_kube_fetch *pl_kube_fetch_new(const struct pl_kube_door *door, const struct pl_kube_kind *kinds,
					size_t threads);
/*
 * The next page of the i-th kind: 1, and the caller releases *body.  0: there are no more, and
 * *outcome says how that kind ended, *err why when it is not PL_KUBE_LISTED.  2: the list begins anew (it had become
 * too old for the server): what came of it is to be forgotten.  Kinds are asked in their order.
 */
int pl_kube_fetch_next(struct pl_kube_fetch *f, size_t i, struct pl_buf *body, enum pl_kube_outcome *outcome,
		       struct pl_err *err);
/* No more of the i-th kind is wanted. */
void pl_kube_fetch_drop(struct pl_kube_fetch *f, size_t i);
/* Waits until all threads have noticed; what is on its way is thrown away. */
void pl_kube_fetch_free(struct pl_kube_fetch *f);

/* The sentence of an API server's Status, or of what is none; *err gets the code that the status asks for. */
int pl_kube_refusal(const struct pl_http_answer *a, const char *path, struct pl_err *err);

#endif
