/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and hosts of an inventory, and which format a text is: see target.h and inventory.h. */
#include "ssh/inventory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "ssh/directive.h"
#include "ssh/file.h"

#define BLANKS " \t\r"

int pl_inv_fail(const struct pl_inventory *inv, const char *file, int line, const char *fmt, ...)
{
	pl_auto_buf text = PL_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(&text, fmt, ap);
	va_end(ap);
	return pl_err_set(inv->err, PL_E_USAGE, "%s:%d: %s", file, line, text.data);
}

/* ---- variables ---- */

static const struct {
	const char *name;
	enum pl_inv_var var;
} vars[] = {
	{ "ansible_host", PL_INV_HOST },
	{ "ansible_ssh_host", PL_INV_SSH_HOST },
	{ "ansible_port", PL_INV_PORT },
	{ "ansible_ssh_port", PL_INV_SSH_PORT },
	{ "ansible_user", PL_INV_USER },
	{ "ansible_ssh_user", PL_INV_SSH_USER },
	{ "ansible_private_key_file", PL_INV_KEY },
	{ "ansible_ssh_private_key_file", PL_INV_SSH_KEY },
	{ "ansible_ssh_args", PL_INV_ARGS },
	{ "ansible_ssh_common_args", PL_INV_COMMON_ARGS },
	{ "ansible_ssh_extra_args", PL_INV_EXTRA_ARGS },
	{ "ansible_ssh_timeout", PL_INV_TIMEOUT },
	{ "ansible_connection", PL_INV_CONNECTION },
	{ "ansible_password", PL_INV_PASSWORD },
	{ "ansible_ssh_pass", PL_INV_PASSWORD },
	{ "ansible_ssh_password", PL_INV_PASSWORD },
	{ "ansible_host_key_checking", PL_INV_CHECKING },
	{ "ansible_ssh_host_key_checking", PL_INV_SSH_CHECKING },
	{ "ansible_ssh_executable", PL_INV_EXECUTABLE },
	{ "ansible_ssh_pkcs11_provider", PL_INV_PKCS11 },
};

enum pl_inv_var pl_inv_var_of(const char *name)
{
	if (!pl_starts(name, "ansible_"))
		return PL_INV_VARS;
	for (size_t i = 0; i < sizeof vars / sizeof *vars; i++)
		if (!strcmp(vars[i].name, name))
			return vars[i].var;
	return PL_INV_VARS;
}

const char *pl_inv_var_name(enum pl_inv_var var)
{
	for (size_t i = 0; i < sizeof vars / sizeof *vars; i++)
		if (vars[i].var == var)
			return vars[i].name;
	return "";
}

struct pl_inv_value *pl_inv_value(struct pl_inventory *inv, const char *text, const char *file, int line)
{
	struct pl_inv_value *v = pl_arena_alloc(&inv->targets->arena, sizeof *v);

	v->text = pl_arena_strdup(&inv->targets->arena, text);
	v->file = file;
	v->line = line;
	return v;
}

/* ---- groups and hosts ---- */

void pl_inv_edge(struct pl_inv_edges *e, size_t to)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->items[i] == to)
			return;
	e->items = pl_grow(e->items, e->count, &e->cap, sizeof *e->items);
	e->items[e->count++] = to;
}

int pl_inv_group(struct pl_inventory *inv, struct pl_slice name, int line, size_t *out)
{
	void **slot = pl_map_put(&inv->groups_by_name, name.p, name.n);

	if (!*slot) {
		struct pl_inv_group *g;

		if (inv->groups_count == PL_LIMIT_INVENTORY_GROUPS)
			return pl_err_set(inv->err, PL_E_LIMIT, "%s:%d: more than %d groups", inv->path, line,
					  PL_LIMIT_INVENTORY_GROUPS);
		inv->groups = pl_grow(inv->groups, inv->groups_count, &inv->groups_cap, sizeof *inv->groups);
		g = &inv->groups[inv->groups_count++];
		*g = (struct pl_inv_group){ .name = pl_arena_strndup(&inv->targets->arena, name.p, name.n),
					    .priority = 1, .file = inv->path, .line = line };
		*slot = (void *)(uintptr_t)inv->groups_count;
	}
	*out = (size_t)(uintptr_t)*slot - 1;
	return 0;
}

