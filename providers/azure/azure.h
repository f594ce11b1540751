/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Azure provider share. */
#ifndef PL_PROVIDERS_AZURE_AZURE_H
#define PL_PROVIDERS_AZURE_AZURE_H

#include "terraform/provider.h"

extern const struct pl_provider pl_provider_azure;
extern const struct pl_kube_provider pl_azure_live; /* live.c */

/* provider.c */
bool pl_azure_machine(const char *type, struct pl_machine *out);

/* cluster.c */
extern const struct pl_field pl_azure_cluster_fields[];
void pl_azure_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_own_network(struct pl_model *m, struct pl_object *cluster); /* after joining */

/* pool.c: facts of one pool, which stands at `prefix` ("" or "default_node_pool[0].") of r. */
extern const char *const pl_azure_cluster_types[];
#define PL_AZURE_CLUSTER_KEY "id|name"
void pl_azure_pool(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		   const char *prefix);
void pl_azure_pool_row(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* The system that an OS SKU stands for; NULL: one that nobody here knows. */
const char *pl_azure_os_of(const char *sku);

/* host.c */
void pl_azure_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_classic_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_scale_set(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* service.c */
void pl_azure_mysql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_mariadb(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_postgresql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_mssql(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
bool pl_azure_holds_blobs(struct pl_tf *tf, struct pl_tf_resource *r);
bool pl_azure_stands_alone(struct pl_tf *tf, struct pl_tf_resource *r);
void pl_azure_storage(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_registry(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* balancer.c */
bool pl_azure_balances(struct pl_tf *tf, struct pl_tf_resource *r);
void pl_azure_lb_rule(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_gateway(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_azure_finish(struct pl_model *m, struct pl_object *cluster);

#endif
