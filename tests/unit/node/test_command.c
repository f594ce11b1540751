/* SPDX-License-Identifier: Apache-2.0 */
/* What commands say: EKS's bootstrap.sh, k3s and its installer, files, and what goes into the cluster. */
#include "said.h"

#define BOOT "/etc/eks/bootstrap.sh gitpod "
#define EKS "kubelet cluster:gitpod"

static void eks_bootstrap(void **state)
{
	static const struct row rows[] = {
		{ BOOT "\n", EKS },
		{ "bash -x " BOOT "\n", EKS },
		{ "sudo " BOOT "--kubelet-extra-args '--node-labels=a=b'\n", "a=b " EKS },
		{ BOOT "--kubelet-extra-args='--node-labels=a=b'\n", "a=b " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels a=b --max-pods 110'\n", "a=b pods:110 " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels=a=b --node-labels=c=d'\n", "a=b c=d " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels=b=1,a=2,b=3'\n", "a=2 b=3 " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels=a=,b'\n", "a= b= " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels=,,a=b,'\n", "a=b " EKS },
		{ BOOT "--kubelet-extra-args '--node-labels=a=b=c'\n", "a=b=c " EKS },
		{ BOOT "--kubelet-extra-args '--register-with-taints=k=v:NoSchedule,l=:NoExecute'\n",
		  "taint:k=v:NoSchedule taint:l=:NoExecute " EKS },
		{ BOOT "--kubelet-extra-args '--v=2 --max-pods=0 --max-pods=x --max-pods=9999999'\n", EKS },
		{ BOOT "--container-runtime containerd\n", EKS " containerd" },
		{ BOOT "--container-runtime=containerd\n", EKS " containerd" },
		{ BOOT "--container-runtime dockerd\n", EKS " docker" },
		{ BOOT "--container-runtime $X\n", EKS },
		{ "/etc/eks/bootstrap.sh --apiserver-endpoint https://x --use-max-pods false gitpod "
		  "--kubelet-extra-args --node-labels=a=b\n", "a=b " EKS },
		{ "export KUBELET_EXTRA_ARGS='--node-labels=a=b'\n" BOOT, "a=b " EKS },
		{ "KUBELET_EXTRA_ARGS=--node-labels=a=b " BOOT "\n", "a=b " EKS },
		{ "export CONTAINER_RUNTIME=containerd\n" BOOT, EKS " containerd" },
		{ "export CONTAINER_RUNTIME=dockerd\nexport CONTAINER_RUNTIME=containerd\n" BOOT, EKS " containerd" },
		{ "cat <<-EOF > /etc/profile.d/bootstrap.sh\n\texport CONTAINER_RUNTIME=\"containerd\"\n"
		  "\texport USE_MAX_PODS=false\n\texport KUBELET_EXTRA_ARGS=\"--node-labels=a=b --max-pods=110\"\nEOF\n"
		  "sed -i '/^set -o errexit/a\\\\nsource /etc/profile.d/bootstrap.sh' /etc/eks/bootstrap.sh\n",
		  "a=b pods:110 containerd" },
		{ "echo 'KUBELET_EXTRA_ARGS=--node-labels=a=b' > /etc/default/kubelet\n", "a=b" },
		{ "kubelet --node-labels a=b --max-pods=7\n", "a=b pods:7" },
		{ "cat /etc/eks/bootstrap.sh\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define GET "curl -sfL https://get.k3s.io | "
#define URL "https://10.0.0.1:6443"

static void k3s_installer(void **state)
{
	static const struct row rows[] = {
		{ GET "sh -\n", "server" },
		{ GET "sh -s -\n", "server" },
		{ GET "sh -s - server --node-label a=b\n", "a=b server" },
		{ GET "sh -s -- server --node-label a=b\n", "a=b server" },
		{ GET "sh -s server --node-label=a=b\n", "a=b server" },
		{ GET "sh -s - --node-label a=b --node-label c=d\n", "a=b c=d server" },
		{ GET "sh -s - --node-label a=b,c=d --node-label=\"e=f\"\n", "a=b c=d e=f server" },
		{ GET "INSTALL_K3S_VERSION=v1.24.3+k3s1 K3S_URL=" URL " sh -s - agent --node-label a=b\n",
		  "a=b agent version:v1.24.3+k3s1 url:" URL },
		{ GET "K3S_URL=" URL " sh -\n", "agent url:" URL },
		{ GET "K3S_URL=" URL " sh -s - server\n", "server url:" URL },
		{ GET "K3S_URL=$SERVER sh -\n", "agent" },
		{ GET "K3S_URL=https://me:pw@h:6443 sh -\n", "agent" },
		{ GET "K3S_URL= sh -\n", "server" },
		{ GET "sudo K3S_URL=" URL " sh -\n", "agent url:" URL },
		{ GET "sudo -E env INSTALL_K3S_EXEC='agent --node-label a=b' K3S_URL=" URL " bash -s -\n",
		  "a=b agent url:" URL },
		{ GET "INSTALL_K3S_EXEC=\"server --docker\" sh -s - --node-label a=b\n", "a=b server docker" },
		{ GET "INSTALL_K3S_EXEC='--flannel-backend=none' sh -\n", "server flannel-off" },
		{ GET "INSTALL_K3S_EXEC=\"$ARGS\" sh -\n", "open server" },
		{ GET "INSTALL_K3S_EXEC=\"--node-label $X --node-label a=b\" sh -\n", "a=b open server" },
		{ GET "sh -s - $ARGS\n", "open server" },
		{ GET "sh -s - --token $TOKEN --node-label a=b\n", "a=b server" },
		{ GET "INSTALL_K3S_VERSION=$V sh -\n", "server" },
		{ "export INSTALL_K3S_VERSION=v1.27.1+k3s1 K3S_URL='" URL "'\n" GET "sh -\n",
		  "agent version:v1.27.1+k3s1 url:" URL },
		{ "export INSTALL_K3S_EXEC='agent --node-label a=b'\n" GET "sh -\n", "a=b agent" },
		{ "wget -qO- https://get.k3s.io | sh -s - agent\n", "agent" },
		{ "wget -qO - https://get.k3s.io | sh -s - agent\nsh /opt/x.sh\n", "agent" },
		{ GET "\\\n  sh -s - agent \\\n  --node-label a=b \\\n  --kubelet-arg max-pods=110\n", "a=b pods:110 agent" },
		{ "if [ ! -e /usr/local/bin/k3s ]; then\n" GET "sh -s - agent --node-label a=b\nfi\n", "a=b agent" },
		{ "until " GET "sh -s - agent; do sleep 5; done\n", "agent" },
		{ GET "cat\n", "" },
		{ "# " GET "sh -\n", "" },
		{ "echo '" GET "sh -'\n", "" },
		{ "curl -sfL https://example.com/x.sh | sh -s - agent\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void k3s_installer_saved(void **state)
{
	static const struct row rows[] = {
		{ "curl -sfL https://get.k3s.io -o /tmp/i.sh\nsh /tmp/i.sh agent --node-label a=b\n", "a=b agent" },
		{ "curl -sfLo i.sh https://get.k3s.io\nchmod +x i.sh\n./i.sh agent --node-label a=b\n", "a=b agent" },
		{ "curl -sfL https://get.k3s.io > /tmp/k3s\nbash /tmp/k3s server --docker\n", "server docker" },
		{ "curl --output i https://get.k3s.io\nINSTALL_K3S_EXEC='agent' ./i\n", "agent" },
		{ "wget https://get.k3s.io -O i.sh\nsh i.sh agent\nsh /opt/setup.sh\n", "agent" },
		{ "wget https://get.k3s.io\nsh index.html agent\n", "agent" },
		{ "curl -o \"$F\" https://get.k3s.io\nsh \"$F\" agent\n", "agent" },
		{ "curl -sfLo i.sh https://get.k3s.io\n", "" },
		{ "INSTALL_K3S_EXEC='agent --node-label a=b' /tmp/k3s-install.sh\n", "a=b agent" },
		{ "K3S_URL=" URL " sh /tmp/install.sh\n", "agent url:" URL },
		{ "export INSTALL_K3S_EXEC=agent\n/usr/local/bin/k3s-uninstall.sh\n/opt/other.sh\n", "" },
		{ "export INSTALL_K3S_EXEC=agent\nsh /tmp/k3s.sh\n", "agent" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void k3s_flags(void **state)
{
	static const struct row rows[] = {
		{ "k3s server\n", "server" },
		{ "/usr/local/bin/k3s agent --server " URL " --node-label a=b\n", "a=b agent url:" URL },
		{ "k3s agent -s " URL "\n", "agent url:" URL },
		{ "k3s agent --server https://me:pw@h\n", "agent" },
		{ "k3s server --disable=servicelb\n", "server servicelb-off" },
		{ "k3s server --disable servicelb\n", "server servicelb-off" },
		{ "k3s server --disable traefik,servicelb\n", "server servicelb-off" },
		{ "k3s server --disable traefik --disable servicelb\n", "server servicelb-off" },
		{ "k3s server --no-deploy=servicelb\n", "server servicelb-off" },
		{ "k3s server --disable traefik,servicelb2\n", "server" },
		{ "k3s server --flannel-backend=none\n", "server flannel-off" },
		{ "k3s server --flannel-backend none\n", "server flannel-off" },
		{ "k3s server --flannel-backend=vxlan\n", "server" },
		{ "k3s server --docker\n", "server docker" },
		{ "k3s server --docker=false\n", "server" },
		{ "k3s server --docker --node-label a=b\n", "a=b server docker" },
		{ "k3s server --node-taint k=v:NoSchedule\n", "taint:k=v:NoSchedule server" },
		{ "k3s server --kubelet-arg=max-pods=110 --kubelet-arg node-labels=a=b\n", "a=b pods:110 server" },
		{ "k3s server --kubelet-arg=--max-pods=110\n", "pods:110 server" },
		{ "k3s server --kubelet-arg=\"$X\"\n", "open server" },
		{ "k3s server --disable-network-policy --cluster-init --node-label a=b\n", "a=b server" },
		{ "k3s server --token a=b --tls-san c=d\n", "server" },
		{ "k3s server --node-label\n", "server" },
		{ "k3s kubectl get nodes\n", "" },
		{ "k3s\n", "" },
		{ "systemctl enable --now k3s-agent.service\n", "agent" },
		{ "systemctl start k3s\n", "server" },
		{ "k3s agent\nsystemctl restart k3s\n", "agent" },
		{ "k3sup install --ip 10.0.0.1 --k3s-extra-args '--node-label a=b --disable servicelb' "
		  "--k3s-version v1.24.3+k3s1\n", "a=b server version:v1.24.3+k3s1 servicelb-off" },
		{ "k3sup join --ip 10.0.0.2 --server-ip 10.0.0.1 --k3s-extra-args='--node-label a=b'\n", "a=b agent" },
		{ "k3sup ready\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define CONFIG "/etc/rancher/k3s/config.yaml"

static void files(void **state)
{
	static const struct row rows[] = {
		{ "echo 'node-label: a=b' > " CONFIG "\n", "a=b server" },
		{ "echo \"node-label: a=$X\" > " CONFIG "\n", "open server" },
		{ "echo 'node-label:' > " CONFIG "\necho '- a=b' >> " CONFIG "\necho \"- c=d\" >> " CONFIG "\n",
		  "a=b c=d server" },
		{ "echo -e 'node-label:\\n- a=b' > " CONFIG "\n", "a=b server" },
		{ "printf 'node-label:\\n  - a=b\\n' > " CONFIG "\n", "a=b server" },
		{ "printf '%s\\n' 'node-label:' '- a=b' > " CONFIG "\n", "a=b server" },
		{ "printf '%s: %s\\n' node-label a=b > " CONFIG "\n", "open" },
		{ "echo \"$CONFIG\" > " CONFIG "\n", "open server" },
		{ "echo \"$K: v\" > " CONFIG "\n", "open server" },
		{ "echo 'node-label: a=b' | sudo tee " CONFIG " >/dev/null\n", "a=b server" },
		{ "sudo echo 'node-label: a=b' | sudo tee -a " CONFIG "\n", "a=b server" },
		{ "sudo sh -c 'echo \"node-label: a=b\" > " CONFIG "'\n", "a=b server" },
		{ "echo bm9kZS1sYWJlbDogYT1i | base64 -d > " CONFIG "\n", "a=b server" },
		{ "echo 'node-label: a=b' > /tmp/c\nsudo mv /tmp/c " CONFIG "\n", "a=b server" },
		{ "echo 'node-label: a=b' > /tmp/config.yaml\ncp /tmp/config.yaml /etc/rancher/k3s/\n", "a=b server" },
		{ "echo 'node-label: a=b' > /tmp/c\ncat /tmp/c > " CONFIG "\n", "a=b server" },
		{ "echo 'node-label: a=b' > /etc/rancher/k3s/config.yaml.d/l.yaml\n", "a=b server" },
		{ "echo 'node-label: a=b' > " CONFIG "; k3s agent --node-label c=d\n", "a=b c=d agent" },
		{ "mv /tmp/config.yaml " CONFIG "\n", "open" },
		{ "curl -o " CONFIG " https://example.com/c\n", "open" },
		{ "aws s3 cp s3://b/c " CONFIG "\n", "open" },
		{ "sed -i s/X/Y/ " CONFIG "\n", "open" },
		{ "envsubst < c > " CONFIG "\n", "open" },
		{ "{ echo 'node-label:'; echo '- a=b'; } > " CONFIG "\n", "open" },
		{ "mkdir -p /etc/rancher/k3s\nchmod 600 " CONFIG "\ncat " CONFIG "\n", "" },
		{ "echo 'a: b' > /etc/other.yaml\n", "" },
		{ "echo 'node-label: [a=b' > " CONFIG "\n", "open server" },
		{ "echo x > \"$F\"\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define CALICO "https://raw.githubusercontent.com/projectcalico/calico/v3.24.1/manifests/"
#define CERT "https://github.com/cert-manager/cert-manager/releases/download/v1.9.1/cert-manager.yaml"
#define METALLB "https://raw.githubusercontent.com/metallb/metallb/v0.13.9/config/manifests/metallb-native.yaml"
#define MANIFESTS "/var/lib/rancher/k3s/server/manifests/"

static void what_goes_into_the_cluster(void **state)
{
	static const struct row rows[] = {
		{ "kubectl apply -f " CALICO "calico.yaml\n", "calico:" CALICO "calico.yaml of:v3.24.1" },
		{ "kubectl create -f " CALICO "tigera-operator.yaml\n", "calico:" CALICO "tigera-operator.yaml of:v3.24.1" },
		{ "k3s kubectl apply -f " CERT "\n", "cert-manager:" CERT " of:v1.9.1" },
		{ "sudo kubectl --kubeconfig /x apply -f " METALLB "\n", "metallb:" METALLB },
		{ "kubectl apply -f ./calico.yaml\n", "calico:./calico.yaml" },
		{ "curl -sfLo " MANIFESTS "calico.yaml " CALICO "calico-vxlan.yaml\n",
		  "calico:" CALICO "calico-vxlan.yaml of:v3.24.1" },
		{ "curl -sfL " CERT " -o " MANIFESTS "cm.yaml\n", "cert-manager:" CERT " of:v1.9.1" },
		{ "wget -O " MANIFESTS "m.yaml " METALLB "\n", "metallb:" METALLB },
		{ "curl -sL " CERT " | kubectl apply -f -\n", "cert-manager:" CERT " of:v1.9.1" },
		{ "helm install calico projectcalico/tigera-operator --version v3.24.1\n",
		  "calico:projectcalico/tigera-operator of:v3.24.1" },
		{ "helm upgrade --install cert-manager jetstack/cert-manager -n x --version=1.8.0\n",
		  "cert-manager:jetstack/cert-manager of:1.8.0" },
		{ "helm install cert-manager --repo https://charts.jetstack.io cert-manager\n", "cert-manager:cert-manager" },
		{ "helm install x https://h/cert-manager-v1.8.0.tgz\n", "cert-manager:https://h/cert-manager-v1.8.0.tgz of:v1.8.0" },
		{ "helm install x ./x --namespace cert-manager\n", "" },
		{ "helm install x ./x --set image=calico/y\n", "" },
		{ "helm uninstall calico\nhelm repo add projectcalico https://docs.tigera.io/calico/charts\n", "" },
		{ "kubectl delete -f " CALICO "calico.yaml\n", "" },
		{ "kubectl get pods -n calico-system\n", "" },
		{ "kubectl create namespace cert-manager\n", "" },
		{ "echo calico\necho kubectl apply -f calico.yaml\n# kubectl apply -f calico.yaml\n", "" },
		{ "echo 'kubectl apply -f calico.yaml' > /tmp/x.sh\n", "" },
		{ "kubectl apply -f 'https://me:pw@host/calico.yaml?sig=secret'\n", "calico:https://host/calico.yaml" },
		{ "kubectl apply -f \"$BASE/calico.yaml\"\n", "calico:calico.yaml" },
		{ "kubectl apply -f \"$BASE/calico/$FILE\"\n", "" },
		{ "kubectl apply -f \"https://docs.example.org/$VERSION/manifests/calico.yaml\"\n", "calico:manifests/calico.yaml" },
		{ "ctr run --rm ghcr.io/kube-vip/kube-vip:v0.5 vip /kube-vip manifest\n", "metallb:kube-vip" },
		{ "cat <<E > " MANIFESTS "c.yaml\nkind: HelmChart\nspec:\n  chart: tigera-operator\n  version: \"v3.24.1\"\nE\n",
		  "calico:tigera-operator of:v3.24.1" },
		{ "cat <<E > " MANIFESTS "c.yaml\n  - image: 'quay.io/metallb/speaker:v0.13.9'\nE\n",
		  "metallb:quay.io/metallb/speaker:v0.13.9" },
		{ "kubectl apply -f - <<E\nimage: docker.io/calico/node:v3.24.1 # x\nE\n",
		  "calico:docker.io/calico/node:v3.24.1 of:v3.24.1" },
		{ "cat <<E | kubectl apply -f -\nimage: docker.io/calico/node:v3.24.1\nE\n",
		  "calico:docker.io/calico/node:v3.24.1 of:v3.24.1" },
		{ "cat <<E > /tmp/x\nchart: cert-manager\nE\nkubectl apply -f /tmp/x\n", "cert-manager:cert-manager" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eks_bootstrap),
		cmocka_unit_test(k3s_installer),
		cmocka_unit_test(k3s_installer_saved),
		cmocka_unit_test(k3s_flags),
		cmocka_unit_test(files),
		cmocka_unit_test(what_goes_into_the_cluster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
