/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations of Services and Ingresses that contradict each other or do nothing on a cloud: a
 * table of rules, which each cloud brings, judged on the objects of a cluster.
 */
#ifndef PL_MODEL_ANNOTATION_H
#define PL_MODEL_ANNOTATION_H

#include "model/model.h"

enum pl_annotation_when {
	PL_ANNOTATION_ALONE,   /* `key` is there */
	PL_ANNOTATION_WITH,    /* ... together with `other` */
	PL_ANNOTATION_WITHOUT, /* ... and `other` is not */
	PL_ANNOTATION_ON,      /* ... on an object whose `type` is `other`: service, ingress */
};

/* A key that ends in '*' stands for all that begin so; a value NULL for any value. */
struct pl_annotation_rule {
	const char *key, *value;
	enum pl_annotation_when when;
	const char *other, *other_value;
	const char *problem; /* follows the annotation's name: "does nothing on GKE" */
};

/*
 * Writes annotation_problems of every balancer of `cluster` whose annotations are known, from rules
 * that end with a NULL key.  Without rules (NULL) only who has no annotations has no problems.
 */
void pl_annotation_judge(struct pl_model *m, struct pl_object *cluster,
			 const struct pl_annotation_rule *rules);

#endif
