/* SPDX-License-Identifier: Apache-2.0 */
/* Asking endpoints by HTTP, and putting addresses together. */
#include <stdlib.h>
#include <strings.h>

#include "base/limits.h"
#include "endpoint/internal.h"

/* ---- addresses ---- */

/* Four numbers with dots between them, the first of which is 127. */
static bool is_v4_loopback(const char *host)
{
	size_t dots = 0;

	for (const char *p = host; *p; p++) {
		if (!strchr("0123456789.", *p))
			return false;
		dots += *p == '.';
	}
	return dots == 3 && pl_starts(host, "127.");
}

bool pl_web_is_loopback(const char *host)
{
	return pl_strieq(host, "localhost") || pl_streq(host, "::1") || is_v4_loopback(host);
}

const char *pl_web_host(struct pl_arena *a, const struct pl_host_port *at, uint16_t usual)
{
	bool v6 = strchr(at->host, ':') != NULL;

	if (at->port == usual)
		return pl_arena_strf(a, "%s%s%s", v6 ? "[" : "", at->host, v6 ? "]" : "");
	return pl_arena_strf(a, "%s%s%s:%u", v6 ? "[" : "", at->host, v6 ? "]" : "", at->port);
}

void pl_web_escape(struct pl_buf *b, const char *s, const char *keep)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s; s++) {
		if (strchr(plain, *s) || strchr(keep, *s))
			pl_buf_addc(b, *s);
		else
			pl_buf_addf(b, "%%%02X", (unsigned char)*s);
	}
}

void pl_web_lower(char *s)
{
	for (; *s; s++)
		*s = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
}

/* ---- asking ---- */

static int open_client(struct pl_endpoint_job *job, struct pl_err *err)
{
	struct pl_http_options opt = { .trace = job->opt->trace, .trace_ctx = job->opt->trace_ctx };

	if (!job->http)
		job->http = job->opt->http ? job->opt->http(&opt, err) : pl_http_new(&opt, err);
	return job->http ? 0 : -1;
}

int pl_web_ask(struct pl_endpoint_job *job, struct pl_http_request *r, struct pl_http_answer *out,
	       struct pl_err *err)
{
	r->max_bytes = PL_LIMIT_ENDPOINT_BYTES;
	return open_client(job, err) ? -1 : pl_http_ask(job->http, r, &job->opt->wait, out, err);
}

static int ask_base(struct pl_endpoint_job *job, const char *method, const char *base,
		    const char *path, bool once, struct pl_http_answer *out, struct pl_err *err)
{
	struct pl_http_request r = { .method = method,
				     .url = pl_arena_strf(&job->arena, "%s%s", base, path),
				     .once = once };

	return pl_web_ask(job, &r, out, err);
}

int pl_web_first(struct pl_endpoint_job *job, const char *method, const char *path, bool plain,
		 const char **base, struct pl_http_answer *out, struct pl_err *err)
{
	pl_auto_answer answer = PL_HTTP_ANSWER_INIT;
	struct pl_err second = PL_ERR_INIT;

	*base = pl_arena_strf(&job->arena, "https://%s", pl_web_host(&job->arena, &job->at, 443));
	if (!ask_base(job, method, *base, path, plain, out, err))
		return 0;
	if (!plain || err->code != PL_E_UNREACHABLE)
		return -1;
	*base = pl_arena_strf(&job->arena, "http://%s", pl_web_host(&job->arena, &job->at, 80));
	if (ask_base(job, method, *base, path, false, &answer, &second)) {
		/* who refuses both has said why at once; who speaks either has said more now */
		if (second.code != PL_E_UNREACHABLE)
			*err = second;
		return -1;
	}
	/* what a TLS server says to plain words: then it is TLS that went wrong */
	if (answer.status == 400)
		return -1;
	*out = answer;
	answer = (struct pl_http_answer)PL_HTTP_ANSWER_INIT;
	return 0;
}

/* ---- answers ---- */

const char *pl_web_header(struct pl_arena *a, const struct pl_http_answer *answer, const char *name)
{
	struct pl_slice value = pl_http_header(answer, name);

	return value.n ? pl_arena_strndup(a, value.p, value.n) : NULL;
}

bool pl_web_has(const struct pl_http_answer *answer, const char *name)
{
	return pl_http_header(answer, name).n > 0;
}

void pl_wipe_buf(struct pl_buf *b)
{
	if (b->cap)
		explicit_bzero(b->data, b->len);
	pl_buf_release(b);
}
