/* SPDX-License-Identifier: Apache-2.0 */
/* What Terraform sources of the run show that a source's cluster may be, or have. */
#include <string.h>

#include "base/str.h"
#include "cloud/internal.h"

static const char *known(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, PL_PLAN);

	return f && f->known ? f->value.s : NULL;
}

static bool same_or_unsaid(const char *a, const char *b)
{
	return !a || !b || pl_strieq(a, b);
}

static bool is_planned(const struct pl_object *o)
{
	return o->seen & 1U << PL_PLAN && !o->gone;
}

/* Is it of this provider, and of no other account or place? */
static bool may_stand_here(const struct pl_cloud *c, const struct pl_object *cluster)
{
	return pl_streq(known(cluster, PL_CLUSTER_PROVIDER), c->provider->cloud->scheme) &&
	       same_or_unsaid(known(cluster, PL_CLUSTER_LOCATION), c->location) &&
	       same_or_unsaid(known(cluster, PL_CLUSTER_ACCOUNT), c->account);
}

static bool is_named(const struct pl_cloud *c, const struct pl_object *cluster)
{
	return pl_streq(cluster->name, c->opt->join ? c->opt->join : c->name);
}

/*
 * The planned clusters that this source's is, or may be: those of its name; where there is none, the only
 * one of the provider, if its name is not known yet.
 */
static size_t clusters(struct pl_cloud *c, struct pl_object **out)
{
	size_t named = 0, others = 0;
	struct pl_object *other = NULL;

	for (size_t i = 0; i < c->m->object_count; i++) {
		struct pl_object *o = c->m->objects[i];

		if (o->kind != PL_CLUSTER || !is_planned(o) || !may_stand_here(c, o))
			continue;
		if (is_named(c, o))
			out[named++] = o;
		else if (!o->identity)
			other = o, others++;
	}
	if (!named && others == 1)
		out[named++] = other;
	return named;
}

static bool is_one_of(const struct pl_object *o, struct pl_object *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == o)
			return true;
	return false;
}

size_t pl_cloud_planned(struct pl_cloud *c, enum pl_kind kind, struct pl_object ***out)
{
	struct pl_object **list = pl_arena_alloc(&c->m->arena, (c->m->object_count + 1) * sizeof(struct pl_object *));
	struct pl_object **own = pl_arena_alloc(&c->m->arena, (c->m->object_count + 1) * sizeof(struct pl_object *));
	size_t n = 0, count = clusters(c, own);

	*out = kind == PL_CLUSTER ? own : list;
	if (kind == PL_CLUSTER)
		return count;
	for (size_t i = 0; count && i < c->m->object_count; i++) {
		struct pl_object *o = c->m->objects[i];

		if (o->kind == kind && is_planned(o) && (!o->cluster || is_one_of(o->cluster, own, count)))
			list[n++] = o;
	}
	return n;
}

struct pl_object *pl_cloud_planned_as(struct pl_cloud *c, enum pl_kind kind, const char *identity)
{
	struct pl_object **list;
	size_t n = pl_cloud_planned(c, kind, &list);

	for (size_t i = 0; i < n; i++)
		if (pl_streq(list[i]->identity, identity))
			return list[i];
	return NULL;
}

struct pl_object *pl_cloud_thing(struct pl_cloud *c, struct pl_object *cluster, enum pl_kind kind, const char *name,
				 const char *identity, const char *address)
{
	struct pl_object *o;

	for (size_t i = 0; identity && i < c->m->object_count; i++) {
		o = c->m->objects[i];
		if (o->kind == kind && o->origin[PL_CLOUD].source == c->source && pl_streq(o->identity, identity))
			return NULL;
	}
	o = pl_model_object(c->m, kind, name, c->source, address);
	o->identity = identity;
	o->cluster = cluster;
	return o;
}

struct pl_object *pl_cloud_beside(struct pl_cloud *c, struct pl_object *planned)
{
	void **slot = pl_map_put(&c->besides, (const char *)&planned, sizeof planned);

	if (!*slot)
		*slot = pl_model_beside(c->m, planned, c->source, planned->origin[PL_PLAN].address);
	return *slot;
}
