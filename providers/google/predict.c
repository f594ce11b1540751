/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan would meet in GKE: versions and image types, machine types and their zones, names, and a bill of
 * vCPU, instances and addresses against the region's quotas and the subnets' ranges.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/scalar.h"
#include "base/str.h"
#include "google/api.h"
#include "json/load.h"

/* Zones in which GKE puts the nodes of a regional cluster, where nobody says which (GKE's documentation, 2026-11). */
#define REGIONAL_ZONES 3
/* Addresses that GCP keeps of every range (VPC documentation, 2026-11). */
#define RESERVED 4

struct pl_google_forecast {
	struct pl_object **clusters, **pools, **buckets;
	size_t cluster_count, pool_count, bucket_count;
	const char *region;
	json_t *server, *types, *place, *project; /* owned; NULL: not told */
	json_t *subnets;         /* by name; null: it is not there */
	const char *no_server, *no_types, *no_place, *no_project, *no_subnets;
	size_t waiting;
};

static struct pl_google_forecast *forecast(struct pl_cloud *c)
{
	return pl_google_of(c)->forecast;
}

/* ---- machine types ---- */

/* Calls for every machine type of the answer's pages. */
static json_t *type_in(const struct pl_google_forecast *f, const char *zone, const char *name)
{
	json_t *page, *t;
	size_t i, k;

	json_array_foreach(f->types, i, page) {
		json_t *items = json_object_get(page, "items"), *of_zone;
		const char *key;

		json_object_foreach(items, key, of_zone)
			if (!strcmp(pl_google_last(key), zone))
				json_array_foreach(json_object_get(of_zone, "machineTypes"), k, t)
					if (pl_streq(pl_json_member_str(t, "name"), name))
						return t;
	}
	return NULL;
}

static size_t zone_count(const struct pl_google_forecast *f)
{
	return json_array_size(json_object_get(f->place, "zones"));
}

/* The n-th zone of the region, which regions.get gives as links. */
static const char *zone_at(const struct pl_google_forecast *f, size_t i)
{
	const char *link = json_string_value(json_array_get(json_object_get(f->place, "zones"), i));

	return link ? pl_google_last(link) : "";
}

/* Any zone of the region that has it. */
static json_t *type_anywhere(const struct pl_google_forecast *f, const char *name)
{
	for (size_t i = 0; i < zone_count(f); i++) {
		json_t *t = type_in(f, zone_at(f, i), name);

		if (t)
			return t;
	}
	return NULL;
}

/* A type is the same in all zones that have it. */
static json_t *type_somewhere(const struct pl_google_forecast *f, const char *name)
{
	json_t *page, *of_zone, *t;
	const char *zone;
	size_t i, k;

	json_array_foreach(f->types, i, page)
		json_object_foreach(json_object_get(page, "items"), zone, of_zone)
			json_array_foreach(json_object_get(of_zone, "machineTypes"), k, t)
				if (pl_streq(pl_json_member_str(t, "name"), name))
					return t;
	return NULL;
}

static bool live_of(struct pl_cloud *c, const char *name, struct pl_machine *out)
{
	json_t *type = type_somewhere(forecast(c), name);
	const char *arch = pl_cloud_text(c, type, "architecture");

	*out = (struct pl_machine){ .vcpu = pl_cloud_int(type, "guestCpus", -1),
				    .memory = pl_cloud_bytes(type, "memoryMb", PL_AS_MIB, -1) };
	if (arch)
		snprintf(out->architecture, sizeof out->architecture, "%s", pl_streq(arch, "ARM64") ? "arm64" : "amd64");
	return out->vcpu >= 0 && out->memory >= 0;
}

static void add_size(struct pl_cloud *c, struct pl_object *o, const char *name)
{
	struct pl_machine live;

	if (live_of(c, name, &live))
		pl_cloud_size(c, o, name, &live, "Compute", "machineTypes");
}

/* Zones of `list` (or all of the region) that lack the type, as words; "" when none does. */
static const char *lacking(struct pl_cloud *c, const char *name, const struct pl_value *zones)
{
	struct pl_google_forecast *f = forecast(c);
	size_t n = zones ? zones->count : zone_count(f);
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		const char *zone = zones ? zones->list[i] : zone_at(f, i);

		if (!type_in(f, zone, name))
			pl_buf_addf(&b, "%s%s", b.len ? ", " : "", zone);
	}
	return pl_model_strf(pl_cloud_model(c), "%s", b.data);
}

