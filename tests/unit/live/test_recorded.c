/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that real API servers wrote, where a collection of them stands beside the tree; they are others'
 * and no part of it.  Every file is read as a page of every kind, and some have answers to give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#include "json/write.h"
#include "live.h"
#include "yaml/yaml.h"

#define RECORDED PL_SOURCE_DIR "/../shared/recorded/k8s"

static const struct {
	const char *files, *facts; /* KIND:FILE */
} answers[] = {
	{ "nodes:aks/api-nodelist-1.21.json", "cluster.distribution = aks\npool.container_runtime = containerd\n"
					"pool.container_runtime_version = 1.4.8+azure" },
	{ "nodes:aks/nodes-1.19.json", "cluster.provider = aks\npool/nodepool1.os_version = 18.04" },
	{ "nodes:eks/nodes-al2023-1.31.json daemonsets:eks/daemonsets-aws-node-kube-proxy.json",
	  "cluster.distribution = eks\npool.os = amazon-linux\ncluster.network_policy = vpc-cni" },
	{ "storageclasses:eks/storageclass-gp2.yaml", "storage_class/gp2.default = true" },
	{ "nodes:eks/api-nodelist-empty.json", "pool.version = no such object" },
	{ "nodes:gke/node-cos-docker-2021.yaml", "cluster.distribution = gke-standard\npool.os = cos\n"
					   "pool.container_runtime = docker" },
	{ "nodes:gke/node-cos-docker-2021.yaml daemonsets:gke/daemonset-calico-node.yaml", "cluster.network_policy = calico" },
	{ "deployments:gke/deployment-cert-manager.yaml", "component.name = cert-manager" },
	{ "services:gke/service-lb-external-local.yaml", "load_balancer.layer = 4\ncluster.service_load_balancer = true" },
	{ "nodes:k3s/nodelist-dualstack-1.28.json", "cluster.distribution = k3s" },
	{ "services:k3s/service-traefik-loadbalancer.yaml", "load_balancer/traefik.ports = 80, 443" },
	{ "nodes:kubeadm/kind-1.36-nodes.json daemonsets:kubeadm/kind-1.21-daemonsets-kindnet.json",
	  "cluster.distribution = kind\ncluster.network_policy = kindnet\n"
	  "node/k8rs-worker3.conditions = NotReady" },
	{ "nodes:kubeadm/aws-kubeadm-1.8-nodes.json daemonsets:kubeadm/aws-kubeadm-1.8-daemonsets-calico.json "
	  "storageclasses:kubeadm/aws-kubeadm-1.8-storageclasses.json",
	  "cluster.distribution = ?\ncluster.network_policy = calico\npool.os_version = 16.04" },
	{ "version:kubeadm/kind-1.21-version.json", "cluster.version = v1.21.1" },
	{ "nodes:openshift/api-nodelist-crc-4.4.json", "cluster.distribution = openshift\npool.os = rhcos" },
	{ "services:other/service-ibm-vpc.json", "cluster.service_load_balancer = true" },
};

/* ---- YAML, as the JSON that it stands for ---- */

static bool is_bare(const struct pl_yaml_node *n)
{
	const char *s = n->text;

	return !n->quoted && (pl_streq(s, "true") || pl_streq(s, "false") || pl_streq(s, "null") ||
			      (isdigit((unsigned char)*s) && strspn(s, "0123456789") == strlen(s) &&
			       (*s != '0' || !s[1])));
}

static void write_json(struct pl_json_out *w, const struct pl_yaml_node *n)
{
	bool map = n->kind == PL_YAML_MAPPING;
	int64_t number;

	if (n->kind == PL_YAML_SCALAR) {
		if (is_bare(n) && pl_parse_i64(n->text, &number))
			pl_json_int(w, number);
		else if (is_bare(n) && *n->text != 'n')
			pl_json_bool(w, *n->text == 't');
		else
			pl_json_str(w, n->text);
		return;
	}
	pl_json_open(w, map ? '{' : '[');
	for (size_t i = 0; i < n->count; i++) {
		if (map)
			pl_json_key(w, n->keys[i]->text);
		write_json(w, n->items[i]);
	}
	pl_json_close(w, map ? '}' : ']');
}

