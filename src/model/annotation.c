/* SPDX-License-Identifier: Apache-2.0 */
/* Judges annotations by a table of rules: see annotation.h. */
#include "model/annotation.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/internal.h"

struct list {
	const char **items;
	size_t count, cap;
};

static bool matches(const struct pl_pair *p, const char *key, const char *value)
{
	size_t n = strlen(key);
	bool same = key[n - 1] == '*' ? !strncmp(p->key, key, n - 1) : pl_streq(p->key, key);

	return same && (!value || pl_strieq(p->value, value));
}

static const struct pl_pair *find(const struct pl_value *map, const char *key, const char *value)
{
	for (size_t i = 0; i < map->count; i++)
		if (matches(&map->map[i], key, value))
			return &map->map[i];
	return NULL;
}

static bool has_type(const struct pl_object *o, const char *type)
{
	const struct pl_fact *f = pl_object_fact(o, PL_LB_TYPE, -1);

	return f && f->known && pl_streq(f->value.s, type);
}

static bool applies(const struct pl_object *o, const struct pl_value *map,
		    const struct pl_annotation_rule *rule)
{
	if (rule->when == PL_ANNOTATION_ALONE)
		return true;
	if (rule->when == PL_ANNOTATION_ON)
		return has_type(o, rule->other);
	/* what is missing from a map that may hold more is not known to be missing */
	if (rule->when == PL_ANNOTATION_WITHOUT)
		return !map->open && !find(map, rule->other, rule->other_value);
	return find(map, rule->other, rule->other_value);
}

static void judge_pair(struct pl_model *m, const struct pl_fact *f, const struct pl_object *o,
		       const struct pl_pair *p, const struct pl_annotation_rule *rules,
		       struct list *out)
{
	for (const struct pl_annotation_rule *rule = rules; rule->key; rule++) {
		if (!matches(p, rule->key, rule->value) || !applies(o, &f->value, rule))
			continue;
		out->items = pl_grow(out->items, out->count, &out->cap, sizeof *out->items);
		out->items[out->count++] = pl_model_strf(m, "%s %s", p->key, rule->problem);
	}
}

/* What tools write to find their own things again; no balancer reads it. */
static bool is_bookkeeping(const char *key)
{
	static const char *const prefixes[] = { "meta.helm.sh/", "helm.sh/", "kubectl.kubernetes.io/",
						"objectset.rio.cattle.io/", "field.cattle.io/" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (pl_starts(key, prefixes[i]))
			return true;
	return false;
}

static bool means_something(const struct pl_value *annotations)
{
	for (size_t i = 0; i < annotations->count; i++)
		if (!is_bookkeeping(annotations->map[i].key))
			return true;
	return annotations->open;
}

/* Puts what was found of the annotations `f` beside them, for their witness. */
static void put(struct pl_model *m, struct pl_object *o, const struct pl_fact *f, const char *waits_for,
		const struct list *list)
{
	struct pl_fact out = *f;

	out.attr = PL_LB_ANNOTATION_PROBLEMS;
	out.known = !waits_for;
	out.waits_for = waits_for;
	out.note = NULL;
	out.basis = PL_SET;
	out.value = pl_value_copy(m, &(struct pl_value){ .type = PL_LIST, .list = list->items,
							 .count = list->count });
	pl_fact_put(m, o, &out);
}

static void judge_object(struct pl_model *m, struct pl_object *o, enum pl_witness w,
			 const struct pl_annotation_rule *rules)
{
	const struct pl_fact *f = pl_object_fact(o, PL_LB_ANNOTATIONS, (int)w);
	struct list list = { 0 };

	if (!f || pl_object_fact(o, PL_LB_ANNOTATION_PROBLEMS, (int)w))
		return;
	if (!f->known) {
		put(m, o, f, f->waits_for, &list);
		return;
	}
	if (!rules && means_something(&f->value)) {
		put(m, o, f, "what reads its annotations is decided in the cluster", &list);
		return;
	}
	for (size_t i = 0; rules && i < f->value.count; i++)
		judge_pair(m, f, o, &f->value.map[i], rules, &list);
	put(m, o, f, NULL, &list);
	free(list.items);
}

void pl_annotation_judge(struct pl_model *m, struct pl_object *cluster,
			 const struct pl_annotation_rule *rules)
{
	for (struct pl_object *o = cluster->things; o; o = o->next_thing)
		for (int w = 0; o->kind == PL_LOAD_BALANCER && w < PL_WITNESS_COUNT; w++)
			judge_object(m, o, (enum pl_witness)w, rules);
}
