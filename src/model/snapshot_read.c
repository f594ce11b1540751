/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a snapshot back: see snapshot.h.  Nothing in it is trusted: every place and type is
 * checked, and what a later edition may have added is passed over.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/scalar.h"
#include "base/str.h"
#include "json/load.h"
#include "model/internal.h"
#include "model/snapshot.h"

struct reading {
	struct pl_model *m;
	const char *name;      /* of the snapshot */
	const int *sources;    /* index in the model by place there; -1: passed over */
	size_t source_count;
	struct pl_object **objects; /* by place there; NULL: passed over */
	size_t object_count;
	size_t place;          /* of the object being read */
	int64_t as_of;         /* when it was taken; 0: it does not say */
	struct pl_err *err;
};

static int wrong(const struct reading *r, const char *what)
{
	return pl_err_set(r->err, PL_E_INPUT, "%s: objects[%zu]: %s", r->name, r->place, what);
}

static bool flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static const char *text(struct reading *r, const json_t *o, const char *key)
{
	return pl_model_str(r->m, pl_json_member_str(o, key));
}

/* The place of something in a list, or -1. */
static int place(const json_t *o, const char *key, size_t count)
{
	const json_t *j = json_object_get(o, key);
	json_int_t i = json_is_integer(j) ? json_integer_value(j) : -1;

	return i >= 0 && (uint64_t)i < count ? (int)i : -1;
}

/* ---- sources ---- */

static unsigned read_whole(const json_t *list)
{
	unsigned whole = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		int k = name ? pl_kind_find(name) : -1;

		whole |= k < 0 ? 0 : 1U << k;
	}
	return whole;
}

/* 0: none, or nothing that is one; snapshots of the first releases carry none. */
static int64_t read_day(const json_t *j)
{
	const char *text = pl_json_member_str(j, "as_of");
	int64_t day = 0;

	return text && pl_date_parse(text, &day) ? day : 0;
}

/* A source that was a snapshot itself is as old as that one. */
static int64_t day_of(const struct reading *r, const json_t *source)
{
	return pl_streq(pl_json_member_str(source, "kind"), "snapshot") ? read_day(source) : r->as_of;
}

static int read_source(struct reading *r, const json_t *j)
{
	const char *name = pl_json_member_str(j, "source"), *witness = pl_json_member_str(j, "witness");
	int w = witness ? pl_witness_find(witness) : -1, resources = place(j, "resources", INT32_MAX);
	struct pl_source s = { .kind = "snapshot", .witness = (enum pl_witness)w };

	if (w < 0)
		return -1;
	s.name = pl_model_strf(r->m, "%s (%s)", r->name, name ? name : "without a name");
	s.sha256 = pl_json_member_str(j, "sha256");
	s.terraform_version = pl_json_member_str(j, "terraform_version");
	s.complete = flag(j, "complete");
	s.whole = read_whole(json_object_get(j, "whole"));
	s.why = pl_json_member_str(j, "why");
	s.resources = resources < 0 ? 0 : (size_t)resources;
	s.as_of = day_of(r, j);
	return pl_model_source(r->m, &s);
}

static void read_sources(struct reading *r, const json_t *list)
{
	int *sources = pl_arena_alloc(&r->m->arena, json_array_size(list) * sizeof *sources);

	r->sources = sources;
	r->source_count = json_array_size(list);
	for (size_t i = 0; i < r->source_count; i++)
		sources[i] = read_source(r, json_array_get(list, i));
}

static struct pl_origin read_origin(struct reading *r, const json_t *j)
{
	int at = place(j, "source", r->source_count), line = place(j, "line", INT32_MAX);

	return (struct pl_origin){
		.source = at < 0 ? -1 : r->sources[at],
		.address = text(r, j, "address"),
		.path = text(r, j, "path"),
		.file = text(r, j, "file"),
		.line = line < 0 ? 0 : line,
	};
}

/* ---- values ---- */

static int read_list(struct reading *r, const json_t *j, struct pl_value *v)
{
	const char **list = pl_arena_alloc(&r->m->arena, json_array_size(j) * sizeof *list);

	if (!json_is_array(j))
		return wrong(r, "a list is expected");
	v->count = json_array_size(j);
	v->list = list;
	for (size_t i = 0; i < v->count; i++) {
		list[i] = json_string_value(json_array_get(j, i));
		if (!list[i])
			return wrong(r, "a list holds something that is no text");
	}
	return 0;
}

