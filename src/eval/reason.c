/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence for each witness's answer. */
#include "base/buf.h"
#include "base/str.h"
#include "eval/internal.h"

const char *pl_kind_words(struct pl_arena *arena, enum pl_kind kind)
{
	char *words = pl_arena_strdup(arena, pl_kind_name(kind));

	for (char *p = words; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	return words;
}

/* The first object with such findings, and what they say of it. */
static void add_first(struct pl_buf *b, const struct pl_answer *a, enum pl_verdict verdict)
{
	size_t from = 0, n = 1;

	while (from < a->count && a->findings[from].verdict != verdict)
		from++;
	if (from == a->count)
		return;
	while (from + n < a->count && a->findings[from + n].object == a->findings[from].object)
		n++;
	if (a->findings[from].object) {
		pl_object_say(a->findings[from].object, b);
		pl_buf_adds(b, ": ");
	}
	pl_findings_say(&a->findings[from], n, verdict, b);
}

/* Findings of one object stand together, so a change of object is a new one. */
static size_t objects_with(const struct pl_answer *a, enum pl_verdict verdict)
{
	const struct pl_object *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (a->findings[i].verdict != verdict || !a->findings[i].object)
			continue;
		n += a->findings[i].object != last;
		last = a->findings[i].object;
	}
	return n;
}

static const char *kinds_asked(struct pl_arena *arena, const struct pl_requirement *r)
{
	return r->clause_count ? pl_kind_words(arena, r->clauses[0].on) : "object";
}

/* "no pool carries gitpod.io/workload_ide=true" */
static bool add_no_label(struct pl_buf *b, struct pl_arena *arena, const struct pl_requirement *r,
			 const struct pl_answer *a)
{
	const struct pl_cond *c = r->clause_count ? r->clauses[0].expect : NULL;

	if (r->quantifier != PL_SOME || pl_wanted(r) > 1 || !c || c->op != PL_COND_TEST || c->test.op != PL_OP_KEY ||
	    !c->test.any_count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->findings[i].object && a->findings[i].object->kind != r->clauses[0].on)
			return false;
	pl_buf_addf(b, "no %s carries %s=%s", kinds_asked(arena, r), c->test.key, c->test.any_of[0]);
	return true;
}

static void add_fail(struct pl_buf *b, struct pl_arena *arena, const struct pl_requirement *r,
		     const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_FAIL);

	if (n && add_no_label(b, arena, r, a))
		return;
	if (n && pl_wanted(r) > 1)
		pl_buf_addf(b, "%zu of %zu will do, and at least %zu must; ", objects_with(a, PL_PASS),
			    n + objects_with(a, PL_PASS), pl_wanted(r));
	else if (n > 1 && r->quantifier == PL_SOME)
		pl_buf_addf(b, "none of %zu does: ", n);
	add_first(b, a, PL_FAIL);
	if (n > 1 && r->quantifier == PL_EVERY)
		pl_buf_addf(b, " (and %zu more)", n - 1);
}

static void add_pass(struct pl_buf *b, const struct pl_requirement *r, const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_PASS);

	if (n > 1 && r->quantifier == PL_EVERY)
		pl_buf_addf(b, "all %zu are as required", n);
	else
		add_first(b, a, PL_PASS);
}

/* What stands in the way: a finding without an object explains the whole answer. */
static void add_unknown(struct pl_buf *b, const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_UNDECIDED);

	add_first(b, a, PL_UNDECIDED);
	if (n > 1)
		pl_buf_addf(b, " (and %zu more)", n - 1);
}

/* Why nothing of it was asked; a clause for certain clouds says for which. */
static void add_none(struct pl_buf *b, struct pl_arena *arena, const struct pl_requirement *r,
		     const struct pl_tally *t)
{
	const struct pl_clause *c = r->clause_count ? &r->clauses[0] : NULL;

	if (t->present || !c || !c->provider_count) {
		pl_buf_addf(b, t->present ? "it concerns no %s here" : "there is no %s",
			    kinds_asked(arena, r));
		return;
	}
	pl_buf_adds(b, "it concerns clusters of ");
	for (size_t i = 0; i < c->provider_count; i++)
		pl_buf_addf(b, "%s%s", i ? ", " : "", c->provider[i]);
	pl_buf_adds(b, " only");
}

const char *pl_reason(struct pl_arena *arena, const struct pl_requirement *r,
		      const struct pl_answer *a, const struct pl_tally *t)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (a->verdict == PL_FAIL)
		add_fail(&b, arena, r, a);
	else if (a->verdict == PL_PASS)
		add_pass(&b, r, a);
	else if (a->verdict == PL_UNDECIDED)
		add_unknown(&b, a);
	else
		add_none(&b, arena, r, t);
	return pl_arena_strndup(arena, b.data, b.len);
}
