/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links: from an attribute to the resource it means, and from pools and things to their cluster.  By
 * known value first, then by reference, then by elimination, which stays with the link as how it was
 * found.
 */
#include <string.h>

#include "json/load.h"
#include "terraform/address.h"
#include "terraform/internal.h"

/* ---- by value ---- */

static const struct resource several_mark;
#define SEVERAL ((struct resource *)&several_mark) /* stands in maps for "more than one" */

/* The place of a text in an index, whatever its case. */
static void **place_of(struct type_rows *t, char *text)
{
	for (char *p = text; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return pl_map_put(&t->by_value, text, strlen(text));
}

static void note(struct type_rows *t, char *text, struct resource *r)
{
	void **slot = place_of(t, text);

	*slot = *slot && *slot != r ? SEVERAL : r;
}

static const char *last_segment(const char *id)
{
	const char *slash = strrchr(id, '/');

	return slash && slash[1] ? slash + 1 : id;
}

/* Was the index not made yet?  It is then taken for made. */
static bool is_due(struct pl_tf *tf, struct type_rows *t, const char *what, const char *key)
{
	void **done = place_of(t, pl_arena_strf(&tf->model->arena, "%s#%s", what, key));
	bool due = !*done;

	*done = SEVERAL;
	return due;
}

static void index_key(struct pl_tf *tf, struct type_rows *t, const char *key)
{
	for (struct resource *r = t->first; r; r = (struct resource *)r->pub.next_of_type) {
		const char *value = r->pub.gone ? NULL : pl_tf_text(tf, &r->pub, key);

		if (value)
			note(t, pl_arena_strf(&tf->model->arena, "%s=%s", key, value), r);
	}
}

static struct resource *find_value(struct pl_tf *tf, struct type_rows *t, const char *key,
				   const char *value)
{
	if (is_due(tf, t, "values", key))
		index_key(tf, t, key);
	return *place_of(t, pl_arena_strf(&tf->model->arena, "%s=%s", key, value));
}

struct pl_tf_resource *pl_tf_find(struct pl_tf *tf, const char *type, bool data, const char *key,
				  const char *value)
{
	struct type_rows *t = pl_tf_find_rows(tf, type, strlen(type), data);
	struct resource *r = t ? find_value(tf, t, key, value) : NULL;

	return r && r != SEVERAL ? &r->pub : NULL;
}

/* The module that holds this one; false at the root. */
static bool to_parent(struct pl_slice *module)
{
	struct pl_slice parent, call, key;

	if (!pl_tf_module_last(*module, &parent, &call, &key))
		return false;
	*module = parent;
	return true;
}

/* What is asked of the index by module: who has the value under the key, and is at a place. */
struct sought {
	const char *key, *value;
	struct pl_slice place; /* n 0: anywhere */
};

#define NOWHERE ((struct pl_slice){ "?", 1 }) /* of those whose place is not known */

/* Key of the resources that are sought somewhere below a module, of one document or of any. */
static char *below(struct pl_tf *tf, const struct sought *w, const struct pl_tf_doc *doc,
		   struct pl_slice module)
{
	return pl_arena_strf(&tf->model->arena, "%s=%s\n%p\n" PL_SLICE_FMT "\n" PL_SLICE_FMT, w->key, w->value,
			     (const void *)doc, PL_SLICE_ARG(module), PL_SLICE_ARG(w->place));
}

static void note_below(struct pl_tf *tf, struct type_rows *t, const struct sought *w, struct resource *r)
{
	struct pl_slice module = pl_slice(r->pub.module);

	do {
		note(t, below(tf, w, r->pub.doc, module), r);
		note(t, below(tf, w, NULL, module), r);
	} while (to_parent(&module));
}

static void index_modules(struct pl_tf *tf, struct type_rows *t, const char *key)
{
	for (struct resource *r = t->first; r; r = (struct resource *)r->pub.next_of_type) {
		struct sought w = { key, r->pub.gone ? NULL : pl_tf_text(tf, &r->pub, key), { NULL, 0 } };
		const char *place;

		if (!w.value)
			continue;
		note_below(tf, t, &w, r);
		if (!t->row->apart)
			continue;
		place = pl_tf_text(tf, &r->pub, t->row->apart);
		w.place = place && *place ? pl_slice(place) : NOWHERE;
		note_below(tf, t, &w, r);
	}
}

/* The nearest one: of its own document first, then by module. */
static struct resource *nearest_at(struct pl_tf *tf, struct resource *from, struct type_rows *t,
				   const struct sought *w)
{
	const struct pl_tf_doc *const docs[] = { from->pub.doc, NULL };

	for (size_t i = 0; i < 2; i++) {
		struct pl_slice module = pl_slice(from->pub.module);

		do {
			struct resource *r = *place_of(t, below(tf, w, docs[i], module));

			if (r)
				return r;
		} while (to_parent(&module));
	}
	return NULL;
}

/*
 * Of several that have the value the one that `from` means, or SEVERAL.  Things of one name are told
 * apart by their place, which a path-like id or the resource that names them may say too.
 */
static struct resource *nearest(struct pl_tf *tf, struct resource *from, struct type_rows *t,
				struct sought w, const char *id)
{
	const char *said = t->row->apart ? pl_tf_text(tf, &from->pub, t->row->apart) : NULL;
	struct resource *r = NULL;

	if (is_due(tf, t, "modules", w.key))
		index_modules(tf, t, w.key);
	if (!t->row->apart || (!strchr(id, '/') && !said))
		return nearest_at(tf, from, t, &w);
	id = strchr(id, '/') ? id : said;
	for (const char *p = id; *p && !r; p += strcspn(p, "/") + (p[strcspn(p, "/")] == '/')) {
		w.place = (struct pl_slice){ p, strcspn(p, "/") };
		if (w.place.n)
			r = nearest_at(tf, from, t, &w);
	}
	w.place = NOWHERE;
	return r ? r : nearest_at(tf, from, t, &w);
}

/* NULL for none; *several (which may be NULL) is set when more than one may be meant. */
static struct resource *by_value(struct pl_tf *tf, struct resource *from, const char *type,
				 const char *keys, const char *value, bool *several)
{
	struct type_rows *t = pl_tf_find_rows(tf, type, strlen(type), false);
	char key[64];

	for (const char *p = keys; t && *p; p += strcspn(p, "|") + (p[strcspn(p, "|")] != '\0')) {
		const char *const texts[] = { value, last_segment(value) };
		size_t n = strcspn(p, "|");

		if (n >= sizeof key)
			continue;
		memcpy(key, p, n);
		key[n] = '\0';
		for (size_t i = 0; i < 2; i++) {
			struct resource *r = find_value(tf, t, key, texts[i]);

			if (r == SEVERAL)
				r = nearest(tf, from, t, (struct sought){ key, texts[i], { NULL, 0 } }, value);
			if (r && r != SEVERAL)
				return r;
			if (r && several)
				*several = true;
		}
	}
	return NULL;
}

/* ---- pl_tf_follow ---- */

static struct resource *by_reference(struct pl_tf *tf, struct resource *r, const char *path,
				     const char *const *types)
{
	json_t *expression = pl_tf_config_expression(r, path);
	bool many;

	if (!expression)
		return NULL;
	return pl_tf_resolve_references(tf, r->pub.doc, r->pub.module, r->pub.index, expression,
				  pl_tf_own_for_each(r), types, &many);
}

struct pl_tf_resource *pl_tf_follow(struct pl_tf *tf, struct pl_tf_resource *pub, const char *path,
				    const char *const *types, const char *key)
{
	struct resource *r = (struct resource *)pub, *found = NULL;
	struct pl_tf_value v = pl_tf_get(tf, pub, path);
	char buf[48];
	const char *value = v.state == PL_TF_SET ? pl_json_text(v.json, buf) : NULL;

	for (const char *const *t = types; value && !found && *t; t++)
		found = by_value(tf, r, *t, key, value, NULL);
	if (!found)
		found = by_reference(tf, r, path, types);
	return found ? &found->pub : NULL;
}

/* By the known elements of a list; false when one of them leads nowhere. */
static bool follow_elements(struct pl_tf *tf, struct resource *r, const struct pl_tf_value *v,
			    const char *const *types, const char *key, struct found_list *out)
{
	size_t n = pl_tf_count(tf, &r->pub, v->path);
	bool whole = !v->partial;

	for (size_t i = 0; i < n; i++) {
		const char *path = pl_arena_strf(&tf->model->arena, "%s[%zu]", v->path, i);
		const char *value = pl_tf_text(tf, &r->pub, path), *const *t = types;
		struct resource *found = NULL;

		for (; value && !found && *t; t++)
			found = by_value(tf, r, *t, key, value, NULL);
		if (found)
			pl_tf_found_add(tf, out, found);
		whole = whole && found;
	}
	return whole;
}

size_t pl_tf_follow_all(struct pl_tf *tf, struct pl_tf_resource *pub, const char *path,
			const char *const *types, const char *key, struct pl_tf_resource ***out,
			bool *whole)
{
	struct resource *r = (struct resource *)pub;
	struct pl_tf_value v = pl_tf_get(tf, pub, path);
	struct found_list found = { 0 };
	json_t *expression;

	*whole = v.state == PL_TF_SET && follow_elements(tf, r, &v, types, key, &found);
	expression = found.count ? NULL : pl_tf_config_expression(r, path);
	if (expression)
		*whole = pl_tf_resolve_all(tf, r, expression, pl_tf_own_for_each(r), types, &found);
	*out = found.list;
	return found.count;
}

struct pl_tf_resource *pl_tf_sibling(struct pl_tf *tf, struct pl_tf_resource *r, const char *type)
{
	char *key = pl_arena_strf(&tf->model->arena, "%s|%s", r->module, type);
	struct resource *found = NULL;

	for (struct resource *s = pl_map_get(&r->doc->by_sibling, key, strlen(key)); s; s = s->next_sibling) {
		if (s->pub.gone)
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found ? &found->pub : NULL;
}

/* ---- clusters ---- */

void pl_tf_note_cluster(struct pl_tf_doc *doc, struct resource *r)
{
	const char *module = r->pub.module;
	size_t n = strlen(module);

	if (r->pub.gone)
		return;
	for (;;) {
		struct pl_slice parent, call, key;
		void **slot = pl_map_put(&doc->clusters_below, module, n);

		*slot = *slot && *slot != r ? SEVERAL : r;
		if (!n || !pl_tf_module_last((struct pl_slice){ module, n }, &parent, &call, &key))
			return;
		n = parent.n;
	}
}

/* The cluster with which the resource shares the longest module path, if that is one. */
static struct resource *cluster_near(struct pl_tf_doc *doc, const struct resource *r)
{
	size_t n = strlen(r->pub.module);

	for (;;) {
		struct pl_slice parent, call, key;
		struct resource *found = pl_map_get(&doc->clusters_below, r->pub.module, n);

		if (found)
			return found == SEVERAL ? NULL : found;
		if (!n || !pl_tf_module_last((struct pl_slice){ r->pub.module, n }, &parent, &call, &key))
			return NULL;
		n = parent.n;
	}
}

/* A cluster that no source holds but pools name; a secret name tells them apart and is not shown. */
static struct pl_object *stand_in(struct pl_tf *tf, struct resource *r, const char *provider,
				  const char *name, bool secret)
{
	char *key = pl_arena_strf(&tf->model->arena, "%s/%s", provider, name);
	struct pl_object *o = pl_map_get(&tf->stand_ins, key, strlen(key));

	if (o || r->pub.gone) /* what goes away names no cluster that stays */
		return o;
	if (secret)
		name = pl_arena_strf(&tf->model->arena, "cluster of %s", r->pub.address);
	o = pl_model_object(tf->model, PL_CLUSTER, name, r->pub.doc->source, NULL);
	o->stand_in = true;
	*pl_map_put(&tf->stand_ins, key, strlen(key)) = o;
	pl_fact_text(tf->model, o, PL_CLUSTER_PROVIDER, provider, NULL)->basis = PL_INFERRED;
	return o;
}

struct pl_object *pl_tf_cluster_named(struct pl_tf *tf, struct pl_tf_resource *r, const char *type,
				      const char *name, bool secret)
{
	const struct type_rows *t = pl_tf_find_rows(tf, type, strlen(type), false);
	struct resource *found = by_value(tf, (struct resource *)r, type,
					  t->row->name ? t->row->name : "name", name, NULL);

	if (found && found->pub.object)
		return found->pub.object;
	return stand_in(tf, (struct resource *)r, t->row->provider, name, secret);
}

/* A data source of a cluster leads to the cluster it names, or takes its name from. */
static struct pl_object *object_of(struct pl_tf *tf, struct resource *r)
{
	const char *types[2] = { NULL }, *name, *path;
	const struct type_rows *t;
	struct pl_tf_resource *from;

	if (!r || !r->pub.data)
		return r ? r->pub.object : NULL;
	t = pl_tf_find_rows(tf, r->pub.type, strlen(r->pub.type), false);
	if (!t)
		return NULL;
	path = t->row->name ? t->row->name : "name";
	name = pl_tf_text(tf, &r->pub, path);
	if (name)
		return pl_tf_cluster_named(tf, &r->pub, r->pub.type, name,
					   pl_tf_get(tf, &r->pub, path).sensitive);
	types[0] = t->type;
	from = pl_tf_follow(tf, &r->pub, path, types, "name|id");
	return from ? from->object : NULL;
}

/* Is there more than one cluster that the name may mean? */
static bool several_named(struct pl_tf *tf, struct resource *from, const struct pl_tf_row *row,
			  const char *name)
{
	bool several = false;

	for (const char *const *type = row->cluster_types; *type; type++) {
		struct type_rows *t = pl_tf_find_rows(tf, *type, strlen(*type), false);

		by_value(tf, from, *type, t && t->row->name ? t->row->name : "name", name, &several);
	}
	return several;
}

static struct pl_object *by_named_cluster(struct pl_tf *tf, struct resource *r,
					  const struct pl_tf_row *row)
{
	const char *types[16];
	struct pl_tf_resource *found;
	struct pl_object *o;
	const char *name;
	size_t n = 0;

	for (const char *const *t = row->cluster_types; *t && n < 14; t++) {
		types[n++] = *t;
		types[n++] = pl_arena_strf(&tf->model->arena, "data.%s", *t);
	}
	types[n] = NULL;
	found = pl_tf_follow(tf, &r->pub, row->cluster, types, row->cluster_key);
	o = object_of(tf, (struct resource *)found);
	if (o)
		return o;
	name = pl_tf_text(tf, &r->pub, row->cluster);
	if (!name || several_named(tf, r, row, name))
		return NULL;
	return stand_in(tf, r, row->provider, last_segment(name),
			pl_tf_get(tf, &r->pub, row->cluster).sensitive);
}

/* What the configuration of the resource's provider refers to (helm and kubernetes). */
static struct pl_object *by_provider(struct pl_tf *tf, struct resource *r)
{
	struct pl_tf_doc *doc = r->pub.doc;
	struct config_resource *c = pl_tf_config_of(r);
	const char *key = c ? pl_json_member_str(pl_tf_config_json(c), "provider_config_key") : NULL;
	struct pl_err err = PL_ERR_INIT;
	const char *module;
	json_t *config;
	bool many;

	if (!key || !doc->provider_config.n)
		return NULL;
	if (!doc->provider_json)
		doc->provider_json = pl_json_load(doc->provider_config, NULL, &err);
	config = json_object_get(doc->provider_json, key);
	module = pl_json_member_str(config, "module_address");
	return object_of(tf, pl_tf_resolve_references(tf, doc, module ? module : "", NULL,
						json_object_get(config, "expressions"), NULL,
						tf->cluster_types, &many));
}

void pl_tf_link_to_cluster(struct pl_tf *tf, struct resource *r, const struct pl_tf_row *row)
{
	struct pl_object *o = r->pub.object;
	struct resource *near;

	o->cluster = row->cluster ? by_named_cluster(tf, r, row) : by_provider(tf, r);
	if (o->cluster)
		return;
	near = cluster_near(r->pub.doc, r);
	if (!near || !near->pub.object)
		return;
	for (const char *const *t = row->cluster ? row->cluster_types : NULL; t && *t; t++)
		if (pl_streq(*t, near->pub.type)) {
			o->cluster = near->pub.object;
			o->cluster_how = "the only cluster it can belong to";
		}
	if (!row->cluster) {
		o->cluster = near->pub.object;
		o->cluster_how = "shares the longest module path with it";
	}
}
