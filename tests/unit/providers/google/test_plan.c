/* SPDX-License-Identifier: Apache-2.0 */
/* What Google's resources become in a plan that does not know all of them yet. */
#include "../facts.h"

#define CLUSTER "google_container_cluster"
#define NODE_POOL "google_container_node_pool"
#define THE_CLUSTER CREATES(CLUSTER, "c", "\"name\":\"c\",\"remove_default_node_pool\":true", "")
/* A pool whose node_config is written, and what is planned of it. */
#define POOL(after, unknown, expressions) \
	PLAN_OF(THE_CLUSTER "," CREATES(NODE_POOL, "p", "\"name\":\"p\",\"cluster\":\"c\"," after, \
					"\"id\":true," unknown), \
		WRITES(NODE_POOL, "p", "\"node_config\":[{" expressions "}]"))
#define CASE_CONFIG(after, unknown, expressions, attr, expected) \
	{ POOL("\"node_config\":[{" after "}]", "\"node_config\":[{" unknown "}]", expressions), \
	  PL_POOL, "p", attr, expected }

/* A dynamic block leaves no trace in the configuration. */
static const struct fact_case dynamic_blocks[] = {
	CASE_CONFIG("", "\"taint\":true,\"effective_taints\":true", "", PL_POOL_TAINTS, "?"),
	CASE_CONFIG("\"taint\":[]", "\"effective_taints\":true", "", PL_POOL_TAINTS, "none"),
	/* before provider 5 GKE's taints were written into `taint`, so nobody set it */
	CASE_CONFIG("", "\"taint\":true", "", PL_POOL_TAINTS, "none"),
	{ POOL("\"initial_node_count\":3", "\"autoscaling\":true,\"node_count\":true", ""), PL_POOL,
	  "p", PL_POOL_MIN, "?" },
	{ POOL("\"initial_node_count\":3,\"autoscaling\":[]", "\"node_count\":true", ""), PL_POOL,
	  "p", PL_POOL_MIN, "3" },
};

static void blocks_that_leave_no_trace(void **state)
{
	(void)state;
	check_facts(dynamic_blocks, sizeof dynamic_blocks / sizeof *dynamic_blocks);
}

/* The add-on that enforces policies: open only where something of it is written. */
#define CALICO "\"name\":\"c\",\"network_policy\":[{\"enabled\":true,\"provider\":\"CALICO\"}]"
#define CASE_ADDONS(after, unknown, written, expected) \
	{ PLAN_OF(CREATES(CLUSTER, "c", CALICO after, unknown), WRITES(CLUSTER, "c", written)), \
	  PL_CLUSTER, "c", PL_CLUSTER_NETWORK_POLICY, expected }
#define IN_ADDON(disabled) "\"addons_config\":[{\"network_policy_config\":[{" disabled "}]}]"
static const struct fact_case addons[] = {
	CASE_ADDONS("", "\"addons_config\":true", "", "calico"),
	CASE_ADDONS("", "\"addons_config\":[{\"network_policy_config\":true}]",
		    "\"addons_config\":[{}]", "calico"),
	CASE_ADDONS("," IN_ADDON(""), IN_ADDON("\"disabled\":true"),
		    IN_ADDON("\"disabled\":{\"references\":[\"local.off\"]}"), "?"),
	CASE_ADDONS("," IN_ADDON(""), IN_ADDON("\"disabled\":true"), "", "?"),
	CASE_ADDONS("," IN_ADDON("\"disabled\":false"), "", "", "calico"),
};

static void policy_addons(void **state)
{
	(void)state;
	check_facts(addons, sizeof addons / sizeof *addons);
}

/* The boot disk has two places; what GKE computes of the other does not count. */
#define BOOT_DISK "\"boot_disk\":[{\"size_gb\":512}]"
static const struct fact_case disks[] = {
	CASE_CONFIG(BOOT_DISK, "\"disk_size_gb\":true", "\"boot_disk\":[{\"size_gb\":{}}]",
		    PL_POOL_DISK, "512 GiB"),
	CASE_CONFIG("", "\"disk_size_gb\":true,\"boot_disk\":[{\"size_gb\":true}]",
		    "\"boot_disk\":[{\"size_gb\":{\"references\":[\"local.size\"]}}]",
		    PL_POOL_DISK, "?"),
	CASE_CONFIG("\"disk_size_gb\":200", "\"boot_disk\":true", "", PL_POOL_DISK, "200 GiB"),
	CASE_CONFIG("", "\"disk_size_gb\":true,\"boot_disk\":true", "", PL_POOL_DISK, "100 GiB"),
};

static void boot_disks(void **state)
{
	(void)state;
	check_facts(disks, sizeof disks / sizeof *disks);
}

