/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of AWS's services: see endpoint.h.  Names are botocore's (1.43, 2026-11: partitions.json, models). */
#include "aws/endpoint.h"

#include <string.h>

#include "base/str.h"

static const struct service {
	const char *name;    /* in the credential scope */
	const char *prefix;  /* of the host */
	const char *fips;    /* the same for FIPS; NULL: prefix-fips */
	const char *variable; /* AWS_ENDPOINT_URL_... */
	const char *setting; /* in a `services` section */
} services[PL_AWS_SERVICES] = {
	[PL_AWS_EKS] = { "eks", "eks", "fips.eks", "EKS", "eks" },
	[PL_AWS_EC2] = { "ec2", "ec2", NULL, "EC2", "ec2" },
	[PL_AWS_AUTOSCALING] = { "autoscaling", "autoscaling", NULL, "AUTO_SCALING", "auto_scaling" },
	[PL_AWS_ELBV2] = { "elasticloadbalancing", "elasticloadbalancing", NULL, "ELASTIC_LOAD_BALANCING_V2",
			   "elastic_load_balancing_v2" },
	[PL_AWS_ELB] = { "elasticloadbalancing", "elasticloadbalancing", NULL, "ELASTIC_LOAD_BALANCING",
			 "elastic_load_balancing" },
	[PL_AWS_STS] = { "sts", "sts", NULL, "STS", "sts" },
	[PL_AWS_QUOTAS] = { "servicequotas", "servicequotas", NULL, "SERVICE_QUOTAS", "service_quotas" },
	[PL_AWS_SSO] = { "awsssoportal", "portal.sso", NULL, "SSO", "sso" },
	[PL_AWS_S3] = { "s3", "s3", NULL, "S3", "s3" },
	[PL_AWS_RDS] = { "rds", "rds", NULL, "RDS", "rds" },
	[PL_AWS_ECR] = { "ecr", "api.ecr", "ecr-fips", "ECR", "ecr" },
};

/* By how the region begins; the longer first. */
static const struct partition {
	const char *begins, *suffix, *dual;
} partitions[] = {
	{ "us-isob-", "sc2s.sgov.gov", NULL },
	{ "us-isof-", "csp.hci.ic.gov", NULL },
	{ "us-iso-", "c2s.ic.gov", NULL },
	{ "eu-isoe-", "cloud.adc-e.uk", NULL },
	{ "us-gov-", "amazonaws.com", "api.aws" },
	{ "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
	{ "eusc-", "amazonaws.eu", "api.amazonwebservices.eu" },
	{ "us-", "amazonaws.com", "api.aws" },
	{ "eu-", "amazonaws.com", "api.aws" },
	{ "ap-", "amazonaws.com", "api.aws" },
	{ "sa-", "amazonaws.com", "api.aws" },
	{ "ca-", "amazonaws.com", "api.aws" },
	{ "me-", "amazonaws.com", "api.aws" },
	{ "af-", "amazonaws.com", "api.aws" },
	{ "il-", "amazonaws.com", "api.aws" },
	{ "mx-", "amazonaws.com", "api.aws" },
};

const char *pl_aws_service_name(enum pl_aws_service_id s)
{
	return services[s].name;
}

static const struct partition *partition_of(const char *region)
{
	for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
		if (pl_starts(region, partitions[i].begins))
			return &partitions[i];
	return NULL;
}

bool pl_aws_region_known(const char *region)
{
	return partition_of(region) && strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(region);
}

/* A switch of the environment, else of the profile. */
static bool is_on(const struct pl_aws_config *c, const char *variable, const char *setting)
{
	const char *value = pl_aws_env(variable);

	value = value ? value : pl_aws_profile_get(c, c->profile, setting);
	return pl_strieq(value, "true");
}

/* What the user says instead; NULL: nothing. */
static const char *configured(const struct pl_aws_config *c, const struct service *s)
{
	const char *section, *value = NULL;
	pl_auto_buf name = PL_BUF_INIT;

	if (is_on(c, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"))
		return NULL;
	pl_buf_addf(&name, "AWS_ENDPOINT_URL_%s", s->variable);
	if ((value = pl_aws_env(name.data)) || (value = pl_aws_env("AWS_ENDPOINT_URL")))
		return value;
	section = pl_aws_profile_get(c, c->profile, "services");
	if (section) {
		pl_auto_buf full = PL_BUF_INIT, key = PL_BUF_INIT;

		pl_buf_addf(&full, "services %s", section);
		pl_buf_addf(&key, "%s.endpoint_url", s->setting);
		value = pl_aws_config_get(c, full.data, key.data);
	}
	return value ? value : pl_aws_profile_get(c, c->profile, "endpoint_url");
}

static void usual(const struct service *s, const char *region, bool fips, bool dual, struct pl_buf *out)
{
	const struct partition *p = partition_of(region);
	const char *suffix = !p ? "amazonaws.com" : dual && p->dual ? p->dual : p->suffix;

	/* in GovCloud the plain host is the FIPS host */
	if (fips && !pl_starts(region, "us-gov-") && s->fips)
		pl_buf_addf(out, "https://%s.%s.%s", s->fips, region, suffix);
	else
		pl_buf_addf(out, "https://%s%s.%s.%s", s->prefix,
			    fips && !pl_starts(region, "us-gov-") ? "-fips" : "", region, suffix);
}

void pl_aws_endpoint(const struct pl_aws_config *c, const char *region, enum pl_aws_service_id s, struct pl_buf *out)
{
	const char *own = configured(c, &services[s]);

	if (!own) {
		usual(&services[s], region, is_on(c, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
		      is_on(c, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"), out);
		return;
	}
	pl_buf_adds(out, own);
	while (out->len && out->data[out->len - 1] == '/')
		pl_buf_truncate(out, out->len - 1);
}

void pl_aws_sts_of_clusters(const char *region, struct pl_buf *out)
{
	usual(&services[PL_AWS_STS], region, false, false, out);
}
