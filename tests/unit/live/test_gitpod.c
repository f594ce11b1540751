/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cluster shows of itself, as each distribution does, and what the gitpod architecture says of
 * it: each row is a cluster with facts and verdicts that must come of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "live.h"

#define META "gitpod.io/workload_meta=true"
#define IDE "gitpod.io/workload_ide=true"
#define SERVICES "gitpod.io/workload_workspace_services=true"
#define REGULAR "gitpod.io/workload_workspace_regular=true"
#define HEADLESS "gitpod.io/workload_workspace_headless=true"

#define GKE "version v1.24.9-gke.1000\n"
#define GKE_NODE "node gke-c-p-1 cloud.google.com/gke-nodepool=p @version=v1.24.9-gke.1000 "
#define EKS "version v1.24.10-eks-48e63af\n"
#define EKS_NODE "node ip-10-0-0-1 eks.amazonaws.com/nodegroup=p eks.amazonaws.com/capacityType=ON_DEMAND "
#define AKS "version v1.24.9\n"
#define AKS_NODE "node aks-p-1 kubernetes.azure.com/cluster=MC_rg_c_westeurope kubernetes.azure.com/agentpool=p "
#define K3S "version v1.24.10+k3s1\n"
#define K3S_NODE "node k3s-1 node.kubernetes.io/instance-type=k3s @version=v1.24.10+k3s1 @id=k3s://k3s-1 "
#define CALICO "daemonset calico-node docker.io/calico/node:v3.24.5 1 1\n"
#define CM "groups cert-manager.io\n"
#define CM_RUNS CM "deployment cert-manager quay.io/jetstack/cert-manager-controller:v1.9.1 1 1\n"

struct row {
	const char *what, *cluster, *facts, *verdicts;
};

