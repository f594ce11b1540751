/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of a plan: a tree of modules whose blocks are kept as ranges and parsed only
 * when a reference leads there.  locals and dynamic blocks are not in it at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "json/load.h"
#include "json/scan.h"
#include "terraform/address.h"
#include "terraform/internal.h"

static struct config_module *new_module(struct pl_tf_doc *doc, struct config_module *parent)
{
	struct config_module *m = pl_alloc(sizeof *m);

	m->parent = parent;
	m->next = doc->modules;
	doc->modules = m;
	return m;
}

/* Provisioners of these install things on machines, so they are kept although no row names them. */
static bool is_runner(struct pl_slice type)
{
	return pl_slice_is(type, "null_resource") || pl_slice_is(type, "terraform_data");
}

static void add_block(struct pl_tf_doc *doc, struct config_module *m, struct pl_slice range,
		      const struct pl_slice part[3])
{
	struct pl_slice type = pl_tf_bare_text(part[0]), name = pl_tf_bare_text(part[1]);
	bool data = pl_slice_is(pl_tf_bare_text(part[2]), "data");
	struct config_resource *c;

	if (!is_runner(type) && !pl_tf_find_rows(doc->tf, type.p, type.n, data))
		return;
	c = pl_arena_alloc(&doc->tf->model->arena, sizeof *c);
	c->module = m;
	c->range = range;
	c->key = pl_arena_strf(&doc->tf->model->arena, "%s" PL_SLICE_FMT "." PL_SLICE_FMT,
			       data ? "data." : "", PL_SLICE_ARG(type), PL_SLICE_ARG(name));
	c->next = doc->config_resources;
	doc->config_resources = c;
	*pl_map_put(&m->resources, c->key, strlen(c->key)) = c;
	if (is_runner(type)) {
		c->next_of_type = doc->runners;
		doc->runners = c;
	}
}

static int scan_block(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		      struct pl_err *err)
{
	static const char *const names[3] = { "type", "name", "mode" };
	struct pl_slice part[3] = { { "", 0 }, { "", 0 }, { "", 0 } }, key, value;
	const char *start;
	int more;

	pl_scan_peek(s);
	start = s->p;
	more = pl_scan_enter(s, '{', err);
	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		if (pl_scan_skip(s, &value, err))
			return -1;
		for (int i = 0; i < 3; i++)
			if (pl_slice_is(key, names[i]))
				part[i] = value;
	}
	if (!more)
		add_block(doc, m, (struct pl_slice){ start, (size_t)(s->p - start) }, part);
	return more;
}

static int scan_module(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		       unsigned depth, struct pl_err *err);

static int scan_call(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		     unsigned depth, struct pl_err *err)
{
	struct pl_slice key;
	int more = pl_scan_enter(s, '{', err);

	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		struct pl_slice value, *to = pl_slice_is(key, "expressions") ? &m->call_expressions :
			pl_slice_is(key, "for_each_expression") ? &m->call_for_each :
			pl_slice_is(key, "count_expression") ? &m->call_count : &value;

		if (pl_slice_is(key, "module") ? scan_module(doc, m, s, depth + 1, err) :
						 pl_scan_skip(s, to, err))
			return -1;
	}
	return more;
}

static int scan_calls(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		      unsigned depth, struct pl_err *err)
{
	struct pl_slice key;
	int more = pl_scan_enter(s, '{', err);

	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		struct config_module *child = new_module(doc, m);

		*pl_map_put(&m->children, key.p, key.n) = child;
		if (scan_call(doc, child, s, depth, err))
			return -1;
	}
	return more;
}

static int scan_blocks(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		       struct pl_err *err)
{
	int more = pl_scan_enter(s, '[', err);

	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_element(s, err)) == 1)
		if (scan_block(doc, m, s, err))
			return -1;
	return more;
}

static int scan_module(struct pl_tf_doc *doc, struct config_module *m, struct pl_scan *s,
		       unsigned depth, struct pl_err *err)
{
	struct pl_slice key;
	int more, rc;

	if (depth > PL_LIMIT_MODULE_DEPTH)
		return pl_err_set(err, PL_E_LIMIT, "modules nested more than %d levels deep",
				  PL_LIMIT_MODULE_DEPTH);
	more = pl_scan_enter(s, '{', err);
	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		if (pl_slice_is(key, "resources"))
			rc = scan_blocks(doc, m, s, err);
		else if (pl_slice_is(key, "module_calls"))
			rc = scan_calls(doc, m, s, depth, err);
		else
			rc = pl_scan_skip(s, pl_slice_is(key, "outputs") ? &m->outputs : NULL, err);
		if (rc)
			return -1;
	}
	return more;
}

int pl_tf_scan_configuration(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err)
{
	struct pl_slice key;
	int more = pl_scan_enter(s, '{', err);

	if (more <= 0)
		return more < 0 ? -1 : pl_scan_skip(s, NULL, err);
	while ((more = pl_scan_member(s, &key, err)) == 1) {
		if (pl_slice_is(key, "root_module")) {
			doc->root = new_module(doc, NULL);
			if (scan_module(doc, doc->root, s, 0, err))
				return -1;
		} else if (pl_scan_skip(s, pl_slice_is(key, "provider_config") ? &doc->provider_config : NULL,
					err)) {
			return -1;
		}
	}
	return more;
}

