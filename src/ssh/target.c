/* SPDX-License-Identifier: Apache-2.0 */
/* Targets from a URI and from other sources: see target.h. */
#include "ssh/target.h"

#include <stdlib.h>

#include "base/limits.h"
#include "ssh/directive.h"
#include "ssh/target_list.h"

void pl_ssh_targets_release(struct pl_ssh_targets *t)
{
	free(t->items);
	free(t->notices.items);
	pl_arena_release(&t->arena);
	*t = (struct pl_ssh_targets)PL_SSH_TARGETS_INIT;
}

struct pl_ssh_target *pl_ssh_targets_push(struct pl_ssh_targets *t)
{
	t->items = pl_grow(t->items, t->count, &t->cap, sizeof *t->items);
	t->items[t->count] = (struct pl_ssh_target){ 0 };
	return &t->items[t->count++];
}

void pl_ssh_notices_add(struct pl_ssh_notices *n, const char *file, int line, const char *text)
{
	n->items = pl_grow(n->items, n->count, &n->cap, sizeof *n->items);
	n->items[n->count++] = (struct pl_ssh_notice){ file, line, text };
}

/* %XX as in other URIs; false when it stands for no byte, or for one that no name has. */
static bool unescape(const char *text, struct pl_buf *out)
{
	for (; *text; text++) {
		unsigned byte = 0;

		if (*text != '%') {
			pl_buf_addc(out, *text);
			continue;
		}
		for (int i = 0; i < 2; i++) {
			char c = *++text;

			if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
				return false;
			byte = byte * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
		}
		if (byte < ' ' || byte == 0x7f)
			return false;
		pl_buf_addc(out, (char)byte);
	}
	return true;
}

/* The user part of a URI, which ends at the last @. */
static int read_user(struct pl_arena *a, const char *text, const char *at, const char **out, struct pl_err *err)
{
	pl_auto_free char *raw = pl_strndup(text, (size_t)(at - text));
	pl_auto_buf user = PL_BUF_INIT;

	if (strchr(raw, ':'))
		return pl_err_set(err, PL_E_USAGE, "ssh://...@%s: a password cannot stand here; use a key, or an agent",
				  at + 1);
	if (!unescape(raw, &user) || !pl_ssh_user_fine(user.data))
		return pl_err_set(err, PL_E_USAGE, "ssh://%s: '%s' is no name of a user", text, raw);
	*out = pl_arena_strdup(a, user.data);
	return 0;
}

int pl_ssh_target_uri(struct pl_ssh_targets *t, const char *text, struct pl_err *err)
{
	const char *at = strrchr(text, '@'), *host = at ? at + 1 : text;
	struct pl_ssh_hop_name name;
	struct pl_ssh_target *target;
	const char *user = NULL;
	size_t n = strlen(host);

	if (at && read_user(&t->arena, text, at, &user, err))
		return -1;
	if (n && host[n - 1] == '/')
		n--;
	if (memchr(host, '/', n))
		return pl_err_set(err, PL_E_USAGE, "ssh://%s: a path cannot stand here; an inventory is ssh://@FILE",
				  text);
	if (!pl_ssh_hop_parse(&t->arena, (struct pl_slice){ host, n }, &name) || !pl_ssh_host_fine(name.host))
		return pl_err_set(err, PL_E_USAGE, "ssh://%s: not [USER@]HOST[:PORT]", text);
	target = pl_ssh_targets_push(t);
	target->name = target->host = name.host;
	target->port = name.port;
	target->user = user;
	return 0;
}

void pl_ssh_target_add(struct pl_ssh_targets *t, const char *name, const char *address,
		       const char *user)
{
	struct pl_ssh_target *target = pl_ssh_targets_push(t);

	target->name = pl_arena_strdup(&t->arena, name);
	target->host = pl_arena_strdup(&t->arena, address ? address : name);
	target->user = pl_arena_strdup(&t->arena, user);
	if (!pl_ssh_host_fine(target->host))
		target->problem = pl_arena_strf(&t->arena, "'%s' is no host name", target->host);
	else if (user && !pl_ssh_user_fine(user))
		target->problem = pl_arena_strf(&t->arena, "'%s' is no name of a user", user);
}
