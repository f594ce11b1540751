/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which clusters are one: by provider and name (where they are, when both say it), by the API's
 * address, by a plan's and a state's address, by --join; and those that are only named by their
 * pools.
 */
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

static const char *known_text(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, -1);

	while (f && !f->known)
		f = pl_fact_next(f, -1);
	return f ? f->value.s : NULL;
}

/* "eks gitpod"; NULL when that does not tell it from others. */
static const char *name_key(struct pl_model *m, const struct pl_object *o)
{
	const char *provider = known_text(o, PL_CLUSTER_PROVIDER);

	return provider && pl_join_named(o) ? pl_model_strf(m, "%s %s", provider, o->name) : NULL;
}

/* The only value that those of a run give to the attribute; *several when they give two. */
static const char *common(const struct pl_join_key *run, size_t n, enum pl_attr attr, bool *several)
{
	const char *value = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *v = known_text(run[i].object, attr);

		*several |= v && value && !pl_strieq(v, value);
		value = v ? v : value;
	}
	return value;
}

/* Same provider and name: one cluster, or several in different places. */
static void join_names(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	struct pl_join_keys places = { 0 };
	bool several = false;

	common(run, n, PL_CLUSTER_LOCATION, &several);
	common(run, n, PL_CLUSTER_ACCOUNT, &several);
	if (!several) {
		pl_join_run(m, run, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *location = known_text(run[i].object, PL_CLUSTER_LOCATION);
		const char *account = known_text(run[i].object, PL_CLUSTER_ACCOUNT);

		if (location || account)
			pl_join_add(&places, pl_model_strf(m, "%s %s", location ? location : "",
							   account ? account : ""), run[i].object);
	}
	pl_join_runs(&places, pl_join_run, m);
}

/* Of a run that begins with a stand-in: they are one, and the only real one when there is one. */
static void join_stand_ins(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	struct pl_object *real = NULL, *stand_in = NULL;
	bool several = false;

	for (size_t i = 0; i < n; i++) {
		struct pl_object *o = pl_object_joined(run[i].object);

		if (!run[i].object->stand_in && !run[i].object->gone) {
			several |= real && real != o;
			real = o;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!run[i].object->stand_in)
			continue;
		stand_in = stand_in ? stand_in : run[i].object;
		pl_join_unite(m, stand_in, run[i].object);
	}
	if (stand_in && real && !several)
		pl_join_unite(m, real, stand_in);
}

/* A cluster seen live goes to the one that the user said its source is about. */
static void join_as_told(struct pl_model *m, struct pl_object *o)
{
	int source = pl_join_source(o);
	const char *name = source >= 0 ? m->sources[source].join : NULL;

	if (!name || (o->rank > 0 && !o->stand_in))
		return;
	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *c = m->objects[i];

		if (c->kind == PL_CLUSTER && c != o && !c->stand_in && pl_streq(c->name, name)) {
			pl_join_unite(m, c, o);
			return;
		}
	}
}

/* One cluster on each side, and one of them without a name to compare: taken for the same. */
static void join_as_assumed(struct pl_model *m)
{
	struct pl_object *found[3] = { NULL };
	size_t n = 0;

	for (size_t i = 0; i < m->object_count && n < 3; i++) {
		struct pl_object *o = m->objects[i];

		if (o->kind == PL_CLUSTER && !o->joined && !o->gone)
			found[n++] = o;
	}
	if (n != 2 || (found[0]->seen & found[1]->seen) ||
	    (name_key(m, found[0]) && name_key(m, found[1])))
		return;
	pl_join_unite(m, found[0], found[1]);
	pl_object_joined(found[0])->cluster_how = "assumed: the only cluster that each side shows";
}

void pl_join_clusters(struct pl_model *m)
{
	struct pl_join_keys names = { 0 }, all = { 0 }, endpoints = { 0 };

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];
		const char *key = o->kind == PL_CLUSTER ? name_key(m, o) : NULL;
		const char *endpoint = o->kind == PL_CLUSTER ? known_text(o, PL_CLUSTER_ENDPOINT) : NULL;

		if (key && !o->stand_in)
			pl_join_add(&names, key, o);
		if (key)
			pl_join_add(&all, key, o);
		if (endpoint)
			pl_join_add(&endpoints, endpoint, o);
	}
	pl_join_runs(&names, join_names, m);
	pl_join_runs(&endpoints, pl_join_run, m);
	pl_join_addresses(m, true);
	pl_join_runs(&all, join_stand_ins, m);
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER)
			join_as_told(m, m->objects[i]);
	join_as_assumed(m);
}
