/* SPDX-License-Identifier: Apache-2.0 */
/* What azurerm_kubernetes_cluster says of the cluster, and its default pool. */
#include "azure/azure.h"
#include "base/scalar.h"
#include "base/str.h"

static const char own_network[] = "network_profile[0].network_plugin"; /* "none" */

const struct pl_field pl_azure_cluster_fields[] = {
	{ "location", PL_CLUSTER_LOCATION, PL_AS_TEXT, NULL, NULL },
	{ "automatic_upgrade_channel|automatic_channel_upgrade", PL_CLUSTER_CHANNEL, PL_AS_LOWER,
	  NULL, NULL },
	{ "network_profile[0].load_balancer_sku", PL_CLUSTER_LB_SKU, PL_AS_LOWER, "standard",
	  "AKS's default load balancer" },
	{ 0 },
};

/* What was asked for, or what runs where that is newer (a channel moved it) or nothing was asked. */
static void add_version(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field fields[] = {
		{ "kubernetes_version", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL,
		  "AKS picks the version" },
		{ "current_kubernetes_version", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL, NULL },
	};
	const char *asked = pl_tf_text(tf, r, fields[0].path);
	const char *real = pl_tf_text(tf, r, fields[1].path);
	struct pl_version a, b;
	bool has_asked = asked && pl_version_parse(asked, &a);
	bool has_real = real && pl_version_parse(real, &b);
	bool newer = has_real && (!has_asked || pl_version_cmp(&b, &a) > 0);
	struct pl_tf_value v = pl_tf_get(tf, r, fields[newer].path);

	pl_tf_fact(tf, r, o, &v, &fields[newer]);
}

static void add_network_policy(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field field = { "network_profile[0].network_policy",
						  PL_CLUSTER_NETWORK_POLICY, PL_AS_LOWER, "none",
						  "AKS installs no policy engine unless asked" };
	static const char dataplane[] =
		"network_profile[0].network_data_plane|network_profile[0].ebpf_data_plane";
	struct pl_tf_value v = pl_tf_get(tf, r, field.path), plane = pl_tf_get(tf, r, dataplane);
	const char *asked = pl_tf_text(tf, r, field.path);
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (!(asked && *asked) && pl_strieq(pl_tf_text(tf, r, own_network), "none")) {
		pl_fact_unknown(m, o, PL_CLUSTER_NETWORK_POLICY,
				"network_plugin is \"none\": the cluster installs its network",
				own_network);
	} else if (!(asked && *asked) && pl_strieq(pl_tf_text(tf, r, dataplane), "cilium")) {
		f = pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "cilium", plane.path);
		f->basis = PL_INFERRED;
		f->note = "AKS refuses every other policy with Cilium's data plane";
	} else {
		pl_tf_fact(tf, r, o, &v, &field);
	}
}

/* What nobody but the cluster itself decides: Calico does, when it is installed. */
void pl_azure_own_network(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *had = pl_object_fact(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);
	const struct pl_fact *name;
	struct pl_fact *f;

	if (!had || had->known || !pl_streq(had->origin.path, own_network))
		return;
	for (const struct pl_object *o = cluster->things; o; o = o->next_thing) {
		if (o->kind != PL_COMPONENT)
			continue;
		name = pl_object_fact(o, PL_COMPONENT_NAME, PL_PLAN);
		if (!name || !name->known || !pl_streq(name->value.s, "calico"))
			continue;
		pl_object_forget(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);
		f = pl_fact_text(m, cluster, PL_CLUSTER_NETWORK_POLICY, "calico", NULL);
		f->basis = PL_INFERRED;
		f->note = "the cluster brings its own network, and Calico is installed";
		f->origin = name->origin;
		return;
	}
}

/* The subscription stands in the id, which is known after the first apply. */
static void add_account(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char head[] = "/subscriptions/";
	const char *id = pl_tf_text(tf, r, "id"), *rest;
	struct pl_model *m = pl_tf_model(tf);

	if (!id || !pl_starts(id, head))
		return;
	rest = id + strlen(head);
	pl_fact_text(m, o, PL_CLUSTER_ACCOUNT,
		     pl_model_strf(m, "%.*s", (int)strcspn(rest, "/"), rest), "id");
}

static void add_default_pool(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char name_path[] = "default_node_pool[0].name";
	bool secret = pl_tf_get(tf, r, name_path).sensitive;
	const char *name = secret ? NULL : pl_tf_text(tf, r, name_path);
	struct pl_object *pool;

	if (pl_tf_get(tf, r, "default_node_pool").state == PL_TF_UNSET ||
	    (!pl_tf_count(tf, r, "default_node_pool") &&
	     pl_tf_get(tf, r, "default_node_pool").state == PL_TF_SET))
		return;
	pool = pl_tf_object(tf, r, PL_POOL, name ? name : "default_node_pool");
	pool->cluster = o;
	/* the same as a pool resource of another source would have */
	if (name)
		pool->identity = pl_model_strf(pl_tf_model(tf),
					       "azurerm_kubernetes_cluster_node_pool/%s", name);
	pl_azure_pool(tf, r, pool, "default_node_pool[0].");
}

void pl_azure_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION, "aks", NULL);
	add_account(tf, r, o);
	add_version(tf, r, o);
	add_network_policy(tf, r, o);
	pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster", NULL);
	f = pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL);
	f->basis = PL_DEFAULT;
	f->note = "AKS gives Services of type LoadBalancer an Azure load balancer";
	add_default_pool(tf, r, o);
}
