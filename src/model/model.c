/* SPDX-License-Identifier: Apache-2.0 */
/* The model's lists: sources, objects, problems, and the arena they live in. */
#include "model/model.h"
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

struct pl_model *pl_model_new(void)
{
	return pl_alloc(sizeof(struct pl_model));
}

void pl_model_free(struct pl_model *m)
{
	if (!m)
		return;
	free(m->sources);
	free(m->objects);
	free(m->problems);
	free(m->host_keys);
	free(m->drift);
	free(m->beside);
	pl_arena_release(&m->arena);
	free(m);
}

void pl_model_freep(struct pl_model **m)
{
	pl_model_free(*m);
	*m = NULL;
}

const char *pl_model_str(struct pl_model *m, const char *s)
{
	return pl_arena_strdup(&m->arena, s);
}

const char *pl_model_strf(struct pl_model *m, const char *fmt, ...)
{
	va_list ap, again;
	size_t size;
	char *s;

	va_start(ap, fmt);
	va_copy(again, ap);
	size = (size_t)vsnprintf(NULL, 0, fmt, ap) + 1;
	va_end(ap);
	s = pl_arena_alloc(&m->arena, size);
	vsnprintf(s, size, fmt, again);
	va_end(again);
	return s;
}

int pl_model_source(struct pl_model *m, const struct pl_source *s)
{
	struct pl_source *copy;

	m->sources = pl_grow(m->sources, m->source_count, &m->source_cap, sizeof *m->sources);
	copy = &m->sources[m->source_count];
	*copy = *s;
	copy->name = pl_model_str(m, s->name);
	copy->kind = pl_model_str(m, s->kind);
	copy->sha256 = pl_model_str(m, s->sha256);
	copy->terraform_version = pl_model_str(m, s->terraform_version);
	copy->why = pl_model_str(m, s->why);
	copy->join = pl_model_str(m, s->join);
	return (int)m->source_count++;
}

void pl_model_incomplete(struct pl_model *m, int source, unsigned kinds, const char *why)
{
	struct pl_source *s = &m->sources[source];

	s->whole = (s->complete ? ~0U : s->whole) & ~kinds;
	s->why = s->complete || !s->why ? why : pl_model_strf(m, "%s; %s", s->why, why);
	s->complete = false;
}

static struct pl_object *new_object(struct pl_model *m, enum pl_kind kind, const char *name, int source,
				    const char *address)
{
	struct pl_object *o = pl_arena_alloc(&m->arena, sizeof *o);
	enum pl_witness w = m->sources[source].witness;

	o->kind = kind;
	o->name = pl_model_str(m, name);
	for (int i = 0; i < PL_WITNESS_COUNT; i++)
		o->origin[i].source = -1;
	o->origin[w].source = source;
	o->origin[w].address = pl_model_str(m, address);
	o->seen = 1U << w;
	return o;
}

struct pl_object *pl_model_object(struct pl_model *m, enum pl_kind kind, const char *name,
				  int source, const char *address)
{
	struct pl_object *o = new_object(m, kind, name, source, address);

	m->objects = pl_grow(m->objects, m->object_count, &m->object_cap, sizeof(struct pl_object *));
	m->objects[m->object_count++] = o;
	return o;
}

struct pl_object *pl_model_beside(struct pl_model *m, struct pl_object *planned, int source,
				  const char *address)
{
	enum pl_witness w = m->sources[source].witness;
	struct pl_beside *b;

	for (size_t i = 0; i < m->beside_count; i++) {
		b = &m->beside[i];
		if (b->planned == planned && b->object->origin[w].source == source)
			return b->object;
	}
	m->beside = pl_grow(m->beside, m->beside_count, &m->beside_cap, sizeof *m->beside);
	b = &m->beside[m->beside_count++];
	b->planned = planned;
	b->object = new_object(m, planned->kind, planned->name, source, address);
	return b->object;
}

struct pl_object *pl_object_joined(const struct pl_object *o)
{
	while (o && o->joined)
		o = o->joined;
	return (struct pl_object *)(uintptr_t)o;
}

const struct pl_fact *pl_cluster_component(const struct pl_model *m, const struct pl_object *cluster,
					   const char *word, enum pl_witness w)
{
	for (const struct pl_object *o = cluster ? cluster->things : m->things; o; o = o->next_thing) {
		const struct pl_fact *f =
			o->kind == PL_COMPONENT ? pl_object_fact(o, PL_COMPONENT_NAME, (int)w) : NULL;

		if (f && f->known && pl_contains(f->value.s, word))
			return f;
	}
	return NULL;
}

struct pl_problem *pl_model_problem(struct pl_model *m, const char *source, const char *object, const char *code,
				    const char *message)
{
	m->problems = pl_grow(m->problems, m->problem_count, &m->problem_cap, sizeof *m->problems);
	m->problems[m->problem_count] = (struct pl_problem){
		.source = pl_model_str(m, source),
		.object = pl_model_str(m, object),
		.code = pl_model_str(m, code),
		.message = pl_model_str(m, message),
	};
	return &m->problems[m->problem_count++];
}

struct pl_drift *pl_model_drift(struct pl_model *m, const struct pl_drift *d)
{
	m->drift = pl_grow(m->drift, m->drift_count, &m->drift_cap, sizeof *m->drift);
	m->drift[m->drift_count] = *d;
	return &m->drift[m->drift_count++];
}
