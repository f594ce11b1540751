/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bottlerocket's settings, the part of TOML they are written in: tables, dotted and quoted keys,
 * strings, numbers, lists of strings.
 */
#include <string.h>

#include "node/internal.h"

/* Reads a key part at *p, quoted or bare, into out; false when there is none. */
static bool key_part(const char **p, struct pl_buf *out)
{
	const char *at = *p + strspn(*p, " \t");
	size_t n;

	if (*at == '"' || *at == '\'') {
		char quote = *at++;

		n = strcspn(at, quote == '"' ? "\"\n" : "'\n");
		pl_buf_add(out, at, n);
		*p = at + n + (at[n] == quote);
		return true;
	}
	n = strcspn(at, " \t.=]\n#\"'");
	pl_buf_add(out, at, n);
	*p = at + n;
	return n != 0;
}

/* A dotted key; parts are joined by NUL so that a dot within quotes stays one. */
static void dotted_key(const char **p, struct pl_buf *out)
{
	while (key_part(p, out)) {
		pl_buf_addc(out, '\0');
		*p += strspn(*p, " \t");
		if (**p != '.')
			return;
		++*p;
	}
}

/* The last part of a key that lies in `table` (parts joined by dots), or NULL. */
static const char *key_below(const struct pl_buf *key, const char *table)
{
	size_t at = 0;

	while (at < key->len) {
		size_t n = strlen(key->data + at), t = strcspn(table, ".");

		if (!*table)
			return at + n + 1 == key->len ? key->data + at : NULL;
		if (n != t || memcmp(key->data + at, table, n))
			return NULL;
		table += t + (table[t] == '.');
		at += n + 1;
	}
	return NULL;
}

/* The next string or number at *p; false at the end of the line, or of a list, which may be longer. */
static bool next_value(const char **p, bool list, struct pl_buf *out)
{
	*p += strspn(*p, list ? " \t,[\r\n" : " \t");
	while (list && **p == '#') {
		*p += strcspn(*p, "\n");
		*p += strspn(*p, " \t,\r\n");
	}
	pl_buf_truncate(out, 0);
	return **p && !strchr("\r\n#]", **p) && key_part(p, out);
}

/* Returns where the value ends. */
static const char *setting(struct pl_boot *r, const struct pl_buf *key, const char *p)
{
	pl_auto_buf value = PL_BUF_INIT;
	bool list = p[strspn(p, " \t")] == '[';
	const char *label = key_below(key, "settings.kubernetes.node-labels");
	const char *taint = key_below(key, "settings.kubernetes.node-taints");
	const char *own = key_below(key, "settings.kubernetes");

	while (next_value(&p, list, &value)) {
		if (label)
			pl_boot_labels(r, pl_arena_strf(&r->arena, "%s=%s", label, value.data));
		else if (taint)
			pl_boot_taints(r, pl_arena_strf(&r->arena, "%s=%s", taint, value.data));
		else if (own && !strcmp(own, "cluster-name"))
			r->b->cluster_name = pl_boot_known(r, value.data);
		else if (own && !strcmp(own, "max-pods"))
			pl_boot_kubelet_flag(r, own, value.data);
	}
	return p;
}

void pl_boot_settings(struct pl_boot *r, const char *text, size_t len)
{
	const char *copy = pl_arena_strndup(&r->arena, text, len);
	pl_auto_buf table = PL_BUF_INIT;

	r->b->kubelet_args = true;
	for (const char *p = copy; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		pl_auto_buf key = PL_BUF_INIT;

		p += strspn(p, " \t\r");
		if (*p == '[') {
			p++;
			pl_buf_truncate(&table, 0);
			dotted_key(&p, &table);
			continue;
		}
		if (*p == '#' || *p == '\n' || !*p)
			continue;
		pl_buf_add(&key, table.data, table.len);
		dotted_key(&p, &key);
		if (*p == '=' && key.len > table.len)
			p = setting(r, &key, p + 1);
	}
}
