/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bill of a plan: vCPU of running instances by class, clusters of the region, node groups of the cluster,
 * addresses of subnets.  Codes of quotas were read in Service Quotas' listings and public code (2026-11); a quota
 * whose name is not what its code should stand for is taken for unknown.
 */
#include "aws/forecast.h"

#include <string.h>

#include "base/str.h"
#include "json/load.h"

enum { CLUSTERS = 11, GROUPS = 12 };

const struct pl_aws_class pl_aws_classes[PL_AWS_CLASSES] = {
	{ "L-1216C47A", "Standard" },
	{ "L-34B43A08", "Standard" },
	{ "L-DB2E81BA", "G and VT" },
	{ "L-3819A6DF", "G and VT" },
	{ "L-417A185B", " P " },
	{ "L-7212CCBC", " P" },
	{ "L-74FC7D96", " F " },
	{ "L-7295265B", " X " },
	{ "L-1945791B", "Inf" },
	{ "L-2C3B7624", "Trn" },
	{ "L-6E869C2A", "DL" },
	[CLUSTERS] = { "L-1194D53C", "luster" },
	[GROUPS] = { "L-6D54EA21", "node groups" },
};

/* By the letters a type begins with: on demand, spot; -1: no quota of it is known. */
static const struct {
	const char *letters;
	int on_demand, spot;
} families[] = {
	{ "a", 0, 1 }, { "c", 0, 1 }, { "d", 0, 1 }, { "h", 0, 1 }, { "i", 0, 1 }, { "im", 0, 1 }, { "is", 0, 1 },
	{ "m", 0, 1 }, { "r", 0, 1 }, { "t", 0, 1 }, { "z", 0, 1 }, { "g", 2, 3 }, { "gr", 2, 3 }, { "vt", 2, 3 },
	{ "p", 4, 5 }, { "f", 6, -1 }, { "x", 7, -1 }, { "inf", 8, -1 }, { "trn", 9, -1 }, { "dl", 10, -1 },
};

int pl_aws_class_of(const char *type, bool spot)
{
	size_t n = strcspn(type, "0123456789-.");

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strlen(families[i].letters) == n && !memcmp(families[i].letters, type, n))
			return spot ? families[i].spot : families[i].on_demand;
	return -1;
}

/* ---- what is asked ---- */

static bool is_spot(const struct pl_object *pool, enum pl_witness w)
{
	const struct pl_fact *f = pl_object_fact(pool, PL_POOL_CAPACITY, (int)w);

	return f && f->known && !strcmp(f->value.s, "spot");
}

/* "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" is long. */
static const char *without_letters(struct pl_cloud *c, const char *name)
{
	const char *open = strstr(name, " ("), *close = open ? strchr(open, ')') : NULL;

	return close ? pl_model_strf(pl_cloud_model(c), "%.*s%s", (int)(open - name), name, close + 1) : name;
}

static void limit_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	struct pl_aws_quota *q = arg;
	const char *name = pl_cloud_text(c, a->json, "Quota.QuotaName");
	json_t *value = pl_cloud_get(a->json, "Quota.Value");

	if (a->outcome == PL_CLOUD_ABSENT && !q->by_default) {
		pl_auto_buf body = PL_BUF_INIT;

		/* nobody has ever raised it */
		q->by_default = true;
		pl_buf_addf(&body, "{\"ServiceCode\":\"%s\",\"QuotaCode\":\"%s\"}", q->service, q->class->code);
		pl_aws_json(c, PL_AWS_QUOTAS, "GetAWSDefaultServiceQuota", q->class->code, body.data, limit_done, q);
		return;
	}
	if (!json_is_number(value) || !(json_number_value(value) >= 0 && json_number_value(value) < 1e15))
		q->why = a->why ? a->why : "Service Quotas does not say";
	else if (name && strcmp(name, q->class->code) != 0 && !pl_contains(name, q->class->word))
		q->why = pl_model_strf(pl_cloud_model(c), "%s is called '%s', which is not what it was taken for",
				       q->class->code, name);
	else
		q->limit = (int64_t)json_number_value(value);
	q->title = name ? without_letters(c, name) : q->class->code;
	if (!--f->waiting)
		pl_aws_conclude(c);
}

