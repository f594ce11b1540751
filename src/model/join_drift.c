/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where witnesses disagree about one object: both facts stay, and the difference is said.  What
 * follows from another attribute, what is sensitive and what the platform adds is no difference.
 */
#include <stdlib.h>

#include "base/scalar.h"
#include "base/str.h"
#include "model/join.h"

/*
 * What follows from the machine type, and is rounded or reduced where it is measured; what each witness
 * sees from its own side, or spells in its own way; what changes from hour to hour.
 */
static const enum pl_attr derived[] = {
	PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE, PL_POOL_MACHINE_LISTED, PL_POOL_DISK,
	PL_POOL_MACHINE_OFFERED, PL_CLUSTER_SUPPORT_UNTIL, PL_CLUSTER_SUBNETS, PL_POOL_SUBNETS,
	PL_POOL_POD_RANGE, PL_POOL_IMAGE, PL_POOL_DESIRED, PL_POOL_SURGE, PL_NODE_MEMORY, PL_NODE_DISK, PL_NODE_ADDRESSES, PL_NODE_HOSTNAME,
	PL_NODE_PROVIDER_ID, PL_NODE_CONDITIONS, PL_NODE_FREE_CPU, PL_NODE_FREE_MEMORY,
	PL_NODE_DISK_FREE, PL_NODE_PORTS,
	PL_LB_ADDRESSES, PL_LB_ANNOTATION_PROBLEMS,
};

static bool is_derived(enum pl_attr attr)
{
	for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
		if (derived[i] == attr)
			return true;
	return false;
}

/* One object's attribute, as all witnesses say it. */
struct saying {
	struct pl_model *m;
	const struct pl_object *object;
	const struct pl_fact *fact[PL_WITNESS_COUNT]; /* NULL: that one says nothing for certain */
	const struct pl_fact *first;
};

/* What is said ahead of a plan is no look at the object; ports of a range are not those that one listens on. */
static const struct pl_fact *certain(const struct pl_object *o, enum pl_attr attr, int w)
{
	const struct pl_fact *first = pl_object_fact(o, attr, w);

	for (const struct pl_fact *f = first; f; f = pl_fact_next(f, w))
		if (!f->known || f->sensitive || f->ahead || (attr == PL_LB_PORTS && f->basis == PL_INFERRED))
			return NULL;
	return first;
}

static bool same_version(const char *a, const char *b)
{
	struct pl_version x, y;

	if (!pl_version_parse(a, &x) || !pl_version_parse(b, &y))
		return pl_streq(a, b);
	return !pl_version_cmp(&x, &y) || !pl_version_cmp(&y, &x);
}

static bool holds(const struct pl_value *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (pl_streq(list->list[i], item))
			return true;
	return false;
}

/* The order of a list means nothing. */
static bool same_items(const struct pl_value *a, const struct pl_value *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!holds(b, a->list[i]))
			return false;
	for (size_t i = 0; i < b->count; i++)
		if (!holds(a, b->list[i]))
			return false;
	return true;
}

/* Does `b` hold each key of `a` with its value, or may it hold it among what it does not list? */
static bool holds_keys(const struct pl_value *b, const struct pl_value *a)
{
	for (size_t i = 0; i < a->count; i++) {
		const char *value = pl_value_get(b, a->map[i].key);

		if (value ? !pl_streq(value, a->map[i].value) : !b->open)
			return false;
	}
	return true;
}

/* "1.24" and "1.24.10" do not contradict each other, nor "2023" and "2023.9" of a system. */
static bool same_value(const struct pl_fact *a, const struct pl_fact *b)
{
	if (a->value.type == PL_MAP)
		return holds_keys(&a->value, &b->value) && holds_keys(&b->value, &a->value);
	if (a->value.open || b->value.open)
		return true;
	if (a->value.type == PL_VERSION || a->attr == PL_NODE_OS_VERSION || a->attr == PL_POOL_OS_VERSION)
		return same_version(a->value.s, b->value.s);
	if (a->value.type == PL_LIST)
		return same_items(&a->value, &b->value);
	if (a->attr == PL_CLUSTER_LOCATION)
		return pl_join_same_place(a->value.s, b->value.s);
	return pl_value_eq(&a->value, &b->value);
}

