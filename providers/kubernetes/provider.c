/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes: what Terraform's kubernetes, helm and kubectl providers write into a cluster. */
#include "kubernetes/kubernetes.h"
#include "model/annotation.h"

#define NAMED .name = "metadata[0].name", .identify = pl_kubernetes_identify
#define SERVICE(t) \
	{ .type = t, .kind = PL_LOAD_BALANCER, NAMED, .wanted = pl_kubernetes_is_entry, \
	  .more = pl_kubernetes_service }
#define INGRESS(t) { .type = t, .kind = PL_LOAD_BALANCER, NAMED, .more = pl_kubernetes_ingress }
#define STORAGE_CLASS(t) \
	{ .type = t, .kind = PL_STORAGE_CLASS, NAMED, .more = pl_kubernetes_storage_class }
#define NAMESPACE(t) { .type = t, .kind = PL_NAMESPACE, NAMED, .more = pl_kubernetes_namespace }
#define MANIFEST(t) \
	{ .type = t, .kind = PL_COMPONENT, .identify = pl_kubernetes_manifest_is, \
	  .more = pl_kubernetes_manifest }

static const struct pl_tf_row rows[] = {
	SERVICE("kubernetes_service"),
	SERVICE("kubernetes_service_v1"),
	INGRESS("kubernetes_ingress"),
	INGRESS("kubernetes_ingress_v1"),
	STORAGE_CLASS("kubernetes_storage_class"),
	STORAGE_CLASS("kubernetes_storage_class_v1"),
	NAMESPACE("kubernetes_namespace"),
	NAMESPACE("kubernetes_namespace_v1"),
	MANIFEST("kubernetes_manifest"),
	MANIFEST("kubectl_manifest"),
	{ .type = "helm_release", .kind = PL_COMPONENT, .identify = pl_kubernetes_release_is,
	  .more = pl_kubernetes_release },
	{ 0 },
};

/* Where no cloud's rules say what an annotation does: the clouds come first and have judged theirs. */
static void finish(struct pl_model *m, struct pl_object *cluster)
{
	pl_annotation_judge(m, cluster, NULL);
}

const struct pl_provider pl_provider_kubernetes = {
	.name = "kubernetes",
	.summary = "Kubernetes: Services, Ingresses, charts and manifests that Terraform applies",
	.rows = rows,
	.finish = finish,
	.live = &pl_kubernetes_live,
};