static const struct row distributions[] = {
	{ "GKE Standard", GKE GKE_NODE META " @id=gce://proj/europe-west1-b/gke-c-p-1",
	  "cluster.provider = gke\ncluster.distribution = gke-standard\ncluster.account = proj\n"
	  "cluster.location = -\npool/p.capacity_type = on-demand",
	  "distribution=pass distribution-tested=pass kubernetes-version=pass "
	  "kubernetes-version-tested=pass node-spot=pass" },
	{ "GKE Autopilot", GKE "node gk3-c-pool-1 cloud.google.com/gke-nodepool=pool-1",
	  "cluster.distribution = gke-autopilot\ncluster.privileged_pods = false",
	  "distribution=fail privileged-pods=fail" },
	{ "GKE without nodes", GKE, "cluster.provider = gke\ncluster.distribution = ?",
	  "distribution=unknown label-meta=unknown node-size=unknown" },
	{ "GKE, preemptible", GKE GKE_NODE META " cloud.google.com/gke-preemptible=true",
	  "pool/p.capacity_type = preemptible", "node-spot=fail" },
	{ "GKE, spot", GKE GKE_NODE META " cloud.google.com/gke-spot=true",
	  "pool/p.capacity_type = spot", "node-spot=fail" },
	{ "EKS", EKS EKS_NODE META " topology.kubernetes.io/region=eu-west-1",
	  "cluster.provider = eks\ncluster.location = eu-west-1\npool/p.capacity_type = on-demand",
	  "distribution=pass distribution-tested=pass node-spot=pass" },
	{ "EKS without pools", EKS, "cluster.distribution = eks",
	  "distribution=pass label-meta=unknown pools-separated=unknown node-size=unknown" },
	{ "EKS, self-managed nodes", EKS "node ip-10-0-0-1 " META, "pool/ip-10-0-0-1.capacity_type = ?",
	  "node-spot=unknown" },
	{ "EKS, spot", EKS "node n eks.amazonaws.com/nodegroup=p eks.amazonaws.com/capacityType=SPOT " META,
	  "pool/p.capacity_type = spot", "node-spot=fail" },
	{ "EKS, Karpenter", EKS "node n karpenter.sh/nodepool=k karpenter.sh/capacity-type=spot " META,
	  "pool/k.capacity_type = spot", "label-meta=pass node-spot=fail" },
	{ "EKS, eksctl", EKS "node n alpha.eksctl.io/nodegroup-name=g alpha.eksctl.io/cluster-name=c",
	  "cluster/c.provider = eks\npool/g.version = v1.24.10", "distribution=pass" },
	{ "AKS", AKS AKS_NODE META " @id=azure:///subscriptions/sub/resourceGroups/mc_rg_c_westeurope/providers/x",
	  "cluster.provider = aks\ncluster.account = sub\npool/p.capacity_type = on-demand",
	  "distribution=pass node-spot=pass" },
	{ "AKS, spot", AKS AKS_NODE META " kubernetes.azure.com/scalesetpriority=spot",
	  "pool/p.capacity_type = spot", "node-spot=fail" },
	{ "AKS by its server alone", AKS "hint server=https://c-dns-1.hcp.westeurope.azmk8s.io:443",
	  "cluster.provider = aks\ncluster.distribution = aks", "distribution=pass" },
	{ "k3s", K3S K3S_NODE META, "cluster.distribution = k3s\npool/k3s-1.machine_type = ?",
	  "distribution=pass distribution-tested=fail label-meta=pass node-spot=unknown" },
	{ "k3s by its nodes", "version v1.24.10\n" K3S_NODE, "cluster.provider = k3s", "distribution=pass" },
	{ "OpenShift on AWS", "groups config.openshift.io\nversion v1.24.6+5658434\nnode n @id=aws:///z/i-1",
	  "cluster.distribution = openshift\ncluster.privileged_pods = ?",
	  "distribution=fail distribution-tested=fail privileged-pods=unknown" },
	{ "OpenShift by its nodes", "version v1.20.0+2817867\nnode n node.openshift.io/os_id=rhcos",
	  "cluster.distribution = openshift", "distribution=fail" },
	{ "RKE2", "version v1.24.4+rke2r1\nnode n @runtime=containerd://1.5.9-k3s1",
	  "cluster.distribution = rke2\npool/n.container_runtime_version = 1.5.9-k3s1",
	  "distribution=unknown distribution-tested=fail" },
	{ "RKE", "version v1.20.9\nnode n node-role.kubernetes.io/controlplane=true",
	  "cluster.distribution = rke", "distribution=fail" },
	{ "kubeadm", "version v1.24.1\nnode n", "cluster.provider = ?\ncluster.distribution = ?",
	  "distribution=unknown" },
	{ "kind", "version v1.24.1\nnode n @id=kind://docker/kind/n", "cluster.distribution = kind",
	  "distribution=unknown distribution-tested=fail" },
	{ "a hint where nothing else tells", "version v1.24.1\nhint provider=eks name=c account=1 location=eu-west-1",
	  "cluster/c.distribution = eks\ncluster.account = 1\ncluster.location = eu-west-1",
	  "distribution=pass" },
	{ "signs beat hints", K3S "hint provider=eks", "cluster.distribution = k3s", "distribution=pass" },
};

