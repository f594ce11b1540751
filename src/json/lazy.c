/* SPDX-License-Identifier: Apache-2.0 */
/* Objects whose members are loaded when asked for: see lazy.h. */
#include "json/lazy.h"

#include <stdlib.h>
#include <string.h>

#include "json/load.h"
#include "json/scan.h"

struct pl_json_lazy_member {
	struct pl_slice key, value;
	json_t *json;               /* NULL until asked for */
	struct pl_json_lazy *block; /* the same as an object of its own; NULL until asked for, or none */
	bool no_block;
};

static void load_whole(struct pl_json_lazy *o, bool *odd)
{
	struct pl_err err = PL_ERR_INIT;

	/* what cannot be loaded although it was validated counts as absent */
	o->whole = pl_json_load(o->text, odd, &err);
}

static void add_member(struct pl_json_lazy *o, struct pl_slice key, struct pl_slice value)
{
	o->members = pl_grow(o->members, o->count, &o->cap, sizeof *o->members);
	o->members[o->count++] = (struct pl_json_lazy_member){ .key = key, .value = value };
}

/* Notes where each member is.  A key that is written with escapes makes it a tree after all. */
static void index_members(struct pl_json_lazy *o, bool *odd)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice key, value;
	bool plain = true;
	struct pl_scan s;

	o->indexed = true;
	if (!o->text.n)
		return;
	pl_scan_init(&s, o->text);
	if (pl_scan_enter(&s, '{', &err) != 1) {
		load_whole(o, odd);
		return;
	}
	while (plain && pl_scan_member(&s, &key, &err) == 1 && !pl_scan_skip(&s, &value, &err)) {
		plain = !memchr(key.p, '\\', key.n);
		add_member(o, key, value);
	}
	if (!plain)
		load_whole(o, odd);
}

static struct pl_json_lazy_member *find(struct pl_json_lazy *o, struct pl_slice name, bool *odd)
{
	struct pl_json_lazy_member *found = NULL;

	for (size_t i = 0; i < o->count; i++) {
		struct pl_json_lazy_member *m = &o->members[i];

		if (m->key.n != name.n || memcmp(m->key.p, name.p, name.n))
			continue;
		*odd |= found != NULL;
		found = m;
	}
	return found;
}

json_t *pl_json_lazy_get(struct pl_json_lazy *o, struct pl_slice name, bool *odd)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_json_lazy_member *m;

	if (!o->whole && !o->indexed)
		index_members(o, odd);
	if (o->whole)
		return json_object_getn(o->whole, name.p, name.n);
	m = find(o, name, odd);
	if (m && !m->json)
		m->json = pl_json_load(m->value, odd, &err);
	return m ? m->json : NULL;
}

/* The bytes of the object that the value is, or is a list of; n 0: it is neither. */
static struct pl_slice only_object(struct pl_slice value)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice object = { NULL, 0 };
	struct pl_scan s;

	pl_scan_init(&s, value);
	if (pl_scan_peek(&s) == '{')
		return value;
	if (pl_scan_enter(&s, '[', &err) != 1 || pl_scan_element(&s, &err) != 1 || pl_scan_peek(&s) != '{' ||
	    pl_scan_skip(&s, &object, &err) || pl_scan_element(&s, &err) != 0)
		return (struct pl_slice){ NULL, 0 };
	return object;
}

struct pl_json_lazy *pl_json_lazy_block(struct pl_json_lazy *o, struct pl_slice name, bool *odd)
{
	struct pl_json_lazy_member *m;
	struct pl_slice object;

	if (!o->whole && !o->indexed)
		index_members(o, odd);
	m = o->whole ? NULL : find(o, name, odd);
	if (!m || m->json || m->block || m->no_block)
		return m && !m->json ? m->block : NULL;
	object = only_object(m->value);
	m->no_block = !object.n;
	if (object.n) {
		m->block = pl_alloc(sizeof *m->block);
		m->block->text = object;
	}
	return m->block;
}

bool pl_json_lazy_is_true(const struct pl_json_lazy *o)
{
	return o->whole ? json_is_true(o->whole) : pl_slice_is(o->text, "true");
}

void pl_json_lazy_release(struct pl_json_lazy *o)
{
	for (size_t i = 0; i < o->count; i++) {
		json_decref(o->members[i].json);
		if (o->members[i].block)
			pl_json_lazy_release(o->members[i].block);
		free(o->members[i].block);
	}
	free(o->members);
	json_decref(o->whole);
	*o = (struct pl_json_lazy){ .text = { NULL, 0 } };
}
