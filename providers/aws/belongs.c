/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside an EKS cluster: balancers that its Services and Ingresses made (their tags say so), databases
 * of MySQL's kind in its VPC, and what a plan or state of the run calls its own: databases, buckets, repositories.
 */
#include <stdlib.h>
#include <string.h>

#include "aws/api.h"
#include "aws/service.h"
#include "base/str.h"
#include "json/load.h"

/* Balancers that one DescribeTags takes (Elastic Load Balancing API reference, 2026). */
#define TAGS_AT_ONCE 20

/* A list of XML whose elements have a name of their own is one object when it holds one. */
static size_t count_of(json_t *list)
{
	return json_is_array(list) ? json_array_size(list) : json_is_object(list);
}

static json_t *nth(json_t *list, size_t i)
{
	return json_is_array(list) ? json_array_get(list, i) : list;
}

static void add_param(struct pl_buf *form, const char *name, const char *value)
{
	pl_buf_addf(form, "&%s=", name);
	pl_sigv4_escape(form, value, strlen(value), "");
}

/* The next page of a list that goes on at a marker. */
static void ask_page(struct pl_cloud *c, enum pl_aws_service_id service, const char *action, const char *object,
		     const char *form, const char *marker, pl_cloud_done *done, void *arg)
{
	pl_auto_buf whole = PL_BUF_INIT;

	pl_buf_adds(&whole, form);
	if (marker)
		add_param(&whole, "Marker", marker);
	pl_aws_query(c, service, action, object, whole.data, false, done, arg);
}

/* ---- balancers ---- */

/* Who made it, by the tags of the controllers. */
struct owner {
	bool ours;
	const char *word;     /* "service" or "ingress"; NULL: the tags do not say */
	const char *of;       /* "NAMESPACE/NAME" */
};

/* Both generations: a classic one is named, and shows its listeners at once. */
struct balancer {
	const char *key;      /* ARN; a classic one's name */
	const char *name, *type, *scheme, *host;
	struct pl_cloud_list l4, l7; /* ports of its listeners, by layer */
	struct owner owner;
};

struct batch {
	enum pl_aws_service_id service;
	struct balancer *list[TAGS_AT_ONCE];
	size_t count;
};

static const struct {
	const char *tag, *word;
} stacks[] = {
	{ "service.k8s.aws/stack", "service" },
	{ "service.eks.amazonaws.com/stack", "service" },
	{ "kubernetes.io/service-name", "service" },
	{ "ingress.k8s.aws/stack", "ingress" },
	{ "ingress.eks.amazonaws.com/stack", "ingress" },
};

static bool names_cluster(struct pl_cloud *c, const char *key, const char *value)
{
	static const char prefix[] = "kubernetes.io/cluster/";
	const char *name = pl_aws_of(c)->name;

	if (pl_streq(key, "elbv2.k8s.aws/cluster") || pl_streq(key, "eks:eks-cluster-name"))
		return pl_streq(value, name);
	return key && pl_starts(key, prefix) && !strcmp(key + strlen(prefix), name) && !pl_streq(value, "shared");
}

static struct owner owner_of(struct pl_cloud *c, json_t *tags)
{
	struct owner o = { false, NULL, NULL };
	json_t *t;
	size_t i;

	json_array_foreach(tags, i, t) {
		const char *key = pl_json_member_str(t, "Key"), *value = pl_json_member_str(t, "Value");

		o.ours |= names_cluster(c, key, value);
		for (size_t k = 0; k < sizeof stacks / sizeof *stacks; k++)
			if (pl_streq(key, stacks[k].tag) && value && strchr(value, '/')) {
				o.word = stacks[k].word;
				o.of = pl_model_str(pl_cloud_model(c), value);
			}
	}
	return o;
}

static void add_port(struct pl_cloud *c, struct balancer *b, const char *port, const char *protocol)
{
	int layer = pl_aws_layer(protocol);

	if (port && layer)
		pl_cloud_list_add(c, layer == 7 ? &b->l7 : &b->l4, port);
}

/* The cluster's own Service and what it made are one object: see pl_kube_entries(). */
static struct pl_object *add_balancer(struct pl_cloud *c, const struct balancer *b)
{
	const char *name = b->owner.of ? strchr(b->owner.of, '/') + 1 : b->name;
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *o = pl_model_object(m, PL_LOAD_BALANCER, name, pl_cloud_source(c), b->key);

