/* SPDX-License-Identifier: Apache-2.0 */
/* Lists as API servers page them, /version and /apis; how each of them ended. */
#include <stdlib.h>

#include "base/limits.h"
#include "kubernetes/facts.h"

#define ADMISSION "admissionregistration.k8s.io"

const struct pl_kube_kind pl_kube_kinds[] = {
	[PL_KUBE_NODES] = { "nodes", "", "/api/v1/nodes", "Node", NULL },
	[PL_KUBE_NAMESPACES] = { "namespaces", "", "/api/v1/namespaces", "Namespace", NULL },
	[PL_KUBE_STORAGE_CLASSES] = { "storageclasses", "storage.k8s.io",
				      "/apis/storage.k8s.io/v1/storageclasses", "StorageClass", NULL },
	[PL_KUBE_DAEMONSETS] = { "daemonsets", "apps", "/apis/apps/v1/daemonsets", "DaemonSet", NULL },
	[PL_KUBE_DEPLOYMENTS] = { "deployments", "apps", "/apis/apps/v1/deployments", "Deployment", NULL },
	[PL_KUBE_SERVICES] = { "services", "", "/api/v1/services", "Service", NULL },
	[PL_KUBE_INGRESSES] = { "ingresses", "networking.k8s.io",
				"/apis/networking.k8s.io/v1/ingresses", "Ingress",
				"/apis/networking.k8s.io/v1beta1/ingresses" },
	[PL_KUBE_WEBHOOKS] = { "validatingwebhookconfigurations", ADMISSION,
			       "/apis/" ADMISSION "/v1/validatingwebhookconfigurations",
			       "ValidatingWebhookConfiguration", NULL },
	[PL_KUBE_MUTATING_WEBHOOKS] = { "mutatingwebhookconfigurations", ADMISSION,
					"/apis/" ADMISSION "/v1/mutatingwebhookconfigurations",
					"MutatingWebhookConfiguration", NULL },
	[PL_KUBE_POLICIES] = { "validatingadmissionpolicies", ADMISSION,
			       "/apis/" ADMISSION "/v1/validatingadmissionpolicies",
			       "ValidatingAdmissionPolicy",
			       "/apis/" ADMISSION "/v1beta1/validatingadmissionpolicies" },
	[PL_KUBE_BINDINGS] = { "validatingadmissionpolicybindings", ADMISSION,
			       "/apis/" ADMISSION "/v1/validatingadmissionpolicybindings",
			       "ValidatingAdmissionPolicyBinding",
			       "/apis/" ADMISSION "/v1beta1/validatingadmissionpolicybindings" },
	[PL_KUBE_POD_SECURITY_POLICIES] = { "podsecuritypolicies", "policy",
					    "/apis/policy/v1beta1/podsecuritypolicies",
					    "PodSecurityPolicy", NULL },
	[PL_KUBE_KIND_COUNT] = { NULL, NULL, NULL, NULL, NULL },
};

/* Keeps what is needed of the object at the scanner. */
static int (*const readers[PL_KUBE_KIND_COUNT])(struct pl_kube *k, struct pl_scan *s,
						struct pl_err *err) = {
	[PL_KUBE_NODES] = pl_kube_read_node,
	[PL_KUBE_NAMESPACES] = pl_kube_read_namespace,
	[PL_KUBE_STORAGE_CLASSES] = pl_kube_read_class,
	[PL_KUBE_DAEMONSETS] = pl_kube_read_daemonset,
	[PL_KUBE_DEPLOYMENTS] = pl_kube_read_deployment,
	[PL_KUBE_SERVICES] = pl_kube_read_service,
	[PL_KUBE_INGRESSES] = pl_kube_read_ingress,
	[PL_KUBE_WEBHOOKS] = pl_kube_read_webhook,
	[PL_KUBE_MUTATING_WEBHOOKS] = pl_kube_read_mutating_webhook,
	[PL_KUBE_POLICIES] = pl_kube_read_policy,
	[PL_KUBE_BINDINGS] = pl_kube_read_binding,
	[PL_KUBE_POD_SECURITY_POLICIES] = pl_kube_read_psp,
};

/* ---- one page ---- */

struct page {
	struct pl_kube *k;
	enum pl_kube_index kind;
	struct pl_scan scan;
	struct pl_slice meta, word, status, message;
	bool items; /* it is a list */
	struct pl_err *err;
};

static int read_one(struct page *p)
{
	if (p->k->list[p->kind].count >= PL_LIMIT_KUBE_OBJECTS)
		return pl_err_set(p->err, PL_E_LIMIT, "more than %d %s", PL_LIMIT_KUBE_OBJECTS,
				  pl_kube_kinds[p->kind].resource);
	return readers[p->kind](p->k, &p->scan, p->err);
}

