/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gitpod architecture on small worlds: each row is a sentence of how its requirements are to be
 * read, with the verdicts that follow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "world.h"

#define META "gitpod.io/workload_meta:true"
#define IDE "gitpod.io/workload_ide:true"
#define SERVICES "gitpod.io/workload_workspace_services:true"
#define REGULAR "gitpod.io/workload_workspace_regular:true"
#define HEADLESS "gitpod.io/workload_workspace_headless:true"

#define EKS "plan cluster c provider=eks distribution=eks version=1.24 service_load_balancer=true\n"
#define GKE "plan cluster c provider=gke distribution=gke-standard version=1.24\n"
#define AUTOPILOT "plan cluster c provider=gke distribution=gke-autopilot privileged_pods=false\n"
#define POOL "plan pool p in=c "
#define OTHER "plan pool q in=c "
#define LB "plan load_balancer l in=c type=network "
#define DB "plan database d in=c "
#define CM "plan component cm in=c name=cert-manager "

struct row {
	const char *what, *world, *expected;
};

static const struct row words[] = {
	{ "key with the value true", EKS POOL "labels=" META, "label-meta=pass label-ide=fail" },
	{ "case matters in the value", EKS POOL "labels=gitpod.io/workload_meta:True", "label-meta=fail" },
	{ "case matters in the key", EKS POOL "labels=gitpod.io/workload_Meta:true", "label-meta=fail" },
	{ "another value is not it", EKS POOL "labels=gitpod.io/workload_meta:false vcpu=1",
	  "label-meta=fail node-size=not-applicable" },
	{ "labelled: one of the five is enough", EKS POOL "labels=" SERVICES " vcpu=1", "node-size=fail" },
	{ "node rules ask labelled pools only",
	  EKS POOL "labels=x:y vcpu=1 memory=1 os=windows architecture=arm64 capacity_type=spot min_nodes=0 "
	  "taints=a=b:NoSchedule container_runtime=docker",
	  "node-size=not-applicable node-os=not-applicable node-architecture=not-applicable "
	  "node-spot=not-applicable node-autoscaling=not-applicable node-taints=not-applicable "
	  "container-runtime=not-applicable node-os-version=not-applicable" },
	{ "version judges every pool, labelled or not", EKS POOL "labels=x:y version=1.20",
	  "kubernetes-version=fail kubernetes-version-tested=fail" },
	{ "and the control plane", "plan cluster c provider=eks version=1.20\n" POOL "version=1.22",
	  "kubernetes-version=fail" },
	{ "1.24.10 is inside 1.22 - 1.24", "plan cluster c provider=eks version=1.24.10\n",
	  "kubernetes-version-tested=pass" },
	{ "1.25 is not", "plan cluster c provider=eks version=1.25\n",
	  "kubernetes-version=pass kubernetes-version-tested=fail" },
	{ "some: one that passes is enough", EKS POOL "labels=x:y\n" OTHER "labels=" META, "label-meta=pass" },
	{ "some: passes beside an unknown", EKS POOL "labels=?x.y\n" OTHER "labels=" META, "label-meta=pass" },
	{ "some: else unknown", EKS POOL "labels=?x.y\n" OTHER "labels=x:y", "label-meta=unknown" },
	{ "some: else fail", EKS POOL "labels=x:y\n" OTHER "labels=y:x", "label-meta=fail" },
	{ "every: one failure is enough",
	  EKS POOL "labels=" META " os=?x.y\n" OTHER "labels=" IDE " os=cos", "node-os=fail" },
	{ "every: else unknown",
	  EKS POOL "labels=" META " os=?x.y\n" OTHER "labels=" IDE " os=ubuntu", "node-os=unknown" },
	{ "every: else pass",
	  EKS POOL "labels=" META " os=ubuntu\n" OTHER "labels=" IDE " os=ubuntu", "node-os=pass" },
	{ "every machine type counts", EKS POOL "labels=" META " vcpu=8 vcpu=2 memory=64000000000",
	  "node-size=fail" },
	{ "GB is 10^9", EKS POOL "labels=" META " vcpu=4 memory=16000000000", "node-size=pass" },
	{ "one byte less", EKS POOL "labels=" META " vcpu=4 memory=15999999999", "node-size=fail" },
	{ "services pool: any other labelled one", EKS POOL "labels=" SERVICES " disk_size=100000000000",
	  "node-disk=pass node-capacity=not-applicable" },
	{ "workspace pool", EKS POOL "labels=" SERVICES "," REGULAR " disk_size=100000000000 vcpu=4 memory=1",
	  "node-disk=fail node-capacity=fail" },
	{ "headless alone makes one too", EKS POOL "labels=" HEADLESS " disk_size=511999999999",
	  "node-disk=fail" },
	{ "services may stand on either side",
	  EKS POOL "labels=" META "," IDE "," SERVICES "\n" OTHER "labels=" SERVICES "," REGULAR,
	  "pools-separated=pass headless-separated=pass" },
	{ "meta with regular", EKS POOL "labels=" META "," REGULAR, "pools-separated=fail" },
	{ "ide with headless", EKS POOL "labels=" IDE "," HEADLESS, "pools-separated=fail" },
	{ "regular with headless", EKS POOL "labels=" REGULAR "," HEADLESS,
	  "pools-separated=pass headless-separated=fail" },
	{ "PreferNoSchedule keeps nobody off", EKS POOL "labels=" META " taints=a=b:PreferNoSchedule",
	  "node-taints=pass" },
	{ "the effect stands behind the last colon", EKS POOL "labels=" META " taints=a=b:c:NoExecute",
	  "node-taints=fail" },
	{ "NoExecute does", EKS POOL "labels=" META " taints=a=b:NoExecute", "node-taints=fail" },
	{ "preemptible", GKE POOL "labels=" META " capacity_type=preemptible", "node-spot=fail" },
	{ "an unlisted distribution is unknown", "plan cluster c provider=x distribution=x\n",
	  "distribution=unknown distribution-tested=fail" },
	{ "k3s is untested", "plan cluster c provider=k3s distribution=k3s\n",
	  "distribution=pass distribution-tested=fail" },
	{ "Autopilot is incompatible", AUTOPILOT, "distribution=fail" },
};

