/* SPDX-License-Identifier: Apache-2.0 */
/* From an attribute to the resource that it means, by value and by reference; from pools to clusters. */
#include "reading.h"

struct follow_case {
	const char *plan, *address, *path;
	const char *found; /* its address; NULL: none, or more than one possible */
};

static const char *const templates[] = { "t_template", NULL };

static void check_follows(const struct follow_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct follow_case *c = &cases[i];
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_tf *tf = read_plan(m, c->plan);
		struct pl_tf_resource *r = pl_tf_follow(tf, at_address(tf, c->address), c->path, templates,
							"id|name");
		const char *wanted = c->found ? with_quotes(m, c->found) : NULL;

		if (!pl_streq(r ? r->address : NULL, wanted))
			fail_msg("row %zu: %s leads to %s, not %s", i, c->path, r ? r->address : "nothing",
				 wanted ? wanted : "nothing");
		pl_tf_free(tf);
	}
}
#define CHECK(cases) check_follows(cases, sizeof cases / sizeof *cases)

#define TEMPLATE(name, after) MADE("t_template", name, after, "")
#define POOL(after, unknown) MADE("t_pool", "p", after, unknown)
#define BY_VALUE(value, changes, found) \
	{ PLAN(POOL("'template':'" value "'", "") "," changes, ""), "t_pool.p", "template", found }

static const struct follow_case by_value[] = {
	BY_VALUE("lt-1", TEMPLATE("a", "'id':'lt-1'") "," TEMPLATE("b", "'id':'lt-2'"), "t_template.a"),
	BY_VALUE("one", TEMPLATE("a", "'id':'lt-1','name':'one'"), "t_template.a"),
	BY_VALUE("ONE", TEMPLATE("a", "'name':'one'"), "t_template.a"),
	BY_VALUE("/projects/x/one", TEMPLATE("a", "'name':'one'"), "t_template.a"),
	BY_VALUE("other", TEMPLATE("a", "'name':'one'"), NULL),
	BY_VALUE("one", TEMPLATE("a", "'name':'one'") "," TEMPLATE("b", "'name':'one'"), NULL),
	BY_VALUE("one", GONE("t_template", "a", "'name':'one'"), NULL),
	BY_VALUE("one", GONE("t_template", "a", "'name':'one'") "," TEMPLATE("b", "'name':'one'"), "t_template.b"),
};

/* Of several of one name the nearest is meant, in whatever order the file has them. */
#define IN_MODULES(a, b) \
	PLAN(INSIDE("module.m.module.n", "t_pool", "p", "'template':'one'", "") "," \
	     INSIDE(a, "t_template", "t", "'name':'one'", "") "," \
	     INSIDE(b, "t_template", "t", "'name':'one'", ""), "")
#define CASE_NEAREST(a, b, found) \
	{ IN_MODULES(a, b), "module.m.module.n.t_pool.p", "template", found }
static const struct follow_case nearest[] = {
	CASE_NEAREST("module.m.module.n", "module.m", "module.m.module.n.t_template.t"),
	CASE_NEAREST("module.x", "module.m", "module.m.t_template.t"),
	CASE_NEAREST("module.m.module.a", "module.x", "module.m.module.a.t_template.t"),
	CASE_NEAREST("module.m.module.a", "module.m.module.b", NULL),
	CASE_NEAREST("module.x", "module.y", NULL),
};

/* References of a pool in the root, whose template's id is not known yet. */
#define UNKNOWN_TEMPLATE "'template':true"
#define REFERRING(more, changes, references) \
	PLAN(changes, "'resources':[" BLOCK(more, "t_pool", "p", "'template':" REFERS(references)) "]")
#define CASE_REF(changes, references, found) \
	{ REFERRING("", POOL("", UNKNOWN_TEMPLATE) "," changes, references), "t_pool.p", "template", found }
