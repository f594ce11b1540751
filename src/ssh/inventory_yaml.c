/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory as YAML: groups with hosts, children and vars; and the files of variables. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "ssh/inventory.h"

static int fail(const struct pl_inventory *inv, const struct pl_yaml_node *at, const char *what, const char *name)
{
	return pl_inv_fail(inv, at->file, at->line, "%s: '%s'", what, name);
}

/* Counts a walk over `n`'s members. */
static int step(struct pl_inventory *inv, const struct pl_yaml_node *n)
{
	inv->steps += n->count + 1;
	return inv->steps <= PL_LIMIT_INVENTORY_VALUES ? 0 :
	       pl_err_set(inv->err, PL_E_LIMIT, "%s:%d: more than %d values, aliases written out", n->file, n->line,
			  PL_LIMIT_INVENTORY_VALUES);
}

/* What YAML 1.1 reads as null. */
static bool is_null(const struct pl_yaml_node *n)
{
	return n->kind == PL_YAML_SCALAR && !n->quoted &&
	       (!*n->text || !strcmp(n->text, "~") || pl_strieq(n->text, "null"));
}

static struct pl_inv_value *value_of(struct pl_inventory *inv, const struct pl_yaml_node *n)
{
	struct pl_inv_value *v = pl_inv_value(inv, n->kind == PL_YAML_SCALAR && !is_null(n) ? n->text : NULL,
					      n->file, n->line);

	v->encrypted = n->tag && pl_starts(n->tag, "!vault");
	v->structured = n->kind != PL_YAML_SCALAR;
	if (n->kind == PL_YAML_MAPPING)
		for (size_t i = 0; i < n->count; i++)
			v->encrypted |= !strcmp(n->keys[i]->text, "__ansible_vault");
	return v;
}

static int set_priority(struct pl_inventory *inv, const struct pl_yaml_node *n, long *priority)
{
	int64_t value;

	if (n->kind != PL_YAML_SCALAR || !pl_parse_i64(n->text, &value))
		return fail(inv, n, "ansible_group_priority is a number", n->text);
	*priority = (long)value;
	return 0;
}

/* ---- merge keys ---- */

static const struct pl_yaml_node *merge(struct pl_inventory *inv, const struct pl_yaml_node *map, unsigned depth);

/* Members of a mapping that is being put together. */
struct members {
	const struct pl_yaml_node **keys, **items;
	size_t count, cap, items_cap;
	struct pl_map seen;
};

/* Adds those that are not there yet. */
static void add_members(struct members *m, const struct pl_yaml_node *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const char *key = from->keys[i]->text;
		void **seen = pl_map_put(&m->seen, key, strlen(key));

		if (!strcmp(key, "<<") || *seen)
			continue;
		*seen = m;
		m->keys = pl_grow(m->keys, m->count, &m->cap, sizeof *m->keys);
		m->items = pl_grow(m->items, m->count, &m->items_cap, sizeof *m->items);
		m->keys[m->count] = from->keys[i];
		m->items[m->count++] = from->items[i];
	}
}

/* Adds the mapping, or the mappings in a list, that `<<` has; the first that has a key wins. */
static int add_merged(struct pl_inventory *inv, struct members *m, const struct pl_yaml_node *n, unsigned depth)
{
	const struct pl_yaml_node *from;

	if (n->kind == PL_YAML_SCALAR || depth > PL_LIMIT_YAML_DEPTH)
		return fail(inv, n, depth > PL_LIMIT_YAML_DEPTH ? "merged too deeply" : "only mappings can be merged",
			    n->text);
	if (n->kind == PL_YAML_SEQUENCE) {
		for (size_t i = 0; i < n->count; i++)
			if (add_merged(inv, m, n->items[i], depth + 1))
				return -1;
		return 0;
	}
	from = merge(inv, n, depth + 1);
	if (!from)
		return -1;
	add_members(m, from);
	return 0;
}

