/* SPDX-License-Identifier: Apache-2.0 */
/* Which clusters are one, which of several sources counts, and what goes with a cluster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "joining.h"

/* Two clusters, each maybe in the same source: how many are left? */
static const struct {
	const char *what;
	const char *name[2], *location[2], *account[2], *endpoint[2];
	bool same_source;
	size_t left;
} cluster_rows[] = {
	{ "same name", { "a", "a" }, { 0 }, { 0 }, { 0 }, false, 1 },
	{ "other name", { "a", "b" }, { 0 }, { 0 }, { 0 }, false, 2 },
	{ "one source knows its own apart", { "a", "a" }, { 0 }, { 0 }, { 0 }, true, 2 },
	{ "other place", { "a", "a" }, { "eu", "us" }, { 0 }, { 0 }, false, 2 },
	{ "place known once", { "a", "a" }, { "eu", NULL }, { 0 }, { 0 }, false, 1 },
	{ "other account", { "a", "a" }, { "eu", "eu" }, { "1", "2" }, { 0 }, false, 2 },
	{ "same place", { "a", "a" }, { "eu", "eu" }, { "1", "1" }, { 0 }, false, 1 },
	{ "same endpoint", { "a", "b" }, { 0 }, { 0 }, { "https://x", "https://x" }, false, 1 },
	{ "same endpoint, one source knows its own apart", { "a", "b" }, { 0 }, { 0 }, { "https://x", "https://x" }, true, 2 },
	{ "same endpoint, other spelling", { "a", "b" }, { 0 }, { 0 }, { "https://X.y:443/", "x.Y" }, false, 1 },
	{ "same endpoint, other path", { "a", "b" }, { 0 }, { 0 }, { "https://x/c/1", "https://x/c/2" }, false, 2 },
	{ "one's own machine is many clusters", { "a", "b" }, { 0 }, { 0 },
	  { "https://127.0.0.1:6443", "https://127.0.0.1:6443" }, false, 2 },
	{ "same place, other spelling", { "a", "a" }, { "East US", "eastus" }, { 0 }, { 0 }, false, 1 },
	{ "other endpoint", { "a", "b" }, { 0 }, { 0 }, { "https://x", "https://y" }, false, 2 },
};

static void test_clusters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cluster_rows / sizeof *cluster_rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s[2] = { plan(m, "1.json") };

		s[1] = cluster_rows[i].same_source ? s[0] : plan(m, "2.json");
		for (int k = 0; k < 2; k++) {
			struct pl_object *c = cluster(m, cluster_rows[i].name[k], s[k], k ? "x.b" : "x.a");

			if (cluster_rows[i].location[k])
				pl_fact_text(m, c, PL_CLUSTER_LOCATION, cluster_rows[i].location[k], NULL);
			if (cluster_rows[i].account[k])
				pl_fact_text(m, c, PL_CLUSTER_ACCOUNT, cluster_rows[i].account[k], NULL);
			if (cluster_rows[i].endpoint[k])
				pl_fact_text(m, c, PL_CLUSTER_ENDPOINT, cluster_rows[i].endpoint[k], NULL);
		}
		pl_model_join(m);
		if (count(m, PL_CLUSTER) != cluster_rows[i].left)
			fail_msg("%s: %zu left", cluster_rows[i].what, count(m, PL_CLUSTER));
	}
}

static void test_stand_ins(void **state)
{
	static const char *const held[][2] = { { "a", NULL }, { "b", NULL }, { "a", "a" } };
	static const size_t left[] = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s = plan(m, "pools.json"), t = plan(m, "clusters.json");
		struct pl_object *x = cluster(m, "a", s, NULL), *y = cluster(m, "a", t, NULL);

		x->stand_in = y->stand_in = true;
		pool(m, "p", s, "x.p", x);
		pool(m, "q", t, "x.q", y);
		for (int k = 0; k < 2 && held[i][k]; k++)
			pl_fact_text(m, cluster(m, held[i][k], t, k ? "x.c1" : "x.c0"),
				     PL_CLUSTER_LOCATION, k ? "eu" : "us", NULL);
		pl_model_join(m);
		assert_int_equal(count(m, PL_CLUSTER), left[i]);
		assert_ptr_equal(find(m, PL_POOL, "p")->cluster, find(m, PL_POOL, "q")->cluster);
		assert_int_equal(find(m, PL_POOL, "p")->cluster->stand_in, i > 0);
	}
}

