/* SPDX-License-Identifier: Apache-2.0 */
/* Events of libyaml -> nodes: see yaml.h. */
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"

struct reader {
	yaml_parser_t parser;
	struct pl_arena *arena;
	const char *name, *text;
	bool alone; /* nothing may follow the first document */
	struct pl_map *anchors; /* by name, the nodes read so far; NULL: aliases are refused */
	size_t nodes, most_nodes, most_bytes;
	struct pl_err *err;
};

static int fail_at(struct reader *r, const yaml_mark_t *at, enum pl_err_code code, const char *what)
{
	return pl_err_set(r->err, code, "%s:%zu:%zu: %s", r->name, at->line + 1, at->column + 1, what);
}

/* What is wrong with the bytes has an offset, and no mark. */
static int fail_at_byte(struct reader *r, size_t offset, const char *what)
{
	yaml_mark_t at = { 0 };

	for (size_t i = 0; i < offset; i++) {
		bool follows = ((unsigned char)r->text[i] & 0xc0) == 0x80;

		at.column = r->text[i] == '\n' ? 0 : at.column + !follows;
		at.line += r->text[i] == '\n';
	}
	return fail_at(r, &at, PL_E_USAGE, what);
}

static int next_event(struct reader *r, yaml_event_t *event)
{
	const char *what;

	if (yaml_parser_parse(&r->parser, event))
		return 0;
	what = r->parser.problem ? r->parser.problem : "invalid YAML";
	if (r->parser.error == YAML_READER_ERROR)
		return fail_at_byte(r, r->parser.problem_offset, what);
	return fail_at(r, &r->parser.problem_mark, PL_E_USAGE, what);
}

/* The anchor and the tag of what begins here; NULL: none. */
static const yaml_char_t *anchor_of(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static const yaml_char_t *tag_of(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return e->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.tag;
	default:
		return NULL;
	}
}

static struct pl_yaml_node *new_node(struct reader *r, const yaml_event_t *event, enum pl_yaml_kind kind)
{
	struct pl_yaml_node *n = pl_arena_alloc(r->arena, sizeof *n);

	n->kind = kind;
	n->tag = pl_arena_strdup(r->arena, (const char *)tag_of(event));
	n->file = r->name;
	n->line = (int)event->start_mark.line + 1;
	n->column = (int)event->start_mark.column + 1;
	n->text = "";
	return n;
}

static int read_node(struct reader *r, yaml_event_t *event, unsigned depth,
		     const struct pl_yaml_node **out);

/* A list that grows in the heap and ends in the arena. */
struct list {
	const struct pl_yaml_node **items;
	size_t count, cap;
};

static void push(struct list *l, const struct pl_yaml_node *n)
{
	l->items = pl_grow(l->items, l->count, &l->cap, sizeof *l->items);
	l->items[l->count++] = n;
}

static const struct pl_yaml_node *const *keep(struct reader *r, struct list *l)
{
	const struct pl_yaml_node **kept = pl_arena_alloc(r->arena, (l->count + 1) * sizeof *kept);

	if (l->count)
		memcpy(kept, l->items, l->count * sizeof *kept);
	free(l->items);
	return kept;
}

static int read_sequence(struct reader *r, struct pl_yaml_node *n, unsigned depth)
{
	struct list items = { 0 };
	int rc = 0;

	for (;;) {
		const struct pl_yaml_node *item;
		yaml_event_t event;

		rc = next_event(r, &event);
		if (rc || event.type == YAML_SEQUENCE_END_EVENT)
			break;
		rc = read_node(r, &event, depth + 1, &item);
		if (rc)
			break;
		push(&items, item);
	}
	n->count = items.count;
	n->items = keep(r, &items);
	return rc;
}

/* The pairs of a mapping, and its keys by their text. */
struct pairs {
	struct list keys, values;
	struct pl_map seen;
};

