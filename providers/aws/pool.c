/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Managed node groups and Fargate profiles of EKS.  A launch template's image, type, disk and boot
 * text decide over the group's own settings, which EKS refuses beside them.
 */
#include "aws/aws.h"
#include "base/str.h"

/* A group and what launches its nodes. */
struct group {
	struct pl_tf *tf;
	struct pl_tf_resource *r;
	struct pl_object *o;
	struct pl_model *m;
	struct pl_aws_launch launch;
};

static const struct pl_field group_fields[] = {
	{ "labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "capacity_type", PL_POOL_CAPACITY, PL_AS_LOWER, "on-demand", "EKS's default" },
	{ "scaling_config[0].min_size", PL_POOL_MIN, PL_AS_INT, NULL, "no lower bound is set" },
	{ "scaling_config[0].max_size", PL_POOL_MAX, PL_AS_INT, NULL, "no upper bound is set" },
	{ "scaling_config[0].desired_size", PL_POOL_DESIRED, PL_AS_INT, NULL, "no number of nodes is set" },
	{ "version", PL_POOL_VERSION, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

static bool found(const struct group *g)
{
	return g->launch.state == PL_AWS_LAUNCH_FOUND;
}

/* Does the template set the attribute, or may it? */
static bool template_has(const struct group *g, const char *path)
{
	return found(g) && (pl_aws_text(g->tf, g->launch.r, path) ||
			    pl_tf_get(g->tf, g->launch.r, path).state == PL_TF_UNKNOWN);
}

/* Marks facts that rest on a template that nothing names. */
static void say_how(const struct group *g, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(g->o, attr, PL_PLAN);

	for (; g->launch.how && f; f = pl_fact_next(f, PL_PLAN)) {
		struct pl_fact *mine = (struct pl_fact *)f; /* const only to readers */

		mine->basis = PL_INFERRED;
		mine->note = f->note ? pl_model_strf(g->m, "%s, %s", f->note, g->launch.how) : g->launch.how;
	}
}

static const char *hidden(const struct group *g)
{
	return pl_model_strf(g->m, "its launch template, which is not in the file (%s)", g->launch.path);
}

static void add_machine(const struct group *g)
{
	static const enum pl_attr attrs[] = { PL_POOL_MACHINE, PL_POOL_MACHINE_LISTED, PL_POOL_VCPU,
					      PL_POOL_MEMORY, PL_POOL_ARCHITECTURE };
	struct pl_tf_value own = pl_tf_get(g->tf, g->r, "instance_types");
	bool own_known = own.state == PL_TF_SET && pl_tf_count(g->tf, g->r, "instance_types");
	bool by_needs = found(g) && pl_tf_count(g->tf, g->launch.r, "instance_requirements");

	if (own_known || (own.state == PL_TF_UNKNOWN && !template_has(g, "instance_type"))) {
		pl_tf_machine(g->tf, g->r, g->o, &pl_provider_aws, "instance_types", NULL, NULL);
	} else if (template_has(g, "instance_type")) {
		pl_tf_machine(g->tf, g->launch.r, g->o, &pl_provider_aws, "instance_type", NULL, NULL);
		for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
			say_how(g, attrs[i]);
	} else if (g->launch.state == PL_AWS_LAUNCH_HIDDEN || by_needs) {
		pl_tf_machine(g->tf, g->r, g->o, &pl_provider_aws, "instance_types", NULL,
			      by_needs ? "EC2 picks types by the template's instance_requirements" : hidden(g));
	} else {
		pl_tf_machine(g->tf, g->r, g->o, &pl_provider_aws, "instance_types", "t3.medium",
			      "EKS's default instance type");
	}
}

/* AMI types by how they begin; CUSTOM names no system. */
const char *pl_aws_os_of_type(const char *type)
{
	static const struct {
		const char *prefix, *os;
	} types[] = {
		{ "AL2", "amazon-linux" },
		{ "BOTTLEROCKET", "bottlerocket" },
		{ "WINDOWS", "windows" },
		{ "UBUNTU", "ubuntu" },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (pl_starts(type, types[i].prefix))
			return types[i].os;
	return NULL;
}

static void add_os_of_type(const struct group *g)
{
	static const char path[] = "ami_type";
	struct pl_tf_value v = pl_tf_get(g->tf, g->r, path);
	const char *type = pl_aws_text(g->tf, g->r, path), *os = type ? pl_aws_os_of_type(type) : NULL;

	if (os)
		pl_fact_text(g->m, g->o, PL_POOL_OS, os, path);
	else if (type || g->launch.state == PL_AWS_LAUNCH_HIDDEN)
		pl_fact_unknown(g->m, g->o, PL_POOL_OS,
				g->launch.state == PL_AWS_LAUNCH_HIDDEN ? hidden(g) : "the AMI type names no system",
				path);
	else if (v.state == PL_TF_UNKNOWN)
		pl_fact_unknown(g->m, g->o, PL_POOL_OS, v.waits_for, path);
	else
		pl_tf_default(pl_fact_text(g->m, g->o, PL_POOL_OS, "amazon-linux", path),
			      "EKS's default AMI type is Amazon Linux");
}

static void add_os(const struct group *g)
{
	if (!template_has(g, "image_id")) {
		add_os_of_type(g);
		return;
	}
	pl_aws_image(g->tf, g->launch.r, g->o, "image_id");
	say_how(g, PL_POOL_OS);
	say_how(g, PL_POOL_OS_VERSION);
}

/* The AMI of the template, else the type of AMI, of which EKS takes the newest. */
static void add_image(const struct group *g)
{
	static const struct pl_field ami = { "image_id", PL_POOL_IMAGE, PL_AS_TEXT, NULL, NULL };
	struct pl_field type = { "ami_type", PL_POOL_IMAGE, PL_AS_TEXT, NULL, "EKS picks the AMI type" };
	bool own = template_has(g, ami.path);
	const struct pl_field *field = own ? &ami : &type;
	struct pl_tf_resource *r = own ? g->launch.r : g->r;
	struct pl_tf_value v = pl_tf_get(g->tf, r, field->path);

	if (g->launch.state == PL_AWS_LAUNCH_HIDDEN)
		type.unset_note = hidden(g);
	pl_tf_fact(g->tf, r, g->o, &v, field);
	if (own)
		say_how(g, PL_POOL_IMAGE);
}

static void add_disk(const struct group *g)
{
	struct pl_field own = { "disk_size", PL_POOL_DISK, PL_AS_GIB, "20 GiB",
				   "EKS's default disk size" };
	struct pl_tf_value v = pl_tf_get(g->tf, g->r, own.path);

	/* with a template the provider stores 0: EKS refuses a size in both places */
	if (found(g) && (v.state != PL_TF_SET || json_integer_value(v.json) == 0)) {
		pl_aws_template_disk(g->tf, g->launch.r, g->o);
		say_how(g, PL_POOL_DISK);
		return;
	}
	if (g->launch.state == PL_AWS_LAUNCH_HIDDEN)
		own = (struct pl_field){ own.path, own.attr, own.as, NULL, hidden(g) };
	pl_tf_fact(g->tf, g->r, g->o, &v, &own);
}

/* The group's version, or the one its cluster is planned to have; NULL when it is not known. */
static const char *version_of(const struct group *g)
{
	const char *own = pl_aws_text(g->tf, g->r, "version");
	struct pl_tf_resource *cluster;

	if (own)
		return own;
	cluster = pl_tf_follow(g->tf, g->r, "cluster_name", pl_aws_cluster_types, PL_AWS_CLUSTER_KEY);
	return cluster ? pl_aws_text(g->tf, cluster, "version") : NULL;
}

static void add_max_pods(const struct group *g, const struct pl_tf_boot *boot)
{
	struct pl_fact *f;

	if (boot && boot->says.max_pods) {
		f = pl_fact_int(g->m, g->o, PL_POOL_MAX_PODS, boot->says.max_pods, boot->path);
		f->basis = PL_INFERRED;
		f->sensitive = boot->sensitive;
	} else {
		pl_fact_unknown(g->m, g->o, PL_POOL_MAX_PODS,
				"the network interfaces of the instance type decide", NULL);
	}
}

void pl_aws_node_group(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct group g = { tf, r, o, pl_tf_model(tf), pl_aws_launch(tf, r, "launch_template") };
	struct pl_tf_boot *boot = found(&g) ? pl_aws_template_boot(tf, g.launch.r) : NULL;
	struct pl_tf_list taints = { 0 };

	pl_tf_fields(tf, r, o, "", group_fields);
	pl_tf_list_taints(tf, r, "taint", &taints);
	if (!taints.count && !taints.waits_for)
		taints.waits_for = pl_tf_get_block(tf, r, "taint").waits_for;
	pl_tf_list_fact(tf, r, o, PL_POOL_TAINTS, "taint", &taints);
	add_machine(&g);
	add_os(&g);
	add_disk(&g);
	add_image(&g);
	pl_aws_group_place(tf, r, o, "subnet_ids");
	pl_aws_group_surge(tf, r, o);
	pl_aws_runtime(tf, r, o, version_of(&g), boot);
	add_max_pods(&g, boot);
	/* EKS merges its own bootstrap: what a text that is not known might add is not waited for */
	if (boot && boot->state == PL_TF_BOOT_READ)
		pl_tf_boot_facts(tf, g.launch.r, o);
	if (found(&g))
		pl_tf_seal(tf, g.launch.r, o);
}

/* Each pod gets a machine of its own, so the profile is a pool whose nodes carry nothing. */
void pl_aws_fargate(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char note[] = "Fargate's nodes carry no labels of their own";
	struct pl_model *m = pl_tf_model(tf);
	struct pl_value none = { .type = PL_MAP };

	(void)r;
	pl_tf_default(pl_fact_add(m, o, PL_POOL_LABELS, &none, NULL), note);
	pl_tf_default(pl_fact_bool(m, o, PL_POOL_MACHINE_LISTED, true, NULL), "Fargate has no machine types");
}
