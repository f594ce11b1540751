/* SPDX-License-Identifier: Apache-2.0 */
/* Which instances are k3s clusters, which of them belong together, and what is known of them. */
#include "../facts.h"

#define SERVER "curl -sfL https://get.k3s.io | INSTALL_K3S_VERSION=v1.24.3+k3s1 sh -s - server"
#define AGENT(address) \
	"curl -sfL https://get.k3s.io | K3S_URL=https://" address ":6443 INSTALL_K3S_VERSION=v1.24.3+k3s1 " \
	"sh -s - agent --node-label gitpod.io/workload_ide=true"
#define VM(module, name, address, script) \
	IN(module, "google_compute_instance", name, "\"name\":\"" name "\"," \
	   "\"machine_type\":\"n2d-standard-4\",\"network_interface\":[{\"network_ip\":\"" address "\"}]," \
	   "\"boot_disk\":[{\"initialize_params\":[{\"image\":\"ubuntu-2204-lts\",\"size\":100}]}]," \
	   "\"metadata_startup_script\":\"" script "\"")
#define BARE(name) RESOURCE("azurerm_linux_virtual_machine", name, \
			    "\"name\":\"" name "\",\"size\":\"Standard_D4s_v5\"")
#define MODULE(name) "\"module\":\"module." name "\","
#define PAIR(module, letter, address) \
	VM(module, letter "-server", "10.0.0.1", SERVER) "," VM(module, letter "-agent", "10.0.0.2", \
	   AGENT(address))
#define GKE_NEAR RESOURCE("google_container_cluster", "g", "\"name\":\"g\",\"remove_default_node_pool\":true")

static const struct {
	const char *source, *as;
	size_t clusters, pools;
} counts[] = {
	{ STATE(VM("", "a", "10.0.0.1", SERVER)), NULL, 1, 1 },
	{ STATE(VM("", "a", "10.0.0.1", SERVER) "," VM("", "b", "10.0.0.2", AGENT("10.0.0.1"))),
	  NULL, 1,
	  2 },
	{ STATE(VM("", "a", "10.0.0.1", SERVER) "," VM("", "b", "10.0.0.2", AGENT("elsewhere"))),
	  NULL, 1,
	  2 },
	/* agents that name their servers tell clusters of one module apart */
	{ STATE(VM("", "a", "10.0.0.1", SERVER) "," VM("", "b", "10.0.0.2", AGENT("10.0.0.1")) ","
		VM("", "c", "10.0.0.3", SERVER) "," VM("", "d", "10.0.0.4", AGENT("10.0.0.3"))),
		  NULL, 2, 4 },
	/* so do modules that each hold a server and agents; servers alone are one control plane */
	{ STATE(PAIR(MODULE("one"), "one", "$SERVER") "," PAIR(MODULE("two"), "two", "$SERVER")),
	  NULL, 2, 4 },
	{ STATE(PAIR(MODULE("one"), "one", "10.0.0.1") "," PAIR(MODULE("two"), "two",
	  "10.0.0.1")), NULL, 2,
	  4 },
	{ STATE(VM(MODULE("s1"), "s1", "10.0.0.1", SERVER) "," VM(MODULE("s2"), "s2", "10.0.0.2",
	  SERVER)
		"," VM("", "agent", "10.0.0.3", AGENT("lb"))), NULL, 1, 3 },
	/* without servers, the addresses that agents join */
	{ STATE(VM("", "a", "10.0.0.5", AGENT("one")) "," VM("", "b", "10.0.0.6", AGENT("one"))),
	  NULL, 1, 2 },
	{ STATE(VM("", "a", "10.0.0.5", AGENT("one")) "," VM("", "b", "10.0.0.6", AGENT("two"))),
	  NULL, 2, 2 },
	/* what does not say k3s is nobody's pool */
	{ STATE(BARE("bastion")), NULL, 0, 0 },
	{ STATE(BARE("bastion")), "k3s", 1, 1 },
	{ STATE(BARE("k3s-server")), NULL, 1, 1 },
	{ STATE(BARE("k3s-server")), "eks", 0, 0 },
	{ STATE(BARE("bastion") "," VM("", "a", "10.0.0.1", SERVER)), NULL, 1, 1 },
	{ STATE(VM("", "web", "10.0.0.1", "apt install nginx")), NULL, 0, 0 },
	{ STATE(GKE_NEAR "," BARE("bastion") "," VM("", "a", "10.0.0.1", SERVER)), NULL, 2, 1 },
	{ STATE(IN(MODULE("k3s"), "azurerm_linux_virtual_machine", "vm", "\"name\":\"vm\"")),
	  NULL, 1, 1 },
	{ STATE(RESOURCE("hcloud_server", "a", "\"name\":\"a\",\"labels\":{\"app\":\"k3s\"}")),
	  NULL, 1, 1 },
};

static size_t count_objects(const struct pl_model *m, enum pl_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++)
		n += m->objects[i]->kind == kind && !m->objects[i]->gone;
	return n;
}

static void clusters_and_pools(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		size_t clusters, pools;

		(void)collect(m, counts[i].source, counts[i].as);
		clusters = count_objects(m, PL_CLUSTER);
		pools = count_objects(m, PL_POOL);
		if (clusters != counts[i].clusters || pools != counts[i].pools)
			fail_msg("row %zu: %zu clusters and %zu pools, not %zu and %zu", i,
			  clusters, pools,
				 counts[i].clusters, counts[i].pools);
	}
}

