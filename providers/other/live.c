/* SPDX-License-Identifier: Apache-2.0 */
/* By what other distributions are recognised from inside, and the labels of their pools. */
#include "kubernetes/provider.h"
#include "other/other.h"

static const struct pl_kube_sign signs[] = {
	{ PL_KUBE_AT_GROUP, "config.openshift.io", 0, "openshift", "openshift" },
	{ PL_KUBE_AT_LABEL, "node.openshift.io/os_id", 0, "openshift", "openshift" },
	{ PL_KUBE_AT_LABEL, "node-role.kubernetes.io/controlplane", 4, "rke", "rke" },
	{ PL_KUBE_AT_VERSION, "+IKS", 1, "iks", "iks" },
	{ PL_KUBE_AT_LABEL, "ibm-cloud.kubernetes.io/worker-pool-name", 3, "iks", "iks" },
	{ PL_KUBE_AT_LABEL, "doks.digitalocean.com/node-pool", 3, "doks", "doks" },
	{ PL_KUBE_AT_LABEL, "lke.linode.com/pool-id", 3, "lke", "lke" },
	{ PL_KUBE_AT_LABEL, "k8s.scaleway.com/pool-name", 3, "kapsule", "kapsule" },
	{ PL_KUBE_AT_LABEL, "vke.vultr.com/node-pool", 3, "vke", "vke" },
	{ PL_KUBE_AT_PROVIDER_ID, "kind://", 3, "kind", "kind" },
	{ PL_KUBE_AT_LABEL, "minikube.k8s.io/name", 3, "minikube", "minikube" },
	{ PL_KUBE_AT_LABEL, "microk8s.io/cluster", 3, "microk8s", "microk8s" },
	{ 0 },
};

static const char *const domains[] = { "openshift.io", "digitalocean.com", "linode.com", "scaleway.com",
				       "vultr.com", NULL };

static const struct pl_kube_pool_label pool_labels[] = {
	{ "doks.digitalocean.com/node-pool", NULL },
	{ "lke.linode.com/pool-id", NULL },
	{ "k8s.scaleway.com/pool-name", NULL },
	{ "vke.vultr.com/node-pool", NULL },
	{ "ibm-cloud.kubernetes.io/worker-pool-name", NULL },
	{ "kops.k8s.io/instancegroup", NULL },
	{ 0 },
};


static const struct pl_kube_program programs[] = {
	{ .kind = "DaemonSet", .name = "ovnkube-node", .component = "ovn-kubernetes",
	  .network = "ovn-kubernetes" },
	{ .kind = "DaemonSet", .name = "sdn", .component = "openshift-sdn", .network = "openshift-sdn" },
	{ 0 },
};

static const struct pl_kube_platform platforms[] = {
	{ .provider = "openshift",
	  .guard = "OpenShift's security context constraints decide about privileged pods" },
	{ 0 },
};

const struct pl_kube_provider pl_other_live = {
	.signs = signs, .domains = domains, .pool_labels = pool_labels,
	.programs = programs, .platforms = platforms,
};
