/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan would meet in Azure: versions, VM sizes and where they are sold, zones, names, and a bill of vCPU and
 * addresses against the subscription's quotas and the subnets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure/api.h"
#include "base/alloc.h"
#include "base/scalar.h"
#include "base/str.h"
#include "json/load.h"
#include "json/write.h"

#define READ_SKUS "Microsoft.Compute/skus/read"
#define READ_USAGES "Microsoft.Compute/locations/usages/read"
#define READ_VERSIONS "Microsoft.ContainerService/locations/kubernetesVersions/read"
#define CHECK_NAME "Microsoft.Storage/checknameavailability/read"
#define READ_SUBNET "Microsoft.Network/virtualNetworks/subnets/read"
/* Addresses that Azure keeps of every subnet (Virtual Network FAQ, 2026-11). */
#define RESERVED 5
#define PODS 30 /* of a node whose pods take addresses of its subnet, where nobody says otherwise (AKS, 2026-11) */

struct pl_azure_forecast {
	struct pl_object **clusters, **pools;
	size_t cluster_count, pool_count;
	const char *location;
	json_t *skus, *usages, *versions; /* owned; NULL: not told */
	json_t *subnets;                  /* by ID; null: it is not there */
	const char *no_skus, *no_usages, *no_versions, *no_subnets;
	size_t waiting;
};

static struct pl_azure_forecast *forecast(struct pl_cloud *c)
{
	return pl_azure_of(c)->forecast;
}

/* ---- VM sizes ---- */

/* Names differ in case between Azure's own APIs. */
static json_t *sku_of(const struct pl_azure_forecast *f, const char *name)
{
	json_t *sku;
	size_t i;

	json_array_foreach(f->skus, i, sku)
		if (pl_streq(pl_json_member_str(sku, "resourceType"), "virtualMachines") &&
		    pl_strieq(pl_json_member_str(sku, "name"), name))
			return sku;
	return NULL;
}

static const char *capability(json_t *sku, const char *name)
{
	json_t *c;
	size_t i;

	json_array_foreach(json_object_get(sku, "capabilities"), i, c)
		if (pl_streq(pl_json_member_str(c, "name"), name))
			return pl_json_member_str(c, "value");
	return NULL;
}

static int64_t vcpu_of(json_t *sku, const char *name)
{
	int64_t n;

	return capability(sku, name) && pl_parse_i64(capability(sku, name), &n) && n >= 0 && n < 1000000 ? n : -1;
}

/* Why this subscription cannot have it in the location; NULL: it can. */
static const char *refused(struct pl_cloud *c, json_t *sku)
{
	json_t *r;
	size_t i;

	json_array_foreach(json_object_get(sku, "restrictions"), i, r)
		if (pl_strieq(pl_json_member_str(r, "type"), "Location"))
			return pl_cloud_text(c, r, "reasonCode") ? pl_cloud_text(c, r, "reasonCode") : "restricted";
	return NULL;
}

static bool holds_text(json_t *list, const char *text)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (pl_streq(json_string_value(v), text))
			return true;
	return false;
}

/* Is the size sold in the zone, to this subscription? */
static bool in_zone(json_t *sku, const char *zone)
{
	json_t *r;
	size_t i;

	json_array_foreach(json_object_get(sku, "restrictions"), i, r)
		if (pl_strieq(pl_json_member_str(r, "type"), "Zone") && holds_text(pl_cloud_get(r, "restrictionInfo.zones"), zone))
			return false;
	return holds_text(pl_cloud_get(sku, "locationInfo[0].zones"), zone);
}

static const char *zones_without(struct pl_cloud *c, json_t *sku, const struct pl_value *zones)
{
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; zones && i < zones->count; i++)
		if (!in_zone(sku, zones->list[i]))
			pl_buf_addf(&b, "%s%s", b.len ? ", " : "", zones->list[i]);
	return b.len ? pl_model_strf(pl_cloud_model(c), "%s", b.data) : NULL;
}

