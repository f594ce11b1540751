/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AKS cluster's own API: the user's kubeconfig, as `az aks get-credentials` has it.  Where Entra ID lets users in, it
 * names kubelogin, which asks Entra for a token for AKS's server application; that is asked for here, with the
 * credentials that the source has already (kubelogin 0.2, read 2026-11).
 */
#include <string.h>

#include "azure/api.h"
#include "base/str.h"
#include "codec/codec.h"
#include "json/load.h"
#include "yaml/yaml.h"

#define READ_CREDENTIAL "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"

static const struct pl_yaml_node *first(const struct pl_yaml_node *root, const char *list, const char *member)
{
	const struct pl_yaml_node *all = pl_yaml_get(root, list);

	return all && all->kind == PL_YAML_SEQUENCE && all->count ? pl_yaml_get(all->items[0], member) : NULL;
}

/* The server application that the user has to have a token for; NULL: none, the kubeconfig lets in by itself. */
static const char *application_of(const struct pl_yaml_node *user)
{
	const struct pl_yaml_node *exec = pl_yaml_get(user, "exec"), *args = pl_yaml_get(exec, "args");
	const struct pl_yaml_node *old = pl_yaml_get(user, "auth-provider");

	if (old && pl_streq(pl_yaml_text(old, "name"), "azure"))
		return pl_yaml_text(pl_yaml_get(old, "config"), "apiserver-id");
	for (size_t i = 0; args && args->kind == PL_YAML_SEQUENCE && i + 1 < args->count; i++)
		if (pl_streq(args->items[i]->text, "--server-id"))
			return args->items[i + 1]->text;
	return NULL;
}

/* A UUID, or a name that can do no harm in a form or an argument. */
static bool is_application(const char *id)
{
	return *id != '-' && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(id);
}

static void reach_by_entra(struct pl_cloud *c, const struct pl_yaml_node *root, const char *application)
{
	const struct pl_azure *az = pl_azure_of(c);
	const struct pl_yaml_node *cluster = first(root, "clusters", "cluster");
	const char *server = pl_yaml_text(cluster, "server"), *ca = pl_yaml_text(cluster, "certificate-authority-data");
	pl_auto_wiped token = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	char how[160] = "";

	if (!server || !is_application(application))
		pl_cloud_problem(c, az->name, "unreadable", "the user's kubeconfig names no server, or an application that is none", NULL);
	else if (pl_azure_token(&az->place, application, pl_cloud_net(c), &token, how, &err))
		pl_cloud_problem(c, az->name, pl_err_word(err.code), err.text, NULL);
	else
		pl_cloud_reach_by_token(c, server, ca, token.data);
}

static void take_kubeconfig(struct pl_cloud *c, const struct pl_buf *text)
{
	struct pl_arena arena = { NULL };
	const struct pl_yaml_node *root = NULL;
	struct pl_err err = PL_ERR_INIT;
	const char *application;

	if (pl_yaml_parse_one(&arena, "the user's kubeconfig", text->data, text->len, &root, &err)) {
		pl_cloud_problem(c, pl_azure_of(c)->name, "unreadable", err.text, NULL);
	} else {
		application = application_of(first(root, "users", "user"));
		if (application)
			reach_by_entra(c, root, application);
		else
			pl_cloud_reach(c, (struct pl_slice){ text->data, text->len });
	}
	pl_arena_wipe(&arena);
}

static void credential_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *value = pl_cloud_get(a->json, "kubeconfigs[0].value");
	pl_auto_wiped text = PL_BUF_INIT;

	(void)arg;
	if (!json_is_string(value))
		return; /* a refusal is noted; a cluster without local accounts and Entra has none */
	pl_buf_reserve_exact(&text, json_string_length(value));
	if (pl_base64_decode(json_string_value(value), json_string_length(value), &text))
		take_kubeconfig(c, &text);
}

void pl_azure_reach(struct pl_cloud *c)
{
	const struct pl_azure *az = pl_azure_of(c);
	pl_auto_buf path = PL_BUF_INIT;

	if (!az->cluster)
		return;
	pl_buf_addf(&path, "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ContainerService/managedClusters/%s/"
		    "listClusterUserCredential?api-version=2025-10-01", az->subscription, az->group, az->name);
	pl_azure_post(c, READ_CREDENTIAL, az->name, path.data, "", credential_done, NULL);
}
