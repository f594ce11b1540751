/* SPDX-License-Identifier: Apache-2.0 */
/* An architecture's text -> pl_arch: see arch.h; docs/reference-arch.md describes the format. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/internal.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

const char *pl_severity_name(enum pl_severity s)
{
	static const char *const names[] = { "error", "warning", "info" };

	return names[s];
}

int pl_arch_fail_at(const struct loader *l, const struct pl_yaml_node *at, const char *fmt, ...)
{
	char text[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return pl_err_set(l->err, PL_E_USAGE, "%s:%d: %s", at->file, at->line, text);
}

/* ---- what values may be ---- */

int pl_arch_only_keys(const struct loader *l, const struct pl_yaml_node *map, const char *what,
		      const char *const *names)
{
	pl_auto_buf known = PL_BUF_INIT;

	if (map->kind != PL_YAML_MAPPING)
		return pl_arch_fail_at(l, map, "%s is a mapping", what);
	for (size_t i = 0; i < map->count; i++) {
		const char *const *n = names;

		while (*n && strcmp(*n, map->keys[i]->text))
			n++;
		if (*n)
			continue;
		for (n = names; *n; n++)
			pl_buf_addf(&known, "%s%s", known.len ? ", " : "", *n);
		return pl_arch_fail_at(l, map->keys[i], "%s has no '%s'; it has: %s", what,
				       map->keys[i]->text,
				       known.data);
	}
	return 0;
}

int pl_arch_check_name(const struct loader *l, const struct pl_yaml_node *name, const char *what)
{
	size_t fine = strspn(name->text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	if (!fine || name->text[fine])
		return pl_arch_fail_at(l, name, "'%s' is no name of a %s: lower-case letters, "
						"digits, '-' and '_'",
				       name->text, what);
	return 0;
}

const char *pl_arch_known(const struct loader *l, const struct pl_yaml_node *map)
{
	pl_auto_buf names = PL_BUF_INIT;

	for (size_t i = 0; map && map->kind == PL_YAML_MAPPING && i < map->count; i++)
		pl_buf_addf(&names, "%s%s", i ? ", " : "", map->keys[i]->text);
	return pl_arena_strdup(&l->arch->arena, names.len ? names.data : "none");
}

int pl_arch_text_of(const struct loader *l, const struct pl_yaml_node *map, const char *key,
		    bool required, const char **out)
{
	const struct pl_yaml_node *v = pl_yaml_get(map, key);

	if (!v && required)
		return pl_arch_fail_at(l, map, "'%s' is missing", key);
	if (v && (v->kind != PL_YAML_SCALAR || !*v->text))
		return pl_arch_fail_at(l, v, "'%s' is one text", key);
	*out = v ? v->text : NULL;
	return 0;
}

int pl_arch_texts_of(const struct loader *l, const struct pl_yaml_node *n, const char *const **out,
		     size_t *count)
{
	size_t len = n->kind == PL_YAML_SEQUENCE ? n->count : 1;
	const char **texts = pl_arena_alloc(&l->arch->arena, (len + 1) * sizeof *texts);

	for (size_t i = 0; i < len; i++) {
		const struct pl_yaml_node *item = n->kind == PL_YAML_SEQUENCE ? n->items[i] : n;

		if (item->kind != PL_YAML_SCALAR)
			return pl_arch_fail_at(l, item, "a text or a list of texts belongs here");
		texts[i] = item->text;
	}
	if (!len)
		return pl_arch_fail_at(l, n, "this list is empty: it takes at least one text");
	*out = texts;
	*count = len;
	return 0;
}

int pl_arch_choice_of(const struct loader *l, const struct pl_yaml_node *n, const char *what,
		      const char *const *names, size_t count)
{
	static const char *const shapes[] = { "", "a list", "a mapping" };
	pl_auto_buf known = PL_BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		if (n->kind == PL_YAML_SCALAR && !strcmp(n->text, names[i]))
			return (int)i;
		pl_buf_addf(&known, "%s%s", i ? ", " : "", names[i]);
	}
	return pl_arch_fail_at(l, n, "'%s' is no %s; one of: %s",
			       n->kind == PL_YAML_SCALAR ? n->text :
			       shapes[n->kind], what, known.data);
}

int pl_arch_kind_of(const struct loader *l, const struct pl_yaml_node *map, enum pl_kind *out)
{
	const struct pl_yaml_node *on = pl_yaml_get(map, "on");
	const char *names[PL_KIND_COUNT];
	int kind;

	if (!on)
		return pl_arch_fail_at(l, map, "'on' is missing: what kind of object is meant");
	for (int k = 0; k < PL_KIND_COUNT; k++)
		names[k] = pl_kind_name((enum pl_kind)k);
	kind = pl_arch_choice_of(l, on, "kind", names, PL_KIND_COUNT);
	if (kind < 0)
		return -1;
	*out = (enum pl_kind)kind;
	return 0;
}

