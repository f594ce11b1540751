/* SPDX-License-Identifier: Apache-2.0 */
/* Groups in their order, and what their variables come to for each host: see inventory.h. */
#include <stdlib.h>
#include <string.h>

#include "ssh/directive.h"
#include "ssh/inventory.h"

/* ---- depth ---- */

/* Groups without a parent are in all; a host that is in no other group is in ungrouped. */
static int adopt(struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->groups_count; i++)
		if (i != PL_INV_ALL && !inv->groups[i].parents.count && pl_inv_child(inv, PL_INV_ALL, i, inv->groups[i].line))
			return -1;
	return 0;
}

/* Walks down from all, each group after all its parents; what is never reached is in a circle. */
static int measure_depths(struct pl_inventory *inv)
{
	size_t *queue = pl_realloc(NULL, inv->groups_count, sizeof *queue);
	size_t *waiting = pl_realloc(NULL, inv->groups_count, sizeof *waiting);
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < inv->groups_count; i++) {
		waiting[i] = inv->groups[i].parents.count;
		if (!waiting[i])
			queue[tail++] = i;
	}
	while (head < tail) {
		const struct pl_inv_group *g = &inv->groups[queue[head++]];

		for (size_t i = 0; i < g->children.count; i++) {
			struct pl_inv_group *child = &inv->groups[g->children.items[i]];

			if (child->depth <= g->depth)
				child->depth = g->depth + 1;
			if (!--waiting[g->children.items[i]])
				queue[tail++] = g->children.items[i];
		}
	}
	for (head = 0; head < inv->groups_count && !waiting[head]; head++)
		;
	free(queue);
	free(waiting);
	return head == inv->groups_count ? 0 :
	       pl_inv_fail(inv, inv->path, inv->groups[head].line, "the group '%s' is among its own children",
			   inv->groups[head].name);
}

/* ---- the groups of one host ---- */

/* Groups of one host, and marks by which each is taken once: reused from host to host. */
struct chain {
	struct pl_inventory *inv;
	const struct pl_inv_group **groups;
	size_t count;
	size_t *mark; /* of each group, the host that took it last, + 1 */
};

static void take_group(struct chain *c, size_t group, size_t host)
{
	if (c->mark[group] == host + 1 || group == PL_INV_ALL)
		return;
	c->mark[group] = host + 1;
	c->groups[c->count++] = &c->inv->groups[group];
}

static int by_precedence(const void *a, const void *b)
{
	const struct pl_inv_group *x = *(const struct pl_inv_group *const *)a;
	const struct pl_inv_group *y = *(const struct pl_inv_group *const *)b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void collect_groups(struct chain *c, size_t host)
{
	const struct pl_inv_edges *e = &c->inv->hosts[host].groups;
	bool elsewhere = false;

	for (size_t i = 0; i < e->count; i++)
		elsewhere |= e->items[i] != PL_INV_ALL && e->items[i] != PL_INV_UNGROUPED;
	c->count = 0;
	for (size_t i = 0; i < e->count; i++)
		if (!elsewhere || e->items[i] != PL_INV_UNGROUPED)
			take_group(c, e->items[i], host);
	if (!elsewhere)
		take_group(c, PL_INV_UNGROUPED, host);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->groups[i]->parents.count; k++)
			take_group(c, c->groups[i]->parents.items[k], host);
	if (c->count > 1)
		qsort(c->groups, c->count, sizeof *c->groups, by_precedence);
}

static void overlay(struct pl_inv_vars *to, const struct pl_inv_vars *from)
{
	for (size_t i = 0; i < PL_INV_VARS; i++)
		if (from->values[i])
			to->values[i] = from->values[i];
}

static void combine(struct chain *c, size_t host, struct pl_inv_vars *out)
{
	const struct pl_inv_group *all = &c->inv->groups[PL_INV_ALL];

	collect_groups(c, host);
	*out = all->vars;
	for (size_t i = 0; i < c->count; i++)
		overlay(out, &c->groups[i]->vars);
	overlay(out, &all->file_vars);
	for (size_t i = 0; i < c->count; i++)
		overlay(out, &c->groups[i]->file_vars);
	overlay(out, &c->inv->hosts[host].vars);
	overlay(out, &c->inv->hosts[host].file_vars);
}

