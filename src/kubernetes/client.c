/* SPDX-License-Identifier: Apache-2.0 */
/* One API server, asked from its configuration to the model: see client.h. */
#include "kubernetes/client.h"

#include <string.h>

#include "base/limits.h"
#include "json/load.h"
#include "kubernetes/kube.h"
#include "kubernetes/line.h"

/* Kinds that are fetched at the same time.  More only queue behind each other in the server. */
#define THREADS 4

struct run {
	struct pl_model *m;
	const struct pl_kube_options *opt;
	struct pl_kube_server server;
	struct pl_kube_line *line; /* for what is no list */
	struct pl_kube *kube;
	int source;
	struct pl_err worst;       /* what makes the source as a whole one that could not be asked */
};

/* ---- what is no list ---- */

static int get(struct run *r, const char *path, struct pl_http_answer *a, struct pl_err *err)
{
	if (pl_kube_door(&r->server).get(r->line, path, a, err))
		return -1;
	return a->status == 200 ? 0 : pl_kube_refusal(a, path, err);
}

static struct pl_slice body_of(const struct pl_http_answer *a)
{
	return (struct pl_slice){ a->body.data, a->body.len };
}

static void remember(struct run *r, const struct pl_err *err)
{
	if (err->code != PL_E_FORBIDDEN && r->worst.code == PL_E_NONE)
		r->worst = *err;
}

/* The groups are looked for where the servers of today and those of before 1.26 have them. */
static void ask_groups(struct run *r)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err err = PL_ERR_INIT;

	if (!get(r, "/apis", &a, &err) && !pl_kube_groups(r->kube, body_of(&a), &err))
		return;
	pl_kube_groups_failed(r->kube, pl_err_word(err.code), err.text);
	remember(r, &err);
}

/* ---- a privileged pod, not created ---- */

#define DRY_RUN "/api/v1/namespaces/default/pods?dryRun=All"

#define POD(security) \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"plumbline-probe-\"}," \
	"\"spec\":{\"automountServiceAccountToken\":false,\"containers\":[{\"name\":\"probe\"," \
	"\"image\":\"registry.k8s.io/pause:3.10\",\"securityContext\":{" security "}}]}}"

/* The second has what the strictest level of Pod Security asks for. */
static const char privileged_pod[] = POD("\"privileged\":true");
static const char modest_pod[] = POD("\"allowPrivilegeEscalation\":false,\"runAsNonRoot\":true,"
				     "\"runAsUser\":65535,\"capabilities\":{\"drop\":[\"ALL\"]},"
				     "\"seccompProfile\":{\"type\":\"RuntimeDefault\"}");

static void forbidden(struct run *r, const char *object, const char *permission, const char *text)
{
	pl_model_problem(r->m, r->opt->source, object, "forbidden", text)->permission = pl_model_str(r->m, permission);
}

/* "pods is forbidden: User ... cannot create resource": that is about us, not about privileged pods. */
static bool is_about_us(const struct pl_err *err)
{
	return strstr(err->text, "cannot create resource") != NULL;
}

/* 0: would be created.  1: the server says why not.  -1: it cannot be asked. */
static int try_pod(struct run *r, const char *pod, int *status, struct pl_err *err)
{
	struct pl_http_request request = { .method = "POST", .body = { pod, strlen(pod) }, .once = true };
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	if (pl_kube_line_ask(r->line, DRY_RUN, &request, &a, err))
		return -1;
	*status = a.status;
	if (a.status == 201 || a.status == 200)
		return 0;
	(void)pl_kube_refusal(&a, DRY_RUN, err);
	return 1;
}

/*
 * A quota, a webhook that is down or asks for labels refuses any pod: it is about privileged pods only
 * where one that asks for nothing would be created.
 */
static void probe_admission(struct run *r)
{
	struct pl_err err = PL_ERR_INIT, other = PL_ERR_INIT;
	int status = 0, tried = try_pod(r, privileged_pod, &status, &err);

	if (tried < 0) {
		pl_model_problem(r->m, r->opt->source, "pods", pl_err_word(err.code), err.text);
		remember(r, &err);
	} else if (!tried) {
		pl_kube_probe_admission(r->kube, true, NULL);
	} else if (status == 403 && is_about_us(&err)) {
		forbidden(r, "pods", "create pods", err.text);
	} else if (!try_pod(r, modest_pod, &status, &other)) {
		pl_kube_probe_admission(r->kube, false, err.text);
	} else {
		pl_kube_probe_unclear(r->kube, err.text);
	}
}

/* ---- lists ---- */

