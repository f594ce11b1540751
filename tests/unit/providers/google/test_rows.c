/* SPDX-License-Identifier: Apache-2.0 */
/* What Google's resources become. */
#include "../facts.h"
#include "google/google.h"

#define CLUSTER(more) \
	RESOURCE("google_container_cluster", "c", "\"name\":\"c\",\"id\":\"projects/p/locations/l/clusters/c\"," more)
#define POOL(more) \
	RESOURCE("google_container_node_pool", "p", "\"name\":\"p\",\"cluster\":\"c\"," more)
#define BASE CLUSTER("\"initial_node_count\":1,\"remove_default_node_pool\":true")
#define CASE_CLUSTER(more, attr, expected) \
	{ STATE(CLUSTER(more)), PL_CLUSTER, "c", attr, expected }
#define CASE_POOL(more, attr, expected) \
	{ STATE(BASE "," POOL(more)), PL_POOL, "p", attr, expected }

static const struct fact_case clusters[] = {
	CASE_CLUSTER("\"enable_autopilot\":true", PL_CLUSTER_DISTRIBUTION, "gke-autopilot"),
	CASE_CLUSTER("\"enable_autopilot\":true", PL_CLUSTER_PRIVILEGED, "false"),
	CASE_CLUSTER("\"enable_autopilot\":true", PL_CLUSTER_NETWORK_POLICY, "dataplane-v2"),
	CASE_CLUSTER("\"enable_autopilot\":null", PL_CLUSTER_DISTRIBUTION, "gke-standard"),
	CASE_CLUSTER("\"enable_autopilot\":null", PL_CLUSTER_PRIVILEGED, "?"),
	CASE_CLUSTER("\"min_master_version\":\"1.22\",\"master_version\":\"1.24.5-gke.1\"",
		     PL_CLUSTER_VERSION, "1.24.5-gke.1"),
	CASE_CLUSTER("\"min_master_version\":\"1.24.9\",\"master_version\":\"1.23.1\"",
		     PL_CLUSTER_VERSION, "1.24.9"),
	CASE_CLUSTER("\"min_master_version\":\"latest\"", PL_CLUSTER_VERSION, "?"),
	CASE_CLUSTER("\"min_master_version\":null", PL_CLUSTER_VERSION, "?"),
	CASE_CLUSTER("\"location\":[]", PL_CLUSTER_LOCATION, "?"),
	CASE_CLUSTER("\"network_policy\":[{\"enabled\":true,\"provider\":\"CALICO\"}]",
		     PL_CLUSTER_NETWORK_POLICY, "calico"),
	CASE_CLUSTER("\"network_policy\":[{\"enabled\":true,\"provider\":null}]",
		     PL_CLUSTER_NETWORK_POLICY, "calico"),
	CASE_CLUSTER("\"network_policy\":[{\"enabled\":true,\"provider\":\"\"}]",
		     PL_CLUSTER_NETWORK_POLICY, "calico"),
	CASE_CLUSTER("\"network_policy\":[{\"enabled\":false,\"provider\":\"CALICO\"}]",
		     PL_CLUSTER_NETWORK_POLICY, "none"),
	CASE_CLUSTER("\"network_policy\":[{\"enabled\":true,\"provider\":\"CALICO\"}],"
		     "\"addons_config\":[{\"network_policy_config\":[{\"disabled\":true}]}]",
		     PL_CLUSTER_NETWORK_POLICY, "none"),
	CASE_CLUSTER("\"network_policy\":[]", PL_CLUSTER_NETWORK_POLICY, "none"),
	CASE_CLUSTER("\"network_policy\":[],\"datapath_provider\":\"ADVANCED_DATAPATH\"",
		     PL_CLUSTER_NETWORK_POLICY, "dataplane-v2"),
	CASE_CLUSTER("\"remove_default_node_pool\":true", PL_CLUSTER_DEFAULT_POOL, "removed"),
	CASE_CLUSTER("\"remove_default_node_pool\":null", PL_CLUSTER_DEFAULT_POOL, "kept"),
	CASE_CLUSTER("\"node_pool\":[{\"name\":\"a\"}]", PL_CLUSTER_DEFAULT_POOL, "inline"),
	CASE_CLUSTER("\"node_pool\":[{\"name\":\"default-pool\"}]", PL_CLUSTER_DEFAULT_POOL,
	  "kept"),
	{ STATE(CLUSTER("\"remove_default_node_pool\":null") "," POOL("\"node_count\":1")),
	  PL_CLUSTER, "c", PL_CLUSTER_DEFAULT_POOL, "kept" },
};

