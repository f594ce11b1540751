/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `extends` and `overrides`: one text laid over another before either is loaded.  Nodes remember the
 * text they stand in, so a message names the file that is wrong.
 */
#include <string.h>

#include "arch/internal.h"
#include "base/buf.h"
#include "base/str.h"

/* A mapping that is filled key by key. */
struct layer {
	struct pl_yaml_node *node;
	const struct pl_yaml_node **keys, **items;
};

static struct layer new_layer(const struct loader *l, const struct pl_yaml_node *like, size_t room)
{
	struct pl_arena *arena = &l->arch->arena;
	struct layer out = { pl_arena_alloc(arena, sizeof *out.node),
			     pl_arena_alloc(arena, (room + 1) * sizeof *out.keys),
			     pl_arena_alloc(arena, (room + 1) * sizeof *out.items) };

	*out.node = *like;
	out.node->keys = out.keys;
	out.node->items = out.items;
	out.node->count = 0;
	return out;
}

static void add(struct layer *to, const struct pl_yaml_node *key, const struct pl_yaml_node *value)
{
	to->keys[to->node->count] = key;
	to->items[to->node->count++] = value;
}

static const struct pl_yaml_node *overlay(const struct loader *l, const struct pl_yaml_node *under,
					  const struct pl_yaml_node *over, bool deep);

static const struct pl_yaml_node *appended(const struct loader *l, const struct pl_yaml_node *first,
					   const struct pl_yaml_node *then)
{
	struct layer out = new_layer(l, then, first->count + then->count);

	for (size_t i = 0; i < first->count; i++)
		add(&out, NULL, first->items[i]);
	for (size_t i = 0; i < then->count; i++)
		add(&out, NULL, then->items[i]);
	return out.node;
}

/* The value of a key of both: a part of a deep overlay joins its like, all else is replaced. */
static const struct pl_yaml_node *combined(const struct loader *l, const struct pl_yaml_node *under,
					   const struct pl_yaml_node *over, bool deep)
{
	if (!over || !deep || under->kind != over->kind || !over->count)
		return over ? over : under;
	if (over->kind == PL_YAML_SEQUENCE)
		return appended(l, under, over);
	return overlay(l, under, over, false);
}

/* The keys of `under`, with the values of `over` where it has them, then those of `over` alone. */
static const struct pl_yaml_node *overlay(const struct loader *l, const struct pl_yaml_node *under,
					  const struct pl_yaml_node *over, bool deep)
{
	struct layer out = new_layer(l, under, under->count + over->count);

	for (size_t i = 0; i < under->count; i++)
		add(&out, under->keys[i],
		    combined(l, under->items[i], pl_yaml_get(over, under->keys[i]->text), deep));
	for (size_t i = 0; i < over->count; i++)
		if (!pl_yaml_get(under, over->keys[i]->text))
			add(&out, over->keys[i], over->items[i]);
	return out.node;
}

/* The mapping without some of its keys (NULL-terminated). */
static const struct pl_yaml_node *without(const struct loader *l, const struct pl_yaml_node *map,
					  const char *const *names)
{
	struct layer out = new_layer(l, map, map->count);

	for (size_t i = 0; i < map->count; i++) {
		const char *const *n = names;

		while (*n && strcmp(*n, map->keys[i]->text))
			n++;
		if (!*n)
			add(&out, map->keys[i], map->items[i]);
	}
	return out.node;
}

/* ---- extends ---- */

static const struct pl_arch_text *text_of(const struct loader *l, const struct pl_yaml_node *spec,
					  const struct pl_arch_text *library)
{
	size_t n = strcspn(spec->text, "/");
	pl_auto_buf known = PL_BUF_INIT;

	for (; library && library->name; library++) {
		if (!strcmp(library->name, "platform"))
			continue;
		if (strlen(library->name) == n && !memcmp(library->name, spec->text, n))
			return library;
		pl_buf_addf(&known, "%s%s", known.len ? ", " : "", library->name);
	}
	pl_arch_fail_at(l, spec, "there is no built-in architecture '%s' to extend; there is: %s",
			spec->text,
			known.len ? known.data : "none");
	return NULL;
}

/* What names the whole is the file's own: a changed architecture does not pass for the original. */
static int check_own(const struct loader *l, const struct pl_yaml_node *spec)
{
	static const char *const needed[] = { "name", "title", "edition", NULL };
	const struct pl_yaml_node *profiles = pl_yaml_get(l->root, "profiles");
	const char *text;

	if (spec->kind != PL_YAML_SCALAR || !*spec->text)
		return pl_arch_fail_at(l, spec, "'extends' is one text, NAME or NAME/PROFILE");
	for (const char *const *key = needed; *key; key++)
		if (pl_arch_text_of(l, l->root, *key, true, &text))
			return -1;
	if (profiles)
		return pl_arch_fail_at(l, profiles, "the profiles are those of what it extends: "
						    "remove 'profiles'");
	return 0;
}

