/* SPDX-License-Identifier: Apache-2.0 */
/* What Azure's resources become. */
#include "../facts.h"
#include "azure/azure.h"

#define ID "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c"
#define CLUSTER(more) \
	RESOURCE("azurerm_kubernetes_cluster", "c", "\"name\":\"c\",\"id\":\"" ID "\"," more)
#define POOL(more) \
	RESOURCE("azurerm_kubernetes_cluster_node_pool", "p", \
		 "\"name\":\"p\",\"kubernetes_cluster_id\":\"/SUBSCRIPTIONS/S/resourcegroups/g/providers/" \
		 "Microsoft.ContainerService/managedClusters/C\"," more)
#define NETWORK(more) "\"network_profile\":[{" more "}]"
#define CASE_CLUSTER(more, attr, expected) { STATE(CLUSTER(more)), PL_CLUSTER, "c", attr, expected }
#define CASE_POOL(more, attr, expected) \
	{ STATE(CLUSTER("\"kubernetes_version\":\"1.24.10\"," NETWORK("\"network_plugin\":\"kubenet\"")) \
		"," POOL(more)), PL_POOL, "p", attr, expected }
#define CASE_DEFAULT(more, attr, expected) \
	{ STATE(CLUSTER("\"default_node_pool\":[{\"name\":\"d\"," more "}]")), PL_POOL, "d", attr, expected }

static const struct fact_case clusters[] = {
	CASE_CLUSTER("\"kubernetes_version\":\"1.24\"", PL_CLUSTER_VERSION, "1.24"),
	CASE_CLUSTER("\"kubernetes_version\":null", PL_CLUSTER_VERSION, "?"),
	/* "" in a state: nobody asked */
	CASE_CLUSTER("\"kubernetes_version\":\"\"", PL_CLUSTER_VERSION, "?"),
	CASE_CLUSTER("\"kubernetes_version\":\"\",\"current_kubernetes_version\":\"1.24.10\"",
		     PL_CLUSTER_VERSION, "1.24.10"),
	CASE_CLUSTER("\"kubernetes_version\":\"1.24.10\",\"current_kubernetes_version\":\"1.26.3\"",
		     PL_CLUSTER_VERSION, "1.26.3"),
	CASE_CLUSTER("\"kubernetes_version\":\"1.24.10\",\"current_kubernetes_version\":\"1.23.15\"",
		     PL_CLUSTER_VERSION, "1.24.10"),
	CASE_CLUSTER(NETWORK("\"network_policy\":\"\""), PL_CLUSTER_NETWORK_POLICY, "none"),
	CASE_CLUSTER(NETWORK("\"network_policy\":\"calico\""), PL_CLUSTER_NETWORK_POLICY, "calico"),
	CASE_CLUSTER(NETWORK("\"network_policy\":null"), PL_CLUSTER_NETWORK_POLICY, "none"),
	CASE_CLUSTER(NETWORK("\"network_plugin\":\"none\""), PL_CLUSTER_NETWORK_POLICY, "?"),
	CASE_CLUSTER(NETWORK("\"network_plugin\":\"none\",\"network_policy\":\"\""),
		     PL_CLUSTER_NETWORK_POLICY, "?"),
	CASE_CLUSTER(NETWORK("\"network_data_plane\":\"cilium\""), PL_CLUSTER_NETWORK_POLICY,
		     "cilium"),
	CASE_CLUSTER(NETWORK("\"ebpf_data_plane\":\"cilium\",\"network_policy\":\"\""),
		     PL_CLUSTER_NETWORK_POLICY, "cilium"),
	CASE_CLUSTER(NETWORK("\"load_balancer_sku\":\"Basic\""), PL_CLUSTER_LB_SKU, "basic"),
	CASE_CLUSTER(NETWORK("\"load_balancer_sku\":null"), PL_CLUSTER_LB_SKU, "standard"),
	CASE_CLUSTER("\"automatic_upgrade_channel\":\"\"", PL_CLUSTER_CHANNEL, "-"),
	CASE_CLUSTER("\"automatic_upgrade_channel\":\"stable\"", PL_CLUSTER_CHANNEL, "stable"),
	CASE_CLUSTER("\"sku_tier\":\"Free\"", PL_CLUSTER_ACCOUNT, "s"),
};

