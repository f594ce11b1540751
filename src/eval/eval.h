/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluation: requirement x model -> verdict, three-valued throughout.  Pure: it reads the model
 * and the architecture, and makes a result that the reporters print.
 */
#ifndef PL_EVAL_EVAL_H
#define PL_EVAL_EVAL_H

#include "arch/arch.h"
#include "base/buf.h"
#include "model/model.h"

enum pl_verdict { PL_PASS, PL_FAIL, PL_UNDECIDED, PL_NOT_APPLICABLE, PL_WAIVED, PL_NOT_ASKED, PL_VERDICT_COUNT };
const char *pl_verdict_name(enum pl_verdict v); /* "pass" "fail" "unknown" "not-applicable" ... */

/* One object's part in one witness's verdict. */
struct pl_finding {
	const struct pl_object *object; /* NULL: about something that is not there */
	enum pl_verdict verdict;
	const char *attribute, *expected; /* NULL: not about one attribute */
	const struct pl_test *test;       /* the test it comes from, or NULL */
	bool together;                    /* expected not to come with the others of its object */
	const char *actual;               /* NULL: unknown, or sensitive */
	bool sensitive;
	const struct pl_fact *fact;       /* the fact it rests on, or NULL */
	const char *waits_for;            /* unknown only */
	const char *note;                 /* "GKE's default", "the only template of the module" */
};

struct pl_answer { /* one witness's */
	bool asked;
	enum pl_verdict verdict;
	const char *reason; /* one sentence */
	struct pl_finding *findings;
	size_t count, cap;
};

struct pl_result {
	const struct pl_requirement *requirement;
	const struct pl_object *cluster; /* NULL: nothing in the run names a cluster */
	enum pl_verdict verdict;
	struct pl_answer by[PL_WITNESS_COUNT];
};

/* The i-th source that would settle it in this cluster; NULL behind the last one. */
const char *pl_result_settled_by(const struct pl_result *r, size_t i);

enum pl_conforms { PL_DOES_NOT_CONFORM, PL_CONFORMS, PL_CANNOT_TELL };

struct pl_report {
	struct pl_arena arena;
	const struct pl_model *model;
	const struct pl_arch *arch;
	int64_t as_of; /* days since 1970-01-01 */
	const struct pl_object **clusters;
	size_t cluster_count;
	struct pl_result *results; /* by cluster, then in the architecture's order */
	size_t count;
	size_t summary[PL_VERDICT_COUNT];
	size_t errors_failed, warnings_failed, errors_undecided;
	enum pl_conforms conforms;
	int exit_code; /* contract, section 3 */
};

enum pl_fail_on { PL_FAIL_ON_WARNING = 1, PL_FAIL_ON_UNKNOWN = 2, PL_FAIL_ON_NEVER = 4 };

/*
 * Judges a joined model.  `fail_on` holds bits of pl_fail_on; `forced_exit` is 0, or the 2 or 1 that
 * collecting already decided.  The report borrows model and architecture.
 */
struct pl_report *pl_evaluate(const struct pl_model *model, const struct pl_arch *arch,
			      int64_t as_of, unsigned fail_on, int forced_exit);
/*
 * What those of one object's findings say that have this verdict, in words: "vcpu is 2 (t3.medium),
 * needs >= 4"; nothing sensitive is in them.
 */
void pl_findings_say(const struct pl_finding *f, size_t n, enum pl_verdict verdict,
		     struct pl_buf *out);
/* An object in words: pool "headless". */
void pl_object_say(const struct pl_object *o, struct pl_buf *out);

void pl_report_free(struct pl_report *r);
void pl_report_freep(struct pl_report **r);
#define pl_auto_report __attribute__((cleanup(pl_report_freep)))

#endif
