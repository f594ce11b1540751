/* SPDX-License-Identifier: Apache-2.0 */
/* What other programs have obtained: `aws sso login`, and a credential_process. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "base/limits.h"
#include "base/str.h"
#include "json/load.h"
#include "net/file.h"
#include "net/process.h"

#define LOGIN "run `aws sso login --profile %s`"

/* ---- SSO ---- */

struct sso {
	const char *section; /* "sso-session NAME"; NULL: the settings stand in the profile */
	const char *url, *region, *account, *role;
};

static const char *setting(const struct pl_aws_config *c, const struct sso *o, const char *profile, const char *key)
{
	return o->section ? pl_aws_config_get(c, o->section, key) : pl_aws_profile_get(c, profile, key);
}

/* The file is named by the SHA-1 of the session's name, or of the address in older profiles. */
static const char *cache_file(struct pl_arena *a, const char *key)
{
	unsigned char digest[20];
	char hex[41];
	const char *home = pl_aws_env("HOME");

	EVP_Digest(key, strlen(key), digest, NULL, EVP_sha1(), NULL);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return pl_arena_strf(a, "%s/.aws/sso/cache/%s.json", home ? home : "", hex);
}

static int read_login(struct pl_aws_search *s, struct pl_arena *a, const struct sso *o, const char *session,
		      const char *profile, const char **token, struct pl_err *err)
{
	const char *path = cache_file(a, session ? session : o->url);
	pl_auto_wiped text = PL_BUF_INIT;
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;
	int rc = pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(s->net), &text, err);

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "profile '%s': nobody is logged in to %s: " LOGIN, profile, o->url, profile);
	if (rc < 0)
		return -1;
	j = pl_json_load((struct pl_slice){ text.data, text.len }, NULL, &bad);
	*token = pl_arena_strdup(a, pl_json_member_str(j, "accessToken"));
	if (!*token)
		return pl_err_set(err, PL_E_AUTH, "'%s' holds no login: " LOGIN, path, profile);
	if (pl_aws_time(pl_json_member_str(j, "expiresAt")) < (int64_t)time(NULL))
		return pl_err_set(err, PL_E_AUTH, "profile '%s': the login to %s has expired: " LOGIN, profile, o->url, profile);
	return 0;
}

static int ask_sso(struct pl_aws_search *s, const struct sso *o, const char *token, struct pl_aws_keys *out,
		   struct pl_err *err)
{
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_wiped header = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	pl_auto_json *j = NULL;
	struct pl_err bad = PL_ERR_INIT;
	const char *headers[2] = { NULL };

	pl_aws_endpoint(s->config, o->region, PL_AWS_SSO, &url);
	pl_buf_adds(&url, "/federation/credentials?account_id=");
	pl_sigv4_escape(&url, o->account, strlen(o->account), "");
	pl_buf_adds(&url, "&role_name=");
	pl_sigv4_escape(&url, o->role, strlen(o->role), "");
	pl_buf_reserve_exact(&header, 40 + strlen(token));
	pl_buf_addf(&header, "x-amz-sso_bearer_token: %s", token);
	headers[0] = header.data;
	if (pl_cloud_exchange(s->net, &(struct pl_http_request){ .url = url.data, .headers = headers }, false, 0, &a, err))
		return pl_err_wrap(err, "sso:GetRoleCredentials");
	j = pl_json_load((struct pl_slice){ a.body.data, a.body.len }, NULL, &bad);
	if (a.status != 200)
		return pl_err_set(err, PL_E_AUTH, "sso:GetRoleCredentials: status %d: %.300s", a.status,
				  pl_json_member_str(j, "message") ? pl_json_member_str(j, "message") : "");
	return pl_aws_take(out, json_object_get(j, "roleCredentials"))
		       ? 1 : pl_err_set(err, PL_E_AUTH, "sso:GetRoleCredentials: the answer holds no credentials");
}

int pl_aws_sso(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const struct pl_aws_config *c = s->config;
	const char *session = pl_aws_profile_get(c, profile, "sso_session"), *token = NULL;
	struct pl_arena a = { NULL };
	struct sso o = { .section = session ? pl_arena_strf(&a, "sso-session %s", session) : NULL };
	int rc = 0;

	o.url = setting(c, &o, profile, "sso_start_url");
	o.region = setting(c, &o, profile, "sso_region");
	o.account = pl_aws_profile_get(c, profile, "sso_account_id");
	o.role = pl_aws_profile_get(c, profile, "sso_role_name");
	if (!session && !o.url)
		rc = 0;
	else if (!o.url || !o.region || !o.account || !o.role)
		rc = pl_err_set(err, PL_E_AUTH, "profile '%s' needs for SSO: sso_start_url, sso_region, sso_account_id and "
				"sso_role_name", profile);
	else
		rc = read_login(s, &a, &o, session, profile, &token, err) ? -1 : ask_sso(s, &o, token, out, err);
	pl_arena_wipe(&a);
	if (rc > 0)
		snprintf(out->how, sizeof out->how, "SSO, profile %.100s", profile);
	return rc;
}

/* ---- credential_process ---- */

static int run(const char *const *argv, const struct pl_wait *w, struct pl_aws_keys *out, struct pl_err *err)
{
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_process_options o = { .argv = argv, .max_out = PL_LIMIT_TOKEN_BYTES, .max_said = 300 };
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;

	if (pl_process_run(&o, w, &end, err)) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return -1;
	}
	if (end.status)
		return pl_err_set(err, PL_E_AUTH, "'%s' ended with status %d: %.*s", argv[0], end.status,
				  (int)strcspn(end.said.data, "\r\n"), end.said.data);
	j = pl_json_load((struct pl_slice){ end.out.data, end.out.len }, NULL, &bad);
	if (json_integer_value(json_object_get(j, "Version")) != 1)
		return pl_err_set(err, PL_E_AUTH, "'%s' printed no credentials of Version 1", argv[0]);
	return pl_aws_take(out, j) ? 1 : pl_err_set(err, PL_E_AUTH, "'%s' printed no AccessKeyId and SecretAccessKey", argv[0]);
}

int pl_aws_process(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const char *command = pl_aws_profile_get(s->config, profile, "credential_process");
	struct pl_arena a = { NULL };
	int rc = 0;

	command = command ? command : pl_aws_secret_get(s->config, profile, "credential_process");
	if (!command)
		return 0;
	rc = run(pl_process_words(&a, command), pl_cloud_net_wait(s->net), out, err);
	pl_arena_wipe(&a);
	if (rc < 0)
		return pl_err_wrap(err, "profile '%s': credential_process", profile);
	snprintf(out->how, sizeof out->how, "credential_process of profile %.100s", profile);
	return rc;
}
