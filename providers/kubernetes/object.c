/* SPDX-License-Identifier: Apache-2.0 */
/* Services, Ingresses, namespaces and storage classes that have a resource type of their own. */
#include "base/str.h"
#include "kubernetes/kubernetes.h"

const char *pl_kubernetes_identity(struct pl_model *m, const char *kind, const char *space,
				   const char *name)
{
	if (!name)
		return NULL;
	if (space && !*space)
		return pl_model_strf(m, "%s/%s", kind, name);
	return pl_model_strf(m, "%s/%s/%s", kind, space ? space : "default", name);
}

void pl_kubernetes_balancer(struct pl_model *m, struct pl_object *o, const char *type)
{
	pl_fact_text(m, o, PL_LB_TYPE, type, NULL);
	pl_fact_int(m, o, PL_LB_LAYER, pl_streq(type, "service") ? 4 : 7, NULL);
}

/* How the names of types begin, and Kubernetes' own words for them. */
static const struct {
	const char *type, *kind;
	bool in_namespace;
} kinds[] = {
	{ "kubernetes_service", "service", true },
	{ "kubernetes_ingress", "ingress", true },
	{ "kubernetes_namespace", "namespace", false },
	{ "kubernetes_storage_class", "storageclass", false },
};

bool pl_kubernetes_identify(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_tf_identity *id)
{
	const char *space = pl_tf_text(tf, r, "metadata[0].namespace");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (pl_starts(r->type, kinds[i].type))
			id->identity = pl_kubernetes_identity(
				pl_tf_model(tf), kinds[i].kind,
				kinds[i].in_namespace ? space : "", id->name);
	return true;
}

static const struct pl_field annotations[] = {
	{ "metadata[0].annotations", PL_LB_ANNOTATIONS, PL_AS_LABELS, NULL, NULL },
	{ 0 },
};

/* ---- Services ---- */

static const char type_path[] = "spec[0].type";

/* A Service whose type is decided at apply may become one. */
bool pl_kubernetes_is_entry(struct pl_tf *tf, struct pl_tf_resource *r)
{
	return pl_streq(pl_tf_text(tf, r, type_path), "LoadBalancer") ||
	       pl_tf_get(tf, r, type_path).state == PL_TF_UNKNOWN;
}

/* Ports of UDP and SCTP carry neither HTTP nor SSH. */
static void add_port(struct pl_tf *tf, struct pl_tf_resource *r, size_t i, struct pl_tf_list *list)
{
	struct pl_model *m = pl_tf_model(tf);
	const char *path = pl_model_strf(m, "spec[0].port[%zu].port", i);
	const char *protocol =
		pl_tf_text(tf, r, pl_model_strf(m, "spec[0].port[%zu].protocol", i));
	const char *port = pl_tf_text(tf, r, path);
	struct pl_tf_value v = pl_tf_get(tf, r, path);

	if (protocol && !pl_strieq(protocol, "TCP"))
		return;
	if (port)
		pl_tf_list_add(list, port);
	else
		list->waits_for = v.waits_for ? v.waits_for : "a port is not known";
}

void pl_kubernetes_service(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "spec[0].port";
	struct pl_tf_value v = pl_tf_get_block(tf, r, path), type = pl_tf_get(tf, r, type_path);
	bool open = type.state == PL_TF_UNKNOWN;
	size_t n = open ? 0 : pl_tf_count(tf, r, path);
	struct pl_tf_list list = { .waits_for = open ? type.waits_for : v.waits_for };

	pl_kubernetes_balancer(pl_tf_model(tf), o, "service");
	pl_tf_fields(tf, r, o, "", annotations);
	for (size_t i = 0; i < n; i++)
		add_port(tf, r, i, &list);
	pl_tf_list_fact(tf, r, o, PL_LB_PORTS, path, &list);
}

/* ---- Ingresses ---- */

void pl_kubernetes_ingress(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "spec[0].tls";
	struct pl_tf_value map = pl_tf_get(tf, r, "metadata[0].annotations");
	const char *class = pl_tf_text(tf, r, "spec[0].ingress_class_name");
	struct pl_tf_list list = {
		.waits_for = pl_tf_get(tf, r, "spec[0].ingress_class_name").waits_for,
	};

	if (!class && map.state == PL_TF_SET)
		class = pl_model_str(pl_tf_model(tf), json_string_value(json_object_get(
				map.json, PL_KUBERNETES_INGRESS_CLASS)));
	pl_kubernetes_balancer(pl_tf_model(tf), o, "ingress");
	pl_tf_fields(tf, r, o, "", annotations);
	pl_kubernetes_ingress_ports(class, pl_tf_count(tf, r, path), &list);
	if (list.count)
		list.waits_for = pl_tf_get_block(tf, r, path).waits_for;
	pl_tf_list_fact(tf, r, o, PL_LB_PORTS, path, &list);
}

void pl_kubernetes_ingress_ports(const char *class, size_t tls, struct pl_tf_list *list)
{
	if (list->waits_for)
		return;
	if (!pl_kube_makes_balancer(class)) {
		list->note = "the Service of its controller is what listens";
		return;
	}
	pl_tf_list_add(list, "80");
	if (tls)
		pl_tf_list_add(list, "443");
}

/* ---- namespaces ---- */

void pl_kubernetes_namespace(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "metadata[0].labels";
	static const struct pl_field name = { "metadata[0].name", PL_NAMESPACE_NAME, PL_AS_TEXT, NULL,
						 "the cluster makes it up" };
	struct pl_tf_value labels = pl_tf_get(tf, r, path), called = pl_tf_get(tf, r, name.path);
	json_t *level = labels.state == PL_TF_SET
				? json_object_get(labels.json, PL_KUBERNETES_POD_SECURITY) : NULL;
	struct pl_model *m = pl_tf_model(tf);

	pl_tf_fact(tf, r, o, &called, &name);
	if (level || (labels.state != PL_TF_UNKNOWN && !labels.partial))
		pl_kube_pod_security(m, o, json_string_value(level), path);
	else
		pl_fact_unknown(m, o, PL_NAMESPACE_POD_SECURITY,
				labels.waits_for ? labels.waits_for : "known after apply", path);
}

/* ---- storage classes ---- */

bool pl_kubernetes_is_default_class(const json_t *marks)
{
	return pl_streq(json_string_value(json_object_get(
				marks, "storageclass.kubernetes.io/is-default-class")), "true") ||
	       pl_streq(json_string_value(json_object_get(
				marks, "storageclass.beta.kubernetes.io/is-default-class")), "true");
}

void pl_kubernetes_storage_class(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	static const char path[] = "metadata[0].annotations";
	struct pl_tf_value v = pl_tf_get(tf, r, path);
	struct pl_model *m = pl_tf_model(tf);
	bool marked = v.state == PL_TF_SET && pl_kubernetes_is_default_class(v.json);

	if (marked || (v.state != PL_TF_UNKNOWN && !v.partial))
		pl_fact_bool(m, o, PL_STORAGE_CLASS_DEFAULT, marked, path);
	else
		pl_fact_unknown(m, o, PL_STORAGE_CLASS_DEFAULT,
				v.waits_for ? v.waits_for : "known after apply", path);
}
