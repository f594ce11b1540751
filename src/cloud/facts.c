/* SPDX-License-Identifier: Apache-2.0 */
/* Answers -> facts: paths into an answer, and the rows of a provider's tables. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/internal.h"
#include "json/load.h"

/* ---- paths ---- */

/* One name or index of a path; *path moves behind it. */
static json_t *step(json_t *j, const char **path)
{
	const char *p = *path;
	size_t n;

	if (*p == '[') {
		char *end;
		unsigned long i = strtoul(p + 1, &end, 10);

		*path = end + (*end == ']');
		*path += **path == '.';
		return json_array_get(j, i);
	}
	n = strcspn(p, ".[|");
	*path = p + n + (p[n] == '.');
	return json_object_getn(j, p, n);
}

static json_t *walk(json_t *j, const char *path)
{
	while (j && *path && *path != '|')
		j = step(j, &path);
	return json_is_null(j) ? NULL : j;
}

json_t *pl_cloud_get(json_t *json, const char *path)
{
	for (;;) {
		json_t *j = walk(json, path);

		path += strcspn(path, "|");
		if (j || !*path)
			return j;
		path++;
	}
}

const char *pl_cloud_text(struct pl_cloud *c, json_t *json, const char *path)
{
	char buf[48];
	const char *text = pl_json_text(pl_cloud_get(json, path), buf);

	return text && *text ? pl_model_str(c->m, text) : NULL;
}

/* More than this is no count and no size that an API means; sums and products of less stay what they are. */
#define MOST_COUNT 1000000000000000LL
#define MOST_BYTES ((int64_t)1 << 60)

int64_t pl_cloud_int(json_t *json, const char *path, int64_t otherwise)
{
	struct pl_value v = { .type = PL_INT };
	json_t *j = pl_cloud_get(json, path);

	return j && pl_value_read(NULL, PL_AS_INT, j, &v) && v.i <= MOST_COUNT && v.i >= -MOST_COUNT ? v.i : otherwise;
}

int64_t pl_cloud_bytes(json_t *json, const char *path, enum pl_as unit, int64_t otherwise)
{
	struct pl_value v = { .type = PL_BYTES };
	json_t *j = pl_cloud_get(json, path);

	return j && pl_value_read(NULL, unit, j, &v) && v.i >= 0 && v.i <= MOST_BYTES ? v.i : otherwise;
}

void pl_cloud_list_add(struct pl_cloud *c, struct pl_cloud_list *list, const char *text)
{
	if (!(list->count & (list->count - 1))) { /* full at each power of two */
		const char **more = pl_arena_alloc(&c->m->arena, (2 * list->count + 1) * sizeof *more);

		if (list->count)
			memcpy(more, list->items, list->count * sizeof *more);
		list->items = more;
	}
	list->items[list->count++] = text;
}

bool pl_cloud_bool(json_t *json, const char *path, bool otherwise)
{
	struct pl_value v = { .type = PL_BOOL };
	json_t *j = pl_cloud_get(json, path);

	return j && pl_value_read(NULL, PL_AS_BOOL, j, &v) ? v.b : otherwise;
}

/* ---- rows ---- */

static bool is_unset(json_t *j, enum pl_as as)
{
	return !j || ((as == PL_AS_TEXT || as == PL_AS_LOWER) && json_is_string(j) && !json_string_length(j));
}

static void add_field(struct pl_cloud *c, struct pl_object *o, json_t *json, const struct pl_field *f)
{
	struct pl_value v = { .type = pl_attrs[f->attr].type };
	json_t *j = pl_cloud_get(json, f->path);

	if (is_unset(j, f->as))
		pl_field_unset(c->m, o, f->path, f);
	else if (pl_value_read(&c->m->arena, f->as, j, &v))
		pl_fact_add(c->m, o, f->attr, &v, f->path);
	else
		pl_fact_unknown(c->m, o, f->attr, "the value has an unexpected form", f->path);
}

void pl_cloud_fields(struct pl_cloud *c, struct pl_object *o, json_t *json, const struct pl_field *fields)
{
	for (const struct pl_field *f = fields; f->path; f++)
		add_field(c, o, json, f);
}

/* ---- machine types ---- */

static void note(struct pl_fact *f, const char *text)
{
	f->note = text;
}

void pl_cloud_machine(struct pl_cloud *c, struct pl_object *pool, const char *type, const char *path)
{
	static const enum pl_attr sizes[] = { PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };
	const char *name = pl_model_str(c->m, type);
	struct pl_machine machine;
	bool listed = c->provider->machine && c->provider->machine(type, &machine);

	pl_fact_text(c->m, pool, PL_POOL_MACHINE, type, path);
	note(pl_fact_bool(c->m, pool, PL_POOL_MACHINE_LISTED, listed, path), name);
	if (listed) {
		note(pl_fact_int(c->m, pool, PL_POOL_VCPU, machine.vcpu, path), name);
		note(pl_fact_int(c->m, pool, PL_POOL_MEMORY, machine.memory, path), name);
		note(pl_fact_text(c->m, pool, PL_POOL_ARCHITECTURE, machine.architecture, path), name);
		return;
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		note(pl_fact_unknown(c->m, pool, sizes[i],
				     pl_model_strf(c->m, "machine type %s is not in the built-in catalogue", type), path), name);
}
