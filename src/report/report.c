/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of -o, one row each. */
#include "base/str.h"
#include "report/internal.h"

const struct pl_reporter pl_reporters[] = {
	{ "text", "for people: what failed first, then what is undecided", pl_report_text },
	{ "json", "for machines: every verdict with its findings and their origins", pl_report_json },
	{ NULL, NULL, NULL },
};

const struct pl_reporter *pl_reporter_find(const char *name)
{
	for (const struct pl_reporter *r = pl_reporters; r->name; r++)
		if (pl_streq(r->name, name))
			return r;
	return NULL;
}
