/* SPDX-License-Identifier: Apache-2.0 */
/* Where the nodes of a GKE pool will stand, and how many those are. */
#include "../facts.h"

#define CLUSTER(more) \
	RESOURCE("google_container_cluster", "c", "\"name\":\"c\",\"initial_node_count\":1," \
		 "\"remove_default_node_pool\":true" more)
#define POOL(more) RESOURCE("google_container_node_pool", "p", "\"name\":\"p\",\"cluster\":\"c\"" more)
#define CASE(cluster, pool, attr, expected) \
	{ STATE(CLUSTER(cluster) "," POOL(pool)), PL_POOL, "p", attr, expected }
#define IN_ZONE ",\"location\":\"europe-west3-b\""
#define IN_REGION ",\"location\":\"europe-west3\""
#define ZONES(list) ",\"node_locations\":[" list "]"
#define SCALED(bounds) ",\"autoscaling\":[{" bounds "}]"
#define PER_ZONE SCALED("\"min_node_count\":2,\"max_node_count\":9")
#define TOTALS SCALED("\"min_node_count\":0,\"total_min_node_count\":3,\"total_max_node_count\":9")
#define UPGRADE(what) ",\"upgrade_settings\":[{" what "}]"
#define POLICY(what) ",\"ip_allocation_policy\":[{" what "}]"
#define NETWORK(what) ",\"network_config\":[{" what "}]"

static const struct fact_case zones[] = {
	CASE(IN_ZONE, "", PL_POOL_ZONES, "europe-west3-b"),
	CASE(IN_ZONE ZONES("\"europe-west3-c\""), "", PL_POOL_ZONES, "europe-west3-b, europe-west3-c"),
	CASE(IN_ZONE, ZONES("\"europe-west3-a\""), PL_POOL_ZONES, "europe-west3-a"),
	CASE(IN_REGION, "", PL_POOL_ZONES, "?"),
	CASE(IN_REGION ZONES("\"europe-west3-a\",\"europe-west3-c\""), "", PL_POOL_ZONES,
	     "europe-west3-a, europe-west3-c"),
	CASE("", "", PL_POOL_ZONES, "?"),
	{ STATE(POOL("")), PL_POOL, "p", PL_POOL_ZONES, "?" },
};

static const struct fact_case networks[] = {
	{ STATE(CLUSTER(",\"subnetwork\":\"nodes\"")), PL_CLUSTER, "c", PL_CLUSTER_SUBNETS, "nodes" },
	{ STATE(CLUSTER("")), PL_CLUSTER, "c", PL_CLUSTER_SUBNETS, "?" },
	CASE(",\"subnetwork\":\"nodes\"", "", PL_POOL_SUBNETS, "nodes"),
	CASE(",\"subnetwork\":\"nodes\"", NETWORK("\"subnetwork\":\"own\""), PL_POOL_SUBNETS, "own"),
	CASE("", "", PL_POOL_SUBNETS, "?"),
	CASE(POLICY("\"cluster_secondary_range_name\":\"pods\""), "", PL_POOL_POD_RANGE, "pods"),
	CASE(POLICY("\"cluster_ipv4_cidr_block\":\"/16\""), "", PL_POOL_POD_RANGE, "/16"),
	CASE(POLICY("\"cluster_secondary_range_name\":\"pods\""), NETWORK("\"pod_range\":\"more\""),
	     PL_POOL_POD_RANGE, "more"),
	CASE("", "", PL_POOL_POD_RANGE, "?"),
};

static const struct fact_case numbers[] = {
	CASE(IN_ZONE, ",\"node_count\":3", PL_POOL_DESIRED, "3"),
	CASE(IN_ZONE, ",\"node_count\":3,\"initial_node_count\":1", PL_POOL_DESIRED, "3"),
	CASE(IN_ZONE, PER_ZONE ",\"initial_node_count\":4", PL_POOL_DESIRED, "4"),
	CASE(IN_ZONE, PER_ZONE, PL_POOL_DESIRED, "2"),
	CASE(IN_ZONE, "", PL_POOL_DESIRED, "-"),
	CASE(IN_ZONE, PER_ZONE, PL_POOL_PER_ZONE, "true"),
	CASE(IN_ZONE, ",\"node_count\":3", PL_POOL_PER_ZONE, "true"),
	CASE(IN_ZONE, TOTALS, PL_POOL_PER_ZONE, "false"),
	/* the first size is given for each zone in any case */
	CASE(IN_REGION ZONES("\"a\",\"b\""), TOTALS ",\"initial_node_count\":2", PL_POOL_DESIRED, "4"),
	CASE(IN_REGION, TOTALS ",\"initial_node_count\":2", PL_POOL_DESIRED, "?"),
	CASE(IN_REGION, TOTALS, PL_POOL_DESIRED, "3"),
	CASE("", "", PL_POOL_SURGE, "1"),
	CASE("", UPGRADE("\"strategy\":\"SURGE\",\"max_surge\":4"), PL_POOL_SURGE, "4"),
	CASE("", UPGRADE("\"strategy\":\"BLUE_GREEN\""), PL_POOL_SURGE, "?"),
	CASE("", "", PL_POOL_IMAGE, "COS_CONTAINERD"),
	CASE("", ",\"node_config\":[{\"image_type\":\"UBUNTU_CONTAINERD\"}]", PL_POOL_IMAGE, "UBUNTU_CONTAINERD"),
};

/* While the pool is made GKE's choices are unknown, and none of them is anybody's. */
#define NEW(written) \
	PLAN_OF(CREATES("google_container_cluster", "c", "\"name\":\"c\"," \
			"\"location\":\"europe-west3-b\"", "\"node_locations\":true") "," \
		CREATES("google_container_node_pool", "p", "\"name\":\"p\",\"cluster\":\"c\"," \
			"\"initial_node_count\":2", "\"node_count\":true,\"node_locations\":true," \
			"\"upgrade_settings\":true,\"network_config\":true"), \
		WRITES("google_container_cluster", "c", "\"name\":{\"constant_value\":\"c\"}") "," \
		WRITES("google_container_node_pool", "p", "\"name\":{\"constant_value\":\"p\"}" written))

static const struct fact_case made[] = {
	{ NEW(""), PL_POOL, "p", PL_POOL_ZONES, "europe-west3-b" },
	{ NEW(""), PL_POOL, "p", PL_POOL_DESIRED, "2" },
	{ NEW(""), PL_POOL, "p", PL_POOL_SURGE, "1" },
	{ NEW(",\"node_locations\":{\"references\":[\"data.x.y\"]}"), PL_POOL, "p", PL_POOL_ZONES, "?" },
};

#define CHECK(cases) check_facts(cases, sizeof cases / sizeof *cases)

static void zones_of_a_pool(void **state)
{
	(void)state;
	CHECK(zones);
}

static void its_network(void **state)
{
	(void)state;
	CHECK(networks);
}

static void its_numbers(void **state)
{
	(void)state;
	CHECK(numbers);
}

static void a_pool_being_made(void **state)
{
	(void)state;
	CHECK(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_of_a_pool),
		cmocka_unit_test(its_network),
		cmocka_unit_test(its_numbers),
		cmocka_unit_test(a_pool_being_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
