/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's shared files: see config.h. */
#include "aws/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "net/file.h"

#define CREDENTIALS "credentials "

const char *pl_aws_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* ---- INI, with blocks of indented keys ---- */

struct reader {
	struct pl_aws_config *c;
	const char *path, *prefix; /* of sections */
	const char *section, *parent;
	int line;
};

static struct pl_slice trim(struct pl_slice s)
{
	while (s.n && strchr(" \t\r", s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && strchr(" \t\r", s.p[s.n - 1]))
		s.n--;
	return s;
}

static char *lower(struct pl_arena *a, struct pl_slice s)
{
	char *text = pl_arena_strndup(a, s.p, s.n);

	for (char *p = text; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return text;
}

/* "[profile  "a b"]" names the section "profile a b". */
static int read_section(struct reader *r, struct pl_slice s, struct pl_err *err)
{
	struct pl_slice word, rest;

	if (s.n < 3 || s.p[s.n - 1] != ']')
		return pl_err_set(err, PL_E_AUTH, "%s:%d: a section is written [NAME]", r->path, r->line);
	s = trim((struct pl_slice){ s.p + 1, s.n - 2 });
	word = (struct pl_slice){ s.p, 0 };
	while (word.n < s.n && s.p[word.n] != ' ' && s.p[word.n] != '\t')
		word.n++;
	rest = trim((struct pl_slice){ s.p + word.n, s.n - word.n });
	if (rest.n >= 2 && (*rest.p == '"' || *rest.p == '\'') && rest.p[rest.n - 1] == *rest.p)
		rest = (struct pl_slice){ rest.p + 1, rest.n - 2 };
	r->section = pl_arena_strf(&r->c->arena, "%s" PL_SLICE_FMT "%s" PL_SLICE_FMT, r->prefix, PL_SLICE_ARG(word),
				   rest.n ? " " : "", PL_SLICE_ARG(rest));
	r->parent = NULL;
	return 0;
}

static int read_key(struct reader *r, struct pl_slice s, bool nested, struct pl_err *err)
{
	const char *eq = memchr(s.p, '=', s.n);
	struct pl_aws_config *c = r->c;
	struct pl_slice key, value;
	struct pl_aws_setting *out;

	if (!eq && nested)
		return 0; /* a value that goes on, which none of ours does */
	if (!eq || !r->section)
		return pl_err_set(err, PL_E_AUTH, "%s:%d: %s", r->path, r->line,
				  eq ? "a key before the first section" : "neither [SECTION] nor KEY = VALUE");
	key = trim((struct pl_slice){ s.p, (size_t)(eq - s.p) });
	value = trim((struct pl_slice){ eq + 1, s.n - (size_t)(eq + 1 - s.p) });
	c->list = pl_grow(c->list, c->count, &c->cap, sizeof *c->list);
	out = &c->list[c->count++];
	*out = (struct pl_aws_setting){ r->section, lower(&c->arena, key),
					pl_arena_strndup(&c->arena, value.p, value.n) };
	if (nested && r->parent)
		out->key = pl_arena_strf(&c->arena, "%s.%s", r->parent, out->key);
	else
		r->parent = value.n ? NULL : out->key;
	return 0;
}

static int read_line(struct reader *r, struct pl_slice line, struct pl_err *err)
{
	bool nested = line.n && (*line.p == ' ' || *line.p == '\t');
	struct pl_slice s = trim(line);

	r->line++;
	if (!s.n || *s.p == '#' || *s.p == ';')
		return 0;
	return *s.p == '[' && !nested ? read_section(r, s, err) : read_key(r, s, nested, err);
}

static int read_file(struct pl_aws_config *c, const char *path, const char *prefix, const struct pl_wait *w,
		     struct pl_err *err)
{
	struct reader r = { .c = c, .path = path, .prefix = prefix };
	pl_auto_wiped text = PL_BUF_INIT;
	int rc = path ? pl_file_read(path, PL_LIMIT_YAML_BYTES, w, &text, err) : 1;

	if (rc < 0 && err->code == PL_E_INPUT)
		err->code = PL_E_AUTH;
	for (const char *p = text.data, *end = p + text.len; !rc && p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		stop = stop ? stop : end;
		rc = read_line(&r, (struct pl_slice){ p, (size_t)(stop - p) }, err);
		p = stop + 1;
	}
	return rc < 0 ? -1 : 0;
}

/* ---- where they are, and what is in them ---- */

/* "~/" is the home. */
static const char *place(struct pl_arena *a, const char *variable, const char *usual)
{
	const char *path = pl_aws_env(variable), *home = pl_aws_env("HOME");

	path = path ? path : usual;
	if (strncmp(path, "~/", 2) != 0)
		return pl_arena_strdup(a, path);
	return home ? pl_arena_strf(a, "%s%s", home, path + 1) : NULL;
}

int pl_aws_config_load(struct pl_aws_config *c, const struct pl_wait *w, struct pl_err *err)
{
	const char *profile = pl_aws_env("AWS_PROFILE");

	*c = (struct pl_aws_config){ .profile = "default" };
	profile = profile ? profile : pl_aws_env("AWS_DEFAULT_PROFILE");
	c->config_file = place(&c->arena, "AWS_CONFIG_FILE", "~/.aws/config");
	c->credentials_file = place(&c->arena, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
	if (profile) {
		c->profile = pl_arena_strdup(&c->arena, profile);
		c->profile_named = true;
	}
	if (read_file(c, c->config_file, "", w, err) || read_file(c, c->credentials_file, CREDENTIALS, w, err)) {
		pl_aws_config_release(c);
		return -1;
	}
	return 0;
}

void pl_aws_config_release(struct pl_aws_config *c)
{
	pl_arena_wipe(&c->arena);
	free(c->list);
	*c = (struct pl_aws_config){ 0 };
}

const char *pl_aws_config_get(const struct pl_aws_config *c, const char *section, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->list[i].section, section) && !strcmp(c->list[i].key, key))
			value = c->list[i].value;
	return value && *value ? value : NULL;
}

const char *pl_aws_profile_get(const struct pl_aws_config *c, const char *profile, const char *key)
{
	pl_auto_buf section = PL_BUF_INIT;
	const char *value;

	pl_buf_addf(&section, "profile %s", profile);
	value = pl_aws_config_get(c, section.data, key);
	return value || strcmp(profile, "default") ? value : pl_aws_config_get(c, profile, key);
}

const char *pl_aws_secret_get(const struct pl_aws_config *c, const char *profile, const char *key)
{
	pl_auto_buf section = PL_BUF_INIT;

	pl_buf_addf(&section, CREDENTIALS "%s", profile);
	return pl_aws_config_get(c, section.data, key);
}

bool pl_aws_profile_exists(const struct pl_aws_config *c, const char *profile)
{
	for (size_t i = 0; i < c->count; i++) {
		const char *s = c->list[i].section;

		if ((pl_starts(s, CREDENTIALS) && !strcmp(s + strlen(CREDENTIALS), profile)) ||
		    (pl_starts(s, "profile ") && !strcmp(s + strlen("profile "), profile)) ||
		    (!strcmp(s, "default") && !strcmp(profile, "default")))
			return true;
	}
	return false;
}
