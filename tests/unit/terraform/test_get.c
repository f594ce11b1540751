/* SPDX-License-Identifier: Apache-2.0 */
/* An attribute in a plan: set, proved unset, or unknown with what it waits for. */
#include "reading.h"

struct attribute_case {
	const char *plan, *address, *path;
	enum pl_tf_state state;
	const char *text; /* SET: the value; UNKNOWN: what it waits for */
};

static void check_attributes(const struct attribute_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct attribute_case *c = &cases[i];
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_tf *tf = read_plan(m, c->plan);
		struct pl_tf_resource *r = at_address(tf, c->address);
		struct pl_tf_value v = pl_tf_get(tf, r, c->path);
		const char *text = v.state == PL_TF_SET ? pl_tf_text(tf, r, c->path) : v.waits_for;

		if (v.state != c->state || !pl_streq(text, c->text))
			fail_msg("row %zu: %s is %d %s, not %d %s", i, c->path, (int)v.state,
				 text ? text : "-", (int)c->state, c->text ? c->text : "-");
		pl_tf_free(tf);
	}
}
#define CHECK(cases) check_attributes(cases, sizeof cases / sizeof *cases)

/* A resource of the root: what is planned of it, what is unknown, what is written. */
#define ONE(after, unknown, written) \
	PLAN(MADE("t_template", "t", after, unknown), "'resources':[" BLOCK("", "t_template", "t", written) "]")
#define CASE(after, unknown, written, path, state, text) \
	{ ONE(after, unknown, written), "t_template.t", path, state, text }
#define SIZE "'size':true"
#define WRITTEN(references) "'size':" REFERS(references)
#define CASE_REF(references, state, text) CASE("", SIZE, WRITTEN(references), "size", state, text)
static const char after_apply[] = "known after apply";
static const char by_dynamic[] = "known after apply (a dynamic block may set it)";

static const struct attribute_case attributes[] = {
	CASE("'size':'big'", "", "", "size", PL_TF_SET, "big"),
	CASE("'size':null", "", "", "size", PL_TF_UNSET, NULL),
	CASE("", "", "", "size", PL_TF_UNSET, NULL),
	/* planned as unknown, and nothing writes it */
	CASE("", SIZE, "", "size", PL_TF_UNSET, NULL),
	CASE("", SIZE, "'size':{'constant_value':null}", "size", PL_TF_UNSET, NULL),
	CASE("", SIZE, "'size':{'constant_value':{}}", "size", PL_TF_UNSET, NULL),
	CASE("", SIZE, "'size':{'constant_value':'big'}", "size", PL_TF_UNKNOWN, after_apply),
	/* what stood at plan time can only have been null */
	CASE_REF("'var.size'", PL_TF_UNSET, NULL),
	CASE_REF("'count.index'", PL_TF_UNSET, NULL),
	CASE_REF("'path.module'", PL_TF_UNSET, NULL),
	CASE_REF("'t_bucket.b.id','t_bucket.b'", PL_TF_UNKNOWN, "t_bucket.b.id"),
	CASE_REF("'local.size'", PL_TF_UNKNOWN, "local.size"),
	/* the order in the file differs from plan to plan, what is said does not */
	CASE_REF("'local.size','t_bucket.b','t_bucket.b.id'", PL_TF_UNKNOWN, "t_bucket.b.id"),
	CASE_REF("'module.none.out','module.none'", PL_TF_UNKNOWN, "module.none.out"),
	{ PLAN(MADE("t_template", "t", "", SIZE), ""), "t_template.t", "size", PL_TF_UNKNOWN, after_apply },
};

static const struct attribute_case blocks[] = {
	CASE("'b':[{'size':'big'}]", "", "", "b[0].size", PL_TF_SET, "big"),
	CASE("'b':{'size':'big'}", "", "", "b[0].size", PL_TF_SET, "big"),
	CASE("'b':[{'size':'big'}]", "", "", "b.size", PL_TF_SET, "big"),
	CASE("'b':[]", "", "", "b[0].size", PL_TF_UNSET, NULL),
	CASE("", "'b':true", "", "b[0].size", PL_TF_UNKNOWN, by_dynamic),
	CASE("", "'b':true", "'b':[{}]", "b[0].size", PL_TF_UNSET, NULL),
	CASE("'b':[{}]", "'b':[{'size':true}]", "'b':[{'size':" REFERS("'local.s'") "}]", "b[0].size",
	     PL_TF_UNKNOWN, "local.s"),
	CASE("'b':[{},{}]", "'b':[{},{'size':true}]", "'b':[{},{'size':" REFERS("'local.s'") "}]",
	     "b[1].size", PL_TF_UNKNOWN, "local.s"),
	/* of a whole block every expression in it counts */
	CASE("", "'b':true", "'b':[{'x':" REFERS("'var.x'") ",'y':" REFERS("'local.y'") "}]", "b", PL_TF_UNKNOWN,
	     "local.y"),
	CASE("", "'b':true", "'b':[{'x':" REFERS("'var.x'") ",'y':{'constant_value':1}}]", "b", PL_TF_UNSET, NULL),
	CASE("'l':['a',null]", "'l':[false,true]", "'l':" REFERS("'local.l'"), "l[0]", PL_TF_SET, "a"),
	CASE("'l':['a',null]", "'l':[false,true]", "'l':" REFERS("'local.l'"), "l[1]", PL_TF_UNKNOWN, "local.l"),
};

