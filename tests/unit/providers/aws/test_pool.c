/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of EKS beside managed groups: autoscaling groups, Fargate, what their templates decide. */
#include "../facts.h"

#define CLUSTER(more) RESOURCE("aws_eks_cluster", "c", "\"name\":\"c\",\"version\":\"1.23\"" more)
#define TEMPLATE(more) RESOURCE("aws_launch_template", "t", "\"id\":\"lt-1\",\"name\":\"t\"" more)
#define GROUP(more) \
	RESOURCE("aws_autoscaling_group", "g", "\"name\":\"g\",\"min_size\":1,\"max_size\":5" more)
#define TYPE(type) ",\"instance_type\":\"" type "\""
#define BY_TEMPLATE ",\"launch_template\":[{\"id\":\"lt-1\"}]"
#define MIXED(overrides, share) \
	",\"mixed_instances_policy\":[{\"instances_distribution\":[{" \
	"\"on_demand_percentage_above_base_capacity\":" share "}],\"launch_template\":[{" \
	"\"launch_template_specification\":[{\"launch_template_id\":\"lt-1\"}]," \
	"\"override\":[" overrides "]}]}]"
#define OVERRIDE "{\"instance_type\":\"m6i.2xlarge\"}"
/* without a tag or a bootstrap that names a cluster it is nobody's node */
#define TAG(key) ",\"tag\":[{\"key\":\"" key "\",\"value\":\"owned\"}]"
#define OF_C TAG("kubernetes.io/cluster/c")
#define CASE_GROUP(group, other, attr, expected) \
	{ STATE(CLUSTER("") "," GROUP(OF_C group) "," other), PL_POOL, "g", attr, expected }

static const struct fact_case groups[] = {
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(TYPE("m6i.xlarge")), PL_POOL_MACHINE, "m6i.xlarge"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(TYPE("m6i.xlarge")), PL_POOL_VCPU, "4"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(TYPE("none.such")), PL_POOL_VCPU, "?"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(""), PL_POOL_VCPU, "?"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(""), PL_POOL_MIN, "1"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(""), PL_POOL_MAX, "5"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(""), PL_POOL_CAPACITY, "on-demand"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(",\"instance_market_options\":[{\"market_type\":\"spot\"}]"),
		   PL_POOL_CAPACITY, "spot"),
	CASE_GROUP(MIXED(OVERRIDE, "100"), TEMPLATE(TYPE("m6i.xlarge")), PL_POOL_MACHINE, "m6i.2xlarge"),
	CASE_GROUP(MIXED("", "100"), TEMPLATE(TYPE("m6i.xlarge")), PL_POOL_MACHINE, "m6i.xlarge"),
	CASE_GROUP(MIXED(OVERRIDE, "50"), TEMPLATE(""), PL_POOL_CAPACITY, "spot"),
	CASE_GROUP(MIXED(OVERRIDE, "100"), TEMPLATE(""), PL_POOL_CAPACITY, "on-demand"),
	CASE_GROUP(",\"launch_configuration\":\"lc\"",
		   RESOURCE("aws_launch_configuration", "l", "\"name\":\"lc\",\"spot_price\":\"0.1\"" TYPE("m6i.xlarge")),
		   PL_POOL_MACHINE, "m6i.xlarge"),
	CASE_GROUP(",\"launch_configuration\":\"lc\"",
		   RESOURCE("aws_launch_configuration", "l", "\"name\":\"lc\",\"spot_price\":\"0.1\""),
		   PL_POOL_CAPACITY, "spot"),
	/* the root's disk, among several or alone */
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(",\"block_device_mappings\":[{\"device_name\":\"/dev/sdb\",\"ebs\":[{"
		   "\"volume_size\":9}]},{\"device_name\":\"/dev/xvda\",\"ebs\":[{\"volume_size\":300}]}]"),
		   PL_POOL_DISK, "300 GiB"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(",\"block_device_mappings\":[{\"device_name\":\"/dev/sdz\",\"ebs\":[{"
		   "\"volume_size\":200}]}]"), PL_POOL_DISK, "200 GiB"),
	CASE_GROUP(BY_TEMPLATE, TEMPLATE(""), PL_POOL_DISK, "?"),
};

