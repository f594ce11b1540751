/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that the machine we run on has: a container's, a pod's, an instance's (IMDSv2, else v1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials.h"
#include "base/limits.h"
#include "base/scalar.h"
#include "base/str.h"
#include "json/load.h"
#include "net/file.h"

#define CONTAINER "http://169.254.170.2"
#define INSTANCE "http://169.254.169.254"
#define INSTANCE_V6 "http://[fd00:ec2::254]"
#define ROLES "/latest/meta-data/iam/security-credentials/"
#define SECOND 1000 /* as botocore waits, where nobody says otherwise */

static int take_answer(const char *who, const struct pl_http_answer *a, struct pl_aws_keys *out, struct pl_err *err)
{
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &bad);
	const char *code = pl_json_member_str(j, "Code");

	if (a->status != 200)
		return pl_err_set(err, PL_E_AUTH, "%s answered with status %d", who, a->status);
	if (code && strcmp(code, "Success") != 0)
		return pl_err_set(err, PL_E_AUTH, "%s: %s: %.300s", who, code,
				  pl_json_member_str(j, "Message") ? pl_json_member_str(j, "Message") : "");
	return pl_aws_take(out, j) ? 1 : pl_err_set(err, PL_E_AUTH, "%s answered without credentials", who);
}

/* ---- containers ---- */

/* Without TLS only what is this machine's, or that of ECS and EKS, gets our token. */
static bool is_own(const char *url)
{
	static const char *const hosts[] = { "localhost", "127.", "169.254.170.2", "169.254.170.23", "[::1]",
					     "[fd00:ec2::23]", NULL };
	const char *host = strstr(url, "://");

	if (pl_starts(url, "https://"))
		return true;
	host = host ? host + 3 : url;
	for (size_t i = 0; hosts[i]; i++) {
		size_t n = strlen(hosts[i]);

		if (!strncmp(host, hosts[i], n) && (hosts[i][n - 1] == '.' ? strspn(host, "0123456789.") == strcspn(host, ":/")
									    : !host[n] || strchr(":/", host[n])))
			return true;
	}
	return false;
}

/* The header that lets us in; 1: there is none. */
static int container_token(struct pl_aws_search *s, struct pl_buf *out, struct pl_err *err)
{
	const char *path = pl_aws_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *text = pl_aws_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	pl_auto_wiped read = PL_BUF_INIT;
	int rc = path ? pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(s->net), &read, err) : 0;

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "the token file '%s' does not exist", path);
	if (rc < 0)
		return -1;
	text = path ? read.data : text;
	if (!text)
		return 1;
	if (strpbrk(text, "\r\n"))
		return pl_err_set(err, PL_E_AUTH, "the container's authorization token holds a line end");
	pl_buf_reserve_exact(out, strlen(text) + 20);
	pl_buf_addf(out, "Authorization: %s", text);
	return 0;
}

int pl_aws_container(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const char *relative = pl_aws_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = pl_aws_env("AWS_CONTAINER_CREDENTIALS_FULL_URI"), *headers[3] = { "Accept: application/json" };
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_wiped token = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	(void)profile;
	if (!relative && !full)
		return 0;
	pl_buf_addf(&url, "%s%s", relative ? CONTAINER : "", relative ? relative : full);
	if (!is_own(url.data))
		return pl_err_set(err, PL_E_AUTH, "AWS_CONTAINER_CREDENTIALS_FULL_URI: without https only this machine's and the "
				  "containers' own addresses are asked");
	if (container_token(s, &token, err) < 0)
		return -1;
	headers[1] = token.len ? token.data : NULL;
	if (pl_cloud_exchange(s->net, &(struct pl_http_request){ .url = url.data, .headers = headers }, true, 2 * SECOND, &a,
			      err))
		return pl_err_wrap(err, "the container's credentials");
	snprintf(out->how, sizeof out->how, "the container's credentials");
	return take_answer("the container's credentials endpoint", &a, out, err);
}

