/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that aborts with a message when memory is out, and an arena whose contents are freed
 * together.  Nothing here returns NULL.
 */
#ifndef PL_BASE_ALLOC_H
#define PL_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *pl_alloc(size_t size);                          /* zeroed; free with free() */
void *pl_realloc(void *p, size_t count, size_t size); /* aborts when count * size overflows */
char *pl_strndup(const char *s, size_t n);

/*
 * Makes room for one more element of an array that doubles: `array` of `*cap` elements of `size`
 * bytes holds `len`.  Returns the array, moved or not; new elements are not cleared.
 */
void *pl_grow(void *array, size_t len, size_t *cap, size_t size);

struct pl_arena_chunk;
struct pl_arena {
	struct pl_arena_chunk *chunk;
};

void *pl_arena_alloc(struct pl_arena *a, size_t size); /* zeroed, aligned for any type */
char *pl_arena_strdup(struct pl_arena *a, const char *s); /* NULL gives NULL */
char *pl_arena_strndup(struct pl_arena *a, const char *s, size_t n);
char *pl_arena_strf(struct pl_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pl_arena_release(struct pl_arena *a); /* frees all; the arena can be used again */
void pl_arena_wipe(struct pl_arena *a);    /* the same, and zeroes all before */

/* Frees *p; for `pl_auto_free char *text = ...`. */
void pl_free_ptr(void *p);
#define pl_auto_free __attribute__((cleanup(pl_free_ptr)))

#endif