static void forecast_type(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_fact *fact = pl_object_fact(pool, PL_POOL_MACHINE, PL_PLAN);
	const struct pl_value *zones = pl_cloud_planned_value(pool, PL_POOL_ZONES);
	struct pl_model *m = pl_cloud_model(c);
	const char *name, *missing;
	json_t *type;

	if (!fact || fact->sensitive)
		return;
	if (!fact->known || f->no_types || (f->no_place && !zones)) {
		pl_fact_unknown(m, o, PL_POOL_MACHINE_OFFERED, !fact->known ? fact->waits_for : f->no_types ? f->no_types : f->no_place,
				NULL);
		return;
	}
	name = fact->value.s;
	zones = zones && zones->count && !zones->open ? zones : NULL;
	missing = lacking(c, name, zones);
	type = zones ? type_in(f, zones->list[0], name) : NULL;
	type = type ? type : type_anywhere(f, name);
	if (type)
		add_size(c, o, name);
	if (*missing && type && !zones)
		pl_fact_unknown(m, o, PL_POOL_MACHINE_OFFERED, pl_model_strf(m, "GKE picks zones of the region; %s is not offered in %s",
					name, missing), NULL);
	else
		pl_fact_bool(m, o, PL_POOL_MACHINE_OFFERED, !*missing, "machineTypes")->note =
			*missing ? pl_model_strf(m, "%s is not offered in %s", name, missing) : pl_model_str(m, name);
}

static void forecast_zones(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_value *zones = pl_cloud_planned_value(pool, PL_POOL_ZONES);
	struct pl_value v = { .type = PL_LIST };
	const char **list;

	if (!zones || !zones->count)
		return;
	if (f->no_place) {
		pl_fact_unknown(pl_cloud_model(c), o, PL_POOL_ZONES_MISSING, f->no_place, NULL);
		return;
	}
	list = pl_arena_alloc(&pl_cloud_model(c)->arena, zones->count * sizeof *list);
	v.list = list;
	for (size_t i = 0; i < zones->count; i++) {
		bool there = false;

		for (size_t k = 0; k < zone_count(f); k++)
			there |= !strcmp(zone_at(f, k), zones->list[i]);
		if (!there)
			list[v.count++] = zones->list[i];
	}
	pl_fact_add(pl_cloud_model(c), o, PL_POOL_ZONES_MISSING, &v, "zones");
}

/* ---- versions and image types ---- */

/* "1.33" and "1.33.4" stand for any "1.33.4-gke.N"; a whole version for itself. */
static bool is_in(json_t *versions, const char *wanted)
{
	size_t n = strlen(wanted), i;
	json_t *v;

	json_array_foreach(versions, i, v) {
		const char *text = json_string_value(v);

		if (text && !strncmp(text, wanted, n) && (!text[n] || text[n] == '.' || text[n] == '-'))
			return true;
	}
	return false;
}

/* The versions that count: those of the planned channel, else all. */
static bool is_offered(struct pl_google_forecast *f, const char *channel, const char *version)
{
	json_t *entry;
	size_t i;
	bool any = false, named = false;

	json_array_foreach(json_object_get(f->server, "channels"), i, entry) {
		bool this = pl_strieq(pl_json_member_str(entry, "channel"), channel);
		bool has = is_in(json_object_get(entry, "validVersions"), version);

		if (this)
			return has;
		named |= this;
		any |= has;
	}
	return any || (!named && is_in(json_object_get(f->server, "validMasterVersions"), version));
}

static void forecast_cluster(struct pl_cloud *c, struct pl_object *cluster)
{
	struct pl_google *g = pl_google_of(c);
	struct pl_google_forecast *f = forecast(c);
	struct pl_object *o = pl_cloud_beside(c, cluster);
	const struct pl_value *version = pl_cloud_planned_value(cluster, PL_CLUSTER_VERSION), *channel = pl_cloud_planned_value(cluster, PL_CLUSTER_CHANNEL);
	struct pl_model *m = pl_cloud_model(c);
	bool offered;

	if (cluster->created)
		pl_fact_bool(m, o, PL_CLUSTER_NAME_TAKEN, g->cluster != NULL, NULL);
	if (!version)
		return;
	if (f->no_server) {
		pl_fact_unknown(m, o, PL_CLUSTER_VERSION_OFFERED, f->no_server, NULL);
	} else {
		offered = is_offered(f, channel ? channel->s : NULL, version->s);
		pl_fact_bool(m, o, PL_CLUSTER_VERSION_OFFERED, offered, "serverConfig")->note =
			pl_model_strf(m, "%s is %sin GKE's list%s%s", version->s, offered ? "" : "not ",
				      channel ? " for the channel " : "", channel ? channel->s : "");
	}
	if (g->version && !cluster->created)
		pl_fact_int(m, o, PL_CLUSTER_VERSION_STEP, pl_cloud_minor(version->s) - pl_cloud_minor(g->version), "currentMasterVersion")->note =
			pl_model_strf(m, "%s runs, %s is planned", g->version, version->s);
}