static const struct pl_yaml_node *keep(struct pl_inventory *inv, const struct pl_yaml_node *map,
				       const struct members *m)
{
	struct pl_yaml_node *n = pl_arena_alloc(&inv->targets->arena, sizeof *n);
	size_t bytes = m->count * sizeof *m->keys;
	const struct pl_yaml_node **keys = pl_arena_alloc(&inv->targets->arena, bytes + 1);
	const struct pl_yaml_node **items = pl_arena_alloc(&inv->targets->arena, bytes + 1);

	if (m->count) {
		memcpy(keys, m->keys, bytes);
		memcpy(items, m->items, bytes);
	}
	*n = *map;
	n->keys = keys;
	n->items = items;
	n->count = m->count;
	return n;
}

/* The mapping with what `<<` merges into it; itself where there is no `<<`, NULL on failure. */
static const struct pl_yaml_node *merge(struct pl_inventory *inv, const struct pl_yaml_node *map, unsigned depth)
{
	const struct pl_yaml_node *merged = pl_yaml_get(map, "<<"), *out = NULL;
	struct members m = { .seen = PL_MAP_INIT };

	if (step(inv, map))
		return NULL;
	if (!merged)
		return map;
	add_members(&m, map);
	if (!add_merged(inv, &m, merged, depth))
		out = keep(inv, map, &m);
	free(m.keys);
	free(m.items);
	pl_map_release(&m.seen);
	return out;
}

/* ---- variables ---- */

int pl_inv_yaml_vars(struct pl_inventory *inv, const struct pl_yaml_node *map, struct pl_inv_vars *vars,
		     long *priority)
{
	map = merge(inv, map, 0);
	if (!map)
		return -1;
	for (size_t i = 0; i < map->count; i++) {
		const char *name = map->keys[i]->text;
		enum pl_inv_var var = pl_inv_var_of(name);

		if (var != PL_INV_VARS)
			vars->values[var] = value_of(inv, map->items[i]);
		else if (priority && !strcmp(name, "ansible_group_priority") && set_priority(inv, map->items[i], priority))
			return -1;
	}
	return 0;
}

/* ---- groups ---- */

static int read_group(struct pl_inventory *inv, const struct pl_yaml_node *name, const struct pl_yaml_node *n,
		      size_t *out, unsigned depth);

static int read_host(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *name,
		     const struct pl_yaml_node *n)
{
	struct pl_inv_edges hosts = { 0 };
	struct pl_inv_vars vars = { { NULL } };
	int rc;

	if (n && n->kind != PL_YAML_MAPPING && !is_null(n))
		return fail(inv, n, "a host's variables are a mapping", name->text);
	if (n && n->kind == PL_YAML_MAPPING && pl_inv_yaml_vars(inv, n, &vars, NULL))
		return -1;
	rc = pl_inv_hosts(inv, name->text, group, name->line, &hosts);
	for (size_t i = 0; !rc && i < hosts.count; i++)
		for (size_t k = 0; k < PL_INV_VARS; k++)
			if (vars.values[k])
				inv->hosts[hosts.items[i]].vars.values[k] = vars.values[k];
	free(hosts.items);
	return rc;
}

static int read_hosts(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *n, unsigned depth)
{
	(void)depth;
	if (n->kind == PL_YAML_SCALAR)
		return read_host(inv, group, n, NULL);
	n = merge(inv, n, 0);
	if (!n)
		return -1;
	for (size_t i = 0; i < n->count; i++)
		if (read_host(inv, group, n->keys[i], n->items[i]))
			return -1;
	return 0;
}

static int read_children(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *n, unsigned depth)
{
	static const struct pl_yaml_node nothing = { .kind = PL_YAML_SCALAR, .text = "" };
	size_t count;

	if (depth > PL_LIMIT_YAML_DEPTH)
		return pl_err_set(inv->err, PL_E_LIMIT, "%s:%d: groups nested too deeply", n->file, n->line);
	n = n->kind == PL_YAML_MAPPING ? merge(inv, n, 0) : n;
	if (!n)
		return -1;
	count = n->kind == PL_YAML_MAPPING ? n->count : 1;
	for (size_t i = 0; i < count; i++) {
		const struct pl_yaml_node *name = n->kind == PL_YAML_MAPPING ? n->keys[i] : n;
		size_t child;

		if (read_group(inv, name, n->kind == PL_YAML_MAPPING ? n->items[i] : &nothing, &child, depth + 1) ||
		    pl_inv_child(inv, group, child, name->line))
			return -1;
	}
	return 0;
}

