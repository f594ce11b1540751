/* SPDX-License-Identifier: Apache-2.0 */
/* What a requirement says of one object, as one witness saw it and as all did. */
#include "base/str.h"
#include "eval/internal.h"

static const char *provider_of(const struct pl_object *cluster)
{
	const struct pl_fact *f = cluster ? pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1) : NULL;

	while (f && !f->known)
		f = pl_fact_next(f, -1);
	return f ? f->value.s : NULL;
}

/* Sources that know the clusters of one platform only are no help with another's. */
static bool settles(const char *source, const char *provider)
{
	static const char *const own[] = { "gke", "eks", "aks" };

	for (size_t i = 0; provider && i < sizeof own / sizeof *own; i++)
		if (pl_starts(source, own[i]) && pl_starts(source + strlen(own[i]), "://"))
			return pl_streq(own[i], provider);
	return true;
}

const char *pl_result_settled_by(const struct pl_result *r, size_t i)
{
	const struct pl_requirement *q = r->requirement;
	const char *provider = provider_of(r->cluster);
	size_t fit = 0;

	for (size_t k = 0; k < q->settled_count; k++)
		if (settles(q->settled_by[k], provider) && fit++ == i)
			return q->settled_by[k];
	/* none knows such clusters: what is decided at apply stands in the state */
	return !fit && !i && q->settled_count ? "the state after apply" : NULL;
}

/* Is the clause asked of this cluster? */
static enum pl_truth asked_of(const struct pl_judging *j, const struct pl_clause *c)
{
	const char *provider;

	if (!c->provider_count || j->any_provider)
		return PL_TRUE;
	provider = provider_of(j->cluster);
	if (!provider)
		return PL_UNKNOWN;
	for (size_t i = 0; i < c->provider_count; i++)
		if (pl_streq(c->provider[i], provider))
			return PL_TRUE;
	return PL_FALSE;
}

/* A node that nobody read labels of is taken for one that the architecture is meant for. */
static bool labels_not_collected(const struct pl_object *o)
{
	return o->kind == PL_NODE && !pl_object_fact(o, PL_NODE_LABELS, -1);
}

static enum pl_truth selected(const struct pl_clause *c, const struct pl_view *v,
			      enum pl_truth asked)
{
	struct pl_view lenient = *v;
	enum pl_truth t = PL_TRUE;

	lenient.borrow = true;
	if (c->where)
		t = pl_judge_cond(c->where, &lenient);
	if (t == PL_UNKNOWN && labels_not_collected(v->object))
		t = PL_TRUE;
	return pl_truth_and(t, asked);
}

static const char *first_wait(const struct pl_answer *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->findings[i].waits_for)
			return a->findings[i].waits_for;
	return NULL;
}

/*
 * Findings of a clause that is perhaps not asked of the object: a fault is only a possible one, and
 * where one object is wanted, so is what would do.
 */
static void soften(const struct pl_judging *j, const struct pl_clause *c, const struct pl_view *v,
		   size_t from)
{
	struct pl_answer whys = { 0 };
	struct pl_view lenient = *v;

	lenient.borrow = true;
	if (c->where)
		pl_findings_explain(&whys, c->where, &lenient, PL_UNKNOWN);
	for (size_t i = from; i < j->answer->count; i++) {
		struct pl_finding *f = &j->answer->findings[i];
		const char *what = whys.count ? whys.findings[0].attribute : NULL;

		if (f->verdict == PL_PASS && j->requirement->quantifier == PL_EVERY)
			continue;
		f->verdict = PL_UNDECIDED;
		f->waits_for = f->waits_for ? f->waits_for : first_wait(&whys);
		f->note = what ? pl_arena_strf(j->arena, "asked only of some: depends on its %s", what)
			       : "perhaps not asked of it";
	}
	pl_free_ptr(&whys.findings);
}

static void note_no_labels(const struct pl_judging *j, size_t from)
{
	static const char why[] = "its labels were not collected: judged as a node the architecture is meant for";

	for (size_t i = from; i < j->answer->count; i++) {
		struct pl_finding *f = &j->answer->findings[i];

		f->note = f->note ? pl_arena_strf(j->arena, "%s; %s", f->note, why) : why;
	}
}

static void explain(const struct pl_judging *j, const struct pl_clause *c, const struct pl_view *v,
		    struct pl_record r)
{
	size_t from = j->answer->count;
	const struct pl_cond *cond = c->expect ? c->expect : c->where;
	struct pl_view shown = *v;

	/* without an expectation it is the selection that says what was found */
	shown.borrow = !c->expect;
	if (cond)
		pl_findings_explain(j->answer, cond, &shown, c->expect ? r.meets : pl_judge_cond(cond, &shown));
	if (j->answer->count == from)
		pl_finding_add(j->answer, &(struct pl_finding){
			.object = v->object, .note = "it is there",
			.verdict = r.selected == PL_TRUE ? PL_PASS : PL_UNDECIDED });
	if (r.selected == PL_UNKNOWN && c->expect)
		soften(j, c, v, from);
	if (labels_not_collected(v->object))
		note_no_labels(j, from);
}

/*
 * A witness that names an object says that it is there, unless its `exists` says otherwise: an endpoint is
 * named by the user, and asked.
 */
static const struct pl_fact *existence(const struct pl_view *v)
{
	int attr = pl_attr_find(v->object->kind, "exists");

	return attr < 0 ? NULL : pl_object_fact(v->object, (enum pl_attr)attr, (int)v->witness);
}