static void to_json(struct pl_buf *text)
{
	struct pl_arena arena = { NULL };
	struct pl_err err = PL_ERR_INIT;
	const struct pl_yaml_node *root;
	struct pl_buf json = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&json);

	if (!pl_yaml_parse(&arena, "recorded", text->data, text->len, &root, &err)) {
		write_json(&w, root);
		pl_buf_release(text);
		*text = json;
	}
	pl_arena_release(&arena);
}

static bool read_file(const char *path, struct pl_buf *out)
{
	FILE *f = fopen(path, "rb");
	char bytes[4096];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		pl_buf_add(out, bytes, n);
	fclose(f);
	if (pl_ends(path, ".yaml"))
		to_json(out);
	return true;
}

/* ---- reading ---- */

/* As a page of that kind (n 0: of every kind), it becomes part of the cluster; says whether it was one. */
static bool read_page(struct pl_kube *k, const struct pl_buf *text, struct pl_slice resource)
{
	const struct pl_slice body = { text->data, text->len };
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice next;
	bool any = false;

	if (!resource.n || pl_slice_is(resource, "version"))
		any = !pl_kube_version(k, body, &err);
	for (const struct pl_kube_kind *kind = pl_kube_kinds; kind->resource; kind++)
		if (!resource.n || pl_slice_is(resource, kind->resource))
			any |= !pl_kube_page(k, kind, body, &next, &err);
	return any || (!resource.n && err.code == PL_E_INPUT);
}

static size_t judge(const char *files, const char *facts)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	int source = pl_model_source(m, &(struct pl_source){ .name = "k8s://recorded", .kind = "kubernetes",
							     .witness = PL_CLUSTER_API, .complete = true });
	struct pl_kube *k = pl_kube_new(m, pl_providers, source, NULL);
	const char *list = files, *file;

	while ((file = next_part(m, &list, " "))) {
		const char *colon = strchr(file, ':');
		struct pl_slice resource = { file, colon ? (size_t)(colon - file) : 0 };
		pl_auto_buf text = PL_BUF_INIT;

		file = colon ? colon + 1 : file;
		if (!read_file(pl_model_strf(m, "%s/%s", RECORDED, file), &text) ||
		    !read_page(k, &text, resource))
			fail_msg("%s cannot be read", file);
	}
	for (const struct pl_kube_kind *kind = pl_kube_kinds; kind->resource; kind++)
		pl_kube_kind_end(k, kind, PL_KUBE_LISTED, NULL, NULL);
	pl_kube_finish(k);
	pl_kube_free(k);
	live_join(m);
	return live_wrong(m, files, facts);
}

static bool is_here(void)
{
	struct stat st;

	if (!stat(RECORDED, &st) && S_ISDIR(st.st_mode))
		return true;
	print_message("no recorded objects stand beside the tree\n");
	return false;
}

static void test_every_file(void **state)
{
	DIR *top = is_here() ? opendir(RECORDED) : NULL;
	struct dirent *folder, *file;

	(void)state;
	while (top && (folder = readdir(top))) {
		pl_auto_free char *path = pl_alloc(4096);
		DIR *dir;

		snprintf(path, 4096, "%s/%s", RECORDED, folder->d_name);
		dir = folder->d_name[0] == '.' ? NULL : opendir(path);
		while (dir && (file = readdir(dir))) {
			snprintf(path, 4096, "%s/%s", folder->d_name, file->d_name);
			if (file->d_name[0] != '.')
				assert_int_equal(judge(path, ""), 0);
		}
		if (dir)
			closedir(dir);
	}
	if (top)
		closedir(top);
}

static void test_answers(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; is_here() && i < sizeof answers / sizeof *answers; i++)
		wrong += judge(answers[i].files, answers[i].facts);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
