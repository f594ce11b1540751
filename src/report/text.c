/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result for people: what failed comes first, then what is undecided with what settles it, then
 * one line for the rest.  Each line says object, actual and expected; the line below says where.
 */
#include <string.h>

#include "base/str.h"
#include "report/internal.h"

#define LABEL_COLUMNS 6  /* "FAIL  " */
#define OBJECTS_SHOWN 10 /* of one requirement, unless everything is asked for */

struct text {
	const struct pl_report *report;
	const struct pl_report_style *style;
	struct pl_buf *out;
	size_t id_columns; /* of the longest id that is printed */
};

static const char *const colours[] = { "FAIL", "31", "warn", "33", "?", "36", "pass", "32", NULL };

/* The word a line begins with, in its colour, padded to a column. */
static void label(const struct text *t, const char *word)
{
	const char *const *c = colours;

	while (*c && strcmp(*c, word))
		c += 2;
	if (t->style->colour && *c)
		pl_buf_addf(t->out, "\x1b[1;%sm%s\x1b[0m", c[1], word);
	else
		pl_buf_adds(t->out, word);
	pl_buf_pad(t->out, ' ', strlen(word) < LABEL_COLUMNS ? LABEL_COLUMNS - strlen(word) : 1);
}

/* A line that begins with a label and goes on with text, below itself where it is broken. */
static void labelled(const struct text *t, const char *word, const char *text)
{
	label(t, word);
	pl_layout_words(t->out, t->style->width, LABEL_COLUMNS, text);
	pl_buf_addc(t->out, '\n');
}

static void row(const struct text *t, const char *word, const struct pl_result *r, const char *text)
{
	size_t n = strlen(r->requirement->id);

	label(t, word);
	pl_buf_add_safe(t->out, r->requirement->id, n);
	pl_buf_pad(t->out, ' ', n < t->id_columns ? t->id_columns - n + 2 : 2);
	pl_layout_words(t->out, t->style->width, LABEL_COLUMNS + t->id_columns + 2, text);
	pl_buf_addc(t->out, '\n');
}

/* ---- the heading ---- */

static const char *text_fact(const struct pl_object *cluster, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(cluster, attr, -1);

	return f && f->known && !f->sensitive ? f->value.s : NULL;
}

/* EKS "dev", eu-west-1 */
static void say_cluster(const struct pl_object *cluster, struct pl_buf *out)
{
	const char *provider = cluster ? text_fact(cluster, PL_CLUSTER_PROVIDER) : NULL;
	const char *location = cluster ? text_fact(cluster, PL_CLUSTER_LOCATION) : NULL;

	if (!cluster) {
		pl_buf_adds(out, "no cluster");
		return;
	}
	if (!provider)
		provider = "cluster";
	for (const char *p = provider; *p; p++)
		pl_buf_addc(out, strlen(provider) == 3 && *p >= 'a' && *p <= 'z' && *provider != 'k'
					 ? (char)(*p - 'a' + 'A') : *p);
	if (cluster->name)
		pl_buf_addf(out, " \"%s\"", cluster->name);
	if (location)
		pl_buf_addf(out, ", %s", location);
}

/* How the heading names a source by its kind; others are named as the user gave them. */
static const struct {
	const char *kind, *word;
	const char *counts; /* what its `resources` are; NULL: not counted */
} source_words[] = {
	{ "terraform-plan", "plan", "resource" },
	{ "terraform-state", "state", "resource" },
	{ "snapshot", "snapshot", NULL },
	{ "kubernetes", NULL, "node" },
};

static void say_source(const struct pl_source *s, struct pl_buf *out)
{
	const char *word = NULL, *counts = NULL;

	for (size_t i = 0; i < sizeof source_words / sizeof *source_words; i++)
		if (pl_streq(s->kind, source_words[i].kind)) {
			word = source_words[i].word;
			counts = source_words[i].counts;
		}
	pl_buf_adds(out, word ? word : s->name);
	/* where they may not be listed, none is no number */
	if (counts && (s->resources || s->complete))
		pl_buf_addf(out, " of %zu %s%s", s->resources, counts, s->resources == 1 ? "" : "s");
	if (s->terraform_version)
		pl_buf_addf(out, ", Terraform %s", s->terraform_version);
}

