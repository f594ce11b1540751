/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions over one object: see truth.h. */
#include "eval/truth.h"

#include "base/str.h"
#include "check/check.h"

enum pl_truth pl_truth_not(enum pl_truth t)
{
	return t == PL_UNKNOWN ? PL_UNKNOWN : t == PL_TRUE ? PL_FALSE : PL_TRUE;
}

enum pl_truth pl_truth_and(enum pl_truth a, enum pl_truth b)
{
	return a < b ? a : b;
}

enum pl_truth pl_truth_or(enum pl_truth a, enum pl_truth b)
{
	return a > b ? a : b;
}

static enum pl_truth truth(bool b)
{
	return b ? PL_TRUE : PL_FALSE;
}

/* ---- one value ---- */

static bool among(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pl_streq(s, list[i]))
			return true;
	return false;
}

/* <0, 0, >0 against a bound; false when they cannot be compared. */
static bool compare(const struct pl_value *v, int64_t bound, const struct pl_version *version,
		    int *order)
{
	struct pl_version parsed;
	int64_t i = v->type == PL_BOOL ? v->b : v->i;

	switch (v->type) {
	case PL_VERSION:
		if (!pl_version_parse(v->s, &parsed))
			return false;
		*order = pl_version_cmp(&parsed, version);
		return true;
	case PL_BOOL:
	case PL_INT:
	case PL_BYTES:
		*order = (i > bound) - (i < bound);
		return true;
	case PL_TEXT:
	case PL_LIST:
	case PL_MAP:
		break;
	}
	return false;
}

static enum pl_truth judge_bound(const struct pl_test *t, const struct pl_value *v)
{
	int order;

	if (!compare(v, t->bound, &t->version, &order))
		return PL_UNKNOWN;
	switch (t->op) {
	case PL_OP_EQ:
		return truth(order == 0);
	case PL_OP_NE:
		return truth(order != 0);
	case PL_OP_GE:
		return truth(order >= 0);
	case PL_OP_GT:
		return truth(order > 0);
	case PL_OP_LE:
		return truth(order <= 0);
	default:
		return truth(order < 0);
	}
}

static enum pl_truth judge_within(const struct pl_test *t, const struct pl_value *v)
{
	int low, high;

	if (!compare(v, t->bound, &t->version, &low) || !compare(v, t->bound2, &t->version2, &high))
		return PL_UNKNOWN;
	return truth(low >= 0 && high <= 0);
}

static enum pl_truth judge_in(const struct pl_test *t, const struct pl_value *v)
{
	if (among(v->s, t->any_of, t->any_count))
		return PL_TRUE;
	return among(v->s, t->none_of, t->none_count) ? PL_FALSE : t->otherwise;
}

static enum pl_truth judge_has_any(const struct pl_test *t, const struct pl_value *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (among(v->list[i], t->any_of, t->any_count))
			return PL_TRUE;
	return v->open ? PL_UNKNOWN : PL_FALSE;
}

static enum pl_truth judge_has_none(const struct pl_test *t, const struct pl_value *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (among(v->list[i], t->none_of, t->none_count))
			return PL_FALSE;
	return v->open ? PL_UNKNOWN : PL_TRUE;
}

/* Taints are key=value:Effect, and a value holds no colon. */
static enum pl_truth judge_no_effect(const struct pl_test *t, const struct pl_value *v)
{
	for (size_t i = 0; i < v->count; i++) {
		const char *colon = strrchr(v->list[i], ':');

		if (colon && among(colon + 1, t->none_of, t->none_count))
			return PL_FALSE;
	}
	return v->open ? PL_UNKNOWN : PL_TRUE;
}

static enum pl_truth judge_empty(const struct pl_test *t, const struct pl_value *v)
{
	(void)t;
	if (v->count)
		return PL_FALSE;
	return v->open ? PL_UNKNOWN : PL_TRUE;
}

/* The text of a key as a number; a text that is none meets no bound. */
static enum pl_truth judge_key_number(const struct pl_test *t, const char *text)
{
	struct pl_value number = { .type = PL_INT };

	return pl_parse_i64(text, &number.i) ? judge_bound(t, &number) : PL_FALSE;
}

static enum pl_truth judge_key(const struct pl_test *t, const struct pl_value *v)
{
	const char *value = pl_value_get(v, t->key);

