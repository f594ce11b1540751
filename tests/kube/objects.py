# SPDX-License-Identifier: Apache-2.0
"""Kubernetes objects in the shapes that real distributions write.

    cluster.api().write(eks().objects)

A distribution is what GET /version says and the objects that matter: nodes with their status, what does network
and policy, what serves balancers, storage classes, webhooks.  The names, labels and images are the published ones.
"""
import json

CREATED = "2026-11-22T08:00:00Z"
WORKLOADS = ("meta", "ide", "workspace_services", "workspace_regular", "workspace_headless")
KIB_16 = 16072752  # what a machine of 16 GiB tells of its memory, in KiB
KIB_64 = 64802612


def gitpod(*names):
    """The labels that make a node Gitpod's; without names all five."""
    return {f"gitpod.io/workload_{name}": "true" for name in names or WORKLOADS}


class Distribution:
    """What a cluster is made of: .version (GET /version), .objects."""

    def __init__(self, version, objects):
        minor = version.lstrip("v").split(".")
        suffix = "+" if "-" in version else ""
        self.version = {"major": minor[0], "minor": minor[1] + suffix, "gitVersion": version, "gitCommit": "0" * 40,
                        "gitTreeState": "clean", "buildDate": CREATED, "goVersion": "go1.24.6", "compiler": "gc",
                        "platform": "linux/amd64"}
        self.objects = objects

    def without(self, kind, name=None):
        """The same without the objects of a kind (of a name)."""
        kept = [o for o in self.objects if o["kind"] != kind or (name and o["metadata"]["name"] != name)]
        assert len(kept) < len(self.objects), f"no {kind} {name or ''}"
        return Distribution(self.version["gitVersion"], kept)

    def only(self, keep):
        """The same with the objects for which keep(object) is true."""
        return Distribution(self.version["gitVersion"], [o for o in self.objects if keep(o)])

    def plus(self, *objects):
        return Distribution(self.version["gitVersion"], self.objects + list(objects))


# -- nodes --------------------------------------------------------------------------------------------------------

