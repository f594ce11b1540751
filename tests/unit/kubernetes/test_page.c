/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes that lists come in, what is no list, and how kinds end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "kubernetes/kube.h"

static const struct pl_provider *const nobody[] = { NULL };

struct reading {
	struct pl_model *m;
	struct pl_kube *k;
	struct pl_err err;
	struct pl_slice next;
};

static struct reading start(void)
{
	struct reading r = { .m = pl_model_new(), .err = PL_ERR_INIT };
	int source = pl_model_source(r.m, &(struct pl_source){ .name = "k8s://x", .kind = "kubernetes",
							       .witness = PL_CLUSTER_API, .complete = true });

	r.k = pl_kube_new(r.m, nobody, source, NULL);
	return r;
}

static void end(struct reading *r)
{
	pl_kube_free(r->k);
	pl_model_free(r->m);
}

static int page(struct reading *r, const char *text)
{
	return pl_kube_page(r->k, &pl_kube_kinds[0], pl_slice(text), &r->next, &r->err);
}

static size_t count(const struct pl_model *m, enum pl_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++)
		n += m->objects[i]->kind == kind;
	return n;
}

#define N(name) "{\"metadata\":{\"name\":\"" name "\"}}"

static void test_shapes_of_lists(void **state)
{
	static const struct {
		const char *text;
		size_t nodes;
	} rows[] = {
		{ "{\"kind\":\"NodeList\",\"items\":[" N("a") "," N("b") "]}", 2 },
		{ "{\"items\":[" N("a") "],\"kind\":\"NodeList\"}", 1 },
		{ "[" N("a") "," N("b") "," N("c") "]", 3 },
		{ "[]", 0 },
		{ "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\",\"selfLink\":\"\"},\"items\":[" N("a")
		  ",{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"}}]}", 1 },
		{ "{\"kind\":\"NodeList\",\"items\":null}", 0 },
		{ "{\"kind\":\"NodeList\",\"items\":[]}", 0 },
		{ "{\"kind\":\"Node\",\"metadata\":{\"name\":\"alone\"},\"spec\":{}}", 1 },
		{ "{\"items\":[{},{\"metadata\":{}},{\"metadata\":{\"name\":null}},[],1,null]}", 0 },
		{ " \n{\"items\":[" N("\\u00e4\\n") "]} \n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reading r = start();

		if (page(&r, rows[i].text))
			fail_msg("%s: %s", rows[i].text, r.err.text);
		assert_int_equal(r.next.n, 0);
		pl_kube_finish(r.k);
		if (count(r.m, PL_NODE) != rows[i].nodes || count(r.m, PL_POOL) != rows[i].nodes)
			fail_msg("%s: %zu nodes", rows[i].text, count(r.m, PL_NODE));
		end(&r);
	}
}

static void test_pages_follow_each_other(void **state)
{
	struct reading r = start();

	(void)state;
	assert_int_equal(page(&r, "{\"metadata\":{\"continue\":\"abc\"},\"items\":[" N("a") "]}"), 0);
	assert_true(pl_slice_is(r.next, "abc"));
	assert_int_equal(page(&r, "{\"metadata\":{\"continue\":\"\"},\"items\":[" N("b") "]}"), 0);
	assert_int_equal(r.next.n, 0);
	/* the list expired in the middle, and begins anew */
	pl_kube_kind_again(r.k, &pl_kube_kinds[0]);
	assert_int_equal(page(&r, "{\"items\":[" N("c") "]}"), 0);
	pl_kube_finish(r.k);
	assert_int_equal(count(r.m, PL_NODE), 1);
	end(&r);
}

static void test_no_lists(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "nodes: the answer is no JSON object" },
		{ "<html>", "nodes: the answer is no JSON object" },
		{ "{\"kind\":\"PodList\",\"items\":[]}", "nodes: the answer is a PodList, not a list of nodes" },
		{ "{\"kind\":\"Pod\"}", "nodes: the answer is no list of nodes" },
		{ "{}", "nodes: the answer is no list of nodes" },
		{ "{\"kind\":\"Status\",\"message\":\"too old\"}", "nodes: the server answers no list of nodes: too old" },
		{ "{\"items\":[" N("a"), "nodes: JSON ends too early" },
		{ "{\"items\":[" N("a") "]} x", "nodes: something follows the list" },
		{ "[" N("a") ",]", "nodes: invalid JSON" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reading r = start();

		assert_int_equal(page(&r, rows[i].text), -1);
		if (strncmp(r.err.text, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s: says '%s'", rows[i].text, r.err.text);
		end(&r);
	}
}

static void test_version_and_groups(void **state)
{
	struct reading r = start();

	(void)state;
	assert_int_equal(pl_kube_version(r.k, pl_slice("{\"gitVersion\":\"v1.2.3\"}"), &r.err), 0);
	assert_int_equal(pl_kube_version(r.k, pl_slice("{}"), &r.err), -1);
	assert_int_equal(pl_kube_groups(r.k, pl_slice("{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"a\"}]}"), &r.err), 0);
	assert_int_equal(pl_kube_groups(r.k, pl_slice("{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":"
						      "{\"name\":\"b\"}}]}"), &r.err), 0);
	assert_int_equal(pl_kube_groups(r.k, pl_slice("{\"kind\":\"PodList\",\"items\":[]}"), &r.err), -1);
	assert_int_equal(pl_kube_groups(r.k, pl_slice("nothing"), &r.err), -1);
	end(&r);
}

/* A kind that may not be listed makes the source incomplete for what is made of it alone. */
static void test_forbidden_kinds(void **state)
{
	struct reading r = start();
	const struct pl_source *s = &r.m->sources[0];

	(void)state;
	pl_kube_kind_end(r.k, &pl_kube_kinds[0], PL_KUBE_LISTED, NULL, NULL);
	for (const struct pl_kube_kind *kind = pl_kube_kinds; kind->resource; kind++)
		if (!strcmp(kind->resource, "daemonsets"))
			pl_kube_kind_end(r.k, kind, PL_KUBE_FORBIDDEN, NULL, NULL);
	assert_false(s->complete);
	assert_string_equal(s->why, "forbidden: daemonsets.apps");
	assert_true(s->whole & 1U << PL_POOL);
	assert_false(s->whole & 1U << PL_COMPONENT);
	assert_int_equal(r.m->problem_count, 1);
	assert_string_equal(r.m->problems[0].code, "forbidden");
	assert_string_equal(r.m->problems[0].permission, "list daemonsets.apps");
	assert_string_equal(r.m->problems[0].object, "daemonsets");
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes_of_lists), cmocka_unit_test(test_pages_follow_each_other),
		cmocka_unit_test(test_no_lists),	cmocka_unit_test(test_version_and_groups),
		cmocka_unit_test(test_forbidden_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
