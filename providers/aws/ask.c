/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EKS, EC2 and Auto Scaling say of a cluster: itself, its node groups and what launches them, groups that
 * were made by hand, Fargate profiles, add-ons.  Nodes of Karpenter and of Auto Mode are in none of these: only
 * the cluster shows them.
 */
#include <stdlib.h>
#include <string.h>

#include "aws/api.h"
#include "aws/aws.h"
#include "base/str.h"
#include "json/load.h"

/* ---- lists ---- */

/* "/clusters/NAME/..." with what follows, escaped where it must be. */
static void cluster_path(struct pl_cloud *c, struct pl_buf *out, const char *list, const char *item)
{
	pl_buf_addf(out, "/clusters/%s", pl_aws_of(c)->name);
	if (list)
		pl_buf_addf(out, "/%s", list);
	if (item) {
		pl_buf_addc(out, '/');
		pl_sigv4_escape(out, item, strlen(item), "");
	}
}

struct list {
	const char *action, *path, *member, *what;
	enum pl_kind kind; /* that is made of each */
	void (*each)(struct pl_cloud *c, const char *name);
};

static pl_cloud_done list_done;
static void each_group(struct pl_cloud *c, const char *name);

static void ask_list(struct pl_cloud *c, const struct list *l, const char *next)
{
	pl_auto_buf path = PL_BUF_INIT;

	cluster_path(c, &path, l->path, NULL);
	pl_buf_adds(&path, "?maxResults=100");
	if (next) {
		pl_buf_adds(&path, "&nextToken=");
		pl_sigv4_escape(&path, next, strlen(next), "");
	}
	pl_aws_eks(c, l->action, l->what, path.data, list_done, (void *)(uintptr_t)l);
}

static void list_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const struct list *l = arg;
	json_t *names = pl_cloud_get(a->json, l->member), *name;
	const char *next = pl_cloud_text(c, a->json, "nextToken");
	size_t i;

	if (a->outcome != PL_CLOUD_DONE) {
		pl_cloud_incomplete(c, 1U << l->kind, pl_model_strf(pl_cloud_model(c), "%s not listed: %s", l->what, a->why));
		return;
	}
	json_array_foreach(names, i, name)
		if (json_is_string(name))
			l->each(c, json_string_value(name));
	if (next)
		ask_list(c, l, next);
	else if (l->each == each_group)
		pl_aws_of(c)->groups_listed = true;
}

/* ---- pools ---- */

static struct pl_object *add_pool(struct pl_cloud *c, const char *name, const char *address)
{
	struct pl_object *o = pl_model_object(pl_cloud_model(c), PL_POOL, name, pl_cloud_source(c), address);

	o->cluster = pl_aws_of(c)->cluster;
	return o;
}

static void no_machine(struct pl_cloud *c, struct pl_object *pool, const char *why, const char *path)
{
	static const enum pl_attr attrs[] = { PL_POOL_MACHINE, PL_POOL_VCPU, PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };

	for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
		pl_fact_unknown(pl_cloud_model(c), pool, attrs[i], why, path);
}

static void add_machines(struct pl_cloud *c, struct pl_object *pool, json_t *types, const char *path)
{
	json_t *type;
	size_t i;

	json_array_foreach(types, i, type)
		if (json_is_string(type))
			pl_cloud_machine(c, pool, json_string_value(type), path);
}

/* ---- launch templates ---- */

/* A group waits for what launches it. */
struct waiting {
	struct pl_object *pool;
	bool machine, disk, image;
};

static void template_facts(struct pl_cloud *c, const struct waiting *w, json_t *data)
{
	static const struct pl_field image = { "imageId", PL_POOL_IMAGE, PL_AS_TEXT, NULL, NULL };
	const struct pl_field fields[] = { image, { 0 } };
	struct pl_model *m = pl_cloud_model(c);
	const char *type = pl_cloud_text(c, data, "instanceType");
	int64_t disk = pl_cloud_bytes(data, "blockDeviceMappingSet[0].ebs.volumeSize", PL_AS_GIB, 0);

	if (w->machine && type)
		pl_cloud_machine(c, w->pool, type, "launchTemplateData.instanceType");
	else if (w->machine)
		no_machine(c, w->pool, pl_cloud_get(data, "instanceRequirements")
			   ? "EC2 picks types by the template's instanceRequirements" : "its launch template names no type",
			   "launchTemplateData.instanceType");
	if (w->disk && disk > 0)
		pl_fact_int(m, w->pool, PL_POOL_DISK, disk, "launchTemplateData.blockDeviceMappings[0]");
	else if (w->disk)
		pl_fact_unknown(m, w->pool, PL_POOL_DISK, "its launch template names no size; the image's decides", NULL);
	if (!w->image || !pl_cloud_text(c, data, "imageId"))
		return;
	pl_cloud_fields(c, w->pool, data, fields);
	pl_fact_unknown(m, w->pool, PL_POOL_OS, "its launch template names an image by its ID alone", "imageId");
}

