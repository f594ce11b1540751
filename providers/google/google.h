/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Google provider share. */
#ifndef PL_PROVIDERS_GOOGLE_GOOGLE_H
#define PL_PROVIDERS_GOOGLE_GOOGLE_H

#include "terraform/provider.h"

extern const struct pl_provider pl_provider_google;
extern const struct pl_kube_provider pl_google_live; /* live.c */

/* machine.c */
bool pl_google_machine(const char *type, struct pl_machine *out);

/* cluster.c */
void pl_google_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
extern const struct pl_field pl_google_cluster_fields[];

/* pool.c: facts of one pool, which stands at `prefix` ("", "node_pool[2].") of r. */
void pl_google_pool(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *prefix);
void pl_google_pool_row(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
extern const char *const pl_google_cluster_types[];
/* The system that an image type stands for; NULL: a type that nobody here knows. */
const char *pl_google_os_of(const char *image);
extern const char pl_google_containerd[]; /* why a version decides the runtime */
#define PL_GOOGLE_CLUSTER_KEY "name|id|self_link"

/*
 * place.c: where a pool's nodes will stand and how many those are; after its bounds are written.
 * `cluster`: the resource, NULL when it is not found.
 */
void pl_google_place(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *prefix,
		     struct pl_tf_resource *cluster);
/* The subnet that `path` of r names, as a list. */
void pl_google_subnets(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, enum pl_attr attr,
		       const char *path);

/* inline.c: pools that a cluster declares itself, after all pools of their own are known. */
void pl_google_gather(struct pl_tf *tf);

/* host.c */
void pl_google_instance(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_google_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_google_autoscalers(struct pl_tf *tf);

/* service.c */
void pl_google_sql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
/* Engine and version of "MYSQL_8_0_31". */
void pl_google_sql_version(struct pl_model *m, struct pl_object *o, const char *text, const char *path);
void pl_google_alloydb(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_google_bucket(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
bool pl_google_takes_images(struct pl_tf *tf, struct pl_tf_resource *r);
void pl_google_artifact_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_google_container_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* balancer.c */
bool pl_google_balances(struct pl_tf *tf, struct pl_tf_resource *r);
/* 4 or 7, by a target's type or link (".../targetHttpsProxies/x"); 0: it does not say. */
int pl_google_layer(const char *target);
/*
 * Of "443", "443-443" or "20-90" its ends and, of what lies between, the ports that architectures ask about (22, 80,
 * 443); returns how many, 0: it is no range.
 */
#define PL_GOOGLE_RANGE 5
size_t pl_google_range(struct pl_model *m, const char *text, const char *out[PL_GOOGLE_RANGE]);
void pl_google_forwarding_rule(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_google_finish(struct pl_model *m, struct pl_object *cluster);

#endif