/* Blocks of a cluster that is being made are written, not copied from the pool resources. */
#define WITH_BLOCK(unknown) \
	PLAN_OF(CREATES(CLUSTER, "c", "\"name\":\"c\",\"node_pool\":[{\"name\":\"a\"}]", \
			unknown) "," \
		CREATES(NODE_POOL, "p", "\"name\":\"p\",\"cluster\":\"c\",\"node_count\":1", "\"id\":true"), \
		WRITES(CLUSTER, "c", "\"node_pool\":[{}]"))
static const struct fact_case blocks[] = {
	{ WITH_BLOCK("\"id\":true"), PL_POOL, "a", PL_POOL_OS, "cos" },
	{ WITH_BLOCK(""), PL_POOL, "a", PL_POOL_OS, "none of it" },
};

static void blocks_beside_resources(void **state)
{
	(void)state;
	check_facts(blocks, sizeof blocks / sizeof *blocks);
}

/* Clusters of one name are told apart by their location; where that is not said none is taken. */
static void clusters_of_one_name(void **state)
{
#define NAMED(label, location) \
	CREATES(CLUSTER, label, "\"name\":\"c\",\"location\":\"" location "\"", "")
#define TWO(of, more) \
	PLAN_OF(NAMED("eu", "europe-west1") "," NAMED("us", "us-east1") "," \
		CREATES(NODE_POOL, "p", "\"name\":\"p\",\"cluster\":\"" of "\"" more, ""), "")
	static const struct {
		const char *source, *cluster; /* "": one that stands for it */
	} cases[] = {
		{ TWO("projects/p/locations/us-east1/clusters/c", ""), CLUSTER ".us" },
		{ TWO("projects/p/locations/europe-west1/clusters/c", ""), CLUSTER ".eu" },
		{ TWO("c", ",\"location\":\"us-east1\""), CLUSTER ".us" },
		{ TWO("c", ""), NULL },
		{ TWO("projects/p/locations/asia-east1/clusters/c", ""), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const struct pl_object *cluster;
		const char *address;

		assert_int_equal(collect(m, cases[i].source, NULL), 0);
		cluster = find_object(m, PL_POOL, "p")->cluster;
		address = cluster && !cluster->stand_in ? cluster->origin[PL_PLAN].address : NULL;
		if (!pl_streq(cluster && cluster->stand_in ? "" : address, cases[i].cluster))
			fail_msg("row %zu", i);
	}
}

/* Instances of modules that go by the same keys belong together: module.gke[each.key]. */
static void clusters_by_key_of_module(void **state)
{
#define INSTANCE(module, key, type, after, unknown) \
	"{\"address\":\"module." module "[\\\"" key "\\\"]." type ".this\",\"module_address\":" \
	"\"module." module "[\\\"" key "\\\"]\",\"mode\":\"managed\",\"type\":\"" type "\"," \
	"\"name\":\"this\",\"change\":{\"actions\":[\"create\"],\"before\":null,\"after\":{" after \
	"},\"after_unknown\":{\"id\":true" unknown "}}}"
#define BOTH(key) \
	INSTANCE("gke", key, CLUSTER, "\"name\":\"c" key "\"", "") "," \
	INSTANCE("pools", key, NODE_POOL, "\"name\":\"p" key "\"", ",\"cluster\":true")
#define REFERS(to) "{\"references\":[" to "]}"
#define CALLS(each, cluster) \
	"{\"format_version\":\"1.2\",\"resource_changes\":[" BOTH("x") "," BOTH("y") "]," \
	"\"configuration\":{\"root_module\":{\"module_calls\":{\"gke\":{\"for_each_expression\":" \
	REFERS("\"var.all\"") ",\"module\":{\"resources\":[" WRITES(CLUSTER, "this", "") "]}}," \
	"\"pools\":{\"for_each_expression\":" REFERS(each) ",\"expressions\":{\"cluster\":" \
	REFERS(cluster) "},\"module\":{\"variables\":{\"cluster\":{}},\"resources\":[" \
	WRITES(NODE_POOL, "this", "\"cluster\":" REFERS("\"var.cluster\"")) "]}}}}}}"
	static const char *const sources[] = {
		CALLS("\"var.all\"", "\"module.gke\",\"each.key\""),
		CALLS("\"module.gke\"", "\"each.value.id\",\"each.value\""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();

		assert_int_equal(collect(m, sources[i], NULL), 0);
		assert_ptr_equal(find_object(m, PL_POOL, "px")->cluster, find_object(m, PL_CLUSTER, "cx"));
		assert_ptr_equal(find_object(m, PL_POOL, "py")->cluster, find_object(m, PL_CLUSTER, "cy"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_that_leave_no_trace),
		cmocka_unit_test(policy_addons),
		cmocka_unit_test(boot_disks),
		cmocka_unit_test(blocks_beside_resources),
		cmocka_unit_test(clusters_of_one_name),
		cmocka_unit_test(clusters_by_key_of_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
