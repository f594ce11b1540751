/* SPDX-License-Identifier: Apache-2.0 */
/* Every requirement about every cluster, and what all of it comes to. */
#include <stdlib.h>

#include "eval/index.h"
#include "eval/internal.h"

#define ALL PL_WITNESS_COUNT /* the place behind the witnesses: all of them together */

static const char *const verdict_names[PL_VERDICT_COUNT] = {
	[PL_PASS] = "pass", [PL_FAIL] = "fail", [PL_UNDECIDED] = "unknown",
	[PL_NOT_APPLICABLE] = "not-applicable", [PL_WAIVED] = "waived", [PL_NOT_ASKED] = "not-asked",
};

const char *pl_verdict_name(enum pl_verdict v)
{
	return verdict_names[v];
}

/* What a requirement says of the objects that may belong to any cluster: the same for each. */
struct shared {
	bool done;
	struct pl_tally tally[PL_WITNESS_COUNT + 1];
	const struct pl_object *first[PL_WITNESS_COUNT];
};

struct evaluation {
	struct pl_report *report;
	struct pl_index index;
	bool (*asked)[PL_WITNESS_COUNT]; /* by cluster */
	bool (*ahead)[PL_WITNESS_COUNT]; /* by cluster: only of what is planned */
	struct shared *shared;           /* by requirement */
	struct pl_record (*records)[PL_WITNESS_COUNT]; /* of a row's objects, reused */
};

struct row {
	struct evaluation *e;
	struct pl_result *result;
	struct shared *shared;
	const struct pl_object *const *objects;
	size_t count;
	bool asked[PL_WITNESS_COUNT];
	const bool *ahead; /* by witness: it speaks of what is planned, and has seen nothing */
	bool partial[PL_WITNESS_COUNT];
	const char *why[PL_WITNESS_COUNT];
	struct pl_tally tally[PL_WITNESS_COUNT + 1];
	enum pl_verdict nothing[PL_WITNESS_COUNT + 1];
};

static unsigned kinds_asked(const struct pl_requirement *r)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < r->clause_count; i++)
		kinds |= 1U << r->clauses[i].on;
	return kinds;
}

static bool asks_of(const struct pl_requirement *r, enum pl_kind kind)
{
	return kinds_asked(r) & 1U << kind;
}

/* ---- objects of no certain cluster ---- */

static void judge_shared(struct evaluation *e, const struct pl_requirement *r, struct shared *s)
{
	size_t n;
	const struct pl_object *const *objects = pl_index_objects(&e->index, e->index.count, &n);
	bool asked[PL_WITNESS_COUNT];

	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		asked[w] = r->seen_by & 1U << w;
	for (size_t i = 0; i < n; i++) {
		struct pl_record by[PL_WITNESS_COUNT] = { 0 };

		if (!asks_of(r, objects[i]->kind))
			continue;
		for (int w = 0; w < PL_WITNESS_COUNT; w++) {
			struct pl_judging j = { .requirement = r, .any_provider = true, .arena =
						&e->report->arena, .witness = (enum pl_witness)w,
						.day = e->report->as_of };

			if (!asked[w])
				continue;
			by[w] = pl_judge_object(&j, objects[i]);
			pl_tally_add_any(&s->tally[w], by[w]);
			if (by[w].selected != PL_FALSE && !s->first[w])
				s->first[w] = objects[i];
		}
		pl_tally_add_any(&s->tally[ALL], pl_record_combine(objects[i], by, asked));
	}
	s->done = true;
}

static void add_shared(struct row *row, enum pl_witness w)
{
	const struct shared *s = row->shared;

	for (int t = PL_FALSE; t <= PL_TRUE; t++)
		row->tally[w].any[t] = s->tally[w].any[t];
	if (!s->first[w])
		return;
	pl_finding_add(&row->result->by[w], &(struct pl_finding){
		.object = s->first[w], .verdict = PL_UNDECIDED,
		.note = "it names no cluster and there are several: --join SOURCE=CLUSTER says which",
	});
}

/* ---- one witness ---- */

static enum pl_verdict absence(enum pl_absence a)
{
	return a == PL_ABSENT_UNKNOWN ? PL_UNDECIDED : a == PL_ABSENT_FAIL ? PL_FAIL : PL_NOT_APPLICABLE;
}

static enum pl_verdict verdict_of(struct pl_record r)
{
	if (r.selected == PL_UNKNOWN)
		return PL_UNDECIDED;
	return r.meets == PL_TRUE ? PL_PASS : r.meets == PL_FALSE ? PL_FAIL : PL_UNDECIDED;
}

