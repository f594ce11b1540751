/* SPDX-License-Identifier: Apache-2.0 */
/* Which planned objects a source's cluster may be, or have; and what is said beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/internal.h"

static const struct pl_cloud_provider eks = { .scheme = "eks", .form = "eks://REGION/CLUSTER", .parts = 2 };
static const struct pl_provider aws = { .name = "aws", .cloud = &eks };

/* A planned cluster; NULL: not known.  `named`: its name is known. */
static const struct row {
	const char *provider, *name, *location, *account;
	bool named, gone;
	const char *join;
	bool found;
} rows[] = {
	{ "eks", "gitpod", NULL, NULL, true, false, NULL, true },
	{ "eks", "gitpod", "eu-west-1", "1", true, false, NULL, true },
	{ "eks", "gitpod", "us-east-1", NULL, true, false, NULL, false },
	{ "eks", "gitpod", NULL, "2", true, false, NULL, false },
	{ "gke", "gitpod", NULL, NULL, true, false, NULL, false },
	{ "eks", "other", NULL, NULL, true, false, NULL, false },
	{ "eks", "this", NULL, NULL, false, false, NULL, true },
	{ "eks", "gitpod", NULL, NULL, true, true, NULL, false },
	{ "eks", "other", NULL, NULL, true, false, "other", true },
	{ "eks", "gitpod", NULL, NULL, true, false, "other", false },
};

static struct pl_object *cluster(struct pl_model *m, const struct row *r)
{
	struct pl_object *o = pl_model_object(m, PL_CLUSTER, r->name, 0, "aws_eks_cluster.this");

	o->identity = r->named ? "aws_eks_cluster/name" : NULL;
	o->gone = r->gone;
	pl_fact_text(m, o, PL_CLUSTER_PROVIDER, r->provider, NULL);
	if (r->location)
		pl_fact_text(m, o, PL_CLUSTER_LOCATION, r->location, NULL);
	if (r->account)
		pl_fact_text(m, o, PL_CLUSTER_ACCOUNT, r->account, NULL);
	return o;
}

static void begin(struct pl_cloud *c, struct pl_cloud_options *opt)
{
	*c = (struct pl_cloud){ .opt = opt, .provider = &aws, .m = pl_model_new(), .besides = PL_MAP_INIT };
	opt->source = "eks://eu-west-1/gitpod";
	pl_model_source(c->m, &(struct pl_source){ .name = "plan", .kind = "terraform-plan", .witness = PL_PLAN });
	c->source = pl_model_source(c->m, &(struct pl_source){ .name = opt->source, .kind = "eks", .witness = PL_CLOUD });
	pl_cloud_about(c, "gitpod", "eu-west-1", "1");
}

static void end(struct pl_cloud *c)
{
	pl_map_release(&c->besides);
	pl_model_free(c->m);
}

static void finds_its_cluster(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_cloud_options opt = { .join = rows[i].join };
		struct pl_cloud c;
		struct pl_object *o, *pool, **found;

		begin(&c, &opt);
		o = cluster(c.m, &rows[i]);
		pool = pl_model_object(c.m, PL_POOL, "p", 0, "aws_eks_node_group.p");
		pool->cluster = o;
		assert_int_equal(pl_cloud_planned(&c, PL_CLUSTER, &found), rows[i].found);
		assert_int_equal(pl_cloud_planned(&c, PL_POOL, &found), rows[i].found);
		if (rows[i].found)
			assert_ptr_equal(found[0], pool);
		end(&c);
	}
}

static void leaves_others_alone(void **state)
{
	static const struct row named = { "eks", "gitpod", NULL, NULL, true, false, NULL, true };
	static const struct row nameless = { "eks", "this", NULL, NULL, false, false, NULL, true };
	struct pl_cloud_options opt = { 0 };
	struct pl_object **found, *one, *pool, *bucket;
	struct pl_cloud c;

	(void)state;
	begin(&c, &opt);
	one = cluster(c.m, &named);
	cluster(c.m, &nameless);
	pool = pl_model_object(c.m, PL_POOL, "p", 0, "aws_eks_node_group.p");
	pool->cluster = c.m->objects[1];
	bucket = pl_model_object(c.m, PL_BUCKET, "b", 0, "aws_s3_bucket.b"); /* names no cluster */
	pl_model_object(c.m, PL_BUCKET, "live", c.source, "b");             /* not planned */
	assert_int_equal(pl_cloud_planned(&c, PL_CLUSTER, &found), 1);
	assert_ptr_equal(found[0], one);
	assert_int_equal(pl_cloud_planned(&c, PL_POOL, &found), 0);
	assert_int_equal(pl_cloud_planned(&c, PL_BUCKET, &found), 1);
	assert_ptr_equal(found[0], bucket);
	end(&c);
	begin(&c, &opt);
	cluster(c.m, &nameless);
	cluster(c.m, &nameless);
	assert_int_equal(pl_cloud_planned(&c, PL_CLUSTER, &found), 0); /* it could be either */
	end(&c);
}

static void speaks_beside_it(void **state)
{
	static const struct row named = { "eks", "gitpod", NULL, NULL, true, false, NULL, true };
	struct pl_cloud_options opt = { 0 };
	struct pl_object *o, *beside;
	const struct pl_fact *f;
	struct pl_cloud c;

	(void)state;
	begin(&c, &opt);
	o = cluster(c.m, &named);
	beside = pl_cloud_beside(&c, o);
	assert_ptr_equal(beside, pl_cloud_beside(&c, o));
	pl_fact_bool(c.m, beside, PL_CLUSTER_VERSION_OFFERED, false, "versions");
	pl_model_join(c.m);
	f = pl_object_fact(pl_object_joined(o), PL_CLUSTER_VERSION_OFFERED, PL_CLOUD);
	assert_non_null(f);
	assert_true(f->ahead);
	assert_string_equal(f->origin.address, "aws_eks_cluster.this");
	end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_its_cluster),
		cmocka_unit_test(leaves_others_alone),
		cmocka_unit_test(speaks_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
