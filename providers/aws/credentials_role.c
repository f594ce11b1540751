/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: a profile's role_arn, and a web identity that stands in a file. */
#include <stdio.h>
#include <string.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "base/limits.h"
#include "base/str.h"
#include "json/load.h"
#include "net/file.h"
#include "xml/xml.h"

#define FORM "Content-Type: application/x-www-form-urlencoded; charset=utf-8"
#define SESSION "plumbline"

static void add(struct pl_buf *form, const char *name, const char *value)
{
	if (!value)
		return;
	pl_buf_addf(form, "&%s=", name);
	pl_sigv4_escape(form, value, strlen(value), "");
}

static void begin(struct pl_buf *form, const char *action, const char *role, const char *session)
{
	pl_buf_addf(form, "Action=%s&Version=2011-06-15", action);
	add(form, "RoleArn", role);
	add(form, "RoleSessionName", session ? session : SESSION);
}

static int refused(const char *action, const struct pl_http_answer *a, json_t *xml, struct pl_err *err)
{
	json_t *error = pl_cloud_get(xml, "Error|Errors.Error");
	const char *code = pl_json_member_str(error, "Code"), *message = pl_json_member_str(error, "Message");

	if (!code)
		return pl_err_set(err, PL_E_AUTH, "sts:%s: answered with status %d", action, a->status);
	return pl_err_set(err, PL_E_AUTH, "sts:%s: %s: %.300s", action, code, message ? message : "");
}

/* Sends the form, signed where there are keys, and takes what comes. */
static int ask_sts(struct pl_aws_search *s, const char *action, const struct pl_buf *form,
		   const struct pl_aws_keys *keys, struct pl_aws_keys *out, struct pl_err *err)
{
	static const char *const plain[] = { FORM, NULL };
	struct pl_cloud_headers signed_with = { { NULL }, 0 };
	const char *headers[8] = { FORM };
	struct pl_err ignored = PL_ERR_INIT;
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	pl_auto_json *xml = NULL;
	int rc;

	pl_aws_endpoint(s->config, s->region, PL_AWS_STS, &url);
	pl_buf_addc(&url, '/');
	if (keys) {
		struct pl_sigv4 signer = pl_aws_signer(keys, s->region, "sts");

		pl_sigv4_headers(&signer, "POST", url.data, plain, (struct pl_slice){ form->data, form->len }, &signed_with);
	}
	for (size_t i = 0; i < signed_with.count && i < 6; i++)
		headers[i + 1] = signed_with.lines[i];
	rc = pl_cloud_exchange(s->net, &(struct pl_http_request){ .method = "POST", .url = url.data, .headers = headers,
			       .body = { form->data, form->len }, .reads = true }, false, 0, &a, err);
	pl_cloud_headers_release(&signed_with);
	if (rc)
		return pl_err_wrap(err, "sts:%s", action);
	xml = pl_xml_load((struct pl_slice){ a.body.data, a.body.len }, &ignored);
	if (a.status != 200)
		return refused(action, &a, xml, err);
	if (!pl_aws_take(out, pl_cloud_get(xml, "AssumeRoleResult.Credentials|AssumeRoleWithWebIdentityResult.Credentials")))
		return pl_err_set(err, PL_E_AUTH, "sts:%s: the answer holds no credentials", action);
	return 1;
}

/* ---- role_arn ---- */