/* What is not in the cluster itself, nothing else provides. */
static bool is_live(const struct pl_requirement *r, enum pl_witness w)
{
	return r->has_live && w == PL_CLUSTER_API;
}

static const char *absence_text(struct row *row, enum pl_witness w)
{
	const struct pl_requirement *r = row->result->requirement;
	struct pl_arena *arena = &row->e->report->arena;
	const char *kind = r->clause_count ? pl_kind_words(arena, r->clauses[0].on) : "object";

	if (is_live(r, w))
		return pl_arena_strf(arena, "the cluster itself shows no such %s", kind);
	if (r->absent_text)
		return r->absent_text;
	if (row->tally[w].present)
		return pl_arena_strf(arena, "no %s is one of those it asks of", kind);
	return pl_arena_strf(arena, "no %s is known to the %s", kind, pl_witness_name(w));
}

static struct pl_judging judging(struct row *row, enum pl_witness w, struct pl_answer *answer)
{
	return (struct pl_judging){ row->result->requirement, row->result->cluster, false, w,
				    &row->e->report->arena, answer, row->e->report->as_of };
}

/*
 * What the platform itself is known to do, where nothing was written for it; an answer that decides
 * nothing leaves the place to the general sentence about absence.
 */
static bool judge_platform(struct row *row, enum pl_witness w, bool show, enum pl_verdict *out)
{
	struct pl_judging j = judging(row, w, NULL);
	struct pl_record r = pl_judge_fallback(&j);

	if (r.selected == PL_FALSE)
		return false;
	*out = verdict_of(r);
	if (*out == PL_UNDECIDED && j.requirement->absent_text)
		return false;
	j.answer = show ? &row->result->by[w] : NULL;
	pl_judge_fallback(&j);
	return true;
}

/* The verdict should no object be selected, with the finding that goes with it. */
static enum pl_verdict judge_nothing(struct row *row, enum pl_witness w)
{
	const struct pl_requirement *r = row->result->requirement;
	bool partial = row->partial[w] && r->quantifier == PL_SOME && !asks_of(r, PL_CLUSTER);
	enum pl_verdict v = absence(is_live(r, w) ? r->live : row->tally[w].present ? r->none : r->absent);
	struct pl_judging j = judging(row, w, NULL);

	if (!pl_judge_asks(&j))
		return PL_NOT_APPLICABLE;
	if (judge_platform(row, w, !partial, &v))
		return v;
	if (v != PL_NOT_APPLICABLE && !pl_tally_maybe(&row->tally[w]) && !partial)
		pl_finding_add(&row->result->by[w], &(struct pl_finding){
			.verdict = v, .note = absence_text(row, w) });
	return v;
}

static bool has_verdict(const struct pl_answer *a, enum pl_verdict v)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->findings[i].verdict == v)
			return true;
	return false;
}

/* For a verdict that no single finding bears. */
static const char *why_so(struct row *row, enum pl_witness w, enum pl_verdict v)
{
	size_t good = row->tally[w].sure[PL_TRUE], wanted = pl_wanted(row->result->requirement);

	if (v == PL_FAIL && wanted > 1 && good)
		return pl_arena_strf(&row->e->report->arena, "only %zu %s there, and at least %zu must be", good,
				     good == 1 ? "is" : "are", wanted);
	if (v != PL_UNDECIDED)
		return "it comes to this however what is not known yet turns out";
	if (!row->partial[w])
		return "depends on what is not known yet";
	return pl_arena_strf(&row->e->report->arena, "%s: what it leaves out was not seen",
			     row->why[w] ? row->why[w] : "a source is not complete");
}

static void judge_witness(struct row *row, enum pl_witness w)
{
	struct pl_result *result = row->result;
	struct pl_answer *a = &result->by[w];
	struct pl_arena *arena = &row->e->report->arena;
	struct pl_judging j = judging(row, w, a);
	enum pl_verdict whole;

	for (size_t i = 0; i < row->count; i++) {
		row->e->records[i][w] = pl_judge_object(&j, row->objects[i]);
		pl_tally_add(&row->tally[w], row->e->records[i][w]);
	}
	add_shared(row, w);
	if (!pl_tally_sure(&row->tally[w]))
		row->nothing[w] = judge_nothing(row, w);
	whole = pl_quantify(result->requirement, &row->tally[w], row->nothing[w], false);
	a->verdict = pl_quantify(result->requirement, &row->tally[w], row->nothing[w], row->partial[w]);
	if (a->verdict != whole || (a->verdict != PL_NOT_APPLICABLE && !has_verdict(a, a->verdict)))
		pl_finding_add(a, &(struct pl_finding){ .verdict = a->verdict,
							.note = why_so(row, w, a->verdict) });
	a->reason = pl_reason(arena, result->requirement, a, &row->tally[w]);
}