/* A cluster that goes is nobody's: not of pools that only name it, not of what is seen live. */
static void test_gone_cluster_is_joined_with_nothing(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new(), *n = pl_model_new();
	int p = plan(m, "a.json"), q = plan(m, "b.json");
	struct pl_object *named = cluster(m, "old", q, NULL);
	int r = plan(n, "a.json"), k = source(n, "k8s://", "kubernetes", PL_CLUSTER_API);

	(void)state;
	cluster(m, "old", p, "x.c")->gone = true;
	named->stand_in = true;
	pool(m, "p", q, "y.p", named);
	pl_model_join(m);
	assert_int_equal(count(m, PL_CLUSTER), 1);
	assert_true(find(m, PL_CLUSTER, "old")->stand_in);
	assert_int_equal(count(m, PL_POOL), 1);

	cluster(n, "old", r, "x.c")->gone = true;
	cluster(n, "new", r, "x.d");
	pl_model_object(n, PL_CLUSTER, NULL, k, "https://10.0.0.1");
	pl_model_join(n);
	assert_int_equal(count(n, PL_CLUSTER), 1);
	assert_int_equal(find(n, PL_CLUSTER, "new")->seen, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
}

static void test_gone_cluster_takes_its_pools(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int s = source(m, "old.tfstate", "terraform-state", PL_PLAN), p = plan(m, "plan.json");
	struct pl_object *old = cluster(m, "old", s, "x.c");

	(void)state;
	cluster(m, "old", p, "x.c")->gone = true;
	cluster(m, "new", p, "x.d");
	pool(m, "a", s, "x.a", old);
	object(m, PL_BUCKET, "bucket", s, "x.b")->cluster = old;
	pl_model_join(m);
	assert_int_equal(m->object_count, 2);
	assert_string_equal(m->objects[0]->name, "new");
	assert_ptr_equal(find(m, PL_BUCKET, "bucket")->cluster, m->objects[0]);
}

static void test_newer_snapshot_wins(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = source(m, "1.json (k8s://)", "snapshot", PL_CLUSTER_API);
	int b = source(m, "2.json (k8s://)", "snapshot", PL_CLUSTER_API);
	struct pl_object *x = cluster(m, "c", a, "c"), *y = cluster(m, "c", b, "c");

	(void)state;
	pl_fact_text(m, x, PL_CLUSTER_VERSION, "1.23", NULL);
	pl_fact_text(m, y, PL_CLUSTER_VERSION, "1.24", NULL);
	pl_model_join(m);
	assert_int_equal(m->object_count, 1);
	assert_string_equal(pl_object_fact(m->objects[0], PL_CLUSTER_VERSION, -1)->value.s, "1.24");
	/* and what the older one says is told beside it */
	assert_int_equal(m->drift_count, 1);
	assert_string_equal(m->drift[0].state, "1.23");
	assert_string_equal(m->drift[0].now, "1.24");
	assert_string_equal(m->drift[0].attribute, "version");
	assert_int_equal(m->drift[0].origin.source, a);
	assert_int_equal(m->drift[0].newer.source, b);
}

static void test_older_labels(void **state)
{
	static const struct pl_pair then[] = { { "a", "1" }, { "b", "1" }, { "same", "1" } };
	static const struct pl_pair now[] = { { "b", "2" }, { "c", "1" }, { "same", "1" } };
	struct pl_value x = { .type = PL_MAP, .map = then, .count = 3 };
	struct pl_value y = { .type = PL_MAP, .map = now, .count = 3 };
	static const char *const want[] = { "labels.a", "labels.b", "labels.c" };
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = source(m, "1.json", "snapshot", PL_PLAN), b = source(m, "2.json", "snapshot", PL_PLAN);
	struct pl_object *c = cluster(m, "c", a, "c"), *d = cluster(m, "c", b, "c");

	(void)state;
	pl_fact_add(m, pool(m, "p", a, "p", c), PL_POOL_LABELS, &x, NULL);
	pl_fact_add(m, pool(m, "p", b, "p", d), PL_POOL_LABELS, &y, NULL);
	pl_model_join(m);
	assert_int_equal(m->drift_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(m->drift[i].attribute, want[i]);
	assert_null(m->drift[0].now);
	assert_null(m->drift[2].state);
}

static void test_witnesses_meet(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "a.json"), k = source(m, "k8s://", "kubernetes", PL_CLUSTER_API);
	struct pl_object *c = cluster(m, "c", p, "x.c");
	struct pl_object *live = pl_model_object(m, PL_CLUSTER, NULL, k, "https://10.0.0.1");

	(void)state;
	pool(m, "a", p, "x.a", c);
	pl_model_object(m, PL_POOL, "a", k, "a")->cluster = live;
	pl_model_join(m);
	assert_int_equal(m->object_count, 2);
	assert_non_null(m->objects[0]->cluster_how);
	assert_int_equal(m->objects[0]->seen, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
	assert_int_equal(m->objects[1]->seen, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
	assert_int_equal(m->objects[0]->source_count, 2);
}

/* One cluster on each side is taken for the same, unless their names say otherwise. */
static void test_assumed(void **state)
{
	static const struct {
		const char *what, *planned[2], *live[2];
		size_t left;
	} rows[] = {
		{ "one without a name", { "a" }, { "" }, 1 },
		{ "the same name", { "a" }, { "a" }, 1 },
		{ "another name", { "a" }, { "b" }, 2 },
		{ "two planned", { "a", "b" }, { "" }, 3 },
		{ "two live", { "a" }, { "", "" }, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int p = plan(m, "a.json"), k = source(m, "k8s://", "kubernetes", PL_CLUSTER_API);

		for (int n = 0; n < 2; n++) {
			if (rows[i].planned[n])
				cluster(m, rows[i].planned[n], p, n ? "x.d" : "x.c");
			if (rows[i].live[n] && *rows[i].live[n])
				cluster(m, rows[i].live[n], k, n ? "live2" : "live1");
			else if (rows[i].live[n])
				pl_model_object(m, PL_CLUSTER, NULL, k, n ? "live2" : "live1");
		}
		pl_model_join(m);
		if (count(m, PL_CLUSTER) != rows[i].left)
			fail_msg("%s: %zu left", rows[i].what, count(m, PL_CLUSTER));
	}
}

/* What the user says about a live source goes before what is assumed. */
static void test_joined_as_told(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "a.json");
	int k = pl_model_source(m, &(struct pl_source){ .name = "k8s://", .kind = "kubernetes",
							.witness = PL_CLUSTER_API, .join = "b" });

	(void)state;
	cluster(m, "a", p, "x.a");
	cluster(m, "b", p, "x.b");
	pl_model_object(m, PL_CLUSTER, NULL, k, "https://10.0.0.1");
	pl_model_join(m);
	assert_int_equal(count(m, PL_CLUSTER), 2);
	assert_int_equal(find(m, PL_CLUSTER, "a")->seen, 1U << PL_PLAN);
	assert_int_equal(find(m, PL_CLUSTER, "b")->seen, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
	assert_int_equal(m->problem_count, 0);
}

/* One live cluster is told to be the planned one: the other is not taken for it, too. */
static void test_told_leaves_the_other(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "a.json"), other = source(m, "k8s://y", "kubernetes", PL_CLUSTER_API);
	int k = pl_model_source(m, &(struct pl_source){ .name = "k8s://x", .kind = "kubernetes",
							.witness = PL_CLUSTER_API, .join = "a" });

	(void)state;
	cluster(m, "a", p, "x.a");
	pl_model_object(m, PL_CLUSTER, "x", k, NULL)->nickname = true;
	pl_model_object(m, PL_CLUSTER, "y", other, NULL)->nickname = true;
	pl_model_join(m);
	assert_int_equal(count(m, PL_CLUSTER), 2);
	assert_int_equal(find(m, PL_CLUSTER, "a")->seen, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
	assert_int_equal(find(m, PL_CLUSTER, "y")->seen, 1U << PL_CLUSTER_API);
}

/* Sources that disagree about a cluster's version leave its pools' unknown too. */
static void test_conflicts_are_inherited(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int a = plan(m, "a.json"), b = plan(m, "b.json");
	struct pl_object *x = cluster(m, "c", a, "x.c"), *y = cluster(m, "c", b, "y.c");
	const struct pl_fact *f;

	(void)state;
	pl_fact_text(m, x, PL_CLUSTER_VERSION, "1.23", NULL);
	pl_fact_text(m, y, PL_CLUSTER_VERSION, "1.24", NULL);
	pool(m, "p", b, "y.p", y);
	pl_model_join(m);
	f = pl_object_fact(find(m, PL_POOL, "p"), PL_POOL_VERSION, PL_PLAN);
	assert_false(f->known);
	assert_string_equal(f->waits_for, "a.json says 1.23, b.json says 1.24");
}

/* A snapshot is of an earlier day than what is asked now, whichever is named first. */
static void test_today_beats_a_snapshot(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		int s[2];

		for (int i = 0; i < 2; i++)
			s[i] = source(m, i == first ? "old.json" : "k8s://", i == first ? "snapshot" : "kubernetes",
				      PL_CLUSTER_API);
		pl_fact_text(m, cluster(m, "c", s[first], "c"), PL_CLUSTER_VERSION, "1.20", NULL);
		pl_fact_text(m, cluster(m, "c", s[!first], "c"), PL_CLUSTER_VERSION, "1.24", NULL);
		pl_model_join(m);
		assert_int_equal(m->object_count, 1);
		assert_string_equal(pl_object_fact(m->objects[0], PL_CLUSTER_VERSION, -1)->value.s, "1.24");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_stand_ins),
		cmocka_unit_test(test_gone_cluster_is_joined_with_nothing),
		cmocka_unit_test(test_gone_cluster_takes_its_pools),
		cmocka_unit_test(test_newer_snapshot_wins),
		cmocka_unit_test(test_older_labels),
		cmocka_unit_test(test_witnesses_meet),
		cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_joined_as_told),
		cmocka_unit_test(test_told_leaves_the_other),
		cmocka_unit_test(test_conflicts_are_inherited),
		cmocka_unit_test(test_today_beats_a_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
