/* SPDX-License-Identifier: Apache-2.0 */
/* One requirement: its clauses, its severity in the chosen profile, and what absence means. */
#include <string.h>

#include "arch/internal.h"
#include "base/limits.h"
#include "base/scalar.h"
#include "base/str.h"

static const char *const keys[] = {
	"id", "title", "severity", "asked_if", "seen_by", "quantifier", "at_least", "on", "where",
	"expect", "provider", "clauses", "fallback", "absent", "none", "live", "absent_text", "settled_by", "why", "fix",
	"source", "contradictions", NULL,
};

static const char *const clause_keys[] = { "on", "where", "expect", "provider", NULL };

static const char *const providers[] = { "gke", "eks", "aks", "k3s", "openshift", "rke" };

static int load_providers(struct loader *l, const struct pl_yaml_node *n, struct pl_clause *c)
{
	bool list = n->kind == PL_YAML_SEQUENCE;
	size_t known = sizeof providers / sizeof *providers;

	for (size_t i = 0; i < (list ? n->count : 1); i++)
		if (pl_arch_choice_of(l, list ? n->items[i] : n, "provider", providers, known) < 0)
			return -1;
	return pl_arch_texts_of(l, n, &c->provider, &c->provider_count);
}

static int load_clause(struct loader *l, const struct pl_yaml_node *n, struct pl_clause *c)
{
	const struct pl_yaml_node *where = pl_yaml_get(n, "where");
	const struct pl_yaml_node *expect = pl_yaml_get(n, "expect");
	const struct pl_yaml_node *p = pl_yaml_get(n, "provider");

	if (pl_arch_kind_of(l, n, &c->on) || (p && load_providers(l, p, c)))
		return -1;
	if (where && pl_arch_load_condition(l, where, c->on, 0, &c->where))
		return -1;
	return expect ? pl_arch_load_condition(l, expect, c->on, 0, &c->expect) : 0;
}

static int load_fallback(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *fallback = pl_yaml_get(n, "fallback");
	struct pl_clause *c = pl_arena_alloc(&l->arch->arena, sizeof *c);

	if (!fallback)
		return 0;
	if (pl_arch_only_keys(l, fallback, "a fallback", clause_keys) ||
	    load_clause(l, fallback, c))
		return -1;
	if (c->on != PL_CLUSTER)
		return pl_arch_fail_at(l, pl_yaml_get(fallback, "on"),
				       "a fallback is asked of the cluster: on: cluster");
	r->fallback = c;
	return 0;
}

/* `clauses` stands instead of the keys of a clause. */
static int check_no_clause(struct loader *l, const struct pl_yaml_node *n)
{
	for (const char *const *k = clause_keys; *k; k++)
		if (pl_yaml_get(n, *k))
			return pl_arch_fail_at(l, pl_yaml_get(n, *k),
					       "'%s' belongs into one of the 'clauses' of this "
					       "requirement",
					       *k);
	return 0;
}

static int load_clauses(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *list = pl_yaml_get(n, "clauses");
	size_t count = list ? list->count : 1;
	struct pl_clause *clauses = pl_arena_alloc(&l->arch->arena, (count + 1) * sizeof *clauses);

	r->clauses = clauses;
	r->clause_count = count;
	if (!list)
		return load_clause(l, n, clauses);
	if (list->kind != PL_YAML_SEQUENCE || !count)
		return pl_arch_fail_at(l, list, "'clauses' is a list of at least one mapping with "
						"on, where, expect, provider");
	if (check_no_clause(l, n))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (pl_arch_only_keys(l, list->items[i], "a clause", clause_keys) ||
		    load_clause(l, list->items[i], &clauses[i]))
			return -1;
	return 0;
}

static const char *const severities[] = { "error", "warning", "info", "-" };