static void forecast_image(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_value *image = pl_cloud_planned_value(pool, PL_POOL_IMAGE);
	json_t *valid = json_object_get(f->server, "validImageTypes"), *v;
	bool there = false;
	size_t i;

	if (!image)
		return;
	if (!valid) {
		pl_fact_unknown(pl_cloud_model(c), o, PL_POOL_IMAGE_STATE, f->no_server ? f->no_server : "GKE lists no image types", NULL);
		return;
	}
	json_array_foreach(valid, i, v)
		there |= pl_strieq(json_string_value(v), image->s);
	pl_fact_text(pl_cloud_model(c), o, PL_POOL_IMAGE_STATE, there ? "available" : "missing", "validImageTypes")->note =
		pl_model_strf(pl_cloud_model(c), "%s is %sone of GKE's image types", image->s, there ? "" : "not ");
}

/* ---- the bill ---- */

/* The quota of a family's vCPU in regions.get; newer families have none there. */
static const struct {
	const char *family, *metric;
} metrics[] = {
	{ "e2", "CPUS" }, { "n1", "CPUS" }, { "f1", "CPUS" }, { "g1", "CPUS" }, { "custom", "CPUS" }, { "n2", "N2_CPUS" },
	{ "n2d", "N2D_CPUS" }, { "c2", "C2_CPUS" }, { "c2d", "C2D_CPUS" }, { "c3", "C3_CPUS" }, { "t2d", "T2D_CPUS" },
	{ "t2a", "T2A_CPUS" }, { "m1", "M1_CPUS" }, { "m2", "M2_CPUS" }, { "m3", "M3_CPUS" }, { "a2", "A2_CPUS" },
};

static json_t *quota_of(json_t *of, const char *metric)
{
	json_t *q;
	size_t i;

	json_array_foreach(json_object_get(of, "quotas"), i, q)
		if (pl_streq(pl_json_member_str(q, "metric"), metric))
			return q;
	return NULL;
}

/* The metric that a pool's vCPU count against; for those without one, a word that no metric is. */
static const char *metric_of(struct pl_cloud *c, const struct pl_object *pool, const char *type)
{
	const struct pl_value *capacity = pl_cloud_planned_value(pool, PL_POOL_CAPACITY);
	size_t n = strcspn(type, "-");

	/* without a quota of their own, preemptible vCPU count as others do */
	if (capacity && strcmp(capacity->s, "on-demand") != 0 &&
	    json_number_value(json_object_get(quota_of(forecast(c)->place, "PREEMPTIBLE_CPUS"), "limit")) > 0)
		return "PREEMPTIBLE_CPUS";
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		if (strlen(metrics[i].family) == n && !memcmp(metrics[i].family, type, n))
			return metrics[i].metric;
	return pl_model_strf(pl_cloud_model(c), "CPUS-per-VM-family %.*s", (int)n, type);
}

static void add_quota(struct pl_cloud *c, json_t *of, const char *metric, const char *unit, const char *why)
{
	json_t *q = quota_of(of, metric), *warning = json_object_get(of, "quotaStatusWarning");

	pl_cloud_quota(c, &(struct pl_cloud_quota){
		.key = metric, .title = metric, .resource = "quota", .unit = unit,
		.limit = pl_cloud_int(q, "limit", -1), .used = pl_cloud_int(q, "usage", -1),
		.why = why ? why : warning ? "Compute could not read its quotas, and says so"
		       : strchr(metric, ' ') ? "its quota stands in the Cloud Quotas API, which is not asked" : "Compute lists no such quota",
		.fail_open = warning != NULL });
}

