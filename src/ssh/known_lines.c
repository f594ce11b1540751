/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of known_hosts, and an index of their names: see known_lines.h. */
#include "ssh/known_lines.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "ssh/pattern.h"

/* SHA-1's digest; OpenSSH makes salts of the same length and accepts no other. */
#define HASH_BYTES 20
#define BLOCK_BYTES 64

/* One line that has a name, and the one before it that has the same. */
struct name_use {
	size_t line;
	struct name_use *before;
};

void pl_known_lines_release(struct pl_known_lines *l)
{
	free(l->lines);
	free(l->hashed);
	free(l->patterns);
	pl_map_release(&l->exact);
	pl_arena_release(&l->arena);
}

static void push(size_t **array, size_t *count, size_t *cap, size_t value)
{
	*array = pl_grow(*array, *count, cap, sizeof **array);
	(*array)[(*count)++] = value;
}

static void lower_case(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

static void index_exact(struct pl_known_lines *l, const char *names, size_t line)
{
	pl_auto_free char *lower = pl_strndup(names, strlen(names));
	const char *name = lower;

	lower_case(lower);
	for (;;) {
		size_t n = strcspn(name, ",");
		struct name_use **slot = (struct name_use **)pl_map_put(&l->exact, name, n), *use;

		if (!*slot || (*slot)->line != line) {
			use = pl_arena_alloc(&l->arena, sizeof *use);
			use->line = line;
			use->before = *slot;
			*slot = use;
		}
		if (!name[n])
			return;
		name += n + 1;
	}
}

static void add(struct pl_known_lines *l, const struct pl_known_line *line)
{
	size_t i = l->count;

	l->lines = pl_grow(l->lines, l->count, &l->cap, sizeof *l->lines);
	l->lines[l->count++] = *line;
	if (line->names[0] == '|')
		push(&l->hashed, &l->hashed_count, &l->hashed_cap, i);
	else if (strpbrk(line->names, "*?!"))
		push(&l->patterns, &l->patterns_count, &l->patterns_cap, i);
	else
		index_exact(l, line->names, i);
}

/* ---- one line ---- */

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* The next word of [*p, end), and the blanks behind it passed. */
static struct pl_slice word(const char **p, const char *end)
{
	struct pl_slice w = { *p, 0 };

	while (*p < end && **p != ' ' && **p != '\t')
		++*p;
	w.n = (size_t)(*p - w.p);
	*p = skip_blanks(*p, end);
	return w;
}

static enum pl_known_marker marker_of(struct pl_slice w)
{
	if (pl_slice_is(w, "@revoked"))
		return PL_KNOWN_REVOKES;
	return pl_slice_is(w, "@cert-authority") ? PL_KNOWN_AUTHORITY : PL_KNOWN_MARKER_UNKNOWN;
}

static void parse_line(struct pl_known_lines *l, const char *p, const char *end, unsigned number)
{
	struct pl_known_line line = { .number = number };
	struct pl_slice names, type, key;

	while (end > p && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
		end--;
	p = skip_blanks(p, end);
	if (p == end || *p == '#')
		return;
	names = word(&p, end);
	if (*names.p == '@') {
		line.marker = marker_of(names);
		names = word(&p, end);
	}
	type = word(&p, end);
	key = word(&p, end);
	line.names = pl_arena_strndup(&l->arena, names.p, names.n);
	line.type = pl_arena_strndup(&l->arena, type.p, type.n);
	line.key = pl_arena_strndup(&l->arena, key.p, key.n);
	add(l, &line);
}

void pl_known_lines_parse(struct pl_known_lines *l, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned number = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		parse_line(l, text, stop, ++number);
		text = stop + 1;
	}
}

void pl_known_lines_add(struct pl_known_lines *l, const char *names, const char *type, const char *key)
{
	struct pl_known_line line = { pl_arena_strdup(&l->arena, names), pl_arena_strdup(&l->arena, type),
				      pl_arena_strdup(&l->arena, key), PL_KNOWN_PLAIN, 0 };

	add(l, &line);
}

/* ---- hashed names ---- */

/* SHA-1 ready for many salts; md is NULL where a policy forbids it: then no hashed name matches. */
struct hasher {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

static void begin_hashing(struct hasher *h)
{
	h->md = EVP_MD_fetch(NULL, "SHA1", NULL);
	h->ctx = h->md ? EVP_MD_CTX_new() : NULL;
}

static void end_hashing(struct hasher *h)
{
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
}
#define auto_hasher __attribute__((cleanup(end_hashing))) struct hasher

/* The salt as HMAC's key, mixed with `pad`, and what follows it. */
static bool hash_padded(const struct hasher *h, const unsigned char salt[HASH_BYTES], unsigned char pad,
			const void *bytes, size_t n, unsigned char out[HASH_BYTES])
{
	unsigned char block[BLOCK_BYTES];

	memset(block, pad, sizeof block);
	for (size_t i = 0; i < HASH_BYTES; i++)
		block[i] ^= salt[i];
	return EVP_DigestInit_ex2(h->ctx, h->md, NULL) && EVP_DigestUpdate(h->ctx, block, sizeof block) &&
	       EVP_DigestUpdate(h->ctx, bytes, n) && EVP_DigestFinal_ex(h->ctx, out, NULL);
}

/* HMAC-SHA1 (RFC 2104); OpenSSL's own makes a key of every salt and takes twice as long. */
static bool hmac(const struct hasher *h, const unsigned char salt[HASH_BYTES], const char *name,
		 unsigned char out[HASH_BYTES])
{
	unsigned char inner[HASH_BYTES];

	return h->ctx && hash_padded(h, salt, 0x36, name, strlen(name), inner) &&
	       hash_padded(h, salt, 0x5c, inner, sizeof inner, out);
}

/* The text between two bars, as HASH_BYTES bytes. */
static bool decode(const char *p, size_t n, unsigned char out[HASH_BYTES])
{
	/* 20 bytes are 27 digits and one '='; one block is 3 bytes */
	unsigned char bytes[HASH_BYTES + 1];

	if (n != 28 || EVP_DecodeBlock(bytes, (const unsigned char *)p, (int)n) != HASH_BYTES + 1)
		return false;
	memcpy(out, bytes, HASH_BYTES);
	return true;
}

static bool is_hash_of(const struct hasher *h, const char *hashed, const char *name)
{
	unsigned char salt[HASH_BYTES], hash[HASH_BYTES], mine[HASH_BYTES];
	const char *bar = pl_starts(hashed, "|1|") ? strchr(hashed + 3, '|') : NULL;

	return bar && decode(hashed + 3, (size_t)(bar - hashed) - 3, salt) &&
	       decode(bar + 1, strlen(bar + 1), hash) && hmac(h, salt, name, mine) &&
	       !memcmp(hash, mine, HASH_BYTES);
}

void pl_known_base64(const void *bytes, size_t n, struct pl_buf *out)
{
	pl_buf_reserve(out, (n + 2) / 3 * 4);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)out->data + out->len, bytes, (int)n);
}

