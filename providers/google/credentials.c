/* SPDX-License-Identifier: Apache-2.0 */
/* Google's credentials: tokens that stand somewhere, and those that are had for a key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/scalar.h"
#include "base/str.h"
#include "cloud/jwt.h"
#include "cloud/oauth.h"
#include "google/credentials.h"
#include "json/load.h"
#include "json/write.h"
#include "net/file.h"

#define TOKEN_URI "https://oauth2.googleapis.com/token"
#define METADATA "metadata.google.internal"
#define METADATA_MS 3000 /* google-auth's own */

const char *pl_google_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

void pl_google_put(struct pl_google_token *out, const char *token, size_t n)
{
	while (n && strchr(" \t\r\n", token[n - 1]))
		n--;
	pl_buf_wipe(&out->token);
	pl_buf_reserve_exact(&out->token, n);
	pl_buf_add(&out->token, token, n);
}

/* ---- tokens that stand somewhere ---- */

/* 1: found.  0: nothing of the kind is configured.  -1: it is, and fails. */
static int from_token_file(struct pl_cloud_net *net, struct pl_google_token *out, struct pl_err *err)
{
	const char *path = pl_google_env("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE");
	pl_auto_wiped text = PL_BUF_INIT;
	int rc = path ? pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(net), &text, err) : 0;

	if (!path)
		return 0;
	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '%s' does not exist", path);
	if (rc < 0) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return -1;
	}
	pl_google_put(out, text.data, text.len);
	if (!out->token.len)
		return pl_err_set(err, PL_E_AUTH, "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '%s' is empty", path);
	snprintf(out->how, sizeof out->how, "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE");
	return 1;
}

static int from_environment(struct pl_google_token *out)
{
	const char *token = pl_google_env("GOOGLE_OAUTH_ACCESS_TOKEN");

	if (!token)
		return 0;
	pl_google_put(out, token, strlen(token));
	snprintf(out->how, sizeof out->how, "GOOGLE_OAUTH_ACCESS_TOKEN");
	return 1;
}

/* ---- token endpoints ---- */

void pl_google_form(struct pl_buf *form, const char *name, const char *value)
{
	pl_buf_addf(form, "%s%s=", form->len ? "&" : "", name);
	pl_google_escape(form, value);
}

static int take_answer(const char *who, const struct pl_http_answer *a, struct pl_google_token *out, struct pl_err *err)
{
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &bad);
	const char *token = pl_json_member_str(j, "access_token");

	if (a->status == 200 && token && *token) {
		pl_google_put(out, token, strlen(token));
		return 1;
	}
	if (pl_streq(pl_json_member_str(j, "error_subtype"), "invalid_rapt"))
		return pl_err_set(err, PL_E_AUTH, "%s: the login has to be renewed: run `gcloud auth application-default login`", who);
	return pl_cloud_no_token(who, a, j, err);
}

int pl_google_safe(const char *what, const char *url, struct pl_err *err)
{
	static const char *const safe[] = { "https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:" };

	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		if (pl_starts(url, safe[i]))
			return 0;
	return pl_err_set(err, PL_E_AUTH, "%s '%.200s' is no https address", what, url);
}

int pl_google_endpoint(struct pl_cloud_net *net, const char *who, const char *url, const char *authorization,
		       const struct pl_buf *form, struct pl_google_token *out, struct pl_err *err)
{
	const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded", authorization, NULL };
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	int rc = pl_cloud_exchange(net, &(struct pl_http_request){ .method = "POST", .url = url, .headers = headers,
				   .body = { form->data, form->len }, .reads = true }, false, 0, &a, err);

	return rc ? pl_err_wrap(err, "%s", who) : take_answer(who, &a, out, err);
}

/* ---- a service account's key: an assertion of our own, signed ---- */

static int add_assertion(struct pl_buf *out, json_t *key, const char *scope, struct pl_err *err)
{
	pl_auto_buf head = PL_BUF_INIT, claims = PL_BUF_INIT;
	struct pl_json_out h = PL_JSON_OUT(&head), c = PL_JSON_OUT(&claims);
	int64_t now = (int64_t)time(NULL);

	pl_json_open(&h, '{');
	pl_json_member(&h, "typ", "JWT");
	pl_json_member(&h, "alg", "RS256");
	pl_json_member_opt(&h, "kid", pl_json_member_str(key, "private_key_id"));
	pl_json_close(&h, '}');
	pl_json_open(&c, '{');
	pl_json_member(&c, "iss", pl_json_member_str(key, "client_email"));
	pl_json_member(&c, "scope", scope);
	pl_json_member(&c, "aud", TOKEN_URI);
	pl_json_member_int(&c, "iat", now);
	pl_json_member_int(&c, "exp", now + 3600);
	pl_json_close(&c, '}');
	return pl_jwt(pl_json_member_str(key, "private_key"), &head, &claims, out, err);
}