static void heading(const struct text *t)
{
	const struct pl_report *r = t->report;
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, r->arch->name);
	if (r->arch->profile)
		pl_buf_addf(&b, "/%s", r->arch->profile);
	if (r->arch->edition)
		pl_buf_addf(&b, " %s", r->arch->edition);
	pl_buf_adds(&b, " \xc2\xb7 ");
	if (r->cluster_count > 1)
		pl_buf_addf(&b, "%zu clusters", r->cluster_count);
	else
		say_cluster(r->cluster_count ? r->clusters[0] : NULL, &b);
	pl_buf_adds(&b, " \xc2\xb7 ");
	if (r->model->source_count == 1)
		say_source(&r->model->sources[0], &b);
	else
		pl_buf_addf(&b, "%zu sources", r->model->source_count);
	pl_layout_words(t->out, t->style->width, 0, b.data);
	pl_buf_addc(t->out, '\n');
	if (r->arch->status_text) {
		pl_layout_words(t->out, t->style->width, 0, r->arch->status_text);
		pl_buf_addc(t->out, '\n');
	}
}

/* ---- what failed ---- */

/* Where a finding was seen, below the column its text began in. */
static void where(const struct text *t, const struct pl_finding *f, enum pl_witness witness)
{
	const struct pl_origin *o = f->fact ? &f->fact->origin : f->object ? &f->object->origin[witness] : NULL;

	if (!o || !o->address)
		return;
	pl_buf_pad(t->out, ' ', LABEL_COLUMNS + t->id_columns + 2);
	if (o->file) {
		pl_buf_add_safe(t->out, o->file, strlen(o->file));
		pl_buf_addf(t->out, ":%d  ", o->line);
	}
	pl_buf_add_safe(t->out, o->address, strlen(o->address));
	pl_buf_addc(t->out, '\n');
}

/*
 * What the plan changes or takes away is judged as it will be: what is there now does not count, and what
 * is said of just that does.
 */
static bool counts(const struct pl_result *r, enum pl_witness witness, const struct pl_finding *f)
{
	const struct pl_object *o = f->object;

	if (!o || o->gone)
		return false;
	return witness == PL_PLAN || (f->fact && f->fact->ahead) || !o->will_change || !r->by[PL_PLAN].asked || !(o->seen & 1U << PL_PLAN);
}

/* How many findings from a->findings[i] on are about the same object. */
static size_t findings_of_one(const struct pl_answer *a, size_t i)
{
	size_t n = 1;

	while (i + n < a->count && a->findings[i + n].object == a->findings[i].object)
		n++;
	return n;
}

static const struct pl_finding *first_failed(const struct pl_finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].verdict == PL_FAIL)
			return &f[i];
	return NULL;
}

static bool several_asked(const struct pl_result *r)
{
	size_t asked = 0;

	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		asked += r->by[w].asked;
	return asked > 1;
}

/* What the witness found wrong with the object; nothing when that does not count. */
static void say_faults(const struct pl_result *r, enum pl_witness witness, const struct pl_object *o,
		       struct pl_buf *out)
{
	const struct pl_answer *a = &r->by[witness];

	for (size_t i = 0, n; a->asked && i < a->count; i += n) {
		n = findings_of_one(a, i);
		if (a->findings[i].object == o && counts(r, witness, &a->findings[i]))
			pl_findings_say(&a->findings[i], n, PL_FAIL, out);
	}
}

/*
 * Where several witnesses were asked, a line says whose word it gives, and what they agree about is
 * said once: false when an earlier witness said it all.
 */
static bool say_witnesses_of(const struct pl_result *r, enum pl_witness witness,
			     const struct pl_object *o, const char *faults, struct pl_buf *out)
{
	for (int w = 0; several_asked(r) && w < PL_WITNESS_COUNT; w++) {
		pl_auto_buf b = PL_BUF_INIT;

		say_faults(r, (enum pl_witness)w, o, &b);
		if (strcmp(b.data, faults) != 0)
			continue;
		if (w < (int)witness)
			return false;
		pl_buf_addf(out, "%s%s", out->len ? ", " : "", pl_witness_name((enum pl_witness)w));
	}
	if (out->len)
		pl_buf_adds(out, ": ");
	return true;
}

/* What was found of one object, as one line, and below it where. */
static void one_object(const struct text *t, const char *word, const struct pl_result *r,
		       enum pl_witness witness, const struct pl_finding *f, size_t n)
{
	pl_auto_buf b = PL_BUF_INIT, faults = PL_BUF_INIT;

	pl_findings_say(f, n, PL_FAIL, &faults);
	if (!say_witnesses_of(r, witness, f->object, faults.data, &b))
		return;
	pl_object_say(f->object, &b);
	pl_buf_addf(&b, ": %s", faults.data);
	row(t, word, r, b.data);
	where(t, first_failed(f, n), witness);
}

