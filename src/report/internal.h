/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef PL_REPORT_INTERNAL_H
#define PL_REPORT_INTERNAL_H

#include "report/report.h"

void pl_report_json(const struct pl_report *report, const struct pl_report_style *style,
		    struct pl_buf *out);
void pl_report_text(const struct pl_report *report, const struct pl_report_style *style,
		    struct pl_buf *out);

/* One drift in words, behind "drift ". */
void pl_drift_say(const struct pl_model *m, const struct pl_drift *d, struct pl_buf *out);

/*
 * Adds words, escaped, breaking lines between them so that none passes `width` columns (0: never);
 * `column` is where the text begins and where its further lines are indented to.  A word that is
 * longer than a line is never cut: addresses stay whole.
 */
void pl_layout_words(struct pl_buf *out, size_t width, size_t column, const char *text);

#endif