static const struct fact_case pools[] = {
	CASE_POOL("\"os_sku\":\"Ubuntu2204\"", PL_POOL_OS_VERSION, "22.04"),
	CASE_POOL("\"os_sku\":\"Ubuntu\"", PL_POOL_OS_VERSION, "?"),
	CASE_POOL("\"os_sku\":null", PL_POOL_OS, "ubuntu"),
	CASE_POOL("\"os_sku\":\"AzureLinux\"", PL_POOL_OS, "azure-linux"),
	CASE_POOL("\"os_sku\":\"CBLMariner\"", PL_POOL_OS, "azure-linux"),
	CASE_POOL("\"os_sku\":\"Other\"", PL_POOL_OS, "?"),
	CASE_POOL("\"os_type\":\"Windows\",\"os_sku\":\"Windows2022\"", PL_POOL_OS, "windows"),
	CASE_POOL("\"os_type\":\"Linux\"", PL_POOL_RUNTIME, "containerd"),
	CASE_POOL("\"orchestrator_version\":\"1.18.1\"", PL_POOL_RUNTIME, "docker"),
	CASE_POOL("\"os_type\":\"Windows\",\"orchestrator_version\":\"1.22\"", PL_POOL_RUNTIME,
	  "docker"),
	CASE_POOL("\"orchestrator_version\":\"\"", PL_POOL_VERSION, "-"),
	CASE_POOL("\"orchestrator_version\":\"\",\"os_type\":\"Windows\"", PL_POOL_RUNTIME,
		  "containerd"),
	CASE_POOL("\"priority\":\"Spot\"", PL_POOL_CAPACITY, "spot"),
	CASE_POOL("\"priority\":\"Spot\",\"node_taints\":[\"a=b:NoSchedule\"]", PL_POOL_TAINTS,
		  "a=b:NoSchedule, kubernetes.azure.com/scalesetpriority=spot:NoSchedule"),
	CASE_POOL("\"priority\":null", PL_POOL_CAPACITY, "on-demand"),
	CASE_POOL("\"vm_size\":\"Standard_E16-4ds_v5\"", PL_POOL_VCPU, "4"),
	CASE_POOL("\"vm_size\":\"standard_d4S_V5\"", PL_POOL_MEMORY, "16 GiB"),
	CASE_POOL("\"vm_size\":null", PL_POOL_VCPU, "?"),
	CASE_POOL("\"enable_auto_scaling\":true,\"min_count\":2,\"max_count\":5", PL_POOL_MIN, "2"),
	CASE_POOL("\"auto_scaling_enabled\":true,\"min_count\":2,\"max_count\":5", PL_POOL_MAX,
	  "5"),
	CASE_POOL("\"auto_scaling_enabled\":\"true\",\"min_count\":\"2\",\"max_count\":5", PL_POOL_MIN, "2"),
	CASE_POOL("\"auto_scaling_enabled\":false,\"min_count\":2,\"node_count\":3", PL_POOL_MIN,
	  "3"),
	CASE_POOL("\"os_disk_size_gb\":512", PL_POOL_DISK, "512 GiB"),
	CASE_POOL("\"os_disk_size_gb\":null", PL_POOL_DISK, "?"),
	CASE_POOL("\"max_pods\":null", PL_POOL_MAX_PODS, "110"),
	{ STATE(CLUSTER(NETWORK("\"network_plugin\":\"azure\"")) "," POOL("\"mode\":\"User\"")),
	  PL_POOL,
	  "p", PL_POOL_MAX_PODS, "30" },
	{ STATE(CLUSTER(NETWORK("\"network_plugin\":\"azure\",\"network_plugin_mode\":\"overlay\"")) ","
		POOL("\"mode\":\"User\"")), PL_POOL, "p", PL_POOL_MAX_PODS, "250" },
	CASE_DEFAULT("\"only_critical_addons_enabled\":true", PL_POOL_TAINTS,
		     "CriticalAddonsOnly=true:NoSchedule"),
	CASE_DEFAULT("\"node_labels\":{\"a\":\"b\"}", PL_POOL_LABELS, "a=b"),
	CASE_DEFAULT("\"node_count\":1", PL_POOL_OS, "ubuntu"),
	/* a machine beside a cluster is no pool of it */
	{ STATE(CLUSTER("\"kubernetes_version\":\"1.24\"") ","
		RESOURCE("azurerm_linux_virtual_machine", "v", "\"name\":\"bastion\"")),
	  PL_POOL, "bastion", PL_POOL_MIN, "none of it" },
};