static void template_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const struct waiting *w = arg;
	struct pl_model *m = pl_cloud_model(c);
	json_t *data = pl_cloud_get(a->json, "launchTemplateVersionSet[0].launchTemplateData");

	if (data) {
		template_facts(c, w, data);
		return;
	}
	if (w->machine)
		no_machine(c, w->pool, a->why ? a->why : "its launch template is gone", NULL);
	if (w->disk)
		pl_fact_unknown(m, w->pool, PL_POOL_DISK, a->why ? a->why : "its launch template is gone", NULL);
}

static void ask_template(struct pl_cloud *c, const struct waiting *w, json_t *spec)
{
	const char *id = pl_cloud_text(c, spec, "id|launchTemplateId|LaunchTemplateId");
	const char *version = pl_cloud_text(c, spec, "version|Version");
	struct waiting *kept = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *kept);
	pl_auto_buf form = PL_BUF_INIT;

	*kept = *w;
	pl_buf_adds(&form, "&LaunchTemplateId=");
	pl_sigv4_escape(&form, id ? id : "", id ? strlen(id) : 0, "");
	pl_buf_adds(&form, "&LaunchTemplateVersion.1=");
	pl_sigv4_escape(&form, version ? version : "$Default", strlen(version ? version : "$Default"), "");
	pl_aws_query(c, PL_AWS_EC2, "DescribeLaunchTemplateVersions", w->pool->name, form.data, false, template_done, kept);
}

/* ---- node groups ---- */

static const struct pl_field group_fields[] = {
	{ "labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "capacityType", PL_POOL_CAPACITY, PL_AS_LOWER, "on-demand", "EKS's default" },
	{ "scalingConfig.minSize", PL_POOL_MIN, PL_AS_INT, NULL, NULL },
	{ "scalingConfig.maxSize", PL_POOL_MAX, PL_AS_INT, NULL, NULL },
	{ "scalingConfig.desiredSize", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL },
	{ "version", PL_POOL_VERSION, PL_AS_TEXT, NULL, NULL },
	{ "subnets", PL_POOL_SUBNETS, PL_AS_LIST, NULL, NULL },
	{ 0 },
};

static void add_image_type(struct pl_cloud *c, struct pl_object *pool, json_t *group)
{
	const char *type = pl_cloud_text(c, group, "amiType"), *os = type ? pl_aws_os_of_type(type) : NULL;
	struct pl_model *m = pl_cloud_model(c);

	if (type)
		pl_fact_text(m, pool, PL_POOL_IMAGE, type, "amiType");
	if (os)
		pl_fact_text(m, pool, PL_POOL_OS, os, "amiType");
	else if (!type || strcmp(type, "CUSTOM") != 0)
		pl_fact_unknown(m, pool, PL_POOL_OS, "the AMI type names no system", "amiType");
}

static void group_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *g = pl_cloud_get(a->json, "nodegroup"), *types = pl_cloud_get(g, "instanceTypes");
	json_t *template = pl_cloud_get(g, "launchTemplate");
	const char *ami = pl_cloud_text(c, g, "amiType");
	struct pl_object *pool = arg;
	struct pl_model *m = pl_cloud_model(c);
	int64_t disk = pl_cloud_bytes(g, "diskSize", PL_AS_GIB, 0);
	struct waiting w = { pool, !json_array_size(types), disk <= 0, pl_streq(ami, "CUSTOM") };

	if (!g) {
		pl_fact_unknown(m, pool, PL_POOL_LABELS, a->why ? a->why : "the answer holds no node group", NULL);
		no_machine(c, pool, a->why ? a->why : "the answer holds no node group", NULL);
		return;
	}
	pl_cloud_fields(c, pool, g, group_fields);
	pl_cloud_taints(c, pool, pl_cloud_get(g, "taints"), "taints");
	add_image_type(c, pool, g);
	add_machines(c, pool, types, "instanceTypes");
	if (disk > 0)
		pl_fact_int(m, pool, PL_POOL_DISK, disk, "diskSize");
	pl_fact_unknown(m, pool, PL_POOL_MAX_PODS, "the network interfaces of the instance type decide", NULL);
	if (template && (w.machine || w.disk || w.image))
		ask_template(c, &w, template);
	else if (w.machine)
		no_machine(c, pool, "EKS does not say", "instanceTypes");
}

