/* SPDX-License-Identifier: Apache-2.0 */
/* kubeconfig files: which there are, reading them, and finding an entry in all of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "kubernetes/config_internal.h"
#include "net/file.h"

/* `path` without ".", ".." and doubled slashes; it begins with a slash. */
static const char *clean(struct pl_arena *a, const char *path)
{
	char *out = pl_arena_alloc(a, strlen(path) + 2), *end = out;

	while (*path) {
		size_t n;

		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 2 && !strncmp(path, "..", 2)) {
			while (end > out && *--end != '/')
				;
		} else if (n && !(n == 1 && *path == '.')) {
			*end++ = '/';
			memcpy(end, path, n);
			end += n;
		}
		path += n;
	}
	if (end == out)
		*end++ = '/';
	*end = '\0';
	return out;
}

const char *pl_kube_path(struct pl_arena *a, const char *folder, const char *path)
{
	return *path == '/' ? path : clean(a, pl_arena_strf(a, "%s/%s", folder, path));
}

/* The absolute folder of a file. */
static const char *folder_of(struct pl_arena *a, const char *file)
{
	pl_auto_free char *here = *file == '/' ? NULL : getcwd(NULL, 0);

	return clean(a, pl_arena_strf(a, "%s/%s/..", here ? here : "", file));
}

/* Two entries of one name in one file are a mistake, as with kubectl. */
static int check_list(const struct pl_yaml_node *list, const char *what, struct pl_err *err)
{
	struct pl_map seen = PL_MAP_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const struct pl_yaml_node *item = list->items[i], *first;
		const char *name = NULL;
		void **slot;

		if (item->kind != PL_YAML_MAPPING) {
			rc = pl_kube_fail(item, err, PL_E_USAGE, "an entry of '%s' must have a name and a value", what);
			break;
		}
		rc = pl_kube_config_text(item, "name", &name, err);
		slot = pl_map_put(&seen, name ? name : "", name ? strlen(name) : 0);
		first = *slot;
		if (!rc && first)
			rc = pl_kube_fail(item, err, PL_E_USAGE, "'%s' stands in '%s' a second time (first on line %d)",
					  name ? name : "", what, first->line);
		*slot = (void *)item;
	}
	pl_map_release(&seen);
	return rc;
}

static int check_file(const struct pl_yaml_node *root, struct pl_err *err)
{
	static const char *const lists[] = { "clusters", "contexts", "users" };
	const char *kind;

	if (pl_kube_config_is_null(root))
		return 0;
	if (root->kind != PL_YAML_MAPPING)
		return pl_kube_fail(root, err, PL_E_USAGE, "this is no kubeconfig: it must be a mapping");
	if (pl_kube_config_text(root, "kind", &kind, err))
		return -1;
	if (kind && strcmp(kind, "Config"))
		return pl_kube_fail(pl_yaml_get(root, "kind"), err, PL_E_USAGE,
				    "this is no kubeconfig: its kind must be Config");
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const struct pl_yaml_node *list;

		if (pl_kube_node(root, lists[i], PL_YAML_SEQUENCE, &list, err) ||
		    (list && check_list(list, lists[i], err)))
			return -1;
	}
	return 0;
}

/* One more file, read already; relative paths in it begin at `folder`. */
static int add_file(struct pl_kube_files *f, const char *name, const char *folder, struct pl_slice text,
		    struct pl_err *err)
{
	struct pl_kube_file file = { .name = name, .folder = folder };

	if (f->count >= PL_LIMIT_KUBECONFIGS)
		return pl_err_set(err, PL_E_LIMIT, "KUBECONFIG names more than %d files", PL_LIMIT_KUBECONFIGS);
	if (pl_yaml_parse(f->arena, name, text.p, text.n, &file.root, err) || check_file(file.root, err))
		return -1;
	f->file = pl_grow(f->file, f->count, &f->cap, sizeof *f->file);
	f->file[f->count++] = file;
	return 0;
}

/* 0, -1, or 1: it is not there. */
static int read_file(struct pl_kube_files *f, const char *path, struct pl_err *err)
{
	const char *name = pl_arena_strdup(f->arena, path);
	pl_auto_wiped text = PL_BUF_INIT;
	int rc = pl_file_read(name, PL_LIMIT_YAML_BYTES, f->wait, &text, err);

	if (rc) {
		f->missing = rc > 0 && !f->missing ? name : f->missing;
		return rc;
	}
	return add_file(f, name, folder_of(f->arena, name), (struct pl_slice){ text.data, text.len }, err);
}

static bool listed_before(const char *list, const char *name, size_t n)
{
	for (const char *p = list; p < name; p += strcspn(p, ":") + 1)
		if (strcspn(p, ":") == n && !memcmp(p, name, n))
			return true;
	return false;
}

/* Files between colons: those that are not there are passed over, as are empty names. */
static int read_list(struct pl_kube_files *f, const char *list, struct pl_err *err)
{
	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ":");

		if (n && !listed_before(list, p, n) && read_file(f, pl_arena_strndup(f->arena, p, n), err) < 0)
			return -1;
		p += n + (p[n] == ':');
	}
	return 0;
}

int pl_kube_files_read(const struct pl_kube_config_options *o, struct pl_kube_files *f, struct pl_err *err)
{
	const char *list = getenv("KUBECONFIG"), *home = getenv("HOME");
	int rc;

	if (o->text.n)
		return add_file(f, pl_arena_strdup(f->arena, o->file), "/", o->text, err);
	if (o->file) {
		rc = read_file(f, o->file, err);
		return rc > 0 ? pl_err_set(err, PL_E_INPUT, "'%s' cannot be read: %s", o->file, strerror(ENOENT)) : rc;
	}
	if (list && *list)
		return read_list(f, list, err);
	if (!home || !*home)
		return 0;
	rc = read_file(f, pl_arena_strf(f->arena, "%s/.kube/config", home), err);
	return rc < 0 ? -1 : 0;
}
