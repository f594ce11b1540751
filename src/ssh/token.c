/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of ssh_config: see token.h. */
#include "ssh/token.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

/* Adds what the letter stands for; false when it is no token here. */
static bool add_token(struct pl_buf *b, char letter, const char *allowed, const struct pl_ssh_tokens *t)
{
	const struct {
		char letter;
		const char *text;
	} texts[] = {
		{ '%', "%" }, { 'h', t->host }, { 'n', t->original }, { 'k', t->key_alias }, { 'r', t->user },
		{ 'u', t->local_user }, { 'l', t->local_host }, { 'd', t->home }, { 'i', t->uid }, { 'j', t->jump },
	};

	if (!letter || (letter != '%' && !strchr(allowed, letter)))
		return false;
	if (letter == 'p')
		pl_buf_addf(b, "%u", (unsigned)t->port);
	if (letter == 'L' && t->local_host)
		pl_buf_add(b, t->local_host, strcspn(t->local_host, "."));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].letter == letter && texts[i].text)
			pl_buf_adds(b, texts[i].text);
	return true;
}

/* Adds the value of the variable whose name stands at p + 2; where its brace is, or NULL. */
static const char *add_variable(struct pl_buf *b, const char *p, struct pl_err *err)
{
	const char *close = strchr(p, '}');
	pl_auto_free char *name = close ? pl_strndup(p + 2, (size_t)(close - p) - 2) : NULL;
	const char *value = name ? getenv(name) : NULL;

	if (!value) {
		pl_err_set(err, PL_E_USAGE, name ? "the variable '%s' is not set" : "a brace is missing in '%s'",
			   name ? name : p);
		return NULL;
	}
	pl_buf_adds(b, value);
	return close;
}

static int expand(struct pl_arena *a, const char *text, const char *allowed, const struct pl_ssh_tokens *t,
		  bool variables, const char **out, struct pl_err *err)
{
	pl_auto_buf b = PL_BUF_INIT;

	for (const char *p = text; *p; p++) {
		if (variables && *p == '$' && p[1] == '{') {
			p = add_variable(&b, p, err);
			if (!p)
				return -1;
		} else if (*p != '%') {
			pl_buf_addc(&b, *p);
		} else if (!add_token(&b, *++p, allowed, t)) {
			return pl_err_set(err, PL_E_USAGE, "%%%.1s is no token here: '%s'", p, text);
		}
		if (b.len > PL_LIMIT_SSH_OPTIONS_BYTES)
			return pl_err_set(err, PL_E_LIMIT, "a value becomes longer than %lu bytes",
					  PL_LIMIT_SSH_OPTIONS_BYTES);
	}
	*out = pl_arena_strndup(a, b.data, b.len);
	return 0;
}

int pl_ssh_expand(struct pl_arena *a, const char *text, const char *allowed, const struct pl_ssh_tokens *t,
		  const char **out, struct pl_err *err)
{
	return expand(a, text, allowed, t, false, out, err);
}

/* The home of another user; the password database has no other door that threads can share. */
static int home_of(struct pl_arena *a, const char *name, size_t n, const char **out, struct pl_err *err)
{
	const char *user = pl_arena_strndup(a, name, n);
	struct passwd entry, *found = NULL;
	char room[16384];

	if (getpwnam_r(user, &entry, room, sizeof room, &found) || !found)
		return pl_err_set(err, PL_E_USAGE, "there is no user '%s', whose home ~%s is", user, user);
	*out = pl_arena_strdup(a, entry.pw_dir);
	return 0;
}

int pl_ssh_expand_home(struct pl_arena *a, const char *text, const char *home, const char **out,
		       struct pl_err *err)
{
	size_t n;

	if (*text != '~') {
		*out = text;
		return 0;
	}
	n = strcspn(text + 1, "/");
	if (n && home_of(a, text + 1, n, &home, err))
		return -1;
	*out = pl_arena_strf(a, "%s%s", home, text + 1 + n);
	return 0;
}

int pl_ssh_expand_path(struct pl_arena *a, const char *text, const char *allowed,
		       const struct pl_ssh_tokens *t, const char **out, struct pl_err *err)
{
	const char *path;

	if (pl_ssh_expand_home(a, text, t->home, &path, err))
		return -1;
	return expand(a, path, allowed, t, true, out, err);
}
