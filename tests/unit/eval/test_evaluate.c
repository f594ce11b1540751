/* SPDX-License-Identifier: Apache-2.0 */
/* What all rows come to: sums, exit status, findings in words, and that nothing depends on order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "world.h"

#define REST(id, severity) \
	"{ title: t, why: w, fix: f, source: { title: s }, severity: " severity ", id: " id

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("version", "error") ", seen_by: [plan, cloud, cluster], on: cluster, expect: { version: '>= 1.21' } }\n"
	"  - " REST("network", "warning") ", seen_by: [plan, cluster], on: cluster, expect: { network_policy: calico } }\n"
	"  - " REST("privileged", "info") ", seen_by: [plan], on: cluster, expect: { privileged_pods: 'true' } }\n"
	"  - " REST("live", "error") ", seen_by: [node], on: node, expect: { cgroup: v2 } }\n"
	"  - " REST("size", "warning") ", seen_by: [plan, cluster], on: pool, expect: { vcpu: '>= 4', memory: '>= 16 GB' } }\n"
	"  - " REST("label", "warning") ", seen_by: [plan, cluster], quantifier: some, on: pool, expect: { labels: { k: 'true' } } }\n"
	"  - " REST("apart", "warning") ", seen_by: [plan], on: pool, none: fail, where: { os: cos }, expect: { not: { labels: { k: 'true' } } } }\n"
	"  - " REST("nodes", "warning") ", seen_by: [cluster, node], on: node, where: { labels: { k: 'true' } }, expect: { kernel_version: '>= 5.4' } }\n"
	"  - " REST("gke-only", "info") ", seen_by: [plan], clauses: [{ on: cluster, provider: [gke], expect: { release_channel: rapid } },\n"
	"      { on: bucket, provider: [gke], expect: { service: gcs } }] }\n"
	"  - " REST("both", "info") ", seen_by: [plan], clauses: [{ on: pool, expect: { vcpu: '>= 1' } },\n"
	"      { on: pool, where: { os: cos }, expect: { vcpu: '>= 4' } }] }\n"
	"  - " REST("balancer", "info") ", seen_by: [plan], quantifier: some, on: load_balancer, absent_text: none is written,\n"
	"      fallback: { on: cluster, expect: { service_load_balancer: 'true' } } }\n";

static struct world evaluate(const char *text, unsigned seed, unsigned fail_on, int forced)
{
	struct world w = { world_model(text, seed), world_arch(arch_text, sizeof arch_text - 1, NULL), NULL };

	w.report = pl_evaluate(w.model, w.arch, 20000, fail_on, forced);
	return w;
}

/* ---- exit status ---- */

#define GOOD "plan cluster c provider=eks version=1.24 network_policy=calico privileged_pods=true service_load_balancer=true\n" \
	"plan pool p in=c vcpu=4 memory=16000000000 labels=k:true os=ubuntu\nplan pool q in=c vcpu=4 memory=16000000000 os=cos labels=a:b"
#define WARN PL_FAIL_ON_WARNING
#define UNK PL_FAIL_ON_UNKNOWN
#define NEVER PL_FAIL_ON_NEVER

static const char good[] = GOOD;
static const char bad[] = GOOD "\nplan cluster d version=1.20";
static const char warned[] = GOOD "\nplan pool r in=c vcpu=2 os=ubuntu";
static const char open_error[] = "plan cluster c version=?x.y";
static const char open_warning[] = "plan cluster c version=1.24 network_policy=?x.y";
static const char informed[] = "plan cluster c version=1.24 network_policy=calico privileged_pods=false";

static const struct {
	const char *world;
	unsigned fail_on;
	int forced, code;
	enum pl_conforms conforms;
} exits[] = {
	{ good, 0, 0, 0, PL_CONFORMS },
	{ good, WARN | UNK, 0, 0, PL_CONFORMS },
	{ good, 0, 2, 2, PL_CONFORMS },
	{ good, NEVER, 2, 2, PL_CONFORMS },
	{ good, NEVER, 1, 1, PL_CONFORMS },
	{ bad, 0, 0, 3, PL_DOES_NOT_CONFORM },
	{ bad, WARN | UNK, 0, 3, PL_DOES_NOT_CONFORM },
	{ bad, NEVER, 0, 0, PL_DOES_NOT_CONFORM },
	{ bad, 0, 2, 2, PL_DOES_NOT_CONFORM },
	{ bad, 0, 1, 1, PL_DOES_NOT_CONFORM },
	{ warned, 0, 0, 0, PL_CONFORMS },
	{ warned, WARN, 0, 4, PL_CONFORMS },
	{ warned, WARN | UNK, 0, 4, PL_CONFORMS },
	{ warned, WARN | NEVER, 0, 0, PL_CONFORMS },
	{ open_error, 0, 0, 0, PL_CANNOT_TELL },
	{ open_error, WARN, 0, 0, PL_CANNOT_TELL },
	{ open_error, UNK, 0, 5, PL_CANNOT_TELL },
	{ open_error, UNK | NEVER, 0, 0, PL_CANNOT_TELL },
	{ open_warning, UNK, 0, 5, PL_CONFORMS },
	{ informed, WARN, 0, 0, PL_CONFORMS },
};

