/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists of resources in plans and states: every entry is validated; those whose type a provider's
 * table names are kept as instances with the byte ranges of their values.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "json/load.h"
#include "terraform/address.h"
#include "terraform/internal.h"

/* ---- members of the documents ---- */

struct member {
	const char *name;
	member_fn *read;
};

/* Goes over an object; members the table names are read, the others are passed over. */
static int each_member(struct pl_tf_doc *doc, struct pl_scan *s, const struct member *table,
		       struct pl_err *err)
{
	struct pl_slice key;
	int more;

	more = pl_scan_enter(s, '{', err);
	if (more < 0)
		return -1;
	if (!more)
		return pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		const struct member *m = table;

		while (m->name && !pl_slice_is(key, m->name))
			m++;
		if (m->name ? m->read(doc, s, err) : pl_scan_skip(s, NULL, err))
			return -1;
	}
	return more;
}

/* Goes over an array (anything else is passed over), reading each element. */
static int each_element(struct pl_tf_doc *doc, struct pl_scan *s, member_fn *read, struct pl_err *err)
{
	int more = pl_scan_enter(s, '[', err);

	if (more < 0)
		return -1;
	if (!more)
		return pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_element(s, err)) == 1)
		if (read(doc, s, err))
			return -1;
	return more;
}

/* What is read of one resource entry, whatever list it stands in. */
struct entry {
	struct pl_slice address, module, mode, type, name, index, deposed;
	struct pl_slice change, values, sensitive;
};

/* A member whose bytes are kept, and where in the structure that holds them. */
struct kept {
	const char *name;
	size_t offset;
};

/* 1: *to holds the members of the object that the table names; 0: it is none and was passed over. */
static int read_kept(struct pl_scan *s, const struct kept *table, void *to, struct pl_err *err)
{
	struct pl_slice key, value;
	int more = pl_scan_enter(s, '{', err);

	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		if (pl_scan_skip(s, &value, err))
			return -1;
		for (const struct kept *k = table; k->name; k++)
			if (pl_slice_is(key, k->name))
				memcpy((char *)to + k->offset, &value, sizeof value);
	}
	return more < 0 ? -1 : 1;
}

static int read_entry(struct pl_scan *s, struct entry *e, struct pl_err *err)
{
	static const struct kept members[] = {
		{ "address", offsetof(struct entry, address) },
		{ "module_address", offsetof(struct entry, module) },
		{ "mode", offsetof(struct entry, mode) },
		{ "type", offsetof(struct entry, type) },
		{ "name", offsetof(struct entry, name) },
		{ "index", offsetof(struct entry, index) },
		{ "deposed", offsetof(struct entry, deposed) },
		{ "deposed_key", offsetof(struct entry, deposed) },
		{ "change", offsetof(struct entry, change) },
		{ "values", offsetof(struct entry, values) },
		{ "sensitive_values", offsetof(struct entry, sensitive) },
		{ NULL, 0 },
	};

	*e = (struct entry){ 0 };
	return read_kept(s, members, e, err);
}

struct pl_slice pl_tf_bare_text(struct pl_slice v)
{
	if (v.n < 2 || v.p[0] != '"')
		return (struct pl_slice){ "", 0 };
	return (struct pl_slice){ v.p + 1, v.n - 2 };
}

/* A new instance for the entry, or NULL when no table names its type. */
static struct resource *new_resource(struct pl_tf_doc *doc, const struct entry *e)
{
	struct pl_slice type = pl_tf_bare_text(e->type);
	bool data = pl_slice_is(pl_tf_bare_text(e->mode), "data");
	const struct type_rows *rows = pl_tf_find_rows(doc->tf, type.p, type.n, data);
	struct pl_arena *arena = &doc->tf->model->arena;
	struct resource *r;

	doc->resources += !data;
	if (!rows || e->deposed.n)
		return NULL;
	r = pl_arena_alloc(arena, sizeof *r);
	r->pub.doc = doc;
	r->pub.type = rows->type;
	r->pub.data = data;
	r->pub.address = pl_scan_text(arena, e->address);
	r->pub.module = pl_scan_text(arena, e->module);
	r->pub.name = pl_scan_text(arena, e->name);
	if (!r->pub.address || !r->pub.name)
		return NULL;
	if (e->index.n)
		r->pub.index = pl_arena_strndup(arena, e->index.p, e->index.n);
	return r;
}

void pl_tf_append_resource(struct resource **list, struct resource **end, struct resource *r)
{
	if (*list)
		(*end)->next = r;
	else
		*list = r;
	*end = r;
}

/* ---- resource_changes and resource_drift ---- */

struct change {
	struct pl_slice actions, before, after, unknown, sensitive, before_sensitive;
};

