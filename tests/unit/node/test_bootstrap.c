/* SPDX-License-Identifier: Apache-2.0 */
/* Reading as a whole: texts as plans hold them, several in one, secrets, digests, hostile bytes. */
#include "said.h"

#include <time.h>

#include "base/limits.h"
#include "pack.h"

/* ---- as plans hold them ---- */

#define K3S "#!/bin/sh\nset -eu\nhostnamectl\n"
#define LABEL "  --node-label gitpod.io/workload_"
#define SAID "gitpod.io/workload_"
#define MANIFESTS "curl -sfLo /var/lib/rancher/k3s/server/manifests/"
#define CALICO "https://raw.githubusercontent.com/projectcalico/calico/v3.24.1/manifests/calico-vxlan.yaml"
#define CERT "https://github.com/cert-manager/cert-manager/releases/download/v1.9.1/cert-manager.yaml"

static const struct row plans[] = {
	{ "#!/bin/bash\nset -e\n/etc/eks/bootstrap.sh gitpod --apiserver-endpoint 'https://x.eu-west-1.eks.amazonaws.com/' "
	  "--b64-cluster-ca 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==' --container-runtime containerd --use-max-pods false "
	  "--kubelet-extra-args '--max-pods=110'\n",
	  "pods:110 kubelet cluster:gitpod containerd" },
	{ K3S "K3S_TOKEN=$(aws ssm get-parameter --name /k3s/token --with-decryption --query Parameter.Value --output text)\n"
	  "export K3S_TOKEN INSTALL_K3S_VERSION='v1.24.3+k3s1'\nexport K3S_URL='https://10.20.0.10:6443'\n"
	  "curl -sfL https://get.k3s.io | sh -s - agent  \\\n" LABEL "workspace_headless=true \\\n  --kubelet-arg max-pods=110\n",
	  SAID "workspace_headless=true pods:110 agent version:v1.24.3+k3s1 url:https://10.20.0.10:6443" },
	{ K3S "K3S_TOKEN='K10-made-up-token'\nexport K3S_TOKEN INSTALL_K3S_VERSION='v1.24.3+k3s1'\n"
	  "curl -sfL https://get.k3s.io | sh -s - server --disable traefik --flannel-backend=none --disable-network-policy \\\n"
	  LABEL "ide=true \\\n" LABEL "meta=true \\\n  --kubelet-arg max-pods=110\n"
	  MANIFESTS "calico.yaml \\\n  " CALICO "\n" MANIFESTS "cert-manager.yaml \\\n  " CERT "\n",
	  SAID "ide=true " SAID "meta=true pods:110 server version:v1.24.3+k3s1 flannel-off calico:" CALICO
	  " of:v3.24.1 cert-manager:" CERT " of:v1.9.1" },
};

static void texts_of_plans(void **state)
{
	(void)state;
	check_rows(plans, COUNT(plans));
	for (size_t i = 0; i < COUNT(plans); i++) {
		pl_auto_buf coded = base64_of(plans[i].text, strlen(plans[i].text));
		pl_auto_buf zipped = gzip_of(plans[i].text, strlen(plans[i].text));
		pl_auto_buf both = base64_of(zipped.data, zipped.len);

		check_bytes(i, coded.data, coded.len, plans[i].said);
		check_bytes(i, both.data, both.len, plans[i].said);
	}
}

static void several_texts(void **state)
{
	static const char *const texts[] = {
		"k3s server --node-label c=1 --node-label a=1 --node-taint x=y:NoSchedule",
		"",
		"k3s server --node-label a=2 --docker --node-label b=1",
		"echo 'node-label: c=$X' >/etc/rancher/k3s/config.yaml\nkubectl apply -f calico.yaml",
	};
	struct pl_arena arena = { NULL };
	struct pl_bootstrap b = { .arena = &arena };
	pl_auto_buf out = PL_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(read_copy(&b, texts[i], strlen(texts[i])));
	said(&out, &b);
	assert_string_equal(out.data, "a=2 b=1 c=$X taint:x=y:NoSchedule server docker calico:calico.yaml");
	pl_arena_release(&arena);
}

