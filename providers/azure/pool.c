/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of an AKS node pool.  A pool resource and the default pool of a cluster have the same shape
 * below their prefix, but for priority, os_type and taints, which a default pool does not have.
 */
#include <string.h>

#include "azure/azure.h"
#include "base/scalar.h"
#include "base/str.h"

const char *const pl_azure_cluster_types[] = { "azurerm_kubernetes_cluster", NULL };

/* Where a pool stands. */
struct place {
	struct pl_tf *tf;
	struct pl_tf_resource *r, *cluster; /* cluster: NULL when not found */
	struct pl_object *o;
	const char *prefix;
	struct pl_model *m;
};

static const struct pl_field pool_fields[] = {
	{ "node_labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "os_disk_size_gb", PL_POOL_DISK, PL_AS_GIB, NULL,
	  "the default depends on the VM size" },
	{ "os_sku", PL_POOL_IMAGE, PL_AS_TEXT, NULL, "AKS picks the OS SKU" },
	{ "zones|availability_zones", PL_POOL_ZONES, PL_AS_LIST, "", "AKS pins its nodes to no zone" },
	{ "vnet_subnet_id", PL_POOL_SUBNETS, PL_AS_LIST, "", "AKS makes a network of its own" },
	{ 0 },
};

/* OS SKUs, by how they begin (in any case); the version of Ubuntu's may follow ("Ubuntu2204"). */
static const struct {
	const char *prefix, *os;
} skus[] = {
	{ "ubuntu", "ubuntu" },
	{ "azurelinux", "azure-linux" },
	{ "cblmariner", "azure-linux" },
	{ "mariner", "azure-linux" },
	{ "windows", "windows" },
	{ "flatcar", "flatcar" },
};

static const char *at(const struct place *p, const char *path)
{
	return pl_model_strf(p->m, "%s%s", p->prefix, path);
}

static struct pl_tf_value get(const struct place *p, const char *path)
{
	return pl_tf_get(p->tf, p->r, at(p, path));
}

static const char *text(const struct place *p, const char *path)
{
	return pl_tf_text(p->tf, p->r, at(p, path));
}

/* ---- taints ---- */

/* The taint that AKS adds because of a setting, when it has that value. */
static void add_platform_taint(const struct place *p, struct pl_tf_list *out, const char *path,
			       const char *value, const char *taint)
{
	struct pl_tf_value v = get(p, path);

	if (v.state == PL_TF_UNKNOWN)
		out->waits_for = v.waits_for;
	if (!pl_strieq(text(p, path), value))
		return;
	pl_tf_list_add(out, taint);
	out->note = pl_model_strf(p->m, "AKS adds %s because of %s", taint, v.path);
}

static void add_taints(const struct place *p)
{
	struct pl_tf_list taints = { 0 };

	pl_tf_list_texts(p->tf, p->r, at(p, "node_taints"), &taints);
	add_platform_taint(p, &taints, "priority", "Spot",
			   "kubernetes.azure.com/scalesetpriority=spot:NoSchedule");
	add_platform_taint(p, &taints, "only_critical_addons_enabled", "true",
			   "CriticalAddonsOnly=true:NoSchedule");
	pl_tf_list_fact(p->tf, p->r, p->o, PL_POOL_TAINTS, at(p, "node_taints"), &taints);
}

/* ---- operating system and runtime ---- */

const char *pl_azure_os_of(const char *sku)
{
	for (size_t i = 0; i < sizeof skus / sizeof *skus; i++)
		if (pl_contains(sku, skus[i].prefix))
			return skus[i].os;
	return NULL;
}

static void add_os_version(const struct place *p, const char *sku, const char *path)
{
	size_t n = strlen("Ubuntu");

	if (strlen(sku) == n + 4 && strspn(sku + n, "0123456789") == 4)
		pl_fact_text(p->m, p->o, PL_POOL_OS_VERSION,
			     pl_model_strf(p->m, "%.2s.%.2s", sku + n, sku + n + 2), path);
	else
		pl_fact_unknown(p->m, p->o, PL_POOL_OS_VERSION, "the OS SKU names no version",
				path);
}

/* Returns the system, or NULL when it is not known. */
static const char *add_os(const struct place *p)
{
	struct pl_tf_value type = get(p, "os_type"), v = get(p, "os_sku");
	const char *path = at(p, "os_sku"), *sku = text(p, "os_sku"), *os = NULL;
	struct pl_fact *f;

	if (pl_strieq(text(p, "os_type"), "Windows")) {
		pl_fact_text(p->m, p->o, PL_POOL_OS, "windows", at(p, "os_type"));
		return "windows";
	}
	if (v.state == PL_TF_UNKNOWN || (type.state == PL_TF_UNKNOWN && !sku)) {
		v = v.state == PL_TF_UNKNOWN ? v : type;
		pl_fact_unknown(p->m, p->o, PL_POOL_OS, v.waits_for, v.path);
		return NULL;
	}
	sku = sku && *sku ? sku : NULL;
	os = sku ? pl_azure_os_of(sku) : "ubuntu";
	if (!os) {
		pl_fact_unknown(p->m, p->o, PL_POOL_OS, "an OS SKU that plumbline does not know",
				path);
		return NULL;
	}
	f = pl_fact_text(p->m, p->o, PL_POOL_OS, os, path);
	if (!sku)
		pl_tf_default(f, "AKS's default OS SKU");
	if (pl_streq(os, "ubuntu"))
		add_os_version(p, sku ? sku : "Ubuntu", path);
	return os;
}

