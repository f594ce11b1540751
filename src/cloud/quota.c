/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of demand: of each thing that the cloud gives only so much of, what it gives, what is taken, what
 * the plan adds, and by which of its resources.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cloud/internal.h"

struct item {
	struct pl_cloud_demand demand;
	struct item *next;
};

struct pl_cloud_bill {
	const char *key;
	struct pl_cloud_quota quota;
	struct item *items, **last;
	struct pl_cloud_bill *next;
};

static struct pl_cloud_bill *bill_of(struct pl_cloud *c, const char *key)
{
	struct pl_cloud_bill **at = &c->bills, *b;

	for (; *at; at = &(*at)->next)
		if (pl_streq((*at)->key, key))
			return *at;
	*at = b = pl_arena_alloc(&c->m->arena, sizeof *b);
	b->key = pl_model_str(c->m, key);
	b->quota = (struct pl_cloud_quota){ .title = b->key, .resource = "quota", .unit = "", .limit = -1, .used = -1,
					    .why = "it was not asked for" };
	b->last = &b->items;
	return b;
}

void pl_cloud_quota(struct pl_cloud *c, const struct pl_cloud_quota *q)
{
	struct pl_cloud_bill *b = bill_of(c, q->key);

	b->quota = *q;
	b->quota.key = b->key;
	b->quota.title = pl_model_str(c->m, q->title ? q->title : q->key);
	b->quota.resource = pl_model_str(c->m, q->resource);
	b->quota.unit = pl_model_str(c->m, q->unit);
	b->quota.why = pl_model_str(c->m, q->why);
}

void pl_cloud_demand(struct pl_cloud *c, const char *key, const struct pl_cloud_demand *d)
{
	struct pl_cloud_bill *b = bill_of(c, key);
	struct item *item = pl_arena_alloc(&c->m->arena, sizeof *item);

	item->demand = *d;
	item->demand.note = pl_model_str(c->m, d->note);
	item->demand.waits_for = pl_model_str(c->m, d->waits_for);
	*b->last = item;
	b->last = &item->next;
}

/* ---- the sum ---- */

/* -1: not known. */
struct sum {
	int64_t min, desired, max;
	const char *waits_for;
};

static int64_t plus(int64_t a, int64_t b)
{
	return a < 0 || b < 0 ? -1 : a > INT64_MAX - b ? INT64_MAX : a + b;
}

static struct sum sum_of(const struct pl_cloud_bill *b)
{
	struct sum s = { 0, 0, 0, NULL };

	for (const struct item *i = b->items; i; i = i->next) {
		const struct pl_cloud_demand *d = &i->demand;

		s.min = plus(s.min, d->min);
		s.desired = plus(s.desired, d->desired);
		s.max = plus(s.max, d->max);
		if (!s.waits_for && (d->min < 0 || d->desired < 0 || d->max < 0))
			s.waits_for = d->waits_for ? d->waits_for : "the sizes are known after apply";
	}
	return s;
}

/* What is free, and whether that is certain; what is used and not known could be nothing. */
static const char *headroom(const struct pl_cloud_quota *q, const struct sum *s)
{
	int64_t left = q->limit - (q->used < 0 ? 0 : q->used);

	if (q->limit < 0 || q->fail_open)
		return NULL;
	if (s->desired > left || s->min > left)
		return "missing";
	if (q->used < 0 || s->desired < 0)
		return NULL;
	if (s->max > left)
		return "low";
	return s->max < 0 ? NULL : "enough";
}

/* ---- the object ---- */

static void add_limit(struct pl_buf *b, const struct pl_cloud_quota *q)
{
	if (q->limit < 0)
		pl_buf_adds(b, "limit not known");
	else
		pl_buf_addf(b, "%" PRId64 "%s%s", q->limit, *q->unit ? " " : "", q->unit);
	if (q->used >= 0)
		pl_buf_addf(b, ", %" PRId64 " used", q->used);
}

static void add_sizes(struct pl_buf *b, const struct sum *s)
{
	bool range = s->min >= 0 && s->max >= 0 && s->min < s->max;

	if (s->desired >= 0)
		pl_buf_addf(b, "%" PRId64, s->desired);
	else if (!range)
		pl_buf_adds(b, "an unknown number");
	if (range)
		pl_buf_addf(b, "%s%" PRId64 " to %" PRId64 "%s", s->desired < 0 ? "" : " (", s->min, s->max,
			    s->desired < 0 ? "" : ")");
}