/* How many zones; *why says so where GKE picks them. */
static int64_t zones_of(struct pl_cloud *c, const struct pl_object *pool, const char **why)
{
	const struct pl_value *zones = pl_cloud_planned_value(pool, PL_POOL_ZONES);
	const char *location = pl_google_of(c)->location;

	*why = "";
	if (zones && zones->count && !zones->open)
		return (int64_t)zones->count;
	if (strcmp(pl_google_region(c, location), location) != 0)
		return 1;
	*why = ", as GKE picks three zones";
	return REGIONAL_ZONES;
}

static int64_t vcpu_of(struct pl_cloud *c, const char *type)
{
	json_t *live = type_anywhere(forecast(c), type);
	struct pl_machine machine;

	if (live)
		return pl_cloud_int(live, "guestCpus", -1);
	return pl_cloud_provider_of(c)->machine(type, &machine) ? machine.vcpu : -1;
}

/* Each node takes a block twice as large as the pods it may have, rounded up to a power of two. */
static int64_t block_of(const struct pl_object *pool)
{
	const struct pl_value *most = pl_cloud_planned_value(pool, PL_POOL_MAX_PODS);
	int64_t pods = most ? most->i : -1, n = 1;

	for (pods = pods > 0 ? pods : 110; n < 2 * pods; n *= 2)
		;
	return n;
}

static void add_range(struct pl_cloud *c, const char *key, const char *title, const char *cidr, const char *why)
{
	int64_t size = pl_cloud_addresses(cidr);

	pl_cloud_quota(c, &(struct pl_cloud_quota){
		.key = key, .title = title, .resource = "addresses", .unit = "addresses", .limit = size < 0 ? -1 : size - RESERVED,
		.used = -1, .why = why ? why : "Compute does not say how many of them are taken" });
}

static void bill_addresses(struct pl_cloud *c, struct pl_object *pool, struct pl_cloud_sizes nodes)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_value *subnets = pl_cloud_planned_value(pool, PL_POOL_SUBNETS), *range = pl_cloud_planned_value(pool, PL_POOL_POD_RANGE);
	struct pl_model *m = pl_cloud_model(c);
	const char *name;
	json_t *subnet, *r;
	size_t i;

	if (!subnets || subnets->count != 1)
		return;
	name = pl_google_last(subnets->list[0]);
	subnet = json_object_get(f->subnets, name);
	pl_cloud_bill(c, pool, pl_model_strf(m, "subnet %s", name), nodes, 1, NULL);
	add_range(c, pl_model_strf(m, "subnet %s", name), pl_model_strf(m, "subnet %s", name),
		  pl_cloud_text(c, subnet, "ipCidrRange"), f->no_subnets ? f->no_subnets : json_is_object(subnet) ? NULL : "the subnet is not there");
	json_array_foreach(json_object_get(subnet, "secondaryIpRanges"), i, r) {
		const char *key = pl_model_strf(m, "range %s of %s", pl_cloud_text(c, r, "rangeName"), name);

		if (!range || !pl_streq(range->s, pl_json_member_str(r, "rangeName")))
			continue;
		pl_cloud_bill(c, pool, key, nodes, block_of(pool), pl_model_strf(m, "%lld addresses a node", (long long)block_of(pool)));
		add_range(c, key, key, pl_cloud_text(c, r, "ipCidrRange"), NULL);
	}
}

static void bill_pool(struct pl_cloud *c, struct pl_object *pool)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_value *type = pl_cloud_planned_value(pool, PL_POOL_MACHINE);
	const char *why, *metric = type ? metric_of(c, pool, type->s) : NULL;
	int64_t zones = zones_of(c, pool, &why), each = type ? vcpu_of(c, type->s) : -1;
	struct pl_cloud_sizes nodes = pl_cloud_nodes(pool, PL_PLAN, zones);
	struct pl_object *had = pl_cloud_running(c, pool);
	struct pl_model *m = pl_cloud_model(c);

	if (had)
		nodes = pl_cloud_less(nodes, pl_cloud_nodes(had, PL_CLOUD, zones).desired);
	if (metric) {
		pl_cloud_bill(c, pool, metric, nodes, each, nodes.desired < 0 || each < 0 ? NULL
		     : pl_model_strf(m, "%lld nodes of %lld vCPU%s", (long long)nodes.desired, (long long)each, why));
		add_quota(c, f->place, metric, "vCPU", f->no_place);
		pl_cloud_bill(c, pool, "CPUS_ALL_REGIONS", nodes, each, NULL);
		add_quota(c, f->project, "CPUS_ALL_REGIONS", "vCPU", f->no_project);
	}
	pl_cloud_bill(c, pool, "INSTANCES", nodes, 1, NULL);
	add_quota(c, f->place, "INSTANCES", "instances", f->no_place);
	bill_addresses(c, pool, nodes);
}

