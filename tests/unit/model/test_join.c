/* SPDX-License-Identifier: Apache-2.0 */
/* Joining: what is one, what stays apart, whose facts count, and that the order of arrival does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "joining.h"

static void test_plan_beats_state(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = source(m, "old.tfstate", "terraform-state", PL_PLAN), p = plan(m, "plan.json");
	struct pl_object *c = cluster(m, "c", p, "x.c");
	struct pl_object *was = pool(m, "w", s, "x.p", c), *is = pool(m, "w", p, "x.p", c);
	const struct pl_object *o;

	(void)state;
	pl_fact_int(m, was, PL_POOL_VCPU, 2, NULL);
	pl_fact_int(m, was, PL_POOL_DISK, 100, NULL);
	pl_fact_text(m, was, PL_POOL_OS, "cos", NULL);
	pl_fact_int(m, is, PL_POOL_VCPU, 4, NULL);
	pl_fact_unknown(m, is, PL_POOL_OS, "x.y", NULL);
	is->will_change = true;
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 1);
	o = find(m, PL_POOL, "w");
	assert_ptr_equal(pl_object_joined(was), o);
	assert_ptr_equal(pl_object_joined(is), o);
	assert_true(o->will_change);
	assert_int_equal(o->origin[PL_PLAN].source, p);
	assert_int_equal(pl_object_fact(o, PL_POOL_VCPU, PL_PLAN)->value.i, 4);
	assert_null(pl_fact_next(pl_object_fact(o, PL_POOL_VCPU, PL_PLAN), PL_PLAN));
	assert_int_equal(pl_object_fact(o, PL_POOL_DISK, PL_PLAN)->value.i, 100);
	assert_false(pl_object_fact(o, PL_POOL_OS, PL_PLAN)->known);
}

static void test_address_joins_what_names_cannot(void **state)
{
	/* identity in the state, and in the plan: does the address join them? */
	static const struct {
		const char *was, *is;
		size_t left;
	} rows[] = { { "w-1", NULL, 1 }, { "w-1", "w-1", 1 }, { "w-1", "w-2", 2 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s = source(m, "old.tfstate", "terraform-state", PL_PLAN), p = plan(m, "plan.json");
		struct pl_object *was = pool(m, "this", s, "x.p", NULL), *is = pool(m, "this", p, "x.p", NULL);

		was->identity = rows[i].was;
		is->identity = rows[i].is;
		cluster(m, "c", p, "x.c");
		was->name = is->name = "this";
		if (rows[i].is)
			is->name = rows[i].is;
		pl_model_join(m);
		assert_int_equal(count(m, PL_POOL), rows[i].left);
	}
}

/* Names that the plan does not know are the resources': "this" and "this" are two pools. */
static void test_resource_names_join_nothing(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	struct pl_object *c = cluster(m, "c", a, "x.c");

	(void)state;
	pool(m, "this", a, "module.a.x.this", c)->identity = NULL;
	pool(m, "this", b, "module.b.x.this", c)->identity = NULL;
	/* nor do the addresses of two roots */
	pool(m, "that", a, "x.that", c)->identity = NULL;
	pool(m, "that", b, "x.that", c)->identity = NULL;
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 4);
}

static void test_gone(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = source(m, "old.tfstate", "terraform-state", PL_PLAN), p = plan(m, "plan.json");
	int live = source(m, "eks://x", "eks", PL_CLOUD);
	struct pl_object *c = cluster(m, "c", p, "x.c");
	struct pl_object *a = pool(m, "a", s, "x.a", c), *b = pool(m, "b", live, "b", c);

	(void)state;
	pl_fact_int(m, a, PL_POOL_VCPU, 2, NULL);
	pl_fact_int(m, b, PL_POOL_VCPU, 2, NULL);
	pool(m, "a", p, "x.a", NULL)->gone = true;
	pool(m, "b", p, "x.b", c)->gone = true;
	pool(m, "d", p, "x.d", c)->gone = true;
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 1);
	assert_null(find(m, PL_POOL, "a"));
	assert_true(find(m, PL_POOL, "b")->gone);
	assert_int_equal(find(m, PL_POOL, "b")->seen, 1U << PL_CLOUD);
	assert_int_equal(pl_object_fact(find(m, PL_POOL, "b"), PL_POOL_VCPU, PL_CLOUD)->value.i, 2);
}