static void each_group(struct pl_cloud *c, const char *name)
{
	struct pl_aws *aws = pl_aws_of(c);
	pl_auto_buf path = PL_BUF_INIT;
	struct pl_object *pool = add_pool(c, name, pl_model_strf(pl_cloud_model(c), "node group %s", name));

	aws->group_count++;
	cluster_path(c, &path, "node-groups", name);
	pl_aws_eks(c, "DescribeNodegroup", pool->origin[PL_CLOUD].address, path.data, group_done, pool);
}

/* ---- Fargate: each pod gets a machine of its own, so the profile is a pool whose nodes carry nothing ---- */

static void each_profile(struct pl_cloud *c, const char *name)
{
	static const char note[] = "Fargate's nodes carry no labels of their own";
	struct pl_model *m = pl_cloud_model(c);
	struct pl_value none = { .type = PL_MAP };
	struct pl_object *pool = add_pool(c, name, pl_model_strf(m, "Fargate profile %s", name));
	struct pl_fact *f = pl_fact_add(m, pool, PL_POOL_LABELS, &none, NULL);

	f->basis = PL_DEFAULT;
	f->note = note;
	pl_fact_bool(m, pool, PL_POOL_MACHINE_LISTED, true, NULL)->note = "Fargate has no machine types";
}

/* ---- add-ons ---- */

static void addon_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_object *o = arg;
	const char *version = pl_cloud_text(c, a->json, "addon.addonVersion");

	if (version)
		pl_fact_text(pl_cloud_model(c), o, PL_COMPONENT_VERSION, version, "addonVersion");
	else
		pl_fact_unknown(pl_cloud_model(c), o, PL_COMPONENT_VERSION, a->why ? a->why : "EKS does not say", NULL);
}

static void each_addon(struct pl_cloud *c, const char *name)
{
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *o = pl_model_object(m, PL_COMPONENT, name, pl_cloud_source(c), pl_model_strf(m, "add-on %s", name));
	pl_auto_buf path = PL_BUF_INIT;

	o->cluster = pl_aws_of(c)->cluster;
	pl_fact_text(m, o, PL_COMPONENT_NAME, name, "addonName");
	cluster_path(c, &path, "addons", name);
	pl_aws_eks(c, "DescribeAddon", o->origin[PL_CLOUD].address, path.data, addon_done, o);
}

static const struct list groups = { "ListNodegroups", "node-groups", "nodegroups", "node groups", PL_POOL, each_group };
static const struct list profiles = { "ListFargateProfiles", "fargate-profiles", "fargateProfileNames",
				      "Fargate profiles", PL_POOL, each_profile };
static const struct list addons = { "ListAddons", "addons", "addons", "add-ons", PL_COMPONENT, each_addon };

/* ---- groups made by hand ---- */

static bool has_tag(json_t *tags, const char *key)
{
	json_t *t;
	size_t i;

	json_array_foreach(tags, i, t)
		if (pl_streq(pl_json_member_str(t, "Key"), key))
			return true;
	return false;
}

static const struct pl_field auto_fields[] = {
	{ "MinSize", PL_POOL_MIN, PL_AS_INT, NULL, NULL },
	{ "MaxSize", PL_POOL_MAX, PL_AS_INT, NULL, NULL },
	{ "DesiredCapacity", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL },
	{ "AvailabilityZones", PL_POOL_ZONES, PL_AS_LIST, NULL, NULL },
	{ 0 },
};

/* EKS makes an Auto Scaling group for each node group, which is told already. */
static void add_auto_group(struct pl_cloud *c, json_t *g)
{
	const char *name = pl_cloud_text(c, g, "AutoScalingGroupName");
	struct pl_model *m = pl_cloud_model(c);
	json_t *overrides = pl_cloud_get(g, "MixedInstancesPolicy.LaunchTemplate.Overrides"), *override;
	json_t *template = pl_cloud_get(g, "LaunchTemplate|MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification");
	struct waiting w = { NULL, true, true, true };
	size_t i;

	if (!name || has_tag(pl_cloud_get(g, "Tags"), "eks:nodegroup-name"))
		return;
	w.pool = add_pool(c, name, pl_model_strf(m, "Auto Scaling group %s", name));
	pl_cloud_fields(c, w.pool, g, auto_fields);
	pl_fact_unknown(m, w.pool, PL_POOL_LABELS, "the boot text of its instances decides; k8s:// shows them", NULL);
	json_array_foreach(overrides, i, override) {
		const char *type = pl_cloud_text(c, override, "InstanceType");

		if (type)
			pl_cloud_machine(c, w.pool, type, "MixedInstancesPolicy.LaunchTemplate.Overrides");
		w.machine = w.machine && !type;
	}
	if (template)
		ask_template(c, &w, template);
	else
		no_machine(c, w.pool, "its launch configuration is not asked for", NULL);
}

