/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the answer of the probe apart.  The frame stands at the head of probe.sh. */
#include "base/limits.h"
#include "node/probe_internal.h"

struct reading {
	struct pl_probe_answer *a;
	const char *nonce;
	struct pl_slice *lines; /* of all sections, one behind the other */
	size_t line_count;
	bool begun, open;       /* a section is open */
	struct pl_slice noise;  /* the first line that is not ours */
};

/* The line at the front of *s, which must be whole: the rest of a cut line is no line. */
static bool next_line(struct pl_slice *s, struct pl_slice *line)
{
	const char *end = s->n ? memchr(s->p, '\n', s->n) : NULL;

	if (!end)
		return false;
	*line = (struct pl_slice){ s->p, (size_t)(end - s->p) };
	s->n -= line->n + 1;
	s->p = end + 1;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* What stands behind the first nonce: others may have left a line open before ours. */
static bool ours(const char *nonce, struct pl_slice line, struct pl_slice *rest)
{
	size_t n = strlen(nonce);

	for (size_t i = 0; i + n < line.n; i++)
		if (!memcmp(line.p + i, nonce, n)) {
			*rest = (struct pl_slice){ line.p + i + n, line.n - i - n };
			return true;
		}
	return false;
}

static void open_section(struct reading *r, struct pl_slice text)
{
	struct pl_probe_answer *a = r->a;
	const char *blank = memchr(text.p, ' ', text.n);
	struct pl_slice name = { text.p, blank ? (size_t)(blank - text.p) : text.n };

	r->open = a->count < PL_LIMIT_PROBE_SECTIONS;
	if (!r->open)
		return;
	a->sections[a->count++] = (struct pl_probe_section){
		.name = name,
		.source = blank ? pl_arena_strndup(&a->arena, blank + 1, text.n - name.n - 1) : "",
		.what = "",
		.lines = r->lines + r->line_count,
	};
}

static void close_section(struct reading *r, struct pl_slice text)
{
	static const struct {
		const char *word;
		enum pl_probe_status status;
	} words[] = {
		{ "ok", PL_PROBE_OK }, { "absent", PL_PROBE_ABSENT }, { "denied", PL_PROBE_DENIED },
		{ "failed", PL_PROBE_FAILED }, { "missing", PL_PROBE_MISSING },
	};
	struct pl_probe_section *s = &r->a->sections[r->a->count - 1];
	struct pl_slice word = pl_probe_word(&text);

	s->status = PL_PROBE_FAILED;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (pl_slice_is(word, words[i].word))
			s->status = words[i].status;
	s->what = pl_arena_strndup(&r->a->arena, text.p, text.n);
	r->open = false;
}

/* False at the end of the answer. */
static bool take(struct reading *r, char mark, struct pl_slice text)
{
	if (!r->begun && mark != '@')
		return true;
	switch (mark) {
	case '@':
		r->begun |= pl_slice_is(pl_probe_word(&text), "1");
		r->a->root = pl_slice_is(text, "0");
		break;
	case '+':
		open_section(r, text);
		break;
	case '=':
		if (r->open && r->a->sections[r->a->count - 1].count < PL_LIMIT_PROBE_LINES) {
			r->lines[r->line_count++] = text;
			r->a->sections[r->a->count - 1].count++;
		}
		break;
	case '-':
		if (r->open)
			close_section(r, text);
		break;
	case '.':
		r->a->whole = true;
		return false;
	default:
		break;
	}
	return true;
}

static int no_answer(const struct reading *r, struct pl_err *err)
{
	if (!r->noise.n)
		return pl_err_set(err, PL_E_INPUT, "answered nothing: is there a POSIX shell named sh?");
	return pl_err_set(err, PL_E_INPUT, "answered, but not the probe: %.*s",
			  (int)(r->noise.n < 200 ? r->noise.n : 200), r->noise.p);
}

int pl_probe_answer_read(struct pl_probe_answer *a, const char *nonce, struct pl_slice text,
			 struct pl_err *err)
{
	struct reading r = { .a = a, .nonce = nonce };
	struct pl_slice all = text, line, rest;
	size_t most = 0;

	if (all.n > PL_LIMIT_PROBE_BYTES)
		all.n = PL_LIMIT_PROBE_BYTES;
	text = all;
	while (next_line(&text, &line))
		most++;
	a->sections = pl_arena_alloc(&a->arena, PL_LIMIT_PROBE_SECTIONS * sizeof *a->sections);
	r.lines = pl_arena_alloc(&a->arena, (most + 1) * sizeof *r.lines);
	while (next_line(&all, &line)) {
		if (ours(nonce, line, &rest)) {
			struct pl_slice behind = { rest.p + 1, rest.n - 1 };

			if (!take(&r, *rest.p, behind))
				break;
		}
		/* a begin of another form is no answer either */
		if (!r.begun && !r.noise.n)
			r.noise = line;
	}
	if (!r.begun && !r.noise.n)
		r.noise = all; /* a line that does not end */
	return r.begun ? 0 : no_answer(&r, err);
}

void pl_probe_answer_release(struct pl_probe_answer *a)
{
	pl_arena_release(&a->arena);
	*a = (struct pl_probe_answer){ 0 };
}

const struct pl_probe_section *pl_probe_section(const struct pl_probe_answer *a, const char *name,
						size_t i)
{
	for (size_t k = 0; k < a->count; k++)
		if (pl_slice_is(a->sections[k].name, name) && !i--)
			return &a->sections[k];
	return NULL;
}

struct pl_slice pl_probe_word(struct pl_slice *s)
{
	size_t n = 0, skip;

	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	for (skip = n; skip < s->n && (s->p[skip] == ' ' || s->p[skip] == '\t');)
		skip++;
	*s = (struct pl_slice){ s->p + skip, s->n - skip };
	return (struct pl_slice){ s->p - skip, n };
}

struct pl_slice pl_probe_after(struct pl_slice line, const char *word)
{
	struct pl_slice rest = line;

	return pl_slice_is(pl_probe_word(&rest), word) ? rest : (struct pl_slice){ NULL, 0 };
}

bool pl_probe_number(struct pl_slice s, int64_t *out)
{
	int64_t n = 0;

	if (!s.n || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (s.p[i] - '0');
	}
	*out = n;
	return true;
}

bool pl_probe_says(const struct pl_probe_answer *a, const char *section, const char *words)
{
	const struct pl_probe_section *s = pl_probe_section(a, section, 0);
	size_t n = strlen(words);

	for (size_t i = 0; s && s->status == PL_PROBE_OK && i < s->count; i++)
		if (s->lines[i].n >= n && !memcmp(s->lines[i].p, words, n) &&
		    (s->lines[i].n == n || s->lines[i].p[n] == ' '))
			return true;
	return false;
}
