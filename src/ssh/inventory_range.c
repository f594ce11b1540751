/* SPDX-License-Identifier: Apache-2.0 */
/* Host patterns with ranges, as Ansible expands them: web[01:20].example.com, db-[a:f], n[1:9:2]. */
#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "ssh/inventory.h"

struct range {
	int64_t first, last, step;
	size_t width;  /* digits, padded with zeros; 0: as many as it takes */
	bool letters;
};

struct expansion {
	struct pl_inventory *inv;
	const char *pattern;
	int line;
	int (*add)(struct pl_inventory *inv, const char *name, void *ctx);
	void *ctx;
	size_t count;
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int bad(const struct expansion *e, const char *what)
{
	return pl_inv_fail(e->inv, e->inv->path, e->line, "'%s': %s", e->pattern, what);
}

static bool number(struct pl_slice s, int64_t *out)
{
	char text[20];

	if (!s.n || s.n >= sizeof text || *s.p < '0' || *s.p > '9')
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return pl_parse_i64(text, out);
}

static bool letter(struct pl_slice s, int64_t *out)
{
	const char *at = s.n == 1 ? strchr(letters, *s.p) : NULL;

	if (at && *at)
		*out = at - letters;
	return at && *at;
}

/* The parts of a range that colons separate: 2 or 3, or 0 when it is none. */
static size_t split(struct pl_slice text, struct pl_slice part[3])
{
	size_t n = 0;

	for (;;) {
		const char *colon = memchr(text.p, ':', text.n);

		if (n == 3)
			return 0;
		part[n++] = (struct pl_slice){ text.p, colon ? (size_t)(colon - text.p) : text.n };
		if (!colon)
			return n == 1 ? 0 : n;
		text.n -= (size_t)(colon - text.p) + 1;
		text.p = colon + 1;
	}
}

static int read_range(const struct expansion *e, struct pl_slice text, struct range *r)
{
	struct pl_slice part[3];
	size_t n = split(text, part);

	if (!n)
		return bad(e, "a range is [first:last] or [first:last:step]");
	if (!part[0].n)
		part[0] = pl_slice("0");
	r->step = 1;
	r->letters = letter(part[0], &r->first) && letter(part[1], &r->last);
	if (!r->letters && (!number(part[0], &r->first) || !number(part[1], &r->last)))
		return bad(e, "a range goes from a number to a number, or from a letter to a letter");
	if (n == 3 && (!number(part[2], &r->step) || r->step < 1))
		return bad(e, "the step of a range is a number from 1");
	r->width = !r->letters && part[0].n > 1 && *part[0].p == '0' ? part[0].n : 0;
	if (r->width && part[1].n != r->width)
		return bad(e, "the ends of a range with leading zeros must have the same length");
	if (r->letters && r->first > r->last)
		return bad(e, "a range of letters must not go backwards");
	return 0;
}

static int expand(struct expansion *e, const char *pattern);

static int expand_range(struct expansion *e, const char *pattern, const char *open, const char *close)
{
	struct range r;

	if (read_range(e, (struct pl_slice){ open + 1, (size_t)(close - open) - 1 }, &r))
		return -1;
	for (int64_t i = r.first; i <= r.last; i += r.step) {
		pl_auto_buf name = PL_BUF_INIT;

		pl_buf_add(&name, pattern, (size_t)(open - pattern));
		if (r.letters)
			pl_buf_addc(&name, letters[i]);
		else
			pl_buf_addf(&name, "%0*lld", (int)r.width, (long long)i);
		pl_buf_adds(&name, close + 1);
		if (expand(e, name.data))
			return -1;
	}
	return 0;
}

static int expand(struct expansion *e, const char *pattern)
{
	const char *open = strchr(pattern, '['), *close = strchr(pattern, ']');

	if (!open) {
		if (e->count++ == PL_LIMIT_INVENTORY_HOSTS)
			return pl_err_set(e->inv->err, PL_E_LIMIT, "%s:%d: '%s' names more than %d hosts", e->inv->path,
					  e->line, e->pattern, PL_LIMIT_INVENTORY_HOSTS);
		return e->add(e->inv, pattern, e->ctx);
	}
	if (!close || close < open)
		return bad(e, "a bracket is not closed");
	return expand_range(e, pattern, open, close);
}

/* "[::1]" is an address, not a range; the bare address, or NULL. */
static const char *bracketed(struct pl_inventory *inv, const char *pattern)
{
	size_t n = strlen(pattern);
	struct in6_addr unused;
	const char *inner;

	if (n < 3 || *pattern != '[' || pattern[n - 1] != ']')
		return NULL;
	inner = pl_arena_strndup(&inv->targets->arena, pattern + 1, n - 2);
	return inet_pton(AF_INET6, inner, &unused) == 1 ? inner : NULL;
}

int pl_inv_expand(struct pl_inventory *inv, const char *pattern, int line,
		  int (*add)(struct pl_inventory *inv, const char *name, void *ctx), void *ctx)
{
	struct expansion e = { inv, pattern, line, add, ctx, 0 };
	const char *address = bracketed(inv, pattern);

	if (strlen(pattern) > 1024)
		return bad(&e, "a host's name is not that long");
	return address ? add(inv, address, ctx) : expand(&e, pattern);
}
