/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: all, any, not, named selections and checks, and tests of attributes (see test.c). */
#include <string.h>

#include "arch/internal.h"
#include "base/buf.h"
#include "base/limits.h"
#include "check/check.h"

static struct pl_cond *new_cond(struct loader *l, enum pl_cond_op op, size_t count)
{
	struct pl_cond *c = pl_arena_alloc(&l->arch->arena, sizeof *c);
	const struct pl_cond **sub = pl_arena_alloc(&l->arch->arena, (count + 1) * sizeof *sub);

	c->op = op;
	c->sub = sub;
	c->count = count;
	return c;
}

static const struct pl_cond **subs(struct pl_cond *c)
{
	return (const struct pl_cond **)(void *)c->sub;
}

static int load_list(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
		     enum pl_cond_op op, unsigned depth, const struct pl_cond **out)
{
	struct pl_cond *c;

	if (n->kind != PL_YAML_SEQUENCE || !n->count)
		return pl_arch_fail_at(l, n, "'%s' takes a list of at least one condition",
				       op == PL_COND_ALL ? "all" : "any");
	c = new_cond(l, op, n->count);
	for (size_t i = 0; i < n->count; i++)
		if (pl_arch_load_condition(l, n->items[i], kind, depth + 1, &subs(c)[i]))
			return -1;
	*out = c;
	return 0;
}

static int load_not(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
		    unsigned depth, const struct pl_cond **out)
{
	struct pl_cond *c = new_cond(l, PL_COND_NOT, 1);

	if (pl_arch_load_condition(l, n, kind, depth + 1, &subs(c)[0]))
		return -1;
	*out = c;
	return 0;
}

static int load_check(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
		      const struct pl_cond **out)
{
	const struct pl_check *check = n->kind == PL_YAML_SCALAR ? pl_check_find(n->text) : NULL;
	struct pl_cond *c;
	pl_auto_buf names = PL_BUF_INIT;

	if (!check) {
		for (const struct pl_check *known = pl_checks; known->name; known++)
			pl_buf_addf(&names, "%s%s", names.len ? ", " : "", known->name);
		return pl_arch_fail_at(l, n, "there is no check '%s'; known: %s", n->text,
				       names.data);
	}
	if (check->on != kind)
		return pl_arch_fail_at(l, n, "check '%s' judges a %s, not a %s", check->name,
				       pl_kind_name(check->on), pl_kind_name(kind));
	c = new_cond(l, PL_COND_CHECK, 0);
	c->check = check;
	*out = c;
	return 0;
}

/* `where: labelled`: a selection that the architecture names once. */
static int load_selection(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
			  unsigned depth, const struct pl_cond **out)
{
	const struct pl_yaml_node *selections = pl_yaml_get(l->root, "selections");
	const struct pl_yaml_node *s = pl_yaml_get(selections, n->text);
	enum pl_kind on;

	if (!s)
		return pl_arch_fail_at(l, n, "there is no selection '%s'; known: %s", n->text,
				       pl_arch_known(l, selections));
	if (pl_arch_kind_of(l, s, &on))
		return -1;
	if (on != kind)
		return pl_arch_fail_at(l, n, "selection '%s' (%s:%d) selects a %s, not a %s",
				       n->text, s->file,
				       s->line, pl_kind_name(on), pl_kind_name(kind));
	if (!pl_yaml_get(s, "where"))
		return pl_arch_fail_at(l, s, "'where' is missing: what the selection selects");
	return pl_arch_load_condition(l, pl_yaml_get(s, "where"), kind, depth + 1, out);
}

int pl_arch_check_selections(struct loader *l)
{
	static const char *const names[] = { "on", "where", NULL };
	const struct pl_yaml_node *all = pl_yaml_get(l->root, "selections");
	const struct pl_cond *unused;

	if (all && all->kind != PL_YAML_MAPPING)
		return pl_arch_fail_at(l, all, "'selections' is a mapping from names to on and "
					       "where");
	for (size_t i = 0; all && i < all->count; i++) {
		enum pl_kind on;

		if (pl_arch_check_name(l, all->keys[i], "selection") ||
		    pl_arch_only_keys(l, all->items[i], "a selection", names) ||
		    pl_arch_kind_of(l, all->items[i], &on) ||
		    load_selection(l, all->keys[i], on, 0, &unused))
			return -1;
	}
	return 0;
}

static int unknown_attribute(struct loader *l, const struct pl_yaml_node *key, enum pl_kind kind)
{
	pl_auto_buf names = PL_BUF_INIT;

	for (int a = 0; a < PL_ATTR_COUNT; a++)
		if (pl_attrs[a].kind == kind)
			pl_buf_addf(&names, "%s%s", names.len ? ", " : "", pl_attrs[a].name);
	return pl_arch_fail_at(l, key, "a %s has no attribute '%s'; it has: %s", pl_kind_name(kind),
			       key->text,
			       names.len ? names.data : "none");
}

static int load_member(struct loader *l, const struct pl_yaml_node *key,
		       const struct pl_yaml_node *value, enum pl_kind kind, unsigned depth,
		       const struct pl_cond **out)
{
	int attr;

	if (!strcmp(key->text, "all"))
		return load_list(l, value, kind, PL_COND_ALL, depth, out);
	if (!strcmp(key->text, "any"))
		return load_list(l, value, kind, PL_COND_ANY, depth, out);
	if (!strcmp(key->text, "not"))
		return load_not(l, value, kind, depth, out);
	if (!strcmp(key->text, "check"))
		return load_check(l, value, kind, out);
	attr = pl_attr_find(kind, key->text);
	if (attr < 0)
		return unknown_attribute(l, key, kind);
	return pl_arch_load_test(l, value, (enum pl_attr)attr, out);
}

int pl_arch_load_condition(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
			   unsigned depth, const struct pl_cond **out)
{
	struct pl_cond *c;

	if (depth > PL_LIMIT_CONDITION_DEPTH)
		return pl_arch_fail_at(l, n, "conditions nested more than %d deep (or a selection "
					     "that names itself)",
				       PL_LIMIT_CONDITION_DEPTH);
	/* a few selections that name each other twice expand without end */
	if (++l->conditions > PL_LIMIT_CONDITIONS)
		return pl_arch_fail_at(l, n, "more than %d conditions, counting what the "
					     "selections stand for",
				       PL_LIMIT_CONDITIONS);
	if (n->kind == PL_YAML_SCALAR)
		return load_selection(l, n, kind, depth, out);
	if (n->kind != PL_YAML_MAPPING || !n->count)
		return pl_arch_fail_at(l, n, "a condition is a mapping of attributes, or the name "
					     "of a selection");
	if (n->count == 1)
		return load_member(l, n->keys[0], n->items[0], kind, depth, out);
	c = new_cond(l, PL_COND_ALL, n->count);
	for (size_t i = 0; i < n->count; i++)
		if (load_member(l, n->keys[i], n->items[i], kind, depth, &subs(c)[i]))
			return -1;
	*out = c;
	return 0;
}
