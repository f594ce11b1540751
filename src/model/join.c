/* SPDX-License-Identifier: Apache-2.0 */
/* Joining, step by step: clusters, then what belongs to them, then order. */
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

static bool removed(const struct pl_object *o)
{
	return o->joined || (o->gone && !o->seen);
}

/* Takes out what joining made part of another, and what is not there. */
static void sweep(struct pl_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++)
		if (!removed(m->objects[i]))
			m->objects[n++] = m->objects[i];
	m->object_count = n;
}

/* ---- clusters of things ---- */

struct clusters {
	struct pl_object **list;
	size_t count;
};

static struct clusters list_clusters(struct pl_model *m)
{
	struct clusters c = { pl_alloc(m->object_count * sizeof(struct pl_object *)), 0 };

	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER && !removed(m->objects[i]))
			c.list[c.count++] = m->objects[i];
	return c;
}

static struct pl_object *cluster_called(const struct clusters *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (pl_streq(c->list[i]->name, name) || pl_streq(pl_join_address(c->list[i]), name))
			return c->list[i];
	return NULL;
}

/* What the user said with --join about each source. */
static struct pl_object **told_clusters(struct pl_model *m, const struct clusters *c)
{
	struct pl_object **told = pl_alloc(m->source_count * sizeof *told);

	for (size_t i = 0; i < m->source_count; i++) {
		struct pl_source *s = &m->sources[i];

		told[i] = s->join ? cluster_called(c, s->join) : NULL;
		s->astray = s->join && !told[i];
	}
	return told;
}

static void assign_cluster(const struct pl_model *m, struct pl_object *o, const struct clusters *c,
			   struct pl_object **told)
{
	int source = pl_join_source(o);

	o->cluster = pl_object_joined(o->cluster);
	if (o->cluster && removed(o->cluster)) {
		/* a pool goes with its cluster, a thing may serve another */
		if (o->kind == PL_POOL) {
			o->gone = true;
			o->seen = 0;
		}
		o->cluster = NULL;
	}
	if (o->cluster)
		return;
	if (source >= 0 && m->sources[source].astray)
		return;
	if (source >= 0 && told[source]) {
		o->cluster = told[source];
		o->cluster_how = "joined as told";
	} else if (c->count == 1) {
		o->cluster = c->list[0];
		o->cluster_how = "the only cluster";
	}
	o->any_cluster = !o->cluster && c->count > 1;
}

static void assign_clusters(struct pl_model *m)
{
	struct clusters c = list_clusters(m);
	struct pl_object **told = told_clusters(m, &c);

	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind != PL_CLUSTER)
			assign_cluster(m, m->objects[i], &c, told);
	free(told);
	free(c.list);
}

/* ---- pools ---- */

/* A pool that shows no version of its own has its cluster's. */
static void inherit_version(struct pl_model *m, struct pl_object *pool, enum pl_witness w)
{
	const struct pl_fact *of_cluster;
	struct pl_fact f;

	if (!(pool->seen & 1U << w) || !pool->cluster ||
	    pl_object_fact(pool, PL_POOL_VERSION, (int)w))
		return;
	of_cluster = pl_object_fact(pool->cluster, PL_CLUSTER_VERSION, (int)w);
	if (!of_cluster)
		return;
	f = *of_cluster;
	f.attr = PL_POOL_VERSION;
	f.basis = PL_INFERRED;
	f.note = "its cluster's version";
	pl_fact_put(m, pool, &f);
}

/*
 * What can never have a node counts for nothing, for the witness that says so, and for all once a
 * plan makes it so.
 */
static void forget_empty(struct pl_object *pool, enum pl_witness w)
{
	const struct pl_fact *max = pl_object_fact(pool, PL_POOL_MAX, (int)w);

	if (!max || !max->known || max->value.i != 0)
		return;
	for (int attr = 0; attr < PL_ATTR_COUNT; attr++)
		pl_object_forget(pool, (enum pl_attr)attr, w);
	pool->seen &= ~(1U << w);
	pool->origin[w] = (struct pl_origin){ .source = -1 };
	pool->gone |= !pool->seen || (w == PL_PLAN && pool->will_change);
}

static void settle_pools(struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++)
		for (int w = 0; m->objects[i]->kind == PL_POOL && w < PL_WITNESS_COUNT; w++) {
			forget_empty(m->objects[i], (enum pl_witness)w);
			inherit_version(m, m->objects[i], (enum pl_witness)w);
		}
}

/* ---- order ---- */

struct placed {
	struct pl_object *object;
	size_t index;
};

static int compare_names(const struct pl_object *a, const struct pl_object *b)
{
	int order = pl_join_compare(a->name, b->name);

	if (!order)
		order = pl_join_compare(pl_join_address(a), pl_join_address(b));
	return order ? order : pl_join_source(a) - pl_join_source(b);
}

