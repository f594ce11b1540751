/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that stand in every cloud's clusters, by the images of their publishers (read 2026-11). */
#include "kubernetes/kubernetes.h"

#define NETWORK(image_name, called) \
	{ .kind = "DaemonSet", .image = (image_name), .component = (called), .versioned = true, \
	  .network = (called) }
#define OVERLAY(image_name, called) \
	{ .kind = "DaemonSet", .image = (image_name), .component = (called), .versioned = true, \
	  .network = (called), .overlay = true }
#define CONTROLLER(of_kind, image_name, called) \
	{ .kind = (of_kind), .image = (image_name), .component = (called), .versioned = true }
#define BALANCER(image_name, called) \
	{ .kind = "DaemonSet", .image = (image_name), .component = (called), .versioned = true, \
	  .balancer = true }

const struct pl_kube_program pl_kubernetes_programs[] = {
	{ .kind = "Deployment", .image = "cert-manager-controller", .component = "cert-manager",
	  .versioned = true, .group = "cert-manager.io" },
	NETWORK("calico/node", "calico"),
	NETWORK("mirrored-calico-node", "calico"),
	NETWORK("hardened-calico", "calico"),
	{ .kind = "DaemonSet", .name = "calico-node", .component = "calico", .network = "calico" },
	{ .kind = "Deployment", .image = "tigera/operator", .component = "calico" },
	NETWORK("cilium/cilium", "cilium"),
	NETWORK("mirrored-cilium-cilium", "cilium"),
	NETWORK("antrea/antrea-ubuntu", "antrea"),
	NETWORK("antrea/antrea-agent-ubuntu", "antrea"),
	NETWORK("weaveworks/weave-kube", "weave"),
	NETWORK("cloudnativelabs/kube-router", "kube-router"),
	OVERLAY("flannel/flannel", "flannel"),
	OVERLAY("flannelcni/flannel", "flannel"),
	OVERLAY("rancher/mirrored-flannelcni-flannel", "flannel"),
	OVERLAY("coreos/flannel", "flannel"),
	OVERLAY("hardened-flannel", "flannel"),
	OVERLAY("kindest/kindnetd", "kindnet"),
	BALANCER("metallb/speaker", "metallb"),
	BALANCER("kube-vip/kube-vip", "kube-vip"),
	CONTROLLER("Deployment", "ingress-nginx/controller", "ingress-nginx"),
	CONTROLLER("DaemonSet", "ingress-nginx/controller", "ingress-nginx"),
	CONTROLLER("Deployment", "nginx-ingress-controller", "ingress-nginx"),
	CONTROLLER("Deployment", "traefik", "traefik"),
	CONTROLLER("DaemonSet", "traefik", "traefik"),
	{ 0 },
};

/* A label that every kubelet sets. */
static const struct pl_kube_closed closed[] = {
	{ "kubernetes.io/os", "windows", NULL, "Windows, which cannot run the script" },
	{ 0 },
};

/* Programs that label nodes themselves: Calico, GPU feature discovery. */
static const char *const domains[] = { "projectcalico.org", "nvidia.com", NULL };

/* Meshes, which put a container of their own beside those of a pod. */
static const struct pl_kube_harmless harmless[] = {
	{ "sidecar-injector.istio.io" }, { "*.sidecar-injector.istio.io" }, { "*-injector.linkerd.io" },
	{ 0 },
};

const struct pl_kube_provider pl_kubernetes_live = {
	.domains = domains,
	.harmless = harmless,
	.closed = closed,
	.programs = pl_kubernetes_programs,
};