static int from_key(struct pl_cloud_net *net, json_t *key, const char *scope, struct pl_google_token *out, struct pl_err *err)
{
	const char *email = pl_json_member_str(key, "client_email");
	const char *url = pl_json_member_str(key, "token_uri");
	pl_auto_wiped assertion = PL_BUF_INIT, form = PL_BUF_INIT;

	if (!email || !pl_json_member_str(key, "private_key"))
		return pl_err_set(err, PL_E_AUTH, "it has no client_email and private_key");
	if (add_assertion(&assertion, key, scope, err))
		return -1;
	pl_google_form(&form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
	pl_google_form(&form, "assertion", assertion.data);
	snprintf(out->how, sizeof out->how, "the service account %.100s", email);
	return pl_google_endpoint(net, url ? url : TOKEN_URI, url ? url : TOKEN_URI, NULL, &form, out, err);
}

static int from_login(struct pl_cloud_net *net, json_t *login, const char *scope, struct pl_google_token *out,
		      struct pl_err *err)
{
	static const char *const names[] = { "client_id", "client_secret", "refresh_token" };
	const char *url = pl_json_member_str(login, "token_uri");
	pl_auto_wiped form = PL_BUF_INIT;

	(void)scope; /* was given when somebody logged in */
	pl_buf_reserve_exact(&form, 8192);
	pl_google_form(&form, "grant_type", "refresh_token");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!pl_json_member_str(login, names[i]))
			return pl_err_set(err, PL_E_AUTH, "it has no %s", names[i]);
		pl_google_form(&form, names[i], pl_json_member_str(login, names[i]));
	}
	snprintf(out->how, sizeof out->how, "the login of gcloud");
	return pl_google_endpoint(net, url ? url : TOKEN_URI, url ? url : TOKEN_URI, NULL, &form, out, err);
}

/* ---- the file ---- */

static const struct {
	const char *type;
	int (*get)(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out, struct pl_err *err);
} types[] = {
	{ "service_account", from_key },
	{ "authorized_user", from_login },
	{ "external_account", pl_google_external },
	{ "external_account_authorized_user", pl_google_external_login },
	{ "impersonated_service_account", pl_google_impersonated },
};

int pl_google_from_json(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			struct pl_err *err)
{
	const char *type = pl_json_member_str(file, "type");

	for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
		if (!strcmp(type, types[i].type))
			return types[i].get(net, file, scope, out, err);
	return pl_err_set(err, PL_E_AUTH, "credentials of type '%.40s' are not known here", type ? type : "");
}

static int from_text(struct pl_arena *a, struct pl_cloud_net *net, const struct pl_buf *text,
		     struct pl_google_token *out, struct pl_err *err)
{
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ text->data, text->len }, NULL, &bad);

	if (!j)
		return pl_err_set(err, PL_E_AUTH, "it is no JSON");
	out->quota_project = pl_arena_strdup(a, pl_json_member_str(j, "quota_project_id"));
	return pl_google_from_json(net, j, PL_GOOGLE_SCOPE, out, err);
}

/* 0: there is no such file; which is an error where somebody named it. */
static int from_file(struct pl_arena *a, struct pl_cloud_net *net, const char *path, bool named,
		     struct pl_google_token *out, struct pl_err *err)
{
	pl_auto_wiped text = PL_BUF_INIT;
	int rc = pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(net), &text, err);

	if (rc > 0 && !named)
		return 0;
	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "GOOGLE_APPLICATION_CREDENTIALS: '%s' does not exist", path);
	if (rc < 0) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return -1;
	}
	rc = from_text(a, net, &text, out, err);
	return rc < 0 ? pl_err_wrap(err, "'%s'", path) : rc;
}

static const char *usual_file(struct pl_arena *a)
{
	const char *folder = pl_google_env("CLOUDSDK_CONFIG"), *home = pl_google_env("HOME");

	if (folder)
		return pl_arena_strf(a, "%s/application_default_credentials.json", folder);
	return pl_arena_strf(a, "%s/.config/gcloud/application_default_credentials.json", home ? home : "");
}

/* ---- the metadata server ---- */

static int from_metadata(struct pl_cloud_net *net, struct pl_google_token *out, struct pl_buf *tried,
			 struct pl_err *err)
{
	static const char *const headers[] = { "Metadata-Flavor: Google", NULL };
	const char *host = pl_google_env("GCE_METADATA_HOST");
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	struct pl_err why = PL_ERR_INIT;

	host = host ? host : pl_google_env("GCE_METADATA_ROOT");
	pl_buf_addf(&url, "http://%s/computeMetadata/v1/instance/service-accounts/default/token", host ? host : METADATA);
	if (pl_cloud_exchange(net, &(struct pl_http_request){ .url = url.data, .headers = headers }, true, METADATA_MS, &a,
			      &why)) {
		if (why.code == PL_E_STOPPED) {
			*err = why;
			return -1;
		}
		pl_buf_addf(tried, "; the metadata server: %s", why.text);
		return 0;
	}
	if (!pl_slice_is(pl_http_header(&a, "metadata-flavor"), "Google"))
		return pl_err_set(err, PL_E_AUTH, "what answers as metadata server is none: it has no header Metadata-Flavor");
	snprintf(out->how, sizeof out->how, "the metadata server");
	return take_answer("the metadata server", &a, out, err);
}

/* ---- the chain ---- */

int pl_google_token(struct pl_arena *a, struct pl_cloud_net *net, struct pl_google_token *out, struct pl_err *err)
{
	const char *named = pl_google_env("GOOGLE_APPLICATION_CREDENTIALS"), *usual = usual_file(a);
	pl_auto_buf tried = PL_BUF_INIT;
	int rc = from_token_file(net, out, err);

	rc = rc ? rc : from_environment(out);
	rc = rc ? rc : from_file(a, net, named ? named : usual, named != NULL, out, err);
	rc = rc ? rc : from_metadata(net, out, &tried, err);
	if (!rc)
		pl_err_set(err, PL_E_AUTH, "no Google credentials; looked for CLOUDSDK_AUTH_ACCESS_TOKEN_FILE, "
			   "GOOGLE_OAUTH_ACCESS_TOKEN, GOOGLE_APPLICATION_CREDENTIALS, '%s'%s; run `gcloud auth "
			   "application-default login`", usual, tried.data);
	else if (rc < 0 && err->code == PL_E_AUTH)
		pl_err_wrap(err, "Google credentials");
	return rc == 1 ? 0 : -1;
}
