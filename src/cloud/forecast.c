/* SPDX-License-Identifier: Apache-2.0 */
/* What the forecasts of all clouds have in common: planned values, sizes of pools, sizes of machines, ranges. */
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "cloud/internal.h"

const struct pl_value *pl_cloud_planned_value(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, PL_PLAN);

	return f && f->known && !f->sensitive ? &f->value : NULL;
}

struct pl_object *pl_cloud_running(struct pl_cloud *c, const struct pl_object *planned)
{
	for (size_t i = 0; i < c->m->object_count; i++) {
		struct pl_object *o = c->m->objects[i];

		if (o->kind == planned->kind && o->origin[PL_CLOUD].source == c->source && pl_streq(o->name, planned->name))
			return o;
	}
	return NULL;
}

/* ---- sizes ---- */

static int64_t number(const struct pl_object *o, enum pl_attr attr, enum pl_witness w)
{
	const struct pl_fact *f = pl_object_fact(o, attr, (int)w);

	return f && f->known ? f->value.i : -1;
}

static int64_t times(int64_t a, int64_t b)
{
	return a < 0 || b < 0 ? -1 : a > INT64_MAX / (b ? b : 1) ? INT64_MAX : a * b;
}

/* What is there already is not taken again. */
static int64_t less(int64_t planned, int64_t running)
{
	return planned < 0 || running < 0 ? -1 : running > planned ? 0 : planned - running;
}

struct pl_cloud_sizes pl_cloud_nodes(const struct pl_object *pool, enum pl_witness w, int64_t zones)
{
	struct pl_cloud_sizes s = { number(pool, PL_POOL_MIN, w), number(pool, PL_POOL_DESIRED, w),
				    number(pool, PL_POOL_MAX, w) };
	const struct pl_fact *each = pl_object_fact(pool, PL_POOL_PER_ZONE, (int)w);
	int64_t surge = number(pool, PL_POOL_SURGE, w);

	s.desired = s.desired < 0 ? s.min : s.desired;
	if (zones > 1 && (!each || (each->known && each->value.b)))
		s = pl_cloud_times(s, zones);
	if (s.max >= 0 && surge > 0)
		s.max = s.max > INT64_MAX - surge ? INT64_MAX : s.max + surge;
	return s;
}

struct pl_cloud_sizes pl_cloud_times(struct pl_cloud_sizes s, int64_t each)
{
	return (struct pl_cloud_sizes){ times(s.min, each), times(s.desired, each), times(s.max, each) };
}

struct pl_cloud_sizes pl_cloud_less(struct pl_cloud_sizes s, int64_t running)
{
	return (struct pl_cloud_sizes){ less(s.min, running), less(s.desired, running), less(s.max, running) };
}

void pl_cloud_bill(struct pl_cloud *c, struct pl_object *pool, const char *key, struct pl_cloud_sizes s, int64_t each,
		   const char *note)
{
	struct pl_cloud_sizes of = pl_cloud_times(s, each);
	bool running = s.desired < 0 && pl_cloud_nodes(pool, PL_PLAN, 1).desired >= 0;

	pl_cloud_demand(c, key, &(struct pl_cloud_demand){
		.object = pool, .min = of.min, .desired = of.desired, .max = of.max, .note = note,
		.waits_for = running ? "how much of it runs is not known" : "its size or type is known after apply" });
}

/* ---- machines ---- */

void pl_cloud_size(struct pl_cloud *c, struct pl_object *o, const char *type, const struct pl_machine *live,
		   const char *api, const char *path)
{
	const char *name = pl_model_str(c->m, type);
	struct pl_machine listed;

	pl_fact_int(c->m, o, PL_POOL_VCPU, live->vcpu, path)->note = name;
	pl_fact_int(c->m, o, PL_POOL_MEMORY, live->memory, path)->note = name;
	if (live->architecture[0])
		pl_fact_text(c->m, o, PL_POOL_ARCHITECTURE, live->architecture, path)->note = name;
	if (!c->provider->machine || !c->provider->machine(type, &listed) ||
	    (listed.vcpu == live->vcpu && listed.memory == live->memory))
		return;
	pl_cloud_problem(c, name, "catalogue",
			 pl_model_strf(c->m, "%s says that %s has %lld vCPU and %lld MiB, which the built-in catalogue does not; "
				       "%s counts", api, name, (long long)live->vcpu, (long long)(live->memory >> 20), api), NULL);
}

static void refresh_pool(struct pl_cloud *c, struct pl_object *o, pl_cloud_live *live, const char *api, const char *path)
{
	static const enum pl_attr attrs[] = { PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };
	const struct pl_fact *first = pl_object_fact(o, PL_POOL_MACHINE, PL_CLOUD);
	struct pl_machine of;

	for (const struct pl_fact *t = first; t; t = pl_fact_next(t, PL_CLOUD))
		if (!t->known || !live(c, t->value.s, &of))
			return;
	for (size_t i = 0; first && i < sizeof attrs / sizeof *attrs; i++)
		pl_object_forget(o, attrs[i], PL_CLOUD);
	for (const struct pl_fact *t = first; t; t = pl_fact_next(t, PL_CLOUD))
		if (live(c, t->value.s, &of))
			pl_cloud_size(c, o, t->value.s, &of, api, path);
}

void pl_cloud_refresh(struct pl_cloud *c, pl_cloud_live *live, const char *api, const char *path)
{
	for (size_t i = 0; i < c->m->object_count; i++)
		if (c->m->objects[i]->kind == PL_POOL && c->m->objects[i]->origin[PL_CLOUD].source == c->source)
			refresh_pool(c, c->m->objects[i], live, api, path);
}

/* ---- answers that clouds give alike ---- */

int64_t pl_cloud_addresses(const char *cidr)
{
	const char *slash = cidr ? strchr(cidr, '/') : NULL;
	int64_t bits;

	return slash && pl_parse_i64(slash + 1, &bits) && bits >= 0 && bits <= 32 ? (int64_t)1 << (32 - bits) : -1;
}

static const char *effect_of(const char *text)
{
	static const struct {
		const char *word, *effect;
	} effects[] = { { "NO_SCHEDULE", "NoSchedule" }, { "NO_EXECUTE", "NoExecute" },
			{ "PREFER_NO_SCHEDULE", "PreferNoSchedule" } };

	for (size_t i = 0; text && i < sizeof effects / sizeof *effects; i++)
		if (!strcmp(text, effects[i].word))
			return effects[i].effect;
	return text ? text : "";
}

void pl_cloud_taints(struct pl_cloud *c, struct pl_object *pool, json_t *taints, const char *path)
{
	const char **list = pl_arena_alloc(&c->m->arena, (json_array_size(taints) + 1) * sizeof *list);
	struct pl_value v = { .type = PL_LIST, .list = list };
	json_t *t;
	size_t i;

	json_array_foreach(taints, i, t) {
		const char *key = pl_cloud_text(c, t, "key"), *value = pl_cloud_text(c, t, "value");

		if (key)
			list[v.count++] = pl_model_strf(c->m, "%s=%s:%s", key, value ? value : "",
							effect_of(pl_cloud_text(c, t, "effect")));
	}
	pl_fact_add(c->m, pool, PL_POOL_TAINTS, &v, path);
}

int pl_cloud_minor(const char *version)
{
	const char *dot = strchr(version, '.');
	int n = 0;

	for (const char *p = dot ? dot + 1 : ""; *p >= '0' && *p <= '9' && n < 1000; p++)
		n = n * 10 + *p - '0';
	return dot ? n : -1;
}
