/* SPDX-License-Identifier: Apache-2.0 */
/* Judges annotations by a table of rules: see annotation.h. */
#include "model/annotation.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

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

static void judge_object(struct pl_model *m, struct pl_object *o,
			 const struct pl_annotation_rule *rules)
{
	const struct pl_fact *f = pl_object_fact(o, PL_LB_ANNOTATIONS, -1);
	struct list list = { 0 };
	struct pl_value value = { .type = PL_LIST };

	if (!f || pl_object_fact(o, PL_LB_ANNOTATION_PROBLEMS, -1))
		return;
	if (!f->known) {
		pl_fact_unknown(m, o, PL_LB_ANNOTATION_PROBLEMS, f->waits_for, f->origin.path);
		return;
	}
	if (!rules && (f->value.count || f->value.open)) {
		pl_fact_unknown(m, o, PL_LB_ANNOTATION_PROBLEMS,
				"what reads its annotations is decided in the cluster", f->origin.path);
		return;
	}
	for (size_t i = 0; i < f->value.count; i++)
		judge_pair(m, f, o, &f->value.map[i], rules, &list);
	value.list = list.items;
	value.count = list.count;
	pl_fact_add(m, o, PL_LB_ANNOTATION_PROBLEMS, &value, f->origin.path);
	free(list.items);
}

void pl_annotation_judge(struct pl_model *m, struct pl_object *cluster,
			 const struct pl_annotation_rule *rules)
{
	for (struct pl_object *o = cluster->things; o; o = o->next_thing)
		if (o->kind == PL_LOAD_BALANCER)
			judge_object(m, o, rules);
}
