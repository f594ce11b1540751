/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths, sysctls, modules and free disk: maps of what the node was asked for.  A map stays open, for
 * nobody asked about the rest; what could not be looked at is left out, and the fact says why.
 */
#include "base/limits.h"
#include "node/probe_internal.h"

struct mapping {
	struct pl_probe *p;
	const struct pl_probe_section *s;
	struct pl_pair *map;
	size_t count;
	struct pl_buf denied; /* names that could not be looked at */
	size_t denied_count;
};

static void put(struct mapping *x, const char *key, const char *value)
{
	if (key && *key && value)
		x->map[x->count++] = (struct pl_pair){ key, value };
}

/* The report has room for a few names. */
static void deny(struct mapping *x, const char *name)
{
	if (!name)
		return;
	if (x->denied_count < 4)
		pl_buf_addf(&x->denied, "%s%s", x->denied_count ? ", " : "", name);
	x->denied_count++;
}

static const char *why_denied(const struct mapping *x, const char *what)
{
	return pl_model_strf(x->p->m, "%s %s%s%s", what, x->denied.data, x->denied_count > 4 ? " and more" : "",
			     x->p->answer->root ? "" : "; --sudo asks as root");
}

static void finish(struct mapping *x, enum pl_attr attr, const char *what)
{
	struct pl_value v = { .type = PL_MAP, .map = x->map, .count = x->count, .open = true };
	struct pl_fact *f = pl_fact_add(x->p->m, x->p->o, attr, &v, *x->s->source ? x->s->source : NULL);

	if (x->denied_count)
		f->waits_for = why_denied(x, what);
	pl_buf_release(&x->denied);
}

/* The name of a sysctl or module as architectures write it. */
static const char *renamed(struct pl_probe *p, const char *text, char from, char to)
{
	char *copy = text ? pl_arena_strndup(&p->m->arena, text, strlen(text)) : NULL;

	for (char *c = copy; c && *c; c++)
		*c = *c == from ? to : *c;
	return copy;
}

/* Tabs part the numbers of some sysctls. */
static const char *value_of(struct pl_probe *p, struct pl_slice s)
{
	pl_auto_buf b = PL_BUF_INIT;

	while (s.n) {
		struct pl_slice word = pl_probe_word(&s);

		pl_buf_addf(&b, "%s" PL_SLICE_FMT, b.len && word.n ? " " : "", PL_SLICE_ARG(word));
	}
	return pl_probe_text(p, (struct pl_slice){ b.data, b.len });
}

/* "is net/core/somaxconn:4096" */
static void take_sysctl(struct mapping *x, struct pl_slice rest)
{
	const char *colon = memchr(rest.p, ':', rest.n);
	size_t n = colon ? (size_t)(colon - rest.p) : 0;
	const char *name = pl_probe_text(x->p, (struct pl_slice){ rest.p, n });

	if (name)
		put(x, renamed(x->p, name, '/', '.'),
		    value_of(x->p, (struct pl_slice){ colon + 1, rest.n - n - 1 }));
}

/* "is NAME VALUE" */
static void take_named(struct mapping *x, struct pl_slice rest)
{
	const char *name = pl_probe_text(x->p, pl_probe_word(&rest));

	put(x, name, pl_probe_text(x->p, rest));
}

static void take_line(struct mapping *x, struct pl_slice rest,
		      void (*take)(struct mapping *x, struct pl_slice rest))
{
	struct pl_slice word = pl_probe_word(&rest);

	if (pl_slice_is(word, "is"))
		take(x, rest);
	else if (pl_slice_is(word, "no"))
		put(x, pl_probe_text(x->p, rest), "absent");
	else if (pl_slice_is(word, "denied"))
		deny(x, pl_probe_text(x->p, rest));
}

static bool start(struct mapping *x, struct pl_probe *p, const char *section, enum pl_attr attr)
{
	*x = (struct mapping){ .p = p, .s = pl_probe_section(p->answer, section, 0), .denied = PL_BUF_INIT };
	if (!x->s || x->s->status != PL_PROBE_OK) {
		pl_probe_unknown(p, attr, x->s);
		return false;
	}
	x->map = pl_arena_alloc(&p->m->arena, (x->s->count + 1) * sizeof *x->map);
	return true;
}

/* ---- free disk ---- */