/* AKS runs containerd from 1.19 on, on Windows from 1.23 on; Docker before. */
static void add_runtime(const struct place *p, const char *os)
{
	static const char note[] = "AKS runs containerd, since 1.19 (Windows: 1.23)";
	bool windows = pl_streq(os, "windows");
	struct pl_version first = { 2, { 1, windows ? 23 : 19, 0, 0 } }, version;
	const char *written = text(p, "orchestrator_version");
	bool parsed;

	if ((!written || !*written) && p->cluster)
		written = pl_tf_text(p->tf, p->cluster, "kubernetes_version");
	parsed = written && pl_version_parse(written, &version);
	if (parsed && pl_version_cmp(&version, &first) < 0)
		pl_tf_default(pl_fact_text(p->m, p->o, PL_POOL_RUNTIME, "docker", NULL), note);
	else if (windows && !parsed)
		pl_fact_unknown(p->m, p->o, PL_POOL_RUNTIME,
				"the Kubernetes version: Windows pools run Docker before 1.23",
				NULL);
	else
		pl_tf_default(pl_fact_text(p->m, p->o, PL_POOL_RUNTIME, "containerd", NULL), note);
}

/* ---- capacity, counts, pods ---- */

static void add_capacity(const struct place *p)
{
	struct pl_tf_value v = get(p, "priority");
	struct pl_fact *f;

	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(p->m, p->o, PL_POOL_CAPACITY, v.waits_for, v.path);
		return;
	}
	f = pl_fact_text(p->m, p->o, PL_POOL_CAPACITY,
			 pl_strieq(text(p, "priority"), "Spot") ? "spot" : "on-demand",
			 at(p, "priority"));
	if (v.state == PL_TF_UNSET)
		pl_tf_default(f, "AKS's default priority");
}

static void add_counts(const struct place *p)
{
	static const struct pl_field scaled[] = {
		{ "min_count", PL_POOL_MIN, PL_AS_INT, NULL, "no lower bound is set" },
		{ "max_count", PL_POOL_MAX, PL_AS_INT, NULL, "no upper bound is set" },
		{ 0 },
	};
	static const struct pl_field fixed[] = {
		{ "node_count", PL_POOL_MIN, PL_AS_INT, NULL, "no number of nodes is set" },
		{ "node_count", PL_POOL_MAX, PL_AS_INT, NULL, "no number of nodes is set" },
		{ 0 },
	};
	/* each name on its own: only one of them exists in any version of the provider */
	struct pl_tf_value now = get(p, "auto_scaling_enabled");
	struct pl_tf_value before = get(p, "enable_auto_scaling");
	struct pl_tf_value v = now.state == PL_TF_UNSET ? before : now;
	/* AKS refuses bounds without autoscaling */
	bool bounded = get(p, "min_count").state == PL_TF_SET &&
		       get(p, "max_count").state == PL_TF_SET;
	const char *on;

	if (v.state == PL_TF_UNKNOWN && bounded) {
		pl_tf_fields(p->tf, p->r, p->o, p->prefix, scaled);
		return;
	}
	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(p->m, p->o, PL_POOL_MIN, v.waits_for, v.path);
		pl_fact_unknown(p->m, p->o, PL_POOL_MAX, v.waits_for, v.path);
		return;
	}
	on = text(p, now.state == PL_TF_UNSET ? "enable_auto_scaling" : "auto_scaling_enabled");
	pl_tf_fields(p->tf, p->r, p->o, p->prefix, pl_strieq(on, "true") ? scaled : fixed);
}

static void add_desired(const struct place *p)
{
	static const struct pl_field field = { "node_count", PL_POOL_DESIRED, PL_AS_INT, NULL, NULL };
	struct pl_tf_value v = get(p, field.path);

	if (v.state != PL_TF_SET && get(p, "min_count").state == PL_TF_SET)
		pl_tf_starts_smallest(p->tf, p->o, "the autoscaler's lower bound; no other first size is known");
	else
		pl_tf_fact(p->tf, p->r, p->o, &v, &field);
}

/*
 * A number of nodes, or a share of the pool, rounded up; 10 % where nobody says it (AKS's API reference,
 * maxSurge, read 2026-11-26).
 */
