/* SPDX-License-Identifier: Apache-2.0 */
/* What AWS' balancers, databases, buckets and registries become. */
#include "../facts.h"
#include "aws/aws.h"

#define LB(type, more) \
	RESOURCE("aws_lb", "front", "\"name\":\"front\",\"arn\":\"arn:lb/front\"," \
		 "\"load_balancer_type\":" type more)
#define LISTENER(more) \
	RESOURCE("aws_lb_listener", "l", "\"load_balancer_arn\":\"arn:lb/front\"," more)
#define CASE_LISTENER(type, more, attr, expected) \
	{ STATE(LB(type, "") "," LISTENER(more)), PL_LOAD_BALANCER, NULL, attr, expected }
#define NETWORK "\"network\""
#define APPLICATION "\"application\""

static const struct fact_case listeners[] = {
	CASE_LISTENER(NETWORK, "\"port\":22,\"protocol\":\"TCP\"", PL_LB_LAYER, "4"),
	CASE_LISTENER(NETWORK, "\"port\":22,\"protocol\":\"TCP\"", PL_LB_PORTS, "22"),
	CASE_LISTENER(NETWORK, "\"port\":22,\"protocol\":\"TCP\"", PL_LB_TYPE, "network"),
	CASE_LISTENER(NETWORK, "\"port\":443,\"protocol\":\"TLS\"", PL_LB_LAYER, "4"),
	CASE_LISTENER(NETWORK, "\"port\":53,\"protocol\":\"TCP_UDP\"", PL_LB_LAYER, "4"),
	CASE_LISTENER(NETWORK, "\"port\":53,\"protocol\":\"UDP\"", PL_LB_LAYER, "none of it"),
	CASE_LISTENER(APPLICATION, "\"port\":443,\"protocol\":\"HTTPS\"", PL_LB_LAYER, "7"),
	CASE_LISTENER(APPLICATION, "\"port\":443,\"protocol\":null", PL_LB_LAYER, "7"),
	CASE_LISTENER(NETWORK, "\"port\":443,\"protocol\":null", PL_LB_LAYER, "4"),
	CASE_LISTENER("null", "\"port\":80,\"protocol\":\"\"", PL_LB_LAYER, "7"),
	CASE_LISTENER("\"gateway\"", "\"port\":null", PL_LB_LAYER, "none of it"),
	CASE_LISTENER(NETWORK, "\"port\":null,\"protocol\":\"TCP\"", PL_LB_PORTS, "?"),
	CASE_LISTENER(NETWORK, "\"port\":22,\"protocol\":\"TCP\"", PL_LB_SCHEME, "external"),
	{ STATE(LB(NETWORK, ",\"internal\":true") "," LISTENER("\"port\":22")), PL_LOAD_BALANCER,
	  "front:22", PL_LB_SCHEME, "internal" },
	/* the balancer is elsewhere: the listener's own protocol tells, or nothing does */
	{ STATE(LISTENER("\"port\":22,\"protocol\":\"TCP\"")), PL_LOAD_BALANCER, "l:22",
	  PL_LB_LAYER, "4" },
	{ STATE(LISTENER("\"port\":22,\"protocol\":\"TCP\"")), PL_LOAD_BALANCER, "l:22",
	  PL_LB_SCHEME, "-" },
	{ STATE(LISTENER("\"port\":22")), PL_LOAD_BALANCER, "l:22", PL_LB_LAYER, "?" },
	{ STATE(RESOURCE("aws_alb", "a", "\"name\":\"a\",\"arn\":\"A\"") ","
		RESOURCE("aws_alb_listener", "l", "\"load_balancer_arn\":\"A\",\"port\":80")),
	  PL_LOAD_BALANCER, "a:80", PL_LB_LAYER, "7" },
	/* a balancer without a listener listens on nothing */
	{ STATE(LB(NETWORK, "")), PL_LOAD_BALANCER, NULL, PL_LB_LAYER, "none of it" },
};

