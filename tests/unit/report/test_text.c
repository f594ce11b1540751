/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people, as it stands on the screen: what is shown, in which order, how wide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../eval/world.h"
#include "report/report.h"

#define REST(id, severity) \
	"{ title: t, why: w, fix: f, source: { title: s }, settled_by: ['k8s://', 'ssh://'], seen_by: [plan, cluster], " \
	"severity: " severity ", id: " id

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: retired\nstatus_text: \"nobody's\"\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("hint", "info") ", on: pool, expect: { max_pods: '>= 110' } }\n"
	"  - " REST("spot", "warning") ", on: pool, expect: { capacity_type: on-demand } }\n"
	"  - " REST("size", "error") ", on: pool, expect: { vcpu: '>= 4' } }\n"
	"  - " REST("label", "error") ", quantifier: some, on: pool, expect: { labels: { k: 'true' } } }\n"
	"  - " REST("os", "error") ", on: pool, where: { vcpu: '>= 1' }, expect: { os: ubuntu } }\n"
	"  - { title: t, why: w, fix: f, source: { title: s }, seen_by: [node], severity: error, id: live, on: node }\n";

static struct world judge(const char *text)
{
	struct world w = { world_model(text, 0), world_arch(arch_text, sizeof arch_text - 1, NULL), NULL };

	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	return w;
}

#define HEAD "small/all 1 \xc2\xb7 EKS \"c\" \xc2\xb7 plan of 0 resources\nnobody's\n\n"
#define FINE "labels=k:true capacity_type=on-demand max_pods=110"

static const char mixed[] = "plan cluster c provider=eks\n"
			    "plan pool p in=c labels=k:true vcpu=2 capacity_type=spot max_pods=8 os=?x.y";

static const struct {
	const char *what, *world;
	struct pl_report_style style;
	const char *text;
} rows[] = {
	{ "errors, warnings, remarks, then what is undecided", mixed, { 0 },
	  HEAD "FAIL  size  pool \"p\": vcpu is 2, needs >= 4\n            pool.p\n"
	  "warn  spot  pool \"p\": capacity type is spot, needs on-demand\n            pool.p\n"
	  "info  hint  pool \"p\": max pods is 8, needs >= 110\n            pool.p\n"
	  "?     os    pool \"p\": os is not known: waits for x.y; k8s:// or ssh:// settles it\n"
	  "pass 1   not asked 1 (seen only by: node)\n\n"
	  "1 error, 1 warning, 1 info, 1 undecided: does not conform\n" },
	{ "quiet", mixed, { .quiet = true },
	  "\nFAIL  size  pool \"p\": vcpu is 2, needs >= 4\n            pool.p\n"
	  "warn  spot  pool \"p\": capacity type is spot, needs on-demand\n            pool.p\n\n"
	  "1 error, 1 warning, 1 info, 1 undecided: does not conform\n" },
	{ "every row", "plan cluster c provider=eks\nplan pool p in=c vcpu=4 os=ubuntu " FINE, { .verbose = true },
	  HEAD "pass  hint   pool \"p\": max pods is 110\npass  spot   pool \"p\": capacity type is on-demand\n"
	  "pass  size   pool \"p\": vcpu is 4\npass  label  pool \"p\": label k is true\n"
	  "pass  os     pool \"p\": os is ubuntu\n-     live   seen only by: node\n"
	  "pass 5   not asked 1 (seen only by: node)\n\nnothing failed: conforms\n" },
	{ "forty columns", "plan cluster c provider=eks\nplan pool p in=c vcpu=2 os=ubuntu " FINE, { .width = 40 },
	  "small/all 1 \xc2\xb7 EKS \"c\" \xc2\xb7 plan of 0\nresources\nnobody's\n\n"
	  "FAIL  size  pool \"p\": vcpu is 2, needs\n            >= 4\n            pool.p\n"
	  "pass 4 not asked 1 (seen only by: node)\n\n1 error: does not conform\n" },
	{ "colour", "plan cluster c provider=eks\nplan pool p in=c vcpu=2 os=ubuntu " FINE, { .colour = true },
	  HEAD "\x1b[1;31mFAIL\x1b[0m  size  pool \"p\": vcpu is 2, needs >= 4\n            pool.p\n"
	  "pass 4   not asked 1 (seen only by: node)\n\n1 error: does not conform\n" },
	{ "what comes from outside is escaped", "plan cluster c provider=eks\n"
	  "plan pool \x1b[31mp in=c vcpu=2 os=ubuntu " FINE, { 0 },
	  HEAD "FAIL  size  pool \"\\x1b[31mp\": vcpu is 2, needs >= 4\n            pool.\\x1b[31mp\n"
	  "pass 4   not asked 1 (seen only by: node)\n\n1 error: does not conform\n" },
	{ "a block for each cluster", "plan cluster c provider=eks location=l\nplan cluster d\n"
	  "plan pool p in=c vcpu=4 os=ubuntu " FINE "\nplan pool p in=d vcpu=4 os=ubuntu " FINE, { 0 },
	  "small/all 1 \xc2\xb7 2 clusters \xc2\xb7 plan of 0 resources\nnobody's\n\n"
	  "EKS \"c\", l\npass 5   not asked 1 (seen only by: node)\n\n"
	  "cluster \"d\"\npass 5   not asked 1 (seen only by: node)\n\nnothing failed: conforms\n" },
	{ "what is left out is said", "plan* cluster c provider=eks\nplan* pool p in=c vcpu=2 os=ubuntu " FINE,
	  { .quiet = true },
	  "\nFAIL  size  pool \"p\": vcpu is 2, needs >= 4\n            pool.p\n\n1 error, 3 undecided: does not conform\n" },
};

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_world w = judge(rows[i].world);
		pl_auto_buf out = PL_BUF_INIT;

		pl_reporter_find("text")->write(w.report, &rows[i].style, &out);
		if (!pl_streq(out.data, rows[i].text))
			fail_msg("%s:\n%s", rows[i].what, out.data);
	}
}