/* ---- parameters ---- */

const char *pl_arch_parameter(const struct loader *l, const char *name)
{
	const struct pl_yaml_node *p = pl_yaml_get(pl_yaml_get(l->root, "parameters"), name);

	if (!p)
		return NULL;
	for (size_t i = l->set_count; i > 0; i--)
		if (pl_streq(l->set[i - 1].name, name))
			return l->set[i - 1].value;
	return pl_yaml_text(p, "default");
}

static int check_parameter(struct loader *l, const struct pl_yaml_node *key,
			   const struct pl_yaml_node *p)
{
	static const char *const names[] = { "title", "default", NULL };
	const char *title, *value;

	if (pl_arch_check_name(l, key, "parameter") ||
	    pl_arch_only_keys(l, p, "a parameter", names) ||
	    pl_arch_text_of(l, p, "title", false, &title) ||
	    pl_arch_text_of(l, p, "default", true, &value))
		return -1;
	if (strcmp(value, "true") && strcmp(value, "false"))
		return pl_arch_fail_at(l, pl_yaml_get(p, "default"),
				       "the default of a parameter is true or false, not '%s'",
				       value);
	return 0;
}

static int check_parameters(struct loader *l)
{
	const struct pl_yaml_node *all = pl_yaml_get(l->root, "parameters");

	if (all && all->kind != PL_YAML_MAPPING)
		return pl_arch_fail_at(l, all, "'parameters' is a mapping from names to title and "
					       "default");
	for (size_t i = 0; all && i < all->count; i++)
		if (check_parameter(l, all->keys[i], all->items[i]))
			return -1;
	return 0;
}

/* The user's --set must name parameters of the architecture, and give them true or false. */
static int check_settings(struct loader *l)
{
	const struct pl_yaml_node *all = pl_yaml_get(l->root, "parameters");

	for (size_t i = 0; i < l->set_count; i++) {
		const struct pl_setting *s = &l->set[i];

		if (!pl_yaml_get(all, s->name))
			return pl_err_set(l->err, PL_E_USAGE,
					  "--set %s=%s: architecture '%s' has no parameter '%s'; "
					  "it has: %s",
					  s->name, s->value, l->arch->name, s->name, pl_arch_known(l, all));
		if (strcmp(s->value, "true") && strcmp(s->value, "false"))
			return pl_err_set(l->err, PL_E_USAGE,
					  "--set %s=%s: the value is true or false",
					  s->name, s->value);
	}
	return 0;
}

/* ---- profiles ---- */

static int load_profile(struct loader *l, const struct pl_yaml_node *key,
			const struct pl_yaml_node *title,
			struct pl_profile *out)
{
	if (pl_arch_check_name(l, key, "profile"))
		return -1;
	if (title->kind != PL_YAML_SCALAR || !*title->text)
		return pl_arch_fail_at(l, title, "profile '%s' takes a title, one text", key->text);
	*out = (struct pl_profile){ key->text, title->text };
	return 0;
}

static int load_profiles(struct loader *l, const char *wanted)
{
	const struct pl_yaml_node *all = pl_yaml_get(l->root, "profiles");
	size_t count = all ? all->count : 0;
	struct pl_profile *profiles = pl_arena_alloc(&l->arch->arena,
						     (count + 1) * sizeof *profiles);

	if (!all || all->kind != PL_YAML_MAPPING || !count || count > PL_LIMIT_PROFILES)
		return pl_arch_fail_at(l, all ? all : l->root, "'profiles' names 1 to %d "
							       "profiles, the default first",
				       PL_LIMIT_PROFILES);
	l->arch->profiles = profiles;
	l->arch->profile_count = count;
	for (size_t i = 0; i < count; i++) {
		if (load_profile(l, all->keys[i], all->items[i], &profiles[i]))
			return -1;
		if (!wanted ? i == 0 : pl_streq(profiles[i].name, wanted))
			l->arch->profile = profiles[i].name;
	}
	if (!l->arch->profile)
		return pl_err_set(l->err, PL_E_USAGE, "architecture '%s' has no profile '%s'; it "
						      "has: %s",
				  l->arch->name, wanted, pl_arch_known(l, all));
	return 0;
}

/* ---- the whole ---- */

static const char *const top_keys[] = {
	"format", "extends", "name", "title", "edition", "status", "status_text", "url", "profiles",
	"parameters", "selections", "overrides", "requirements", NULL,
};

