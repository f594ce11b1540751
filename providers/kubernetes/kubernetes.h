/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Kubernetes provider share: objects that Terraform writes into a cluster. */
#ifndef PL_PROVIDERS_KUBERNETES_KUBERNETES_H
#define PL_PROVIDERS_KUBERNETES_KUBERNETES_H

#include "kubernetes/provider.h"
#include "terraform/provider.h"

extern const struct pl_provider pl_provider_kubernetes;

/* live.c */
extern const struct pl_kube_provider pl_kubernetes_live;
extern const struct pl_kube_program pl_kubernetes_programs[];

/* What joins it over sources: "service/NAMESPACE/NAME"; `space` NULL: "default", "": in none. */
const char *pl_kubernetes_identity(struct pl_model *m, const char *kind, const char *space,
				   const char *name);
/* Facts of every balancer that Kubernetes makes: a Service passes TCP, an Ingress speaks HTTP. */
void pl_kubernetes_balancer(struct pl_model *m, struct pl_object *o, const char *type);
/*
 * The ports of an Ingress of that class (NULL: none said) with `tls` entries.  list->waits_for: the
 * class is not known, so nothing is.
 */
void pl_kubernetes_ingress_ports(const char *class, size_t tls, struct pl_tf_list *list);
#define PL_KUBERNETES_INGRESS_CLASS "kubernetes.io/ingress.class" /* the annotation */
/* Do the annotations of a storage class mark it as the default one? */
bool pl_kubernetes_is_default_class(const json_t *marks);

/* object.c: resources that have a type of their own */
bool pl_kubernetes_is_entry(struct pl_tf *tf, struct pl_tf_resource *r);
bool pl_kubernetes_identify(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_tf_identity *id);
void pl_kubernetes_service(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_kubernetes_ingress(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_kubernetes_namespace(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
#define PL_KUBERNETES_POD_SECURITY "pod-security.kubernetes.io/enforce" /* the label */
void pl_kubernetes_storage_class(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* manifest.c: kubernetes_manifest and kubectl_manifest, which may be anything */
bool pl_kubernetes_manifest_is(struct pl_tf *tf, struct pl_tf_resource *r,
			       struct pl_tf_identity *id);
void pl_kubernetes_manifest(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* chart.c: what is said of a chart where it is installed; each may be NULL. */
struct pl_kubernetes_chart {
	const char *name;        /* "cert-manager", "oci://HOST/PATH/cert-manager", "./cert-manager" */
	const char *repository;
	const char *version;
	const char *app_version; /* of what it installs, where the chart told */
	const char *waits_for;   /* why `version` is not known */
	const char *path;        /* of `version` */
	bool sensitive;          /* nothing that was said may be printed */
};

/* The component that a chart installs: tigera-operator is calico.  NULL: may not be printed. */
const char *pl_kubernetes_component(struct pl_model *m, const struct pl_kubernetes_chart *chart);
void pl_kubernetes_chart_facts(struct pl_model *m, struct pl_object *o,
			       const struct pl_kubernetes_chart *chart);
bool pl_kubernetes_release_is(struct pl_tf *tf, struct pl_tf_resource *r,
			      struct pl_tf_identity *id);
void pl_kubernetes_release(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

#endif