/* Is all that `b` and those behind it say among what `a` and those behind it say? */
static bool allows(const struct pl_fact *a, const struct pl_fact *b)
{
	for (; b; b = pl_fact_next(b, (int)b->witness)) {
		const struct pl_fact *one = a;

		while (one && !same_value(one, b))
			one = pl_fact_next(one, (int)one->witness);
		if (!one)
			return false;
	}
	return true;
}

static bool agree(const struct pl_fact *a, const struct pl_fact *b)
{
	return allows(a, b) && allows(b, a);
}

static struct pl_drift *add_drift(const struct saying *s, const char *attribute)
{
	struct pl_model *m = s->m;
	const struct pl_object *o = s->object, *cluster = o->kind == PL_CLUSTER ? o : o->cluster;
	struct pl_drift *d;

	d = pl_model_drift(m, &(struct pl_drift){
		.object = o,
		.cluster = cluster ? cluster->name : NULL,
		.name = o->name,
		.attribute = attribute,
		.will_change = o->will_change,
		.origin = s->first->origin,
	});
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (s->fact[w])
			d->seen_at[w] = s->fact[w]->origin;
	return d;
}

static const char *values_text(struct pl_model *m, const struct pl_fact *f)
{
	const char *text = NULL;

	for (; f; f = pl_fact_next(f, (int)f->witness)) {
		const char *one = pl_value_text(&m->arena, &f->value);

		text = text ? pl_model_strf(m, "%s, %s", text, one) : one;
	}
	return text;
}

/*
 * Of machine types that a pool may pick, its nodes need not be all; an address has several spellings, and
 * a tunnel has one of its own.
 */
static bool allows_live(const struct saying *s, const struct pl_fact *f)
{
	if (f->attr == PL_CLUSTER_ENDPOINT) {
		const char *live = pl_join_endpoint(s->m, f->value.s);

		return pl_join_own_machine(live) ||
		       pl_streq(pl_join_endpoint(s->m, s->first->value.s), live);
	}
	return f->witness == PL_CLUSTER_API ? allows(s->first, f) : agree(s->first, f);
}

static void compare_values(const struct saying *s)
{
	struct pl_drift *d;
	bool differ = false;

	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		differ |= s->fact[w] && !allows_live(s, s->fact[w]);
	if (!differ)
		return;
	d = add_drift(s, pl_attrs[s->first->attr].name);
	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		if (!s->fact[w])
			continue;
		d->witnesses |= 1U << w;
		d->said[w] = values_text(s->m, s->fact[w]);
	}
}

static void compare_key(const struct saying *s, const struct pl_pair *p)
{
	const char *said[PL_WITNESS_COUNT] = { NULL };
	unsigned witnesses = 0;
	bool differ = false;
	struct pl_drift *d;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		said[w] = s->fact[w] ? pl_value_get(&s->fact[w]->value, p->key) : NULL;
		if (!s->fact[w] || (!said[w] && s->fact[w]->value.open))
			continue;
		witnesses |= 1U << w;
		differ |= !pl_streq(said[w], p->value);
	}
	if (!differ)
		return;
	d = add_drift(s, pl_model_strf(s->m, "%s.%s", pl_attrs[s->first->attr].name, p->key));
	d->witnesses = witnesses;
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		d->said[w] = said[w] && pl_secret_name(p->key) ? "(sensitive)" : said[w];
}

/* Is it a label of nodes, and one that the platform did not add? */
static bool is_custom(const struct saying *s, const struct pl_fact *f, const char *key)
{
	return (f->attr == PL_POOL_LABELS || f->attr == PL_NODE_LABELS) && s->m->custom_label &&
	       s->m->custom_label(key);
}

/* Does a witness before that one give the key? */
static bool given_before(const struct saying *s, int witness, const char *key)
{
	for (int w = 0; w < witness; w++)
		if (s->fact[w] && pl_value_get(&s->fact[w]->value, key))
			return true;
	return false;
}