static pl_cloud_done auto_done;

static void ask_auto_groups(struct pl_cloud *c, const char *next)
{
	pl_auto_buf form = PL_BUF_INIT;

	pl_buf_adds(&form, "&MaxRecords=100&Filters.member.1.Name=tag-key&Filters.member.1.Values.member.1=");
	pl_sigv4_escape(&form, "kubernetes.io/cluster/", strlen("kubernetes.io/cluster/"), "");
	pl_buf_adds(&form, pl_aws_of(c)->name);
	if (next) {
		pl_buf_adds(&form, "&NextToken=");
		pl_sigv4_escape(&form, next, strlen(next), "");
	}
	pl_aws_query(c, PL_AWS_AUTOSCALING, "DescribeAutoScalingGroups", "Auto Scaling groups", form.data, false, auto_done,
		     NULL);
}

static void auto_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *result = pl_cloud_get(a->json, "DescribeAutoScalingGroupsResult"), *list, *group;
	const char *next = pl_cloud_text(c, result, "NextToken");
	size_t i;

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE) {
		pl_cloud_incomplete(c, 1U << PL_POOL, pl_model_strf(pl_cloud_model(c), "Auto Scaling groups not listed: %s", a->why));
		return;
	}
	list = pl_cloud_get(result, "AutoScalingGroups");
	json_array_foreach(list, i, group)
		add_auto_group(c, group);
	if (next)
		ask_auto_groups(c, next);
}

/* ---- subnets ---- */

bool pl_aws_balancer_tag(json_t *subnet)
{
	json_t *tag;
	size_t i;

	json_array_foreach(pl_cloud_get(subnet, "tagSet"), i, tag) {
		const char *key = pl_json_member_str(tag, "key");

		if (key && pl_starts(key, "kubernetes.io/role/"))
			return true;
	}
	return false;
}

static void subnets_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_model *m = pl_cloud_model(c);
	json_t *set = pl_cloud_get(a->json, "subnetSet"), *subnet;
	const char **list = pl_arena_alloc(&m->arena, (json_array_size(set) + 1) * sizeof *list);
	struct pl_value v = { .type = PL_LIST, .list = list };
	size_t i;

	(void)arg;
	if (a->outcome != PL_CLOUD_DONE) {
		pl_fact_unknown(m, pl_aws_of(c)->cluster, PL_CLUSTER_UNTAGGED_SUBNETS, a->why, NULL);
		return;
	}
	if (!pl_aws_of(c)->vpc)
		pl_aws_ask_vpc(c, pl_cloud_text(c, set, "[0].vpcId"));
	json_array_foreach(set, i, subnet)
		if (!pl_aws_balancer_tag(subnet) && pl_cloud_text(c, subnet, "subnetId"))
			list[v.count++] = pl_cloud_text(c, subnet, "subnetId");
	pl_fact_add(m, pl_aws_of(c)->cluster, PL_CLUSTER_UNTAGGED_SUBNETS, &v, "resourcesVpcConfig.subnetIds");
}

static void ask_subnets(struct pl_cloud *c, json_t *ids)
{
	pl_auto_buf form = PL_BUF_INIT;
	json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
		if (json_is_string(id)) {
			pl_buf_addf(&form, "&SubnetId.%zu=", i + 1);
			pl_sigv4_escape(&form, json_string_value(id), json_string_length(id), "");
		}
	if (form.len)
		pl_aws_query(c, PL_AWS_EC2, "DescribeSubnets", "the cluster's subnets", form.data, false, subnets_done, NULL);
}

/* ---- the cluster ---- */

static const struct pl_field cluster_fields[] = {
	{ "version", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL, "EKS does not say" },
	{ "endpoint", PL_CLUSTER_ENDPOINT, PL_AS_TEXT, NULL, NULL },
	{ "resourcesVpcConfig.subnetIds", PL_CLUSTER_SUBNETS, PL_AS_LIST, NULL, NULL },
	{ "accessConfig.authenticationMode", PL_CLUSTER_AUTHENTICATION, PL_AS_LOWER, "config-map", "older clusters have no other" },
	{ 0 },
};

