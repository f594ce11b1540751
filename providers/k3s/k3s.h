/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the k3s provider share. */
#ifndef PL_PROVIDERS_K3S_K3S_H
#define PL_PROVIDERS_K3S_K3S_H

#include "terraform/provider.h"

extern const struct pl_provider pl_provider_k3s;
extern const struct pl_kube_provider pl_k3s_live; /* live.c */

/* host.c: instances of clouds that have no provider of their own. */
void pl_k3s_hcloud(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_k3s_droplet(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_k3s_openstack(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_k3s_proxmox(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
void pl_k3s_one(struct pl_tf *tf, struct pl_object *o); /* what all of them have in common */
void pl_k3s_unsized(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *path);
/* vm.c: machines of hypervisors, and instances of smaller clouds, by a table. */
void pl_k3s_vm(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
bool pl_k3s_machine(const char *type, struct pl_machine *out);

/* A node of some k3s cluster: an instance, or a group of them. */
struct pl_k3s_host {
	struct pl_tf_resource *r;
	const char *assumed; /* why it is taken for one; NULL: its boot text says so */
	size_t group;        /* index of the host that stands for its cluster; see pl_k3s_group() */
	bool linked;         /* by its server's address */
	bool any;            /* nobody can say to which of several clusters it belongs */
};

struct pl_k3s_hosts {
	struct pl_k3s_host *list;
	size_t count, cap;
};

/* Do its boot texts say that it is a server (or an agent) of k3s? */
bool pl_k3s_is_server(const struct pl_k3s_host *h);
/* The boot text is there and installs k3s. */
bool pl_k3s_is_read(const struct pl_k3s_host *h);

/* find.c: the hosts among all instances; discards the pools of the others. */
void pl_k3s_find(struct pl_tf *tf, struct pl_k3s_hosts *out);
/* group.c: which hosts are one cluster. */
void pl_k3s_group(struct pl_tf *tf, struct pl_k3s_hosts *hosts);
/* The host part of https://HOST:6443, into the model; NULL when there is none. */
const char *pl_k3s_url_host(struct pl_model *m, const char *url);
/* cluster.c: objects and facts of the clusters. */
void pl_k3s_clusters(struct pl_tf *tf, const struct pl_k3s_hosts *hosts);
void pl_k3s_finish(struct pl_model *m, struct pl_object *cluster);

#endif
