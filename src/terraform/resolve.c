/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References, followed through variables, module calls, outputs and for_each: to learn whether a
 * value stood at plan time, and to find the resource that an attribute leads to.
 *
 * The list of an expression names every traversal longest first and then cut shorter step by step
 * (config.c puts it into that order); only the longest ones are followed.  Locals are not in the file: a reference to one ends there.
 */
#include <string.h>

#include "base/limits.h"
#include "terraform/address.h"
#include "terraform/internal.h"

/* Steps one question may take altogether, so that a hostile configuration cannot branch for ever. */
#define STEPS_A_QUESTION 20000

/* Is `shorter` the reference `longer` with steps cut off its end? */
static bool is_cut_of(const char *shorter, const char *longer)
{
	size_t n = strlen(shorter);

	return !strncmp(longer, shorter, n) && (longer[n] == '.' || longer[n] == '[' || !longer[n]);
}

/* The next reference at or after *i that is not a cut of the one before it; NULL at the end. */
static const char *next_reference(json_t *references, size_t *i)
{
	while (*i < json_array_size(references)) {
		const char *ref = json_string_value(json_array_get(references, *i));
		const char *before = *i ? json_string_value(json_array_get(references, *i - 1)) : NULL;

		(*i)++;
		if (ref && !(before && is_cut_of(ref, before)))
			return ref;
	}
	return NULL;
}

/* An expression may be a block of expressions: an argument that is an object keeps one list. */
static json_t *references_of(json_t *expression)
{
	return json_object_get(expression, "references");
}

/* ---- was it known at plan time? ---- */

struct known {
	struct pl_tf *tf;
	struct pl_tf_doc *doc;
	const char **waits_for;
	unsigned depth;
};

static bool all_known(struct known *k, struct config_module *m, json_t *expression, json_t *for_each);

static bool waits(struct known *k, const char *ref)
{
	*k->waits_for = pl_arena_strdup(&k->tf->model->arena, ref);
	return false;
}

static bool variable_known(struct known *k, struct config_module *m, struct pl_slice name)
{
	json_t *expression;

	if (!m->parent)
		return true; /* root variables' values stand in the plan */
	expression = pl_tf_call_expression(m, name);
	/* an argument that is left out takes the declared default, which is a constant */
	return !expression || all_known(k, m->parent, expression, pl_tf_call_for_each(m));
}

static bool output_known(struct known *k, struct config_module *m, const struct pl_tf_ref *ref,
			 const char *text)
{
	struct config_module *child = pl_map_get(&m->children, ref->name.p, ref->name.n);
	json_t *expression = child ? pl_tf_output_expression(child, ref->output) : NULL;

	return expression ? all_known(k, child, expression, NULL) : waits(k, text);
}

static bool reference_known(struct known *k, struct config_module *m, const char *text,
			    json_t *for_each)
{
	struct pl_tf_ref ref;

	if (!pl_tf_ref_parse(pl_slice(text), &ref))
		return waits(k, text);
	switch (ref.kind) {
	case PL_TF_REF_VAR:
		return variable_known(k, m, ref.name);
	case PL_TF_REF_EACH_KEY:
	case PL_TF_REF_EACH_VALUE:
		return all_known(k, m, for_each, NULL);
	case PL_TF_REF_COUNT_INDEX:
	case PL_TF_REF_PATH:
	case PL_TF_REF_TERRAFORM:
		return true;
	case PL_TF_REF_MODULE_OUTPUT:
		return output_known(k, m, &ref, text);
	default:
		return waits(k, text);
	}
}

/* Blocks inside an argument: every expression in them counts. */
static bool members_known(struct known *k, struct config_module *m, json_t *block, json_t *for_each)
{
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach(block, key, v)
		if (!all_known(k, m, v, for_each))
			return false;
	json_array_foreach(block, i, v)
		if (!all_known(k, m, v, for_each))
			return false;
	return true;
}