int pl_inv_child(struct pl_inventory *inv, size_t parent, size_t child, int line)
{
	if (parent == child)
		return pl_inv_fail(inv, inv->path, line, "the group '%s' cannot be in itself", inv->groups[child].name);
	pl_inv_edge(&inv->groups[parent].children, child);
	pl_inv_edge(&inv->groups[child].parents, parent);
	return 0;
}

/* What a pattern says of all its hosts. */
struct hosts {
	const char *user;
	uint16_t port;
	size_t group;
	int line;
	struct pl_inv_edges *out;
};

static int add_host(struct pl_inventory *inv, const char *name, void *ctx)
{
	struct hosts *h = ctx;
	void **slot = pl_map_put(&inv->hosts_by_name, name, strlen(name));

	if (!*slot) {
		struct pl_inv_host *host;

		if (inv->hosts_count == PL_LIMIT_INVENTORY_HOSTS)
			return pl_err_set(inv->err, PL_E_LIMIT, "%s:%d: more than %d hosts", inv->path, h->line,
					  PL_LIMIT_INVENTORY_HOSTS);
		inv->hosts = pl_grow(inv->hosts, inv->hosts_count, &inv->hosts_cap, sizeof *inv->hosts);
		host = &inv->hosts[inv->hosts_count++];
		*host = (struct pl_inv_host){ .name = pl_arena_strdup(&inv->targets->arena, name),
					      .file = inv->path, .line = h->line };
		if (h->user)
			host->vars.values[PL_INV_USER] = pl_inv_value(inv, h->user, inv->path, h->line);
		if (h->port)
			host->vars.values[PL_INV_PORT] =
				pl_inv_value(inv, pl_arena_strf(&inv->targets->arena, "%u", (unsigned)h->port),
					     inv->path, h->line);
		*slot = (void *)(uintptr_t)inv->hosts_count;
	}
	pl_inv_edge(&inv->hosts[(size_t)(uintptr_t)*slot - 1].groups, h->group);
	h->out->items = pl_grow(h->out->items, h->out->count, &h->out->cap, sizeof *h->out->items);
	h->out->items[h->out->count++] = (size_t)(uintptr_t)*slot - 1;
	return 0;
}

/* Where ":PORT" begins, or NULL: the last colon that is in no bracket, if it is the only one. */
static const char *port_of(const char *text)
{
	const char *colon = NULL;
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '[';
		depth -= *text == ']';
		if (*text != ':' || depth)
			continue;
		if (colon)
			return NULL; /* an address of version 6 */
		colon = text;
	}
	return colon;
}

int pl_inv_hosts(struct pl_inventory *inv, const char *pattern, size_t group, int line,
		 struct pl_inv_edges *out)
{
	struct hosts h = { .group = group, .line = line, .out = out };
	const char *at = strrchr(pattern, '@'), *colon = port_of(at ? at + 1 : pattern);
	int64_t port;

	if (at) {
		h.user = pl_arena_strndup(&inv->targets->arena, pattern, (size_t)(at - pattern));
		if (!*h.user || !at[1])
			return pl_inv_fail(inv, inv->path, line, "'%s' is not [USER@]HOST[:PORT]", pattern);
		pattern = at + 1;
	}
	if (colon) {
		if (colon[1] < '0' || colon[1] > '9' || !pl_parse_i64(colon + 1, &port) || port < 1 || port > 65535)
			return pl_inv_fail(inv, inv->path, line, "'%s' does not end in a port", pattern);
		h.port = (uint16_t)port;
		pattern = pl_arena_strndup(&inv->targets->arena, pattern, (size_t)(colon - pattern));
	}
	if (!*pattern)
		return pl_inv_fail(inv, inv->path, line, "a host has no name");
	return pl_inv_expand(inv, pattern, line, add_host, &h);
}

/* ---- what a text is ---- */

/* The first line that is neither empty nor a comment. */
static struct pl_slice first_line(const char *text)
{
	for (;;) {
		size_t n;

		text += strspn(text, BLANKS "\n");
		n = strcspn(text, "\n");
		if (*text != '#' && *text != ';')
			return (struct pl_slice){ text, n };
		text += n;
	}
}