/* ---- instances ---- */

struct imds {
	struct pl_aws_search *s;
	const char *base;
	int64_t ms;
	struct pl_buf token; /* "X-aws-ec2-metadata-token: ..."; empty: version 1 */
};

static const char *base_of(void)
{
	const char *own = pl_aws_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");

	if (own)
		return own;
	return pl_strieq(pl_aws_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "ipv6") ? INSTANCE_V6 : INSTANCE;
}

static int get(struct imds *i, const char *method, const char *path, const char *header, struct pl_http_answer *a,
	       struct pl_err *err)
{
	pl_auto_buf url = PL_BUF_INIT;
	const char *headers[2] = { header, NULL };

	pl_buf_adds(&url, i->base);
	while (url.len && url.data[url.len - 1] == '/')
		pl_buf_truncate(&url, url.len - 1);
	pl_buf_adds(&url, path);
	return pl_cloud_exchange(i->s->net, &(struct pl_http_request){ .method = method, .url = url.data,
				 .headers = header ? headers : NULL }, true, i->ms, a, err);
}

/* 1: there is a token, or version 1 has to do.  0: no such service.  -1: it refuses. */
static int begin(struct imds *i, struct pl_err *err)
{
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err why = PL_ERR_INIT;

	if (get(i, "PUT", "/latest/api/token", "x-aws-ec2-metadata-token-ttl-seconds: 21600", &a, &why)) {
		if (why.code == PL_E_STOPPED) {
			*err = why;
			return -1;
		}
		pl_buf_addf(&i->s->tried, "; instance metadata: %s", why.text);
		return 0;
	}
	if (a.status == 200 && a.body.len && !strpbrk(a.body.data, "\r\n")) {
		pl_buf_reserve_exact(&i->token, a.body.len + 40);
		pl_buf_addf(&i->token, "x-aws-ec2-metadata-token: %s", a.body.data);
		return 1;
	}
	if ((a.status == 403 || a.status == 404 || a.status == 405) &&
	    !pl_strieq(pl_aws_env("AWS_EC2_METADATA_V1_DISABLED"), "true"))
		return 1;
	return pl_err_set(err, PL_E_AUTH, "instance metadata: no token, status %d", a.status);
}

static int role_keys(struct imds *i, struct pl_aws_keys *out, struct pl_err *err)
{
	const char *header = i->token.len ? i->token.data : NULL;
	pl_auto_answer role = PL_HTTP_ANSWER_INIT, keys = PL_HTTP_ANSWER_INIT;
	pl_auto_buf path = PL_BUF_INIT;

	if (get(i, "GET", ROLES, header, &role, err))
		return -1;
	if (role.status == 404) {
		pl_buf_adds(&i->s->tried, "; instance metadata: this instance has no role");
		return 0;
	}
	if (role.status != 200 || !role.body.len)
		return pl_err_set(err, PL_E_AUTH, "instance metadata: status %d for the name of the role", role.status);
	pl_buf_addf(&path, ROLES "%.*s", (int)strcspn(role.body.data, "\r\n"), role.body.data);
	if (get(i, "GET", path.data, header, &keys, err))
		return -1;
	snprintf(out->how, sizeof out->how, "the instance's role");
	return take_answer("instance metadata", &keys, out, err);
}

int pl_aws_imds(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const char *seconds = pl_aws_env("AWS_METADATA_SERVICE_TIMEOUT");
	struct imds i = { .s = s, .base = base_of(), .ms = SECOND, .token = PL_BUF_INIT };
	int64_t n;
	int rc;

	(void)profile;
	if (pl_strieq(pl_aws_env("AWS_EC2_METADATA_DISABLED"), "true"))
		return 0;
	if (seconds && pl_parse_i64(seconds, &n) && n > 0 && n < 600)
		i.ms = n * SECOND;
	rc = begin(&i, err);
	if (rc > 0)
		rc = role_keys(&i, out, err);
	pl_buf_wipe(&i.token);
	return rc;
}
