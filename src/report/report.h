/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reporters: a result as text or as JSON.  They decide nothing, and everything that came from
 * outside is escaped on its way out.
 */
#ifndef PL_REPORT_REPORT_H
#define PL_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "eval/eval.h"

struct pl_report_style {
	size_t width;  /* columns of the terminal; 0: lines are never broken */
	bool colour;
	bool verbose;  /* every row, also those that passed or were not asked */
	bool quiet;    /* only what failed, and the last line */
};

struct pl_reporter {
	const char *name, *summary; /* as -o takes it */
	void (*write)(const struct pl_report *report, const struct pl_report_style *style,
		      struct pl_buf *out);
};

extern const struct pl_reporter pl_reporters[]; /* ends with a NULL name */
/* NULL when there is none of that name. */
const struct pl_reporter *pl_reporter_find(const char *name);

/* Why a run was refused before anything was judged. */
struct pl_refusal {
	int64_t as_of;
	const char *message;
	int exit_code;
};

/* The JSON result of such a run: no results, what would have been judged by, and why not. */
void pl_report_refused(const struct pl_model *m, const struct pl_arch *arch,
		       const struct pl_refusal *refusal, struct pl_buf *out);

#endif