#define ONE(script) STATE(VM("", "node", "10.0.0.1", script))
#define CASE(script, attr, expected) { ONE(script), PL_CLUSTER, NULL, attr, expected }
#define CASE_POOL(source, attr, expected) { STATE(source), PL_POOL, NULL, attr, expected }
#define CALICO "; curl -O https://x/calico/v3.24.1/manifests/calico-vxlan.yaml"

static const struct fact_case facts[] = {
	CASE(SERVER, PL_CLUSTER_DISTRIBUTION, "k3s"),
	CASE(SERVER, PL_CLUSTER_VERSION, "v1.24.3+k3s1"),
	CASE("curl -sfL https://get.k3s.io | sh -", PL_CLUSTER_VERSION, "?"),
	CASE(SERVER, PL_CLUSTER_NETWORK_POLICY, "flannel"),
	CASE(SERVER " --flannel-backend=none", PL_CLUSTER_NETWORK_POLICY, "?"),
	CASE(SERVER " --flannel-backend=none" CALICO, PL_CLUSTER_NETWORK_POLICY, "calico"),
	CASE(SERVER CALICO, PL_CLUSTER_NETWORK_POLICY, "flannel"),
	CASE(SERVER, PL_CLUSTER_SERVICE_LB, "true"),
	CASE(SERVER " --disable servicelb", PL_CLUSTER_SERVICE_LB, "false"),
	CASE(SERVER, PL_CLUSTER_PRIVILEGED, "?"),
	/* an agent alone tells nothing of its server */
	CASE(AGENT("10.0.0.9"), PL_CLUSTER_NETWORK_POLICY, "?"),
	CASE(AGENT("10.0.0.9"), PL_CLUSTER_ENDPOINT, "https://10.0.0.9:6443"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER " --node-label a/b=c"), PL_POOL_LABELS, "a/b=c"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER), PL_POOL_RUNTIME, "containerd"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER), PL_POOL_VERSION, "v1.24.3+k3s1"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER), PL_POOL_OS_VERSION, "22.04"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER), PL_POOL_MIN, "1"),
	CASE_POOL(VM("", "n", "10.0.0.1", SERVER), PL_POOL_DISK, "100 GiB"),
	/* groups: the template says what its instances are told, an autoscaler how many they are */
#define GROUP \
	RESOURCE("google_compute_instance_template", "t", "\"self_link\":\"T\",\"machine_type\":" \
		 "\"n2d-standard-16\",\"metadata_startup_script\":\"" AGENT("s") "\"") "," \
	RESOURCE("google_compute_instance_group_manager", "g", "\"name\":\"g\",\"self_link\":\"G\"," \
		 "\"target_size\":3,\"version\":[{\"instance_template\":\"T\"}]")
#define SCALER \
	RESOURCE("google_compute_autoscaler", "a", "\"name\":\"a\",\"target\":\"G\"," \
		 "\"autoscaling_policy\":[{\"min_replicas\":2,\"max_replicas\":9}]")
	CASE_POOL(GROUP, PL_POOL_LABELS, "gitpod.io/workload_ide=true"),
	CASE_POOL(GROUP, PL_POOL_VCPU, "16"),
	CASE_POOL(GROUP, PL_POOL_MIN, "3"),
	CASE_POOL(GROUP "," SCALER, PL_POOL_MIN, "2"),
	CASE_POOL(GROUP "," SCALER, PL_POOL_MAX, "9"),
	CASE_POOL(BARE("k3s"), PL_POOL_LABELS, "?"),
	CASE_POOL(BARE("k3s"), PL_POOL_RUNTIME, "?"),
	CASE_POOL(BARE("k3s"), PL_POOL_VCPU, "4"),
	CASE_POOL(VM("", "k3s", "10.0.0.1", "apt install nginx"), PL_POOL_LABELS, "?"),
	CASE_POOL(RESOURCE("digitalocean_droplet", "k3s",
	  "\"name\":\"k3s\",\"size\":\"s-4vcpu-8gb\","
			   "\"image\":\"ubuntu-22-04-x64\""), PL_POOL_MEMORY, "8 GiB"),
	CASE_POOL(RESOURCE("hcloud_server", "k3s", "\"name\":\"k3s\",\"server_type\":\"cx41\""),
		  PL_POOL_VCPU, "?"),
	CASE_POOL(RESOURCE("proxmox_virtual_environment_vm", "k3s", "\"name\":\"k3s\","
			   "\"cpu\":[{\"cores\":4,\"sockets\":2}],\"memory\":[{\"dedicated\":16384}]"),
		  PL_POOL_VCPU, "8"),
};

static void what_scripts_tell(void **state)
{
	(void)state;
	check_facts(facts, sizeof facts / sizeof *facts);
}

/* A cluster is called by what the names of its hosts share, in whole words. */
static void names(void **state)
{
	static const struct {
		const char *source, *name;
	} cases[] = {
		{ STATE(BARE("dev-k3s-a") "," BARE("dev-k3s-b")), "dev-k3s" },
		{ STATE(BARE("k3s1") "," BARE("k3s2")), "k3s" },
		{ STATE(BARE("k3s-1") "," BARE("k3s-10")), "k3s" },
		{ STATE(BARE("k3s-1")), "k3s-1" },
		{ STATE(PAIR(MODULE("one"), "x", "$S") "," PAIR(MODULE("two"), "x", "$S")),
		  "x (module.one)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();

		(void)collect(m, cases[i].source, NULL);
		assert_non_null(find_object(m, PL_CLUSTER, NULL));
		assert_string_equal(find_object(m, PL_CLUSTER, NULL)->name, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clusters_and_pools),
		cmocka_unit_test(what_scripts_tell),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
