/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiled-in architectures promise to the outside: every id of gitpod with its severity in
 * each profile ("-": not asked) and its witnesses, and the ids of the platform family.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

enum { PROFILES = 3 };

static const char *const profiles[PROFILES] = { "requirements", "production", "proof-of-value" };

static const struct {
	const char *id, *severity[PROFILES], *seen_by;
} rows[] = {
	{ "kubernetes-version", { "error", "error", "error" }, "plan cloud cluster" },
	{ "kubernetes-version-tested", { "warning", "warning", "warning" }, "plan cloud cluster" },
	{ "distribution", { "error", "error", "error" }, "plan cloud cluster" },
	{ "distribution-tested", { "warning", "error", "warning" }, "plan cloud cluster" },
	{ "label-meta", { "error", "error", "error" }, "plan cloud cluster" },
	{ "label-ide", { "error", "error", "error" }, "plan cloud cluster" },
	{ "label-workspace-services", { "error", "error", "error" }, "plan cloud cluster" },
	{ "label-workspace-regular", { "error", "error", "error" }, "plan cloud cluster" },
	{ "label-workspace-headless", { "error", "error", "error" }, "plan cloud cluster" },
	{ "pools-separated", { "warning", "error", "-" }, "plan cloud cluster" },
	{ "headless-separated", { "info", "error", "-" }, "plan cloud cluster" },
	{ "node-size", { "error", "error", "error" }, "plan cloud cluster node" },
	{ "node-capacity", { "-", "warning", "warning" }, "plan cloud cluster" },
	{ "node-os", { "error", "error", "error" }, "plan cloud cluster node" },
	{ "node-os-version", { "warning", "warning", "warning" }, "plan cloud cluster node" },
	{ "node-architecture", { "error", "error", "error" }, "plan cloud cluster node" },
	{ "node-taints", { "error", "error", "error" }, "plan cloud cluster" },
	{ "node-spot", { "warning", "error", "warning" }, "plan cloud cluster" },
	{ "node-disk", { "-", "warning", "-" }, "plan cloud cluster node" },
	{ "node-autoscaling", { "warning", "error", "-" }, "plan cloud" },
	{ "node-max-pods", { "-", "warning", "-" }, "plan cloud cluster" },
	{ "node-kernel", { "error", "error", "error" }, "cluster node" },
	{ "container-runtime", { "error", "error", "error" }, "plan cloud cluster node" },
	{ "container-runtime-version", { "warning", "warning", "warning" }, "cluster node" },
	{ "network-calico", { "error", "error", "error" }, "plan cloud cluster" },
	{ "privileged-pods", { "error", "error", "error" }, "plan cloud cluster" },
	{ "load-balancer-http", { "error", "error", "error" }, "plan cloud cluster" },
	{ "load-balancer-ssh", { "error", "error", "error" }, "plan cloud cluster" },
	{ "object-storage", { "info", "error", "-" }, "plan cloud endpoint" },
	{ "database", { "info", "error", "-" }, "plan cloud endpoint" },
	{ "database-version", { "error", "error", "error" }, "plan cloud endpoint" },
	{ "database-version-tested", { "warning", "warning", "warning" }, "plan cloud endpoint" },
	{ "image-registry", { "info", "error", "-" }, "plan cloud endpoint" },
	{ "image-registry-supported", { "warning", "warning", "warning" }, "plan cloud endpoint" },
	{ "scm", { "error", "error", "error" }, "endpoint" },
	{ "cert-manager", { "error", "error", "error" }, "plan cluster" },
	{ "cert-manager-version", { "warning", "warning", "warning" }, "plan cluster" },
	{ "storage-class", { "error", "error", "error" }, "cluster" },
	{ "node-paths", { "warning", "warning", "warning" }, "node" },
	{ "node-devices", { "warning", "warning", "warning" }, "node" },
	{ "node-sysctls", { "warning", "warning", "warning" }, "node" },
	{ "node-modules", { "warning", "warning", "warning" }, "node" },
	{ "node-ports", { "warning", "warning", "warning" }, "node" },
	{ "node-cgroup", { "warning", "warning", "warning" }, "node" },
	{ "node-disk-free", { "warning", "warning", "warning" }, "node" },
};

/* What rests on tables, or would only be in the way later, is a warning; what the cloud refuses an error. */
static const struct {
	const char *id;
	bool cloud_only;
	enum pl_severity severity;
} platform_ids[] = {
	{ "platform-machine-type", false, PL_WARNING },
	{ "platform-machine-type-offered", true, PL_ERROR },
	{ "platform-version-offered", true, PL_ERROR },
	{ "platform-version-skew", false, PL_WARNING },
	{ "platform-default-pool", false, PL_WARNING },
	{ "platform-load-balancer-sku", false, PL_WARNING },
	{ "platform-balancer-annotations", false, PL_WARNING },
	{ "platform-subnet-tags", false, PL_WARNING },
	{ "platform-version-support", false, PL_WARNING },
	{ "platform-version-step", true, PL_ERROR },
	{ "platform-quota", true, PL_ERROR },
	{ "platform-quota-low", true, PL_WARNING },
	{ "platform-subnet-size", true, PL_ERROR },
	{ "platform-subnet-size-low", true, PL_WARNING },
	{ "platform-name-taken", true, PL_ERROR },
	{ "platform-image", true, PL_ERROR },
	{ "platform-zone", true, PL_ERROR },
};