static const struct fact_case pools[] = {
	CASE_POOL("\"node_config\":[{\"image_type\":\"ubuntu_containerd\"}]", PL_POOL_OS, "ubuntu"),
	CASE_POOL("\"node_config\":[{\"image_type\":\"ubuntu_containerd\"}]", PL_POOL_RUNTIME,
		  "containerd"),
	CASE_POOL("\"node_config\":[{\"image_type\":\"UBUNTU\"}],\"version\":\"1.22.1\"",
		  PL_POOL_RUNTIME, "docker"),
	CASE_POOL("\"node_config\":[{\"image_type\":\"UBUNTU\"}],\"version\":\"1.24.1\"",
		  PL_POOL_RUNTIME, "containerd"),
	CASE_POOL("\"node_config\":[{\"image_type\":\"UBUNTU\"}]", PL_POOL_RUNTIME, "?"),
	CASE_POOL("\"node_config\":[{\"image_type\":\"CUSTOM\"}]", PL_POOL_OS, "?"),
	CASE_POOL("\"node_config\":[{}]", PL_POOL_OS, "cos"),
	CASE_POOL("\"node_config\":[{}]", PL_POOL_MACHINE, "e2-medium"),
	CASE_POOL("\"node_config\":[{}]", PL_POOL_DISK, "100 GiB"),
	CASE_POOL("\"node_config\":[{}]", PL_POOL_MAX_PODS, "110"),
	CASE_POOL("\"node_config\":[{\"spot\":true}]", PL_POOL_CAPACITY, "spot"),
	CASE_POOL("\"node_config\":[{\"preemptible\":true}]", PL_POOL_CAPACITY, "preemptible"),
	CASE_POOL("\"node_config\":[{\"spot\":false}]", PL_POOL_CAPACITY, "on-demand"),
	CASE_POOL("\"node_config\":[{\"taint\":[{\"key\":\"a\",\"value\":\"b\",\"effect\":\"NO_SCHEDULE\"},"
		  "{\"key\":\"c\",\"value\":\"\",\"effect\":\"PREFER_NO_SCHEDULE\"}]}]",
		  PL_POOL_TAINTS, "a=b:NoSchedule, c=:PreferNoSchedule"),
	CASE_POOL("\"node_config\":[{\"machine_type\":\"t2a-standard-4\"}]", PL_POOL_TAINTS,
		  "kubernetes.io/arch=arm64:NoSchedule"),
	CASE_POOL("\"node_config\":[{\"guest_accelerator\":[{\"type\":\"nvidia-tesla-t4\",\"count\":1}]}]",
		  PL_POOL_TAINTS, "nvidia.com/gpu=present:NoSchedule"),
	CASE_POOL("\"node_config\":[{\"guest_accelerator\":[{\"type\":\"nvidia-tesla-t4\",\"count\":0}]}]",
		  PL_POOL_TAINTS, "none"),
	CASE_POOL("\"node_config\":[{\"sandbox_config\":[{\"sandbox_type\":\"gvisor\"}]}]",
		  PL_POOL_TAINTS, "sandbox.gke.io/runtime=gvisor:NoSchedule"),
	CASE_POOL("\"node_count\":3", PL_POOL_MIN, "3"),
	CASE_POOL("\"initial_node_count\":2", PL_POOL_MAX, "2"),
	CASE_POOL("\"location\":\"l\"", PL_POOL_MIN, "?"),
	CASE_POOL("\"autoscaling\":[{\"min_node_count\":1,\"max_node_count\":4}],\"node_count\":9",
		  PL_POOL_MAX, "4"),
	CASE_POOL("\"autoscaling\":[{\"min_node_count\":0,\"total_min_node_count\":2}]",
	  PL_POOL_MIN,
		  "2"),
	CASE_POOL("\"autoscaling\":[{\"max_node_count\":2}]", PL_POOL_MIN, "0"),
	{ STATE(CLUSTER("\"default_max_pods_per_node\":64") "," POOL("\"node_count\":1")),
	  PL_POOL, "p",
	  PL_POOL_MAX_PODS, "64" },
	/* node_pool[] counts only where no resource does */
	{ STATE(CLUSTER("\"node_pool\":[{\"name\":\"a\",\"node_count\":1}]")), PL_POOL, "a",
	  PL_POOL_MIN,
	  "1" },
	{ STATE(CLUSTER("\"node_pool\":[{\"name\":\"a\"},{\"name\":\"p\"}]")
	  "," POOL("\"node_count\":1")),
	  PL_POOL, "a", PL_POOL_MIN, "none of it" },
	{ STATE(CLUSTER("\"initial_node_count\":3")), PL_POOL, "default-pool", PL_POOL_MIN, "3" },
	{ STATE(BASE), PL_POOL, "default-pool", PL_POOL_MIN, "none of it" },
	{ STATE(CLUSTER("\"remove_default_node_pool\":true,\"node_pool\":[{\"name\":\"default-pool\"}]")),
	  PL_POOL, "default-pool", PL_POOL_MIN, "none of it" },
	/* Autopilot refuses pools */
	{ STATE(CLUSTER("\"enable_autopilot\":true") "," POOL("\"node_count\":1")), PL_POOL, "p",
	  PL_POOL_MIN, "none of it" },
	{ STATE(CLUSTER("\"enable_autopilot\":true,\"node_pool\":[{\"name\":\"a\"}]")), PL_POOL,
	  "a",
	  PL_POOL_MIN, "none of it" },
};