static bool live_of(struct pl_cloud *c, const char *name, struct pl_machine *out)
{
	json_t *sku = sku_of(forecast(c), name);
	const char *gb = capability(sku, "MemoryGB"), *arch = capability(sku, "CpuArchitectureType");
	double memory = gb ? strtod(gb, NULL) : 0; /* "218.75" */

	*out = (struct pl_machine){ .vcpu = vcpu_of(sku, "vCPUsAvailable") };
	out->vcpu = out->vcpu < 0 ? vcpu_of(sku, "vCPUs") : out->vcpu;
	if (out->vcpu < 0 || !(memory > 0 && memory < 1e6))
		return false;
	out->memory = (int64_t)(memory * 1024) * (1 << 20);
	if (arch)
		snprintf(out->architecture, sizeof out->architecture, "%s", pl_strieq(arch, "Arm64") ? "arm64" : "amd64");
	return true;
}

static void add_size(struct pl_cloud *c, struct pl_object *o, json_t *sku)
{
	const char *name = pl_cloud_text(c, sku, "name");
	struct pl_machine live;

	if (name && live_of(c, name, &live))
		pl_cloud_size(c, o, name, &live, "Azure", "capabilities");
}

static void forecast_type(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_azure_forecast *f = forecast(c);
	const struct pl_fact *fact = pl_object_fact(pool, PL_POOL_MACHINE, PL_PLAN);
	struct pl_model *m = pl_cloud_model(c);
	const char *why, *missing;
	json_t *sku;

	if (!fact || fact->sensitive)
		return;
	if (!fact->known || f->no_skus) {
		pl_fact_unknown(m, o, PL_POOL_MACHINE_OFFERED, fact->known ? f->no_skus : fact->waits_for, NULL);
		return;
	}
	sku = sku_of(f, fact->value.s);
	why = refused(c, sku);
	missing = sku ? zones_without(c, sku, pl_cloud_planned_value(pool, PL_POOL_ZONES)) : NULL;
	if (sku)
		add_size(c, o, sku);
	pl_fact_bool(m, o, PL_POOL_MACHINE_OFFERED, sku && !why && !missing, "skus")->note =
		!sku ? pl_model_strf(m, "%s is not offered in %s", fact->value.s, f->location)
		: why ? pl_model_strf(m, "%s is not for this subscription in %s: %s", fact->value.s, f->location, why)
		: missing ? pl_model_strf(m, "%s is not offered in zone %s of %s", fact->value.s, missing, f->location)
		: pl_model_str(m, fact->value.s);
}

/* A zone that no size stands in is none of the location's. */
static void forecast_zones(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_azure_forecast *f = forecast(c);
	const struct pl_value *zones = pl_cloud_planned_value(pool, PL_POOL_ZONES);
	struct pl_value v = { .type = PL_LIST };
	const char **list;
	json_t *sku;
	size_t k;

	if (!zones || !zones->count || f->no_skus)
		return;
	list = pl_arena_alloc(&pl_cloud_model(c)->arena, zones->count * sizeof *list);
	v.list = list;
	for (size_t i = 0; i < zones->count; i++) {
		bool there = false;

		json_array_foreach(f->skus, k, sku)
			there |= holds_text(pl_cloud_get(sku, "locationInfo[0].zones"), zones->list[i]);
		if (!there)
			list[v.count++] = zones->list[i];
	}
	pl_fact_add(pl_cloud_model(c), o, PL_POOL_ZONES_MISSING, &v, "locationInfo");
}

/* ---- versions ---- */

/* "1.33" is an entry, "1.33.2" one of its patches. */
static bool is_offered(struct pl_azure_forecast *f, const char *version)
{
	json_t *entry;
	size_t i;

	json_array_foreach(f->versions, i, entry)
		if (pl_streq(pl_json_member_str(entry, "version"), version) ||
		    json_object_get(json_object_get(entry, "patchVersions"), version))
			return true;
	return false;
}

static void forecast_cluster(struct pl_cloud *c, struct pl_object *cluster)
{
	struct pl_azure *az = pl_azure_of(c);
	struct pl_azure_forecast *f = forecast(c);
	struct pl_object *o = pl_cloud_beside(c, cluster);
	const struct pl_value *version = pl_cloud_planned_value(cluster, PL_CLUSTER_VERSION);
	struct pl_model *m = pl_cloud_model(c);
	bool offered;

	if (cluster->created)
		pl_fact_bool(m, o, PL_CLUSTER_NAME_TAKEN, az->cluster != NULL, NULL);
	if (!version)
		return;
	if (f->no_versions) {
		pl_fact_unknown(m, o, PL_CLUSTER_VERSION_OFFERED, f->no_versions, NULL);
	} else {
		offered = is_offered(f, version->s);
		pl_fact_bool(m, o, PL_CLUSTER_VERSION_OFFERED, offered, "kubernetesVersions")->note =
			pl_model_strf(m, "%s is %sin AKS's list for %s", version->s, offered ? "" : "not ", f->location);
	}
	if (az->version && !cluster->created)
		pl_fact_int(m, o, PL_CLUSTER_VERSION_STEP, pl_cloud_minor(version->s) - pl_cloud_minor(az->version), "currentKubernetesVersion")->note =
			pl_model_strf(m, "%s runs, %s is planned", az->version, version->s);
}