#define ELB(listeners) RESOURCE("aws_elb", "e", "\"name\":\"e\",\"listener\":[" listeners "]")
#define HTTP(port) "{\"lb_port\":" port ",\"lb_protocol\":\"http\"}"
#define TCP(port) "{\"lb_port\":" port ",\"lb_protocol\":\"tcp\"}"

static const struct fact_case classics[] = {
	{ STATE(ELB(HTTP("80"))), PL_LOAD_BALANCER, "e", PL_LB_LAYER, "7" },
	{ STATE(ELB(HTTP("80") "," HTTP("443"))), PL_LOAD_BALANCER, "e", PL_LB_PORTS, "80, 443" },
	{ STATE(ELB(HTTP("80") "," TCP("22"))), PL_LOAD_BALANCER, "e", PL_LB_LAYER, "4" },
	{ STATE(ELB(HTTP("80") "," TCP("22"))), PL_LOAD_BALANCER, "e", PL_LB_PORTS, "22" },
	{ STATE(ELB("{\"lb_port\":22,\"lb_protocol\":\"SSL\"}")), PL_LOAD_BALANCER, "e",
	  PL_LB_LAYER, "4" },
	{ STATE(ELB("{\"lb_port\":22}")), PL_LOAD_BALANCER, "e", PL_LB_LAYER, "?" },
	{ STATE(ELB(TCP("22"))), PL_LOAD_BALANCER, "e", PL_LB_TYPE, "classic" },
	{ STATE(ELB("")), PL_LOAD_BALANCER, "e", PL_LB_PORTS, "?" },
};

#define DB(more) STATE(RESOURCE("aws_db_instance", "d", "\"identifier\":\"d\"," more))
#define CLUSTER(more) STATE(RESOURCE("aws_rds_cluster", "d", "\"cluster_identifier\":\"d\"," more))
#define ENGINE(engine, version) "\"engine\":\"" engine "\",\"engine_version\":\"" version "\""
#define CASE_DB(more, attr, expected) { DB(more), PL_DATABASE, "d", attr, expected }

static const struct fact_case services[] = {
	CASE_DB(ENGINE("mysql", "5.7.44"), PL_DB_ENGINE, "mysql"),
	CASE_DB(ENGINE("mysql", "5.7.44"), PL_DB_VERSION, "5.7.44"),
	CASE_DB(ENGINE("mysql", "8.0"), PL_DB_VERSION, "8.0"),
	CASE_DB(ENGINE("mariadb", "10.6"), PL_DB_ENGINE, "mariadb"),
	CASE_DB(ENGINE("postgres", "15.4"), PL_DB_ENGINE, "postgresql"),
	CASE_DB(ENGINE("sqlserver-se", "15.00.4345.5.v1"), PL_DB_ENGINE, "sqlserver"),
	CASE_DB(ENGINE("sqlserver-se", "15.00.4345.5.v1"), PL_DB_VERSION, "15.00.4345.5"),
	CASE_DB(ENGINE("oracle-se2", "19"), PL_DB_ENGINE, "oracle"),
	CASE_DB(ENGINE("db2-se", "11.5"), PL_DB_ENGINE, "db2-se"),
	CASE_DB("\"engine\":\"mysql\",\"engine_version\":null", PL_DB_VERSION, "?"),
	CASE_DB("\"engine\":null,\"replicate_source_db\":\"p\"", PL_DB_ENGINE, "?"),
	CASE_DB("\"engine\":\"\"", PL_DB_ENGINE, "?"),
	{ CLUSTER(ENGINE("aurora-mysql", "5.7.mysql_aurora.2.11.3")), PL_DATABASE, "d",
	  PL_DB_VERSION, "5.7" },
	{ CLUSTER(ENGINE("aurora-mysql", "8.0.mysql_aurora.3.04.1")), PL_DATABASE, "d",
	  PL_DB_VERSION, "8.0" },
	{ CLUSTER(ENGINE("aurora-mysql", "8.0.mysql_aurora.3.04.1")), PL_DATABASE, "d",
	  PL_DB_ENGINE, "mysql" },
	{ CLUSTER(ENGINE("aurora", "5.6.10a")), PL_DATABASE, "d", PL_DB_ENGINE, "mysql" },
	{ CLUSTER(ENGINE("aurora", "5.6.10a")), PL_DATABASE, "d", PL_DB_VERSION, "5.6.10" },
	{ CLUSTER(ENGINE("aurora-postgresql", "11.6")), PL_DATABASE, "d", PL_DB_ENGINE,
	  "postgresql" },
	{ STATE(RESOURCE("aws_rds_cluster_instance", "d", "\"identifier\":\"d\"")), PL_DATABASE,
	  NULL, PL_DB_ENGINE, "none of it" },
	{ STATE(RESOURCE("aws_s3_bucket", "b", "\"bucket\":\"b1\"")), PL_BUCKET, "b1",
	  PL_BUCKET_SERVICE, "s3" },
	{ STATE(RESOURCE("aws_s3_bucket", "b", "\"bucket_prefix\":\"b-\"")), PL_BUCKET, "b-",
	  PL_BUCKET_SERVICE, "s3" },
	{ STATE(RESOURCE("aws_ecr_repository", "g", "\"name\":\"g\"")), PL_REGISTRY, "g",
	  PL_REGISTRY_SERVICE, "ecr" },
	{ STATE(RESOURCE("aws_ecrpublic_repository", "g", "\"repository_name\":\"g\"")),
	  PL_REGISTRY, "g", PL_REGISTRY_SERVICE, "ecr" },
};

