/* SPDX-License-Identifier: Apache-2.0 */
/* Where AWS's services are asked: partitions, FIPS, dual stack, and what the user says instead. */
#ifndef PL_PROVIDERS_AWS_ENDPOINT_H
#define PL_PROVIDERS_AWS_ENDPOINT_H

#include "aws/config.h"
#include "base/buf.h"

enum pl_aws_service_id {
	PL_AWS_EKS, PL_AWS_EC2, PL_AWS_AUTOSCALING, PL_AWS_ELBV2, PL_AWS_ELB, PL_AWS_STS, PL_AWS_QUOTAS,
	PL_AWS_SSO, PL_AWS_S3, PL_AWS_RDS, PL_AWS_ECR, PL_AWS_SERVICES
};

/* The name it is signed with, "autoscaling". */
const char *pl_aws_service_name(enum pl_aws_service_id s);
/*
 * "https://eks.eu-west-1.amazonaws.com" without a slash at the end, added to *out.  First what
 * AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services` section or its endpoint_url say, unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true.
 */
void pl_aws_endpoint(const struct pl_aws_config *c, const char *region, enum pl_aws_service_id s, struct pl_buf *out);
/* STS as an EKS cluster knows it, whatever the user says: a token is good for that address alone. */
void pl_aws_sts_of_clusters(const char *region, struct pl_buf *out);
/* Does the region belong to a known partition? */
bool pl_aws_region_known(const char *region);

#endif
