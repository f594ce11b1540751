/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the model as JSON: see snapshot.h.  Objects refer to their cluster by its place. */
#include "model/snapshot.h"

#include "base/map.h"
#include "base/scalar.h"
#include "json/write.h"
#include "model/internal.h"

static void write_flag(struct pl_json_out *w, const char *key, bool set)
{
	if (set)
		pl_json_member_bool(w, key, true);
}

/* The kinds of which a source that is not complete told all. */
static void write_whole(struct pl_json_out *w, unsigned whole)
{
	pl_json_member_open(w, "whole", '[');
	for (int k = 0; k < PL_KIND_COUNT; k++)
		if (whole & 1U << k)
			pl_json_str(w, pl_kind_name((enum pl_kind)k));
	pl_json_close(w, ']');
}

static void write_day(struct pl_json_out *w, int64_t as_of)
{
	char day[16];

	if (as_of)
		pl_json_member(w, "as_of", pl_date_text(as_of, day));
}

static void write_source(struct pl_json_out *w, const struct pl_source *s)
{
	pl_json_open(w, '{');
	pl_json_member(w, "source", s->name);
	pl_json_member(w, "witness", pl_witness_name(s->witness));
	pl_json_member_opt(w, "kind", s->kind);
	write_day(w, s->as_of);
	pl_json_member_opt(w, "sha256", s->sha256);
	pl_json_member_opt(w, "terraform_version", s->terraform_version);
	pl_json_member_bool(w, "complete", s->complete);
	pl_json_member_opt(w, "why", s->why);
	if (s->whole)
		write_whole(w, s->whole);
	pl_json_member_int(w, "resources", (int64_t)s->resources);
	pl_json_close(w, '}');
}

/* The members of an origin, into the object that is open. */
static void write_origin(struct pl_json_out *w, const struct pl_origin *o)
{
	if (o->source >= 0)
		pl_json_member_int(w, "source", o->source);
	pl_json_member_opt(w, "address", o->address);
	pl_json_member_opt(w, "path", o->path);
	pl_json_member_opt(w, "file", o->file);
	if (o->line)
		pl_json_member_int(w, "line", o->line);
}

static void write_items(struct pl_json_out *w, const struct pl_value *v)
{
	pl_json_open(w, v->type == PL_LIST ? '[' : '{');
	for (size_t i = 0; i < v->count; i++) {
		if (v->type == PL_LIST)
			pl_json_str(w, v->list[i]);
		else
			pl_json_member(w, v->map[i].key, pl_pair_shown(&v->map[i]));
	}
	pl_json_close(w, v->type == PL_LIST ? ']' : '}');
}

static void write_value(struct pl_json_out *w, const struct pl_value *v)
{
	switch (v->type) {
	case PL_BOOL:
		pl_json_bool(w, v->b);
		break;
	case PL_INT:
	case PL_BYTES:
		pl_json_int(w, v->i);
		break;
	case PL_TEXT:
	case PL_VERSION:
		pl_json_str(w, v->s);
		break;
	case PL_LIST:
	case PL_MAP:
		write_items(w, v);
		break;
	}
}

static void write_fact(struct pl_json_out *w, const struct pl_fact *f)
{
	pl_json_open(w, '{');
	pl_json_member(w, "attribute", pl_attrs[f->attr].name);
	pl_json_member(w, "witness", pl_witness_name(f->witness));
	pl_json_member(w, "basis", pl_basis_name(f->basis));
	pl_json_key(w, "value");
	if (f->known && !f->sensitive)
		write_value(w, &f->value);
	else
		pl_json_null(w);
	write_flag(w, "sensitive", f->sensitive);
	write_flag(w, "ahead", f->ahead);
	write_flag(w, "open", f->known && !f->sensitive && f->value.open);
	pl_json_member_opt(w, "waits_for", f->waits_for);
	pl_json_member_opt(w, "note", f->note);
	pl_json_member_open(w, "origin", '{');
	write_origin(w, &f->origin);
	pl_json_close(w, '}');
	pl_json_close(w, '}');
}

static void write_seen(struct pl_json_out *w, const struct pl_object *o)
{
	pl_json_member_open(w, "seen", '{');
	for (int i = 0; i < PL_WITNESS_COUNT; i++) {
		if (!(o->seen & 1U << i))
			continue;
		pl_json_member_open(w, pl_witness_name((enum pl_witness)i), '{');
		write_origin(w, &o->origin[i]);
		pl_json_close(w, '}');
	}
	pl_json_close(w, '}');
}

