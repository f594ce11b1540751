/* SPDX-License-Identifier: Apache-2.0 */
/* What is said beside planned objects becomes theirs, and makes nobody see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "joining.h"
#include "model/snapshot.h"

static int cloud(struct pl_model *m, const char *name)
{
	return source(m, name, "eks", PL_CLOUD);
}

static void test_one_for_each_source(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), a = cloud(m, "eks://a"), b = cloud(m, "eks://b");
	struct pl_object *c = cluster(m, "c", p, "x.c"), *d = cluster(m, "d", p, "x.d");
	struct pl_object *first = pl_model_beside(m, c, a, "eu-west-1");

	(void)state;
	assert_ptr_equal(pl_model_beside(m, c, a, "eu-west-1"), first);
	assert_ptr_not_equal(pl_model_beside(m, c, b, "eu-west-1"), first);
	assert_ptr_not_equal(pl_model_beside(m, d, a, "eu-west-1"), first);
	assert_int_equal(m->object_count, 2);
	assert_string_equal(first->name, "c");
}

static void test_it_becomes_the_planned_ones(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), s = source(m, "state", "terraform-state", PL_PLAN), a = cloud(m, "eks://a");
	struct pl_object *old = cluster(m, "c", s, "x.c"), *beside = pl_model_beside(m, old, a, "eks");
	const struct pl_fact *f;

	(void)state;
	cluster(m, "c", p, "x.c");
	pl_fact_bool(m, beside, PL_CLUSTER_NAME_TAKEN, true, "name");
	pl_fact_unknown(m, beside, PL_CLUSTER_VERSION_STEP, "eks:DescribeCluster", NULL);
	pl_model_join(m);
	assert_int_equal(m->object_count, 1);
	f = pl_object_fact(m->objects[0], PL_CLUSTER_NAME_TAKEN, PL_CLOUD);
	assert_true(f->known && f->value.b && f->ahead);
	assert_int_equal(f->origin.source, a);
	assert_string_equal(f->origin.address, "eks");
	f = pl_object_fact(m->objects[0], PL_CLUSTER_VERSION_STEP, PL_CLOUD);
	assert_true(!f->known && f->ahead);
	assert_int_equal(m->objects[0]->seen, 1U << PL_PLAN);
	/* the cluster knows who told of it */
	assert_int_equal(m->objects[0]->source_count, 2);
}

/* Of an attribute that has several values all are about what is planned. */
static void test_it_takes_the_place_of_now(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), a = cloud(m, "eks://a"), b = cloud(m, "eks://b");
	struct pl_object *c = cluster(m, "c", p, "x.c"), *live = cluster(m, "c", a, "c");
	struct pl_object *planned = pool(m, "p", p, "x.p", c), *now = pool(m, "p", a, "p", live);
	struct pl_object *beside = pl_model_beside(m, planned, a, "eks");
	const struct pl_object *joined;
	const struct pl_fact *f;

	(void)state;
	pl_fact_text(m, now, PL_POOL_IMAGE_STATE, "available", NULL);
	pl_fact_text(m, now, PL_POOL_OS, "ubuntu", NULL);
	pl_fact_text(m, beside, PL_POOL_IMAGE_STATE, "missing", NULL);
	pl_fact_text(m, beside, PL_POOL_IMAGE_STATE, "other-architecture", NULL);
	/* the first that speaks is heard */
	pl_fact_text(m, pl_model_beside(m, planned, b, "eks"), PL_POOL_IMAGE_STATE, "available", NULL);
	pl_model_join(m);
	joined = find(m, PL_POOL, "p");
	f = pl_object_fact(joined, PL_POOL_IMAGE_STATE, PL_CLOUD);
	assert_string_equal(f->value.s, "missing");
	f = pl_fact_next(f, PL_CLOUD);
	assert_string_equal(f->value.s, "other-architecture");
	assert_null(pl_fact_next(f, PL_CLOUD));
	assert_false(pl_object_fact(joined, PL_POOL_OS, PL_CLOUD)->ahead);
	assert_int_equal(joined->seen, 1U << PL_PLAN | 1U << PL_CLOUD);
}

/* Facts about two days of an object are no disagreement, and its place in the cluster stays open. */
static void test_it_is_no_drift(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), a = cloud(m, "eks://a"), k = source(m, "k8s://", "kubernetes", PL_CLUSTER_API);
	struct pl_object *planned = pool(m, "p", p, "x.p", cluster(m, "c", p, "x.c"));
	struct pl_object *beside = pl_model_beside(m, planned, a, "eks");

	(void)state;
	cluster(m, "c", k, "c");
	pl_fact_int(m, planned, PL_POOL_MIN, 1, NULL);
	pl_fact_text(m, planned, PL_POOL_OS, "ubuntu", NULL);
	pl_fact_text(m, beside, PL_POOL_OS, "windows", NULL);
	pl_model_join(m);
	/* the pool that the cluster lacks, and nothing about its system */
	assert_int_equal(m->drift_count, 1);
	assert_string_equal(m->drift[0].attribute, "nodes");
}

static void test_gone_with_what_it_is_about(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int p = plan(m, "plan.json"), a = cloud(m, "eks://a");
	struct pl_object *c = cluster(m, "c", p, "x.c"), *gone = pool(m, "p", p, "x.p", c);

	(void)state;
	gone->gone = true;
	pl_fact_bool(m, pl_model_beside(m, gone, a, "eks"), PL_POOL_NAME_TAKEN, true, NULL);
	pl_model_join(m);
	assert_int_equal(count(m, PL_POOL), 0);
}

/* A snapshot keeps that it was said ahead. */
static void test_it_survives_a_snapshot(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new(), *again = pl_model_new();
	int p = plan(m, "plan.json"), a = cloud(m, "eks://a");
	struct pl_object *c = cluster(m, "c", p, "x.c");
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	const struct pl_fact *f;

	(void)state;
	pl_fact_bool(m, pl_model_beside(m, c, a, "eks"), PL_CLUSTER_NAME_TAKEN, true, NULL);
	pl_model_join(m);
	pl_snapshot_write(m, &text);
	assert_int_equal(pl_snapshot_read(again, "s.json", text.data, text.len, &err), 0);
	pl_model_join(again);
	f = pl_object_fact(again->objects[0], PL_CLUSTER_NAME_TAKEN, PL_CLOUD);
	assert_true(f && f->ahead && f->value.b);
	assert_int_equal(again->objects[0]->seen, 1U << PL_PLAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_for_each_source),
		cmocka_unit_test(test_it_becomes_the_planned_ones),
		cmocka_unit_test(test_it_takes_the_place_of_now),
		cmocka_unit_test(test_it_is_no_drift),
		cmocka_unit_test(test_gone_with_what_it_is_about),
		cmocka_unit_test(test_it_survives_a_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