/* How it ended, and whether that is a list cut short or one that could not be read at all. */
static void end_kind(struct run *r, const struct pl_kube_kind *kind, enum pl_kube_outcome outcome, bool any,
		     const struct pl_err *err)
{
	bool failed = outcome == PL_KUBE_FAILED, truncated = failed && any && err->code == PL_E_INPUT;

	pl_kube_kind_end(r->kube, kind, outcome, !failed ? NULL : truncated ? "truncated" : pl_err_word(err->code),
			 failed ? err->text : NULL);
	if (failed && !truncated)
		remember(r, err);
}

/* Reads one kind to its end; what cannot be read ends it. */
static void read_kind(struct run *r, struct pl_kube_fetch *f, size_t i)
{
	const struct pl_kube_kind *kind = &pl_kube_kinds[i];
	enum pl_kube_outcome outcome = PL_KUBE_FAILED;
	struct pl_err err = PL_ERR_INIT;
	bool any = false;
	int more = 1;

	while (more) {
		pl_auto_buf body = PL_BUF_INIT;
		struct pl_slice next;

		more = pl_kube_fetch_next(f, i, &body, &outcome, &err);
		if (more == 2)
			pl_kube_kind_again(r->kube, kind);
		if (more != 1)
			continue;
		if (pl_kube_page(r->kube, kind, (struct pl_slice){ body.data, body.len }, &next, &err)) {
			pl_kube_fetch_drop(f, i);
			outcome = PL_KUBE_FAILED;
			break;
		}
		any = true;
	}
	end_kind(r, kind, outcome, any, &err);
}

static void ask_lists(struct run *r)
{
	struct pl_kube_door door = pl_kube_door(&r->server);
	struct pl_kube_fetch *f = pl_kube_fetch_new(&door, pl_kube_kinds, THREADS);

	for (size_t i = 0; pl_kube_kinds[i].resource; i++)
		read_kind(r, f, i);
	pl_kube_fetch_free(f);
}

/* ---- the whole of it ---- */

static void add_source(struct run *r, const struct pl_provider *const *providers)
{
	const struct pl_kube_config *c = &r->server.config;
	struct pl_kube_hints hints = { .context = c->context, .server = c->server, .provider = c->hint.distribution,
				       .name = c->hint.name, .location = c->hint.location,
				       .account = c->hint.account };

	r->source = pl_model_source(r->m, &(struct pl_source){
		.name = r->opt->source, .kind = "kubernetes", .witness = PL_CLUSTER_API, .complete = true,
		.join = r->opt->join });
	r->kube = pl_kube_new(r->m, providers, r->source, &hints);
	if (c->insecure)
		pl_model_problem(r->m, r->opt->source, NULL, "insecure", pl_model_strf(r->m,
				 "%s:%d: insecure-skip-tls-verify: whoever answers in the cluster's place is believed; "
				 "use certificate-authority-data", c->file ? c->file : "", c->line));
}

static int ask(struct run *r, const struct pl_provider *const *providers, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err why = PL_ERR_INIT;

	if (get(r, "/version", &a, &why) && why.code != PL_E_FORBIDDEN) {
		*err = why;
		return -1;
	}
	add_source(r, providers);
	if (why.code != PL_E_NONE || pl_kube_version(r->kube, body_of(&a), &why)) {
		pl_kube_version_failed(r->kube, pl_err_word(why.code), why.text);
		remember(r, &why);
	}
	ask_groups(r);
	ask_lists(r);
	if (r->opt->probe_admission)
		probe_admission(r);
	pl_kube_finish(r->kube);
	if (r->worst.code == PL_E_NONE)
		return 0;
	*err = r->worst;
	return 1;
}

int pl_kube_collect(struct pl_model *m, const struct pl_provider *const *providers,
		    const struct pl_kube_options *opt, const struct pl_wait *w, struct pl_err *err)
{
	struct pl_kube_config_options o = { .file = opt->kubeconfig, .text = opt->text,
					     .context = opt->context, .heard = opt->heard };
	struct pl_kube_config config = PL_KUBE_CONFIG_INIT;
	struct run r = { .m = m, .opt = opt, .worst = PL_ERR_INIT };
	struct pl_kube_door door;
	int rc;

	if (pl_kube_config_load(&o, w, &config, err))
		return -1;
	pl_kube_server_init(&r.server, &config, w);
	r.server.trace = opt->trace;
	door = pl_kube_door(&r.server);
	r.line = door.open(door.ctx, err);
	rc = r.line ? ask(&r, providers, err) : -1;
	door.close(r.line);
	pl_kube_free(r.kube);
	pl_kube_server_release(&r.server);
	return rc;
}