#define TWO_TEMPLATES KEYED("t_template", "t", "a", "", "") "," KEYED("t_template", "t", "b", "", "")
#define EACH "'for_each_expression':" REFERS("'var.all'") ","
#define CASE_EACH(key, references, found) \
	{ REFERRING(EACH, KEYED("t_pool", "p", key, "", UNKNOWN_TEMPLATE) "," TWO_TEMPLATES, references), \
	  "t_pool.p['" key "']", "template", found }

static const struct follow_case by_reference[] = {
	CASE_REF(TEMPLATE("a", ""), "'t_template.a.id','t_template.a'", "t_template.a"),
	CASE_REF(TEMPLATE("a", ""), "'t_template.b.id','t_template.b'", NULL),
	CASE_REF(TEMPLATE("a", "") "," TEMPLATE("b", ""), "'t_template.a.id','t_template.a','t_template.b.id','t_template.b'", NULL),
	CASE_REF(GONE("t_template", "a", ""), "'t_template.a.id','t_template.a'", NULL),
	CASE_REF(TEMPLATE("a", ""), "'local.a'", NULL),
	CASE_REF(TWO_TEMPLATES, "'t_template.t[~b~].id','t_template.t[~b~]','t_template.t'", "t_template.t['b']"),
	CASE_REF(TWO_TEMPLATES, "'t_template.t[~c~].id','t_template.t[~c~]','t_template.t'", NULL),
	CASE_REF(TWO_TEMPLATES, "'t_template.t'", NULL),
	CASE_EACH("a", "'t_template.t','each.key'", "t_template.t['a']"),
	CASE_EACH("b", "'t_template.t','each.key'", "t_template.t['b']"),
	CASE_EACH("c", "'t_template.t','each.key'", NULL),
	CASE_EACH("a", "'t_template.t'", NULL),
};

/* The pool stands in a module; what it is given comes from the root, or from another module. */
#define CALL(more, arguments, module) "{" more "'expressions':{" arguments "},'module':{" module "}}"
#define POOL_BLOCK BLOCK("", "t_pool", "p", "'template':" REFERS("'var.template'"))
#define OUTPUT(references) "'outputs':{'id':{'expression':" REFERS(references) "}}"
#define THE_OUTPUT OUTPUT("'t_template.t.id','t_template.t'")
#define IN_POOLS(module, changes, more, references, made) \
	{ PLAN(INSIDE(module, "t_pool", "p", "", UNKNOWN_TEMPLATE) "," changes, \
	       "'module_calls':{'pools':" CALL(more, "'template':" REFERS(references), \
	       "'resources':[" POOL_BLOCK "]") ",'made':" CALL("", "", made) "}")
#define CASE_CALL(changes, references, made, found) \
	IN_POOLS("module.pools", changes, "", references, made), "module.pools.t_pool.p", "template", found }
#define CASE_CALL_EACH(key, changes, references, found) \
	IN_POOLS("module.pools[~" key "~]", changes, EACH, references, THE_OUTPUT), \
	"module.pools['" key "'].t_pool.p", "template", found }
#define MADE_IN(module) INSIDE(module, "t_template", "t", "", "")
#define TWO_MADE MADE_IN("module.made[~a~]") "," MADE_IN("module.made[~b~]")
/* names that begin like the module's own */
#define MADE_BESIDE MADE_IN("module.made-not") "," MADE_IN("module.madeNot")

