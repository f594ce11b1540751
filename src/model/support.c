/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of versions that platforms support: see support.h. */
#include "model/support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "model/internal.h"

#define DAY 10 /* letters of YYYY-MM-DD */

bool pl_support_until(const struct pl_support *s, const char *version, char day[DAY + 1])
{
	const char *end = s->csv + *s->len, *line = s->csv;
	struct pl_version v;
	char minor[48];
	size_t n;

	if (!pl_version_parse(version, &v) || v.count < 2)
		return false;
	n = (size_t)snprintf(minor, sizeof minor, "%" PRIu32 ".%" PRIu32 ",", v.part[0], v.part[1]);
	while ((line = memchr(line, '\n', (size_t)(end - line))) && ++line < end) {
		if ((size_t)(end - line) < n + DAY || memcmp(line, minor, n))
			continue;
		memcpy(day, line + n, DAY);
		day[DAY] = '\0';
		return true;
	}
	return false;
}

static bool is_of(const struct pl_object *cluster, const char *provider)
{
	for (const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1); f; f = pl_fact_next(f, -1))
		if (f->known)
			return pl_streq(f->value.s, provider);
	return false;
}

/* Where the version was seen there its support was. */
static void tell(struct pl_model *m, struct pl_object *cluster, const struct pl_support *s,
		 const struct pl_fact *version)
{
	struct pl_fact f = *version;
	char day[DAY + 1];

	f.attr = PL_CLUSTER_SUPPORT_UNTIL;
	f.basis = PL_INFERRED;
	f.note = NULL;
	f.known = version->known && pl_support_until(s, version->value.s, day);
	if (f.known) {
		f.value = (struct pl_value){ .type = PL_TEXT, .s = pl_model_str(m, day) };
		f.note = version->sensitive ? NULL : pl_model_strf(m, "%s %s", s->whose, version->value.s);
	} else if (version->known) {
		f.waits_for = version->sensitive ? "the built-in table has no date for its version"
						 : pl_model_strf(m, "the built-in table has no date for %s %s",
								 s->whose, version->value.s);
	}
	pl_fact_put(m, cluster, &f);
}

void pl_support_tell(struct pl_model *m, struct pl_object *cluster, const struct pl_support *s)
{
	if (!is_of(cluster, s->provider))
		return;
	for (int w = 0; w < PL_WITNESS_COUNT; w++) {
		const struct pl_fact *version = pl_object_fact(cluster, PL_CLUSTER_VERSION, w);

		if (version && !pl_object_fact(cluster, PL_CLUSTER_SUPPORT_UNTIL, w))
			tell(m, cluster, s, version);
	}
}
