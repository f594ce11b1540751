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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_that_leave_no_trace),
		cmocka_unit_test(boot_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
