/* SPDX-License-Identifier: Apache-2.0 */
/* Facts stay in order however they arrive; values copy, compare and read well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "model/model.h"

static struct pl_object *pool_of(struct pl_model *m, enum pl_witness w)
{
	int s = pl_model_source(m, &(struct pl_source){ .name = "x", .kind = "k", .witness = w });

	return pl_model_object(m, PL_POOL, "pool", s, "aws_eks_node_group.x");
}

static void test_names_round(void **state)
{
	(void)state;
	for (int i = 0; i < PL_WITNESS_COUNT; i++)
		assert_int_equal(pl_witness_find(pl_witness_name((enum pl_witness)i)), i);
	for (int i = 0; i < PL_KIND_COUNT; i++)
		assert_int_equal(pl_kind_find(pl_kind_name((enum pl_kind)i)), i);
	for (int i = PL_SET; i <= PL_ASSUMED; i++)
		assert_int_equal(pl_basis_find(pl_basis_name((enum pl_basis)i)), i);
	for (int i = 0; i < PL_ATTR_COUNT; i++)
		assert_int_equal(pl_attr_find(pl_attrs[i].kind, pl_attrs[i].name), i);
	assert_int_equal(pl_attr_find(PL_CLUSTER, "vcpu"), -1);
	assert_int_equal(pl_kind_find("pools"), -1);
	assert_int_equal(pl_witness_find(""), -1);
	assert_int_equal(pl_basis_find("guess"), -1);
}

static void test_order(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_object *o = pool_of(m, PL_CLOUD);
	const struct pl_fact *f;
	static const int64_t expected[] = { 4, 2, 8 };

	(void)state;
	pl_fact_int(m, o, PL_POOL_MAX, 9, "z");
	pl_fact_int(m, o, PL_POOL_VCPU, 4, "a[0]");
	pl_fact_text(m, o, PL_POOL_MACHINE, "m5.large", "a[0]");
	pl_fact_int(m, o, PL_POOL_VCPU, 2, "a[1]");
	pl_fact_int(m, o, PL_POOL_VCPU, 8, "a[2]");
	f = pl_object_fact(o, PL_POOL_VCPU, PL_CLOUD);
	for (size_t i = 0; i < 3; i++, f = pl_fact_next(f, PL_CLOUD)) {
		assert_non_null(f);
		assert_int_equal(f->value.i, expected[i]);
		assert_int_equal(f->witness, PL_CLOUD);
		assert_string_equal(f->origin.address, "aws_eks_node_group.x");
	}
	assert_null(f);
	for (f = o->facts; f->next; f = f->next)
		assert_true(f->attr <= f->next->attr);
	assert_null(pl_object_fact(o, PL_POOL_VCPU, PL_PLAN));
	assert_non_null(pl_object_fact(o, PL_POOL_VCPU, -1));
	assert_null(pl_object_fact(o, PL_POOL_DISK, -1));
}

static void test_forget(void **state)
{
	static const enum pl_attr attrs[] = { PL_POOL_MACHINE, PL_POOL_VCPU, PL_POOL_MAX };

	(void)state;
	for (size_t gone = 0; gone < 3; gone++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_object *o = pool_of(m, PL_PLAN);
		size_t n = 0;

		pl_fact_text(m, o, PL_POOL_MACHINE, "a", NULL);
		pl_fact_int(m, o, PL_POOL_VCPU, 1, NULL);
		pl_fact_int(m, o, PL_POOL_VCPU, 2, NULL);
		pl_fact_int(m, o, PL_POOL_MAX, 3, NULL);
		pl_object_forget(o, attrs[gone], PL_CLOUD);
		pl_object_forget(o, attrs[gone], PL_PLAN);
		assert_null(pl_object_fact(o, attrs[gone], -1));
		for (const struct pl_fact *f = o->facts; f; f = f->next)
			n += f->attr != attrs[gone];
		assert_int_equal(n, attrs[gone] == PL_POOL_VCPU ? 2 : 3);
		pl_fact_unknown(m, o, attrs[gone], "random_pet.x", NULL);
		assert_false(pl_object_fact(o, attrs[gone], PL_PLAN)->known);
		assert_string_equal(pl_object_fact(o, attrs[gone], PL_PLAN)->waits_for, "random_pet.x");
	}
}

static void test_map_is_sorted_and_copied(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_object *o = pool_of(m, PL_PLAN);
	char key[] = "b";
	struct pl_pair pairs[] = { { key, "1" }, { "a", "2" }, { "b", "3" }, { "c", NULL } };
	const struct pl_fact *f = pl_fact_add(m, o, PL_POOL_LABELS, &(struct pl_value){
		.type = PL_MAP, .map = pairs, .count = 4 }, "labels");

	(void)state;
	key[0] = 'x';
	assert_int_equal(f->value.count, 3);
	assert_string_equal(pl_value_get(&f->value, "a"), "2");
	assert_string_equal(pl_value_get(&f->value, "b"), "3");
	assert_string_equal(pl_value_get(&f->value, "c"), "");
	assert_null(pl_value_get(&f->value, "x"));
	assert_null(pl_value_get(&f->value, ""));
}

static const char *const texts[] = { "a", "b" };
static const struct pl_pair pairs[] = { { "k", "v" }, { "password", "hunter2" } };

static const struct {
	struct pl_value value;
	const char *text;
} values[] = {
	{ { .type = PL_BOOL, .b = true }, "true" },
	{ { .type = PL_BOOL }, "false" },
	{ { .type = PL_INT, .i = -4 }, "-4" },
	{ { .type = PL_BYTES, .i = 16LL << 30 }, "16 GiB" },
	{ { .type = PL_TEXT, .s = "ubuntu" }, "ubuntu" },
	{ { .type = PL_VERSION, .s = "1.24" }, "1.24" },
	{ { .type = PL_LIST, .list = texts, .count = 2 }, "a, b" },
	{ { .type = PL_LIST, .list = texts, .count = 1, .open = true }, "a, and others not known yet" },
	{ { .type = PL_LIST }, "none" },
	{ { .type = PL_LIST, .open = true }, "not known yet" },
	{ { .type = PL_MAP, .map = pairs, .count = 1 }, "k=v" },
	{ { .type = PL_MAP, .map = pairs, .count = 2 }, "k=v, password=(sensitive)" },
};

static void test_values(void **state)
{
	struct pl_arena a = { NULL };
	const size_t n = sizeof values / sizeof *values;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(pl_value_text(&a, &values[i].value), values[i].text);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(pl_value_eq(&values[i].value, &values[k].value), i == k);
	}
	pl_arena_release(&a);
}

/* 200,000 facts of one pool: a list walked for each would take minutes. */
static void test_many_facts(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_object *o = pool_of(m, PL_PLAN);
	clock_t start = clock();
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		pl_fact_text(m, o, PL_POOL_MACHINE, "m5.large", NULL);
		pl_fact_int(m, o, PL_POOL_VCPU, i, NULL);
	}
	for (const struct pl_fact *f = pl_object_fact(o, PL_POOL_VCPU, PL_PLAN); f;
	     f = pl_fact_next(f, PL_PLAN))
		assert_int_equal(f->value.i, n++);
	assert_int_equal(n, 100000);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_round),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_map_is_sorted_and_copied),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_many_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
