/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attribute of a resource as it will be: set, unset or unknown.
 *
 * A plan shows an optional attribute that nobody set as unknown.  It is proved unset when the block
 * that would hold it stands in the configuration without it, or when all that its expression refers
 * to is known at plan time (then only null, or an empty map, is planned as unknown).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scalar.h"
#include "json/load.h"
#include "terraform/internal.h"

/* One step of a path: a name with an optional index behind it. */
struct step {
	struct pl_slice name; /* n 0: only an index */
	long index;           /* -1: none */
	bool last;
};

/* The step that starts at *p, up to `end`; moves *p behind it. */
static struct step next_step(const char **p, const char *end)
{
	struct step s = { .name = { *p, 0 }, .index = -1 };

	while (*p < end && **p != '.' && **p != '[')
		(*p)++;
	s.name.n = (size_t)(*p - s.name.p);
	if (*p < end && **p == '[') {
		s.index = strtol(*p + 1, NULL, 10);
		while (*p < end && **p != ']')
			(*p)++;
		*p += *p < end;
	}
	if (*p < end && **p == '.')
		(*p)++;
	s.last = *p >= end;
	return s;
}

/* A block may be a list of one or an object, whatever the path says. */
static json_t *block(json_t *j)
{
	return json_is_array(j) ? json_array_get(j, 0) : j;
}

static json_t *into(json_t *j, struct step s)
{
	if (s.name.n) {
		j = block(j);
		j = json_is_object(j) ? json_object_getn(j, s.name.p, s.name.n) : NULL;
	}
	if (s.index < 0)
		return j;
	if (json_is_array(j))
		return json_array_get(j, (size_t)s.index);
	return s.index == 0 ? j : NULL;
}

/* The mirror's step: `true` covers all that is below it. */
static json_t *into_mirror(json_t *mirror, struct step s)
{
	if (json_is_true(mirror))
		return mirror;
	if (s.name.n) {
		mirror = block(mirror);
		if (json_is_true(mirror))
			return mirror;
		mirror = json_is_object(mirror) ? json_object_getn(mirror, s.name.p, s.name.n) : NULL;
	}
	if (s.index < 0 || json_is_true(mirror))
		return mirror;
	if (json_is_array(mirror))
		return json_array_get(mirror, (size_t)s.index);
	return s.index == 0 ? mirror : NULL;
}

static bool holds_true(json_t *mirror)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_true(mirror))
		return true;
	if (json_is_object(mirror))
		json_object_foreach(mirror, key, v)
			if (holds_true(v))
				return true;
	if (json_is_array(mirror))
		json_array_foreach(mirror, i, v)
			if (holds_true(v))
				return true;
	return false;
}

/* An expression object, in contrast to a block: it has one of the two members, or none at all. */
static bool is_expression(json_t *j)
{
	return json_is_object(j) && (json_object_get(j, "references") ||
				     json_object_get(j, "constant_value") || !json_object_size(j));
}

enum found { NO_CONFIGURATION, NO_BLOCK, NOT_WRITTEN, WRITTEN };

/* What the configuration has at the path: the expression that decides it, when WRITTEN. */
static enum found find_expression(struct resource *r, struct pl_slice path,
				  json_t **expression)
{
	struct config_resource *c = pl_tf_config_of(r);
	const char *p = path.p, *end = path.p + path.n;
	json_t *at;

	if (!c)
		return NO_CONFIGURATION;
	at = json_object_get(pl_tf_config_json(c), "expressions");
	while (p < end) {
		struct step s = next_step(&p, end);
		json_t *below = json_object_getn(block(at), s.name.p, s.name.n);

		if (!below)
			return s.last ? NOT_WRITTEN : NO_BLOCK;
		if (json_is_array(below) && s.index > 0)
			below = json_array_get(below, (size_t)s.index);
		if (!below)
			return NO_BLOCK;
		at = below;
		if (is_expression(at))
			break;
	}
	*expression = at;
	return WRITTEN;
}

json_t *pl_tf_config_expression(struct resource *r, const char *path)
{
	json_t *expression = NULL;

	return find_expression(r, pl_slice(path), &expression) == WRITTEN ? expression : NULL;
}

json_t *pl_tf_own_for_each(struct resource *r)
{
	struct config_resource *config = pl_tf_config_of(r);
	json_t *c = config ? pl_tf_config_json(config) : NULL;
	json_t *each = json_object_get(c, "for_each_expression");

	return each ? each : json_object_get(c, "count_expression");
}

/* Is the constant more than null or an empty map, which a provider plans as unknown? */
static bool sets_something(json_t *constant)
{
	return constant && !json_is_null(constant) &&
	       !(json_is_object(constant) && !json_object_size(constant));
}

static const char dynamic[] = "known after apply (a dynamic block may set it)";

/* The value is planned as unknown: did nobody set it, or is it decided at apply? */
static void judge_unknown(struct pl_tf *tf, struct resource *r, struct pl_slice path,
			  struct pl_tf_value *v)
{
	json_t *expression = NULL;

	v->state = PL_TF_UNKNOWN;
	v->waits_for = "known after apply";
	switch (find_expression(r, path, &expression)) {
	case NO_CONFIGURATION:
		return;
	case NO_BLOCK:
		v->waits_for = dynamic;
		v->unwritten = true;
		return;
	case NOT_WRITTEN:
		v->state = PL_TF_UNSET;
		v->unwritten = true;
		break;
	case WRITTEN:
		if (sets_something(json_object_get(expression, "constant_value")))
			return;
		if (pl_tf_known_at_plan(tf, r->pub.doc, pl_tf_config_of(r)->module, expression, pl_tf_own_for_each(r),
				  &v->waits_for))
			v->state = PL_TF_UNSET;
		break;
	}
	if (v->state == PL_TF_UNSET)
		v->waits_for = NULL;
}

