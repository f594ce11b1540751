/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which nodes are one, as the cluster shows them and as they answer themselves: by provider ID, then by
 * address, then by host name, where exactly one on each side can be meant.  And which instances of a plan
 * have become which nodes, where no label of a pool tells.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/str.h"
#include "model/join.h"

/* ---- what a node is looked for by ---- */

enum level { BY_PROVIDER_ID, BY_ADDRESS, BY_HOST_NAME, LEVELS };

struct keys {
	struct pl_model *m;
	const char **list;
	size_t count, cap;
};

static const char *lower(struct pl_model *m, const char *s, size_t n)
{
	char *text = pl_arena_strndup(&m->arena, s, n);

	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

static void add_key(struct keys *k, const char *text)
{
	if (!text || !*text)
		return;
	k->list = pl_grow(k->list, k->count, &k->cap, sizeof *k->list);
	k->list[k->count++] = lower(k->m, text, strlen(text));
}

/* A host name, and what stands before its domain. */
static void add_host(struct keys *k, const char *host)
{
	size_t n = host ? strcspn(host, ".") : 0;

	add_key(k, host);
	if (n && host[n] && strspn(host, "0123456789.:") < strlen(host))
		add_key(k, lower(k->m, host, n));
}

static bool is_inside(const struct pl_object *o)
{
	return o->seen & 1U << PL_CLUSTER_API;
}

/* Where a node that was asked itself was asked: an address, or a name. */
static const char *asked_at(const struct pl_object *o)
{
	return is_inside(o) ? NULL : pl_join_address(o);
}

static void find_keys(struct keys *k, const struct pl_object *o, enum level level)
{
	const struct pl_fact *f = pl_object_fact(o, PL_NODE_ADDRESSES, -1);

	k->count = 0;
	if (level == BY_PROVIDER_ID) {
		add_key(k, pl_join_text(o, PL_NODE_PROVIDER_ID));
	} else if (level == BY_ADDRESS) {
		for (size_t i = 0; f && f->known && i < f->value.count; i++)
			add_key(k, f->value.list[i]);
		add_key(k, asked_at(o));
	} else {
		add_host(k, pl_join_text(o, PL_NODE_HOSTNAME));
		add_host(k, o->name);
		add_host(k, asked_at(o));
	}
}

/* ---- one of each side ---- */

/* Who is called by one key: NULL: none; `many`: more than one. */
struct called {
	struct pl_object *inside, *outside;
	bool many;
};

struct search {
	struct pl_model *m;
	struct pl_map map; /* struct called by key */
	struct keys keys;
	bool *found;       /* of each object: it has its counterpart */
};

static void call(struct search *s, struct pl_object *o, enum level level)
{
	struct pl_object *root = pl_object_joined(o);

	find_keys(&s->keys, o, level);
	for (size_t i = 0; i < s->keys.count; i++) {
		void **place = pl_map_put(&s->map, s->keys.list[i], strlen(s->keys.list[i]));
		struct called *c = *place ? *place : pl_arena_alloc(&s->m->arena, sizeof *c);
		struct pl_object **side = is_inside(o) ? &c->inside : &c->outside;

		*place = c;
		c->many |= *side && *side != root;
		*side = root;
	}
}

static bool of_one_cluster(const struct pl_object *a, const struct pl_object *b)
{
	return !a->cluster || !b->cluster || pl_object_joined(a->cluster) == pl_object_joined(b->cluster);
}

/* The only node of the cluster that all keys which tell one lead to. */
static struct pl_object *counterpart(struct search *s, const struct pl_object *o, enum level level)
{
	struct pl_object *found = NULL;

	find_keys(&s->keys, o, level);
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct called *c = pl_map_get(&s->map, s->keys.list[i], strlen(s->keys.list[i]));

		if (!c || !c->inside || c->many || !of_one_cluster(o, c->inside))
			continue;
		if (found && found != c->inside)
			return NULL;
		found = c->inside;
	}
	return found;
}

static bool is_open(const struct search *s, size_t i)
{
	return s->m->objects[i]->kind == PL_NODE && !s->found[i];
}

static void search_level(struct search *s, enum level level)
{
	for (size_t i = 0; i < s->m->object_count; i++)
		if (is_open(s, i))
			call(s, s->m->objects[i], level);
	for (size_t i = 0; i < s->m->object_count; i++) {
		struct pl_object *o = s->m->objects[i], *other;

		if (!is_open(s, i) || is_inside(o))
			continue;
		other = counterpart(s, o, level);
		if (!other)
			continue;
		s->found[i] = true;
		pl_join_unite(s->m, other, o);
	}
	pl_map_release(&s->map);
}

static bool both_sides(const struct pl_model *m)
{
	bool inside = false, outside = false;

	for (size_t i = 0; i < m->object_count; i++) {
		if (m->objects[i]->kind != PL_NODE)
			continue;
		inside |= is_inside(m->objects[i]);
		outside |= !is_inside(m->objects[i]);
	}
	return inside && outside;
}

void pl_join_nodes(struct pl_model *m)
{
	struct search s = { .m = m, .map = PL_MAP_INIT, .keys = { .m = m } };

	if (!both_sides(m))
		return;
	s.found = pl_alloc(m->object_count * sizeof *s.found);
	for (int level = 0; level < LEVELS; level++)
		search_level(&s, (enum level)level);
	free(s.found);
	free(s.keys.list);
}

