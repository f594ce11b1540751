/* SPDX-License-Identifier: Apache-2.0 */
/* What aws_eks_cluster and its add-ons say, and what follows from the parts of a cluster. */
#include <string.h>

#include "aws/aws.h"
#include "aws/service.h"
#include "base/str.h"
#include "model/annotation.h"
#include "model/runtime.h"

const char *const pl_aws_cluster_types[] = { "aws_eks_cluster", NULL };

const struct pl_field pl_aws_cluster_fields[] = {
	{ "version", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL, "EKS takes its newest version at creation" },
	{ "endpoint", PL_CLUSTER_ENDPOINT, PL_AS_TEXT, NULL, NULL },
	{ "vpc_config[0].subnet_ids", PL_CLUSTER_SUBNETS, PL_AS_LIST, NULL, NULL },
	{ 0 },
};

const struct pl_field pl_aws_addon_fields[] = {
	{ "addon_name", PL_COMPONENT_NAME, PL_AS_TEXT, NULL, NULL },
	{ "addon_version", PL_COMPONENT_VERSION, PL_AS_TEXT, NULL, "EKS takes the add-on's default version" },
	{ 0 },
};

/* Part `n` of an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:...); NULL when it is not there. */
static const char *arn_part(struct pl_model *m, const char *arn, int n)
{
	for (; arn && n > 0; n--) {
		arn = strchr(arn, ':');
		arn = arn ? arn + 1 : NULL;
	}
	return arn && *arn != ':' && *arn ? pl_model_strf(m, "%.*s", (int)strcspn(arn, ":"), arn) : NULL;
}

/* The provider's attribute since its version 6; before, only the ARN tells. */
static void add_place(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const char *arn = pl_aws_text(tf, r, "arn"), *region = pl_aws_text(tf, r, "region");
	struct pl_model *m = pl_tf_model(tf);
	const char *account = arn_part(m, arn, 4);

	if (region)
		pl_fact_text(m, o, PL_CLUSTER_LOCATION, region, "region");
	else if (arn_part(m, arn, 3))
		pl_fact_text(m, o, PL_CLUSTER_LOCATION, arn_part(m, arn, 3), "arn");
	if (account)
		pl_fact_text(m, o, PL_CLUSTER_ACCOUNT, account, "arn");
}

/* ---- subnets ---- */

static const char *const role_tags[] = { "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb" };

static bool has_role(json_t *tags)
{
	for (size_t i = 0; i < sizeof role_tags / sizeof *role_tags; i++)
		if (json_object_get(tags, role_tags[i]))
			return true;
	return false;
}

/* Does an aws_ec2_tag of the document put a role on subnets? */
static bool tagged_apart(struct pl_tf *tf, const struct pl_tf_resource *subnet)
{
	for (struct pl_tf_resource *r = pl_tf_first(tf, "aws_ec2_tag", false); r; r = r->next_of_type)
		if (r->doc == subnet->doc && !r->gone &&
		    pl_starts(pl_tf_text(tf, r, "key"), "kubernetes.io/role/"))
			return true;
	return false;
}

enum tagged { TAGGED, UNTAGGED, NOT_KNOWN };

static enum tagged is_tagged(struct pl_tf *tf, struct pl_tf_resource *subnet)
{
	struct pl_tf_value all = pl_tf_get(tf, subnet, "tags_all"), own = pl_tf_get(tf, subnet, "tags");

	if (has_role(all.state == PL_TF_SET ? all.json : NULL) ||
	    has_role(own.state == PL_TF_SET ? own.json : NULL))
		return TAGGED;
	if (own.state == PL_TF_UNKNOWN || own.partial || tagged_apart(tf, subnet))
		return NOT_KNOWN;
	return UNTAGGED;
}

/* A balancer's controller looks for the role tags on the subnets that the cluster knows. */
static void add_subnets(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char *const types[] = { "aws_subnet", NULL };
	static const char path[] = "vpc_config[0].subnet_ids";
	struct pl_tf_resource **subnets;
	struct pl_tf_list untagged = { 0 };
	bool whole;
	size_t n = pl_tf_follow_all(tf, r, path, types, "id", &subnets, &whole);

	for (size_t i = 0; i < n; i++) {
		enum tagged tagged = is_tagged(tf, subnets[i]);

		if (tagged == UNTAGGED)
			pl_tf_list_add(&untagged, subnets[i]->address);
		whole = whole && tagged != NOT_KNOWN;
	}
	if (!whole)
		untagged.waits_for = n ? "the tags of its other subnets" : "its subnets are not in the file";
	pl_tf_list_fact(tf, r, o, PL_CLUSTER_UNTAGGED_SUBNETS, path, &untagged);
}

void pl_aws_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);

	pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION, "eks", NULL);
	add_place(tf, r, o);
	add_subnets(tf, r, o);
	pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster", NULL);
	pl_tf_default(pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL),
		      "EKS gives Services of type LoadBalancer a Classic Load Balancer");
}

/* ---- after joining ---- */

static void infer_network(struct pl_model *m, struct pl_object *cluster, const char *policy,
			  const struct pl_fact *evidence, const char *note)
{
	struct pl_fact *f = pl_fact_text(m, cluster, PL_CLUSTER_NETWORK_POLICY, policy, NULL);

	f->basis = PL_INFERRED;
	f->note = note;
	f->origin = evidence->origin;
}

/* Calico decides when it is installed; the vpc-cni add-on only without it; else nothing is known. */
static void add_network(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *calico = pl_cluster_component(m, cluster, "calico", PL_PLAN);
	const struct pl_fact *vpc_cni = pl_cluster_component(m, cluster, "vpc-cni", PL_PLAN);
	const struct pl_fact *had = pl_object_fact(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);

	if (had && had->known && had->basis != PL_INFERRED)
		return;
	/* what a snapshot inferred, it inferred from its own components alone */
	pl_object_forget(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);
	if (calico)
		infer_network(m, cluster, "calico", calico, "Calico is installed");
	else if (pl_cluster_component(m, NULL, "calico", PL_PLAN))
		pl_fact_unknown(m, cluster, PL_CLUSTER_NETWORK_POLICY,
				"Calico is installed, but in which cluster is not said: --join SOURCE=CLUSTER says it", NULL);
	else if (vpc_cni)
		infer_network(m, cluster, "vpc-cni", vpc_cni,
			      "the vpc-cni add-on is installed, and Calico is not");
	else
		pl_fact_unknown(m, cluster, PL_CLUSTER_NETWORK_POLICY,
				"neither Calico nor the vpc-cni add-on is written; something else may install it",
				NULL);
}

void pl_aws_finish(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, -1);

	if (!f || !f->known || !pl_streq(f->value.s, "eks"))
		return;
	if (f->witness == PL_PLAN)
		add_network(m, cluster);
	pl_runtime_infer(m, cluster, pl_aws_containerd);
	pl_annotation_judge(m, cluster, pl_aws_annotation_rules);
}
