/* SPDX-License-Identifier: Apache-2.0 */
/* Where the nodes of a group will stand, and how many more an upgrade makes. */
#include "aws/aws.h"
#include "base/scalar.h"
#include "base/str.h"

static bool add_zone(struct pl_tf *tf, struct pl_tf_resource *subnet, struct pl_tf_list *zones)
{
	static const char path[] = "availability_zone";
	const char *zone = subnet ? pl_aws_text(tf, subnet, path) : NULL;

	if (!zone)
		return false;
	pl_tf_list_add_sorted(zones, zone);
	zones->sensitive = zones->sensitive || pl_tf_get(tf, subnet, path).sensitive;
	return true;
}

/* Subnets that are read rather than made are data sources. */
static void add_read_zones(struct pl_tf *tf, struct pl_tf_resource *r, const char *path, struct pl_tf_list *zones,
			   bool *whole)
{
	size_t n = pl_tf_count(tf, r, path);

	for (size_t i = 0; i < n; i++) {
		const char *id = pl_aws_text(tf, r, pl_model_strf(pl_tf_model(tf), "%s[%zu]", path, i));
		struct pl_tf_resource *subnet = id ? pl_tf_find(tf, "aws_subnet", true, "id", id) : NULL;

		*whole &= add_zone(tf, subnet, zones);
	}
	*whole = *whole && n;
}

static void add_zones(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path)
{
	static const char *const types[] = { "aws_subnet", NULL };
	struct pl_tf_resource **subnets;
	struct pl_tf_list zones = { 0 };
	bool whole, read = true;
	size_t n = pl_tf_follow_all(tf, r, path, types, "id", &subnets, &whole);

	for (size_t i = 0; i < n; i++)
		whole &= add_zone(tf, subnets[i], &zones);
	if (!n)
		add_read_zones(tf, r, path, &zones, &read);
	if (!(n ? whole : read))
		zones.waits_for = "the zones of its subnets are not in the file";
	pl_tf_list_fact(tf, r, o, PL_POOL_ZONES, path, &zones);
}

void pl_aws_group_place(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path)
{
	struct pl_tf_list subnets = { 0 };

	pl_tf_list_texts(tf, r, path, &subnets);
	pl_tf_list_fact(tf, r, o, PL_POOL_SUBNETS, path, &subnets);
	add_zones(tf, r, o, path);
	pl_tf_default(pl_fact_text(pl_tf_model(tf), o, PL_POOL_POD_RANGE, "nodes", NULL),
		      "EKS's network plugin gives pods addresses of the nodes' subnets");
}

/* The number, or the share of the group's first size, that may be unavailable; 0: not known. */
static int64_t most_unavailable(struct pl_tf *tf, struct pl_tf_resource *r, const struct pl_object *o)
{
	const char *number = pl_aws_text(tf, r, "update_config[0].max_unavailable");
	const char *share = pl_aws_text(tf, r, "update_config[0].max_unavailable_percentage");
	const struct pl_fact *size = pl_object_fact(o, PL_POOL_DESIRED, PL_PLAN);
	int64_t n;

	if (number && pl_parse_i64(number, &n) && n > 0)
		return n;
	if (!share || !pl_parse_i64(share, &n) || n <= 0 || n > 100)
		return share ? 0 : 1; /* EKS's default */
	return size && size->known && size->value.i < INT32_MAX ? (size->value.i * n + 99) / 100 : 0;
}

/*
 * An update adds twice as many nodes as there are zones, or as many as may be unavailable, whichever is
 * more (Amazon EKS User Guide, "Understand each phase of node updates", read 2026-11-26).
 */
void pl_aws_group_surge(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const struct pl_fact *zones = pl_object_fact(o, PL_POOL_ZONES, PL_PLAN);
	int64_t n = most_unavailable(tf, r, o);
	struct pl_fact *f;

	if (!n || !zones || !zones->known || zones->value.open) {
		pl_fact_unknown(pl_tf_model(tf), o, PL_POOL_SURGE,
				n ? "how many zones its subnets are in" : "how many nodes may be unavailable", NULL);
		return;
	}
	n = n > 2 * (int64_t)zones->value.count ? n : 2 * (int64_t)zones->value.count;
	f = pl_fact_int(pl_tf_model(tf), o, PL_POOL_SURGE, n, NULL);
	f->sensitive = zones->sensitive || pl_tf_get(tf, r, "update_config").sensitive ||
		       pl_tf_get(tf, r, "scaling_config").sensitive;
	f->basis = PL_INFERRED;
	f->note = "an update of EKS adds two nodes for each zone, or as many as may be unavailable";
}
