/* SPDX-License-Identifier: Apache-2.0 */
/* JSON -> facts: the conversions a provider's table names, and machine types. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/scalar.h"
#include "json/load.h"
#include "terraform/internal.h"

/* ---- conversions ---- */

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

static bool convert(struct pl_arena *a, enum pl_tf_as as, json_t *j, struct pl_value *out)
{
	switch (as) {
	case PL_TF_AS_TEXT: return as_text(a, j, false, out);
	case PL_TF_AS_LOWER: return as_text(a, j, true, out);
	case PL_TF_AS_INT: return as_int(j, 1, out);
	case PL_TF_AS_BOOL: return as_bool(j, out);
	case PL_TF_AS_GIB: return as_int(j, (int64_t)1 << 30, out);
	case PL_TF_AS_MIB: return as_int(j, (int64_t)1 << 20, out);
	case PL_TF_AS_LABELS: return as_labels(a, j, out);
	case PL_TF_AS_LIST: return as_list(a, j, out);
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

static struct pl_fact *finish_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_fact *f,
				   bool sensitive)
{
	f->origin.address = pl_model_str(tf->model, r->address);
	f->sensitive = sensitive;
	return f;
}

static struct pl_fact *unset_fact(struct pl_tf *tf, struct pl_object *o, const char *path,
				  const struct pl_tf_field *field)
{
	struct pl_value value = { .type = pl_attrs[field->attr].type };
	bool empty = field->as == PL_TF_AS_LABELS || field->as == PL_TF_AS_LIST;
	struct pl_fact *f;

	if (!field->unset && !empty) {
		if (!field->unset_note)
			return NULL;
		return pl_fact_unknown(tf->model, o, field->attr, field->unset_note, path);
	}
	if (!parse_default(&tf->model->arena, value.type, field->unset ? field->unset : "", &value))
		return NULL;
	f = pl_fact_add(tf->model, o, field->attr, &value, path);
	f->basis = PL_DEFAULT;
	f->note = field->unset_note;
	return f;
}

/* A state has "" where nobody set a text. */
static bool is_empty_text(const struct pl_tf_value *v, enum pl_tf_as as)
{
	return (as == PL_TF_AS_TEXT || as == PL_TF_AS_LOWER) && v->state == PL_TF_SET &&
	       json_is_string(v->json) && !json_string_length(v->json);
}

struct pl_fact *pl_tf_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			   const struct pl_tf_value *v, const struct pl_tf_field *field)
{
	struct pl_value value = { .type = pl_attrs[field->attr].type };
	struct pl_fact *f;

	switch (is_empty_text(v, field->as) ? PL_TF_UNSET : v->state) {
	case PL_TF_UNSET:
		f = unset_fact(tf, o, v->path, field);
		break;
	case PL_TF_UNKNOWN:
		f = pl_fact_unknown(tf->model, o, field->attr, v->waits_for, v->path);
		break;
	default:
		if (convert(&tf->model->arena, field->as, v->json, &value)) {
			value.open = value.open || v->partial;
			f = pl_fact_add(tf->model, o, field->attr, &value, v->path);
			if (value.open)
				f->waits_for = "known after apply";
		} else {
			f = pl_fact_unknown(tf->model, o, field->attr, "the value has an unexpected form", v->path);
		}
	}
	return f ? finish_fact(tf, r, f, v->sensitive) : NULL;
}

/* Puts the prefix before each alternative of a path. */
static const char *prefixed(struct pl_arena *a, const char *prefix, const char *path)
{
	const char *full = NULL;

	if (!*prefix)
		return path;
	for (const char *p = path; *p; p += strcspn(p, "|") + (p[strcspn(p, "|")] != '\0'))
		full = pl_arena_strf(a, "%s%s%s%.*s", full ? full : "", full ? "|" : "", prefix,
				     (int)strcspn(p, "|"), p);
	return full ? full : prefix;
}

void pl_tf_fields(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		  const char *prefix, const struct pl_tf_field *fields)
{
	for (const struct pl_tf_field *f = fields; f && f->path; f++) {
		struct pl_tf_value v = pl_tf_get(tf, r, prefixed(&tf->model->arena, prefix, f->path));

		pl_tf_fact(tf, r, o, &v, f);
	}
}

