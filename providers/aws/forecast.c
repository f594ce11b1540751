/* SPDX-License-Identifier: Apache-2.0 */
/* What follows for a plan from what AWS has told: facts beside the planned clusters and pools. */
#include "aws/forecast.h"

#include <stdio.h>
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "json/load.h"

static const struct pl_aws_subnet *find_subnet(const struct pl_aws_forecast *f, const char *name)
{
	for (size_t i = 0; i < f->subnet_count; i++)
		if (!strcmp(f->subnets[i].name, name))
			return &f->subnets[i];
	return NULL;
}

/* ---- versions ---- */

/* "1.33.2" is offered as "1.33". */
static bool is_minor(const char *listed, const char *wanted)
{
	size_t n = strlen(listed);

	return !strncmp(listed, wanted, n) && (!wanted[n] || wanted[n] == '.');
}

static json_t *version_entry(struct pl_aws_forecast *f, const char *version)
{
	json_t *v;
	size_t i;

	json_array_foreach(f->versions, i, v)
		if (pl_json_member_str(v, "clusterVersion") && is_minor(pl_json_member_str(v, "clusterVersion"), version))
			return v;
	return NULL;
}

/* Seconds since 1970, as EKS writes times, as a day. */
static void add_support(struct pl_cloud *c, struct pl_object *o, json_t *entry)
{
	json_t *end = json_object_get(entry, "endOfStandardSupportDate");
	char day[16];

	if (json_is_number(end) && json_number_value(end) > 0 && json_number_value(end) < 1e11)
		pl_fact_text(pl_cloud_model(c), o, PL_CLUSTER_SUPPORT_UNTIL,
			     pl_date_text((int64_t)json_number_value(end) / 86400, day), "endOfStandardSupportDate");
}

static void add_offered(struct pl_cloud *c, struct pl_object *o, const char *version)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	struct pl_model *m = pl_cloud_model(c);
	json_t *entry = version_entry(f, version);
	struct pl_fact *fact;
	bool dropped;

	if (f->no_versions) {
		pl_fact_unknown(m, o, PL_CLUSTER_VERSION_OFFERED, f->no_versions, NULL);
		return;
	}
	dropped = pl_streq(pl_json_member_str(entry, "versionStatus"), "UNSUPPORTED");
	fact = pl_fact_bool(m, o, PL_CLUSTER_VERSION_OFFERED, entry && !dropped, "clusterVersions");
	fact->note = pl_model_strf(m, !entry ? "EKS does not list %s" : dropped ? "EKS lists %s as unsupported" : "EKS lists %s",
				   version);
	if (entry)
		add_support(c, o, entry);
}

/* Of subnets that are there already; those that the plan makes it shows itself. */
static void add_untagged(struct pl_cloud *c, const struct pl_object *planned, struct pl_object *o)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	const struct pl_value *wanted = pl_cloud_planned_value(planned, PL_CLUSTER_SUBNETS);
	struct pl_value v = { .type = PL_LIST };
	const char **list;

	if (!wanted || !wanted->count || wanted->open)
		return;
	list = pl_arena_alloc(&pl_cloud_model(c)->arena, wanted->count * sizeof *list);
	v.list = list;
	for (size_t i = 0; i < wanted->count; i++) {
		const struct pl_aws_subnet *s = find_subnet(f, wanted->list[i]);

		if (!s || !s->zone)
			return;
		if (!s->tagged)
			list[v.count++] = s->name;
	}
	pl_fact_add(pl_cloud_model(c), o, PL_CLUSTER_UNTAGGED_SUBNETS, &v, "subnetSet");
}

static void forecast_cluster(struct pl_cloud *c, struct pl_object *planned)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_object *o = pl_cloud_beside(c, planned);
	const struct pl_value *version = pl_cloud_planned_value(planned, PL_CLUSTER_VERSION);
	struct pl_model *m = pl_cloud_model(c);

	add_untagged(c, planned, o);
	if (planned->created)
		pl_fact_bool(m, o, PL_CLUSTER_NAME_TAKEN, aws->cluster != NULL, NULL);
	if (!version)
		return;
	add_offered(c, o, version->s);
	if (aws->version && !planned->created)
		pl_fact_int(m, o, PL_CLUSTER_VERSION_STEP, pl_cloud_minor(version->s) - pl_cloud_minor(aws->version), "version")->note =
			pl_model_strf(m, "%s runs, %s is planned", aws->version, version->s);
}

/* ---- zones ---- */

static bool holds(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], text))
			return true;
	return false;
}

struct zones {
	const char **list;
	size_t count;
	const char *why; /* why they are not known; NULL: they are */
};