static void listeners_are_entries(void **state)
{
	(void)state;
	check_facts(listeners, sizeof listeners / sizeof *listeners);
}

static void classic_balancers(void **state)
{
	(void)state;
	check_facts(classics, sizeof classics / sizeof *classics);
}

static void services_of_aws(void **state)
{
	(void)state;
	check_facts(services, sizeof services / sizeof *services);
}

/* One of both layers counts as two, which belong to the same cluster and differ in identity. */
static void classic_of_both_layers(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	const struct pl_object *sides[2] = { NULL, NULL };
	size_t n = 0;

	(void)state;
	(void)collect(m, STATE(RESOURCE("aws_eks_cluster", "c", "\"name\":\"c\"") ","
			       ELB(HTTP("80") "," TCP("22"))), NULL);
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_LOAD_BALANCER && n < 2)
			sides[n++] = m->objects[i];
	assert_int_equal(n, 2);
	assert_string_equal(pl_object_fact(sides[1], PL_LB_PORTS, PL_PLAN)->value.list[0], "80");
	assert_int_equal(pl_object_fact(sides[1], PL_LB_LAYER, PL_PLAN)->value.i, 7);
	assert_non_null(sides[0]->cluster);
	assert_ptr_equal(sides[0]->cluster, sides[1]->cluster);
	assert_string_not_equal(sides[0]->identity, sides[1]->identity);
}

