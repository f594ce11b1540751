/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workload and workforce identity federation: a token of another provider is exchanged for one of Google's (OAuth 2.0
 * Token Exchange, RFC 8693); and service accounts that somebody else may act for.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "codec/codec.h"
#include "google/credentials.h"
#include "json/load.h"
#include "json/write.h"

#define EXCHANGE "urn:ietf:params:oauth:grant-type:token-exchange"
#define ACCESS_TOKEN "urn:ietf:params:oauth:token-type:access_token"
#define STS "https://sts.googleapis.com/v1/token"
#define LOGIN "https://sts.googleapis.com/v1/oauthtoken"
#define LIFETIME 3600 /* seconds, Google's own default (IAM documentation, 2026-11) */

void pl_google_principal(const char *url, char out[160])
{
	const char *begin = url ? strrchr(url, '/') : NULL, *end = url ? strstr(url, ":generateAccessToken") : NULL;

	snprintf(out, 160, "%.*s", begin && end > begin ? (int)(end - begin - 1) : 0, begin ? begin + 1 : "");
}

/* ---- the exchange ---- */

/* "Basic ..." of a client that has an ID and a secret; "" without one. */
static void add_client(json_t *file, struct pl_buf *out)
{
	const char *id = pl_json_member_str(file, "client_id"), *secret = pl_json_member_str(file, "client_secret");
	pl_auto_wiped plain = PL_BUF_INIT;

	if (!id)
		return;
	secret = secret ? secret : "";
	pl_buf_reserve_exact(&plain, strlen(id) + strlen(secret) + 2);
	pl_buf_addf(&plain, "%s:%s", id, secret);
	pl_buf_reserve_exact(out, 32 + plain.len * 2);
	pl_buf_adds(out, "Authorization: Basic ");
	pl_base64_encode(plain.data, plain.len, out);
}

/* A person of a workforce pool is billed to a project, which a client's ID says already. */
static void add_options(json_t *file, struct pl_buf *form)
{
	const char *project = pl_json_member_str(file, "workforce_pool_user_project");
	pl_auto_buf json = PL_BUF_INIT, escaped = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&json);

	if (!project || pl_json_member_str(file, "client_id"))
		return;
	w.one_line = true;
	pl_json_open(&w, '{');
	pl_json_member(&w, "userProject", project);
	pl_json_close(&w, '}');
	pl_google_escape(&escaped, json.data);
	pl_google_form(form, "options", escaped.data);
}

static int exchange(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
		    struct pl_err *err)
{
	const char *audience = pl_json_member_str(file, "audience"), *type = pl_json_member_str(file, "subject_token_type");
	const char *url = pl_json_member_str(file, "token_url");
	pl_auto_wiped subject = PL_BUF_INIT, form = PL_BUF_INIT, client = PL_BUF_INIT;

	url = url ? url : STS;
	if (!audience || !type)
		return pl_err_set(err, PL_E_AUTH, "it has no audience and subject_token_type");
	if (pl_google_safe("token_url", url, err) || pl_google_subject(net, file, &subject, err))
		return -1;
	pl_buf_reserve_exact(&form, 4096 + 3 * subject.len);
	pl_google_form(&form, "grant_type", EXCHANGE);
	pl_google_form(&form, "audience", audience);
	pl_google_form(&form, "scope", scope);
	pl_google_form(&form, "requested_token_type", ACCESS_TOKEN);
	pl_google_form(&form, "subject_token", subject.data);
	pl_google_form(&form, "subject_token_type", type);
	add_options(file, &form);
	add_client(file, &client);
	return pl_google_endpoint(net, url, url, client.len ? client.data : NULL, &form, out, err);
}

/* ---- service accounts ---- */

static void add_wish(struct pl_buf *out, json_t *delegates, const char *scope, int64_t seconds)
{
	struct pl_json_out w = PL_JSON_OUT(out);
	char lifetime[32];
	json_t *d;
	size_t i;

	snprintf(lifetime, sizeof lifetime, "%llds", (long long)seconds);
	pl_json_open(&w, '{');
	if (json_array_size(delegates)) {
		pl_json_member_open(&w, "delegates", '[');
		json_array_foreach(delegates, i, d)
			if (json_is_string(d))
				pl_json_str(&w, json_string_value(d));
		pl_json_close(&w, ']');
	}
	pl_json_member_open(&w, "scope", '[');
	pl_json_str(&w, scope);
	pl_json_close(&w, ']');
	pl_json_member(&w, "lifetime", lifetime);
	pl_json_close(&w, '}');
}