/* "64 vCPU, 40 used, the plan adds 32 (16 to 96): 8 short" */
static const char *text_of(struct pl_cloud *c, const struct pl_cloud_quota *q, const struct sum *s)
{
	pl_auto_buf b = PL_BUF_INIT;
	int64_t left = q->limit - q->used - s->desired;

	add_limit(&b, q);
	pl_buf_adds(&b, ", the plan adds ");
	add_sizes(&b, s);
	if (q->limit >= 0 && q->used >= 0 && s->desired >= 0 && !q->fail_open)
		pl_buf_addf(&b, ": %" PRId64 " %s", left < 0 ? -left : left, left < 0 ? "short" : "left");
	return pl_model_strf(c->m, "%s", b.data);
}

static void add_int(struct pl_cloud *c, struct pl_object *o, enum pl_attr attr, int64_t n, const char *why)
{
	if (n >= 0)
		pl_fact_int(c->m, o, attr, n, NULL);
	else
		pl_fact_unknown(c->m, o, attr, why, NULL);
}

static void add_consumers(struct pl_cloud *c, struct pl_object *o, const struct pl_cloud_bill *b)
{
	struct pl_value v = { .type = PL_LIST };
	const char **list;
	size_t n = 0;

	for (const struct item *i = b->items; i; i = i->next)
		n++;
	list = pl_arena_alloc(&c->m->arena, n * sizeof *list);
	for (const struct item *i = b->items; i; i = i->next) {
		const struct pl_cloud_demand *d = &i->demand;
		const char *address = d->object->origin[PL_PLAN].address;
		const char *number = d->desired < 0 ? "not known" : pl_model_strf(c->m, "%" PRId64, d->desired);

		list[v.count++] = pl_model_strf(c->m, "%s: %s%s%s%s", address ? address : d->object->name, number,
						d->note ? " (" : "", d->note ? d->note : "", d->note ? ")" : "");
	}
	v.list = list;
	pl_fact_add(c->m, o, PL_QUOTA_CONSUMERS, &v, NULL);
}

static void add_headroom(struct pl_cloud *c, struct pl_object *o, const struct pl_cloud_quota *q,
			 const struct sum *s)
{
	const char *why = q->why ? q->why : "the cloud does not say how much of it there is";
	const char *verdict = headroom(q, s);

	add_int(c, o, PL_QUOTA_LIMIT, q->limit, why);
	add_int(c, o, PL_QUOTA_USED, q->used, why);
	add_int(c, o, PL_QUOTA_ADDED_MIN, s->min, s->waits_for);
	add_int(c, o, PL_QUOTA_ADDED, s->desired, s->waits_for);
	add_int(c, o, PL_QUOTA_ADDED_MAX, s->max, s->waits_for);
	if (q->limit >= 0 && q->used >= 0 && s->desired >= 0)
		pl_fact_int(c->m, o, PL_QUOTA_LEFT, q->limit - q->used - s->desired, NULL);
	if (verdict)
		pl_fact_text(c->m, o, PL_QUOTA_HEADROOM, verdict, NULL)->note = text_of(c, q, s);
	else
		pl_fact_unknown(c->m, o, PL_QUOTA_HEADROOM,
				q->limit < 0 || q->used < 0 || q->fail_open ? why : s->waits_for, NULL)->note =
			text_of(c, q, s);
}

static void write_bill(struct pl_cloud *c, const struct pl_cloud_bill *b)
{
	struct pl_object *first = b->items->demand.object;
	struct sum s = sum_of(b);
	struct pl_object *o = pl_model_object(c->m, PL_QUOTA, b->quota.title, c->source, b->key);

	o->identity = pl_model_strf(c->m, "%s/%s", c->opt->source, b->key);
	o->cluster = first->kind == PL_CLUSTER ? first : first->cluster;
	pl_fact_text(c->m, o, PL_QUOTA_RESOURCE, b->quota.resource, NULL);
	pl_fact_text(c->m, o, PL_QUOTA_UNIT, b->quota.unit, NULL);
	add_headroom(c, o, &b->quota, &s);
	add_consumers(c, o, b);
}

void pl_cloud_bills_write(struct pl_cloud *c)
{
	for (const struct pl_cloud_bill *b = c->bills; b; b = b->next)
		if (b->items)
			write_bill(c, b);
}
