/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a GKE cluster looks like from inside (GKE documentation: node labels, Spot VMs, Autopilot,
 * network policy; read 2026-11).
 */
#include "google/google.h"
#include "kubernetes/provider.h"

static const struct pl_kube_sign signs[] = {
	{ PL_KUBE_AT_NODE_NAME, "gk3-", 1, "gke", "gke-autopilot" },
	{ PL_KUBE_AT_LABEL, "cloud.google.com/gke-nodepool", 2, "gke", "gke-standard" },
	{ PL_KUBE_AT_VERSION, "-gke.", 3, "gke", NULL },
	{ 0 },
};

static const char *const domains[] = { "cloud.google.com", "gke.io", NULL };

/* Auto-provisioning calls its pools nap-. */
static const struct pl_kube_pool_label pool_labels[] = {
	{ "cloud.google.com/gke-nodepool", "nap-" },
	{ 0 },
};

static const struct pl_kube_capacity capacities[] = {
	{ "cloud.google.com/gke-spot", "true", "spot" },
	{ "cloud.google.com/gke-preemptible", "true", "preemptible" },
	{ 0 },
};

static const struct pl_kube_id ids[] = {
	{ "gce", 0, 1 },
	{ 0 },
};

/* Dataplane V2 is Cilium, and runs as anetd. */
static const struct pl_kube_program programs[] = {
	{ .kind = "DaemonSet", .name = "anetd", .image = "cilium/cilium", .component = "dataplane-v2",
	  .network = "dataplane-v2" },
	{ .kind = "DaemonSet", .name = "anetd", .component = "dataplane-v2", .network = "dataplane-v2" },
	{ 0 },
};

static const struct pl_kube_balancer balancers[] = {
	{ "networking.gke.io/load-balancer-type", "Internal", 4, "internal",
	  "an internal passthrough Network Load Balancer" },
	{ "cloud.google.com/load-balancer-type", "Internal", 4, "internal",
	  "an internal passthrough Network Load Balancer" },
	{ 0 },
};

static const struct pl_kube_platform platforms[] = {
	{ .provider = "gke",
	  .on_demand = "GKE labels nodes that are spot or preemptible",
	  .services = "GKE gives Services of type LoadBalancer a network load balancer",
	  .network = "none",
	  .network_note = "neither Calico nor Dataplane V2 runs, and GKE has no other policy of its own",
	  .refuses = "GKE Autopilot refuses privileged pods",
	  .refuses_on = "gke-autopilot",
	  .balancer = "an external passthrough Network Load Balancer",
	  .balancers = balancers },
	{ 0 },
};

/* They look after what GKE itself installs. */
static const struct pl_kube_harmless harmless[] = {
	{ "*.common-webhooks.networking.gke.io" },
	{ "*.gke.io" },
	{ "*.gmp-operator.gmp-system.monitoring.googleapis.com" },
	{ 0 },
};

const struct pl_kube_provider pl_google_live = {
	.signs = signs, .domains = domains, .pool_labels = pool_labels, .capacities = capacities,
	.ids = ids, .programs = programs, .platforms = platforms, .harmless = harmless,
};
