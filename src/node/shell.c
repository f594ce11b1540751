/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shell script as simple commands, with the variables it assigns put in place.  Nothing is run:
 * what depends on running (command output, conditions, loops, positional parameters) is open.
 */
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"

#define SPLIT '\x1f' /* white space of an unquoted expansion: words end there */
#define DOCUMENTS 16 /* here-documents that may begin in one line */

struct heredoc {
	const char *delimiter;
	bool quoted, tabs;
	size_t command; /* whose input it is */
};

struct shell {
	struct pl_boot *r;
	const char *p, *end;
	struct pl_sh_command now;
	struct pl_sh_command *line; /* commands that wait for the here-documents of their line */
	size_t line_count, line_cap;
	struct heredoc documents[DOCUMENTS];
	size_t document_count;
	unsigned nested;    /* in if, for, while, case: what is assigned there may not be */
	bool after_and;     /* after && or || : the same */
	bool after_pipe;
};

static char at(const struct shell *s, size_t i)
{
	return (size_t)(s->end - s->p) > i ? s->p[i] : '\0';
}

static bool is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static void add(struct shell *s, struct pl_buf *out, const char *text, size_t n)
{
	if (pl_boot_spend(s->r, n))
		pl_buf_add(out, text, n);
}

static void add_char(struct shell *s, struct pl_buf *out, char c)
{
	if (c)
		add(s, out, &c, 1);
}

static void add_open(struct shell *s, struct pl_buf *out)
{
	add(s, out, PL_BOOT_OPEN, sizeof PL_BOOT_OPEN - 1);
}

/* ---- expansion ---- */

/* Past the bracket that closes the one before s->p; quotes are respected. */
static void skip_to(struct shell *s, char open, char close)
{
	unsigned depth = 1;
	char quote = '\0';

	for (; s->p < s->end && depth; s->p++) {
		char c = *s->p;

		if (c == '\\' && quote != '\'' && s->p + 1 < s->end)
			s->p++;
		else if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == close)
			depth--;
		else if (c == open)
			depth++;
	}
}

static void add_variable(struct shell *s, struct pl_buf *out, const char *name, size_t n, bool quoted)
{
	const char *value = pl_map_get(&s->r->variables, name, n);
	size_t from = out->len;

	if (!value) {
		add_open(s, out);
		return;
	}
	add(s, out, value, strlen(value));
	for (size_t i = from; !quoted && i < out->len; i++)
		if (strchr(" \t\n", out->data[i]))
			out->data[i] = SPLIT;
}

/* At a '$'. */
static void expand(struct shell *s, struct pl_buf *out, bool quoted)
{
	const char *name = s->p + 1;
	size_t n = 0;
	bool braces = at(s, 1) == '{';

	s->p++;
	if (*name == '(' && s->p < s->end) {
		s->p++;
		skip_to(s, '(', ')');
		add_open(s, out);
		return;
	}
	name += braces;
	while (name + n < s->end && is_name(name[n], !n))
		n++;
	if (braces) {
		bool plain = n && name + n < s->end && name[n] == '}';

		s->p++;
		skip_to(s, '{', '}');
		if (plain)
			add_variable(s, out, name, n, quoted);
		else
			add_open(s, out);
	} else if (n) {
		s->p += n;
		add_variable(s, out, name, n, quoted);
	} else if (s->p < s->end && strchr("@*#?$!-0123456789", *s->p) && *s->p) {
		s->p++;
		add_open(s, out);
	} else if (s->p >= s->end || (*s->p != '"' && *s->p != '\'')) {
		add_char(s, out, '$');
	}
}

static void skip_backticks(struct shell *s, struct pl_buf *out)
{
	for (s->p++; s->p < s->end && *s->p != '`'; s->p++)
		if (*s->p == '\\' && s->p + 1 < s->end)
			s->p++;
	s->p += s->p < s->end;
	add_open(s, out);
}

static void in_single_quotes(struct shell *s, struct pl_buf *out)
{
	for (s->p++; s->p < s->end && *s->p != '\''; s->p++)
		add_char(s, out, *s->p);
	s->p += s->p < s->end;
}

