/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of objects, kept in order as they arrive, and their values. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/scalar.h"
#include "base/str.h"
#include "model/internal.h"

/* ---- runs: few (attribute, witness) pairs an object, so a sorted array of them will do ---- */

/* Index of the run of that pair, or of the one it would stand before. */
static size_t run_place(const struct pl_object *o, enum pl_attr attr, enum pl_witness w)
{
	size_t low = 0, high = o->run_count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct pl_fact_run *r = &o->runs[mid];

		if (r->attr < attr || (r->attr == attr && r->witness < w))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool run_is(const struct pl_object *o, size_t i, enum pl_attr attr, enum pl_witness w)
{
	return i < o->run_count && o->runs[i].attr == attr && o->runs[i].witness == w;
}

static void insert_run(struct pl_model *m, struct pl_object *o, size_t at, struct pl_fact_run run)
{
	if (o->run_count == o->run_cap) {
		size_t cap = o->run_cap ? o->run_cap * 2 : 8;
		struct pl_fact_run *runs = pl_arena_alloc(&m->arena, cap * sizeof *runs);

		if (o->run_count)
			memcpy(runs, o->runs, o->run_count * sizeof *runs);
		o->runs = runs;
		o->run_cap = cap;
	}
	memmove(o->runs + at + 1, o->runs + at, (o->run_count - at) * sizeof *o->runs);
	o->runs[at] = run;
	o->run_count++;
}

struct pl_fact *pl_fact_put(struct pl_model *m, struct pl_object *o, const struct pl_fact *f)
{
	struct pl_fact *copy = pl_arena_alloc(&m->arena, sizeof *copy);
	size_t at = run_place(o, f->attr, f->witness);
	bool found = run_is(o, at, f->attr, f->witness);
	struct pl_fact *before = found ? o->runs[at].last : at ? o->runs[at - 1].last : NULL;

	*copy = *f;
	copy->next = before ? before->next : o->facts;
	if (before)
		before->next = copy;
	else
		o->facts = copy;
	if (found)
		o->runs[at].last = copy;
	else
		insert_run(m, o, at, (struct pl_fact_run){ f->attr, f->witness, copy, copy });
	return copy;
}

void pl_object_forget(struct pl_object *o, enum pl_attr attr, enum pl_witness w)
{
	size_t at = run_place(o, attr, w);

	if (!run_is(o, at, attr, w))
		return;
	if (at)
		o->runs[at - 1].last->next = o->runs[at].last->next;
	else
		o->facts = o->runs[at].last->next;
	o->run_count--;
	memmove(o->runs + at, o->runs + at + 1, (o->run_count - at) * sizeof *o->runs);
}

/* The facts of any witness begin where those of the first one do. */
const struct pl_fact *pl_object_fact(const struct pl_object *o, enum pl_attr attr, int witness)
{
	size_t at = run_place(o, attr, witness < 0 ? (enum pl_witness)0 : (enum pl_witness)witness);

	if (at >= o->run_count || o->runs[at].attr != attr)
		return NULL;
	return witness < 0 || o->runs[at].witness == (enum pl_witness)witness ? o->runs[at].first : NULL;
}

const struct pl_fact *pl_fact_next(const struct pl_fact *f, int witness)
{
	const struct pl_fact *next = f->next;

	if (!next || next->attr != f->attr)
		return NULL;
	return witness < 0 || next->witness == (enum pl_witness)witness ? next : NULL;
}

/* ---- writing ---- */

/* The witness and source that an unjoined object comes from. */
static struct pl_fact blank(struct pl_object *o, enum pl_attr attr, const char *path)
{
	enum pl_witness w = PL_PLAN;

	assert(pl_attrs[attr].kind == o->kind);
	while (w < PL_WITNESS_COUNT - 1 && o->origin[w].source < 0)
		w++;
	return (struct pl_fact){
		.attr = attr, .witness = w, .origin = {
			.source = o->origin[w].source, .address = o->origin[w].address,
			.path = path, .file = o->origin[w].file, .line = o->origin[w].line,
		},
	};
}

struct pl_fact *pl_fact_add(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			    const struct pl_value *value, const char *path)
{
	struct pl_value copy = pl_value_copy(m, value);

	return pl_fact_share(m, o, attr, &copy, pl_model_str(m, path));
}

struct pl_fact *pl_fact_share(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			      const struct pl_value *value, const char *path)
{
	struct pl_fact f = blank(o, attr, path);

	assert(value->type == pl_attrs[attr].type);
	f.known = true;
	f.value = *value;
	return pl_fact_put(m, o, &f);
}

struct pl_fact *pl_fact_text(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			     const char *s, const char *path)
{
	return pl_fact_add(m, o, attr, &(struct pl_value){ .type = pl_attrs[attr].type, .s = s }, path);
}

struct pl_fact *pl_fact_int(struct pl_model *m, struct pl_object *o, enum pl_attr attr, int64_t i,
			    const char *path)
{
	return pl_fact_add(m, o, attr, &(struct pl_value){ .type = pl_attrs[attr].type, .i = i }, path);
}

struct pl_fact *pl_fact_list(struct pl_model *m, struct pl_object *o, enum pl_attr attr, const char *const *list,
			     size_t count, const char *path)
{
	return pl_fact_add(m, o, attr, &(struct pl_value){ .type = PL_LIST, .list = list, .count = count }, path);
}

struct pl_fact *pl_fact_bool(struct pl_model *m, struct pl_object *o, enum pl_attr attr, bool b,
			     const char *path)
{
	return pl_fact_add(m, o, attr, &(struct pl_value){ .type = PL_BOOL, .b = b }, path);
}

struct pl_fact *pl_fact_unknown(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
				const char *waits_for, const char *path)
{
	struct pl_fact f = blank(o, attr, pl_model_str(m, path));

	f.waits_for = pl_model_str(m, waits_for);
	return pl_fact_put(m, o, &f);
}

/* ---- values ---- */

/* By key; those of the same key in the order given. */
static int compare_pairs(const void *a, const void *b)
{
	const struct pl_pair *x = *(const struct pl_pair *const *)a;
	const struct pl_pair *y = *(const struct pl_pair *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x > y) - (x < y);
}

/* Sorted by key; of a key given twice the last counts. */
static const struct pl_pair *copy_map(struct pl_model *m, const struct pl_value *v, size_t *count)
{
	const struct pl_pair **order = pl_alloc(v->count * sizeof *order);
	struct pl_pair *map = pl_arena_alloc(&m->arena, v->count * sizeof *map);
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++)
		order[i] = &v->map[i];
	if (v->count)
		qsort(order, v->count, sizeof *order, compare_pairs);
	for (size_t i = 0; i < v->count; i++)
		if (i + 1 == v->count || strcmp(order[i]->key, order[i + 1]->key))
			map[n++] = (struct pl_pair){ pl_model_str(m, order[i]->key),
						     pl_model_str(m, order[i]->value ? order[i]->value : "") };
	free(order);
	*count = n;
	return map;
}