/* Whose node it is, and what its own bootstrap tells it. */
#define BOOT(arguments) ",\"user_data\":\"#!/bin/bash\\n/etc/eks/bootstrap.sh c " arguments "\\n\""
#define CASE_NODE(boot, attr, expected) CASE_GROUP(BY_TEMPLATE, TEMPLATE(boot), attr, expected)
static const struct fact_case nodes[] = {
	CASE_NODE(BOOT("--kubelet-extra-args '--node-labels=a=b,c=d'"), PL_POOL_LABELS, "a=b, c=d"),
	CASE_NODE(BOOT("--kubelet-extra-args '--register-with-taints=k=v:NoSchedule'"), PL_POOL_TAINTS, "k=v:NoSchedule"),
	CASE_NODE(BOOT("--kubelet-extra-args '--max-pods=58'"), PL_POOL_MAX_PODS, "58"),
	CASE_NODE(BOOT("--container-runtime dockerd"), PL_POOL_RUNTIME, "docker"),
	CASE_NODE(BOOT("--container-runtime containerd"), PL_POOL_RUNTIME, "containerd"),
	CASE_NODE(BOOT(""), PL_POOL_RUNTIME, "?"),
	CASE_NODE("", PL_POOL_LABELS, "?"),
	CASE_NODE("", PL_POOL_TAINTS, "?"),
	CASE_NODE(",\"image_id\":\"resolve:ssm:/aws/service/bottlerocket/aws-k8s-1.23/x86_64/latest/image_id\"",
		  PL_POOL_OS, "bottlerocket"),
	CASE_NODE(",\"image_id\":\"resolve:ssm:/aws/service/bottlerocket/aws-k8s-1.23/x86_64/latest/image_id\"",
		  PL_POOL_RUNTIME, "containerd"),
	CASE_NODE(",\"image_id\":\"ami-1\"", PL_POOL_OS, "?"),
	CASE_NODE("", PL_POOL_OS, "?"),
	/* a template that is in no source hides it all */
	CASE_GROUP(BY_TEMPLATE, RESOURCE("aws_s3_bucket", "b", "\"bucket\":\"b\""), PL_POOL_LABELS, "?"),
	/* a cluster that is only named stands for itself */
	{ STATE(GROUP(TAG("kubernetes.io/cluster/z")) "," TEMPLATE("")), PL_CLUSTER, "z", PL_CLUSTER_PROVIDER, "eks" },
	{ STATE(GROUP(TAG("k8s.io/cluster-autoscaler/z")) "," TEMPLATE("")), PL_CLUSTER, "z", PL_CLUSTER_PROVIDER, "eks" },
	{ STATE(GROUP(TAG("k8s.io/cluster-autoscaler/enabled")) "," TEMPLATE("")), PL_CLUSTER, NULL,
	  PL_CLUSTER_PROVIDER, "none of it" },
	{ STATE(CLUSTER("") "," GROUP(BY_TEMPLATE) "," TEMPLATE("")), PL_POOL, "g", PL_POOL_MIN, "none of it" },
	{ STATE(GROUP(BY_TEMPLATE) "," TEMPLATE(BOOT(""))), PL_CLUSTER, "c", PL_CLUSTER_PROVIDER, "eks" },
};

#define PROFILE RESOURCE("aws_eks_fargate_profile", "f", "\"fargate_profile_name\":\"f\",\"cluster_name\":\"c\"")
static const struct fact_case fargate[] = {
	{ STATE(CLUSTER("") "," PROFILE), PL_POOL, "f", PL_POOL_LABELS, "none" },
	{ STATE(CLUSTER("") "," PROFILE), PL_POOL, "f", PL_POOL_VCPU, "-" },
};

/* Subnets where a balancer's controller finds no role tag. */
#define SUBNET(name, more) RESOURCE("aws_subnet", name, "\"id\":\"" name "\"" more)
#define SUBNETS ",\"vpc_config\":[{\"subnet_ids\":[\"a\",\"b\"]}]"
#define ROLE ",\"tags\":{\"kubernetes.io/role/elb\":\"1\"}"
#define CASE_SUBNETS(others, expected) \
	{ STATE(CLUSTER(SUBNETS) "," others), PL_CLUSTER, "c", PL_CLUSTER_UNTAGGED_SUBNETS, expected }
static const struct fact_case subnets[] = {
	CASE_SUBNETS(SUBNET("a", ROLE) "," SUBNET("b", ROLE), "none"),
	CASE_SUBNETS(SUBNET("a", ROLE) "," SUBNET("b", ""), "aws_subnet.b"),
	CASE_SUBNETS(SUBNET("a", ROLE), "?"),
	CASE_SUBNETS(SUBNET("a", ROLE) "," SUBNET("b", "") ","
		     RESOURCE("aws_ec2_tag", "t", "\"key\":\"kubernetes.io/role/elb\""), "?"),
	CASE_SUBNETS(SUBNET("a", ROLE) "," SUBNET("b", "") "," RESOURCE("aws_ec2_tag", "t", "\"key\":\"owner\""),
		     "aws_subnet.b"),
};

#define CHECK(cases) check_facts(cases, sizeof cases / sizeof *cases)

static void autoscaling_groups(void **state)
{
	(void)state;
	CHECK(groups);
}

static void self_managed_nodes(void **state)
{
	(void)state;
	CHECK(nodes);
}

static void fargate_profiles(void **state)
{
	(void)state;
	CHECK(fargate);
}

static void subnets_of_a_cluster(void **state)
{
	(void)state;
	CHECK(subnets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(autoscaling_groups),
		cmocka_unit_test(self_managed_nodes),
		cmocka_unit_test(fargate_profiles),
		cmocka_unit_test(subnets_of_a_cluster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
