/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an API server tells, as facts of the witness `cluster`.  Pages of lists go in as they came, one
 * after the other; what is kept of a page is small and the page can be dropped at once.
 *
 *	k = pl_kube_new(model, pl_providers, source, &hints);
 *	pl_kube_version(k, body, &err);  pl_kube_groups(k, body, &err);
 *	for each kind of pl_kube_kinds:
 *		do pl_kube_page(k, kind, body, &next, &err); while (next.n);
 *		pl_kube_kind_end(k, kind, PL_KUBE_LISTED, NULL, NULL);
 *	pl_kube_finish(k);
 *	pl_kube_free(k);
 *
 * A kind of which no end was told counts as not asked.  What was not listed whole is unknown, never
 * "none".  Knows no cloud: that stands in kubernetes/provider.h's tables.
 */
#ifndef PL_KUBERNETES_KUBE_H
#define PL_KUBERNETES_KUBE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "model/model.h"
#include "model/provider.h"

/* What the configuration tells of the cluster before it is asked; each may be NULL. */
struct pl_kube_hints {
	const char *context;  /* how the user calls it */
	const char *server;   /* URL of the API server */
	const char *provider; /* gke, eks, aks: told by the names of contexts and servers */
	const char *name, *location, *account; /* the cluster's own, in its cloud */
};

/* A kind of object that is listed. */
struct pl_kube_kind {
	const char *resource; /* "daemonsets" */
	const char *group;    /* "apps", "" */
	const char *path;     /* /apis/apps/v1/daemonsets */
	const char *word;     /* "DaemonSet": what one of them calls itself */
	/* Where servers too old for `path` have the same, asked when that is 404; NULL: nowhere. */
	const char *old_path;
};

/* All that is listed, nodes first; ends with a NULL resource. */
extern const struct pl_kube_kind pl_kube_kinds[];

/* What one API server has told so far. */
struct pl_kube;

/*
 * Facts go to `m` under `source`, an index of its sources whose witness is PL_CLUSTER_API.  `providers`
 * ends with NULL and is borrowed until pl_kube_free(); hints are copied, and may be NULL.
 */
struct pl_kube *pl_kube_new(struct pl_model *m, const struct pl_provider *const *providers, int source,
			    const struct pl_kube_hints *hints);
void pl_kube_free(struct pl_kube *k); /* NULL is fine */
void pl_kube_freep(struct pl_kube **k);
#define pl_auto_kube __attribute__((cleanup(pl_kube_freep))) struct pl_kube

/*
 * One page of a list of that kind: a list object, a bare array, or one object alone.  *next becomes the
 * token that asks for the next page, which lives until pl_kube_free(); n 0: this was the last.  -1,
 * PL_E_INPUT or PL_E_LIMIT: no JSON, or no such list; what came before the broken place counts.
 */
int pl_kube_page(struct pl_kube *k, const struct pl_kube_kind *kind, struct pl_slice body,
		 struct pl_slice *next, struct pl_err *err) __attribute__((warn_unused_result));

/* GET /version. */
int pl_kube_version(struct pl_kube *k, struct pl_slice body, struct pl_err *err)
	__attribute__((warn_unused_result));
/* GET /apis, or its aggregated form: the groups that are served stand for the CRDs, which are huge. */
int pl_kube_groups(struct pl_kube *k, struct pl_slice body, struct pl_err *err)
	__attribute__((warn_unused_result));

enum pl_kube_outcome {
	PL_KUBE_LISTED,
	PL_KUBE_ABSENT,    /* 404: not served, so there are none */
	PL_KUBE_FORBIDDEN, /* 403 */
	PL_KUBE_FAILED,    /* anything else */
};

/*
 * How listing that kind ended.  FORBIDDEN and FAILED leave its facts unknown, make the source incomplete
 * and become a problem; FAILED's has the code (pl_err_word, or "truncated") and sentence given, NULL else.
 */
void pl_kube_kind_end(struct pl_kube *k, const struct pl_kube_kind *kind, enum pl_kube_outcome outcome,
		      const char *code, const char *why);
/* The list begins anew: what its pages told is forgotten. */
void pl_kube_kind_again(struct pl_kube *k, const struct pl_kube_kind *kind);
/* The same for /version and /apis, which every user may usually read. */
void pl_kube_version_failed(struct pl_kube *k, const char *code, const char *why);
void pl_kube_groups_failed(struct pl_kube *k, const char *code, const char *why);

/* What the dry run of a privileged pod came to, `why` in the server's words; see --probe-admission. */
void pl_kube_probe_admission(struct pl_kube *k, bool admitted, const char *why);
/* It was refused for `why`, as any other pod would be, so that it tells nothing of privileged ones. */
void pl_kube_probe_unclear(struct pl_kube *k, const char *why);

/* Everything was told: makes objects and facts of it.  Call once. */
void pl_kube_finish(struct pl_kube *k);

#endif
