/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the nodes of a GKE pool will stand: zones, subnet, range of its pods; and how many those are.
 * GKE counts the nodes of each zone, unless the autoscaler's bounds are totals.
 */
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "google/google.h"

/* A pool and its cluster, which may be the same resource. */
struct pool {
	struct pl_tf *tf;
	struct pl_tf_resource *r, *cluster;
	struct pl_object *o;
	const char *prefix;
	struct pl_model *m;
};

static const char *at(const struct pool *p, const char *path)
{
	return pl_model_strf(p->m, "%s%s", p->prefix, path);
}

static struct pl_tf_value get(const struct pool *p, const char *path)
{
	return pl_tf_get(p->tf, p->r, at(p, path));
}

/* ---- zones ---- */

/* "europe-west1-b" is a zone, "europe-west1" a region. */
static bool is_zone(const char *location)
{
	size_t n = strlen(location);

	return n > 2 && location[n - 2] == '-' && location[n - 1] >= 'a' && location[n - 1] <= 'z';
}

/* The cluster's zones: its own, where it stands in one, and those that are listed. */
static void add_cluster_zones(const struct pool *p, struct pl_tf_list *zones)
{
	static const char path[] = "node_locations";
	const char *location = pl_tf_text(p->tf, p->cluster, "location|zone|region");
	struct pl_tf_value v = pl_tf_get(p->tf, p->cluster, path);

	zones->sensitive = pl_tf_get(p->tf, p->cluster, "location|zone|region").sensitive;
	if (location && is_zone(location))
		pl_tf_list_add(zones, location);
	else if (v.state != PL_TF_SET || !pl_tf_count(p->tf, p->cluster, path))
		zones->waits_for = "GKE picks zones of the region";
	if (v.state != PL_TF_UNSET)
		pl_tf_list_texts(p->tf, p->cluster, path, zones);
}

static void add_zones(const struct pool *p)
{
	static const char path[] = "node_locations";
	struct pl_tf_value v = get(p, path);
	struct pl_tf_list zones = { 0 };

	if (v.state == PL_TF_UNKNOWN || pl_tf_count(p->tf, p->r, v.path))
		pl_tf_list_texts(p->tf, p->r, v.path, &zones);
	else if (p->cluster)
		add_cluster_zones(p, &zones);
	else
		zones.waits_for = "its cluster, which is not in the file, decides";
	pl_tf_list_fact(p->tf, p->r, p->o, PL_POOL_ZONES, v.path, &zones);
}

/* ---- subnet and range ---- */

void pl_google_subnets(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, enum pl_attr attr,
		       const char *path)
{
	struct pl_tf_list list = { 0 };

	pl_tf_list_texts(tf, r, path, &list);
	if (!list.count && !list.waits_for)
		list.waits_for = "GKE picks the subnet of its network";
	pl_tf_list_fact(tf, r, o, attr, path, &list);
}

/* The pool's own where it has one, else its cluster's. */
static void add_subnet(const struct pool *p)
{
	static const char own[] = "network_config[0].subnetwork";

	if (get(p, own).state == PL_TF_SET || !p->cluster)
		pl_google_subnets(p->tf, p->r, p->o, PL_POOL_SUBNETS, at(p, own));
	else
		pl_google_subnets(p->tf, p->cluster, p->o, PL_POOL_SUBNETS, "subnetwork");
}

static void add_pod_range(const struct pool *p)
{
	static const struct pl_field own[] = {
		{ "network_config[0].pod_range", PL_POOL_POD_RANGE, PL_AS_TEXT, NULL, NULL },
		{ "network_config[0].pod_ipv4_cidr_block", PL_POOL_POD_RANGE, PL_AS_TEXT, NULL, NULL },
	};
	static const struct pl_field of_cluster = {
		"ip_allocation_policy[0].cluster_secondary_range_name|"
		"ip_allocation_policy[0].cluster_ipv4_cidr_block|cluster_ipv4_cidr",
		PL_POOL_POD_RANGE, PL_AS_TEXT, NULL, "GKE picks the range"
	};
	struct pl_tf_value v;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		v = get(p, own[i].path);
		if (v.state != PL_TF_SET)
			continue;
		pl_tf_fact(p->tf, p->r, p->o, &v, &own[i]);
		return;
	}
	if (!p->cluster) {
		pl_fact_unknown(p->m, p->o, PL_POOL_POD_RANGE, "its cluster, which is not in the file, decides", v.path);
		return;
	}
	v = pl_tf_get(p->tf, p->cluster, of_cluster.path);
	pl_tf_fact(p->tf, p->cluster, p->o, &v, &of_cluster);
}