/* What the lines about that requirement say. */
static const char *lines_of(struct pl_model *m, const char *text, const char *id)
{
	const char *all = "";

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		const char *said = line + 6 + strlen(id);

		if (strcspn(line, "\n") < 6 || !pl_starts(line + 6, id))
			continue;
		said += strspn(said, " ");
		all = pl_model_strf(m, "%s%.*s|", all, (int)strcspn(said, "\n"), said);
	}
	return all;
}

#define TWO(a, b) "plan cluster c provider=eks\ncluster cluster c provider=eks\n" \
		  "plan pool p in=c " a "\ncluster pool p in=c " b

/* Several witnesses: whose word it is, what they agree about once, and not what is changed anyway. */
static void test_witnesses(void **state)
{
	static const struct {
		const char *world, *id, *lines;
	} cases[] = {
		{ TWO("vcpu=2", "vcpu=2"), "size", "plan, cluster: pool \"p\": vcpu is 2, needs >= 4|" },
		{ TWO("vcpu=2", "vcpu=3"), "size",
		  "plan: pool \"p\": vcpu is 2, needs >= 4|cluster: pool \"p\": vcpu is 3, needs >= 4|" },
		{ TWO("vcpu=4", "vcpu=3"), "size", "cluster: pool \"p\": vcpu is 3, needs >= 4|" },
		{ TWO("+change vcpu=4", "vcpu=3"), "size", "" },
		{ TWO("+change vcpu=4", "vcpu=3") "\nplan pool q in=c vcpu=2", "size",
		  "plan: pool \"q\": vcpu is 2, needs >= 4|" },
		{ TWO("+gone vcpu=4", "vcpu=3") "\nplan pool q in=c vcpu=2", "size",
		  "plan: pool \"q\": vcpu is 2, needs >= 4|" },
		{ TWO("labels=a:b", "labels=a:b"), "label", "plan, cluster: no pool carries k=true|" },
		/* p will do for the plan, q for the cluster, and none for both */
		{ TWO("labels=k:true", "labels=k:x") "\nplan pool q in=c labels=k:x\ncluster pool q in=c labels=k:true",
		  "label", "nothing is as required in the eyes of every witness|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_world w = judge(cases[i].world);
		pl_auto_buf out = PL_BUF_INIT;

		pl_reporter_find("text")->write(w.report, &(struct pl_report_style){ .quiet = true }, &out);
		if (!pl_streq(lines_of(w.model, out.data, cases[i].id), cases[i].lines))
			fail_msg("case %zu:\n%s", i, out.data);
	}
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, word)) != NULL; p += strlen(word))
		n++;
	return n;
}

/* Thousands of faults are counted, and listed only for who wants them. */
static void test_many(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	pl_auto_arch struct pl_arch *a = world_arch(arch_text, sizeof arch_text - 1, NULL);
	pl_auto_report struct pl_report *r = NULL;
	int s = pl_model_source(m, &(struct pl_source){ .name = "p", .witness = PL_PLAN, .complete = true });
	struct pl_object *c = pl_model_object(m, PL_CLUSTER, "c", s, "c");

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct pl_object *o = pl_model_object(m, PL_POOL, pl_model_strf(m, "p%d", i), s, "pool");

		o->cluster = c;
		pl_fact_int(m, o, PL_POOL_VCPU, 2, NULL);
	}
	pl_model_join(m);
	r = pl_evaluate(m, a, 0, 0, 0);
	for (int verbose = 0; verbose < 2; verbose++) {
		pl_auto_buf out = PL_BUF_INIT;

		pl_reporter_find("text")->write(r, &(struct pl_report_style){ .verbose = verbose }, &out);
		assert_int_equal(count(out.data, "needs >= 4"), verbose ? 1000 : 10);
		assert_int_equal(count(out.data, "and 990 more (-v lists them)"), !verbose);
		assert_int_equal(count(out.data, "os is not known: not collected (and 999 more)"), 1);
	}
}

