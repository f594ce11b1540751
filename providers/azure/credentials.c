/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's clouds, and tokens for Resource Manager: see api.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure/api.h"
#include "base/limits.h"
#include "base/str.h"
#include "cloud/oauth.h"
#include "json/load.h"
#include "net/file.h"
#include "net/process.h"

#define IMDS "http://169.254.169.254"
#define IMDS_MS 3000

const char *pl_azure_env(const char *a, const char *b)
{
	const char *value = getenv(a);

	if ((!value || !*value) && b)
		value = getenv(b);
	return value && *value ? value : NULL;
}

/* ---- clouds ---- */

static const struct {
	const char *name;
	struct pl_azure_place place;
} clouds[] = {
	{ "public", { "https://login.microsoftonline.com", "https://management.azure.com" } },
	{ "global", { "https://login.microsoftonline.com", "https://management.azure.com" } },
	{ "china", { "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn" } },
	{ "usgovernment", { "https://login.microsoftonline.us", "https://management.usgovcloudapi.net" } },
	{ "usgovernmentl4", { "https://login.microsoftonline.us", "https://management.usgovcloudapi.net" } },
	{ "usgovernmentl5", { "https://login.microsoftonline.us", "https://management.usgovcloudapi.net" } },
	{ "dod", { "https://login.microsoftonline.us", "https://management.usgovcloudapi.net" } },
};

static const char *without_slash(struct pl_arena *a, const char *url)
{
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	return pl_arena_strndup(a, url, n);
}

static int ask_metadata(struct pl_arena *a, struct pl_cloud_net *net, const char *host, struct pl_azure_place *out,
			struct pl_err *err)
{
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_answer answer = PL_HTTP_ANSWER_INIT;
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = NULL;
	json_t *cloud, *login, *arm;

	pl_buf_addf(&url, "https://%s/metadata/endpoints?api-version=2022-09-01", host);
	if (pl_cloud_exchange(net, &(struct pl_http_request){ .url = url.data }, false, 0, &answer, err))
		return pl_err_wrap(err, "ARM_METADATA_HOSTNAME");
	j = pl_json_load((struct pl_slice){ answer.body.data, answer.body.len }, NULL, &bad);
	cloud = json_is_array(j) ? json_array_get(j, 0) : j;
	login = pl_cloud_get(cloud, "authentication.loginEndpoint");
	arm = pl_cloud_get(cloud, "resourceManager|resourceManagerEndpoint");
	if (answer.status != 200 || !json_is_string(login) || !json_is_string(arm))
		return pl_err_set(err, PL_E_AUTH, "ARM_METADATA_HOSTNAME: %s does not say where its cloud is", host);
	out->login = without_slash(a, json_string_value(login));
	out->arm = without_slash(a, json_string_value(arm));
	return 0;
}

int pl_azure_place(struct pl_arena *a, struct pl_cloud_net *net, struct pl_azure_place *out, struct pl_err *err)
{
	const char *host = pl_azure_env("ARM_METADATA_HOSTNAME", NULL), *name = pl_azure_env("ARM_ENVIRONMENT", NULL);
	const char *login = pl_azure_env("AZURE_AUTHORITY_HOST", NULL);
	struct pl_azure_place place = clouds[0].place;
	bool known = !name;

	for (size_t i = 0; name && i < sizeof clouds / sizeof *clouds; i++)
		if (pl_strieq(name, clouds[i].name)) {
			place = clouds[i].place;
			known = true;
		}
	if (!known && !host)
		return pl_err_set(err, PL_E_USAGE, "ARM_ENVIRONMENT: '%s' is none of public, china, usgovernment, dod", name);
	if (host && ask_metadata(a, net, host, &place, err))
		return -1;
	if (login)
		place.login = without_slash(a, login);
	*out = place;
	return 0;
}

/* ---- answers ---- */

static void put(struct pl_buf *out, const char *token)
{
	pl_buf_wipe(out);
	pl_buf_reserve_exact(out, strlen(token));
	pl_buf_adds(out, token);
}

static int take_answer(const char *who, const struct pl_http_answer *a, struct pl_buf *out, struct pl_err *err)
{
	struct pl_err bad = PL_ERR_INIT;
	pl_auto_json *j = pl_json_load((struct pl_slice){ a->body.data, a->body.len }, NULL, &bad);
	const char *token = pl_json_member_str(j, "access_token");

	if (a->status == 200 && token && *token) {
		put(out, token);
		return 1;
	}
	return pl_cloud_no_token(who, a, j, err);
}

