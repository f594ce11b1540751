/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's APIs: addresses, signatures, refusals, and the permissions that all calls take. */
#include "aws/api.h"
#include "aws/forecast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/str.h"
#include "codec/codec.h"
#include "json/load.h"
#include "json/write.h"

#define FORM "application/x-www-form-urlencoded; charset=utf-8"

struct pl_aws *pl_aws_of(struct pl_cloud *c)
{
	return pl_cloud_ctx(c);
}

/* ---- calls ---- */

static const char *version_of(enum pl_aws_service_id s)
{
	switch (s) {
	case PL_AWS_EC2: return "2016-11-15";
	case PL_AWS_AUTOSCALING: return "2011-01-01";
	case PL_AWS_ELBV2: return "2015-12-01";
	case PL_AWS_ELB: return "2012-06-01";
	case PL_AWS_RDS: return "2014-10-31";
	default: return "2011-06-15";
	}
}

void pl_aws_eks(struct pl_cloud *c, const char *action, const char *object, const char *path, pl_cloud_done *done,
		void *arg)
{
	struct pl_aws *aws = pl_aws_of(c);
	pl_auto_buf url = PL_BUF_INIT, name = PL_BUF_INIT;

	pl_aws_endpoint(&aws->config, aws->region, PL_AWS_EKS, &url);
	pl_buf_adds(&url, path);
	pl_buf_addf(&name, "eks:%s", action);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = name.data, .object = object, .service = "eks", .url = url.data,
						  .done = done, .arg = arg });
}

void pl_aws_query(struct pl_cloud *c, enum pl_aws_service_id service, const char *action, const char *object,
		  const char *form, bool quiet, pl_cloud_done *done, void *arg)
{
	struct pl_aws *aws = pl_aws_of(c);
	pl_auto_buf url = PL_BUF_INIT, name = PL_BUF_INIT, body = PL_BUF_INIT;

	pl_aws_endpoint(&aws->config, aws->region, service, &url);
	pl_buf_addc(&url, '/');
	pl_buf_addf(&name, "%s:%s", pl_aws_service_name(service), action);
	pl_buf_addf(&body, "Action=%s&Version=%s%s", action, version_of(service), form);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = name.data, .object = object,
						  .service = pl_aws_service_name(service), .method = "POST", .url = url.data,
						  .body = body.data, .type = FORM, .xml = true, .quiet = quiet,
						  .done = done, .arg = arg });
}

void pl_aws_json(struct pl_cloud *c, enum pl_aws_service_id service, const char *action, const char *object, const char *body,
		 pl_cloud_done *done, void *arg)
{
	const char *target = service == PL_AWS_ECR ? "AmazonEC2ContainerRegistry_V20150921" : "ServiceQuotasV20190624";
	struct pl_aws *aws = pl_aws_of(c);
	pl_auto_buf url = PL_BUF_INIT, name = PL_BUF_INIT, header = PL_BUF_INIT;
	const char *headers[2] = { NULL };

	pl_aws_endpoint(&aws->config, aws->region, service, &url);
	pl_buf_addc(&url, '/');
	pl_buf_addf(&name, "%s:%s", pl_aws_service_name(service), action);
	pl_buf_addf(&header, "X-Amz-Target: %s.%s", target, action);
	headers[0] = header.data;
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = name.data, .object = object,
						  .service = pl_aws_service_name(service), .method = "POST", .url = url.data, .body = body,
						  .type = "application/x-amz-json-1.1", .headers = headers, .done = done,
						  .arg = arg });
}

void pl_aws_head_bucket(struct pl_cloud *c, const char *bucket, pl_cloud_done *done, void *arg)
{
	/* the digest of no body, which S3 alone wants as a header */
	static const char *const headers[] = {
		"x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", NULL };
	struct pl_aws *aws = pl_aws_of(c);
	pl_auto_buf url = PL_BUF_INIT;

	/* by path, for a bucket's name may not be good for a host name's certificate */
	pl_aws_endpoint(&aws->config, aws->region, PL_AWS_S3, &url);
	pl_buf_addc(&url, '/');
	pl_sigv4_escape(&url, bucket, strlen(bucket), "");
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = "s3:HeadBucket", .permission = "s3:ListBucket", .object = bucket,
						  .service = "s3", .method = "HEAD", .url = url.data, .quiet = true,
						  .headers = headers,
						  .done = done, .arg = arg });
}

