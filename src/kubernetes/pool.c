/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools are nodes with the same label of a pool, and every node without one; facts of a pool are what its
 * nodes say.  A pool carries the labels that all of its nodes do.  Those of its nodes that somebody
 * labelled otherwise count as pools of their own beside it, for that is what they are for a scheduler.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kubernetes/facts.h"

struct pool {
	const char *name, *address;
	const struct pl_kube_pool_label *label; /* NULL: a node of its own */
	struct pl_kube_node **nodes;
	size_t count, cap;
	const struct pl_pair *labels; /* those of all its nodes */
	size_t label_count;
	const char *differ; /* a custom label that some of its nodes carry and others do not */
	bool apart;         /* of nodes that were labelled otherwise than their pool */
	struct pl_object *object;
};

struct pools {
	struct pl_kube *k;
	struct pool *list;
	size_t count, cap;
	struct pl_map by_name; /* index plus one */
};

/* ---- which node is in which ---- */

static const char *pool_name(const struct pl_kube *k, const struct pl_kube_node *node,
			     const struct pl_kube_pool_label **label)
{
	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (*label = p ? p->pool_labels : NULL; *label && (*label)->key; (*label)++) {
			const char *name = pl_kube_pair(node->labels, node->label_count, (*label)->key);

			if (name && *name)
				return name;
		}
	}
	*label = NULL;
	return node->name;
}

static struct pool *add_pool(struct pools *p, const char *name, const char *address)
{
	p->list = pl_grow(p->list, p->count, &p->cap, sizeof *p->list);
	p->list[p->count] = (struct pool){ .name = name, .address = address };
	return &p->list[p->count++];
}

static void put_node(struct pool *pool, struct pl_kube_node *node)
{
	pool->nodes = pl_grow(pool->nodes, pool->count, &pool->cap, sizeof(struct pl_kube_node *));
	pool->nodes[pool->count++] = node;
}

static const char *node_address(struct pl_kube *k, const struct pl_kube_node *node)
{
	return pl_model_strf(k->m, "node/%s", node->name);
}

static void place_node(struct pools *p, struct pl_kube_node *node)
{
	const struct pl_kube_pool_label *label;
	const char *name = pool_name(p->k, node, &label);
	const char *key = pl_model_strf(p->k->m, "%s=%s", label ? label->key : "", name);
	void **place = pl_map_put(&p->by_name, key, strlen(key));
	struct pool *pool;

	if (*place) {
		pool = &p->list[(uintptr_t)*place - 1];
	} else {
		pool = add_pool(p, name, label ? pl_model_strf(p->k->m, "nodes with %s", key) : node->address);
		pool->label = label;
		*place = (void *)(uintptr_t)p->count;
	}
	put_node(pool, node);
}

/* ---- labels ---- */

/* Keeps of the pool's labels those that the node has too; both are sorted. */
static void keep_common(struct pool *pool, struct pl_pair *kept, const struct pl_kube_node *node)
{
	size_t n = 0;

	for (size_t i = 0, j = 0; i < pool->label_count; i++) {
		while (j < node->label_count && strcmp(node->labels[j].key, kept[i].key) < 0)
			j++;
		if (j < node->label_count && pl_streq(node->labels[j].key, kept[i].key) &&
		    pl_streq(node->labels[j].value, kept[i].value))
			kept[n++] = kept[i];
	}
	pool->label_count = n;
}

static void common_labels(struct pl_kube *k, struct pool *pool)
{
	const struct pl_kube_node *first = pool->nodes[0];
	struct pl_pair *kept;

	pool->labels = first->labels;
	pool->label_count = first->label_count;
	if (pool->count == 1 || !first->label_count)
		return;
	kept = pl_arena_alloc(&k->m->arena, first->label_count * sizeof *kept);
	memcpy(kept, first->labels, first->label_count * sizeof *kept);
	for (size_t i = 1; i < pool->count; i++)
		keep_common(pool, kept, pool->nodes[i]);
	pool->labels = kept;
}

static bool in_domain(const char *key, size_t n, const char *domain)
{
	size_t len = strlen(domain);

	return n >= len && !strncmp(key + n - len, domain, len) && (n == len || key[n - len - 1] == '.');
}

/* Does the platform use it itself, as the name of a pool or to tell how a node was bought? */
static bool is_sign(const struct pl_kube_provider *p, const char *key)
{
	for (const struct pl_kube_pool_label *l = p->pool_labels; l && l->key; l++)
		if (pl_streq(l->key, key))
			return true;
	for (const struct pl_kube_capacity *c = p->capacities; c && c->key; c++)
		if (pl_streq(c->key, key))
			return true;
	return false;
}

