/* SPDX-License-Identifier: Apache-2.0 */
/* What google_container_cluster says of the cluster itself; its own pools are in inline.c. */
#include "base/scalar.h"
#include "base/str.h"
#include "google/google.h"

const char *const pl_google_cluster_types[] = { "google_container_cluster", NULL };

const struct pl_field pl_google_cluster_fields[] = {
	{ "release_channel[0].channel", PL_CLUSTER_CHANNEL, PL_AS_LOWER, NULL, NULL },
	{ "location|zone|region", PL_CLUSTER_LOCATION, PL_AS_TEXT, NULL, NULL },
	{ "project", PL_CLUSTER_ACCOUNT, PL_AS_TEXT, NULL, NULL },
	{ "endpoint", PL_CLUSTER_ENDPOINT, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

static bool is_true(struct pl_tf *tf, struct pl_tf_resource *r, const char *path)
{
	return pl_streq(pl_tf_text(tf, r, path), "true");
}

static void add_distribution(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "enable_autopilot";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(m, o, PL_CLUSTER_DISTRIBUTION, v.waits_for, path);
		return;
	}
	f = pl_fact_text(m, o, PL_CLUSTER_DISTRIBUTION,
			 is_true(tf, r, path) ? "gke-autopilot" : "gke-standard", path);
	if (v.state == PL_TF_UNSET)
		pl_tf_default(f, "GKE's default mode");
}

/* min_master_version is what was asked for; the master may be newer since (a channel moved it). */
static void add_version(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char asked_path[] = "min_master_version", real_path[] = "master_version";
	struct pl_tf_value asked = pl_tf_get(tf, r, asked_path);
	const char *asked_text = pl_tf_text(tf, r, asked_path);
	const char *real_text = pl_tf_text(tf, r, real_path);
	struct pl_version a, b;
	bool has_asked = asked_text && pl_version_parse(asked_text, &a);
	bool has_real = real_text && pl_version_parse(real_text, &b);
	struct pl_model *m = pl_tf_model(tf);

	if (has_real && (!has_asked || pl_version_cmp(&b, &a) > 0))
		pl_fact_text(m, o, PL_CLUSTER_VERSION, real_text, real_path);
	else if (has_asked)
		pl_fact_text(m, o, PL_CLUSTER_VERSION, asked_text, asked_path);
	else if (asked_text)
		pl_fact_unknown(m, o, PL_CLUSTER_VERSION, "GKE decides what this alias is",
				asked_path);
	else
		pl_fact_unknown(m, o, PL_CLUSTER_VERSION,
				asked.state == PL_TF_UNKNOWN ? asked.waits_for
							     : "the release channel decides",
				asked_path);
}

#define ADDON "addons_config[0].network_policy_config"

/* Is it decided at apply whether the add-on runs?  What GKE computes of it by itself does not count. */
static bool addon_is_open(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_tf_value *disabled)
{
	*disabled = pl_tf_get(tf, r, ADDON "[0].disabled");
	return disabled->state == PL_TF_UNKNOWN &&
	       (!disabled->unwritten || pl_tf_count(tf, r, ADDON));
}

/* What the network_policy block, without regard to the datapath, comes to. */
static void add_policy_of_block(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char provider_path[] = "network_policy[0].provider";
	struct pl_tf_value enabled = pl_tf_get(tf, r, "network_policy[0].enabled");
	struct pl_tf_value provider = pl_tf_get(tf, r, provider_path), disabled;
	const char *name = pl_tf_text(tf, r, provider_path);
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	if (enabled.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(m, o, PL_CLUSTER_NETWORK_POLICY, enabled.waits_for, enabled.path);
	} else if (!is_true(tf, r, "network_policy[0].enabled")) {
		f = pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "none", "network_policy");
		if (enabled.state == PL_TF_UNSET)
			pl_tf_default(f, "GKE enforces no network policy unless asked");
	} else if (is_true(tf, r, ADDON "[0].disabled")) {
		f = pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "none", ADDON "[0].disabled");
		f->note = "the add-on that enforces the policy is disabled";
	} else if (addon_is_open(tf, r, &disabled)) {
		pl_fact_unknown(m, o, PL_CLUSTER_NETWORK_POLICY, disabled.waits_for, disabled.path);
	} else if (provider.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(m, o, PL_CLUSTER_NETWORK_POLICY, provider.waits_for, provider_path);
	} else if (!name || !*name || pl_streq(name, "PROVIDER_UNSPECIFIED")) {
		f = pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "calico", provider_path);
		pl_tf_default(f, "without Dataplane V2, Calico is GKE's only network policy");
	} else {
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY,
			     pl_strieq(name, "CALICO") ? "calico" : name, provider_path);
	}
}

/* Calico and Dataplane V2 exclude each other, so the one that is known decides. */
static void add_network_policy(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "datapath_provider";
	struct pl_model *m = pl_tf_model(tf);

	if (pl_streq(pl_tf_text(tf, r, path), "ADVANCED_DATAPATH")) {
		pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "dataplane-v2", path);
	} else if (is_true(tf, r, "enable_autopilot")) {
		pl_tf_default(pl_fact_text(m, o, PL_CLUSTER_NETWORK_POLICY, "dataplane-v2",
					  "enable_autopilot"),
			     "GKE Autopilot runs Dataplane V2");
	} else {
		add_policy_of_block(tf, r, o);
	}
}

void pl_google_cluster(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_fact *f;

	add_distribution(tf, r, o);
	add_version(tf, r, o);
	add_network_policy(tf, r, o);
	pl_google_subnets(tf, r, o, PL_CLUSTER_SUBNETS, "subnetwork");
	if (is_true(tf, r, "enable_autopilot")) {
		f = pl_fact_bool(m, o, PL_CLUSTER_PRIVILEGED, false, "enable_autopilot");
		f->note = "GKE Autopilot refuses privileged pods";
	} else {
		pl_fact_unknown(m, o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster",
				NULL);
	}
	f = pl_fact_bool(m, o, PL_CLUSTER_SERVICE_LB, true, NULL);
	pl_tf_default(f, "GKE gives Services of type LoadBalancer a network load balancer");
}