CONDITIONS = (("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
              ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
              ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"))


def conditions(ready="True"):
    rows = CONDITIONS + (("Ready", ready, "KubeletReady" if ready == "True" else "NodeStatusUnknown",
                          "kubelet is posting ready status" if ready == "True" else "Kubelet stopped posting node status."),)
    return [{"type": t, "status": s, "reason": r, "message": m, "lastHeartbeatTime": CREATED,
             "lastTransitionTime": CREATED} for t, s, r, m in rows]


def images(count):
    """As the kubelet lists them: by digest and by tag."""
    return [{"names": [f"registry.example/team-{i % 7}/service-{i}@sha256:{i:064x}",
                       f"registry.example/team-{i % 7}/service-{i}:v1.{i}.0"], "sizeBytes": 20_000_000 + i * 77_777}
            for i in range(count)]


def node(name, labels=None, annotations=None, provider_id=None, taints=None, address="10.0.1.5", cpu=4, memory=KIB_16,
         disk=129900528, pods=110, os_image="Ubuntu 22.04.3 LTS", kernel="5.15.0-1051", runtime="containerd://1.6.20",
         kubelet="v1.24.17", arch="amd64", ready="True", shown=3):
    spec = {}
    if provider_id:
        spec["providerID"] = provider_id
    if taints:
        spec["taints"] = taints
    base = {"beta.kubernetes.io/arch": arch, "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": arch,
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    capacity = {"cpu": str(cpu), "memory": f"{memory}Ki", "pods": str(pods), "ephemeral-storage": f"{disk}Ki",
                "hugepages-1Gi": "0", "hugepages-2Mi": "0"}
    return {
        "kind": "Node", "apiVersion": "v1",
        "metadata": {"name": name, "labels": {**base, **(labels or {})},
                     "annotations": {"node.alpha.kubernetes.io/ttl": "0",
                                     "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                                     **(annotations or {})}},
        "spec": spec,
        "status": {
            "capacity": capacity,
            "allocatable": {**capacity, "cpu": f"{cpu * 1000 - 80}m", "memory": f"{memory - 1_300_000}Ki",
                            "ephemeral-storage": str(disk * 920)},
            "conditions": conditions(ready),
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {"machineID": "0" * 32, "systemUUID": "0" * 32, "bootID": "0" * 32, "kernelVersion": kernel,
                         "osImage": os_image, "containerRuntimeVersion": runtime, "kubeletVersion": kubelet,
                         "kubeProxyVersion": kubelet, "operatingSystem": "linux", "architecture": arch},
            "images": images(shown)}}


def zone_labels(region, zone, machine):
    return {"node.kubernetes.io/instance-type": machine, "beta.kubernetes.io/instance-type": machine,
            "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone,
            "failure-domain.beta.kubernetes.io/region": region, "failure-domain.beta.kubernetes.io/zone": zone}


def eks_node(number, group="gitpod", labels=None, machine="m5.xlarge", capacity="ON_DEMAND", **more):
    host = f"ip-10-0-{number // 250}-{number % 250 + 1}.eu-west-1.compute.internal"
    zone = "eu-west-1" + "abc"[number % 3]
    return node(host, {**zone_labels("eu-west-1", zone, machine), "eks.amazonaws.com/capacityType": capacity,
                       "eks.amazonaws.com/nodegroup": group, "eks.amazonaws.com/nodegroup-image": "ami-0c9c3b8f4ad6e0b1a",
                       "k8s.io/cloud-provider-aws": "a0738069a7a54a13f5b99e576b2184cd", **(labels or {})},
                {"alpha.kubernetes.io/provided-node-ip": f"10.0.{number // 250}.{number % 250 + 1}"},
                provider_id=f"aws:///{zone}/i-{number:017x}", address=f"10.0.{number // 250}.{number % 250 + 1}",
                **{"kernel": "5.15.0-1051-aws", "kubelet": "v1.24.17-eks-e71965b", "pods": 110, **more})


def gke_node(number, pool="gitpod", labels=None, machine="n2-standard-4", prefix="gke", os="ubuntu_containerd", **more):
    name = f"{prefix}-dev-{pool}-1a2b3c4d-{number:04x}"
    extra = {"cloud.google.com/gke-nodepool": pool, "cloud.google.com/gke-os-distribution": os.split("_")[0],
             "cloud.google.com/gke-container-runtime": "containerd", "cloud.google.com/gke-boot-disk": "pd-ssd",
             "cloud.google.com/machine-family": machine.split("-")[0], "cloud.google.com/gke-max-pods-per-node": "110",
             "projectcalico.org/ds-ready": "true"}
    return node(name, {**zone_labels("europe-west1", "europe-west1-b", machine), **extra, **(labels or {})},
                {"container.googleapis.com/instance_id": str(10 ** 17 + number),
                 "node.gke.io/last-applied-node-labels": ",".join(f"{k}={v}" for k, v in extra.items())},
                provider_id=f"gce://shop-dev/europe-west1-b/{name}", address=f"10.132.0.{number + 2}",
                **{"kernel": "5.15.0-1034-gke", "kubelet": "v1.24.16-gke.500", **more})


def aks_node(number, pool="gitpod", labels=None, machine="Standard_D4s_v3", **more):
    name = f"aks-{pool}-17806587-vmss{number:06d}"
    return node(name, {**zone_labels("westeurope", f"westeurope-{number % 3 + 1}", machine), "agentpool": pool,
                       "kubernetes.azure.com/agentpool": pool, "kubernetes.azure.com/cluster": "MC_dev_dev-aks_westeurope",
                       "kubernetes.azure.com/mode": "user", "kubernetes.azure.com/os-sku": "Ubuntu",
                       "kubernetes.azure.com/node-image-version": "AKSUbuntu-2204gen2containerd-202310.04.0",
                       "kubernetes.azure.com/role": "agent", "kubernetes.azure.com/storageprofile": "managed",
                       "topology.disk.csi.azure.com/zone": "", **(labels or {})},
                provider_id="azure:///subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mc_dev_dev-aks_westeurope"
                            f"/providers/Microsoft.Compute/virtualMachineScaleSets/aks-{pool}-17806587-vmss/virtualMachines/{number}",
                address=f"10.240.0.{number + 4}",
                **{"kernel": "5.15.0-1049-azure", "kubelet": "v1.24.15", "runtime": "containerd://1.7.5-1", **more})


def k3s_node(number, labels=None, server=False, args=None, **more):
    name = f"k3s-{number}"
    roles = {"node-role.kubernetes.io/control-plane": "true", "node-role.kubernetes.io/master": "true"} if server else {}
    return node(name, {"node.kubernetes.io/instance-type": "k3s", "beta.kubernetes.io/instance-type": "k3s", **roles,
                       **(labels or {})},
                {"k3s.io/hostname": name, "k3s.io/internal-ip": f"192.168.7.{number + 10},fd00:7::{number + 10}",
                 "k3s.io/node-args": json.dumps(args or ["server" if server else "agent"]),
                 "k3s.io/node-config-hash": "4X6FFBYGNZCCKC4WZILLGNG5RGJQDDYNTTQWYJSFA474RBARXQ4A====",
                 "k3s.io/node-env": "{\"K3S_TOKEN\":\"********\"}",
                 "alpha.kubernetes.io/provided-node-ip": f"192.168.7.{number + 10},fd00:7::{number + 10}"},
                provider_id=f"k3s://{name}", address=f"192.168.7.{number + 10}",
                **{"kernel": "5.15.0-87-generic", "kubelet": "v1.24.17+k3s1", "runtime": "containerd://1.7.3-k3s1", **more})


# -- what runs -----------------------------------------------------------------------------------------------------


def workload(kind, name, namespace, image, labels=None, count=3, ready=None, containers=None, args=None):
    """A DaemonSet or Deployment of one image (containers: name -> image, instead)."""
    labels = {"k8s-app": name} if labels is None else labels
    ready = count if ready is None else ready
    run = [{"name": n, "image": i, **({"args": args} if args else {})} for n, i in (containers or {name: image}).items()]
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": run}}}
    if kind == "DaemonSet":
        status = {"currentNumberScheduled": count, "desiredNumberScheduled": count, "numberReady": ready,
                  "numberAvailable": ready, "numberMisscheduled": 0}
    else:
        spec["replicas"] = count
        status = {"replicas": count, "readyReplicas": ready, "availableReplicas": ready}
    return {"kind": kind, "apiVersion": "apps/v1", "metadata": {"name": name, "namespace": namespace, "labels": labels},
            "spec": spec, "status": status}


def namespace(name, **labels):
    return {"kind": "Namespace", "metadata": {"name": name, "labels": {k.replace("__", "/"): v for k, v in labels.items()}}}


def pod_security(name, **levels):
    """A namespace with Pod Security levels: enforce="baseline", warn="restricted"."""
    return {"kind": "Namespace", "metadata": {"name": name, "labels": {
        f"pod-security.kubernetes.io/{mode}": level for mode, level in levels.items()}}}


def definition(group, kind, plural, version="v1", scope="Namespaced", labels=None):
    """A CustomResourceDefinition that takes anything."""
    return {"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1",
            "metadata": {"name": f"{plural}.{group}", "labels": labels or {}},
            "spec": {"group": group, "scope": scope, "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                     "versions": [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                         "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def calico_manifest(image="docker.io/calico/node:v3.25.0", count=3, ready=None):
    """Calico from its manifest, in kube-system."""
    return [definition("crd.projectcalico.org", "ClusterInformation", "clusterinformations", scope="Cluster"),
            definition("crd.projectcalico.org", "IPPool", "ippools", scope="Cluster"),
            workload("DaemonSet", "calico-node", "kube-system", image, count=count, ready=ready),
            workload("Deployment", "calico-kube-controllers", "kube-system",
                     image.replace("/node:", "/kube-controllers:"), count=1)]


def calico_operator(registry="docker.io/calico", version="v3.26.1", count=3, ready=None):
    """Calico from Tigera's operator, in calico-system."""
    return [namespace("calico-system"), namespace("tigera-operator"),
            definition("operator.tigera.io", "Installation", "installations", scope="Cluster"),
            definition("crd.projectcalico.org", "ClusterInformation", "clusterinformations", scope="Cluster"),
            workload("Deployment", "tigera-operator", "tigera-operator", "quay.io/tigera/operator:v1.30.4", count=1),
            workload("DaemonSet", "calico-node", "calico-system", f"{registry}/node:{version}", count=count, ready=ready),
            workload("Deployment", "calico-typha", "calico-system", f"{registry}/typha:{version}", count=1)]


def cert_manager(version="v1.8.0", space="cert-manager", name="cert-manager", registry="quay.io/jetstack", digest=None,
                 ready=1):
    things = [namespace(space)] if space not in ("default", "kube-system") else []
    labels = {"app.kubernetes.io/instance": "cert-manager", "app.kubernetes.io/version": version}
    for plural, kind in (("certificates", "Certificate"), ("issuers", "Issuer"), ("certificaterequests", "CertificateRequest")):
        things.append(definition("cert-manager.io", kind, plural, labels={} if digest else labels))
    things.append(definition("cert-manager.io", "ClusterIssuer", "clusterissuers", scope="Cluster"))
    for part, image in (("", "controller"), ("-webhook", "webhook"), ("-cainjector", "cainjector")):
        tag = f"@sha256:{digest}" if digest else f":{version}"
        own = {"app.kubernetes.io/name": part.lstrip("-") or "cert-manager", "app.kubernetes.io/component": part.lstrip("-") or "controller"}
        things.append(workload("Deployment", name + part, space, f"{registry}/cert-manager-{image}{tag}",
                               {**own, **({} if digest else labels)}, count=1, ready=ready))
    things.append(webhook("Validating", "cert-manager-webhook", service=("cert-manager-webhook", space),
                          rules=[rule(["cert-manager.io"], ["*"])]))
    return things


def service(name, space="default", ports=(80, 443), type_="LoadBalancer", address=None, annotations=None, class_=None):
    """Address: an IP or a host name that was assigned; None: pending."""
    spec = {"type": type_, "selector": {"app": name},
            "ports": [{"name": f"p{port}", "port": port, "protocol": "TCP", "targetPort": port} for port in ports]}
    if class_:
        spec["loadBalancerClass"] = class_
    made = {"kind": "Service", "metadata": {"name": name, "namespace": space, "annotations": annotations or {}}, "spec": spec}
    if address:
        key = "ip" if address.replace(".", "").isdigit() else "hostname"
        made["status"] = {"loadBalancer": {"ingress": [{key: address}]}}
    return made


def ingress(name, space="default", class_="nginx", host="gitpod.example.com", address=None):
    made = {"kind": "Ingress", "metadata": {"name": name, "namespace": space},
            "spec": {"ingressClassName": class_, "rules": [{"host": host, "http": {"paths": [{
                "path": "/", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]}}
    if address:
        made["status"] = {"loadBalancer": {"ingress": [{"ip": address}]}}
    return made


def storage_class(name, provisioner, default=False, beta=False):
    key = "storageclass.beta.kubernetes.io/is-default-class" if beta else "storageclass.kubernetes.io/is-default-class"
    return {"kind": "StorageClass", "metadata": {"name": name, "annotations": {key: "true"} if default else {}},
            "provisioner": provisioner, "volumeBindingMode": "WaitForFirstConsumer"}


def rule(groups, resources, operations=("CREATE", "UPDATE")):
    return {"apiGroups": groups, "apiVersions": ["*"], "operations": list(operations), "resources": resources, "scope": "*"}


def webhook(kind, name, service=None, url=None, rules=None, policy="Fail", selector=None, bundle="Cg==", called=None):
    """A Validating or Mutating webhook configuration; service: (name, namespace).  It never gets an answer here, so with
    policy Fail whatever its rules take is refused."""
    config = {"caBundle": bundle}
    if service:
        config["service"] = {"name": service[0], "namespace": service[1], "path": "/validate", "port": 443}
    else:
        config["url"] = url or "https://localhost:5443/webhook"
    hook = {"name": called or f"{name}.example.com", "clientConfig": config, "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "failurePolicy": policy, "rules": rules or [], "timeoutSeconds": 1}
    if selector:
        hook["namespaceSelector"] = selector
    return {"kind": f"{kind}WebhookConfiguration", "metadata": {"name": name}, "webhooks": [hook]}


def policy_against_privileged(name="no-privileged"):
    """A ValidatingAdmissionPolicy that refuses privileged containers, and its binding."""
    return [{"kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"],
                                                        "operations": ["CREATE"], "resources": ["pods"]}]},
                "validations": [{"expression": "!object.spec.containers.exists(c, has(c.securityContext) && "
                                 "has(c.securityContext.privileged) && c.securityContext.privileged)",
                                 "message": "privileged containers are not for here"}]}},
            {"kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name},
             "spec": {"policyName": name, "validationActions": ["Deny"]}}]


# -- distributions --------------------------------------------------------------------------------------------------

ELB = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6-1234567890.eu-west-1.elb.amazonaws.com"


def nodes_of(make, count=3, **more):
    """As Gitpod's layout has them: services on the first, workspaces on the second, headless ones on the third."""
    layout = [("services", ("meta", "ide")), ("workspaces", ("workspace_services", "workspace_regular")),
              ("headless", ("workspace_headless",))]
    made = []
    for number in range(count):
        pool, labels = layout[number % 3]
        size = {"cpu": 16, "memory": KIB_64} if pool != "services" else {}
        made.append(make(number, pool, gitpod(*labels), **{**size, **more}))
    return made


def eks(calico=True, version="v1.24.17-eks-5e0fdde", **more):
    aws_node = workload("DaemonSet", "aws-node", "kube-system", None, containers={
        "aws-node": "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.13.4-eksbuild.1"})
    return Distribution(version, nodes_of(eks_node, **more) + (calico_manifest() if calico else [aws_node]) + cert_manager() + [
        workload("DaemonSet", "kube-proxy", "kube-system",
                 "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.24.17-minimal-eksbuild.2"),
        workload("Deployment", "coredns", "kube-system",
                 "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1.9.3-eksbuild.7", {"k8s-app": "kube-dns"}, count=2),
        storage_class("gp2", "kubernetes.io/aws-ebs", default=True),
        webhook("Mutating", "pod-identity-webhook", called="iam-for-pods.amazonaws.com", url="https://127.0.0.1:23443/mutate", policy="Ignore",
                rules=[rule([""], ["pods"], ["CREATE"])]),
        service("proxy", ports=(80, 443, 22), address=ELB)])


def gke_hooks():
    """Webhooks that GKE installs for itself."""
    return [webhook("Mutating", "pod-ready.config.common-webhooks.networking.gke.io", policy="Ignore",
                    called="pod-ready.common-webhooks.networking.gke.io",
                    url="https://localhost:5443/webhook/pod-ready", rules=[rule([""], ["pods"], ["CREATE"])])]


def gke(calico=True, version="v1.24.16-gke.500", **more):
    network = [workload("DaemonSet", "anetd", "kube-system", "gke.gcr.io/cilium/cilium:v1.12.10-gke1.24.0")]
    if calico:
        network = calico_manifest("gke.gcr.io/calico/node:v3.23.3-gke.4-amd64")[2:4]
        network += [definition("crd.projectcalico.org", "IPPool", "ippools", scope="Cluster")]
        network[0]["spec"]["template"]["spec"]["nodeSelector"] = {"projectcalico.org/ds-ready": "true"}
    return Distribution(version, nodes_of(gke_node, **more) + network + cert_manager() + gke_hooks() + [
        workload("DaemonSet", "kube-proxy", "kube-system", "gke.gcr.io/kube-proxy-amd64:v1.24.16-gke.500", count=0),
        workload("DaemonSet", "nvidia-gpu-device-plugin", "kube-system", "gke.gcr.io/nvidia-gpu-device-plugin@sha256:" + "a" * 64, count=0),
        workload("Deployment", "kube-dns", "kube-system", "gke.gcr.io/k8s-dns-kube-dns:1.22.22-gke.0", count=2),
        storage_class("standard-rwo", "pd.csi.storage.gke.io", default=True), storage_class("standard", "kubernetes.io/gce-pd"),
        service("proxy", ports=(80, 443, 22), address="34.76.10.20")])


def gke_autopilot():
    made = gke(calico=False)
    nodes = [gke_node(i, "pool-1", prefix="gk3", os="cos_containerd", machine="e2-standard-4", shown=3,
                      os_image="Container-Optimized OS from Google", kernel="5.15.109+") for i in range(2)]
    hooks = [webhook("Validating", "warden-validating.config.common-webhooks.networking.gke.io", policy="Ignore",
                     url="https://localhost:5443/webhook/warden-validating", rules=[rule([""], ["pods"], ["CREATE"])])]
    hooks[0]["webhooks"][0]["name"] = "warden-validating.common-webhooks.networking.gke.io"
    return Distribution(made.version["gitVersion"], nodes + hooks + [o for o in made.objects if o["kind"] != "Node"])


def aks(calico=True, version="v1.24.15", **more):
    network = calico_operator("mcr.microsoft.com/oss/calico", "v3.24.6") if calico else [
        workload("DaemonSet", "azure-cns", "kube-system", "mcr.microsoft.com/containernetworking/azure-cns:v1.4.44.3")]
    return Distribution(version, nodes_of(aks_node, **more) + network + cert_manager() + [
        workload("DaemonSet", "kube-proxy", "kube-system", "mcr.microsoft.com/oss/kubernetes/kube-proxy:v1.24.15-hotfix.20230804"),
        workload("DaemonSet", "cloud-node-manager", "kube-system", "mcr.microsoft.com/oss/kubernetes/azure-cloud-node-manager:v1.24.22"),
        storage_class("default", "disk.csi.azure.com", default=True), storage_class("azurefile", "file.csi.azure.com"),
        service("proxy", ports=(80, 443, 22), address="20.61.10.20")])


def k3s(calico=False, servicelb=True, version="v1.24.17+k3s1"):
    args = ["server", "--disable", "traefik"] + (["--flannel-backend", "none"] if calico else [])
    nodes = [k3s_node(0, gitpod("meta", "ide"), True, args + ([] if servicelb else ["--disable", "servicelb"])),
             k3s_node(1, gitpod("workspace_services", "workspace_regular"), cpu=16, memory=KIB_64),
             k3s_node(2, gitpod("workspace_headless"), cpu=16, memory=KIB_64)]
    if not calico:
        for made in nodes:
            made["metadata"]["annotations"].update({
                "flannel.alpha.coreos.com/backend-type": "vxlan", "flannel.alpha.coreos.com/kube-subnet-manager": "true",
                "flannel.alpha.coreos.com/backend-data": "{\"VNI\":1,\"VtepMAC\":\"8e:a9:9e:a6:28:43\"}",
                "flannel.alpha.coreos.com/public-ip": made["status"]["addresses"][0]["address"]})
    things = [definition("helm.cattle.io", "HelmChart", "helmcharts"), definition("k3s.cattle.io", "Addon", "addons"),
              workload("Deployment", "coredns", "kube-system", "rancher/mirrored-coredns-coredns:1.10.1", {"k8s-app": "kube-dns"}, count=1),
              workload("Deployment", "local-path-provisioner", "kube-system", "rancher/local-path-provisioner:v0.0.24", {"app": "local-path-provisioner"}, count=1),
              storage_class("local-path", "rancher.io/local-path", default=True)]
    if servicelb:
        balanced = {"app": "svclb-proxy-0a1b2c3d", "svccontroller.k3s.cattle.io/svcname": "proxy",
                    "svccontroller.k3s.cattle.io/svcnamespace": "default"}
        things += [service("proxy", ports=(80, 443, 22), address="192.168.7.10"),
                   workload("DaemonSet", "svclb-proxy-0a1b2c3d", "kube-system", None, balanced, containers={
                       f"lb-tcp-{port}": "rancher/klipper-lb:v0.4.4" for port in (80, 443, 22)})]
    return Distribution(version, nodes + things + (calico_manifest() if calico else []) + cert_manager())


def openshift(version="v1.27.6+f67aeb3"):
    nodes = [node(f"worker-{i}.ocp.example.com", {"node-role.kubernetes.io/worker": "", "node.openshift.io/os_id": "rhcos", **gitpod()},
                  {"machineconfiguration.openshift.io/currentConfig": "rendered-worker-39c9df4a2c02",
                   "machineconfiguration.openshift.io/state": "Done"}, pods=250,
                  os_image="Red Hat Enterprise Linux CoreOS 414.92.202310170514-0 (Plow)", kernel="5.14.0-284.36.1.el9_2.x86_64",
                  runtime="cri-o://1.27.1-8.1.rhaos4.14.git3fecb83.el9", kubelet=version) for i in range(2)]
    return Distribution(version, nodes + cert_manager() + [
        namespace("openshift-ovn-kubernetes"), namespace("openshift-ingress"),
        definition("config.openshift.io", "ClusterVersion", "clusterversions", scope="Cluster"),
        definition("operator.openshift.io", "Network", "networks", scope="Cluster"),
        workload("DaemonSet", "ovnkube-node", "openshift-ovn-kubernetes", "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:" + "b" * 64, count=2),
        workload("Deployment", "router-default", "openshift-ingress", "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:" + "c" * 64, count=2),
        storage_class("standard-csi", "cinder.csi.openstack.org", default=True)])


def rke2(version="v1.24.9+rke2r2"):
    nodes = [node(f"rke2-{i}", {"node-role.kubernetes.io/control-plane": "true", "node-role.kubernetes.io/etcd": "true",
                                "node.kubernetes.io/instance-type": "rke2", **gitpod()},
                  {"rke2.io/node-args": "[\"server\",\"--token\",\"********\"]", "rke2.io/hostname": f"rke2-{i}",
                   "etcd.rke2.cattle.io/node-name": f"rke2-{i}-fbffe900",
                   "flannel.alpha.coreos.com/backend-type": "vxlan", "projectcalico.org/IPv4Address": f"172.31.15.{i}/20"},
                  provider_id=f"rke2://rke2-{i}", runtime="containerd://1.6.12-k3s1", kubelet=version) for i in range(2)]
    return Distribution(version, nodes + cert_manager() + [
        definition("helm.cattle.io", "HelmChart", "helmcharts"),
        workload("DaemonSet", "rke2-canal", "kube-system", None, {"k8s-app": "canal"}, count=2, containers={
            "calico-node": "rancher/hardened-calico:v3.24.5-build20221216", "kube-flannel": "rancher/hardened-flannel:v0.20.2-build20221216"}),
        workload("DaemonSet", "rke2-ingress-nginx-controller", "kube-system", "rancher/nginx-ingress-controller:nginx-1.4.1-hardened1",
                 {"app.kubernetes.io/name": "rke2-ingress-nginx"}, count=2)])


def kubeadm(version="v1.24.17"):
    control = node("cp-0", {"node-role.kubernetes.io/control-plane": "",
                            "node.kubernetes.io/exclude-from-external-load-balancers": ""},
                   {"kubeadm.alpha.kubernetes.io/cri-socket": "unix:///run/containerd/containerd.sock"},
                   taints=[{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}], cpu=2, memory=4_000_000)
    workers = [node(f"worker-{i}", gitpod(), {"kubeadm.alpha.kubernetes.io/cri-socket": "unix:///run/containerd/containerd.sock"},
                    address=f"10.0.2.{i}") for i in range(2)]
    flannel = workload("DaemonSet", "kube-flannel-ds", "kube-flannel", "docker.io/flannel/flannel:v0.22.3", {"app": "flannel"})
    return Distribution(version, [control, *workers, namespace("kube-flannel"), flannel,
                                  workload("Deployment", "coredns", "kube-system", "registry.k8s.io/coredns/coredns:v1.8.6",
                                           {"k8s-app": "kube-dns"}, count=2)])


def all_distributions():
    """Every distribution by name, in its plainest form."""
    return {"eks": eks(), "gke": gke(), "gke-autopilot": gke_autopilot(), "aks": aks(), "k3s": k3s(),
            "openshift": openshift(), "rke2": rke2(), "kubeadm": kubeadm()}