static int compare_objects(const struct pl_object *a, const struct pl_object *b)
{
	int order = (int)a->kind - (int)b->kind;

	if (!order && a->cluster != b->cluster) {
		if (!a->cluster || !b->cluster)
			return !a->cluster - !b->cluster;
		order = compare_names(a->cluster, b->cluster);
	}
	return order ? order : compare_names(a, b);
}

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = compare_objects(x->object, y->object);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void sort_objects(struct pl_model *m)
{
	struct placed *list = pl_alloc(m->object_count * sizeof *list);

	for (size_t i = 0; i < m->object_count; i++)
		list[i] = (struct placed){ m->objects[i], i };
	if (m->object_count)
		qsort(list, m->object_count, sizeof *list, compare_placed);
	for (size_t i = 0; i < m->object_count; i++)
		m->objects[i] = list[i].object;
	free(list);
}

/* Drift points at what its object became, and names its cluster. */
static void settle_drift(struct pl_model *m)
{
	for (size_t i = 0; i < m->drift_count; i++) {
		struct pl_drift *d = &m->drift[i];
		const struct pl_object *o = pl_object_joined(d->object);

		d->object = o && !removed(o) ? o : NULL;
		if (!d->object || d->cluster)
			continue;
		d->cluster = o->kind == PL_CLUSTER ? o->name : o->cluster ? o->cluster->name : NULL;
	}
}

/* ---- who told of which cluster ---- */

struct told {
	struct pl_object *cluster;
	int source;
};

struct told_list {
	struct told *list;
	size_t count, cap;
};

static void tell(struct told_list *t, struct pl_object *cluster, int source)
{
	/* facts of one object come from one source, mostly */
	if (source < 0 || (t->count && t->list[t->count - 1].cluster == cluster &&
			   t->list[t->count - 1].source == source))
		return;
	t->list = pl_grow(t->list, t->count, &t->cap, sizeof *t->list);
	t->list[t->count++] = (struct told){ cluster, source };
}

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return x->source - y->source;
}

static void keep_sources(struct pl_model *m, const struct told *run, size_t n)
{
	int *sources = pl_arena_alloc(&m->arena, n * sizeof *sources);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!kept || sources[kept - 1] != run[i].source)
			sources[kept++] = run[i].source;
	run->cluster->sources = sources;
	run->cluster->source_count = kept;
}

static void note_sources(struct pl_model *m)
{
	struct told_list t = { 0 };
	size_t start = 0;

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];
		struct pl_object *cluster = o->kind == PL_CLUSTER ? o : o->cluster;

		for (int w = 0; cluster && w < PL_WITNESS_COUNT; w++)
			tell(&t, cluster, o->origin[w].source);
		for (const struct pl_fact *f = o->facts; cluster && f; f = f->next)
			tell(&t, cluster, f->origin.source);
	}
	if (t.count)
		qsort(t.list, t.count, sizeof *t.list, compare_told);
	for (size_t i = 1; i <= t.count; i++) {
		if (i < t.count && t.list[i].cluster == t.list[start].cluster)
			continue;
		keep_sources(m, t.list + start, i - start);
		start = i;
	}
	free(t.list);
}

/* Nodes of a pool that became part of another are nodes of that one. */
static void settle_nodes(struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];

		o->pool = pl_object_joined(o->pool);
		if (o->pool && removed(o->pool))
			o->pool = NULL;
	}
}

static void list_things(struct pl_model *m)
{
	for (size_t i = m->object_count; i-- > 0;) {
		struct pl_object *o = m->objects[i], **first = o->cluster ? &o->cluster->things : &m->things;

		if (o->kind == PL_CLUSTER)
			continue;
		o->next_thing = *first;
		*first = o;
	}
}

void pl_model_join(struct pl_model *m)
{
	size_t told = m->drift_count;

	pl_join_clusters(m);
	pl_join_merge(m, true);
	assign_clusters(m);
	pl_join_things(m);
	pl_join_stale(m);
	pl_join_merge(m, false);
	pl_join_ahead(m);
	settle_pools(m);
	settle_nodes(m);
	settle_drift(m);
	pl_join_sort_drift(m, told);
	sweep(m);
	sort_objects(m);
	list_things(m);
	pl_join_drift(m);
	pl_join_pool_drift(m);
	note_sources(m);
}

/* ---- completeness ---- */

static bool complete_source(const struct pl_source *s, enum pl_witness w, unsigned kinds,
			    const char **why)
{
	if (s->witness != w || s->complete || !(kinds & ~s->whole))
		return true;
	if (why)
		*why = s->why;
	return false;
}

bool pl_model_complete(const struct pl_model *m, const struct pl_object *cluster, enum pl_witness w,
		       unsigned kinds, const char **why)
{
	bool any = false;

	for (size_t i = 0; cluster && i < cluster->source_count; i++) {
		const struct pl_source *s = &m->sources[cluster->sources[i]];

		any |= s->witness == w;
		if (!complete_source(s, w, kinds, why))
			return false;
	}
	for (size_t i = 0; !any && i < m->source_count; i++)
		if (!complete_source(&m->sources[i], w, kinds, why))
			return false;
	return true;
}