static const struct row pools[] = {
	{ "labels of every kind of pool", EKS
	  "node a eks.amazonaws.com/nodegroup=s " META " " IDE " " SERVICES "\n"
	  "node b eks.amazonaws.com/nodegroup=w " REGULAR "\nnode c eks.amazonaws.com/nodegroup=h " HEADLESS, "",
	  "label-meta=pass label-ide=pass label-workspace-services=pass label-workspace-regular=pass "
	  "label-workspace-headless=pass pools-separated=pass headless-separated=pass node-max-pods=pass "
	  "node-architecture=pass node-kernel=pass container-runtime=pass container-runtime-version=pass "
	  "node-os=pass node-os-version=pass node-taints=pass node-size=pass" },
	{ "nodes that carry none", EKS EKS_NODE, "", "label-meta=fail node-size=not-applicable" },
	{ "another value", EKS EKS_NODE "gitpod.io/workload_meta=True", "", "label-meta=fail" },
	{ "one pool for all", EKS EKS_NODE META " " REGULAR " " HEADLESS, "",
	  "pools-separated=fail headless-separated=fail" },
	{ "each node without a pool is one", K3S "node a " META "\nnode b " REGULAR, "",
	  "label-meta=pass pools-separated=pass" },
	{ "the smallest node counts", EKS EKS_NODE META "\n"
	  "node b eks.amazonaws.com/nodegroup=p " META " @cpu=2 @memory=3945451520",
	  "pool/p.vcpu = 2,8", "node-size=fail" },
	{ "of a machine of 16 GiB less is left, and enough", EKS EKS_NODE META " @cpu=4 @memory=16093160Ki",
	  "pool/p.memory = 16.47 GB", "node-size=pass" },
	{ "of one of 8 GiB not", EKS EKS_NODE META " @cpu=4 @memory=8062868Ki", "", "node-size=fail" },
	{ "a node labelled otherwise than its pool is one of its own", EKS
	  EKS_NODE META "\nnode b eks.amazonaws.com/nodegroup=p " REGULAR,
	  "pool/p.labels = eks.amazonaws.com/nodegroup=p\npool/p: ip-10-0-0-1.version = v1.24.10",
	  "label-meta=pass label-workspace-regular=pass pools-separated=pass" },
	{ "and fails as one", EKS "node a eks.amazonaws.com/nodegroup=p\n"
	  "node b eks.amazonaws.com/nodegroup=p @cpu=1 " META, "", "label-meta=pass node-size=fail" },
	{ "what platforms set by node parts no pool", EKS
	  "node a eks.amazonaws.com/nodegroup=p kubernetes.io/hostname=a topology.ebs.csi.aws.com/zone=x\n"
	  "node b eks.amazonaws.com/nodegroup=p kubernetes.io/hostname=b alpha.eksctl.io/instance-id=i-1",
	  "pool/p: a.version = no such object\npool/p: b.version = no such object", "label-meta=fail" },
	{ "versions of all nodes", EKS EKS_NODE "\nnode b eks.amazonaws.com/nodegroup=p @version=v1.20.1",
	  "pool/p.version = v1.24.10,v1.20.1", "kubernetes-version=fail kubernetes-version-tested=fail" },
	{ "Amazon Linux", EKS EKS_NODE META " @os=Amazon_Linux_2", "pool/p.os = amazon-linux", "node-os=fail" },
	{ "COS", GKE GKE_NODE META " @os=Container-Optimized_OS_from_Google", "pool/p.os = cos",
	  "node-os=fail node-os-version=not-applicable" },
	{ "an Ubuntu without a number", GKE GKE_NODE META " @os=Ubuntu_Disco_Dingo_(development_branch)",
	  "pool/p.os = ubuntu\npool/p.os_version = ?", "node-os=pass node-os-version=unknown" },
	{ "an old Ubuntu", GKE GKE_NODE META " @os=Ubuntu_18.04.6_LTS", "", "node-os-version=fail" },
	{ "Arm", GKE GKE_NODE META " @arch=arm64", "", "node-architecture=fail" },
	{ "an old kernel", GKE GKE_NODE META " @kernel=4.18.0-305.el8", "", "node-kernel=fail" },
	{ "Docker", GKE GKE_NODE META " @runtime=docker://19.3.1", "pool/p.container_runtime = docker",
	  "container-runtime=fail" },
	{ "an old containerd", GKE GKE_NODE META " @runtime=containerd://1.4.8+azure", "",
	  "container-runtime=pass container-runtime-version=fail" },
	{ "few pods", EKS EKS_NODE META " @pods=29", "pool/p.max_pods = 29", "node-max-pods=fail" },
	{ "a small disk", EKS EKS_NODE REGULAR " @disk=104845292Ki", "", "node-disk=fail" },
	{ "a disk of 100 GiB for services", EKS EKS_NODE META " @disk=101430960Ki", "", "node-disk=pass" },
	{ "capacity of workspace nodes", EKS EKS_NODE REGULAR " @cpu=16 @memory=64000000Ki", "", "node-capacity=pass" },
	{ "a taint of its own", EKS EKS_NODE META " @taint=a=b:NoSchedule", "pool/p.taints = a=b:NoSchedule",
	  "node-taints=fail" },
	{ "a taint that passes", EKS EKS_NODE META " @taint=node.kubernetes.io/not-ready=:NoExecute",
	  "pool/p.taints = none", "node-taints=pass" },
	{ "a node of the control plane keeps its taint", "version v1.24.1\n"
	  "node cp node-role.kubernetes.io/control-plane= @taint=node-role.kubernetes.io/control-plane=:NoSchedule\n"
	  "node w " META, "", "node-taints=pass label-meta=pass" },
	{ "nodes are not read", EKS EKS_NODE META "\nrefused nodes", "",
	  "label-meta=unknown node-size=unknown kubernetes-version=unknown distribution=pass" },
	{ "a node that is not ready", EKS EKS_NODE META " @ready=Unknown",
	  "node/ip-10-0-0-1.conditions = NotReady\nnode/ip-10-0-0-1.vcpu = 8", "label-meta=pass" },
};

