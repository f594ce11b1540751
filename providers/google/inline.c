/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools that a google_container_cluster declares itself.  Once it is there its node_pool[] and
 * node_config[0] are also computed copies of the pools that have a resource of their own, and still
 * list those that the plan deletes; so they count only where no such resource, present or gone,
 * belongs to the cluster.  While it is being made they hold what is written.
 */
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "google/google.h"

static void put(struct pl_map *set, const void *p)
{
	*pl_map_put(set, (const char *)&p, sizeof p) = set;
}

static bool has(const struct pl_map *set, const void *p)
{
	return pl_map_get(set, (const char *)&p, sizeof p);
}

/* The clusters with pool resources, and the documents where a pool's cluster is not certain. */
static void find_owners(struct pl_tf *tf, struct pl_map *owners)
{
	struct pl_tf_resource *pool = pl_tf_first(tf, "google_container_node_pool", false);

	for (; pool; pool = pool->next_of_type) {
		struct pl_tf_resource *cluster =
			pl_tf_follow(tf, pool, "cluster", pl_google_cluster_types,
				     PL_GOOGLE_CLUSTER_KEY);

		if (cluster)
			put(owners, cluster);
		else if (pl_tf_get(tf, pool, "cluster").state != PL_TF_SET)
			put(owners, pool->doc);
	}
}

/* `name` NULL: not known, or not to be printed. */
static void add_pool(struct pl_tf *tf, struct pl_tf_resource *r, const char *name,
		     const char *prefix)
{
	struct pl_model *m = pl_tf_model(tf);
	const char *place = pl_model_strf(m, "%.*s", (int)strcspn(prefix, "."), prefix);
	struct pl_object *o = pl_tf_object(tf, r, PL_POOL, name ? name : place);

	o->cluster = r->object;
	/* the same as a pool resource of another source would have */
	if (name)
		o->identity = pl_model_strf(m, "google_container_node_pool/%s", name);
	pl_google_pool(tf, r, o, prefix);
}

/* NULL also for a name that may not be printed. */
static const char *block_name(struct pl_tf *tf, struct pl_tf_resource *r, size_t i)
{
	const char *path = pl_model_strf(pl_tf_model(tf), "node_pool[%zu].name", i);

	return pl_tf_get(tf, r, path).sensitive ? NULL : pl_tf_text(tf, r, path);
}

/* How many node_pool blocks there are, and whether one of them is GKE's default pool. */
static size_t count_blocks(struct pl_tf *tf, struct pl_tf_resource *r, bool *default_pool)
{
	size_t n = pl_tf_count(tf, r, "node_pool");

	*default_pool = false;
	for (size_t i = 0; i < n; i++)
		if (pl_streq(block_name(tf, r, i), "default-pool"))
			*default_pool = true;
	return n;
}

/* `removed`: the default pool goes once the cluster is made, also one that stands as a block. */
static void add_blocks(struct pl_tf *tf, struct pl_tf_resource *r, size_t n, bool removed)
{
	struct pl_model *m = pl_tf_model(tf);

	for (size_t i = 0; i < n; i++) {
		const char *prefix = pl_model_strf(m, "node_pool[%zu].", i);
		const char *name = block_name(tf, r, i);

		if (!removed || !pl_streq(name, "default-pool"))
			add_pool(tf, r, name, prefix);
	}
}

static bool is_being_made(struct pl_tf *tf, struct pl_tf_resource *r)
{
	struct pl_tf_value id = pl_tf_get(tf, r, "id");

	return id.state == PL_TF_UNKNOWN || id.unwritten;
}

static void declare_pools(struct pl_tf *tf, struct pl_tf_resource *r, bool owns_resources)
{
	static const char path[] = "remove_default_node_pool";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	bool removed = pl_streq(pl_tf_text(tf, r, path), "true"), default_pool;
	size_t blocks = count_blocks(tf, r, &default_pool);
	struct pl_model *m = pl_tf_model(tf);
	const char *what = "kept";

	if (!owns_resources || is_being_made(tf, r))
		add_blocks(tf, r, blocks, removed);
	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(m, r->object, PL_CLUSTER_DEFAULT_POOL, v.waits_for, path);
		return;
	}
	if (blocks && !default_pool)
		what = removed || owns_resources ? "removed" : "inline";
	else if (removed)
		what = "removed";
	pl_fact_text(m, r->object, PL_CLUSTER_DEFAULT_POOL, what, path)->sensitive = v.sensitive;
	if (!removed && !blocks && !owns_resources &&
	    pl_tf_get(tf, r, "initial_node_count").state != PL_TF_UNSET)
		add_pool(tf, r, "default-pool", "");
}

/* Autopilot makes its nodes itself and refuses pools, so one that is written will never be. */
static void refuse_pools(struct pl_tf *tf, const struct pl_object *cluster)
{
	struct pl_tf_resource *pool = pl_tf_first(tf, "google_container_node_pool", false);

	for (; pool; pool = pool->next_of_type)
		if (pool->object && pool->object->cluster == cluster)
			pl_tf_discard(pool->object);
}

void pl_google_gather(struct pl_tf *tf)
{
	struct pl_map owners = PL_MAP_INIT;
	struct pl_tf_resource *r = pl_tf_first(tf, "google_container_cluster", false);

	find_owners(tf, &owners);
	for (; r; r = r->next_of_type) {
		if (r->gone || !r->object)
			continue;
		if (pl_streq(pl_tf_text(tf, r, "enable_autopilot"), "true"))
			refuse_pools(tf, r->object);
		else if (pl_tf_get(tf, r, "enable_autopilot").state != PL_TF_UNKNOWN)
			declare_pools(tf, r, has(&owners, r) || has(&owners, r->doc));
	}
	pl_map_release(&owners);
	pl_google_autoscalers(tf);
}