static void add(struct pl_buf *form, const char *name, const char *value)
{
	pl_buf_addf(form, "%s%s=", form->len ? "&" : "", name);
	for (const char *p = value; *p; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("-._~", *p))
			pl_buf_addc(form, *p);
		else
			pl_buf_addf(form, "%%%02X", (unsigned char)*p);
}

/* ---- clients ---- */

struct search {
	const struct pl_azure_place *place;
	const char *resource;      /* what the token is for */
	struct pl_cloud_net *net;
	struct pl_buf *out;
	char *how; /* of 160 bytes */
	struct pl_buf tried;
};

/* 1: found.  0: nothing of the kind is configured.  -1: it is, and fails. */
typedef int find_token(struct search *s, struct pl_err *err);

/* What all clients need; false: *err says what is missing. */
static bool client_of(const char *way, const char **tenant, const char **client, struct pl_err *err)
{
	*tenant = pl_azure_env("ARM_TENANT_ID", "AZURE_TENANT_ID");
	*client = pl_azure_env("ARM_CLIENT_ID", "AZURE_CLIENT_ID");
	if (*tenant && *client && strspn(*tenant, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
					  strlen(*tenant))
		return true;
	pl_err_set(err, PL_E_AUTH, "%s is set, but not %s", way, *tenant && *client ? "a tenant that is one"
		   : *tenant ? "ARM_CLIENT_ID or AZURE_CLIENT_ID" : "ARM_TENANT_ID or AZURE_TENANT_ID");
	return false;
}

/* Sends what the client shows: a secret, or an assertion. */
static int ask_login(struct search *s, const char *tenant, const char *client, const char *name, const char *value,
		     struct pl_err *err)
{
	static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded", NULL };
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_wiped form = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;

	pl_buf_addf(&url, "%s/%s/oauth2/v2.0/token", s->place->login, tenant);
	pl_buf_reserve_exact(&form, 4096 + 3 * strlen(value));
	add(&form, "grant_type", "client_credentials");
	add(&form, "client_id", client);
	add(&form, name, value);
	if (!strcmp(name, "client_assertion"))
		add(&form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	add(&form, "scope", s->resource);
	pl_buf_adds(&form, "%2F.default");
	if (pl_cloud_exchange(s->net, &(struct pl_http_request){ .method = "POST", .url = url.data, .headers = headers,
			      .body = { form.data, form.len }, .reads = true }, false, 0, &a, err))
		return pl_err_wrap(err, "Entra");
	snprintf(s->how, 160, "client %.100s", client);
	return take_answer("Entra", &a, s->out, err);
}

static int by_certificate(struct search *s, struct pl_err *err)
{
	const char *file = pl_azure_env("ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH");
	const char *password = pl_azure_env("ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD");
	const char *tenant, *client;
	pl_auto_wiped assertion = PL_BUF_INIT;
	pl_auto_buf audience = PL_BUF_INIT;

	if (!file)
		return 0;
	if (!client_of("a certificate", &tenant, &client, err))
		return -1;
	pl_buf_addf(&audience, "%s/%s/oauth2/v2.0/token", s->place->login, tenant);
	if (pl_azure_assertion(file, password, audience.data, client, pl_cloud_net_wait(s->net), &assertion, err))
		return -1;
	return ask_login(s, tenant, client, "client_assertion", assertion.data, err);
}

static int by_secret(struct search *s, struct pl_err *err)
{
	const char *secret = pl_azure_env("ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"), *tenant, *client;

	if (!secret)
		return 0;
	if (!client_of("a client secret", &tenant, &client, err))
		return -1;
	return ask_login(s, tenant, client, "client_secret", secret, err);
}

/* A token of another issuer: a pod's, a pipeline's. */
static int by_federation(struct search *s, struct pl_err *err)
{
	const char *text = pl_azure_env("ARM_OIDC_TOKEN", NULL), *tenant, *client;
	const char *path = text ? NULL : pl_azure_env("ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE");
	pl_auto_wiped read = PL_BUF_INIT;
	int rc = path ? pl_file_read(path, PL_LIMIT_TOKEN_BYTES, pl_cloud_net_wait(s->net), &read, err) : 0;

	if (!text && !path)
		return 0;
	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "the federated token file '%s' does not exist", path);
	if (rc < 0) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return -1;
	}
	while (read.len && strchr(" \t\r\n", read.data[read.len - 1]))
		pl_buf_truncate(&read, read.len - 1);
	if (!client_of("a federated token", &tenant, &client, err))
		return -1;
	return ask_login(s, tenant, client, "client_assertion", text ? text : read.data, err);
}