bool pl_kube_is_custom(const struct pl_provider *const *providers, const char *key)
{
	const char *slash = strchr(key, '/');
	size_t n = slash ? (size_t)(slash - key) : strlen(key);

	if (in_domain(key, n, "kubernetes.io") || in_domain(key, n, "k8s.io"))
		return false;
	for (size_t i = 0; providers[i]; i++) {
		const struct pl_kube_provider *p = providers[i]->live;

		if (p && is_sign(p, key))
			return false;
		for (size_t d = 0; p && p->domains && p->domains[d]; d++)
			if (in_domain(key, n, p->domains[d]))
				return false;
	}
	return true;
}

/* The custom labels of a node that its pool has not, as one text; NULL: none. */
static const char *own_labels(struct pl_kube *k, const struct pool *pool,
			      const struct pl_kube_node *node, const char **key)
{
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; i < node->label_count; i++) {
		const struct pl_pair *p = &node->labels[i];

		if (pl_kube_pair(pool->labels, pool->label_count, p->key) ||
		    !pl_kube_is_custom(k->providers, p->key))
			continue;
		*key = b.len ? *key : p->key;
		pl_buf_addf(&b, "%s=%s,", p->key, p->value);
	}
	return b.len ? pl_kube_str(k, b.data, b.len) : NULL;
}

/* ---- facts: what the nodes of a pool say of one attribute ---- */

struct column {
	int pool_attr, node_attr; /* -1: no such attribute */
	const char *path;
	size_t place; /* in struct pl_kube_node */
};

#define AT(member) offsetof(struct pl_kube_node, member)

static const struct column texts[] = {
	{ PL_POOL_MACHINE, -1, "metadata.labels", AT(machine) },
	{ PL_POOL_ARCHITECTURE, PL_NODE_ARCHITECTURE, "status.nodeInfo.architecture", AT(architecture) },
	{ PL_POOL_OS, PL_NODE_OS, "status.nodeInfo.osImage", AT(os) },
	{ PL_POOL_OS_VERSION, PL_NODE_OS_VERSION, "status.nodeInfo.osImage", AT(os_version) },
	{ PL_POOL_VERSION, -1, "status.nodeInfo.kubeletVersion", AT(version) },
	{ PL_POOL_RUNTIME, PL_NODE_RUNTIME, "status.nodeInfo.containerRuntimeVersion", AT(runtime) },
	{ PL_POOL_RUNTIME_VERSION, PL_NODE_RUNTIME_VERSION, "status.nodeInfo.containerRuntimeVersion",
	  AT(runtime_version) },
	{ PL_POOL_KERNEL, PL_NODE_KERNEL, "status.nodeInfo.kernelVersion", AT(kernel) },
	{ PL_POOL_CAPACITY, -1, "metadata.labels", AT(capacity) },
	{ -1, PL_NODE_PROVIDER_ID, "spec.providerID", AT(provider_id) },
	{ -1, PL_NODE_HOSTNAME, "metadata.name", AT(name) },
};

static const struct column sizes[] = {
	{ PL_POOL_VCPU, PL_NODE_VCPU, "status.capacity.cpu", AT(vcpu) },
	{ PL_POOL_MEMORY, PL_NODE_MEMORY, "status.capacity.memory", AT(memory) },
	{ PL_POOL_DISK, PL_NODE_DISK, "status.capacity.ephemeral-storage", AT(disk) },
	{ PL_POOL_MAX_PODS, -1, "status.capacity.pods", AT(pods) },
	{ -1, PL_NODE_FREE_CPU, "status.allocatable.cpu", AT(allocatable_cpu) },
	{ -1, PL_NODE_FREE_MEMORY, "status.allocatable.memory", AT(allocatable_memory) },
};

static const char *text_of(const struct pl_kube_node *node, const struct column *c)
{
	return *(const char *const *)(const void *)((const char *)node + c->place);
}

static int64_t size_of(const struct pl_kube_node *node, const struct column *c)
{
	return *(const int64_t *)(const void *)((const char *)node + c->place);
}

static struct pl_fact *share(struct pl_kube *k, struct pl_object *o, const struct column *c, int attr,
			     const struct pl_kube_node *node, struct pl_value v)
{
	struct pl_fact *f;

	v.type = pl_attrs[attr].type;
	f = pl_fact_share(k->m, o, (enum pl_attr)attr, &v, c->path);
	f->origin.address = node->address;
	return f;
}