/* Every object that failed; returns how many there are. */
static size_t failed_objects(const struct text *t, const char *word, const struct pl_result *r,
			     enum pl_witness witness)
{
	const struct pl_answer *a = &r->by[witness];
	size_t failed = 0;

	for (size_t i = 0, n; i < a->count; i += n) {
		n = findings_of_one(a, i);
		if (!counts(r, witness, &a->findings[i]) || !first_failed(&a->findings[i], n))
			continue;
		if (failed++ < OBJECTS_SHOWN || t->style->verbose)
			one_object(t, word, r, witness, &a->findings[i], n);
	}
	if (failed > OBJECTS_SHOWN && !t->style->verbose) {
		pl_buf_pad(t->out, ' ', LABEL_COLUMNS + t->id_columns + 2);
		pl_buf_addf(t->out, "and %zu more (-v lists them)\n", failed - OBJECTS_SHOWN);
	}
	return failed;
}

/* Does the witness fail the row on account of what is changed anyway, and of nothing else? */
static bool only_until_applied(const struct pl_result *r, enum pl_witness witness)
{
	const struct pl_answer *a = &r->by[witness];
	size_t now = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (a->findings[i].verdict != PL_FAIL)
			continue;
		if (!a->findings[i].object || counts(r, witness, &a->findings[i]))
			return false;
		now++;
	}
	return now > 0;
}

/* The witnesses that fail the row for this reason; false when an earlier one gave it. */
static bool say_who_fails(const struct pl_result *r, enum pl_witness witness, struct pl_buf *out)
{
	for (int w = 0; several_asked(r) && w < PL_WITNESS_COUNT; w++) {
		const struct pl_answer *a = &r->by[w];

		if (!a->asked || a->verdict != PL_FAIL || !pl_streq(a->reason, r->by[witness].reason))
			continue;
		if (w < (int)witness)
			return false;
		pl_buf_addf(out, "%s%s", out->len ? ", " : "", pl_witness_name((enum pl_witness)w));
	}
	if (out->len)
		pl_buf_adds(out, ": ");
	return true;
}

static void failed_answer(const struct text *t, const char *word, const struct pl_result *r,
			  enum pl_witness witness)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (r->requirement->quantifier == PL_EVERY && failed_objects(t, word, r, witness))
		return;
	if (!say_who_fails(r, witness, &b))
		return;
	pl_buf_adds(&b, r->by[witness].reason);
	row(t, word, r, b.data);
}

static const char *severity_word(enum pl_severity s)
{
	return s == PL_ERROR ? "FAIL" : s == PL_WARNING ? "warn" : "info";
}

static void failed_row(const struct text *t, const struct pl_result *r)
{
	const char *word = severity_word(r->requirement->severity);
	bool said = false;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		if (!r->by[w].asked || r->by[w].verdict != PL_FAIL ||
		    only_until_applied(r, (enum pl_witness)w))
			continue;
		failed_answer(t, word, r, (enum pl_witness)w);
		said = true;
	}
	if (!said) /* each has one that will do, and not the same one */
		row(t, word, r, "nothing is as required in the eyes of every witness");
}

static void failures(const struct text *t, const struct pl_result *r, size_t n, enum pl_severity severity)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].verdict == PL_FAIL && r[i].requirement->severity == severity)
			failed_row(t, &r[i]);
}

/* ---- the rest ---- */

/* The reason of the witness that decided the row, or NULL. */
static const char *reason_of(const struct pl_result *r)
{
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (r->by[w].asked && r->by[w].verdict == r->verdict)
			return r->by[w].reason;
	return NULL;
}

static void say_witnesses(unsigned seen_by, struct pl_buf *out)
{
	const char *between = "";

	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (seen_by & 1u << w) {
			pl_buf_addf(out, "%s%s", between, pl_witness_name((enum pl_witness)w));
			between = ", ";
		}
}

/* Who was asked already is not named again: the reason says what was missing.  Of endpoints there are others. */
static bool is_asked(const struct pl_result *r, const char *source)
{
	return (pl_starts(source, "k8s://") && r->by[PL_CLUSTER_API].asked) ||
	       (pl_starts(source, "ssh://") && r->by[PL_NODE_SSH].asked);
}