static void test_exit_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
		auto_world w = evaluate(exits[i].world, 0, exits[i].fail_on, exits[i].forced);

		if (w.report->exit_code != exits[i].code || w.report->conforms != exits[i].conforms)
			fail_msg("row %zu: exit %d, conforms %d", i, w.report->exit_code, w.report->conforms);
	}
}

static void test_sums(void **state)
{
	auto_world w = evaluate(warned, 0, 0, 0);
	const struct pl_report *r = w.report;

	(void)state;
	assert_int_equal(r->count, 11);
	assert_int_equal(r->summary[PL_PASS], 7);
	assert_int_equal(r->summary[PL_FAIL], 1);
	assert_int_equal(r->summary[PL_NOT_ASKED], 2);
	assert_int_equal(r->summary[PL_NOT_APPLICABLE], 1);
	assert_int_equal(r->summary[PL_UNDECIDED], 0);
	assert_int_equal(r->warnings_failed, 1);
	assert_int_equal(r->errors_failed, 0);
	assert_int_equal(r->errors_undecided, 0);
	assert_int_equal(r->as_of, 20000);
	assert_int_equal(r->cluster_count, 1);
	assert_string_equal(r->clusters[0]->name, "c");
	assert_ptr_equal(r->results[0].cluster, r->clusters[0]);
	assert_true(r->results[0].by[PL_PLAN].asked);
	assert_false(r->results[0].by[PL_CLUSTER_API].asked);
	assert_int_equal(r->results[0].by[PL_CLUSTER_API].verdict, PL_NOT_ASKED);
}

/* ---- findings ---- */