	o->cluster = pl_aws_of(c)->cluster;
	pl_fact_text(m, o, PL_LB_TYPE, b->owner.word ? b->owner.word : b->type, "tags")->note =
		pl_model_strf(m, "%s load balancer %s", b->type, b->name);
	pl_fact_text(m, o, PL_LB_SCHEME, pl_streq(b->scheme, "internal") ? "internal" : "external", "Scheme");
	if (b->host)
		pl_fact_list(m, o, PL_LB_ADDRESSES, &b->host, 1, "DNSName");
	return o;
}

static void add_side(struct pl_cloud *c, const struct balancer *b, const struct pl_cloud_list *ports, int layer)
{
	struct pl_object *o = add_balancer(c, b);

	/* one of both layers counts as two, and neither is the Service alone */
	if (b->owner.of && !(b->l4.count && b->l7.count))
		o->identity = pl_model_strf(pl_cloud_model(c), "%s/%s", b->owner.word, b->owner.of);
	pl_fact_list(pl_cloud_model(c), o, PL_LB_PORTS, ports->items, ports->count, "listeners");
	pl_fact_int(pl_cloud_model(c), o, PL_LB_LAYER, layer, "listeners");
}

static void add_sides(struct pl_cloud *c, const struct balancer *b)
{
	if (b->l4.count)
		add_side(c, b, &b->l4, 4);
	if (b->l7.count)
		add_side(c, b, &b->l7, 7);
}

static pl_cloud_done listeners_done;

static void ask_listeners(struct pl_cloud *c, struct balancer *b, const char *marker)
{
	pl_auto_buf form = PL_BUF_INIT;

	add_param(&form, "LoadBalancerArn", b->key);
	ask_page(c, PL_AWS_ELBV2, "DescribeListeners", b->name, form.data, marker, listeners_done, b);
}

static void listeners_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *result = pl_cloud_get(a->json, "DescribeListenersResult"), *list = pl_cloud_get(result, "Listeners"), *l;
	const char *next = pl_cloud_text(c, result, "NextMarker");
	struct balancer *b = arg;
	size_t i;

	if (a->outcome != PL_CLOUD_DONE) {
		struct pl_object *o = add_balancer(c, b);

		pl_fact_unknown(pl_cloud_model(c), o, PL_LB_PORTS, a->why, "listeners");
		pl_fact_unknown(pl_cloud_model(c), o, PL_LB_LAYER, a->why, "listeners");
		return;
	}
	json_array_foreach(list, i, l)
		add_port(c, b, pl_cloud_text(c, l, "Port"), pl_json_member_str(l, "Protocol"));
	if (next)
		ask_listeners(c, b, next);
	else
		add_sides(c, b);
}

static void unlisted(struct pl_cloud *c, const char *why)
{
	pl_cloud_incomplete(c, 1U << PL_LOAD_BALANCER,
			    pl_model_strf(pl_cloud_model(c), "load balancers not listed: %s", why));
}

static void tagged(struct pl_cloud *c, enum pl_aws_service_id service, struct balancer *b, json_t *tags)
{
	b->owner = owner_of(c, tags);
	if (b->owner.ours && service == PL_AWS_ELB)
		add_sides(c, b);
	else if (b->owner.ours)
		ask_listeners(c, b, NULL);
}

static void tags_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *list = pl_cloud_get(a->json, "DescribeTagsResult.TagDescriptions"), *t;
	struct batch *batch = arg;
	size_t i;

	json_array_foreach(list, i, t)
		for (size_t k = 0; k < batch->count; k++)
			if (pl_streq(pl_cloud_text(c, t, "ResourceArn|LoadBalancerName"), batch->list[k]->key))
				tagged(c, batch->service, batch->list[k], pl_cloud_get(t, "Tags"));
	if (a->outcome != PL_CLOUD_DONE && a->outcome != PL_CLOUD_ABSENT)
		unlisted(c, a->why);
}

static void ask_tags(struct pl_cloud *c, struct batch *batch)
{
	bool classic = batch->service == PL_AWS_ELB;
	pl_auto_buf form = PL_BUF_INIT;

	for (size_t i = 0; i < batch->count; i++) {
		pl_auto_buf name = PL_BUF_INIT;

		pl_buf_addf(&name, "%s.member.%zu", classic ? "LoadBalancerNames" : "ResourceArns", i + 1);
		add_param(&form, name.data, batch->list[i]->key);
	}
	pl_aws_query(c, batch->service, "DescribeTags", "load balancers", form.data, false, tags_done, batch);
}