/* "FILESYSTEM BLOCKS USED AVAILABLE CAPACITY% MOUNTED"; names on both ends may hold blanks. */
static bool df_row(struct pl_slice s, int64_t *size, int64_t *available)
{
	struct pl_slice last[3] = { { "", 0 }, { "", 0 }, { "", 0 } };

	while (s.n) {
		struct pl_slice word = pl_probe_word(&s);

		if (word.n > 1 && word.p[word.n - 1] == '%' && pl_probe_number(last[0], size) &&
		    pl_probe_number(last[2], available))
			return *size <= INT64_MAX / 1024 && *available <= *size;
		last[0] = last[1];
		last[1] = last[2];
		last[2] = word;
	}
	return false;
}

struct disks {
	const char **names; /* asked for, in order */
	size_t asked, rows;
	int64_t *size, *available; /* -1: the row tells nothing */
};

static void take_row(struct disks *d, struct pl_slice row, size_t most)
{
	struct pl_slice rest = row;

	if (pl_slice_is(pl_probe_word(&rest), "Filesystem") || d->rows == most)
		return;
	if (!df_row(row, &d->size[d->rows], &d->available[d->rows]))
		d->available[d->rows] = -1;
	d->rows++;
}

static void read_rows(struct mapping *x, struct disks *d)
{
	size_t most = x->s->count;

	d->names = pl_arena_alloc(&x->p->m->arena, (most + 1) * sizeof *d->names);
	d->size = pl_arena_alloc(&x->p->m->arena, (most + 1) * sizeof *d->size);
	d->available = pl_arena_alloc(&x->p->m->arena, (most + 1) * sizeof *d->available);
	for (size_t i = 0; i < most; i++) {
		struct pl_slice rest = x->s->lines[i], word = pl_probe_word(&rest);

		if (pl_slice_is(word, "ask"))
			d->names[d->asked++] = pl_probe_text(x->p, pl_probe_word(&rest));
		else if (pl_slice_is(word, "denied"))
			deny(x, pl_probe_text(x->p, rest));
		else if (pl_slice_is(word, "df"))
			take_row(d, rest, most);
	}
}

/* Where no block device could be found below the root: what its file system holds. */
static void infer_disk(struct pl_probe *p, int64_t blocks, const char *source)
{
	const struct pl_fact *f = pl_object_fact(p->o, PL_NODE_DISK, PL_NODE_SSH);
	struct pl_fact *better;

	if (f && f->known)
		return;
	pl_object_forget(p->o, PL_NODE_DISK, PL_NODE_SSH);
	better = pl_fact_int(p->m, p->o, PL_NODE_DISK, blocks * 1024, source);
	better->basis = PL_INFERRED;
	better->note = "the size of the root's file system; its disk is not known";
}

static void read_disks(struct pl_probe *p)
{
	struct mapping x;
	struct disks d = { 0 };
	bool even;

	if (!start(&x, p, "df", PL_NODE_DISK_FREE))
		return;
	read_rows(&x, &d);
	even = d.asked == d.rows; /* else nobody can say which row answers which path */
	for (size_t i = 0; i < d.asked; i++) {
		if (!even || d.available[i] < 0) {
			deny(&x, d.names[i]);
			continue;
		}
		put(&x, d.names[i], pl_model_strf(p->m, "%lld", (long long)d.available[i] * 1024));
		if (pl_streq(d.names[i], "/") && d.size[i] > 0)
			infer_disk(p, d.size[i], x.s->source);
	}
	finish(&x, PL_NODE_DISK_FREE, "df could not tell of");
}

void pl_probe_maps(struct pl_probe *p)
{
	static const struct {
		const char *section;
		enum pl_attr attr;
		void (*take)(struct mapping *x, struct pl_slice rest);
		const char *denied;
	} maps[] = {
		{ "path", PL_NODE_PATHS, take_named, "could not look at" },
		{ "sysctl", PL_NODE_SYSCTLS, take_sysctl, "could not read" },
		{ "module", PL_NODE_MODULES, take_named, "the lists of this kernel's modules are not there:" },
	};

	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct mapping x;

		if (!start(&x, p, maps[i].section, maps[i].attr))
			continue;
		for (size_t k = 0; k < x.s->count; k++)
			take_line(&x, x.s->lines[k], maps[i].take);
		finish(&x, maps[i].attr, maps[i].denied);
	}
	read_disks(p);
}
