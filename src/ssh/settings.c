/* SPDX-License-Identifier: Apache-2.0 */
/* Host and Match blocks, and the first value of each directive: see settings.h. */
#include "ssh/settings.h"

#include <stdlib.h>
#include <string.h>

#include "ssh/pattern.h"
#include "ssh/token.h"

void pl_ssh_settings_release(struct pl_ssh_settings *s)
{
	free(s->identities.items);
	free(s->certificates.items);
	free(s->undecided.items);
}

const char *pl_ssh_setting_text(const struct pl_ssh_settings *s, enum pl_ssh_key key, const char *otherwise)
{
	return s->first[key] ? s->first[key]->text : otherwise;
}

long pl_ssh_setting_number(const struct pl_ssh_settings *s, enum pl_ssh_key key, long otherwise)
{
	return s->first[key] ? s->first[key]->number : otherwise;
}

const char *pl_ssh_setting_or_none(const struct pl_ssh_settings *s, enum pl_ssh_key key)
{
	const char *text = pl_ssh_setting_text(s, key, NULL);

	return text && pl_strieq(text, "none") ? NULL : text;
}

/* ---- values ---- */

/* Adds a line; of lines with the same text only the first counts. */
static void add_once(struct pl_ssh_line_list *l, const struct pl_ssh_line *line)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i] == line || !strcmp(l->items[i]->text, line->text))
			return;
	l->items = pl_grow(l->items, l->count, &l->cap, sizeof *l->items);
	l->items[l->count++] = line;
}

/*
 * ProxyJump and ProxyCommand exclude each other, and the one that comes first is heard; but a command
 * is heard after `ProxyJump none`.
 */
static bool is_decided(const struct pl_ssh_settings *s, enum pl_ssh_key key)
{
	if (s->first[key])
		return true;
	if (key == PL_SSH_PROXY_JUMP)
		return s->first[PL_SSH_PROXY_COMMAND] != NULL;
	return key == PL_SSH_PROXY_COMMAND && pl_ssh_setting_or_none(s, PL_SSH_PROXY_JUMP);
}

void pl_ssh_settings_take(struct pl_ssh_settings *s, const struct pl_ssh_line *line)
{
	enum pl_ssh_key key = line->keyword->key;

	/* to ssh, no time is nothing said, and a later line is heard */
	if (line->keyword->kind == PL_SSH_TIME && !strcmp(line->text, "none"))
		return;
	if (key == PL_SSH_IDENTITY)
		add_once(&s->identities, line);
	else if (key == PL_SSH_CERTIFICATE)
		add_once(&s->certificates, line);
	else if (!is_decided(s, key))
		s->first[key] = line;
}

/* ---- conditions ---- */

static bool host_block_matches(const struct pl_ssh_settings *s, const struct pl_ssh_line *line)
{
	bool matches = false;

	for (size_t i = 0; i < line->words.count; i++) {
		const char *pattern = line->words.items[i];
		bool negated = *pattern == '!';

		if (!pl_pattern(pl_slice(pattern + negated), s->host, false))
			continue;
		if (negated)
			return false;
		matches = true;
	}
	return matches;
}

static bool in_list(const char *list, const char *text, bool fold)
{
	return pl_pattern_list(list, text, fold) == PL_PATTERN_YES;
}

/* HostName as far as the lines have come. */
static const char *host_so_far(const struct pl_ssh_settings *s)
{
	const char *name = pl_ssh_setting_text(s, PL_SSH_HOSTNAME, NULL);
	const struct pl_ssh_tokens tokens = { .host = s->host };
	const char *text;
	struct pl_err err;

	if (!name || pl_ssh_expand(s->arena, name, "h", &tokens, &text, &err))
		return s->host;
	return text;
}

/* All but UNDECIDED. */
static bool holds(const struct pl_ssh_settings *s, const struct pl_ssh_criterion *c)
{
	switch (c->attribute) {
	case PL_SSH_IF_CANONICAL:
	case PL_SSH_IF_FINAL:
		return s->final;
	case PL_SSH_IF_HOST:
		return in_list(c->value, host_so_far(s), true);
	case PL_SSH_IF_ORIGINAL:
		return in_list(c->value, s->original, true);
	case PL_SSH_IF_USER:
		return in_list(c->value, pl_ssh_setting_text(s, PL_SSH_USER, s->local_user), false);
	case PL_SSH_IF_LOCAL_USER:
		return in_list(c->value, s->local_user, false);
	case PL_SSH_IF_TAGGED:
		return in_list(c->value, pl_ssh_setting_text(s, PL_SSH_TAG, ""), false);
	case PL_SSH_IF_SESSION:
		return in_list(c->value, "exec", false); /* what one command without a terminal is */
	default:
		return true;
	}
}

static bool match_block_matches(struct pl_ssh_settings *s, const struct pl_ssh_line *line)
{
	bool undecided = false;

	for (size_t i = 0; i < line->criteria_count; i++) {
		const struct pl_ssh_criterion *c = &line->criteria[i];

		if (c->attribute == PL_SSH_IF_UNDECIDED)
			undecided = true;
		else if (holds(s, c) == c->negated)
			return false;
	}
	if (undecided)
		add_once(&s->undecided, line);
	return !undecided;
}

/* ---- files ---- */

static int unknown(const struct pl_ssh_settings *s, const struct pl_ssh_line *line, struct pl_err *err)
{
	const char *ignored = pl_ssh_setting_text(s, PL_SSH_IGNORE_UNKNOWN, NULL);

	if (ignored && in_list(ignored, line->name, true))
		return 0;
	if (!line->line)
		return pl_err_set(err, PL_E_USAGE, "'%s' is no option of ssh", line->name);
	return pl_err_set(err, PL_E_USAGE, "%s:%d: '%s' is no directive of ssh_config; IgnoreUnknown passes over it",
			  line->file, line->line, line->name);
}

static int take_lines(struct pl_ssh_settings *s, const struct pl_ssh_file_lines *file, bool outer,
		      struct pl_err *err)
{
	bool active = outer;

	for (size_t i = 0; i < file->count; i++) {
		const struct pl_ssh_line *line = file->lines[i];

		switch (line->keyword->key) {
		case PL_SSH_UNKNOWN:
			if (unknown(s, line, err))
				return -1;
			break;
		case PL_SSH_HOST:
			active = outer && host_block_matches(s, line);
			break;
		case PL_SSH_MATCH:
			active = outer && match_block_matches(s, line);
			break;
		case PL_SSH_INCLUDE:
			for (size_t k = 0; k < line->included_count; k++)
				if (take_lines(s, line->included[k], active, err))
					return -1;
			break;
		default:
			if (active)
				pl_ssh_settings_take(s, line);
		}
	}
	return 0;
}

int pl_ssh_settings_file(struct pl_ssh_settings *s, const struct pl_ssh_file_lines *file, struct pl_err *err)
{
	return take_lines(s, file, true, err);
}