/* ---- managed identities ---- */

static int by_identity(struct search *s, struct pl_err *err)
{
	const char *endpoint = pl_azure_env("IDENTITY_ENDPOINT", NULL), *secret = pl_azure_env("IDENTITY_HEADER", NULL);
	const char *client = pl_azure_env("ARM_CLIENT_ID", "AZURE_CLIENT_ID"), *base = pl_azure_env("ARM_MSI_ENDPOINT", NULL);
	pl_auto_buf url = PL_BUF_INIT;
	pl_auto_wiped header = PL_BUF_INIT;
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	const char *headers[2] = { "Metadata: true", NULL };
	bool service = endpoint && secret;

	if (!service && !pl_strieq(pl_azure_env("ARM_USE_MSI", NULL), "true"))
		return 0;
	if (service) {
		pl_buf_reserve_exact(&header, strlen(secret) + 24);
		pl_buf_addf(&header, "X-IDENTITY-HEADER: %s", secret);
		headers[0] = header.data;
		pl_buf_addf(&url, "%s?api-version=2019-08-01", endpoint);
	} else {
		pl_buf_addf(&url, "%s?api-version=2018-02-01", base ? base : IMDS "/metadata/identity/oauth2/token");
	}
	add(&url, "resource", s->resource);
	if (client)
		add(&url, "client_id", client);
	if (pl_cloud_exchange(s->net, &(struct pl_http_request){ .url = url.data, .headers = headers }, true, IMDS_MS, &a, err))
		return pl_err_wrap(err, "the managed identity");
	snprintf(s->how, 160, "the managed identity");
	return take_answer("the managed identity", &a, s->out, err);
}

/* ---- the Azure CLI ---- */

static int by_cli(struct search *s, struct pl_err *err)
{
	const char *argv[] = { "az", "account", "get-access-token", "--resource", s->resource, "-o", "json", NULL };
	struct pl_process_options o = { .argv = argv, .max_out = PL_LIMIT_TOKEN_BYTES, .max_said = 400 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err why = PL_ERR_INIT;
	pl_auto_json *j = NULL;

	if (pl_strieq(pl_azure_env("ARM_USE_CLI", NULL), "false"))
		return 0;
	if (pl_process_run(&o, pl_cloud_net_wait(s->net), &end, &why)) {
		if (why.code != PL_E_INPUT) {
			*err = why;
			return -1;
		}
		pl_buf_addf(&s->tried, "; %s", why.text);
		return 0;
	}
	if (end.status)
		return pl_err_set(err, PL_E_AUTH, "`az account get-access-token` ended with status %d: %.*s", end.status,
				  (int)strcspn(end.said.data, "\r\n"), end.said.data);
	j = pl_json_load((struct pl_slice){ end.out.data, end.out.len }, NULL, &why);
	if (!pl_json_member_str(j, "accessToken"))
		return pl_err_set(err, PL_E_AUTH, "`az account get-access-token` printed no accessToken");
	put(s->out, pl_json_member_str(j, "accessToken"));
	snprintf(s->how, 160, "the Azure CLI");
	return 1;
}

int pl_azure_token(const struct pl_azure_place *place, const char *application, struct pl_cloud_net *net, struct pl_buf *out,
		   char how[160], struct pl_err *err)
{
	static find_token *const ways[] = { by_certificate, by_secret, by_federation, by_identity, by_cli };
	struct search s = { place, application ? application : place->arm, net, out, how, PL_BUF_INIT };
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof ways / sizeof *ways; i++)
		rc = ways[i](&s, err);
	if (!rc)
		pl_err_set(err, PL_E_AUTH, "no Azure credentials; looked for a client's certificate, secret or federated token "
			   "(ARM_*, AZURE_*), ARM_USE_MSI, IDENTITY_ENDPOINT, the Azure CLI%s; run `az login`", s.tried.data);
	else if (rc < 0 && err->code == PL_E_AUTH)
		pl_err_wrap(err, "Azure credentials");
	pl_buf_release(&s.tried);
	return rc == 1 ? 0 : -1;
}
