/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime that waited for the version is known once another source tells the version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "joining.h"
#include "model/runtime.h"

static const struct {
	const char *versions[3];
	const char *had, *expected; /* NULL: unknown */
} cases[] = {
	{ { "1.24" }, NULL, "containerd" },
	{ { "1.33.2" }, NULL, "containerd" },
	{ { "1.23.17" }, NULL, NULL },
	{ { "1.24", "1.23" }, NULL, NULL }, /* two sources disagree */
	{ { "latest" }, NULL, NULL },
	{ { NULL }, NULL, NULL },
	{ { "1.24" }, "docker", "docker" },
};

static void versions_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s = plan(m, "s");
		struct pl_object *c = cluster(m, "c", s, "c"), *p = pool(m, "p", s, "p", c);
		const struct pl_fact *f;

		for (size_t k = 0; cases[i].versions[k]; k++)
			pl_fact_text(m, p, PL_POOL_VERSION, cases[i].versions[k], NULL);
		if (cases[i].had)
			pl_fact_text(m, p, PL_POOL_RUNTIME, cases[i].had, NULL);
		else
			pl_fact_unknown(m, p, PL_POOL_RUNTIME, "the version", "image");
		pl_model_join(m);
		pl_runtime_infer(m, c, "why");
		f = pl_object_fact(p, PL_POOL_RUNTIME, PL_PLAN);
		assert_int_equal(f->known, cases[i].expected != NULL);
		if (cases[i].expected)
			assert_string_equal(f->value.s, cases[i].expected);
	}
}

static void pools_of_others_are_left_alone(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = plan(m, "s");
	struct pl_object *c = cluster(m, "c", s, "c");
	struct pl_object *p = pool(m, "p", s, "p", cluster(m, "d", s, "d"));

	(void)state;
	pl_fact_text(m, p, PL_POOL_VERSION, "1.30", NULL);
	pl_fact_unknown(m, p, PL_POOL_RUNTIME, "the version", NULL);
	pl_model_join(m);
	pl_runtime_infer(m, c, "why");
	assert_false(pl_object_fact(p, PL_POOL_RUNTIME, PL_PLAN)->known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_decide),
		cmocka_unit_test(pools_of_others_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