void pl_aws_add_filter(struct pl_buf *form, size_t n, const char *name, const char *value)
{
	pl_buf_addf(form, "&Filter.%zu.Name=", n);
	pl_sigv4_escape(form, name, strlen(name), "");
	pl_buf_addf(form, "&Filter.%zu.Value.1=", n);
	pl_sigv4_escape(form, value, strlen(value), "");
}

/* ---- how we are let in ---- */

static int sign(void *ctx, const struct pl_cloud_call *call, struct pl_cloud_headers *out, struct pl_err *err)
{
	const struct pl_aws *aws = ctx;
	struct pl_sigv4 s = pl_aws_signer(&aws->keys, aws->region, call->service);
	const char *headers[18] = { NULL };
	pl_auto_buf type = PL_BUF_INIT;
	size_t n = 0;

	(void)err;
	for (size_t i = 0; call->headers && call->headers[i] && n < 16; i++)
		headers[n++] = call->headers[i];
	if (call->type) {
		pl_buf_addf(&type, "Content-Type: %s", call->type);
		headers[n++] = type.data;
	}
	pl_sigv4_headers(&s, call->method ? call->method : "GET", call->url, headers,
			 (struct pl_slice){ call->body, call->body ? strlen(call->body) : 0 }, out);
	return 0;
}

static int renew(void *ctx, struct pl_cloud_net *net, struct pl_err *err)
{
	struct pl_aws *aws = ctx;

	return pl_aws_credentials(&aws->config, aws->region, net, &aws->keys, err);
}

/* What the words of refusals mean; the first row whose word the code holds counts. */
static const struct {
	const char *word;
	enum pl_cloud_outcome outcome;
	bool again, expired, unauthenticated;
} words[] = {
	{ "RequestExpired", PL_CLOUD_FAILED, false, false, true },
	{ "ExpiredToken", PL_CLOUD_FAILED, false, true, false },
	{ "Throttl", PL_CLOUD_FAILED, true, false, false },
	{ "RequestLimitExceeded", PL_CLOUD_FAILED, true, false, false },
	{ "TooManyRequests", PL_CLOUD_FAILED, true, false, false },
	{ "RequestTimeTooSkewed", PL_CLOUD_FAILED, false, false, true },
	{ "SignatureDoesNotMatch", PL_CLOUD_FAILED, false, false, true },
	{ "InvalidSignature", PL_CLOUD_FAILED, false, false, true },
	{ "IncompleteSignature", PL_CLOUD_FAILED, false, false, true },
	{ "UnrecognizedClient", PL_CLOUD_FAILED, false, false, true },
	{ "InvalidClientTokenId", PL_CLOUD_FAILED, false, false, true },
	{ "MissingAuthenticationToken", PL_CLOUD_FAILED, false, false, true },
	{ "AuthFailure", PL_CLOUD_FAILED, false, false, true },
	{ "InvalidAccessKeyId", PL_CLOUD_FAILED, false, false, true },
	{ "OptInRequired", PL_CLOUD_OFF, false, false, false },
	{ "SubscriptionRequired", PL_CLOUD_OFF, false, false, false },
	{ "AccessDenied", PL_CLOUD_FORBIDDEN, false, false, false },
	{ "UnauthorizedOperation", PL_CLOUD_FORBIDDEN, false, false, false },
	{ "ResourceNotFound", PL_CLOUD_ABSENT, false, false, false },
	{ "NoSuchResource", PL_CLOUD_ABSENT, false, false, false },
	{ ".NotFound", PL_CLOUD_ABSENT, false, false, false },
};