static const struct row unknowns[] = {
	{ "no pool declared: its pools may be made elsewhere", EKS,
	  "label-meta=unknown node-size=unknown node-os-version=unknown pools-separated=unknown" },
	{ "Autopilot fails the labels", AUTOPILOT, "label-meta=fail label-workspace-headless=fail" },
	{ "a map that may hold more", EKS POOL "labels=" META ",...",
	  "label-meta=pass label-ide=unknown pools-separated=unknown" },
	{ "a map that may hold more still holds what it holds", EKS POOL "labels=gitpod.io/workload_meta:no,...",
	  "label-meta=fail label-ide=unknown" },
	{ "nothing that provides", EKS,
	  "cert-manager=unknown cert-manager-version=unknown object-storage=unknown database=unknown "
	  "database-version=unknown database-version-tested=unknown image-registry=unknown "
	  "image-registry-supported=unknown" },
	{ "another chart is no cert-manager", EKS "plan component x in=c name=calico",
	  "cert-manager=unknown cert-manager-version=unknown" },
	{ "cert-manager", EKS CM "version=1.6", "cert-manager=pass cert-manager-version=pass" },
	{ "a bound of two parts compares two", EKS CM "version=1.5.4", "cert-manager-version=fail" },
	{ "PostgreSQL alone", EKS DB "engine=postgresql version=14",
	  "database=fail database-version=not-applicable database-version-tested=not-applicable" },
	{ "PostgreSQL beside MySQL",
	  EKS DB "engine=postgresql version=14\nplan database e in=c engine=mysql version=5.7",
	  "database=pass database-version=pass" },
	{ "MySQL-compatible by the version it states", EKS DB "engine=mysql version=5.7.mysql_aurora.2.11.3",
	  "database=pass database-version=pass database-version-tested=pass" },
	{ "MySQL 8", EKS DB "engine=mysql version=8.0", "database-version=pass database-version-tested=fail" },
	{ "MySQL 5.6", EKS DB "engine=mysql version=5.6", "database-version=fail" },
	{ "MariaDB is neither listed nor excluded", EKS DB "engine=mariadb version=10.6",
	  "database=unknown database-version=unknown" },
	{ "a bucket is enough by being there", EKS "plan bucket b in=c", "object-storage=pass" },
	{ "ECR", EKS "plan registry r in=c service=ecr", "image-registry=pass image-registry-supported=fail" },
	{ "node-os-version judges Ubuntu nodes", EKS POOL "labels=" META " os=cos os_version=1",
	  "node-os=fail node-os-version=not-applicable" },
	{ "and is unknown where the image names none", EKS POOL "labels=" META " os=ubuntu",
	  "node-os-version=unknown" },
	{ "18.04", EKS POOL "labels=" META " os=ubuntu os_version=18.04", "node-os-version=fail" },
	{ "no version but its cluster's", EKS POOL "labels=" META,
	  "kubernetes-version=pass kubernetes-version-tested=pass" },
	{ "a cluster's unknown version is its pools'", "plan cluster c provider=gke version=?x.y\n" POOL "labels=x:y",
	  "kubernetes-version=unknown" },
};

