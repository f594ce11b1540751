/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of AWS's services: see endpoint.h.  Names are botocore's (1.43, 2026-11: partitions.json, models). */
#include "aws/endpoint.h"

#include <string.h>

#include "base/str.h"

static const struct service {
	const char *name;     /* in the credential scope */
	const char *prefix;   /* of the host; "-fips" follows it for FIPS */
	const char *variable; /* AWS_ENDPOINT_URL_... */
	const char *setting;  /* in a `services` section */
	const char *fips;     /* the whole of it for FIPS in commercial regions, without dual stack; NULL: as usual */
	const char *dual;     /* instead, with dual stack; NULL: the same */
	bool gov_fips;        /* has hosts of its own for FIPS in GovCloud, where others' plain ones are */
	bool dualstack;       /* dual stack is a word in the host's name, not a domain of its own */
} services[PL_AWS_SERVICES] = {
	[PL_AWS_EKS] = { .name = "eks", .prefix = "eks", .variable = "EKS", .setting = "eks", .fips = "fips.eks" },
	[PL_AWS_EC2] = { .name = "ec2", .prefix = "ec2", .variable = "EC2", .setting = "ec2" },
	[PL_AWS_AUTOSCALING] = { .name = "autoscaling", .prefix = "autoscaling", .variable = "AUTO_SCALING",
				 .setting = "auto_scaling" },
	[PL_AWS_ELBV2] = { .name = "elasticloadbalancing", .prefix = "elasticloadbalancing",
			   .variable = "ELASTIC_LOAD_BALANCING_V2", .setting = "elastic_load_balancing_v2" },
	[PL_AWS_ELB] = { .name = "elasticloadbalancing", .prefix = "elasticloadbalancing",
			 .variable = "ELASTIC_LOAD_BALANCING", .setting = "elastic_load_balancing" },
	[PL_AWS_STS] = { .name = "sts", .prefix = "sts", .variable = "STS", .setting = "sts" },
	[PL_AWS_QUOTAS] = { .name = "servicequotas", .prefix = "servicequotas", .variable = "SERVICE_QUOTAS",
			    .setting = "service_quotas" },
	[PL_AWS_SSO] = { .name = "awsssoportal", .prefix = "portal.sso", .variable = "SSO", .setting = "sso" },
	[PL_AWS_S3] = { .name = "s3", .prefix = "s3", .variable = "S3", .setting = "s3", .gov_fips = true, .dualstack = true },
	[PL_AWS_RDS] = { .name = "rds", .prefix = "rds", .variable = "RDS", .setting = "rds" },
	[PL_AWS_ECR] = { .name = "ecr", .prefix = "api.ecr", .variable = "ECR", .setting = "ecr", .dual = "ecr",
			 .gov_fips = true },
};

/* By how the region begins; the longer first. */
static const struct partition {
	const char *begins, *suffix, *dual;
	bool commercial;
} partitions[] = {
	{ "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", false },
	{ "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", false },
	{ "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", false },
	{ "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", false },
	{ "us-gov-", "amazonaws.com", "api.aws", false },
	{ "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false },
	{ "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", false },
	{ "us-", "amazonaws.com", "api.aws", true },
	{ "eu-", "amazonaws.com", "api.aws", true },
	{ "ap-", "amazonaws.com", "api.aws", true },
	{ "sa-", "amazonaws.com", "api.aws", true },
	{ "ca-", "amazonaws.com", "api.aws", true },
	{ "me-", "amazonaws.com", "api.aws", true },
	{ "af-", "amazonaws.com", "api.aws", true },
	{ "il-", "amazonaws.com", "api.aws", true },
	{ "mx-", "amazonaws.com", "api.aws", true },
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
	static const struct partition other = { "", "amazonaws.com", "api.aws", true };
	const struct partition *p = partition_of(region);
	const char *suffix, *prefix = dual && s->dual ? s->dual : s->prefix;

	p = p ? p : &other;
	suffix = dual && !s->dualstack ? p->dual : p->suffix;
	if (fips && !dual && s->fips && p->commercial) {
		pl_buf_addf(out, "https://%s.%s.%s", s->fips, region, suffix);
		return;
	}
	/* in GovCloud the plain host is the FIPS host */
	fips = fips && (dual || s->gov_fips || !pl_starts(region, "us-gov-"));
	pl_buf_addf(out, "https://%s%s%s.%s.%s", prefix, fips ? "-fips" : "", dual && s->dualstack ? ".dualstack" : "", region, suffix);
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