/* Drift of one kind and notes of one code are counted likewise, and hide no others. */
static void test_many_notes(void **state)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	pl_auto_arch struct pl_arch *a = world_arch(arch_text, sizeof arch_text - 1, NULL);
	pl_auto_report struct pl_report *r = NULL;
	int s = pl_model_source(m, &(struct pl_source){ .name = "p", .witness = PL_PLAN, .complete = true });
	int k = pl_model_source(m, &(struct pl_source){ .name = "k8s://", .kind = "kubernetes", .complete = true,
							.witness = PL_CLUSTER_API, .resources = 31 });

	(void)state;
	for (int i = 0; i < 30; i++)
		for (int live = 0; live < 2; live++) {
			struct pl_object *o = pl_model_object(m, PL_NODE, pl_model_strf(m, "n%02d", i), live ? k : s, "x");

			o->identity = o->name;
			pl_fact_text(m, o, PL_NODE_OS, live ? "debian" : "ubuntu", NULL);
		}
	for (int i = 0; i < 30; i++)
		pl_model_problem(m, pl_model_strf(m, "ssh://n%02d", i), NULL, "unreachable", "no answer");
	pl_model_problem(m, "k8s://", "nodes", "forbidden", "may not list nodes");
	pl_model_join(m);
	r = pl_evaluate(m, a, 0, 0, 0);
	for (int verbose = 0; verbose < 2; verbose++) {
		pl_auto_buf out = PL_BUF_INIT;

		pl_reporter_find("text")->write(r, &(struct pl_report_style){ .verbose = verbose }, &out);
		assert_int_equal(count(out.data, "drift "), verbose ? 30 : 10);
		assert_int_equal(count(out.data, "no answer"), verbose ? 30 : 10);
		assert_int_equal(count(out.data, "      and 20 more (-v lists them)\n"), verbose ? 0 : 2);
		assert_int_equal(count(out.data, "may not list nodes"), 1);
	}
}

/* What came and what went is named by its kind, though one of them is no object any more. */
static void test_came_and_went(void **state)
{
	static const char *const names[] = { "old", "both", "new" };

	(void)state;
	for (int today = 0; today < 2; today++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		pl_auto_arch struct pl_arch *a = world_arch(arch_text, sizeof arch_text - 1, NULL);
		pl_auto_report struct pl_report *r = NULL;
		pl_auto_buf out = PL_BUF_INIT;

		for (int i = 0; i < 2; i++) {
			int s = pl_model_source(m, &(struct pl_source){
				.name = i ? "b" : "a", .kind = i && today ? "kubernetes" : "snapshot",
				.complete = true, .witness = PL_CLUSTER_API });
			struct pl_object *c = pl_model_object(m, PL_CLUSTER, "c", s, NULL);

			c->nickname = true;
			for (int n = i; n < i + 2; n++) {
				struct pl_object *o = pl_model_object(m, PL_STORAGE_CLASS, names[n], s, names[n]);

				o->identity = names[n];
				o->cluster = c;
			}
		}
		pl_model_join(m);
		r = pl_evaluate(m, a, 0, 0, 0);
		pl_reporter_find("text")->write(r, &(struct pl_report_style){ 0 }, &out);
		assert_int_equal(count(out.data, "drift "), 2);
		assert_int_equal(count(out.data, today ? "storage class \"old\": in the snapshot, not there now\n" :
			"storage class \"old\": in the older snapshot, not there in the newer one\n"), 1);
		assert_int_equal(count(out.data, today ? "storage class \"new\": not in the snapshot, there now\n" :
			"storage class \"new\": not in the older snapshot, there in the newer one\n"), 1);
	}
}

/* How many nodes an API server showed; none where it may not list them. */
static void test_heading(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		pl_auto_arch struct pl_arch *a = world_arch(arch_text, sizeof arch_text - 1, NULL);
		pl_auto_report struct pl_report *r = NULL;
		pl_auto_buf out = PL_BUF_INIT;

		pl_model_source(m, &(struct pl_source){ .name = "k8s://x", .kind = "kubernetes", .complete = whole,
							.witness = PL_CLUSTER_API, .resources = whole ? 1 : 0 });
		pl_model_object(m, PL_CLUSTER, "c", 0, NULL);
		pl_model_join(m);
		r = pl_evaluate(m, a, 0, 0, 0);
		pl_reporter_find("text")->write(r, &(struct pl_report_style){ 0 }, &out);
		assert_int_equal(count(out.data, "k8s://x of 1 node\n"), whole);
		assert_int_equal(count(out.data, "of 0 nodes"), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_witnesses),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_notes),
		cmocka_unit_test(test_came_and_went),
		cmocka_unit_test(test_heading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