/* YAML begins with ---, with a key and its colon, or (JSON) with a brace; INI with none of these. */
static bool is_yaml(const char *text)
{
	struct pl_slice line = first_line(text);
	size_t key = 0;

	if (line.n && (*line.p == '{' || *line.p == '%'))
		return true;
	if (line.n >= 3 && !memcmp(line.p, "---", 3))
		return true;
	if (line.n && (*line.p == '"' || *line.p == '\'')) {
		const char *close = memchr(line.p + 1, *line.p, line.n - 1);

		key = close ? (size_t)(close - line.p) + 1 : 0;
	}
	while (key < line.n && !strchr(BLANKS ":=[", line.p[key]))
		key++;
	return key && key < line.n && line.p[key] == ':' &&
	       (key + 1 == line.n || strchr(BLANKS "#", line.p[key + 1]));
}

static int refuse(const struct pl_inventory *inv, struct pl_slice text)
{
	static const char instead[] = "give what `ansible-inventory --list --yaml` prints of it";

	if (text.n >= 2 && !memcmp(text.p, "#!", 2))
		return pl_err_set(inv->err, PL_E_INPUT, "%s: an inventory script, and scripts are not run: %s", inv->path,
				  instead);
	if (pl_starts(text.p, "$ANSIBLE_VAULT"))
		return pl_err_set(inv->err, PL_E_INPUT, "%s: encrypted with Ansible Vault, and not decrypted: %s",
				  inv->path, instead);
	if (memchr(text.p, '\0', text.n))
		return pl_err_set(inv->err, PL_E_INPUT, "%s: not a text, so no inventory", inv->path);
	if (pl_ends(inv->path, ".toml"))
		return pl_err_set(inv->err, PL_E_INPUT, "%s: an inventory as TOML is not read: %s", inv->path, instead);
	return 0;
}

static int read_text(struct pl_inventory *inv, struct pl_slice text)
{
	pl_auto_free char *copy = NULL;

	if (text.n > PL_LIMIT_INVENTORY_BYTES)
		return pl_err_set(inv->err, PL_E_LIMIT, "%s: more than %lu bytes", inv->path, PL_LIMIT_INVENTORY_BYTES);
	copy = pl_strndup(text.p, text.n);
	text.p = copy;
	if (text.n >= 3 && !memcmp(text.p, "\xef\xbb\xbf", 3)) {
		text.p += 3;
		text.n -= 3;
	}
	if (refuse(inv, text))
		return -1;
	return is_yaml(text.p) ? pl_inv_yaml(inv, text) : pl_inv_ini(inv, copy + (text.p - copy));
}

static void release(struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->groups_count; i++) {
		free(inv->groups[i].children.items);
		free(inv->groups[i].parents.items);
	}
	for (size_t i = 0; i < inv->hosts_count; i++)
		free(inv->hosts[i].groups.items);
	free(inv->groups);
	free(inv->hosts);
	pl_map_release(&inv->groups_by_name);
	pl_map_release(&inv->hosts_by_name);
}

int pl_ssh_inventory_text(struct pl_ssh_targets *t, const char *path, struct pl_slice text,
			  struct pl_err *err)
{
	__attribute__((cleanup(release))) struct pl_inventory inv = {
		.targets = t, .path = pl_arena_strdup(&t->arena, path), .err = err
	};
	size_t all, ungrouped;

	if (pl_inv_group(&inv, pl_slice("all"), 1, &all) || pl_inv_group(&inv, pl_slice("ungrouped"), 1, &ungrouped) ||
	    pl_inv_child(&inv, all, ungrouped, 1))
		return -1;
	inv.groups[all].declared = inv.groups[ungrouped].declared = true;
	if (read_text(&inv, text) || pl_inv_files(&inv))
		return -1;
	return pl_inv_resolve(&inv);
}

int pl_ssh_inventory(struct pl_ssh_targets *t, const char *path, struct pl_err *err)
{
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_ssh_file f;

	if (pl_ssh_file_read(path, PL_LIMIT_INVENTORY_BYTES, true, &text, &f, err))
		return -1;
	if (f.missing)
		return pl_err_set(err, PL_E_INPUT, "%s: no such file", path);
	if (pl_ssh_inventory_text(t, path, (struct pl_slice){ text.data, text.len }, err))
		return -1;
	pl_inv_ansible_cfg(t);
	return 0;
}