static struct balancer *take(struct pl_cloud *c, json_t *j)
{
	struct balancer *b = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *b);
	json_t *list = pl_cloud_get(j, "ListenerDescriptions"), *l;
	const char *type = pl_cloud_text(c, j, "Type");
	size_t i;

	*b = (struct balancer){
		.key = pl_cloud_text(c, j, "LoadBalancerArn|LoadBalancerName"),
		.name = pl_cloud_text(c, j, "LoadBalancerName"),
		.type = type ? type : "classic",
		.scheme = pl_cloud_text(c, j, "Scheme"),
		.host = pl_cloud_text(c, j, "DNSName"),
	};
	json_array_foreach(list, i, l)
		add_port(c, b, pl_cloud_text(c, l, "Listener.LoadBalancerPort"), pl_cloud_text(c, l, "Listener.Protocol"));
	return b;
}

static bool may_be_ours(struct pl_cloud *c, json_t *j)
{
	return pl_cloud_text(c, j, "LoadBalancerName") && !pl_streq(pl_cloud_text(c, j, "Type"), "gateway") &&
	       pl_streq(pl_cloud_text(c, j, "VPCId|VpcId"), pl_aws_of(c)->vpc);
}

static pl_cloud_done balancers_done;

static void ask_balancers(struct pl_cloud *c, enum pl_aws_service_id service, const char *marker)
{
	ask_page(c, service, "DescribeLoadBalancers", "load balancers", "&PageSize=400", marker, balancers_done,
		 (void *)(uintptr_t)service);
}

static void balancers_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	enum pl_aws_service_id service = (enum pl_aws_service_id)(uintptr_t)arg;
	json_t *result = pl_cloud_get(a->json, "DescribeLoadBalancersResult"), *j;
	json_t *list = pl_cloud_get(result, "LoadBalancers|LoadBalancerDescriptions");
	const char *next = pl_cloud_text(c, result, "NextMarker");
	struct batch *batch = NULL;
	size_t i;

	if (a->outcome != PL_CLOUD_DONE) {
		unlisted(c, a->why);
		return;
	}
	json_array_foreach(list, i, j) {
		if (!may_be_ours(c, j))
			continue;
		if (!batch) {
			batch = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *batch);
			*batch = (struct batch){ .service = service };
		}
		batch->list[batch->count++] = take(c, j);
		if (batch->count == TAGS_AT_ONCE) {
			ask_tags(c, batch);
			batch = NULL;
		}
	}
	if (batch)
		ask_tags(c, batch);
	if (next)
		ask_balancers(c, service, next);
}

/* ---- databases ---- */

static bool is_mysql(const char *engine)
{
	const char *name = pl_aws_engine(engine);

	return pl_streq(name, "mysql") || pl_streq(name, "mariadb");
}

/* An instance of Aurora stands for its cluster. */
static void add_database(struct pl_cloud *c, json_t *j)
{
	struct pl_model *m = pl_cloud_model(c);
	const char *aurora = pl_cloud_text(c, j, "DBClusterIdentifier");
	const char *name = aurora ? aurora : pl_cloud_text(c, j, "DBInstanceIdentifier");
	const char *engine = pl_cloud_text(c, j, "Engine"), *text = pl_cloud_text(c, j, "EngineVersion"), *version;
	bool here = pl_streq(pl_cloud_text(c, j, "DBSubnetGroup.VpcId"), pl_aws_of(c)->vpc);
	const char *identity = pl_model_strf(m, "%s/%s", aurora ? "aws_rds_cluster" : "aws_db_instance", name ? name : "");
	bool planned = pl_cloud_planned_as(c, PL_DATABASE, identity);
	struct pl_object *o;

	if (!name || !engine || (!planned && !(here && is_mysql(engine))))
		return;
	o = pl_cloud_thing(c, pl_aws_of(c)->cluster, PL_DATABASE, name, identity, pl_cloud_text(c, j, "DBInstanceArn"));
	if (!o)
		return;
	pl_fact_text(m, o, PL_DB_ENGINE, pl_aws_engine(engine), "Engine")->note =
		planned ? NULL : "it stands in the cluster's VPC";
	version = text ? pl_aws_engine_version(m, text) : NULL;
	if (version)
		pl_fact_text(m, o, PL_DB_VERSION, version, "EngineVersion");
	else
		pl_fact_unknown(m, o, PL_DB_VERSION, "RDS does not say", "EngineVersion");
}

