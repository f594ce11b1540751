/* SPDX-License-Identifier: Apache-2.0 */
/* What Services, charts and manifests in Terraform become. */
#include "../facts.h"
#include "kubernetes/kubernetes.h"

#define SERVICE(meta, spec) \
	STATE(RESOURCE("kubernetes_service_v1", "s", \
		       "\"metadata\":[{\"name\":\"s\"" meta "}],\"spec\":[{" spec "}]"))
#define CASE_SERVICE(meta, spec, attr, expected) \
	{ SERVICE(meta, spec), PL_LOAD_BALANCER, "s", attr, expected }
#define LB "\"type\":\"LoadBalancer\","
#define PORTS(ports) "\"port\":[" ports "]"
#define PORT(n) "{\"port\":" n ",\"protocol\":\"TCP\"}"
#define INGRESS(meta, spec) \
	STATE(RESOURCE("kubernetes_ingress_v1", "i", \
		       "\"metadata\":[{\"name\":\"i\"" meta "}],\"spec\":[{" spec "}]"))
#define CASE_INGRESS(meta, spec, attr, expected) \
	{ INGRESS(meta, spec), PL_LOAD_BALANCER, "i", attr, expected }
#define CLASS(name) "\"ingress_class_name\":\"" name "\","
#define STORAGE(annotations) \
	STATE(RESOURCE("kubernetes_storage_class", "c", \
		       "\"metadata\":[{\"name\":\"c\",\"annotations\":" annotations "}]"))

static const struct fact_case objects[] = {
	CASE_SERVICE("", LB PORTS(PORT("22") "," PORT("443")), PL_LB_PORTS, "22, 443"),
	CASE_SERVICE("", LB PORTS("{\"port\":443,\"protocol\":\"UDP\"}," PORT("80")), PL_LB_PORTS,
		     "80"),
	CASE_SERVICE("", LB PORTS("{\"port\":443}"), PL_LB_PORTS, "443"),
	CASE_SERVICE("", LB PORTS(PORT("22")), PL_LB_LAYER, "4"),
	CASE_SERVICE("", LB PORTS(PORT("22")), PL_LB_TYPE, "service"),
	CASE_SERVICE(",\"annotations\":{\"a\":\"b\"}", LB PORTS(PORT("22")), PL_LB_ANNOTATIONS,
		     "a=b"),
	CASE_SERVICE(",\"annotations\":null", LB PORTS(PORT("22")), PL_LB_ANNOTATIONS, "none"),
	CASE_SERVICE("", "\"type\":\"ClusterIP\"," PORTS(PORT("22")), PL_LB_PORTS, "none of it"),
	CASE_SERVICE("", "\"type\":null," PORTS(PORT("22")), PL_LB_PORTS, "none of it"),
	{ STATE(RESOURCE("kubernetes_service", "s", "\"spec\":[{" LB PORTS(PORT("22")) "}]")),
	  PL_LOAD_BALANCER, "s", PL_LB_PORTS, "22" },

	CASE_INGRESS("", CLASS("alb") "\"tls\":[]", PL_LB_PORTS, "80"),
	CASE_INGRESS("", CLASS("alb") "\"tls\":[{\"secret_name\":\"t\"}]", PL_LB_PORTS, "80, 443"),
	CASE_INGRESS(",\"annotations\":{\"kubernetes.io/ingress.class\":\"gce\"}", "\"tls\":[]",
		     PL_LB_PORTS, "80"),
	CASE_INGRESS("", CLASS("nginx") "\"tls\":[]", PL_LB_PORTS, "none"),
	CASE_INGRESS("", "\"tls\":[]", PL_LB_PORTS, "none"),
	CASE_INGRESS("", CLASS("alb") "\"tls\":[]", PL_LB_LAYER, "7"),
	CASE_INGRESS("", CLASS("alb") "\"tls\":[]", PL_LB_TYPE, "ingress"),

	{ STORAGE("{\"storageclass.kubernetes.io/is-default-class\":\"true\"}"), PL_STORAGE_CLASS,
	  "c", PL_STORAGE_CLASS_DEFAULT, "true" },
	{ STORAGE("{\"storageclass.beta.kubernetes.io/is-default-class\":\"true\"}"),
	  PL_STORAGE_CLASS, "c", PL_STORAGE_CLASS_DEFAULT, "true" },
	{ STORAGE("{\"storageclass.kubernetes.io/is-default-class\":\"false\"}"), PL_STORAGE_CLASS,
	  "c", PL_STORAGE_CLASS_DEFAULT, "false" },
	{ STORAGE("null"), PL_STORAGE_CLASS, "c", PL_STORAGE_CLASS_DEFAULT, "false" },
};

