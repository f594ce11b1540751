/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EC2 instances and autoscaling groups.  A group that names an EKS cluster is a pool of it; the
 * others are pools only when a k3s cluster claims them, which providers/k3s decides after all rows.
 */
#include <string.h>

#include "aws/aws.h"
#include "base/str.h"

static void add_capacity(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "instance_market_options[0].market_type";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);

	/* the block of a dynamic one would be shown, unless even its number waits for the apply */
	if (pl_aws_is_spot(tf, r))
		pl_fact_text(m, o, PL_POOL_CAPACITY, "spot", path);
	else if (v.state == PL_TF_UNKNOWN && !v.unwritten)
		pl_fact_unknown(m, o, PL_POOL_CAPACITY, v.waits_for, path);
	else
		pl_tf_default(pl_fact_text(m, o, PL_POOL_CAPACITY, "on-demand", path), "EC2's default");
}

/* ---- instances ---- */

/* A template fills in what the instance itself does not set. */
static struct pl_tf_resource *setter(struct pl_tf *tf, struct pl_tf_resource *r,
				     const struct pl_aws_launch *launch, const char *path)
{
	if (launch->state == PL_AWS_LAUNCH_FOUND && pl_tf_get(tf, r, path).state != PL_TF_SET)
		return launch->r;
	return r;
}

void pl_aws_instance(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_aws_launch launch = pl_aws_launch(tf, r, "launch_template");
	struct pl_tf_resource *image = setter(tf, r, &launch, "ami");
	struct pl_model *m = pl_tf_model(tf);

	pl_tf_unlink(o);
	pl_tf_machine(tf, setter(tf, r, &launch, "instance_type"), o, &pl_provider_aws, "instance_type", NULL,
		      NULL);
	pl_aws_image(tf, image, o, image == r ? "ami" : "image_id");
	pl_aws_template_disk(tf, r, o);
	add_capacity(tf, r, o);
	pl_fact_int(m, o, PL_POOL_MIN, 1, NULL);
	pl_fact_int(m, o, PL_POOL_MAX, 1, NULL);
	pl_aws_template_boot(tf, r);
	if (r->boot->state == PL_TF_BOOT_NONE && launch.r)
		r->boot = pl_aws_template_boot(tf, launch.r);
	pl_tf_boot_provisioners(tf, r);
}

/* ---- autoscaling groups ---- */

static const struct pl_field group_fields[] = {
	{ "min_size", PL_POOL_MIN, PL_AS_INT, NULL, "no lower bound is set" },
	{ "max_size", PL_POOL_MAX, PL_AS_INT, NULL, "no upper bound is set" },
	{ "desired_capacity", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL },
	{ 0 },
};

static const char mixed[] = "mixed_instances_policy[0].launch_template[0]";

/* The template, or the older launch configuration. */
static struct pl_aws_launch launch_of(struct pl_tf *tf, struct pl_tf_resource *r)
{
	static const char *const configurations[] = { "aws_launch_configuration", NULL };
	static const char specification[] = "mixed_instances_policy[0].launch_template[0]."
					    "launch_template_specification";
	struct pl_aws_launch l = { .path = "launch_configuration" };

	l.r = pl_tf_follow(tf, r, l.path, configurations, "name|id");
	l.state = l.r ? PL_AWS_LAUNCH_FOUND : PL_AWS_LAUNCH_NONE;
	if (!l.r)
		l = pl_aws_launch(tf, r, "launch_template");
	if (l.state == PL_AWS_LAUNCH_NONE)
		l = pl_aws_launch(tf, r, specification);
	return l;
}

/* Every type of a mixed policy counts; without overrides the template's own does. */
static void add_group_machines(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			       const struct pl_aws_launch *launch)
{
	const char *override = pl_model_strf(pl_tf_model(tf), "%s.override", mixed);
	size_t n = pl_tf_count(tf, r, override);

	/* the policy itself is computed, its overrides are not; of unknown ones the first stands for all */
	if (!n && pl_tf_count(tf, r, mixed) && pl_tf_get_block(tf, r, override).state == PL_TF_UNKNOWN)
		n = 1;
	for (size_t i = 0; i < n; i++)
		pl_tf_machine(tf, r, o, &pl_provider_aws,
			      pl_model_strf(pl_tf_model(tf), "%s[%zu].instance_type", override, i), NULL,
			      "EC2 picks types by instance_requirements");
	if (!n && launch->r)
		pl_tf_machine(tf, launch->r, o, &pl_provider_aws, "instance_type", NULL,
			      "the launch template names no type");
}

/* A share of the group above its base may be spot. */
static void add_group_capacity(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			       const struct pl_aws_launch *launch)
{
	static const char path[] = "mixed_instances_policy[0].instances_distribution[0]."
				   "on_demand_percentage_above_base_capacity";
	const char *share = pl_tf_text(tf, r, path);

	if (share && !pl_streq(share, "100"))
		pl_fact_text(pl_tf_model(tf), o, PL_POOL_CAPACITY, "spot", path)->note =
			"a part of the group is spot";
	else if (launch->r)
		add_capacity(tf, launch->r, o);
}

/* ---- which EKS cluster a group belongs to ---- */

