/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts are one cluster.  An agent belongs to the server whose address stands in its K3S_URL.
 * What says nothing belongs to the only cluster of its document; where several modules each hold a
 * server with agents of its own, to the one in its module.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "k3s/k3s.h"

struct grouping {
	struct pl_tf *tf;
	struct pl_model *m;
	struct pl_k3s_hosts *hosts;
	struct pl_map servers; /* "DOCUMENT|ADDRESS" and "|ADDRESS" -> host + 1, or MANY */
	struct pl_map urls;    /* "DOCUMENT|ADDRESS" -> host + 1 that joins it */
	struct pl_map same;    /* resource address and identity -> host + 1 */
};

#define MANY ((void *)UINTPTR_MAX)

static size_t root_of(struct pl_k3s_hosts *hosts, size_t i)
{
	while (hosts->list[i].group != i)
		i = hosts->list[i].group = hosts->list[hosts->list[i].group].group;
	return i;
}

static void unite(struct pl_k3s_hosts *hosts, size_t a, size_t b)
{
	a = root_of(hosts, a);
	b = root_of(hosts, b);
	hosts->list[a > b ? a : b].group = a > b ? b : a;
}

/* ---- addresses ---- */

const char *pl_k3s_url_host(struct pl_model *m, const char *url)
{
	const char *start = url ? strstr(url, "://") : NULL;
	size_t n;

	if (!start)
		return NULL;
	start += 3;
	n = *start == '[' ? strcspn(start, "]") + 1 : strcspn(start, ":/");
	return n ? pl_model_strf(m, "%.*s", (int)n, start) : NULL;
}

static const char *key_of(const struct grouping *g, const struct pl_tf_doc *doc,
			  const char *address)
{
	return doc ? pl_model_strf(g->m, "%p|%s", (const void *)doc, address)
		   : pl_model_strf(g->m, "|%s", address);
}

static void note_server(struct grouping *g, const char *key, size_t host)
{
	void **slot = pl_map_put(&g->servers, key, strlen(key));
	void *value = (void *)(uintptr_t)(host + 1);

	*slot = *slot && *slot != value ? MANY : value;
}

/* Every text in the value is an address, with or without a prefix length. */
static void note_addresses(struct grouping *g, size_t host, json_t *j)
{
	const char *text = json_string_value(j);
	json_t *v;
	size_t i;

	if (text && *text && !pl_starts(text, "127.")) {
		text = pl_model_strf(g->m, "%.*s", (int)strcspn(text, "/"), text);
		note_server(g, key_of(g, g->hosts->list[host].r->doc, text), host);
		note_server(g, key_of(g, NULL, text), host);
	}
	json_array_foreach(j, i, v)
		note_addresses(g, host, v);
}

static void index_server(struct grouping *g, size_t host)
{
	static const char *const paths[] = {
		"private_ip", "public_ip", "private_dns", "public_dns", "name",
		"network_interface[0].network_ip", "network_interface[0].access_config[0].nat_ip",
		"private_ip_address", "public_ip_address", "ipv4_address", "ipv4_address_private",
		"access_ip_v4", "ipv4_addresses", "initialization[0].ip_config[0].ipv4[0].address",
	};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct pl_tf_value v = pl_tf_get(g->tf, g->hosts->list[host].r, paths[i]);

		if (v.state == PL_TF_SET)
			note_addresses(g, host, v.json);
	}
}

static const char *url_of(const struct grouping *g, size_t host)
{
	const struct pl_tf_boot *b = g->hosts->list[host].r->boot;

	return b ? pl_k3s_url_host(g->m, b->says.k3s_url) : NULL;
}

/* The server with that address, in the host's own document or, if that is one, anywhere. */
static void *server_at(const struct grouping *g, const char *key)
{
	void *found = pl_map_get(&g->servers, key, strlen(key));
	const char *anywhere = strchr(key, '|');

	return found ? found : pl_map_get(&g->servers, anywhere, strlen(anywhere));
}

/*
 * Unites a host with the server that it names, and with others of its document that name the same
 * address.  An address that several servers have (in networks of their own) tells nothing.
 */
static void follow_url(struct grouping *g, size_t host)
{
	const char *address = url_of(g, host), *key;
	void *found, **peer;

	if (!address)
		return;
	key = key_of(g, g->hosts->list[host].r->doc, address);
	found = server_at(g, key);
	if (found == MANY)
		return;
	if (found) {
		unite(g->hosts, host, (size_t)(uintptr_t)found - 1);
		g->hosts->list[host].linked = true;
		g->hosts->list[(size_t)(uintptr_t)found - 1].linked = true;
	}
	peer = pl_map_put(&g->urls, key, strlen(key));
	if (*peer)
		unite(g->hosts, host, (size_t)(uintptr_t)*peer - 1);
	else
		*peer = (void *)(uintptr_t)(host + 1);
}

/* A plan and a state that show the same instance show the same cluster. */
static void unite_same(struct grouping *g, size_t host)
{
	const struct pl_tf_resource *r = g->hosts->list[host].r;
	const char *key;
	void **slot;

	if (!r->object->identity)
		return;
	key = pl_model_strf(g->m, "%s|%s", r->address, r->object->identity);
	slot = pl_map_put(&g->same, key, strlen(key));
	if (*slot)
		unite(g->hosts, host, (size_t)(uintptr_t)*slot - 1);
	else
		*slot = (void *)(uintptr_t)(host + 1);
}

/* ---- what says nothing ---- */