static void say_unknown(struct pl_kube *k, struct pl_object *o, const struct column *c, int attr,
			const struct pl_kube_node *node)
{
	const char *why = c->place == AT(capacity)
				  ? "no label tells how the node was bought" : "the node does not say";

	pl_fact_unknown(k->m, o, (enum pl_attr)attr, why, c->path)->origin.address = node->address;
}

/* Each text once, from the first node that says it: equal texts are one pointer. */
static void add_texts(struct pl_kube *k, const struct pool *pool, const struct column *c)
{
	struct pl_kube_texts seen = { 0 };

	for (size_t i = 0; i < pool->count; i++) {
		const struct pl_kube_node *node = pool->nodes[i];
		const char *text = text_of(node, c);
		size_t at = 0;

		while (at < seen.count && seen.list[at] != text)
			at++;
		if (at < seen.count)
			continue;
		pl_kube_texts_add(&seen, text);
		if (text)
			share(k, pool->object, c, c->pool_attr, node, (struct pl_value){ .s = text })->note =
				c->place == AT(capacity) ? node->capacity_note : NULL;
		else
			say_unknown(k, pool->object, c, c->pool_attr, node);
	}
	free(seen.list);
}

/* The smallest and the largest: whatever bound is asked for, one of them is the first to break it. */
static void add_sizes(struct pl_kube *k, const struct pool *pool, const struct column *c)
{
	const struct pl_kube_node *least = NULL, *most = NULL, *silent = NULL;

	for (size_t i = 0; i < pool->count; i++) {
		const struct pl_kube_node *node = pool->nodes[i];

		if (size_of(node, c) < 0) {
			silent = node;
			continue;
		}
		least = !least || size_of(node, c) < size_of(least, c) ? node : least;
		most = !most || size_of(node, c) > size_of(most, c) ? node : most;
	}
	if (least)
		share(k, pool->object, c, c->pool_attr, least, (struct pl_value){ .i = size_of(least, c) });
	if (most && size_of(most, c) != size_of(least, c))
		share(k, pool->object, c, c->pool_attr, most, (struct pl_value){ .i = size_of(most, c) });
	if (silent)
		say_unknown(k, pool->object, c, c->pool_attr, silent);
}

/* The taints of all its nodes, each once, and the first node of those that differ from the first. */
static void add_taints(struct pl_kube *k, const struct pool *pool)
{
	static const char path[] = "spec.taints";
	struct pl_value v = { .type = PL_LIST };
	struct pl_kube_texts all = { 0 };
	const struct pl_kube_node *from = pool->nodes[0];

	for (size_t i = 0; i < pool->count; i++)
		for (size_t t = 0; t < pool->nodes[i]->taint_count; t++) {
			size_t at = 0;

			while (at < all.count && all.list[at] != pool->nodes[i]->taints[t])
				at++;
			if (at < all.count)
				continue;
			from = all.count ? from : pool->nodes[i];
			pl_kube_texts_add(&all, pool->nodes[i]->taints[t]);
		}
	v.count = all.count;
	v.list = pl_kube_texts_keep(k, &all);
	pl_fact_share(k->m, pool->object, PL_POOL_TAINTS, &v, path)->origin.address = from->address;
	free(all.list);
}

static struct pl_fact *add_labels(struct pl_kube *k, struct pl_object *o, enum pl_attr attr,
				  const struct pl_pair *map, size_t n)
{
	const struct pl_value v = { .type = PL_MAP, .map = map, .count = n };

	return pl_fact_share(k->m, o, attr, &v, "metadata.labels");
}

static void add_facts(struct pl_kube *k, struct pool *pool)
{
	struct pl_fact *labels;

	pool->object = pl_kube_object(k, PL_POOL, pool->name, pool->address);
	pool->object->alone = !pool->label && !pool->apart;
	pool->object->unplanned = pool->apart || (pool->label && pool->label->unplanned &&
						  pl_starts(pool->name, pool->label->unplanned));
	labels = add_labels(k, pool->object, PL_POOL_LABELS, pool->labels, pool->label_count);
	if (pool->differ)
		labels->note = pl_model_strf(k->m, "its nodes differ in %s", pool->differ);
	add_taints(k, pool);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].pool_attr >= 0)
			add_texts(k, pool, &texts[i]);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sizes[i].pool_attr >= 0)
			add_sizes(k, pool, &sizes[i]);
}

/* ---- nodes ---- */

static void add_list(struct pl_kube *k, struct pl_object *o, enum pl_attr attr,
		     const char *const *list, size_t n, const char *path)
{
	const struct pl_value v = { .type = PL_LIST, .list = list, .count = n };

	pl_fact_share(k->m, o, attr, &v, path);
}

