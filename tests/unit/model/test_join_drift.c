/* SPDX-License-Identifier: Apache-2.0 */
/* Drift: what one source says of itself, and where witnesses disagree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "joining.h"

/* Each difference between witnesses is noted, for what two of them know for certain. */
static void test_witnesses_disagree(void **state)
{
	static const struct pl_pair mine[] = { { "k", "1" }, { "same", "x" }, { "token", "a" } };
	static const struct pl_pair theirs[] = { { "added", "y" }, { "same", "x" }, { "token", "b" } };
	static const char *const attributes[] = { "labels.k", "labels.token", "machine_type", "min_nodes" };
	static const char *const planned[] = { "1", "(sensitive)", "m5.large, m6i.large", "1" };
	static const char *const seen[] = { NULL, "(sensitive)", "m5.large", "2" };
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "a.json"), live = source(m, "eks://x", "eks", PL_CLOUD);
	struct pl_object *c = cluster(m, "c", p, "x.c");
	struct pl_object *a = pool(m, "p", p, "x.p", c), *b = pool(m, "p", live, "p", c);

	(void)state;
	pl_fact_add(m, a, PL_POOL_LABELS, &(struct pl_value){ .type = PL_MAP, .map = mine, .count = 3 }, NULL);
	pl_fact_add(m, b, PL_POOL_LABELS, &(struct pl_value){ .type = PL_MAP, .map = theirs, .count = 3 }, NULL);
	pl_fact_text(m, a, PL_POOL_MACHINE, "m5.large", NULL);
	pl_fact_text(m, a, PL_POOL_MACHINE, "m6i.large", NULL);
	pl_fact_text(m, b, PL_POOL_MACHINE, "m5.large", NULL);
	pl_fact_int(m, a, PL_POOL_MIN, 1, NULL);
	pl_fact_int(m, b, PL_POOL_MIN, 2, NULL);
	pl_fact_text(m, a, PL_POOL_VERSION, "1.24", NULL);
	pl_fact_text(m, b, PL_POOL_VERSION, "1.24.10", NULL);
	pl_fact_int(m, a, PL_POOL_MEMORY, 16000, NULL);
	pl_fact_int(m, b, PL_POOL_MEMORY, 15000, NULL);
	pl_fact_text(m, a, PL_POOL_OS, "hidden", NULL)->sensitive = true;
	pl_fact_text(m, b, PL_POOL_OS, "cos", NULL);
	pl_fact_unknown(m, a, PL_POOL_CAPACITY, "x.y", NULL);
	pl_fact_text(m, b, PL_POOL_CAPACITY, "spot", NULL);
	pl_fact_int(m, b, PL_POOL_MAX_PODS, 17, NULL);
	/* what may be among the rest is not missing */
	pl_fact_add(m, pool(m, "q", p, "x.q", c), PL_POOL_LABELS,
		    &(struct pl_value){ .type = PL_MAP, .map = mine, .count = 1 }, NULL);
	pl_fact_add(m, pool(m, "q", live, "q", c), PL_POOL_LABELS,
		    &(struct pl_value){ .type = PL_MAP, .map = theirs, .count = 1, .open = true }, NULL);
	pl_model_join(m);
	assert_int_equal(m->drift_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(m->drift[i].attribute, attributes[i]);
		assert_string_equal(m->drift[i].said[PL_PLAN], planned[i]);
		assert_true(pl_streq(m->drift[i].said[PL_CLOUD], seen[i]));
		assert_int_equal(m->drift[i].witnesses, 1U << PL_PLAN | 1U << PL_CLOUD);
		assert_string_equal(m->drift[i].cluster, "c");
	}
}

static void test_drift_follows(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = source(m, "old.tfstate", "terraform-state", PL_PLAN), p = plan(m, "plan.json");
	struct pl_object *c = cluster(m, "c", p, "x.c"), *was = pool(m, "w", s, "x.p", c);
	struct pl_drift drift[2] = { { .object = was }, { .object = pool(m, "e", s, "x.e", c) } };

	(void)state;
	pl_fact_int(m, (struct pl_object *)(uintptr_t)drift[1].object, PL_POOL_MAX, 0, NULL);
	pool(m, "w", p, "x.p", c);
	m->drift = pl_alloc(sizeof drift);
	memcpy(m->drift, drift, sizeof drift);
	m->drift_count = 2;
	pl_model_join(m);
	assert_ptr_equal(m->drift[0].object, find(m, PL_POOL, "w"));
	assert_string_equal(m->drift[0].cluster, "c");
	assert_null(m->drift[1].object);
}

static void ask_node(struct pl_model *m, const char *file, const struct pl_pair *sysctls, size_t n,
		     const char *version, const char *free)
{
	int s = source(m, file, "snapshot", PL_NODE_SSH);
	struct pl_object *o = object(m, PL_NODE, "n", s, "n");

	pl_fact_add(m, o, PL_NODE_SYSCTLS, &(struct pl_value){ .type = PL_MAP, .map = sysctls, .count = n, .open = true },
		    NULL);
	pl_fact_text(m, o, PL_NODE_OS_VERSION, version, NULL);
	pl_fact_add(m, o, PL_NODE_DISK_FREE,
		    &(struct pl_value){ .type = PL_MAP, .map = &(struct pl_pair){ "/", free }, .count = 1, .open = true }, NULL);
}

/* What both were asked and answer otherwise; what only one was asked is no difference. */
static void test_a_node_over_time(void **state)
{
	static const struct pl_pair older[] = { { "a", "1" }, { "b", "1" }, { "c", "1" } };
	static const struct pl_pair newer[] = { { "b", "1" }, { "c", "2" }, { "d", "4" } };
	pl_auto_model struct pl_model *m = pl_model_new();

	(void)state;
	ask_node(m, "yesterday.json", older, 3, "2023", "100");
	ask_node(m, "today.json", newer, 3, "2023.9.1", "90");
	pl_model_join(m);
	assert_int_equal(count(m, PL_NODE), 1);
	assert_int_equal(m->drift_count, 1);
	assert_string_equal(m->drift[0].attribute, "sysctls.c");
	assert_string_equal(m->drift[0].state, "1");
	assert_string_equal(m->drift[0].now, "2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_witnesses_disagree),
		cmocka_unit_test(test_drift_follows),
		cmocka_unit_test(test_a_node_over_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
