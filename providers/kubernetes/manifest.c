/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests: kubernetes_manifest holds one as a value, kubectl_manifest as YAML.  Both are read as
 * one tree; a table says which kinds become what.
 */
#include <string.h>

#include "base/str.h"
#include "json/load.h"
#include "kubernetes/kubernetes.h"
#include "yaml/yaml.h"

struct manifest {
	struct pl_tf *tf;
	struct pl_tf_resource *r;
	struct pl_model *m;
	json_t *tree;          /* owned; NULL: not known or not readable */
	const char *path;      /* the attribute that holds it */
	bool text;             /* as YAML: places in it have no path of their own */
	bool partial;          /* some of it is known after apply and not in the tree */
	bool sensitive;
};

/* ---- reading ---- */

/* Scalars become texts, as all that is asked of them is text. */
static json_t *tree_of(const struct pl_yaml_node *n)
{
	static const char *const nothing[] = { "", "~", "null" };
	json_t *tree;

	if (n->kind == PL_YAML_SCALAR) {
		for (size_t i = 0; !n->quoted && i < sizeof nothing / sizeof *nothing; i++)
			if (pl_streq(n->text, nothing[i]))
				return json_null();
		return json_string(n->text);
	}
	tree = n->kind == PL_YAML_MAPPING ? json_object() : json_array();
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == PL_YAML_MAPPING)
			json_object_set_new(tree, n->keys[i]->text, tree_of(n->items[i]));
		else
			json_array_append_new(tree, tree_of(n->items[i]));
	}
	return tree;
}

/* What is no YAML is nothing to us: the provider will refuse it. */
static json_t *parse(const char *text)
{
	struct pl_arena arena = { 0 };
	struct pl_err err = PL_ERR_INIT;
	const struct pl_yaml_node *root;
	json_t *tree = NULL;

	if (!pl_yaml_parse(&arena, "manifest", text, strlen(text), &root, &err))
		tree = tree_of(root);
	pl_arena_release(&arena);
	return tree;
}

/* A raw state wraps values of any type together with their type. */
static json_t *unwrapped(json_t *tree)
{
	json_t *value = json_object_get(tree, "value");

	return json_is_object(value) && !json_object_get(tree, "kind") ? value : tree;
}

static struct manifest read_manifest(struct pl_tf *tf, struct pl_tf_resource *r)
{
	bool text = pl_streq(r->type, "kubectl_manifest");
	struct pl_tf_value v = pl_tf_get(tf, r, text ? "yaml_body_parsed|yaml_body" : "manifest");
	struct manifest x = { .tf = tf, .r = r, .m = pl_tf_model(tf), .path = v.path, .text = text,
			      .partial = v.partial, .sensitive = v.sensitive };

	if (v.state != PL_TF_SET)
		return x;
	if (!text)
		x.tree = json_incref(unwrapped(v.json));
	else if (json_is_string(v.json))
		x.tree = parse(json_string_value(v.json));
	return x;
}

static void manifest_release(struct manifest *x)
{
	json_decref(x->tree);
}
#define auto_manifest __attribute__((cleanup(manifest_release))) struct manifest

/* What stands at "spec.template.spec". */
static json_t *find(json_t *tree, const char *path)
{
	for (const char *p = path; tree && *p; p += strcspn(p, ".") + (p[strcspn(p, ".")] == '.'))
		tree = json_object_getn(tree, p, strcspn(p, "."));
	return tree;
}

static const char *text_at(const struct manifest *x, json_t *tree, const char *path)
{
	json_t *j = find(tree, path);
	char buf[48];

	return j ? pl_model_str(x->m, pl_json_text(j, buf)) : NULL;
}

static const char *text_of(const struct manifest *x, const char *path)
{
	return text_at(x, x->tree, path);
}

static const char *path_of(const struct manifest *x, const char *path)
{
	return x->text ? x->path : pl_model_strf(x->m, "%s.%s", x->path, path);
}

/* What is not known yet of that place; NULL: it is as the tree has it. */
static const char *waits(const struct manifest *x, const char *path)
{
	struct pl_tf_value v;

	if (!x->partial)
		return NULL;
	v = pl_tf_get(x->tf, x->r, path_of(x, path));
	if (v.state == PL_TF_UNKNOWN)
		return v.waits_for;
	return v.partial ? "known after apply" : NULL;
}