static int choose_profile(const struct loader *l, const struct pl_yaml_node *spec,
			  const struct pl_yaml_node *base, const char **profile)
{
	const struct pl_yaml_node *profiles = pl_yaml_get(base, "profiles");
	const char *slash = strchr(spec->text, '/');

	if (slash && !pl_yaml_get(profiles, slash + 1))
		return pl_arch_fail_at(l, spec, "'%.*s' has no profile '%s'; it has: %s",
				       (int)(slash - spec->text),
				       spec->text, slash + 1, pl_arch_known(l, profiles));
	if (slash && !*profile)
		*profile = slash + 1;
	return 0;
}

/* ---- overrides ---- */

static const char *const clause_keys[] = { "on", "where", "expect", "provider", NULL };

const struct pl_yaml_node *pl_arch_override(const struct loader *l, const struct pl_yaml_node *n)
{
	static const char *const clauses[] = { "clauses", NULL };
	const char *id = pl_yaml_text(n, "id");
	const struct pl_yaml_node *over = id ? pl_yaml_get(l->overrides, id) : NULL;
	const struct pl_yaml_node *out;

	if (!over || over->kind != PL_YAML_MAPPING || n->file == l->own)
		return n;
	if (pl_yaml_get(over, "clauses")) /* one way of saying what is judged replaces the other */
		out = without(l, n, clause_keys);
	else
		out = pl_yaml_get(over, "on") ? without(l, n, clauses) : n;
	out = overlay(l, out, over, false);
	return out;
}

static int check_override(const struct loader *l, const struct pl_yaml_node *id,
			  const struct pl_yaml_node *over)
{
	if (over->kind != PL_YAML_MAPPING || !over->count)
		return pl_arch_fail_at(l, over, "an override is a mapping of the keys of '%s' "
						"that change", id->text);
	if (pl_yaml_get(over, "id"))
		return pl_arch_fail_at(l, pl_yaml_get(over, "id"),
				       "an override keeps the id: remove 'id'");
	return 0;
}

/* What overrides are, before they are used. */
static int check_shape(const struct loader *l)
{
	const struct pl_yaml_node *all = l->overrides;

	if (all && all->kind != PL_YAML_MAPPING)
		return pl_arch_fail_at(l, all, "'overrides' is a mapping from ids to the keys "
					       "that change");
	for (size_t i = 0; all && i < all->count; i++)
		if (check_override(l, all->keys[i], all->items[i]))
			return -1;
	return 0;
}

int pl_arch_check_overrides(const struct loader *l)
{
	for (size_t i = 0; l->overrides && i < l->overrides->count; i++) {
		const struct pl_yaml_node *id = l->overrides->keys[i];
		const struct pl_requirement *r = pl_arch_find(l->arch, id->text);

		if (!r || r->file == l->own)
			return pl_arch_fail_at(l, id, "there is no requirement '%s' of another "
						      "architecture to override",
					       id->text);
	}
	return 0;
}

/* ---- both ---- */

int pl_arch_extend(struct loader *l, const struct pl_arch_text *library, const char **profile)
{
	static const char *const status_text[] = { "status_text", NULL };
	const struct pl_yaml_node *spec = pl_yaml_get(l->root, "extends"), *base;
	const struct pl_arch_text *text;
	const char *name;

	l->overrides = pl_yaml_get(l->root, "overrides");
	l->own = l->root->file;
	if (check_shape(l))
		return -1;
	if (!spec)
		return 0;
	text = check_own(l, spec) ? NULL : text_of(l, spec, library);
	if (!text)
		return -1;
	name = pl_arena_strdup(&l->arch->arena, text->name);
	if (pl_yaml_parse_one(&l->arch->arena, name, text->text, text->len, &base, l->err))
		return -1;
	if (base->kind != PL_YAML_MAPPING || pl_yaml_get(base, "extends"))
		return pl_arch_fail_at(l, spec, "'%s' cannot be extended: it is no architecture "
						"of its own", text->name);
	if (choose_profile(l, spec, base, profile))
		return -1;
	if (pl_yaml_get(l->root, "status")) /* the base's words are about the base's status */
		base = without(l, base, status_text);
	l->root = overlay(l, base, l->root, true);
	return 0;
}
