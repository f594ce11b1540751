/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: the tests that decided, each with the fact it rests on, and what is expected. */
#include "base/str.h"
#include "check/check.h"
#include "eval/internal.h"

struct pl_finding *pl_finding_add(struct pl_answer *a, const struct pl_finding *f)
{
	a->findings = pl_grow(a->findings, a->count, &a->cap, sizeof *a->findings);
	a->findings[a->count] = *f;
	return &a->findings[a->count++];
}

struct explaining {
	struct pl_answer *answer;
	const struct pl_view *view;
	bool negated;  /* below a `not` */
	bool together; /* below an `all` that must not hold */
};

static enum pl_verdict verdict_of(enum pl_truth t)
{
	return t == PL_UNKNOWN ? PL_UNDECIDED : t == PL_TRUE ? PL_PASS : PL_FAIL;
}

/* Marked so by its source, or under a key that is named like a secret. */
static bool is_sensitive(const struct pl_test *t, const struct pl_fact *f)
{
	return f->sensitive || t->secret;
}

static const char *actual_of(const struct pl_test *t, const struct pl_fact *f,
			     struct pl_arena *arena)
{
	const char *value;
	char text[32];
	int64_t bytes;

	if (!f->known || is_sensitive(t, f))
		return NULL;
	if (!t->key)
		return pl_value_text(arena, &f->value);
	value = pl_value_get(&f->value, t->key);
	if (!value)
		return f->value.open ? NULL : "not set";
	return t->key_bytes && pl_parse_i64(value, &bytes) ?
	       pl_arena_strdup(arena, pl_bytes_text(bytes, text)) : value;
}

/* What an unknown that has a known value is about: an open list, a text nobody can compare. */
static const char *why_unknown(const struct pl_fact *f, struct pl_arena *arena)
{
	if (!f->known || f->note)
		return f->note;
	if (f->value.type == PL_VERSION && !f->sensitive)
		return pl_arena_strf(arena, "\"%s\" is no version that can be compared", f->value.s);
	return f->value.open ? "only some of it is known" : "not known to be right or wrong";
}

static void add_fact(const struct explaining *x, const struct pl_test *t, const struct pl_fact *f)
{
	struct pl_arena *arena = x->view->arena;
	enum pl_truth truth = pl_judge_fact(t, f, x->view->day);

	if (x->negated)
		truth = pl_truth_not(truth);
	pl_finding_add(x->answer, &(struct pl_finding){
		.object = x->view->object,
		.verdict = verdict_of(truth),
		.attribute = t->subject,
		.test = t,
		.together = x->together,
		.expected = x->negated ? pl_arena_strf(arena, "not %s", t->text) : t->text,
		.actual = actual_of(t, f, arena),
		.sensitive = is_sensitive(t, f),
		.fact = f,
		.waits_for = truth == PL_UNKNOWN ? f->waits_for : NULL,
		.note = truth == PL_UNKNOWN ? why_unknown(f, arena) : f->note,
	});
}

static void add_missing(const struct explaining *x, const struct pl_test *t)
{
	struct pl_arena *arena = x->view->arena;
	bool decided = t->op == PL_OP_TOLD;

	pl_finding_add(x->answer, &(struct pl_finding){
		.object = x->view->object,
		.verdict = !decided ? PL_UNDECIDED : x->negated ? PL_PASS : PL_FAIL,
		.attribute = t->subject,
		.test = t,
		.together = x->together,
		.expected = x->negated ? pl_arena_strf(arena, "not %s", t->text) : t->text,
		.note = x->view->object->stand_in ? "the cluster itself is in no source" : "not collected",
	});
}

static void explain_test(const struct explaining *x, const struct pl_test *t, enum pl_truth truth)
{
	const struct pl_fact *f = pl_view_fact(x->view, t->attr);

	if (!f)
		add_missing(x, t);
	for (; f; f = pl_fact_next(f, (int)f->witness))
		if (pl_judge_fact(t, f, x->view->day) == truth)
			add_fact(x, t, f);
}

static void explain_check(const struct explaining *x, const struct pl_check *check,
			  enum pl_truth truth)
{
	struct pl_check_answer a = { 0 };

	check->judge(x->view->object, x->view->witness, x->view->arena, &a);
	if (x->negated)
		truth = pl_truth_not(truth);
	pl_finding_add(x->answer, &(struct pl_finding){
		.object = x->view->object,
		.verdict = verdict_of(truth),
		.attribute = a.subject && a.fact ? a.subject : a.fact ? pl_attrs[a.fact->attr].name : NULL,
		.expected = a.expected,
		.actual = a.actual,
		.sensitive = a.fact && a.fact->sensitive,
		.fact = a.fact,
		.waits_for = truth == PL_UNKNOWN && a.fact ? a.fact->waits_for : NULL,
		.note = a.fact ? a.fact->note : pl_arena_strf(x->view->arena, "not known whether %s", check->summary),
	});
}

/* The parts of ALL that are false made it false; the same holds for every op and truth. */
static void explain_cond(const struct explaining *x, const struct pl_cond *c, enum pl_truth truth)
{
	struct explaining below = *x;

	switch (c->op) {
	case PL_COND_ALL:
	case PL_COND_ANY:
		below.together |= x->negated && truth == PL_TRUE && c->op == PL_COND_ALL;
		for (size_t i = 0; i < c->count; i++)
			if (pl_judge_cond(c->sub[i], x->view) == truth)
				explain_cond(&below, c->sub[i], truth);
		break;
	case PL_COND_NOT:
		below.negated = !x->negated;
		explain_cond(&below, c->sub[0], pl_truth_not(truth));
		break;
	case PL_COND_TEST:
		explain_test(x, &c->test, truth);
		break;
	case PL_COND_CHECK:
		explain_check(x, c->check, truth);
		break;
	}
}

void pl_findings_explain(struct pl_answer *a, const struct pl_cond *c, const struct pl_view *v,
			 enum pl_truth truth)
{
	struct explaining x = { a, v, false, false };

	explain_cond(&x, c, truth);
}