static bool secret_path(struct pl_slice path)
{
	const char *p = path.p, *end = path.p + path.n;
	char name[64];

	while (p < end) {
		struct step s = next_step(&p, end);

		if (s.name.n >= sizeof name)
			continue;
		memcpy(name, s.name.p, s.name.n);
		name[s.name.n] = '\0';
		if (pl_secret_name(name))
			return true;
	}
	return false;
}

/* What is the same wherever a path is asked for. */
struct path_note {
	const char *text; /* the path, NUL-terminated */
	bool secret;      /* one of its names is that of a secret */
};

static const struct path_note *note_of(struct pl_tf *tf, struct pl_slice path)
{
	void **slot = pl_map_put(&tf->paths, path.p, path.n);
	struct path_note *note;

	if (*slot)
		return *slot;
	note = pl_arena_alloc(&tf->model->arena, sizeof *note);
	note->text = pl_arena_strndup(&tf->model->arena, path.p, path.n);
	note->secret = secret_path(path);
	*slot = note;
	return note;
}

/* The value at a path.  Members are loaded as they are asked for, and blocks on the way entered. */
static json_t *value_at(struct resource *r, struct pl_slice path)
{
	struct pl_json_lazy *at = &r->after, *inner;
	const char *p = path.p, *end = path.p + path.n;
	bool *odd = &r->pub.doc->odd;
	struct step s = next_step(&p, end);
	json_t *value;

	while (p < end && *p != '[' && s.index <= 0 && (inner = pl_json_lazy_block(at, s.name, odd)) != NULL) {
		at = inner;
		s = next_step(&p, end);
	}
	value = into(pl_json_lazy_get(at, s.name, odd), (struct step){ .index = s.index });
	while (p < end)
		value = into(value, next_step(&p, end));
	return value;
}

static json_t *mirror_at(struct resource *r, struct pl_json_lazy *mirror, struct pl_slice path)
{
	const char *p = path.p, *end = path.p + path.n;
	struct step s = next_step(&p, end);
	json_t *at;

	if (pl_json_lazy_is_true(mirror))
		return json_true();
	at = into_mirror(pl_json_lazy_get(mirror, s.name, &r->pub.doc->odd), (struct step){ .index = s.index });
	while (p < end)
		at = into_mirror(at, next_step(&p, end));
	return at;
}

/* Is a member of the path missing?  Null stands there for what is known not to be set. */
static bool is_missing(struct resource *r, struct pl_slice path)
{
	const char *p = path.p, *end = path.p + path.n;
	struct step s = next_step(&p, end);
	json_t *value = pl_json_lazy_get(&r->after, s.name, &r->pub.doc->odd);

	if (!value)
		return true;
	value = into(value, (struct step){ .index = s.index });
	while (p < end) {
		s = next_step(&p, end);
		if (json_is_object(value) && s.name.n && !json_object_getn(value, s.name.p, s.name.n))
			return true;
		value = into(value, s);
	}
	return false;
}

static struct pl_tf_value get_one(struct pl_tf *tf, struct resource *r, struct pl_slice path)
{
	const struct path_note *note = note_of(tf, path);
	struct pl_tf_value v = { .state = PL_TF_UNSET, .path = note->text };
	json_t *value = value_at(r, path);
	json_t *unknown = r->sparse && is_missing(r, path) ? json_true() : mirror_at(r, &r->unknown, path);
	json_t *sensitive = mirror_at(r, &r->sensitive, path);

	v.sensitive = json_is_true(sensitive) || holds_true(sensitive) || note->secret;
	if (json_is_true(unknown)) {
		judge_unknown(tf, r, path, &v);
	} else if (value && !json_is_null(value)) {
		v.state = PL_TF_SET;
		v.json = value;
		v.partial = json_is_object(value) && holds_true(unknown);
	}
	return v;
}

struct pl_tf_value pl_tf_get(struct pl_tf *tf, struct pl_tf_resource *pub, const char *path)
{
	struct resource *r = (struct resource *)pub;
	struct pl_tf_value first = { .state = PL_TF_UNSET }, v;

	for (const char *p = path;;) {
		size_t n = strcspn(p, "|");

		v = get_one(tf, r, (struct pl_slice){ p, n });
		if (p == path || (first.state == PL_TF_UNSET && v.state != PL_TF_UNSET))
			first = v;
		if (v.state == PL_TF_SET || !p[n])
			return v.state == PL_TF_SET ? v : first;
		p += n + 1;
	}
}

struct pl_tf_value pl_tf_get_block(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	if (v.state == PL_TF_UNSET && v.unwritten) {
		v.state = PL_TF_UNKNOWN;
		v.waits_for = dynamic;
	}
	return v;
}

const char *pl_tf_text(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	char buf[48];

	return v.state == PL_TF_SET ? pl_arena_strdup(&tf->model->arena, pl_json_text(v.json, buf)) : NULL;
}

size_t pl_tf_count(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	if (v.state != PL_TF_SET)
		return 0;
	return json_is_array(v.json) ? json_array_size(v.json) : 1;
}
