/* SPDX-License-Identifier: Apache-2.0 */
/* Named checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "check/check.h"

static const struct {
	const char *plane, *node; /* NULL: unknown; "": not collected */
	enum pl_check_truth answer;
} rows[] = {
	{ "1.24", "1.24", PL_CHECK_TRUE },
	{ "1.24", "1.25", PL_CHECK_FALSE },
	{ "1.24.3", "1.24.10", PL_CHECK_TRUE },
	{ "1.24", "1.22", PL_CHECK_TRUE },
	{ "1.24", "1.21", PL_CHECK_FALSE },
	{ "1.27", "1.24", PL_CHECK_FALSE },
	{ "1.28", "1.25", PL_CHECK_TRUE },
	{ "1.29", "1.25", PL_CHECK_FALSE },
	{ "2.1", "1.25", PL_CHECK_FALSE },
	{ "2.1", "1.1", PL_CHECK_FALSE },
	{ "1.25", "0.25", PL_CHECK_FALSE },
	{ "v1.28.1-gke.100", "v1.26.0-gke.1", PL_CHECK_TRUE },
	{ NULL, "1.24", PL_CHECK_UNKNOWN },
	{ "1.24", NULL, PL_CHECK_UNKNOWN },
	{ "", "1.24", PL_CHECK_UNKNOWN },
	{ "1.24", "", PL_CHECK_UNKNOWN },
	{ "latest", "1.24", PL_CHECK_UNKNOWN },
	{ "1", "1.24", PL_CHECK_UNKNOWN },
	{ "1.24", "1.24 1.23", PL_CHECK_TRUE },
	{ "1.24", "1.24 1.25", PL_CHECK_FALSE },
	{ "1.24", "1.25 1.24", PL_CHECK_FALSE },
	{ "1.24", "1.24 latest", PL_CHECK_UNKNOWN },
	{ "1.24", "latest 1.20", PL_CHECK_FALSE },
};

static struct pl_fact *put(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			   const char *version)
{
	if (!version)
		return pl_fact_unknown(m, o, attr, "x.y", NULL);
	return *version ? pl_fact_text(m, o, attr, version, NULL) : NULL;
}

/* Versions with spaces between. */
static void put_all(struct pl_model *m, struct pl_object *o, enum pl_attr attr, const char *versions)
{
	const char *space;

	for (; versions && (space = strchr(versions, ' ')); versions = space + 1)
		put(m, o, attr, pl_model_strf(m, "%.*s", (int)(space - versions), versions));
	put(m, o, attr, versions);
}

static void test_skew(void **state)
{
	const struct pl_check *check = pl_check_find("version-skew");

	(void)state;
	assert_non_null(check);
	assert_int_equal(check->on, PL_POOL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s = pl_model_source(m, &(struct pl_source){ .name = "x", .kind = "k" });
		struct pl_object *c = pl_model_object(m, PL_CLUSTER, "c", s, "x.c");
		struct pl_object *o = pl_model_object(m, PL_POOL, "p", s, "x.p");
		struct pl_check_answer a = { 0 };

		o->cluster = c;
		put(m, c, PL_CLUSTER_VERSION, rows[i].plane);
		put_all(m, o, PL_POOL_VERSION, rows[i].node);
		if (check->judge(o, PL_PLAN, &m->arena, &a) != rows[i].answer)
			fail_msg("control plane %s, node %s", rows[i].plane, rows[i].node);
		assert_non_null(a.expected);
		assert_int_equal(a.actual == NULL, rows[i].answer == PL_CHECK_UNKNOWN);
		assert_int_equal(check->judge(o, PL_CLOUD, &m->arena, &a), PL_CHECK_UNKNOWN);
	}
}

static void test_skew_hides_what_is_sensitive(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = pl_model_source(m, &(struct pl_source){ .name = "x", .kind = "k" });
	struct pl_object *o = pl_model_object(m, PL_POOL, "p", s, "x.p");
	struct pl_check_answer a = { 0 };

	(void)state;
	assert_int_equal(pl_check_find("version-skew")->judge(o, PL_PLAN, &m->arena, &a), PL_CHECK_UNKNOWN);
	o->cluster = pl_model_object(m, PL_CLUSTER, "c", s, "x.c");
	put(m, o->cluster, PL_CLUSTER_VERSION, "1.24")->sensitive = true;
	put(m, o, PL_POOL_VERSION, "1.30");
	assert_int_equal(pl_check_find("version-skew")->judge(o, PL_PLAN, &m->arena, &a), PL_CHECK_FALSE);
	assert_null(a.actual);
}

static void test_registry(void **state)
{
	(void)state;
	assert_null(pl_check_find("nothing-of-this-name"));
	for (const struct pl_check *c = pl_checks; c->name; c++) {
		assert_ptr_equal(pl_check_find(c->name), c);
		assert_true(strlen(c->summary) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_skew),
		cmocka_unit_test(test_skew_hides_what_is_sensitive),
		cmocka_unit_test(test_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