static int put_key(struct reader *r, struct pairs *p, const struct pl_yaml_node *key)
{
	void **slot = pl_map_put(&p->seen, key->text, strlen(key->text));
	const struct pl_yaml_node *first = *slot;

	if (first)
		return pl_err_set(r->err, PL_E_USAGE, "%s:%d:%d: '%s' stands here a second time (first on line %d)",
				  r->name, key->line, key->column, key->text, first->line);
	*slot = (void *)key;
	return 0;
}

static int read_pair(struct reader *r, yaml_event_t *event, unsigned depth, struct pairs *p)
{
	const struct pl_yaml_node *key, *value;
	yaml_event_t next;

	if (event->type != YAML_SCALAR_EVENT) {
		yaml_mark_t at = event->start_mark;

		yaml_event_delete(event);
		return fail_at(r, &at, PL_E_USAGE, "a key must be plain text");
	}
	if (read_node(r, event, depth, &key) || put_key(r, p, key) || next_event(r, &next) ||
	    read_node(r, &next, depth + 1, &value))
		return -1;
	push(&p->keys, key);
	push(&p->values, value);
	return 0;
}

static int read_mapping(struct reader *r, struct pl_yaml_node *n, unsigned depth)
{
	struct pairs p = { .seen = PL_MAP_INIT };
	int rc;

	for (;;) {
		yaml_event_t event;

		rc = next_event(r, &event);
		if (rc || event.type == YAML_MAPPING_END_EVENT)
			break;
		rc = read_pair(r, &event, depth, &p);
		if (rc)
			break;
	}
	n->count = p.values.count;
	n->keys = keep(r, &p.keys);
	n->items = keep(r, &p.values);
	pl_map_release(&p.seen);
	return rc;
}

/* Consumes the event. */
static int read_scalar(struct reader *r, yaml_event_t *event, struct pl_yaml_node *n)
{
	const char *text = (const char *)event->data.scalar.value;
	yaml_mark_t at = event->start_mark;
	bool nul = memchr(text, '\0', event->data.scalar.length) != NULL;

	n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	n->binary = event->data.scalar.tag && !strcmp((const char *)event->data.scalar.tag, "tag:yaml.org,2002:binary");
	n->text = pl_arena_strndup(r->arena, text, event->data.scalar.length);
	yaml_event_delete(event);
	return nul ? fail_at(r, &at, PL_E_USAGE, "a NUL character cannot stand in a text") : 0;
}

/* Consumes the event. */
static int read_alias(struct reader *r, yaml_event_t *event, const struct pl_yaml_node **out)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct pl_yaml_node *n = r->anchors ? pl_map_get(r->anchors, name, strlen(name)) : NULL;
	yaml_mark_t at = event->start_mark;

	yaml_event_delete(event);
	if (!r->anchors)
		return fail_at(r, &at, PL_E_USAGE, "aliases (*name) are not supported: write the value out");
	if (!n)
		return fail_at(r, &at, PL_E_USAGE, "this alias names nothing that is complete before it");
	*out = n;
	return 0;
}

/* Consumes the event, which is never the end of something.  An anchor is noted once its node is complete. */
static int read_node(struct reader *r, yaml_event_t *event, unsigned depth,
		     const struct pl_yaml_node **out)
{
	const char *anchor = r->anchors ? pl_arena_strdup(r->arena, (const char *)anchor_of(event)) : NULL;
	yaml_mark_t at = event->start_mark;
	struct pl_yaml_node *n;
	int rc = 0;

	if (++r->nodes > r->most_nodes || depth > PL_LIMIT_YAML_DEPTH) {
		yaml_event_delete(event);
		return fail_at(r, &at, PL_E_LIMIT, depth > PL_LIMIT_YAML_DEPTH ? "nested too deeply" :
			       "too many values");
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		n = new_node(r, event, PL_YAML_SCALAR);
		rc = read_scalar(r, event, n);
		break;
	case YAML_SEQUENCE_START_EVENT:
		n = new_node(r, event, PL_YAML_SEQUENCE);
		yaml_event_delete(event);
		rc = read_sequence(r, n, depth);
		break;
	case YAML_MAPPING_START_EVENT:
		n = new_node(r, event, PL_YAML_MAPPING);
		yaml_event_delete(event);
		rc = read_mapping(r, n, depth);
		break;
	case YAML_ALIAS_EVENT:
		return read_alias(r, event, out);
	default:
		yaml_event_delete(event);
		return fail_at(r, &at, PL_E_USAGE, "a value is missing");
	}
	if (anchor && !rc)
		*pl_map_put(r->anchors, anchor, strlen(anchor)) = n;
	*out = n;
	return rc;
}

