/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of each cluster by kind, so that a row looks only at its own. */
#ifndef PL_EVAL_INDEX_H
#define PL_EVAL_INDEX_H

#include "model/model.h"

struct pl_index {
	const struct pl_model *model;
	const struct pl_object **clusters; /* count of them; one NULL when the model has none */
	size_t count;
	const struct pl_object **objects;  /* by cluster, then in the model's order */
	size_t *start;                     /* of each cluster's, then of those of any, then the end */
	bool *source_told;                 /* the source told of some cluster */
};

struct pl_index pl_index_make(const struct pl_model *m);
void pl_index_release(struct pl_index *x);

/* Objects of the i-th cluster; i == count: those that may belong to any. */
const struct pl_object *const *pl_index_objects(const struct pl_index *x, size_t i, size_t *n);
/* Did this run ask the witness about the i-th cluster? */
/* Does the witness speak only of what is planned for cluster i, and has seen nothing of it? */
bool pl_index_ahead(const struct pl_index *x, size_t i, enum pl_witness w);
bool pl_index_asked(const struct pl_index *x, size_t i, enum pl_witness w);

#endif
