/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider looks like from inside a cluster: tables of the signs by which a distribution is
 * recognised, of the labels that its nodes carry, of the programs that it runs.  This header is all
 * that a provider's author needs, with model/model.h.
 *
 * The tables of all providers form one registry and apply whatever the cluster is; every table ends with
 * a row of zeros.
 */
#ifndef PL_KUBERNETES_PROVIDER_H
#define PL_KUBERNETES_PROVIDER_H

#include <stdbool.h>

#include "model/model.h"
#include "model/provider.h"

/* Where a sign is looked for. */
enum pl_kube_sign_at {
	PL_KUBE_AT_GROUP,       /* an API group that is served */
	PL_KUBE_AT_VERSION,     /* a word in the API server's version: "-gke." */
	PL_KUBE_AT_KUBELET,     /* a word in the version of a kubelet */
	PL_KUBE_AT_NODE_NAME,   /* how the names of all nodes begin */
	PL_KUBE_AT_LABEL,       /* the key of a label of a node */
	PL_KUBE_AT_PROVIDER_ID, /* how a node's provider ID begins */
	PL_KUBE_AT_SERVER,      /* how the host name of the API server ends */
};

/* One sign of what a cluster is; of several that are seen the one of the lowest rank decides. */
struct pl_kube_sign {
	enum pl_kube_sign_at at;
	const char *text;
	int rank;
	const char *provider;     /* cluster attribute `provider` */
	const char *distribution; /* cluster attribute `distribution` */
};

/* A label whose value is the name of a node's pool; of two on one node that of the first row counts. */
struct pl_kube_pool_label {
	const char *key;
	/* How the names begin of those that the platform makes by itself, so that no plan can have them; "":
	 * of all; NULL: of none. */
	const char *unplanned;
};

/* A label that tells how a node was bought. */
struct pl_kube_capacity {
	const char *key, *value; /* value NULL: any */
	const char *capacity;    /* pool attribute `capacity_type` */
};

/* A sign of a node on which nobody can log in and run a script: a label, or a part of its provider ID. */
struct pl_kube_closed {
	const char *key, *value; /* key NULL: no label is meant */
	const char *id;          /* key NULL: in the provider ID */
	const char *why;         /* behind "2 nodes": "AWS Fargate lets nobody in" */
};

/* How a provider ID is read: parts between slashes behind the scheme's "://", counted from 0. */
struct pl_kube_id {
	const char *scheme; /* "gce" */
	int account, zone;  /* -1: not in it */
};

/*
 * A program known by the end of its image's name, by its own name where images differ, or by both where
 * others run the same image; the image's tag is the component's version, or not.
 */
struct pl_kube_program {
	const char *kind;      /* DaemonSet, Deployment */
	const char *image;     /* "calico/node"; NULL: any */
	const char *name;      /* of the workload; NULL: any */
	const char *component; /* component attribute `name` */
	bool versioned;
	const char *network;   /* what does overlay and policy where it runs; NULL: it does neither */
	bool overlay;          /* it does overlay only: what does policy beside it counts */
	bool balancer;         /* it gives Services of type LoadBalancer their addresses */
	bool builtin;          /* ... and is what PL_KUBE_FLAG_NO_BALANCER switches off */
	const char *group;     /* API group without which it does nothing; NULL: it needs none */
};

/* What annotations of a Service make of its balancer; the first row that fits counts. */
struct pl_kube_balancer {
	const char *key, *value; /* value NULL: any */
	int layer;
	const char *scheme;       /* "internal"; NULL: it does not say */
	const char *note;
};

/* A flag among those that a node was started with and keeps in an annotation. */
struct pl_kube_flag {
	const char *annotation; /* "k3s.io/node-args": a JSON array of words in a text */
	const char *flag, *value; /* "--disable", "servicelb": alone or in a list with commas */
	enum { PL_KUBE_FLAG_NONE, PL_KUBE_FLAG_NO_FLANNEL, PL_KUBE_FLAG_NO_BALANCER } means;
};

/* What is true of all clusters of one provider. */
struct pl_kube_platform {
	const char *provider;    /* cluster attribute `provider` */
	const char *name_label;  /* label of nodes that holds the cluster's name; NULL: none does */
	bool regional;           /* the nodes' region is the cluster's location */
	const char *on_demand;   /* why a node without a label of capacity is on demand; NULL: unknown */
	const char *services;    /* why Services of type LoadBalancer get a balancer; NULL: nobody knows */
	const char *services_off; /* why they do not, where a node is told PL_KUBE_FLAG_NO_BALANCER */
	const char *network;     /* what does network policy where no known program does; NULL: unknown */
	const char *network_note;
	const char *flannel;     /* annotation of nodes whose overlay is the built-in flannel */
	const char *guard;       /* what decides about privileged pods, unseen; NULL: nothing but what is seen */
	const char *refuses;     /* why privileged pods are refused, on `refuses_on`; NULL: they are not */
	const char *refuses_on;  /* a distribution; NULL: all */
	const char *balancer;    /* what a Service without annotations gets */
	const struct pl_kube_balancer *balancers;
};

/* A webhook that is asked about pods, and neither refuses one for being privileged nor takes that from it. */
struct pl_kube_harmless {
	const char *webhook; /* the name, or its end behind a '*' */
};

struct pl_kube_provider {
	const struct pl_kube_sign *signs;
	/* Of labels that the platform sets, ends with NULL: "gke.io"; a label without one stands for itself. */
	const char *const *domains;
	const struct pl_kube_pool_label *pool_labels;
	const struct pl_kube_capacity *capacities;
	const struct pl_kube_closed *closed;
	const struct pl_kube_id *ids;
	const struct pl_kube_program *programs;
	const struct pl_kube_flag *flags;
	const struct pl_kube_platform *platforms;
	const struct pl_kube_harmless *harmless;
};

/*
 * The program whose image this is, run by a workload of that kind and name (NULL: not known), from rows
 * that end with a NULL kind; NULL: none.  *tag becomes a copy of the image's tag in `m`, NULL when it has
 * none (a digest tells no version).
 */
const struct pl_kube_program *pl_kube_program_in(const struct pl_kube_program *rows, struct pl_model *m,
						 const char *kind, const char *name,
						 const char *image, const char **tag);

/* Is it one version ("v1.9.1"), not a range of them? */
bool pl_kube_is_version(const char *text);

/*
 * Does a controller make a balancer for an Ingress of that class (NULL: none said) itself?  Others (nginx,
 * traefik) stand behind a Service, which is the entry.
 */
bool pl_kube_makes_balancer(const char *class);

/* Is it the key of a label that no platform sets, so that somebody meant something by it? */
bool pl_kube_is_custom(const struct pl_provider *const *providers, const char *key);

/* Facts about a namespace's level of Pod Security, from its label; NULL: it has none. */
void pl_kube_pod_security(struct pl_model *m, struct pl_object *o, const char *enforce, const char *path);

#endif
