/* SPDX-License-Identifier: Apache-2.0 */
/* Two snapshots that disagree: what was planned, and what the cluster's API shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "model/snapshot.h"
#include "world.h"

#define REST(id) "{ title: t, why: w, fix: f, source: { title: s }, severity: error, seen_by: [plan, cluster], id: " id

static const char arch_text[] =
	"format: plumbline-arch/1\n"
	"name: small\ntitle: Small\nedition: '1'\nstatus: current\nprofiles: { all: all }\n"
	"requirements:\n"
	"  - " REST("version") ", on: cluster, expect: { version: '>= 1.21' } }\n"
	"  - " REST("label") ", quantifier: some, on: pool, expect: { labels: { k: 'true' } } }\n"
	"  - " REST("os") ", on: pool, expect: { os: ubuntu } }\n"
	"  - " REST("kernel") ", on: pool, expect: { kernel_version: '>= 5.4' } }\n";

/* Single quotes stand for double ones. */
static const char planned[] =
	"{ 'format': 'plumbline-facts/1',"
	"  'sources': [ { 'source': 'plan.json', 'witness': 'plan', 'complete': true } ],"
	"  'objects': ["
	"    { 'kind': 'cluster', 'name': 'prod', 'identity': 'prod', 'rank': 2,"
	"      'seen': { 'plan': { 'source': 0, 'address': 'aws_eks_cluster.this' } },"
	"      'facts': ["
	"        { 'attribute': 'provider', 'witness': 'plan', 'value': 'eks', 'origin': { 'source': 0 } },"
	"        { 'attribute': 'version', 'witness': 'plan', 'value': '1.24', 'origin': { 'source': 0 } } ] },"
	"    { 'kind': 'pool', 'name': 'a', 'identity': 'a', 'rank': 2, 'cluster': 0, 'will_change': WILL_CHANGE,"
	"      'seen': { 'plan': { 'source': 0, 'address': 'aws_eks_node_group.a' } },"
	"      'facts': ["
	"        { 'attribute': 'labels', 'witness': 'plan', 'value': { 'k': 'true', 'db_password': 'new' },"
	"          'origin': { 'source': 0, 'address': 'aws_eks_node_group.a', 'path': 'labels' } },"
	"        { 'attribute': 'vcpu', 'witness': 'plan', 'value': 4, 'origin': { 'source': 0 } },"
	"        { 'attribute': 'os', 'witness': 'plan', 'value': 'ubuntu', 'origin': { 'source': 0 } } ] },"
	"    { 'kind': 'pool', 'name': 'b', 'identity': 'b', 'rank': 2, 'cluster': 0,"
	"      'seen': { 'plan': { 'source': 0, 'address': 'aws_eks_node_group.b' } },"
	"      'facts': ["
	"        { 'attribute': 'labels', 'witness': 'plan', 'value': {}, 'origin': { 'source': 0 } },"
	"        { 'attribute': 'os', 'witness': 'plan', 'value': null, 'waits_for': 'var.os',"
	"          'origin': { 'source': 0 } } ] } ] }";

static const char live[] =
	"{ 'format': 'plumbline-facts/1',"
	"  'sources': [ { 'source': 'k8s://prod', 'witness': 'cluster', 'complete': true } ],"
	"  'objects': ["
	"    { 'kind': 'cluster', 'name': 'prod', 'identity': 'prod',"
	"      'seen': { 'cluster': { 'source': 0 } },"
	"      'facts': ["
	"        { 'attribute': 'provider', 'witness': 'cluster', 'value': 'eks', 'origin': { 'source': 0 } },"
	"        { 'attribute': 'version', 'witness': 'cluster', 'value': '1.24.10-eks-48e63af',"
	"          'origin': { 'source': 0 } } ] },"
	"    { 'kind': 'pool', 'name': 'a', 'identity': 'a', 'cluster': 0,"
	"      'seen': { 'cluster': { 'source': 0 } },"
	"      'facts': ["
	"        { 'attribute': 'labels', 'witness': 'cluster', 'value': { 'added': 'x', 'db_password': 'old' },"
	"          'origin': { 'source': 0 } },"
	"        { 'attribute': 'vcpu', 'witness': 'cluster', 'value': 3, 'origin': { 'source': 0 } },"
	"        { 'attribute': 'kernel_version', 'witness': 'cluster', 'value': '5.15', 'origin': { 'source': 0 } },"
	"        { 'attribute': 'os', 'witness': 'cluster', 'value': 'cos', 'origin': { 'source': 0 } } ] } ] }";