static const struct follow_case through_modules[] = {
	CASE_CALL(TEMPLATE("t", ""), "'t_template.t.id','t_template.t'", "", "t_template.t"),
	CASE_CALL(MADE_IN("module.made"), "'module.made.id','module.made'", THE_OUTPUT, "module.made.t_template.t"),
	CASE_CALL(MADE_IN("module.made") "," MADE_BESIDE, "'module.made.id','module.made'", THE_OUTPUT,
		  "module.made.t_template.t"),
	CASE_CALL(MADE_IN("module.made"), "'module.made.none','module.made'", THE_OUTPUT, NULL),
	CASE_CALL(MADE_IN("module.made") "," MADE_BESIDE, "'module.made'", THE_OUTPUT, "module.made.t_template.t"),
	CASE_CALL(TWO_MADE, "'module.made[~b~].id','module.made[~b~]','module.made'", THE_OUTPUT,
		  "module.made['b'].t_template.t"),
	CASE_CALL(TWO_MADE, "'module.made[~b~]','module.made'", THE_OUTPUT, "module.made['b'].t_template.t"),
	CASE_CALL(TWO_MADE, "'module.made[~c~].id','module.made[~c~]','module.made'", THE_OUTPUT, NULL),
	CASE_CALL(TWO_MADE, "'module.made'", THE_OUTPUT, NULL),
	CASE_CALL(TWO_MADE, "'module.made.id','module.made'", THE_OUTPUT, NULL),
	CASE_CALL(MADE_IN("module.made[~a~]") "," MADE_IN("module.made[~a~].module.x"), "'module.made.id','module.made'",
		  THE_OUTPUT, "module.made['a'].t_template.t"),
	CASE_CALL(MADE_IN("module.made[~a~]") "," MADE_BESIDE, "'module.made'", THE_OUTPUT,
		  "module.made['a'].t_template.t"),
	CASE_CALL_EACH("a", TWO_MADE, "'module.made','each.key'", "module.made['a'].t_template.t"),
	CASE_CALL_EACH("c", TWO_MADE, "'module.made','each.key'", NULL),
	CASE_CALL_EACH("a", TWO_MADE, "'module.made'", NULL),
	/* a module that feeds itself ends */
	CASE_CALL(MADE_IN("module.made"), "'module.made.id','module.made'", OUTPUT("'module.made.id','module.made'"), NULL),
	CASE_CALL(MADE_IN("module.made"), "'var.template'", "", NULL),
};

static void values(void **state)
{
	(void)state;
	CHECK(by_value);
}

static void nearest_of_several(void **state)
{
	(void)state;
	CHECK(nearest);
}

static void references(void **state)
{
	(void)state;
	CHECK(by_reference);
}

static void variables_and_outputs(void **state)
{
	(void)state;
	CHECK(through_modules);
}

