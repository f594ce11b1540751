/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which instances run k3s.  There is no cluster resource: an instance is recognised by the
 * installer in its user data or provisioners, else by the word k3s in the name of the resource, of
 * its module, of a tag or of what provisions it; --as k3s says it of all.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/str.h"
#include "k3s/k3s.h"

bool pl_k3s_is_read(const struct pl_k3s_host *h)
{
	const struct pl_tf_boot *b = h->r->boot;

	return b && b->state == PL_TF_BOOT_READ && b->says.k3s != PL_K3S_NONE;
}

bool pl_k3s_is_server(const struct pl_k3s_host *h)
{
	return h->r->boot && h->r->boot->says.k3s == PL_K3S_SERVER;
}

static bool says_k3s(const char *text)
{
	return text && pl_contains(text, "k3s");
}

/* Keys and texts of a map of tags or labels, a list of tags, or a list of tag blocks. */
static bool json_says_k3s(json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_object(j))
		json_object_foreach(j, key, v)
			if (says_k3s(key) || says_k3s(json_string_value(v)))
				return true;
	if (json_is_array(j))
		json_array_foreach(j, i, v)
			if (says_k3s(json_string_value(v)) ||
			    (json_is_object(v) && json_says_k3s(v)))
				return true;
	return false;
}

static bool named_k3s(struct pl_tf *tf, struct pl_tf_resource *r)
{
	static const char *const paths[] = { "tags", "tag", "labels" };

	if (says_k3s(r->name) || says_k3s(r->module) || says_k3s(r->object->name))
		return true;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct pl_tf_value v = pl_tf_get(tf, r, paths[i]);

		if (v.state == PL_TF_SET && json_says_k3s(v.json))
			return true;
	}
	return false;
}

/* An instance that no other cluster has claimed. */
static bool is_free(const struct pl_tf_resource *r)
{
	return r->object && !r->gone && !r->object->gone && !r->object->cluster &&
	       !r->object->any_cluster;
}

static bool installs_k3s(const struct pl_tf_resource *r)
{
	return r->boot && r->boot->says.k3s != PL_K3S_NONE;
}

/* Why the instance is taken for a node of k3s; NULL: it is not. */
static const char *why_assumed(struct pl_tf *tf, struct pl_tf_resource *r,
			       const struct pl_map *docs)
{
	const char *as = pl_tf_as_option(tf);

	if (as)
		return pl_streq(as, "k3s") ? "--as k3s says so" : NULL;
	if (named_k3s(tf, r))
		return "assumed: its name says k3s";
	if (r->boot && says_k3s(r->boot->runner))
		return "assumed: the name of what provisions it says k3s";
	if (r->boot && r->boot->state == PL_TF_BOOT_UNKNOWN &&
	    pl_map_get(docs, (const char *)&r->doc, sizeof r->doc))
		return "assumed: others beside it run k3s, and its boot script is not known";
	return NULL;
}

static void add(struct pl_k3s_hosts *hosts, struct pl_tf_resource *r, const char *assumed)
{
	hosts->list = pl_grow(hosts->list, hosts->count, &hosts->cap, sizeof *hosts->list);
	hosts->list[hosts->count++] = (struct pl_k3s_host){ .r = r, .assumed = assumed };
}

/* Goes over the instances of every provider: rows that make pools and name no cluster. */
static void each_instance(struct pl_tf *tf, void (*work)(struct pl_tf *, struct pl_tf_resource *,
							 struct pl_map *, struct pl_k3s_hosts *),
			  struct pl_map *docs, struct pl_k3s_hosts *hosts)
{
	for (const struct pl_provider *const *p = pl_providers; *p; p++)
		for (const struct pl_tf_row *row = (*p)->rows; row && row->type; row++) {
			if (row->kind != PL_POOL || row->data || row->cluster)
				continue;
			for (struct pl_tf_resource *r = pl_tf_first(tf, row->type, false); r;
			     r = r->next_of_type)
				if (is_free(r))
					work(tf, r, docs, hosts);
		}
}

static void note_document(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_map *docs,
			  struct pl_k3s_hosts *hosts)
{
	(void)tf;
	(void)hosts;
	if (installs_k3s(r))
		*pl_map_put(docs, (const char *)&r->doc, sizeof r->doc) = docs;
}

static void take_or_discard(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_map *docs,
			    struct pl_k3s_hosts *hosts)
{
	const char *assumed = installs_k3s(r) ? NULL : why_assumed(tf, r, docs);

	if (installs_k3s(r) || assumed) {
		add(hosts, r, assumed);
	} else {
		pl_tf_discard(r->object);
		r->object = NULL;
	}
}

void pl_k3s_find(struct pl_tf *tf, struct pl_k3s_hosts *out)
{
	struct pl_map docs = PL_MAP_INIT;

	each_instance(tf, note_document, &docs, out);
	each_instance(tf, take_or_discard, &docs, out);
	pl_map_release(&docs);
}
