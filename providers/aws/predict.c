/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked about a plan: versions, types and where they are sold, subnets, images, instances, names. */
#include <stdlib.h>
#include <string.h>

#include "aws/forecast.h"
#include "base/alloc.h"
#include "base/str.h"
#include "json/load.h"

/* Values of one filter (EC2 user guide, 2026: 200). */
#define FILTER_VALUES 200

static struct pl_aws_forecast *forecast(struct pl_cloud *c)
{
	return pl_aws_of(c)->forecast;
}

/* ---- what is planned ---- */

struct pl_aws_type *pl_aws_find_type(struct pl_aws_forecast *f, const char *name)
{
	for (size_t i = 0; i < f->type_count; i++)
		if (!strcmp(f->types[i].name, name))
			return &f->types[i];
	return NULL;
}

static void add_types(struct pl_aws_forecast *f, const struct pl_object *pool, enum pl_witness w)
{
	const struct pl_fact *t = pl_object_fact(pool, PL_POOL_MACHINE, (int)w);

	for (; t; t = pl_fact_next(t, (int)w)) {
		struct pl_aws_type *type;

		if (!t->known || t->sensitive)
			continue;
		type = pl_aws_find_type(f, t->value.s);
		if (!type) {
			f->types = pl_grow(f->types, f->type_count, &f->type_cap, sizeof *f->types);
			type = &f->types[f->type_count++];
			*type = (struct pl_aws_type){ .name = t->value.s };
		}
		type->planned |= w == PL_PLAN;
	}
}

static void add_subnets(struct pl_aws_forecast *f, const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_value *v = pl_cloud_planned_value(o, attr);

	for (size_t i = 0; v && i < v->count; i++) {
		bool had = !pl_starts(v->list[i], "subnet-");

		for (size_t k = 0; k < f->subnet_count; k++)
			had |= !strcmp(f->subnets[k].name, v->list[i]);
		if (had)
			continue;
		f->subnets = pl_grow(f->subnets, f->subnet_count, &f->subnet_cap, sizeof *f->subnets);
		f->subnets[f->subnet_count++] = (struct pl_aws_subnet){ v->list[i], NULL, -1, false };
	}
}

static void add_images(struct pl_aws_forecast *f, const struct pl_object *pool)
{
	const struct pl_fact *i = pl_object_fact(pool, PL_POOL_IMAGE, PL_PLAN);

	for (; i; i = pl_fact_next(i, PL_PLAN)) {
		if (!i->known || i->sensitive || !pl_starts(i->value.s, "ami-"))
			continue;
		f->images = pl_grow(f->images, f->image_count, &f->image_cap, sizeof *f->images);
		f->images[f->image_count++] = i->value.s;
	}
}

static void gather(struct pl_cloud *c, struct pl_aws_forecast *f)
{
	struct pl_model *m = pl_cloud_model(c);

	f->cluster_count = pl_cloud_planned(c, PL_CLUSTER, &f->clusters);
	f->pool_count = pl_cloud_planned(c, PL_POOL, &f->pools);
	f->bucket_count = pl_cloud_planned(c, PL_BUCKET, &f->buckets);
	for (size_t i = 0; i < f->cluster_count; i++)
		add_subnets(f, f->clusters[i], PL_CLUSTER_SUBNETS);
	for (size_t i = 0; i < f->pool_count; i++) {
		add_types(f, f->pools[i], PL_PLAN);
		add_subnets(f, f->pools[i], PL_POOL_SUBNETS);
		add_images(f, f->pools[i]);
	}
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_POOL && m->objects[i]->origin[PL_CLOUD].source == pl_cloud_source(c))
			add_types(f, m->objects[i], PL_CLOUD);
}

/* ---- answers ---- */

/* The last answer ends it. */
static void came(struct pl_cloud *c)
{
	if (!--forecast(c)->waiting)
		pl_aws_conclude(c);
}

static void keep(json_t **slot, json_t *list)
{
	json_t *item;
	size_t i;

	if (!*slot)
		*slot = json_array();
	json_array_foreach(list, i, item)
		json_array_append(*slot, item);
}

static void versions_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);
	const char *next = pl_cloud_text(c, a->json, "nextToken");

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE)
		keep(&f->versions, pl_cloud_get(a->json, "clusterVersions"));
	else
		f->no_versions = a->why;
	if (next) {
		pl_auto_buf path = PL_BUF_INIT;

		pl_buf_adds(&path, "/cluster-versions?includeAll=true&maxResults=100&nextToken=");
		pl_sigv4_escape(&path, next, strlen(next), "");
		pl_aws_eks(c, "DescribeClusterVersions", NULL, path.data, versions_done, NULL);
		return;
	}
	came(c);
}