/* ---- instances of a plan ---- */

/* A pool that is still without its counterpart. */
struct open_pool {
	struct pl_object *pool;
	const struct pl_object *node; /* a pool of the cluster: the node that it is; NULL: a pool by label */
	size_t partners;
	struct pl_object *partner;    /* the last of them */
};

struct open_pools {
	struct open_pool *list;
	size_t count, cap;
};

static void add_open(struct open_pools *p, struct pl_object *pool, const struct pl_object *node)
{
	p->list = pl_grow(p->list, p->count, &p->cap, sizeof *p->list);
	p->list[p->count++] = (struct open_pool){ .pool = pool, .node = node };
}

static bool separates(char c)
{
	return c && (strchr("-_.", c) || isdigit((unsigned char)c));
}

/* How much of the name says that it is one of those called `of`: 0 nothing, more is better. */
static size_t likeness(const char *name, const char *of)
{
	size_t n = of ? strlen(of) : 0;

	if (!n || !name)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (tolower((unsigned char)name[i]) != tolower((unsigned char)of[i]))
			return 0;
	return !name[n] || name[n] == '.' ? SIZE_MAX : separates(name[n]) || separates(of[n - 1]) ? n : 0;
}

/* "aws_instance/i-0123" and "aws:///eu-west-1a/i-0123" name one machine. */
static bool same_machine(const struct pl_object *planned, const struct pl_object *node)
{
	const char *id = node ? pl_join_text(node, PL_NODE_PROVIDER_ID) : NULL;
	const char *a = id ? strrchr(id, '/') : NULL;
	const char *b = planned->identity ? strrchr(planned->identity, '/') : NULL;

	return a && b && a[1] && pl_streq(a + 1, b + 1);
}

/* A pool by its label has its name from the cloud, which only a name that is not known yet is part of. */
static size_t match(const struct open_pool *planned, const struct open_pool *live)
{
	if (!of_one_cluster(planned->pool, live->pool) || !live->pool->cluster)
		return 0;
	if (same_machine(planned->pool, live->node))
		return SIZE_MAX;
	if (!live->node && planned->pool->identity)
		return 0;
	return likeness(live->pool->name, planned->pool->name);
}

/* The planned pool that the live one is likest; NULL where two are, or none is. */
static struct open_pool *likest(const struct open_pools *planned, const struct open_pool *live)
{
	struct open_pool *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < planned->count; i++) {
		size_t like = match(&planned->list[i], live);

		if (!like || like < most)
			continue;
		best = like == most ? NULL : &planned->list[i];
		most = like;
	}
	return best;
}

static bool in_plan(const struct pl_object *o)
{
	return (o->seen & 1U << PL_PLAN) && !o->gone;
}

/* Pools with a counterpart are joined already: a root that both saw. */
static void list_open(struct pl_model *m, struct open_pools *planned, struct open_pools *live)
{
	struct pl_map both = PL_MAP_INIT; /* what saw each root, as bits */

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *root = pl_object_joined(m->objects[i]);
		void **place = pl_map_put(&both, (const char *)&root, sizeof root);

		*place = (void *)((uintptr_t)*place | m->objects[i]->seen);
	}
	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *o = m->objects[i], *pool = o->kind == PL_NODE ? o->pool : o;
		struct pl_object *root = pl_object_joined(pool);
		uintptr_t seen = root ? (uintptr_t)pl_map_get(&both, (const char *)&root, sizeof root) : 0;
		bool paired = (seen & 1U << PL_PLAN) && (seen & 1U << PL_CLUSTER_API);

		if (paired || !pool)
			continue;
		if (o->kind == PL_NODE && pool->alone)
			add_open(live, pool, o);
		else if (o->kind == PL_POOL && is_inside(o) && !o->unplanned && !o->alone)
			add_open(live, o, NULL);
		else if (o->kind == PL_POOL && in_plan(o) && o == root)
			add_open(planned, o, NULL);
	}
	pl_map_release(&both);
}

/* One for one is one thing; of several that are like one, each is a part of it. */
static void pair_up(struct pl_model *m, const struct open_pools *planned, const struct open_pools *live)
{
	const struct open_pool *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < live->count; i++) {
		struct open_pool *p = likest(planned, &live->list[i]);

		if (!p)
			continue;
		live->list[i].pool->counted = p->pool->counted = true;
		p->partners++;
		p->partner = live->list[i].pool;
	}
	for (size_t i = 0; i < planned->count; i++) {
		const struct open_pool *p = &planned->list[i];

		if (p->partners != 1)
			continue;
		first = n++ ? first : p;
		pl_join_unite(m, p->pool, p->partner);
	}
	if (!first)
		return;
	pl_model_problem(m, m->sources[pl_join_source(first->partner)].name, first->partner->name, "inferred",
			 pl_model_strf(m, "%s is taken for the pool '%s' of the plan, the only one it can be%s",
				       first->partner->name, first->pool->name,
				       n > 1 ? pl_model_strf(m, ", and %zu others likewise", n - 1) : ""));
}

void pl_join_machines(struct pl_model *m)
{
	struct open_pools planned = { 0 }, live = { 0 };

	list_open(m, &planned, &live);
	if (planned.count && live.count)
		pair_up(m, &planned, &live);
	free(planned.list);
	free(live.list);
}
