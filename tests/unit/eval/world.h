/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds in a few lines of text, so that a case is a row.  A line tells of one object:
 *
 *	SOURCE KIND NAME WORD...
 *
 * SOURCE is a witness, or `state`, `old`, `new` (snapshots of a live cluster); "plan.2" is a second
 * plan, "plan*" a targeted one; alone on its line it saw nothing.  A word is attribute=value,
 * attribute=?REFERENCE (unknown), "in=CLUSTER", "join=CLUSTER" (told by the user), or one of +change
 * +gone +stand_in.  A SOURCE "ahead" is a cloud's that speaks of an object of the plan, which is not new.  Lists and maps are a,b and k:v,k:v; "..." says that there may be more; a "!"
 * before a value makes it sensitive.
 */
#ifndef TESTS_UNIT_EVAL_WORLD_H
#define TESTS_UNIT_EVAL_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/limits.h"
#include "base/str.h"
#include "eval/eval.h"

#define WORLD_ITEMS 16

struct world {
	struct pl_model *model;
	struct pl_arch *arch;
	struct pl_report *report;
};

static inline void world_release(struct world *w)
{
	pl_report_free(w->report);
	pl_arch_free(w->arch);
	pl_model_free(w->model);
}

#define auto_world __attribute__((cleanup(world_release))) struct world

/* The next of the parts between `separators`, as a copy; NULL at the end. */
static const char *next_part(struct pl_model *m, const char **at, const char *separators)
{
	const char *s = *at + strspn(*at, separators);
	size_t n = strcspn(s, separators);

	*at = s + n;
	return n ? pl_arena_strndup(&m->arena, s, n) : NULL;
}

/* ---- sources ---- */

static const struct {
	const char *prefix, *kind;
	enum pl_witness witness;
	int rank;
} world_sources[] = {
	{ "plan", "terraform-plan", PL_PLAN, 2 },    { "state", "terraform-state", PL_PLAN, 1 },
	{ "old", "snapshot", PL_CLUSTER_API, 0 },    { "new", "snapshot", PL_CLUSTER_API, 0 },
	{ "cluster", "kubernetes", PL_CLUSTER_API, 0 }, { "cloud", "eks", PL_CLOUD, 0 },
	{ "ahead", "eks", PL_CLOUD, 0 },
	{ "node", "ssh", PL_NODE_SSH, 0 },           { "endpoint", "mysql", PL_ENDPOINT_NET, 0 },
};

static int world_source(struct pl_model *m, const char *name, int *rank)
{
	size_t k = 0;

	while (!pl_starts(name, world_sources[k].prefix))
		k++;
	*rank = world_sources[k].rank;
	for (size_t i = 0; i < m->source_count; i++)
		if (pl_streq(m->sources[i].name, name))
			return (int)i;
	return pl_model_source(m, &(struct pl_source){
		.name = name, .kind = world_sources[k].kind, .witness = world_sources[k].witness,
		.complete = !pl_ends(name, "*"), .why = pl_ends(name, "*") ? "targeted plan" : NULL });
}

/* ---- facts ---- */

static struct pl_value world_value(struct pl_model *m, enum pl_type type, const char *text)
{
	struct pl_value v = { .type = type, .s = text };
	struct pl_pair *map = pl_arena_alloc(&m->arena, WORLD_ITEMS * sizeof *map);
	const char **list = pl_arena_alloc(&m->arena, WORLD_ITEMS * sizeof *list), *item;

	v.b = pl_streq(text, "true");
	v.i = type == PL_INT || type == PL_BYTES ? strtoll(text, NULL, 10) : 0;
	v.list = list;
	v.map = map;
	while ((type == PL_LIST || type == PL_MAP) && (item = next_part(m, &text, ","))) {
		const char *colon = strchr(item, ':');

		if (pl_streq(item, "...")) {
			v.open = true;
			continue;
		}
		if (type == PL_MAP)
			map[v.count] = (struct pl_pair){
				pl_arena_strndup(&m->arena, item, (size_t)(colon - item)), colon + 1 };
		list[v.count++] = item;
	}
	return v;
}

static void world_fact(struct pl_model *m, struct pl_object *o, const char *word)
{
	const char *equals = strchr(word, '='), *text = equals + 1;
	int attr = pl_attr_find(o->kind, pl_arena_strndup(&m->arena, word, (size_t)(equals - word)));
	bool sensitive = *text == '!';
	struct pl_value v;

	if (attr < 0)
		fail_msg("no attribute in '%s'", word);
	text += sensitive;
	if (*text == '?') {
		pl_fact_unknown(m, o, (enum pl_attr)attr, text + 1, NULL)->sensitive = sensitive;
		return;
	}
	v = world_value(m, pl_attrs[attr].type, text);
	pl_fact_add(m, o, (enum pl_attr)attr, &v, "path")->sensitive = sensitive;
}

/* ---- objects ---- */

static struct pl_object *world_cluster(struct pl_model *m, const char *name)
{
	for (size_t i = m->object_count; i-- > 0;)
		if (m->objects[i]->kind == PL_CLUSTER && pl_streq(m->objects[i]->name, name))
			return m->objects[i];
	fail_msg("no cluster '%s'", name);
	return NULL;
}