/* "; k8s://, ssh:// or the state after apply settles it" */
static void say_settled_by(const struct pl_result *r, struct pl_buf *out)
{
	const char *source, *last = NULL, *before = "; ";

	for (size_t i = 0; (source = pl_result_settled_by(r, i)) != NULL; i++) {
		if (is_asked(r, source))
			continue;
		if (last) {
			pl_buf_addf(out, "%s%s", before, last);
			before = ", ";
		}
		last = source;
	}
	if (last)
		pl_buf_addf(out, "%s%s settles it", strcmp(before, "; ") ? " or " : before, last);
}

static void undecided(const struct text *t, const struct pl_result *r)
{
	const char *reason = reason_of(r);
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, reason ? reason : "the witnesses disagree");
	say_settled_by(r, &b);
	row(t, "?", r, b.data);
}

static void settled(const struct text *t, const struct pl_result *r, enum pl_verdict verdict,
		    const char *word)
{
	const char *reason = reason_of(r);
	pl_auto_buf b = PL_BUF_INIT;

	if (r->verdict != verdict)
		return;
	if (verdict == PL_NOT_ASKED) {
		pl_buf_adds(&b, "seen only by: ");
		say_witnesses(r->requirement->seen_by, &b);
	} else {
		pl_buf_adds(&b, reason ? reason : r->requirement->title);
	}
	row(t, word, r, b.data);
}

static const struct {
	enum pl_verdict verdict;
	const char *word, *counted;
} rest[] = {
	{ PL_PASS, "pass", "pass" },
	{ PL_WAIVED, "waived", "waived" },
	{ PL_NOT_APPLICABLE, "n/a", "not applicable" },
	{ PL_NOT_ASKED, "-", "not asked" },
};
#define REST (sizeof rest / sizeof *rest)

static void list_rest(const struct text *t, const struct pl_result *r, size_t n)
{
	for (size_t k = 0; k < REST; k++)
		for (size_t i = 0; i < n; i++)
			settled(t, &r[i], rest[k].verdict, rest[k].word);
}

/* "pass 19   not asked 8 (seen only by: cluster, node)" */
static void count_rest(const struct text *t, const struct pl_result *r, size_t n)
{
	unsigned others = 0;
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t k = 0; k < REST; k++) {
		size_t count = 0;

		for (size_t i = 0; i < n; i++)
			if (r[i].verdict == rest[k].verdict) {
				count++;
				if (rest[k].verdict == PL_NOT_ASKED)
					others |= r[i].requirement->seen_by;
			}
		if (count)
			pl_buf_addf(&b, "%s%s %zu", b.len ? "   " : "", rest[k].counted, count);
	}
	if (others) {
		pl_buf_adds(&b, " (seen only by: ");
		say_witnesses(others, &b);
		pl_buf_addc(&b, ')');
	}
	if (!b.len)
		return;
	/* broken lines lose the wide gaps between counts */
	if (t->style->width && pl_utf8_width(b.data) > t->style->width)
		pl_layout_words(t->out, t->style->width, 0, b.data);
	else
		pl_buf_add(t->out, b.data, b.len);
	pl_buf_addc(t->out, '\n');
}

/* ---- blocks ---- */

static bool is_printed(const struct pl_report_style *style, const struct pl_result *r)
{
	if (r->verdict == PL_FAIL)
		return !style->quiet || r->requirement->severity != PL_INFO;
	return !style->quiet && (r->verdict == PL_UNDECIDED || style->verbose);
}

/* Results r[0..n) of one cluster. */
static void block(const struct text *t, const struct pl_result *r, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || is_printed(t->style, &r[i]);
	if (t->style->quiet && !any)
		return;
	pl_buf_addc(t->out, '\n');
	if (t->report->cluster_count > 1) {
		pl_auto_buf b = PL_BUF_INIT;

		say_cluster(r->cluster, &b);
		pl_layout_words(t->out, t->style->width, 0, b.data);
		pl_buf_addc(t->out, '\n');
	}
	failures(t, r, n, PL_ERROR);
	failures(t, r, n, PL_WARNING);
	if (t->style->quiet)
		return;
	failures(t, r, n, PL_INFO);
	for (size_t i = 0; i < n; i++)
		if (r[i].verdict == PL_UNDECIDED)
			undecided(t, &r[i]);
	if (t->style->verbose)
		list_rest(t, r, n);
	count_rest(t, r, n);
}

static void blocks(const struct text *t)
{
	const struct pl_report *r = t->report;

	for (size_t i = 0, n; i < r->count; i += n) {
		for (n = 1; i + n < r->count && r->results[i + n].cluster == r->results[i].cluster; n++)
			continue;
		block(t, &r->results[i], n);
	}
}