static int read_vars(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *n, unsigned depth)
{
	struct pl_inv_vars vars = { { NULL } };
	long priority = inv->groups[group].priority;

	(void)depth;
	if (n->kind == PL_YAML_SCALAR)
		return 0;
	if (pl_inv_yaml_vars(inv, n, &vars, &priority))
		return -1;
	inv->groups[group].priority = priority;
	for (size_t i = 0; i < PL_INV_VARS; i++)
		if (vars.values[i])
			inv->groups[group].vars.values[i] = vars.values[i];
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *n, unsigned depth);
} members[] = { { "vars", read_vars }, { "children", read_children }, { "hosts", read_hosts } };

static int read_member(struct pl_inventory *inv, size_t group, const struct pl_yaml_node *key,
		       const struct pl_yaml_node *n, unsigned depth)
{
	size_t i = 0;

	while (i < sizeof members / sizeof *members && strcmp(members[i].name, key->text))
		i++;
	if (i == sizeof members / sizeof *members) {
		pl_ssh_notices_add(&inv->targets->notices, key->file, key->line,
				   pl_arena_strf(&inv->targets->arena,
						 "'%s' is no part of a group: hosts, children and vars are", key->text));
		return 0;
	}
	if (n->kind == PL_YAML_SEQUENCE)
		return fail(inv, n, "a mapping is needed here, not a list", key->text);
	return is_null(n) ? 0 : members[i].read(inv, group, n, depth);
}

static int read_group(struct pl_inventory *inv, const struct pl_yaml_node *name, const struct pl_yaml_node *n,
		      size_t *out, unsigned depth)
{
	if (pl_inv_group(inv, pl_slice(name->text), name->line, out))
		return -1;
	inv->groups[*out].declared = true;
	if (n->kind != PL_YAML_MAPPING) {
		if (!is_null(n))
			pl_ssh_notices_add(&inv->targets->notices, n->file, n->line,
					   pl_arena_strf(&inv->targets->arena, "'%s' is no group: a mapping is",
							 name->text));
		return 0;
	}
	n = merge(inv, n, 0);
	if (!n)
		return -1;
	for (size_t i = 0; i < n->count; i++)
		if (read_member(inv, *out, n->keys[i], n->items[i], depth))
			return -1;
	return 0;
}

int pl_inv_yaml(struct pl_inventory *inv, struct pl_slice text)
{
	const struct pl_yaml_node *root, *plugin;

	if (pl_yaml_parse_shared(&inv->targets->arena, inv->path, text.p, text.n, &root, inv->err))
		return -1;
	plugin = pl_yaml_get(root, "plugin");
	if (plugin && plugin->kind == PL_YAML_SCALAR)
		return pl_err_set(inv->err, PL_E_INPUT,
				  "%s: the configuration of the inventory plugin '%s', which is not run: give what "
				  "`ansible-inventory --list --yaml` prints of it", inv->path, plugin->text);
	if (root->kind != PL_YAML_MAPPING)
		return fail(inv, root, "an inventory is a mapping of groups", root->text);
	if (pl_yaml_get(root, "_meta"))
		return pl_err_set(inv->err, PL_E_INPUT, "%s: the answer of an inventory script: give what "
				  "`ansible-inventory --list --yaml` prints of it", inv->path);
	root = merge(inv, root, 0);
	if (!root)
		return -1;
	for (size_t i = 0; i < root->count; i++) {
		size_t group;

		if (read_group(inv, root->keys[i], root->items[i], &group, 0))
			return -1;
	}
	return 0;
}
