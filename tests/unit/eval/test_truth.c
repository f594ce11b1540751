/* SPDX-License-Identifier: Apache-2.0 */
/* Truth tables: all of Kleene's, every operator against every kind of value, known or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eval/truth.h"

#define F PL_FALSE
#define U PL_UNKNOWN
#define T PL_TRUE

static const enum pl_truth and_table[3][3] = { { F, F, F }, { F, U, U }, { F, U, T } };
static const enum pl_truth or_table[3][3] = { { F, U, T }, { U, U, T }, { T, T, T } };
static const enum pl_truth not_table[3] = { T, U, F };

/* A pool whose vcpu fact makes ">= 4" false, unknown or true. */
static struct pl_object *pool(struct pl_model *m)
{
	int s = pl_model_source(m, &(struct pl_source){ .name = "x", .kind = "k" });

	return pl_model_object(m, PL_POOL, "p", s, "x.p");
}

static void put(struct pl_model *m, struct pl_object *o, enum pl_attr attr, enum pl_truth t)
{
	if (t == U)
		pl_fact_unknown(m, o, attr, "x.y", NULL);
	else
		pl_fact_int(m, o, attr, t == T ? 4 : 2, NULL);
}

static struct pl_cond test_of(enum pl_attr attr)
{
	return (struct pl_cond){ .op = PL_COND_TEST,
				 .test = { .attr = attr, .op = PL_OP_GE, .bound = 4, .text = ">= 4" } };
}

static void test_all_any_not(void **state)
{
	(void)state;
	for (int a = F; a <= T; a++)
		for (int b = F; b <= T; b++) {
			pl_auto_model struct pl_model *m = pl_model_new();
			struct pl_object *o = pool(m);
			struct pl_view v = { o, PL_PLAN, false, &m->arena, 0 };
			struct pl_cond x = test_of(PL_POOL_MIN), y = test_of(PL_POOL_MAX);
			const struct pl_cond *subs[] = { &x, &y };
			struct pl_cond all = { .op = PL_COND_ALL, .sub = subs, .count = 2 };
			struct pl_cond any = { .op = PL_COND_ANY, .sub = subs, .count = 2 };
			struct pl_cond not = { .op = PL_COND_NOT, .sub = subs, .count = 1 };

			put(m, o, PL_POOL_MIN, (enum pl_truth)a);
			put(m, o, PL_POOL_MAX, (enum pl_truth)b);
			assert_int_equal(pl_judge_cond(&all, &v), and_table[a][b]);
			assert_int_equal(pl_judge_cond(&any, &v), or_table[a][b]);
			assert_int_equal(pl_judge_cond(&not, &v), not_table[a]);
			assert_int_equal(pl_truth_and((enum pl_truth)a, (enum pl_truth)b), and_table[a][b]);
			assert_int_equal(pl_truth_or((enum pl_truth)a, (enum pl_truth)b), or_table[a][b]);
			all.count = any.count = 0;
			assert_int_equal(pl_judge_cond(&all, &v), T);
			assert_int_equal(pl_judge_cond(&any, &v), F);
		}
}

/* Every machine type that a pool may pick counts. */
static void test_each(void **state)
{
	(void)state;
	for (int a = F; a <= T; a++)
		for (int b = F; b <= T; b++) {
			pl_auto_model struct pl_model *m = pl_model_new();
			struct pl_object *o = pool(m);
			struct pl_view v = { o, PL_PLAN, false, &m->arena, 0 };
			struct pl_cond c = test_of(PL_POOL_VCPU);

			assert_int_equal(pl_judge_cond(&c, &v), U);
			put(m, o, PL_POOL_VCPU, (enum pl_truth)a);
			put(m, o, PL_POOL_VCPU, (enum pl_truth)b);
			assert_int_equal(pl_judge_cond(&c, &v), and_table[a][b]);
			v.witness = PL_CLOUD;
			assert_int_equal(pl_judge_cond(&c, &v), U);
			v.borrow = true;
			assert_int_equal(pl_judge_cond(&c, &v), and_table[a][b]);
		}
}

static const char *const ab[] = { "a", "b" }, *const cd[] = { "c", "d" };
static const char *const effects[] = { "NoSchedule", "NoExecute" };
static const char *const hard[] = { "k=v:PreferNoSchedule", "k:NoExecute" };
static const char *const soft[] = { "NoSchedule=x:PreferNoSchedule", "odd" };
static const struct pl_pair numbers[] = { { "m", "4 5" }, { "n", "4096" } };
static const struct pl_pair pairs[] = { { "a", "true" }, { "b", "True" } };
static const char *const yes[] = { "true" };

