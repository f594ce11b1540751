/* SPDX-License-Identifier: Apache-2.0 */
/* Which objects of different sources are the same one: by name, by identity, by address. */
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

void pl_join_add(struct pl_join_keys *keys, const char *key, struct pl_object *o)
{
	keys->list = pl_grow(keys->list, keys->count, &keys->cap, sizeof *keys->list);
	keys->list[keys->count] = (struct pl_join_key){ key, o, keys->count };
	keys->count++;
}

static int compare_keys(const void *a, const void *b)
{
	const struct pl_join_key *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

void pl_join_runs(struct pl_join_keys *keys, pl_join_each *each, struct pl_model *m)
{
	size_t start = 0;

	if (keys->count)
		qsort(keys->list, keys->count, sizeof *keys->list, compare_keys);
	for (size_t i = 1; i <= keys->count; i++) {
		if (i < keys->count && !strcmp(keys->list[i].key, keys->list[start].key))
			continue;
		if (i - start > 1)
			each(m, keys->list + start, i - start);
		start = i;
	}
	free(keys->list);
	*keys = (struct pl_join_keys){ 0 };
}

int pl_join_source(const struct pl_object *o)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (o->origin[w].source >= 0)
			return o->origin[w].source;
	return -1;
}

const char *pl_join_address(const struct pl_object *o)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (o->origin[w].address)
			return o->origin[w].address;
	return NULL;
}

const char *pl_join_text(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, -1);

	while (f && !f->known)
		f = pl_fact_next(f, -1);
	return f ? f->value.s : NULL;
}

bool pl_join_named(const struct pl_object *o)
{
	return o->name && !o->nickname && (o->identity || o->stand_in || !o->rank);
}

int pl_join_compare(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

bool pl_join_is_snapshot(const struct pl_model *m, int source)
{
	return source >= 0 && pl_streq(m->sources[source].kind, "snapshot");
}

int pl_join_age(const struct pl_model *m, int a, int b)
{
	bool old = pl_join_is_snapshot(m, a);
	int64_t x, y;

	if (old != pl_join_is_snapshot(m, b))
		return old ? 1 : -1;
	if (!old || a == b)
		return 0;
	x = m->sources[a].as_of;
	y = m->sources[b].as_of;
	if (x != y)
		return x > y ? -1 : 1;
	return a > b ? -1 : 1;
}

int pl_join_precedence(const struct pl_model *m, const struct pl_object *a,
		       const struct pl_object *b)
{
	if (a->stand_in != b->stand_in)
		return a->stand_in - b->stand_in;
	if (a->rank != b->rank)
		return b->rank - a->rank;
	return pl_join_age(m, pl_join_source(a), pl_join_source(b));
}

/* The one whose pointer stays: decided by what they are, not by when they came. */
static bool stays(const struct pl_model *m, const struct pl_object *a, const struct pl_object *b)
{
	int order = pl_join_precedence(m, a, b);

	if (!order)
		order = pl_join_source(a) - pl_join_source(b);
	if (!order)
		order = pl_join_compare(pl_join_address(a), pl_join_address(b));
	return order <= 0;
}

void pl_join_unite(struct pl_model *m, struct pl_object *a, struct pl_object *b)
{
	a = pl_object_joined(a);
	b = pl_object_joined(b);
	if (a == b)
		return;
	if (stays(m, a, b))
		b->joined = a;
	else
		a->joined = b;
}

static int compare_sources(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

bool pl_join_one_of_each_source(const struct pl_join_key *run, size_t n)
{
	int *sources = pl_alloc(n * sizeof *sources);
	bool once = true;

	for (size_t i = 0; i < n; i++)
		sources[i] = pl_join_source(run[i].object);
	qsort(sources, n, sizeof *sources, compare_sources);
	for (size_t i = 1; i < n; i++)
		once &= sources[i] != sources[i - 1];
	free(sources);
	return once;
}

void pl_join_run(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	if (!pl_join_one_of_each_source(run, n))
		return;
	for (size_t i = 1; i < n; i++)
		pl_join_unite(m, run[0].object, run[i].object);
}

/* Sources that say two under one name still agree about each address. */
static void join_run_or_addresses(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	struct pl_join_keys keys = { 0 };

	if (pl_join_one_of_each_source(run, n)) {
		pl_join_run(m, run, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *address = pl_join_address(run[i].object);

		if (address)
			pl_join_add(&keys, address, run[i].object);
	}
	pl_join_runs(&keys, pl_join_run, m);
}

/* A plan and the state of the same root: unless names or clusters say that the roots differ. */
static void join_plan_and_state(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	const struct pl_object *a = run[0].object, *b = run[1].object;

	if (n != 2 || a->rank == b->rank || pl_join_source(a) == pl_join_source(b))
		return;
	if (a->identity && b->identity && !pl_streq(a->identity, b->identity))
		return;
	if (a->cluster && b->cluster && pl_object_joined(a->cluster) != pl_object_joined(b->cluster))
		return;
	pl_join_unite(m, run[0].object, run[1].object);
}

void pl_join_addresses(struct pl_model *m, bool clusters)
{
	struct pl_join_keys keys = { 0 };

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];
		const char *address = pl_join_address(o);

		if ((o->kind == PL_CLUSTER) == clusters && o->rank > 0 && !o->stand_in && address)
			pl_join_add(&keys, pl_model_strf(m, "%d %s", o->kind, address), o);
	}
	pl_join_runs(&keys, join_plan_and_state, m);
}

/* Where a thing is looked for: its kind and its cluster. */
static const char *place_of(struct pl_model *m, const struct pl_object *o)
{
	return pl_model_strf(m, "%d %p", o->kind, (void *)o->cluster);
}

void pl_join_things(struct pl_model *m)
{
	struct pl_join_keys identities = { 0 }, names = { 0 };

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];

		if (o->kind == PL_CLUSTER)
			continue;
		if (o->identity)
			pl_join_add(&identities, pl_model_strf(m, "%s %s", place_of(m, o), o->identity), o);
		if (o->kind == PL_POOL && o->cluster && pl_join_named(o))
			pl_join_add(&names, pl_model_strf(m, "%s %s", place_of(m, o), o->name), o);
	}
	pl_join_runs(&identities, join_run_or_addresses, m);
	pl_join_runs(&names, join_run_or_addresses, m);
	pl_join_addresses(m, false);
	pl_join_nodes(m);
	pl_join_machines(m);
}