/* GKE makes a pool of e2-medium first, and removes it when the cluster stands. */
static void bill_default_pool(struct pl_cloud *c, struct pl_object *cluster)
{
	const struct pl_value *kind = pl_cloud_planned_value(cluster, PL_CLUSTER_DEFAULT_POOL);
	const char *location = pl_google_of(c)->location;
	int64_t zones = strcmp(pl_google_region(c, location), location) ? 1 : REGIONAL_ZONES;

	if (!cluster->created || !kind || strcmp(kind->s, "removed") != 0)
		return;
	pl_cloud_demand(c, "CPUS", &(struct pl_cloud_demand){ .object = cluster, .min = 2 * zones, .desired = 2 * zones,
							      .max = 2 * zones, .note = "the default pool, until it is removed" });
	add_quota(c, forecast(c)->place, "CPUS", "vCPU", forecast(c)->no_place);
}

/* ---- answers ---- */

static void conclude(struct pl_cloud *c)
{
	struct pl_google_forecast *f = forecast(c);

	pl_cloud_refresh(c, live_of, "Compute", "machineTypes");
	for (size_t i = 0; i < f->cluster_count; i++) {
		forecast_cluster(c, f->clusters[i]);
		bill_default_pool(c, f->clusters[i]);
	}
	for (size_t i = 0; i < f->pool_count; i++) {
		struct pl_object *o = pl_cloud_beside(c, f->pools[i]);

		if (f->pools[i]->created && f->pools[i]->identity)
			pl_fact_bool(pl_cloud_model(c), o, PL_POOL_NAME_TAKEN, pl_cloud_running(c, f->pools[i]) != NULL, NULL);
		forecast_zones(c, f->pools[i], o);
		forecast_type(c, f->pools[i], o);
		forecast_image(c, f->pools[i], o);
		bill_pool(c, f->pools[i]);
	}
}

static void came(struct pl_cloud *c)
{
	if (!--forecast(c)->waiting)
		conclude(c);
}

/* Keeps the answer, or why there is none. */
static void keep(struct pl_cloud *c, const struct pl_cloud_answer *a, json_t **slot, const char **why)
{
	if (a->outcome == PL_CLOUD_DONE)
		*slot = json_incref(a->json);
	else
		*why = a->why;
	came(c);
}

static void server_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	(void)arg;
	keep(c, a, &forecast(c)->server, &forecast(c)->no_server);
}

static void place_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	(void)arg;
	keep(c, a, &forecast(c)->place, &forecast(c)->no_place);
}

static void project_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	(void)arg;
	keep(c, a, &forecast(c)->project, &forecast(c)->no_project);
}

static void subnet_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	if (a->outcome == PL_CLOUD_DONE)
		json_object_set(forecast(c)->subnets, arg, a->json);
	else if (a->outcome != PL_CLOUD_ABSENT)
		forecast(c)->no_subnets = a->why;
	came(c);
}

static pl_cloud_done types_done;

static void add_name(struct pl_buf *filter, const char *type)
{
	pl_auto_buf quoted = PL_BUF_INIT;

	if (!type || strpbrk(type, "\"\\"))
		return;
	pl_buf_addf(&quoted, "(name = \"%s\")", type);
	if (!strstr(filter->data, quoted.data))
		pl_buf_addf(filter, "%s%s", filter->len ? " OR " : "", quoted.data);
}

/* Types of pools that are planned, and of those that run. */
static void ask_types(struct pl_cloud *c, const char *next)
{
	struct pl_google_forecast *f = forecast(c);
	const struct pl_model *m = pl_cloud_model(c);
	pl_auto_buf path = PL_BUF_INIT, filter = PL_BUF_INIT;

	for (size_t i = 0; i < f->pool_count; i++) {
		const struct pl_value *type = pl_cloud_planned_value(f->pools[i], PL_POOL_MACHINE);

		add_name(&filter, type ? type->s : NULL);
	}
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_fact *type = m->objects[i]->kind == PL_POOL ? pl_object_fact(m->objects[i], PL_POOL_MACHINE, PL_CLOUD)
									    : NULL;

		if (type && type->known && type->origin.source == pl_cloud_source(c))
			add_name(&filter, type->value.s);
	}
	if (!filter.len)
		return;
	f->waiting += !next;
	pl_buf_addf(&path, "projects/%s/aggregated/machineTypes?maxResults=500&returnPartialSuccess=true&filter=",
		    pl_google_of(c)->project);
	pl_google_escape(&path, filter.data);
	if (next) {
		pl_buf_adds(&path, "&pageToken=");
		pl_google_escape(&path, next);
	}
	pl_google_get(c, PL_GOOGLE_COMPUTE, "machineTypes.aggregatedList", "machine types", path.data, types_done, NULL);
}

