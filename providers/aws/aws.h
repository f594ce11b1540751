/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the AWS provider share. */
#ifndef PL_PROVIDERS_AWS_AWS_H
#define PL_PROVIDERS_AWS_AWS_H

#include "terraform/provider.h"

extern const struct pl_provider pl_provider_aws;
extern const struct pl_kube_provider pl_aws_live; /* live.c */

/* cluster.c */
extern const struct pl_field pl_aws_cluster_fields[];
extern const char *const pl_aws_cluster_types[]; /* as pl_tf_row wants them */
#define PL_AWS_CLUSTER_KEY "name|id|arn"
void pl_aws_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
extern const struct pl_field pl_aws_addon_fields[];
void pl_aws_finish(struct pl_model *m, struct pl_object *cluster);

/*
 * What launches the instances of a group: a launch template or configuration, and how it was found.
 * Of its settings and the group's own EKS and EC2 refuse some together, so whichever is known decides.
 */
struct pl_aws_launch {
	enum { PL_AWS_LAUNCH_NONE, PL_AWS_LAUNCH_FOUND, PL_AWS_LAUNCH_HIDDEN } state;
	struct pl_tf_resource *r; /* FOUND */
	const char *how;          /* FOUND: NULL when certain */
	const char *path;         /* the attribute that names it */
};

/* launch.c: the template that the block at `path` ("launch_template") of r names. */
struct pl_aws_launch pl_aws_launch(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);
/* Text that is set and not empty: in states an unset attribute of a template is "". */
const char *pl_aws_text(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);
/* Operating system from the image that r names at `path` ("image_id", "ami"). */
void pl_aws_image(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path);
/* The root disk of a template, or unknown. */
void pl_aws_template_disk(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
/* Its boot text, read once: sets r->boot. */
struct pl_tf_boot *pl_aws_template_boot(struct pl_tf *tf, struct pl_tf_resource *r);
bool pl_aws_is_spot(struct pl_tf *tf, struct pl_tf_resource *r);

/* runtime.c: container runtime of an EKS node, from its system, version and bootstrap. */
void pl_aws_runtime(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *version, const struct pl_tf_boot *boot);
extern const char pl_aws_containerd[]; /* why a version decides it */

/* place.c: of a group, from the list of subnets at `path`; and what an update adds, after that. */
void pl_aws_group_place(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path);
void pl_aws_group_surge(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* pool.c */
void pl_aws_node_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
/* The system that an AMI type (AL2023_x86_64_STANDARD) stands for; NULL: CUSTOM names none. */
const char *pl_aws_os_of_type(const char *type);
void pl_aws_fargate(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* host.c: instances and groups of them; k3s or EKS may claim them. */
void pl_aws_instance(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_aws_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

#endif
