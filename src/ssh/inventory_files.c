/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group_vars/ and host_vars/ beside an inventory: for each name a file without an extension or with
 * .yml, .yaml or .json, or a folder of such files.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "ssh/file.h"
#include "ssh/inventory.h"

/* In the order in which they are tried; the first that is there is the only one. */
static const char *const extensions[] = { "", ".yml", ".yaml", ".json" };

struct reader {
	struct pl_inventory *inv;
	const char *folder;  /* group_vars or host_vars, with its path */
	struct pl_map names; /* what is in it */
	size_t files;
};

static int unreadable(const struct reader *r, const char *path)
{
	return pl_err_set(r->inv->err, PL_E_INPUT, "%s: %s", path, strerror(errno));
}

/* ---- one file ---- */

/* Tabs indent JSON, and YAML forbids them there; strings of JSON cannot hold one. */
static void blank_tabs(struct pl_buf *text)
{
	const char *first = text->data + strspn(text->data, " \t\r\n");

	if (*first == '{')
		for (size_t i = 0; i < text->len; i++)
			if (text->data[i] == '\t')
				text->data[i] = ' ';
}

static int read_file(struct reader *r, const char *path, struct pl_inv_vars *vars)
{
	struct pl_inventory *inv = r->inv;
	const struct pl_yaml_node *root;
	const char *kept = pl_arena_strdup(&inv->targets->arena, path);
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_ssh_file f;

	if (r->files++ == PL_LIMIT_INVENTORY_FILES)
		return pl_err_set(inv->err, PL_E_LIMIT, "%s: more than %d files of variables", path,
				  PL_LIMIT_INVENTORY_FILES);
	if (pl_ssh_file_read(path, PL_LIMIT_INVENTORY_BYTES, false, &text, &f, inv->err))
		return -1;
	if (pl_starts(text.data, "$ANSIBLE_VAULT")) {
		/* secrets are kept apart in such files; how to log in rarely is one */
		pl_ssh_notices_add(&inv->targets->notices, kept, 0,
				   "encrypted with Ansible Vault, so its variables are not known");
		return 0;
	}
	blank_tabs(&text);
	if (pl_yaml_parse_shared(&inv->targets->arena, kept, text.data, text.len, &root, inv->err))
		return -1;
	if (root->kind == PL_YAML_SCALAR && !*root->text)
		return 0;
	if (root->kind != PL_YAML_MAPPING)
		return pl_inv_fail(inv, kept, root->line, "a file of variables is a mapping");
	return pl_inv_yaml_vars(inv, root, vars, NULL);
}

/* ---- folders ---- */

static bool has_extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name;
}

static bool is_known(const char *name)
{
	if (!has_extension(name))
		return true;
	for (size_t i = 1; i < sizeof extensions / sizeof *extensions; i++)
		if (!strcmp(strrchr(name, '.'), extensions[i]))
			return true;
	return false;
}

static int wanted(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_name[n - 1] != '~';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct reader *r, const char *path, struct pl_inv_vars *vars, unsigned depth);

static int read_entry(struct reader *r, const char *path, const char *name, struct pl_inv_vars *vars,
		      unsigned depth)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? 0 : unreadable(r, path); /* a link that leads nowhere */
	if (S_ISDIR(st.st_mode))
		return has_extension(name) ? 0 : read_folder(r, path, vars, depth + 1);
	return S_ISREG(st.st_mode) && is_known(name) ? read_file(r, path, vars) : 0;
}

static int read_folder(struct reader *r, const char *path, struct pl_inv_vars *vars, unsigned depth)
{
	struct dirent **entries;
	int count, rc = 0;

	if (depth > PL_LIMIT_SSH_INCLUDE_DEPTH)
		return pl_err_set(r->inv->err, PL_E_LIMIT, "%s: folders more than %d deep", path,
				  PL_LIMIT_SSH_INCLUDE_DEPTH);
	count = scandir(path, &entries, wanted, by_bytes);
	if (count < 0)
		return unreadable(r, path);
	for (int i = 0; i < count; i++) {
		pl_auto_buf entry = PL_BUF_INIT;

		pl_buf_addf(&entry, "%s/%s", path, entries[i]->d_name);
		if (!rc)
			rc = read_entry(r, entry.data, entries[i]->d_name, vars, depth);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* What stands there for one group or host. */
static int read_name(struct reader *r, const char *name, struct pl_inv_vars *vars)
{
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
		pl_auto_buf file = PL_BUF_INIT, path = PL_BUF_INIT;
		struct stat st;

		pl_buf_addf(&file, "%s%s", name, extensions[i]);
		if (!pl_map_get(&r->names, file.data, file.len))
			continue;
		pl_buf_addf(&path, "%s/%s", r->folder, file.data);
		if (stat(path.data, &st))
			return unreadable(r, path.data);
		return S_ISDIR(st.st_mode) ? read_folder(r, path.data, vars, 0) : read_file(r, path.data, vars);
	}
	return 0;
}

/* Lists the folder once: asking for four names of each of 10,000 hosts would cost more. */
static int list(struct reader *r, bool *there)
{
	DIR *dir = opendir(r->folder);
	const struct dirent *entry;

	*there = dir != NULL;
	if (!dir)
		return errno == ENOENT || errno == ENOTDIR ? 0 : unreadable(r, r->folder);
	while ((entry = readdir(dir)))
		*pl_map_put(&r->names, entry->d_name, strlen(entry->d_name)) = r;
	closedir(dir);
	return 0;
}

static int read_groups(struct reader *r)
{
	for (size_t i = 0; i < r->inv->groups_count; i++)
		if (read_name(r, r->inv->groups[i].name, &r->inv->groups[i].file_vars))
			return -1;
	return 0;
}

static int read_hosts(struct reader *r)
{
	for (size_t i = 0; i < r->inv->hosts_count; i++)
		if (read_name(r, r->inv->hosts[i].name, &r->inv->hosts[i].file_vars))
			return -1;
	return 0;
}

static int read_beside(struct pl_inventory *inv, const char *name, int (*read)(struct reader *r))
{
	const char *slash = strrchr(inv->path, '/');
	pl_auto_buf folder = PL_BUF_INIT;
	struct reader r = { .inv = inv, .names = PL_MAP_INIT };
	bool there;
	int rc;

	if (slash)
		pl_buf_add(&folder, inv->path, (size_t)(slash - inv->path) + 1);
	pl_buf_adds(&folder, name);
	r.folder = folder.data;
	rc = list(&r, &there);
	if (!rc && there)
		rc = read(&r);
	pl_map_release(&r.names);
	return rc;
}

int pl_inv_files(struct pl_inventory *inv)
{
	if (read_beside(inv, "group_vars", read_groups))
		return -1;
	return read_beside(inv, "host_vars", read_hosts);
}
