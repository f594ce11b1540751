/* SPDX-License-Identifier: Apache-2.0 */
/* JSON -> values, and what holds where nobody set one: see field.h. */
#include "model/field.h"

#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "json/load.h"

static bool as_text(struct pl_arena *a, json_t *j, bool lower, struct pl_value *out)
{
	char buf[48];
	const char *text = pl_json_text(json_is_array(j) ? json_array_get(j, 0) : j, buf);
	char *copy;

	if (!text)
		return false;
	copy = pl_arena_strdup(a, text);
	for (char *p = copy; lower && *p; p++)
		*p = *p == '_' ? '-' : *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	out->s = copy;
	return true;
}

static bool as_int(json_t *j, int64_t unit, struct pl_value *out)
{
	int64_t n;

	if (json_is_integer(j))
		n = json_integer_value(j);
	else if (json_is_real(j) && json_real_value(j) > -1e15 && json_real_value(j) < 1e15)
		n = (int64_t)json_real_value(j);
	else if (!json_is_string(j) || !pl_parse_i64(json_string_value(j), &n))
		return false;
	if (n > INT64_MAX / unit || n < INT64_MIN / unit)
		return false;
	out->i = n * unit;
	return true;
}

static bool as_bool(json_t *j, struct pl_value *out)
{
	if (json_is_boolean(j))
		out->b = json_is_true(j);
	else if (pl_strieq(json_string_value(j), "true") || pl_strieq(json_string_value(j), "false"))
		out->b = pl_strieq(json_string_value(j), "true");
	else
		return false;
	return true;
}

static bool as_labels(struct pl_arena *a, json_t *j, struct pl_value *out)
{
	struct pl_pair *pairs;
	const char *key;
	char buf[48];
	json_t *v;

	if (json_is_array(j) && json_array_size(j) == 0)
		return true;
	if (!json_is_object(j))
		return false;
	pairs = pl_arena_alloc(a, (json_object_size(j) + 1) * sizeof *pairs);
	json_object_foreach(j, key, v) {
		const char *text = pl_json_text(v, buf);

		if (!text)
			continue;
		pairs[out->count].key = pl_arena_strdup(a, key);
		pairs[out->count++].value = pl_arena_strdup(a, text);
	}
	out->map = pairs;
	return true;
}

static bool as_list(struct pl_arena *a, json_t *j, struct pl_value *out)
{
	const char **texts;
	char buf[48];
	json_t *v;
	size_t i;

	if (!json_is_array(j)) {
		if (!pl_json_text(j, buf))
			return false;
		texts = pl_arena_alloc(a, sizeof *texts);
		texts[out->count++] = pl_arena_strdup(a, pl_json_text(j, buf));
		out->list = texts;
		return true;
	}
	texts = pl_arena_alloc(a, (json_array_size(j) + 1) * sizeof *texts);
	json_array_foreach(j, i, v) {
		const char *text = pl_json_text(v, buf);

		if (text)
			texts[out->count++] = pl_arena_strdup(a, text);
		else
			out->open = true; /* an element that is not known */
	}
	out->list = texts;
	return true;
}

bool pl_value_read(struct pl_arena *a, enum pl_as as, json_t *j, struct pl_value *out)
{
	switch (as) {
	case PL_AS_TEXT: return as_text(a, j, false, out);
	case PL_AS_LOWER: return as_text(a, j, true, out);
	case PL_AS_INT: return as_int(j, 1, out);
	case PL_AS_BOOL: return as_bool(j, out);
	case PL_AS_GIB: return as_int(j, (int64_t)1 << 30, out);
	case PL_AS_MIB: return as_int(j, (int64_t)1 << 20, out);
	case PL_AS_LABELS: return as_labels(a, j, out);
	case PL_AS_LIST: return as_list(a, j, out);
	}
	return false;
}

/* A default is written as the text of its final value. */
static bool parse_default(struct pl_arena *a, enum pl_type type, const char *text, struct pl_value *out)
{
	switch (type) {
	case PL_BOOL:
		out->b = pl_streq(text, "true");
		return true;
	case PL_INT:
		return pl_parse_i64(text, &out->i);
	case PL_BYTES:
		return pl_bytes_parse(text, &out->i);
	case PL_TEXT:
	case PL_VERSION:
		out->s = pl_arena_strdup(a, text);
		return true;
	case PL_LIST:
	case PL_MAP:
		return !*text; /* only the empty one */
	}
	return false;
}

struct pl_fact *pl_field_unset(struct pl_model *m, struct pl_object *o, const char *path,
			       const struct pl_field *field)
{
	struct pl_value value = { .type = pl_attrs[field->attr].type };
	bool empty = field->as == PL_AS_LABELS || field->as == PL_AS_LIST;
	struct pl_fact *f;

	if (!field->unset && !empty) {
		if (!field->unset_note)
			return NULL;
		return pl_fact_unknown(m, o, field->attr, field->unset_note, path);
	}
	if (!parse_default(&m->arena, value.type, field->unset ? field->unset : "", &value))
		return NULL;
	f = pl_fact_add(m, o, field->attr, &value, path);
	f->basis = PL_DEFAULT;
	f->note = field->unset_note;
	return f;
}
