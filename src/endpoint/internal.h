/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the job, what was said in it, and asking by HTTP. */
#ifndef PL_ENDPOINT_INTERNAL_H
#define PL_ENDPOINT_INTERNAL_H

#include "base/alloc.h"
#include "endpoint/endpoint.h"
#include "net/connect.h"

#define PL_SAID_MAX 8

/* A fact before there is a model: texts live in the job's arena. */
struct pl_said {
	enum pl_attr attr;
	bool known, yes;
	const char *text; /* of a text; of what is not known: why */
	const char *note;
};

/* A kind of endpoint; the table of them is in endpoint.c. */
struct pl_scheme {
	const char *name;
	enum pl_kind kind;
	uint16_t port; /* where it listens when the word does not say; 0: it names no host */
	/* What stands behind "SCHEME://", checked and put into the job; -1: PL_E_USAGE. */
	int (*parse)(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err);
	int (*ask)(struct pl_endpoint_job *job, struct pl_err *err);
	/* What is unknown where asking failed before it was said; ends with PL_ATTR_COUNT. */
	enum pl_attr attrs[4];
};

struct pl_endpoint_job {
	const struct pl_scheme *scheme;
	struct pl_arena arena;
	const char *word;     /* as the user gave it */
	const char *name;     /* of the object */
	const char *address;  /* where it was seen: "HOST:PORT", a URL */
	const char *identity; /* what joins it with a plan's resource; NULL: nothing */
	struct pl_host_port at;
	const char *path; /* repository, bucket, container; NULL: none */
	struct pl_said said[PL_SAID_MAX];
	size_t said_count;
	struct pl_err err; /* code PL_E_NONE: no problem */
	bool asked;
	const struct pl_endpoint_options *opt; /* while asking */
	struct pl_http *http;		       /* while asking; made when first needed */
};

/* ---- endpoint.c: what was learned; texts are copied, notes may be NULL ---- */

void pl_say_text(struct pl_endpoint_job *job, enum pl_attr attr, const char *text,
		 const char *note);
void pl_say_bool(struct pl_endpoint_job *job, enum pl_attr attr, bool yes, const char *note);
void pl_say_unknown(struct pl_endpoint_job *job, enum pl_attr attr, const char *why);

/* ---- one file a scheme ---- */

int pl_mysql_ask(struct pl_endpoint_job *job, struct pl_err *err);
int pl_registry_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err);
int pl_registry_ask(struct pl_endpoint_job *job, struct pl_err *err);
int pl_bucket_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err);
int pl_azure_parse(struct pl_endpoint_job *job, struct pl_slice rest, struct pl_err *err);
int pl_s3_ask(struct pl_endpoint_job *job, struct pl_err *err);
int pl_gcs_ask(struct pl_endpoint_job *job, struct pl_err *err);
int pl_azure_ask(struct pl_endpoint_job *job, struct pl_err *err);
int pl_scm_ask(struct pl_endpoint_job *job, struct pl_err *err);

/* ---- web.c: HTTP ---- */

/* One question; r->max_bytes is filled in.  Errors as pl_http_ask()'s. */
int pl_web_ask(struct pl_endpoint_job *job, struct pl_http_request *r, struct pl_http_answer *out,
	       struct pl_err *err) __attribute__((warn_unused_result));
/*
 * Asks for `path` of the job's host, by https and, where `plain` allows it and no TLS connection can
 * be had, by http.  *base is then "https://HOST[:PORT]" as it worked, in the job's arena.
 */
int pl_web_first(struct pl_endpoint_job *job, const char *method, const char *path, bool plain,
		 const char **base, struct pl_http_answer *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* localhost, 127.0.0.0/8 or ::1: what is said to it stays on this machine. */
bool pl_web_is_loopback(const char *host);
/* "HOST", "HOST:PORT", with brackets around an IPv6 address; the port is left out where it is `usual`. */
const char *pl_web_host(struct pl_arena *a, const struct pl_host_port *at, uint16_t usual);
/* Adds s with everything but letters, digits and -._~ as %XX, and also what is in `keep`. */
void pl_web_escape(struct pl_buf *b, const char *s, const char *keep);
/* The first value of the header as a text in the arena, or NULL. */
const char *pl_web_header(struct pl_arena *a, const struct pl_http_answer *answer,
			  const char *name);
bool pl_web_has(const struct pl_http_answer *answer, const char *name);
/* Host names are the same in any case: to lower case, in place. */
void pl_web_lower(char *s);

/* A buffer that is wiped before it is freed. */
void pl_wipe_buf(struct pl_buf *b);
#define pl_auto_secret __attribute__((cleanup(pl_wipe_buf))) struct pl_buf

/* ---- docker.c: credentials of the Docker configuration ---- */

struct pl_docker_login {
	char *user, *password; /* heap, or NULL */
	char *identity_token;  /* an OAuth refresh token in place of both, or NULL */
};
void pl_docker_login_release(struct pl_docker_login *l); /* wipes */
#define pl_auto_login __attribute__((cleanup(pl_docker_login_release))) struct pl_docker_login

/*
 * Credentials for the registry ("HOST[:PORT]"); all NULL in *out: there are none.  May run a credential
 * helper, until `w` is over.  -1: PL_E_USAGE (a file that is wrong), PL_E_AUTH (a helper that fails or
 * cannot be run), PL_E_LIMIT, PL_E_TIMEOUT, PL_E_STOPPED.
 */
int pl_docker_login(const char *registry, const struct pl_wait *w, struct pl_docker_login *out,
		    struct pl_err *err) __attribute__((warn_unused_result));

#endif