static void add_zone(struct zones *z, const char *zone)
{
	if (!holds(z->list, z->count, zone))
		z->list[z->count++] = zone;
}

/* By name, else by the subnets the pool stands in. */
static struct zones zones_of(struct pl_cloud *c, const struct pl_object *pool)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	const struct pl_value *named = pl_cloud_planned_value(pool, PL_POOL_ZONES), *subnets = pl_cloud_planned_value(pool, PL_POOL_SUBNETS);
	size_t most = (named ? named->count : 0) + (subnets ? subnets->count : 0) + 1;
	struct zones z = { pl_arena_alloc(&pl_cloud_model(c)->arena, most * sizeof *z.list), 0, NULL };

	for (size_t i = 0; named && i < named->count; i++)
		add_zone(&z, named->list[i]);
	if (named && named->count && !named->open)
		return z;
	for (size_t i = 0; subnets && i < subnets->count; i++) {
		const struct pl_aws_subnet *s = find_subnet(f, subnets->list[i]);

		if (s && s->zone)
			add_zone(&z, s->zone);
		else
			z.why = f->no_subnets ? f->no_subnets : "its zones are known after apply";
	}
	if (!z.count || (subnets && subnets->open))
		z.why = z.why ? z.why : "its zones are known after apply";
	return z;
}

static void add_missing_zones(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	const struct pl_value *named = pl_cloud_planned_value(pool, PL_POOL_ZONES);
	struct pl_model *m = pl_cloud_model(c);
	struct pl_value v = { .type = PL_LIST };
	const char **list;

	if (!named || !named->count)
		return;
	if (!f->zones) {
		pl_fact_unknown(m, o, PL_POOL_ZONES_MISSING, f->no_zones, NULL);
		return;
	}
	list = pl_arena_alloc(&m->arena, named->count * sizeof *list);
	v.list = list;
	for (size_t i = 0; i < named->count; i++) {
		bool there = false;
		json_t *zone;
		size_t k;

		json_array_foreach(f->zones, k, zone)
			there |= pl_streq(pl_json_member_str(zone, "zoneName"), named->list[i]);
		if (!there)
			list[v.count++] = named->list[i];
	}
	pl_fact_add(m, o, PL_POOL_ZONES_MISSING, &v, "availabilityZoneInfo");
}

/* ---- types ---- */

/* The zones of `wanted` that do not sell it, as words; NULL: all do. */
static const char *not_sold_in(struct pl_cloud *c, const struct pl_aws_type *t, const char *const *wanted, size_t n)
{
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; i < n; i++)
		if (!holds(t->zones, t->zone_count, wanted[i]))
			pl_buf_addf(&b, "%s%s", b.len ? ", " : "", wanted[i]);
	return b.len ? pl_model_strf(pl_cloud_model(c), "%s", b.data) : NULL;
}

static const char *not_sold_everywhere(struct pl_cloud *c, const struct pl_aws_type *t)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	pl_auto_buf b = PL_BUF_INIT;
	json_t *zone;
	size_t i;

	json_array_foreach(f->zones, i, zone) {
		const char *name = pl_json_member_str(zone, "zoneName");

		if (name && !holds(t->zones, t->zone_count, name))
			pl_buf_addf(&b, "%s%s", b.len ? ", " : "", name);
	}
	return b.len || !f->zones ? pl_model_strf(pl_cloud_model(c), "%s", b.data) : NULL;
}

static void add_offer(struct pl_cloud *c, struct pl_object *o, const struct pl_aws_type *t, const struct zones *z)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	struct pl_model *m = pl_cloud_model(c);
	const char *missing = not_sold_in(c, t, z->list, z->count);

	if (f->no_offers) {
		pl_fact_unknown(m, o, PL_POOL_MACHINE_OFFERED, f->no_offers, NULL);
		return;
	}
	if (!missing && z->why && t->zone_count) {
		const char *some = not_sold_everywhere(c, t);

		if (some) {
			pl_fact_unknown(m, o, PL_POOL_MACHINE_OFFERED, pl_model_strf(m, "%s; %s is not offered in %s", z->why,
						t->name, *some ? some : "every zone"), NULL);
			return;
		}
	}
	pl_fact_bool(m, o, PL_POOL_MACHINE_OFFERED, !missing && t->zone_count, "instanceTypeOfferings")->note =
		!t->zone_count ? pl_model_strf(m, "%s is not offered in %s", t->name, pl_aws_of(c)->region)
		: missing ? pl_model_strf(m, "%s is not offered in %s", t->name, missing) : t->name;
}

static const char *architecture_of(json_t *live)
{
	json_t *list = pl_cloud_get(live, "processorInfo.supportedArchitectures"), *a;
	size_t i;

	json_array_foreach(list, i, a)
		if (json_is_string(a) && pl_starts(json_string_value(a), "arm64"))
			return "arm64";
	return "amd64";
}