/* One plan takes it out of its root, another one has it: it moved. */
static void test_moved_between_roots(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	struct pl_object *c = cluster(m, "c", a, "x.c");

	(void)state;
	pool(m, "p", a, "x.p", c)->gone = true;
	pool(m, "p", b, "y.p", c)->will_change = true;
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 1);
	assert_false(find(m, PL_POOL, "p")->gone);
	assert_int_equal(find(m, PL_POOL, "p")->origin[PL_PLAN].source, b);
}

/* What the first plan leaves alone the second one changes. */
static void test_changed_by_one_of_two(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	struct pl_object *c = cluster(m, "c", a, "x.c");

	(void)state;
	pool(m, "p", a, "x.p", c);
	pool(m, "p", b, "y.p", c)->will_change = true;
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 1);
	assert_true(find(m, PL_POOL, "p")->will_change);
}

static void test_two_of_a_kind_disagree(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	struct pl_object *c = cluster(m, "c", a, "x.c");
	struct pl_object *x = pool(m, "p", a, "x.p", c), *y = pool(m, "p", b, "x.q", c);
	const struct pl_object *o;

	(void)state;
	pl_fact_int(m, x, PL_POOL_DISK, 1LL << 30, NULL);
	pl_fact_int(m, y, PL_POOL_DISK, 2LL << 30, NULL);
	pl_fact_int(m, x, PL_POOL_MAX, 3, NULL);
	pl_fact_int(m, y, PL_POOL_MAX, 3, NULL);
	pl_fact_unknown(m, x, PL_POOL_MIN, "x.y", NULL);
	pl_fact_int(m, y, PL_POOL_MIN, 1, NULL);
	pl_fact_text(m, x, PL_POOL_OS, "secret-os", NULL)->sensitive = true;
	pl_fact_text(m, y, PL_POOL_OS, "cos", NULL);
	pl_fact_int(m, x, PL_POOL_VCPU, 4, NULL);
	pl_fact_int(m, y, PL_POOL_VCPU, 4, NULL);
	pl_fact_int(m, y, PL_POOL_VCPU, 8, NULL);
	pl_model_join(m);
	o = find(m, PL_POOL, "p");
	assert_int_equal(count(m, PL_POOL), 1);
	assert_false(pl_object_fact(o, PL_POOL_DISK, PL_PLAN)->known);
	assert_string_equal(pl_object_fact(o, PL_POOL_DISK, PL_PLAN)->waits_for,
			    "a.json says 1 GiB, b.json says 2 GiB");
	assert_true(pl_object_fact(o, PL_POOL_MAX, PL_PLAN)->known);
	assert_int_equal(pl_object_fact(o, PL_POOL_MIN, PL_PLAN)->value.i, 1);
	assert_null(strstr(pl_object_fact(o, PL_POOL_OS, PL_PLAN)->waits_for, "secret"));
	assert_string_equal(pl_object_fact(o, PL_POOL_VCPU, PL_PLAN)->waits_for,
			    "a.json says 4, b.json says 4, 8");
}

