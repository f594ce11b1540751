/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drift that Terraform saw while refreshing: each entry becomes an object twice, as the state had it
 * and as it is, through the same tables; only what differs in an attribute of the model is drift.
 */
#include <string.h>

#include "terraform/internal.h"

/* What follows from the machine type alone, which is reported itself. */
static bool is_derived(enum pl_attr a)
{
	return a == PL_POOL_VCPU || a == PL_POOL_MEMORY || a == PL_POOL_ARCHITECTURE ||
	       a == PL_POOL_MACHINE_LISTED;
}

/* A copy of the entry that shows only one side of the change. */
static struct pl_object *one_side(struct pl_tf *tf, struct resource *entry, struct pl_slice side,
				  struct resource *copy)
{
	const struct type_rows *t = pl_tf_find_rows(tf, entry->pub.type, strlen(entry->pub.type), false);
	struct pl_tf_identity id;

	*copy = *entry;
	copy->after = (struct pl_json_lazy){ .text = side };
	copy->sensitive = (struct pl_json_lazy){ .text = entry->sensitive.text };
	copy->pub.gone = false;
	if (!side.n || side.p[0] != '{' || t->row->kind < 0)
		return NULL;
	if (!pl_tf_identify(tf, copy, t->row, &id))
		return NULL;
	copy->pub.object = pl_tf_object(tf, &copy->pub, (enum pl_kind)id.kind, entry->pub.name);
	pl_tf_fields(tf, &copy->pub, copy->pub.object, "", t->row->fields);
	/* what a cluster's row adds beside its fields are objects of their own */
	if (t->row->more && t->row->kind != PL_CLUSTER)
		t->row->more(tf, &copy->pub, copy->pub.object);
	return copy->pub.object;
}

static void release_side(struct resource *copy)
{
	pl_json_lazy_release(&copy->after);
	pl_json_lazy_release(&copy->sensitive);
}

static void report(struct pl_tf *tf, struct resource *entry, const char *attribute,
		   const char *state, const char *now, const struct pl_fact *f)
{
	struct pl_model *m = tf->model;
	struct resource *live = pl_map_get(&entry->pub.doc->by_address, entry->pub.address,
					   strlen(entry->pub.address));
	struct pl_drift *d;

	d = pl_model_drift(m, &(struct pl_drift){ .attribute = pl_model_str(m, attribute), .state = pl_model_str(m, state),
						  .now = pl_model_str(m, now) });
	d->object = live && live->pub.object && !live->pub.object->gone ? live->pub.object : NULL;
	d->name = pl_model_str(m, d->object && d->object->name ? d->object->name : entry->pub.name);
	d->will_change = live && live->pub.changes;
	d->origin = (struct pl_origin){ .source = entry->pub.doc->source, .address = entry->pub.address,
					.path = pl_model_str(m, f->origin.path) };
}

/* All values of one attribute as text: "m6i.4xlarge, m5.large". */
static const char *all_values(struct pl_tf *tf, const struct pl_fact *f)
{
	const char *text = NULL;

	for (; f; f = pl_fact_next(f, PL_PLAN)) {
		const char *one = f->known ? pl_value_text(&tf->scratch->arena, &f->value) : "?";

		text = text ? pl_arena_strf(&tf->scratch->arena, "%s, %s", text, one) : one;
	}
	return text;
}

static void compare_maps(struct pl_tf *tf, struct resource *entry, const struct pl_fact *was,
			 const struct pl_fact *is)
{
	const char *name = pl_attrs[was->attr].name;

	for (size_t i = 0; i < was->value.count; i++) {
		const struct pl_pair *p = &was->value.map[i];
		const char *now = pl_value_get(&is->value, p->key);

		if (!pl_streq(now, p->value))
			report(tf, entry, pl_arena_strf(&tf->scratch->arena, "%s.%s", name, p->key),
			       was->sensitive ? NULL : p->value, is->sensitive ? NULL : now, was);
	}
	for (size_t i = 0; i < is->value.count; i++) {
		const struct pl_pair *p = &is->value.map[i];

		if (!pl_value_get(&was->value, p->key))
			report(tf, entry, pl_arena_strf(&tf->scratch->arena, "%s.%s", name, p->key), NULL,
			       is->sensitive ? NULL : p->value, is);
	}
}

static void compare(struct pl_tf *tf, struct resource *entry, const struct pl_object *was,
		    const struct pl_object *is)
{
	for (int a = 0; a < PL_ATTR_COUNT; a++) {
		const struct pl_fact *w = pl_object_fact(was, (enum pl_attr)a, PL_PLAN);
		const struct pl_fact *n = pl_object_fact(is, (enum pl_attr)a, PL_PLAN);
		const char *before, *after;

		if (!w || !n || !w->known || !n->known || is_derived((enum pl_attr)a))
			continue;
		if (w->value.type == PL_MAP) {
			compare_maps(tf, entry, w, n);
			continue;
		}
		if (w->basis == PL_DEFAULT || n->sensitive || w->sensitive)
			continue; /* a default that was filled in is no drift */
		before = all_values(tf, w);
		after = all_values(tf, n);
		if (!pl_streq(before, after))
			report(tf, entry, pl_attrs[a].name, before, after, w);
	}
}

void pl_tf_collect_drift(struct pl_tf *tf, struct pl_tf_doc *doc)
{
	struct pl_model *model = tf->model;

	for (struct resource *r = doc->drift; r; r = r->next) {
		struct resource was, is;
		const struct pl_object *a, *b;

		if (r->pub.data)
			continue;
		if (!tf->scratch) {
			tf->scratch = pl_model_new();
			for (size_t i = 0; i < model->source_count; i++)
				pl_model_source(tf->scratch, &model->sources[i]);
		}
		tf->model = tf->scratch;
		a = one_side(tf, r, r->before, &was);
		b = one_side(tf, r, r->after.text, &is);
		tf->model = model;
		if (a && b)
			compare(tf, r, a, b);
		release_side(&was);
		release_side(&is);
	}
}