static void digests_are_not_known(void **state)
{
	static const struct {
		const char *text;
		bool known;
	} rows[] = {
		{ "8cce3ffe49bb7c4bc0f6f2c04b2c8cad95138aab", false },
		{ "jM4//km7fEvA9vLASyyMrZUTiqs=", false },
		{ "8cce3ffe49bb7c4bc0f6f2c04b2c8cad95138aa", true },
		{ "8cce3ffe49bb7c4bc0f6f2c04b2c8cad95138aabc", true },
		{ "8CCE3ffe49bb7c4bc0f6f2c04b2c8cad95138aab", true },
		{ "IyEvYmluL3NoCnNldCAtZXUKZWM=", true }, /* a script of 20 bytes */
		{ "jM4//km7fEvA9vLASyyMrZUTiqsA", true },
		{ "", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_arena arena = { NULL };
		struct pl_bootstrap b = { .arena = &arena };
		pl_auto_buf out = PL_BUF_INIT;

		if (read_copy(&b, rows[i].text, strlen(rows[i].text)) != rows[i].known)
			fail_msg("row %zu", i);
		said(&out, &b);
		assert_string_equal(out.data, "");
		pl_arena_release(&arena);
	}
}

/* Nothing of "hush" may be kept. */
static void secrets_are_not_kept(void **state)
{
	static const char *const texts[] = {
		"K3S_TOKEN=hush\nexport K3S_TOKEN\ncurl https://get.k3s.io | sh -s - agent\n",
		"curl https://get.k3s.io | K3S_TOKEN=hush sh -s - agent --token hush --token=hush --agent-token hush\n",
		"curl https://get.k3s.io | K3S_URL=https://u:hush@h:6443 sh -\n",
		"k3s agent -t hush -s https://hush@h\n",
		"TOKEN=hush\nk3s agent --node-label t=$TOKEN\n",
		"db_password=hush\nL=x=$db_password\nk3s agent --node-label $L --node-taint $L:NoSchedule\n",
		"MY_SECRET+=hush\n/etc/eks/bootstrap.sh $MY_SECRET --kubelet-extra-args --node-labels=a=$MY_SECRET\n",
		"TOKEN=hush\nkubectl apply -f https://h/$TOKEN/calico.yaml\n",
		"kubectl apply -f 'https://hush@h/calico.yaml?hush#hush'\n",
		"kubectl apply -f 'https://u:hush@h/a@b/cert-manager-v1.8.0.yaml'\n",
		"helm install c cert-manager/cert-manager --version v1.8.0 --set x=cert-manager/hush --password hush\n",
		"echo 'token: hush\nserver: https://u:hush@h' >/etc/rancher/k3s/config.yaml\n",
		"#cloud-config\nwrite_files:\n- path: /etc/rancher/k3s/config.yaml\n  content: 'token: hush'\npassword: hush\n",
		"cat >/var/lib/rancher/k3s/server/manifests/x.yaml <<E\nchart: https://u:hush@h/calico\nversion: 1\nE\n",
		"[settings.kubernetes]\nbootstrap-token = \"hush\"\ncluster-name = \"c\"\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct pl_arena arena = { NULL };
		struct pl_bootstrap b = { .arena = &arena };
		pl_auto_buf out = PL_BUF_INIT;

		assert_true(read_copy(&b, texts[i], strlen(texts[i])));
		said(&out, &b);
		if (!*out.data || strstr(out.data, "hush"))
			fail_msg("text %zu says \"%s\"", i, out.data);
		pl_arena_release(&arena);
	}
}

/* ---- hostile bytes ---- */

/* Seconds of the processor that a text of a megabyte may take, sanitizers and all. */
#define SECONDS 4

struct outcome {
	bool known;
	size_t labels;
	bool open;
};

static struct outcome read_in_time(size_t row, const char *text, size_t len)
{
	struct pl_arena arena = { NULL };
	struct pl_bootstrap b = { .arena = &arena };
	clock_t start = clock();
	struct outcome o;

	o.known = read_copy(&b, text, len);
	o.labels = b.label_count;
	o.open = b.labels_open;
	pl_arena_release(&arena);
	if (clock() - start > SECONDS * CLOCKS_PER_SEC)
		fail_msg("row %zu took %.1f s", row, (double)(clock() - start) / CLOCKS_PER_SEC);
	return o;
}

static void long_texts_take_no_time(void **state)
{
	static const struct {
		const char *head, *again, *tail;
	} rows[] = {
		{ "", "$(", "" },
		{ "", "\"$(", "" },
		{ "", "${", "" },
		{ "", "`", "" },
		{ "", "\\", "" },
		{ "", "'", "" },
		{ "", "<<E", "" },
		{ "", "<<E ", "" },
		{ "", "<<E\n", "" },
		{ "", "<<E;", "" },
		{ "", "a <<E\nx\nE\n", "" },
		{ "", "a <<E >f\nx\nE\n", "" },
		{ "", "echo x >>f\n", "cat f >g" },
		{ "echo x >f\n", "cat f >>f\n", "" },
		{ "echo x >f\n", "cat f >>f;", "" },
		{ "echo x >f\n", "cp f g;", "" },
		{ "echo x >f\n", "kubectl apply -f f;", "" },
		{ "", "(", "" },
		{ "", ";", "" },
		{ "", "|", "" },
		{ "", "a|", "" },
		{ "", "a ", "" },
		{ "", "if ", "" },
		{ "", "A=b ", "c" },
		{ "", "A=b\n", "" },
		{ "A=x\n", "A=$A$A\n", "" },
		{ "", "A+=x\n", "" },
		{ "", "KUBELET_EXTRA_ARGS+=' --node-labels=a=b'\n", "" },
		{ "A=x\n", "B=$A\nA=$B$B\n", "k3s agent --node-label $A" },
		{ "", "sh -c '", "" },
		{ "", "sh -c \"sh -c '", "" },
		{ "sh ", "-o ", "" },
		{ "k3s agent ", "--node-label a=b ", "" },
		{ "k3s agent --node-label ", "a=b,", "" },
		{ "k3s agent --node-label ", "=", "" },
		{ "k3s agent --disable ", "servicelb,", "" },
		{ "kubectl apply -f ", "calico/v1.", "" },
		{ "kubectl apply ", "-f calico.yaml ", "" },
		{ "kubectl apply -f ", "v", "" },
		{ "helm install ", "calico ", "" },
		{ "/etc/eks/bootstrap.sh ", "--kubelet-extra-args ", "" },
		{ "#cloud-config\nruncmd:\n", "- k3s agent\n", "" },
		{ "#cloud-config\nwrite_files:\n", "- {path: f, content: x, append: true}\n", "" },
		{ "#cloud-config\n", "[", "" },
		{ "#cloud-config\n", "- ", "" },
		{ "#cloud-config\n", "x", ": y" },
		{ "#cloud-config\n", "? ", "" },
		{ "[settings.kubernetes]\n", "a.", "" },
		{ "[settings.kubernetes]\n", "[", "" },
		{ "[settings.kubernetes]\na = [\n", "\n#", "" },
		{ "[settings.kubernetes.node-labels]\n", "a='b'\n", "" },
		{ "[settings.kubernetes.node-labels]\n", "'", "" },
		{ "A: b; boundary=X\n\n", "--X\n", "" },
		{ "A: b; boundary=X\n\n", "--X\n\nk3s agent\n", "" },
		{ "A: b; boundary=X\n\n", "--X\nA: b; boundary=X\n\n", "" },
		{ "", "A: boundary=\n", "" },
		{ "A: ", "boundary=", "\n\n" },
		{ "", "A:\n", "" },
		{ "", "\n", "" },
		{ "", "#\n", "" },
		{ "", " ", "" },
		{ "", "A", "" },
		{ "", "\xff", "" },
		{ "", "\xef\xa3\xbf", "" },
		{ "", "\x1f\x8b\x08", "" },
		{ "", "\x1f", "" },
		{ "echo \"", "\xc3\xa9", "\"" },
		{ "printf '", "%s\\n", "' >f" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_buf_adds(&b, rows[i].head);
		while (b.len < 1 << 20)
			pl_buf_adds(&b, rows[i].again);
		pl_buf_adds(&b, rows[i].tail);
		read_in_time(i, b.data, b.len);
	}
}

static void doublings_end(void **state)
{
	static const struct {
		const char *again, *tail;
		size_t times;
		bool known;
	} rows[] = {
		{ "A=$A$A\n", "k3s agent --node-label a=$A\n", 10, true },
		{ "A=$A$A\n", "k3s agent --node-label a=$A\n", 30, false },
		{ "A=\"$A$A\"\n", "", 1000, false },
		{ "cat f f >g; mv g f\n", "", 40, false },
		{ "echo \"$A$A\" >f\nA=$A$A\n", "", 30, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;
		struct outcome o;

		pl_buf_adds(&b, "A=x\necho x >f\n");
		for (size_t k = 0; k < rows[i].times; k++)
			pl_buf_adds(&b, rows[i].again);
		pl_buf_adds(&b, rows[i].tail);
		o = read_in_time(i, b.data, b.len);
		if (o.known != rows[i].known)
			fail_msg("row %zu", i);
	}
}

static void many_labels(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	struct outcome o;

	(void)state;
	pl_buf_adds(&b, "k3s agent --node-label ");
	for (long long i = 0; i < 300000; i++)
		pl_buf_addf(&b, "k%lld=v,", i * 7919 % 300000);
	o = read_in_time(0, b.data, b.len);
	assert_true(o.known);
	assert_int_equal(o.labels, 300000);
}

static void sizes_have_limits(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;

	(void)state;
	pl_buf_adds(&b, "#!/bin/sh\nk3s agent --node-label a=b\n#");
	pl_buf_pad(&b, 'x', PL_LIMIT_USERDATA_BYTES - b.len);
	assert_true(read_in_time(0, b.data, b.len).known);
	assert_int_equal(read_in_time(0, b.data, b.len).labels, 1);
	pl_buf_addc(&b, 'x');
	assert_false(read_in_time(1, b.data, b.len).known);
}

static void bombs_end(void **state)
{
	pl_auto_buf zeros = PL_BUF_INIT, file = PL_BUF_INIT;
	struct outcome o;

	(void)state;
	pl_buf_pad(&zeros, '\n', PL_LIMIT_USERDATA_BYTES * 5);
	for (int layers = 1; layers <= 3; layers++) {
		pl_auto_buf bomb = gzip_of(zeros.data, zeros.len);
		pl_auto_buf coded = base64_of(bomb.data, bomb.len);

		assert_false(read_in_time(0, bomb.data, bomb.len).known);
		assert_false(read_in_time(1, coded.data, coded.len).known);
		pl_buf_truncate(&file, 0);
		pl_buf_addf(&file, "#cloud-config\nwrite_files:\n- path: f\n  encoding: gz+b64\n  content: '%s'\n", coded.data);
		o = read_in_time(2, file.data, file.len);
		assert_true(!o.known || layers > 1);
		pl_buf_release(&zeros);
		zeros = bomb;
		bomb = (struct pl_buf)PL_BUF_INIT;
	}
}

static const char everything[] =
	"\xef\xbb\xbf\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"=X=\"\r\n\r\n--=X=\r\n"
	"Content-Type: text/cloud-config\r\n\r\n#cloud-config\r\nwrite_files:\r\n- {path: /etc/rancher/k3s/config.yaml, "
	"content: 'node-label: [a=b]'}\r\nruncmd:\r\n- [k3s, agent]\r\n--=X=\nContent-Transfer-Encoding: base64\n\n"
	"azNzIGFnZW50IC0tbm9kZS1sYWJlbCBhPWIK\n--=X=\n\n#!/bin/sh\nA='x' B=\"$A\\\"\" C=$(d `e`) D=${F:-g}\n"
	"export L+=a=b,c=$D; if x; then y && z; fi\ncat <<E <<-'G' | tee -a f >>h\n$A \\$B\nE\n\t\"`\n\tG\nsh f\n"
	"/etc/eks/bootstrap.sh n --kubelet-extra-args \"--node-labels=$L,\\\n--max-pods 3\"\n"
	"curl https://get.k3s.io | K3S_URL=$A sh -s - agent --docker\nprintf '%s\\n' a | base64 -d >k\n"
	"kubectl apply -f https://u@h/v1.2/calico.yaml?x\n--=X=\n\n[settings.kubernetes]\na.\"b\" = [\"c\",\n'd']\n"
	"--=X=\n\n---\napiVersion: node.eks.aws/v1alpha1\nspec: {kubelet: {flags: [--node-labels=a=b]}}\n--=X=--\n";

static void survives_cuts_and_changes(void **state)
{
	static const char bytes[] = { '\0', '\xff', '\n', '\'', '"', '$', '\\', '<', '-', ' ' };

	(void)state;
	for (size_t n = 0; n < sizeof everything; n++)
		read_in_time(n, everything, n);
	for (size_t i = 0; i < sizeof everything - 1; i++)
		for (size_t k = 0; k < sizeof bytes; k++) {
			char copy[sizeof everything];

			memcpy(copy, everything, sizeof copy);
			copy[i] = bytes[k];
			read_in_time(i, copy, sizeof copy - 1);
		}
}

static void nul_bytes_are_passed_over(void **state)
{
	static const char text[] = "#!/bin/sh\0\nk3s ag\0ent --node-label a\0=b\n\0\0";

	(void)state;
	check_bytes(0, text, sizeof text - 1, "a=b agent");
	check_bytes(1, "\0\0\0", 3, "");
	check_bytes(2, "\0k3s agent", 10, "agent");
}

/* Files that are scripts, and write to themselves and to each other. */
static void files_that_write_themselves(void **state)
{
	static const struct row rows[] = {
		{ "cat >/etc/default/kubelet <<'E'\necho x >>/etc/default/kubelet\nKUBELET_EXTRA_ARGS=--node-labels=a=b\nE\n", "a=b" },
		{ "cat >/etc/default/kubelet <<'E'\nsh /etc/default/kubelet\nk3s agent --node-label a=b\nE\n", "a=b agent" },
		{ "echo x >/a\ncat >/etc/default/kubelet <<'E'\necho y >/a\necho z >/b\nk3s agent\nE\n", "agent" },
		{ "cat >/a <<'E'\necho 'k3s server' >/a\nsh /a\nk3s agent\nE\nsh /a\n", "agent" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_plans),
		cmocka_unit_test(several_texts),
		cmocka_unit_test(digests_are_not_known),
		cmocka_unit_test(secrets_are_not_kept),
		cmocka_unit_test(long_texts_take_no_time),
		cmocka_unit_test(doublings_end),
		cmocka_unit_test(many_labels),
		cmocka_unit_test(sizes_have_limits),
		cmocka_unit_test(bombs_end),
		cmocka_unit_test(survives_cuts_and_changes),
		cmocka_unit_test(nul_bytes_are_passed_over),
		cmocka_unit_test(files_that_write_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