/* ---- all witnesses ---- */

/*
 * What it comes to should no object be selected.  Where one witness shows objects, that another
 * shows none decides nothing: only what that one says of the platform still counts.
 */
static enum pl_verdict nothing_of_all(const struct row *row, bool present)
{
	const struct pl_tally none = { 0 };
	enum pl_verdict all = PL_NOT_ASKED;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		enum pl_verdict v;

		if (!row->asked[w] || pl_tally_sure(&row->tally[w]))
			continue;
		v = pl_quantify(row->result->requirement, &none, row->nothing[w], row->partial[w]);
		if (v != PL_UNDECIDED || row->tally[w].present || !present)
			all = pl_verdict_combine(all, v);
	}
	return all == PL_NOT_ASKED ? absence(row->result->requirement->none) : all;
}

/* What a plan leaves as it is and the whole cluster does not show is not there, whatever the plan says. */
static bool is_overruled(const struct row *row, const struct pl_object *o)
{
	return row->result->requirement->has_live && row->asked[PL_CLUSTER_API] &&
	       !row->partial[PL_CLUSTER_API] && !pl_tally_sure(&row->tally[PL_CLUSTER_API]) &&
	       !pl_tally_maybe(&row->tally[PL_CLUSTER_API]) && !(o->seen & 1U << PL_CLUSTER_API) &&
	       !o->will_change;
}

/* Per object first, so that a pass about one never answers for another. */
static enum pl_verdict judge_all(struct row *row)
{
	const struct pl_requirement *r = row->result->requirement;
	struct pl_tally *all = &row->tally[ALL];
	bool whole[2] = { false, false }, present = false;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		if (!row->asked[w])
			continue;
		present |= row->tally[w].present > 0;
		whole[row->tally[w].present > 0] |= !row->partial[w];
	}
	row->nothing[ALL] = nothing_of_all(row, present);
	for (size_t i = 0; i < row->count; i++)
		if (!is_overruled(row, row->objects[i]))
			pl_tally_add(all, pl_record_combine(row->objects[i], row->e->records[i], row->asked));
	for (int t = PL_FALSE; t <= PL_TRUE; t++)
		all->any[t] = row->shared->tally[ALL].any[t];
	return pl_quantify(r, all, row->nothing[ALL], !whole[present]);
}

/* A witness that has seen nothing yet is asked only where it has something to say. */
static bool is_asked(struct row *row, enum pl_witness w)
{
	struct pl_judging j = judging(row, w, NULL);

	if (!row->asked[w] || !(row->result->requirement->seen_by & 1U << w))
		return false;
	for (size_t i = 0; row->ahead[w] && i < row->count; i++)
		if (pl_judge_object(&j, row->objects[i]).present)
			return true;
	return !row->ahead[w];
}

static void judge_row(struct row *row)
{
	const struct pl_requirement *r = row->result->requirement;
	bool asked = false;

	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		for (size_t i = 0; i < row->count; i++)
			row->e->records[i][w] = PL_RECORD_NONE;
		row->result->by[w].asked = row->asked[w] = is_asked(row, (enum pl_witness)w);
		row->result->by[w].verdict = PL_NOT_ASKED;
		if (!row->asked[w])
			continue;
		row->partial[w] = !row->ahead[w] && !pl_model_complete(row->e->report->model, row->result->cluster,
						     (enum pl_witness)w, kinds_asked(r), &row->why[w]);
		judge_witness(row, (enum pl_witness)w);
		asked = true;
	}
	row->result->verdict = asked ? judge_all(row) : PL_NOT_ASKED;
}

/* The cluster's objects of the kinds the requirement asks of. */
static size_t objects_asked(struct evaluation *e, const struct pl_requirement *r, size_t cluster,
			    const struct pl_object **out)
{
	size_t n, kept = 0;
	const struct pl_object *const *objects = pl_index_objects(&e->index, cluster, &n);

	for (size_t i = 0; i < n; i++)
		if (asks_of(r, objects[i]->kind))
			out[kept++] = objects[i];
	return kept;
}

