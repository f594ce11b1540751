/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that log in, and log in anew when they are refused: see line.h. */
#include "kubernetes/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define HEADERS_MAX 64

struct pl_kube_line {
	struct pl_kube_server *server;
	struct pl_http *http;
	struct pl_buf bearer, cert, key; /* own copies: another thread may log in anew meanwhile */
	unsigned certificates;           /* which one the connection was made with */
};

static void wipe(struct pl_buf *b)
{
	if (b->len)
		explicit_bzero(b->data, b->len);
	pl_buf_release(b);
}

static void put(struct pl_buf *b, const char *p, size_t n)
{
	wipe(b);
	pl_buf_reserve_exact(b, n);
	pl_buf_add(b, p, n);
}

void pl_kube_server_init(struct pl_kube_server *s, const struct pl_kube_config *config, const struct pl_wait *w)
{
	*s = (struct pl_kube_server){ .config = *config, .wait = *w, .bearer = PL_BUF_INIT,
				      .cert = PL_BUF_INIT, .key = PL_BUF_INIT };
	pthread_mutex_init(&s->lock, NULL);
}

void pl_kube_server_release(struct pl_kube_server *s)
{
	wipe(&s->bearer);
	wipe(&s->cert);
	wipe(&s->key);
	pthread_mutex_destroy(&s->lock);
	pl_kube_config_release(&s->config);
}

/* ---- logging in ---- */

/* Under the lock: what the configuration gives now. */
static int renew(struct pl_kube_server *s, bool refused, struct pl_err *err)
{
	struct pl_kube_credential c = { 0 };

	if (pl_kube_credential(&s->config, refused, &s->wait, &c, err))
		return -1;
	put(&s->bearer, c.bearer ? c.bearer : "", c.bearer ? strlen(c.bearer) : 0);
	if (c.changed || (c.cert.n && !s->cert.len)) {
		put(&s->cert, c.cert.p, c.cert.n);
		put(&s->key, c.key.p, c.key.n);
		s->certificates++;
	}
	return 0;
}

/* Did another thread log in anew since this line did? */
static bool outdated(const struct pl_kube_line *l)
{
	const struct pl_kube_server *s = l->server;

	return l->certificates != s->certificates || l->bearer.len != s->bearer.len ||
	       memcmp(l->bearer.data, s->bearer.data, s->bearer.len) != 0;
}

/* The line gets what the server's configuration gives; `refused`: what it had was not taken. */
static int log_in(struct pl_kube_line *l, bool refused, bool *new_certificate, struct pl_err *err)
{
	struct pl_kube_server *s = l->server;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if (!refused || !outdated(l))
		rc = renew(s, refused, err);
	if (!rc) {
		*new_certificate = l->certificates != s->certificates;
		put(&l->bearer, s->bearer.data, s->bearer.len);
		if (*new_certificate) {
			put(&l->cert, s->cert.data, s->cert.len);
			put(&l->key, s->key.data, s->key.len);
			l->certificates = s->certificates;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return rc;
}

static int reconnect(struct pl_kube_line *l, struct pl_err *err)
{
	const struct pl_kube_config *c = &l->server->config;
	struct pl_http_options o = {
		.ca_data = c->ca, .cert = { l->cert.data, l->cert.len }, .key = { l->key.data, l->key.len },
		.server_name = c->server_name, .proxy = c->proxy, .insecure = c->insecure,
		.no_compression = c->no_compression,
		.trace = l->server->trace,
	};

	pl_http_close(l->http);
	l->http = pl_http_new(&o, err);
	return l->http ? 0 : -1;
}

static int prepare(struct pl_kube_line *l, bool refused, struct pl_err *err)
{
	bool new_certificate = false;

	if (log_in(l, refused, &new_certificate, err))
		return -1;
	return l->http && !new_certificate ? 0 : reconnect(l, err);
}

/* ---- asking ---- */

int pl_kube_line_ask(struct pl_kube_line *l, const char *path, struct pl_http_request *r,
		     struct pl_http_answer *out, struct pl_err *err)
{
	const struct pl_kube_config *c = &l->server->config;
	const char *headers[HEADERS_MAX] = { "Accept: application/json" };
	pl_auto_buf url = PL_BUF_INIT;
	size_t n = 1;

	if (r->body.n)
		headers[n++] = "Content-Type: application/json";
	for (const char *const *h = c->headers; h && *h && n + 1 < HEADERS_MAX; h++)
		headers[n++] = *h;
	pl_buf_addf(&url, "%s%s", c->server, path);
	r->url = url.data;
	r->headers = headers;
	r->max_bytes = PL_LIMIT_KUBE_PAGE_BYTES;
	for (int tries = 0;; tries++) {
		if (prepare(l, tries > 0, err))
			return -1;
		r->bearer = l->bearer.len ? l->bearer.data : NULL;
		if (pl_http_ask(l->http, r, &l->server->wait, out, err))
			return -1;
		if (out->status != 401 || tries)
			return 0;
		pl_http_answer_release(out);
	}
}

static int get(struct pl_kube_line *l, const char *path, struct pl_http_answer *out, struct pl_err *err)
{
	struct pl_http_request r = { .method = "GET" };

	return pl_kube_line_ask(l, path, &r, out, err);
}

static struct pl_kube_line *open_line(void *ctx, struct pl_err *err)
{
	struct pl_kube_line *l = pl_alloc(sizeof *l);

	(void)err; /* connections are made when they are needed */
	*l = (struct pl_kube_line){ .server = ctx, .bearer = PL_BUF_INIT, .cert = PL_BUF_INIT, .key = PL_BUF_INIT };
	return l;
}

static void close_line(struct pl_kube_line *l)
{
	if (!l)
		return;
	pl_http_close(l->http);
	wipe(&l->bearer);
	wipe(&l->cert);
	wipe(&l->key);
	free(l);
}

struct pl_kube_door pl_kube_door(struct pl_kube_server *s)
{
	return (struct pl_kube_door){ open_line, get, close_line, s };
}
