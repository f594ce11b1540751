/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map from byte strings to pointers.  Keys are copied.  It has no order: whatever reaches a
 * report must be sorted by other means.
 */
#ifndef PL_BASE_MAP_H
#define PL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"

struct pl_map_slot;
struct pl_map {
	struct pl_map_slot *slots;
	size_t count, cap;
	struct pl_arena keys;
};

#define PL_MAP_INIT { NULL, 0, 0, { NULL } }

/* The value, or NULL when the key is absent. */
void *pl_map_get(const struct pl_map *m, const char *key, size_t len);
/* The place of the key's value, made (holding NULL) when absent; valid until the next put. */
void **pl_map_put(struct pl_map *m, const char *key, size_t len);
void pl_map_release(struct pl_map *m); /* the values are the caller's */

#endif