static int check_format(struct loader *l)
{
	const struct pl_yaml_node *n = pl_yaml_get(l->root, "format");
	const char *format;

	if (l->root->kind != PL_YAML_MAPPING || !l->root->count)
		return pl_arch_fail_at(l, l->root, "this is no architecture, a mapping that "
						   "begins with format: plumbline-arch/1");
	if (pl_arch_only_keys(l, l->root, "an architecture", top_keys) ||
	    pl_arch_text_of(l, l->root, "format", true, &format))
		return -1;
	if (strcmp(format, "plumbline-arch/1"))
		return pl_arch_fail_at(l, n, "format '%s' is not known; plumbline-arch/1 is",
				       format);
	return 0;
}

static int load_head(struct loader *l, const char *profile)
{
	struct pl_arch *a = l->arch;

	if (pl_arch_text_of(l, l->root, "name", true, &a->name) ||
	    pl_arch_text_of(l, l->root, "title", true, &a->title) ||
	    pl_arch_text_of(l, l->root, "edition", true, &a->edition) ||
	    pl_arch_text_of(l, l->root, "status", true, &a->status) ||
	    pl_arch_text_of(l, l->root, "status_text", false, &a->status_text) ||
	    pl_arch_text_of(l, l->root, "url", false, &a->url) || check_parameters(l) ||
	    load_profiles(l, profile))
		return -1;
	return pl_arch_check_selections(l);
}

static int load_requirements(struct loader *l)
{
	const struct pl_yaml_node *list = pl_yaml_get(l->root, "requirements");
	struct pl_arch *a = l->arch;

	if (!list || list->kind != PL_YAML_SEQUENCE || !list->count)
		return pl_arch_fail_at(l, list ? list : l->root, "'requirements' is a list of at "
								 "least one");
	a->requirements = pl_realloc(a->requirements, a->count + list->count,
				     sizeof *a->requirements);
	for (size_t i = 0; i < list->count; i++) {
		struct pl_requirement r;

		if (pl_arch_load_requirement(l, pl_arch_override(l, list->items[i]), &r))
			return -1;
		a->requirements[a->count++] = r;
	}
	return 0;
}

static int parse(struct loader *l, const struct pl_arch_text *text)
{
	const char *name = pl_arena_strdup(&l->arch->arena, text->name);

	if (pl_yaml_parse_one(&l->arch->arena, name, text->text, text->len, &l->root, l->err))
		return -1;
	return check_format(l);
}

/* The platform family: its requirements join those of the architecture, whatever the profile. */
static int load_platform(const struct loader *beside, const struct pl_arch_text *text)
{
	struct loader l = { .arch = beside->arch, .overrides = beside->overrides, .platform = true,
			    .err = beside->err };
	struct pl_arch *a = l.arch, own = *a;
	int rc;

	a->profile = NULL;
	rc = parse(&l, text) || load_head(&l, NULL) || load_requirements(&l) ? -1 : 0;
	/* the head stays the architecture's own */
	own.arena = a->arena;
	own.requirements = a->requirements;
	own.count = a->count;
	*a = own;
	return rc;
}

static const struct pl_arch_text *platform_of(const struct pl_arch_text *library)
{
	while (library && library->name && strcmp(library->name, "platform"))
		library++;
	return library && library->name ? library : NULL;
}

struct pl_arch *pl_arch_load(const struct pl_arch_text *text, const struct pl_arch_text *library,
			     const char *profile, const struct pl_setting *set, size_t set_count,
			     struct pl_err *err)
{
	pl_auto_arch struct pl_arch *a = pl_alloc(sizeof *a);
	struct loader l = { .arch = a, .set = set, .set_count = set_count, .err = err };
	const struct pl_arch_text *platform = platform_of(library);
	struct pl_arch *loaded;

	l.platform = pl_streq(text->name, "platform");
	if (parse(&l, text) || pl_arch_extend(&l, library, &profile) || load_head(&l, profile) ||
	    check_settings(&l) || load_requirements(&l) ||
	    (platform && !l.platform && load_platform(&l, platform)) || pl_arch_check_overrides(&l))
		return NULL;
	loaded = a;
	a = NULL;
	return loaded;
}

void pl_arch_free(struct pl_arch *a)
{
	if (!a)
		return;
	free(a->requirements);
	pl_arena_release(&a->arena);
	free(a);
}

void pl_arch_freep(struct pl_arch **a)
{
	pl_arch_free(*a);
	*a = NULL;
}

const struct pl_requirement *pl_arch_find(const struct pl_arch *a, const char *id)
{
	for (size_t i = 0; i < a->count; i++)
		if (!strcmp(a->requirements[i].id, id))
			return &a->requirements[i];
	return NULL;
}