static const struct row networks[] = {
	{ "EKS with Calico", EKS EKS_NODE "\n" CALICO, "cluster.network_policy = calico", "network-calico=pass" },
	{ "EKS with Calico and aws-node", EKS EKS_NODE "\n" CALICO
	  "daemonset aws-node 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.11.4-eksbuild.1 1 1",
	  "cluster.network_policy = calico", "network-calico=pass" },
	{ "EKS with aws-node alone", EKS EKS_NODE "\ndaemonset aws-node x.amazonaws.com/amazon-k8s-cni:v1.11.4 1 1",
	  "cluster.network_policy = vpc-cni\ncomponent/vpc-cni.version = v1.11.4", "network-calico=fail" },
	{ "EKS with neither", EKS EKS_NODE, "cluster.network_policy = ?", "network-calico=unknown" },
	{ "Calico that runs on no node", EKS EKS_NODE "\ndaemonset calico-node calico/node:v3.24.5 0 0\n"
	  "daemonset aws-node amazon-k8s-cni:v1 1 1", "cluster.network_policy = vpc-cni", "network-calico=fail" },
	{ "Calico that is not ready", EKS EKS_NODE "\ndaemonset calico-node calico/node:v3.24.5 3 0",
	  "cluster.network_policy = ?", "network-calico=unknown" },
	{ "GKE with Calico", GKE GKE_NODE "\ndaemonset calico-node gke.gcr.io/calico/node:v3.21.5-gke.1-amd64 1 1",
	  "cluster.network_policy = calico", "network-calico=pass" },
	{ "GKE with Dataplane V2", GKE GKE_NODE "\ndaemonset anetd gke.gcr.io/cilium/cilium@sha256:00 1 1",
	  "cluster.network_policy = dataplane-v2", "network-calico=fail" },
	{ "GKE with neither", GKE GKE_NODE, "cluster.network_policy = none", "network-calico=fail" },
	{ "AKS with Calico", AKS AKS_NODE "\ndaemonset calico-node mcr.microsoft.com/oss/calico/node:v3.21.6 1 1",
	  "cluster.network_policy = calico", "network-calico=pass" },
	{ "AKS with Azure's own", AKS AKS_NODE "\ndaemonset azure-npm mcr.microsoft.com/containernetworking/azure-npm:v1.4.32 1 1",
	  "cluster.network_policy = azure", "network-calico=fail" },
	{ "AKS without", AKS AKS_NODE, "cluster.network_policy = none", "network-calico=fail" },
	{ "k3s with its flannel", K3S K3S_NODE "@flannel=yes", "cluster.network_policy = flannel",
	  "network-calico=fail" },
	{ "k3s, flannel off, Calico", K3S K3S_NODE "@args=--flannel-backend=none @flannel=stale\n" CALICO,
	  "cluster.network_policy = calico", "network-calico=pass" },
	{ "k3s, flannel off, value apart", K3S K3S_NODE "@args=--flannel-backend\\\",\\\"none\n" CALICO,
	  "cluster.network_policy = calico", "network-calico=pass" },
	{ "k3s, flannel off, nothing else", K3S K3S_NODE "@args=--flannel-backend=none",
	  "cluster.network_policy = ?", "network-calico=unknown" },
	{ "k3s with both", K3S K3S_NODE "@flannel=yes\n" CALICO, "cluster.network_policy = canal",
	  "network-calico=fail" },
	{ "RKE2's canal", "version v1.24.4+rke2r1\nnode n @flannel=yes\n"
	  "daemonset rke2-canal rancher/hardened-calico:v3.22.2-build20220509,rancher/hardened-flannel:v0.17.0 1 1",
	  "cluster.network_policy = canal", "network-calico=fail" },
	{ "DaemonSets may not be listed", GKE GKE_NODE META "\nrefused daemonsets", "cluster.network_policy = ?",
	  "network-calico=unknown label-meta=pass distribution=pass" },
	{ "Cilium", "version v1.24.1\nnode n\ndaemonset cilium quay.io/cilium/cilium:v1.12.1 1 1",
	  "cluster.network_policy = cilium\ncomponent/cilium.version = v1.12.1", "network-calico=fail" },
};