/* One row each: the answer of a witness in one sentence, and its first finding of that verdict. */
static const struct {
	const char *world, *id;
	enum pl_witness witness;
	enum pl_verdict verdict;
	const char *attribute, *expected, *actual, *waits_for, *reason;
} findings[] = {
	{ "plan cluster c version=1.20", "version", PL_PLAN, PL_FAIL, "version", ">= 1.21", "1.20", NULL,
	  "cluster \"c\": version is 1.20, needs >= 1.21" },
	{ "plan cluster c version=1.24", "version", PL_PLAN, PL_PASS, "version", ">= 1.21", "1.24", NULL,
	  "cluster \"c\": version is 1.24" },
	{ "plan cluster c version=?x.y", "version", PL_PLAN, PL_UNDECIDED, "version", ">= 1.21", NULL, "x.y",
	  "cluster \"c\": version is not known: waits for x.y" },
	{ "plan cluster c", "version", PL_PLAN, PL_UNDECIDED, "version", ">= 1.21", NULL, NULL,
	  "cluster \"c\": version is not known: not collected" },
	{ "plan cluster c +stand_in", "version", PL_PLAN, PL_UNDECIDED, "version", ">= 1.21", NULL, NULL,
	  "cluster \"c\": version is not known: the cluster itself is in no source" },
	{ "plan cluster c version=latest", "version", PL_PLAN, PL_UNDECIDED, "version", ">= 1.21", "latest", NULL,
	  "cluster \"c\": version is latest (\"latest\" is no version that can be compared), needs >= 1.21" },
	{ "plan cluster c version=!1.20", "version", PL_PLAN, PL_FAIL, "version", ">= 1.21", NULL, NULL,
	  "cluster \"c\": version is not as required, needs >= 1.21" },
	{ "plan cluster c version=!1.24", "version", PL_PLAN, PL_PASS, "version", ">= 1.21", NULL, NULL,
	  "cluster \"c\": version is as required" },
	{ "plan cluster c version=!latest", "version", PL_PLAN, PL_UNDECIDED, "version", ">= 1.21", NULL, NULL,
	  "cluster \"c\": version is not known: not known to be right or wrong" },
	{ "plan cluster c provider=eks version=1.24\nplan.2 cluster c provider=eks version=1.20", "version", PL_PLAN, PL_UNDECIDED, "version",
	  ">= 1.21", NULL, "plan says 1.24, plan.2 says 1.20",
	  "cluster \"c\": version is not known: plan says 1.24, plan.2 says 1.20" },
	{ "plan cluster c\nplan pool p in=c vcpu=2 memory=4294967296", "size", PL_PLAN, PL_FAIL, "vcpu", ">= 4", "2",
	  NULL, "pool \"p\": vcpu is 2 and memory is 4 GiB; needs vcpu >= 4 and memory >= 16 GB" },
	{ "plan cluster c\nplan pool p in=c vcpu=2\nplan pool q in=c vcpu=2", "size", PL_PLAN, PL_FAIL, "vcpu", ">= 4",
	  "2", NULL, "pool \"p\": vcpu is 2, needs >= 4 (and 1 more)" },
	{ "plan cluster c\nplan pool p in=c labels=!k:true", "label", PL_PLAN, PL_PASS, "labels.k", "true", NULL, NULL,
	  "pool \"p\": label k is as required" },
	{ "plan cluster c\nplan pool p in=c labels=k:no", "label", PL_PLAN, PL_FAIL, "labels.k", "true", "no", NULL,
	  "no pool carries k=true" },
	{ "plan cluster c\nplan pool p in=c labels=a:b", "label", PL_PLAN, PL_FAIL, "labels.k", "true", "not set", NULL,
	  "no pool carries k=true" },
	{ "plan cluster c\nplan pool p in=c labels=a:b,...", "label", PL_PLAN, PL_UNDECIDED, "labels.k", "true", NULL,
	  NULL, "pool \"p\": label k is not known: only some of it is known" },
	{ "plan cluster c\nplan pool p in=c os=cos labels=k:true", "apart", PL_PLAN, PL_FAIL, "labels.k", "not true",
	  "true", NULL, "pool \"p\": label k is true, needs not true" },
	{ "plan cluster c\nplan pool p in=c os=?x.os labels=k:true", "apart", PL_PLAN, PL_FAIL, NULL, NULL, NULL, NULL,
	  "it comes to this however what is not known yet turns out" },
	{ "cluster cluster c\ncluster node m in=c kernel_version=4.9 labels=?x.l", "nodes", PL_CLUSTER_API,
	  PL_UNDECIDED, "kernel_version", ">= 5.4", "4.9", "x.l", "node \"m\": kernel version is 4.9 (asked only of some: depends on its labels.k, x.l), needs >= 5.4" },
	{ "cluster cluster c\ncluster node m in=c kernel_version=4.9 labels=a:b,...", "nodes", PL_CLUSTER_API,
	  PL_UNDECIDED, "kernel_version", ">= 5.4", "4.9", NULL,
	  "node \"m\": kernel version is 4.9 (asked only of some: depends on its labels.k), needs >= 5.4" },
	{ "cluster cluster c\ncluster node m in=c kernel_version=5.15 labels=?x.l\n"
	  "cluster node n in=c kernel_version=5.15 labels=k:true", "nodes", PL_CLUSTER_API,
	  PL_PASS, "kernel_version", ">= 5.4", "5.15", NULL, "all 2 are as required" },
	{ "plan cluster c\nplan pool p in=c os=ubuntu", "apart", PL_PLAN, PL_FAIL, NULL, NULL, NULL, NULL,
	  "no pool is one of those it asks of" },
	{ "plan cluster c", "balancer", PL_PLAN, PL_UNDECIDED, NULL, NULL, NULL, NULL, "none is written" },
	{ "plan cluster c service_load_balancer=true", "balancer", PL_PLAN, PL_PASS, "service_load_balancer", "true",
	  "true", NULL, "cluster \"c\": Services of type LoadBalancer get a balancer without further parts" },
	{ "plan cluster c", "label", PL_PLAN, PL_UNDECIDED, NULL, NULL, NULL, NULL, "no pool is known to the plan" },
	{ "plan* cluster c version=1.24\nplan* pool p in=c vcpu=4 memory=16000000000", "size", PL_PLAN, PL_UNDECIDED,
	  NULL, NULL, NULL, NULL, "targeted plan: what it leaves out was not seen" },
	{ "plan cluster c\nplan cluster d\nplan pool p vcpu=4", "label", PL_PLAN, PL_UNDECIDED, NULL, NULL, NULL, NULL,
	  "pool \"p\": it names no cluster and there are several: --join SOURCE=CLUSTER says which" },
	{ "node node n kernel_version=4.0", "nodes", PL_NODE_SSH, PL_FAIL, "kernel_version", ">= 5.4", "4.0", NULL,
	  "node \"n\": kernel version is 4.0 (its labels were not collected: judged as a node the architecture is "
	  "meant for), needs >= 5.4" },
};