/* ---- the bill ---- */

static void add_quota(struct pl_cloud *c, const char *name)
{
	struct pl_azure_forecast *f = forecast(c);
	json_t *u, *found = NULL;
	size_t i;

	json_array_foreach(f->usages, i, u)
		if (pl_strieq(json_string_value(pl_cloud_get(u, "name.value")), name))
			found = u;
	pl_cloud_quota(c, &(struct pl_cloud_quota){
		.key = name, .title = pl_cloud_text(c, found, "name.localizedValue") ? pl_cloud_text(c, found, "name.localizedValue") : name,
		.resource = "quota", .unit = "vCPU", .limit = pl_cloud_int(found, "limit", -1),
		.used = pl_cloud_int(found, "currentValue", -1), .why = f->no_usages ? f->no_usages : "Azure lists no such quota" });
}

static void bill_vcpu(struct pl_cloud *c, struct pl_object *pool, struct pl_cloud_sizes nodes)
{
	const struct pl_value *type = pl_cloud_planned_value(pool, PL_POOL_MACHINE), *capacity = pl_cloud_planned_value(pool, PL_POOL_CAPACITY);
	json_t *sku = type ? sku_of(forecast(c), type->s) : NULL;
	int64_t each = vcpu_of(sku, "vCPUs");
	const char *family = pl_cloud_text(c, sku, "family"), *note = NULL;
	bool spot = capacity && !strcmp(capacity->s, "spot");

	if (!sku)
		return;
	if (nodes.desired >= 0 && each >= 0)
		note = pl_model_strf(pl_cloud_model(c), "%lld nodes of %lld vCPU", (long long)nodes.desired, (long long)each);
	if (spot) {
		pl_cloud_bill(c, pool, "lowPriorityCores", nodes, each, note);
		add_quota(c, "lowPriorityCores");
		return;
	}
	pl_cloud_bill(c, pool, "cores", nodes, each, note);
	add_quota(c, "cores");
	if (family) {
		pl_cloud_bill(c, pool, family, nodes, each, note);
		add_quota(c, family);
	}
}

static void bill_addresses(struct pl_cloud *c, struct pl_object *pool, struct pl_cloud_sizes nodes)
{
	struct pl_azure_forecast *f = forecast(c);
	const struct pl_value *subnets = pl_cloud_planned_value(pool, PL_POOL_SUBNETS), *range = pl_cloud_planned_value(pool, PL_POOL_POD_RANGE);
	const char *id = subnets && subnets->count == 1 ? subnets->list[0] : NULL;
	const struct pl_value *most = pl_cloud_planned_value(pool, PL_POOL_MAX_PODS);
	int64_t pods = most ? most->i : PODS, size;
	bool with_pods = range && !strcmp(range->s, "nodes");
	json_t *subnet = id ? json_object_get(f->subnets, id) : NULL;
	struct pl_model *m = pl_cloud_model(c);

	if (!subnet)
		return;
	pl_cloud_bill(c, pool, id, nodes, with_pods ? pods + 1 : 1,
	     with_pods ? pl_model_strf(m, "%lld addresses a node, with its pods", (long long)pods + 1) : NULL);
	size = pl_cloud_addresses(pl_cloud_text(c, subnet, "properties.addressPrefix|properties.addressPrefixes[0]"));
	pl_cloud_quota(c, &(struct pl_cloud_quota){
		.key = id, .title = pl_model_strf(m, "subnet %s", strrchr(id, '/') ? strrchr(id, '/') + 1 : id), .resource = "addresses",
		.unit = "addresses", .limit = size < 0 ? -1 : size - RESERVED,
		.used = (int64_t)json_array_size(pl_cloud_get(subnet, "properties.ipConfigurations")),
		.why = f->no_subnets ? f->no_subnets : "the subnet is not there" });
}

