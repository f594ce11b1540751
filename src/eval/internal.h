/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside evaluation: what one witness says of one object (judge.c), what that makes of a row
 * (quantify.c), and how it is put into words (finding.c, reason.c).
 */
#ifndef PL_EVAL_INTERNAL_H
#define PL_EVAL_INTERNAL_H

#include "eval/eval.h"
#include "eval/truth.h"

/* ---- judge.c ---- */

/* What a requirement says of one object. */
struct pl_record {
	bool present;           /* of a kind, and in a cluster, that a clause asks about */
	enum pl_truth selected; /* is it one of those that are asked? */
	enum pl_truth meets;    /* if it is: does it meet what is expected? */
	bool ahead;             /* the witness speaks of it as the plan will make it */
};

/* Of what is not there, or nobody asks about. */
#define PL_RECORD_NONE ((struct pl_record){ false, PL_FALSE, PL_TRUE, false })

struct pl_judging {
	const struct pl_requirement *requirement;
	const struct pl_object *cluster; /* NULL: none */
	bool any_provider;               /* clauses for certain providers are asked of all */
	enum pl_witness witness;
	struct pl_arena *arena;
	struct pl_answer *answer;        /* receives findings; NULL: none wanted */
	int64_t day;                     /* that the run is about, since 1970-01-01 */
};

struct pl_record pl_judge_object(const struct pl_judging *j, const struct pl_object *o);
/* Is any clause asked of clusters of this provider? */
bool pl_judge_asks(const struct pl_judging *j);
/* What the fallback clause says of the cluster: selected FALSE when there is none for it. */
struct pl_record pl_judge_fallback(const struct pl_judging *j);
/* What several witnesses' records of one object come to (contract, `witnesses`). */
struct pl_record pl_record_combine(const struct pl_object *o, const struct pl_record by[],
				   const bool asked[]);

/* ---- quantify.c ---- */

/* How many objects there are of each sort. */
struct pl_tally {
	size_t present;
	size_t sure[3], maybe[3]; /* by pl_truth: selected and perhaps selected ones that meet it */
	size_t any[3];            /* those that may belong to this cluster or to another */
};

void pl_tally_add(struct pl_tally *t, struct pl_record r);
/* What an any_cluster object counts for. */
void pl_tally_add_any(struct pl_tally *t, struct pl_record r);
bool pl_tally_sure(const struct pl_tally *t);  /* something is selected for certain */
bool pl_tally_maybe(const struct pl_tally *t); /* something perhaps is */

/* How many must pass where some must. */
size_t pl_wanted(const struct pl_requirement *r);
/* `nothing` is the verdict should no object be selected; `partial`: the witness did not see all. */
enum pl_verdict pl_quantify(const struct pl_requirement *r, const struct pl_tally *t,
			    enum pl_verdict nothing, bool partial);
/* Fail, else pass, else unknown, else not applicable. */
enum pl_verdict pl_verdict_combine(enum pl_verdict a, enum pl_verdict b);

/* ---- finding.c ---- */

struct pl_finding *pl_finding_add(struct pl_answer *a, const struct pl_finding *f);
/* One for each test that made the condition what it is. */
void pl_findings_explain(struct pl_answer *a, const struct pl_cond *c, const struct pl_view *v,
			 enum pl_truth truth);

/* ---- reason.c ---- */

/* One sentence for an answer whose verdict and findings stand. */
const char *pl_reason(struct pl_arena *arena, const struct pl_requirement *r,
		      const struct pl_answer *a, const struct pl_tally *t);
/* "load balancer" */
const char *pl_kind_words(struct pl_arena *arena, enum pl_kind kind);

#endif