/* ---- numbers ---- */

/* Bounds of the autoscaler that are totals, whatever the number of zones. */
static bool has_totals(const struct pool *p)
{
	static const char *const totals[] = { "autoscaling[0].total_min_node_count",
					      "autoscaling[0].total_max_node_count" };
	int64_t n;

	for (size_t i = 0; i < 2; i++) {
		const char *number = pl_tf_text(p->tf, p->r, at(p, totals[i]));

		if (number && pl_parse_i64(number, &n) && n > 0)
			return true;
	}
	return false;
}

/* The first size is given for each zone, also where the bounds are totals. */
static void in_total(const struct pool *p, struct pl_fact *f)
{
	const struct pl_fact *zones = pl_object_fact(p->o, PL_POOL_ZONES, PL_PLAN);

	if (zones && zones->known && !zones->value.open && f->value.i < INT32_MAX) {
		f->value.i *= (int64_t)zones->value.count;
		f->sensitive = f->sensitive || zones->sensitive;
		f->note = "for each of its zones";
		return;
	}
	f->known = false;
	f->waits_for = "how many zones it has";
}

/* The count of today, else that at creation, else, as far as is known, the autoscaler's lower bound. */
static void add_desired(const struct pool *p, bool totals)
{
	static const struct pl_field now = { "node_count", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL };
	static const struct pl_field first = { "initial_node_count", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL };
	struct pl_tf_value v = get(p, now.path), initial = get(p, first.path);
	bool scaled = pl_tf_count(p->tf, p->r, at(p, "autoscaling"));
	struct pl_fact *f;

	if (v.state != PL_TF_SET && (initial.state == PL_TF_SET || v.state == PL_TF_UNSET))
		v = initial;
	if (v.state != PL_TF_SET && scaled) {
		pl_tf_starts_smallest(p->tf, p->o, "the autoscaler's lower bound; no other first size is known");
		return;
	}
	f = pl_tf_fact(p->tf, p->r, p->o, &v, &now);
	if (f && f->known && totals)
		in_total(p, f);
}

/* The second set of nodes that a blue-green upgrade makes has no number in the file. */
static void add_surge(const struct pool *p)
{
	static const struct pl_field surge = { "upgrade_settings[0].max_surge", PL_POOL_SURGE, PL_AS_INT, "1",
					       "GKE's default surge" };
	const char *strategy = pl_tf_text(p->tf, p->r, at(p, "upgrade_settings[0].strategy"));
	struct pl_tf_value v = get(p, surge.path);

	/* GKE computes the block: that of a dynamic one would be shown */
	if (v.state == PL_TF_UNKNOWN && v.unwritten)
		v.state = PL_TF_UNSET;
	if (pl_strieq(strategy, "BLUE_GREEN"))
		pl_fact_unknown(p->m, p->o, PL_POOL_SURGE, "a blue-green upgrade makes the pool a second time",
				at(p, "upgrade_settings[0].strategy"));
	else
		pl_tf_fact(p->tf, p->r, p->o, &v, &surge);
}

void pl_google_place(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *prefix,
		     struct pl_tf_resource *cluster)
{
	struct pool p = { tf, r, cluster, o, prefix, pl_tf_model(tf) };
	bool totals = has_totals(&p);

	add_zones(&p);
	add_subnet(&p);
	add_pod_range(&p);
	pl_fact_bool(p.m, o, PL_POOL_PER_ZONE, !totals, at(&p, "autoscaling"));
	add_desired(&p, totals);
	add_surge(&p);
}
