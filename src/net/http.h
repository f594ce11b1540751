/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP behind one small table of functions: what a collector asks, it asks through `struct pl_http`,
 * so that a test can put anything in its place and make every call fail.  The real one is libcurl's:
 * HTTP/2, keep-alive, gzip, proxies of the environment (HTTPS_PROXY, NO_PROXY), extra roots
 * (SSL_CERT_FILE).  No redirect is followed: the APIs asked here have none, and a credential would go
 * along.
 */
#ifndef PL_NET_HTTP_H
#define PL_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/wait.h"

/* How a connection is made.  Everything is borrowed until pl_http_close(). */
struct pl_http_options {
	const char *ca_file;          /* roots instead of the system's; NULL: none */
	struct pl_slice ca_data;      /* the same as PEM text; n 0: none */
	struct pl_slice cert, key;    /* client certificate and its key as PEM text; n 0: none */
	const char *server_name;      /* name that the certificate must have and that is asked for (SNI);
					 NULL: the URL's host */
	const char *proxy;            /* http://, https://, socks5://; NULL: the environment's, "": none */
	bool insecure;                /* takes any certificate */
	bool no_compression;          /* asks for answers as they are */
	/* A line for a person about each exchange (method, address, status, bytes, milliseconds), never
	 * a header or body; NULL: nobody listens. */
	void (*trace)(void *ctx, const char *line);
	void *trace_ctx;
};

struct pl_http_request {
	const char *method;           /* NULL: GET */
	const char *url;
	const char *const *headers;   /* "Name: value", ends with NULL; NULL: none */
	const char *bearer;           /* token, sent as Authorization: Bearer; never printed; NULL: none */
	const char *user, *password;  /* basic authentication; NULL: none */
	struct pl_slice body;
	size_t max_bytes;             /* of the answer's body, inflated; more is PL_E_LIMIT */
	bool once;                    /* never sent a second time */
	bool reads;                   /* a POST that changes nothing: it may be sent again, as a GET may */
};

struct pl_http_answer {
	int status;
	struct pl_buf body;           /* inflated, our credentials in it made illegible; the caller releases it */
	struct pl_buf head;           /* header lines "name: value\n", names in lower case; caller releases */
	int64_t ms;                   /* it took */
};

struct pl_http {
	/*
	 * One exchange.  0 whatever the status is; the answer is untouched on failure.  -1:
	 * PL_E_UNREACHABLE (refused, reset, name, TLS, not HTTP), PL_E_TIMEOUT, PL_E_LIMIT, PL_E_STOPPED,
	 * PL_E_INPUT (an answer that breaks off or cannot be inflated).  Texts name the URL's host, and no
	 * secret.
	 */
	int (*exchange)(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
			struct pl_http_answer *out, struct pl_err *err);
	void (*close)(struct pl_http *h);
	bool broke; /* the last exchange failed in a way that may pass: the connection broke */
};

/*
 * A client that keeps its connections; for one thread.  Options are copied by reference.  NULL:
 * PL_E_INTERNAL.
 */
struct pl_http *pl_http_new(const struct pl_http_options *opt, struct pl_err *err);
void pl_http_close(struct pl_http *h); /* NULL is fine */

#define PL_HTTP_ANSWER_INIT { 0, PL_BUF_INIT, PL_BUF_INIT, 0 }
void pl_http_answer_release(struct pl_http_answer *a);
#define pl_auto_answer __attribute__((cleanup(pl_http_answer_release))) struct pl_http_answer

/* The first value of a header (name in lower case), or n 0. */
struct pl_slice pl_http_header(const struct pl_http_answer *a, const char *name);

/*
 * One exchange, tried again on 429, 500, 502, 503, 504, and on a connection that broke before an answer came,
 * with growing pauses (0.2 s doubling to 5 s, half of it chance) or the server's Retry-After, as long
 * as that ends before the deadline, PL_LIMIT_HTTP_TRIES times in all.  Only GET, HEAD and what `reads` are repeated.  The last answer or error stands.
 */
int pl_http_ask(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
		struct pl_http_answer *out, struct pl_err *err) __attribute__((warn_unused_result));

#endif
