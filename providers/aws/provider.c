/* SPDX-License-Identifier: Apache-2.0 */
/* Amazon Web Services: which resource types become which objects. */
#include "aws/api.h"
#include "aws/aws.h"
#include "aws/service.h"

extern const char pl_aws_machines[];
extern const unsigned long pl_aws_machines_len;

static bool machine(const char *type, struct pl_machine *out)
{
	return pl_machine_csv(pl_aws_machines, pl_aws_machines_len, type, out);
}

#define LOOKED_UP(t) { .type = t, .kind = -1 }
#define LOOKED_UP_DATA(t) { .type = t, .data = true, .kind = -1 }

/* What names its EKS cluster outright. */
#define OF_CLUSTER .provider = "eks", .cluster = "cluster_name", \
		   .cluster_types = pl_aws_cluster_types, .cluster_key = PL_AWS_CLUSTER_KEY

static const struct pl_tf_row rows[] = {
	{ .type = "aws_eks_cluster", .kind = PL_CLUSTER, .name = "name", .provider = "eks",
	  .fields = pl_aws_cluster_fields, .more = pl_aws_cluster },
	LOOKED_UP_DATA("aws_eks_cluster"),
	{ .type = "aws_eks_node_group", .kind = PL_POOL, .name = "node_group_name|node_group_name_prefix",
	  OF_CLUSTER, .more = pl_aws_node_group },
	{ .type = "aws_eks_fargate_profile", .kind = PL_POOL, .name = "fargate_profile_name", OF_CLUSTER,
	  .more = pl_aws_fargate },
	{ .type = "aws_eks_addon", .kind = PL_COMPONENT, .name = "addon_name", OF_CLUSTER,
	  .fields = pl_aws_addon_fields },
	LOOKED_UP("aws_launch_template"),
	LOOKED_UP("aws_launch_configuration"),
	LOOKED_UP("aws_subnet"),
	LOOKED_UP_DATA("aws_subnet"),
	LOOKED_UP("aws_ec2_tag"),
	LOOKED_UP("aws_ami_copy"),
	LOOKED_UP("aws_ami_from_instance"),
	LOOKED_UP_DATA("aws_ami"),
	LOOKED_UP_DATA("aws_ssm_parameter"),

	{ .type = "aws_instance", .kind = PL_POOL, .name = "tags.Name", .identity = "id",
	  .addresses = "public_ip|private_ip", .more = pl_aws_instance },
	{ .type = "aws_spot_instance_request", .kind = PL_POOL, .name = "tags.Name", .identity = "id",
	  .addresses = "public_ip|private_ip", .more = pl_aws_instance },
	{ .type = "aws_autoscaling_group", .kind = PL_POOL, .name = "name|name_prefix",
	  .more = pl_aws_group },

	{ .type = "aws_lb_listener", .kind = PL_LOAD_BALANCER, .identity = "arn",
	  .wanted = pl_aws_listens, .more = pl_aws_listener },
	{ .type = "aws_alb_listener", .kind = PL_LOAD_BALANCER, .identity = "arn",
	  .wanted = pl_aws_listens, .more = pl_aws_listener },
	{ .type = "aws_elb", .kind = PL_LOAD_BALANCER, .name = "name", .more = pl_aws_classic },
	LOOKED_UP("aws_lb"),
	LOOKED_UP("aws_alb"),

	{ .type = "aws_db_instance", .kind = PL_DATABASE, .name = "identifier|identifier_prefix",
	  .identity = "identifier", .more = pl_aws_database },
	{ .type = "aws_rds_cluster", .kind = PL_DATABASE,
	  .name = "cluster_identifier|cluster_identifier_prefix", .identity = "cluster_identifier",
	  .more = pl_aws_database },
	{ .type = "aws_s3_bucket", .kind = PL_BUCKET, .name = "bucket|bucket_prefix",
	  .identity = "bucket", .more = pl_aws_bucket },
	{ .type = "aws_ecr_repository", .kind = PL_REGISTRY, .name = "name",
	  .more = pl_aws_registry },
	{ .type = "aws_ecrpublic_repository", .kind = PL_REGISTRY, .name = "repository_name",
	  .more = pl_aws_registry },
	{ 0 },
};

extern const char pl_aws_versions[];
extern const unsigned long pl_aws_versions_len;

static const struct pl_support support = { "eks", "EKS", pl_aws_versions, &pl_aws_versions_len };

const struct pl_provider pl_provider_aws = {
	.name = "aws",
	.summary = "Amazon Web Services: EKS, EC2, load balancers, RDS, S3, ECR",
	.rows = rows,
	.finish = pl_aws_finish,
	.support = &support,
	.machine = machine,
	.live = &pl_aws_live,
	.cloud = &pl_aws_cloud,
};