#define CHART(chart, more) \
	STATE(RESOURCE("helm_release", "h", "\"name\":\"h\",\"chart\":\"" chart "\"" more))
#define FROM(repository, version) \
	",\"repository\":\"" repository "\",\"version\":\"" version "\""
#define JETSTACK "https://charts.jetstack.io"
#define BITNAMI "https://charts.bitnami.com/bitnami"
#define CASE_MANAGER(chart, more, expected) \
	{ CHART(chart, more), PL_COMPONENT, "cert-manager", PL_COMPONENT_VERSION, expected }

static const struct fact_case charts[] = {
	CASE_MANAGER("cert-manager", FROM(JETSTACK, "v1.9.1"), "v1.9.1"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, "1.9.1"), "1.9.1"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, ">= 1.8"), "?"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, "1.9.x"), "?"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, "1.8.0 - 1.9.0"), "?"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, "~1.9.0"), "?"),
	CASE_MANAGER("cert-manager", FROM(JETSTACK, ""), "?"),
	CASE_MANAGER("cert-manager", ",\"repository\":\"" JETSTACK "\"", "?"),
	/* another publisher's chart has a version of its own */
	CASE_MANAGER("cert-manager", FROM(BITNAMI, "0.8.4"), "?"),
	CASE_MANAGER("cert-manager",
		     FROM(BITNAMI, "0.8.4") ",\"metadata\":[{\"app_version\":\"1.9.1\"}]", "1.9.1"),
	CASE_MANAGER("cert-manager", ",\"metadata\":{\"app_version\":\"v1.6.0\"}", "v1.6.0"),
	CASE_MANAGER("jetstack/cert-manager", ",\"version\":\"v1.9.1\"", "v1.9.1"),
	CASE_MANAGER("oci://quay.io/jetstack/charts/cert-manager", ",\"version\":\"v1.9.1\"",
		     "v1.9.1"),
	CASE_MANAGER("./charts/cert-manager/", ",\"version\":\"v1.9.1\"", "v1.9.1"),
	CASE_MANAGER("https://charts.jetstack.io/charts/cert-manager-v1.9.1.tgz", "", "?"),
	{ CHART("cert-manager", ""), PL_COMPONENT, "cert-manager", PL_COMPONENT_NAME,
	  "cert-manager" },
	{ CHART("cert-manager-csi-driver", ""), PL_COMPONENT, "cert-manager-csi-driver",
	  PL_COMPONENT_NAME, "cert-manager-csi-driver" },
	{ CHART("tigera-operator", FROM("https://docs.tigera.io/calico/charts", "v3.24.1")),
	  PL_COMPONENT, "calico", PL_COMPONENT_VERSION, "v3.24.1" },
	{ CHART("aws-calico", FROM("https://aws.github.io/eks-charts", "0.3.11")), PL_COMPONENT,
	  "calico", PL_COMPONENT_VERSION, "?" },
	{ CHART("ingress-nginx", ""), PL_COMPONENT, "ingress-nginx", PL_COMPONENT_VERSION, "?" },
	/* a chart is no balancer, whatever it installs */
	{ CHART("ingress-nginx", ""), PL_LOAD_BALANCER, NULL, PL_LB_PORTS, "none of it" },
};

#define VALUE(object) STATE(RESOURCE("kubernetes_manifest", "m", "\"manifest\":{" object "}"))
#define WRAPPED(object) \
	STATE(RESOURCE("kubernetes_manifest", "m", \
		       "\"manifest\":{\"value\":{" object "},\"type\":[\"object\",{}]}"))
#define TEXT(yaml) STATE(RESOURCE("kubectl_manifest", "m", "\"yaml_body\":\"" yaml "\""))
#define KIND(version, kind) "\"apiVersion\":\"" version "\",\"kind\":\"" kind "\","
#define NAME "\"metadata\":{\"name\":\"n\"}"
#define SERVICE_SPEC "\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[{\"port\":22},{\"port\":53,\"protocol\":\"UDP\"}]}"
#define LISTENERS(list) KIND("gateway.networking.k8s.io/v1", "Gateway") NAME \
	",\"spec\":{\"listeners\":[" list "]}"
