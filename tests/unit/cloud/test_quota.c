/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of demand: what is short, what may become short, and what nobody can tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/internal.h"

static const struct row {
	int64_t limit, used;
	bool fail_open;
	int64_t min, desired, max; /* of the first of two consumers; the other adds 2, 4, 6 */
	const char *headroom;      /* NULL: unknown */
	const char *text;          /* the note */
} rows[] = {
	{ 64, 40, false, 6, 12, 18, "enough", "64 vCPU, 40 used, the plan adds 16 (8 to 24): 8 left" },
	{ 64, 40, false, 6, 12, 19, "low", "64 vCPU, 40 used, the plan adds 16 (8 to 25): 8 left" },
	{ 64, 40, false, 6, 21, 30, "missing", "64 vCPU, 40 used, the plan adds 25 (8 to 36): 1 short" },
	{ 64, 40, false, 23, 20, 30, "missing", "64 vCPU, 40 used, the plan adds 24 (25 to 36): 0 left" },
	{ 0, -1, false, 1, 1, 1, "missing", "0 vCPU, the plan adds 5 (3 to 7)" },
	{ 64, -1, false, 1, 1, 1, NULL, "64 vCPU, the plan adds 5 (3 to 7)" },
	{ -1, 40, false, 1, 1, 1, NULL, "limit not known, 40 used, the plan adds 5 (3 to 7)" },
	{ 64, 40, true, 90, 90, 90, NULL, "64 vCPU, 40 used, the plan adds 94 (92 to 96)" },
	{ 64, 40, false, 1, -1, 9, NULL, "64 vCPU, 40 used, the plan adds 3 to 15" },
	{ 64, 40, false, 30, -1, -1, "missing", "64 vCPU, 40 used, the plan adds an unknown number" },
	{ 64, 40, false, 1, 2, -1, NULL, "64 vCPU, 40 used, the plan adds 6: 18 left" },
	{ 64, 70, false, 0, 0, 0, "missing", "64 vCPU, 70 used, the plan adds 4 (2 to 6): 10 short" },
};

static struct pl_object *pool(struct pl_model *m, struct pl_object *cluster, const char *address)
{
	struct pl_object *o = pl_model_object(m, PL_POOL, "p", 0, address);

	o->cluster = cluster;
	return o;
}

static void bill(struct pl_cloud *c, const struct row *r, struct pl_object *a, struct pl_object *b)
{
	pl_cloud_demand(c, "q", &(struct pl_cloud_demand){ a, r->min, r->desired, r->max, "3 nodes", "a variable" });
	pl_cloud_quota(c, &(struct pl_cloud_quota){ "q", "Standard", "quota", "vCPU", r->limit, r->used, "forbidden",
						    r->fail_open });
	pl_cloud_demand(c, "q", &(struct pl_cloud_demand){ .object = b, .min = 2, .desired = 4, .max = 6 });
	pl_cloud_quota(c, &(struct pl_cloud_quota){ .key = "unasked", .resource = "quota", .unit = "", .limit = 1 });
	pl_cloud_bills_write(c);
}

static void sums_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_cloud_options opt = { .source = "eks://r/c" };
		struct pl_cloud c = { .m = m, .opt = &opt };
		struct pl_object *cluster, *o;
		const struct pl_fact *f;

		pl_model_source(m, &(struct pl_source){ .name = "plan", .kind = "terraform-plan", .witness = PL_PLAN });
		c.source = pl_model_source(m, &(struct pl_source){ .name = "eks://r/c", .kind = "eks", .witness = PL_CLOUD });
		cluster = pl_model_object(m, PL_CLUSTER, "c", 0, "aws_eks_cluster.c");
		bill(&c, r, pool(m, cluster, "aws_eks_node_group.a"), pool(m, cluster, "aws_eks_node_group.b"));
		o = m->objects[m->object_count - 1];
		assert_int_equal(m->object_count, 4); /* what nobody asks for is not written */
		assert_int_equal(o->kind, PL_QUOTA);
		assert_string_equal(o->name, "Standard");
		assert_ptr_equal(o->cluster, cluster);
		f = pl_object_fact(o, PL_QUOTA_HEADROOM, PL_CLOUD);
		assert_int_equal(f->known, r->headroom != NULL);
		assert_string_equal(f->note, r->text);
		if (r->headroom)
			assert_string_equal(f->value.s, r->headroom);
		else
			assert_string_equal(f->waits_for, r->limit < 0 || r->used < 0 || r->fail_open ? "forbidden"
												      : "a variable");
		f = pl_object_fact(o, PL_QUOTA_CONSUMERS, PL_CLOUD);
		assert_int_equal(f->value.count, 2);
		assert_string_equal(f->value.list[1], "aws_eks_node_group.b: 4");
		assert_non_null(strstr(f->value.list[0], " (3 nodes)"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
