/* SPDX-License-Identifier: Apache-2.0 */
/* Where the nodes of a group will stand, from what image, how many, and what an update adds. */
#include "../facts.h"

#define CLUSTER RESOURCE("aws_eks_cluster", "c", "\"name\":\"c\",\"version\":\"1.31\"," \
			 "\"vpc_config\":[{\"subnet_ids\":[\"subnet-1\",\"subnet-2\"]}]")
#define SUBNET(id, zone) RESOURCE("aws_subnet", id, "\"id\":\"" id "\",\"availability_zone\":\"" zone "\"")
#define READ(id, zone) \
	"{\"mode\":\"data\",\"type\":\"aws_subnet\",\"name\":\"" id "\",\"provider\":\"provider[\\\"x/y/z\\\"]\"," \
	"\"instances\":[{\"schema_version\":0,\"attributes\":{\"id\":\"" id "\"," \
	"\"availability_zone\":\"" zone "\"}}]}"
#define GROUP(more) \
	RESOURCE("aws_eks_node_group", "g", "\"node_group_name\":\"g\",\"cluster_name\":\"c\"," \
		 "\"subnet_ids\":[\"subnet-2\",\"subnet-1\"]," \
		 "\"scaling_config\":[{\"min_size\":1,\"desired_size\":30,\"max_size\":50}]" more)
#define BOTH SUBNET("subnet-1", "eu-west-1a") "," SUBNET("subnet-2", "eu-west-1b")
#define CASE(group, others, attr, expected) \
	{ STATE(CLUSTER "," GROUP(group) "," others), PL_POOL, "g", attr, expected }
#define UPDATE(what) ",\"update_config\":[{" what "}]"

static const struct fact_case places[] = {
	{ STATE(CLUSTER), PL_CLUSTER, "c", PL_CLUSTER_SUBNETS, "subnet-1, subnet-2" },
	CASE("", BOTH, PL_POOL_SUBNETS, "subnet-2, subnet-1"),
	CASE("", BOTH, PL_POOL_ZONES, "eu-west-1a, eu-west-1b"),
	CASE("", SUBNET("subnet-1", "eu-west-1a") "," SUBNET("subnet-2", "eu-west-1a"), PL_POOL_ZONES,
	     "eu-west-1a"),
	CASE("", READ("subnet-1", "eu-west-1a") "," READ("subnet-2", "eu-west-1c"), PL_POOL_ZONES,
	     "eu-west-1a, eu-west-1c"),
	CASE("", SUBNET("subnet-9", "eu-west-1a"), PL_POOL_ZONES, "?"),
	CASE("", BOTH, PL_POOL_POD_RANGE, "nodes"),
	CASE("", BOTH, PL_POOL_DESIRED, "30"),
	/* twice the zones, or as many as may be unavailable */
	CASE("", BOTH, PL_POOL_SURGE, "4"),
	CASE("", SUBNET("subnet-1", "eu-west-1a"), PL_POOL_SURGE, "?"),
	CASE(UPDATE("\"max_unavailable\":1"), BOTH, PL_POOL_SURGE, "4"),
	CASE(UPDATE("\"max_unavailable\":9"), BOTH, PL_POOL_SURGE, "9"),
	CASE(UPDATE("\"max_unavailable_percentage\":33"), BOTH, PL_POOL_SURGE, "10"),
	CASE(UPDATE("\"max_unavailable_percentage\":\"x\""), BOTH, PL_POOL_SURGE, "?"),
	/* images */
	CASE("", BOTH, PL_POOL_IMAGE, "?"),
	CASE(",\"ami_type\":\"AL2023_ARM_64_STANDARD\"", BOTH, PL_POOL_IMAGE, "AL2023_ARM_64_STANDARD"),
	CASE(",\"ami_type\":\"CUSTOM\",\"launch_template\":[{\"id\":\"lt-1\"}]",
	     RESOURCE("aws_launch_template", "t", "\"id\":\"lt-1\",\"name\":\"t\",\"image_id\":\"ami-1\""),
	     PL_POOL_IMAGE, "ami-1"),
};

/* A group that names its cluster by a tag alone. */
#define OWN(more) \
	RESOURCE("aws_autoscaling_group", "a", "\"name\":\"a\",\"min_size\":2,\"max_size\":5," \
		 "\"tag\":[{\"key\":\"kubernetes.io/cluster/c\",\"value\":\"owned\"}]," \
		 "\"launch_configuration\":\"lc\"," \
		 "\"vpc_zone_identifier\":[\"subnet-1\"]" more)
#define LAUNCH RESOURCE("aws_launch_configuration", "l", "\"name\":\"lc\",\"image_id\":\"ami-2\"")
#define CASE_OWN(more, attr, expected) \
	{ STATE(CLUSTER "," OWN(more) "," LAUNCH "," BOTH), PL_POOL, "a", attr, expected }

static const struct fact_case own_groups[] = {
	CASE_OWN("", PL_POOL_ZONES, "eu-west-1a"),
	CASE_OWN("", PL_POOL_SUBNETS, "subnet-1"),
	CASE_OWN("", PL_POOL_IMAGE, "ami-2"),
	CASE_OWN("", PL_POOL_DESIRED, "2"),
	CASE_OWN(",\"desired_capacity\":3", PL_POOL_DESIRED, "3"),
	CASE_OWN("", PL_POOL_SURGE, "-"),
};

static void places_of_groups(void **state)
{
	(void)state;
	check_facts(places, sizeof places / sizeof *places);
}

static void groups_of_ones_own(void **state)
{
	(void)state;
	check_facts(own_groups, sizeof own_groups / sizeof *own_groups);
}

/* What is made where nothing was, in contrast to what is replaced, changed or left alone. */
static void what_is_created(void **state)
{
	static const struct {
		const char *actions;
		bool created;
	} cases[] = {
		{ "\"create\"", true },          { "\"delete\",\"create\"", false },
		{ "\"create\",\"delete\"", false }, { "\"create\",\"forget\"", false },
		{ "\"update\"", false },         { "\"no-op\"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *plan = pl_model_strf(m, PLAN_OF(OF_TYPE("aws_eks_cluster", "c")
			"\"change\":{\"actions\":[%s],\"before\":null,\"after\":{\"name\":\"c\"},"
			"\"after_unknown\":{}}}", ""), cases[i].actions);

		assert_int_equal(collect(m, plan, NULL), 0);
		assert_int_equal(find_object(m, PL_CLUSTER, "c")->created, cases[i].created);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_of_groups),
		cmocka_unit_test(groups_of_ones_own),
		cmocka_unit_test(what_is_created),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