static void subnets_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);
	json_t *subnet;
	size_t i;

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE)
		f->no_subnets = a->why;
	json_array_foreach(pl_cloud_get(a->json, "subnetSet"), i, subnet)
		for (size_t k = 0; k < f->subnet_count; k++)
			if (pl_streq(f->subnets[k].name, pl_cloud_text(c, subnet, "subnetId"))) {
				f->subnets[k].zone = pl_cloud_text(c, subnet, "availabilityZone");
				f->subnets[k].free = pl_cloud_int(subnet, "availableIpAddressCount", -1);
				f->subnets[k].tagged = pl_aws_balancer_tag(subnet);
			}
	came(c);
}

static void types_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);
	json_t *live;
	size_t i;

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE)
		f->no_types = a->why;
	json_array_foreach(pl_cloud_get(a->json, "instanceTypeSet"), i, live) {
		const char *name = pl_cloud_text(c, live, "instanceType");
		struct pl_aws_type *type = name ? pl_aws_find_type(f, name) : NULL;

		if (type && !type->live)
			type->live = json_incref(live);
	}
	came(c);
}

static void offers_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);
	struct pl_model *m = pl_cloud_model(c);
	json_t *offer;
	size_t i, most = json_array_size(pl_cloud_get(a->json, "instanceTypeOfferingSet"));

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE)
		f->no_offers = a->why;
	json_array_foreach(pl_cloud_get(a->json, "instanceTypeOfferingSet"), i, offer) {
		const char *name = pl_cloud_text(c, offer, "instanceType"), *zone = pl_cloud_text(c, offer, "location");
		struct pl_aws_type *type = name ? pl_aws_find_type(f, name) : NULL;

		if (!type || !zone)
			continue;
		if (!type->zones)
			type->zones = pl_arena_alloc(&m->arena, most * sizeof *type->zones);
		type->zones[type->zone_count++] = zone;
	}
	came(c);
}

static void zones_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE)
		keep(&f->zones, pl_cloud_get(a->json, "availabilityZoneInfo"));
	else
		f->no_zones = a->why;
	came(c);
}

static void images_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = forecast(c);

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE)
		keep(&f->found_images, pl_cloud_get(a->json, "imagesSet"));
	else
		f->no_images = a->why;
	came(c);
}

/* ---- instances that run: AWS tells no usage of its quotas ---- */

struct usage {
	int64_t used[PL_AWS_CLASSES];
};

static pl_cloud_done instances_done;

static void ask_instances(struct pl_cloud *c, const char *next, struct usage *u)
{
	pl_auto_buf form = PL_BUF_INIT;

	pl_buf_adds(&form, "&MaxResults=1000&Filter.1.Name=instance-state-name&Filter.1.Value.1=pending&Filter.1.Value.2=running");
	if (next) {
		pl_buf_adds(&form, "&NextToken=");
		pl_sigv4_escape(&form, next, strlen(next), "");
	}
	pl_aws_query(c, PL_AWS_EC2, "DescribeInstances", "running instances", form.data, false, instances_done, u);
}

static void count_instance(struct pl_cloud *c, json_t *instance, struct usage *u)
{
	const char *type = pl_cloud_text(c, instance, "instanceType");
	int class = type ? pl_aws_class_of(type, pl_streq(pl_cloud_text(c, instance, "instanceLifecycle"), "spot")) : -1;
	struct pl_machine machine;

	if (class < 0 || u->used[class] < 0)
		return;
	if (pl_cloud_provider_of(c)->machine(type, &machine))
		u->used[class] += machine.vcpu;
	else
		u->used[class] = -1; /* a type that nobody here knows takes an unknown part */
}

static void instances_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextToken");
	json_t *reservation, *instance;
	struct usage *u = arg;
	size_t i, k;

	json_array_foreach(pl_cloud_get(a->json, "reservationSet"), i, reservation)
		json_array_foreach(pl_cloud_get(reservation, "instancesSet"), k, instance)
			count_instance(c, instance, u);
	if (next) {
		ask_instances(c, next, u);
		return;
	}
	for (size_t n = 0; a->outcome != PL_CLOUD_DONE && n < PL_AWS_CLASSES; n++)
		u->used[n] = -1;
	forecast(c)->no_instances = a->why;
	pl_aws_ask_quotas(c, u->used);
	came(c);
}

static pl_cloud_done clusters_done;

static void ask_clusters(struct pl_cloud *c, const char *next)
{
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_adds(&path, "/clusters?maxResults=100");
	if (next) {
		pl_buf_adds(&path, "&nextToken=");
		pl_sigv4_escape(&path, next, strlen(next), "");
	}
	pl_aws_eks(c, "ListClusters", NULL, path.data, clusters_done, NULL);
}

