/* SPDX-License-Identifier: Apache-2.0 */
/* A web of rows in place of the real one: which address answers what. */
#ifndef TESTS_UNIT_ENDPOINT_WEB_H
#define TESTS_UNIT_ENDPOINT_WEB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/str.h"
#include "endpoint/endpoint.h"

struct page {
	const char *url;   /* as it is asked for; ends with NULL */
	int status;        /* 0: fails with `code` */
	const char *head;  /* lines "name: value\n" */
	const char *body;
	enum pl_err_code code;
	const char *bearer, *user; /* the credentials it must be asked with; NULL: none */
};

/* The rows of the running test, and how often anything was asked. */
struct web {
	const struct page *pages;
	size_t asked;
};

static inline struct web *web_of(const struct web *set)
{
	static struct web web;

	if (set)
		web = *set;
	return &web;
}

static int web_exchange(struct pl_http *h, const struct pl_http_request *r, const struct pl_wait *w,
			struct pl_http_answer *out, struct pl_err *err)
{
	(void)w;
	h->broke = false;
	web_of(NULL)->asked++;
	for (const struct page *p = web_of(NULL)->pages; p->url; p++) {
		if (!pl_streq(p->url, r->url) || !pl_streq(p->bearer, r->bearer) || !pl_streq(p->user, r->user))
			continue;
		if (!p->status)
			return pl_err_set(err, p->code, "%s: made to fail", r->url);
		out->status = p->status;
		pl_buf_adds(&out->head, p->head ? p->head : "");
		pl_buf_adds(&out->body, p->body ? p->body : "");
		return 0;
	}
	return pl_err_set(err, PL_E_UNREACHABLE, "%s: no page of the test", r->url);
}

static void web_close(struct pl_http *h)
{
	free(h);
}

static struct pl_http *web_new(const struct pl_http_options *opt, struct pl_err *err)
{
	struct pl_http *h = pl_alloc(sizeof *h);

	(void)opt;
	(void)err;
	*h = (struct pl_http){ .exchange = web_exchange, .close = web_close };
	return h;
}

/* Asks the source in a web of these pages; the model holds it then.  *err: the problem. */
static inline struct pl_model *web_ask(const char *source, const struct page *pages, struct pl_err *err)
{
	struct pl_endpoint_options opt = { .wait = pl_wait_for(5000, -1), .http = web_new };
	struct pl_model *m = pl_model_new();
	struct pl_endpoint_job *job = pl_endpoint_new(source, err);

	web_of(&(struct web){ pages, 0 });
	if (!job)
		fail_msg("%s: %s", source, err->text);
	pl_endpoint_ask(job, &opt);
	(void)!pl_endpoint_facts(job, m, err);
	pl_endpoint_free(job);
	return m;
}

/* The text of a fact of the only object; NULL: not known, or not said. */
static inline const char *web_fact(struct pl_model *m, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(m->objects[0], attr, PL_ENDPOINT_NET);

	return f && f->known ? pl_value_text(&m->arena, &f->value) : NULL;
}

#endif
