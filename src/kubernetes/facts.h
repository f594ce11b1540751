/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share while an API server's answers become facts: what is kept of each kind
 * of object until pl_kube_finish().
 */
#ifndef PL_KUBERNETES_FACTS_H
#define PL_KUBERNETES_FACTS_H

#include "base/map.h"
#include "kubernetes/kube.h"
#include "kubernetes/pick.h"
#include "kubernetes/provider.h"

enum pl_kube_index {
	PL_KUBE_NODES, PL_KUBE_NAMESPACES, PL_KUBE_STORAGE_CLASSES, PL_KUBE_DAEMONSETS,
	PL_KUBE_DEPLOYMENTS, PL_KUBE_SERVICES, PL_KUBE_INGRESSES, PL_KUBE_WEBHOOKS,
	PL_KUBE_MUTATING_WEBHOOKS, PL_KUBE_POLICIES, PL_KUBE_BINDINGS, PL_KUBE_POD_SECURITY_POLICIES, PL_KUBE_KIND_COUNT
};

enum pl_kube_state { PL_KUBE_NOT_ASKED, PL_KUBE_WHOLE, PL_KUBE_REFUSED };

struct pl_kube_node {
	const char *name, *provider_id, *hostname;
	const char *version, *os, *os_version, *kernel, *runtime, *runtime_version, *architecture;
	const char *machine;   /* instance type; NULL: none said */
	const char *capacity, *capacity_note; /* pool attribute `capacity_type`, and how it is known */
	const char *address;   /* "node/NAME" */
	int64_t vcpu, memory, disk, pods, allocatable_memory; /* -1: not said; bytes */
	int64_t allocatable_cpu; /* thousandths of a vCPU */
	const struct pl_pair *labels; /* sorted */
	size_t label_count;
	const char *const *taints;    /* its own, as key=value:Effect; sorted */
	size_t taint_count;
	const char *const *addresses; /* internal ones first */
	size_t address_count;
	const char *const *ailments;  /* conditions that are not as they should be */
	size_t ailment_count;
	bool flannel;  /* an annotation of flannel's */
	unsigned flags; /* bit per meaning of pl_kube_flag */
};

/* A DaemonSet or Deployment that runs a known program. */
struct pl_kube_workload {
	const struct pl_kube_program *program;
	const char *space, *name, *tag;
	int64_t desired, ready;
};

struct pl_kube_entry { /* a Service of type LoadBalancer, or an Ingress */
	const char *space, *name, *class;
	const struct pl_pair *annotations; /* sorted */
	size_t annotation_count;
	const char *const *ports; /* of TCP */
	size_t port_count, tls;
	const char *const *addresses; /* assigned: IP or host name */
	size_t address_count;
};

struct pl_kube_namespace {
	const char *name, *enforce; /* Pod Security level; NULL: none */
};

struct pl_kube_class { /* a storage class */
	const char *name;
	bool is_default;
};

struct pl_kube_guard { /* a webhook or policy that is asked about pods, or the binding of one */
	const char *name;
	const char *of;  /* a webhook's configuration */
	bool privileged; /* a PodSecurityPolicy: it allows privileged pods */
};

/* What was kept of one kind, and whether that is all of it. */
struct pl_kube_list {
	enum pl_kube_state state;
	const char *why; /* REFUSED */
	void *items;
	size_t count, cap;
};

struct pl_kube {
	struct pl_model *m;
	const struct pl_provider *const *providers;
	int source;
	struct pl_kube_hints hints;
	struct pl_map strings; /* each text once, in the model's arena */
	struct pl_object *cluster;
	const struct pl_kube_platform *platform; /* NULL: of none that is known */
	const char *provider, *distribution;
	const char *uid; /* of the namespace kube-system */

	struct pl_kube_list list[PL_KUBE_KIND_COUNT]; /* of the structs above, by kind */
	const char *version, *version_why;
	const char **groups, *groups_why;
	size_t group_count, group_cap;
	bool groups_known;
	enum { PL_KUBE_NOT_PROBED, PL_KUBE_ADMITTED, PL_KUBE_DENIED, PL_KUBE_UNCLEAR } probe;
	const char *probe_why;
};

/* ---- kube.c ---- */

/* A new item of that kind, all zero; valid until the next one. */
void *pl_kube_add(struct pl_kube *k, enum pl_kube_index kind, size_t size);
/* A copy in the model's arena, one for all who ask for the same text. */
const char *pl_kube_str(struct pl_kube *k, const char *s, size_t n);
/* The same of a JSON string, number or bool; NULL for others and null. */
const char *pl_kube_text(struct pl_kube *k, struct pl_slice value);
/* The members of a map of texts, sorted, in the model's arena. */
const struct pl_pair *pl_kube_map(struct pl_kube *k, struct pl_slice object, size_t *count);
const char *pl_kube_pair(const struct pl_pair *map, size_t n, const char *key);
/* Why that kind is not known whole; NULL: it is. */
const char *pl_kube_missing(const struct pl_kube *k, enum pl_kube_index kind);
/* Was any node started with a flag of that meaning (pl_kube_flag)? */
bool pl_kube_is_told(const struct pl_kube *k, unsigned meaning);
bool pl_kube_serves(const struct pl_kube *k, const char *group);
/* An object of the cluster at `address`. */
struct pl_object *pl_kube_object(struct pl_kube *k, enum pl_kind kind, const char *name,
				 const char *address);

/* A list of texts that grows in place. */
struct pl_kube_texts {
	const char **list;
	size_t count, cap;
};
void pl_kube_texts_add(struct pl_kube_texts *t, const char *text);
/* Moves it into the model's arena; t is empty then. */
const char *const *pl_kube_texts_keep(struct pl_kube *k, struct pl_kube_texts *t);

/* ---- readers: one object each, by its kind ---- */

int pl_kube_read_node(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_namespace(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_class(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_daemonset(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_deployment(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_service(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_ingress(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_webhook(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_mutating_webhook(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_policy(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_binding(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);
int pl_kube_read_psp(struct pl_kube *k, struct pl_scan *s, struct pl_err *err);

/* ---- facts, in this order ---- */

void pl_kube_recognise(struct pl_kube *k); /* platform, provider, distribution */
void pl_kube_pools(struct pl_kube *k);     /* pools and nodes */
void pl_kube_components(struct pl_kube *k);
void pl_kube_network(struct pl_kube *k);
void pl_kube_entries(struct pl_kube *k);   /* Services, Ingresses, who serves them */
void pl_kube_spaces(struct pl_kube *k);    /* namespaces, storage classes */
void pl_kube_admission(struct pl_kube *k);

#endif
