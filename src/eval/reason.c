/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence for each witness's answer. */
#include "base/buf.h"
#include "base/str.h"
#include "eval/internal.h"

#define PARTS_NAMED 3 /* of one object's findings */

const char *pl_kind_words(struct pl_arena *arena, enum pl_kind kind)
{
	char *words = pl_arena_strdup(arena, pl_kind_name(kind));

	for (char *p = words; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	return words;
}

static const char *address_of(const struct pl_object *o)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (o->origin[w].address)
			return o->origin[w].address;
	return "without a name";
}

void pl_object_say(const struct pl_object *o, struct pl_buf *out)
{
	for (const char *p = pl_kind_name(o->kind); *p; p++)
		pl_buf_addc(out, *p == '_' ? ' ' : *p);
	pl_buf_addf(out, " \"%s\"", o->name ? o->name : address_of(o));
}

static void say_value(const struct pl_finding *f, struct pl_buf *out)
{
	if (f->verdict == PL_UNDECIDED && !f->actual)
		pl_buf_adds(out, " is not known");
	else if (f->sensitive)
		pl_buf_adds(out, f->verdict == PL_PASS ? " is as required" : " is not as required");
	else
		pl_buf_addf(out, " is %s", f->actual ? f->actual : "not set");
}

void pl_finding_say(const struct pl_finding *f, struct pl_buf *out)
{
	const char *why = f->waits_for ? f->waits_for : f->note;

	if (!f->attribute) {
		pl_buf_adds(out, why ? why : "it is there");
		return;
	}
	pl_buf_adds(out, f->attribute);
	say_value(f, out);
	if (why)
		pl_buf_addf(out, " (%s)", why);
	if (f->verdict == PL_FAIL && f->expected)
		pl_buf_addf(out, ", needs %s", f->expected);
}

/* The first object with such findings, and what they say of it. */
static void add_first(struct pl_buf *b, const struct pl_answer *a, enum pl_verdict verdict)
{
	const struct pl_object *object = NULL;
	size_t parts = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct pl_finding *f = &a->findings[i];

		if (f->verdict != verdict || (parts && f->object != object))
			continue;
		if (!parts && f->object) {
			pl_object_say(f->object, b);
			pl_buf_adds(b, ": ");
		}
		object = f->object;
		if (parts < PARTS_NAMED) {
			pl_buf_adds(b, parts ? "; " : "");
			pl_finding_say(f, b);
		}
		parts++;
	}
}

/* Findings of one object stand together, so a change of object is a new one. */
static size_t objects_with(const struct pl_answer *a, enum pl_verdict verdict)
{
	const struct pl_object *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (a->findings[i].verdict != verdict || !a->findings[i].object)
			continue;
		n += a->findings[i].object != last;
		last = a->findings[i].object;
	}
	return n;
}

static const char *kinds_asked(struct pl_arena *arena, const struct pl_requirement *r)
{
	return r->clause_count ? pl_kind_words(arena, r->clauses[0].on) : "object";
}

/* "no pool carries gitpod.io/workload_ide=true" */
static bool add_no_label(struct pl_buf *b, struct pl_arena *arena, const struct pl_requirement *r,
			 const struct pl_answer *a)
{
	const struct pl_cond *c = r->clause_count ? r->clauses[0].expect : NULL;

	if (r->quantifier != PL_SOME || !c || c->op != PL_COND_TEST || c->test.op != PL_OP_KEY ||
	    !c->test.any_count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->findings[i].object && a->findings[i].object->kind != r->clauses[0].on)
			return false;
	pl_buf_addf(b, "no %s carries %s=%s", kinds_asked(arena, r), c->test.key, c->test.any_of[0]);
	return true;
}

static void add_fail(struct pl_buf *b, struct pl_arena *arena, const struct pl_requirement *r,
		     const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_FAIL);

	if (n && add_no_label(b, arena, r, a))
		return;
	if (n > 1 && r->quantifier == PL_SOME)
		pl_buf_addf(b, "none of %zu does: ", n);
	add_first(b, a, PL_FAIL);
	if (n > 1 && r->quantifier == PL_EVERY)
		pl_buf_addf(b, " (and %zu more)", n - 1);
}

static void add_pass(struct pl_buf *b, const struct pl_requirement *r, const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_PASS);

	if (n > 1 && r->quantifier == PL_EVERY)
		pl_buf_addf(b, "all %zu are as required", n);
	else
		add_first(b, a, PL_PASS);
}

/* What stands in the way: a finding without an object explains the whole answer. */
static void add_unknown(struct pl_buf *b, const struct pl_answer *a)
{
	size_t n = objects_with(a, PL_UNDECIDED);

	add_first(b, a, PL_UNDECIDED);
	if (n > 1)
		pl_buf_addf(b, " (and %zu more)", n - 1);
}

const char *pl_reason(struct pl_arena *arena, const struct pl_requirement *r,
		      const struct pl_answer *a, const struct pl_tally *t)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (a->verdict == PL_FAIL)
		add_fail(&b, arena, r, a);
	else if (a->verdict == PL_PASS)
		add_pass(&b, r, a);
	else if (a->verdict == PL_UNDECIDED)
		add_unknown(&b, a);
	else
		pl_buf_addf(&b, t->present ? "no %s is one of those it asks of" : "there is no %s",
			    kinds_asked(arena, r));
	return pl_arena_strndup(arena, b.data, b.len);
}