/* Text in which $, ` and \ mean something, up to `stop` or the end (of a here-document). */
static void in_double_quotes(struct shell *s, struct pl_buf *out, char stop)
{
	const char *escaped = stop ? "$`\"\\\n" : "$`\\\n";

	while (s->p < s->end && (!stop || *s->p != stop)) {
		if (*s->p == '$') {
			expand(s, out, true);
		} else if (*s->p == '`') {
			skip_backticks(s, out);
		} else if (*s->p == '\\' && s->p + 1 < s->end) {
			if (!strchr(escaped, s->p[1]))
				add_char(s, out, '\\');
			if (s->p[1] != '\n')
				add_char(s, out, s->p[1]);
			s->p += 2;
		} else {
			add_char(s, out, *s->p++);
		}
	}
	s->p += s->p < s->end;
}

/* One word as written, quotes gone; false when none begins here. */
static bool read_word(struct shell *s, struct pl_buf *out, bool *quoted)
{
	const char *start = s->p;

	while (s->p < s->end && !(*s->p && strchr(" \t\r\n;&|()<>", *s->p))) {
		if (*s->p == '\\' && s->p + 1 < s->end) {
			if (s->p[1] != '\n')
				add_char(s, out, s->p[1]);
			s->p += 2;
		} else if (*s->p == '\'') {
			*quoted = true;
			in_single_quotes(s, out);
		} else if (*s->p == '"') {
			*quoted = true;
			s->p++;
			in_double_quotes(s, out, '"');
		} else if (*s->p == '$') {
			expand(s, out, false);
		} else if (*s->p == '`') {
			skip_backticks(s, out);
		} else {
			add_char(s, out, *s->p++);
		}
	}
	return s->p > start;
}

/* ---- commands ---- */

static void add_word(struct shell *s, const char *word, size_t n)
{
	struct pl_sh_command *c = &s->now;

	c->words = pl_grow(c->words, c->count, &c->cap, sizeof *c->words);
	c->words[c->count++] = pl_arena_strndup(&s->r->arena, word, n);
}

/* NAME= or NAME+= at the start of a word: how long the name is, else 0. */
static size_t assigned_name(const char *word)
{
	size_t n = 0;

	while (is_name(word[n], !n))
		n++;
	return n && (word[n] == '=' || (word[n] == '+' && word[n + 1] == '=')) ? n : 0;
}

/* What such a variable holds must reach nothing that is kept. */
static bool is_secret(const char *name)
{
	return pl_contains(name, "token") || pl_contains(name, "password") || pl_contains(name, "secret");
}