/* After the document: the end, or what should not be there. */
static int read_end(struct reader *r)
{
	yaml_event_t event;
	yaml_mark_t at;
	bool more;

	do {
		if (next_event(r, &event))
			return -1;
		if (event.type == YAML_STREAM_END_EVENT)
			return 0;
		at = event.start_mark;
		more = event.type == YAML_DOCUMENT_START_EVENT;
		yaml_event_delete(&event);
	} while (!more);
	return fail_at(r, &at, PL_E_USAGE, "a second document begins here: write one file for each");
}

static int read_document(struct reader *r, const struct pl_yaml_node **out)
{
	yaml_event_t event;

	for (;;) {
		if (next_event(r, &event))
			return -1;
		if (event.type == YAML_STREAM_END_EVENT) {
			*out = new_node(r, &event, PL_YAML_MAPPING);
			return 0;
		}
		if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
			break;
		yaml_event_delete(&event);
	}
	if (read_node(r, &event, 0, out))
		return -1;
	return r->alone ? read_end(r) : 0;
}

static int parse(struct reader *r, const char *text, size_t len, const struct pl_yaml_node **out)
{
	int rc;

	if (len > r->most_bytes)
		return pl_err_set(r->err, PL_E_LIMIT, "%s: more than %zu bytes of YAML", r->name, r->most_bytes);
	if (!yaml_parser_initialize(&r->parser))
		return pl_err_set(r->err, PL_E_INTERNAL, "libyaml cannot be started");
	r->text = text;
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
	rc = read_document(r, out);
	yaml_parser_delete(&r->parser);
	return rc;
}

int pl_yaml_parse(struct pl_arena *arena, const char *name, const char *text, size_t len,
		  const struct pl_yaml_node **out, struct pl_err *err)
{
	struct reader r = { .arena = arena, .name = name, .most_nodes = PL_LIMIT_YAML_NODES,
			    .most_bytes = PL_LIMIT_YAML_BYTES, .err = err };

	return parse(&r, text, len, out);
}

int pl_yaml_parse_one(struct pl_arena *arena, const char *name, const char *text, size_t len,
		      const struct pl_yaml_node **out, struct pl_err *err)
{
	struct reader r = { .arena = arena, .name = name, .alone = true, .most_nodes = PL_LIMIT_YAML_NODES,
			    .most_bytes = PL_LIMIT_YAML_BYTES, .err = err };

	return parse(&r, text, len, out);
}

int pl_yaml_parse_shared(struct pl_arena *arena, const char *name, const char *text, size_t len,
			 const struct pl_yaml_node **out, struct pl_err *err)
{
	struct pl_map anchors = PL_MAP_INIT;
	struct reader r = { .arena = arena, .name = name, .alone = true, .anchors = &anchors,
			    .most_nodes = PL_LIMIT_INVENTORY_VALUES,
			    .most_bytes = PL_LIMIT_INVENTORY_BYTES, .err = err };
	int rc = parse(&r, text, len, out);

	pl_map_release(&anchors);
	return rc;
}

const struct pl_yaml_node *pl_yaml_get(const struct pl_yaml_node *n, const char *key)
{
	if (!n || n->kind != PL_YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < n->count; i++)
		if (!strcmp(n->keys[i]->text, key))
			return n->items[i];
	return NULL;
}

const char *pl_yaml_text(const struct pl_yaml_node *n, const char *key)
{
	const struct pl_yaml_node *v = pl_yaml_get(n, key);

	return v && v->kind == PL_YAML_SCALAR ? v->text : NULL;
}