static bool live_of(struct pl_cloud *c, const char *name, struct pl_machine *out)
{
	const struct pl_aws_type *t = pl_aws_find_type(pl_aws_of(c)->forecast, name);

	*out = (struct pl_machine){ .vcpu = pl_cloud_int(t ? t->live : NULL, "vCpuInfo.defaultVCpus", -1),
				    .memory = pl_cloud_bytes(t ? t->live : NULL, "memoryInfo.sizeInMiB", PL_AS_MIB, -1) };
	if (out->vcpu < 0 || out->memory < 0)
		return false;
	snprintf(out->architecture, sizeof out->architecture, "%s", architecture_of(t->live));
	return true;
}

static void add_size(struct pl_cloud *c, struct pl_object *o, const char *name)
{
	struct pl_machine live;

	if (live_of(c, name, &live))
		pl_cloud_size(c, o, name, &live, "EC2", "instanceTypeSet");
}

static void forecast_types(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	const struct pl_fact *fact = pl_object_fact(pool, PL_POOL_MACHINE, PL_PLAN);
	struct zones z = zones_of(c, pool);

	for (; fact; fact = pl_fact_next(fact, PL_PLAN)) {
		const struct pl_aws_type *t = fact->known && !fact->sensitive ? pl_aws_find_type(f, fact->value.s) : NULL;

		if (t) {
			add_offer(c, o, t, &z);
			add_size(c, o, t->name);
		} else if (!fact->known) {
			pl_fact_unknown(pl_cloud_model(c), o, PL_POOL_MACHINE_OFFERED, fact->waits_for, NULL);
		}
	}
}

/* ---- images ---- */

static const char *image_architecture(struct pl_aws_forecast *f, const char *id)
{
	json_t *image;
	size_t i;

	json_array_foreach(f->found_images, i, image)
		if (pl_streq(pl_json_member_str(image, "imageId"), id))
			return pl_streq(pl_json_member_str(image, "architecture"), "x86_64") ? "amd64"
			       : pl_json_member_str(image, "architecture");
	return NULL;
}

static void forecast_images(struct pl_cloud *c, const struct pl_object *pool, struct pl_object *o)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	const struct pl_fact *fact = pl_object_fact(pool, PL_POOL_IMAGE, PL_PLAN);
	const struct pl_value *wanted = pl_cloud_planned_value(pool, PL_POOL_ARCHITECTURE);
	struct pl_model *m = pl_cloud_model(c);

	for (; fact; fact = pl_fact_next(fact, PL_PLAN)) {
		const char *has;

		if (!fact->known || fact->sensitive || !pl_starts(fact->value.s, "ami-"))
			continue;
		if (f->no_images) {
			pl_fact_unknown(m, o, PL_POOL_IMAGE_STATE, f->no_images, NULL);
			continue;
		}
		has = image_architecture(f, fact->value.s);
		pl_fact_text(m, o, PL_POOL_IMAGE_STATE, !has ? "missing" : wanted && strcmp(wanted->s, has) != 0
			     ? "other-architecture" : "available", "imagesSet")->note =
			has ? pl_model_strf(m, "%s is for %s", fact->value.s, has)
			    : pl_model_strf(m, "%s is not there for this account", fact->value.s);
	}
}

/* ---- the whole ---- */

static void forecast_pool(struct pl_cloud *c, struct pl_object *pool)
{
	struct pl_object *o = pl_cloud_beside(c, pool);
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_model *m = pl_cloud_model(c);

	if (pool->created && pool->identity && aws->cluster && !aws->groups_listed && !pl_cloud_running(c, pool))
		pl_fact_unknown(m, o, PL_POOL_NAME_TAKEN, "the cluster's node groups are not listed", NULL);
	else if (pool->created && pool->identity)
		pl_fact_bool(m, o, PL_POOL_NAME_TAKEN, pl_cloud_running(c, pool) != NULL, NULL);
	add_missing_zones(c, pool, o);
	forecast_types(c, pool, o);
	forecast_images(c, pool, o);
}

void pl_aws_conclude(struct pl_cloud *c)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_aws_forecast *f = aws->forecast;

	for (size_t i = 0; i < f->cluster_count; i++)
		forecast_cluster(c, f->clusters[i]);
	if (!f->cluster_count && aws->version)
		add_offered(c, aws->cluster, aws->version);
	pl_cloud_refresh(c, live_of, "EC2", "instanceTypeSet");
	for (size_t i = 0; i < f->pool_count; i++)
		forecast_pool(c, f->pools[i]);
	if (f->cluster_count)
		pl_aws_bill(c);
}
