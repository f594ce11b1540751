/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of a GKE node pool.  A pool resource, a node_pool block and the default pool of a cluster
 * have the same shape below their prefix.
 */
#include <string.h>
#include <strings.h>

#include "base/scalar.h"
#include "base/str.h"
#include "google/google.h"

/* Where a pool stands. */
struct place {
	struct pl_tf *tf;
	struct pl_tf_resource *r, *cluster; /* cluster: NULL when not found */
	struct pl_object *o;
	const char *prefix;
	struct pl_model *m;
};

static const struct pl_field pool_fields[] = {
	{ "node_config[0].labels", PL_POOL_LABELS, PL_AS_LABELS, "", "nobody set labels" },
	{ "node_config[0].image_type", PL_POOL_IMAGE, PL_AS_TEXT, "COS_CONTAINERD",
	  "GKE's default image type" },
	{ 0 },
};

/* Image types by how their name begins (in any case); *_CONTAINERD ones run containerd. */
static const struct {
	const char *prefix, *os;
} images[] = {
	{ "UBUNTU", "ubuntu" },
	{ "COS", "cos" },
	{ "WINDOWS", "windows" },
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

static bool has_accelerator(const struct place *p)
{
	size_t n = pl_tf_count(p->tf, p->r, at(p, "node_config[0].guest_accelerator"));

	for (size_t i = 0; i < n; i++) {
		const char *count = text(p, pl_model_strf(p->m,
				"node_config[0].guest_accelerator[%zu].count", i));

		if (count && !pl_streq(count, "0"))
			return true;
	}
	return false;
}

/* Those that GKE adds because of what the pool is. */
static void add_platform_taints(const struct place *p, struct pl_tf_list *out)
{
	const char *machine = text(p, "node_config[0].machine_type");
	const char *image = text(p, "node_config[0].image_type");
	struct pl_machine found;

	if (machine && pl_google_machine(machine, &found) &&
	    pl_streq(found.architecture, "arm64")) {
		pl_tf_list_add(out, "kubernetes.io/arch=arm64:NoSchedule");
		out->note = "GKE taints Arm nodes";
	}
	if (image && !strncasecmp(image, "WINDOWS", strlen("WINDOWS"))) {
		pl_tf_list_add(out, "node.kubernetes.io/os=windows:NoSchedule");
		out->note = "GKE taints Windows nodes";
	}
	if (has_accelerator(p)) {
		pl_tf_list_add(out, "nvidia.com/gpu=present:NoSchedule");
		out->note = "GKE taints nodes with accelerators";
	}
	if (text(p, "node_config[0].sandbox_config[0].sandbox_type") ||
	    text(p, "node_config[0].sandbox_config[0].type")) {
		pl_tf_list_add(out, "sandbox.gke.io/runtime=gvisor:NoSchedule");
		out->note = "GKE taints sandboxed nodes";
	}
}

static void add_taints(const struct place *p)
{
	const char *path = at(p, "node_config[0].taint");
	struct pl_tf_list taints = { 0 };

	pl_tf_list_taints(p->tf, p->r, path, &taints);
	/* where those of GKE stand apart (from provider 5 on), taint itself is never computed */
	if (get(p, "node_config[0].effective_taints").unwritten)
		taints.waits_for = pl_tf_get_block(p->tf, p->r, path).waits_for;
	add_platform_taints(p, &taints);
	pl_tf_list_fact(p->tf, p->r, p->o, PL_POOL_TAINTS, path, &taints);
}

/* ---- image ---- */

/* The Kubernetes version of the nodes, as far as it is written; NULL when it is not. */
static const char *version_text(const struct place *p)
{
	const char *version = text(p, "version");

	if (version)
		return version;
	return p->cluster ? pl_tf_text(p->tf, p->cluster, "min_master_version") : NULL;
}

const char pl_google_containerd[] = "GKE runs only containerd from 1.24 on";

static void add_runtime(const struct place *p, const char *image, const char *path)
{
	static const struct pl_version last = { 2, { 1, 24, 0, 0 } };
	struct pl_version version;
	const char *written;
	struct pl_fact *f;

	if (pl_contains(image, "CONTAINERD")) {
		pl_fact_text(p->m, p->o, PL_POOL_RUNTIME, "containerd", path);
		return;
	}
	written = version_text(p);
	if (!written || !pl_version_parse(written, &version)) {
		pl_fact_unknown(p->m, p->o, PL_POOL_RUNTIME,
				"the Kubernetes version: before 1.24 this image type runs Docker",
				path);
		return;
	}
	f = pl_fact_text(p->m, p->o, PL_POOL_RUNTIME,
			 pl_version_cmp(&version, &last) < 0 ? "docker" : "containerd", path);
	f->note = pl_google_containerd;
}

const char *pl_google_os_of(const char *image)
{
	for (size_t i = 0; i < sizeof images / sizeof *images; i++)
		if (!strncasecmp(image, images[i].prefix, strlen(images[i].prefix)))
			return images[i].os;
	return NULL;
}

static void add_os(const struct place *p, const char *image, const char *path)
{
	const char *os = pl_google_os_of(image);

	if (!os) {
		pl_fact_unknown(p->m, p->o, PL_POOL_OS,
				"an image type that plumbline does not know", path);
		return;
	}
	pl_fact_text(p->m, p->o, PL_POOL_OS, os, path);
	if (pl_streq(os, "ubuntu"))
		pl_fact_unknown(p->m, p->o, PL_POOL_OS_VERSION, "the image type names no version",
				path);
}

static void add_image(const struct place *p)
{
	static const char note[] = "COS_CONTAINERD is GKE's default image type";
	const char *path = at(p, "node_config[0].image_type");
	struct pl_tf_value v = pl_tf_get(p->tf, p->r, path);
	const char *image = pl_tf_text(p->tf, p->r, path);

	if (v.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(p->m, p->o, PL_POOL_OS, v.waits_for, path);
		pl_fact_unknown(p->m, p->o, PL_POOL_RUNTIME, v.waits_for, path);
	} else if (image && *image) {
		add_os(p, image, path);
		add_runtime(p, image, path);
	} else {
		pl_tf_default(pl_fact_text(p->m, p->o, PL_POOL_OS, "cos", path), note);
		pl_tf_default(pl_fact_text(p->m, p->o, PL_POOL_RUNTIME, "containerd", path), note);
	}
}

/* ---- disk ---- */

/* Two ways to say it, and a state shows both. */
static void add_disk(const struct place *p)
{
	static const struct pl_field ways[] = {
		{ "node_config[0].disk_size_gb", PL_POOL_DISK, PL_AS_GIB, "107374182400",
		  "GKE's default disk size" },
		{ "node_config[0].boot_disk[0].size_gb", PL_POOL_DISK, PL_AS_GIB, NULL, NULL },
	};
	struct pl_tf_value v = get(p, ways[0].path), other = get(p, ways[1].path);
	bool second = v.state != PL_TF_SET &&
		      (other.state == PL_TF_SET || (other.state == PL_TF_UNKNOWN && !other.unwritten));

	pl_tf_fact(p->tf, p->r, p->o, second ? &other : &v, &ways[second]);
}

/* ---- capacity, counts, pods ---- */

static void add_capacity(const struct place *p)
{
	static const struct {
		const char *path, *capacity;
	} ways[] = {
		{ "node_config[0].spot", "spot" },
		{ "node_config[0].preemptible", "preemptible" },
	};
	struct pl_tf_value unknown = { 0 }, v;
	bool written = false;
	struct pl_fact *f;

	for (size_t i = 0; i < 2; i++) {
		v = get(p, ways[i].path);
		written = written || v.state == PL_TF_SET;
		if (v.state == PL_TF_UNKNOWN)
			unknown = v;
		if (!pl_streq(text(p, ways[i].path), "true"))
			continue;
		pl_fact_text(p->m, p->o, PL_POOL_CAPACITY, ways[i].capacity, v.path);
		return;
	}
	if (unknown.path) {
		pl_fact_unknown(p->m, p->o, PL_POOL_CAPACITY, unknown.waits_for, unknown.path);
		return;
	}
	f = pl_fact_text(p->m, p->o, PL_POOL_CAPACITY, "on-demand", at(p, "node_config[0].spot"));
	if (!written)
		pl_tf_default(f, "GKE's default");
}

/*
 * A bound of the autoscaler: per zone, or in total, of which the one that is not used is 0 or null.
 * Without either GKE takes 0 for the lower one.
 */
static void add_bound(const struct place *p, enum pl_attr attr, const char *const paths[2])
{
	struct pl_tf_value v[2] = { get(p, paths[0]), get(p, paths[1]) };
	int64_t n[2] = { 0, 0 };
	size_t best;
	struct pl_fact *f;

	for (size_t i = 0; i < 2; i++) {
		const char *number = text(p, paths[i]);

		if (number && !pl_parse_i64(number, &n[i]))
			n[i] = 0;
	}
	best = n[1] > n[0];
	if (n[best] > 0 || (v[0].state != PL_TF_UNKNOWN && v[1].state != PL_TF_UNKNOWN)) {
		f = pl_fact_int(p->m, p->o, attr, n[best], at(p, paths[best]));
		if (v[0].state == PL_TF_UNSET && v[1].state == PL_TF_UNSET)
			pl_tf_default(f, "GKE's default");
		return;
	}
	best = v[0].state == PL_TF_UNKNOWN ? 0 : 1;
	pl_fact_unknown(p->m, p->o, attr, v[best].waits_for, v[best].path);
}

static void add_fixed_count(const struct place *p)
{
	static const char *const paths[] = { "node_count", "initial_node_count" };
	struct pl_tf_value v = { 0 };
	int64_t n;

	for (size_t i = 0; i < 2; i++) {
		const char *number = text(p, paths[i]);

		if (number && pl_parse_i64(number, &n)) {
			pl_fact_int(p->m, p->o, PL_POOL_MIN, n, at(p, paths[i]));
			pl_fact_int(p->m, p->o, PL_POOL_MAX, n, at(p, paths[i]));
			return;
		}
		if (get(p, paths[i]).state == PL_TF_UNKNOWN && !v.path)
			v = get(p, paths[i]);
	}
	v.waits_for = v.path ? v.waits_for : "no number of nodes is set";
	pl_fact_unknown(p->m, p->o, PL_POOL_MIN, v.waits_for, at(p, "node_count"));
	pl_fact_unknown(p->m, p->o, PL_POOL_MAX, v.waits_for, at(p, "node_count"));
}

static void add_counts(const struct place *p)
{
	static const char *const lower[] = { "autoscaling[0].min_node_count",
					     "autoscaling[0].total_min_node_count" };
	static const char *const upper[] = { "autoscaling[0].max_node_count",
					     "autoscaling[0].total_max_node_count" };

	struct pl_tf_value block = pl_tf_get_block(p->tf, p->r, at(p, "autoscaling"));

	if (block.state == PL_TF_UNKNOWN) {
		pl_fact_unknown(p->m, p->o, PL_POOL_MIN, block.waits_for, block.path);
		pl_fact_unknown(p->m, p->o, PL_POOL_MAX, block.waits_for, block.path);
	} else if (pl_tf_count(p->tf, p->r, at(p, "autoscaling"))) {
		add_bound(p, PL_POOL_MIN, lower);
		add_bound(p, PL_POOL_MAX, upper);
	} else {
		add_fixed_count(p);
	}
}

/* The pool's own, else its cluster's default, else GKE's. */
static void add_max_pods(const struct place *p)
{
	static const struct pl_field field = { "max_pods_per_node", PL_POOL_MAX_PODS,
						  PL_AS_INT, "110", "GKE's default" };
	struct pl_tf_value v = get(p, field.path), inherited;

	if (v.state == PL_TF_UNSET && p->cluster) {
		inherited = pl_tf_get(p->tf, p->cluster, "default_max_pods_per_node");
		if (inherited.state != PL_TF_UNSET) {
			pl_tf_fact(p->tf, p->cluster, p->o, &inherited, &field);
			return;
		}
	}
	pl_tf_fact(p->tf, p->r, p->o, &v, &field);
}

/* A block inside the cluster that shows no version has the cluster's. */
static void add_version(const struct place *p)
{
	static const struct pl_field field = { "version", PL_POOL_VERSION, PL_AS_TEXT, NULL,
						  NULL };
	struct pl_tf_value v = get(p, field.path);

	if (v.state == PL_TF_SET || !*p->prefix)
		pl_tf_fact(p->tf, p->r, p->o, &v, &field);
}

void pl_google_pool(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *prefix)
{
	struct place p = { tf, r, r, o, prefix, pl_tf_model(tf) };

	if (pl_streq(r->type, "google_container_node_pool"))
		p.cluster = pl_tf_follow(tf, r, "cluster", pl_google_cluster_types, PL_GOOGLE_CLUSTER_KEY);
	pl_tf_fields(tf, r, o, prefix, pool_fields);
	pl_tf_machine(tf, r, o, &pl_provider_google, at(&p, "node_config[0].machine_type"),
		      "e2-medium", "GKE's default machine type");
	add_taints(&p);
	add_image(&p);
	add_disk(&p);
	add_capacity(&p);
	add_counts(&p);
	pl_google_place(tf, r, o, prefix, p.cluster);
	add_max_pods(&p);
	add_version(&p);
	pl_tf_seal(tf, r, o);
}

void pl_google_pool_row(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	pl_google_pool(tf, r, o, "");
}
