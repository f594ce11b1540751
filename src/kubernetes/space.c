/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces with their level of Pod Security, and storage classes. */
#include "kubernetes/facts.h"

#define ENFORCE "pod-security.kubernetes.io/enforce"

/* ---- namespaces ---- */

int pl_kube_read_namespace(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "metadata.name", "metadata.labels", "metadata.uid" };
	struct pl_slice found[4];
	struct pl_kube_namespace *n;
	const struct pl_pair *labels;
	const char *name;
	size_t count;

	if (pl_kube_pick(s, paths, 4, found, err))
		return -1;
	name = pl_kube_text(k, found[1]);
	if (!name || (!pl_kube_is_null(found[0]) && !pl_kube_is_text(found[0], "Namespace")))
		return 0;
	labels = pl_kube_map(k, found[2], &count);
	n = pl_kube_add(k, PL_KUBE_NAMESPACES, sizeof *n);
	n->name = name;
	n->enforce = pl_kube_pair(labels, count, ENFORCE);
	/* the usual name of a cluster where it has none: it is made once and never again */
	if (pl_streq(name, "kube-system"))
		k->uid = pl_kube_text(k, found[3]);
	return 0;
}

void pl_kube_pod_security(struct pl_model *m, struct pl_object *o, const char *enforce, const char *path)
{
	struct pl_fact *f = pl_fact_text(m, o, PL_NAMESPACE_POD_SECURITY, enforce ? enforce : "none", path);

	if (enforce)
		return;
	f->basis = PL_DEFAULT;
	f->note = "without the label the API server's own level holds, which is privileged unless it is told";
}

static void add_namespace(struct pl_kube *k, const struct pl_kube_namespace *n)
{
	const char *address = pl_model_strf(k->m, "namespace/%s", n->name);
	struct pl_object *o = pl_kube_object(k, PL_NAMESPACE, n->name, address);

	o->identity = address;
	pl_fact_text(k->m, o, PL_NAMESPACE_NAME, n->name, "metadata.name");
	pl_kube_pod_security(k->m, o, n->enforce, "metadata.labels");
}

/* ---- storage classes ---- */

static bool is_default(const struct pl_pair *marks, size_t n)
{
	return pl_streq(pl_kube_pair(marks, n, "storageclass.kubernetes.io/is-default-class"), "true") ||
	       pl_streq(pl_kube_pair(marks, n, "storageclass.beta.kubernetes.io/is-default-class"), "true");
}

int pl_kube_read_class(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	static const char *const paths[] = { "kind", "metadata.name", "metadata.annotations" };
	struct pl_slice found[3];
	const struct pl_pair *marks;
	struct pl_kube_class *c;
	const char *name;
	size_t count;

	if (pl_kube_pick(s, paths, 3, found, err))
		return -1;
	name = pl_kube_text(k, found[1]);
	if (!name || (!pl_kube_is_null(found[0]) && !pl_kube_is_text(found[0], "StorageClass")))
		return 0;
	marks = pl_kube_map(k, found[2], &count);
	c = pl_kube_add(k, PL_KUBE_STORAGE_CLASSES, sizeof *c);
	c->name = name;
	c->is_default = is_default(marks, count);
	return 0;
}

static void add_class(struct pl_kube *k, const struct pl_kube_class *c)
{
	const char *address = pl_model_strf(k->m, "storageclass/%s", c->name);
	struct pl_object *o = pl_kube_object(k, PL_STORAGE_CLASS, c->name, address);

	o->identity = address;
	pl_fact_bool(k->m, o, PL_STORAGE_CLASS_DEFAULT, c->is_default, "metadata.annotations");
}

void pl_kube_spaces(struct pl_kube *k)
{
	const struct pl_kube_namespace *spaces = k->list[PL_KUBE_NAMESPACES].items;
	const struct pl_kube_class *classes = k->list[PL_KUBE_STORAGE_CLASSES].items;

	if (k->uid)
		k->cluster->identity = pl_model_strf(k->m, PL_CLUSTER_UID "%s", k->uid);
	for (size_t i = 0; i < k->list[PL_KUBE_NAMESPACES].count; i++)
		add_namespace(k, &spaces[i]);
	for (size_t i = 0; i < k->list[PL_KUBE_STORAGE_CLASSES].count; i++)
		add_class(k, &classes[i]);
}