/* ---- the end ---- */

/* Does a problem say already why the source is not complete? */
static bool is_noted(const struct pl_model *m, const struct pl_source *s)
{
	for (size_t i = 0; i < m->problem_count; i++)
		if (s->why && pl_streq(m->problems[i].source, s->name) && pl_streq(m->problems[i].message, s->why))
			return true;
	return false;
}

static void say_more(const struct text *t, size_t left)
{
	if (left)
		pl_buf_addf(t->out, "%*sand %zu more (-v lists them)\n", LABEL_COLUMNS, "", left);
}

/* So many of each kind of object that no kind hides another. */
static void drifts(const struct text *t)
{
	const struct pl_model *m = t->report->model;
	size_t shown[PL_KIND_COUNT + 1] = { 0 }, left = 0;

	for (size_t i = 0; i < m->drift_count; i++) {
		const struct pl_object *o = m->drift[i].object;
		bool more = shown[o ? o->kind : PL_KIND_COUNT]++ >= OBJECTS_SHOWN && !t->style->verbose;
		pl_auto_buf b = PL_BUF_INIT;

		left += more;
		pl_drift_say(m, &m->drift[i], &b);
		if (!more)
			labelled(t, "drift", b.data);
	}
	say_more(t, left);
}

/* Have so many problems of this code been said that one more says nothing new? */
static bool is_one_of_many(const struct text *t, size_t i)
{
	const struct pl_problem *p = t->report->model->problems;
	size_t n = 0;

	for (size_t k = 0; k < i && n < OBJECTS_SHOWN; k++)
		n += pl_streq(p[k].code, p[i].code);
	return n >= OBJECTS_SHOWN && !t->style->verbose;
}

static void problems(const struct text *t)
{
	const struct pl_model *m = t->report->model;
	size_t left = 0;

	for (size_t i = 0; i < m->problem_count; i++) {
		const struct pl_problem *p = &m->problems[i];
		bool named = !p->source || strstr(p->message, p->source), more = is_one_of_many(t, i);
		pl_auto_buf b = PL_BUF_INIT;

		left += more;
		pl_buf_addf(&b, "%s%s%s", named ? "" : p->source, named ? "" : ": ", p->message);
		if (!more)
			labelled(t, "note", b.data);
	}
	say_more(t, left);
}

static void notes(const struct text *t)
{
	const struct pl_model *m = t->report->model;

	if (m->drift_count || m->problem_count)
		pl_buf_addc(t->out, '\n');
	drifts(t);
	problems(t);
	for (size_t i = 0; i < m->source_count; i++) {
		const struct pl_source *s = &m->sources[i];
		pl_auto_buf b = PL_BUF_INIT;

		if (s->complete || is_noted(m, s))
			continue;
		pl_buf_addf(&b, "%s is not the whole of it%s%s", s->name, s->why ? ": " : "", s->why ? s->why : "");
		labelled(t, "note", b.data);
	}
}

static void add_count(struct pl_buf *b, size_t n, const char *one, const char *many)
{
	if (n)
		pl_buf_addf(b, "%s%zu %s", b->len ? ", " : "", n, n == 1 ? one : many);
}

static void last_line(const struct text *t)
{
	static const char *const ends[] = {
		[PL_DOES_NOT_CONFORM] = "does not conform", [PL_CONFORMS] = "conforms",
		[PL_CANNOT_TELL] = "cannot tell yet",
	};
	const struct pl_report *r = t->report;
	pl_auto_buf b = PL_BUF_INIT;

	add_count(&b, r->errors_failed, "error", "errors");
	add_count(&b, r->warnings_failed, "warning", "warnings");
	add_count(&b, r->summary[PL_FAIL] - r->errors_failed - r->warnings_failed, "info", "infos");
	add_count(&b, r->summary[PL_UNDECIDED], "undecided", "undecided");
	pl_buf_addf(t->out, "\n%s: %s\n", b.len ? b.data : "nothing failed", ends[r->conforms]);
}

void pl_report_text(const struct pl_report *report, const struct pl_report_style *style,
		    struct pl_buf *out)
{
	struct text t = { report, style, out, 0 };

	for (size_t i = 0; i < report->count; i++) {
		size_t n = strlen(report->results[i].requirement->id);

		if (is_printed(style, &report->results[i]) && n > t.id_columns)
			t.id_columns = n;
	}
	if (!style->quiet)
		heading(&t);
	blocks(&t);
	if (!style->quiet)
		notes(&t);
	last_line(&t);
}