static int take_account(const char *url, const struct pl_http_answer *a, struct pl_google_token *out, struct pl_err *err)
{
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &bad);
	const char *token = pl_json_member_str(j, "accessToken");
	const char *said = pl_json_member_str(json_object_get(j, "error"), "message");
	char email[160];

	pl_google_principal(url, email);
	if (a->status == 200 && token && *token) {
		pl_google_put(out, token, strlen(token));
		snprintf(out->how, sizeof out->how, "the service account %.120s, impersonated", email);
		return 1;
	}
	return pl_err_set(err, PL_E_AUTH, "no token of %s: status %d%s%.300s; it takes the role Service Account Token Creator",
			  email, a->status, said ? ": " : "", said ? said : "");
}

/* `out` has a token of who may act for the account, and gets the account's. */
static int act_for(struct pl_cloud_net *net, const char *url, json_t *delegates, const char *scope, int64_t seconds,
		   struct pl_google_token *out, struct pl_err *err)
{
	pl_auto_wiped bearer = PL_BUF_INIT;
	pl_auto_buf wish = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	const char *headers[3] = { "Content-Type: application/json" };

	add_wish(&wish, delegates, scope, seconds);
	pl_buf_reserve_exact(&bearer, 32 + out->token.len);
	pl_buf_addf(&bearer, "Authorization: Bearer %s", out->token.data);
	headers[1] = bearer.data;
	if (pl_cloud_exchange(net, &(struct pl_http_request){ .method = "POST", .url = url, .headers = headers,
			      .body = { wish.data, wish.len }, .reads = true }, false, 0, &a, err))
		return pl_err_wrap(err, "%s", url);
	return take_account(url, &a, out, err);
}

/* ---- types of files ---- */

int pl_google_external(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
		       struct pl_err *err)
{
	const char *url = pl_json_member_str(file, "service_account_impersonation_url");
	json_t *lifetime = pl_cloud_get(file, "service_account_impersonation.token_lifetime_seconds");
	int rc;

	if (url && pl_google_safe("service_account_impersonation_url", url, err))
		return -1;
	rc = exchange(net, file, url ? PL_GOOGLE_SCOPE_IAM : scope, out, err);
	snprintf(out->how, sizeof out->how, "workload identity federation");
	return rc < 0 || !url ? rc : act_for(net, url, NULL, scope, json_is_integer(lifetime) ? json_integer_value(lifetime)
											   : LIFETIME, out, err);
}

int pl_google_external_login(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			     struct pl_err *err)
{
	const char *url = pl_json_member_str(file, "token_url"), *token = pl_json_member_str(file, "refresh_token");
	pl_auto_wiped form = PL_BUF_INIT, client = PL_BUF_INIT;

	(void)scope; /* was given when somebody logged in */
	url = url ? url : LOGIN;
	if (!token || !pl_json_member_str(file, "client_id"))
		return pl_err_set(err, PL_E_AUTH, "it has no client_id and refresh_token");
	if (pl_google_safe("token_url", url, err))
		return -1;
	pl_buf_reserve_exact(&form, 256 + 3 * strlen(token));
	pl_google_form(&form, "grant_type", "refresh_token");
	pl_google_form(&form, "refresh_token", token);
	add_client(file, &client);
	snprintf(out->how, sizeof out->how, "the login of gcloud, workforce identity federation");
	return pl_google_endpoint(net, url, url, client.data, &form, out, err);
}

int pl_google_impersonated(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			   struct pl_err *err)
{
	const char *url = pl_json_member_str(file, "service_account_impersonation_url");
	json_t *source = json_object_get(file, "source_credentials");
	char email[160];

	pl_google_principal(url, email);
	if (!*email || !json_is_object(source))
		return pl_err_set(err, PL_E_AUTH, "it has no source_credentials, or no account in service_account_impersonation_url");
	if (pl_streq(pl_json_member_str(source, "type"), "impersonated_service_account"))
		return pl_err_set(err, PL_E_AUTH, "its source_credentials are impersonated themselves; name them in delegates");
	if (pl_google_safe("service_account_impersonation_url", url, err) ||
	    pl_google_from_json(net, source, PL_GOOGLE_SCOPE_IAM, out, err) < 0)
		return -1;
	return act_for(net, url, json_object_get(file, "delegates"), scope, LIFETIME, out, err);
}
