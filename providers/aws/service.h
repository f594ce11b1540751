/* SPDX-License-Identifier: Apache-2.0 */
/* Balancers, databases, buckets and registries of AWS. */
#ifndef PL_PROVIDERS_AWS_SERVICE_H
#define PL_PROVIDERS_AWS_SERVICE_H

#include "model/annotation.h"
#include "terraform/provider.h"

/* balancer.c */
bool pl_aws_listens(struct pl_tf *tf, struct pl_tf_resource *r);
void pl_aws_listener(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_aws_classic(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* annotations.c: ends with a NULL key */
extern const struct pl_annotation_rule pl_aws_annotation_rules[];

/* service.c */
void pl_aws_database(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_aws_bucket(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_aws_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

#endif