static bool all_known(struct known *k, struct config_module *m, json_t *expression, json_t *for_each)
{
	json_t *references = references_of(expression);
	const char *ref;
	bool known = true;

	if (++k->tf->steps > STEPS_A_QUESTION || ++k->depth > PL_LIMIT_REFERENCE_STEPS)
		return waits(k, "a reference that is followed too far");
	if (json_is_object(expression) && json_object_get(expression, "constant_value"))
		known = true;
	else if (!references)
		known = members_known(k, m, expression, for_each);
	for (size_t i = 0; known && (ref = next_reference(references, &i)) != NULL;)
		known = reference_known(k, m, ref, for_each);
	k->depth--;
	return known;
}

bool pl_tf_known_at_plan(struct pl_tf *tf, struct pl_tf_doc *doc, struct config_module *m,
		   json_t *expression, json_t *for_each, const char **waits_for)
{
	struct known k = { .tf = tf, .doc = doc, .waits_for = waits_for };

	tf->steps = 0;
	return all_known(&k, m, expression, for_each);
}

/* ---- which resource is it? ---- */

struct search {
	struct pl_tf *tf;
	struct pl_tf_doc *doc;
	const char *const *types;
	struct resource *found;
	bool several;
	struct found_list *all; /* NULL: only one is wanted */
	unsigned depth;
};

/* Where an expression stands: a module instance, and the key of whoever holds it. */
struct place {
	const char *module;
	const char *key;
	json_t *for_each;
};

static void search_expression(struct search *s, struct place at, json_t *expression);

void pl_tf_found_add(struct pl_tf *tf, struct found_list *list, struct resource *r)
{
	struct pl_tf_resource **grown;

	for (size_t i = 0; i < list->count; i++)
		if (list->list[i] == &r->pub)
			return;
	if (list->count == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 8;
		grown = pl_arena_alloc(&tf->model->arena, list->cap * sizeof *grown);
		if (list->count)
			memcpy(grown, list->list, list->count * sizeof *grown);
		list->list = grown;
	}
	list->list[list->count++] = &r->pub;
}

static void found(struct search *s, struct resource *r)
{
	if (r->pub.gone)
		return;
	if (s->all)
		pl_tf_found_add(s->tf, s->all, r);
	if (s->found && s->found != r)
		s->several = true;
	s->found = r;
}

/* Data sources are wanted under the name data.TYPE. */
static bool wanted_type(const struct search *s, struct pl_slice type, bool data)
{
	for (const char *const *t = s->types; *t; t++)
		if (data ? pl_starts(*t, "data.") && pl_slice_is(type, *t + 5) : pl_slice_is(type, *t))
			return true;
	return false;
}

/* More than one was found where one is wanted: whatever else there is decides nothing. */
static bool is_settled(const struct search *s)
{
	return s->several && !s->all;
}

/* Instances of a block in this module instance: the one of the key, else the holder's own key when
 * the expression asks by key, else all. */
static void search_block(struct search *s, const struct place *at, const struct pl_tf_ref *ref,
			 bool by_key)
{
	struct pl_arena *a = &s->tf->model->arena;
	const char *block = pl_arena_strf(a, "%s|%s" PL_SLICE_FMT "." PL_SLICE_FMT, at->module,
					  ref->kind == PL_TF_REF_DATA ? "data." : "", PL_SLICE_ARG(ref->type),
					  PL_SLICE_ARG(ref->name));
	struct pl_slice key = ref->key;
	struct resource *r;

	if (!key.n && by_key && at->key)
		key = pl_slice(at->key);
	if (key.n) {
		const char *instance = pl_arena_strf(a, "%s[" PL_SLICE_FMT "]", block, PL_SLICE_ARG(key));

		r = pl_map_get(&s->doc->by_instance, instance, strlen(instance));
		if (r)
			found(s, r);
		if (r || ref->key.n)
			return;
	}
	r = pl_map_get(&s->doc->by_block, block, strlen(block));
	for (; r && !is_settled(s); r = r->next_same)
		found(s, r);
}