/* arn:aws:eks:eu-west-1:123456789012:cluster/gitpod */
static const char *account_of(struct pl_cloud *c, json_t *cluster)
{
	const char *arn = pl_cloud_text(c, cluster, "arn"), *p = arn;

	for (int i = 0; p && i < 4; i++) {
		p = strchr(p, ':');
		p = p ? p + 1 : NULL;
	}
	return p && *p && *p != ':' ? pl_model_strf(pl_cloud_model(c), "%.*s", (int)strcspn(p, ":"), p) : NULL;
}

static const char *access_of(json_t *j)
{
	bool private = pl_cloud_bool(j, "resourcesVpcConfig.endpointPrivateAccess", false);

	return !pl_cloud_bool(j, "resourcesVpcConfig.endpointPublicAccess", true) ? "private"
	       : private ? "public-and-private" : "public";
}

static void add_cluster(struct pl_cloud *c, json_t *j)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_model *m = pl_cloud_model(c);
	const char *account = account_of(c, j);
	struct pl_object *o = pl_model_object(m, PL_CLUSTER, aws->name, pl_cloud_source(c), pl_cloud_text(c, j, "arn"));

	aws->cluster = o;
	aws->version = pl_cloud_text(c, j, "version");
	aws->ca = pl_cloud_text(c, j, "certificateAuthority.data");
	pl_cloud_about(c, aws->name, aws->region, account);
	pl_fact_text(m, o, PL_CLUSTER_PROVIDER, "eks", NULL);
	pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION, "eks", NULL);
	pl_fact_text(m, o, PL_CLUSTER_LOCATION, aws->region, "arn");
	if (account)
		pl_fact_text(m, o, PL_CLUSTER_ACCOUNT, account, "arn");
	pl_cloud_fields(c, o, j, cluster_fields);
	pl_fact_text(m, o, PL_CLUSTER_ACCESS, access_of(j), "resourcesVpcConfig");
	pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster", NULL);
	pl_fact_unknown(m, o, PL_CLUSTER_NETWORK_POLICY, "whether Calico is installed only the cluster shows", NULL);
	pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL)->note =
		"EKS gives Services of type LoadBalancer a Classic Load Balancer";
	if (pl_cloud_bool(j, "computeConfig.enabled", false))
		pl_cloud_incomplete(c, 1U << PL_POOL, "EKS Auto Mode makes nodes that no list of EKS shows");
	ask_subnets(c, pl_cloud_get(j, "resourcesVpcConfig.subnetIds"));
}

static void clusters_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_aws *aws = pl_aws_of(c);
	json_t *list = pl_cloud_get(a->json, "clusters"), *name;
	pl_auto_buf names = PL_BUF_INIT;
	size_t i;

	(void)arg;
	json_array_foreach(list, i, name)
		if (json_is_string(name))
			pl_buf_addf(&names, "%s%s", names.len ? ", " : "", json_string_value(name));
	pl_cloud_fail(c, PL_E_INPUT, "there is no cluster '%s' in %s; there %s%s", aws->name, aws->region,
		      a->outcome != PL_CLOUD_DONE ? "might be others, but they cannot be listed"
		      : names.len ? "are: " : "are none",
		      a->outcome == PL_CLOUD_DONE ? names.data : "");
}

static void cluster_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *j = pl_cloud_get(a->json, "cluster");
	struct pl_object **planned;

	(void)arg;
	if (j) {
		add_cluster(c, j);
		ask_list(c, &groups, NULL);
		ask_list(c, &profiles, NULL);
		ask_list(c, &addons, NULL);
		ask_auto_groups(c, NULL);
		pl_aws_ask_planned(c);
		pl_aws_ask_vpc(c, pl_cloud_text(c, j, "resourcesVpcConfig.vpcId"));
	} else if (a->outcome == PL_CLOUD_ABSENT && !pl_cloud_planned(c, PL_CLUSTER, &planned)) {
		pl_aws_eks(c, "ListClusters", NULL, "/clusters?maxResults=100", clusters_done, NULL);
	} else if (a->outcome != PL_CLOUD_ABSENT) {
		pl_cloud_fail(c, a->outcome == PL_CLOUD_FORBIDDEN ? PL_E_AUTH : PL_E_INPUT, "%s",
			      a->why ? a->why : "eks:DescribeCluster: the answer holds no cluster");
	}
}

void pl_aws_ask(struct pl_cloud *c)
{
	pl_auto_buf path = PL_BUF_INIT;

	cluster_path(c, &path, NULL, NULL);
	pl_aws_eks(c, "DescribeCluster", pl_aws_of(c)->name, path.data, cluster_done, NULL);
}