/* Keys that the first witness gives, and of those that only others see what somebody must have set. */
static void compare_maps(const struct saying *s)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		for (size_t i = 0; s->fact[w] && i < s->fact[w]->value.count; i++) {
			const struct pl_pair *p = &s->fact[w]->value.map[i];

			if (s->fact[w] == s->first ||
			    (is_custom(s, s->fact[w], p->key) && !given_before(s, w, p->key)))
				compare_key(s, p);
		}
}

static void compare(struct pl_model *m, const struct pl_object *o, enum pl_attr attr)
{
	struct saying s = { .m = m, .object = o };
	size_t n = 0;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		s.fact[w] = certain(o, attr, w);
		s.first = s.first ? s.first : s.fact[w];
		n += s.fact[w] != NULL;
	}
	if (n < 2)
		return;
	if (s.first->value.type == PL_MAP)
		compare_maps(&s);
	else
		compare_values(&s);
}

/* ---- two snapshots ---- */

static void add_older(struct pl_model *m, struct pl_object *o, const char *attribute,
		      const struct pl_fact *newer, const struct pl_fact *older, const char *texts[2])
{
	pl_model_drift(m, &(struct pl_drift){
		.object = o,
		.name = o->name,
		.attribute = attribute,
		.state = texts[0],
		.now = texts[1],
		.snapshots = true,
		.origin = older->origin,
		.newer = newer->origin,
		.newer_witness = newer->witness,
	});
}

/* Keys of both, each once. */
static void older_keys(struct pl_model *m, struct pl_object *o, const struct pl_fact *newer,
		       const struct pl_fact *older)
{
	const struct pl_fact *sides[2] = { older, newer };

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side]->value.count; i++) {
			const char *key = sides[side]->value.map[i].key;
			const char *texts[2] = { pl_value_get(&older->value, key),
						 pl_value_get(&newer->value, key) };

			if (pl_streq(texts[0], texts[1]) || (side && texts[0]) || pl_secret_name(key) ||
			    (!texts[0] && older->value.open) || (!texts[1] && newer->value.open))
				continue;
			add_older(m, o, pl_model_strf(m, "%s.%s", pl_attrs[older->attr].name, key),
				  newer, older, texts);
		}
}

void pl_join_older(struct pl_model *m, struct pl_object *o, const struct pl_fact *newer,
		   const struct pl_fact *older)
{
	const char *texts[2];

	/* what changed on a node of a pool is told of the pool */
	if (o->kind == PL_NODE && o->pool)
		return;
	if (is_derived(older->attr) || older->sensitive || newer->sensitive || agree(older, newer))
		return;
	if (older->value.type == PL_MAP) {
		older_keys(m, o, newer, older);
		return;
	}
	texts[0] = values_text(m, older);
	texts[1] = values_text(m, newer);
	add_older(m, o, pl_attrs[older->attr].name, newer, older, texts);
}

static int compare_drift(const void *a, const void *b)
{
	const struct pl_drift *x = a, *y = b;
	int order = pl_join_compare(x->cluster, y->cluster);

	if (!order)
		order = pl_join_compare(x->name, y->name);
	if (!order)
		order = pl_join_compare(x->origin.address, y->origin.address);
	if (!order)
		order = pl_join_compare(x->attribute, y->attribute);
	return order ? order : x->origin.source - y->origin.source;
}

void pl_join_sort_drift(struct pl_model *m, size_t first)
{
	if (m->drift_count > first)
		qsort(m->drift + first, m->drift_count - first, sizeof *m->drift, compare_drift);
}

void pl_join_drift(struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		/* the usual case: one witness saw it */
		if (!(o->seen & (o->seen - 1)))
			continue;
		for (int attr = 0; attr < PL_ATTR_COUNT; attr++)
			if (pl_attrs[attr].kind == o->kind && !is_derived((enum pl_attr)attr))
				compare(m, o, (enum pl_attr)attr);
	}
}
