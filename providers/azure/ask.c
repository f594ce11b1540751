/* SPDX-License-Identifier: Apache-2.0 */
/* What AKS says of a cluster and its agent pools. */
#include <string.h>

#include "azure/api.h"
#include "azure/azure.h"
#include "base/str.h"
#include "json/load.h"

#define AKS_VERSION "2025-10-01"
#define READ_CLUSTER "Microsoft.ContainerService/managedClusters/read"
#define READ_POOLS "Microsoft.ContainerService/managedClusters/agentPools/read"

/* ---- pools ---- */

static const struct pl_field pool_fields[] = {
	{ "nodeLabels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "nodeTaints", PL_POOL_TAINTS, PL_AS_LIST, "", "nobody set taints" },
	{ "scaleSetPriority", PL_POOL_CAPACITY, PL_AS_LOWER, "on-demand", "AKS's default" },
	{ "osDiskSizeGB", PL_POOL_DISK, PL_AS_GIB, NULL, NULL },
	{ "maxPods", PL_POOL_MAX_PODS, PL_AS_INT, NULL, NULL },
	{ "currentOrchestratorVersion|orchestratorVersion", PL_POOL_VERSION, PL_AS_TEXT, NULL, NULL },
	{ "availabilityZones", PL_POOL_ZONES, PL_AS_LIST, "", "AKS pins its nodes to no zone" },
	{ "vnetSubnetID", PL_POOL_SUBNETS, PL_AS_LIST, NULL, NULL },
	{ "osSKU", PL_POOL_IMAGE, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

/* Azure calls on demand "Regular". */
static void mend_capacity(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	if (!pl_strieq(pl_cloud_text(c, p, "scaleSetPriority"), "Regular"))
		return;
	pl_object_forget(pool, PL_POOL_CAPACITY, PL_CLOUD);
	pl_fact_text(pl_cloud_model(c), pool, PL_POOL_CAPACITY, "on-demand", "scaleSetPriority");
}

static void add_os(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	const char *sku = pl_cloud_text(c, p, "osSKU"), *os = sku ? pl_azure_os_of(sku) : NULL;
	struct pl_model *m = pl_cloud_model(c);

	if (pl_strieq(pl_cloud_text(c, p, "osType"), "Windows"))
		os = "windows";
	if (os)
		pl_fact_text(m, pool, PL_POOL_OS, os, "osSKU");
	else
		pl_fact_unknown(m, pool, PL_POOL_OS, sku ? "an OS SKU that plumbline does not know" : "AKS does not say", "osSKU");
	if (pl_streq(os, "ubuntu") && sku && strlen(sku) == 10)
		pl_fact_text(m, pool, PL_POOL_OS_VERSION, pl_model_strf(m, "%.2s.%.2s", sku + 6, sku + 8), "osSKU");
	else if (pl_streq(os, "ubuntu"))
		pl_fact_unknown(m, pool, PL_POOL_OS_VERSION, "the OS SKU names no version", "osSKU");
}

/* A pool of single machines says its sizes elsewhere, one entry for each type. */
static void add_machine_set(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	json_t *sets = pl_cloud_get(p, "virtualMachinesProfile.scale.autoscale|virtualMachinesProfile.scale.manual"), *set;
	struct pl_model *m = pl_cloud_model(c);
	int64_t min = 0, max = 0;
	size_t i;

	json_array_foreach(sets, i, set) {
		const char *size = pl_cloud_text(c, set, "size");

		if (size)
			pl_cloud_machine(c, pool, size, "virtualMachinesProfile.scale");
		min += pl_cloud_int(set, "minCount|count", 0);
		max += pl_cloud_int(set, "maxCount|count", 0);
	}
	if (!json_array_size(sets)) {
		pl_fact_unknown(m, pool, PL_POOL_MACHINE, "AKS does not say", "virtualMachinesProfile");
		return;
	}
	pl_fact_int(m, pool, PL_POOL_MIN, min, "virtualMachinesProfile.scale");
	pl_fact_int(m, pool, PL_POOL_MAX, max, "virtualMachinesProfile.scale");
}

static void add_scale_set(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	bool scales = pl_cloud_bool(p, "enableAutoScaling", false);
	const char *size = pl_cloud_text(c, p, "vmSize");
	struct pl_model *m = pl_cloud_model(c);

	if (size)
		pl_cloud_machine(c, pool, size, "vmSize");
	else
		pl_fact_unknown(m, pool, PL_POOL_MACHINE, "AKS does not say", "vmSize");
	pl_fact_int(m, pool, PL_POOL_MIN, pl_cloud_int(p, scales ? "minCount" : "count", 0), scales ? "minCount" : "count");
	pl_fact_int(m, pool, PL_POOL_MAX, pl_cloud_int(p, scales ? "maxCount" : "count", 0), scales ? "maxCount" : "count");
	pl_fact_int(m, pool, PL_POOL_DESIRED, pl_cloud_int(p, "count", 0), "count");
}

static void add_pool(struct pl_cloud *c, json_t *entry)
{
	const char *name = pl_cloud_text(c, entry, "name");
	json_t *p = pl_cloud_get(entry, "properties");
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *pool;

	if (!name || !p)
		return;
	pool = pl_model_object(m, PL_POOL, name, pl_cloud_source(c), pl_model_strf(m, "agent pool %s", name));
	pool->cluster = pl_azure_of(c)->cluster;
	pl_cloud_fields(c, pool, p, pool_fields);
	mend_capacity(c, pool, p);
	add_os(c, pool, p);
	if (pl_strieq(pl_cloud_text(c, p, "type"), "VirtualMachines"))
		add_machine_set(c, pool, p);
	else
		add_scale_set(c, pool, p);
}

static void pools_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_azure_next(c, a->json);
	json_t *entry;
	size_t i;

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE) {
		pl_azure_of(c)->no_pools = pl_model_strf(pl_cloud_model(c), "agent pools not listed: %s", a->why);
		pl_cloud_incomplete(c, 1U << PL_POOL, pl_azure_of(c)->no_pools);
		return;
	}
	json_array_foreach(pl_cloud_get(a->json, "value"), i, entry)
		add_pool(c, entry);
	if (next)
		pl_azure_get(c, READ_POOLS, "agent pools", next, pools_done, NULL);
}

/* ---- the cluster ---- */

static const struct pl_field cluster_fields[] = {
	{ "properties.currentKubernetesVersion|properties.kubernetesVersion", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL,
	  "AKS does not say" },
	{ "properties.autoUpgradeProfile.upgradeChannel", PL_CLUSTER_CHANNEL, PL_AS_TEXT, NULL, NULL },
	{ "properties.fqdn|properties.privateFQDN", PL_CLUSTER_ENDPOINT, PL_AS_TEXT, NULL, NULL },
	{ "properties.networkProfile.networkPolicy", PL_CLUSTER_NETWORK_POLICY, PL_AS_LOWER, "none",
	  "AKS enforces no network policy unless asked" },
	{ "properties.networkProfile.loadBalancerSku", PL_CLUSTER_LB_SKU, PL_AS_LOWER, "standard", "AKS's default" },
	{ 0 },
};

static void add_cluster(struct pl_cloud *c, json_t *j)
{
	struct pl_azure *az = pl_azure_of(c);
	struct pl_model *m = pl_cloud_model(c);
	const char *location = pl_cloud_text(c, j, "location");
	struct pl_object *o = pl_model_object(m, PL_CLUSTER, az->name, pl_cloud_source(c), pl_cloud_text(c, j, "id"));

	az->cluster = o;
	az->location = location ? pl_azure_location(c, location) : NULL;
	az->node_group = pl_cloud_text(c, j, "properties.nodeResourceGroup");
	az->version = pl_cloud_text(c, j, "properties.currentKubernetesVersion|properties.kubernetesVersion");
	pl_cloud_about(c, az->name, NULL, az->subscription);
	pl_fact_text(m, o, PL_CLUSTER_PROVIDER, "aks", NULL);
	pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION, "aks", NULL);
	pl_fact_text(m, o, PL_CLUSTER_ACCOUNT, az->subscription, "id");
	if (az->location)
		pl_fact_text(m, o, PL_CLUSTER_LOCATION, az->location, "location");
	pl_cloud_fields(c, o, j, cluster_fields);
	pl_fact_text(m, o, PL_CLUSTER_ACCESS, pl_cloud_bool(j, "properties.apiServerAccessProfile.enablePrivateCluster", false)
		     ? "private" : "public", "apiServerAccessProfile");
	pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster", NULL);
	pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL)->note = "AKS gives Services of type LoadBalancer an Azure load balancer";
	if (pl_strieq(pl_cloud_text(c, j, "properties.nodeProvisioningProfile.mode"), "Auto"))
		pl_cloud_incomplete(c, 1U << PL_POOL, "node auto-provisioning makes nodes that no agent pool shows");
}