/* Where each object stands in the list. */
struct places {
	const struct pl_model *m;
	struct pl_map *map;
};

static void write_place(struct pl_json_out *w, const char *key, const struct places *places,
			const struct pl_object *o)
{
	struct pl_object **place = pl_map_get(places->map, (const char *)&o, sizeof o);

	if (place)
		pl_json_member_int(w, key, (int64_t)(place - places->m->objects));
}

static void write_object(struct pl_json_out *w, const struct pl_object *o, const struct places *places)
{
	pl_json_open(w, '{');
	pl_json_member(w, "kind", pl_kind_name(o->kind));
	pl_json_member_opt(w, "name", o->name);
	pl_json_member_opt(w, "identity", o->identity);
	write_place(w, "cluster", places, o->cluster);
	write_place(w, "pool", places, o->pool);
	pl_json_member_opt(w, "cluster_how", o->cluster_how);
	write_flag(w, "any_cluster", o->any_cluster);
	write_flag(w, "will_change", o->will_change);
	write_flag(w, "created", o->created);
	write_flag(w, "gone", o->gone);
	write_flag(w, "stand_in", o->stand_in);
	write_flag(w, "nickname", o->nickname);
	write_flag(w, "alone", o->alone);
	write_flag(w, "unplanned", o->unplanned);
	pl_json_member_opt(w, "closed", o->closed);
	if (o->rank)
		pl_json_member_int(w, "rank", o->rank);
	write_seen(w, o);
	pl_json_member_open(w, "facts", '[');
	for (const struct pl_fact *f = o->facts; f; f = f->next)
		write_fact(w, f);
	pl_json_close(w, ']');
	pl_json_close(w, '}');
}

static void write_objects(struct pl_json_out *w, const struct pl_model *m, struct pl_map *places)
{
	pl_json_member_open(w, "objects", '[');
	for (size_t i = 0; i < m->object_count; i++)
		write_object(w, m->objects[i], &(struct places){ m, places });
	pl_json_close(w, ']');
}

static void write_drift(struct pl_json_out *w, const struct pl_drift *d, struct pl_map *places,
			const struct pl_model *m)
{
	pl_json_open(w, '{');
	write_place(w, "object", &(struct places){ m, places }, d->object);
	pl_json_member_opt(w, "cluster", d->cluster);
	pl_json_member_opt(w, "name", d->name);
	pl_json_member_opt(w, "attribute", d->attribute);
	pl_json_member_opt(w, "state", d->state);
	pl_json_member_opt(w, "now", d->now);
	write_flag(w, "will_change", d->will_change);
	pl_json_member_open(w, "origin", '{');
	write_origin(w, &d->origin);
	pl_json_close(w, '}');
	pl_json_close(w, '}');
}

static void write_problem(struct pl_json_out *w, const struct pl_problem *p)
{
	pl_json_open(w, '{');
	pl_json_member_opt(w, "source", p->source);
	pl_json_member_opt(w, "object", p->object);
	pl_json_member_opt(w, "code", p->code);
	pl_json_member_opt(w, "message", p->message);
	pl_json_member_opt(w, "permission", p->permission);
	pl_json_close(w, '}');
}

void pl_snapshot_write(const struct pl_model *m, struct pl_buf *out)
{
	struct pl_json_out w = PL_JSON_OUT(out);
	struct pl_map places = PL_MAP_INIT;

	for (size_t i = 0; i < m->object_count; i++)
		*pl_map_put(&places, (const char *)&m->objects[i], sizeof m->objects[i]) = &m->objects[i];
	pl_json_open(&w, '{');
	pl_json_member(&w, "format", PL_SNAPSHOT_FORMAT);
	write_day(&w, m->as_of);
	pl_json_member_open(&w, "sources", '[');
	for (size_t i = 0; i < m->source_count; i++)
		write_source(&w, &m->sources[i]);
	pl_json_close(&w, ']');
	write_objects(&w, m, &places);
	pl_json_member_open(&w, "drift", '[');
	/* where witnesses disagree is seen again when their facts are read */
	for (size_t i = 0; i < m->drift_count; i++)
		if (!m->drift[i].witnesses)
			write_drift(&w, &m->drift[i], &places, m);
	pl_json_close(&w, ']');
	pl_json_member_open(&w, "problems", '[');
	for (size_t i = 0; i < m->problem_count; i++)
		write_problem(&w, &m->problems[i]);
	pl_json_close(&w, ']');
	pl_json_close(&w, '}');
	pl_map_release(&places);
}
