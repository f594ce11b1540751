/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes -> facts by a provider's table, and machine types. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/scalar.h"
#include "json/load.h"
#include "terraform/internal.h"

static struct pl_fact *finish_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_fact *f,
				   bool sensitive)
{
	f->origin.address = pl_model_str(tf->model, r->address);
	f->sensitive = sensitive;
	return f;
}

/* A state has "" where nobody set a text. */
static bool is_empty_text(const struct pl_tf_value *v, enum pl_as as)
{
	return (as == PL_AS_TEXT || as == PL_AS_LOWER) && v->state == PL_TF_SET &&
	       json_is_string(v->json) && !json_string_length(v->json);
}

struct pl_fact *pl_tf_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			   const struct pl_tf_value *v, const struct pl_field *field)
{
	struct pl_value value = { .type = pl_attrs[field->attr].type };
	struct pl_fact *f;

	switch (is_empty_text(v, field->as) ? PL_TF_UNSET : v->state) {
	case PL_TF_UNSET:
		f = pl_field_unset(tf->model, o, v->path, field);
		break;
	case PL_TF_UNKNOWN:
		f = pl_fact_unknown(tf->model, o, field->attr, v->waits_for, v->path);
		break;
	default:
		if (pl_value_read(&tf->model->arena, field->as, v->json, &value)) {
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
		  const char *prefix, const struct pl_field *fields)
{
	for (const struct pl_field *f = fields; f && f->path; f++) {
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