static const struct pl_finding *first_finding(const struct pl_answer *a, enum pl_verdict v)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->findings[i].verdict == v)
			return &a->findings[i];
	return NULL;
}

static void test_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
		auto_world w = evaluate(findings[i].world, 0, 0, 0);
		const struct pl_answer *a = &world_result(w.report, findings[i].id)->by[findings[i].witness];
		const struct pl_finding *f = first_finding(a, findings[i].verdict);

		if (a->verdict != findings[i].verdict || !pl_streq(a->reason, findings[i].reason))
			fail_msg("row %zu: %s: %s", i, pl_verdict_name(a->verdict), a->reason);
		if (!f || !pl_streq(f->attribute, findings[i].attribute) ||
		    !pl_streq(f->expected, findings[i].expected) || !pl_streq(f->actual, findings[i].actual) ||
		    !pl_streq(f->waits_for, findings[i].waits_for))
			fail_msg("row %zu: finding %s, %s, %s, %s", i, f ? f->attribute : "-", f ? f->expected : "-",
				 f ? f->actual : "-", f ? f->waits_for : "-");
	}
}

/* A label that is named like a secret is judged like any other, and its value is not shown. */
static void test_secret_names(void **state)
{
	static const char text[] =
		"format: plumbline-arch/1\n"
		"name: s\ntitle: S\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
		"requirements:\n"
		"  - " REST("secret", "error") ", seen_by: [plan], on: pool, expect: { labels: { db_password: x } } }\n";
	auto_world w = { world_model("plan cluster c\nplan pool p in=c labels=db_password:hunter2", 0),
			 world_arch(text, sizeof text - 1, NULL), NULL };
	const struct pl_finding *f;

	(void)state;
	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	f = &w.report->results[0].by[PL_PLAN].findings[0];
	assert_int_equal(w.report->results[0].verdict, PL_FAIL);
	assert_null(f->actual);
	assert_true(f->sensitive);
	assert_null(strstr(w.report->results[0].by[PL_PLAN].reason, "hunter2"));
}

/* ---- clauses ---- */

static void test_clauses(void **state)
{
	static const struct {
		const char *world, *expected;
	} rows[] = {
		{ "plan cluster c provider=gke release_channel=rapid", "gke-only=pass" },
		{ "plan cluster c provider=gke release_channel=?x.y", "gke-only=unknown" },
		{ "plan cluster c provider=eks", "gke-only=not-applicable" },
		{ "plan cluster c release_channel=?x.y", "gke-only=unknown" },
		{ "plan cluster c release_channel=stable", "gke-only=unknown" },
		{ "plan cluster c release_channel=rapid", "gke-only=pass" },
		{ "plan cluster c provider=gke release_channel=rapid\nplan cluster d\nplan bucket b service=gcs",
		  "c/gke-only=pass" },
		{ "plan cluster c provider=gke release_channel=rapid\nplan cluster d\nplan bucket b service=s3",
		  "c/gke-only=unknown" },
		{ "plan cluster c\nplan pool p in=c vcpu=2 os=cos", "both=fail" },
		{ "plan cluster c\nplan pool p in=c vcpu=2 os=ubuntu", "both=pass" },
		{ "plan cluster c\nplan pool p in=c vcpu=2 os=?x.y", "both=unknown" },
		{ "plan cluster c\nplan pool p in=c vcpu=0 os=?x.y", "both=fail" },
		{ "plan cluster c\nplan pool p in=c vcpu=4 os=?x.y", "both=pass" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_world w = evaluate(rows[i].world, 0, 0, 0);

		assert_int_equal(world_wrong(w.report, rows[i].world, rows[i].expected), 0);
	}
}

/* Of all machine types that a pool may pick, those that break the rule are named. */
static void test_what_decided_is_named(void **state)
{
	auto_world w = evaluate("plan cluster c\nplan pool p in=c vcpu=8 vcpu=2 vcpu=?x.y memory=64000000000", 0, 0, 0);
	const struct pl_answer *a = &world_result(w.report, "size")->by[PL_PLAN];

	(void)state;
	assert_int_equal(a->count, 1);
	assert_string_equal(a->findings[0].actual, "2");
	assert_string_equal(a->findings[0].fact->origin.path, "path");
}

/* What nobody collected is not named beside what is known to break the rule. */
static void test_what_did_not_decide_is_not(void **state)
{
	auto_world w = evaluate("plan cluster c\nplan pool p in=c vcpu=2", 0, 0, 0);
	const struct pl_answer *a = &world_result(w.report, "size")->by[PL_PLAN];

	(void)state;
	assert_int_equal(a->count, 1);
	assert_string_equal(a->findings[0].attribute, "vcpu");
}

/* ---- order ---- */

static void say_answer(const struct pl_answer *a, struct pl_buf *out)
{
	pl_buf_addf(out, "  %s: %s\n", pl_verdict_name(a->verdict), a->asked ? a->reason : "-");
	for (size_t i = 0; i < a->count; i++) {
		pl_buf_addf(out, "    %s ", pl_verdict_name(a->findings[i].verdict));
		if (a->findings[i].object)
			pl_object_say(a->findings[i].object, out);
		pl_buf_adds(out, " ");
		pl_findings_say(&a->findings[i], 1, a->findings[i].verdict, out);
		pl_buf_adds(out, "\n");
	}
}

static void say_report(const struct pl_report *r, struct pl_buf *out)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct pl_result *x = &r->results[i];

		pl_buf_addf(out, "%s %s %s\n", x->requirement->id, x->cluster ? x->cluster->name : "-",
			    pl_verdict_name(x->verdict));
		for (int w = 0; w < PL_WITNESS_COUNT; w++)
			say_answer(&x->by[w], out);
	}
}

