/* SPDX-License-Identifier: Apache-2.0 */
/* Models in a few lines, for the tests of joining: named objects of plans, states and live sources. */
#ifndef TESTS_UNIT_MODEL_JOINING_H
#define TESTS_UNIT_MODEL_JOINING_H

#include "base/str.h"
#include "model/model.h"

static inline int source(struct pl_model *m, const char *name, const char *kind, enum pl_witness w)
{
	return pl_model_source(m, &(struct pl_source){ .name = name, .kind = kind, .witness = w,
						       .complete = true });
}

static inline int plan(struct pl_model *m, const char *name)
{
	return source(m, name, "terraform-plan", PL_PLAN);
}

static inline struct pl_object *object(struct pl_model *m, enum pl_kind kind, const char *name, int s,
				const char *address)
{
	struct pl_object *o = pl_model_object(m, kind, name, s, address);

	o->identity = name;
	o->rank = pl_streq(m->sources[s].kind, "terraform-plan") ? 2 :
		  pl_streq(m->sources[s].kind, "terraform-state") ? 1 : 0;
	return o;
}

static inline struct pl_object *cluster(struct pl_model *m, const char *name, int s, const char *address)
{
	struct pl_object *o = object(m, PL_CLUSTER, name, s, address);

	pl_fact_text(m, o, PL_CLUSTER_PROVIDER, "eks", NULL);
	return o;
}

static inline struct pl_object *pool(struct pl_model *m, const char *name, int s, const char *address,
			      struct pl_object *c)
{
	struct pl_object *o = object(m, PL_POOL, name, s, address);

	o->cluster = c;
	return o;
}

static inline size_t count(const struct pl_model *m, enum pl_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++)
		n += m->objects[i]->kind == kind;
	return n;
}

static inline const struct pl_object *find(const struct pl_model *m, enum pl_kind kind, const char *name)
{
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == kind && pl_streq(m->objects[i]->name, name))
			return m->objects[i];
	return NULL;
}

#endif