static void test_things_find_their_cluster(void **state)
{
	/* clusters, --join, expected: cluster's name, or none and of any */
	static const struct {
		const char *clusters[2], *join, *expected, *how;
		bool any, astray;
	} rows[] = {
		{ { "a", NULL }, NULL, "a", "the only cluster", false, false },
		{ { "a", "b" }, NULL, NULL, NULL, true, false },
		{ { "a", "b" }, "b", "b", "joined as told", false, false },
		{ { "a", "b" }, "x.a", "a", "joined as told", false, false },
		{ { "a", "b" }, "z", NULL, NULL, false, true },
		{ { "a", NULL }, "z", NULL, NULL, false, true },
		{ { NULL, NULL }, NULL, NULL, NULL, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s = plan(m, "c.json");
		int t = pl_model_source(m, &(struct pl_source){ .name = "d.json", .kind = "terraform-plan",
								.join = rows[i].join });
		const struct pl_object *o;

		for (int k = 0; k < 2 && rows[i].clusters[k]; k++)
			cluster(m, rows[i].clusters[k], s, k ? "x.b" : "x.a");
		object(m, PL_DATABASE, "d", t, "x.d");
		pl_model_join(m);
		o = find(m, PL_DATABASE, "d");
		assert_int_equal(o->any_cluster, rows[i].any);
		assert_true(pl_streq(o->cluster ? o->cluster->name : NULL, rows[i].expected));
		assert_true(pl_streq(o->cluster_how, rows[i].how));
		assert_int_equal(m->sources[t].astray, rows[i].astray);
	}
}

/* The state knows which of two clusters it serves, the plan does not yet. */
static void test_the_state_knows_the_cluster(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), s = source(m, "old.tfstate", "terraform-state", PL_PLAN);
	struct pl_object *a = cluster(m, "a", p, "x.a");
	const struct pl_object *o;

	(void)state;
	cluster(m, "b", p, "x.b");
	object(m, PL_BUCKET, "files", p, "x.files")->identity = NULL;
	object(m, PL_BUCKET, "files-1", s, "x.files")->cluster = a;
	pl_model_join(m);
	assert_int_equal(count(m, PL_BUCKET), 1);
	o = find(m, PL_BUCKET, "files-1");
	assert_string_equal(o->cluster->name, "a");
	assert_false(o->any_cluster);
}

static void test_components_of_two_clusters_stay_apart(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");

	(void)state;
	object(m, PL_COMPONENT, "cert-manager", a, "x.cm")->cluster = cluster(m, "a", a, "x.c");
	object(m, PL_COMPONENT, "cert-manager", b, "x.cm")->cluster = cluster(m, "b", b, "x.c");
	pl_model_join(m);
	assert_int_equal(count(m, PL_COMPONENT), 2);
}

static void test_version_and_empty_pools(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "a.json"), live = source(m, "eks://x", "eks", PL_CLOUD);
	struct pl_object *c = cluster(m, "c", p, "x.c"), *half, *own;
	const struct pl_fact *f;

	(void)state;
	pl_fact_text(m, c, PL_CLUSTER_VERSION, "1.24", "version");
	pool(m, "a", p, "x.a", c);
	own = pool(m, "b", p, "x.b", c);
	pl_fact_text(m, own, PL_POOL_VERSION, "1.23", NULL);
	pl_fact_int(m, pool(m, "empty", p, "x.e", c), PL_POOL_MAX, 0, NULL);
	half = pool(m, "half", p, "x.h", c);
	pl_fact_int(m, half, PL_POOL_MAX, 0, NULL);
	pl_fact_int(m, half, PL_POOL_VCPU, 2, NULL);
	pl_fact_int(m, pool(m, "half", live, "half", c), PL_POOL_VCPU, 4, NULL);
	pl_fact_unknown(m, pool(m, "z", p, "x.z", c), PL_POOL_MAX, "var.x", NULL);
	pl_model_join(m);
	f = pl_object_fact(find(m, PL_POOL, "a"), PL_POOL_VERSION, PL_PLAN);
	assert_string_equal(f->value.s, "1.24");
	assert_int_equal(f->basis, PL_INFERRED);
	assert_string_equal(f->origin.address, "x.c");
	f = pl_object_fact(find(m, PL_POOL, "b"), PL_POOL_VERSION, PL_PLAN);
	assert_string_equal(f->value.s, "1.23");
	assert_null(pl_fact_next(f, PL_PLAN));
	assert_null(find(m, PL_POOL, "empty"));
	assert_int_equal(find(m, PL_POOL, "half")->seen, 1U << PL_CLOUD);
	assert_null(pl_object_fact(find(m, PL_POOL, "half"), PL_POOL_VCPU, PL_PLAN));
	assert_non_null(find(m, PL_POOL, "z"));
}

/* What a plan leaves without nodes is on its way out, though it is still seen. */
static void test_emptied_by_the_plan(void **state)
{
	(void)state;
	for (int change = 0; change < 2; change++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int p = plan(m, "a.json"), live = source(m, "eks://x", "eks", PL_CLOUD);
		struct pl_object *c = cluster(m, "c", p, "x.c"), *planned = pool(m, "p", p, "x.p", c);

		pl_fact_int(m, planned, PL_POOL_MAX, 0, NULL);
		planned->will_change = change;
		pool(m, "p", live, "p", c);
		pl_model_join(m);
		assert_int_equal(find(m, PL_POOL, "p")->gone, change);
	}
}