static const struct fact_case services[] = {
#define WITH(type, more) STATE(CLUSTER("\"sku_tier\":\"Free\"") "," RESOURCE(type, "x", "\"name\":\"x\"," more))
	{ WITH("azurerm_mysql_flexible_server", "\"version\":\"8.0.21\""), PL_DATABASE, "x",
	  PL_DB_VERSION, "8.0.21" },
	{ WITH("azurerm_mysql_server", "\"version\":\"5.7\""), PL_DATABASE, "x", PL_DB_ENGINE,
	  "mysql" },
	{ WITH("azurerm_postgresql_flexible_server", "\"version\":\"14\""), PL_DATABASE, "x",
	  PL_DB_ENGINE, "postgresql" },
	{ WITH("azurerm_mariadb_server", "\"version\":\"10.3\""), PL_DATABASE, "x", PL_DB_ENGINE,
	  "mariadb" },
	{ WITH("azurerm_mssql_server", "\"version\":\"12.0\""), PL_DATABASE, "x", PL_DB_ENGINE,
	  "sqlserver" },
	{ WITH("azurerm_mssql_managed_instance", "\"sku_name\":\"GP_Gen5\""), PL_DATABASE, "x",
	  PL_DB_ENGINE, "sqlserver" },
	{ WITH("azurerm_storage_account", "\"account_kind\":\"StorageV2\""), PL_BUCKET, "x",
	  PL_BUCKET_SERVICE, "azure-blob" },
	{ WITH("azurerm_storage_account", "\"account_kind\":\"FileStorage\""), PL_BUCKET, "x",
	  PL_BUCKET_SERVICE, "none of it" },
	{ WITH("azurerm_storage_container", "\"storage_account_name\":\"elsewhere\""), PL_BUCKET,
	  "x", PL_BUCKET_SERVICE, "azure-blob" },
	{ STATE(CLUSTER("\"sku_tier\":\"Free\"") ","
		RESOURCE("azurerm_storage_account", "a", "\"name\":\"a\"") ","
		RESOURCE("azurerm_storage_container", "x", "\"name\":\"x\",\"storage_account_name\":\"a\"")),
	  PL_BUCKET, "x", PL_BUCKET_SERVICE, "none of it" },
	{ WITH("azurerm_container_registry", "\"sku\":\"Premium\""), PL_REGISTRY, "x",
	  PL_REGISTRY_SERVICE, "acr" },
	{ WITH("azurerm_lb_rule", "\"protocol\":\"Tcp\",\"frontend_port\":22"), PL_LOAD_BALANCER,
	  "x",
	  PL_LB_PORTS, "22" },
	{ WITH("azurerm_lb_rule", "\"protocol\":\"All\",\"frontend_port\":0"), PL_LOAD_BALANCER,
	  "x",
	  PL_LB_PORTS, "22, 80, 443" },
	{ WITH("azurerm_lb_rule", "\"protocol\":\"Tcp\""), PL_LOAD_BALANCER, "x", PL_LB_PORTS, "?" },
	{ WITH("azurerm_lb_nat_rule", "\"protocol\":\"Tcp\",\"frontend_port\":22"),
	  PL_LOAD_BALANCER, "x", PL_LB_PORTS, "22" },
	{ WITH("azurerm_lb_nat_rule", "\"protocol\":\"Tcp\",\"frontend_port_start\":20,"
	       "\"frontend_port_end\":80"), PL_LOAD_BALANCER, "x", PL_LB_PORTS, "22, 80" },
	{ WITH("azurerm_lb_rule", "\"protocol\":\"Udp\",\"frontend_port\":443"), PL_LOAD_BALANCER,
	  "x",
	  PL_LB_PORTS, "none of it" },
	{ WITH("azurerm_application_gateway", "\"frontend_port\":[{\"port\":80},{\"port\":443}]"),
	  PL_LOAD_BALANCER, "x", PL_LB_PORTS, "80, 443" },
};

