/* SPDX-License-Identifier: Apache-2.0 */
/* One source, from its URI to the model: see cloud.h. */
#include "cloud/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/internal.h"
#include "json/write.h"

/* ---- the URI ---- */

static const struct pl_provider *provider_of(const struct pl_provider *const *providers, const char *scheme,
					     size_t n)
{
	for (size_t i = 0; providers[i]; i++) {
		const struct pl_cloud_provider *cloud = providers[i]->cloud;

		if (cloud && strlen(cloud->scheme) == n && !memcmp(cloud->scheme, scheme, n))
			return providers[i];
	}
	return NULL;
}

bool pl_cloud_is(const struct pl_provider *const *providers, const char *scheme, size_t n)
{
	return provider_of(providers, scheme, n) != NULL;
}

static size_t scheme_len(const char *source)
{
	const char *end = strstr(source, "://");

	return end ? (size_t)(end - source) : 0;
}

/* Parts between slashes, in the arena; NULL where one is missing or empty. */
static const char **parts_of(struct pl_arena *a, const struct pl_cloud_provider *cloud, const char *source)
{
	const char **parts = pl_arena_alloc(a, (cloud->parts + 1) * sizeof *parts);
	const char *p = source + scheme_len(source) + strlen("://");

	for (size_t i = 0; i < cloud->parts; i++) {
		size_t n = strcspn(p, "/");

		if (!n || (p[n] == '/') != (i + 1 < cloud->parts))
			return NULL;
		parts[i] = pl_arena_strndup(a, p, n);
		p += n + (p[n] == '/');
	}
	return parts;
}

int pl_cloud_check(const struct pl_provider *const *providers, const char *source, struct pl_err *err)
{
	const struct pl_provider *p = provider_of(providers, source, scheme_len(source));
	struct pl_arena arena = { NULL };
	bool ok = p && parts_of(&arena, p->cloud, source);

	pl_arena_release(&arena);
	return ok ? 0 : pl_err_set(err, PL_E_USAGE, "'%s': a source of this kind is %s", source,
				   p ? p->cloud->form : "not known");
}

/* ---- what a provider reads of it ---- */

const char *pl_cloud_part(const struct pl_cloud *c, size_t n)
{
	return c->parts[n];
}

struct pl_model *pl_cloud_model(struct pl_cloud *c)
{
	return c->m;
}

int pl_cloud_source(const struct pl_cloud *c)
{
	return c->source;
}

const struct pl_provider *pl_cloud_provider_of(const struct pl_cloud *c)
{
	return c->provider;
}

void pl_cloud_let_in(struct pl_cloud *c, const struct pl_cloud_api *api, void *ctx)
{
	c->api = api;
	c->ctx = ctx;
}

void *pl_cloud_ctx(struct pl_cloud *c)
{
	return c->ctx;
}

void pl_cloud_about(struct pl_cloud *c, const char *name, const char *location, const char *account)
{
	c->name = pl_model_str(c->m, name);
	c->location = pl_model_str(c->m, location);
	c->account = pl_model_str(c->m, account);
}

struct pl_cloud_net *pl_cloud_net(struct pl_cloud *c)
{
	return &c->net;
}

void pl_cloud_trace(struct pl_cloud *c, const char *fmt, ...)
{
	pl_auto_buf line = PL_BUF_INIT;
	va_list ap;

	if (!c->opt->trace)
		return;
	pl_buf_addf(&line, "%s: ", c->opt->source);
	va_start(ap, fmt);
	pl_buf_addv(&line, fmt, ap);
	va_end(ap);
	c->opt->trace(NULL, line.data);
}

/* ---- the cluster's own API ---- */

void pl_cloud_reach(struct pl_cloud *c, struct pl_slice kubeconfig)
{
	if (!c->opt->kubeconfig)
		return;
	pl_buf_reserve_exact(c->opt->kubeconfig, kubeconfig.n);
	pl_buf_add(c->opt->kubeconfig, kubeconfig.p, kubeconfig.n);
}

static void add_quoted(struct pl_buf *b, const char *before, const char *text)
{
	struct pl_json_out w = PL_JSON_OUT(b);

	pl_buf_adds(b, before);
	pl_json_str(&w, text);
}

/* As JSON, which is YAML. */
void pl_cloud_reach_by_token(struct pl_cloud *c, const char *server, const char *ca, const char *token)
{
	const char *name = c->name ? c->name : "cloud";
	struct pl_buf b = PL_BUF_INIT;

	/* at once, so that growing leaves no copy of the token */
	pl_buf_reserve_exact(&b, 4096 + 6 * (strlen(server) + (ca ? strlen(ca) : 0) + strlen(token)));
	/* a cluster is called as its context is, where nothing in it says more */
	add_quoted(&b, "{\"current-context\":", name);
	add_quoted(&b, ",\"contexts\":[{\"name\":", name);
	add_quoted(&b, ",\"context\":{\"user\":\"cloud\",\"cluster\":", name);
	add_quoted(&b, "}}],\"clusters\":[{\"name\":", name);
	add_quoted(&b, ",\"cluster\":{\"server\":", server);
	if (ca)
		add_quoted(&b, ",\"certificate-authority-data\":", ca);
	add_quoted(&b, "}}],\"users\":[{\"name\":\"cloud\",\"user\":{\"token\":", token);
	pl_buf_adds(&b, "}}]}");
	pl_cloud_reach(c, (struct pl_slice){ b.data, b.len });
	explicit_bzero(b.data, b.len);
	pl_buf_release(&b);
}

