/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings in words.  Those of one object that rest on the same thing make one part of the
 * sentence, so that it is said once: "vcpu is 2 and memory is 4 GiB (t3.medium); needs ...".
 */
#include "base/buf.h"
#include "base/str.h"
#include "eval/internal.h"

#define PARTS_SAID 6 /* of one object */
#define CONSUMERS_SAID 4 /* of one quota */

static void add_words(struct pl_buf *out, const char *name)
{
	for (const char *p = name; *p; p++)
		pl_buf_addc(out, *p == '_' ? ' ' : *p);
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
	add_words(out, pl_kind_name(o->kind));
	pl_buf_addf(out, " \"%s\"", o->name ? o->name : address_of(o));
}

/* ---- one finding ---- */

static const struct pl_attr_info *attribute_of(const struct pl_finding *f)
{
	return f->test ? &pl_attrs[f->test->attr] : f->fact ? &pl_attrs[f->fact->attr] : NULL;
}

static bool is_a(const struct pl_finding *f, enum pl_type type)
{
	const struct pl_attr_info *a = attribute_of(f);

	return a && a->type == type;
}

/* "network policy"; of a map the key that is asked: "label gitpod.io/workload_meta" */
static void say_subject(const struct pl_finding *f, struct pl_buf *out)
{
	const char *name = f->test && f->test->key ? pl_attrs[f->test->attr].name : f->attribute;
	bool key = f->test && f->test->key;

	add_words(out, name);
	if (!key)
		return;
	if (pl_ends(name, "s"))
		pl_buf_truncate(out, out->len - 1);
	pl_buf_addf(out, " %s", f->test->key);
}

/* A yes or no is said by what it means. */
static void say_bool(const struct pl_finding *f, struct pl_buf *out)
{
	const char *meaning = attribute_of(f)->meaning;

	if (f->sensitive || !f->actual)
		pl_buf_addf(out, "not known whether %s", meaning);
	else
		pl_buf_addf(out, "%s%s", pl_streq(f->actual, "true") ? "" : "not so: ", meaning);
}

static void say_value(const struct pl_finding *f, struct pl_buf *out)
{
	/* "supported until 2026-11-30" */
	const char *is = is_a(f, PL_LIST) ? " are" : pl_ends(f->attribute, "_until") ? "" : " is";

	if (is_a(f, PL_BOOL)) {
		say_bool(f, out);
		return;
	}
	if (is_a(f, PL_LIST) && pl_streq(f->actual, "none")) {
		pl_buf_adds(out, "no ");
		say_subject(f, out);
		return;
	}
	say_subject(f, out);
	if (f->sensitive)
		pl_buf_addf(out, "%s%s as required", is, f->verdict == PL_PASS ? "" : " not");
	else
		pl_buf_addf(out, "%s %s", is, f->actual ? f->actual : "not set");
}

/* "needs = 5.7" would read badly: what is equal is just named. */
static const char *needed(const struct pl_finding *f)
{
	return pl_starts(f->expected, "= ") ? f->expected + 2 : f->expected;
}

/* ---- what findings have in common ---- */

enum manner { TELLS, DECIDED, POSSIBLE, NOT_KNOWN };

static enum manner manner_of(const struct pl_finding *f)
{
	if (!f->attribute)
		return TELLS;
	if (f->verdict == PL_UNDECIDED)
		return f->actual ? POSSIBLE : NOT_KNOWN;
	return DECIDED;
}

/* An unknown value is explained by what it waits for, any other by its note. */
static const char *why_of(const struct pl_finding *f)
{
	return f->waits_for && manner_of(f) == NOT_KNOWN ? f->waits_for : f->note;
}

/* The wait of the question whether the object is asked at all. */
static const char *also_of(const struct pl_finding *f)
{
	return manner_of(f) == POSSIBLE ? f->waits_for : NULL;
}

static bool alike(const struct pl_finding *a, const struct pl_finding *b)
{
	return manner_of(a) != TELLS && manner_of(a) == manner_of(b) &&
	       pl_streq(why_of(a), why_of(b)) && pl_streq(also_of(a), also_of(b)) &&
	       is_a(a, PL_BOOL) == is_a(b, PL_BOOL) && a->together == b->together;
}

/* Those of findings[0..n) that have the verdict and are told of together with the first. */
struct part {
	const struct pl_finding *first;
	size_t n, skipped; /* as far as findings + skipped */
	enum pl_verdict verdict;
};

static struct part next_part(const struct pl_finding *f, size_t n, enum pl_verdict verdict)
{
	struct part p = { NULL, 0, 0, verdict };

	for (size_t i = 0; i < n; i++) {
		if (f[i].verdict == verdict) {
			if (p.first && !alike(p.first, &f[i]))
				break;
			p.first = p.first ? p.first : &f[i];
			p.n++;
		}
		p.skipped = i + 1;
	}
	return p;
}

static void say_each(const struct part *p, struct pl_buf *out,
		     void (*say)(const struct pl_finding *f, struct pl_buf *out))
{
	size_t said = 0;

	for (const struct pl_finding *f = p->first; said < p->n; f++) {
		if (f->verdict != p->verdict)
			continue;
		if (said)
			pl_buf_adds(out, said + 1 == p->n ? " and " : ", ");
		say(f, out);
		said++;
	}
}

static void say_key(const struct pl_finding *f, struct pl_buf *out)
{
	pl_buf_adds(out, f->test->key);
}