static void test_complete(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	const char *why = NULL;

	(void)state;
	m->sources[b].complete = false;
	m->sources[b].why = "targeted plan";
	cluster(m, "a", a, "x.a");
	cluster(m, "b", b, "x.b");
	pl_model_join(m);
	assert_true(pl_model_complete(m, m->objects[0], PL_PLAN, ~0U, &why));
	assert_null(why);
	assert_false(pl_model_complete(m, m->objects[1], PL_PLAN, ~0U, &why));
	assert_string_equal(why, "targeted plan");
	assert_false(pl_model_complete(m, NULL, PL_PLAN, ~0U, NULL));
	assert_true(pl_model_complete(m, m->objects[1], PL_CLOUD, ~0U, NULL));
}

/* The same objects in another order, and what they come to as text. */
static char *joined_text(unsigned seed, char *out, size_t size)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s[2] = { plan(m, "a.json"), source(m, "b.tfstate", "terraform-state", PL_PLAN) };
	unsigned order[24];
	size_t at = 0;

	for (unsigned i = 0; i < 24; i++)
		order[i] = i;
	for (unsigned i = 23; i > 0; i--) {
		unsigned k = (seed = seed * 1103515245U + 12345U) / 65536U % (i + 1), t = order[i];

		order[i] = order[k];
		order[k] = t;
	}
	for (unsigned i = 0; i < 24; i++) {
		static const char *const names[] = { "a", "b", "c" };
		unsigned n = order[i];
		char address[16];
		struct pl_object *o;

		snprintf(address, sizeof address, "x.%u", n / 2);
		o = n < 6 ? cluster(m, names[n / 2], s[n % 2], address)
			  : object(m, n < 16 ? PL_POOL : PL_BUCKET, names[n % 3], s[n % 2], address);
		if (n >= 6 && n < 16)
			pl_fact_int(m, o, PL_POOL_VCPU, n, NULL);
	}
	pl_model_join(m);
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];
		const struct pl_fact *f = o->facts;

		at += (size_t)snprintf(out + at, size - at, "%d %s %s %s %d %d|", o->kind, o->name,
				       o->cluster ? o->cluster->name : "-", o->origin[PL_PLAN].address,
				       o->origin[PL_PLAN].source, f && f->known ? (int)f->value.i : -1);
	}
	return out;
}

static void test_order_of_arrival(void **state)
{
	char first[4096], other[4096];

	(void)state;
	joined_text(0, first, sizeof first);
	for (unsigned seed = 1; seed < 200; seed++)
		assert_string_equal(joined_text(seed, other, sizeof other), first);
}

static void test_many(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = source(m, "b.tfstate", "terraform-state", PL_PLAN);
	clock_t start = clock();

	(void)state;
	for (int i = 0; i < 1500; i++) {
		char name[32], address[32];

		snprintf(name, sizeof name, "c%d", i);
		snprintf(address, sizeof address, "x.c%d", i);
		cluster(m, pl_model_str(m, name), a, address);
		cluster(m, pl_model_str(m, name), b, address);
	}
	for (int i = 0; i < 20000; i++)
		pool(m, "same", i % 2 ? a : b, "x.same", m->objects[i % 3000]);
	pl_model_join(m);
	assert_int_equal(count(m, PL_CLUSTER), 1500);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan_beats_state),
		cmocka_unit_test(test_address_joins_what_names_cannot),
		cmocka_unit_test(test_resource_names_join_nothing),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_moved_between_roots),
		cmocka_unit_test(test_changed_by_one_of_two),
		cmocka_unit_test(test_two_of_a_kind_disagree),
		cmocka_unit_test(test_things_find_their_cluster),
		cmocka_unit_test(test_the_state_knows_the_cluster),
		cmocka_unit_test(test_components_of_two_clusters_stay_apart),
		cmocka_unit_test(test_version_and_empty_pools),
		cmocka_unit_test(test_emptied_by_the_plan),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_order_of_arrival),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