static const struct row pools[] = {
	{ "labels unknown, would break it", EKS POOL "labels=?x.y os=cos\n" OTHER "labels=" META " os=ubuntu",
	  "node-os=unknown" },
	{ "labels unknown, would not", EKS POOL "labels=?x.y os=ubuntu\n" OTHER "labels=" META " os=ubuntu",
	  "node-os=pass" },
	{ "labels unknown, might", EKS POOL "labels=?x.y os=?x.z\n" OTHER "labels=" META " os=ubuntu",
	  "node-os=unknown" },
	{ "separated: unknown", EKS POOL "labels=?x.y\n" OTHER "labels=" META,
	  "pools-separated=unknown headless-separated=unknown" },
	{ "separated: unless another breaks it", EKS POOL "labels=?x.y\n" OTHER "labels=" META "," REGULAR "," HEADLESS,
	  "pools-separated=fail headless-separated=fail" },
	{ "never a node: counts for nothing", EKS POOL "labels=" META " max_nodes=0 os=cos\n" OTHER "labels=" IDE
	  " os=ubuntu", "label-meta=fail node-os=pass" },
	{ "only such pools: none declared", EKS POOL "labels=" META " max_nodes=0", "label-meta=unknown" },
	{ "a minimum of 0 can have nodes", EKS POOL "labels=" META " min_nodes=0 max_nodes=3 os=ubuntu",
	  "label-meta=pass node-autoscaling=fail" },
	{ "two clusters are judged apart",
	  "plan cluster a provider=eks version=1.20\nplan cluster b provider=eks version=1.24\n"
	  "plan pool p in=a labels=" META "\nplan pool q in=b labels=" IDE,
	  "a/label-meta=pass b/label-meta=fail a/label-ide=fail b/label-ide=pass a/kubernetes-version=fail "
	  "b/kubernetes-version=pass" },
	{ "a stand-in's own facts are unknown",
	  "plan cluster c provider=eks +stand_in\n" POOL "labels=" META " version=1.24 os=ubuntu",
	  "label-meta=pass node-os=pass kubernetes-version=unknown distribution=unknown network-calico=unknown "
	  "load-balancer-http=unknown" },
	{ "but its pools' faults are faults", "plan cluster c provider=eks +stand_in\n" POOL "version=1.20",
	  "kubernetes-version=fail" },
	{ "a thing of no cluster is the only one's", EKS "plan bucket b", "object-storage=pass" },
	{ "or makes the row unknown for each",
	  "plan cluster a provider=eks\nplan cluster b provider=eks\nplan bucket x\nplan database d engine=mysql "
	  "version=5.6\nplan load_balancer l type=network ports=22 layer=4",
	  "a/object-storage=unknown b/object-storage=unknown a/database-version=unknown "
	  "b/load-balancer-ssh=unknown" },
	{ "even where the platform does not help itself",
	  "plan cluster a provider=k3s service_load_balancer=false\nplan cluster b provider=eks\n"
	  "plan load_balancer l type=network ports=80 layer=7", "a/load-balancer-ssh=unknown" },
	{ "unless the cluster has its own",
	  "plan cluster a provider=eks\nplan cluster b provider=eks\nplan bucket x\nplan bucket y in=a",
	  "a/object-storage=pass b/object-storage=unknown" },
	{ "even where the platform could",
	  EKS "plan cluster b provider=eks service_load_balancer=true\nplan load_balancer l type=network ports=80 layer=7",
	  "c/load-balancer-http=unknown c/load-balancer-ssh=unknown c/load-balancer-http@plan=unknown" },
	{ "--join says which",
	  "plan cluster a provider=eks\nplan cluster b provider=eks\nplan.2 bucket x join=b",
	  "a/object-storage=unknown b/object-storage=pass" },
};