/* ---- what it says of the run ---- */

void pl_cloud_incomplete(struct pl_cloud *c, unsigned kinds, const char *why)
{
	pl_model_incomplete(c->m, c->source, kinds, pl_model_str(c->m, why));
}

void pl_cloud_fail(struct pl_cloud *c, enum pl_err_code code, const char *fmt, ...)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	pl_err_set(&err, code, "%s", text.data);
	pl_cloud_incomplete(c, ~0U, err.text);
	pl_cloud_problem(c, NULL, pl_err_word(code), err.text, NULL);
	c->over = true;
	if (c->worst.code == PL_E_NONE)
		c->worst = err;
}

void pl_cloud_problem(struct pl_cloud *c, const char *object, const char *code, const char *message,
		      const char *permission)
{
	/* one cause is said once, however many calls it met, and first by who knows what it is */
	for (size_t i = 0; i < c->m->problem_count; i++) {
		const struct pl_problem *p = &c->m->problems[i];

		if (pl_streq(p->source, c->opt->source) && pl_streq(p->message, message))
			return;
	}
	pl_model_problem(c->m, c->opt->source, object, code, message)->permission = pl_model_str(c->m, permission);
}

/* ---- the whole of it ---- */

static void add_source(struct pl_cloud *c)
{
	c->source = pl_model_source(c->m, &(struct pl_source){
		.name = c->opt->source, .kind = c->provider->cloud->scheme, .witness = PL_CLOUD, .complete = true,
		.join = c->opt->join });
}

static void tell_calls(struct pl_cloud *c)
{
	size_t calls, steps, again;

	pl_cloud_queue_count(c->queue, &calls, &steps, &again);
	pl_cloud_trace(c, "%zu %s in %zu %s, %zu sent again, %zu for credentials", calls, calls == 1 ? "call" : "calls",
		       steps, steps == 1 ? "step" : "steps", again, c->net.exchanges);
}

static bool found_cluster(const struct pl_cloud *c)
{
	for (size_t i = 0; i < c->m->object_count; i++)
		if (c->m->objects[i]->kind == PL_CLUSTER && c->m->objects[i]->origin[PL_CLOUD].source == c->source)
			return true;
	return false;
}

/* What the cloud told stands, also where something was not told, but the cluster that was to be asked as well is not. */
static void find_reach(struct pl_cloud *c)
{
	size_t before = c->m->problem_count;

	c->provider->cloud->reach(c);
	pl_cloud_queue_run(c->queue);
	if (c->opt->kubeconfig->len || !found_cluster(c))
		return;
	if (c->m->problem_count == before)
		pl_cloud_problem(c, c->name, pl_err_word(PL_E_UNREACHABLE), "the cloud does not say how the cluster's own API is "
				 "reached", NULL);
	if (c->worst.code == PL_E_NONE)
		pl_err_set(&c->worst, PL_E_UNREACHABLE, "%s", c->m->problems[c->m->problem_count - 1].message);
}

/* One list that failed is no reason to ask nothing else; with neither credentials nor time left there is no point. */
static bool goes_on(const struct pl_cloud *c)
{
	enum pl_err_code code = c->worst.code;

	return !c->over && code != PL_E_AUTH && code != PL_E_TIMEOUT && code != PL_E_STOPPED;
}

static int ask(struct pl_cloud *c, struct pl_err *err)
{
	const struct pl_cloud_provider *cloud = c->provider->cloud;

	add_source(c);
	c->queue = pl_cloud_queue_new(c);
	cloud->ask(c);
	pl_cloud_queue_run(c->queue);
	if (cloud->predict && goes_on(c)) {
		cloud->predict(c);
		pl_cloud_queue_run(c->queue);
	}
	if (cloud->reach && c->opt->kubeconfig)
		find_reach(c);
	if (cloud->host_keys && c->opt->host_keys && goes_on(c)) {
		cloud->host_keys(c);
		pl_cloud_queue_run(c->queue);
	}
	pl_cloud_bills_write(c);
	tell_calls(c);
	pl_cloud_queue_free(c->queue);
	if (c->worst.code == PL_E_NONE)
		return 0;
	*err = c->worst;
	return 1;
}

int pl_cloud_collect(struct pl_model *m, const struct pl_provider *const *providers,
		     const struct pl_cloud_options *opt, const struct pl_wait *w, struct pl_err *err)
{
	struct pl_cloud c = { .opt = opt, .m = m, .wait = *w, .besides = PL_MAP_INIT, .worst = PL_ERR_INIT };
	int rc;

	if (pl_cloud_check(providers, opt->source, err))
		return -1;
	c.provider = provider_of(providers, opt->source, scheme_len(opt->source));
	c.parts = parts_of(&m->arena, c.provider->cloud, opt->source);
	pl_cloud_net_init(&c.net, opt, NULL, w);
	rc = c.provider->cloud->open(&c, err) ? -1 : ask(&c, err);
	c.provider->cloud->close(&c);
	pl_cloud_net_release(&c.net);
	pl_map_release(&c.besides);
	return rc;
}

int pl_cloud_role(const struct pl_provider *const *providers, const char *scheme, struct pl_buf *out)
{
	const struct pl_provider *p = provider_of(providers, scheme, strlen(scheme));

	if (!p)
		return -1;
	p->cloud->role(out);
	return 0;
}