/* ---- one target ---- */

struct builder {
	struct pl_inventory *inv;
	const struct pl_inv_vars *vars;
	struct pl_ssh_target *target;
};

/* The target's place becomes the value's. */
static void problem(struct builder *b, enum pl_inv_var var, const struct pl_inv_value *v, const char *what)
{
	if (b->target->problem)
		return;
	b->target->problem = pl_arena_strf(&b->inv->targets->arena, "%s %s", pl_inv_var_name(var), what);
	b->target->file = v->file;
	b->target->line = v->line;
}

/* The two names that a template may hold: those that need no other variable. */
static const char *without_names(struct builder *b, const char *text)
{
	static const char *const names[] = { "inventory_hostname_short", "inventory_hostname" };
	pl_auto_buf out = PL_BUF_INIT;

	while (*text) {
		const char *p = text + 2, *value = b->target->name;
		size_t n = strcspn(text, "{"), i = 0;

		if (n) {
			pl_buf_add(&out, text, n);
			text += n;
			continue;
		}
		p += text[1] == '{' ? strspn(p, " ") : 0;
		while (i < 2 && !pl_starts(p, names[i]))
			i++;
		if (text[1] != '{' || i == 2 || !pl_starts(p + strlen(names[i]) + strspn(p + strlen(names[i]), " "), "}}")) {
			pl_buf_addc(&out, *text++);
			continue;
		}
		pl_buf_add(&out, value, i ? strlen(value) : strcspn(value, "."));
		text = strstr(p, "}}") + 2;
	}
	return pl_arena_strdup(&b->inv->targets->arena, out.data);
}

/* The variable's text, NULL where it is not set or empty, or where it cannot be known. */
static const char *text_of(struct builder *b, enum pl_inv_var var)
{
	const struct pl_inv_value *v = b->vars->values[var];
	const char *text;

	if (!v)
		return NULL;
	if (v->encrypted || v->structured) {
		problem(b, var, v, v->encrypted ? "is encrypted with Ansible Vault, and not decrypted" : "must be a text");
		return NULL;
	}
	if (!v->text || !*v->text)
		return NULL;
	text = strstr(v->text, "{{") ? without_names(b, v->text) : v->text;
	if (strstr(text, "{{") || strstr(text, "{%")) {
		problem(b, var, v, "is a template, and only inventory_hostname is put into templates");
		return NULL;
	}
	return text;
}

/* Of two spellings Ansible takes the older one, where both are set. */
static const char *either(struct builder *b, enum pl_inv_var var, enum pl_inv_var older)
{
	const char *text = text_of(b, older);

	return text ? text : text_of(b, var);
}

static void set_address(struct builder *b)
{
	struct pl_arena *a = &b->inv->targets->arena;
	const char *text = either(b, PL_INV_HOST, PL_INV_SSH_HOST), *at = text ? strrchr(text, '@') : NULL;
	const char *user = either(b, PL_INV_USER, PL_INV_SSH_USER);

	b->target->host = !text ? b->target->name : at ? at + 1 : text;
	b->target->user = user ? user : at ? pl_arena_strndup(a, text, (size_t)(at - text)) : NULL;
	if (!b->target->problem && !pl_ssh_host_fine(b->target->host))
		b->target->problem = pl_arena_strf(a, "'%s' is no host name", b->target->host);
	if (!b->target->problem && b->target->user && !pl_ssh_user_fine(b->target->user))
		b->target->problem = pl_arena_strf(a, "'%s' is no name of a user", b->target->user);
}

static void set_port(struct builder *b)
{
	const char *text = either(b, PL_INV_PORT, PL_INV_SSH_PORT);
	enum pl_inv_var var = text_of(b, PL_INV_SSH_PORT) ? PL_INV_SSH_PORT : PL_INV_PORT;
	int64_t port;

	if (!text)
		return;
	if (!pl_parse_i64(text, &port) || port < 1 || port > 65535)
		problem(b, var, b->vars->values[var], "is no port: a number from 1 to 65535");
	else
		b->target->port = (uint16_t)port;
}

