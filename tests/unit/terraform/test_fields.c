/* SPDX-License-Identifier: Apache-2.0 */
/* From the JSON of an attribute to the value of a fact: each conversion, and what it does not take. */
#include "reading.h"

static const struct {
	const char *json;
	enum pl_attr attr;
	enum pl_as as;
	const char *unset;
	const char *expected; /* "?": unknown, "-": no fact */
} cases[] = {
	{ "'x'", PL_POOL_OS, PL_AS_TEXT, NULL, "x" },
	{ "7", PL_POOL_OS, PL_AS_TEXT, NULL, "7" },
	{ "['x','y']", PL_POOL_OS, PL_AS_TEXT, NULL, "x" },
	{ "{}", PL_POOL_OS, PL_AS_TEXT, NULL, "?" },
	/* a state has "" where nobody set a text */
	{ "''", PL_POOL_OS, PL_AS_TEXT, "ubuntu", "ubuntu" },
	{ "null", PL_POOL_OS, PL_AS_TEXT, "ubuntu", "ubuntu" },
	{ "null", PL_POOL_OS, PL_AS_TEXT, NULL, "-" },
	{ "'ON_DEMAND'", PL_POOL_CAPACITY, PL_AS_LOWER, NULL, "on-demand" },
	{ "3", PL_POOL_MIN, PL_AS_INT, NULL, "3" },
	{ "'3'", PL_POOL_MIN, PL_AS_INT, NULL, "3" },
	{ "3.0", PL_POOL_MIN, PL_AS_INT, NULL, "3" },
	{ "'three'", PL_POOL_MIN, PL_AS_INT, NULL, "?" },
	{ "1e300", PL_POOL_MIN, PL_AS_INT, NULL, "?" },
	{ "100", PL_POOL_DISK, PL_AS_GIB, NULL, "100 GiB" },
	{ "9000000000000000", PL_POOL_DISK, PL_AS_GIB, NULL, "?" },
	{ "1024", PL_POOL_MEMORY, PL_AS_MIB, NULL, "1 GiB" },
	{ "null", PL_POOL_DISK, PL_AS_GIB, "100 GiB", "100 GiB" },
	{ "true", PL_CLUSTER_SERVICE_LB, PL_AS_BOOL, NULL, "true" },
	{ "'False'", PL_CLUSTER_SERVICE_LB, PL_AS_BOOL, NULL, "false" },
	{ "'perhaps'", PL_CLUSTER_SERVICE_LB, PL_AS_BOOL, NULL, "?" },
	{ "null", PL_CLUSTER_SERVICE_LB, PL_AS_BOOL, "true", "true" },
	{ "{'b':'2','a':1,'c':[]}", PL_POOL_LABELS, PL_AS_LABELS, NULL, "a=1, b=2" },
	{ "[]", PL_POOL_LABELS, PL_AS_LABELS, NULL, "none" },
	{ "'a=b'", PL_POOL_LABELS, PL_AS_LABELS, NULL, "?" },
	{ "null", PL_POOL_LABELS, PL_AS_LABELS, "", "none" },
	{ "['80',443]", PL_LB_PORTS, PL_AS_LIST, NULL, "80, 443" },
	{ "80", PL_LB_PORTS, PL_AS_LIST, NULL, "80" },
	{ "{}", PL_LB_PORTS, PL_AS_LIST, NULL, "?" },
};

static void conversions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const struct pl_field fields[] = {
			{ "x", cases[i].attr, cases[i].as, cases[i].unset, cases[i].unset ? "its default" : NULL },
			{ 0 },
		};
		struct pl_tf *tf = read_plan(m, pl_model_strf(m, PLAN(MADE("t_template", "t", "'x':%s", ""), ""),
							      cases[i].json));
		struct pl_tf_resource *r = at_address(tf, "t_template.t");
		struct pl_object *o = pl_tf_object(tf, r, pl_attrs[cases[i].attr].kind, "o");
		const struct pl_fact *f;

		pl_tf_fields(tf, r, o, "", fields);
		f = pl_object_fact(o, cases[i].attr, PL_PLAN);
		if (!pl_streq(!f ? "-" : f->known ? pl_value_text(&m->arena, &f->value) : "?", cases[i].expected))
			fail_msg("row %zu: %s becomes %s, not %s", i, cases[i].json,
				 !f ? "-" : f->known ? pl_value_text(&m->arena, &f->value) : "?", cases[i].expected);
		if (f)
			assert_int_equal(f->basis == PL_DEFAULT,
					 cases[i].unset && (pl_streq(cases[i].json, "null") || pl_streq(cases[i].json, "''")));
		pl_tf_free(tf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(conversions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
