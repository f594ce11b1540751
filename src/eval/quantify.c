/* SPDX-License-Identifier: Apache-2.0 */
/* From objects to a verdict: every or some, and what it means that there are none. */
#include "eval/internal.h"

void pl_tally_add(struct pl_tally *t, struct pl_record r)
{
	t->present += r.present;
	if (r.selected == PL_TRUE)
		t->sure[r.meets]++;
	else if (r.selected == PL_UNKNOWN)
		t->maybe[r.meets]++;
}

void pl_tally_add_any(struct pl_tally *t, struct pl_record r)
{
	if (r.selected != PL_FALSE)
		t->any[r.selected == PL_TRUE ? r.meets : PL_UNKNOWN]++;
}

static size_t sum(const size_t by[3])
{
	return by[PL_FALSE] + by[PL_UNKNOWN] + by[PL_TRUE];
}

bool pl_tally_sure(const struct pl_tally *t)
{
	return sum(t->sure) > 0;
}

bool pl_tally_maybe(const struct pl_tally *t)
{
	return sum(t->maybe) > 0;
}

size_t pl_wanted(const struct pl_requirement *r)
{
	return r->quantifier == PL_SOME && r->at_least ? r->at_least : 1;
}

/* Nothing is selected for certain: every way in which those in doubt may turn out must agree. */
static enum pl_verdict perhaps(const struct pl_requirement *r, const struct pl_tally *t,
			       enum pl_verdict nothing)
{
	enum pl_quantifier q = r->quantifier;
	size_t wanted = pl_wanted(r);
	/* where several are wanted, one that will do may be the only one */
	bool can_fail = t->maybe[PL_FALSE] || t->maybe[PL_UNKNOWN] || (wanted > 1 && t->maybe[PL_TRUE]);
	bool can_pass = t->maybe[PL_TRUE] + t->maybe[PL_UNKNOWN] >= wanted;

	/* a pool that may be one of those asked is in the way only if it would break the rule */
	if (can_pass && !can_fail && q == PL_EVERY && nothing == PL_NOT_APPLICABLE)
		return PL_PASS;
	if ((can_fail && nothing != PL_FAIL) || (can_pass && nothing != PL_PASS))
		return PL_UNDECIDED;
	return nothing;
}

static enum pl_verdict every(const struct pl_tally *t)
{
	if (t->sure[PL_FALSE])
		return PL_FAIL;
	return t->sure[PL_UNKNOWN] || t->maybe[PL_FALSE] || t->maybe[PL_UNKNOWN] ? PL_UNDECIDED : PL_PASS;
}

static enum pl_verdict some(const struct pl_tally *t, size_t wanted)
{
	size_t possible = sum(t->sure) - t->sure[PL_FALSE] + sum(t->maybe) - t->maybe[PL_FALSE];

	if (t->sure[PL_TRUE] >= wanted)
		return PL_PASS;
	return possible >= wanted ? PL_UNDECIDED : PL_FAIL;
}

/* What objects that may belong to another cluster leave of a verdict. */
static enum pl_verdict with_any(const struct pl_requirement *r, const struct pl_tally *t,
				enum pl_verdict v)
{
	if (!sum(t->any))
		return v;
	if (r->quantifier == PL_EVERY) {
		if (v == PL_FAIL)
			return v;
		return v == PL_PASS && !t->any[PL_FALSE] && !t->any[PL_UNKNOWN] ? v : PL_UNDECIDED;
	}
	if (sum(t->sure) && v == PL_PASS)
		return v;
	return sum(t->sure) && v == PL_FAIL && t->any[PL_FALSE] == sum(t->any) ? v : PL_UNDECIDED;
}

static bool asks_of(const struct pl_requirement *r, enum pl_kind kind, bool only)
{
	bool found = only;

	for (size_t i = 0; i < r->clause_count; i++)
		found = only ? found && r->clauses[i].on == kind : found || r->clauses[i].on == kind;
	return found;
}

/* What is left of a verdict when the witness did not see all there is. */
static enum pl_verdict of_a_part(const struct pl_requirement *r, const struct pl_tally *t,
				 enum pl_verdict v)
{
	if (asks_of(r, PL_CLUSTER, true))
		return v;
	if (r->quantifier == PL_SOME)
		return v == PL_PASS && t->sure[PL_TRUE] ? v : PL_UNDECIDED;
	return v == PL_FAIL || !asks_of(r, PL_POOL, false) ? v : PL_UNDECIDED;
}

enum pl_verdict pl_quantify(const struct pl_requirement *r, const struct pl_tally *t,
			    enum pl_verdict nothing, bool partial)
{
	enum pl_verdict v;

	if (!pl_tally_sure(t))
		v = perhaps(r, t, nothing);
	else
		v = r->quantifier == PL_EVERY ? every(t) : some(t, pl_wanted(r));
	v = with_any(r, t, v);
	return partial ? of_a_part(r, t, v) : v;
}

enum pl_verdict pl_verdict_combine(enum pl_verdict a, enum pl_verdict b)
{
	static const enum pl_verdict order[] = { PL_FAIL, PL_PASS, PL_UNDECIDED, PL_NOT_APPLICABLE };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return PL_NOT_ASKED;
}