/* With network_plugin "none" the cluster brings its own network. */
static void own_network(void **state)
{
	static const struct {
		const char *plugin, *chart, *policy;
	} cases[] = {
		{ "none", "tigera-operator", "calico" },
		{ "none", "cilium", "?" },
		{ "kubenet", "tigera-operator", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *source = pl_model_strf(m, STATE(CLUSTER(NETWORK("\"network_plugin\":\"%s\"")) ","
				RESOURCE("helm_release", "h", "\"chart\":\"%s\"")),
				cases[i].plugin, cases[i].chart);
		const struct fact_case row = { source, PL_CLUSTER, "c", PL_CLUSTER_NETWORK_POLICY, NULL };

		assert_int_equal(collect(m, source, NULL), 0);
		pl_model_join(m);
		pl_azure_own_network(m, find_object(m, PL_CLUSTER, "c"));
		assert_string_equal(fact_text(m, &row), cases[i].policy);
	}
}

/* Bounds tell that a pool is scaled where the switch itself is decided at apply. */
#define SCALED(after) \
	PLAN_OF(CREATES("azurerm_kubernetes_cluster", "c", "\"name\":\"c\"", "") "," \
		CREATES("azurerm_kubernetes_cluster_node_pool", "p", "\"name\":\"p\"" after, \
			"\"auto_scaling_enabled\":true"), \
		WRITES("azurerm_kubernetes_cluster_node_pool", "p", \
		       "\"auto_scaling_enabled\":{\"references\":[\"local.scaled\"]}"))
static const struct fact_case switches[] = {
	{ SCALED(",\"min_count\":1,\"max_count\":5"), PL_POOL, "p", PL_POOL_MIN, "1" },
	{ SCALED(",\"min_count\":null,\"max_count\":null"), PL_POOL, "p", PL_POOL_MIN, "?" },
};

static void bounds_tell_of_autoscaling(void **state)
{
	(void)state;
	check_facts(switches, sizeof switches / sizeof *switches);
}

/* A dynamic block leaves no trace in the configuration. */
static const struct fact_case dynamic_blocks[] = {
	{ PLAN_OF(CREATES("azurerm_kubernetes_cluster", "c", "\"name\":\"c\"", "") ","
		  CREATES("azurerm_application_gateway", "g", "\"name\":\"g\"", "\"frontend_port\":true"),
		  WRITES("azurerm_application_gateway", "g", "")),
	  PL_LOAD_BALANCER, "g", PL_LB_PORTS, "?" },
};

static void blocks_that_leave_no_trace(void **state)
{
	(void)state;
	check_facts(dynamic_blocks, sizeof dynamic_blocks / sizeof *dynamic_blocks);
}

static void clusters_of_azure(void **state)
{
	(void)state;
	check_facts(clusters, sizeof clusters / sizeof *clusters);
}

static void pools_of_azure(void **state)
{
	(void)state;
	check_facts(pools, sizeof pools / sizeof *pools);
}

static void services_of_azure(void **state)
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
		{ { { "service.beta.kubernetes.io/azure-load-balancer-internal", "true" } }, 1,
		  NULL },
		{ { { "networking.gke.io/load-balancer-type", "Internal" } }, 1, "GKE only" },
		{ { { "alb.ingress.kubernetes.io/scheme", "internal" } }, 1, "AWS only" },
		{ { { "service.beta.kubernetes.io/azure-dns-label-name", "x" },
		    { "service.beta.kubernetes.io/azure-load-balancer-internal", "true" } }, 2,
		  "for a public name" },
		{ { { "service.beta.kubernetes.io/azure-load-balancer-internal-subnet", "x" } }, 1,
		  "does nothing without" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *text = problems_of(m, &pl_provider_azure, "aks", cases[i].pairs,
		  cases[i].count);

		if (cases[i].says ? !pl_contains(text, cases[i].says) : !pl_streq(text, "none"))
			fail_msg("row %zu: %s", i, text);
		assert_string_equal(problems_of(m, &pl_provider_azure, "other", cases[i].pairs,
						cases[i].count), "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_network),
		cmocka_unit_test(bounds_tell_of_autoscaling),
		cmocka_unit_test(blocks_that_leave_no_trace),
		cmocka_unit_test(clusters_of_azure),
		cmocka_unit_test(pools_of_azure),
		cmocka_unit_test(services_of_azure),
		cmocka_unit_test(annotations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
