/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether privileged pods are admitted: what webhooks, policies and the platform could say against it.
 * Nobody can tell what a webhook will answer, so one that is asked about pods leaves it unknown; the
 * dry run of such a pod (--probe-admission) settles it.
 */
#include "kubernetes/facts.h"

/* ---- rules: group, resource, operation ---- */

struct words {
	const char *const *any;
	size_t count;
	bool found;
};

static void read_word(void *ctx, struct pl_slice value)
{
	struct words *w = ctx;

	for (size_t i = 0; i < w->count; i++)
		w->found |= pl_kube_is_text(value, w->any[i]);
}

static bool has_any(struct pl_slice list, const char *const *any, size_t n)
{
	struct words w = { any, n, false };

	pl_kube_elements(list, read_word, &w);
	return w.found;
}

/* Is it a rule about making pods?  *ctx: set when one is. */
static void read_rule(void *ctx, struct pl_slice value)
{
	static const char *const paths[] = { "apiGroups", "resources", "operations" };
	static const char *const groups[] = { "", "*" }, *const operations[] = { "CREATE", "*" };
	static const char *const resources[] = { "pods", "*", "*/*" };
	struct pl_slice found[3];

	pl_kube_pick_in(value, paths, 3, found);
	*(bool *)ctx |= has_any(found[0], groups, 2) && has_any(found[1], resources, 3) &&
			has_any(found[2], operations, 2);
}

/* ---- webhooks ---- */

struct reading {
	struct pl_kube *k;
	enum pl_kube_index kind;
	const char *name; /* of the configuration */
};

static bool is_called(const char *name, const char *pattern)
{
	return *pattern == '*' ? pl_ends(name, pattern + 1) : pl_streq(name, pattern);
}

static bool is_harmless(const struct pl_kube *k, const char *name)
{
	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_harmless *h = p ? p->harmless : NULL; h && h->webhook; h++)
			if (is_called(name, h->webhook))
				return true;
	}
	return false;
}

static void read_hook(void *ctx, struct pl_slice value)
{
	static const char *const paths[] = { "name", "rules" };
	struct reading *r = ctx;
	struct pl_slice found[2];
	struct pl_kube_guard *g;
	const char *name;
	bool asked = false;

	pl_kube_pick_in(value, paths, 2, found);
	name = pl_kube_text(r->k, found[0]);
	pl_kube_elements(found[1], read_rule, &asked);
	if (!name || !asked || is_harmless(r->k, name))
		return;
	g = pl_kube_add(r->k, r->kind, sizeof *g);
	g->name = name;
	g->of = r->name;
}

/* Both kinds look alike, and one that may change a pod may refuse it as well. */
static int read_webhook(struct pl_kube *k, enum pl_kube_index kind, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "metadata.name", "webhooks" };
	struct pl_slice found[3];
	struct reading r = { .k = k, .kind = kind };

	if (pl_kube_pick(s, paths, 3, found, err))
		return -1;
	if (!pl_kube_is_null(found[0]) && !pl_kube_is_text(found[0], pl_kube_kinds[kind].word))
		return 0;
	r.name = pl_kube_text(k, found[1]);
	pl_kube_elements(found[2], read_hook, &r);
	return 0;
}

int pl_kube_read_webhook(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_webhook(k, PL_KUBE_WEBHOOKS, s, err);
}

int pl_kube_read_mutating_webhook(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_webhook(k, PL_KUBE_MUTATING_WEBHOOKS, s, err);
}

/* ---- policies ---- */

int pl_kube_read_policy(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "metadata.name",
					     "spec.matchConstraints.resourceRules" };
	struct pl_slice found[3];
	struct pl_kube_guard *g;
	bool asked = false;

	if (pl_kube_pick(s, paths, 3, found, err))
		return -1;
	if (!pl_kube_is_null(found[0]) && !pl_kube_is_text(found[0], "ValidatingAdmissionPolicy"))
		return 0;
	pl_kube_elements(found[2], read_rule, &asked);
	if (!asked || pl_kube_is_null(found[1]))
		return 0;
	g = pl_kube_add(k, PL_KUBE_POLICIES, sizeof *g);
	g->name = pl_kube_text(k, found[1]);
	return 0;
}

/* A policy refuses nothing until it is bound, with the action Deny. */
int pl_kube_read_binding(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "spec.policyName", "spec.validationActions" };
	static const char *const deny[] = { "Deny" };
	struct pl_slice found[3];
	struct pl_kube_guard *g;

	if (pl_kube_pick(s, paths, 3, found, err))
		return -1;
	if ((!pl_kube_is_null(found[0]) &&
	     !pl_kube_is_text(found[0], "ValidatingAdmissionPolicyBinding")) ||
	    pl_kube_is_null(found[1]) || (found[2].n && !has_any(found[2], deny, 1)))
		return 0;
	g = pl_kube_add(k, PL_KUBE_BINDINGS, sizeof *g);
	g->name = pl_kube_text(k, found[1]);
	return 0;
}

