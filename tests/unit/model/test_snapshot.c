/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot read back and written again says the same; what is sensitive never gets into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "model/snapshot.h"

static struct pl_model *sample(void)
{
	static const struct pl_pair labels[] = { { "a", "true" }, { "db_password", "hunter2" } };
	static const char *const taints[] = { "k=v:NoSchedule" };
	struct pl_model *m = pl_model_new();
	int s = pl_model_source(m, &(struct pl_source){
		.name = "plan.json", .kind = "terraform-plan", .witness = PL_PLAN, .sha256 = "ab",
		.terraform_version = "1.11.4", .why = "targeted plan", .resources = 7 });
	int k = pl_model_source(m, &(struct pl_source){
		.name = "k8s://", .kind = "kubernetes", .witness = PL_CLUSTER_API, .complete = true });
	struct pl_object *c = pl_model_object(m, PL_CLUSTER, "prod", s, "x.c");
	struct pl_object *p = pl_model_object(m, PL_POOL, "pool", s, "x.p");
	struct pl_object *live = pl_model_object(m, PL_POOL, "pool", k, "pool");

	c->identity = "prod";
	c->rank = p->rank = 2;
	p->identity = "pool";
	p->cluster = live->cluster = c;
	p->cluster_how = "by name";
	p->will_change = p->created = true;
	pl_fact_text(m, c, PL_CLUSTER_PROVIDER, "eks", NULL);
	pl_fact_text(m, c, PL_CLUSTER_VERSION, "1.24", "version")->sensitive = true;
	pl_fact_add(m, p, PL_POOL_LABELS, &(struct pl_value){ .type = PL_MAP, .map = labels, .count = 2,
							      .open = true }, "labels")->waits_for = "x.y";
	pl_fact_add(m, p, PL_POOL_TAINTS, &(struct pl_value){ .type = PL_LIST, .list = taints, .count = 1 },
		    NULL);
	pl_fact_int(m, p, PL_POOL_VCPU, 4, "instance_types[0]")->note = "m5.xlarge";
	pl_fact_int(m, p, PL_POOL_VCPU, 8, "instance_types[1]")->basis = PL_ASSUMED;
	pl_fact_unknown(m, p, PL_POOL_DISK, "random_integer.x", "disk_size");
	pl_fact_int(m, live, PL_POOL_VCPU, 2, NULL);
	pl_fact_bool(m, pl_model_object(m, PL_STORAGE_CLASS, "gp2", k, "gp2"), PL_STORAGE_CLASS_DEFAULT, true,
		     NULL);
	pl_model_object(m, PL_BUCKET, NULL, s, "x.\"b\"");
	pl_model_problem(m, "k8s://", "daemonsets", "forbidden", "not allowed");
	pl_model_join(m);
	return m;
}

static void without_names(struct pl_model *m)
{
	for (size_t i = 0; i < m->source_count; i++)
		m->sources[i].kind = m->sources[i].name = "";
}

static void test_round_trip(void **state)
{
	pl_auto_model struct pl_model *m = sample(), *again = pl_model_new();
	pl_auto_buf first = PL_BUF_INIT, second = PL_BUF_INIT, third = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	const struct pl_fact *f;

	(void)state;
	pl_snapshot_write(m, &first);
	pl_snapshot_write(m, &second);
	assert_string_equal(first.data, second.data);
	assert_null(strstr(first.data, "hunter2"));
	assert_null(strstr(first.data, "\"1.24\""));
	if (pl_snapshot_read(again, "s.json", first.data, first.len, &err))
		fail_msg("%s", err.text);
	pl_model_join(again);
	assert_int_equal(again->source_count, 2);
	assert_string_equal(again->sources[0].name, "s.json (plan.json)");
	assert_string_equal(again->sources[0].kind, "snapshot");
	f = pl_object_fact(again->objects[0], PL_CLUSTER_VERSION, PL_PLAN);
	assert_false(f->known);
	assert_true(f->sensitive);
	assert_non_null(f->waits_for);
	/* apart from the sources' names and why the sensitive fact is unknown, nothing has changed */
	((struct pl_fact *)(uintptr_t)f)->waits_for = NULL;
	f = pl_object_fact(again->objects[1], PL_POOL_VERSION, PL_PLAN);
	((struct pl_fact *)(uintptr_t)f)->waits_for = NULL;
	without_names(m);
	without_names(again);
	pl_buf_truncate(&second, 0);
	pl_snapshot_write(m, &second);
	pl_snapshot_write(again, &third);
	assert_string_equal(second.data, third.data);
	assert_true(again->objects[1]->created);
	assert_false(again->objects[0]->created);
}