#define RUNS(kind, image) KIND("apps/v1", kind) NAME \
	",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"" image "\"}]}}}"

static const struct fact_case manifests[] = {
	{ VALUE(KIND("v1", "Service") NAME "," SERVICE_SPEC), PL_LOAD_BALANCER, "n", PL_LB_PORTS,
	  "22" },
	{ WRAPPED(KIND("v1", "Service") NAME "," SERVICE_SPEC), PL_LOAD_BALANCER, "n", PL_LB_PORTS,
	  "22" },
	{ VALUE(KIND("v1", "Service") NAME "," SERVICE_SPEC), PL_LOAD_BALANCER, "n", PL_LB_LAYER,
	  "4" },
	{ VALUE(KIND("v1", "Service") "\"metadata\":{\"name\":\"n\",\"annotations\":{\"a\":\"b\"}},"
		SERVICE_SPEC), PL_LOAD_BALANCER, "n", PL_LB_ANNOTATIONS, "a=b" },
	{ VALUE(KIND("v1", "Service") NAME ",\"spec\":{\"type\":\"NodePort\"}"), PL_LOAD_BALANCER,
	  NULL, PL_LB_PORTS, "none of it" },
	{ VALUE(KIND("serving.knative.dev/v1", "Service") NAME "," SERVICE_SPEC), PL_LOAD_BALANCER,
	  NULL, PL_LB_PORTS, "none of it" },
	{ VALUE(KIND("networking.k8s.io/v1", "Ingress") NAME
		",\"spec\":{\"ingressClassName\":\"alb\",\"tls\":[{}]}"), PL_LOAD_BALANCER, "n",
	  PL_LB_PORTS, "80, 443" },
	{ VALUE(LISTENERS("{\"port\":443,\"protocol\":\"HTTPS\"}")), PL_LOAD_BALANCER, "n",
	  PL_LB_LAYER, "7" },
	{ VALUE(LISTENERS("{\"port\":443,\"protocol\":\"HTTPS\"},{\"port\":22,\"protocol\":\"TCP\"}")),
	  PL_LOAD_BALANCER, "n", PL_LB_LAYER, "4" },
	{ VALUE(LISTENERS("{\"port\":443,\"protocol\":\"HTTPS\"},{\"port\":53,\"protocol\":\"UDP\"}")),
	  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "443" },
	{ VALUE(KIND("storage.k8s.io/v1", "StorageClass") "\"metadata\":{\"name\":\"n\","
		"\"annotations\":{\"storageclass.kubernetes.io/is-default-class\":\"true\"}}"),
	  PL_STORAGE_CLASS, "n", PL_STORAGE_CLASS_DEFAULT, "true" },
	{ VALUE(KIND("operator.tigera.io/v1", "Installation") NAME), PL_COMPONENT, "calico",
	  PL_COMPONENT_NAME, "calico" },
	{ VALUE(KIND("operator.tigera.io/v1", "APIServer") NAME), PL_COMPONENT, NULL,
	  PL_COMPONENT_NAME, "none of it" },
	{ VALUE(KIND("helm.cattle.io/v1", "HelmChart") NAME ",\"spec\":{\"chart\":\"cert-manager\","
		"\"repo\":\"" JETSTACK "\",\"version\":\"v1.9.1\"}"), PL_COMPONENT, "cert-manager",
	  PL_COMPONENT_VERSION, "v1.9.1" },
	{ VALUE(KIND("helm.cattle.io/v1", "HelmChart") NAME ",\"spec\":{\"chartContent\":\"eA==\"}"),
	  PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
	{ VALUE(KIND("helm.toolkit.fluxcd.io/v2", "HelmRelease") NAME ",\"spec\":{\"chart\":{\"spec\":"
		"{\"chart\":\"tigera-operator\",\"version\":\"v3.24.1\"}}}"), PL_COMPONENT, "calico",
	  PL_COMPONENT_VERSION, "v3.24.1" },
	{ VALUE(RUNS("Deployment", "quay.io/jetstack/cert-manager-controller:v1.9.1")),
	  PL_COMPONENT, "cert-manager", PL_COMPONENT_VERSION, "v1.9.1" },
	{ VALUE(RUNS("Deployment", "host:5000/cert-manager-controller:v1.9.1@sha256:00")),
	  PL_COMPONENT, "cert-manager", PL_COMPONENT_VERSION, "v1.9.1" },
	{ VALUE(RUNS("Deployment", "host:5000/cert-manager-controller")), PL_COMPONENT,
	  "cert-manager", PL_COMPONENT_VERSION, "?" },
	{ VALUE(RUNS("Deployment", "quay.io/tigera/operator:v1.28.1")), PL_COMPONENT, "calico",
	  PL_COMPONENT_VERSION, "?" },
	{ VALUE(RUNS("DaemonSet", "docker.io/calico/node:v3.24.1")), PL_COMPONENT, "calico",
	  PL_COMPONENT_VERSION, "v3.24.1" },
	{ VALUE(RUNS("Deployment", "docker.io/notcalico/node:v3.24.1")), PL_COMPONENT, NULL,
	  PL_COMPONENT_VERSION, "none of it" },

	{ TEXT("apiVersion: v1\\nkind: Service\\nmetadata: {name: n}\\nspec:\\n  type: LoadBalancer\\n"
	       "  ports:\\n  - port: 22\\n  - {port: 443, protocol: TCP}\\n"), PL_LOAD_BALANCER, "n",
	  PL_LB_PORTS, "22, 443" },
	{ TEXT("apiVersion: operator.tigera.io/v1\\nkind: Installation\\n"), PL_COMPONENT, "calico",
	  PL_COMPONENT_VERSION, "?" },
	{ TEXT("kind: [broken"), PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
	{ TEXT("a scalar"), PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
	{ TEXT(""), PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
	{ TEXT("apiVersion: v1\\nkind: ~\\n"), PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
};

static void objects_of_kubernetes(void **state)
{
	(void)state;
	check_facts(objects, sizeof objects / sizeof *objects);
}

static void charts_are_components(void **state)
{
	(void)state;
	check_facts(charts, sizeof charts / sizeof *charts);
}

static void manifests_of_any_kind(void **state)
{
	(void)state;
	check_facts(manifests, sizeof manifests / sizeof *manifests);
}

/* What joins objects over sources does not depend on who wrote them. */
static void identities(void **state)
{
	static const struct {
		const char *source;
		enum pl_kind kind;
		const char *identity;
	} cases[] = {
		{ SERVICE(",\"namespace\":\"a\"", LB PORTS(PORT("22"))), PL_LOAD_BALANCER,
		  "service/a/s" },
		{ SERVICE("", LB PORTS(PORT("22"))), PL_LOAD_BALANCER, "service/default/s" },
		{ VALUE(KIND("v1", "Service") NAME "," SERVICE_SPEC), PL_LOAD_BALANCER,
		  "service/default/n" },
		{ STORAGE("null"), PL_STORAGE_CLASS, "storageclass/c" },
		{ STATE(RESOURCE("kubernetes_namespace", "x", "\"metadata\":[{\"name\":\"y\"}]")),
		  PL_NAMESPACE, "namespace/y" },
		{ VALUE(KIND("v1", "Namespace") NAME), PL_NAMESPACE, "namespace/n" },
		{ CHART("tigera-operator", ""), PL_COMPONENT, "component/calico" },
		{ VALUE(KIND("operator.tigera.io/v1", "Installation") NAME), PL_COMPONENT,
		  "component/calico" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pl_auto_model struct pl_model *m = pl_model_new();
		const struct pl_object *o;

		(void)collect(m, cases[i].source, NULL);
		o = find_object(m, cases[i].kind, NULL);
		if (!o || !pl_streq(o->identity, cases[i].identity))
			fail_msg("row %zu: %s", i, o ? o->identity : "no object");
	}
}

#define CREATED(type, after, unknown, sensitive) \
	"{\"address\":\"" type ".x\",\"mode\":\"managed\",\"type\":\"" type "\",\"name\":\"x\"," \
	"\"change\":{\"actions\":[\"create\"],\"before\":null,\"after\":{" after "}," \
	"\"after_unknown\":{" unknown "},\"after_sensitive\":{" sensitive "}}}"
#define PLAN(change) \
	"{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"resource_changes\":[" change "]}"

/* What is decided at apply is unknown or open, never absent. */
static void unknowns(void **state)
{
#define MANIFEST(object, unknown) \
	PLAN(CREATED("kubernetes_manifest", "\"manifest\":{" object "}", \
		     "\"manifest\":{" unknown "}", ""))
#define NOTED "\"metadata\":{\"name\":\"n\",\"annotations\":{\"a\":\"b\"}},"
#define MORE ", and others not known yet"
	static const struct fact_case cases[] = {
		{ MANIFEST(KIND("v1", "Service") NOTED SERVICE_SPEC,
			   "\"metadata\":{\"annotations\":{\"c\":true}}"),
		  PL_LOAD_BALANCER, "n", PL_LB_ANNOTATIONS, "a=b" MORE },
		{ MANIFEST(KIND("v1", "Service") NOTED SERVICE_SPEC,
			   "\"metadata\":{\"annotations\":{\"c\":true}}"),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "22" },
		{ MANIFEST(KIND("v1", "Service") NOTED SERVICE_SPEC,
			   "\"spec\":{\"selector\":{\"app\":true}}"),
		  PL_LOAD_BALANCER, "n", PL_LB_ANNOTATIONS, "a=b" },
		{ MANIFEST(KIND("v1", "Service") NAME "," SERVICE_SPEC,
			   "\"metadata\":{\"annotations\":true}"),
		  PL_LOAD_BALANCER, "n", PL_LB_ANNOTATIONS, "?" },
		{ MANIFEST(KIND("v1", "Service") NAME ",\"spec\":{\"type\":\"LoadBalancer\"}",
			   "\"spec\":{\"ports\":true}"),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ MANIFEST(KIND("v1", "Service") NAME ",\"spec\":{\"type\":\"LoadBalancer\","
			   "\"ports\":[{\"port\":22},{}]}", "\"spec\":{\"ports\":[{},{\"port\":true}]}"),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "22" MORE },
		{ MANIFEST(KIND("networking.k8s.io/v1", "Ingress") NAME ",\"spec\":{}",
			   "\"spec\":{\"ingressClassName\":true}"),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ MANIFEST(KIND("storage.k8s.io/v1", "StorageClass") NAME,
			   "\"metadata\":{\"annotations\":true}"),
		  PL_STORAGE_CLASS, "n", PL_STORAGE_CLASS_DEFAULT, "?" },
		{ MANIFEST(KIND("helm.cattle.io/v1", "HelmChart") NAME
			   ",\"spec\":{\"chart\":\"cert-manager\"}", "\"spec\":{\"version\":true}"),
		  PL_COMPONENT, "cert-manager", PL_COMPONENT_VERSION, "?" },
		{ PLAN(CREATED("kubernetes_service", "\"metadata\":[{\"name\":\"n\"}],\"spec\":[{"
			       LB PORTS(PORT("22") ",{}") "}]",
			       "\"spec\":[{\"port\":[{},{\"port\":true}]}]", "")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "22" MORE },
		{ PLAN(CREATED("kubernetes_service", "\"metadata\":[{\"name\":\"n\"}],\"spec\":[{"
			       LB "\"session_affinity\":null}]", "\"spec\":[{\"port\":true}]", "")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ PLAN(CREATED("kubernetes_ingress_v1", "\"metadata\":[{\"name\":\"n\"}],"
			       "\"spec\":[{}]", "\"spec\":[{\"ingress_class_name\":true}]", "")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ PLAN(CREATED("kubernetes_ingress_v1", "\"metadata\":[{\"name\":\"n\"}],\"spec\":[{"
			       "\"ingress_class_name\":\"alb\"}]", "\"spec\":[{\"tls\":true}]", "")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "80" MORE },
		/* it may become a balancer */
		{ PLAN(CREATED("kubernetes_service", "\"metadata\":[{\"name\":\"n\"}],\"spec\":[{"
			       "\"port\":[{\"port\":443}]}]", "\"spec\":[{\"type\":true}]", "")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ MANIFEST(KIND("v1", "Service") NAME ",\"spec\":{\"ports\":[{\"port\":443}]}",
			   "\"spec\":{\"type\":true}"), PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ MANIFEST(KIND("v1", "Service") NAME ",\"spec\":{\"ports\":[{\"port\":443}]}",
			   "\"spec\":{\"selector\":{\"a\":true}}"), PL_LOAD_BALANCER, NULL, PL_LB_PORTS,
		  "none of it" },
		/* dynamic blocks leave no trace in the configuration */
		{ PLAN_OF(CREATES("kubernetes_service", "x", "\"metadata\":[{\"name\":\"n\"}],"
				  "\"spec\":[{" LB "\"selector\":null}]", "\"spec\":[{\"port\":true}]"),
			  WRITES("kubernetes_service", "x", "\"spec\":[{\"type\":{}}]")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "?" },
		{ PLAN_OF(CREATES("kubernetes_ingress_v1", "x", "\"metadata\":[{\"name\":\"n\"}],"
				  "\"spec\":[{\"ingress_class_name\":\"alb\"}]", "\"spec\":[{\"tls\":true}]"),
			  WRITES("kubernetes_ingress_v1", "x", "\"spec\":[{}]")),
		  PL_LOAD_BALANCER, "n", PL_LB_PORTS, "80" MORE },
		{ PLAN(CREATED("kubernetes_storage_class", "\"metadata\":[{\"name\":\"n\"}]",
			       "\"metadata\":[{\"annotations\":true}]", "")),
		  PL_STORAGE_CLASS, "n", PL_STORAGE_CLASS_DEFAULT, "?" },
		{ PLAN(CREATED("helm_release", "\"chart\":\"cert-manager\"", "\"version\":true", "")),
		  PL_COMPONENT, "cert-manager", PL_COMPONENT_VERSION, "?" },
		{ PLAN(CREATED("helm_release", "\"name\":\"cert-manager\"", "\"chart\":true", "")),
		  PL_COMPONENT, NULL, PL_COMPONENT_VERSION, "none of it" },
		{ PLAN(CREATED("kubectl_manifest", "\"name\":\"n\"", "\"yaml_body\":true", "")),
		  PL_COMPONENT, NULL, PL_COMPONENT_NAME, "none of it" },
	};

	(void)state;
	check_facts(cases, sizeof cases / sizeof *cases);
}

/* kubectl's provider marks all of its text: it is judged, and nothing of it is printed. */
static void sensitive_text(void **state)
{
	static const char secret[] = PLAN(CREATED("kubectl_manifest",
		"\"yaml_body\":\"apiVersion: v1\\nkind: Service\\nmetadata: {name: hidden}\\n"
		"spec: {type: LoadBalancer, ports: [{port: 22}]}\\n\"", "", "\"yaml_body\":true"));
	static const char chart[] = PLAN(CREATED("kubectl_manifest",
		"\"yaml_body\":\"apiVersion: helm.cattle.io/v1\\nkind: HelmChart\\n"
		"spec: {chart: hidden, version: 1.0.0}\\n\"", "", "\"yaml_body\":true"));
	pl_auto_model struct pl_model *m = pl_model_new();
	const struct pl_object *o;

	(void)state;
	(void)collect(m, secret, NULL);
	o = find_object(m, PL_LOAD_BALANCER, NULL);
	assert_non_null(o);
	assert_string_equal(o->name, "x");
	assert_null(o->identity);
	assert_string_equal(pl_object_fact(o, PL_LB_PORTS, PL_PLAN)->value.list[0], "22");
	assert_true(pl_object_fact(o, PL_LB_PORTS, PL_PLAN)->sensitive);
	(void)collect(m, chart, NULL);
	assert_null(find_object(m, PL_COMPONENT, NULL));
}

/* A release that the plan deletes is gone under the identity that the state's has. */
static void deleted_release(void **state)
{
	static const char plan[] = "{\"format_version\":\"1.2\",\"resource_changes\":[{"
		"\"address\":\"helm_release.x\",\"mode\":\"managed\",\"type\":\"helm_release\","
		"\"name\":\"x\",\"change\":{\"actions\":[\"delete\"],\"before\":"
		"{\"name\":\"x\",\"chart\":\"cert-manager\"},\"after\":null}}]}";
	pl_auto_model struct pl_model *m = pl_model_new();

	(void)state;
	(void)collect(m, plan, NULL);
	assert_int_equal(m->object_count, 1);
	assert_true(m->objects[0]->gone);
	assert_int_equal(m->objects[0]->kind, PL_COMPONENT);
	assert_string_equal(m->objects[0]->identity, "component/cert-manager");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_of_kubernetes),
		cmocka_unit_test(charts_are_components),
		cmocka_unit_test(manifests_of_any_kind),
		cmocka_unit_test(identities),
		cmocka_unit_test(unknowns),
		cmocka_unit_test(sensitive_text),
		cmocka_unit_test(deleted_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
