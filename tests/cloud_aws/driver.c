/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the AWS provider computes without asking anybody, for test_wire.py: a JSON object a line in, an answer a line out.
 *
 *	{"endpoint": "EKS", "region": "eu-west-1"}
 *	{"sign": "POST", "url": ..., "headers": [...], "body": ..., "id": ..., "secret": ..., "token": ..., "region": ...,
 *	 "service": ..., "at": 1750000000}
 *	{"presign": "https://...", "name": ..., "value": ..., "seconds": 60, "id": ...}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "cloud/sigv4.h"
#include "json/load.h"

static const struct {
	const char *word;
	enum pl_aws_service_id id;
} services[] = {
	{ "eks", PL_AWS_EKS }, { "ec2", PL_AWS_EC2 }, { "autoscaling", PL_AWS_AUTOSCALING }, { "elbv2", PL_AWS_ELBV2 },
	{ "elb", PL_AWS_ELB }, { "sts", PL_AWS_STS }, { "service-quotas", PL_AWS_QUOTAS }, { "sso", PL_AWS_SSO },
	{ "s3", PL_AWS_S3 }, { "rds", PL_AWS_RDS }, { "ecr", PL_AWS_ECR },
};

_Static_assert(sizeof services / sizeof *services == PL_AWS_SERVICES, "every service is asked for");

static struct pl_sigv4 signer_of(json_t *j)
{
	return (struct pl_sigv4){
		.id = pl_json_member_str(j, "id"), .secret = pl_json_member_str(j, "secret"),
		.token = pl_json_member_str(j, "token"), .region = pl_json_member_str(j, "region"),
		.service = pl_json_member_str(j, "service"), .at = (time_t)json_integer_value(json_object_get(j, "at")),
	};
}

static void endpoint(const struct pl_aws_config *config, json_t *j)
{
	pl_auto_buf out = PL_BUF_INIT;

	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (!strcmp(services[i].word, pl_json_member_str(j, "endpoint")))
			pl_aws_endpoint(config, pl_json_member_str(j, "region"), services[i].id, &out);
	puts(out.data);
}

static void sign(json_t *j)
{
	struct pl_sigv4 s = signer_of(j);
	struct pl_cloud_headers made = { .count = 0 };
	const char *headers[17] = { NULL }, *body = pl_json_member_str(j, "body");
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(j, "headers"), i, line)
		if (i < 16)
			headers[i] = json_string_value(line);
	pl_sigv4_headers(&s, pl_json_member_str(j, "sign"), pl_json_member_str(j, "url"), headers, pl_slice(body ? body : ""), &made);
	for (i = 0; i < made.count; i++)
		if (!strncmp(made.lines[i], "Authorization: ", 15))
			puts(made.lines[i] + 15);
	pl_cloud_headers_release(&made);
}

static void presign(json_t *j)
{
	struct pl_sigv4 s = signer_of(j);
	pl_auto_buf out = PL_BUF_INIT;

	pl_sigv4_url(&s, pl_json_member_str(j, "presign"), pl_json_member_str(j, "name"), pl_json_member_str(j, "value"),
		     (int)json_integer_value(json_object_get(j, "seconds")), &out);
	puts(out.data);
}

int main(void)
{
	static char line[1 << 20];
	struct pl_aws_config config;
	struct pl_err err = PL_ERR_INIT;
	struct pl_wait w = pl_wait_for(5000, -1);

	if (pl_aws_config_load(&config, &w, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	while (fgets(line, sizeof line, stdin)) {
		pl_auto_json *j = pl_json_load(pl_slice(line), NULL, &err);

		if (json_object_get(j, "endpoint"))
			endpoint(&config, j);
		else if (json_object_get(j, "sign"))
			sign(j);
		else if (json_object_get(j, "presign"))
			presign(j);
	}
	pl_aws_config_release(&config);
	return 0;
}
