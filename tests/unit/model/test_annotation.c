/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about annotations: alone, together with another, without another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/annotation.h"

static const struct pl_annotation_rule rules[] = {
	{ "foreign/*", NULL, PL_ANNOTATION_ALONE, NULL, NULL, "does nothing" },
	{ "internal", "true", PL_ANNOTATION_WITH, "public", NULL, "contradicts" },
	{ "subnet", NULL, PL_ANNOTATION_WITHOUT, "internal", "true", "needs internal" },
	{ 0 },
};

static const struct {
	struct pl_pair pairs[3];
	size_t count;
	bool open;
	const char *expected;
} cases[] = {
	{ { { "plain", "x" } }, 1, false, "" },
	{ { { "foreign/a", "x" }, { "foreign/b", "y" } }, 2, false,
	  "foreign/a does nothing, foreign/b does nothing" },
	{ { { "internal", "true" } }, 1, false, "" },
	{ { { "internal", "TRUE" }, { "public", "p" } }, 2, false, "internal contradicts" },
	{ { { "internal", "false" }, { "public", "p" } }, 2, false, "" },
	{ { { "subnet", "s" } }, 1, false, "subnet needs internal" },
	{ { { "subnet", "s" } }, 1, true, "" },
	{ { { "internal", "true" }, { "subnet", "s" } }, 2, false, "" },
};

/* The problems of one balancer with the annotations of a case; NULL: no fact. */
static const char *judge(struct pl_model *m, size_t i, bool of_cluster)
{
	struct pl_source source = { .name = "s", .kind = "terraform-plan", .complete = true };
	int s = pl_model_source(m, &source);
	struct pl_object *cluster = pl_model_object(m, PL_CLUSTER, "c", s, "c");
	struct pl_object *other = pl_model_object(m, PL_CLUSTER, "other", s, "other");
	struct pl_object *o = pl_model_object(m, PL_LOAD_BALANCER, "lb", s, "lb");
	struct pl_value v = { .type = PL_MAP, .map = cases[i].pairs, .count = cases[i].count,
			      .open = cases[i].open };
	const struct pl_fact *f;
	const char *text = "";

	o->cluster = of_cluster ? cluster : other;
	pl_fact_add(m, o, PL_LB_ANNOTATIONS, &v, NULL);
	pl_model_join(m);
	pl_annotation_judge(m, cluster, rules);
	f = pl_object_fact(o, PL_LB_ANNOTATION_PROBLEMS, -1);
	for (size_t k = 0; f && k < f->value.count; k++)
		text = pl_model_strf(m, "%s%s%s", text, k ? ", " : "", f->value.list[k]);
	return f ? text : NULL;
}

static void rules_apply(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();

		assert_string_equal(judge(m, i, true), cases[i].expected);
	}
}

static void other_clusters_are_left_alone(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();

	(void)state;
	assert_null(judge(m, 1, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_apply),
		cmocka_unit_test(other_clusters_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