static void types_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_google_forecast *f = forecast(c);
	const char *next = pl_cloud_text(c, a->json, "nextPageToken");

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE)
		json_array_append(f->types, a->json);
	else
		f->no_types = a->why;
	if (next)
		ask_types(c, next);
	else
		came(c);
}

static void ask_subnets(struct pl_cloud *c)
{
	struct pl_google_forecast *f = forecast(c);

	for (size_t i = 0; i < f->pool_count; i++) {
		const struct pl_value *v = pl_cloud_planned_value(f->pools[i], PL_POOL_SUBNETS);
		const char *name = v && v->count == 1 ? pl_google_last(v->list[0]) : NULL;
		pl_auto_buf path = PL_BUF_INIT;

		if (!name || json_object_get(f->subnets, name))
			continue;
		json_object_set_new(f->subnets, name, json_null());
		f->waiting++;
		pl_buf_addf(&path, "projects/%s/regions/%s/subnetworks/", pl_google_of(c)->project, f->region);
		pl_google_escape(&path, name);
		pl_google_get(c, PL_GOOGLE_COMPUTE, "subnetworks.get", name, path.data, subnet_done,
				  (void *)(uintptr_t)pl_model_str(pl_cloud_model(c), name));
	}
}

/* Names of buckets are one for all of Google Cloud: what forbids to look is there. */
static void bucket_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_object *beside = pl_cloud_beside(c, arg);

	if (a->outcome == PL_CLOUD_DONE || a->outcome == PL_CLOUD_ABSENT || a->outcome == PL_CLOUD_FORBIDDEN)
		pl_fact_bool(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN, a->outcome != PL_CLOUD_ABSENT, NULL);
	else
		pl_fact_unknown(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN, a->why, NULL);
}

static void ask_buckets(struct pl_cloud *c, const struct pl_google_forecast *f)
{
	for (size_t i = 0; i < f->bucket_count; i++)
		if (f->buckets[i]->created && pl_google_is_bucket(f->buckets[i]))
			pl_google_bucket_get(c, f->buckets[i], bucket_done);
}

void pl_google_predict(struct pl_cloud *c)
{
	struct pl_google *g = pl_google_of(c);
	struct pl_google_forecast *f = g->forecast = pl_alloc(sizeof *f);
	pl_auto_buf server = PL_BUF_INIT, region = PL_BUF_INIT, project = PL_BUF_INIT;

	f->types = json_array();
	f->subnets = json_object();
	f->cluster_count = pl_cloud_planned(c, PL_CLUSTER, &f->clusters);
	f->pool_count = pl_cloud_planned(c, PL_POOL, &f->pools);
	f->bucket_count = pl_cloud_planned(c, PL_BUCKET, &f->buckets);
	if (!f->cluster_count) {
		ask_types(c, NULL);
		return;
	}
	f->region = pl_google_region(c, g->location);
	f->waiting = 3;
	pl_buf_addf(&server, "projects/%s/locations/%s/serverConfig", g->project, g->location);
	pl_google_get(c, PL_GOOGLE_CONTAINER, "getServerConfig", g->location, server.data, server_done, NULL);
	pl_buf_addf(&region, "projects/%s/regions/%s", g->project, f->region);
	pl_google_get(c, PL_GOOGLE_COMPUTE, "regions.get", f->region, region.data, place_done, NULL);
	pl_buf_addf(&project, "projects/%s", g->project);
	pl_google_get(c, PL_GOOGLE_COMPUTE, "projects.get", g->project, project.data, project_done, NULL);
	ask_types(c, NULL);
	ask_subnets(c);
	ask_buckets(c, f);
}

void pl_google_forecast_free(struct pl_google_forecast *f)
{
	if (!f)
		return;
	json_decref(f->server);
	json_decref(f->types);
	json_decref(f->place);
	json_decref(f->project);
	json_decref(f->subnets);
	free(f);
}
