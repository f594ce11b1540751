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
/* "mysql" for "aurora-mysql"; RDS's own name where there is no other. */
const char *pl_aws_engine(const char *name);
/* "5.7" of "5.7.mysql_aurora.2.11.3"; NULL when no number leads. */
const char *pl_aws_engine_version(struct pl_model *m, const char *text);
/* The layer of a listener's protocol; 0: it carries neither HTTP nor SSH of a cluster. */
int pl_aws_layer(const char *protocol);

#endif