static const struct row services[] = {
	{ "the platform's ability", EKS, "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "servicelb disabled", "plan cluster c provider=k3s service_load_balancer=false\n",
	  "load-balancer-http=fail load-balancer-ssh=fail" },
	{ "disabled, and something replaces it", "plan cluster c provider=k3s service_load_balancer=false\n"
	  LB "ports=22,443 layer=4", "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "ability unknown", "plan cluster c provider=x\n", "load-balancer-http=unknown load-balancer-ssh=unknown" },
	{ "http: an entry that carries 80, ssh: entries are written and none does", EKS LB "ports=80 layer=7",
	  "load-balancer-http=pass load-balancer-ssh=fail" },
	{ "ssh at L7 is none", EKS LB "ports=22 layer=7", "load-balancer-ssh=fail" },
	{ "http: nothing written with 80 or 443", EKS LB "ports=22 layer=4",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "other ports do not count", EKS LB "ports=3306 layer=4",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "other ports and no known ability", "plan cluster c provider=x\n" LB "ports=3306 layer=4",
	  "load-balancer-http=unknown load-balancer-ssh=unknown" },
	{ "an Ingress is no entry", EKS "plan load_balancer i in=c type=ingress ports=80,443 layer=7",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "nor where the platform has no ability",
	  "plan cluster c provider=k3s service_load_balancer=false\nplan load_balancer i in=c type=ingress ports=80 layer=7",
	  "load-balancer-http=fail load-balancer-ssh=fail" },
	{ "ports not known", EKS LB "ports=?x.y layer=4", "load-balancer-http=pass load-balancer-ssh=unknown" },
	{ "some ports not known", EKS LB "ports=80,... layer=4",
	  "load-balancer-http=pass load-balancer-ssh=unknown" },
	{ "internal or external", EKS LB "ports=80 layer=4 scheme=internal", "load-balancer-http=pass" },
	{ "calico", "plan cluster c provider=eks network_policy=calico\n", "network-calico=pass" },
	{ "vpc-cni", "plan cluster c provider=eks network_policy=vpc-cni\n", "network-calico=fail" },
	{ "neither", "plan cluster c provider=eks\n", "network-calico=unknown" },
	{ "Autopilot refuses privileged pods", AUTOPILOT, "privileged-pods=fail" },
	{ "else it is decided in the cluster", EKS, "privileged-pods=unknown" },
};

#define PATHS "node node n paths=/proc/mounts:file,/sys/fs/cgroup:directory,/etc/hosts:file,/usr/src:directory," \
	"/var/lib/kubelet/seccomp:directory,/run/containerd/containerd.sock:"
#define SYSCTLS "node node n sysctls=fs.inotify.max_user_instances:8192,fs.inotify.max_user_watches:1000000," \
	"kernel.pid_max:4194304,net.ipv4.ip_forward:1,vm.overcommit_memory:1,net.netfilter.nf_conntrack_max:"
#define MODULES "node node n modules=overlay:loaded,fuse:builtin,br_netfilter:"

/* What only the nodes themselves can tell. */
static const struct row nodes[] = {
	{ "all paths", PATHS "socket", "node-paths=pass" },
	{ "k3s has a socket of its own", PATHS "absent,/run/k3s/containerd/containerd.sock:socket", "node-paths=pass" },
	{ "no socket", PATHS "absent", "node-paths=fail" },
	{ "a path that could not be looked at", "node node n paths=/proc/mounts:file,...", "node-paths=unknown" },
	{ "devices", "node node n paths=/dev/fuse:character-device,/dev/net/tun:character-device", "node-devices=pass" },
	{ "a device is missing", "node node n paths=/dev/fuse:absent,/dev/net/tun:character-device", "node-devices=fail" },
	{ "a file is no device", "node node n paths=/dev/fuse:file,/dev/net/tun:character-device", "node-devices=fail" },
	{ "sysctls at their bounds", SYSCTLS "524288", "node-sysctls=pass" },
	{ "one below", SYSCTLS "524287", "node-sysctls=fail" },
	{ "one that is not there", SYSCTLS "absent", "node-sysctls=fail" },
	{ "one that could not be read", SYSCTLS "524288,...", "node-sysctls=pass" },
	{ "some not read", "node node n sysctls=vm.overcommit_memory:1,...", "node-sysctls=unknown" },
	{ "modules", MODULES "loadable", "node-modules=pass" },
	{ "one is missing", MODULES "absent", "node-modules=fail" },
	{ "ports free", "node node n ports_in_use=22,10250", "node-ports=pass" },
	{ "a port in use", "node node n ports_in_use=22,8080", "node-ports=fail" },
	{ "cgroup", "node node n cgroup=v2", "node-cgroup=pass" },
	{ "split controllers", "node node n cgroup=hybrid", "node-cgroup=fail" },
	{ "room", "node node n disk_free=/var/gitpod/workspaces:21474836480", "node-disk-free=pass" },
	{ "too little", "node node n disk_free=/var/gitpod/workspaces:21474836479", "node-disk-free=fail" },
	{ "room elsewhere", "node node n disk_free=/:21474836480,...", "node-disk-free=unknown" },
	{ "a machine of 16 GiB", "node node n vcpu=4 memory=16393297920", "node-size=pass" },
	{ "one of 15 GiB", "node node n vcpu=4 memory=15600000000", "node-size=fail" },
	{ "nothing was told", "node node n", "node-paths=unknown node-devices=unknown node-sysctls=unknown "
	  "node-modules=unknown node-ports=unknown node-cgroup=unknown node-disk-free=unknown node-size=unknown "
	  "node-os=unknown node-os-version=unknown node-kernel=unknown node-architecture=unknown "
	  "container-runtime=unknown container-runtime-version=unknown" },
};

/* What endpoints say, asked themselves. */
static const struct row endpoints[] = {
	{ "a port where another server answers", "endpoint database d engine=none",
	  "database=fail database-version=not-applicable database-version-tested=not-applicable" },
	{ "MySQL behind a gateway", "endpoint database d engine=mysql version=?gateway",
	  "database=pass database-version=unknown database-version-tested=unknown" },
	{ "MySQL 5.7", "endpoint database d engine=mysql version=5.7.44",
	  "database=pass database-version=pass database-version-tested=pass" },
	{ "MySQL 8", "endpoint database d engine=mysql version=8.0.36",
	  "database=pass database-version=pass database-version-tested=fail" },
	{ "a bucket that was found", "endpoint bucket b service=s3 exists=true", "object-storage=pass" },
	{ "one that was not", "endpoint bucket b service=s3 exists=false", "object-storage=fail" },
	{ "one that nobody could ask", "endpoint bucket b exists=?timeout", "object-storage=unknown" },
	{ "one of two is enough", "endpoint bucket b exists=false\nendpoint bucket c exists=true", "object-storage=pass" },
	{ "the other may be there", "endpoint bucket b exists=false\nendpoint bucket c exists=?timeout",
	  "object-storage=unknown" },
	{ "a registry", "endpoint registry r exists=true service=other", "image-registry=pass image-registry-supported=pass" },
	{ "ECR", "endpoint registry r exists=true service=ecr", "image-registry=pass image-registry-supported=fail" },
	{ "no registry", "endpoint registry r exists=false", "image-registry=fail image-registry-supported=unknown" },
	{ "a registry that nobody could ask", "endpoint registry r exists=?refused service=?refused",
	  "image-registry=unknown image-registry-supported=unknown" },
	{ "a plan's registry will be there", EKS "plan registry r in=c service=acr", "image-registry=pass" },
	{ "one that the plan makes", EKS "plan bucket b in=c +change\nendpoint bucket b in=c exists=false",
	  "object-storage=pass object-storage@endpoint=fail" },
	{ "one that the plan leaves as it is", EKS "plan bucket b in=c\nendpoint bucket b in=c exists=false",
	  "object-storage=fail" },
	{ "an SCM", "endpoint endpoint g reachable=true service=gitlab", "scm=pass" },
	{ "an SCM nobody recognises", "endpoint endpoint g reachable=?unknown", "scm=unknown" },
};

/* Rows without a cluster, and what several witnesses come to. */
static const struct row sources[] = {
	{ "endpoints need no cluster", "endpoint database d engine=mysql version=5.7",
	  "database=pass database-version=pass node-size=not-asked kubernetes-version=not-asked" },
	{ "nor do nodes", "node node n paths=/usr/src:absent", "node-paths=fail distribution=not-asked" },
	{ "node rules ask labelled nodes only", "node node n labels=x:y paths=/usr/src:absent kernel_version=4.4 vcpu=1 os=cos",
	  "node-paths=not-applicable node-kernel=not-applicable node-size=not-applicable node-os=not-applicable" },
	{ "of labelled ones", "node node n labels=" META " paths=/usr/src:absent kernel_version=4.4 vcpu=1 os=cos "
	  "architecture=arm64 container_runtime=docker container_runtime_version=1.4 disk_size=1000",
	  "node-paths=fail node-kernel=fail node-size=fail node-os=fail node-os-version=not-applicable "
	  "node-architecture=fail container-runtime=fail container-runtime-version=not-applicable node-disk=fail" },
	{ "containerd alone has a version to judge", "node node n container_runtime=containerd container_runtime_version=1.4",
	  "container-runtime=pass container-runtime-version=fail" },
	{ "and of those whose labels nobody collected", "node node n kernel_version=5.15 os=ubuntu os_version=20.04 "
	  "vcpu=4 memory=16000000000 disk_size=300000000000",
	  "node-kernel=pass node-os=pass node-os-version=pass node-size=pass node-disk=unknown" },
	{ "a services node needs less disk", "node node n labels=" META " disk_size=100000000000", "node-disk=pass" },
	{ "than a workspace node", "node node n labels=" REGULAR " disk_size=100000000000", "node-disk=fail" },
	{ "a node's pass says nothing of another", "node node n kernel_version=5.15\nnode node m kernel_version=?ssh",
	  "node-kernel=unknown" },
	{ "every node counts", PATHS "socket\nnode node o paths=/usr/src:absent", "node-paths=fail" },
	{ "an SCM that was not asked", EKS, "scm=not-asked storage-class=not-asked node-kernel=not-asked" },
	{ "no default class", "cluster cluster c\ncluster storage_class s default=false", "storage-class=fail" },
	{ "no class at all", "cluster cluster c", "storage-class=fail" },
	{ "a plan beats a state", "state cluster c provider=eks version=1.20\n" EKS,
	  "kubernetes-version=pass" },
	{ "two of a kind that disagree", EKS "plan.2 cluster c provider=eks version=1.20", "kubernetes-version=unknown" },
	{ "of two snapshots the newer wins", "old cluster c provider=eks version=1.20\n"
	  "new cluster c provider=eks version=1.24", "kubernetes-version=pass" },
	{ "live against plan: fail wins", EKS "cluster cluster c provider=eks version=1.20",
	  "kubernetes-version=fail kubernetes-version@plan=pass kubernetes-version@cluster=fail" },
	{ "what the plan changes is judged as it will be",
	  "plan cluster c provider=eks version=1.24 +change\ncluster cluster c provider=eks version=1.20",
	  "kubernetes-version=pass kubernetes-version@cluster=fail" },
	{ "also where that is not known",
	  "plan cluster c provider=eks version=?x.y +change\ncluster cluster c provider=eks version=1.24",
	  "kubernetes-version=unknown" },
	{ "else a known live value settles it",
	  "plan cluster c provider=eks version=?x.y\ncluster cluster c provider=eks version=1.24",
	  "kubernetes-version=pass kubernetes-version@plan=unknown" },
	{ "a pass about one pool never answers for another",
	  EKS POOL "labels=" META " os=?x.y\n" OTHER "labels=" IDE " os=?x.y\ncluster pool p in=c labels=" META
	  " os=ubuntu", "node-os=unknown node-os@cluster=pass" },
	{ "a fault that is only possible does not stand against a live pass",
	  EKS POOL "labels=?x.y os=cos\ncluster pool p in=c labels=" META " os=ubuntu",
	  "node-os=pass node-os@plan=unknown" },
	{ "who is labelled is taken from who knows it",
	  EKS POOL "labels=" META "\ncluster cluster c provider=eks\ncluster pool p in=c os=cos", "node-os@cluster=fail" },
	{ "rather from who sees it live than from the plan",
	  EKS POOL "labels=" META "\ncluster cluster c provider=eks\ncluster pool p in=c labels=x:y\n"
	  "cloud cluster c provider=eks\ncloud pool p in=c os=cos", "node-os@cloud=not-applicable" },
	{ "a node's system is judged by what it is", "node node n os=cos os_version=1", "node-os-version=not-applicable" },
	{ "not labelled live, and not labelled in the plan",
	  EKS POOL "labels=x:y os=cos\ncluster pool p in=c labels=x:y", "node-os=not-applicable" },
	{ "what the plan removes does not count",
	  EKS POOL "+gone labels=" META "\n" OTHER "labels=" IDE " os=ubuntu\ncluster pool p in=c labels=" META
	  " os=cos", "label-meta=fail node-os=pass node-os@cluster=fail" },
	{ "nor what it leaves without nodes",
	  EKS POOL "labels=" META " max_nodes=0 +change\n" OTHER "labels=" IDE " os=ubuntu\n"
	  "cluster pool p in=c labels=" META " os=cos", "label-meta=fail node-os=pass" },
	{ "a change of what no plan shows is none",
	  EKS "cluster pool p in=c labels=" META " os=cos +change", "label-meta=pass node-os=fail" },
	{ "a live witness shows the pools that the plan does not",
	  EKS "cluster pool p in=c labels=x:y", "label-meta=fail node-size=not-applicable" },
	{ "a database of another kind that only the cloud shows",
	  EKS "cloud database d in=c engine=postgresql", "database=fail database-version=not-applicable" },
	{ "the cluster shows cert-manager, the plan none", EKS "cluster component cm in=c name=cert-manager version=1.9",
	  "cert-manager=pass cert-manager@plan=unknown cert-manager-version=pass" },
	{ "another cluster's witness was not asked about this one",
	  "plan cluster a provider=eks version=1.24\nplan cluster b provider=eks version=1.24\n"
	  "cluster cluster a provider=eks\ncluster storage_class s in=a default=true",
	  "a/storage-class=pass b/storage-class=not-asked" },
	{ "a stand-in joins the cluster of its name", "plan.2 cluster c provider=eks +stand_in\n"
	  "plan.2 pool p in=c labels=" META "\n" EKS, "label-meta=pass kubernetes-version=pass" },
};

#define TARGETED "plan* cluster c provider=eks distribution=eks version=1.24 service_load_balancer=true network_policy=vpc-cni\n"

static const struct row parts[] = {
	{ "every-rules over pools cannot pass",
	  TARGETED "plan* pool p in=c labels=" META " vcpu=8 memory=64000000000",
	  "node-size=unknown kubernetes-version=unknown pools-separated=unknown" },
	{ "nor not apply", TARGETED "plan* pool p in=c labels=x:y", "node-size=unknown" },
	{ "but can fail", TARGETED "plan* pool p in=c labels=" META " vcpu=2", "node-size=fail" },
	{ "a label that is seen is seen", TARGETED "plan* pool p in=c labels=" META,
	  "label-meta=pass label-ide=unknown" },
	{ "balancers without a written entry", TARGETED, "load-balancer-http=unknown load-balancer-ssh=unknown" },
	{ "with one", TARGETED "plan* load_balancer l in=c type=network ports=22,80 layer=4",
	  "load-balancer-http=pass load-balancer-ssh=pass" },
	{ "entries without 22", TARGETED "plan* load_balancer l in=c type=network ports=80 layer=4", "load-balancer-ssh=unknown" },
	{ "the control plane is whole", TARGETED, "network-calico=fail distribution=pass" },
	{ "another witness that saw all",
	  TARGETED "plan* pool p in=c labels=" META " os=ubuntu\ncluster cluster c provider=eks\n"
	  "cluster pool p in=c labels=" META " os=ubuntu", "node-os=pass node-os@plan=unknown" },
	{ "one that shows none of them saw nothing of theirs",
	  TARGETED "plan* pool p in=c labels=" META " os=ubuntu\ncluster cluster c provider=eks", "node-os=unknown" },
	{ "nor does it speak for the platform", TARGETED "cluster cluster c provider=eks",
	  "load-balancer-http=unknown" },
	{ "one cluster's part leaves another whole",
	  TARGETED "plan cluster d provider=eks\nplan pool p in=d labels=" META " os=ubuntu", "d/node-os=pass" },
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
	auto_world w = { world_model(row->world, 0), world_arch(gitpod, gitpod_len, "production"), NULL };

	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	return world_wrong(w.report, row->what, row->expected);
}

static void judge_rows(const struct row *rows, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong += judge(&rows[i]);
	assert_int_equal(wrong, 0);
}

static void test_words(void **state)
{
	(void)state;
	judge_rows(words, sizeof words / sizeof *words);
}

static void test_unknowns(void **state)
{
	(void)state;
	judge_rows(unknowns, sizeof unknowns / sizeof *unknowns);
}

static void test_pools(void **state)
{
	(void)state;
	judge_rows(pools, sizeof pools / sizeof *pools);
}

static void test_services(void **state)
{
	(void)state;
	judge_rows(services, sizeof services / sizeof *services);
}

static void test_nodes(void **state)
{
	(void)state;
	judge_rows(nodes, sizeof nodes / sizeof *nodes);
}

static void test_endpoints(void **state)
{
	(void)state;
	judge_rows(endpoints, sizeof endpoints / sizeof *endpoints);
}

static void test_sources(void **state)
{
	(void)state;
	judge_rows(sources, sizeof sources / sizeof *sources);
}

static void test_parts(void **state)
{
	(void)state;
	judge_rows(parts, sizeof parts / sizeof *parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	 cmocka_unit_test(test_unknowns),
		cmocka_unit_test(test_pools),	 cmocka_unit_test(test_services),
		cmocka_unit_test(test_nodes),	 cmocka_unit_test(test_sources),
		cmocka_unit_test(test_endpoints), cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, read_gitpod, NULL);
}