static const struct attribute_case alternatives[] = {
	CASE("'old':'1'", "", "", "new|old", PL_TF_SET, "1"),
	CASE("'new':'2','old':'1'", "", "", "new|old", PL_TF_SET, "2"),
	CASE("'old':'1'", "'new':true", "'new':" REFERS("'local.n'"), "new|old", PL_TF_SET, "1"),
	CASE("", "'old':true", "'old':" REFERS("'local.o'"), "new|old", PL_TF_UNKNOWN, "local.o"),
	CASE("", "", "", "new|old", PL_TF_UNSET, NULL),
};

/* A template in a module that is called with `arguments` and, before them, more members. */
#define CALLED(more, arguments, written, outputs) \
	PLAN(INSIDE("module.m", "t_template", "t", "", SIZE), \
	     "'module_calls':{'m':{" more "'expressions':{" arguments "},'module':{'resources':[" \
	     BLOCK("", "t_template", "t", written) "]}},'o':{'module':{'outputs':{" outputs "}}}}")
#define CASE_CALLED(more, arguments, outputs, state, text) \
	{ CALLED(more, arguments, WRITTEN("'var.size'"), outputs), "module.m.t_template.t", "size", state, text }
#define OUTPUT(expression) "'out':{'expression':" expression "}"

static const struct attribute_case modules[] = {
	/* an argument that is left out takes its default, a constant */
	CASE_CALLED("", "", "", PL_TF_UNSET, NULL),
	CASE_CALLED("", "'size':" REFERS("'var.s'"), "", PL_TF_UNSET, NULL),
	CASE_CALLED("", "'size':" REFERS("'local.s'"), "", PL_TF_UNKNOWN, "local.s"),
	CASE_CALLED("", "'size':" REFERS("'module.o.out','module.o'"), OUTPUT("{'constant_value':'x'}"),
		    PL_TF_UNSET, NULL),
	CASE_CALLED("", "'size':" REFERS("'module.o.out','module.o'"), OUTPUT(REFERS("'t_bucket.b.id','t_bucket.b'")),
		    PL_TF_UNKNOWN, "t_bucket.b.id"),
	/* each.value stands for what for_each refers to */
	CASE_CALLED("'for_each_expression':" REFERS("'var.all'") ",", "'size':" REFERS("'each.value'"), "",
		    PL_TF_UNSET, NULL),
	CASE_CALLED("'for_each_expression':" REFERS("'local.all'") ",", "'size':" REFERS("'each.value'"), "",
		    PL_TF_UNKNOWN, "local.all"),
	/* an output that refers to itself through its own module's variable ends somewhere */
	CASE_CALLED("", "'size':" REFERS("'module.o.out','module.o'"),
		    OUTPUT(REFERS("'module.o.out','module.o'")), PL_TF_UNKNOWN, "module.o.out"),
};

static void attributes_of_a_resource(void **state)
{
	(void)state;
	CHECK(attributes);
}

static void blocks_and_lists(void **state)
{
	(void)state;
	CHECK(blocks);
}

static void alternatives_of_a_path(void **state)
{
	(void)state;
	CHECK(alternatives);
}

static void variables_and_outputs(void **state)
{
	(void)state;
	CHECK(modules);
}

/* for_each of the resource itself, whose own instance the value is of. */
static void each_of_the_resource(void **state)
{
	static const struct attribute_case cases[] = {
		{ PLAN(KEYED("t_template", "t", "a", "", SIZE), "'resources':["
		       BLOCK("'for_each_expression':" REFERS("'var.all'") ",", "t_template", "t",
			     WRITTEN("'each.value'")) "]"),
		  "t_template.t['a']", "size", PL_TF_UNSET, NULL },
		{ PLAN(KEYED("t_template", "t", "a", "", SIZE), "'resources':["
		       BLOCK("'for_each_expression':" REFERS("'local.all'") ",", "t_template", "t",
			     WRITTEN("'each.value'")) "]"),
		  "t_template.t['a']", "size", PL_TF_UNKNOWN, "local.all" },
	};

	(void)state;
	CHECK(cases);
}

static void marks_of_a_value(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_tf *tf = read_plan(m, ONE("'map':{'a':'b'},'password':'p','n':1",
					    "'map':{'c':true}", "'map':" REFERS("'local.m'")));
	struct pl_tf_resource *r = at_address(tf, "t_template.t");

	(void)state;
	assert_true(pl_tf_get(tf, r, "map").partial);
	assert_false(pl_tf_get(tf, r, "n").partial);
	assert_true(pl_tf_get(tf, r, "password").sensitive);
	assert_false(pl_tf_get(tf, r, "n").sensitive);
	assert_int_equal(pl_tf_get_block(tf, r, "none").state, PL_TF_UNSET);
	assert_int_equal(pl_tf_count(tf, r, "none"), 0);
	pl_tf_free(tf);
}

/* Of blocks the provider never computes, a planned unknown that nobody wrote is a dynamic one. */
static void blocks_that_are_never_computed(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_tf *tf = read_plan(m, ONE("", "'tls':true", ""));
	struct pl_tf_value v = pl_tf_get_block(tf, at_address(tf, "t_template.t"), "tls");

	(void)state;
	assert_int_equal(v.state, PL_TF_UNKNOWN);
	assert_string_equal(v.waits_for, by_dynamic);
	pl_tf_free(tf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_of_a_resource),
		cmocka_unit_test(blocks_and_lists),
		cmocka_unit_test(alternatives_of_a_path),
		cmocka_unit_test(variables_and_outputs),
		cmocka_unit_test(each_of_the_resource),
		cmocka_unit_test(marks_of_a_value),
		cmocka_unit_test(blocks_that_are_never_computed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