static int load_severities(struct loader *l, const struct pl_yaml_node *s)
{
	const char *names[PL_LIMIT_PROFILES + 1] = { NULL };

	for (size_t i = 0; i < l->arch->profile_count; i++)
		names[i] = l->arch->profiles[i].name;
	if (pl_arch_only_keys(l, s, "'severity'", names))
		return -1;
	for (size_t i = 0; i < s->count; i++)
		if (pl_arch_choice_of(l, s->items[i], "severity", severities, 4) < 0)
			return -1;
	for (const char *const *name = names; *name; name++)
		if (!pl_yaml_get(s, *name))
			return pl_arch_fail_at(l, s, "'severity' must name every profile: '%s' is "
						     "missing", *name);
	return 0;
}

/* `severity: error`, or one for each profile with "-" for not asked. */
static int load_severity(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *s = pl_yaml_get(n, "severity");
	int severity;

	if (!s)
		return pl_arch_fail_at(l, n, "'severity' is missing: error, warning or info, or "
					     "one for each profile");
	if (s->kind == PL_YAML_MAPPING) {
		if (load_severities(l, s))
			return -1;
		s = pl_yaml_get(s, l->arch->profile);
	}
	severity = pl_arch_choice_of(l, s, "severity", severities, 4);
	if (severity < 0)
		return -1;
	r->asked = severity != 3;
	r->severity = r->asked ? (enum pl_severity)severity : PL_INFO;
	return 0;
}

static int load_asked_if(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const char *name;

	if (pl_arch_text_of(l, n, "asked_if", false, &name))
		return -1;
	if (!name)
		return 0;
	if (!pl_arch_parameter(l, name))
		return pl_arch_fail_at(l, pl_yaml_get(n, "asked_if"),
				       "there is no parameter '%s'; known: %s", name,
				       pl_arch_known(l, pl_yaml_get(l->root, "parameters")));
	r->asked = r->asked && pl_streq(pl_arch_parameter(l, name), "true");
	return 0;
}

static int load_seen_by(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *s = pl_yaml_get(n, "seen_by");
	const char *witnesses[PL_WITNESS_COUNT];

	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		witnesses[w] = pl_witness_name((enum pl_witness)w);
	if (!s || s->kind != PL_YAML_SEQUENCE || !s->count)
		return pl_arch_fail_at(l, s ? s : n, "'seen_by' is a list of witnesses: plan, "
						     "cloud, cluster, node, endpoint");
	for (size_t i = 0; i < s->count; i++) {
		int w = pl_arch_choice_of(l, s->items[i], "witness", witnesses, PL_WITNESS_COUNT);

		if (w < 0)
			return -1;
		r->seen_by |= 1U << w;
	}
	return 0;
}

static int load_choice(struct loader *l, const struct pl_yaml_node *n, const char *key,
		       const char *const *names, size_t count, int *out)
{
	const struct pl_yaml_node *v = pl_yaml_get(n, key);

	if (v)
		*out = pl_arch_choice_of(l, v, pl_arena_strf(&l->arch->arena, "value of '%s'", key), names, count);
	return *out < 0 ? -1 : 0;
}

static int load_at_least(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *node = pl_yaml_get(n, "at_least");
	int64_t count;

	if (!node)
		return 0;
	if (r->quantifier != PL_SOME)
		return pl_arch_fail_at(l, node, "'at_least' goes with quantifier: some");
	if (node->kind != PL_YAML_SCALAR || !pl_parse_i64(node->text, &count) || count < 1 ||
	    count > PL_LIMIT_AT_LEAST)
		return pl_arch_fail_at(l, node, "'at_least' is a number from 1 to %d", PL_LIMIT_AT_LEAST);
	r->at_least = (size_t)count;
	return 0;
}