static void search_variable(struct search *s, const struct place *at, struct pl_slice name)
{
	struct config_module *m = pl_tf_config_of_module(s->doc, at->module);
	struct pl_arena *a = &s->tf->model->arena;
	struct pl_slice parent, call, key;
	json_t *expression;

	if (!m || !m->parent || !pl_tf_module_last(pl_slice(at->module), &parent, &call, &key))
		return;
	expression = pl_tf_call_expression(m, name);
	if (expression)
		search_expression(s, (struct place){ .module = pl_arena_strndup(a, parent.p, parent.n),
				  .key = key.n ? pl_arena_strndup(a, key.p, key.n) : NULL,
				  .for_each = pl_tf_call_for_each(m) }, expression);
}

/* The first of the document's resources whose address is not before the prefix. */
static size_t first_at(const struct pl_tf_doc *doc, const char *prefix)
{
	size_t low = 0, high = doc->sorted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(doc->sorted[middle]->pub.address, prefix) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The i-th of the document's resources when its address begins so, or NULL. */
static struct resource *with_prefix(const struct pl_tf_doc *doc, size_t i, const char *prefix)
{
	return i < doc->sorted_count && pl_starts(doc->sorted[i]->pub.address, prefix) ? doc->sorted[i] : NULL;
}

/* Is there an instance of the module at this address? */
static bool module_exists(struct search *s, const char *module)
{
	const char *inside = pl_arena_strf(&s->tf->model->arena, "%s.", module);

	return with_prefix(s->doc, first_at(s->doc, inside), inside);
}

/* The output of one instance of a called module. */
static bool search_instance(struct search *s, const struct pl_tf_ref *ref, const char *module)
{
	struct config_module *child = pl_tf_config_of_module(s->doc, module);
	json_t *expression = child ? pl_tf_output_expression(child, ref->output) : NULL;

	if (!expression)
		return false;
	search_expression(s, (struct place){ .module = module }, expression);
	return true;
}

/* Every instance of a module that is called with for_each or count. */
static void search_instances(struct search *s, const struct pl_tf_ref *ref, const char *base)
{
	struct pl_arena *a = &s->tf->model->arena;
	const char *inside = pl_arena_strf(a, "%s[", base), *last = NULL;
	size_t n = strlen(base), i = first_at(s->doc, inside);
	struct resource *r;

	/* addresses of one instance stand together */
	for (; (r = with_prefix(s->doc, i, inside)) != NULL && !is_settled(s); i++) {
		size_t len = n + pl_tf_skip_index(r->pub.address + n, strlen(r->pub.address + n));

		if (last && pl_starts(r->pub.address, last))
			continue;
		last = pl_arena_strf(a, "%.*s.", (int)len, r->pub.address);
		if (!search_instance(s, ref, pl_arena_strndup(a, r->pub.address, len)))
			return;
	}
}

static const char *called_module(struct search *s, const struct place *at, const struct pl_tf_ref *ref)
{
	return pl_arena_strf(&s->tf->model->arena, "%s%smodule." PL_SLICE_FMT, at->module,
			     *at->module ? "." : "", PL_SLICE_ARG(ref->name));
}

/* The instance that the reference names, else that of the holder's own key if there is one, or NULL. */
static const char *keyed_module(struct search *s, const struct place *at, const struct pl_tf_ref *ref,
				const char *base, bool by_key)
{
	struct pl_arena *a = &s->tf->model->arena;
	const char *keyed;

	if (ref->key.n)
		return pl_arena_strf(a, "%s[" PL_SLICE_FMT "]", base, PL_SLICE_ARG(ref->key));
	if (!by_key || !at->key)
		return NULL;
	keyed = pl_arena_strf(a, "%s[%s]", base, at->key);
	return module_exists(s, keyed) ? keyed : NULL;
}

static void search_output(struct search *s, const struct place *at, const struct pl_tf_ref *ref,
			  bool by_key)
{
	const char *base = called_module(s, at, ref);
	const char *keyed = keyed_module(s, at, ref, base, by_key);

	if (keyed) {
		search_instance(s, ref, keyed);
		return;
	}
	if (module_exists(s, base))
		search_instance(s, ref, base);
	search_instances(s, ref, base);
}

static void search_below(struct search *s, const char *inside)
{
	struct resource *r;

	for (size_t i = first_at(s->doc, inside); (r = with_prefix(s->doc, i, inside)) != NULL && !is_settled(s); i++)
		if (!r->pub.data && wanted_type(s, pl_slice(r->pub.type), false))
			found(s, r);
}

/* A module as a whole, or its instance of the key: whatever of the types is below it. */
static void search_module(struct search *s, const struct place *at, const struct pl_tf_ref *ref,
			  bool by_key)
{
	struct pl_arena *a = &s->tf->model->arena;
	const char *base = called_module(s, at, ref);
	const char *keyed = keyed_module(s, at, ref, base, by_key);

	search_below(s, pl_arena_strf(a, "%s.", keyed ? keyed : base));
	if (!keyed)
		search_below(s, pl_arena_strf(a, "%s[", base));
}

static void search_reference(struct search *s, const struct place *at, const char *text, bool by_key)
{
	struct pl_tf_ref ref;

	if (!pl_tf_ref_parse(pl_slice(text), &ref))
		return;
	switch (ref.kind) {
	case PL_TF_REF_RESOURCE:
	case PL_TF_REF_DATA:
		if (wanted_type(s, ref.type, ref.kind == PL_TF_REF_DATA))
			search_block(s, at, &ref, by_key);
		break;
	case PL_TF_REF_VAR:
		search_variable(s, at, ref.name);
		break;
	case PL_TF_REF_EACH_KEY:
	case PL_TF_REF_EACH_VALUE:
		search_expression(s, (struct place){ .module = at->module, .key = at->key }, at->for_each);
		break;
	case PL_TF_REF_MODULE_OUTPUT:
		search_output(s, at, &ref, by_key);
		break;
	case PL_TF_REF_MODULE:
		search_module(s, at, &ref, by_key);
		break;
	default:
		break;
	}
}

static bool asks_by_key(json_t *references)
{
	json_t *ref;
	size_t i;

	json_array_foreach(references, i, ref)
		if (!strncmp(json_string_value(ref) ? json_string_value(ref) : "", "each.", 5) ||
		    !strncmp(json_string_value(ref) ? json_string_value(ref) : "", "count.", 6))
			return true;
	return false;
}

static void search_expression(struct search *s, struct place at, json_t *expression)
{
	json_t *references = references_of(expression);
	bool by_key = asks_by_key(references) || !at.for_each;
	const char *ref, *key;
	json_t *v;
	size_t i;

	if (++s->tf->steps > STEPS_A_QUESTION || s->depth > PL_LIMIT_REFERENCE_STEPS)
		return;
	s->depth++;
	for (i = 0; (ref = next_reference(references, &i)) != NULL;)
		search_reference(s, &at, ref, by_key);
	if (!references && !json_object_get(expression, "constant_value")) {
		json_object_foreach(expression, key, v)
			search_expression(s, at, v);
		json_array_foreach(expression, i, v)
			search_expression(s, at, v);
	}
	s->depth--;
}

struct resource *pl_tf_resolve_references(struct pl_tf *tf, struct pl_tf_doc *doc, const char *module,
				    const char *key, json_t *expression, json_t *for_each,
				    const char *const *types, bool *several)
{
	struct search s = { .tf = tf, .doc = doc, .types = types };

	tf->steps = 0;
	search_expression(&s, (struct place){ .module = module, .key = key, .for_each = for_each },
			  expression);
	*several = s.several;
	return s.several ? NULL : s.found;
}

bool pl_tf_resolve_all(struct pl_tf *tf, struct resource *r, json_t *expression, json_t *for_each,
		 const char *const *types, struct found_list *out)
{
	struct search s = { .tf = tf, .doc = r->pub.doc, .types = types, .all = out };

	tf->steps = 0;
	search_expression(&s, (struct place){ .module = r->pub.module, .key = r->pub.index,
					      .for_each = for_each }, expression);
	return out->count;
}