static int read_items(struct page *p)
{
	int more = pl_scan_enter(&p->scan, '[', p->err);

	p->items = true;
	/* Go writes null for a list without elements */
	if (!more)
		return pl_scan_skip(&p->scan, NULL, p->err);
	while (more == 1 && (more = pl_scan_element(&p->scan, p->err)) == 1)
		more = read_one(p) ? -1 : 1;
	return more;
}

static int read_members(struct page *p)
{
	static const struct {
		const char *name;
		size_t place;
	} kept[] = {
		{ "metadata", offsetof(struct page, meta) },
		{ "kind", offsetof(struct page, word) },
		{ "status", offsetof(struct page, status) },
		{ "message", offsetof(struct page, message) },
	};
	struct pl_slice key, value;
	int more;

	while ((more = pl_scan_member(&p->scan, &key, p->err)) == 1) {
		if (pl_slice_is(key, "items")) {
			if (read_items(p))
				return -1;
			continue;
		}
		if (pl_scan_skip(&p->scan, &value, p->err))
			return -1;
		for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
			if (pl_slice_is(key, kept[i].name))
				*(struct pl_slice *)(void *)((char *)p + kept[i].place) = value;
	}
	return more;
}

/* "DaemonSetList" or "List"; other servers leave it out. */
static bool is_list_of(const struct page *p)
{
	const char *word = pl_kube_kinds[p->kind].word;
	const char *said = pl_kube_text(p->k, p->word);
	size_t n = strlen(word);

	return !said || pl_streq(said, "List") ||
	       (!strncmp(said, word, n) && pl_streq(said + n, "List"));
}

/* An object that is no list: one of the kind, the server's word about a failure, or something else. */
static int read_alone(struct page *p, struct pl_slice body)
{
	const char *resource = pl_kube_kinds[p->kind].resource;
	const char *message = pl_kube_text(p->k, p->message);

	if (pl_kube_is_text(p->word, pl_kube_kinds[p->kind].word)) {
		pl_scan_init(&p->scan, body);
		return read_one(p);
	}
	if (pl_kube_is_text(p->word, "Status"))
		return pl_err_set(p->err, PL_E_INPUT, "the server answers no list of %s: %s", resource,
				  message ? message : "it does not say why");
	return pl_err_set(p->err, PL_E_INPUT, "the answer is no list of %s", resource);
}

static int read_end(struct page *p)
{
	return pl_scan_peek(&p->scan) ? pl_scan_fail(&p->scan, "something follows the list", p->err) : 0;
}

static int read_page(struct page *p, struct pl_slice body)
{
	size_t before = p->k->list[p->kind].count;
	int object;

	pl_scan_init(&p->scan, body);
	if (pl_scan_peek(&p->scan) == '[')
		return read_items(p) || read_end(p) ? -1 : 0;
	object = pl_scan_enter(&p->scan, '{', p->err);
	if (object < 0)
		return -1;
	if (!object)
		return pl_scan_fail(&p->scan, "the answer is no JSON object", p->err);
	if (read_members(p) || read_end(p))
		return -1;
	if (!p->items)
		return read_alone(p, body);
	if (is_list_of(p))
		return 0;
	p->k->list[p->kind].count = before;
	return pl_err_set(p->err, PL_E_INPUT, "the answer is a %s, not a list of %s",
			  pl_kube_text(p->k, p->word), pl_kube_kinds[p->kind].resource);
}

int pl_kube_page(struct pl_kube *k, const struct pl_kube_kind *kind, struct pl_slice body,
		 struct pl_slice *next, struct pl_err *err)
{
	static const char *const token[] = { "continue" };
	struct page p = { .k = k, .kind = (enum pl_kube_index)(kind - pl_kube_kinds), .err = err };
	struct pl_slice found[1];
	const char *text;

	if (read_page(&p, body))
		return pl_err_wrap(err, "%s", kind->resource);
	pl_kube_pick_in(p.meta, token, 1, found);
	text = pl_kube_text(k, found[0]);
	*next = text ? pl_slice(text) : (struct pl_slice){ NULL, 0 };
	return 0;
}

/* ---- /version and /apis ---- */

int pl_kube_version(struct pl_kube *k, struct pl_slice body, struct pl_err *err)
{
	static const char *const paths[] = { "gitVersion" };
	struct pl_slice found[1];
	const char *version;
	struct pl_scan s;

	pl_scan_init(&s, body);
	if (pl_kube_pick(&s, paths, 1, found, err))
		return pl_err_wrap(err, "/version");
	version = pl_kube_text(k, found[0]);
	if (!version)
		return pl_err_set(err, PL_E_INPUT, "/version: the answer names no gitVersion");
	k->version = version;
	return 0;
}

