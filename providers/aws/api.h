/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's APIs as eks://REGION/CLUSTER asks them. */
#ifndef PL_PROVIDERS_AWS_API_H
#define PL_PROVIDERS_AWS_API_H

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "cloud/provider.h"

extern const struct pl_cloud_provider pl_aws_cloud;

/* What is known of the cluster while it is asked; texts live in the model. */
struct pl_aws {
	struct pl_aws_config config;
	struct pl_aws_keys keys;
	const char *region, *name;
	struct pl_object *cluster;  /* NULL: it is not there */
	const char *version, *ca;   /* of the running one; base64 of its CA */
	const char *vpc;            /* that it stands in */
	int64_t group_count;        /* node groups that it shows */
	bool groups_listed;         /* and these are all */
	struct pl_aws_template *templates;
	struct pl_aws_forecast *forecast; /* predict.c */
};
struct pl_aws *pl_aws_of(struct pl_cloud *c);

/* GET of a path of EKS: "DescribeNodegroup". */
void pl_aws_eks(struct pl_cloud *c, const char *action, const char *object, const char *path, pl_cloud_done *done,
		void *arg);
/*
 * POST of a query API: `form` begins with '&' or is "".  `quiet`: what fails is no problem of the run.
 */
void pl_aws_query(struct pl_cloud *c, enum pl_aws_service_id service, const char *action, const char *object,
		  const char *form, bool quiet, pl_cloud_done *done, void *arg);
/* POST of an API that speaks JSON 1.1: Service Quotas, ECR. */
void pl_aws_json(struct pl_cloud *c, enum pl_aws_service_id service, const char *action, const char *object, const char *body,
		 pl_cloud_done *done, void *arg);
/* HEAD of a bucket. */
void pl_aws_head_bucket(struct pl_cloud *c, const char *bucket, pl_cloud_done *done, void *arg);

/* ask.c, belongs.c, predict.c */
void pl_aws_ask(struct pl_cloud *c);
/* What stands beside the cluster in that VPC (NULL: nothing is asked) ... */
void pl_aws_ask_vpc(struct pl_cloud *c, const char *vpc);
/* ... and what a plan or state of the run calls its own; what the plan only makes is for predict.c. */
void pl_aws_ask_planned(struct pl_cloud *c);
void pl_aws_predict(struct pl_cloud *c);
/* console.c */
void pl_aws_host_keys(struct pl_cloud *c);
/* Does a subnet's answer show a tag that the controllers of balancers look for? */
bool pl_aws_balancer_tag(json_t *subnet);
/* "&Filter.N.Name=...&Filter.N.Value.1=...", escaped. */
void pl_aws_add_filter(struct pl_buf *form, size_t n, const char *name, const char *value);

#endif