void pl_known_hash_name(const char *name, struct pl_buf *out)
{
	auto_hasher h = { NULL, NULL };
	unsigned char salt[HASH_BYTES], hash[HASH_BYTES];

	begin_hashing(&h);
	if (RAND_bytes(salt, sizeof salt) != 1 || !hmac(&h, salt, name, hash)) {
		pl_buf_adds(out, name); /* a readable name is right too */
		return;
	}
	pl_buf_adds(out, "|1|");
	pl_known_base64(salt, sizeof salt, out);
	pl_buf_addc(out, '|');
	pl_known_base64(hash, sizeof hash, out);
}

/* ---- finding ---- */

static void found(struct pl_known_matches *m, const struct pl_known_line *line)
{
	m->items = pl_grow(m->items, m->count, &m->cap, sizeof *m->items);
	m->items[m->count++] = line;
}

static int by_place(const void *a, const void *b)
{
	const struct pl_known_line *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

static void find_hashed(const struct pl_known_lines *l, const char *name, struct pl_known_matches *out)
{
	auto_hasher h = { NULL, NULL };

	if (l->hashed_count)
		begin_hashing(&h);
	for (size_t i = 0; i < l->hashed_count; i++)
		if (is_hash_of(&h, l->lines[l->hashed[i]].names, name))
			found(out, &l->lines[l->hashed[i]]);
}

void pl_known_lines_find(const struct pl_known_lines *l, const char *name, struct pl_known_matches *out)
{
	size_t start = out->count;
	const struct name_use *use = pl_map_get(&l->exact, name, strlen(name));

	for (; use; use = use->before)
		found(out, &l->lines[use->line]);
	for (size_t i = 0; i < l->patterns_count; i++)
		if (pl_pattern_list(l->lines[l->patterns[i]].names, name, true) == PL_PATTERN_YES)
			found(out, &l->lines[l->patterns[i]]);
	find_hashed(l, name, out);
	if (out->count - start > 1)
		qsort(out->items + start, out->count - start, sizeof *out->items, by_place);
}

void pl_known_matches_release(struct pl_known_matches *m)
{
	free(m->items);
}