	if (!value)
		return v->open ? PL_UNKNOWN : PL_FALSE;
	if (t->op == PL_OP_KEY)
		return truth(among(value, t->any_of, t->any_count));
	if (t->op == PL_OP_IN)
		return judge_in(t, &(struct pl_value){ .type = PL_TEXT, .s = value });
	return judge_key_number(t, value);
}

static enum pl_truth judge_known(const struct pl_test *t, const struct pl_value *v)
{
	(void)t;
	(void)v;
	return PL_TRUE;
}

static enum pl_truth judge_not_before(const struct pl_test *t, const struct pl_value *v)
{
	int64_t day;

	return pl_date_parse(v->s, &day) ? truth(day >= t->bound) : PL_UNKNOWN;
}

static enum pl_truth (*const judges[])(const struct pl_test *t, const struct pl_value *v) = {
	[PL_OP_EQ] = judge_bound, [PL_OP_NE] = judge_bound, [PL_OP_GE] = judge_bound,
	[PL_OP_GT] = judge_bound, [PL_OP_LE] = judge_bound, [PL_OP_LT] = judge_bound,
	[PL_OP_WITHIN] = judge_within, [PL_OP_IN] = judge_in, [PL_OP_HAS_ANY] = judge_has_any,
	[PL_OP_HAS_NONE] = judge_has_none, [PL_OP_NO_EFFECT] = judge_no_effect,
	[PL_OP_EMPTY] = judge_empty, [PL_OP_KEY] = judge_key, [PL_OP_KNOWN] = judge_known,
	[PL_OP_TOLD] = judge_known, [PL_OP_NOT_BEFORE] = judge_not_before,
};

enum pl_truth pl_judge_fact(const struct pl_test *t, const struct pl_fact *f, int64_t day)
{
	struct pl_test dated;

	if (t->op == PL_OP_TOLD)
		return PL_TRUE;
	if (!f->known)
		return PL_UNKNOWN;
	if (!t->today)
		return judges[t->key ? PL_OP_KEY : t->op](t, &f->value);
	dated = *t;
	dated.bound = day;
	return judges[t->op](&dated, &f->value);
}

/* ---- one object ---- */

/* Of the others, those that see today's nodes go first. */
static const enum pl_witness lenders[] = {
	PL_CLUSTER_API, PL_NODE_SSH, PL_CLOUD, PL_PLAN, PL_ENDPOINT_NET,
};

const struct pl_fact *pl_view_fact(const struct pl_view *v, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(v->object, attr, (int)v->witness);

	for (size_t i = 0; !f && v->borrow && i < sizeof lenders / sizeof *lenders; i++)
		f = pl_object_fact(v->object, attr, (int)lenders[i]);
	return f;
}

enum pl_truth pl_judge_test(const struct pl_test *t, const struct pl_view *v)
{
	const struct pl_fact *f = pl_view_fact(v, t->attr);
	enum pl_truth all = f ? PL_TRUE : t->op == PL_OP_TOLD ? PL_FALSE : PL_UNKNOWN;

	for (; f; f = pl_fact_next(f, (int)f->witness))
		all = pl_truth_and(all, pl_judge_fact(t, f, v->day));
	return all;
}

static enum pl_truth judge_check(const struct pl_check *check, const struct pl_view *v)
{
	struct pl_check_answer answer = { 0 };

	switch (check->judge(v->object, v->witness, v->arena, &answer)) {
	case PL_CHECK_FALSE:
		return PL_FALSE;
	case PL_CHECK_TRUE:
		return PL_TRUE;
	case PL_CHECK_UNKNOWN:
		break;
	}
	return PL_UNKNOWN;
}

static enum pl_truth judge_subs(const struct pl_cond *c, const struct pl_view *v,
				enum pl_truth start,
				enum pl_truth (*join)(enum pl_truth, enum pl_truth))
{
	for (size_t i = 0; i < c->count; i++)
		start = join(start, pl_judge_cond(c->sub[i], v));
	return start;
}

enum pl_truth pl_judge_cond(const struct pl_cond *c, const struct pl_view *v)
{
	switch (c->op) {
	case PL_COND_ALL:
		return judge_subs(c, v, PL_TRUE, pl_truth_and);
	case PL_COND_ANY:
		return judge_subs(c, v, PL_FALSE, pl_truth_or);
	case PL_COND_NOT:
		return pl_truth_not(pl_judge_cond(c->sub[0], v));
	case PL_COND_TEST:
		return pl_judge_test(&c->test, v);
	case PL_COND_CHECK:
		return judge_check(c->check, v);
	}
	return PL_UNKNOWN;
}
