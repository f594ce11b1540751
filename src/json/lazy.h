/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object of which only the members that somebody asks for become trees: of a resource with forty
 * attributes, some of them whole documents, a table names five.
 */
#ifndef PL_JSON_LAZY_H
#define PL_JSON_LAZY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"

struct pl_json_lazy_member;
struct pl_json_lazy {
	struct pl_slice text; /* a value that pl_scan_* has validated; n 0: nothing */
	json_t *whole;        /* owned; instead of a text, or of one that is no object */
	struct pl_json_lazy_member *members;
	size_t count, cap;
	bool indexed;
};

/*
 * The member's value, which `o` keeps; NULL when it is absent or o is no object.  Of duplicate keys
 * the last wins.  *odd is set as by pl_json_load().
 */
json_t *pl_json_lazy_get(struct pl_json_lazy *o, struct pl_slice name, bool *odd);
/*
 * The member as such an object again, when it is an object or a list of one object (a block) of which
 * nobody has the tree yet; else NULL.  It belongs to `o`.
 */
struct pl_json_lazy *pl_json_lazy_block(struct pl_json_lazy *o, struct pl_slice name, bool *odd);
/* Is it the value `true`, as a mirror of what is unknown or sensitive may be as a whole? */
bool pl_json_lazy_is_true(const struct pl_json_lazy *o);
/* Lets go of all trees; `o` holds nothing then. */
void pl_json_lazy_release(struct pl_json_lazy *o);

#endif
