/* SPDX-License-Identifier: Apache-2.0 */
/* A thread's connections, and exchanges that are no calls of the API: tokens, metadata. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "cloud/internal.h"

void pl_cloud_net_init(struct pl_cloud_net *net, const struct pl_cloud_options *opt, const char *ca_file,
		       const struct pl_wait *w)
{
	*net = (struct pl_cloud_net){ .opt = opt, .ca_file = ca_file, .wait = *w };
}

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/*
 * Where the roots are that the clouds' tools in Python take, unless somebody says it in the way of all others, which
 * net/http.c honours.
 */
static const char *roots_of_tools(void)
{
	if (env("SSL_CERT_FILE"))
		return NULL;
	return env("REQUESTS_CA_BUNDLE") ? env("REQUESTS_CA_BUNDLE") : env("CURL_CA_BUNDLE");
}

void pl_cloud_trust(struct pl_cloud *c, const char *variable, const char *setting)
{
	const char *file = env(variable) ? env(variable) : setting;

	if (file)
		c->net.ca_file = pl_model_str(c->m, file);
}

void pl_cloud_net_release(struct pl_cloud_net *net)
{
	pl_http_close(net->usual);
	pl_http_close(net->direct);
	net->usual = net->direct = NULL;
}

struct pl_http *pl_cloud_net_http(struct pl_cloud_net *net, bool direct, struct pl_err *err)
{
	struct pl_http **http = direct ? &net->direct : &net->usual;
	struct pl_http_options o = { .proxy = direct ? "" : NULL, .trace = net->opt->trace,
				     .ca_file = net->ca_file ? net->ca_file : roots_of_tools() };

	if (!*http)
		*http = net->opt->http ? net->opt->http(&o, err) : pl_http_new(&o, err);
	return *http;
}

const struct pl_wait *pl_cloud_net_wait(const struct pl_cloud_net *net)
{
	return &net->wait;
}

/* ---- exchanges ---- */

void pl_cloud_hide(const char *line, struct pl_buf *body)
{
	const char *value = strchr(line, ' '), *word = value ? strrchr(value, ' ') : NULL;

	/* what is short stands in any text: dates, names of services */
	if (word && strlen(word) > 16)
		pl_buf_hide(body, word + 1);
}

static bool is_secret(struct pl_slice name)
{
	static const char *const names[] = { "client_secret", "refresh_token", "assertion", "client_assertion", "subject_token",
					     "WebIdentityToken" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pl_slice_is(name, names[i]))
			return true;
	return false;
}

/* The forms are ours: a % begins an escape. */
static void add_decoded(struct pl_buf *out, struct pl_slice text)
{
	pl_buf_reserve_exact(out, text.n);
	for (size_t i = 0; i < text.n; i++) {
		bool escape = text.p[i] == '%' && i + 2 < text.n;
		char hex[3] = { escape ? text.p[i + 1] : '\0', escape ? text.p[i + 2] : '\0', '\0' };

		pl_buf_addc(out, escape ? (char)strtoul(hex, NULL, 16) : text.p[i]);
		i += escape ? 2 : 0;
	}
}

/* The same of a form that a token endpoint gets. */
static void hide_form(struct pl_slice form, struct pl_buf *body)
{
	while (form.n) {
		const char *end = memchr(form.p, '&', form.n), *is = memchr(form.p, '=', form.n);
		size_t n = end ? (size_t)(end - form.p) : form.n, name = is && is < form.p + n ? (size_t)(is - form.p) : n;
		pl_auto_wiped value = PL_BUF_INIT;

		if (name < n && is_secret((struct pl_slice){ form.p, name })) {
			add_decoded(&value, (struct pl_slice){ form.p + name + 1, n - name - 1 });
			pl_buf_hide(body, value.data);
		}
		form = (struct pl_slice){ form.p + n + (end != NULL), form.n - n - (end != NULL) };
	}
}

int pl_cloud_exchange(struct pl_cloud_net *net, const struct pl_http_request *r, bool direct, int64_t ms,
		      struct pl_http_answer *out, struct pl_err *err)
{
	struct pl_wait w = ms ? pl_wait_within(net->wait, ms) : net->wait;
	struct pl_http *http = pl_cloud_net_http(net, direct, err);
	struct pl_http_request once = *r;

	if (!http)
		return -1;
	net->exchanges++;
	once.once = r->once || direct;
	once.max_bytes = r->max_bytes ? r->max_bytes : PL_LIMIT_CLOUD_BYTES;
	if (pl_http_ask(http, &once, &w, out, err))
		return -1;
	if (out->status != 200) {
		hide_form(r->body, &out->body);
		for (const char *const *h = r->headers; h && *h; h++)
			pl_cloud_hide(*h, &out->body);
	}
	return 0;
}
