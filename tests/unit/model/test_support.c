/* SPDX-License-Identifier: Apache-2.0 */
/* Until when a version is supported, by a table, for each witness that knows the version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "joining.h"
#include "model/support.h"

static const char csv[] = "version,until\n1.30,2025-07-23\n1.3,2020-01-01\n1.29,2025-03-23";
static const unsigned long len = sizeof csv - 1;
static const struct pl_support eks = { "eks", "EKS", csv, &len };

static void test_a_version_in_any_spelling(void **state)
{
	static const struct {
		const char *version, *day;
	} rows[] = {
		{ "1.30", "2025-07-23" },        { "v1.30.4-eks-036c24b", "2025-07-23" },
		{ "1.3.0", "2020-01-01" },       { "1.29.15-gke.1", "2025-03-23" },
		{ "1.31", NULL }, { "1", NULL }, { "latest", NULL }, { "2.30", NULL }, { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char day[11] = "";
		bool found = pl_support_until(&eks, rows[i].version, day);

		if (found != (rows[i].day != NULL) || (found && !pl_streq(day, rows[i].day)))
			fail_msg("%s: %s", rows[i].version, day);
	}
}

static const char *said(const struct pl_object *c, enum pl_witness w)
{
	const struct pl_fact *f = pl_object_fact(c, PL_CLUSTER_SUPPORT_UNTIL, (int)w);

	return !f ? "-" : f->known ? f->value.s : f->waits_for;
}

static void test_each_witness_for_itself(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), k = source(m, "k8s://", "kubernetes", PL_CLUSTER_API);
	int a = source(m, "eks://", "eks", PL_CLOUD);
	struct pl_object *c = cluster(m, "c", p, "x.c"), *live = cluster(m, "c", k, "c"), *api = cluster(m, "c", a, "c");

	(void)state;
	pl_fact_text(m, c, PL_CLUSTER_VERSION, "1.30", "version")->sensitive = true;
	pl_fact_text(m, live, PL_CLUSTER_VERSION, "v1.28.1", NULL);
	pl_fact_text(m, api, PL_CLUSTER_VERSION, "1.29", NULL);
	pl_fact_text(m, api, PL_CLUSTER_SUPPORT_UNTIL, "2025-03-24", NULL);
	pl_model_join(m);
	pl_support_tell(m, m->objects[0], &eks);
	assert_string_equal(said(m->objects[0], PL_PLAN), "2025-07-23");
	assert_true(pl_object_fact(m->objects[0], PL_CLUSTER_SUPPORT_UNTIL, PL_PLAN)->sensitive);
	assert_string_equal(said(m->objects[0], PL_CLUSTER_API), "the built-in table has no date for EKS v1.28.1");
	/* an API knows better than a table */
	assert_string_equal(said(m->objects[0], PL_CLOUD), "2025-03-24");
	assert_string_equal(said(m->objects[0], PL_NODE_SSH), "-");
}

static void test_whose_cluster_it_is(void **state)
{
	static const struct pl_support other = { "gke", "GKE", csv, &len };
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_object *c = cluster(m, "c", plan(m, "plan.json"), "x.c");

	(void)state;
	pl_fact_unknown(m, c, PL_CLUSTER_VERSION, "var.version", "version");
	pl_model_join(m);
	pl_support_tell(m, m->objects[0], &other);
	assert_string_equal(said(m->objects[0], PL_PLAN), "-");
	pl_support_tell(m, m->objects[0], &eks);
	assert_string_equal(said(m->objects[0], PL_PLAN), "var.version");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_version_in_any_spelling),
		cmocka_unit_test(test_each_witness_for_itself),
		cmocka_unit_test(test_whose_cluster_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
