/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: facts that are put in as they are, and runs of them. */
#ifndef PL_MODEL_INTERNAL_H
#define PL_MODEL_INTERNAL_H

#include "model/model.h"

/* The facts of one attribute and witness stand together; a new one goes behind `last`. */
struct pl_fact_run {
	enum pl_attr attr;
	enum pl_witness witness;
	struct pl_fact *first, *last;
};

/* Puts a copy of *f into o's facts, in its place; texts and value are borrowed. */
struct pl_fact *pl_fact_put(struct pl_model *m, struct pl_object *o, const struct pl_fact *f);
/* A copy of the value in the model's arena, maps sorted. */
struct pl_value pl_value_copy(struct pl_model *m, const struct pl_value *v);
/* The value of a map's key, or a word in place of one that is named like a secret. */
const char *pl_pair_shown(const struct pl_pair *p);

#endif
