/* SPDX-License-Identifier: Apache-2.0 */
/* Which of two clusters a chart belongs to when its provider asks a data source for it. */
#include "../facts.h"

#define CLUSTER(name) \
	CREATES("google_container_cluster", name, "\"name\":\"" name "\",\"location\":\"l\"", "")
#define READS(after, unknown) \
	"{\"address\":\"data.google_container_cluster.c\",\"mode\":\"data\"," \
	"\"type\":\"google_container_cluster\",\"name\":\"c\",\"change\":{\"actions\":[\"read\"]," \
	"\"before\":null,\"after\":{" after "},\"after_unknown\":{" unknown "}}}"
#define PRIOR(values) \
	"\"prior_state\":{\"format_version\":\"1.0\",\"values\":{\"root_module\":{\"resources\":[{" \
	"\"address\":\"data.google_container_cluster.c\",\"mode\":\"data\"," \
	"\"type\":\"google_container_cluster\",\"name\":\"c\",\"values\":{" values "}}]}}},"
#define CHART CREATES("helm_release", "m", "\"name\":\"cert-manager\",\"chart\":\"cert-manager\"", "")
#define DATA_BLOCK(name_expression) \
	"{\"address\":\"data.google_container_cluster.c\",\"mode\":\"data\"," \
	"\"type\":\"google_container_cluster\",\"name\":\"c\",\"expressions\":{\"name\":" name_expression "}}"
#define CHART_BLOCK \
	OF_TYPE("helm_release", "m") "\"provider_config_key\":\"helm\",\"expressions\":{}}"
#define PLAN(prior, read, name_expression) \
	"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\"," prior \
	"\"resource_changes\":[" CLUSTER("dev") "," CLUSTER("prod") "," CHART read "]," \
	"\"configuration\":{\"provider_config\":{\"helm\":{\"name\":\"helm\",\"expressions\":{" \
	"\"kubernetes\":[{\"host\":{\"references\":[\"data.google_container_cluster.c.endpoint\"," \
	"\"data.google_container_cluster.c\"]}}]}}},\"root_module\":{\"resources\":[" \
	WRITES("google_container_cluster", "dev", "") "," \
	WRITES("google_container_cluster", "prod", "") "," \
	DATA_BLOCK(name_expression) "," CHART_BLOCK "]}}}"
#define NAMED "\"name\":\"prod\""
#define CONSTANT "{\"constant_value\":\"prod\"}"
#define REFERENCE "{\"references\":[\"google_container_cluster.prod.name\",\"google_container_cluster.prod\"]}"

static const struct {
	const char *plan, *cluster;
} cases[] = {
	/* read while the plan was made */
	{ PLAN(PRIOR(NAMED), "", CONSTANT), "prod" },
	/* read at apply, by a name that is known, and by one that is not */
	{ PLAN("", "," READS(NAMED, ""), CONSTANT), "prod" },
	{ PLAN("", "," READS("", "\"name\":true"), REFERENCE), "prod" },
	/* read again: what the last run saw does not stand beside it */
	{ PLAN(PRIOR(NAMED), "," READS(NAMED, ""), CONSTANT), "prod" },
	{ PLAN(PRIOR("\"name\":\"dev\""), "," READS("", "\"name\":true"), REFERENCE), "prod" },
	/* a name that nothing tells */
	{ PLAN("", "," READS("", "\"name\":true"), "{\"references\":[\"local.name\"]}"), NULL },
};

static void charts_by_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const struct pl_object *o;

		(void)collect(m, cases[i].plan, NULL);
		o = find_object(m, PL_COMPONENT, "cert-manager");
		assert_non_null(o);
		if (!pl_streq(o->cluster ? o->cluster->name : NULL, cases[i].cluster))
			fail_msg("row %zu: it belongs to %s", i, o->cluster ? o->cluster->name : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charts_by_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