/* "ResourceNotFoundException:http://..." and "prefix#Code" without what is around the word. */
static void take_code(struct pl_cloud_refusal *out, struct pl_slice text)
{
	const char *hash = text.n ? memchr(text.p, '#', text.n) : NULL;

	if (hash)
		text = (struct pl_slice){ hash + 1, text.n - (size_t)(hash + 1 - text.p) };
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ':' || text.p[i] == ',')
			text.n = i;
	snprintf(out->code, sizeof out->code, PL_SLICE_FMT, PL_SLICE_ARG(text));
}

static bool is_about_time(const struct pl_cloud_refusal *r)
{
	return strstr(r->code, "RequestExpired") || strstr(r->code, "Skewed") ||
	       (strstr(r->code, "Signature") && (strstr(r->message, "expired") || strstr(r->message, "not yet current")));
}

/* A clock that is off is the usual reason why a signature is too old or too young. */
static void say_time(const struct pl_http_answer *a, struct pl_cloud_refusal *out)
{
	struct pl_slice date = pl_http_header(a, "date");
	size_t n = strlen(out->message);

	snprintf(out->message + n, sizeof out->message - n, "%sthis machine's clock is off%s" PL_SLICE_FMT,
		 n ? "; " : "", date.n ? ": the server says " : "", PL_SLICE_ARG(date));
}

static void refusal(const struct pl_http_answer *a, const json_t *json, struct pl_cloud_refusal *out)
{
	json_t *error = pl_cloud_get((json_t *)(uintptr_t)json, "Errors.Error|Error");
	const char *code = pl_json_member_str(error, "Code"), *message = pl_json_member_str(error, "Message");
	struct pl_slice type = pl_http_header(a, "x-amzn-errortype");

	code = code ? code : pl_json_member_str(json, "__type");
	message = message ? message : pl_json_member_str(json, "message");
	message = message ? message : pl_json_member_str(json, "Message");
	take_code(out, type.n ? type : code ? pl_slice(code) : (struct pl_slice){ "", 0 });
	snprintf(out->message, sizeof out->message, "%.300s", message ? message : "");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strstr(out->code, words[i].word))
			continue;
		out->outcome = words[i].outcome;
		out->again |= words[i].again;
		out->expired = words[i].expired;
		out->unauthenticated = words[i].unauthenticated;
		break;
	}
	if (is_about_time(out))
		say_time(a, out);
}

static const struct pl_cloud_api api = { sign, renew, refusal };

/* ---- a source ---- */

static bool is_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return strchr(letters, *name) && strlen(name) <= 100 && name[strspn(name, letters)] != '.' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static int open_source(struct pl_cloud *c, struct pl_err *err)
{
	struct pl_aws *aws = pl_alloc(sizeof *aws);

	aws->keys = (struct pl_aws_keys)PL_AWS_KEYS_INIT;
	aws->region = pl_cloud_part(c, 0);
	aws->name = pl_cloud_part(c, 1);
	pl_cloud_let_in(c, &api, aws);
	pl_cloud_about(c, aws->name, aws->region, NULL);
	if (!pl_aws_region_known(aws->region))
		return pl_err_set(err, PL_E_USAGE, "'%s' is no region of AWS; write eks://REGION/CLUSTER", aws->region);
	if (!is_name(aws->name))
		return pl_err_set(err, PL_E_USAGE, "'%s' is no name of an EKS cluster", aws->name);
	if (pl_aws_config_load(&aws->config, pl_cloud_net_wait(pl_cloud_net(c)), err))
		return -1;
	pl_cloud_trust(c, "AWS_CA_BUNDLE", pl_aws_profile_get(&aws->config, aws->config.profile, "ca_bundle"));
	if (pl_aws_credentials(&aws->config, aws->region, pl_cloud_net(c), &aws->keys, err))
		return -1;
	pl_cloud_trace(c, "credentials: %s", aws->keys.how);
	return 0;
}

