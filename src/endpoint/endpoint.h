/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoints: a database, a registry, a bucket, a source control system, asked by themselves.  The
 * witness is PL_ENDPOINT_NET.
 *
 *	mysql://HOST[:PORT]            what the server's greeting says; nobody logs in
 *	registry://HOST[:PORT][/REPO]  /v2/, its challenge, and a login with the Docker configuration
 *	s3://BUCKET  gs://BUCKET  az://ACCOUNT[/CONTAINER]   is it there; without credentials
 *	scm://HOST[:PORT]              which source control system answers
 *
 * One job an endpoint.  Jobs are made and turned into facts by the main thread; asking one touches
 * nothing but the job, so that a pool of workers can ask many at once.
 *
 * A MySQL server counts a connection that ends before a login against the address it came from, and
 * refuses that address after max_connect_errors of them (100 by default) with no login in between
 * (measured with MariaDB 10.11: closing, COM_QUIT and half a TLS handshake all count, so nothing of
 * that is tried).  So a run connects once and never again.
 *
 * Of the environment: DOCKER_CONFIG, HOME; AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION,
 * AWS_DEFAULT_REGION; STORAGE_EMULATOR_HOST; AZURE_STORAGE_SERVICE_ENDPOINT, ARM_ENVIRONMENT.
 */
#ifndef PL_ENDPOINT_ENDPOINT_H
#define PL_ENDPOINT_ENDPOINT_H

#include <stdbool.h>

#include "model/model.h"
#include "net/http.h"

struct pl_endpoint_job;

struct pl_endpoint_options {
	struct pl_wait wait; /* by when the answer must be there */
	void (*trace)(void *ctx,
		      const char *line); /* as in pl_http_options; NULL: nobody listens */
	void *trace_ctx;		 /* called by the thread that asks */
	/* Makes the HTTP client of a job; NULL: pl_http_new(). */
	struct pl_http *(*http)(const struct pl_http_options *opt, struct pl_err *err);
};

/* Does the word begin with one of the schemes above? */
bool pl_endpoint_is(const char *word);

/* The job for a source; the caller frees it.  NULL: PL_E_USAGE, a word that names no endpoint. */
struct pl_endpoint_job *pl_endpoint_new(const char *word, struct pl_err *err);
void pl_endpoint_free(struct pl_endpoint_job *job); /* NULL is fine */

/* Asks, once a job, on any thread; what comes of it stays in the job.  Ends by opt->wait. */
void pl_endpoint_ask(struct pl_endpoint_job *job, const struct pl_endpoint_options *opt);

/*
 * Writes the source, its one object and the facts that were learned; where nothing was, they are
 * unknown and say why.  0, or -1 with what is a problem of the run (all is written then as well):
 * PL_E_UNREACHABLE, PL_E_TIMEOUT, PL_E_AUTH (credentials that are not taken), PL_E_LIMIT,
 * PL_E_INPUT (an answer that cannot be read), PL_E_USAGE (the Docker configuration), PL_E_STOPPED.
 */
int pl_endpoint_facts(struct pl_endpoint_job *job, struct pl_model *m, struct pl_err *err);

#endif
