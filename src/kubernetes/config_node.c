/* SPDX-License-Identifier: Apache-2.0 */
/* Entries and members of kubeconfigs, with messages that name file and line and quote no value. */
#include <stdarg.h>
#include <string.h>

#include "base/map.h"
#include "kubernetes/config_internal.h"

/* Contexts that a message names, so that it stays a line. */
enum { NAMES = 10 };

int pl_kube_fail(const struct pl_yaml_node *at, struct pl_err *err, enum pl_err_code code, const char *fmt, ...)
{
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	return pl_err_set(err, code, "%s:%d: %s", at->file, at->line, text.data);
}

bool pl_kube_config_is_null(const struct pl_yaml_node *n)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (n->kind != PL_YAML_SCALAR || n->quoted)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(n->text, words[i]))
			return true;
	return false;
}

bool pl_kube_is_token(const char *s)
{
	const char *p = s;

	while ((unsigned char)*p > ' ' && *p != 0x7f)
		p++;
	return p > s && !*p;
}

int pl_kube_node(const struct pl_yaml_node *map, const char *key, enum pl_yaml_kind kind,
		 const struct pl_yaml_node **out, struct pl_err *err)
{
	static const char *const kinds[] = { "a text", "a list", "a mapping" };
	const struct pl_yaml_node *n = pl_yaml_get(map, key);

	if (n && !pl_kube_config_is_null(n) && n->kind != kind)
		return pl_kube_fail(n, err, PL_E_USAGE, "'%s' must be %s", key, kinds[kind]);
	*out = n && !pl_kube_config_is_null(n) ? n : NULL;
	return 0;
}

int pl_kube_config_text(const struct pl_yaml_node *map, const char *key, const char **out, struct pl_err *err)
{
	const struct pl_yaml_node *n;

	if (pl_kube_node(map, key, PL_YAML_SCALAR, &n, err))
		return -1;
	*out = n && *n->text ? n->text : NULL;
	return 0;
}

int pl_kube_flag(const struct pl_yaml_node *map, const char *key, bool *out, struct pl_err *err)
{
	static const char *const words[] = { "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y",
					     "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N" };
	const struct pl_yaml_node *n;

	if (pl_kube_node(map, key, PL_YAML_SCALAR, &n, err))
		return -1;
	*out = false;
	if (!n)
		return 0;
	for (size_t i = 0; !n->quoted && i < sizeof words / sizeof *words; i++)
		if (!strcmp(n->text, words[i])) {
			*out = i < 11;
			return 0;
		}
	return pl_kube_fail(n, err, PL_E_USAGE, "'%s' must be true or false", key);
}

static const char *name_of(const struct pl_yaml_node *item)
{
	const struct pl_yaml_node *n = pl_yaml_get(item, "name");

	return n && n->kind == PL_YAML_SCALAR && !pl_kube_config_is_null(n) ? n->text : "";
}

/* The empty mapping that stands where `item` has nothing. */
static const struct pl_yaml_node *nothing(const struct pl_kube_files *f, const struct pl_yaml_node *item)
{
	struct pl_yaml_node *n = pl_arena_alloc(f->arena, sizeof *n);

	*n = (struct pl_yaml_node){ .kind = PL_YAML_MAPPING, .file = item->file, .line = item->line,
				    .column = item->column, .text = "" };
	return n;
}

const struct pl_yaml_node *pl_kube_entry(const struct pl_kube_files *f, const char *list, const char *key,
					 const char *name, const struct pl_kube_file **in)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct pl_yaml_node *all = pl_yaml_get(f->file[i].root, list);

		for (size_t j = 0; all && j < all->count; j++) {
			const struct pl_yaml_node *value = pl_yaml_get(all->items[j], key);

			if (strcmp(name_of(all->items[j]), name))
				continue;
			*in = &f->file[i];
			return value && !pl_kube_config_is_null(value) ? value : nothing(f, all->items[j]);
		}
	}
	return NULL;
}

const char *pl_kube_contexts(const struct pl_kube_files *f)
{
	struct pl_map seen = PL_MAP_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	size_t count = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct pl_yaml_node *all = pl_yaml_get(f->file[i].root, "contexts");

		for (size_t j = 0; all && j < all->count; j++) {
			const char *name = name_of(all->items[j]);
			void **slot = pl_map_put(&seen, name, strlen(name));

			if (*slot)
				continue;
			*slot = (void *)all;
			if (count++ < NAMES)
				pl_buf_addf(&text, "%s'%.100s'", count > 1 ? ", " : "", name);
		}
	}
	pl_map_release(&seen);
	if (count > NAMES)
		pl_buf_addf(&text, " and %zu more", count - NAMES);
	return pl_arena_strdup(f->arena, count ? text.data : "none");
}

int pl_kube_current(const struct pl_kube_files *f, const char **out, struct pl_err *err)
{
	*out = NULL;
	for (size_t i = 0; !*out && i < f->count; i++)
		if (pl_kube_config_text(f->file[i].root, "current-context", out, err))
			return -1;
	return 0;
}