static int read_map(struct reading *r, json_t *j, struct pl_value *v)
{
	struct pl_pair *map = pl_arena_alloc(&r->m->arena, json_object_size(j) * sizeof *map);
	const char *key;
	json_t *value;

	if (!json_is_object(j))
		return wrong(r, "a map is expected");
	v->map = map;
	json_object_foreach(j, key, value) {
		if (!json_is_string(value))
			return wrong(r, "a map holds something that is no text");
		map[v->count++] = (struct pl_pair){ key, json_string_value(value) };
	}
	return 0;
}

static int read_value(struct reading *r, json_t *j, struct pl_value *v)
{
	switch (v->type) {
	case PL_BOOL:
		v->b = json_is_true(j);
		return json_is_boolean(j) ? 0 : wrong(r, "true or false is expected");
	case PL_INT:
	case PL_BYTES:
		v->i = json_integer_value(j);
		return json_is_integer(j) ? 0 : wrong(r, "a whole number is expected");
	case PL_TEXT:
	case PL_VERSION:
		v->s = json_string_value(j);
		return v->s ? 0 : wrong(r, "a text is expected");
	case PL_LIST:
		return read_list(r, j, v);
	case PL_MAP:
		return read_map(r, j, v);
	}
	return wrong(r, "a value of no known type");
}

/* ---- facts and objects ---- */

static int read_fact(struct reading *r, struct pl_object *o, const json_t *j)
{
	const char *attribute = pl_json_member_str(j, "attribute");
	const char *witness = pl_json_member_str(j, "witness"), *basis = pl_json_member_str(j, "basis");
	int attr = attribute ? pl_attr_find(o->kind, attribute) : -1;
	int w = witness ? pl_witness_find(witness) : -1, b = basis ? pl_basis_find(basis) : -1;
	json_t *value = json_object_get(j, "value");
	struct pl_fact f = { .attr = (enum pl_attr)attr, .witness = (enum pl_witness)w };
	struct pl_value v = { 0 };

	if (attr < 0 || w < 0)
		return 0;
	v.type = pl_attrs[attr].type;
	v.open = flag(j, "open");
	f.basis = b < 0 ? PL_SET : (enum pl_basis)b;
	f.sensitive = flag(j, "sensitive");
	f.ahead = flag(j, "ahead");
	f.known = value && !json_is_null(value);
	f.waits_for = text(r, j, "waits_for");
	f.note = text(r, j, "note");
	f.origin = read_origin(r, json_object_get(j, "origin"));
	if (f.known && read_value(r, value, &v))
		return -1;
	if (f.known)
		f.value = pl_value_copy(r->m, &v);
	else if (f.sensitive && !f.waits_for)
		f.waits_for = "the value is sensitive and was left out of the snapshot";
	pl_fact_put(r->m, o, &f);
	return 0;
}

/* Where the witnesses saw it; false when this edition knows none of them. */
static bool read_seen(struct reading *r, struct pl_object *o, const json_t *seen)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		const json_t *j = json_object_get(seen, pl_witness_name((enum pl_witness)w));

		o->origin[w].source = -1;
		if (!j)
			continue;
		o->origin[w] = read_origin(r, j);
		if (o->origin[w].source >= 0)
			o->seen |= 1U << w;
	}
	return o->seen;
}

static void keep_object(struct pl_model *m, struct pl_object *o)
{
	m->objects = pl_grow(m->objects, m->object_count, &m->object_cap, sizeof(struct pl_object *));
	m->objects[m->object_count++] = o;
}