static enum pl_truth is_there(const struct pl_view *v)
{
	const struct pl_fact *f = existence(v);

	return !f ? PL_TRUE : !f->known ? PL_UNKNOWN : f->value.b ? PL_TRUE : PL_FALSE;
}

static void explain_absence(const struct pl_judging *j, const struct pl_view *v, enum pl_truth meets)
{
	const struct pl_fact *f = existence(v);

	pl_finding_add(j->answer, &(struct pl_finding){
		.object = v->object, .verdict = meets == PL_FALSE ? PL_FAIL : PL_UNDECIDED,
		.attribute = "exists", .expected = "true", .actual = f->known ? "false" : NULL,
		.fact = f, .waits_for = f->waits_for, .note = f->note });
}

/* Of a node that only those saw who made its pool of it, the pool tells all. */
static bool spoken_for(const struct pl_object *o)
{
	return o->pool && (o->seen & ~o->pool->seen) == 0 && !(o->seen & (o->seen - 1));
}

/* Is something that the condition tests told of the object as the plan will make it? */
static bool speaks_ahead(const struct pl_cond *c, const struct pl_view *v)
{
	const struct pl_fact *f = c->op == PL_COND_TEST ? pl_view_fact(v, c->test.attr) : NULL;
	bool ahead = f && f->ahead;

	for (size_t i = 0; i < c->count && !ahead; i++)
		ahead = speaks_ahead(c->sub[i], v);
	return ahead;
}

static struct pl_record judge_clause(const struct pl_judging *j, const struct pl_clause *c,
				     const struct pl_object *o)
{
	struct pl_view v = { o, j->witness, false, j->arena, j->day };
	struct pl_record r = { false, PL_FALSE, PL_TRUE, c->expect && speaks_ahead(c->expect, &v) };
	enum pl_truth asked = asked_of(j, c), there;

	if (asked == PL_FALSE || !(r.ahead || o->seen & 1U << j->witness) || spoken_for(o))
		return r;
	r.present = true;
	r.selected = selected(c, &v, asked);
	if (r.selected == PL_FALSE)
		return r;
	there = is_there(&v);
	if (there != PL_TRUE)
		/* what it would be is not known of what is not there */
		r.meets = c->expect ? PL_UNKNOWN : there;
	else if (c->expect)
		r.meets = pl_judge_cond(c->expect, &v);
	if (j->answer && there != PL_TRUE)
		explain_absence(j, &v, r.meets);
	else if (j->answer)
		explain(j, c, &v, r);
	return r;
}

/* Several clauses on one kind must all be met by those that they select. */
static struct pl_record both(struct pl_record a, struct pl_record b)
{
	struct pl_record r = { a.present || b.present, pl_truth_or(a.selected, b.selected), PL_TRUE,
			       a.ahead || b.ahead };
	const struct pl_record parts[] = { a, b };

	for (size_t i = 0; i < 2; i++) {
		enum pl_truth meets = parts[i].meets;

		if (parts[i].selected == PL_FALSE)
			continue;
		if (r.selected == PL_TRUE && parts[i].selected == PL_UNKNOWN && meets == PL_FALSE)
			meets = PL_UNKNOWN;
		r.meets = pl_truth_and(r.meets, meets);
	}
	return r;
}

struct pl_record pl_judge_object(const struct pl_judging *j, const struct pl_object *o)
{
	struct pl_record r = PL_RECORD_NONE;

	for (size_t i = 0; i < j->requirement->clause_count; i++)
		if (j->requirement->clauses[i].on == o->kind)
			r = both(r, judge_clause(j, &j->requirement->clauses[i], o));
	return r;
}

bool pl_judge_asks(const struct pl_judging *j)
{
	for (size_t i = 0; i < j->requirement->clause_count; i++)
		if (asked_of(j, &j->requirement->clauses[i]) != PL_FALSE)
			return true;
	return false;
}

struct pl_record pl_judge_fallback(const struct pl_judging *j)
{
	const struct pl_clause *c = j->requirement->fallback;

	if (!c || !j->cluster)
		return PL_RECORD_NONE;
	return judge_clause(j, c, j->cluster);
}

static struct pl_record worst_of(const struct pl_record by[], const bool asked[],
				 enum pl_truth selected)
{
	struct pl_record r = { true, selected, PL_UNKNOWN, false };

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		if (!asked[w] || by[w].selected != selected)
			continue;
		if (by[w].meets == PL_FALSE)
			r.meets = PL_FALSE;
		else if (by[w].meets == PL_TRUE && r.meets == PL_UNKNOWN)
			r.meets = PL_TRUE;
	}
	return r;
}

struct pl_record pl_record_combine(const struct pl_object *o, const struct pl_record by[],
				   const bool asked[])
{
	bool changes = o->will_change && asked[PL_PLAN] && by[PL_PLAN].present;
	struct pl_record r = PL_RECORD_NONE;
	bool counts[PL_WITNESS_COUNT];

	/* what a plan takes away or changes is judged as it will be */
	if (o->gone)
		return r;
	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		counts[w] = asked[w] && (!changes || w == PL_PLAN || by[w].ahead);
		r.present |= counts[w] && by[w].present;
		r.selected = counts[w] ? pl_truth_or(r.selected, by[w].selected) : r.selected;
	}
	return r.selected == PL_FALSE ? r : worst_of(by, counts, r.selected);
}