static void read_file(const char *path, struct pl_buf *out)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	pl_buf_reserve(out, PL_LIMIT_YAML_BYTES);
	out->len = fread(out->data, 1, PL_LIMIT_YAML_BYTES, f);
	assert_int_equal(fclose(f), 0);
}

static struct pl_arch *load(const char *profile, const char *ssh)
{
	pl_auto_buf gitpod = PL_BUF_INIT, platform = PL_BUF_INIT;
	struct pl_setting set = { "ssh", ssh };
	struct pl_err err = PL_ERR_INIT;
	struct pl_arch *a;

	read_file(PL_SOURCE_DIR "/reference-arch/gitpod/gitpod.yaml", &gitpod);
	read_file(PL_SOURCE_DIR "/reference-arch/platform/platform.yaml", &platform);
	a = pl_arch_load(&(struct pl_arch_text){ "gitpod", gitpod.data, gitpod.len },
			 (struct pl_arch_text[]){ { "platform", platform.data, platform.len }, { NULL, NULL, 0 } },
			 profile, &set, ssh ? 1 : 0, &err);
	if (!a)
		fail_msg("%s", err.text);
	return a;
}

static void expect_row(const struct pl_requirement *r, size_t row, size_t profile, bool ssh)
{
	pl_auto_buf seen = PL_BUF_INIT;
	const char *severity = ssh || strcmp(r->id, "load-balancer-ssh") ? rows[row].severity[profile] : "-";

	assert_string_equal(r->id, rows[row].id);
	assert_false(r->platform);
	if (strcmp(r->asked ? pl_severity_name(r->severity) : "-", severity))
		fail_msg("%s is not %s in %s", r->id, severity, profiles[profile]);
	for (int w = 0; w < PL_WITNESS_COUNT; w++)
		if (r->seen_by >> w & 1)
			pl_buf_addf(&seen, "%s%s", seen.len ? " " : "", pl_witness_name((enum pl_witness)w));
	assert_string_equal(seen.data, rows[row].seen_by);
}

static void gitpod_asks_what_is_promised(void **state)
{
	static const struct {
		const char *set;
		bool asked;
	} ssh[] = { { NULL, true }, { "true", true }, { "false", false } };
	size_t count = sizeof rows / sizeof *rows, beside = sizeof platform_ids / sizeof *platform_ids;

	(void)state;
	for (size_t i = 0; i < PROFILES * 3; i++) {
		pl_auto_arch struct pl_arch *a = load(profiles[i / 3], ssh[i % 3].set);

		assert_int_equal(a->count, count + beside);
		for (size_t row = 0; row < count; row++)
			expect_row(&a->requirements[row], row, i / 3, ssh[i % 3].asked);
		for (size_t p = 0; p < beside; p++) {
			const struct pl_requirement *r = &a->requirements[count + p];

			assert_string_equal(r->id, platform_ids[p].id);
			assert_true(r->platform && r->asked);
			assert_int_equal(r->severity, platform_ids[p].severity);
			assert_int_equal(r->seen_by == 1U << PL_CLOUD, platform_ids[p].cloud_only);
		}
	}
}

static void gitpod_says_that_it_is_retired(void **state)
{
	pl_auto_arch struct pl_arch *a = load(NULL, NULL);

	(void)state;
	assert_string_equal(a->name, "gitpod");
	assert_string_equal(a->edition, "2022.11");
	assert_string_equal(a->status, "retired");
	assert_non_null(a->status_text);
	assert_string_equal(a->profile, "requirements");
	assert_int_equal(a->profile_count, PROFILES);
	for (size_t i = 0; i < PROFILES; i++)
		assert_string_equal(a->profiles[i].name, profiles[i]);
}

static void count_key(void *ctx, const char *key)
{
	size_t *count = ctx;

	assert_non_null(key);
	++*count;
}

static void gitpod_names_what_nodes_are_asked_for(void **state)
{
	static const struct {
		enum pl_attr attr;
		size_t keys;
	} asked[] = {
		{ PL_NODE_PATHS, 9 }, { PL_NODE_SYSCTLS, 6 }, { PL_NODE_MODULES, 3 }, { PL_NODE_DISK_FREE, 1 },
		{ PL_NODE_CGROUP, 0 },
	};
	pl_auto_arch struct pl_arch *a = load(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		size_t count = 0;

		pl_arch_keys(a, asked[i].attr, count_key, &count);
		assert_int_equal(count, asked[i].keys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gitpod_asks_what_is_promised),
		cmocka_unit_test(gitpod_names_what_nodes_are_asked_for),
		cmocka_unit_test(gitpod_says_that_it_is_retired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