static void clusters_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextToken");
	struct pl_aws_forecast *f = forecast(c);

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE)
		f->region_clusters += (int64_t)json_array_size(pl_cloud_get(a->json, "clusters")) + (f->region_clusters < 0);
	else
		f->no_clusters = a->why;
	if (next)
		ask_clusters(c, next);
	else
		came(c);
}

/* A name is free when nobody has it; what forbids to look is there. */
static void bucket_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_object *beside = pl_cloud_beside(c, arg);

	if (a->outcome == PL_CLOUD_FAILED)
		pl_fact_unknown(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN, a->why, NULL);
	else
		pl_fact_bool(pl_cloud_model(c), beside, PL_BUCKET_NAME_TAKEN, a->outcome != PL_CLOUD_ABSENT, NULL);
	came(c);
}

/* ---- questions ---- */

static void ask_by_types(struct pl_cloud *c, const char *action, const char *more, bool planned, pl_cloud_done *done)
{
	struct pl_aws_forecast *f = forecast(c);
	pl_auto_buf form = PL_BUF_INIT;
	size_t n = 0;

	pl_buf_addf(&form, "%s&Filter.1.Name=instance-type", more);
	for (size_t i = 0; i < f->type_count && n < FILTER_VALUES; i++) {
		if (planned && !f->types[i].planned)
			continue;
		pl_buf_addf(&form, "&Filter.1.Value.%zu=", ++n);
		pl_sigv4_escape(&form, f->types[i].name, strlen(f->types[i].name), "");
	}
	if (!n)
		return;
	f->waiting++;
	pl_aws_query(c, PL_AWS_EC2, action, "instance types", form.data, false, done, NULL);
}

static void ask_subnets(struct pl_cloud *c)
{
	struct pl_aws_forecast *f = forecast(c);
	pl_auto_buf form = PL_BUF_INIT;

	pl_buf_adds(&form, "&Filter.1.Name=subnet-id");
	for (size_t i = 0; i < f->subnet_count && i < FILTER_VALUES; i++)
		pl_buf_addf(&form, "&Filter.1.Value.%zu=%s", i + 1, f->subnets[i].name);
	if (!f->subnet_count)
		return;
	f->waiting++;
	pl_aws_query(c, PL_AWS_EC2, "DescribeSubnets", "planned subnets", form.data, false, subnets_done, NULL);
}

static void ask_images(struct pl_cloud *c)
{
	struct pl_aws_forecast *f = forecast(c);
	pl_auto_buf form = PL_BUF_INIT;

	pl_buf_adds(&form, "&Filter.1.Name=image-id");
	for (size_t i = 0; i < f->image_count && i < FILTER_VALUES; i++) {
		pl_buf_addf(&form, "&Filter.1.Value.%zu=", i + 1);
		pl_sigv4_escape(&form, f->images[i], strlen(f->images[i]), "");
	}
	if (!f->image_count)
		return;
	f->waiting++;
	pl_aws_query(c, PL_AWS_EC2, "DescribeImages", "planned images", form.data, false, images_done, NULL);
}

static void ask_about_plan(struct pl_cloud *c, struct pl_aws_forecast *f)
{
	struct usage *u = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *u);
	bool creates = false;

	for (size_t i = 0; i < f->cluster_count; i++)
		creates |= f->clusters[i]->created;
	ask_by_types(c, "DescribeInstanceTypeOfferings", "&LocationType=availability-zone", true, offers_done);
	ask_subnets(c);
	ask_images(c);
	f->waiting += 2;
	pl_aws_query(c, PL_AWS_EC2, "DescribeAvailabilityZones", "zones", "", false, zones_done, NULL);
	ask_instances(c, NULL, u);
	if (creates) {
		f->waiting++;
		ask_clusters(c, NULL);
	}
	for (size_t i = 0; i < f->bucket_count; i++)
		if (f->buckets[i]->created && f->buckets[i]->identity) {
			f->waiting++;
			pl_aws_head_bucket(c, f->buckets[i]->name, bucket_done, f->buckets[i]);
		}
}

void pl_aws_predict(struct pl_cloud *c)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_aws_forecast *f = aws->forecast = pl_alloc(sizeof *f);

	f->region_clusters = -1;
	gather(c, f);
	if (!aws->cluster && !f->cluster_count)
		return;
	f->waiting = 1;
	pl_aws_eks(c, "DescribeClusterVersions", NULL, "/cluster-versions?includeAll=true&maxResults=100", versions_done, NULL);
	ask_by_types(c, "DescribeInstanceTypes", "", false, types_done);
	if (f->cluster_count)
		ask_about_plan(c, f);
}

void pl_aws_forecast_free(struct pl_aws_forecast *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->type_count; i++)
		json_decref(f->types[i].live);
	json_decref(f->found_images);
	json_decref(f->versions);
	json_decref(f->zones);
	free(f->types);
	free(f->subnets);
	free(f->images);
	free(f);
}
