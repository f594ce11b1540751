/* SPDX-License-Identifier: Apache-2.0 */
/* Values by path, in one pass: see pick.h. */
#include "kubernetes/pick.h"

#include <string.h>

/* Which of several paths go on below a member, as bits. */
struct candidates {
	uint32_t bits;
	size_t offset; /* where their next name begins: they agree in all before it */
};

struct picking {
	struct pl_scan *scan;
	const char *const *paths;
	size_t count;
	struct pl_slice *out;
	struct pl_err *err;
};

/* Those of `from` that go on with `key`; *exact: the one that ends with it, or -1. */
static struct candidates below(const struct picking *p, struct candidates from, struct pl_slice key,
			       int *exact)
{
	struct candidates deeper = { 0, from.offset + key.n + 1 };

	*exact = -1;
	for (size_t i = 0; i < p->count; i++) {
		const char *path = p->paths[i] + from.offset;

		if (!(from.bits & 1U << i) || strncmp(path, key.p, key.n) != 0)
			continue;
		if (!path[key.n])
			*exact = (int)i;
		else if (path[key.n] == '.')
			deeper.bits |= 1U << i;
	}
	return deeper;
}

/* Recursion ends with the longest path. */
static int walk(const struct picking *p, struct candidates from)
{
	struct pl_slice key, value;
	int more = pl_scan_enter(p->scan, '{', p->err), exact;

	if (!more)
		return pl_scan_skip(p->scan, NULL, p->err);
	while (more == 1 && (more = pl_scan_member(p->scan, &key, p->err)) == 1) {
		struct candidates deeper = below(p, from, key, &exact);

		if (deeper.bits) {
			more = walk(p, deeper) ? -1 : 1;
			continue;
		}
		if (pl_scan_skip(p->scan, &value, p->err))
			return -1;
		if (exact >= 0)
			p->out[exact] = value;
	}
	return more;
}

int pl_kube_pick(struct pl_scan *s, const char *const *paths, size_t n, struct pl_slice *out,
		 struct pl_err *err)
{
	const struct picking p = { s, paths, n, out, err };

	for (size_t i = 0; i < n; i++)
		out[i] = (struct pl_slice){ NULL, 0 };
	return walk(&p, (struct candidates){ (uint32_t)((1ULL << n) - 1), 0 });
}

void pl_kube_pick_in(struct pl_slice value, const char *const *paths, size_t n, struct pl_slice *out)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_scan s;

	pl_scan_init(&s, value);
	/* it was validated before */
	if (pl_kube_pick(&s, paths, n, out, &err))
		for (size_t i = 0; i < n; i++)
			out[i] = (struct pl_slice){ NULL, 0 };
}

void pl_kube_elements(struct pl_slice array, pl_kube_element *each, void *ctx)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice value;
	struct pl_scan s;

	pl_scan_init(&s, array);
	if (pl_scan_enter(&s, '[', &err) != 1)
		return;
	while (pl_scan_element(&s, &err) == 1 && !pl_scan_skip(&s, &value, &err))
		each(ctx, value);
}

void pl_kube_members(struct pl_slice object, pl_kube_member *each, void *ctx)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice key, value;
	struct pl_scan s;

	pl_scan_init(&s, object);
	if (pl_scan_enter(&s, '{', &err) != 1)
		return;
	while (pl_scan_member(&s, &key, &err) == 1 && !pl_scan_skip(&s, &value, &err))
		each(ctx, key, value);
}

bool pl_kube_is_true(struct pl_slice value)
{
	return pl_slice_is(value, "true");
}

bool pl_kube_is_null(struct pl_slice value)
{
	return !value.n || pl_slice_is(value, "null");
}

bool pl_kube_is_text(struct pl_slice value, const char *text)
{
	return value.n >= 2 && *value.p == '"' &&
	       pl_slice_is((struct pl_slice){ value.p + 1, value.n - 2 }, text);
}

int64_t pl_kube_whole(struct pl_slice value, int64_t otherwise)
{
	char digits[24];
	int64_t n;

	if (!value.n || value.n >= sizeof digits)
		return otherwise;
	memcpy(digits, value.p, value.n);
	digits[value.n] = '\0';
	return pl_parse_i64(digits, &n) ? n : otherwise;
}

/* ---- quantities ---- */

static const struct {
	const char *suffix;
	int64_t factor; /* in thousandths */
} suffixes[] = {
	{ "", 1000 },
	{ "m", 1 },
	{ "k", 1000000 },
	{ "M", 1000000000 },
	{ "G", 1000000000000 },
	{ "T", 1000000000000000 },
	{ "P", 1000000000000000000 },
	{ "Ki", 1000LL << 10 },
	{ "Mi", 1000LL << 20 },
	{ "Gi", 1000LL << 30 },
	{ "Ti", 1000LL << 40 },
	{ "Pi", 1000LL << 50 },
	{ "e3", 1000000 },
	{ "e6", 1000000000 },
	{ "e9", 1000000000000 },
};

static bool factor_of(const char *suffix, int64_t *factor)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (pl_streq(suffixes[i].suffix, suffix) ||
		    (*suffix == 'E' && suffixes[i].suffix[0] == 'e' &&
		     pl_streq(suffixes[i].suffix + 1, suffix + 1))) {
			*factor = suffixes[i].factor;
			return true;
		}
	return false;
}

bool pl_kube_quantity(const char *text, int64_t *thousandths)
{
	const char *p = text + strspn(text, "0123456789"), *fraction = *p == '.' ? p + 1 : p;
	const char *suffix = fraction + strspn(fraction, "0123456789");
	int64_t factor, whole = 0, part = 0, scale = 1;

	if (p == text || !factor_of(suffix, &factor))
		return false;
	for (const char *q = text; q < p; q++)
		if (__builtin_mul_overflow(whole, (int64_t)10, &whole) ||
		    __builtin_add_overflow(whole, (int64_t)(*q - '0'), &whole))
			return false;
	/* three places are as many as a thousandth has */
	for (const char *q = fraction; q < suffix && scale < 1000; q++, scale *= 10)
		part = part * 10 + (*q - '0');
	return !__builtin_mul_overflow(whole, factor, &whole) &&
	       !__builtin_add_overflow(whole, factor / scale * part, thousandths);
}