static void world_word(struct pl_model *m, struct pl_object *o, int source, const char *word)
{
	o->will_change |= pl_streq(word, "+change");
	o->gone |= pl_streq(word, "+gone");
	o->stand_in |= pl_streq(word, "+stand_in");
	if (pl_starts(word, "in="))
		o->cluster = world_cluster(m, word + 3);
	else if (pl_starts(word, "join="))
		m->sources[source].join = word + 5;
	else if (*word != '+')
		world_fact(m, o, word);
}

static struct pl_object *world_planned(struct pl_model *m, enum pl_kind kind, const char *name)
{
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == kind && m->objects[i]->rank && pl_streq(m->objects[i]->name, name))
			return m->objects[i];
	fail_msg("nothing planned is called '%s'", name);
	return NULL;
}

static struct pl_object *world_object(struct pl_model *m, const char *source, enum pl_kind kind, const char *name)
{
	int rank, s = world_source(m, source, &rank);
	struct pl_object *o;

	if (pl_starts(source, "ahead"))
		return pl_model_beside(m, world_planned(m, kind, name), s, "asked");
	o = pl_model_object(m, kind, name, s, pl_model_strf(m, "%s.%s", pl_kind_name(kind), name));
	o->identity = o->name;
	o->rank = rank;
	return o;
}

/* `backwards`: the object's words from the last to the first. */
static inline void world_line(struct pl_model *m, const char *line, bool backwards)
{
	const char *source = next_part(m, &line, " "), *kind = next_part(m, &line, " ");
	const char *name = next_part(m, &line, " "), *words[WORLD_ITEMS], *word;
	int rank, s = world_source(m, source, &rank);
	struct pl_object *o;
	size_t n = 0;

	if (!kind)
		return;
	o = world_object(m, source, (enum pl_kind)pl_kind_find(kind), name);
	while ((word = next_part(m, &line, " ")))
		words[n++] = word;
	for (size_t i = 0; i < n; i++)
		world_word(m, o, s, words[backwards ? n - 1 - i : i]);
}

static void shuffle(const char **lines, size_t n, unsigned seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = (seed = seed * 1103515245U + 12345U) / 65536U % i;
		const char *line = lines[i - 1];

		lines[i - 1] = lines[k];
		lines[k] = line;
	}
}

/* Clusters come before the objects that name them, and what is said of planned ones last. */
static inline int world_turn(const char *line)
{
	return pl_starts(line, "ahead") ? 2 : strstr(line, " cluster ") ? 0 : 1;
}

/*
 * The joined model.  A seed other than 0 shuffles what the sources say; the sources themselves stand in
 * the order given.
 */
static inline struct pl_model *world_model(const char *text, unsigned seed)
{
	struct pl_model *m = pl_model_new();
	const char *lines[64], *line;
	size_t n = 0;
	int rank;

	while ((line = next_part(m, &text, "\n"))) {
		lines[n++] = line;
		world_source(m, next_part(m, &line, " "), &rank);
	}
	if (seed)
		shuffle(lines, n, seed);
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < n; i++)
			if (world_turn(lines[i]) == turn)
				world_line(m, lines[i], seed & 1);
	pl_model_join(m);
	return m;
}

/* ---- architectures ---- */

static inline struct pl_arch *world_arch(const char *text, size_t len, const char *profile)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_arch *a = pl_arch_load(&(struct pl_arch_text){ "test.yaml", text, len }, NULL, profile,
					 NULL, 0, &err);

	if (!a)
		fail_msg("%s", err.text);
	return a;
}

/* ---- results ---- */

/* The result of "ID" about the first cluster, or of "CLUSTER/ID". */
static inline const struct pl_result *world_result(const struct pl_report *r, const char *id)
{
	const char *slash = strchr(id, '/');

	for (size_t i = 0; i < r->count; i++) {
		const struct pl_result *x = &r->results[i];
		size_t n = slash ? (size_t)(slash - id) : 0;

		if (!pl_streq(x->requirement->id, slash ? slash + 1 : id))
			continue;
		if (!slash || (x->cluster && pl_slice_is((struct pl_slice){ id, n }, x->cluster->name)))
			return x;
	}
	fail_msg("no result '%s'", id);
	return NULL;
}

/* How many of the words "[CLUSTER/]ID[@WITNESS]=VERDICT" do not hold; each is printed. */
static inline size_t world_wrong(const struct pl_report *r, const char *what, const char *expected)
{
	pl_auto_model struct pl_model *scratch = pl_model_new();
	const char *word;
	size_t wrong = 0;

	while ((word = next_part(scratch, &expected, " "))) {
		const char *id = next_part(scratch, &word, "="), *wanted = next_part(scratch, &word, "=");
		const char *name = next_part(scratch, &id, "@"), *witness = next_part(scratch, &id, "@");
		const struct pl_result *x = world_result(r, name);
		enum pl_verdict v = witness ? x->by[pl_witness_find(witness)].verdict : x->verdict;

		if (pl_streq(pl_verdict_name(v), wanted))
			continue;
		print_error("%s: %s%s%s is %s, not %s\n", what, name, witness ? "@" : "",
			    witness ? witness : "", pl_verdict_name(v), wanted);
		wrong++;
	}
	return wrong;
}

#endif
