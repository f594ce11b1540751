/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From objects to a verdict: every small number of objects of each sort, against the verdicts that
 * remain when each unknown is settled in each way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eval/internal.h"

#define BIT(v) (1U << (v))

static const struct pl_clause on_pool = { .on = PL_POOL }, on_cluster = { .on = PL_CLUSTER };
static const struct pl_clause on_bucket = { .on = PL_BUCKET };
static const enum pl_verdict nothings[] = { PL_PASS, PL_FAIL, PL_UNDECIDED, PL_NOT_APPLICABLE };

static struct pl_requirement asking(enum pl_quantifier q, const struct pl_clause *clause)
{
	return (struct pl_requirement){ .quantifier = q, .clauses = clause, .clause_count = 1 };
}

/* The verdict when all is known. */
static enum pl_verdict settled(const struct pl_requirement *r, size_t good, size_t bad,
			       enum pl_verdict nothing)
{
	if (!good && !bad)
		return nothing;
	if (r->quantifier == PL_EVERY)
		return bad ? PL_FAIL : PL_PASS;
	return good >= (r->at_least ? r->at_least : 1) ? PL_PASS : PL_FAIL;
}

/* A bit for each verdict that some way of settling the unknowns leads to. */
static unsigned outcomes(const struct pl_requirement *r, const struct pl_tally *t, enum pl_verdict nothing)
{
	unsigned seen = 0;

	for (size_t u = 0; u <= t->sure[PL_UNKNOWN]; u++)
		for (size_t f = 0; f <= t->maybe[PL_FALSE]; f++)
			for (size_t g = 0; g <= t->maybe[PL_TRUE]; g++)
				for (size_t x = 0; x <= t->maybe[PL_UNKNOWN]; x++)
					for (size_t y = 0; y <= x; y++)
						seen |= BIT(settled(r, t->sure[PL_TRUE] + u + g + y,
								    t->sure[PL_FALSE] + t->sure[PL_UNKNOWN] - u +
								    f + x - y, nothing));
	return seen;
}

static enum pl_verdict expected(unsigned seen)
{
	/* a pool that may be asked and would pass is in nobody's way */
	if (seen == (BIT(PL_PASS) | BIT(PL_NOT_APPLICABLE)))
		return PL_PASS;
	for (int v = 0; v < PL_VERDICT_COUNT; v++)
		if (seen == BIT(v))
			return (enum pl_verdict)v;
	return PL_UNDECIDED;
}

static struct pl_tally tally_of(unsigned digits)
{
	struct pl_tally t = { 0 };

	for (int i = 0; i < 6; i++, digits /= 3)
		(i < 3 ? t.sure : t.maybe)[i % 3] = digits % 3;
	return t;
}

/* Unknown only if what is not known could change it, and always then. */
static void test_unknown_only_where_it_matters(void **state)
{
	(void)state;
	for (int q = PL_EVERY; q <= PL_SOME + 3; q++) /* every, some, and at least 1 to 3 */
		for (unsigned digits = 0; digits < 729; digits++)
			for (size_t n = 0; n < 4; n++) {
				struct pl_requirement r = asking(q ? PL_SOME : PL_EVERY, &on_pool);
				const struct pl_tally t = tally_of(digits);
				enum pl_verdict v, want;

				r.at_least = q > PL_SOME ? (size_t)(q - PL_SOME) : 0;
				v = pl_quantify(&r, &t, nothings[n], false);
				want = expected(outcomes(&r, &t, nothings[n]));
				if (q && want == PL_PASS && nothings[n] == PL_NOT_APPLICABLE &&
				    !pl_tally_sure(&t))
					want = PL_UNDECIDED; /* whether there is one is what such a rule asks */
				if (v != want)
					fail_msg("%s %u %s: %s, not %s", q ? "some" : "every", digits,
						 pl_verdict_name(nothings[n]), pl_verdict_name(v),
						 pl_verdict_name(want));
			}
}

