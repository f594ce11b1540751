/* SPDX-License-Identifier: Apache-2.0 */
/* One line of ssh_config taken apart and checked: see directive.h. */
#include "ssh/directive.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

#define BLANKS " \t\f\r"

/* What a line is made from, and where its faults are reported. */
struct parser {
	struct pl_arena *arena;
	struct pl_ssh_line *line;
	struct pl_err *err;
};

static int fail(const struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(const struct parser *p, const char *fmt, ...)
{
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	if (!p->line->line)
		return pl_err_set(p->err, PL_E_USAGE, "%s: %s", p->line->name, text.data);
	return pl_err_set(p->err, PL_E_USAGE, "%s:%d: %s: %s", p->line->file, p->line->line, p->line->name,
			  text.data);
}

/* ---- values ---- */

bool pl_ssh_host_fine(const char *host)
{
	if (!*host || *host == '-' || strlen(host) > 255)
		return false;
	for (; *host; host++)
		if ((unsigned char)*host <= ' ' || *host == 0x7f || strchr("'`\"$\\;&<>|(){}", *host))
			return false;
	return true;
}

bool pl_ssh_user_fine(const char *user)
{
	size_t n = strlen(user);

	/* "DOMAIN\name" is one; a backslash at the end would take what follows it in a command */
	if (!n || *user == '-' || n > 255 || user[n - 1] == '\\')
		return false;
	for (; *user; user++)
		if ((unsigned char)*user < ' ' || *user == 0x7f || strchr("'`\"$;&<>|(){}", *user) ||
		    (*user == ' ' && user[1] == '-'))
			return false;
	return true;
}

static bool number_of(const char *text, long most, long *out)
{
	int64_t n;

	if (*text < '0' || *text > '9' || !pl_parse_i64(text, &n) || n > most)
		return false;
	*out = (long)n;
	return true;
}

/* "90", "1m30s": numbers with units, a bare one being seconds. */
static bool time_of(const char *text, long *out)
{
	static const struct {
		char unit;
		long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	long total = 0;

	if (!*text)
		return false;
	while (*text) {
		long n = 0, seconds = 1;

		if (*text < '0' || *text > '9')
			return false;
		for (; *text >= '0' && *text <= '9'; text++) {
			n = n * 10 + (*text - '0');
			if (n > INT_MAX)
				return false;
		}
		for (size_t i = 0; *text && i < sizeof units / sizeof *units; i++)
			if ((*text | 0x20) == units[i].unit)
				seconds = units[i].seconds;
		if (*text && seconds == 1 && (*text | 0x20) != 's')
			return false;
		text += *text != '\0';
		if (n > (INT_MAX - total) / seconds)
			return false;
		total += n * seconds;
	}
	*out = total;
	return true;
}

/* "HOST", "HOST:PORT", "[V6]", "[V6]:PORT". */
static bool host_port(struct pl_arena *a, struct pl_slice s, struct pl_ssh_hop_name *out)
{
	const char *colon = memchr(s.p, ':', s.n), *text = pl_arena_strndup(a, s.p, s.n);
	size_t host = colon ? (size_t)(colon - s.p) : s.n, skip = 0;
	long port = 0;

	if (s.n && *s.p == '[') {
		const char *close = memchr(s.p, ']', s.n);

		if (!close)
			return false;
		skip = 1;
		host = (size_t)(close - s.p) - 1;
	}
	out->host = pl_arena_strndup(a, s.p + skip, host);
	text += host + 2 * skip;
	if (*text && (*text != ':' || !number_of(text + 1, 65535, &port) || !port))
		return false;
	out->port = (uint16_t)port;
	return *out->host != '\0';
}

bool pl_ssh_hop_parse(struct pl_arena *a, struct pl_slice text, struct pl_ssh_hop_name *out)
{
	bool uri = text.n > 6 && pl_strieq(pl_arena_strndup(a, text.p, 6), "ssh://");
	const char *at = NULL;

	*out = (struct pl_ssh_hop_name){ 0 };
	if (uri) {
		text.p += 6;
		text.n -= 6;
		text.n -= text.n && text.p[text.n - 1] == '/';
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '@')
			at = text.p + i;
	if (at) {
		out->user = pl_arena_strndup(a, text.p, (size_t)(at - text.p));
		text = (struct pl_slice){ at + 1, (size_t)(text.p + text.n - at) - 1 };
		if (!*out->user)
			return false;
	}
	return host_port(a, text, out);
}

/* ---- kinds ---- */

static int read_flag(struct parser *p)
{
	bool yes = pl_ssh_has_word("yes true", p->line->text);

	if (!yes && !pl_ssh_has_word("no false", p->line->text))
		return fail(p, "'%s' is neither yes nor no", p->line->text);
	p->line->number = yes;
	return 0;
}

static int read_number(struct parser *p)
{
	return number_of(p->line->text, INT_MAX, &p->line->number) ? 0 :
	       fail(p, "'%s' is no number", p->line->text);
}

static int read_time(struct parser *p)
{
	return !strcmp(p->line->text, "none") || time_of(p->line->text, &p->line->number) ? 0 :
	       fail(p, "'%s' is no time: write 30 or 1m30s", p->line->text);
}

static int read_tcp(struct parser *p)
{
	return number_of(p->line->text, 65535, &p->line->number) && p->line->number ? 0 :
	       fail(p, "'%s' is no port: it must be a number from 1 to 65535", p->line->text);
}

static int read_choice(struct parser *p)
{
	return pl_ssh_has_word(p->line->keyword->choices, p->line->text) ? 0 :
	       fail(p, "'%s' is none of: %s", p->line->text, p->line->keyword->choices);
}

static int read_word(struct parser *p)
{
	return *p->line->text ? 0 : fail(p, "its value is empty");
}

static int read_words(struct parser *p)
{
	const struct pl_words *w = &p->line->words;

	for (size_t i = 0; i < w->count; i++) {
		if (!*w->items[i])
			return fail(p, "one of its values is empty");
		if (p->line->keyword->key != PL_SSH_HOST && pl_strieq(w->items[i], "none") && w->count > 1)
			return fail(p, "none must stand alone");
	}
	return 0;
}

/* The text of ProxyJump without a comment, every host of it checked. */
static int read_jumps(struct parser *p)
{
	size_t n = strcspn(p->line->text, "#");
	const char *text;

	while (n && strchr(BLANKS, p->line->text[n - 1]))
		n--;
	p->line->text = text = pl_arena_strndup(p->arena, p->line->text, n);
	if (pl_strieq(text, "none"))
		return 0;
	for (;;) {
		struct pl_ssh_hop_name hop;

		n = strcspn(text, ",");
		if (!pl_ssh_hop_parse(p->arena, (struct pl_slice){ text, n }, &hop))
			return fail(p, "'%.*s' is no jump host: write [USER@]HOST[:PORT]", (int)n, text);
		if (!text[n])
			return 0;
		text += n + 1;
	}
}

/* ---- Match ---- */

static const struct {
	const char *name;
	enum pl_ssh_attribute attribute;
	bool has_value;
} attributes[] = {
	{ "all", PL_SSH_IF_ALL, false },
	{ "canonical", PL_SSH_IF_CANONICAL, false },
	{ "final", PL_SSH_IF_FINAL, false },
	{ "host", PL_SSH_IF_HOST, true },
	{ "originalhost", PL_SSH_IF_ORIGINAL, true },
	{ "user", PL_SSH_IF_USER, true },
	{ "localuser", PL_SSH_IF_LOCAL_USER, true },
	{ "tagged", PL_SSH_IF_TAGGED, true },
	{ "sessiontype", PL_SSH_IF_SESSION, true },
	{ "exec", PL_SSH_IF_UNDECIDED, true },
	{ "localnetwork", PL_SSH_IF_UNDECIDED, true },
	{ "version", PL_SSH_IF_UNDECIDED, true },
	{ "command", PL_SSH_IF_UNDECIDED, true },
};

/* The next word; blanks and one '=' part them, "..." holds blanks.  NULL at the end. */
static const char *criteria_word(struct pl_arena *a, const char **p)
{
	const char *start;
	size_t n;

	*p += strspn(*p, BLANKS);
	if (!**p || **p == '#')
		return NULL;
	if (**p == '"' && strchr(*p + 1, '"')) {
		start = *p + 1;
		n = strcspn(start, "\"");
		*p = start + n + 1;
	} else {
		start = *p;
		n = strcspn(start, BLANKS "=\"");
		*p = start + n;
	}
	*p += strspn(*p, BLANKS);
	if (**p == '=')
		++*p;
	return pl_arena_strndup(a, start, n);
}

static int read_criterion(struct parser *p, const char *word, const char **rest, struct pl_ssh_criterion *c)
{
	size_t i = 0;

	c->negated = *word == '!';
	word += c->negated;
	while (i < sizeof attributes / sizeof *attributes && !pl_strieq(attributes[i].name, word))
		i++;
	if (i == sizeof attributes / sizeof *attributes)
		return fail(p, "there is no criterion '%s'", word);
	c->attribute = attributes[i].attribute;
	c->name = attributes[i].name;
	c->value = attributes[i].has_value ? criteria_word(p->arena, rest) : NULL;
	return !attributes[i].has_value || (c->value && *c->value) ? 0 : fail(p, "%s needs a value", word);
}

/* `all` stands last, behind no more than one other: ssh asks no more, whatever its manual says. */
static bool all_is_misplaced(const struct pl_ssh_line *l)
{
	for (size_t i = 0; i < l->criteria_count; i++)
		if (l->criteria[i].attribute == PL_SSH_IF_ALL &&
		    (i + 1 < l->criteria_count || i > 1))
			return true;
	return false;
}

static int read_criteria(struct parser *p)
{
	const char *rest = p->line->text, *word;
	size_t most = strlen(rest) / 2 + 1; /* each is at least a letter and a blank */

	p->line->criteria = pl_arena_alloc(p->arena, most * sizeof *p->line->criteria);
	while ((word = criteria_word(p->arena, &rest)))
		if (read_criterion(p, word, &rest, &p->line->criteria[p->line->criteria_count++]))
			return -1;
	if (!p->line->criteria_count)
		return fail(p, "it needs a criterion");
	return all_is_misplaced(p->line) ? fail(p, "all cannot be combined with other criteria") : 0;
}

/* ---- the line ---- */

static const struct {
	int (*read)(struct parser *p);
	bool raw;    /* reads the rest of the line, not its words */
	bool single; /* one word and no more */
} kinds[] = {
	[PL_SSH_ANY] = { NULL, true, false },
	[PL_SSH_WORD] = { read_word, false, true },
	[PL_SSH_WORDS] = { read_words, false, false },
	[PL_SSH_LINE] = { NULL, true, false },
	[PL_SSH_FLAG] = { read_flag, false, true },
	[PL_SSH_NUMBER] = { read_number, false, true },
	[PL_SSH_TIME] = { read_time, false, true },
	[PL_SSH_TCP] = { read_tcp, false, true },
	[PL_SSH_CHOICE] = { read_choice, false, true },
	[PL_SSH_JUMPS] = { read_jumps, true, false },
	[PL_SSH_CRITERIA] = { read_criteria, true, false },
};

static int read_value(struct parser *p, const char *text)
{
	struct pl_ssh_line *l = p->line;
	bool raw = kinds[l->keyword->kind].raw;

	if (!pl_words_config(p->arena, text, &l->words))
		return l->keyword->key == PL_SSH_UNKNOWN ? 0 : fail(p, "a quote is not closed");
	l->text = raw ? text + strspn(text, BLANKS "=") : l->words.count ? l->words.items[0] : "";
	if (l->keyword->key == PL_SSH_UNKNOWN)
		return 0;
	if (!l->words.count)
		return fail(p, "its value is missing");
	if (kinds[l->keyword->kind].single && l->words.count > 1)
		return fail(p, "'%s' is one value too many", l->words.items[1]);
	return kinds[l->keyword->kind].read ? kinds[l->keyword->kind].read(p) : 0;
}

static struct pl_ssh_line *new_line(struct pl_arena *a, const char *file, int number, const char *name)
{
	struct pl_ssh_line *l = pl_arena_alloc(a, sizeof *l);

	l->file = file;
	l->line = number;
	l->name = name;
	l->keyword = pl_ssh_keyword(name);
	l->text = "";
	return l;
}

/* "NAME VALUE", "NAME=VALUE", "NAME = VALUE"; the name may stand in quotes. */
int pl_ssh_line_parse(struct pl_arena *a, const char *file, int line, const char *text,
		      struct pl_ssh_line **out, struct pl_err *err)
{
	struct parser p = { a, NULL, err };
	char *copy;
	size_t n;

	text += strspn(text, BLANKS "=");
	*out = NULL;
	if (!*text || *text == '#')
		return 0;
	n = strlen(text);
	while (n && strchr(BLANKS, text[n - 1]))
		n--;
	copy = pl_arena_strndup(a, text, n);
	n = strcspn(copy, BLANKS "=\"");
	p.line = new_line(a, file, line, pl_arena_strndup(a, copy, n));
	copy += n;
	copy += strspn(copy, BLANKS);
	if (*copy == '=')
		copy++;
	copy += strspn(copy, BLANKS);
	if (read_value(&p, copy))
		return -1;
	*out = p.line;
	return 0;
}

int pl_ssh_line_make(struct pl_arena *a, const char *name, const char *value, struct pl_ssh_line **out,
		     struct pl_err *err)
{
	struct parser p = { a, new_line(a, NULL, 0, name), err };
	const char **words = pl_arena_alloc(a, 2 * sizeof *words);

	p.line->text = words[0] = pl_arena_strdup(a, value);
	p.line->words = (struct pl_words){ words, 1 };
	if (kinds[p.line->keyword->kind].read && kinds[p.line->keyword->kind].read(&p))
		return -1;
	*out = p.line;
	return 0;
}
