/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that say which attribute of an answer becomes which attribute of an object: what every reader
 * of JSON (plans, states, the clouds' APIs) has in common.
 */
#ifndef PL_MODEL_FIELD_H
#define PL_MODEL_FIELD_H

#include <jansson.h>
#include <stdbool.h>

#include "model/model.h"

/* How the JSON of an attribute becomes a value. */
enum pl_as {
	PL_AS_TEXT,    /* string, number or bool, as text; "" is what a state has for an unset one */
	PL_AS_LOWER,   /* the same in lower case, '_' as '-' (SPOT, ON_DEMAND) */
	PL_AS_INT,     /* number, or a string holding one */
	PL_AS_BOOL,
	PL_AS_GIB,     /* a number of GiB, as bytes */
	PL_AS_MIB,
	PL_AS_LABELS,  /* object of scalars; null and {} are the empty map, which is known */
	PL_AS_LIST,    /* list of scalars, as texts */
};

/* One attribute: where it is, what it becomes, what the provider documents when nobody sets it. */
struct pl_field {
	const char *path; /* relative to the prefix; '|' separates alternatives */
	enum pl_attr attr;
	enum pl_as as;
	const char *unset;      /* documented default, as text of the final value; NULL: see unset_note */
	const char *unset_note; /* with a default: whose it is ("GKE's default image type"); without: why
				   it stays unknown ("the release channel decides"); NULL: no fact */
};

/*
 * The value that the JSON holds; out->type is the caller's, the rest of *out must be zero.  False: it is
 * nothing of that sort.  Texts are copied into the arena.
 */
bool pl_value_read(struct pl_arena *a, enum pl_as as, json_t *j, struct pl_value *out);

/*
 * The fact of an attribute that nobody set: the documented default, or unknown with the note; NULL where
 * the row has neither.
 */
struct pl_fact *pl_field_unset(struct pl_model *m, struct pl_object *o, const char *path,
			       const struct pl_field *field);

#endif
