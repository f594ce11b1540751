/* SPDX-License-Identifier: Apache-2.0 */
/* What GKE says of a cluster and its pools.  An answer leaves out what is zero, empty or false. */
#include <string.h>

#include "base/str.h"
#include "google/api.h"
#include "google/google.h"
#include "json/load.h"

const char *pl_google_region(struct pl_cloud *c, const char *location)
{
	size_t n = strlen(location);
	bool zone = n > 2 && location[n - 2] == '-' && location[n - 1] >= 'a' && location[n - 1] <= 'z';

	return zone ? pl_model_strf(pl_cloud_model(c), "%.*s", (int)n - 2, location) : location;
}

/* ---- pools ---- */

static const struct pl_field pool_fields[] = {
	{ "config.labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "config.imageType", PL_POOL_IMAGE, PL_AS_TEXT, NULL, NULL },
	{ "config.diskSizeGb|config.bootDisk.sizeGb", PL_POOL_DISK, PL_AS_GIB, NULL, NULL },
	{ "version", PL_POOL_VERSION, PL_AS_TEXT, NULL, NULL },
	{ "maxPodsConstraint.maxPodsPerNode", PL_POOL_MAX_PODS, PL_AS_INT, NULL, NULL },
	{ "locations", PL_POOL_ZONES, PL_AS_LIST, NULL, NULL },
	{ 0 },
};

/* GKE counts the nodes of each zone, unless the autoscaler's bounds are totals. */
static void add_sizes(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	bool scales = pl_cloud_bool(p, "autoscaling.enabled", false);
	bool totals = scales && (pl_cloud_int(p, "autoscaling.totalMaxNodeCount", 0) > 0 ||
				 pl_cloud_int(p, "autoscaling.totalMinNodeCount", 0) > 0);
	const char *low = totals ? "autoscaling.totalMinNodeCount" : scales ? "autoscaling.minNodeCount" : "initialNodeCount";
	const char *high = totals ? "autoscaling.totalMaxNodeCount" : scales ? "autoscaling.maxNodeCount" : "initialNodeCount";
	struct pl_model *m = pl_cloud_model(c);

	pl_fact_int(m, pool, PL_POOL_MIN, pl_cloud_int(p, low, 0), low);
	pl_fact_int(m, pool, PL_POOL_MAX, pl_cloud_int(p, high, 0), high);
	pl_fact_int(m, pool, PL_POOL_DESIRED, pl_cloud_int(p, "initialNodeCount", 0), "initialNodeCount");
	pl_fact_bool(m, pool, PL_POOL_PER_ZONE, !totals, NULL);
}

static void add_image(struct pl_cloud *c, struct pl_object *pool, json_t *p)
{
	const char *image = pl_cloud_text(c, p, "config.imageType"), *os = image ? pl_google_os_of(image) : NULL;
	struct pl_model *m = pl_cloud_model(c);

	if (os)
		pl_fact_text(m, pool, PL_POOL_OS, os, "config.imageType");
	else
		pl_fact_unknown(m, pool, PL_POOL_OS, image ? "an image type that plumbline does not know" : "GKE does not say",
				"config.imageType");
	if (pl_streq(os, "ubuntu"))
		pl_fact_unknown(m, pool, PL_POOL_OS_VERSION, "the image type names no version", "config.imageType");
	if (image && pl_contains(image, "CONTAINERD"))
		pl_fact_text(m, pool, PL_POOL_RUNTIME, "containerd", "config.imageType");
}

static void add_pool(struct pl_cloud *c, json_t *p)
{
	const char *name = pl_cloud_text(c, p, "name"), *type = pl_cloud_text(c, p, "config.machineType");
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *pool = pl_model_object(m, PL_POOL, name, pl_cloud_source(c), pl_model_strf(m, "node pool %s", name));

	pool->cluster = pl_google_of(c)->cluster;
	pl_cloud_fields(c, pool, p, pool_fields);
	pl_cloud_taints(c, pool, pl_cloud_get(p, "config.taints"), "config.taints");
	add_sizes(c, pool, p);
	add_image(c, pool, p);
	pl_fact_text(m, pool, PL_POOL_CAPACITY, pl_cloud_bool(p, "config.spot", false) ? "spot"
		     : pl_cloud_bool(p, "config.preemptible", false) ? "preemptible" : "on-demand", "config.spot");
	if (type)
		pl_cloud_machine(c, pool, type, "config.machineType");
	else
		pl_fact_unknown(m, pool, PL_POOL_MACHINE, "GKE does not say", "config.machineType");
}

/* ---- the cluster ---- */

static const struct pl_field cluster_fields[] = {
	{ "currentMasterVersion|initialClusterVersion", PL_CLUSTER_VERSION, PL_AS_TEXT, NULL, "GKE does not say" },
	{ "releaseChannel.channel", PL_CLUSTER_CHANNEL, PL_AS_TEXT, NULL, NULL },
	{ "location", PL_CLUSTER_LOCATION, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

/* Calico has to be asked for and its add-on must run; Dataplane V2 has a policy of its own, and excludes it. */
static void add_policy(struct pl_cloud *c, struct pl_object *o, json_t *j, bool autopilot)
{
	struct pl_model *m = pl_cloud_model(c);
	bool advanced = pl_streq(pl_cloud_text(c, j, "networkConfig.datapathProvider"), "ADVANCED_DATAPATH");

	if (advanced || autopilot)
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "dataplane-v2", "networkConfig.datapathProvider");
	else if (!pl_cloud_bool(j, "networkPolicy.enabled", false))
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "none", "networkPolicy.enabled");
	else if (pl_cloud_bool(j, "addonsConfig.networkPolicyConfig.disabled", false))
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "none", "addonsConfig.networkPolicyConfig.disabled")->note =
			"the add-on that enforces the policy is disabled";
	else
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "calico", "networkPolicy");
}