/* Objects that may be another cluster's leave a verdict that they cannot change. */
static void test_objects_of_any_cluster(void **state)
{
	static const struct {
		enum pl_quantifier q;
		size_t sure[3], any[3];
		enum pl_verdict nothing, verdict;
	} rows[] = {
		{ PL_SOME, { 0 }, { 0, 0, 1 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_SOME, { 0 }, { 1, 0, 0 }, PL_NOT_APPLICABLE, PL_UNDECIDED },
		{ PL_SOME, { 0 }, { 1, 0, 0 }, PL_PASS, PL_UNDECIDED },
		{ PL_SOME, { 0, 0, 1 }, { 1, 0, 0 }, PL_UNDECIDED, PL_PASS },
		{ PL_SOME, { 1, 0, 0 }, { 0, 0, 1 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_SOME, { 1, 0, 0 }, { 2, 0, 0 }, PL_UNDECIDED, PL_FAIL },
		{ PL_SOME, { 1, 0, 0 }, { 1, 1, 0 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_EVERY, { 0, 0, 1 }, { 0, 0, 1 }, PL_UNDECIDED, PL_PASS },
		{ PL_EVERY, { 0, 0, 1 }, { 1, 0, 0 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_EVERY, { 0, 0, 1 }, { 0, 1, 0 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_EVERY, { 1, 0, 0 }, { 0, 0, 1 }, PL_UNDECIDED, PL_FAIL },
		{ PL_EVERY, { 0 }, { 0, 0, 1 }, PL_NOT_APPLICABLE, PL_UNDECIDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct pl_requirement r = asking(rows[i].q, &on_bucket);
		struct pl_tally t = { 0 };

		for (int k = 0; k < 3; k++) {
			t.sure[k] = rows[i].sure[k];
			t.any[k] = rows[i].any[k];
		}
		if (pl_quantify(&r, &t, rows[i].nothing, false) != rows[i].verdict)
			fail_msg("row %zu", i);
	}
}

/* A witness that did not see all: what its absences would have proved, they do not. */
static void test_a_part(void **state)
{
	static const struct {
		enum pl_quantifier q;
		const struct pl_clause *on;
		size_t sure[3];
		enum pl_verdict nothing, verdict;
	} rows[] = {
		{ PL_EVERY, &on_pool, { 0, 0, 2 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_EVERY, &on_pool, { 1, 0, 2 }, PL_UNDECIDED, PL_FAIL },
		{ PL_EVERY, &on_pool, { 0 }, PL_NOT_APPLICABLE, PL_UNDECIDED },
		{ PL_EVERY, &on_cluster, { 0, 0, 1 }, PL_UNDECIDED, PL_PASS },
		{ PL_EVERY, &on_cluster, { 1, 0, 0 }, PL_UNDECIDED, PL_FAIL },
		{ PL_SOME, &on_cluster, { 1, 0, 0 }, PL_UNDECIDED, PL_FAIL },
		{ PL_SOME, &on_pool, { 1, 0, 0 }, PL_UNDECIDED, PL_UNDECIDED },
		{ PL_SOME, &on_pool, { 1, 0, 1 }, PL_UNDECIDED, PL_PASS },
		{ PL_SOME, &on_bucket, { 0 }, PL_PASS, PL_UNDECIDED },
		{ PL_SOME, &on_bucket, { 0 }, PL_FAIL, PL_UNDECIDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct pl_requirement r = asking(rows[i].q, rows[i].on);
		struct pl_tally t = { 0 };

		for (int k = 0; k < 3; k++)
			t.sure[k] = rows[i].sure[k];
		if (pl_quantify(&r, &t, rows[i].nothing, true) != rows[i].verdict)
			fail_msg("row %zu", i);
	}
}

/* Fail, else pass, else unknown, else not applicable. */
static void test_combine(void **state)
{
	static const enum pl_verdict order[] = {
		PL_FAIL, PL_PASS, PL_UNDECIDED, PL_NOT_APPLICABLE, PL_NOT_ASKED,
	};

	(void)state;
	for (size_t a = 0; a < 5; a++)
		for (size_t b = 0; b < 5; b++)
			assert_int_equal(pl_verdict_combine(order[a], order[b]), order[a < b ? a : b]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_only_where_it_matters),
		cmocka_unit_test(test_objects_of_any_cluster),
		cmocka_unit_test(test_a_part),
		cmocka_unit_test(test_combine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