static void list_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_azure *az = pl_azure_of(c);
	json_t *j;
	pl_auto_buf names = PL_BUF_INIT;
	size_t i;

	(void)arg;
	json_array_foreach(pl_cloud_get(a->json, "value"), i, j)
		if (pl_json_member_str(j, "name"))
			pl_buf_addf(&names, "%s%s", names.len ? ", " : "", pl_json_member_str(j, "name"));
	pl_cloud_fail(c, PL_E_INPUT, "there is no cluster '%s' in resource group %s; there %s%s", az->name, az->group,
		      a->outcome != PL_CLOUD_DONE ? "might be others, but they cannot be listed"
		      : names.len ? "are: " : "are none", a->outcome == PL_CLOUD_DONE ? names.data : "");
}

static const char *path_of(struct pl_cloud *c, const char *cluster, const char *below)
{
	const struct pl_azure *az = pl_azure_of(c);

	return pl_model_strf(pl_cloud_model(c), "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ContainerService/"
			     "managedClusters%s%s%s?api-version=" AKS_VERSION, az->subscription, az->group, cluster ? "/" : "",
			     cluster ? cluster : "", below);
}

static void cluster_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_object **planned;

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE && pl_json_member_str(a->json, "name")) {
		add_cluster(c, a->json);
		pl_azure_get(c, READ_POOLS, "agent pools", path_of(c, pl_azure_of(c)->name, "/agentPools"), pools_done, NULL);
		pl_azure_ask_belongings(c);
	} else if (a->outcome == PL_CLOUD_ABSENT && !pl_cloud_planned(c, PL_CLUSTER, &planned)) {
		pl_azure_get(c, READ_CLUSTER, pl_azure_of(c)->group, path_of(c, NULL, ""), list_done, NULL);
	} else if (a->outcome != PL_CLOUD_ABSENT) {
		pl_cloud_fail(c, a->outcome == PL_CLOUD_FORBIDDEN || a->outcome == PL_CLOUD_OFF ? PL_E_AUTH : PL_E_INPUT, "%s",
			      a->why ? a->why : READ_CLUSTER ": the answer holds no cluster");
	}
}

void pl_aks_ask(struct pl_cloud *c)
{
	pl_azure_get(c, READ_CLUSTER, pl_azure_of(c)->name, path_of(c, pl_azure_of(c)->name, ""), cluster_done, NULL);
}
