/* SPDX-License-Identifier: Apache-2.0 */
/* Google's APIs: addresses, tokens, refusals, and the permissions that all calls take. */
#include "google/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "json/load.h"

struct pl_google *pl_google_of(struct pl_cloud *c)
{
	return pl_cloud_ctx(c);
}

void pl_google_escape(struct pl_buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
			     strchr("-._~", *p);

		if (plain)
			pl_buf_addc(out, *p);
		else
			pl_buf_addf(out, "%%%02X", (unsigned char)*p);
	}
}

const char *pl_google_last(const char *link)
{
	const char *slash = link ? strrchr(link, '/') : NULL;

	return slash ? slash + 1 : link;
}

/* ---- calls ---- */

static const struct api {
	const char *name;     /* in permissions */
	const char *gcloud, *terraform; /* variables for what is asked in the place of Google's own */
	const char *usual, *version;
	bool off_is_none;
	bool quiet;
} apis[PL_GOOGLE_APIS] = {
	[PL_GOOGLE_CONTAINER] = { "container", "CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER", "GOOGLE_CONTAINER_CUSTOM_ENDPOINT",
				  "https://container.googleapis.com", "/v1", false, false },
	[PL_GOOGLE_COMPUTE] = { "compute", "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", "GOOGLE_COMPUTE_CUSTOM_ENDPOINT",
				"https://compute.googleapis.com", "/compute/v1", false, false },
	[PL_GOOGLE_SQL] = { "cloudsql", "CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL", "GOOGLE_SQL_CUSTOM_ENDPOINT",
			    "https://sqladmin.googleapis.com", "/sql/v1beta4", true, false },
	[PL_GOOGLE_STORAGE] = { "storage", "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", "GOOGLE_STORAGE_CUSTOM_ENDPOINT",
				"https://storage.googleapis.com", "/storage/v1", true, true },
};

/* What the user says may end with the version or not. */
static void add_base(struct pl_buf *url, const struct api *api)
{
	const char *own = pl_google_env(api->gcloud);

	own = own ? own : pl_google_env(api->terraform);
	pl_buf_adds(url, own ? own : api->usual);
	while (url->len && url->data[url->len - 1] == '/')
		pl_buf_truncate(url, url->len - 1);
	if (!pl_ends(url->data, api->version))
		pl_buf_adds(url, api->version);
	pl_buf_addc(url, '/');
}

/* What a method takes, where that is not called as the method is. */
static void add_permission(struct pl_buf *out, const char *name)
{
	static const char aggregated[] = ".aggregatedList";

	if (!strcmp(name, "container.getServerConfig"))
		pl_buf_adds(out, "container.clusters.list");
	else if (pl_ends(name, aggregated))
		pl_buf_addf(out, "%.*s.list", (int)(strlen(name) - strlen(aggregated)), name);
	else
		pl_buf_adds(out, name);
}

void pl_google_get(struct pl_cloud *c, enum pl_google_api id, const char *method, const char *object, const char *path,
		   pl_cloud_done *done, void *arg)
{
	const struct api *api = &apis[id];
	pl_auto_buf url = PL_BUF_INIT, name = PL_BUF_INIT, permission = PL_BUF_INIT;

	add_base(&url, api);
	pl_buf_adds(&url, path);
	pl_buf_addf(&name, "%s.%s", api->name, method);
	add_permission(&permission, name.data);
	pl_cloud_call(c, &(struct pl_cloud_call){ .name = name.data, .permission = permission.data, .object = object,
						  .service = api->name, .url = url.data, .off_is_none = api->off_is_none,
						  .quiet = api->quiet, .done = done, .arg = arg });
}

/* ---- how we are let in ---- */

static int sign(void *ctx, const struct pl_cloud_call *call_, struct pl_cloud_headers *out, struct pl_err *err)
{
	const struct pl_google *g = ctx;
	const char *project = pl_google_env("GOOGLE_CLOUD_QUOTA_PROJECT");
	pl_auto_wiped bearer = PL_BUF_INIT;

	(void)call_;
	(void)err;
	pl_buf_reserve_exact(&bearer, g->token.token.len + 8);
	pl_buf_addf(&bearer, "Bearer %s", g->token.token.data);
	pl_cloud_header(out, "Authorization", bearer.data);
	project = project ? project : g->token.quota_project;
	if (project)
		pl_cloud_header(out, "x-goog-user-project", project);
	return 0;
}

static int renew(void *ctx, struct pl_cloud_net *net, struct pl_err *err)
{
	struct pl_google *g = ctx;

	return pl_google_token(&g->arena, net, &g->token, err);
}