void pl_tf_seal(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	for (const struct pl_fact *f = o->facts; f; f = f->next)
		if (f->known && !f->sensitive && f->origin.path &&
		    pl_tf_get(tf, r, f->origin.path).sensitive)
			((struct pl_fact *)f)->sensitive = true; /* const only to readers */
}

/* ---- machine types ---- */

struct machine_fact {
	struct pl_tf *tf;
	struct pl_tf_resource *r;
	struct pl_object *o;
	const char *path;
	enum pl_basis basis;
	bool sensitive;
};

static void machine_note(const struct machine_fact *m, struct pl_fact *f, const char *note)
{
	f->basis = f->known ? m->basis : f->basis;
	f->note = note;
	finish_fact(m->tf, m->r, f, m->sensitive);
}

static void known_machine(const struct machine_fact *m, const struct pl_provider *p,
			  const char *type, const char *note)
{
	struct pl_model *model = m->tf->model;
	/* the notes name the type, unless it may not be printed */
	const char *name = m->sensitive ? "its type" : pl_model_str(model, type);
	const char *full = note ? pl_model_strf(model, "%s, %s", name, note) : name;
	struct pl_machine machine;
	bool listed = p->machine && p->machine(type, &machine);

	machine_note(m, pl_fact_text(model, m->o, PL_POOL_MACHINE, type, m->path), note);
	machine_note(m, pl_fact_bool(model, m->o, PL_POOL_MACHINE_LISTED, listed, m->path), name);
	if (listed) {
		machine_note(m, pl_fact_int(model, m->o, PL_POOL_VCPU, machine.vcpu, m->path), full);
		machine_note(m, pl_fact_int(model, m->o, PL_POOL_MEMORY, machine.memory, m->path), full);
		machine_note(m, pl_fact_text(model, m->o, PL_POOL_ARCHITECTURE, machine.architecture,
					     m->path), full);
		return;
	}
	for (int i = 0; i < 3; i++) {
		static const enum pl_attr attrs[3] = { PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };
		const char *why = pl_model_strf(model, "machine type %s is not in the built-in catalogue",
						m->sensitive ? "(sensitive)" : type);

		machine_note(m, pl_fact_unknown(model, m->o, attrs[i], why, m->path), name);
	}
}

static void unknown_machine(const struct machine_fact *m, const char *waits_for)
{
	static const enum pl_attr attrs[] = { PL_POOL_MACHINE, PL_POOL_MACHINE_LISTED, PL_POOL_VCPU,
					      PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };

	for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
		machine_note(m, pl_fact_unknown(m->tf->model, m->o, attrs[i], waits_for, m->path), NULL);
}

/* GCP gives machine types as URLs too (.../machineTypes/n2-standard-4). */
static const char *last_word(const char *type)
{
	const char *slash = strrchr(type, '/');

	return slash && slash[1] ? slash + 1 : type;
}

static void one_machine(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			const struct pl_provider *p, const struct pl_tf_value *v)
{
	struct machine_fact m = { tf, r, o, v->path, PL_SET, v->sensitive };
	char buf[48];
	const char *type = v->state == PL_TF_SET ? pl_json_text(v->json, buf) : NULL;

	if (type && *type)
		known_machine(&m, p, last_word(type), NULL);
	else
		unknown_machine(&m, v->waits_for ? v->waits_for : "known after apply");
}

void pl_tf_machine(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		   const struct pl_provider *p, const char *path, const char *unset,
		   const char *unset_note)
{
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct machine_fact m = { tf, r, o, v.path, PL_DEFAULT, v.sensitive };

	if (v.state == PL_TF_UNSET || (v.state == PL_TF_SET && json_is_array(v.json) &&
				       !json_array_size(v.json))) {
		if (unset)
			known_machine(&m, p, unset, unset_note);
		else
			unknown_machine(&m, unset_note ? unset_note : "not set");
		return;
	}
	if (v.state == PL_TF_SET && json_is_array(v.json)) {
		for (size_t i = 0; i < json_array_size(v.json); i++) {
			struct pl_tf_value one = pl_tf_get(tf, r, pl_arena_strf(&tf->model->arena, "%s[%zu]",
										v.path, i));

			one_machine(tf, r, o, p, &one);
		}
		return;
	}
	one_machine(tf, r, o, p, &v);
}