static void judge_cluster(struct evaluation *e, size_t cluster, const struct pl_object **scratch)
{
	struct pl_report *report = e->report;

	for (size_t i = 0; i < report->arch->count; i++) {
		const struct pl_requirement *r = &report->arch->requirements[i];
		struct row row = { .e = e, .shared = &e->shared[i], .objects = scratch };

		if (!r->asked)
			continue;
		if (!row.shared->done)
			judge_shared(e, r, row.shared);
		row.result = &report->results[report->count++];
		row.result->requirement = r;
		row.result->cluster = e->index.clusters[cluster];
		row.count = objects_asked(e, r, cluster, scratch);
		for (int w = 0; w < PL_WITNESS_COUNT; w++)
			row.asked[w] = e->asked[cluster][w];
		row.ahead = e->ahead[cluster];
		judge_row(&row);
	}
}

/* ---- the sum ---- */

static void count_result(struct pl_report *report, const struct pl_result *r)
{
	report->summary[r->verdict]++;
	if (r->requirement->severity == PL_ERROR) {
		report->errors_failed += r->verdict == PL_FAIL;
		report->errors_undecided += r->verdict == PL_UNDECIDED;
	}
	if (r->requirement->severity == PL_WARNING)
		report->warnings_failed += r->verdict == PL_FAIL;
}

static int exit_code(const struct pl_report *r, unsigned fail_on, int forced)
{
	if (forced)
		return forced;
	if (fail_on & PL_FAIL_ON_NEVER)
		return 0;
	if (r->errors_failed)
		return 3;
	if ((fail_on & PL_FAIL_ON_WARNING) && r->warnings_failed)
		return 4;
	return (fail_on & PL_FAIL_ON_UNKNOWN) && r->summary[PL_UNDECIDED] ? 5 : 0;
}

static void sum_up(struct pl_report *r, unsigned fail_on, int forced)
{
	for (size_t i = 0; i < r->count; i++)
		count_result(r, &r->results[i]);
	r->conforms = r->errors_failed ? PL_DOES_NOT_CONFORM
		      : r->errors_undecided ? PL_CANNOT_TELL : PL_CONFORMS;
	r->exit_code = exit_code(r, fail_on, forced);
}

static void judge_clusters(struct evaluation *e)
{
	const struct pl_model *m = e->report->model;
	const struct pl_object **scratch = pl_alloc(m->object_count * sizeof *scratch);

	e->asked = pl_alloc(e->index.count * sizeof *e->asked);
	e->ahead = pl_alloc(e->index.count * sizeof *e->ahead);
	e->shared = pl_alloc(e->report->arch->count * sizeof *e->shared);
	e->records = pl_alloc(m->object_count * sizeof *e->records);
	for (size_t i = 0; i < e->index.count; i++)
		for (int w = 0; w < PL_WITNESS_COUNT; w++) {
			e->asked[i][w] = pl_index_asked(&e->index, i, (enum pl_witness)w);
			e->ahead[i][w] = pl_index_ahead(&e->index, i, (enum pl_witness)w);
		}
	for (size_t i = 0; i < e->index.count; i++)
		judge_cluster(e, i, scratch);
	free(e->asked);
	free(e->ahead);
	free(e->shared);
	free(e->records);
	free(scratch);
}

struct pl_report *pl_evaluate(const struct pl_model *model, const struct pl_arch *arch,
			      int64_t as_of, unsigned fail_on, int forced_exit)
{
	struct pl_report *r = pl_alloc(sizeof *r);
	struct evaluation e = { .report = r, .index = pl_index_make(model) };

	r->model = model;
	r->arch = arch;
	r->as_of = as_of;
	r->cluster_count = e.index.clusters[0] ? e.index.count : 0;
	r->clusters = pl_alloc(e.index.count * sizeof *r->clusters);
	for (size_t i = 0; i < r->cluster_count; i++)
		r->clusters[i] = e.index.clusters[i];
	r->results = pl_alloc(e.index.count * arch->count * sizeof *r->results);
	judge_clusters(&e);
	sum_up(r, fail_on, forced_exit);
	pl_index_release(&e.index);
	return r;
}

void pl_report_free(struct pl_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		for (int w = 0; w < PL_WITNESS_COUNT; w++)
			free(r->results[i].by[w].findings);
	free(r->results);
	free(r->clusters);
	pl_arena_release(&r->arena);
	free(r);
}

void pl_report_freep(struct pl_report **r)
{
	pl_report_free(*r);
	*r = NULL;
}