/* An unknown says what decides it, and a cut version shows the whole one. */
static void reasons(void **state)
{
	static const struct {
		const char *source;
		enum pl_attr attr;
		const char *why, *note;
	} cases[] = {
		{ DB("\"engine\":\"mysql\""), PL_DB_VERSION,
		  "AWS picks the engine's default version", NULL },
		{ DB("\"replicate_source_db\":\"p\""), PL_DB_VERSION,
		  "replicate_source_db decides", NULL },
		{ DB("\"snapshot_identifier\":\"s\""), PL_DB_ENGINE,
		  "snapshot_identifier decides", NULL },
		{ CLUSTER(ENGINE("aurora-mysql", "5.7.mysql_aurora.2.11.3")), PL_DB_VERSION, NULL,
		  "5.7.mysql_aurora.2.11.3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const struct pl_fact *f;

		(void)collect(m, cases[i].source, NULL);
		f = pl_object_fact(find_object(m, PL_DATABASE, "d"), cases[i].attr, PL_PLAN);
		if (!pl_streq(f->waits_for, cases[i].why) || !pl_streq(f->note, cases[i].note))
			fail_msg("row %zu: %s, %s", i, f->waits_for, f->note);
	}
}

#define LB_NOTE "service.beta.kubernetes.io/aws-load-balancer-"

static void annotations(void **state)
{
	static const struct {
		struct pl_pair pairs[2];
		size_t count;
		const char *says; /* NULL: nothing is wrong */
	} cases[] = {
		{ { { LB_NOTE "type", "external" }, { LB_NOTE "nlb-target-type", "ip" } }, 2, NULL },
		{ { { LB_NOTE "type", "nlb-ip" }, { LB_NOTE "nlb-target-type", "ip" } }, 2, NULL },
		{ { { LB_NOTE "type", "nlb" }, { LB_NOTE "internal", "true" } }, 2, NULL },
		{ { { LB_NOTE "ssl-cert", "c" }, { LB_NOTE "ssl-ports", "443" } }, 2, NULL },
		{ { { "alb.ingress.kubernetes.io/scheme", "internal" } }, 1, NULL },
		{ { { LB_NOTE "type", "nlb" }, { LB_NOTE "nlb-target-type", "ip" } }, 2, "needs" },
		{ { { LB_NOTE "type", "nlb-ip" }, { LB_NOTE "nlb-target-type", "instance" } }, 2,
		  "for instances" },
		{ { { LB_NOTE "type", "alb" } }, 1, "only an Ingress" },
		{ { { LB_NOTE "scheme", "internal" }, { LB_NOTE "internal", "false" } }, 2,
		  "for an external one" },
		{ { { LB_NOTE "scheme", "internet-facing" }, { LB_NOTE "internal", "true" } }, 2,
		  "for an internal one" },
		{ { { LB_NOTE "eip-allocations", "a" }, { LB_NOTE "scheme", "internal" } }, 2,
		  "public addresses" },
		{ { { LB_NOTE "ssl-ports", "443" } }, 1, "does nothing without" },
		{ { { "networking.gke.io/load-balancer-type", "Internal" } }, 1, "GKE only" },
		{ { { "cloud.google.com/neg", "{}" } }, 1, "GKE only" },
		{ { { "service.beta.kubernetes.io/azure-load-balancer-internal", "true" } }, 1,
		  "Azure only" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *text = problems_of(m, &pl_provider_aws, "eks", cases[i].pairs,
					       cases[i].count);

		if (cases[i].says ? !pl_contains(text, cases[i].says) : !pl_streq(text, "none"))
			fail_msg("row %zu: %s", i, text);
		assert_string_equal(problems_of(m, &pl_provider_aws, "other", cases[i].pairs,
						cases[i].count), "-");
	}
}

/* What is right on an Ingress does nothing on a Service, and the other way round. */
static void annotations_by_type(void **state)
{
	static const struct {
		const char *type, *key;
		bool wrong;
	} cases[] = {
		{ "service", "alb.ingress.kubernetes.io/scheme", true },
		{ "ingress", "alb.ingress.kubernetes.io/scheme", false },
		{ "service", LB_NOTE "scheme", false },
		{ "ingress", LB_NOTE "scheme", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_pair pair = { cases[i].key, "internal" };
		struct pl_object *o;

		/* the first call makes the objects, without a type */
		assert_string_equal(problems_of(m, &pl_provider_aws, "eks", &pair, 1), "none");
		o = find_object(m, PL_LOAD_BALANCER, "lb");
		pl_object_forget(o, PL_LB_ANNOTATION_PROBLEMS, PL_PLAN);
		pl_fact_text(m, o, PL_LB_TYPE, cases[i].type, NULL);
		pl_provider_aws.finish(m, o->cluster);
		assert_int_equal(pl_object_fact(o, PL_LB_ANNOTATION_PROBLEMS, -1)->value.count,
				 cases[i].wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listeners_are_entries),
		cmocka_unit_test(classic_balancers),
		cmocka_unit_test(services_of_aws),
		cmocka_unit_test(classic_of_both_layers),
		cmocka_unit_test(reasons),
		cmocka_unit_test(annotations),
		cmocka_unit_test(annotations_by_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