static void bill_pool(struct pl_cloud *c, struct pl_object *pool)
{
	struct pl_object *had = pl_cloud_running(c, pool);
	struct pl_cloud_sizes nodes = pl_cloud_nodes(pool, PL_PLAN, 1);

	if (!had && !pool->created && pl_azure_of(c)->no_pools)
		nodes = pl_cloud_less(nodes, -1);
	else if (had)
		nodes = pl_cloud_less(nodes, pl_cloud_nodes(had, PL_CLOUD, 1).desired);
	bill_vcpu(c, pool, nodes);
	bill_addresses(c, pool, nodes);
}

/* ---- answers ---- */

static void forecast_name(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	bool taken = pl_cloud_running(c, pool) != NULL;

	if (!taken && pl_azure_of(c)->no_pools)
		pl_fact_unknown(pl_cloud_model(c), o, PL_POOL_NAME_TAKEN, pl_azure_of(c)->no_pools, NULL);
	else
		pl_fact_bool(pl_cloud_model(c), o, PL_POOL_NAME_TAKEN, taken, NULL);
}

static void conclude(struct pl_cloud *c)
{
	struct pl_azure_forecast *f = forecast(c);

	pl_cloud_refresh(c, live_of, "Azure", "capabilities");
	for (size_t i = 0; i < f->cluster_count; i++)
		forecast_cluster(c, f->clusters[i]);
	for (size_t i = 0; i < f->pool_count; i++) {
		struct pl_object *o = pl_cloud_beside(c, f->pools[i]);

		/* a pool that stands in its cluster's own block comes and goes with it */
		if (f->pools[i]->created && f->pools[i]->identity)
			forecast_name(c, f->pools[i], o);
		forecast_zones(c, f->pools[i], o);
		forecast_type(c, f->pools[i], o);
		bill_pool(c, f->pools[i]);
	}
}

static void came(struct pl_cloud *c)
{
	if (!--forecast(c)->waiting)
		conclude(c);
}

struct list {
	const char *permission, *object, *member;
	json_t **slot;
	const char **why;
};

/* Pages of one list, whatever it is called in the answer. */
static void list_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct list *l = arg;
	const char *next = pl_azure_next(c, a->json);
	json_t *item;
	size_t i;

	if (a->outcome != PL_CLOUD_DONE) {
		*l->why = a->why;
	} else {
		if (!*l->slot)
			*l->slot = json_array();
		json_array_foreach(pl_cloud_get(a->json, l->member), i, item)
			json_array_append(*l->slot, item);
	}
	if (next)
		pl_azure_get(c, l->permission, l->object, next, list_done, l);
	else
		came(c);
}

static void ask_list(struct pl_cloud *c, struct list list, const char *path)
{
	struct list *kept = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *kept);

	*kept = list;
	forecast(c)->waiting++;
	pl_azure_get(c, list.permission, list.object, path, list_done, kept);
}

static void subnet_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	if (a->outcome == PL_CLOUD_DONE)
		json_object_set(forecast(c)->subnets, arg, a->json);
	else if (a->outcome != PL_CLOUD_ABSENT)
		forecast(c)->no_subnets = a->why;
	came(c);
}

static void ask_subnets(struct pl_cloud *c)
{
	struct pl_azure_forecast *f = forecast(c);
	struct pl_model *m = pl_cloud_model(c);

	for (size_t i = 0; i < f->pool_count; i++) {
		const struct pl_value *v = pl_cloud_planned_value(f->pools[i], PL_POOL_SUBNETS);
		const char *id = v && v->count == 1 && pl_starts(v->list[0], "/subscriptions/") ? v->list[0] : NULL;

		if (!id || json_object_get(f->subnets, id))
			continue;
		json_object_set_new(f->subnets, id, json_null());
		f->waiting++;
		pl_azure_get(c, READ_SUBNET, id, pl_model_strf(m, "%s?api-version=2024-05-01", id), subnet_done,
			     (void *)(uintptr_t)pl_model_str(m, id));
	}
}

/* Names of storage accounts are one for all of Azure. */
static void account_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_object *beside = pl_cloud_beside(c, arg);

	if (a->outcome == PL_CLOUD_DONE)
		pl_fact_bool(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN,
			     pl_streq(pl_json_member_str(a->json, "reason"), "AlreadyExists"), "nameAvailable");
	else
		pl_fact_unknown(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN, a->why, NULL);
}