/* ---- balancers ---- */

static void add_annotations(const struct manifest *x, struct pl_object *o)
{
	static const char path[] = "metadata.annotations";
	const struct pl_field field = { path, PL_LB_ANNOTATIONS, PL_AS_LABELS, NULL, NULL };
	struct pl_tf_value v = { .state = PL_TF_UNSET, .json = find(x->tree, path),
				 .sensitive = x->sensitive, .path = path_of(x, path),
				 .waits_for = waits(x, path) };

	v.partial = v.waits_for;
	if (json_is_object(v.json))
		v.state = PL_TF_SET;
	else if (v.waits_for)
		v.state = PL_TF_UNKNOWN;
	pl_tf_fact(x->tf, x->r, o, &v, &field);
}

static void list_fact(const struct manifest *x, struct pl_object *o, const char *path,
		      struct pl_tf_list *list)
{
	if (!list->waits_for && !list->note)
		list->waits_for = waits(x, path);
	pl_tf_list_fact(x->tf, x->r, o, PL_LB_PORTS, path_of(x, path), list);
}

/* Adds the ports of a Service or the listeners of a Gateway; those of UDP count for nothing. */
static void read_ports(const struct manifest *x, json_t *ports, struct pl_tf_list *list)
{
	json_t *one;
	size_t i;

	json_array_foreach(ports, i, one) {
		const char *port = text_at(x, one, "port"), *protocol = text_at(x, one, "protocol");

		if (!port)
			list->waits_for = "known after apply";
		else if (!pl_strieq(protocol, "UDP") && !pl_strieq(protocol, "SCTP"))
			pl_tf_list_add(list, port);
	}
}

/* A Service whose type is decided at apply may become one. */
static bool is_service(const struct manifest *x)
{
	const char *type = text_of(x, "spec.type");

	return pl_streq(type, "LoadBalancer") || (!type && waits(x, "spec.type"));
}

static void service(const struct manifest *x, struct pl_object *o)
{
	struct pl_tf_list list = { .waits_for = waits(x, "spec.type") };

	pl_kubernetes_balancer(x->m, o, "service");
	add_annotations(x, o);
	if (!list.waits_for)
		read_ports(x, find(x->tree, "spec.ports"), &list);
	list_fact(x, o, "spec.ports", &list);
}

static void ingress(const struct manifest *x, struct pl_object *o)
{
	const char *class = text_of(x, "spec.ingressClassName");
	json_t *marks = find(x->tree, "metadata.annotations");
	struct pl_tf_list list = { .waits_for = waits(x, "spec.ingressClassName") };

	if (!class)
		class = pl_model_str(x->m, json_string_value(json_object_get(
				marks, PL_KUBERNETES_INGRESS_CLASS)));
	pl_kubernetes_balancer(x->m, o, "ingress");
	add_annotations(x, o);
	pl_kubernetes_ingress_ports(class, json_array_size(find(x->tree, "spec.tls")), &list);
	list_fact(x, o, "spec.tls", &list);
}

/* A Gateway passes what its listeners say; one for TCP makes it more than a proxy of HTTP. */
static void gateway(const struct manifest *x, struct pl_object *o)
{
	json_t *listeners = find(x->tree, "spec.listeners"), *one;
	struct pl_tf_list list = { 0 };
	bool tcp = false;
	size_t i;

	json_array_foreach(listeners, i, one) {
		const char *protocol = text_at(x, one, "protocol");

		tcp = tcp || pl_streq(protocol, "TCP") || pl_streq(protocol, "TLS");
	}
	pl_fact_text(x->m, o, PL_LB_TYPE, "gateway", NULL);
	pl_fact_int(x->m, o, PL_LB_LAYER, tcp ? 4 : 7, path_of(x, "spec.listeners"));
	add_annotations(x, o);
	read_ports(x, listeners, &list);
	list_fact(x, o, "spec.listeners", &list);
}

/* ---- components ---- */

static const char containers[] = "spec.template.spec.containers";

