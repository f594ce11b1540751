/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one object holds that several sources told of: a plan beats a state, of two snapshots the
 * newer one counts, and two of a kind that disagree leave the fact unknown, naming both.
 */
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

/* Those that are one, best source first; the first is what the others became part of. */
struct group {
	struct pl_model *m;
	struct pl_object **member;
	size_t count;
};

static bool all_known(const struct pl_fact *f, int w)
{
	for (; f; f = pl_fact_next(f, w))
		if (!f->known)
			return false;
	return true;
}

static bool same_facts(const struct pl_fact *a, const struct pl_fact *b, int w)
{
	for (; a && b; a = pl_fact_next(a, w), b = pl_fact_next(b, w))
		if (!pl_value_eq(&a->value, &b->value))
			return false;
	return !a && !b;
}

static const char *facts_text(struct pl_model *m, const struct pl_fact *f, int w)
{
	const char *text = NULL;

	for (; f; f = pl_fact_next(f, w)) {
		const char *one = f->sensitive ? "something sensitive" : pl_value_text(&m->arena, &f->value);

		text = text ? pl_model_strf(m, "%s, %s", text, one) : one;
	}
	return text;
}

static void put_conflict(struct pl_model *m, struct pl_object *o, const struct pl_fact *a,
			 const struct pl_fact *b)
{
	struct pl_fact f = *a;

	f.known = false;
	f.sensitive = a->sensitive || b->sensitive;
	f.note = NULL;
	f.waits_for = pl_model_strf(m, "%s says %s, %s says %s", m->sources[a->origin.source].name,
				    facts_text(m, a, (int)a->witness),
				    m->sources[b->origin.source].name,
				    facts_text(m, b, (int)b->witness));
	pl_fact_put(m, o, &f);
}

/*
 * Of two that say something for certain the older, a snapshot, is told as drift: beside another snapshot,
 * or a live look of today.
 */
static bool is_history(const struct pl_model *m, const struct pl_fact *newer, const struct pl_fact *older)
{
	return all_known(newer, (int)newer->witness) && all_known(older, (int)older->witness) &&
	       pl_join_is_snapshot(m, older->origin.source) &&
	       (pl_join_is_snapshot(m, newer->origin.source) || newer->witness != PL_PLAN);
}

/* One attribute as one witness saw it, from the best of the members that say anything. */
static void merge_attr(const struct group *g, struct pl_object *o, enum pl_attr attr, int w)
{
	const struct pl_object *best = NULL;
	const struct pl_fact *chosen = NULL;

	for (size_t i = 0; i < g->count; i++) {
		const struct pl_fact *f = pl_object_fact(g->member[i], attr, w);

		if (!f)
			continue;
		if (best && pl_join_precedence(g->m, best, g->member[i])) {
			if (is_history(g->m, chosen, f) && best->rank == g->member[i]->rank)
				pl_join_older(g->m, o, chosen, f);
			continue;
		}
		best = best ? best : g->member[i];
		if (chosen && all_known(chosen, w) && all_known(f, w) && !same_facts(chosen, f, w)) {
			put_conflict(g->m, o, chosen, f);
			return;
		}
		chosen = chosen && (all_known(chosen, w) || !all_known(f, w)) ? chosen : f;
	}
	for (; chosen; chosen = pl_fact_next(chosen, w))
		pl_fact_put(g->m, o, chosen);
}

static void merge_self(struct pl_object *o, const struct pl_object *part)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (o->origin[w].source < 0)
			o->origin[w] = part->origin[w];
	/* a node is called as its cluster calls it */
	if (o->kind == PL_NODE && (part->seen & ~o->seen & 1U << PL_CLUSTER_API))
		o->name = part->name;
	o->seen |= part->seen;
	o->will_change |= part->will_change;
	o->created |= part->created;
	o->counted |= part->counted;
	o->alone |= part->alone;
	o->any_cluster &= part->any_cluster;
	o->rank = o->rank > part->rank ? o->rank : part->rank;
	if (!pl_join_named(o) && pl_join_named(part)) {
		o->name = part->name;
		o->nickname = false;
	}
	o->identity = o->identity ? o->identity : part->identity;
	o->pool = o->pool ? o->pool : part->pool;
	o->closed = o->closed ? o->closed : part->closed;
	if (!o->cluster && part->cluster) {
		o->cluster = part->cluster;
		o->cluster_how = part->cluster_how;
	}
}

/* Taken away by the plan that says so; one that is only seen live lives on until it is applied. */
static bool is_gone(const struct pl_object *o)
{
	return o->gone && (o->seen & 1U << PL_PLAN);
}

/* Members that count: what a plan takes away is not in the state any more. */
static void drop_gone(struct group *g, bool *taken_away)
{
	int rank = -1, alive = -1;
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++) {
		int *of = is_gone(g->member[i]) ? &rank : &alive;

		*of = g->member[i]->rank > *of ? g->member[i]->rank : *of;
	}
	*taken_away = rank > alive;
	for (size_t i = 0; i < g->count; i++) {
		const struct pl_object *o = g->member[i];

		if (!is_gone(o) && (!*taken_away || !(o->seen & 1U << PL_PLAN)))
			g->member[n++] = g->member[i];
	}
	g->count = n;
}

static void merge_group(struct group *g)
{
	struct pl_object *o = pl_object_joined(g->member[0]), old;
	bool taken_away;

	drop_gone(g, &taken_away);
	if (!g->count) {
		o->gone = true;
		o->seen = 0; /* seen by nobody: swept out */
		return;
	}
	if (g->count > 1 || g->member[0] != o) {
		/* the first that counts lends the one that stays its self; `old` keeps its facts */
		struct pl_object *joined = o->joined;

		old = *g->member[0];
		*o = old;
		o->joined = joined;
		g->member[0] = &old;
		o->facts = NULL;
		o->runs = NULL;
		o->run_count = o->run_cap = 0;
		for (size_t i = 1; i < g->count; i++)
			merge_self(o, g->member[i]);
		for (int attr = 0; attr < PL_ATTR_COUNT; attr++)
			for (int w = 0; pl_attrs[attr].kind == o->kind && w < PL_WITNESS_COUNT; w++)
				merge_attr(g, o, (enum pl_attr)attr, w);
	}
	o->gone |= taken_away;
}

struct member {
	const struct pl_model *m;
	struct pl_object *root, *object;
	size_t index;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	order = pl_join_precedence(x->m, x->object, y->object);
	if (!order)
		order = pl_join_source(x->object) - pl_join_source(y->object);
	if (!order)
		order = pl_join_compare(pl_join_address(x->object), pl_join_address(y->object));
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static struct member *list_members(struct pl_model *m, bool clusters, size_t *count)
{
	struct member *list = pl_alloc(m->object_count * sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i];

		if ((o->kind == PL_CLUSTER) == clusters)
			list[n++] = (struct member){ m, pl_object_joined(o), o, i };
	}
	if (n)
		qsort(list, n, sizeof *list, compare_members);
	*count = n;
	return list;
}

void pl_join_merge(struct pl_model *m, bool clusters)
{
	size_t n, start = 0;
	struct member *list = list_members(m, clusters, &n);
	struct pl_object **members = pl_alloc(n * sizeof *members);

	for (size_t i = 0; i < n; i++)
		members[i] = list[i].object;
	for (size_t i = 1; i <= n; i++) {
		if (i < n && list[i].root == list[start].root)
			continue;
		merge_group(&(struct group){ m, members + start, i - start });
		start = i;
	}
	free(members);
	free(list);
}