static void set_options(struct builder *b)
{
	static const enum pl_inv_var all[] = { PL_INV_ARGS, PL_INV_COMMON_ARGS, PL_INV_EXTRA_ARGS };
	const char *timeout = text_of(b, PL_INV_TIMEOUT);
	pl_auto_buf options = PL_BUF_INIT;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *text = text_of(b, all[i]);

		if (text)
			pl_buf_addf(&options, "%s%s", options.len ? " " : "", text);
	}
	if (timeout)
		pl_buf_addf(&options, "%s-oConnectTimeout=%s", options.len ? " " : "", timeout);
	if (options.len)
		b->target->options = pl_arena_strdup(&b->inv->targets->arena, options.data);
}

/* ssh, its older names, and names with the collection they come from. */
static void check_connection(struct builder *b)
{
	static const char known[] = "ssh smart paramiko paramiko_ssh libssh";
	const char *text = text_of(b, PL_INV_CONNECTION), *dot = text ? strrchr(text, '.') : NULL;

	if (text && !pl_ssh_has_word(known, dot ? dot + 1 : text))
		problem(b, PL_INV_CONNECTION, b->vars->values[PL_INV_CONNECTION],
			pl_arena_strf(&b->inv->targets->arena, "is '%s': only hosts that are reached by ssh are asked", text));
}

static void note(struct builder *b, enum pl_inv_var var, const char *what)
{
	struct pl_ssh_notices *n = &b->inv->targets->notices;
	const struct pl_inv_value *v = b->vars->values[var];

	if (!v || !v->text || !*v->text)
		return;
	/* one value is that of many hosts: those next to each other */
	for (size_t i = n->count; i && i + 16 > n->count; i--)
		if (n->items[i - 1].file == v->file && n->items[i - 1].line == v->line)
			return;
	pl_ssh_notices_add(n, v->file, v->line,
			   pl_arena_strf(&b->inv->targets->arena, "%s %s", pl_inv_var_name(var), what));
}

static bool is_off(const struct pl_inv_value *v)
{
	return v && v->text && pl_ssh_has_word("no false off 0 n f", v->text);
}

static void add_notices(struct builder *b)
{
	static const char checked[] = "has no effect: host keys are always verified";

	note(b, PL_INV_PASSWORD, "is not used: hosts are logged in to with keys");
	note(b, PL_INV_EXECUTABLE, "is not used: no ssh is run");
	note(b, PL_INV_PKCS11, "is not used: keys on tokens are used through ssh-agent only");
	if (is_off(b->vars->values[PL_INV_CHECKING]))
		note(b, PL_INV_CHECKING, checked);
	if (is_off(b->vars->values[PL_INV_SSH_CHECKING]))
		note(b, PL_INV_SSH_CHECKING, checked);
}

static void build(struct pl_inventory *inv, const struct pl_inv_host *host, const struct pl_inv_vars *vars)
{
	struct builder b = { inv, vars, pl_ssh_targets_push(inv->targets) };

	b.target->name = host->name;
	b.target->file = host->file;
	b.target->line = host->line;
	check_connection(&b);
	set_address(&b);
	set_port(&b);
	b.target->identity_file = either(&b, PL_INV_KEY, PL_INV_SSH_KEY);
	set_options(&b);
	if (!b.target->problem)
		add_notices(&b);
}

int pl_inv_resolve(struct pl_inventory *inv)
{
	struct chain c = { .inv = inv };

	if (adopt(inv) || measure_depths(inv))
		return -1;
	c.groups = pl_realloc(NULL, inv->groups_count, sizeof *c.groups);
	c.mark = pl_alloc(inv->groups_count * sizeof *c.mark);
	for (size_t i = 0; i < inv->hosts_count; i++) {
		struct pl_inv_vars vars;

		combine(&c, i, &vars);
		build(inv, &inv->hosts[i], &vars);
	}
	free(c.groups);
	free(c.mark);
	return 0;
}