/* The name under which the API is reached from anywhere, where no public address is; NULL: there is no such name. */
static const char *name_from_outside(struct pl_cloud *c, json_t *j)
{
	json_t *all = pl_cloud_get(j, "controlPlaneEndpointsConfig");
	bool public = pl_cloud_bool(all, "ipEndpointsConfig.enabled", false) &&
		      pl_cloud_bool(all, "ipEndpointsConfig.enablePublicEndpoint", false);

	if (public || !pl_cloud_bool(all, "dnsEndpointConfig.allowExternalTraffic", false))
		return NULL;
	return pl_cloud_text(c, all, "dnsEndpointConfig.endpoint");
}

/* What is reached by name has a certificate that everybody trusts. */
static void add_endpoint(struct pl_cloud *c, struct pl_object *o, json_t *j)
{
	const char *endpoint = pl_cloud_text(c, j, "endpoint"), *name = name_from_outside(c, j);
	struct pl_google *g = pl_google_of(c);
	bool by_name;

	if (endpoint)
		pl_fact_text(pl_cloud_model(c), o, PL_CLUSTER_ENDPOINT, endpoint, "endpoint");
	endpoint = name ? name : endpoint;
	if (!endpoint)
		return;
	by_name = strpbrk(endpoint, "ghijklmnopqrstuvwxyz") && !strchr(endpoint, ':');
	g->endpoint = pl_model_strf(pl_cloud_model(c), "https://%s", endpoint);
	g->ca = by_name ? NULL : pl_cloud_text(c, j, "masterAuth.clusterCaCertificate");
}

/* What tells the cluster's nodes and network from those of others. */
static void note_surroundings(struct pl_cloud *c, json_t *j)
{
	struct pl_google *g = pl_google_of(c);
	json_t *pools = pl_cloud_get(j, "nodePools"), *pool, *url;
	size_t i, k;

	g->network = pl_google_last(pl_cloud_text(c, j, "networkConfig.network|network"));
	json_array_foreach(pools, i, pool)
		json_array_foreach(json_object_get(pool, "instanceGroupUrls"), k, url)
			if (json_is_string(url))
				pl_cloud_list_add(c, &g->groups,
						  pl_model_str(pl_cloud_model(c), pl_google_last(json_string_value(url))));
}

