/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an older snapshot of a live cluster shows and a newer look at it does not is not there any more:
 * it is told as drift and counts no longer.  What only the newer one shows is told too.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/str.h"
#include "model/join.h"

/* Kinds whose coming and going is worth a word; nodes come and go with the load. */
static const enum pl_kind told[] = { PL_POOL, PL_COMPONENT, PL_LOAD_BALANCER, PL_STORAGE_CLASS };

static bool is_told(enum pl_kind kind)
{
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (told[i] == kind)
			return true;
	return false;
}

struct looks {
	struct pl_model *m;
	struct pl_map newest; /* by cluster and witness: the newest source, plus one */
	struct pl_map oldest; /* the same of the oldest */
	struct pl_map fresh;  /* roots that a newest source shows */
	struct pl_map stale;  /* roots that an older one shows */
};

struct look {
	const struct pl_object *cluster;
	enum pl_witness witness;
};

static int source_of(const struct pl_map *map, const struct pl_object *cluster, enum pl_witness w)
{
	struct look key;

	memset(&key, 0, sizeof key);
	key.cluster = cluster;
	key.witness = w;
	return (int)(intptr_t)pl_map_get(map, (const char *)&key, sizeof key) - 1;
}

static void note_source(struct looks *l, const struct pl_object *cluster, int source)
{
	struct look key;
	void **newest, **oldest;

	memset(&key, 0, sizeof key);
	key.cluster = cluster;
	key.witness = l->m->sources[source].witness;
	newest = pl_map_put(&l->newest, (const char *)&key, sizeof key);
	oldest = pl_map_put(&l->oldest, (const char *)&key, sizeof key);
	if (!*newest || pl_join_age(l->m, source, (int)(intptr_t)*newest - 1) < 0)
		*newest = (void *)((intptr_t)source + 1);
	if (!*oldest || pl_join_age(l->m, (int)(intptr_t)*oldest - 1, source) < 0)
		*oldest = (void *)((intptr_t)source + 1);
}

static bool told_all(const struct pl_model *m, int source, enum pl_kind kind)
{
	const struct pl_source *s = &m->sources[source];

	return s->complete || s->whole & 1U << kind;
}

/* The newest look of a witness at the cluster of this object, where there are several; -1: there is one. */
static int newest_of(const struct looks *l, const struct pl_object *o, enum pl_witness w)
{
	const struct pl_object *cluster = pl_object_joined(o->cluster);
	int newest;

	if (o->kind == PL_CLUSTER || !cluster || !(o->seen & 1U << w))
		return -1;
	newest = source_of(&l->newest, cluster, w);
	return newest == source_of(&l->oldest, cluster, w) ? -1 : newest;
}

static void sort_out(struct looks *l, enum pl_witness w)
{
	for (size_t i = 0; i < l->m->object_count; i++) {
		struct pl_object *o = l->m->objects[i], *root = pl_object_joined(o);
		int newest = newest_of(l, o, w);

		if (newest < 0)
			continue;
		*pl_map_put(o->origin[w].source == newest ? &l->fresh : &l->stale, (const char *)&root,
			    sizeof root) = o;
	}
}

static void tell(struct looks *l, const struct pl_object *o, enum pl_witness w, bool there)
{
	struct pl_model *m = l->m;

	if (!is_told(o->kind))
		return;
	pl_model_drift(m, &(struct pl_drift){
		.object = o,
		.cluster = pl_object_joined(o->cluster)->name,
		.name = o->name,
		.attribute = pl_kind_name(o->kind),
		.state = there ? NULL : "there",
		.now = there ? "there" : NULL,
		.snapshots = true,
		.origin = { .source = source_of(&l->oldest, pl_object_joined(o->cluster), w),
			    .address = o->origin[w].address },
		.newer = { .source = newest_of(l, o, w), .address = o->origin[w].address },
		.newer_witness = w,
	});
}

/* It goes for the witness that looked again; what others saw of it stays. */
static void take_away(struct looks *l, struct pl_object *o, enum pl_witness w)
{
	tell(l, o, w, false);
	for (int attr = 0; attr < PL_ATTR_COUNT; attr++)
		if (pl_attrs[attr].kind == o->kind)
			pl_object_forget(o, (enum pl_attr)attr, w);
	o->seen &= ~(1U << w);
	o->origin[w] = (struct pl_origin){ .source = -1 };
	o->gone |= !o->seen;
}

static void compare(struct looks *l, enum pl_witness w)
{
	for (size_t i = 0; i < l->m->object_count; i++) {
		struct pl_object *o = l->m->objects[i], *root = pl_object_joined(o);
		int newest = newest_of(l, o, w);
		bool fresh, stale;

		if (newest < 0 || !told_all(l->m, newest, o->kind))
			continue;
		fresh = pl_map_get(&l->fresh, (const char *)&root, sizeof root);
		stale = pl_map_get(&l->stale, (const char *)&root, sizeof root);
		if (stale && !fresh)
			take_away(l, o, w);
		else if (!stale && told_all(l->m, source_of(&l->oldest, pl_object_joined(o->cluster), w),
					    o->kind))
			tell(l, o, w, true);
	}
}

static void compare_looks(struct pl_model *m, enum pl_witness w)
{
	struct looks l = { m, PL_MAP_INIT, PL_MAP_INIT, PL_MAP_INIT, PL_MAP_INIT };
	bool any = false;

	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		if (o->kind == PL_CLUSTER && (o->seen & 1U << w) && o->origin[w].source >= 0) {
			note_source(&l, pl_object_joined(o), o->origin[w].source);
			any |= pl_join_is_snapshot(m, o->origin[w].source);
		}
	}
	if (any) {
		sort_out(&l, w);
		compare(&l, w);
	}
	pl_map_release(&l.newest);
	pl_map_release(&l.oldest);
	pl_map_release(&l.fresh);
	pl_map_release(&l.stale);
}

void pl_join_stale(struct pl_model *m)
{
	compare_looks(m, PL_CLUSTER_API);
	compare_looks(m, PL_CLOUD);
}