static void ask_accounts(struct pl_cloud *c)
{
	const char *path = pl_model_strf(pl_cloud_model(c), "/subscriptions/%s/providers/Microsoft.Storage/checkNameAvailability"
					 "?api-version=2023-05-01", pl_azure_of(c)->subscription);
	struct pl_object **list;
	size_t n = pl_cloud_planned(c, PL_BUCKET, &list);

	for (size_t i = 0; i < n; i++) {
		pl_auto_buf body = PL_BUF_INIT;
		struct pl_json_out w = PL_JSON_OUT(&body);

		if (!list[i]->created || !list[i]->identity || !pl_starts(list[i]->identity, "azurerm_storage_account/"))
			continue;
		pl_json_open(&w, '{');
		pl_json_member(&w, "name", list[i]->name);
		pl_json_member(&w, "type", "Microsoft.Storage/storageAccounts");
		pl_json_close(&w, '}');
		pl_azure_post(c, CHECK_NAME, list[i]->name, path, body.data, account_done, list[i]);
	}
}

/* Where the cluster stands, or is to stand. */
static const char *location_of(struct pl_cloud *c, const struct pl_azure_forecast *f)
{
	const struct pl_value *location = f->cluster_count ? pl_cloud_planned_value(f->clusters[0], PL_CLUSTER_LOCATION) : NULL;

	return pl_azure_of(c)->location ? pl_azure_of(c)->location : location ? pl_azure_location(c, location->s) : NULL;
}

static void ask_sizes(struct pl_cloud *c)
{
	struct pl_azure_forecast *f = forecast(c);

	ask_list(c, (struct list){ READ_SKUS, f->location, "value", &f->skus, &f->no_skus },
		 pl_model_strf(pl_cloud_model(c), "/subscriptions/%s/providers/Microsoft.Compute/skus?api-version=2021-07-01&"
			       "$filter=location%%20eq%%20'%s'", pl_azure_of(c)->subscription, f->location));
}

/* The list of sizes is a megabyte: for pools that run it is read only where the catalogue lacks one of theirs. */
static bool runs_unlisted(struct pl_cloud *c)
{
	const struct pl_model *m = pl_cloud_model(c);

	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_fact *f = m->objects[i]->kind == PL_POOL
						  ? pl_object_fact(m->objects[i], PL_POOL_MACHINE_LISTED, PL_CLOUD) : NULL;

		if (f && f->known && !f->value.b && f->origin.source == pl_cloud_source(c))
			return true;
	}
	return false;
}

void pl_aks_predict(struct pl_cloud *c)
{
	struct pl_azure *az = pl_azure_of(c);
	struct pl_azure_forecast *f = az->forecast = pl_alloc(sizeof *f);
	struct pl_model *m = pl_cloud_model(c);

	f->subnets = json_object();
	f->cluster_count = pl_cloud_planned(c, PL_CLUSTER, &f->clusters);
	f->pool_count = pl_cloud_planned(c, PL_POOL, &f->pools);
	f->location = location_of(c, f);
	if (!f->cluster_count) {
		if (f->location && runs_unlisted(c))
			ask_sizes(c);
		return;
	}
	if (!f->location) {
		pl_cloud_incomplete(c, 0, "where the planned cluster will stand is not known: what Azure offers there cannot be asked");
		return;
	}
	ask_list(c, (struct list){ READ_VERSIONS, f->location, "values|value", &f->versions, &f->no_versions },
		 pl_model_strf(m, "/subscriptions/%s/providers/Microsoft.ContainerService/locations/%s/kubernetesVersions?api-version="
			       "2025-10-01", az->subscription, f->location));
	ask_sizes(c);
	ask_list(c, (struct list){ READ_USAGES, f->location, "value", &f->usages, &f->no_usages },
		 pl_model_strf(m, "/subscriptions/%s/providers/Microsoft.Compute/locations/%s/usages?api-version=2024-07-01",
			       az->subscription, f->location));
	ask_subnets(c);
	ask_accounts(c);
}

void pl_azure_forecast_free(struct pl_azure_forecast *f)
{
	if (!f)
		return;
	json_decref(f->skus);
	json_decref(f->usages);
	json_decref(f->versions);
	json_decref(f->subnets);
	free(f);
}
