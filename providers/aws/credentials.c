/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of AWS credentials, and what stands in variables and files: see credentials.h. */
#include "aws/credentials.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "json/load.h"

/* Roles of roles of roles: nobody has more, and a loop ends. */
#define PROFILE_DEPTH 8

void pl_aws_keys_release(struct pl_aws_keys *k)
{
	pl_buf_wipe(&k->id);
	pl_buf_wipe(&k->secret);
	pl_buf_wipe(&k->token);
	k->expires = 0;
}

static void put(struct pl_buf *b, const char *text)
{
	pl_buf_wipe(b);
	pl_buf_reserve_exact(b, strlen(text));
	pl_buf_adds(b, text);
}

void pl_aws_set(struct pl_aws_keys *out, const char *id, const char *secret, const char *token)
{
	put(&out->id, id);
	put(&out->secret, secret);
	put(&out->token, token ? token : "");
	out->expires = 0;
}

struct pl_sigv4 pl_aws_signer(const struct pl_aws_keys *k, const char *region, const char *service)
{
	return (struct pl_sigv4){ k->id.data, k->secret.data, k->token.len ? k->token.data : NULL, region, service,
				  time(NULL) };
}

/* ---- answers ---- */

static bool digits(const char *p, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*out = *out * 10 + p[i] - '0';
	}
	return true;
}

int64_t pl_aws_time(const char *text)
{
	struct tm tm = { 0 };

	if (!text || strlen(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    !digits(text, 4, &tm.tm_year) || !digits(text + 5, 2, &tm.tm_mon) || !digits(text + 8, 2, &tm.tm_mday) ||
	    !digits(text + 11, 2, &tm.tm_hour) || !digits(text + 14, 2, &tm.tm_min) ||
	    !digits(text + 17, 2, &tm.tm_sec))
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int64_t)timegm(&tm);
}

static const char *member(json_t *json, const char *a, const char *b)
{
	const char *text = pl_json_member_str(json, a);

	return text ? text : pl_json_member_str(json, b);
}

bool pl_aws_take(struct pl_aws_keys *out, json_t *json)
{
	const char *id = member(json, "AccessKeyId", "accessKeyId");
	const char *secret = member(json, "SecretAccessKey", "secretAccessKey");
	const char *token = member(json, "SessionToken", "sessionToken");
	json_t *milliseconds = json_object_get(json, "expiration");

	token = token ? token : pl_json_member_str(json, "Token");
	if (!id || !secret || !*id || !*secret)
		return false;
	pl_aws_set(out, id, secret, token);
	out->expires = json_is_integer(milliseconds) ? json_integer_value(milliseconds) / 1000
						     : pl_aws_time(pl_json_member_str(json, "Expiration"));
	return true;
}

/* ---- variables and files ---- */

int pl_aws_environment(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	const char *id = pl_aws_env("AWS_ACCESS_KEY_ID"), *secret = pl_aws_env("AWS_SECRET_ACCESS_KEY");
	const char *token = pl_aws_env("AWS_SESSION_TOKEN");

	(void)s;
	(void)profile;
	if (!id)
		return 0;
	if (!secret)
		return pl_err_set(err, PL_E_AUTH, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not");
	pl_aws_set(out, id, secret, token ? token : pl_aws_env("AWS_SECURITY_TOKEN"));
	snprintf(out->how, sizeof out->how, "AWS_ACCESS_KEY_ID");
	return 1;
}

static int keys_of(const char *(*get)(const struct pl_aws_config *, const char *, const char *),
		   const struct pl_aws_config *c, const char *file, const char *profile, struct pl_aws_keys *out,
		   struct pl_err *err)
{
	const char *id = get(c, profile, "aws_access_key_id"), *secret = get(c, profile, "aws_secret_access_key");

	if (!id)
		return 0;
	if (!secret)
		return pl_err_set(err, PL_E_AUTH, "%s: profile %s has an aws_access_key_id and no aws_secret_access_key",
				  file, profile);
	pl_aws_set(out, id, secret, get(c, profile, "aws_session_token"));
	snprintf(out->how, sizeof out->how, "profile %.100s of %.40s", profile, strrchr(file, '/') ? strrchr(file, '/') + 1 : file);
	return 1;
}

int pl_aws_static(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	return keys_of(pl_aws_secret_get, s->config, s->config->credentials_file, profile, out, err);
}

static int config_keys(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	return keys_of(pl_aws_profile_get, s->config, s->config->config_file, profile, out, err);
}

/* ---- the chain ---- */

static const struct way {
	pl_aws_find *find;
	const char *name; /* what was looked for */
	bool of_profile;  /* a profile that another one names may have it */
} ways[] = {
	{ pl_aws_environment, "AWS_ACCESS_KEY_ID", false },
	{ pl_aws_role, "a profile with role_arn", true },
	{ pl_aws_web_identity, "AWS_WEB_IDENTITY_TOKEN_FILE", true },
	{ pl_aws_sso, "SSO", true },
	{ pl_aws_static, "the credentials file", true },
	{ pl_aws_process, "credential_process", true },
	{ config_keys, "the config file", true },
	{ pl_aws_container, "AWS_CONTAINER_CREDENTIALS_*_URI", false },
	{ pl_aws_imds, "instance metadata", false },
};

int pl_aws_of_profile(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err)
{
	int rc = 0;

	if (!pl_aws_profile_exists(s->config, profile))
		return pl_err_set(err, PL_E_AUTH, "there is no profile '%s' in %s or %s", profile,
				  s->config->config_file ? s->config->config_file : "~/.aws/config",
				  s->config->credentials_file ? s->config->credentials_file : "~/.aws/credentials");
	if (++s->depth > PROFILE_DEPTH)
		return pl_err_set(err, PL_E_AUTH, "profile '%s': more than %d profiles name each other", profile,
				  PROFILE_DEPTH);
	for (size_t i = 0; !rc && i < sizeof ways / sizeof *ways; i++)
		if (ways[i].of_profile)
			rc = ways[i].find(s, profile, out, err);
	s->depth--;
	return rc ? rc : pl_err_set(err, PL_E_AUTH, "profile '%s' has no credentials", profile);
}

static int nothing_found(struct pl_aws_search *s, struct pl_err *err)
{
	pl_auto_buf looked = PL_BUF_INIT;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		pl_buf_addf(&looked, "%s%s", i ? ", " : "", ways[i].name);
	return pl_err_set(err, PL_E_AUTH, "no AWS credentials; looked for %s (profile %s)%s", looked.data,
			  s->config->profile, s->tried.data);
}

int pl_aws_credentials(const struct pl_aws_config *c, const char *region, struct pl_cloud_net *net,
		       struct pl_aws_keys *out, struct pl_err *err)
{
	struct pl_aws_search s = { .config = c, .region = region, .net = net, .tried = PL_BUF_INIT };
	int rc = 0;

	if (c->profile_named && !pl_aws_profile_exists(c, c->profile) && !pl_aws_env("AWS_ACCESS_KEY_ID"))
		return pl_aws_of_profile(&s, c->profile, out, err);
	for (size_t i = 0; !rc && i < sizeof ways / sizeof *ways; i++) {
		rc = ways[i].find(&s, c->profile, out, err);
		if (rc < 0 && err->code == PL_E_AUTH)
			pl_err_wrap(err, "AWS credentials");
	}
	if (!rc)
		nothing_found(&s, err);
	pl_buf_release(&s.tried);
	return rc == 1 ? 0 : -1;
}