/* The cluster's name in a tag's key or value; NULL: the tag names none. */
static const char *tag_cluster(const char *key, const char *value)
{
	static const char owned[] = "kubernetes.io/cluster/", scaled[] = "k8s.io/cluster-autoscaler/";

	if (pl_streq(key, "eks:cluster-name") || pl_streq(key, "alpha.eksctl.io/cluster-name"))
		return value;
	if (pl_starts(key, owned))
		return key + strlen(owned);
	if (pl_starts(key, scaled) && !strchr(key + strlen(scaled), '/') &&
	    !pl_streq(key + strlen(scaled), "enabled"))
		return key + strlen(scaled);
	return NULL;
}

static const char *tagged_cluster(struct pl_tf *tf, struct pl_tf_resource *r, bool *secret)
{
	static const char *const blocks[] = { "tag", "tags" };
	struct pl_model *m = pl_tf_model(tf);

	for (size_t b = 0; b < 2; b++)
		for (size_t i = 0; i < pl_tf_count(tf, r, blocks[b]); i++) {
			const char *key = pl_tf_text(tf, r, pl_model_strf(m, "%s[%zu].key", blocks[b], i));
			const char *value = pl_tf_text(tf, r, pl_model_strf(m, "%s[%zu].value", blocks[b], i));
			const char *name = key ? tag_cluster(key, value) : NULL;

			*secret = pl_tf_get(tf, r, blocks[b]).sensitive;
			if (name && *name)
				return name;
		}
	return NULL;
}

static struct pl_object *object_of(const struct pl_tf_resource *cluster)
{
	return cluster ? cluster->object : NULL;
}

/* The cluster that the boot text names, or, where it is not known, refers to. */
static struct pl_object *booted_cluster(struct pl_tf *tf, struct pl_tf_resource *launch)
{
	const struct pl_tf_boot *boot = launch->boot;
	const char *name = boot->says.cluster_name;

	/* a sensitive text may lead to a cluster, and never name one */
	if (name && boot->sensitive)
		return object_of(pl_tf_find(tf, "aws_eks_cluster", false, "name", name));
	if (name)
		return pl_tf_cluster_named(tf, launch, "aws_eks_cluster", name, false);
	if (boot->state != PL_TF_BOOT_UNKNOWN || !boot->path)
		return NULL;
	return object_of(pl_tf_follow(tf, launch, boot->path, pl_aws_cluster_types, PL_AWS_CLUSTER_KEY));
}

static struct pl_object *eks_cluster(struct pl_tf *tf, struct pl_tf_resource *r,
				     struct pl_tf_resource *launch)
{
	struct pl_object *cluster;
	bool secret = false;
	const char *name;

	/* the tag is put on k3s' groups too, for the cloud's controllers */
	if (launch && launch->boot->says.k3s != PL_K3S_NONE)
		return NULL;
	cluster = launch ? booted_cluster(tf, launch) : NULL;
	name = cluster ? NULL : tagged_cluster(tf, r, &secret);
	if (name && !pl_contains(name, "k3s"))
		return pl_tf_cluster_named(tf, r, "aws_eks_cluster", name, secret);
	return cluster;
}

/* What an EKS node of its own making is told stands in its boot text alone. */
static void add_eks_facts(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			  const struct pl_aws_launch *launch)
{
	static const struct pl_field image = { "image_id", PL_POOL_IMAGE, PL_AS_TEXT, NULL, NULL };
	static const char none[] = "the boot text holds no bootstrap of EKS that plumbline reads";
	const struct pl_tf_boot *boot = launch->r ? launch->r->boot : NULL;
	struct pl_model *m = pl_tf_model(tf);
	const struct pl_fact *version = pl_object_fact(o->cluster, PL_CLUSTER_VERSION, PL_PLAN);
	struct pl_fact *f;

	pl_aws_group_place(tf, r, o, "vpc_zone_identifier");
	if (launch->r) {
		struct pl_tf_value v = pl_tf_get(tf, launch->r, image.path);

		pl_tf_fact(tf, launch->r, o, &v, &image);
	}
	pl_aws_runtime(tf, r, o, version && version->known ? version->value.s : NULL, boot);
	if (boot && boot->state == PL_TF_BOOT_READ && boot->says.max_pods) {
		f = pl_fact_int(m, o, PL_POOL_MAX_PODS, boot->says.max_pods, boot->path);
		f->basis = PL_INFERRED;
		f->sensitive = boot->sensitive;
	}
	if (boot && (boot->state == PL_TF_BOOT_UNKNOWN || boot->says.kubelet_args)) {
		pl_tf_boot_facts(tf, launch->r, o);
		return;
	}
	pl_fact_unknown(m, o, PL_POOL_LABELS, launch->r ? none : "its launch template is not in the file", NULL);
	pl_fact_unknown(m, o, PL_POOL_TAINTS, launch->r ? none : "its launch template is not in the file", NULL);
}

void pl_aws_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_aws_launch launch = launch_of(tf, r);

	pl_tf_unlink(o);
	pl_tf_fields(tf, r, o, "", group_fields);
	add_group_machines(tf, r, o, &launch);
	add_group_capacity(tf, r, o, &launch);
	if (launch.r) {
		pl_aws_image(tf, launch.r, o, "image_id");
		pl_aws_template_disk(tf, launch.r, o);
		r->boot = pl_aws_template_boot(tf, launch.r);
		pl_tf_seal(tf, launch.r, o);
	}
	if (!pl_object_fact(o, PL_POOL_DESIRED, PL_PLAN))
		pl_tf_starts_smallest(tf, o, "a group that is told nothing else starts at its lower bound");
	o->cluster = eks_cluster(tf, r, launch.r);
	if (o->cluster)
		add_eks_facts(tf, r, o, &launch);
}