static int read_change(struct pl_slice range, struct change *c, struct pl_err *err)
{
	static const struct kept members[] = {
		{ "actions", offsetof(struct change, actions) },
		{ "before", offsetof(struct change, before) },
		{ "after", offsetof(struct change, after) },
		{ "after_unknown", offsetof(struct change, unknown) },
		{ "after_sensitive", offsetof(struct change, sensitive) },
		{ "before_sensitive", offsetof(struct change, before_sensitive) },
		{ NULL, 0 },
	};
	struct pl_scan s;

	*c = (struct change){ 0 };
	if (!range.n)
		return 0;
	pl_scan_init(&s, range);
	return read_kept(&s, members, c, err) < 0 ? -1 : 0;
}

/* Does the raw list hold the word? */
static bool has_action(struct pl_slice actions, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n + 2 <= actions.n; i++)
		if (actions.p[i] == '"' && !memcmp(actions.p + i + 1, word, n) && actions.p[i + n + 1] == '"')
			return true;
	return false;
}

/* Will the object exist after apply?  A replacement whose old object is forgotten still does. */
static bool is_gone(struct pl_slice actions)
{
	return (has_action(actions, "delete") || has_action(actions, "forget")) &&
	       !has_action(actions, "create");
}

/* Is it made where nothing was?  A replacement takes the place, and mostly the name, of what it deletes. */
static bool is_created(struct pl_slice actions)
{
	return has_action(actions, "create") && !has_action(actions, "delete") && !has_action(actions, "forget");
}

void pl_tf_clear_resources(struct resource **list, struct resource **end)
{
	for (struct resource *r = *list; r; r = r->next) {
		pl_json_lazy_release(&r->after);
		pl_json_lazy_release(&r->unknown);
		pl_json_lazy_release(&r->sensitive);
	}
	*list = *end = NULL;
}

static int read_resource_change(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	struct entry e;
	struct change c;
	struct resource *r;
	int got = read_entry(s, &e, err);

	if (got <= 0)
		return got;
	r = new_resource(doc, &e);
	if (!r)
		return 0;
	if (read_change(e.change, &c, err))
		return -1;
	r->pub.gone = is_gone(c.actions);
	r->pub.changes = !has_action(c.actions, "no-op") && !has_action(c.actions, "read");
	r->pub.creates = is_created(c.actions);
	r->after.text = r->pub.gone ? c.before : c.after;
	r->unknown.text = r->pub.gone ? (struct pl_slice){ 0 } : c.unknown;
	r->sensitive.text = r->pub.gone ? c.before_sensitive : c.sensitive;
	doc->deletions += r->pub.gone;
	pl_tf_append_resource(&doc->list, &doc->list_end, r);
	return 0;
}

int pl_tf_read_resource_changes(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	doc->has_changes = true;
	pl_tf_clear_resources(&doc->list, &doc->list_end); /* a second member of the name wins */
	doc->resources = doc->deletions = 0;
	return each_element(doc, s, read_resource_change, err);
}

static int read_drift_entry(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	size_t resources = doc->resources;
	struct entry e;
	struct change c;
	struct resource *r;
	int got = read_entry(s, &e, err);

	if (got <= 0)
		return got;
	r = new_resource(doc, &e);
	doc->resources = resources;
	if (!r)
		return 0;
	if (read_change(e.change, &c, err))
		return -1;
	r->before = c.before;
	r->after.text = c.after;
	r->sensitive.text = c.sensitive.n > 5 ? c.sensitive : c.before_sensitive;
	pl_tf_append_resource(&doc->drift, &doc->drift_end, r);
	return 0;
}

int pl_tf_read_resource_drift(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	pl_tf_clear_resources(&doc->drift, &doc->drift_end);
	return each_element(doc, s, read_drift_entry, err);
}

/* ---- values of a state, prior_state or planned_values ---- */

/* The module path of a resource's own address. */
static const char *module_of(struct pl_arena *arena, const char *address)
{
	struct pl_tf_address a;

	if (!pl_tf_address_parse(pl_slice(address), &a))
		return "";
	return pl_arena_strndup(arena, a.module.p, a.module.n);
}

static int read_value_entry(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	struct entry e;
	struct resource *r;
	int got = read_entry(s, &e, err);

	if (got <= 0)
		return got;
	r = new_resource(doc, &e);
	if (!r)
		return 0;
	r->pub.module = module_of(&doc->tf->model->arena, r->pub.address);
	r->after.text = e.values;
	r->sensitive.text = e.sensitive;
	if (doc->in_prior && r->pub.data)
		pl_tf_append_resource(&doc->prior_data, &doc->prior_data_end, r);
	else if (doc->in_prior)
		pl_tf_append_resource(&doc->prior, &doc->prior_end, r);
	else
		pl_tf_append_resource(&doc->list, &doc->list_end, r);
	return 0;
}

static int read_module(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);

static int read_value_entries(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	return each_element(doc, s, read_value_entry, err);
}

static int read_child_modules(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	return each_element(doc, s, read_module, err);
}