static void read_snapshot(struct pl_model *m, const char *name, const char *text, bool will_change)
{
	static const char mark[] = "WILL_CHANGE";
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	while (*text) {
		if (pl_starts(text, mark)) {
			pl_buf_adds(&b, will_change ? "true" : "false");
			text += sizeof mark - 1;
			continue;
		}
		pl_buf_addc(&b, *text == '\'' ? '"' : *text);
		text++;
	}
	if (pl_snapshot_read(m, name, b.data, b.len, &err))
		fail_msg("%s", err.text);
}

static struct world both(bool will_change, bool live_first)
{
	struct world w = { pl_model_new(), world_arch(arch_text, sizeof arch_text - 1, NULL), NULL };

	if (live_first)
		read_snapshot(w.model, "now.json", live, will_change);
	read_snapshot(w.model, "plan.json", planned, will_change);
	if (!live_first)
		read_snapshot(w.model, "now.json", live, will_change);
	pl_model_join(w.model);
	w.report = pl_evaluate(w.model, w.arch, 0, 0, 0);
	return w;
}

static void test_verdicts(void **state)
{
	static const struct {
		bool will_change;
		const char *expected;
	} rows[] = {
		/* one pool's fault fails the rule; its pass says nothing of the other, which is not live */
		{ false, "version=pass label=fail label@plan=pass label@cluster=fail os=fail os@plan=unknown "
			 "os@cluster=fail kernel=unknown kernel@cluster=pass" },
		/* what the plan changes is as it will be; the kernel is then what the plan cannot know */
		{ true, "version=pass label=pass label@cluster=fail os=unknown os@cluster=fail kernel=unknown" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		auto_world w = both(rows[i / 2].will_change, i % 2);

		assert_int_equal(w.report->cluster_count, 1);
		assert_int_equal(w.report->count, 4);
		assert_int_equal(world_wrong(w.report, "snapshots", rows[i / 2].expected), 0);
	}
}

/* Each difference once, with both sides; nothing about versions that agree as far as they go. */
static void test_drift(void **state)
{
	static const struct {
		const char *attribute, *plan, *cluster;
	} rows[] = {
		{ "labels.db_password", "(sensitive)", "(sensitive)" }, { "labels.k", "true", NULL },
		{ "os", "ubuntu", "cos" },
	};

	(void)state;
	for (int change = 0; change < 2; change++) {
		auto_world w = both(change, false);

		assert_int_equal(w.model->drift_count, 3);
		for (size_t i = 0; i < 3; i++) {
			const struct pl_drift *d = &w.model->drift[i];

			assert_string_equal(d->cluster, "prod");
			assert_string_equal(d->name, "a");
			assert_string_equal(d->attribute, rows[i].attribute);
			assert_int_equal(d->witnesses, 1U << PL_PLAN | 1U << PL_CLUSTER_API);
			assert_true(pl_streq(d->said[PL_PLAN], rows[i].plan));
			assert_true(pl_streq(d->said[PL_CLUSTER_API], rows[i].cluster));
			assert_int_equal(d->will_change, change);
		}
	}
}

/* Where they disagree is no part of a snapshot: it is found again in the facts. */
static void test_a_snapshot_of_both(void **state)
{
	auto_world w = both(false, false);
	pl_auto_model struct pl_model *again = pl_model_new();
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_snapshot_write(w.model, &b);
	if (pl_snapshot_read(again, "both.json", b.data, b.len, &err))
		fail_msg("%s", err.text);
	pl_model_join(again);
	/* the label that is named like a secret is "(sensitive)" on both sides now */
	assert_int_equal(again->drift_count, 2);
	pl_report_free(w.report);
	w.report = pl_evaluate(again, w.arch, 0, 0, 0);
	assert_int_equal(world_wrong(w.report, "both", "label=fail os=fail version=pass"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_a_snapshot_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