/* A list leads to several, and says whether it led to all. */
static void lists(void **state)
{
	static const struct {
		const char *after, *unknown;
		size_t count;
		bool whole;
	} cases[] = {
		{ "'templates':['one','two']", "", 2, true },
		{ "'templates':['one','one']", "", 1, true },
		{ "'templates':['one','other']", "", 1, false },
		{ "'templates':['one',null]", "'templates':[false,true]", 1, false },
		{ "", "'templates':true", 2, true },
		{ "", "", 2, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *text = pl_model_strf(m, PLAN(POOL("%s", "%s") "," TEMPLATE("a", "'name':'one'") ","
							 TEMPLATE("b", "'name':'two'"),
			"'resources':[" BLOCK("", "t_pool", "p", "'templates':"
			REFERS("'t_template.a.id','t_template.a','t_template.b.id','t_template.b'")) "]"),
			cases[i].after, cases[i].unknown);
		struct pl_tf *tf = read_plan(m, text);
		struct pl_tf_resource **found;
		bool whole;

		assert_int_equal(pl_tf_follow_all(tf, at_address(tf, "t_pool.p"), "templates", templates,
						  "name", &found, &whole), cases[i].count);
		assert_int_equal(whole, cases[i].whole);
		pl_tf_free(tf);
	}
}

static void siblings(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_tf *tf = read_plan(m, PLAN(POOL("", "") "," TEMPLATE("a", "") ","
					     GONE("t_template", "b", "") "," MADE_IN("module.m") ","
					     MADE("t_bucket", "a", "", "") "," MADE("t_bucket", "b", "", ""), ""));
	struct pl_tf_resource *r = at_address(tf, "t_pool.p");

	(void)state;
	assert_ptr_equal(pl_tf_sibling(tf, r, "t_template"), at_address(tf, "t_template.a"));
	assert_null(pl_tf_sibling(tf, r, "t_bucket"));
	assert_null(pl_tf_sibling(tf, r, "t_cluster"));
	pl_tf_free(tf);
}

/* ---- clusters ---- */

#define CLUSTER_IN(module, name) INSIDE(module, "t_cluster", "c", "'name':'" name "'", "")
#define CLUSTER(name) MADE("t_cluster", name, "'name':'" name "'", "")
#define NO_CLUSTER_KNOWN "'cluster':true"
#define THROUGH_DATA(values) \
	PLAN(POOL("'name':'p'", NO_CLUSTER_KNOWN) "," CLUSTER("a") "," CLUSTER("b") "," READ("t_cluster", "d", values), \
	     "'resources':[" BLOCK("", "t_pool", "p", "'cluster':" REFERS("'data.t_cluster.d.name','data.t_cluster.d'")) "]")

static const struct {
	const char *plan, *kind_of, *cluster; /* NULL: none */
	const char *how; /* NULL: named outright */
} links[] = {
	{ PLAN(POOL("'name':'p','cluster':'b'", "") "," CLUSTER("a") "," CLUSTER("b"), ""), "t_pool.p", "b", NULL },
	{ PLAN(POOL("'name':'p'", NO_CLUSTER_KNOWN) "," CLUSTER("a") "," CLUSTER("b"),
	       "'resources':[" BLOCK("", "t_pool", "p", "'cluster':" REFERS("'t_cluster.b.id','t_cluster.b'")) "]"),
	  "t_pool.p", "b", NULL },
	/* a data source leads to the cluster it names */
	{ THROUGH_DATA("'name':'b'"), "t_pool.p", "b", NULL },
	{ THROUGH_DATA("'name':'z'"), "t_pool.p", "z", NULL },
	/* one that is in no source stands for itself */
	{ PLAN(POOL("'name':'p','cluster':'z'", "") "," CLUSTER("a"), ""), "t_pool.p", "z", NULL },
	{ PLAN(POOL("'name':'p'", NO_CLUSTER_KNOWN) "," CLUSTER("a"), ""), "t_pool.p", "a",
	  "the only cluster it can belong to" },
	{ PLAN(POOL("'name':'p'", NO_CLUSTER_KNOWN) "," CLUSTER("a") "," CLUSTER("b"), ""), "t_pool.p", NULL, NULL },
	{ PLAN(INSIDE("module.m", "t_bucket", "b", "'name':'b'", "") "," CLUSTER_IN("module.m.module.c", "a") ","
	       CLUSTER_IN("module.n", "b"), ""), "module.m.t_bucket.b", "a", "shares the longest module path with it" },
	{ PLAN(INSIDE("module.x", "t_bucket", "b", "'name':'b'", "") "," CLUSTER_IN("module.m", "a") ","
	       CLUSTER_IN("module.n", "b"), ""), "module.x.t_bucket.b", NULL, NULL },
};

static void clusters_of_pools_and_things(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_tf *tf = read_plan(m, links[i].plan);
		struct pl_err err = PL_ERR_INIT;
		const struct pl_object *o;

		assert_int_equal(pl_tf_collect(tf, PL_TF_JUDGE, &err), 0);
		o = at_address(tf, links[i].kind_of)->object;
		if (!pl_streq(o->cluster ? o->cluster->name : NULL, links[i].cluster))
			fail_msg("row %zu: its cluster is %s", i, o->cluster ? o->cluster->name : "none");
		if (!pl_streq(o->cluster_how, links[i].how))
			fail_msg("row %zu: %s", i, o->cluster_how ? o->cluster_how : "no word of how");
		pl_tf_free(tf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(nearest_of_several),
		cmocka_unit_test(references),
		cmocka_unit_test(variables_and_outputs),
		cmocka_unit_test(lists),
		cmocka_unit_test(siblings),
		cmocka_unit_test(clusters_of_pools_and_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