static void ask_limit(struct pl_cloud *c, int class, const char *service)
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;
	struct pl_aws_quota *q = &f->quotas[class];
	pl_auto_buf body = PL_BUF_INIT;

	if (class < 0 || q->class)
		return;
	*q = (struct pl_aws_quota){ &pl_aws_classes[class], service, pl_aws_classes[class].code, -1, NULL, false };
	f->waiting++;
	pl_buf_addf(&body, "{\"ServiceCode\":\"%s\",\"QuotaCode\":\"%s\"}", service, q->class->code);
	pl_aws_json(c, PL_AWS_QUOTAS, "GetServiceQuota", q->class->code, body.data, limit_done, q);
}

void pl_aws_ask_quotas(struct pl_cloud *c, const int64_t used[PL_AWS_CLASSES])
{
	struct pl_aws_forecast *f = pl_aws_of(c)->forecast;

	memcpy(f->used, used, sizeof f->used);
	for (size_t i = 0; i < f->pool_count; i++) {
		const struct pl_fact *t = pl_object_fact(f->pools[i], PL_POOL_MACHINE, PL_PLAN);

		for (; t; t = pl_fact_next(t, PL_PLAN))
			if (t->known)
				ask_limit(c, pl_aws_class_of(t->value.s, is_spot(f->pools[i], PL_PLAN)), "ec2");
		if (f->pools[i]->created)
			ask_limit(c, GROUPS, "eks");
	}
	for (size_t i = 0; i < f->cluster_count; i++)
		if (f->clusters[i]->created)
			ask_limit(c, CLUSTERS, "eks");
}

/* ---- vCPU ---- */

/* vCPU of the smallest, first and largest type that it may pick; -1: not known. */
static struct pl_cloud_sizes vcpu_of(struct pl_cloud *c, const struct pl_object *pool, enum pl_witness w)
{
	const struct pl_fact *t = pl_object_fact(pool, PL_POOL_MACHINE, (int)w);
	struct pl_cloud_sizes s = { -1, -1, -1 };

	for (; t; t = pl_fact_next(t, (int)w)) {
		struct pl_aws_type *type = t->known ? pl_aws_find_type(pl_aws_of(c)->forecast, t->value.s) : NULL;
		struct pl_machine machine = { .vcpu = -1 };
		int64_t n;

		if (type && !type->live)
			pl_cloud_provider_of(c)->machine(type->name, &machine);
		n = type && type->live ? pl_cloud_int(type->live, "vCpuInfo.defaultVCpus", -1) : machine.vcpu;
		if (n < 0)
			return (struct pl_cloud_sizes){ -1, -1, -1 };
		s.desired = s.desired < 0 ? n : s.desired;
		s.min = s.min < 0 || n < s.min ? n : s.min;
		s.max = n > s.max ? n : s.max;
	}
	return s;
}

/* It may run though nothing shows it. */
static bool is_hidden(struct pl_cloud *c, const struct pl_object *pool)
{
	const struct pl_aws *aws = pl_aws_of(c);

	return !pool->created && aws->cluster && !aws->groups_listed && !pl_cloud_running(c, pool);
}

static void bill_vcpu(struct pl_cloud *c, struct pl_object *pool)
{
	struct pl_object *running = pl_cloud_running(c, pool);
	const struct pl_value *type = pl_cloud_planned_value(pool, PL_POOL_MACHINE);
	struct pl_cloud_sizes nodes = pl_cloud_nodes(pool, PL_PLAN, 1), vcpu = vcpu_of(c, pool, PL_PLAN), of;
	int class = type ? pl_aws_class_of(type->s, is_spot(pool, PL_PLAN)) : -1;
	int64_t had = is_hidden(c, pool) ? -1 : 0;

	if (class < 0)
		return;
	if (running && is_spot(running, PL_CLOUD) == is_spot(pool, PL_PLAN))
		had = pl_cloud_times(pl_cloud_nodes(running, PL_CLOUD, 1), vcpu_of(c, running, PL_CLOUD).desired).desired;
	of = pl_cloud_less((struct pl_cloud_sizes){ pl_cloud_times(nodes, vcpu.min).min, pl_cloud_times(nodes, vcpu.desired).desired,
					   pl_cloud_times(nodes, vcpu.max).max }, had);
	pl_cloud_bill(c, pool, pl_aws_classes[class].code, of, 1, nodes.desired < 0 || vcpu.desired < 0 ? NULL
		      : pl_model_strf(pl_cloud_model(c), "%lld nodes of %lld vCPU%s", (long long)nodes.desired,
				      (long long)vcpu.desired, had > 0 ? ", less what runs" : ""));
}