struct config_module *pl_tf_config_of_module(struct pl_tf_doc *doc, const char *module)
{
	struct pl_slice parent, call, key;
	struct config_module *m;

	if (!*module)
		return doc->root;
	m = pl_map_get(&doc->module_config, module, strlen(module));
	if (m || !doc->root)
		return m;
	if (!pl_tf_module_last(pl_slice(module), &parent, &call, &key))
		return NULL;
	m = pl_tf_config_of_module(doc, pl_arena_strndup(&doc->tf->model->arena, parent.p, parent.n));
	m = m ? pl_map_get(&m->children, call.p, call.n) : NULL;
	*pl_map_put(&doc->module_config, module, strlen(module)) = m;
	return m;
}

struct config_resource *pl_tf_config_of(struct resource *r)
{
	struct config_module *m;
	const char *key;

	if (r->config_looked_up)
		return r->config;
	r->config_looked_up = true;
	m = pl_tf_config_of_module(r->pub.doc, r->pub.module);
	if (!m)
		return NULL;
	key = pl_arena_strf(&r->pub.doc->tf->model->arena, "%s%s.%s", r->pub.data ? "data." : "",
			    r->pub.type, r->pub.name);
	r->config = pl_map_get(&m->resources, key, strlen(key));
	return r->config;
}

/* ---- references in one order ---- */

/* What says most to a person comes first: resources, data, outputs; then locals and the rest. */
static int reference_rank(const char *ref)
{
	static const char *const heads[] = { "data.", "module.", "local.", "var.", "each.", "count.",
					     "path.", "terraform.", "self." };

	for (int i = 0; i < (int)(sizeof heads / sizeof *heads); i++)
		if (pl_starts(ref, heads[i]))
			return i < 2 ? i + 1 : 3;
	return 0;
}

/* A step goes before the end and the end before any letter: so cuts stand right behind the longer one. */
static int reference_letter(char c)
{
	return c == '.' ? 0 : c == '[' ? 1 : !c ? 2 : 3 + (unsigned char)c;
}

static int by_reference(const void *a, const void *b)
{
	const char *x = json_string_value(*(json_t *const *)a), *y = json_string_value(*(json_t *const *)b);
	int rank = reference_rank(x) - reference_rank(y);

	for (; *x && *x == *y; y++)
		x++;
	return rank ? rank : reference_letter(*x) - reference_letter(*y);
}

static void sort_strings(json_t *list)
{
	size_t n = json_array_size(list), i;
	pl_auto_free json_t **sorted = NULL;
	json_t *v;

	json_array_foreach(list, i, v)
		if (!json_is_string(v))
			return;
	if (n < 2)
		return;
	sorted = pl_alloc(n * sizeof *sorted);
	json_array_foreach(list, i, v)
		sorted[i] = json_incref(v);
	qsort(sorted, n, sizeof *sorted, by_reference);
	for (i = 0; i < n; i++)
		json_array_set_new(list, i, sorted[i]);
}

/* Terraform writes the references of some expressions in another order each time: never ours. */
static void sort_references(json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_object(j))
		json_object_foreach(j, key, v) {
			if (!strcmp(key, "references"))
				sort_strings(v);
			sort_references(v);
		}
	json_array_foreach(j, i, v)
		sort_references(v);
}

/* Parses a range once; an absent or odd one becomes an empty object. */
static json_t *parsed(struct pl_slice range, json_t **to)
{
	struct pl_err err = PL_ERR_INIT;

	if (*to)
		return *to;
	if (range.n)
		*to = pl_json_load(range, NULL, &err);
	if (!*to)
		*to = json_object();
	sort_references(*to);
	return *to;
}

json_t *pl_tf_config_json(struct config_resource *c)
{
	return parsed(c->range, &c->json);
}

static json_t *member(json_t *object, struct pl_slice name)
{
	return json_object_getn(object, name.p, name.n);
}

json_t *pl_tf_call_expression(struct config_module *m, struct pl_slice variable)
{
	return member(parsed(m->call_expressions, &m->call_json), variable);
}

json_t *pl_tf_call_for_each(struct config_module *m)
{
	return parsed(m->call_for_each.n ? m->call_for_each : m->call_count, &m->call_for_each_json);
}

json_t *pl_tf_output_expression(struct config_module *m, struct pl_slice output)
{
	return json_object_get(member(parsed(m->outputs, &m->outputs_json), output), "expression");
}

void pl_tf_free_config(struct pl_tf_doc *doc)
{
	for (struct config_resource *c = doc->config_resources; c; c = c->next)
		json_decref(c->json);
	while (doc->modules) {
		struct config_module *m = doc->modules;

		doc->modules = m->next;
		json_decref(m->outputs_json);
		json_decref(m->call_json);
		json_decref(m->call_for_each_json);
		pl_map_release(&m->children);
		pl_map_release(&m->resources);
		free(m);
	}
}