static void close_source(struct pl_cloud *c)
{
	struct pl_aws *aws = pl_aws_of(c);

	pl_aws_forecast_free(aws->forecast);
	pl_aws_keys_release(&aws->keys);
	pl_aws_config_release(&aws->config);
	free(aws);
}

/* ---- what it takes ---- */

static const char *const permissions[] = {
	"autoscaling:DescribeAutoScalingGroups",
	"ec2:DescribeAvailabilityZones",
	"ec2:DescribeImages",
	"ec2:DescribeInstanceTypeOfferings",
	"ec2:DescribeInstanceTypes",
	"ec2:DescribeInstances",
	"ec2:DescribeLaunchTemplateVersions",
	"ec2:DescribeSubnets",
	"ec2:GetConsoleOutput",
	"ecr:DescribeRepositories",
	"eks:DescribeAddon",
	"eks:DescribeCluster",
	"eks:DescribeClusterVersions",
	"eks:DescribeNodegroup",
	"eks:ListAddons",
	"eks:ListClusters",
	"eks:ListFargateProfiles",
	"eks:ListNodegroups",
	"elasticloadbalancing:DescribeListeners",
	"elasticloadbalancing:DescribeLoadBalancers",
	"elasticloadbalancing:DescribeTags",
	"rds:DescribeDBInstances",
	"s3:ListBucket",
	"servicequotas:GetAWSDefaultServiceQuota",
	"servicequotas:GetServiceQuota",
	NULL,
};

static void role(struct pl_buf *out)
{
	struct pl_json_out w = PL_JSON_OUT(out);

	pl_json_open(&w, '{');
	pl_json_member(&w, "Version", "2012-10-17");
	pl_json_member_open(&w, "Statement", '[');
	pl_json_open(&w, '{');
	pl_json_member(&w, "Sid", "PlumblineReads");
	pl_json_member(&w, "Effect", "Allow");
	pl_json_member_open(&w, "Action", '[');
	for (const char *const *p = permissions; *p; p++)
		pl_json_str(&w, *p);
	pl_json_close(&w, ']');
	pl_json_member(&w, "Resource", "*");
	pl_json_close(&w, '}');
	pl_json_close(&w, ']');
	pl_json_close(&w, '}');
	pl_buf_addc(out, '\n');
}

/* `aws eks get-token` makes the same: an address of STS, signed for a minute, that AWS takes for a quarter of an hour. */
static void reach(struct pl_cloud *c)
{
	struct pl_aws *aws = pl_aws_of(c);
	struct pl_sigv4 s = pl_aws_signer(&aws->keys, aws->region, "sts");
	const struct pl_fact *endpoint = aws->cluster ? pl_object_fact(aws->cluster, PL_CLUSTER_ENDPOINT, PL_CLOUD) : NULL;
	pl_auto_buf sts = PL_BUF_INIT;
	pl_auto_wiped url = PL_BUF_INIT, token = PL_BUF_INIT;

	if (!endpoint || !endpoint->known)
		return;
	pl_aws_sts_of_clusters(aws->region, &sts);
	pl_buf_adds(&sts, "/?Action=GetCallerIdentity&Version=2011-06-15");
	pl_buf_reserve_exact(&url, 8192 + 3 * aws->keys.token.len);
	pl_sigv4_url(&s, sts.data, "x-k8s-aws-id", aws->name, 60, &url);
	pl_buf_reserve_exact(&token, 32 + url.len * 2);
	pl_buf_adds(&token, "k8s-aws-v1.");
	pl_base64url_encode(url.data, url.len, &token);
	pl_cloud_reach_by_token(c, endpoint->value.s, aws->ca, token.data);
}

const struct pl_cloud_provider pl_aws_cloud = {
	.scheme = "eks", .form = "eks://REGION/CLUSTER", .parts = 2, .permissions = permissions, .open = open_source,
	.ask = pl_aws_ask, .predict = pl_aws_predict, .reach = reach, .host_keys = pl_aws_host_keys, .close = close_source, .role = role,
};
