/* SPDX-License-Identifier: Apache-2.0 */
/* Clusters that are known by what they are, and by little else. */
#include "../facts.h"

#define NAMED "\"name\":\"c\","
#define KIND(type, more, expected) \
	{ STATE(RESOURCE(type, "c", more)), PL_CLUSTER, "c", PL_CLUSTER_DISTRIBUTION, expected }
#define VERSION(type, more, expected) \
	{ STATE(RESOURCE(type, "c", more)), PL_CLUSTER, "c", PL_CLUSTER_VERSION, expected }
#define IBM "ibm_container_vpc_cluster"

static const struct fact_case rows[] = {
	KIND("azurerm_redhat_openshift_cluster", NAMED "\"location\":\"we\"", "openshift"),
	KIND("rhcs_cluster_rosa_classic", NAMED "\"version\":\"4.12.25\"", "openshift"),
	KIND("rke_cluster", "\"cluster_name\":\"c\"", "rke"),
	KIND("rancher2_cluster", NAMED "\"rke_config\":[{}]", "rke"),
	KIND("digitalocean_kubernetes_cluster", NAMED "\"version\":\"1.24.8-do.0\"", "doks"),
	KIND("linode_lke_cluster", "\"label\":\"c\"", "lke"),
	KIND(IBM, NAMED "\"kube_version\":\"4.12_openshift\"", "openshift"),
	KIND(IBM, NAMED "\"kube_version\":\"1.24.10\"", "iks"),
	KIND(IBM, NAMED "\"kube_version\":[\"1.24.10\"]", "iks"),
	/* an import of another's cluster is no cluster of its own */
	KIND("rancher2_cluster", NAMED "\"eks_config_v2\":[{}]", "none of it"),
	/* versions of OpenShift are not versions of Kubernetes */
	VERSION("rhcs_cluster_rosa_hcp", NAMED "\"version\":\"4.14.1\"", "?"),
	VERSION(IBM, NAMED "\"kube_version\":\"4.12_openshift\"", "?"),
	VERSION(IBM, NAMED "\"kube_version\":\"1.24.10\"", "1.24.10"),
	VERSION("rke_cluster", "\"cluster_name\":\"c\",\"kubernetes_version\":\"v1.24.10-rancher4-1\"",
		"v1.24.10-rancher4-1"),
	VERSION("rancher2_cluster", NAMED "\"rke_config\":[{\"kubernetes_version\":\"v1.20.1\"}]",
		"v1.20.1"),
	VERSION("linode_lke_cluster", "\"label\":\"c\",\"k8s_version\":\"1.24\"", "1.24"),
	VERSION("civo_kubernetes_cluster", NAMED "\"region\":\"lon1\"", "?"),
};

static const struct fact_case planned[] = {
	{ PLAN_OF(CREATES(IBM, "c", "\"name\":\"c\"", "\"kube_version\":true"),
		  WRITES(IBM, "c", "\"kube_version\":{\"references\":[\"random_pet.v.id\"]}")),
	  PL_CLUSTER, "c", PL_CLUSTER_DISTRIBUTION, "?" },
};

static void others(void **state)
{
	(void)state;
	check_facts(rows, sizeof rows / sizeof *rows);
	check_facts(planned, sizeof planned / sizeof *planned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