static int read_object(struct reading *r, const json_t *j)
{
	const char *kind = pl_json_member_str(j, "kind");
	int k = kind ? pl_kind_find(kind) : -1, rank = place(j, "rank", 3);
	int cluster = place(j, "cluster", r->place), pool = place(j, "pool", r->place);
	struct pl_object *o = pl_arena_alloc(&r->m->arena, sizeof *o);
	const json_t *facts = json_object_get(j, "facts");

	if (k < 0 || !read_seen(r, o, json_object_get(j, "seen")))
		return 0;
	o->kind = (enum pl_kind)k;
	o->name = text(r, j, "name");
	o->identity = text(r, j, "identity");
	o->cluster_how = text(r, j, "cluster_how");
	o->any_cluster = flag(j, "any_cluster");
	o->will_change = flag(j, "will_change");
	o->created = flag(j, "created");
	o->gone = flag(j, "gone");
	o->stand_in = flag(j, "stand_in");
	o->nickname = flag(j, "nickname");
	o->alone = flag(j, "alone");
	o->unplanned = flag(j, "unplanned");
	o->closed = text(r, j, "closed");
	o->rank = rank < 0 ? 0 : rank;
	o->cluster = cluster < 0 ? NULL : r->objects[cluster];
	o->pool = pool < 0 ? NULL : r->objects[pool];
	if (o->cluster && (o->cluster->kind != PL_CLUSTER || o->kind == PL_CLUSTER))
		return wrong(r, "'cluster' is not the place of a cluster");
	if (o->pool && (o->pool->kind != PL_POOL || o->kind != PL_NODE))
		return wrong(r, "'pool' is not the place of a pool");
	r->objects[r->place] = o;
	keep_object(r->m, o);
	for (size_t i = 0; i < json_array_size(facts); i++)
		if (read_fact(r, o, json_array_get(facts, i)))
			return -1;
	return 0;
}

static int read_objects(struct reading *r, const json_t *list)
{
	r->object_count = json_array_size(list);
	r->objects = pl_arena_alloc(&r->m->arena, r->object_count * sizeof(struct pl_object *));
	for (r->place = 0; r->place < r->object_count; r->place++)
		if (read_object(r, json_array_get(list, r->place)))
			return -1;
	return 0;
}

/* ---- the rest ---- */

static void read_drift(struct reading *r, const json_t *j)
{
	struct pl_model *m = r->m;
	int object = place(j, "object", r->object_count);

	pl_model_drift(m, &(struct pl_drift){
		.object = object < 0 ? NULL : r->objects[object],
		.cluster = text(r, j, "cluster"),
		.name = text(r, j, "name"),
		.attribute = text(r, j, "attribute"),
		.state = text(r, j, "state"),
		.now = text(r, j, "now"),
		.will_change = flag(j, "will_change"),
		.origin = read_origin(r, json_object_get(j, "origin")),
	});
}

static void read_problem(struct reading *r, const json_t *j)
{
	pl_model_problem(r->m, pl_json_member_str(j, "source"), pl_json_member_str(j, "object"),
			 pl_json_member_str(j, "code"), pl_json_member_str(j, "message"))->permission = text(r, j, "permission");
}

static bool readable(const char *format)
{
	const size_t n = sizeof PL_SNAPSHOT_FORMAT - 1;

	return format && pl_starts(format, PL_SNAPSHOT_FORMAT) && (!format[n] || format[n] == '.');
}

static int read_all(struct reading *r, const json_t *root)
{
	const json_t *drift = json_object_get(root, "drift");
	const json_t *problems = json_object_get(root, "problems");

	r->as_of = read_day(root);
	read_sources(r, json_object_get(root, "sources"));
	if (read_objects(r, json_object_get(root, "objects")))
		return -1;
	for (size_t i = 0; i < json_array_size(drift); i++)
		read_drift(r, json_array_get(drift, i));
	for (size_t i = 0; i < json_array_size(problems); i++)
		read_problem(r, json_array_get(problems, i));
	return 0;
}

int pl_snapshot_read(struct pl_model *m, const char *source, const char *json, size_t len,
		     struct pl_err *err)
{
	pl_auto_json *root = pl_json_load((struct pl_slice){ json, len }, NULL, err);
	struct reading r = { .m = m, .name = source, .err = err };
	size_t objects = m->object_count, sources = m->source_count;

	if (!root)
		return pl_err_wrap(err, "%s", source);
	if (!readable(pl_json_member_str(root, "format")))
		return pl_err_set(err, PL_E_INPUT, "%s: format: this version reads " PL_SNAPSHOT_FORMAT
				  " only", source);
	if (!read_all(&r, root))
		return 0;
	/* half a snapshot is none */
	m->object_count = objects;
	m->source_count = sources;
	return -1;
}