#define OBJECT(members) "{\"format\":\"plumbline-facts/1\",\"sources\":[{\"source\":\"x\",\"witness\":" \
	"\"plan\"}],\"objects\":[{\"kind\":\"pool\",\"name\":\"p\",\"seen\":{\"plan\":{\"source\":0}}," \
	members "}]}"
#define FACT(attr, value) OBJECT("\"facts\":[{\"attribute\":\"" attr "\",\"witness\":\"plan\"," \
				 "\"value\":" value "}]")

static const struct {
	const char *text, *error; /* error NULL: it is read */
} rows[] = {
	{ "{}", "format" },
	{ "[]", "format" },
	{ "{", "s.json" },
	{ "{\"format\":\"plumbline-facts/2\"}", "plumbline-facts/1" },
	{ "{\"format\":\"plumbline-facts/11\"}", "plumbline-facts/1" },
	{ "{\"format\":\"plumbline-facts/1\"}", NULL },
	{ "{\"format\":\"plumbline-facts/1.7\",\"new\":[1]}", NULL },
	{ "{\"format\":\"plumbline-facts/1\",\"sources\":7,\"objects\":\"x\",\"drift\":{}}", NULL },
	{ FACT("vcpu", "4"), NULL },
	{ FACT("vcpu", "\"4\""), "objects[0]: a whole number" },
	{ FACT("labels", "[]"), "a map" },
	{ FACT("labels", "{\"a\":1}"), "no text" },
	{ FACT("taints", "{}"), "a list" },
	{ FACT("taints", "[null]"), "no text" },
	{ FACT("machine_type", "false"), "a text" },
	{ FACT("machine_type_listed", "1"), "true or false" },
	{ FACT("of_a_later_edition", "1"), NULL },
	{ OBJECT("\"cluster\":-1"), NULL },
	{ OBJECT("\"cluster\":99999999999999"), NULL },
	{ OBJECT("\"cluster\":0"), NULL },
	{ OBJECT("\"rank\":-7"), NULL },
	{ OBJECT("\"facts\":[null,7,{}]"), NULL },
	{ "{\"format\":\"plumbline-facts/1\",\"objects\":[{\"kind\":\"moon\"},null,{\"kind\":\"pool\"}]}", NULL },
	{ "{\"format\":\"plumbline-facts/1\",\"sources\":[{\"source\":\"x\",\"witness\":\"plan\"}],\"objects\":["
	  "{\"kind\":\"pool\",\"seen\":{\"plan\":{\"source\":0}}},"
	  "{\"kind\":\"pool\",\"cluster\":0,\"seen\":{\"plan\":{\"source\":0}}}]}", "objects[1]: 'cluster'" },
};

static void test_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		struct pl_err err = PL_ERR_INIT;
		int got = pl_snapshot_read(m, "s.json", rows[i].text, strlen(rows[i].text), &err);

		if ((got != 0) != (rows[i].error != NULL))
			fail_msg("row %zu: %s", i, err.text);
		if (!rows[i].error)
			continue;
		assert_int_equal(err.code, PL_E_INPUT);
		assert_int_equal(m->object_count, 0);
		assert_int_equal(m->source_count, 0);
		if (!strstr(err.text, rows[i].error) || !strstr(err.text, "s.json"))
			fail_msg("row %zu: %s", i, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