int pl_kube_read_psp(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "metadata.name", "spec.privileged" };
	struct pl_slice found[3];
	struct pl_kube_guard *g;

	if (pl_kube_pick(s, paths, 3, found, err))
		return -1;
	if (pl_kube_is_null(found[1]) ||
	    (!pl_kube_is_null(found[0]) && !pl_kube_is_text(found[0], "PodSecurityPolicy")))
		return 0;
	g = pl_kube_add(k, PL_KUBE_POD_SECURITY_POLICIES, sizeof *g);
	g->name = pl_kube_text(k, found[1]);
	g->privileged = pl_kube_is_true(found[2]);
	return 0;
}

/* ---- the answer ---- */

static const struct pl_kube_guard *guards(const struct pl_kube *k, enum pl_kube_index kind, size_t *n)
{
	*n = k->list[kind].count;
	return k->list[kind].items;
}

static const char *bound_policy(struct pl_kube *k)
{
	size_t n, bound;
	const struct pl_kube_guard *policies = guards(k, PL_KUBE_POLICIES, &n);
	const struct pl_kube_guard *bindings = guards(k, PL_KUBE_BINDINGS, &bound);

	for (size_t i = 0; i < n; i++)
		for (size_t b = 0; b < bound; b++)
			if (bindings[b].name == policies[i].name)
				return pl_model_strf(k->m, "the validating admission policy %s is asked about pods",
						     policies[i].name);
	return NULL;
}

/* Where there are such policies, one must allow them. */
static const char *forbidding_psp(struct pl_kube *k)
{
	size_t n;
	const struct pl_kube_guard *list = guards(k, PL_KUBE_POD_SECURITY_POLICIES, &n);

	for (size_t i = 0; i < n; i++)
		if (list[i].privileged)
			return NULL;
	return n ? "the PodSecurityPolicies that are there allow no privileged pods, where they are enforced"
		 : NULL;
}

static const char *hook(struct pl_kube *k)
{
	size_t n, mutating;
	const struct pl_kube_guard *list = guards(k, PL_KUBE_WEBHOOKS, &n);
	const struct pl_kube_guard *others = guards(k, PL_KUBE_MUTATING_WEBHOOKS, &mutating);
	const struct pl_kube_guard *first = n ? list : others;

	return n + mutating ? pl_model_strf(k->m, "the webhook %s of %s is asked about pods%s", first->name,
					    first->of ? first->of : "a configuration",
					    n + mutating > 1 ? ", and others are" : "") : NULL;
}

/* What may be against it, the first of all; NULL: nothing. */
static const char *doubt(struct pl_kube *k)
{
	static const enum pl_kube_index kinds[] = { PL_KUBE_WEBHOOKS, PL_KUBE_MUTATING_WEBHOOKS, PL_KUBE_POLICIES,
						    PL_KUBE_BINDINGS, PL_KUBE_POD_SECURITY_POLICIES };
	const char *why = k->platform ? k->platform->guard : NULL;

	why = why ? why : hook(k);
	why = why ? why : bound_policy(k);
	why = why ? why : forbidding_psp(k);
	if (why)
		return pl_model_strf(k->m, "%s; --probe-admission tells", why);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		/* without a policy there is nothing that could be bound */
		if (kinds[i] == PL_KUBE_BINDINGS && !k->list[PL_KUBE_POLICIES].count)
			continue;
		if (pl_kube_missing(k, kinds[i]))
			return pl_kube_missing(k, kinds[i]);
	}
	return NULL;
}

static void say(struct pl_kube *k, bool admitted, enum pl_basis basis, const char *note)
{
	struct pl_fact *f = pl_fact_bool(k->m, k->cluster, PL_CLUSTER_PRIVILEGED, admitted, NULL);

	f->basis = basis;
	f->note = note;
}

/* The level of Pod Security of the namespace in which the pod is tried, where that refused it: others have others. */
static const char *level_there(const struct pl_kube *k)
{
	const struct pl_kube_namespace *list = k->list[PL_KUBE_NAMESPACES].items;

	if (k->probe != PL_KUBE_DENIED || !strstr(k->probe_why, "violates PodSecurity"))
		return NULL;
	for (size_t i = 0; i < k->list[PL_KUBE_NAMESPACES].count; i++)
		if (pl_streq(list[i].name, "default"))
			return list[i].enforce;
	return NULL;
}

static void probed(struct pl_kube *k)
{
	const char *level = level_there(k);

	if (level)
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_PRIVILEGED, pl_model_strf(k->m, "the namespace "
				"default, where it was tried, has the Pod Security level %s; others may have another",
				level), NULL);
	else if (k->probe == PL_KUBE_UNCLEAR)
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_PRIVILEGED, k->probe_why, NULL);
	else
		say(k, k->probe == PL_KUBE_ADMITTED, PL_SET, k->probe_why);
}

void pl_kube_admission(struct pl_kube *k)
{
	const struct pl_kube_platform *p = k->platform;
	const char *why;

	if (k->probe != PL_KUBE_NOT_PROBED) {
		probed(k);
		return;
	}
	if (p && p->refuses && (!p->refuses_on || pl_streq(p->refuses_on, k->distribution))) {
		say(k, false, PL_DEFAULT, p->refuses);
		return;
	}
	why = doubt(k);
	if (why)
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_PRIVILEGED, why, NULL);
	else
		say(k, true, PL_INFERRED, "no webhook or policy is asked about pods, and Pod Security admits "
		    "them where no namespace says otherwise");
}
