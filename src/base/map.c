/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing: see map.h. */
#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct pl_map_slot {
	const char *key; /* NULL: free */
	size_t len;
	uint64_t hash;
	void *value;
};

/* FNV-1a, 64 bit (public domain constants). */
static uint64_t hash_of(const char *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3ULL;
	return h ^ h >> 32;
}

static struct pl_map_slot *find(const struct pl_map *m, const char *key, size_t len, uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);

	for (;; i = (i + 1) & (m->cap - 1)) {
		struct pl_map_slot *s = &m->slots[i];

		if (!s->key || (s->hash == hash && s->len == len && (!len || !memcmp(s->key, key, len))))
			return s;
	}
}

static void grow(struct pl_map *m)
{
	struct pl_map_slot *old = m->slots;
	size_t n = m->cap;

	m->cap = n ? n * 2 : 16;
	m->slots = pl_alloc(m->cap * sizeof *m->slots);
	for (size_t i = 0; i < n; i++)
		if (old[i].key)
			*find(m, old[i].key, old[i].len, old[i].hash) = old[i];
	free(old);
}

void *pl_map_get(const struct pl_map *m, const char *key, size_t len)
{
	return m->cap ? find(m, key, len, hash_of(key, len))->value : NULL;
}

void **pl_map_put(struct pl_map *m, const char *key, size_t len)
{
	uint64_t hash = hash_of(key, len);
	struct pl_map_slot *s;

	if (m->count * 4 >= m->cap * 3)
		grow(m);
	s = find(m, key, len, hash);
	if (!s->key) {
		*s = (struct pl_map_slot){ pl_arena_strndup(&m->keys, key, len), len, hash, NULL };
		m->count++;
	}
	return &s->value;
}

void pl_map_release(struct pl_map *m)
{
	free(m->slots);
	pl_arena_release(&m->keys);
	*m = (struct pl_map)PL_MAP_INIT;
}
