/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of an API server's answers: its beginning and end, texts that many have in common. */
#include "kubernetes/kube.h"

#include <stdlib.h>

#include "base/limits.h"
#include "kubernetes/facts.h"

struct pl_kube *pl_kube_new(struct pl_model *m, const struct pl_provider *const *providers, int source,
			    const struct pl_kube_hints *hints)
{
	struct pl_kube *k = pl_alloc(sizeof *k);

	k->m = m;
	k->providers = providers;
	k->source = source;
	k->strings = (struct pl_map)PL_MAP_INIT;
	k->cluster = pl_model_object(m, PL_CLUSTER, NULL, source, NULL);
	if (hints)
		k->hints = (struct pl_kube_hints){
			.context = pl_model_str(m, hints->context),
			.server = pl_model_str(m, hints->server),
			.provider = pl_model_str(m, hints->provider),
			.name = pl_model_str(m, hints->name),
			.location = pl_model_str(m, hints->location),
			.account = pl_model_str(m, hints->account),
		};
	return k;
}

void pl_kube_free(struct pl_kube *k)
{
	if (!k)
		return;
	pl_map_release(&k->strings);
	free(k->groups);
	for (size_t i = 0; i < PL_KUBE_KIND_COUNT; i++)
		free(k->list[i].items);
	free(k);
}

void pl_kube_freep(struct pl_kube **k)
{
	pl_kube_free(*k);
	*k = NULL;
}

void *pl_kube_add(struct pl_kube *k, enum pl_kube_index kind, size_t size)
{
	struct pl_kube_list *l = &k->list[kind];
	char *place;

	l->items = pl_grow(l->items, l->count, &l->cap, size);
	place = (char *)l->items + l->count++ * size;
	memset(place, 0, size);
	return place;
}

/* ---- texts ---- */

const char *pl_kube_str(struct pl_kube *k, const char *s, size_t n)
{
	void **place = pl_map_put(&k->strings, s, n);

	if (!*place)
		*place = pl_arena_strndup(&k->m->arena, s, n);
	return *place;
}

static bool is_plain(struct pl_slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x80 || text.p[i] == '\\')
			return false;
	return true;
}

const char *pl_kube_text(struct pl_kube *k, struct pl_slice value)
{
	struct pl_slice inside;
	struct pl_arena scratch = { NULL };
	const char *text = NULL, *decoded;

	if (pl_kube_is_null(value) || *value.p == '{' || *value.p == '[')
		return NULL;
	if (*value.p != '"')
		return pl_kube_str(k, value.p, value.n);
	inside = (struct pl_slice){ value.p + 1, value.n - 2 };
	if (is_plain(inside))
		return pl_kube_str(k, inside.p, inside.n);
	decoded = pl_scan_text(&scratch, value);
	if (decoded)
		text = pl_kube_str(k, decoded, strlen(decoded));
	pl_arena_release(&scratch);
	return text;
}

void pl_kube_texts_add(struct pl_kube_texts *t, const char *text)
{
	t->list = pl_grow(t->list, t->count, &t->cap, sizeof *t->list);
	t->list[t->count++] = text;
}

const char *const *pl_kube_texts_keep(struct pl_kube *k, struct pl_kube_texts *t)
{
	const char **copy;

	if (!t->count)
		return NULL;
	copy = pl_arena_alloc(&k->m->arena, t->count * sizeof *copy);
	memcpy(copy, t->list, t->count * sizeof *copy);
	t->count = 0;
	return copy;
}

/* ---- maps of texts ---- */

struct pairs {
	struct pl_kube *k;
	struct pl_pair *list;
	size_t count, cap;
};

static void add_pair(void *ctx, struct pl_slice key, struct pl_slice value)
{
	struct pairs *p = ctx;
	struct pl_slice quoted = { key.p - 1, key.n + 2 };
	const char *name = pl_kube_text(p->k, quoted), *text = pl_kube_text(p->k, value);

	if (!name)
		return;
	p->list = pl_grow(p->list, p->count, &p->cap, sizeof *p->list);
	p->list[p->count++] = (struct pl_pair){ name, text ? text : "" };
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pl_pair *x = a, *y = b;

	return strcmp(x->key, y->key);
}

const struct pl_pair *pl_kube_map(struct pl_kube *k, struct pl_slice object, size_t *count)
{
	struct pairs p = { .k = k };
	struct pl_pair *copy = NULL;
	size_t n = 0;

	pl_kube_members(object, add_pair, &p);
	if (p.count) {
		qsort(p.list, p.count, sizeof *p.list, compare_pairs);
		copy = pl_arena_alloc(&k->m->arena, p.count * sizeof *copy);
	}
	/* a name given twice stands once */
	for (size_t i = 0; i < p.count; i++)
		if (!n || !pl_streq(copy[n - 1].key, p.list[i].key))
			copy[n++] = p.list[i];
	free(p.list);
	*count = n;
	return copy;
}

const char *pl_kube_pair(const struct pl_pair *map, size_t n, const char *key)
{
	const struct pl_value v = { .type = PL_MAP, .map = map, .count = n };

	return pl_value_get(&v, key);
}

/* ---- what is known ---- */

const char *pl_kube_missing(const struct pl_kube *k, enum pl_kube_index kind)
{
	switch (k->list[kind].state) {
	case PL_KUBE_WHOLE:
		return NULL;
	case PL_KUBE_NOT_ASKED:
		return pl_model_strf(k->m, "%s were not asked for", pl_kube_kinds[kind].resource);
	case PL_KUBE_REFUSED:
		break;
	}
	return k->list[kind].why;
}

bool pl_kube_serves(const struct pl_kube *k, const char *group)
{
	for (size_t i = 0; i < k->group_count; i++)
		if (pl_streq(k->groups[i], group))
			return true;
	return false;
}

struct pl_object *pl_kube_object(struct pl_kube *k, enum pl_kind kind, const char *name,
				 const char *address)
{
	struct pl_object *o = pl_model_object(k->m, kind, name, k->source, address);

	o->cluster = k->cluster;
	return o;
}

void pl_kube_probe_admission(struct pl_kube *k, bool admitted, const char *why)
{
	k->probe = admitted ? PL_KUBE_ADMITTED : PL_KUBE_DENIED;
	k->probe_why = pl_model_str(k->m, why);
}

void pl_kube_probe_unclear(struct pl_kube *k, const char *why)
{
	k->probe = PL_KUBE_UNCLEAR;
	k->probe_why = pl_model_strf(k->m, "the dry run of a pod that is not privileged is refused, too: %s", why);
}

void pl_kube_finish(struct pl_kube *k)
{
	k->m->sources[k->source].resources = k->list[PL_KUBE_NODES].count;
	pl_kube_recognise(k);
	pl_kube_pools(k);
	pl_kube_components(k);
	pl_kube_network(k);
	pl_kube_entries(k);
	pl_kube_spaces(k);
	pl_kube_admission(k);
}