static void add_cluster(struct pl_cloud *c, json_t *j)
{
	struct pl_google *g = pl_google_of(c);
	struct pl_model *m = pl_cloud_model(c);
	bool autopilot = pl_cloud_bool(j, "autopilot.enabled", false);
	struct pl_object *o = pl_model_object(m, PL_CLUSTER, g->name, pl_cloud_source(c), pl_cloud_text(c, j, "selfLink"));
	json_t *pool;
	size_t i;

	g->cluster = o;
	g->version = pl_cloud_text(c, j, "currentMasterVersion|initialClusterVersion");
	g->location = pl_cloud_text(c, j, "location|zone") ? pl_cloud_text(c, j, "location|zone") : g->location;
	pl_cloud_about(c, g->name, g->location, g->project);
	pl_fact_text(m, o, PL_CLUSTER_PROVIDER, "gke", NULL);
	pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION, autopilot ? "gke-autopilot" : "gke-standard", "autopilot.enabled");
	pl_fact_text(m, o, PL_CLUSTER_ACCOUNT, g->project, NULL);
	pl_cloud_fields(c, o, j, cluster_fields);
	pl_fact_text(m, o, PL_CLUSTER_ACCESS, pl_cloud_bool(j, "privateClusterConfig.enablePrivateEndpoint", false)
		     ? "private" : "public", "privateClusterConfig.enablePrivateEndpoint");
	add_policy(c, o, j, autopilot);
	add_endpoint(c, o, j);
	if (autopilot)
		pl_fact_bool(m, o, PL_CLUSTER_PRIVILEGED, false, "autopilot.enabled")->note =
			"GKE Autopilot refuses privileged pods";
	else
		pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster", NULL);
	pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL)->note =
		"GKE gives Services of type LoadBalancer a network load balancer";
	if (pl_cloud_bool(j, "autoscaling.enableNodeAutoprovisioning", false))
		pl_cloud_incomplete(c, 1U << PL_POOL, "node auto-provisioning makes pools of its own");
	json_array_foreach(pl_cloud_get(j, "nodePools"), i, pool)
		if (!autopilot && pl_json_member_str(pool, "name"))
			add_pool(c, pool);
	note_surroundings(c, j);
	pl_google_ask_belongings(c);
}

/* ---- where it is ---- */

/* A cluster of a zone is asked for by its region, too; locations/- shows them all. */
static void list_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	struct pl_google *g = pl_google_of(c);
	json_t *list = pl_cloud_get(a->json, "clusters"), *j, *found = NULL;
	pl_auto_buf names = PL_BUF_INIT;
	struct pl_object **planned;
	size_t i, matches = 0;

	(void)arg;
	json_array_foreach(list, i, j) {
		const char *name = pl_cloud_text(c, j, "name"), *location = pl_cloud_text(c, j, "location|zone");

		if (!name || !location)
			continue;
		pl_buf_addf(&names, "%s%s/%s", names.len ? ", " : "", location, name);
		if (!strcmp(name, g->name) && pl_starts(location, g->location)) {
			found = j;
			matches++;
		}
	}
	if (matches == 1) {
		add_cluster(c, found);
		return;
	}
	if (a->outcome == PL_CLOUD_DONE && json_array_size(pl_cloud_get(a->json, "missingZones")))
		pl_cloud_fail(c, PL_E_UNREACHABLE, "some zones did not answer: whether '%s' is there cannot be told", g->name);
	else if (!pl_cloud_planned(c, PL_CLUSTER, &planned))
		pl_cloud_fail(c, PL_E_INPUT, "there is no cluster '%s' in %s of %s; there %s%s", g->name, g->location, g->project,
			      a->outcome != PL_CLOUD_DONE ? "might be others, but they cannot be listed"
			      : names.len ? "are: " : "are none", a->outcome == PL_CLOUD_DONE ? names.data : "");
}

static void cluster_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	pl_auto_buf path = PL_BUF_INIT;

	(void)arg;
	if (a->outcome == PL_CLOUD_DONE && pl_json_member_str(a->json, "name")) {
		add_cluster(c, a->json);
	} else if (a->outcome == PL_CLOUD_ABSENT) {
		pl_buf_addf(&path, "projects/%s/locations/-/clusters", pl_google_of(c)->project);
		pl_google_get(c, PL_GOOGLE_CONTAINER, "clusters.list", pl_google_of(c)->project, path.data, list_done, NULL);
	} else {
		pl_cloud_fail(c, a->outcome == PL_CLOUD_FORBIDDEN || a->outcome == PL_CLOUD_OFF ? PL_E_AUTH : PL_E_INPUT, "%s",
			      a->why ? a->why : "container.clusters.get: the answer holds no cluster");
	}
}

void pl_google_ask(struct pl_cloud *c)
{
	struct pl_google *g = pl_google_of(c);
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_addf(&path, "projects/%s/locations/%s/clusters/%s", g->project, g->location, g->name);
	pl_google_get(c, PL_GOOGLE_CONTAINER, "clusters.get", g->name, path.data, cluster_done, NULL);
}