/* A module of a values tree; the scanner's own limit ends its nesting. */
static int read_module(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	static const struct member members[] = {
		{ "resources", read_value_entries },
		{ "child_modules", read_child_modules },
		{ NULL, NULL },
	};

	return each_member(doc, s, members, err);
}

int pl_tf_read_values(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	static const struct member members[] = { { "root_module", read_module }, { NULL, NULL } };

	return each_member(doc, s, members, err);
}

int pl_tf_read_prior_state(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	static const struct member members[] = { { "values", pl_tf_read_values }, { NULL, NULL } };
	size_t resources = doc->resources;
	int rc;

	doc->has_prior = doc->in_prior = true;
	pl_tf_clear_resources(&doc->prior, &doc->prior_end);
	pl_tf_clear_resources(&doc->prior_data, &doc->prior_data_end);
	rc = each_member(doc, s, members, err);
	doc->in_prior = false;
	doc->resources = resources;
	return rc;
}

/* ---- raw state, version 4 ---- */

/* A mirror of the sensitive attributes' first steps: {"user_data": true}. */
static json_t *sensitive_mirror(json_t *paths)
{
	json_t *mirror = json_object(), *path;
	size_t i;

	json_array_foreach(paths, i, path) {
		const char *name = pl_json_member_str(json_array_get(path, 0), "value");

		if (name)
			json_object_set_new(mirror, name, json_true());
	}
	return mirror;
}

/* Attributes declared dynamic are wrapped as {"value":..., "type":...} in raw state only. */
static void unwrap_dynamic(json_t *attributes)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(attributes, next, key, v)
		if (json_is_object(v) && json_object_size(v) == 2 && json_object_get(v, "value") &&
		    json_object_get(v, "type"))
			json_object_set(attributes, key, json_object_get(v, "value"));
}

static const char *instance_address(struct pl_arena *a, const char *module, const struct resource *r)
{
	return pl_arena_strf(a, "%s%s%s%s.%s%s%s%s", module, *module ? "." : "",
			     r->pub.data ? "data." : "", r->pub.type, r->pub.name,
			     r->pub.index ? "[" : "", r->pub.index ? r->pub.index : "",
			     r->pub.index ? "]" : "");
}

static void add_instance(struct pl_tf_doc *doc, const struct type_rows *rows, json_t *block,
			 json_t *instance)
{
	struct pl_arena *arena = &doc->tf->model->arena;
	json_t *attributes = json_object_get(instance, "attributes");
	json_t *index = json_object_get(instance, "index_key");
	const char *module = pl_json_member_str(block, "module");
	struct resource *r;

	doc->resources += !rows->data;
	if (!json_is_object(attributes) || json_object_get(instance, "deposed"))
		return;
	r = pl_arena_alloc(arena, sizeof *r);
	r->pub.doc = doc;
	r->pub.type = rows->type;
	r->pub.data = rows->data;
	r->pub.module = pl_arena_strdup(arena, module ? module : "");
	r->pub.name = pl_arena_strdup(arena, pl_json_member_str(block, "name"));
	if (!r->pub.name)
		return;
	if (index) {
		char *text = json_dumps(index, JSON_ENCODE_ANY);

		r->pub.index = pl_arena_strdup(arena, text);
		free(text);
	}
	r->pub.address = instance_address(arena, r->pub.module, r);
	unwrap_dynamic(attributes);
	r->after.whole = json_incref(attributes);
	r->sensitive.whole = sensitive_mirror(json_object_get(instance, "sensitive_attributes"));
	pl_tf_append_resource(&doc->list, &doc->list_end, r);
}

static int add_instances(struct pl_tf_doc *doc, const struct type_rows *rows, struct pl_slice range,
			 struct pl_err *err)
{
	bool odd = false;
	pl_auto_json *block = pl_json_load(range, &odd, err);
	json_t *instance;
	size_t i;

	if (!block)
		return -1;
	doc->odd |= odd;
	json_array_foreach(json_object_get(block, "instances"), i, instance)
		add_instance(doc, rows, block, instance);
	return 0;
}

static int read_raw_resource(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	struct pl_slice range, type;
	const struct type_rows *rows;
	struct pl_scan again;
	struct entry e;
	bool data;

	if (pl_scan_skip(s, &range, err))
		return -1;
	pl_scan_init(&again, range);
	if (read_entry(&again, &e, err) != 1)
		return 0;
	type = pl_tf_bare_text(e.type);
	data = pl_slice_is(pl_tf_bare_text(e.mode), "data");
	rows = pl_tf_find_rows(doc->tf, type.p, type.n, data);
	if (rows)
		return add_instances(doc, rows, range, err);
	doc->resources += !data;
	return 0;
}

int pl_tf_read_raw_resources(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	pl_tf_clear_resources(&doc->list, &doc->list_end);
	doc->resources = 0;
	return each_element(doc, s, read_raw_resource, err);
}
