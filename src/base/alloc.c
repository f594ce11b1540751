/* SPDX-License-Identifier: Apache-2.0 */
/* Aborting allocation and the arena: see alloc.h. */
#include "base/alloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Chunks double up to the larger size, so that an arena of three names stays small. */
#define FIRST_CHUNK_BYTES ((size_t)1 << 10)
#define CHUNK_BYTES ((size_t)64 << 10)

struct pl_arena_chunk {
	struct pl_arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static void out_of_memory(void)
{
	fputs("plumbline: out of memory\n", stderr);
	abort();
}

void *pl_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *pl_realloc(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	p = realloc(p, count && size ? count * size : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *pl_strndup(const char *s, size_t n)
{
	char *copy = pl_alloc(n + 1);

	if (n)
		memcpy(copy, s, n);
	return copy;
}

void *pl_grow(void *array, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	return pl_realloc(array, *cap, size);
}

/* A new chunk for an object of `size` bytes, linked into the arena. */
static struct pl_arena_chunk *add_chunk(struct pl_arena *a, size_t size)
{
	size_t usual = a->chunk ? a->chunk->size * 2 : FIRST_CHUNK_BYTES;
	struct pl_arena_chunk *c;

	if (usual > CHUNK_BYTES)
		usual = CHUNK_BYTES;
	c = pl_alloc(sizeof *c + (size > usual / 4 ? size : usual));
	if (size <= usual / 4 || !a->chunk) {
		c->size = size <= usual / 4 ? usual : size;
		c->next = a->chunk;
		a->chunk = c;
	} else {
		/* a large object gets a chunk of its own behind the one being filled */
		c->size = size;
		c->next = a->chunk->next;
		a->chunk->next = c;
	}
	return c;
}

void *pl_arena_alloc(struct pl_arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct pl_arena_chunk *c = a->chunk;
	void *p;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + align - 1) / align * align;
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	p = c->data + c->used;
	c->used += size;
	return p;
}

char *pl_arena_strndup(struct pl_arena *a, const char *s, size_t n)
{
	char *copy = pl_arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, s, n);
	return copy;
}

char *pl_arena_strdup(struct pl_arena *a, const char *s)
{
	return s ? pl_arena_strndup(a, s, strlen(s)) : NULL;
}

char *pl_arena_strf(struct pl_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = pl_arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void pl_arena_release(struct pl_arena *a)
{
	while (a->chunk) {
		struct pl_arena_chunk *next = a->chunk->next;

		free(a->chunk);
		a->chunk = next;
	}
}

void pl_arena_wipe(struct pl_arena *a)
{
	for (struct pl_arena_chunk *c = a->chunk; c; c = c->next)
		explicit_bzero(c->data, c->used);
	pl_arena_release(a);
}

void pl_free_ptr(void *p)
{
	free(*(void **)p);
}