/* The hosts of one document, and what stands for a module in it. */
struct document {
	const struct pl_tf_doc *doc;
	struct pl_map heads; /* module -> host + 1: a server, or any linked host */
	size_t modules;
};

static const char *parent_module(struct pl_model *m, const char *module)
{
	const char *last = NULL;

	for (const char *p = module; (p = strstr(p, ".module.")); p++)
		last = p;
	return last ? pl_model_strf(m, "%.*s", (int)(last - module), module) : "";
}

/* The head of the nearest module around, up to the root; NULL: none. */
static void *head_around(const struct grouping *g, struct document *d, const char *module)
{
	for (;;) {
		void *head = pl_map_get(&d->heads, module, strlen(module));

		if (head || !*module)
			return head;
		module = parent_module(g->m, module);
	}
}

static bool in_document(const struct grouping *g, size_t i, const struct document *d)
{
	return g->hosts->list[i].r->doc == d->doc;
}

/* Servers of one module are one cluster, unless agents have told them apart. */
static bool same_cluster(struct grouping *g, size_t a, size_t b)
{
	if (g->hosts->list[a].linked && g->hosts->list[b].linked &&
	    root_of(g->hosts, a) != root_of(g->hosts, b))
		return false;
	unite(g->hosts, a, b);
	return true;
}

static void find_heads(struct grouping *g, struct document *d)
{
	for (size_t i = 0; i < g->hosts->count; i++) {
		const char *module = g->hosts->list[i].r->module;
		void **slot;

		if (!in_document(g, i, d) || !pl_k3s_is_server(&g->hosts->list[i]))
			continue;
		slot = pl_map_put(&d->heads, module, strlen(module));
		d->modules += !*slot;
		if (!*slot)
			*slot = (void *)(uintptr_t)(i + 1);
		else if (*slot != MANY)
			*slot = same_cluster(g, (size_t)(uintptr_t)*slot - 1, i) ? *slot : MANY;
	}
}

/* Does every module with a server also hold hosts that are none? */
static bool modules_stand_alone(struct grouping *g, struct document *d)
{
	struct pl_map with_agents = PL_MAP_INIT;
	size_t count;

	for (size_t i = 0; i < g->hosts->count; i++) {
		void *head = NULL;

		if (in_document(g, i, d) && !pl_k3s_is_server(&g->hosts->list[i]))
			head = head_around(g, d, g->hosts->list[i].r->module);
		if (head)
			*pl_map_put(&with_agents, (const char *)&head, sizeof head) = head;
	}
	count = with_agents.count;
	pl_map_release(&with_agents);
	return d->modules > 1 && count == d->modules;
}

/* How many clusters of the document are certain because an agent named its server. */
static size_t count_linked(struct grouping *g, struct document *d)
{
	size_t first = SIZE_MAX, count = 0;

	for (size_t i = 0; i < g->hosts->count; i++) {
		size_t root = root_of(g->hosts, i);

		if (!in_document(g, i, d) || !g->hosts->list[i].linked || root == first)
			continue;
		count++;
		first = first == SIZE_MAX ? root : first;
	}
	return count;
}

static void place_rest(struct grouping *g, struct document *d, bool apart)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < g->hosts->count; i++) {
		struct pl_k3s_host *h = &g->hosts->list[i];
		void *head;

		if (!in_document(g, i, d))
			continue;
		if (!apart) {
			first = first == SIZE_MAX ? i : first;
			unite(g->hosts, first, i);
			continue;
		}
		head = h->linked ? NULL : head_around(g, d, h->r->module);
		if (head && head != MANY)
			unite(g->hosts, (size_t)(uintptr_t)head - 1, i);
		else if (!h->linked)
			h->any = root_of(g->hosts, i) == i && !pl_k3s_is_server(h);
	}
}

static void group_document(struct grouping *g, const struct pl_tf_doc *doc)
{
	struct document d = { .doc = doc, .heads = PL_MAP_INIT };

	find_heads(g, &d);
	/* without servers, the addresses that agents join are all that tells clusters apart */
	for (size_t i = 0; !d.modules && i < g->hosts->count; i++)
		if (in_document(g, i, &d) && url_of(g, i))
			g->hosts->list[i].linked = true;
	place_rest(g, &d, count_linked(g, &d) > 1 || modules_stand_alone(g, &d));
	pl_map_release(&d.heads);
}

void pl_k3s_group(struct pl_tf *tf, struct pl_k3s_hosts *hosts)
{
	struct grouping g = { tf, pl_tf_model(tf), hosts, PL_MAP_INIT, PL_MAP_INIT, PL_MAP_INIT };
	struct pl_map done = PL_MAP_INIT;

	for (size_t i = 0; i < hosts->count; i++)
		hosts->list[i].group = i;
	for (size_t i = 0; i < hosts->count; i++)
		if (pl_k3s_is_server(&hosts->list[i]))
			index_server(&g, i);
	for (size_t i = 0; i < hosts->count; i++) {
		follow_url(&g, i);
		unite_same(&g, i);
	}
	for (size_t i = 0; i < hosts->count; i++) {
		const struct pl_tf_doc *doc = hosts->list[i].r->doc;
		void **slot = pl_map_put(&done, (const char *)&doc, sizeof doc);

		if (!*slot)
			group_document(&g, doc);
		*slot = &done;
	}
	for (size_t i = 0; i < hosts->count; i++)
		hosts->list[i].group = root_of(hosts, i);
	pl_map_release(&done);
	pl_map_release(&g.servers);
	pl_map_release(&g.urls);
	pl_map_release(&g.same);
}