/* Are they about keys of one map?  Then it is named once: "labels a, b and c". */
static bool of_one_map(const struct part *p)
{
	size_t seen = 0;

	for (const struct pl_finding *f = p->first; seen < p->n; f++) {
		if (f->verdict != p->verdict)
			continue;
		if (!f->test || !f->test->key || f->test->attr != p->first->test->attr ||
		    !pl_streq(f->actual, p->first->actual) || f->sensitive != p->first->sensitive)
			return false;
		seen++;
	}
	return p->n > 1;
}

/* "labels a and b", or the name of each. */
static void say_subjects(const struct part *p, struct pl_buf *out)
{
	if (!of_one_map(p)) {
		say_each(p, out, say_subject);
		return;
	}
	add_words(out, pl_attrs[p->first->test->attr].name);
	pl_buf_addc(out, ' ');
	say_each(p, out, say_key);
}

static void say_values(const struct part *p, struct pl_buf *out)
{
	const struct pl_finding *f = p->first;

	if (!of_one_map(p)) {
		say_each(p, out, say_value);
		return;
	}
	say_subjects(p, out);
	if (f->sensitive)
		pl_buf_adds(out, f->verdict == PL_PASS ? " are as required" : f->together ? " match" :
			    " are not as required");
	else
		pl_buf_addf(out, " are %s", f->actual ? f->actual : "not set");
}

/* ---- parts ---- */

/* One word is a reference, anything else a sentence. */
static void say_why(const char *why, struct pl_buf *out)
{
	if (why)
		pl_buf_addf(out, ": %s%s", strchr(why, ' ') ? "" : "waits for ", why);
}

static void say_not_known(const struct part *p, struct pl_buf *out)
{
	const char *why = why_of(p->first), *after = "known after apply";
	bool many = p->n > 1 || is_a(p->first, PL_LIST);

	if (is_a(p->first, PL_BOOL)) {
		say_each(p, out, say_bool);
		say_why(why, out);
		return;
	}
	say_subjects(p, out);
	if (why && pl_starts(why, after)) {
		pl_buf_addf(out, " %s %s", many ? "are" : "is", why);
		return;
	}
	pl_buf_addf(out, " %s not known", many ? "are" : "is");
	say_why(why, out);
}

static void say_whys(const struct part *p, struct pl_buf *out)
{
	const char *why = why_of(p->first), *also = also_of(p->first);

	if (why || also)
		pl_buf_addf(out, " (%s%s%s)", why ? why : "", why && also ? ", " : "", also ? also : "");
}

/* What each attribute needs; one of which several values were found is named once. */
static void say_all_needs(const struct part *p, struct pl_buf *out)
{
	const struct pl_finding *last = NULL;
	size_t seen = 0;

	for (const struct pl_finding *f = p->first; seen < p->n; f++) {
		if (f->verdict != p->verdict)
			continue;
		seen++;
		if (last && last->test == f->test)
			continue;
		pl_buf_adds(out, last ? " and " : "; needs ");
		say_subject(f, out);
		pl_buf_addf(out, " %s", needed(f));
		last = f;
	}
}

static bool of_one_test(const struct part *p)
{
	size_t seen = 0;

	for (const struct pl_finding *f = p->first; seen < p->n; f++) {
		if (f->verdict != p->verdict)
			continue;
		if (f->test != p->first->test)
			return false;
		seen++;
	}
	return true;
}

static void say_needs(const struct part *p, struct pl_buf *out)
{
	if (p->verdict == PL_PASS || !p->first->expected || is_a(p->first, PL_BOOL))
		return;
	if (p->first->together && p->n > 1)
		pl_buf_adds(out, ", which must not come together");
	else if (of_one_test(p))
		pl_buf_addf(out, ", needs %s", needed(p->first));
	else
		say_all_needs(p, out);
}

/* Of a quota the bill is the sentence, and those who pay stand behind it. */
static bool is_bill(const struct pl_finding *f)
{
	return f->test && f->test->attr == PL_QUOTA_HEADROOM && f->fact && f->fact->note;
}

static void say_bill(const struct pl_finding *f, struct pl_buf *out)
{
	const struct pl_fact *consumers = pl_object_fact(f->object, PL_QUOTA_CONSUMERS, (int)f->fact->witness);
	size_t n = consumers && consumers->known ? consumers->value.count : 0;

	pl_buf_adds(out, f->fact->note);
	if (f->waits_for)
		pl_buf_addf(out, " (%s)", f->waits_for);
	if (f->verdict == PL_PASS)
		return;
	for (size_t i = 0; i < n && i < CONSUMERS_SAID; i++)
		pl_buf_addf(out, "; %s", consumers->value.list[i]);
	if (n > CONSUMERS_SAID)
		pl_buf_addf(out, "; and %zu more", n - CONSUMERS_SAID);
}

static void say_part(const struct part *p, struct pl_buf *out)
{
	if (is_bill(p->first)) {
		say_bill(p->first, out);
		return;
	}
	switch (manner_of(p->first)) {
	case TELLS:
		pl_buf_adds(out, p->first->waits_for ? p->first->waits_for
					 : p->first->note ? p->first->note : "it is there");
		break;
	case NOT_KNOWN:
		say_not_known(p, out);
		break;
	case DECIDED:
	case POSSIBLE:
		say_values(p, out);
		say_whys(p, out);
		say_needs(p, out);
		break;
	}
}

void pl_findings_say(const struct pl_finding *f, size_t n, enum pl_verdict verdict,
		     struct pl_buf *out)
{
	size_t said = 0;

	for (struct part p; n && (p = next_part(f, n, verdict)).first; f += p.skipped, n -= p.skipped) {
		if (said < PARTS_SAID) {
			pl_buf_adds(out, said ? "; " : "");
			say_part(&p, out);
		}
		said++;
	}
	if (said > PARTS_SAID)
		pl_buf_addf(out, "; and %zu more", said - PARTS_SAID);
}