static const struct row components[] = {
	{ "cert-manager", EKS EKS_NODE "\n" CM_RUNS, "component/cert-manager.version = v1.9.1",
	  "cert-manager=pass cert-manager-version=pass" },
	{ "1.5.4 is not above 1.5", EKS CM "deployment cm q/cert-manager-controller:v1.5.4 1 1", "",
	  "cert-manager=pass cert-manager-version=fail" },
	{ "a digest tells no version", EKS CM "deployment cm q/cert-manager-controller@sha256:0011 1 1",
	  "component/cert-manager.version = ?", "cert-manager=pass cert-manager-version=unknown" },
	{ "none at all", EKS EKS_NODE "\ngroups x.io", "", "cert-manager=fail cert-manager-version=not-applicable" },
	{ "its group is not served", EKS "groups x.io\ndeployment cm q/cert-manager-controller:v1.9.1 1 1", "",
	  "cert-manager=fail" },
	{ "its group alone", EKS CM, "component/cert-manager.name = ?", "cert-manager=unknown cert-manager-version=unknown" },
	{ "scaled to nothing", EKS CM "deployment cm q/cert-manager-controller:v1.9.1 0 0", "", "cert-manager=unknown" },
	{ "not ready", EKS CM "deployment cm q/cert-manager-controller:v1.9.1 1 0", "", "cert-manager=unknown" },
	{ "Deployments may not be listed", EKS "groups x.io\nrefused deployments", "",
	  "cert-manager=unknown cert-manager-version=unknown" },
	{ "a default class", EKS "class gp2 default\nclass x", "", "storage-class=pass" },
	{ "no default class", EKS "class gp2", "", "storage-class=fail" },
	{ "no class", EKS, "", "storage-class=fail" },
	{ "classes may not be listed", EKS "refused storageclasses", "", "storage-class=unknown" },
};

static const struct row balancers[] = {
	{ "nothing written on EKS", EKS EKS_NODE, "cluster.service_load_balancer = true",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "a Service with an address", EKS "service proxy 80,443,22 1.2.3.4", "load_balancer/proxy.layer = 4",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "entries without SSH", EKS "service proxy 80,443 1.2.3.4", "",
	  "load-balancer-http=pass load-balancer-ssh=fail" },
	{ "a Service without an address yet", "version v1.24.1\nnode n\nservice proxy 80,443 -",
	  "load_balancer/proxy.layer = ?\ncluster.service_load_balancer = ?", "load-balancer-http=unknown" },
	{ "HTTP on a Classic Load Balancer", EKS
	  "service proxy 80,22 1.2.3.4 service.beta.kubernetes.io/aws-load-balancer-backend-protocol=http",
	  "load_balancer/proxy.layer = 7", "load-balancer-http=pass load-balancer-ssh=fail" },
	{ "internal on GKE", GKE "service proxy 80,22 10.0.0.9 networking.gke.io/load-balancer-type=Internal",
	  "load_balancer/proxy.scheme = internal", "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "an Ingress is no entry", EKS "ingress web nginx", "load_balancer/web.layer = 7",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "k3s brings servicelb", K3S K3S_NODE, "cluster.service_load_balancer = true",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "k3s without it", K3S K3S_NODE "@args=--disable=traefik,servicelb", "cluster.service_load_balancer = false",
	  "load-balancer-http=fail load-balancer-ssh=fail" },
	{ "k3s with MetalLB in its place", K3S K3S_NODE "@args=--disable=servicelb\n"
	  "daemonset speaker quay.io/metallb/speaker:v0.13.7 1 1", "cluster.service_load_balancer = true",
	  "load-balancer-http=pass" },
	{ "k3s without it, a Service that waits", K3S K3S_NODE "@args=--disable=servicelb\nservice proxy 80,22 -",
	  "load_balancer/proxy.layer = 0", "load-balancer-http=fail load-balancer-ssh=fail" },
	{ "kubeadm shows nothing", "version v1.24.1\nnode n", "cluster.service_load_balancer = ?",
	  "load-balancer-http=unknown" },
	{ "kubeadm with an address", "version v1.24.1\nnode n\nservice proxy 80 1.2.3.4",
	  "cluster.service_load_balancer = true", "load-balancer-http=pass" },
	{ "an annotation of another cloud", EKS "service proxy 80 1.2.3.4 cloud.google.com/x=y",
	  "load_balancer/proxy.annotation_problems = cloud.google.com/x is read by GKE only and does nothing on EKS",
	  "" },
	{ "what Helm writes is no problem", K3S "service proxy 80 1.2.3.4 meta.helm.sh/release-name=traefik",
	  "load_balancer/proxy.annotation_problems = none", "" },
	{ "what nobody here reads", "version v1.24.1\nservice proxy 80 1.2.3.4 x.io/y=z",
	  "load_balancer/proxy.annotation_problems = ?", "" },
	{ "Services may not be listed", "version v1.24.1\nnode n\nrefused services", "", "load-balancer-http=unknown" },
};