#define RULE(more) \
	STATE(BASE "," RESOURCE("google_compute_forwarding_rule", "r", "\"name\":\"r\"," more) "," \
	      RESOURCE("google_compute_target_https_proxy", "h", \
		       "\"name\":\"h\",\"self_link\":\"https://x/global/targetHttpsProxies/h\"") "," \
	      RESOURCE("google_compute_target_tcp_proxy", "t", "\"name\":\"t\",\"self_link\":\"T\""))
#define CASE_RULE(more, attr, expected) { RULE(more), PL_LOAD_BALANCER, "r", attr, expected }

static const struct fact_case services[] = {
	CASE_RULE("\"target\":\"https://x/global/targetHttpsProxies/h\",\"port_range\":\"443-443\"",
		  PL_LB_LAYER, "7"),
	CASE_RULE("\"target\":\"T\",\"port_range\":\"443\"", PL_LB_LAYER, "4"),
	CASE_RULE("\"target\":\"https://y/regions/r/targetPools/z\"", PL_LB_LAYER, "4"),
	CASE_RULE("\"target\":\"something\"", PL_LB_LAYER, "?"),
	CASE_RULE("\"backend_service\":\"b\",\"ports\":[\"22\",\"443\"]", PL_LB_LAYER, "4"),
	CASE_RULE("\"backend_service\":\"b\",\"ports\":[\"22\",\"443\"]", PL_LB_PORTS, "22, 443"),
	CASE_RULE("\"port_range\":\"443-443\"", PL_LB_PORTS, "443"),
	CASE_RULE("\"port_range\":\"20-90\"", PL_LB_PORTS, "20, 22, 80, 90"),
	CASE_RULE("\"all_ports\":true,\"backend_service\":\"b\"", PL_LB_PORTS,
	  "1, 22, 80, 443, 65535"),
	CASE_RULE("\"load_balancing_scheme\":\"INTERNAL\",\"ports\":[\"22\"]", PL_LB_SCHEME,
	  "internal"),
	CASE_RULE("\"load_balancing_scheme\":\"EXTERNAL_MANAGED\"", PL_LB_SCHEME, "external"),
	CASE_RULE("\"load_balancing_scheme\":\"\"", PL_LB_LAYER, "none of it"),
	CASE_RULE("\"ip_protocol\":\"UDP\",\"ports\":[\"443\"]", PL_LB_LAYER, "none of it"),
#define SQL(version) \
	STATE(BASE "," RESOURCE("google_sql_database_instance", "d", \
				"\"name\":\"d\",\"database_version\":\"" version "\""))
	{ SQL("MYSQL_5_7"), PL_DATABASE, "d", PL_DB_VERSION, "5.7" },
	{ SQL("MYSQL_8_0_31"), PL_DATABASE, "d", PL_DB_VERSION, "8.0.31" },
	{ SQL("MYSQL_8_0_31"), PL_DATABASE, "d", PL_DB_ENGINE, "mysql" },
	{ SQL("POSTGRES_14"), PL_DATABASE, "d", PL_DB_ENGINE, "postgresql" },
	{ SQL("SQLSERVER_2019_STANDARD"), PL_DATABASE, "d", PL_DB_VERSION, "2019" },
	{ SQL("ORACLE_9"), PL_DATABASE, "d", PL_DB_ENGINE, "?" },
#define REGISTRY(more) \
	STATE(BASE "," RESOURCE("google_artifact_registry_repository", "g", \
				"\"repository_id\":\"g\"," more))
	{ REGISTRY("\"format\":\"DOCKER\""), PL_REGISTRY, "g", PL_REGISTRY_SERVICE, "gar" },
	{ REGISTRY("\"format\":\"MAVEN\""), PL_REGISTRY, "g", PL_REGISTRY_SERVICE, "none of it" },
	{ REGISTRY("\"format\":\"DOCKER\",\"mode\":\"REMOTE_REPOSITORY\""), PL_REGISTRY, "g",
	  PL_REGISTRY_SERVICE, "none of it" },
};