static int load_absence(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	static const char *const quantifiers[] = { "every", "some" };
	static const char *const absences[] = { "unknown", "fail", "not-applicable" };
	int quantifier = PL_EVERY, absent = PL_ABSENT_UNKNOWN, none = PL_ABSENT_NOT_APPLICABLE, live = PL_ABSENT_UNKNOWN;

	if (load_choice(l, n, "quantifier", quantifiers, 2, &quantifier) ||
	    load_choice(l, n, "absent", absences, 3, &absent) ||
	    load_choice(l, n, "none", absences, 3, &none) ||
	    load_choice(l, n, "live", absences, 3, &live))
		return -1;
	r->quantifier = (enum pl_quantifier)quantifier;
	r->absent = (enum pl_absence)absent;
	r->none = (enum pl_absence)none;
	r->live = (enum pl_absence)live;
	r->has_live = pl_yaml_get(n, "live") != NULL;
	if (load_at_least(l, n, r))
		return -1;
	return pl_arch_text_of(l, n, "absent_text", false, &r->absent_text);
}

static int load_source(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	static const char *const names[] = { "title", "date", "url", NULL };
	const struct pl_yaml_node *source = pl_yaml_get(n, "source");
	int64_t day;

	if (!source)
		return pl_arch_fail_at(l, n, "'source' is missing: title, date and url of where "
					     "the requirement stands");
	if (pl_arch_only_keys(l, source, "'source'", names) ||
	    pl_arch_text_of(l, source, "title", true, &r->source_title) ||
	    pl_arch_text_of(l, source, "date", false, &r->source_date) ||
	    pl_arch_text_of(l, source, "url", false, &r->source_url))
		return -1;
	if (r->source_date && !pl_date_parse(r->source_date, &day))
		return pl_arch_fail_at(l, pl_yaml_get(source, "date"),
				       "'%s' is no day, as in 2022-09-23", r->source_date);
	return 0;
}

static int load_prose(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *r)
{
	const struct pl_yaml_node *settled = pl_yaml_get(n, "settled_by");
	const struct pl_yaml_node *against = pl_yaml_get(n, "contradictions");

	if (pl_arch_text_of(l, n, "why", true, &r->why) ||
	    pl_arch_text_of(l, n, "fix", true, &r->fix))
		return -1;
	if (settled && pl_arch_texts_of(l, settled, &r->settled_by, &r->settled_count))
		return -1;
	if (against && pl_arch_texts_of(l, against, &r->contradictions, &r->contradiction_count))
		return -1;
	return load_source(l, n, r);
}

static int check_id(struct loader *l, const struct pl_yaml_node *n, const struct pl_requirement *r)
{
	const struct pl_yaml_node *id = pl_yaml_get(n, "id");
	const struct pl_requirement *first = pl_arch_find(l->arch, r->id);

	if (pl_arch_check_name(l, id, "requirement"))
		return -1;
	if (first)
		return pl_arch_fail_at(l, id, "requirement '%s' stands here a second time (first "
					      "at %s:%d)", r->id,
				       first->file, first->line);
	if (l->platform != pl_starts(r->id, "platform-"))
		return pl_arch_fail_at(l, id, l->platform ?
				       "ids of the platform family begin with 'platform-'" :
				       "ids that begin with 'platform-' belong to the platform family");
	return 0;
}

int pl_arch_load_requirement(struct loader *l, const struct pl_yaml_node *n,
			     struct pl_requirement *out)
{
	struct pl_requirement r = { .platform = l->platform, .file = n->file, .line = n->line };

	if (n->kind != PL_YAML_MAPPING)
		return pl_arch_fail_at(l, n, "a requirement is a mapping with id, title, "
					     "severity, on, expect ...");
	if (pl_arch_only_keys(l, n, "a requirement", keys) ||
	    pl_arch_text_of(l, n, "id", true, &r.id) ||
	    check_id(l, n, &r) || pl_arch_text_of(l, n, "title", true, &r.title) ||
	    load_severity(l, n, &r) || load_asked_if(l, n, &r) || load_seen_by(l, n, &r) ||
	    load_clauses(l, n, &r) || load_fallback(l, n, &r) || load_absence(l, n, &r) ||
	    load_prose(l, n, &r))
		return -1;
	*out = r;
	return 0;
}
