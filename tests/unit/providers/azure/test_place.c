/* SPDX-License-Identifier: Apache-2.0 */
/* Where the nodes of an AKS pool will stand, and how many those are. */
#include "../facts.h"

#define CLUSTER(network) \
	RESOURCE("azurerm_kubernetes_cluster", "c", "\"name\":\"c\",\"id\":\"/x/c\"" network)
#define POOL(more) \
	RESOURCE("azurerm_kubernetes_cluster_node_pool", "p", \
		 "\"name\":\"p\",\"kubernetes_cluster_id\":\"/x/c\"" more)
#define CASE(network, pool, attr, expected) \
	{ STATE(CLUSTER(network) "," POOL(pool)), PL_POOL, "p", attr, expected }
#define NETWORK(what) ",\"network_profile\":[{" what "}]"
#define SCALED ",\"auto_scaling_enabled\":true,\"min_count\":3,\"max_count\":50"
#define SURGE(n) ",\"upgrade_settings\":[{\"max_surge\":\"" n "\"}]"

static const struct fact_case places[] = {
	CASE("", "", PL_POOL_ZONES, "none"),
	CASE("", ",\"zones\":[\"1\",\"3\"]", PL_POOL_ZONES, "1, 3"),
	CASE("", ",\"availability_zones\":[\"2\"]", PL_POOL_ZONES, "2"),
	CASE("", "", PL_POOL_SUBNETS, "none"),
	CASE("", ",\"vnet_subnet_id\":\"/s/n\"", PL_POOL_SUBNETS, "/s/n"),
	CASE("", ",\"os_sku\":\"Ubuntu2204\"", PL_POOL_IMAGE, "Ubuntu2204"),
	CASE("", "", PL_POOL_IMAGE, "?"),
	CASE("", "", PL_POOL_POD_RANGE, "?"),
	CASE(NETWORK("\"network_plugin\":\"azure\""), "", PL_POOL_POD_RANGE, "nodes"),
	CASE(NETWORK("\"network_plugin\":\"azure\""), ",\"pod_subnet_id\":\"/s/p\"", PL_POOL_POD_RANGE, "/s/p"),
	CASE(NETWORK("\"network_plugin\":\"azure\",\"network_plugin_mode\":\"overlay\","
		     "\"pod_cidr\":\"10.1.0.0/16\""), "", PL_POOL_POD_RANGE, "10.1.0.0/16"),
	CASE(NETWORK("\"network_plugin\":\"kubenet\""), "", PL_POOL_POD_RANGE, "10.244.0.0/16"),
};

static const struct fact_case numbers[] = {
	CASE("", ",\"node_count\":2", PL_POOL_DESIRED, "2"),
	CASE("", SCALED, PL_POOL_DESIRED, "3"),
	CASE("", SCALED ",\"node_count\":5", PL_POOL_DESIRED, "5"),
	CASE("", "", PL_POOL_DESIRED, "-"),
	/* a share is rounded up */
	CASE("", ",\"node_count\":2", PL_POOL_SURGE, "1"),
	CASE("", ",\"node_count\":21", PL_POOL_SURGE, "3"),
	CASE("", ",\"node_count\":10" SURGE("33%"), PL_POOL_SURGE, "4"),
	CASE("", ",\"node_count\":10" SURGE("2"), PL_POOL_SURGE, "2"),
	CASE("", SURGE("2"), PL_POOL_SURGE, "2"),
	CASE("", SURGE("33%"), PL_POOL_SURGE, "?"),
	CASE("", SURGE("some"), PL_POOL_SURGE, "-"),
};

static void places_of_pools(void **state)
{
	(void)state;
	check_facts(places, sizeof places / sizeof *places);
}

static void numbers_of_nodes(void **state)
{
	(void)state;
	check_facts(numbers, sizeof numbers / sizeof *numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_of_pools),
		cmocka_unit_test(numbers_of_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