/* What a workload runs that is known; *tag: of its image, NULL: none. */
static const struct pl_kube_program *program_of(const struct manifest *x, const char **tag)
{
	json_t *list = find(x->tree, containers), *one;
	const char *kind = text_of(x, "kind");
	const struct pl_kube_program *found;
	size_t c;

	json_array_foreach(list, c, one) {
		const char *image = text_at(x, one, "image");

		found = image && kind ? pl_kube_program_in(pl_kubernetes_programs, x->m, kind,
							   text_of(x, "metadata.name"), image, tag) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

static const char *program_name(const struct manifest *x)
{
	const char *tag;
	const struct pl_kube_program *p = program_of(x, &tag);

	return p ? p->component : NULL;
}

static void program(const struct manifest *x, struct pl_object *o)
{
	const char *tag, *path = path_of(x, containers);
	const struct pl_kube_program *p = program_of(x, &tag);

	pl_fact_text(x->m, o, PL_COMPONENT_NAME, p->component, path);
	if (p->versioned && tag && pl_kube_is_version(tag))
		pl_fact_text(x->m, o, PL_COMPONENT_VERSION, tag, path);
	else
		pl_fact_unknown(x->m, o, PL_COMPONENT_VERSION,
				"the image's tag tells no version of it", path);
}

static const char *calico_name(const struct manifest *x)
{
	(void)x;
	return "calico";
}

static void installation(const struct manifest *x, struct pl_object *o)
{
	pl_fact_text(x->m, o, PL_COMPONENT_NAME, "calico", path_of(x, "kind"));
	pl_fact_unknown(x->m, o, PL_COMPONENT_VERSION, "the operator decides", path_of(x, "spec"));
}

/* Where the kinds that stand for a chart keep what they say of it. */
static const struct {
	const char *kind, *chart, *repository, *version;
} chart_kinds[] = {
	{ "HelmChart", "spec.chart", "spec.repo", "spec.version" },
	{ "HelmRelease", "spec.chart.spec.chart", "spec.chart.spec.sourceRef.name",
	  "spec.chart.spec.version" },
};

static struct pl_kubernetes_chart chart_of(const struct manifest *x)
{
	struct pl_kubernetes_chart chart = { .sensitive = x->sensitive };

	for (size_t i = 0; i < sizeof chart_kinds / sizeof *chart_kinds; i++)
		if (pl_streq(text_of(x, "kind"), chart_kinds[i].kind)) {
			chart.name = text_of(x, chart_kinds[i].chart);
			chart.repository = text_of(x, chart_kinds[i].repository);
			chart.version = text_of(x, chart_kinds[i].version);
			chart.path = path_of(x, chart_kinds[i].version);
			chart.waits_for = waits(x, chart_kinds[i].version);
		}
	return chart;
}

static const char *chart_name(const struct manifest *x)
{
	struct pl_kubernetes_chart chart = chart_of(x);

	return chart.name ? pl_kubernetes_component(x->m, &chart) : NULL;
}

static void chart(const struct manifest *x, struct pl_object *o)
{
	struct pl_kubernetes_chart of = chart_of(x);

	pl_kubernetes_chart_facts(x->m, o, &of);
}

/* ---- other kinds ---- */

static void storage_class(const struct manifest *x, struct pl_object *o)
{
	static const char path[] = "metadata.annotations";
	bool marked = pl_kubernetes_is_default_class(find(x->tree, path));
	const char *waits_for = waits(x, path);

	if (marked || !waits_for)
		pl_fact_bool(x->m, o, PL_STORAGE_CLASS_DEFAULT, marked, path_of(x, path));
	else
		pl_fact_unknown(x->m, o, PL_STORAGE_CLASS_DEFAULT, waits_for, path_of(x, path));
}

static void namespace(const struct manifest *x, struct pl_object *o)
{
	static const char path[] = "metadata.labels", name_path[] = "metadata.name";
	json_t *level = json_object_get(find(x->tree, path), PL_KUBERNETES_POD_SECURITY);
	const char *name = text_of(x, name_path), *waits_for = waits(x, path);

	if (name)
		pl_fact_text(x->m, o, PL_NAMESPACE_NAME, name, path_of(x, name_path))->sensitive = x->sensitive;
	else
		pl_fact_unknown(x->m, o, PL_NAMESPACE_NAME, "known after apply", path_of(x, name_path));
	if (level || !waits_for)
		pl_kube_pod_security(x->m, o, json_string_value(level), path_of(x, path));
	else
		pl_fact_unknown(x->m, o, PL_NAMESPACE_POD_SECURITY, waits_for, path_of(x, path));
}

/* ---- the table ---- */

static const struct kind {
	const char *group, *kind;
	enum pl_kind is;
	const char *word; /* of the identity; NULL: a component */
	bool (*wanted)(const struct manifest *x); /* NULL: always */
	const char *(*component)(const struct manifest *x); /* its name; gives NULL: not known */
	void (*facts)(const struct manifest *x, struct pl_object *o);
} kinds[] = {
	{ "", "Service", PL_LOAD_BALANCER, "service", is_service, NULL, service },
	{ "networking.k8s.io", "Ingress", PL_LOAD_BALANCER, "ingress", NULL, NULL, ingress },
	{ "extensions", "Ingress", PL_LOAD_BALANCER, "ingress", NULL, NULL, ingress },
	{ "gateway.networking.k8s.io", "Gateway", PL_LOAD_BALANCER, "gateway", NULL, NULL, gateway },
	{ "", "Namespace", PL_NAMESPACE, "namespace", NULL, NULL, namespace },
	{ "storage.k8s.io", "StorageClass", PL_STORAGE_CLASS, "storageclass", NULL, NULL,
	  storage_class },
	{ "operator.tigera.io", "Installation", PL_COMPONENT, NULL, NULL, calico_name, installation },
	{ "helm.cattle.io", "HelmChart", PL_COMPONENT, NULL, NULL, chart_name, chart },
	{ "helm.toolkit.fluxcd.io", "HelmRelease", PL_COMPONENT, NULL, NULL, chart_name, chart },
	{ "apps", "Deployment", PL_COMPONENT, NULL, NULL, program_name, program },
	{ "apps", "DaemonSet", PL_COMPONENT, NULL, NULL, program_name, program },
};

static bool in_group(const char *api_version, const char *group)
{
	const char *slash = strchr(api_version, '/');
	size_t n = slash ? (size_t)(slash - api_version) : 0;

	return n == strlen(group) && !strncmp(api_version, group, n);
}

static bool is_wanted(const struct manifest *x, const struct kind *k)
{
	return (!k->wanted || k->wanted(x)) && (!k->component || k->component(x));
}

static const struct kind *kind_of(const struct manifest *x)
{
	const char *version = text_of(x, "apiVersion"), *kind = text_of(x, "kind");

	for (size_t i = 0; version && kind && i < sizeof kinds / sizeof *kinds; i++)
		if (in_group(version, kinds[i].group) && pl_streq(kind, kinds[i].kind))
			return is_wanted(x, &kinds[i]) ? &kinds[i] : NULL;
	return NULL;
}

/* A name out of a sensitive text is not printed; kubectl's provider shows it apart. */
static const char *name_of(const struct manifest *x)
{
	return x->sensitive ? pl_tf_text(x->tf, x->r, "name") : text_of(x, "metadata.name");
}

bool pl_kubernetes_manifest_is(struct pl_tf *tf, struct pl_tf_resource *r,
			       struct pl_tf_identity *id)
{
	auto_manifest x = read_manifest(tf, r);
	const struct kind *k = kind_of(&x);
	const char *space;

	if (!k)
		return false;
	id->kind = (int)k->is;
	if (k->component) {
		id->name = k->component(&x);
		id->identity = pl_model_strf(x.m, "component/%s", id->name);
		return true;
	}
	space = text_of(&x, "metadata.namespace");
	id->name = name_of(&x);
	id->identity = pl_kubernetes_identity(
		x.m, k->word, k->is == PL_LOAD_BALANCER ? space : "", id->name);
	return true;
}

void pl_kubernetes_manifest(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	auto_manifest x = read_manifest(tf, r);
	const struct kind *k = kind_of(&x);

	if (k && k->facts)
		k->facts(&x, o);
}
