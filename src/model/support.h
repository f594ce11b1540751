/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a platform gives a Kubernetes version standard support, where only a table tells: CSV that
 * is compiled in, with the columns version (minor: 1.33) and until (YYYY-MM-DD, its last day).
 */
#ifndef PL_MODEL_SUPPORT_H
#define PL_MODEL_SUPPORT_H

#include "model/model.h"

struct pl_support {
	const char *provider;     /* whose clusters: "eks" */
	const char *whose;        /* for people: "EKS" */
	const char *csv;
	const unsigned long *len;
};

/* The day of a version in any spelling ("v1.29.3-eks-1"); false: the table has none. */
bool pl_support_until(const struct pl_support *s, const char *version, char day[11]);

/*
 * Gives a joined cluster of that provider the fact for each witness that knows its version, unless that
 * one said it itself (an API does).
 */
void pl_support_tell(struct pl_model *m, struct pl_object *cluster, const struct pl_support *s);

#endif