static void assign(struct shell *s, const char *name, size_t n, const char *value)
{
	struct pl_boot *r = s->r;
	bool more = name[n] == '+', sure = !s->nested && !s->after_and;
	const char *had = pl_map_get(&r->variables, name, n);
	char *text;

	if (more)
		value = pl_arena_strf(&r->arena, "%s%s", had ? had : PL_BOOT_OPEN, value);
	if (!pl_boot_spend(r, strlen(value)))
		return;
	name = pl_arena_strndup(&r->arena, name, n);
	text = pl_arena_strdup(&r->arena, sure && !is_secret(name) ? value : PL_BOOT_OPEN);
	*pl_map_put(&r->variables, name, n) = text;
	pl_boot_assigned(r, name, text);
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

/* Words that stand before a command without being one. */
static bool is_keyword(struct shell *s, const char *word)
{
	static const char *const begin[] = { "if", "for", "while", "until", "case", "select", NULL };
	static const char *const end[] = { "fi", "done", "esac", NULL };
	static const char *const inner[] = { "then", "else", "elif", "do", "{", "}", "!", NULL };

	if (is_one_of(word, begin))
		s->nested++;
	else if (is_one_of(word, end))
		s->nested -= s->nested > 0;
	else if (!is_one_of(word, inner))
		return false;
	return true;
}

static void add_env(struct shell *s, const char *word, size_t name)
{
	struct pl_sh_command *c = &s->now;
	const char *value = strchr(word + name, '=') + 1;

	c->env = pl_grow(c->env, c->env_count, &c->env_cap, sizeof *c->env);
	c->env[c->env_count++] = (struct pl_pair){ pl_arena_strdup(&s->r->arena, word),
						   pl_arena_strdup(&s->r->arena, value) };
}

static void take_word(struct shell *s)
{
	static const char *const exporters[] = { "export", "readonly", "local", "declare", "typeset", NULL };
	pl_auto_buf b = PL_BUF_INIT;
	bool quoted = false, exporting;
	size_t name;

	if (!read_word(s, &b, &quoted))
		return;
	exporting = s->now.count && is_one_of(s->now.words[0], exporters);
	name = !s->now.count || exporting ? assigned_name(b.data) : 0;
	if (name) {
		for (size_t i = 0; i < b.len; i++) /* no word splitting in an assignment */
			b.data[i] = b.data[i] == SPLIT ? ' ' : b.data[i];
		add_env(s, b.data, name);
		return;
	}
	if (!s->now.count && !quoted && is_keyword(s, b.data))
		return;
	if (quoted && !b.len)
		add_word(s, "", 0);
	for (char *p = b.data; *p;) {
		size_t n = strcspn(p, "\x1f");

		if (n)
			add_word(s, p, n);
		p += n + (p[n] == SPLIT);
	}
}

/* A command that only assigns does so at once; others wait for the end of the line. */
static void end_command(struct shell *s)
{
	struct pl_sh_command *c = &s->now;
	bool assigns = !c->count || !strcmp(c->words[0], "export") || !strcmp(c->words[0], "readonly") ||
		       !strcmp(c->words[0], "declare") || !strcmp(c->words[0], "local");

	for (size_t i = 0; assigns && i < c->env_count; i++)
		assign(s, c->env[i].key, assigned_name(c->env[i].key), c->env[i].value);
	if (c->count && !assigns) {
		c->piped = s->after_pipe;
		s->line = pl_grow(s->line, s->line_count, &s->line_cap, sizeof *s->line);
		s->line[s->line_count++] = *c;
	} else {
		if (c->target) /* { echo a; echo b; } >FILE */
			pl_boot_unseen(s->r, c->target);
		free(c->words);
		free(c->env);
	}
	*c = (struct pl_sh_command){ .count = 0 };
	s->after_pipe = false;
}

static void end_line(struct shell *s)
{
	for (size_t i = 0; i < s->line_count; i++) {
		struct pl_sh_command *c = &s->line[i];

		for (size_t k = 0; k < c->env_count; k++) /* the name alone from here on */
			c->env[k].key = pl_arena_strndup(&s->r->arena, c->env[k].key, assigned_name(c->env[k].key));
		pl_boot_command(s->r, c, c->piped && i ? c - 1 : NULL);
	}
	for (size_t i = 0; i < s->line_count; i++) {
		free(s->line[i].words);
		free(s->line[i].env);
	}
	s->line_count = 0;
}

/* ---- here-documents and redirections ---- */

static void read_document(struct shell *s, const struct heredoc *d)
{
	pl_auto_buf raw = PL_BUF_INIT, text = PL_BUF_INIT;
	struct shell inner = *s;
	size_t want = strlen(d->delimiter);

	while (s->p < s->end) {
		const char *eol = memchr(s->p, '\n', (size_t)(s->end - s->p));
		size_t n = eol ? (size_t)(eol - s->p) : (size_t)(s->end - s->p);
		const char *line = s->p;

		s->p += n + (eol != NULL);
		for (; d->tabs && n && *line == '\t'; n--)
			line++;
		if (n == want && !memcmp(line, d->delimiter, n))
			break;
		add(s, &raw, line, n);
		add_char(s, &raw, '\n');
	}
	inner.p = raw.data;
	inner.end = raw.data + raw.len;
	if (!d->quoted)
		in_double_quotes(&inner, &text, '\0');
	if (d->command < s->line_count)
		s->line[d->command].input = pl_arena_strdup(&s->r->arena, d->quoted ? raw.data : text.data);
}

static void read_documents(struct shell *s)
{
	for (size_t i = 0; i < s->document_count; i++)
		read_document(s, &s->documents[i]);
	s->document_count = 0;
}

static void skip_blanks(struct shell *s)
{
	while (s->p < s->end && strchr(" \t\r", *s->p) && *s->p)
		s->p++;
}

static void begin_document(struct shell *s)
{
	struct heredoc d = { NULL, false, false, s->line_count };
	pl_auto_buf b = PL_BUF_INIT;

	s->p += 2;
	if (at(s, 0) == '<') { /* <<< "text" */
		s->p++;
		skip_blanks(s);
		read_word(s, &b, &d.quoted);
		return;
	}
	d.tabs = at(s, 0) == '-';
	s->p += d.tabs;
	skip_blanks(s);
	d.quoted = at(s, 0) == '\\';
	if (!read_word(s, &b, &d.quoted) || s->document_count == DOCUMENTS)
		return;
	d.delimiter = pl_arena_strdup(&s->r->arena, b.data);
	s->documents[s->document_count++] = d;
}

static void redirect(struct shell *s)
{
	pl_auto_buf b = PL_BUF_INIT;
	bool out = *s->p == '>', append, quoted = false, other;

	s->p++;
	append = out && at(s, 0) == '>';
	s->p += append;
	other = at(s, 0) == '&';
	s->p += other || at(s, 0) == '|';
	skip_blanks(s);
	if (read_word(s, &b, &quoted) && out && !other) {
		s->now.target = pl_arena_strdup(&s->r->arena, b.data);
		s->now.append = append;
	}
}

/* ---- the script ---- */

static void operator(struct shell *s)
{
	char c = *s->p++;
	bool twice = at(s, 0) == c;

	end_command(s);
	s->after_pipe = c == '|' && !twice;
	s->after_and = twice && (c == '|' || c == '&');
	s->p += twice;
}

static void new_line(struct shell *s)
{
	bool goes_on = (s->after_pipe || s->after_and) && !s->now.count && !s->now.env_count;

	s->p++;
	if (!goes_on)
		end_command(s);
	read_documents(s);
	if (goes_on)
		return;
	end_line(s);
	s->after_and = false;
}

static void step(struct shell *s)
{
	char c = *s->p;

	if (c == '\n') {
		new_line(s);
	} else if (c == '#') {
		const char *eol = memchr(s->p, '\n', (size_t)(s->end - s->p));

		s->p = eol ? eol : s->end;
	} else if (c == '<' && at(s, 1) == '<') {
		begin_document(s);
	} else if (c == '<' || c == '>') {
		redirect(s);
	} else if (c == ';' || c == '&' || c == '|') {
		if (c == '&' && at(s, 1) == '>')
			s->p++;
		else
			operator(s);
	} else if (c == '(' || c == ')') {
		s->p++;
		end_command(s);
	} else if (c == '\\' && at(s, 1) == '\n') {
		s->p += 2;
	} else {
		take_word(s);
	}
}

void pl_boot_shell(struct pl_boot *r, const char *text, size_t len)
{
	struct shell s = { .r = r, .p = text, .end = text + len };

	for (skip_blanks(&s); s.p < s.end && r->budget; skip_blanks(&s))
		step(&s);
	end_command(&s);
	end_line(&s);
	free(s.line);
}

size_t pl_sh_split(struct pl_boot *r, const char *text, const char ***words)
{
	struct shell s = { .r = r, .p = text, .end = text + strlen(text) };
	size_t n;

	while (s.p < s.end && r->budget) {
		pl_auto_buf b = PL_BUF_INIT;
		bool quoted = false;

		if (strchr(" \t\r\n;&|()<>", *s.p))
			s.p++;
		else if (read_word(&s, &b, &quoted))
			add_word(&s, b.data, b.len);
	}
	n = s.now.count;
	*words = pl_arena_alloc(&r->arena, (n + 1) * sizeof **words);
	if (n)
		memcpy(*words, s.now.words, n * sizeof **words);
	free(s.now.words);
	return n;
}