/* Who asks for the role: another profile, or what stands in a place of its own. */
static int source_of(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	static const struct {
		const char *name;
		pl_aws_find *find;
	} places[] = {
		{ "Environment", pl_aws_environment },
		{ "Ec2InstanceMetadata", pl_aws_imds },
		{ "EcsContainer", pl_aws_container },
	};
	const char *from = pl_aws_profile_get(s->config, profile, "source_profile");
	const char *place = pl_aws_profile_get(s->config, profile, "credential_source");

	if (from && !strcmp(from, profile) && pl_aws_secret_get(s->config, from, "aws_access_key_id"))
		return pl_aws_static(s, from, out, err); /* its own keys, which ask for its role */
	if (from)
		return pl_aws_of_profile(s, from, out, err);
	for (size_t i = 0; place && i < sizeof places / sizeof *places; i++)
		if (!strcmp(place, places[i].name)) {
			int rc = places[i].find(s, profile, out, err);

			return rc ? rc : pl_err_set(err, PL_E_AUTH, "profile '%s': credential_source = %s, and there are none",
						    profile, place);
		}
	return pl_err_set(err, PL_E_AUTH, "profile '%s' has a role_arn, and neither source_profile nor a credential_source of "
			  "Environment, Ec2InstanceMetadata or EcsContainer", profile);
}

int pl_aws_role(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const struct pl_aws_config *c = s->config;
	const char *role = pl_aws_profile_get(c, profile, "role_arn");
	struct pl_aws_keys asking = PL_AWS_KEYS_INIT;
	pl_auto_buf form = PL_BUF_INIT;
	int rc;

	if (!role || pl_aws_profile_get(c, profile, "web_identity_token_file"))
		return 0;
	if (pl_aws_profile_get(c, profile, "mfa_serial"))
		return pl_err_set(err, PL_E_AUTH, "profile '%s' needs a code (mfa_serial), which is not asked for here: give "
				  "temporary credentials instead, `aws sts get-session-token`", profile);
	if (source_of(s, profile, &asking, err) < 0) {
		pl_aws_keys_release(&asking);
		return -1;
	}
	begin(&form, "AssumeRole", role, pl_aws_profile_get(c, profile, "role_session_name"));
	add(&form, "ExternalId", pl_aws_profile_get(c, profile, "external_id"));
	add(&form, "DurationSeconds", pl_aws_profile_get(c, profile, "duration_seconds"));
	rc = ask_sts(s, "AssumeRole", &form, &asking, out, err);
	pl_aws_keys_release(&asking);
	if (rc < 0)
		return pl_err_wrap(err, "profile '%s'", profile);
	snprintf(out->how, sizeof out->how, "the role of profile %.100s", profile);
	return rc;
}

/* ---- a web identity ---- */

static int read_token(const char *path, struct pl_aws_search *s, struct pl_buf *out, struct pl_err *err)
{
	int rc = pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(s->net), out, err);

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "the token file '%s' does not exist", path);
	if (rc < 0)
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
	while (!rc && out->len && strchr(" \t\r\n", out->data[out->len - 1]))
		pl_buf_truncate(out, out->len - 1);
	return rc;
}

int pl_aws_web_identity(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	bool own = !s->depth && pl_aws_env("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *path = own ? pl_aws_env("AWS_WEB_IDENTITY_TOKEN_FILE")
			       : pl_aws_profile_get(s->config, profile, "web_identity_token_file");
	const char *role = own ? pl_aws_env("AWS_ROLE_ARN") : pl_aws_profile_get(s->config, profile, "role_arn");
	pl_auto_wiped token = PL_BUF_INIT, form = PL_BUF_INIT;
	int rc;

	if (!path)
		return 0;
	if (!role)
		return pl_err_set(err, PL_E_AUTH, "a web identity needs a role as well: %s", own ? "AWS_ROLE_ARN" : "role_arn");
	if (read_token(path, s, &token, err))
		return -1;
	/* at once, so that growing leaves no copy of the token */
	pl_buf_reserve_exact(&form, 4096 + 3 * (token.len + strlen(role)));
	begin(&form, "AssumeRoleWithWebIdentity", role, own ? pl_aws_env("AWS_ROLE_SESSION_NAME")
					: pl_aws_profile_get(s->config, profile, "role_session_name"));
	add(&form, "WebIdentityToken", token.data);
	rc = ask_sts(s, "AssumeRoleWithWebIdentity", &form, NULL, out, err);
	if (rc > 0)
		snprintf(out->how, sizeof out->how, "the web identity in %.100s", path);
	return rc;
}
