/* SPDX-License-Identifier: Apache-2.0 */
/* One drift in words: what differs, and what each of those that saw it says. */
#include "base/scalar.h"
#include "base/str.h"
#include "report/internal.h"

/* Is the drift that a thing came or went?  Then its attribute is its kind. */
static bool came_or_went(const struct pl_drift *d)
{
	return d->snapshots && !d->state != !d->now && pl_streq(d->state ? d->state : d->now, "there");
}

/* What went is no object any more: storage class "gp2" */
static void say_thing(const struct pl_drift *d, struct pl_buf *out)
{
	for (const char *p = d->attribute; *p; p++)
		pl_buf_addc(out, *p == '_' ? ' ' : *p);
	pl_buf_addf(out, " \"%s\"", d->name);
}

/* Which of the two snapshots is meant: by their days, where both say them and they differ. */
static void name_snapshots(const struct pl_model *m, const struct pl_drift *d, struct pl_buf *older,
			   struct pl_buf *newer)
{
	int64_t then = d->origin.source < 0 ? 0 : m->sources[d->origin.source].as_of;
	int64_t now = d->newer.source < 0 ? 0 : m->sources[d->newer.source].as_of;
	bool today = d->newer.source >= 0 && !pl_streq(m->sources[d->newer.source].kind, "snapshot");
	char day[16];

	if (then && (today || (now && now != then)))
		pl_buf_addf(older, "snapshot of %s", pl_date_text(then, day));
	else
		pl_buf_adds(older, today ? "snapshot" : "older snapshot");
	if (today)
		return;
	if (now && then && now != then)
		pl_buf_addf(newer, "that of %s", pl_date_text(now, day));
	else
		pl_buf_adds(newer, "the newer one");
}

static void say_history(const struct pl_model *m, const struct pl_drift *d, struct pl_buf *out)
{
	const char *then = d->state ? d->state : "nothing", *now = d->now ? d->now : "nothing";
	pl_auto_buf older = PL_BUF_INIT, newer = PL_BUF_INIT; /* newer stays empty: it is no snapshot */

	name_snapshots(m, d, &older, &newer);
	if (came_or_went(d))
		pl_buf_addf(out, ": %sin the %s, %sthere %s%s", d->state ? "" : "not ", older.data,
			    d->now ? "" : "not ", newer.len ? "in " : "now", newer.len ? newer.data : "");
	else if (!newer.len)
		pl_buf_addf(out, " %s: the %s says %s, now it is %s", d->attribute, older.data, then,
			    d->now ? d->now : "not there");
	else
		pl_buf_addf(out, " %s: the %s says %s, %s says %s", d->attribute, older.data, then, newer.data, now);
}

void pl_drift_say(const struct pl_model *m, const struct pl_drift *d, struct pl_buf *out)
{
	const char *comma = ": ";

	if (came_or_went(d) && d->name)
		say_thing(d, out);
	else if (d->object)
		pl_object_say(d->object, out);
	else if (d->name)
		pl_buf_adds(out, d->name);
	if (d->witnesses)
		pl_buf_addf(out, " %s", d->attribute);
	for (int i = 0; i < PL_WITNESS_COUNT; i++) {
		if (!(d->witnesses & 1U << i))
			continue;
		pl_buf_addf(out, "%s%s says %s", comma, pl_witness_name((enum pl_witness)i),
			    d->said[i] ? d->said[i] : "nothing");
		comma = ", ";
	}
	if (d->witnesses) {
		pl_buf_adds(out, d->will_change ? "; this plan changes it" : "");
		return;
	}
	if (d->snapshots) {
		say_history(m, d, out);
		return;
	}
	pl_buf_addf(out, " %s: the state says %s, the real one is %s%s", d->attribute, d->state ? d->state : "nothing",
		    d->now ? d->now : "not set", d->will_change ? ", and this plan changes it" : "");
}