/* The same facts in another order give the same report to the byte. */
static void test_order_does_not_matter(void **state)
{
	static const char text[] =
		"plan cluster b provider=eks version=1.24\nplan cluster a provider=gke version=1.20 network_policy=calico\n"
		"state cluster a provider=gke version=1.19\ncluster cluster a provider=gke version=1.21\n"
		"plan.2 cluster b provider=eks version=1.23 privileged_pods=true\nplan.2 cluster d provider=aks +stand_in\n"
		"plan pool p in=a vcpu=2 memory=4000000000 labels=k:true,a:b os=cos\nplan pool q in=a vcpu=?x.y labels=?x.z\n"
		"plan pool p in=b vcpu=8 memory=64000000000 labels=k:no os=?x.o\nplan.2 pool r in=d vcpu=4 max_nodes=0\n"
		"plan.2 pool s in=d vcpu=4 memory=16000000000 +change\ncluster pool p in=a vcpu=2 labels=k:true\n"
		"cluster pool z in=a vcpu=1\nplan pool lost vcpu=2\nnode node n kernel_version=5.4 cgroup=v2\n"
		"cluster node m in=a kernel_version=4.9 labels=k:true\nplan bucket x in=b\nplan.2 bucket x\n";
	pl_auto_buf first = PL_BUF_INIT;

	(void)state;
	for (unsigned seed = 0; seed < 100; seed++) {
		auto_world w = evaluate(text, seed, 0, 0);
		pl_auto_buf text_now = PL_BUF_INIT;

		say_report(w.report, seed ? &text_now : &first);
		if (seed)
			assert_string_equal(text_now.data, first.data);
	}
	assert_non_null(strstr(first.data, "apart a fail"));
}

/* By cluster, then in the architecture's order; what the profile does not ask is not there. */
static void test_results_are_in_order(void **state)
{
	auto_world w = evaluate("plan cluster b version=1.24\nplan cluster a version=1.20", 0, 0, 0);

	(void)state;
	assert_int_equal(w.report->count, 22);
	assert_string_equal(w.report->results[0].cluster->name, "a");
	assert_string_equal(w.report->results[0].requirement->id, "version");
	assert_string_equal(w.report->results[10].requirement->id, "balancer");
	assert_string_equal(w.report->results[11].cluster->name, "b");
	w.arch->requirements[0].asked = false;
	pl_report_free(w.report);
	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	assert_int_equal(w.report->count, 20);
	assert_string_equal(w.report->results[0].requirement->id, "network");
	assert_int_equal(w.report->exit_code, 0);
}

static void test_an_empty_model(void **state)
{
	auto_world w = evaluate("plan", 0, 0, 0);

	(void)state;
	assert_int_equal(w.report->cluster_count, 0);
	assert_int_equal(w.report->count, 11);
	assert_null(w.report->results[0].cluster);
	assert_int_equal(world_wrong(w.report, "empty", "version=unknown live=not-asked label=unknown"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_secret_names),
		cmocka_unit_test(test_clauses),
		cmocka_unit_test(test_what_decided_is_named),
		cmocka_unit_test(test_what_did_not_decide_is_not),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_results_are_in_order),
		cmocka_unit_test(test_an_empty_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
