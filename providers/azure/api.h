/* SPDX-License-Identifier: Apache-2.0 */
/* Azure Resource Manager as aks://SUBSCRIPTION/RESOURCE_GROUP/CLUSTER asks it. */
#ifndef PL_PROVIDERS_AZURE_API_H
#define PL_PROVIDERS_AZURE_API_H

#include "base/buf.h"
#include "cloud/provider.h"

extern const struct pl_cloud_provider pl_azure_cloud;

/* ---- credentials ---- */

struct pl_azure_place {
	const char *login, *arm; /* without a slash at the end */
};
/*
 * The cloud that ARM_METADATA_HOSTNAME or ARM_ENVIRONMENT names (azurerm's words), with AZURE_AUTHORITY_HOST in the
 * place of its login; texts in the arena.  -1: PL_E_USAGE, an unknown word; PL_E_AUTH, a host that does not say.
 */
int pl_azure_place(struct pl_arena *a, struct pl_cloud_net *net, struct pl_azure_place *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/*
 * A token for Resource Manager, or for another application by its ID (NULL: none), by the first way that is configured: a client's certificate, its secret, a federated
 * token, a managed identity, the Azure CLI; variables of azurerm (ARM_*) before those of the SDKs (AZURE_*).  What
 * `out` had is replaced; `how` gets for people whose it is.  -1: PL_E_AUTH says what was tried and found.
 */
int pl_azure_token(const struct pl_azure_place *place, const char *application, struct pl_cloud_net *net, struct pl_buf *out, char how[160],
		   struct pl_err *err) __attribute__((warn_unused_result));
/* certificate.c: the assertion of a client that has a certificate (PEM, or PKCS#12 with its password or NULL). */
int pl_azure_assertion(const char *file, const char *password, const char *audience, const char *client,
		       const struct pl_wait *w, struct pl_buf *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* getenv() of the first of two names that is set and not empty; `b` may be NULL. */
const char *pl_azure_env(const char *a, const char *b);

/* ---- calls ---- */

struct pl_azure_forecast; /* predict.c */

/* What is known of the cluster while it is asked; texts live in the model. */
struct pl_azure {
	struct pl_arena arena;
	struct pl_azure_place place;
	struct pl_buf token;
	char how[160];
	const char *subscription, *group, *name;
	const char *location;      /* "westeurope"; NULL: the cluster is not there */
	const char *node_group;    /* the resource group of its nodes, made by AKS; NULL: not known */
	struct pl_object *cluster;
	const char *version;
	const char *no_pools;      /* why its pools may not be all that are shown; NULL: they are */
	struct pl_azure_forecast *forecast;
};
struct pl_azure *pl_azure_of(struct pl_cloud *c);

/* GET of a path of Resource Manager, with its query; `permission` is what the operation is called in roles. */
void pl_azure_get(struct pl_cloud *c, const char *permission, const char *object, const char *path, pl_cloud_done *done,
		  void *arg);
/* POST of what only reads, all the same. */
void pl_azure_post(struct pl_cloud *c, const char *permission, const char *object, const char *path, const char *body,
		   pl_cloud_done *done, void *arg);
/* The path of a list's next page, which Azure gives as an address: NULL where there is none, or it leads elsewhere. */
const char *pl_azure_next(struct pl_cloud *c, json_t *answer);
/* May it stand in a path? */
bool pl_azure_is_name(const char *name);
/* "westeurope" of "West Europe". */
const char *pl_azure_location(struct pl_cloud *c, const char *text);

void pl_aks_ask(struct pl_cloud *c);
void pl_azure_ask_belongings(struct pl_cloud *c);
/* reach.c: for --with-cluster */
void pl_azure_reach(struct pl_cloud *c);
void pl_aks_predict(struct pl_cloud *c);
void pl_azure_forecast_free(struct pl_azure_forecast *f); /* NULL is fine */

#endif
