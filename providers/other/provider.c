/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clusters of distributions whose insides nobody here reads: that they are there, what they are
 * called, and what they are.  An architecture can name them; all else of them stays unknown.
 */
#include "base/str.h"
#include "other/other.h"

/* Rancher also imports clusters that others made; those are not its own. */
static bool made_by_rke(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return pl_tf_count(tf, r, "rke_config") > 0;
}

static const struct pl_field fields[] = {
	{ "kubernetes_version|version|k8s_version|rke_config[0].kubernetes_version", PL_CLUSTER_VERSION,
	  PL_AS_TEXT, NULL, "the provider picks the version" },
	{ "region|location", PL_CLUSTER_LOCATION, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

static const struct pl_field openshift_fields[] = {
	{ "location|cloud_region|region", PL_CLUSTER_LOCATION, PL_AS_TEXT, NULL, NULL },
	{ 0 },
};

static void add_distribution(struct pl_tf *tf, struct pl_object *o, const char *name)
{
	pl_fact_text(pl_tf_model(tf), o, PL_CLUSTER_DISTRIBUTION, name, NULL);
	pl_fact_unknown(pl_tf_model(tf), o, PL_CLUSTER_PRIVILEGED,
			"admission is decided in the cluster", NULL);
}

/* What the row calls it is what it is. */
static void add_kind(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	add_distribution(tf, o, pl_object_fact(o, PL_CLUSTER_PROVIDER, PL_PLAN)->value.s);
}

static void add_openshift(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	(void)r;
	add_distribution(tf, o, "openshift");
	pl_fact_unknown(pl_tf_model(tf), o, PL_CLUSTER_VERSION,
			"OpenShift's version decides the version of Kubernetes", NULL);
}

/* One resource makes both, and a word in the version tells them apart: 4.12_openshift. */
static void add_ibm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const struct pl_field version = { "kube_version", PL_CLUSTER_VERSION,
						    PL_AS_TEXT, NULL,
						    "the provider picks the version" };
	struct pl_tf_value v = pl_tf_get(tf, r, version.path);
	const char *text = pl_tf_text(tf, r, version.path);

	if (text && pl_contains(text, "openshift")) {
		add_openshift(tf, r, o);
		return;
	}
	pl_tf_fact(tf, r, o, &v, &version);
	if (v.state == PL_TF_UNKNOWN)
		pl_fact_unknown(pl_tf_model(tf), o, PL_CLUSTER_DISTRIBUTION, v.waits_for, v.path);
	else
		add_distribution(tf, o, "iks");
}

#define OTHER(resource, what, called) \
	{ .type = (resource), .kind = PL_CLUSTER, .name = (called), .provider = (what), \
	  .fields = fields, .more = add_kind }
#define OPENSHIFT(resource, called) \
	{ .type = (resource), .kind = PL_CLUSTER, .name = (called), .provider = "openshift", \
	  .fields = openshift_fields, .more = add_openshift }

static const struct pl_tf_row rows[] = {
	OPENSHIFT("azurerm_redhat_openshift_cluster", "name"),
	OPENSHIFT("rhcs_cluster_rosa_classic", "name"),
	OPENSHIFT("rhcs_cluster_rosa_hcp", "name"),
	OTHER("rke_cluster", "rke", "cluster_name"),
	{ .type = "rancher2_cluster", .kind = PL_CLUSTER, .name = "name", .provider = "rke",
	  .wanted = made_by_rke, .fields = fields, .more = add_kind },
	OTHER("alicloud_cs_managed_kubernetes", "ack", "name"),
	OTHER("civo_kubernetes_cluster", "civo", "name"),
	OTHER("digitalocean_kubernetes_cluster", "doks", "name"),
	OTHER("exoscale_sks_cluster", "sks", "name"),
	OTHER("ionoscloud_k8s_cluster", "ionos", "name"),
	OTHER("kind_cluster", "kind", "name"),
	OTHER("linode_lke_cluster", "lke", "label"),
	OTHER("oci_containerengine_cluster", "oke", "name"),
	OTHER("openstack_containerinfra_cluster_v1", "magnum", "name"),
	OTHER("ovh_cloud_project_kube", "ovh", "name"),
	OTHER("scaleway_k8s_cluster", "kapsule", "name"),
	OTHER("tencentcloud_kubernetes_cluster", "tke", "cluster_name"),
	OTHER("vultr_kubernetes", "vke", "label"),
	OTHER("yandex_kubernetes_cluster", "yandex", "name"),
	{ .type = "ibm_container_vpc_cluster", .kind = PL_CLUSTER, .name = "name",
	  .provider = "iks", .more = add_ibm },
	{ 0 },
};

const struct pl_provider pl_provider_other = {
	.name = "other",
	.summary = "OpenShift, RKE and other distributions, by their names",
	.rows = rows,
	.live = &pl_other_live,
};
