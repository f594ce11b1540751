/* SPDX-License-Identifier: Apache-2.0 */
/* Three-valued conditions over one object (Kleene): no short cut that could lose an unknown. */
#ifndef PL_EVAL_TRUTH_H
#define PL_EVAL_TRUTH_H

#include "arch/arch.h"
#include "model/model.h"

enum pl_truth pl_truth_not(enum pl_truth t);
enum pl_truth pl_truth_and(enum pl_truth a, enum pl_truth b);
enum pl_truth pl_truth_or(enum pl_truth a, enum pl_truth b);

/* Whose facts are looked at. */
struct pl_view {
	const struct pl_object *object;
	enum pl_witness witness;
	bool borrow; /* where this witness collected nothing, take what another says (selections) */
	struct pl_arena *arena;
	int64_t day; /* that the run is about, since 1970-01-01 */
};

/* The first fact of the attribute in this view; the next ones by pl_fact_next(f, f->witness). */
const struct pl_fact *pl_view_fact(const struct pl_view *v, enum pl_attr attr);

enum pl_truth pl_judge_fact(const struct pl_test *t, const struct pl_fact *f, int64_t day);
/* True only if it is for every fact; unknown when there is none, unless it asks for just that. */
enum pl_truth pl_judge_test(const struct pl_test *t, const struct pl_view *v);
enum pl_truth pl_judge_cond(const struct pl_cond *c, const struct pl_view *v);

#endif