static void clusters_of_google(void **state)
{
	(void)state;
	check_facts(clusters, sizeof clusters / sizeof *clusters);
}

static void pools_of_google(void **state)
{
	(void)state;
	check_facts(pools, sizeof pools / sizeof *pools);
}

static void services_of_google(void **state)
{
	(void)state;
	check_facts(services, sizeof services / sizeof *services);
}

/* Annotations of other clouds do nothing; some of the cloud's own exclude each other. */
static void annotations(void **state)
{
	static const struct {
		struct pl_pair pairs[2];
		size_t count;
		const char *says; /* NULL: nothing is wrong */
	} cases[] = {
		{ { { "networking.gke.io/load-balancer-type", "Internal" } }, 1, NULL },
		{ { { "cloud.google.com/neg", "{}" } }, 1, NULL },
		{ { { "service.beta.kubernetes.io/aws-load-balancer-type", "nlb" } }, 1,
		  "AWS only" },
		{ { { "service.beta.kubernetes.io/azure-load-balancer-internal", "true" } }, 1,
		  "Azure only" },
		{ { { "cloud.google.com/l4-rbs", "enabled" },
		    { "networking.gke.io/load-balancer-type", "Internal" } }, 2,
		  "for an external one" },
		{ { { "networking.gke.io/internal-load-balancer-allow-global-access", "true" } }, 1,
		  "does nothing without" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *text = problems_of(m, &pl_provider_google, "gke", cases[i].pairs,
		  cases[i].count);

		if (cases[i].says ? !pl_contains(text, cases[i].says) : !pl_streq(text, "none"))
			fail_msg("row %zu: %s", i, text);
		assert_string_equal(problems_of(m, &pl_provider_google, "other", cases[i].pairs,
						cases[i].count), "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clusters_of_google),
		cmocka_unit_test(pools_of_google),
		cmocka_unit_test(services_of_google),
		cmocka_unit_test(annotations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
