/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line options of ssh: see options.h. */
#include "ssh/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* ssh(1)'s options, as of OpenSSH 10.2. */
static const struct {
	char letter;
	bool has_value;
	const char *directive; /* what it is in ssh_config; NULL: nothing that matters here */
	const char *value;     /* of one that has none */
	bool beats;            /* the last one wins, over -o too; of the others the first one does */
} options[] = {
	{ '4', false, "AddressFamily", "inet", true },
	{ '6', false, "AddressFamily", "inet6", true },
	{ 'C', false, "Compression", "yes", true },
	{ 'B', true, "BindInterface", NULL, true },
	{ 'I', true, "PKCS11Provider", NULL, true },
	{ 'J', true, "ProxyJump", NULL, false },
	{ 'P', true, "Tag", NULL, true },
	{ 'b', true, "BindAddress", NULL, true },
	{ 'c', true, "Ciphers", NULL, true },
	{ 'i', true, "IdentityFile", NULL, false },
	{ 'l', true, "User", NULL, false },
	{ 'm', true, "MACs", NULL, true },
	{ 'p', true, "Port", NULL, false },
	{ 'D', true, NULL, NULL, false },
	{ 'E', true, NULL, NULL, false },
	{ 'L', true, NULL, NULL, false },
	{ 'O', true, NULL, NULL, false },
	{ 'R', true, NULL, NULL, false },
	{ 'S', true, NULL, NULL, false },
	{ 'e', true, NULL, NULL, false },
	{ 'w', true, NULL, NULL, false },
};

/* Options without a value that change a terminal, a forwarding or what is printed. */
#define FLAGS "AKMNTXYafgknqtvxy"

struct reader {
	struct pl_arena *arena;
	const struct pl_ssh_target *target;
	struct pl_ssh_file_lines *lines;
	const char *config;
	struct pl_err *err;
};

static int push(struct reader *r, struct pl_ssh_line *line, bool beats)
{
	struct pl_ssh_file_lines *l = r->lines;
	enum pl_ssh_key key = line->keyword->key;

	if (key == PL_SSH_HOST || key == PL_SSH_MATCH || key == PL_SSH_INCLUDE)
		return pl_err_set(r->err, PL_E_USAGE, "%s cannot be given as an option", line->name);
	line->file = r->target->file;
	line->line = r->target->line;
	l->lines = pl_grow(l->lines, l->count, &l->cap, sizeof *l->lines);
	if (beats && l->count)
		memmove(l->lines + 1, l->lines, l->count * sizeof *l->lines);
	l->lines[beats ? 0 : l->count] = line;
	l->count++;
	return 0;
}

static int add(struct reader *r, const char *directive, const char *value, bool beats)
{
	struct pl_ssh_line *line;

	if (pl_ssh_line_make(r->arena, directive, value, &line, r->err))
		return -1;
	return push(r, line, beats);
}

/* -o NAME=VALUE. */
static int add_setting(struct reader *r, const char *text)
{
	struct pl_ssh_line *line;

	if (pl_ssh_line_parse(r->arena, NULL, 0, text, &line, r->err))
		return -1;
	return line ? push(r, line, false) : 0;
}

static int add_option(struct reader *r, char letter, const char *value)
{
	size_t i = 0;

	if (letter == 'o')
		return add_setting(r, value);
	if (letter == 'F') {
		r->config = value;
		return 0;
	}
	while (options[i].letter != letter)
		i++;
	if (!options[i].directive)
		return 0;
	return add(r, options[i].directive, options[i].has_value ? value : options[i].value, options[i].beats);
}

enum kind { FLAG, VALUE, PASSED, NONE };

static enum kind kind_of(char letter)
{
	if (letter == 'o' || letter == 'F')
		return VALUE;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (options[i].letter == letter)
			return options[i].has_value ? VALUE : FLAG;
	return letter && strchr(FLAGS, letter) ? PASSED : NONE;
}

/* One word of options, "-4Cp" or "-p22"; *i moves on over a value that is the next word. */
static int read_word(struct reader *r, const struct pl_words *w, size_t *i)
{
	for (const char *p = w->items[*i] + 1; *p; p++) {
		enum kind kind = kind_of(*p);
		const char *value = p + 1;

		if (kind == NONE)
			return pl_err_set(r->err, PL_E_USAGE, "-%c is no option of ssh that can be used here", *p);
		if (kind == PASSED)
			continue;
		if (kind == FLAG) {
			if (add_option(r, *p, NULL))
				return -1;
			continue;
		}
		if (!*value && ++*i == w->count)
			return pl_err_set(r->err, PL_E_USAGE, "the option -%c needs a value", *p);
		return add_option(r, *p, *value ? value : w->items[*i]);
	}
	return 0;
}

static int read_words(struct reader *r)
{
	struct pl_words w;

	if (!r->target->options)
		return 0;
	if (strlen(r->target->options) > PL_LIMIT_SSH_OPTIONS_BYTES)
		return pl_err_set(r->err, PL_E_LIMIT, "more than %lu bytes of options", PL_LIMIT_SSH_OPTIONS_BYTES);
	if (!pl_words_shell(r->arena, r->target->options, false, &w))
		return pl_err_set(r->err, PL_E_USAGE, "a quote is not closed in its options of ssh");
	for (size_t i = 0; i < w.count; i++) {
		if (w.items[i][0] != '-' || !w.items[i][1])
			return pl_err_set(r->err, PL_E_USAGE, "'%s' is no option of ssh", w.items[i]);
		if (read_word(r, &w, &i))
			return -1;
	}
	return 0;
}

int pl_ssh_options_lines(struct pl_arena *a, const struct pl_ssh_target *target,
			 struct pl_ssh_file_lines *lines, const char **config, struct pl_err *err)
{
	struct reader r = { a, target, lines, NULL, err };

	if (target->port && add(&r, "Port", pl_arena_strf(a, "%u", (unsigned)target->port), false))
		return -1;
	if (target->identity_file && add(&r, "IdentityFile", target->identity_file, false))
		return -1;
	if (target->user && add(&r, "User", target->user, false))
		return -1;
	if (read_words(&r))
		return -1;
	*config = r.config;
	return 0;
}
