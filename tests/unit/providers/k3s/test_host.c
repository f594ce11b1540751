/* SPDX-License-Identifier: Apache-2.0 */
/* Machines of every cloud as nodes of k3s: size, image, capacity, number, and what comes of charts. */
#include "../facts.h"
#include "k3s/k3s.h"

#define SERVER "curl -sfL https://get.k3s.io | sh -s - server --node-label a=b"
#define OFFER(offer, sku) "[{\"offer\":\"" offer "\",\"sku\":\"" sku "\"}]"
#define CASE(type, attributes, attr, expected) \
	{ STATE(RESOURCE(type, "x", "\"name\":\"x\"," attributes)), PL_POOL, "x", attr, expected }

#define SET(more) "\"sku\":\"Standard_D4s_v5\",\"instances\":3,\"custom_data\":\"" SERVER "\"" more
#define SCALE_SET(more, attr, expected) CASE("azurerm_linux_virtual_machine_scale_set", SET(more), attr, expected)
#define CLASSIC(attr, expected) \
	CASE("azurerm_virtual_machine", "\"vm_size\":\"Standard_D4s_v5\"," \
	     "\"os_profile\":[{\"custom_data\":\"" SERVER "\"}],\"storage_os_disk\":[{\"disk_size_gb\":64}]," \
	     "\"storage_image_reference\":" OFFER("UbuntuServer", "18.04-LTS"), attr, expected)
static const struct fact_case azure[] = {
	SCALE_SET("", PL_POOL_MIN, "3"),
	SCALE_SET("", PL_POOL_MAX, "3"),
	SCALE_SET("", PL_POOL_VCPU, "4"),
	SCALE_SET("", PL_POOL_LABELS, "a=b"),
	SCALE_SET("", PL_POOL_CAPACITY, "on-demand"),
	SCALE_SET(",\"priority\":\"Spot\"", PL_POOL_CAPACITY, "spot"),
	SCALE_SET(",\"os_disk\":[{\"disk_size_gb\":256}]", PL_POOL_DISK, "256 GiB"),
	SCALE_SET(",\"source_image_reference\":" OFFER("0001-com-ubuntu-server-jammy", "22_04-lts"), PL_POOL_OS, "ubuntu"),
	SCALE_SET(",\"source_image_reference\":" OFFER("0001-com-ubuntu-server-jammy", "22_04-lts"),
		  PL_POOL_OS_VERSION, "22.04"),
	SCALE_SET(",\"source_image_id\":\"/subscriptions/s/images/golden\"", PL_POOL_OS, "?"),
	SCALE_SET("", PL_POOL_OS, "?"),
	CLASSIC(PL_POOL_VCPU, "4"),
	CLASSIC(PL_POOL_DISK, "64 GiB"),
	CLASSIC(PL_POOL_OS_VERSION, "18.04"),
	CLASSIC(PL_POOL_LABELS, "a=b"),
	CLASSIC(PL_POOL_MIN, "1"),
};

#define INSTANCE(more, attr, expected) \
	CASE("google_compute_instance", "\"machine_type\":\"n2-standard-4\"," \
	     "\"metadata_startup_script\":\"" SERVER "\"" more, attr, expected)
static const struct fact_case google[] = {
	INSTANCE("", PL_POOL_CAPACITY, "on-demand"),
	INSTANCE(",\"scheduling\":[{\"provisioning_model\":\"SPOT\",\"preemptible\":true}]", PL_POOL_CAPACITY, "spot"),
	INSTANCE(",\"scheduling\":[{\"preemptible\":true}]", PL_POOL_CAPACITY, "preemptible"),
};

#define STACK(more, attr, expected) \
	CASE("openstack_compute_instance_v2", "\"flavor_name\":\"m1.large\",\"user_data\":\"" SERVER "\"" more, \
	     attr, expected)
#define GUEST(cpu, attr, expected) \
	{ STATE(RESOURCE("proxmox_virtual_environment_vm", "x", "\"name\":\"x\"," \
		"\"initialization\":[{\"user_data_file_id\":\"local:snippets/k3s.yaml\"}]," \
		"\"memory\":[{\"dedicated\":16384}],\"disk\":[{\"size\":100}],\"cpu\":[{" cpu "}]") "," \
		RESOURCE("proxmox_virtual_environment_file", "f", "\"id\":\"local:snippets/k3s.yaml\"," \
		"\"source_raw\":[{\"data\":\"#!/bin/sh\\n" SERVER "\"}]")), PL_POOL, "x", attr, expected }
static const struct fact_case others[] = {
	STACK("", PL_POOL_LABELS, "a=b"),
	STACK("", PL_POOL_VCPU, "?"),
	STACK(",\"image_name\":\"ubuntu-22.04\"", PL_POOL_OS_VERSION, "22.04"),
	GUEST("\"cores\":4,\"sockets\":2", PL_POOL_VCPU, "8"),
	GUEST("\"cores\":4", PL_POOL_VCPU, "4"),
	GUEST("\"cores\":4,\"sockets\":99999", PL_POOL_VCPU, "4"),
	GUEST("", PL_POOL_VCPU, "?"),
	GUEST("\"cores\":4", PL_POOL_MEMORY, "16 GiB"),
	GUEST("\"cores\":4", PL_POOL_DISK, "100 GiB"),
	GUEST("\"architecture\":\"aarch64\"", PL_POOL_ARCHITECTURE, "arm64"),
	GUEST("\"cores\":4", PL_POOL_LABELS, "a=b"),
};

#define CHECK(cases) check_facts(cases, sizeof cases / sizeof *cases)

static void machines_of_azure(void **state)
{
	(void)state;
	CHECK(azure);
}

static void machines_of_google(void **state)
{
	(void)state;
	CHECK(google);
}

static void machines_of_others(void **state)
{
	(void)state;
	CHECK(others);
}

/* What a chart installs takes the place of what the server's options turn off. */
static void charts_in_place_of_parts(void **state)
{
	static const struct {
		const char *options, *chart;
		enum pl_attr attr;
		const char *expected;
	} cases[] = {
		{ "--flannel-backend=none", "tigera-operator", PL_CLUSTER_NETWORK_POLICY, "calico" },
		{ "--flannel-backend=none", "cert-manager", PL_CLUSTER_NETWORK_POLICY, "?" },
		{ "--disable servicelb", "metallb", PL_CLUSTER_SERVICE_LB, "true" },
		{ "--disable servicelb", "kube-vip", PL_CLUSTER_SERVICE_LB, "true" },
		{ "--disable servicelb", "cert-manager", PL_CLUSTER_SERVICE_LB, "false" },
		{ "", "cert-manager", PL_CLUSTER_SERVICE_LB, "true" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const char *source = pl_model_strf(m, STATE(RESOURCE("hcloud_server", "s", "\"name\":\"s\","
				"\"user_data\":\"#!/bin/sh\\n" SERVER " %s\"") ","
				RESOURCE("helm_release", "h", "\"chart\":\"%s\"")), cases[i].options, cases[i].chart);
		struct fact_case row = { source, PL_CLUSTER, NULL, cases[i].attr, NULL };

		assert_int_equal(collect(m, source, NULL), 0);
		pl_model_join(m);
		pl_k3s_finish(m, find_object(m, PL_CLUSTER, NULL));
		if (!pl_streq(fact_text(m, &row), cases[i].expected))
			fail_msg("row %zu: %s", i, fact_text(m, &row));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines_of_azure),
		cmocka_unit_test(machines_of_google),
		cmocka_unit_test(machines_of_others),
		cmocka_unit_test(charts_in_place_of_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