static void add_group(void *ctx, struct pl_slice value)
{
	static const char *const paths[] = { "name", "metadata.name" };
	struct pl_kube *k = ctx;
	struct pl_slice found[2];
	const char *name;

	pl_kube_pick_in(value, paths, 2, found);
	name = pl_kube_text(k, found[found[0].n ? 0 : 1]);
	if (!name || k->group_count >= PL_LIMIT_KUBE_OBJECTS)
		return;
	k->groups = pl_grow(k->groups, k->group_count, &k->group_cap, sizeof *k->groups);
	k->groups[k->group_count++] = name;
}

int pl_kube_groups(struct pl_kube *k, struct pl_slice body, struct pl_err *err)
{
	static const char *const paths[] = { "groups", "items", "kind" };
	struct pl_slice found[3];
	struct pl_scan s;

	pl_scan_init(&s, body);
	if (pl_kube_pick(&s, paths, 3, found, err))
		return pl_err_wrap(err, "/apis");
	if (!found[0].n && !pl_kube_is_text(found[2], "APIGroupDiscoveryList"))
		return pl_err_set(err, PL_E_INPUT, "/apis: the answer is no list of API groups");
	pl_kube_elements(found[found[0].n ? 0 : 1], add_group, k);
	k->groups_known = true;
	return 0;
}

/* ---- how it ended ---- */

/* The objects of the model that are made of each kind: all of them are known only with it. */
static const unsigned makes[PL_KUBE_KIND_COUNT] = {
	[PL_KUBE_NODES] = 1U << PL_POOL | 1U << PL_NODE,
	[PL_KUBE_NAMESPACES] = 1U << PL_NAMESPACE,
	[PL_KUBE_STORAGE_CLASSES] = 1U << PL_STORAGE_CLASS,
	[PL_KUBE_DAEMONSETS] = 1U << PL_COMPONENT,
	[PL_KUBE_DEPLOYMENTS] = 1U << PL_COMPONENT,
	[PL_KUBE_SERVICES] = 1U << PL_LOAD_BALANCER,
};

static void complain(struct pl_kube *k, const char *object, const char *code, const char *message,
		     const char *permission)
{
	pl_model_problem(k->m, k->m->sources[k->source].name, object, code, message)->permission =
		pl_model_str(k->m, permission);
}

static const char *full_name(struct pl_kube *k, const struct pl_kube_kind *kind)
{
	return *kind->group ? pl_model_strf(k->m, "%s.%s", kind->resource, kind->group) : kind->resource;
}

void pl_kube_kind_again(struct pl_kube *k, const struct pl_kube_kind *kind)
{
	k->list[kind - pl_kube_kinds].count = 0;
}

void pl_kube_kind_end(struct pl_kube *k, const struct pl_kube_kind *kind, enum pl_kube_outcome outcome,
		      const char *code, const char *why)
{
	struct pl_kube_list *l = &k->list[kind - pl_kube_kinds];
	const char *name = full_name(k, kind), *permission = pl_model_strf(k->m, "list %s", name);

	if (outcome == PL_KUBE_LISTED || outcome == PL_KUBE_ABSENT) {
		l->state = PL_KUBE_WHOLE;
		return;
	}
	l->state = PL_KUBE_REFUSED;
	if (outcome == PL_KUBE_FORBIDDEN) {
		l->why = pl_model_strf(k->m, "forbidden: %s", permission);
		complain(k, kind->resource, "forbidden",
			 pl_model_strf(k->m, "may not %s: what they tell is unknown", permission), permission);
		pl_model_incomplete(k->m, k->source, makes[kind - pl_kube_kinds],
				    pl_model_strf(k->m, "forbidden: %s", name));
		return;
	}
	l->why = pl_model_strf(k->m, "%s could not be listed%s%s", name, why ? ": " : "", why ? why : "");
	complain(k, kind->resource, code, l->why, NULL);
	pl_model_incomplete(k->m, k->source, makes[kind - pl_kube_kinds], l->why);
}

/* The permission, where a lack of it is what is wrong. */
static const char *needed(const char *code, const char *permission)
{
	return pl_streq(code, "forbidden") ? permission : NULL;
}

void pl_kube_version_failed(struct pl_kube *k, const char *code, const char *why)
{
	k->version_why = pl_model_strf(k->m, "/version could not be read%s%s", why ? ": " : "", why ? why : "");
	complain(k, "version", code, k->version_why, needed(code, "get /version"));
	pl_model_incomplete(k->m, k->source, 0, k->version_why);
}

void pl_kube_groups_failed(struct pl_kube *k, const char *code, const char *why)
{
	k->groups_why = pl_model_strf(k->m, "/apis could not be read%s%s", why ? ": " : "", why ? why : "");
	complain(k, "apis", code, k->groups_why, needed(code, "get /apis"));
	pl_model_incomplete(k->m, k->source, 0, k->groups_why);
}
