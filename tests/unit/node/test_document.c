/* SPDX-License-Identifier: Apache-2.0 */
/* Boot texts that are documents: cloud-config, NodeConfig, Bottlerocket, MIME, and their packings. */
#include "said.h"

#include "pack.h"

#define CONFIG "/etc/rancher/k3s/config.yaml"

static void k3s_config(void **state)
{
#define WRITTEN "cat >" CONFIG " <<'E'\n"
	static const struct row rows[] = {
		{ WRITTEN "node-label:\n  - a=b\n  - \"c=d\"\nE\n", "a=b c=d server" },
		{ WRITTEN "node-label+: [a=b]\nE\n", "a=b server" },
		{ WRITTEN "server: https://h:6443\ntoken: secret\nnode-label: a=b,c=d\nE\n",
		  "a=b c=d agent url:https://h:6443" },
		{ WRITTEN "node-taint: ['k=v:NoSchedule']\nkubelet-arg:\n- max-pods=110\nE\n",
		  "taint:k=v:NoSchedule pods:110 server" },
		{ WRITTEN "disable: [traefik, servicelb]\nflannel-backend: none\ndocker: true\nE\n",
		  "server flannel-off servicelb-off docker" },
		{ WRITTEN "disable: servicelb\nflannel-backend: \"vxlan\"\ndocker: false\nE\n", "server servicelb-off" },
		{ WRITTEN "# node-label: a=b\nE\n", "server" },
		{ WRITTEN "node-label: {a: b}\nE\n", "server" },
		{ WRITTEN "- a\nE\n", "server" },
		{ WRITTEN "a: *b\nE\n", "open server" },
		{ WRITTEN "node-label: a=b\nE\nk3s agent\n", "a=b agent" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void host_keys(void **state)
{
#define PUBLIC "/etc/ssh/ssh_host_ed25519_key.pub"
	static const struct row rows[] = {
		{ "#cloud-config\nssh_keys:\n  ed25519_private: |\n    -----BEGIN\n  ed25519_public: ssh-ed25519 AAAA me@host\n",
		  "key:ssh-ed25519 AAAA" },
		{ "#cloud-config\nssh_keys: {rsa_public: ssh-rsa AAAB, ecdsa_public: ecdsa-sha2-nistp256 AAAC}\n",
		  "key:ssh-rsa AAAB key:ecdsa-sha2-nistp256 AAAC" },
		{ "#cloud-config\nwrite_files:\n- {path: " PUBLIC ", content: ssh-ed25519 AAAA}\n", "key:ssh-ed25519 AAAA" },
		{ "#cloud-config\nssh_keys: {a_public: ssh-rsa AAAB, b_public: ssh-rsa AAAB}\n", "key:ssh-rsa AAAB" },
		{ "#cloud-config\nssh_keys: {a_public: ssh-dss AAAB, b_public: ssh-rsa '?!?', c_public: [ssh-rsa]}\n", "" },
		{ "#cloud-config\nssh_keys: ssh-rsa AAAB\n", "" },
		{ "cat >" PUBLIC " <<E\nssh-ed25519 AAAA me\nE\n", "key:ssh-ed25519 AAAA" },
		{ "cat >/etc/ssh/ssh_host_ed25519_key <<E\n-----BEGIN OPENSSH PRIVATE KEY-----\nE\n", "" },
		{ "echo \"ssh-ed25519 $KEY\" >" PUBLIC "\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void cloud_config(void **state)
{
#define FILES "#cloud-config\nwrite_files:\n- path: " CONFIG "\n"
	static const struct row rows[] = {
		{ "#cloud-config\n", "" },
		{ "#cloud-config\npackages: [curl]\n", "" },
		{ FILES "  content: |\n    node-label:\n    - a=b\n", "a=b server" },
		{ FILES "  content: 'node-label: a=$X'\n", "a=$X server" },
		{ FILES "  encoding: b64\n  content: bm9kZS1sYWJlbDogYT1i\n", "a=b server" },
		{ FILES "  encoding: base64\n  content: bm9kZS1sYWJlbDogYT1i\n", "a=b server" },
		{ FILES "  encoding: b64\n  content: '%%%'\n", "open" },
		{ FILES "  encoding: gz+b64\n"
		  "  content: H4sIAAAAAAACA8vLT0nVzUlMSs2xUki0TQIA1pAz7g8AAAA=\n", "a=b server" },
		{ FILES "  encoding: gzip\n  content: !!binary H4sIAAAAAAACA8vLT0nVzUlMSs2xUki0TQIA1pAz7g8AAAA=\n",
		  "a=b server" },
		{ FILES "  encoding: gz+b64\n  content: H4sIAAAAAAACA8vLT0nV\n", "open" },
		{ FILES "  content: 'node-label:'\n- path: " CONFIG "\n  append: true\n  content: \"\\n- a=b\"\n",
		  "a=b server" },
		{ FILES "  content: 'node-label: c=d'\n- path: " CONFIG "\n  content: 'node-label: a=b'\n", "a=b server" },
		{ "#cloud-config\nwrite_files:\n- path: /etc/x\n  content: 'node-label: a=b'\n", "" },
		{ "#cloud-config\nwrite_files:\n- path: /opt/b.sh\n  content: |\n    #!/bin/sh\n    k3s agent --node-label a=b\n"
		  "runcmd:\n- /opt/b.sh\n", "a=b agent" },
		{ "#cloud-config\nwrite_files:\n- path: /opt/b.sh\n  content: k3s agent\nruncmd:\n- [bash, /opt/b.sh]\n",
		  "agent" },
		{ "#cloud-config\nruncmd:\n- curl -sfL https://get.k3s.io | sh -s - agent --node-label a=b\n", "a=b agent" },
		{ "#cloud-config\nruncmd:\n- [k3s, agent, --node-label, 'a=$X']\n", "a=$X agent" },
		{ "#cloud-config\nruncmd:\n- [sh, -c, \"k3s agent --node-label 'a=b'\"]\n", "a=b agent" },
		{ "#cloud-config\nruncmd:\n- [k3s, agent, --node-label, \"it's=b\"]\n", "it's=b agent" },
		{ "#cloud-config\nruncmd:\n- export L=a=b\n- k3s agent --node-label $L\n", "a=b agent" },
		{ "#cloud-config\nruncmd:\n- |\n  k3s agent \\\n    --node-label a=b\n", "a=b agent" },
		{ "#cloud-config\nbootcmd:\n- k3s agent\n", "agent" },
		{ "## template: jinja\n#cloud-config\nruncmd:\n- k3s agent\n", "agent" },
		{ "#cloud-config\nruncmd: [\n", "open" },
		{ "#cloud-config\nx: &a 1\ny: *a\nruncmd:\n- k3s agent\n", "open" },
		{ "#cloud-config\nruncmd: k3s agent\n", "" },
		{ "#cloud-config\nruncmd:\n- {k3s: agent}\n", "" },
		{ "#cloud-config\nwrite_files: {path: x}\n", "" },
		{ "#cloud-config\n- runcmd\n", "" },
		{ "#cloud-config-archive\n- content: k3s agent\n- type: text/cloud-config\n  content: 'runcmd: [k3s agent --docker]'\n"
		  "- k3s agent --node-label a=b\n- [x]\n", "a=b agent docker" },
		{ "#include\nhttps://example.com/x\n", "open" },
		{ "#cloud-boothook\n#!/bin/sh\nk3s agent\n", "agent" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define NODE_CONFIG "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: gitpod\n"

static void node_config(void **state)
{
	static const struct row rows[] = {
		{ NODE_CONFIG, "kubelet cluster:gitpod" },
		{ "---\n" NODE_CONFIG, "kubelet cluster:gitpod" },
		{ "# x\n\n" NODE_CONFIG, "kubelet cluster:gitpod" },
		{ NODE_CONFIG "  kubelet:\n    flags:\n    - --node-labels=a=b,c=d\n    - \"--max-pods=110\"\n",
		  "a=b c=d pods:110 kubelet cluster:gitpod" },
		{ NODE_CONFIG "  kubelet:\n    config:\n      maxPods: 58\n      registerWithTaints:\n"
		  "      - {key: k, value: v, effect: NoSchedule}\n      - {key: l, effect: NoExecute}\n      - {key: m}\n",
		  "taint:k=v:NoSchedule taint:l=:NoExecute pods:58 kubelet cluster:gitpod" },
		{ NODE_CONFIG "  kubelet: {flags: --node-labels=a=b}\n", "a=b kubelet cluster:gitpod" },
		{ "{\"apiVersion\":\"node.eks.aws/v1alpha1\",\"spec\":{\"cluster\":{\"name\":\"c\"}}}", "kubelet cluster:c" },
		{ "kind: NodeConfig\napiVersion: node.eks.aws/v1alpha1\nspec: x\n", "kubelet" },
		{ "apiVersion: node.eks.aws/v1alpha1\nspec: [\n", "open kubelet" },
		{ "cat >/etc/eks/n.yaml <<E\n" NODE_CONFIG "E\nnodeadm init\n", "kubelet cluster:gitpod" },
		{ "#!/bin/sh\necho node.eks.aws/v1alpha1\n", "" },
		{ "apiVersion: v1\nkind: Pod\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void bottlerocket(void **state)
{
#define SETTINGS "[settings.kubernetes]\n\"cluster-name\" = \"gitpod\"\n"
#define SAYS "kubelet cluster:gitpod"
	static const struct row rows[] = {
		{ SETTINGS, SAYS },
		{ "# x\n" SETTINGS "max-pods = 110 # most\n", "pods:110 " SAYS },
		{ SETTINGS "[settings.kubernetes.node-labels]\n\"gitpod.io/a\" = \"true\"\nb.c = 'd'\n\n", "gitpod.io/a=true " SAYS },
		{ SETTINGS "[settings.kubernetes.node-labels]\nb='d'\r\n", "b=d " SAYS },
		{ SETTINGS "[ settings . kubernetes . \"node-labels\" ]\n  b = \"d\"\n", "b=d " SAYS },
		{ "settings.kubernetes.cluster-name = \"gitpod\"\nsettings.kubernetes.node-labels.\"a/b\" = \"c\"\n", "a/b=c " SAYS },
		{ SETTINGS "[settings.kubernetes.node-taints]\n\"k\" = \"v:NoSchedule\"\nl = [\"a:NoExecute\", \"b:NoSchedule\"]\n",
		  "taint:k=v:NoSchedule taint:l=a:NoExecute taint:l=b:NoSchedule " SAYS },
		{ SETTINGS "[settings.kubernetes.node-taints]\nl = [\n  \"a:NoExecute\", # x\n  # y\n  \"b:NoSchedule\",\n]\n"
		  "[settings.kubernetes]\nmax-pods = 7\n",
		  "taint:l=a:NoExecute taint:l=b:NoSchedule pods:7 " SAYS },
		{ SETTINGS "[settings.host-containers.admin]\nmax-pods = 7\ncluster-name = \"x\"\n", SAYS },
		{ SETTINGS "[settings.kubernetes.node-labels]\n# a = \"b\"\na\n= x\n[\n", SAYS },
		{ SETTINGS "[settings.kubernetes.node-labels]\na = [\n", SAYS },
		{ SETTINGS "[settings.kubernetes.node-labels]\na = \"b", "a=b " SAYS },
		{ "#!/bin/sh\n# [settings.kubernetes]\n", "" },
		{ "apiclient set settings.kubernetes.max-pods=7\n", "" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
#undef SAYS
}

#define HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"==X==\"\n\n"
#define PART "--==X==\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n"
#define AGENT "k3s agent --node-label a=b\n"

static void multipart(void **state)
{
	static const struct row rows[] = {
		{ HEAD PART "#!/bin/sh\n" AGENT "--==X==--\n", "a=b agent" },
		{ HEAD "a preamble\n" PART AGENT "\n--==X==--\n" AGENT "an epilogue with --node-label c=d\n", "a=b agent" },
		{ HEAD PART AGENT PART "k3s agent --node-label c=d\n--==X==--\n", "a=b c=d agent" },
		{ HEAD PART AGENT, "a=b agent" },
		{ HEAD "--==X==\n\n" AGENT "--==X==--\n", "a=b agent" },
		{ HEAD "--==X==\n" AGENT "--==X==--\n", "a=b agent" },
		{ "Content-Type: multipart/mixed;\r\n boundary=X\r\n\r\n--X\r\nA: b\r\n\r\n" AGENT "\r\n--X--\r\n", "a=b agent" },
		{ "content-type: multipart/mixed; BOUNDARY=X; a=b\n\n--X\n\n" AGENT "--X--\n", "a=b agent" },
		{ HEAD "--==X==\nContent-Transfer-Encoding: base64\n\nazNzIGFnZW50IC0t\nbm9kZS1sYWJlbCBhPWIK\n--==X==--\n", "a=b agent" },
		{ HEAD "--==X==\nContent-Type: text/cloud-config\n\nruncmd:\n- " AGENT "--==X==--\n", "a=b agent" },
		{ HEAD "--==X==\nContent-Type: text/cloud-config\nContent-Transfer-Encoding: base64\n\n"
		  "cnVuY21kOgotIGszcyBhZ2VudCAtLW5vZGUtbGFiZWwgYT1iCg==\n--==X==--\n", "a=b agent" },
		{ HEAD "--==X==\nContent-Type: application/node.eks.aws\n\n---\n" NODE_CONFIG "--==X==--\n",
		  "kubelet cluster:gitpod" },
		{ HEAD "--==X==\nContent-Type: multipart/mixed; boundary=Y\n\n--Y\n\n" AGENT "--Y--\n" PART "k3s agent --docker\n",
		  "a=b agent docker" },
		{ HEAD PART "A=b\n" PART "k3s agent --node-label a=$A\n--==X==--\n", "a=b agent" },
		{ HEAD "--==X==--\n" PART AGENT, "" },
		{ HEAD, "" },
		{ "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\n" AGENT, "a=b agent" },
		{ "Content-Type: text/x-shellscript\n\n" AGENT, "a=b agent" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

/* Packs the text as the letters say: z gzip, b base64, m MIME, p MIME with base64 inside. */
static struct pl_buf packed(const char *text, const char *how)
{
	struct pl_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, text);
	for (; *how; how++) {
		struct pl_buf out = PL_BUF_INIT, coded = PL_BUF_INIT;

		if (*how == 'z') {
			out = gzip_of(b.data, b.len);
		} else if (*how == 'b') {
			out = base64_of(b.data, b.len);
		} else {
			coded = base64_of(b.data, b.len);
			pl_buf_addf(&out, HEAD "--==X==\n%s\n", *how == 'p' ? "Content-Transfer-Encoding: base64\n" : "");
			pl_buf_add(&out, *how == 'p' ? coded.data : b.data, *how == 'p' ? coded.len : b.len);
			pl_buf_adds(&out, "\n--==X==--\n");
		}
		pl_buf_release(&b);
		pl_buf_release(&coded);
		b = out;
	}
	return b;
}

static void packings(void **state)
{
	static const struct row rows[] = {
		{ "", "a=b agent" },          { "b", "a=b agent" },      { "z", "a=b agent" },
		{ "zb", "a=b agent" },        { "m", "a=b agent" },      { "p", "a=b agent" },
		{ "mzb", "a=b agent" },       { "pzb", "a=b agent" },    { "zpzb", "a=b agent" },
		{ "bb", "a=b agent" },        { "bzbz", "a=b agent" },   { "zzzzzzz", "a=b agent" },
		{ "zzzzzzzz", "open" },       { "pppppppp", "open" },    { "bbbbbbbbb", "open" },
		{ "zbzbzbzbzbzbzb", "open" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = packed("#!/bin/sh\n" AGENT, rows[i].text);

		check_bytes(i, b.data, b.len, rows[i].said);
	}
}

static void damage_is_open(void **state)
{
	pl_auto_buf zipped = packed(AGENT, "z"), coded = packed(AGENT, "b");

	(void)state;
	for (size_t n = 3; n < zipped.len; n++)
		check_bytes(n, zipped.data, n, "open");
	for (size_t n = 0; n < coded.len; n++)
		if (n % 4 == 1)
			check_bytes(n, coded.data, n, ""); /* a word that no program is */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k3s_config),
		cmocka_unit_test(host_keys),
		cmocka_unit_test(cloud_config),
		cmocka_unit_test(node_config),
		cmocka_unit_test(bottlerocket),
		cmocka_unit_test(multipart),
		cmocka_unit_test(packings),
		cmocka_unit_test(damage_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