/* The first reason that the error's details or its older list give. */
static const char *reason_of(json_t *error)
{
	json_t *d;
	size_t i;

	json_array_foreach(json_object_get(error, "details"), i, d)
		if (pl_json_member_str(d, "reason"))
			return pl_json_member_str(d, "reason");
	return pl_json_member_str(pl_cloud_get(error, "errors[0]"), "reason");
}

/* Older answers say it in their sentence alone. */
static bool is_off(const char *reason, const char *message)
{
	return pl_streq(reason, "SERVICE_DISABLED") || pl_streq(reason, "accessNotConfigured") ||
	       (message && (strstr(message, "has not been used in project") || strstr(message, "it is disabled")));
}

static void refusal(const struct pl_http_answer *a, const json_t *json, struct pl_cloud_refusal *out)
{
	json_t *error = json_object_get(json, "error");
	const char *message = pl_json_member_str(error, "message"), *status = pl_json_member_str(error, "status");
	const char *reason = reason_of(error);

	snprintf(out->code, sizeof out->code, "%s", status ? status : reason ? reason : "");
	snprintf(out->message, sizeof out->message, "%.300s", message ? message : "");
	out->expired = a->status == 401;
	if (a->status == 403 && is_off(reason, message))
		out->outcome = PL_CLOUD_OFF;
	if (a->status == 403 && (pl_streq(reason, "rateLimitExceeded") || pl_streq(reason, "RATE_LIMIT_EXCEEDED"))) {
		out->outcome = PL_CLOUD_FAILED;
		out->again = true;
	}
}

static const struct pl_cloud_api api = { sign, renew, refusal };

/* ---- a source ---- */

/* Names of projects, places and clusters; nothing that could lead elsewhere in a path. */
static bool is_name(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.:") == strlen(name) && *name != '.' && *name != '-';
}

static int open_source(struct pl_cloud *c, struct pl_err *err)
{
	struct pl_google *g = pl_alloc(sizeof *g);

	g->token.token = (struct pl_buf)PL_BUF_INIT;
	g->project = pl_cloud_part(c, 0);
	g->location = pl_cloud_part(c, 1);
	g->name = pl_cloud_part(c, 2);
	pl_cloud_let_in(c, &api, g);
	pl_cloud_about(c, g->name, g->location, g->project);
	for (size_t i = 0; i < 3; i++)
		if (!is_name(pl_cloud_part(c, i)))
			return pl_err_set(err, PL_E_USAGE, "'%s' is no name of a project, place or cluster; write "
					  "gke://PROJECT/LOCATION/CLUSTER", pl_cloud_part(c, i));
	pl_cloud_trust(c, "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", NULL);
	if (pl_google_token(&g->arena, pl_cloud_net(c), &g->token, err))
		return -1;
	pl_cloud_trace(c, "credentials: %s", g->token.how);
	return 0;
}

static void close_source(struct pl_cloud *c)
{
	struct pl_google *g = pl_google_of(c);

	pl_google_forecast_free(g->forecast);
	pl_buf_wipe(&g->token.token);
	pl_arena_wipe(&g->arena);
	free(g);
}

static void reach(struct pl_cloud *c)
{
	struct pl_google *g = pl_google_of(c);

	if (g->endpoint)
		pl_cloud_reach_by_token(c, g->endpoint, g->ca, g->token.token.data);
}

static const char *const permissions[] = {
	"cloudsql.instances.list",
	"compute.forwardingRules.list",
	"compute.instances.getGuestAttributes",
	"compute.instances.list",
	"compute.machineTypes.list",
	"compute.projects.get",
	"compute.regions.get",
	"compute.subnetworks.get",
	"compute.targetPools.list",
	"container.clusters.get",
	"container.clusters.list",
	"storage.buckets.get",
	NULL,
};

static void role(struct pl_buf *out)
{
	pl_buf_adds(out, "title: plumbline\ndescription: What plumbline reads of a GKE cluster and of what a plan would meet.\n"
			 "stage: GA\nincludedPermissions:\n");
	for (const char *const *p = permissions; *p; p++)
		pl_buf_addf(out, "- %s\n", *p);
}

const struct pl_cloud_provider pl_google_cloud = {
	.scheme = "gke", .form = "gke://PROJECT/LOCATION/CLUSTER", .parts = 3, .permissions = permissions,
	.open = open_source, .ask = pl_google_ask, .predict = pl_google_predict, .reach = reach, .host_keys = pl_google_host_keys, .close = close_source,
	.role = role,
};