static const struct row admissions[] = {
	{ "nothing against them", EKS EKS_NODE, "cluster.privileged_pods = true", "privileged-pods=pass" },
	{ "the namespace is open", EKS "namespace gitpod privileged", "", "privileged-pods=pass" },
	{ "the namespace refuses", EKS "namespace gitpod baseline", "namespace/gitpod.pod_security = baseline",
	  "privileged-pods=fail" },
	{ "another namespace may", EKS "namespace other restricted\nnamespace gitpod", "", "privileged-pods=pass" },
	{ "a webhook is asked", EKS "webhook validate.gatekeeper.sh *", "cluster.privileged_pods = ?",
	  "privileged-pods=unknown" },
	{ "a webhook about other things", EKS "webhook webhook.cert-manager.io certificates",
	  "cluster.privileged_pods = true", "privileged-pods=pass" },
	{ "EKS' own webhook", EKS "webhook vpod.vpc.k8s.aws pods", "cluster.privileged_pods = true",
	  "privileged-pods=pass" },
	{ "a policy that is bound", EKS "policy no-root pods\nbinding no-root Deny", "", "privileged-pods=unknown" },
	{ "a policy that only warns", EKS "policy no-root pods\nbinding no-root Warn", "", "privileged-pods=pass" },
	{ "a policy that is not bound", EKS "policy no-root pods", "", "privileged-pods=pass" },
	{ "a PodSecurityPolicy that allows", EKS "psp eks.privileged true\npsp strict false", "", "privileged-pods=pass" },
	{ "none that allows", EKS "psp strict false", "", "privileged-pods=unknown" },
	{ "webhooks may not be listed", EKS "refused validatingwebhookconfigurations", "", "privileged-pods=unknown" },
	{ "the probe is admitted", EKS "webhook validate.gatekeeper.sh *\nprobe admitted", "", "privileged-pods=pass" },
	{ "the probe is denied", EKS "probe denied", "", "privileged-pods=fail" },
};

static char gitpod[PL_LIMIT_YAML_BYTES];
static size_t gitpod_len;

static int read_gitpod(void **state)
{
	FILE *f = fopen(PL_SOURCE_DIR "/reference-arch/gitpod/gitpod.yaml", "rb");

	(void)state;
	if (!f)
		return -1;
	gitpod_len = fread(gitpod, 1, sizeof gitpod, f);
	return fclose(f);
}

static size_t judge(const struct row *row)
{
	auto_world w = { pl_model_new(), world_arch(gitpod, gitpod_len, "production"), NULL };
	size_t wrong;

	live_add(w.model, "k8s://ctx", row->cluster);
	live_join(w.model);
	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	wrong = live_wrong(w.model, row->what, row->facts);
	return wrong + world_wrong(w.report, row->what, row->verdicts);
}

static void judge_rows(const struct row *rows, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong += judge(&rows[i]);
	assert_int_equal(wrong, 0);
}

#define ROWS(name) \
	static void test_##name(void **state) \
	{ \
		(void)state; \
		judge_rows(name, sizeof name / sizeof *name); \
	}

ROWS(distributions)
ROWS(pools)
ROWS(networks)
ROWS(components)
ROWS(balancers)
ROWS(admissions)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distributions), cmocka_unit_test(test_pools),
		cmocka_unit_test(test_networks),      cmocka_unit_test(test_components),
		cmocka_unit_test(test_balancers),     cmocka_unit_test(test_admissions),
	};

	return cmocka_run_group_tests(tests, read_gitpod, NULL);
}
