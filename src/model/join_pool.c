/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools that a plan has and the cluster has not, those that the cluster has and the plan has not, and
 * nodes that belong to no pool: said only where both were seen whole.
 */
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

/* One cluster of both witnesses. */
struct side {
	struct pl_model *m;
	const struct pl_object *cluster;
	size_t planned; /* pools that the plan has */
	size_t named;   /* nodes that are planned instances of their names */
	size_t loose;   /* nodes without a pool that nothing planned is known to have become */
	bool vague;     /* a planned pool has no name yet, and may be any of them */
};

static bool seen(const struct pl_object *o, enum pl_witness w)
{
	return o->seen & 1U << w;
}

static const char *count_text(const struct side *s, const struct pl_object *pool)
{
	size_t n = 0;

	for (const struct pl_object *o = s->cluster->things; o; o = o->next_thing)
		n += o->kind == PL_NODE && o->pool == pool;
	return pl_model_strf(s->m, "%zu", n);
}

/* `there`: the witness that has it, `absent`: the one that has not. */
static void add(const struct side *s, const struct pl_object *pool, const char *attribute,
		enum pl_witness there, enum pl_witness absent, const char *said)
{
	struct pl_model *m = s->m;
	struct pl_drift *d;

	d = pl_model_drift(m, &(struct pl_drift){
		.object = pool,
		.cluster = s->cluster->name,
		.name = pool->name,
		.attribute = attribute,
		.witnesses = 1U << there | 1U << absent,
		.will_change = pool->will_change || pool->gone,
		.origin = pool->origin[there],
	});
	d->said[there] = said;
	d->seen_at[there] = pool->origin[there];
	d->seen_at[absent] = s->cluster->origin[absent];
}

/* Fewest nodes that it can have; 0 when that is not known, or can be none. */
static int64_t least(const struct pl_object *pool)
{
	const struct pl_fact *f = pl_object_fact(pool, PL_POOL_MIN, PL_PLAN);

	return f && f->known && !f->sensitive ? f->value.i : 0;
}

/* A pool of a cloud, whose nodes its label would tell: what is called a node pool or a node group. */
static bool has_label(const struct pl_object *pool)
{
	return pool->identity && (pl_contains(pool->identity, "node_pool") ||
				  pl_contains(pool->identity, "node_group"));
}

/*
 * A state is older than what the cluster shows now: its word that there are nodes with those labels is
 * worth nothing once they are not there.  A plan's is, for it tells of what will be.
 */
static void doubt_state(const struct side *s, struct pl_object *pool)
{
	const struct pl_fact *labels = pl_object_fact(pool, PL_POOL_LABELS, PL_PLAN);
	struct pl_fact unknown;

	if (pool->rank != 1 || !labels)
		return;
	unknown = *labels;
	unknown.known = false;
	unknown.note = NULL;
	unknown.waits_for = "the state has this pool, and the cluster shows no node of it";
	pl_object_forget(pool, PL_POOL_LABELS, PL_PLAN);
	pl_fact_put(s->m, pool, &unknown);
}

static void missing(const struct side *s, struct pl_object *pool)
{
	int64_t n = least(pool);

	if (n < 1 || !pool->identity || pool->counted || (s->loose && !s->named && !has_label(pool)))
		return;
	add(s, pool, "nodes", PL_PLAN, PL_CLUSTER_API,
	    pl_model_strf(s->m, "at least %lld", (long long)n));
	doubt_state(s, pool);
}

static void unplanned(const struct side *s, const struct pl_object *pool)
{
	if (pool->unplanned || pool->counted || s->vague)
		return;
	if (pool->alone)
		add(s, pool, "pool", PL_CLUSTER_API, PL_PLAN, "a node that belongs to no pool");
	else
		add(s, pool, "nodes", PL_CLUSTER_API, PL_PLAN, count_text(s, pool));
}

static void look(struct side *s)
{
	for (const struct pl_object *o = s->cluster->things; o; o = o->next_thing) {
		if (o->kind != PL_POOL)
			continue;
		s->planned += seen(o, PL_PLAN);
		s->named += o->alone && seen(o, PL_PLAN);
		s->loose += o->alone && !seen(o, PL_PLAN) && !o->counted;
		s->vague |= seen(o, PL_PLAN) && !seen(o, PL_CLUSTER_API) && !o->identity && !o->counted;
	}
}

static void compare(struct pl_model *m, struct pl_object *cluster)
{
	static const unsigned pools = 1U << PL_POOL | 1U << PL_NODE;
	struct side s = { .m = m, .cluster = cluster };
	bool planned_all = pl_model_complete(m, cluster, PL_PLAN, pools, NULL);
	bool live_all = pl_model_complete(m, cluster, PL_CLUSTER_API, pools, NULL);

	look(&s);
	for (struct pl_object *o = cluster->things; o; o = o->next_thing) {
		if (o->kind != PL_POOL)
			continue;
		if (live_all && seen(o, PL_PLAN) && !seen(o, PL_CLUSTER_API))
			missing(&s, o);
		else if (planned_all && s.planned && seen(o, PL_CLUSTER_API) && !seen(o, PL_PLAN))
			unplanned(&s, o);
	}
}

void pl_join_pool_drift(struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];

		if (o->kind == PL_CLUSTER && seen(o, PL_PLAN) && seen(o, PL_CLUSTER_API))
			compare(m, o);
	}
}
