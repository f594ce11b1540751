/* SPDX-License-Identifier: Apache-2.0 */
/* Azure Resource Manager: addresses, tokens, refusals, and the operations that all calls take. */
#include "azure/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "json/load.h"
#include "json/write.h"

struct pl_azure *pl_azure_of(struct pl_cloud *c)
{
	return pl_cloud_ctx(c);
}

/* ---- calls ---- */

void pl_azure_get(struct pl_cloud *c, const char *permission, const char *object, const char *path, pl_cloud_done *done,
		  void *arg)
{
	pl_auto_buf url = PL_BUF_INIT;

	pl_buf_addf(&url, "%s%s", pl_azure_of(c)->place.arm, path);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = permission, .object = object, .service = "arm", .url = url.data,
						  .done = done, .arg = arg });
}

void pl_azure_post(struct pl_cloud *c, const char *permission, const char *object, const char *path, const char *body,
		   pl_cloud_done *done, void *arg)
{
	pl_auto_buf url = PL_BUF_INIT;

	pl_buf_addf(&url, "%s%s", pl_azure_of(c)->place.arm, path);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = permission, .object = object, .service = "arm", .method = "POST",
						  .url = url.data, .body = body, .type = *body ? "application/json" : NULL,
						  .done = done, .arg = arg });
}

const char *pl_azure_next(struct pl_cloud *c, json_t *answer)
{
	const char *next = pl_cloud_text(c, answer, "nextLink"), *arm = pl_azure_of(c)->place.arm;
	size_t n = strlen(arm);

	if (!next)
		return NULL;
	if (!strncmp(next, arm, n) && next[n] == '/')
		return next + n;
	/* the token goes nowhere else, whatever the answer says */
	pl_cloud_incomplete(c, ~0U, "the next page of a list is said to be at another host, which is not asked");
	return NULL;
}

const char *pl_azure_location(struct pl_cloud *c, const char *text)
{
	char *name = pl_arena_strdup(&pl_cloud_model(c)->arena, text), *to = name;

	for (const char *p = text; *p; p++)
		if (*p != ' ')
			*to++ = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	*to = '\0';
	return name;
}

/* ---- how we are let in ---- */

static int sign(void *ctx, const struct pl_cloud_call *call, struct pl_cloud_headers *out, struct pl_err *err)
{
	const struct pl_azure *az = ctx;
	pl_auto_wiped bearer = PL_BUF_INIT;

	(void)call;
	(void)err;
	pl_buf_reserve_exact(&bearer, az->token.len + 8);
	pl_buf_addf(&bearer, "Bearer %s", az->token.data);
	pl_cloud_header(out, "Authorization", bearer.data);
	return 0;
}

static int renew(void *ctx, struct pl_cloud_net *net, struct pl_err *err)
{
	struct pl_azure *az = ctx;

	return pl_azure_token(&az->place, NULL, net, &az->token, az->how, err);
}

/* Some of AKS's own answers have no wrapper around the error. */
static void refusal(const struct pl_http_answer *a, const json_t *json, struct pl_cloud_refusal *out)
{
	json_t *wrapped = json_object_get(json, "error");
	const json_t *error = wrapped ? wrapped : json;
	const char *code = pl_json_member_str(error, "code"), *message = pl_json_member_str(error, "message");

	snprintf(out->code, sizeof out->code, "%s", code ? code : "");
	snprintf(out->message, sizeof out->message, "%.*s", message ? (int)strcspn(message, "\r\n") : 0, message ? message : "");
	out->expired = a->status == 401;
	if (pl_streq(code, "MissingSubscriptionRegistration"))
		out->outcome = PL_CLOUD_OFF;
	else if (pl_streq(code, "SubscriptionNotFound"))
		out->outcome = PL_CLOUD_REFUSED;
}

static const struct pl_cloud_api api = { sign, renew, refusal };

/* ---- a source ---- */

bool pl_azure_is_name(const char *name)
{
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.()") == strlen(name) && *name != '.';
}

static int open_source(struct pl_cloud *c, struct pl_err *err)
{
	struct pl_azure *az = pl_alloc(sizeof *az);

	az->token = (struct pl_buf)PL_BUF_INIT;
	az->subscription = pl_cloud_part(c, 0);
	az->group = pl_cloud_part(c, 1);
	az->name = pl_cloud_part(c, 2);
	pl_cloud_let_in(c, &api, az);
	pl_cloud_about(c, az->name, NULL, az->subscription);
	for (size_t i = 0; i < 3; i++)
		if (!pl_azure_is_name(pl_cloud_part(c, i)))
			return pl_err_set(err, PL_E_USAGE, "'%s' is no name of a subscription, resource group or cluster; write "
					  "aks://SUBSCRIPTION/RESOURCE_GROUP/CLUSTER", pl_cloud_part(c, i));
	if (pl_azure_place(&az->arena, pl_cloud_net(c), &az->place, err) ||
	    pl_azure_token(&az->place, NULL, pl_cloud_net(c), &az->token, az->how, err))
		return -1;
	pl_cloud_trace(c, "credentials: %s", az->how);
	return 0;
}

static void close_source(struct pl_cloud *c)
{
	struct pl_azure *az = pl_azure_of(c);

	pl_azure_forecast_free(az->forecast);
	pl_buf_wipe(&az->token);
	pl_arena_wipe(&az->arena);
	free(az);
}

/* ---- what it takes ---- */

static const char *const permissions[] = {
	"Microsoft.Compute/locations/usages/read",
	"Microsoft.Compute/skus/read",
	"Microsoft.ContainerRegistry/registries/read",
	"Microsoft.ContainerService/locations/kubernetesVersions/read",
	"Microsoft.ContainerService/managedClusters/agentPools/read",
	"Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
	"Microsoft.ContainerService/managedClusters/read",
	"Microsoft.DBforMySQL/flexibleServers/read",
	"Microsoft.Network/applicationGateways/read",
	"Microsoft.Network/loadBalancers/read",
	"Microsoft.Network/publicIPAddresses/read",
	"Microsoft.Network/virtualNetworks/subnets/read",
	"Microsoft.Resources/subscriptions/resourceGroups/resources/read",
	"Microsoft.Storage/checknameavailability/read",
	"Microsoft.Storage/storageAccounts/read",
	NULL,
};

static void role(struct pl_buf *out)
{
	struct pl_json_out w = PL_JSON_OUT(out);

	pl_json_open(&w, '{');
	pl_json_member(&w, "Name", "plumbline");
	pl_json_member_bool(&w, "IsCustom", true);
	pl_json_member(&w, "Description", "What plumbline reads of an AKS cluster and of what a plan would meet.");
	pl_json_member_open(&w, "Actions", '[');
	for (const char *const *p = permissions; *p; p++)
		pl_json_str(&w, *p);
	pl_json_close(&w, ']');
	pl_json_member_open(&w, "AssignableScopes", '[');
	pl_json_str(&w, "/subscriptions/SUBSCRIPTION");
	pl_json_close(&w, ']');
	pl_json_close(&w, '}');
	pl_buf_addc(out, '\n');
}

const struct pl_cloud_provider pl_azure_cloud = {
	.scheme = "aks", .form = "aks://SUBSCRIPTION/RESOURCE_GROUP/CLUSTER", .parts = 3, .permissions = permissions,
	.open = open_source, .ask = pl_aks_ask, .predict = pl_aks_predict, .reach = pl_azure_reach, .close = close_source,
	.role = role,
};
