/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of each cluster: see index.h. */
#include "eval/index.h"

#include <stdlib.h>

#include "base/map.h"

/* Position of every cluster plus one; pointers are the keys. */
static struct pl_map number_clusters(struct pl_index *x)
{
	struct pl_map numbers = PL_MAP_INIT;
	const struct pl_model *m = x->model;

	x->clusters = pl_alloc((m->object_count + 1) * sizeof *x->clusters);
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		if (o->kind != PL_CLUSTER)
			continue;
		x->clusters[x->count++] = o;
		*pl_map_put(&numbers, (const char *)&o, sizeof o) = &x->clusters[x->count - 1];
	}
	x->count = x->count ? x->count : 1;
	return numbers;
}

static size_t cluster_number(const struct pl_index *x, const struct pl_map *numbers,
			     const struct pl_object *o)
{
	const struct pl_object *cluster = o->kind == PL_CLUSTER ? o : o->cluster;
	const struct pl_object **place = pl_map_get(numbers, (const char *)&cluster, sizeof cluster);

	if (place)
		return (size_t)(place - x->clusters);
	return x->clusters[0] ? x->count : 0;
}

static void fill(struct pl_index *x, const struct pl_map *numbers)
{
	const struct pl_model *m = x->model;
	size_t *number = pl_alloc(m->object_count * sizeof *number);
	size_t *next = pl_alloc((x->count + 2) * sizeof *next);

	for (size_t i = 0; i < m->object_count; i++) {
		number[i] = cluster_number(x, numbers, m->objects[i]);
		x->start[number[i] + 1]++;
	}
	for (size_t i = 1; i < x->count + 2; i++)
		x->start[i] += x->start[i - 1];
	for (size_t i = 0; i < x->count + 2; i++)
		next[i] = x->start[i];
	for (size_t i = 0; i < m->object_count; i++)
		x->objects[next[number[i]]++] = m->objects[i];
	free(next);
	free(number);
}

struct pl_index pl_index_make(const struct pl_model *m)
{
	struct pl_index x = { .model = m };
	struct pl_map numbers = number_clusters(&x);

	x.objects = pl_alloc(m->object_count * sizeof *x.objects);
	x.start = pl_alloc((x.count + 2) * sizeof *x.start);
	x.source_told = pl_alloc(m->source_count * sizeof *x.source_told);
	for (size_t i = 0; x.clusters[0] && i < x.count; i++)
		for (size_t k = 0; k < x.clusters[i]->source_count; k++)
			x.source_told[x.clusters[i]->sources[k]] = true;
	fill(&x, &numbers);
	pl_map_release(&numbers);
	return x;
}

void pl_index_release(struct pl_index *x)
{
	free(x->clusters);
	free(x->objects);
	free(x->start);
	free(x->source_told);
}

const struct pl_object *const *pl_index_objects(const struct pl_index *x, size_t i, size_t *n)
{
	*n = x->start[i + 1] - x->start[i];
	return x->objects + x->start[i];
}

bool pl_index_asked(const struct pl_index *x, size_t i, enum pl_witness w)
{
	const struct pl_object *c = x->clusters[i];

	for (size_t k = 0; c && k < c->source_count; k++)
		if (x->model->sources[c->sources[k]].witness == w)
			return true;
	/* a source that told of no cluster at all may have been asked about this one */
	for (size_t s = 0; s < x->model->source_count; s++)
		if (x->model->sources[s].witness == w && !x->source_told[s])
			return true;
	return false;
}

static bool is_spoken_of(const struct pl_object *o, enum pl_witness w)
{
	for (const struct pl_fact *f = o->facts; f; f = f->next)
		if (f->ahead && f->witness == w)
			return true;
	return false;
}

/* A quota is nothing of a cluster's: it is written because of what is planned. */
bool pl_index_ahead(const struct pl_index *x, size_t i, enum pl_witness w)
{
	size_t n;
	const struct pl_object *const *objects = pl_index_objects(x, i, &n);
	bool spoken_of = false;

	for (size_t k = 0; k < n; k++) {
		bool seen = objects[k]->seen & 1U << w;

		if (seen && objects[k]->kind != PL_QUOTA)
			return false;
		spoken_of = spoken_of || seen || is_spoken_of(objects[k], w);
	}
	return spoken_of;
}
