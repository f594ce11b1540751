/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a k3s cluster looks like from inside (docs.k3s.io: networking, packaged components, node labels
 * and annotations; read 2026-11).  RKE2 is built from the same parts.
 */
#include "k3s/k3s.h"
#include "kubernetes/provider.h"

static const struct pl_kube_sign signs[] = {
	{ PL_KUBE_AT_VERSION, "+k3s", 1, "k3s", "k3s" },
	{ PL_KUBE_AT_KUBELET, "+k3s", 2, "k3s", "k3s" },
	{ PL_KUBE_AT_PROVIDER_ID, "k3s://", 3, "k3s", "k3s" },
	{ PL_KUBE_AT_VERSION, "+rke2", 1, "rke2", "rke2" },
	{ PL_KUBE_AT_KUBELET, "+rke2", 2, "rke2", "rke2" },
	{ 0 },
};

static const char *const domains[] = { "k3s.io", "rke2.io", "cattle.io", NULL };

#define ARGS "k3s.io/node-args"

static const struct pl_kube_flag flags[] = {
	{ ARGS, "--flannel-backend", "none", PL_KUBE_FLAG_NO_FLANNEL },
	{ ARGS, "--no-flannel", "true", PL_KUBE_FLAG_NO_FLANNEL },
	{ ARGS, "--disable", "servicelb", PL_KUBE_FLAG_NO_BALANCER },
	{ ARGS, "--no-deploy", "servicelb", PL_KUBE_FLAG_NO_BALANCER },
	{ 0 },
};

/* servicelb makes a DaemonSet for each Service that it serves. */
static const struct pl_kube_program programs[] = {
	{ .kind = "DaemonSet", .image = "klipper-lb", .component = "servicelb", .versioned = true,
	  .balancer = true, .builtin = true },
	{ .kind = "Deployment", .image = "mirrored-library-traefik", .component = "traefik",
	  .versioned = true },
	{ 0 },
};

static const struct pl_kube_platform platforms[] = {
	{ .provider = "k3s",
	  .services = "k3s brings servicelb",
	  .services_off = "servicelb is disabled",
	  .network = "flannel",
	  .network_note = "k3s runs flannel unless it is told not to",
	  .flannel = "flannel.alpha.coreos.com/backend-type",
	  .balancer = "servicelb, which passes TCP from the ports of nodes" },
	{ .provider = "rke2",
	  .flannel = "flannel.alpha.coreos.com/backend-type" },
	{ 0 },
};

const struct pl_kube_provider pl_k3s_live = {
	.signs = signs, .domains = domains, .flags = flags, .programs = programs, .platforms = platforms,
};
