/* SPDX-License-Identifier: Apache-2.0 */
/* Google's APIs as gke://PROJECT/LOCATION/CLUSTER asks them: Container, Compute, Cloud SQL, Cloud Storage. */
#ifndef PL_PROVIDERS_GOOGLE_API_H
#define PL_PROVIDERS_GOOGLE_API_H

#include "base/buf.h"
#include "cloud/provider.h"

extern const struct pl_cloud_provider pl_google_cloud;

/* ---- credentials ---- */

struct pl_google_token {
	struct pl_buf token;
	const char *quota_project; /* of the credentials file, in the search's arena; NULL: none */
	char how[160];             /* for people: "the service account a@b", never a secret */
};

/*
 * A token, found as Google's libraries do (google-auth 2.63, read 2026-11), after those that gcloud and Terraform
 * take outright: CLOUDSDK_AUTH_ACCESS_TOKEN_FILE, GOOGLE_OAUTH_ACCESS_TOKEN, the file that
 * GOOGLE_APPLICATION_CREDENTIALS names, the one that gcloud writes, the metadata server.  What `out` had is replaced.
 * -1: PL_E_AUTH says what was tried and found; PL_E_STOPPED, PL_E_TIMEOUT.
 */
int pl_google_token(struct pl_arena *a, struct pl_cloud_net *net, struct pl_google_token *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* getenv() of what is set and not empty. */
const char *pl_google_env(const char *name);

/* ---- calls ---- */

struct pl_google_forecast; /* predict.c */

/* What is known of the cluster while it is asked; texts live in the model. */
struct pl_google {
	struct pl_arena arena;     /* what the credentials file says; wiped */
	struct pl_google_token token;
	const char *project, *location, *name;
	struct pl_object *cluster; /* NULL: it is not there */
	const char *version, *endpoint, *ca;
	const char *network;       /* its name; NULL: not told */
	struct pl_cloud_list groups; /* of its nodes' instances */
	struct pl_google_forecast *forecast;
};
struct pl_google *pl_google_of(struct pl_cloud *c);

enum pl_google_api { PL_GOOGLE_CONTAINER, PL_GOOGLE_COMPUTE, PL_GOOGLE_SQL, PL_GOOGLE_STORAGE, PL_GOOGLE_APIS };

/* GET by a method of an API ("clusters.get"), `path` behind its version ("/v1/", "/compute/v1/"). */
void pl_google_get(struct pl_cloud *c, enum pl_google_api api, const char *method, const char *object, const char *path,
		   pl_cloud_done *done, void *arg);
/* "nodes" of ".../subnetworks/nodes"; NULL of NULL. */
const char *pl_google_last(const char *link);
/* Adds text with everything escaped that has a meaning in an address. */
void pl_google_escape(struct pl_buf *out, const char *text);

void pl_google_ask(struct pl_cloud *c);
void pl_google_ask_belongings(struct pl_cloud *c);
/* Is it one of Cloud Storage, whose name is known?  And that bucket, by its name: what it says is for `done`, with it. */
bool pl_google_is_bucket(const struct pl_object *o);
void pl_google_bucket_get(struct pl_cloud *c, struct pl_object *planned, pl_cloud_done *done);
/* guest.c */
void pl_google_host_keys(struct pl_cloud *c);
void pl_google_predict(struct pl_cloud *c);
void pl_google_forecast_free(struct pl_google_forecast *f); /* NULL is fine */
/* "europe-west1" of "europe-west1-b"; a region stays what it is.  In the model. */
const char *pl_google_region(struct pl_cloud *c, const char *location);

#endif
