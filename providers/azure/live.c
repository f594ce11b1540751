/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an AKS cluster looks like from inside (AKS documentation: reserved labels, Spot pools, network
 * policy, internal load balancer; read 2026-11).
 */
#include "azure/azure.h"
#include "kubernetes/provider.h"

static const struct pl_kube_sign signs[] = {
	{ PL_KUBE_AT_LABEL, "kubernetes.azure.com/cluster", 2, "aks", "aks" },
	{ PL_KUBE_AT_LABEL, "kubernetes.azure.com/agentpool", 2, "aks", "aks" },
	{ PL_KUBE_AT_SERVER, ".azmk8s.io", 3, "aks", "aks" },
	{ 0 },
};

static const char *const domains[] = { "azure.com", "azure.microsoft.com", "storageprofile", "storagetier",
				       "accelerator", NULL };

/* The short one is what older clusters have. */
static const struct pl_kube_pool_label pool_labels[] = {
	{ "kubernetes.azure.com/agentpool", NULL },
	{ "agentpool", NULL },
	{ 0 },
};

static const struct pl_kube_capacity capacities[] = {
	{ "kubernetes.azure.com/scalesetpriority", "spot", "spot" },
	{ 0 },
};

static const struct pl_kube_id ids[] = {
	{ "azure", 2, -1 },
	{ 0 },
};

static const struct pl_kube_program programs[] = {
	{ .kind = "DaemonSet", .image = "azure-npm", .component = "azure-npm", .versioned = true,
	  .network = "azure" },
	{ 0 },
};

#define LB "service.beta.kubernetes.io/azure-load-balancer-"

static const struct pl_kube_balancer balancers[] = {
	{ LB "internal", "true", 4, "internal", "an internal Azure load balancer" },
	{ 0 },
};

static const struct pl_kube_platform platforms[] = {
	{ .provider = "aks",
	  .regional = true,
	  .on_demand = "AKS labels nodes that are spot",
	  .services = "AKS gives Services of type LoadBalancer an Azure load balancer",
	  .network = "none",
	  .network_note = "neither Calico nor Azure's policy manager nor Cilium runs",
	  .balancer = "an Azure load balancer",
	  .balancers = balancers },
	{ 0 },
};

static const struct pl_kube_harmless harmless[] = {
	{ "aks-node-validating-webhook.azmk8s.io" },
	{ "aks-webhook-admission-controller.azmk8s.io" },
	{ "mutation.azure-workload-identity.io" },
	{ 0 },
};

const struct pl_kube_provider pl_azure_live = {
	.signs = signs, .domains = domains, .pool_labels = pool_labels, .capacities = capacities,
	.ids = ids, .programs = programs, .platforms = platforms, .harmless = harmless,
};
