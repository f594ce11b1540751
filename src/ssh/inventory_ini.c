/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory as INI: [group], [group:children], [group:vars], and lines of hosts. */
#include <stdlib.h>
#include <string.h>

#include "ssh/inventory.h"
#include "ssh/words.h"

#define BLANKS " \t\r\f\v"

enum state { HOSTS, CHILDREN, VARS };

struct reader {
	struct pl_inventory *inv;
	enum state state;
	size_t group;
	int line;
};

static int fail(const struct reader *r, const char *what, const char *text)
{
	return pl_inv_fail(r->inv, r->inv->path, r->line, "%s: '%s'", what, text);
}

/* ---- values: Python literals, else text ---- */

/* What stands behind a literal is nothing, or a comment. */
static bool ends(const char *p)
{
	p += strspn(p, BLANKS);
	return !*p || *p == '#';
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* One escape of a Python string, of which p is the letter; where it ends. */
static const char *unescape(const char *p, struct pl_buf *out)
{
	static const char letters[] = "abfnrtv\\'\"", bytes[] = "\a\b\f\n\r\t\v\\'\"";
	const char *at = strchr(letters, *p);

	if (at && *at) {
		pl_buf_addc(out, bytes[at - letters]);
	} else if (*p == 'x' && is_hex(p[1]) && is_hex(p[2])) {
		char digits[3] = { p[1], p[2], '\0' };

		pl_buf_addc(out, (char)strtoul(digits, NULL, 16));
		p += 2;
	} else {
		pl_buf_addc(out, '\\');
		pl_buf_addc(out, *p);
	}
	return p;
}

/* A text in quotes without its quotes; false when it is none that Python would read as one. */
static bool quoted(const char *p, struct pl_buf *out)
{
	char quote = *p++;

	if (quote != '"' && quote != '\'')
		return false;
	for (; *p && *p != quote; p++) {
		if (*p == '\\' && !p[1])
			return false;
		if (*p == '\\')
			p = unescape(p + 1, out);
		else
			pl_buf_addc(out, *p);
	}
	return *p && ends(p + 1);
}

/* Digits with a comment behind them, which Python drops; a leading zero makes it text. */
static size_t plain_number(const char *p)
{
	size_t n = strspn(p, "0123456789");

	return n && (*p != '0' || n == 1) && ends(p + n) ? n : 0;
}

static struct pl_inv_value *value_of(struct reader *r, const char *text)
{
	pl_auto_buf plain = PL_BUF_INIT;
	struct pl_inv_value *v = pl_inv_value(r->inv, text, r->inv->path, r->line);
	size_t digits = plain_number(text);

	if (pl_starts(text, "None") && ends(text + 4))
		v->text = NULL;
	else if (digits)
		v->text = pl_arena_strndup(&r->inv->targets->arena, text, digits);
	else if (quoted(text, &plain))
		v->text = pl_arena_strndup(&r->inv->targets->arena, plain.data, plain.len);
	return v;
}

/* ---- lines ---- */

static char *strip(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	n = strlen(s);
	while (n && strchr(BLANKS, s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

/* "[NAME]" or "[NAME:KIND]" with a comment; false when the line is no section. */
static bool section(const char *line, struct pl_slice *name, struct pl_slice *kind)
{
	const char *p;

	if (*line != '[')
		return false;
	name->p = line + 1;
	name->n = strcspn(name->p, ":]" BLANKS);
	p = name->p + name->n;
	*kind = (struct pl_slice){ "hosts", 5 };
	if (*p == ':') {
		kind->p = p + 1;
		kind->n = strcspn(kind->p, ":]" BLANKS);
		p = kind->p + kind->n;
	}
	return name->n && kind->n && *p == ']' && ends(p + 1);
}

static int begin_section(struct reader *r, struct pl_slice name, struct pl_slice kind)
{
	static const char *const kinds[] = { [HOSTS] = "hosts", [CHILDREN] = "children", [VARS] = "vars" };
	size_t i = 0;

	while (i < 3 && !pl_slice_is(kind, kinds[i]))
		i++;
	if (i == 3)
		return pl_inv_fail(r->inv, r->inv->path, r->line, "a section is [group], [group:children] or "
				   "[group:vars], not [" PL_SLICE_FMT ":" PL_SLICE_FMT "]",
				   PL_SLICE_ARG(name), PL_SLICE_ARG(kind));
	r->state = (enum state)i;
	if (pl_inv_group(r->inv, name, r->line, &r->group))
		return -1;
	r->inv->groups[r->group].declared |= r->state != VARS;
	return 0;
}

static void set(struct pl_inv_vars *vars, const char *name, const struct pl_inv_value *v)
{
	enum pl_inv_var var = pl_inv_var_of(name);

	if (var != PL_INV_VARS)
		vars->values[var] = v;
}

static int host_line(struct reader *r, const char *line)
{
	struct pl_inv_edges hosts = { 0 };
	struct pl_words w;
	int rc;

	if (!pl_words_shell(&r->inv->targets->arena, line, true, &w))
		return fail(r, "a quote is not closed", line);
	for (size_t i = 1; i < w.count; i++)
		if (!strchr(w.items[i], '='))
			return fail(r, "not NAME=VALUE", w.items[i]);
	rc = pl_inv_hosts(r->inv, w.items[0], r->group, r->line, &hosts);
	for (size_t i = 1; !rc && i < w.count; i++) {
		const char *equals = strchr(w.items[i], '=');
		pl_auto_free char *name = pl_strndup(w.items[i], (size_t)(equals - w.items[i]));
		const struct pl_inv_value *v;

		if (pl_inv_var_of(name) == PL_INV_VARS)
			continue;
		v = value_of(r, equals + 1);
		for (size_t k = 0; k < hosts.count; k++)
			set(&r->inv->hosts[hosts.items[k]].vars, name, v);
	}
	free(hosts.items);
	return rc;
}

static int priority_line(struct reader *r, const char *value)
{
	const struct pl_inv_value *v = value_of(r, value);
	int64_t n;

	if (!v->text || !pl_parse_i64(v->text, &n))
		return fail(r, "ansible_group_priority is a number", value);
	r->inv->groups[r->group].priority = (long)n;
	return 0;
}

static int var_line(struct reader *r, char *line)
{
	char *equals = strchr(line, '=');

	if (!equals)
		return fail(r, "not NAME=VALUE", line);
	*equals = '\0';
	line = strip(line);
	if (!strcmp(line, "ansible_group_priority"))
		return priority_line(r, strip(equals + 1));
	if (pl_inv_var_of(line) != PL_INV_VARS)
		set(&r->inv->groups[r->group].vars, line, value_of(r, strip(equals + 1)));
	return 0;
}

static int child_line(struct reader *r, const char *line)
{
	struct pl_slice name = { line, strcspn(line, ":]" BLANKS) };
	size_t child;

	if (!name.n || !ends(line + name.n))
		return fail(r, "not the name of a group", line);
	if (pl_inv_group(r->inv, name, r->line, &child))
		return -1;
	return pl_inv_child(r->inv, r->group, child, r->line);
}

static int take_line(struct reader *r, char *line)
{
	struct pl_slice name, kind;
	size_t n;

	line = strip(line);
	n = strlen(line);
	if (!n || *line == '#' || *line == ';')
		return 0;
	if (section(line, &name, &kind))
		return begin_section(r, name, kind);
	if (*line == '[' && line[n - 1] == ']' && r->state != HOSTS)
		return fail(r, "not a section", line);
	if (r->state == HOSTS)
		return host_line(r, line);
	return r->state == VARS ? var_line(r, line) : child_line(r, line);
}

/* Groups that only have variables or parents: a name that is misspelt. */
static int check_declared(const struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->groups_count; i++)
		if (!inv->groups[i].declared)
			return pl_inv_fail(inv, inv->path, inv->groups[i].line, "there is no group '%s'",
					   inv->groups[i].name);
	return 0;
}

int pl_inv_ini(struct pl_inventory *inv, char *text)
{
	struct reader r = { inv, HOSTS, PL_INV_UNGROUPED, 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");
		char *next = text + n + (text[n] == '\n');

		text[n] = '\0';
		r.line++;
		if (take_line(&r, text))
			return -1;
		text = next;
	}
	return check_declared(inv);
}