/* ---- addresses ---- */

/* What vpc-cni keeps ready on a node: two interfaces, full (its documented WARM_ENI_TARGET of 1). */
static int64_t addresses_of(struct pl_cloud *c, const struct pl_object *pool)
{
	const struct pl_value *type = pl_cloud_planned_value(pool, PL_POOL_MACHINE);
	struct pl_aws_type *t = type ? pl_aws_find_type(pl_aws_of(c)->forecast, type->s) : NULL;
	int64_t each = t ? pl_cloud_int(t->live, "networkInfo.ipv4AddressesPerInterface", -1) : -1;

	return each < 0 ? -1 : 2 * each;
}

static int64_t share(int64_t nodes, size_t subnets)
{
	return nodes < 0 ? -1 : (nodes + (int64_t)subnets - 1) / (int64_t)subnets;
}

/* Nodes are spread over the subnets; the fewest addresses that they can do with are their own. */
static void bill_addresses(struct pl_cloud *c, struct pl_object *pool)
{
	const struct pl_value *subnets = pl_cloud_planned_value(pool, PL_POOL_SUBNETS);
	struct pl_object *running = pl_cloud_running(c, pool);
	struct pl_cloud_sizes nodes = pl_cloud_less(pl_cloud_nodes(pool, PL_PLAN, 1),
					   running ? pl_cloud_nodes(running, PL_CLOUD, 1).desired : is_hidden(c, pool) ? -1 : 0);
	int64_t each = addresses_of(c, pool);
	struct pl_cloud_sizes of;

	for (size_t i = 0; subnets && i < subnets->count; i++) {
		if (!pl_starts(subnets->list[i], "subnet-"))
			continue;
		of = (struct pl_cloud_sizes){ share(nodes.min, subnets->count), share(nodes.desired, subnets->count),
				     share(nodes.max, subnets->count) };
		of.max = pl_cloud_times(of, each).max;
		pl_cloud_bill(c, pool, subnets->list[i], of, 1, each < 0 ? NULL
			      : pl_model_strf(pl_cloud_model(c), "an address a node; at the largest size %lld, as vpc-cni keeps two "
					      "interfaces full", (long long)each));
	}
}

/* ---- the whole ---- */

static void quota(struct pl_cloud *c, int class, const char *unit, int64_t used, const char *why)
{
	const struct pl_aws_quota *q = &pl_aws_of(c)->forecast->quotas[class];

	if (q->class)
		pl_cloud_quota(c, &(struct pl_cloud_quota){
			.key = q->class->code, .title = q->title, .resource = "quota", .unit = unit, .limit = q->limit,
			.used = used, .why = q->why ? q->why : why });
}

static void demand_one(struct pl_cloud *c, int class, struct pl_object *o)
{
	pl_cloud_demand(c, pl_aws_classes[class].code, &(struct pl_cloud_demand){ .object = o, .min = 1, .desired = 1, .max = 1 });
}

void pl_aws_bill(struct pl_cloud *c)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_aws_forecast *f = aws->forecast;

	for (int i = 0; i < CLUSTERS; i++)
		quota(c, i, "vCPU", f->used[i], f->no_instances ? f->no_instances : "instances of a type that is not known run");
	quota(c, CLUSTERS, "clusters", f->region_clusters, f->no_clusters);
	quota(c, GROUPS, "node groups", !aws->cluster ? 0 : aws->groups_listed ? aws->group_count : -1, "its node groups are not listed");
	for (size_t i = 0; i < f->cluster_count; i++)
		if (f->clusters[i]->created)
			demand_one(c, CLUSTERS, f->clusters[i]);
	for (size_t i = 0; i < f->pool_count; i++) {
		bill_vcpu(c, f->pools[i]);
		bill_addresses(c, f->pools[i]);
		if (f->pools[i]->created)
			demand_one(c, GROUPS, f->pools[i]);
	}
	for (size_t i = 0; i < f->subnet_count; i++)
		pl_cloud_quota(c, &(struct pl_cloud_quota){
			.key = f->subnets[i].name, .title = pl_model_strf(pl_cloud_model(c), "subnet %s", f->subnets[i].name),
			.resource = "addresses", .unit = "free addresses", .limit = f->subnets[i].free, .used = 0,
			.why = f->no_subnets ? f->no_subnets : "the subnet is not there" });
}