#define INT(n) { .type = PL_INT, .i = n }
#define VERSION(v) { .type = PL_VERSION, .s = v }
#define TEXT(t) { .type = PL_TEXT, .s = t }
#define LIST(l, n, o) { .type = PL_LIST, .list = l, .count = n, .open = o }
#define MAP(n, o) { .type = PL_MAP, .map = pairs, .count = n, .open = o }
#define NUMBERS { .type = PL_MAP, .map = numbers, .count = 2 }
#define V(a, b) { 2, { a, b } }

static const struct {
	enum pl_attr attr;
	struct pl_test test;
	struct pl_value value;
	enum pl_truth truth;
} rows[] = {
	{ PL_POOL_MIN, { .op = PL_OP_EQ, .bound = 4 }, INT(4), T },
	{ PL_POOL_MIN, { .op = PL_OP_EQ, .bound = 4 }, INT(5), F },
	{ PL_POOL_MIN, { .op = PL_OP_NE, .bound = 4 }, INT(5), T },
	{ PL_POOL_MIN, { .op = PL_OP_NE, .bound = 4 }, INT(4), F },
	{ PL_POOL_MIN, { .op = PL_OP_GE, .bound = 4 }, INT(4), T },
	{ PL_POOL_MIN, { .op = PL_OP_GE, .bound = 4 }, INT(3), F },
	{ PL_POOL_MIN, { .op = PL_OP_GT, .bound = 4 }, INT(4), F },
	{ PL_POOL_MIN, { .op = PL_OP_GT, .bound = 4 }, INT(5), T },
	{ PL_POOL_MIN, { .op = PL_OP_LE, .bound = 4 }, INT(4), T },
	{ PL_POOL_MIN, { .op = PL_OP_LE, .bound = 4 }, INT(5), F },
	{ PL_POOL_MIN, { .op = PL_OP_LT, .bound = 4 }, INT(4), F },
	{ PL_POOL_MIN, { .op = PL_OP_LT, .bound = 4 }, INT(-9), T },
	{ PL_POOL_MIN, { .op = PL_OP_WITHIN, .bound = 2, .bound2 = 4 }, INT(2), T },
	{ PL_POOL_MIN, { .op = PL_OP_WITHIN, .bound = 2, .bound2 = 4 }, INT(4), T },
	{ PL_POOL_MIN, { .op = PL_OP_WITHIN, .bound = 2, .bound2 = 4 }, INT(1), F },
	{ PL_POOL_MIN, { .op = PL_OP_WITHIN, .bound = 2, .bound2 = 4 }, INT(5), F },
	{ PL_POOL_MIN, { .op = PL_OP_KNOWN }, INT(0), T },
	{ PL_POOL_MACHINE_LISTED, { .op = PL_OP_EQ, .bound = 1 }, { .type = PL_BOOL, .b = true }, T },
	{ PL_POOL_MACHINE_LISTED, { .op = PL_OP_EQ, .bound = 1 }, { .type = PL_BOOL }, F },
	{ PL_POOL_MEMORY, { .op = PL_OP_GE, .bound = 16000000000 },
	  { .type = PL_BYTES, .i = 16LL << 30 }, T },
	{ PL_POOL_VERSION, { .op = PL_OP_GE, .version = V(1, 21) }, VERSION("1.21.14-gke.700"), T },
	{ PL_POOL_VERSION, { .op = PL_OP_GE, .version = V(1, 21) }, VERSION("1.20"), F },
	{ PL_POOL_VERSION, { .op = PL_OP_GE, .version = V(1, 21) }, VERSION("latest"), U },
	{ PL_POOL_VERSION, { .op = PL_OP_WITHIN, .version = V(1, 22), .version2 = V(1, 24) },
	  VERSION("1.24.10"), T },
	{ PL_POOL_VERSION, { .op = PL_OP_WITHIN, .version = V(1, 22), .version2 = V(1, 24) },
	  VERSION("1.25"), F },
	{ PL_POOL_VERSION, { .op = PL_OP_WITHIN, .version = V(1, 22), .version2 = V(1, 24) },
	  VERSION("-"), U },
	{ PL_POOL_VERSION, { .op = PL_OP_GT, .version = V(1, 5) }, VERSION("v1.5.4"), F },
	{ PL_POOL_OS, { .op = PL_OP_GE, .bound = 1 }, TEXT("1"), U },
	{ PL_POOL_OS, { .op = PL_OP_IN, .any_of = ab, .any_count = 2, .otherwise = F }, TEXT("b"), T },
	{ PL_POOL_OS, { .op = PL_OP_IN, .any_of = ab, .any_count = 2, .otherwise = F }, TEXT("x"), F },
	{ PL_POOL_OS, { .op = PL_OP_IN, .none_of = cd, .none_count = 2, .otherwise = T }, TEXT("d"), F },
	{ PL_POOL_OS, { .op = PL_OP_IN, .none_of = cd, .none_count = 2, .otherwise = T }, TEXT("x"), T },
	{ PL_POOL_OS, { .op = PL_OP_IN, .any_of = ab, .any_count = 2, .none_of = cd, .none_count = 2,
			.otherwise = U }, TEXT("x"), U },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_ANY, .any_of = ab, .any_count = 2 }, LIST(ab, 1, false), T },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_ANY, .any_of = ab, .any_count = 2 }, LIST(ab, 1, true), T },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_ANY, .any_of = ab, .any_count = 2 }, LIST(cd, 2, false), F },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_ANY, .any_of = ab, .any_count = 2 }, LIST(cd, 2, true), U },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_NONE, .none_of = ab, .none_count = 2 }, LIST(ab, 2, true), F },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_NONE, .none_of = ab, .none_count = 2 }, LIST(cd, 2, false), T },
	{ PL_POOL_TAINTS, { .op = PL_OP_HAS_NONE, .none_of = ab, .none_count = 2 }, LIST(cd, 2, true), U },
	{ PL_POOL_TAINTS, { .op = PL_OP_NO_EFFECT, .none_of = effects, .none_count = 2 },
	  LIST(hard, 2, true), F },
	{ PL_POOL_TAINTS, { .op = PL_OP_NO_EFFECT, .none_of = effects, .none_count = 2 },
	  LIST(soft, 2, false), T },
	{ PL_POOL_TAINTS, { .op = PL_OP_NO_EFFECT, .none_of = effects, .none_count = 2 },
	  LIST(soft, 2, true), U },
	{ PL_POOL_TAINTS, { .op = PL_OP_EMPTY }, LIST(ab, 0, false), T },
	{ PL_POOL_TAINTS, { .op = PL_OP_EMPTY }, LIST(ab, 0, true), U },
	{ PL_POOL_TAINTS, { .op = PL_OP_EMPTY }, LIST(ab, 1, true), F },
	{ PL_POOL_LABELS, { .op = PL_OP_EMPTY }, MAP(1, false), F },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "a", .any_of = yes, .any_count = 1 }, MAP(2, false), T },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "a", .any_of = yes, .any_count = 1 }, MAP(2, true), T },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "b", .any_of = yes, .any_count = 1 }, MAP(2, true), F },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "c", .any_of = yes, .any_count = 1 }, MAP(2, true), U },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "c", .any_of = yes, .any_count = 1 }, MAP(2, false), F },
	{ PL_POOL_LABELS, { .op = PL_OP_IN, .key = "a", .any_of = yes, .any_count = 1 }, MAP(2, false), T },
	{ PL_POOL_LABELS, { .op = PL_OP_IN, .key = "a", .none_of = yes, .none_count = 1, .otherwise = T }, MAP(2, false), F },
	{ PL_POOL_LABELS, { .op = PL_OP_IN, .key = "c", .none_of = yes, .none_count = 1, .otherwise = T }, MAP(2, true), U },
	{ PL_POOL_LABELS, { .op = PL_OP_GE, .key = "a", .bound = 1 }, MAP(2, false), F },
	{ PL_POOL_LABELS, { .op = PL_OP_GE, .key = "n", .bound = 4096 }, NUMBERS, T },
	{ PL_POOL_LABELS, { .op = PL_OP_GE, .key = "n", .bound = 4097 }, NUMBERS, F },
	{ PL_POOL_LABELS, { .op = PL_OP_GE, .key = "m", .bound = 4096 }, NUMBERS, F },
	{ PL_POOL_LABELS, { .op = PL_OP_KEY, .key = "A", .any_of = yes, .any_count = 1 }, MAP(2, false), F },
};

static void test_operators(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_object *o = pool(m), *p = pool(m);
		const struct pl_fact *f = pl_fact_add(m, o, rows[i].attr, &rows[i].value, NULL);
		struct pl_test test = rows[i].test;

		test.attr = rows[i].attr;
		if (pl_judge_fact(&test, f, 0) != rows[i].truth)
			fail_msg("row %zu", i);
		f = pl_fact_unknown(m, p, rows[i].attr, "x.y", NULL);
		assert_int_equal(pl_judge_fact(&test, f, 0), U);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_any_not),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_operators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