static bool shows(const struct pl_kube_node *node, const struct pl_kube_closed *c)
{
	if (!c->key)
		return node->provider_id && strstr(node->provider_id, c->id);
	return pl_streq(pl_kube_pair(node->labels, node->label_count, c->key), c->value);
}

/* Why nobody can log in to it, or NULL. */
static const char *closed_why(const struct pl_kube *k, const struct pl_kube_node *node)
{
	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_closed *c = p ? p->closed : NULL; c && c->why; c++)
			if (shows(node, c))
				return c->why;
	}
	return NULL;
}

static void add_node(struct pl_kube *k, const struct pl_kube_node *node, struct pl_object *pool)
{
	struct pl_object *o = pl_kube_object(k, PL_NODE, node->name, node->address);

	o->pool = pool;
	o->identity = node->address;
	o->closed = closed_why(k, node);
	add_labels(k, o, PL_NODE_LABELS, node->labels, node->label_count);
	add_list(k, o, PL_NODE_ADDRESSES, node->addresses, node->address_count, "status.addresses");
	add_list(k, o, PL_NODE_CONDITIONS, node->ailments, node->ailment_count, "status.conditions");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].node_attr >= 0 && text_of(node, &texts[i]))
			share(k, o, &texts[i], texts[i].node_attr, node,
			      (struct pl_value){ .s = text_of(node, &texts[i]) });
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sizes[i].node_attr >= 0 && size_of(node, &sizes[i]) >= 0)
			share(k, o, &sizes[i], sizes[i].node_attr, node,
			      (struct pl_value){ .i = size_of(node, &sizes[i]) });
}

/* ---- how nodes were bought ---- */

static void find_capacity(struct pl_kube *k, struct pl_kube_node *node)
{
	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_capacity *c = p ? p->capacities : NULL; c && c->key; c++) {
			const char *value = pl_kube_pair(node->labels, node->label_count, c->key);

			if (!value || (c->value && !pl_strieq(value, c->value)))
				continue;
			node->capacity = c->capacity;
			node->capacity_note = pl_model_strf(k->m, "%s=%s", c->key, value);
			return;
		}
	}
	if (k->platform && k->platform->on_demand) {
		node->capacity = "on-demand";
		node->capacity_note = k->platform->on_demand;
	}
}

/* ---- nodes that were labelled otherwise than their pool ---- */

/* Puts every such node into a pool of those that were labelled like it. */
static void part_pool(struct pools *p, size_t at)
{
	size_t n = p->list[at].count;
	const char *key = NULL, *some = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct pool *pool = &p->list[at];
		struct pl_kube_node *node = pool->nodes[i];
		const char *own = own_labels(p->k, pool, node, &key);
		const char *id = own ? pl_model_strf(p->k->m, "%zu %s", at, own) : NULL;
		void **place = id ? pl_map_put(&p->by_name, id, strlen(id)) : NULL;

		if (!place)
			continue;
		some = some ? some : key;
		if (!*place) {
			add_pool(p, pl_model_strf(p->k->m, "%s: %s", pool->name, node->name),
				 node->address)->apart = true;
			*place = (void *)(uintptr_t)p->count;
		}
		put_node(&p->list[(uintptr_t)*place - 1], node);
	}
	if (some)
		p->list[at].differ = some;
}

static void part_pools(struct pools *p)
{
	size_t n = p->count;

	for (size_t i = 0; i < n; i++)
		if (p->list[i].count > 1)
			part_pool(p, i);
	for (size_t i = n; i < p->count; i++)
		common_labels(p->k, &p->list[i]);
}

void pl_kube_pools(struct pl_kube *k)
{
	struct pools p = { .k = k, .by_name = PL_MAP_INIT };
	struct pl_kube_node *nodes = k->list[PL_KUBE_NODES].items;
	size_t n = k->list[PL_KUBE_NODES].count, whole;

	for (size_t i = 0; i < n; i++) {
		nodes[i].address = node_address(k, &nodes[i]);
		find_capacity(k, &nodes[i]);
		/* k3s calls its own nodes' machines "k3s" */
		if (pl_streq(nodes[i].machine, k->provider))
			nodes[i].machine = NULL;
		place_node(&p, &nodes[i]);
	}
	for (size_t i = 0; i < p.count; i++)
		common_labels(k, &p.list[i]);
	whole = p.count;
	part_pools(&p);
	for (size_t i = 0; i < p.count; i++) {
		add_facts(k, &p.list[i]);
		for (size_t c = 0; i < whole && c < p.list[i].count; c++)
			add_node(k, p.list[i].nodes[c], p.list[i].object);
		free(p.list[i].nodes);
	}
	free(p.list);
	pl_map_release(&p.by_name);
}
