/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named checks: what cannot be said by comparing one object's attribute with a value, because
 * objects must be compared with each other.  An architecture names one as `check: NAME`.
 */
#ifndef PL_CHECK_CHECK_H
#define PL_CHECK_CHECK_H

#include "model/model.h"

enum pl_check_truth { PL_CHECK_FALSE, PL_CHECK_UNKNOWN, PL_CHECK_TRUE };

struct pl_check_answer {
	const char *expected; /* as a person reads it */
	const char *actual;   /* NULL when unknown or sensitive */
	const struct pl_fact *fact; /* the fact that decided, for its origin; or NULL */
	const char *subject;        /* what that fact is about; NULL: its attribute */
};

struct pl_check {
	const char *name, *summary;
	enum pl_kind on;
	/* Judges `o` as witness `w` saw it.  Texts of the answer come from the arena. */
	enum pl_check_truth (*judge)(const struct pl_object *o, enum pl_witness w,
				     struct pl_arena *arena, struct pl_check_answer *out);
};

/* The check of that name, or NULL; the list ends with a NULL name. */
const struct pl_check *pl_check_find(const char *name);
extern const struct pl_check pl_checks[];

#endif