static const char *const *copy_list(struct pl_model *m, const struct pl_value *v)
{
	const char **list = pl_arena_alloc(&m->arena, v->count * sizeof *list);

	for (size_t i = 0; i < v->count; i++)
		list[i] = pl_model_str(m, v->list[i]);
	return list;
}

struct pl_value pl_value_copy(struct pl_model *m, const struct pl_value *v)
{
	struct pl_value copy = *v;

	copy.s = pl_model_str(m, v->s);
	if (v->type == PL_MAP)
		copy.map = copy_map(m, v, &copy.count);
	if (v->type == PL_LIST)
		copy.list = copy_list(m, v);
	return copy;
}

const char *pl_value_get(const struct pl_value *v, const char *key)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(v->map[mid].key, key);

		if (!order)
			return v->map[mid].value;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool items_eq(const struct pl_value *a, const struct pl_value *b)
{
	if (a->count != b->count || a->open != b->open)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->type == PL_LIST && !pl_streq(a->list[i], b->list[i]))
			return false;
		if (a->type == PL_MAP && (!pl_streq(a->map[i].key, b->map[i].key) ||
					  !pl_streq(a->map[i].value, b->map[i].value)))
			return false;
	}
	return true;
}

bool pl_value_eq(const struct pl_value *a, const struct pl_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case PL_BOOL:
		return a->b == b->b;
	case PL_INT:
	case PL_BYTES:
		return a->i == b->i;
	case PL_TEXT:
	case PL_VERSION:
		return pl_streq(a->s, b->s);
	case PL_LIST:
	case PL_MAP:
		return items_eq(a, b);
	}
	return false;
}

const char *pl_pair_shown(const struct pl_pair *p)
{
	return pl_secret_name(p->key) ? "(sensitive)" : p->value;
}

static const char *items_text(struct pl_arena *a, const struct pl_value *v)
{
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; i < v->count; i++) {
		pl_buf_adds(&b, i ? ", " : "");
		if (v->type == PL_LIST)
			pl_buf_adds(&b, v->list[i]);
		else
			pl_buf_addf(&b, "%s=%s", v->map[i].key, pl_pair_shown(&v->map[i]));
	}
	if (v->open)
		pl_buf_adds(&b, v->count ? ", and others not known yet" : "not known yet");
	else if (!v->count)
		pl_buf_adds(&b, "none");
	return pl_arena_strndup(a, b.data, b.len);
}

const char *pl_value_text(struct pl_arena *a, const struct pl_value *v)
{
	char bytes[32];

	switch (v->type) {
	case PL_BOOL:
		return v->b ? "true" : "false";
	case PL_INT:
		return pl_arena_strf(a, "%" PRId64, v->i);
	case PL_BYTES:
		return pl_arena_strdup(a, pl_bytes_text(v->i, bytes));
	case PL_TEXT:
	case PL_VERSION:
		return v->s;
	case PL_LIST:
	case PL_MAP:
		return items_text(a, v);
	}
	return "";
}