static pl_cloud_done databases_done;

static void ask_databases(struct pl_cloud *c, const char *marker)
{
	ask_page(c, PL_AWS_RDS, "DescribeDBInstances", "databases", "&MaxRecords=100", marker, databases_done, NULL);
}

static void databases_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *result = pl_cloud_get(a->json, "DescribeDBInstancesResult");
	json_t *list = pl_cloud_get(result, "DBInstances.DBInstance");
	const char *next = pl_cloud_text(c, result, "Marker");

	(void)arg;
	for (size_t i = 0; i < count_of(list); i++)
		add_database(c, nth(list, i));
	if (next)
		ask_databases(c, next);
	else if (a->outcome != PL_CLOUD_DONE)
		pl_cloud_incomplete(c, 1U << PL_DATABASE,
				    pl_model_strf(pl_cloud_model(c), "databases not listed: %s", a->why));
}

/* ---- repositories and buckets ---- */

static pl_cloud_done repositories_done;

static void ask_repositories(struct pl_cloud *c, const char *next)
{
	pl_auto_buf body = PL_BUF_INIT;
	json_t *json = json_pack("{s:i,s:s*}", "maxResults", 1000, "nextToken", next);
	char *text = json_dumps(json, JSON_COMPACT);

	pl_buf_adds(&body, text);
	pl_aws_json(c, PL_AWS_ECR, "DescribeRepositories", "repositories", body.data, repositories_done, NULL);
	free(text);
	json_decref(json);
}

static void repositories_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *list = pl_cloud_get(a->json, "repositories"), *r;
	const char *next = pl_cloud_text(c, a->json, "nextToken");
	struct pl_model *m = pl_cloud_model(c);
	size_t i;

	(void)arg;
	json_array_foreach(list, i, r) {
		const char *name = pl_cloud_text(c, r, "repositoryName");
		const char *identity = pl_model_strf(m, "aws_ecr_repository/%s", name ? name : "");
		struct pl_object *o = pl_cloud_planned_as(c, PL_REGISTRY, identity)
			? pl_cloud_thing(c, pl_aws_of(c)->cluster, PL_REGISTRY, name, identity, pl_cloud_text(c, r, "repositoryArn")) : NULL;

		if (o)
			pl_fact_text(m, o, PL_REGISTRY_SERVICE, "ecr", "repositoryArn");
	}
	if (next)
		ask_repositories(c, next);
}

static void bucket_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const struct pl_object *planned = arg;
	struct pl_object *o;

	if (a->outcome != PL_CLOUD_DONE)
		return; /* what is gone, or is not for us to see, shows nothing */
	o = pl_cloud_thing(c, pl_aws_of(c)->cluster, PL_BUCKET, planned->name, planned->identity,
		      pl_model_strf(pl_cloud_model(c), "s3://%s", planned->name));
	if (o)
		pl_fact_text(pl_cloud_model(c), o, PL_BUCKET_SERVICE, "s3", NULL);
}

static bool is_of_type(const struct pl_object *o, const char *type)
{
	return o->identity && pl_starts(o->identity, type) && o->identity[strlen(type)] == '/';
}

void pl_aws_ask_planned(struct pl_cloud *c)
{
	struct pl_object **list;
	size_t n = pl_cloud_planned(c, PL_REGISTRY, &list);

	for (size_t i = 0; i < n; i++)
		if (is_of_type(list[i], "aws_ecr_repository") && !list[i]->created) {
			ask_repositories(c, NULL);
			break;
		}
	n = pl_cloud_planned(c, PL_BUCKET, &list);
	for (size_t i = 0; i < n; i++)
		if (is_of_type(list[i], "aws_s3_bucket") && !list[i]->created)
			pl_aws_head_bucket(c, list[i]->name, bucket_done, list[i]);
}

void pl_aws_ask_vpc(struct pl_cloud *c, const char *vpc)
{
	pl_aws_of(c)->vpc = vpc;
	if (!vpc)
		return;
	ask_balancers(c, PL_AWS_ELBV2, NULL);
	ask_balancers(c, PL_AWS_ELB, NULL);
	ask_databases(c, NULL);
}