static void add_surge(const struct place *p)
{
	struct pl_tf_value v = get(p, "upgrade_settings[0].max_surge");
	const char *said = text(p, "upgrade_settings[0].max_surge");
	const char *surge = said && *said ? said : "10%";
	const struct pl_fact *size = pl_object_fact(p->o, PL_POOL_DESIRED, PL_PLAN);
	size_t digits = strspn(surge, "0123456789");
	struct pl_fact *f;
	int64_t n;

	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(p->m, p->o, PL_POOL_SURGE, v.waits_for, v.path);
		return;
	}
	if (!pl_parse_i64(pl_model_strf(p->m, "%.*s", (int)digits, surge), &n) || n > INT32_MAX)
		return;
	if (surge[digits] == '%' && !(size && size->known && size->value.i < INT32_MAX)) {
		pl_fact_unknown(p->m, p->o, PL_POOL_SURGE, "how many nodes the pool has", v.path);
		return;
	}
	if (surge[digits] == '%')
		n = (size->value.i * n + 99) / 100;
	f = pl_fact_int(p->m, p->o, PL_POOL_SURGE, n, v.path);
	f->sensitive = v.sensitive || (surge[digits] == '%' && size->sensitive);
	f->note = v.sensitive ? NULL : pl_model_strf(p->m, "max_surge is %s", surge);
	if (surge != said)
		pl_tf_default(f, "AKS's default surge is 10% of the pool");
}

/* Pods have a subnet of their own, a range that no network knows, or share the subnet of the nodes. */
static void add_pod_range(const struct place *p)
{
	static const struct pl_field own = { "pod_subnet_id", PL_POOL_POD_RANGE, PL_AS_TEXT, NULL, NULL };
	static const struct pl_field range = { "network_profile[0].pod_cidr", PL_POOL_POD_RANGE, PL_AS_TEXT,
					       "10.244.0.0/16", "AKS's default range of pods" };
	struct pl_tf_value v = get(p, own.path);
	const char *plugin, *mode;

	if (pl_tf_fact(p->tf, p->r, p->o, &v, &own))
		return;
	plugin = p->cluster ? pl_tf_text(p->tf, p->cluster, "network_profile[0].network_plugin") : NULL;
	mode = p->cluster ? pl_tf_text(p->tf, p->cluster, "network_profile[0].network_plugin_mode") : NULL;
	if (pl_strieq(plugin, "kubenet") || pl_strieq(mode, "overlay")) {
		v = pl_tf_get(p->tf, p->cluster, range.path);
		pl_tf_fact(p->tf, p->cluster, p->o, &v, &range);
	} else if (pl_strieq(plugin, "azure")) {
		pl_fact_text(p->m, p->o, PL_POOL_POD_RANGE, "nodes", own.path)->note =
			"without overlay, the plugin gives pods addresses of the nodes' subnet";
	} else {
		pl_fact_unknown(p->m, p->o, PL_POOL_POD_RANGE, "the network plugin decides", own.path);
	}
}

/* The default follows from the network plugin of the cluster. */
static const char *default_pods(const struct place *p)
{
	const char *plugin, *mode;

	if (!p->cluster)
		return NULL;
	plugin = pl_tf_text(p->tf, p->cluster, "network_profile[0].network_plugin");
	mode = pl_tf_text(p->tf, p->cluster, "network_profile[0].network_plugin_mode");
	if (pl_strieq(plugin, "kubenet"))
		return "110";
	if (pl_strieq(plugin, "azure"))
		return pl_strieq(mode, "overlay") ? "250" : "30";
	return NULL;
}

static void add_max_pods(const struct place *p)
{
	const char *unset = default_pods(p);
	struct pl_field field = { "max_pods", PL_POOL_MAX_PODS, PL_AS_INT, unset,
				     unset ? "AKS's default for the cluster's network plugin"
					   : "the network plugin decides" };
	struct pl_tf_value v = get(p, field.path);

	pl_tf_fact(p->tf, p->r, p->o, &v, &field);
}

/* A default pool that shows no version has the cluster's. */
static void add_version(const struct place *p)
{
	static const struct pl_field field = { "orchestrator_version", PL_POOL_VERSION,
						  PL_AS_TEXT, NULL, NULL };
	struct pl_tf_value v = get(p, field.path);

	if (v.state == PL_TF_SET || !*p->prefix)
		pl_tf_fact(p->tf, p->r, p->o, &v, &field);
}

void pl_azure_pool(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		   const char *prefix)
{
	struct place p = { tf, r, r, o, prefix, pl_tf_model(tf) };

	if (!*prefix)
		p.cluster = pl_tf_follow(tf, r, "kubernetes_cluster_id", pl_azure_cluster_types,
					 PL_AZURE_CLUSTER_KEY);
	pl_tf_fields(tf, r, o, prefix, pool_fields);
	pl_tf_machine(tf, r, o, &pl_provider_azure, at(&p, "vm_size"), NULL, "AKS picks the size");
	add_taints(&p);
	add_runtime(&p, add_os(&p));
	add_capacity(&p);
	add_counts(&p);
	add_desired(&p);
	add_surge(&p);
	add_pod_range(&p);
	add_max_pods(&p);
	add_version(&p);
	pl_tf_seal(tf, r, o);
}

void pl_azure_pool_row(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	pl_azure_pool(tf, r, o, "");
}
