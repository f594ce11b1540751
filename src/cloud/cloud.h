/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clouds' own APIs: one source asked from its credentials to the model.  Everything that knows a
 * cloud is the provider's: see cloud/provider.h.
 */
#ifndef PL_CLOUD_CLOUD_H
#define PL_CLOUD_CLOUD_H

#include "model/provider.h"
#include "net/http.h"

struct pl_cloud_options {
	const char *source;  /* the URI */
	const char *join;    /* the cluster that --join gives it; NULL: none */
	size_t parallel;     /* calls at the same time */
	void (*trace)(void *ctx, const char *line); /* as in pl_http_options, and a count of calls at the end; or NULL */
	bool host_keys;      /* nodes will be logged in to: by which SSH host keys they are known is wanted */
	struct pl_buf *kubeconfig; /* gets how the cluster's own API is reached; the caller wipes it; NULL: not wanted */
	/*
	 * A line of JSON about each call as it was answered, without secrets; on the caller's thread.  NULL:
	 * nobody listens.
	 */
	void (*log)(void *ctx, const char *line);
	void *log_ctx;
	struct pl_http *(*http)(const struct pl_http_options *opt, struct pl_err *err); /* NULL: pl_http_new() */
};

/* Is there a provider of that scheme (n bytes)? */
bool pl_cloud_is(const struct pl_provider *const *providers, const char *scheme, size_t n);
/* PL_E_USAGE for a URI that has not the provider's form. */
int pl_cloud_check(const struct pl_provider *const *providers, const char *source, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * Asks the source and writes what it says into the model, which holds the Terraform sources of the run
 * already.  0: asked; what was forbidden is unknown and a problem.  1: something failed in a way that
 * makes the source one that could not be asked as a whole, with *err, and is noted.  -1: *err, nothing
 * is written and nothing noted.
 */
int pl_cloud_collect(struct pl_model *m, const struct pl_provider *const *providers,
		     const struct pl_cloud_options *opt, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));

/* The smallest role for a provider's scheme, as `plumbline permissions` prints it; -1: there is none of that name. */
int pl_cloud_role(const struct pl_provider *const *providers, const char *scheme, struct pl_buf *out);

#endif
