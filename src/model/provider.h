/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider is to every room: one table for each way of seeing its clusters.  The tables
 * themselves are the business of the rooms that read them.
 */
#ifndef PL_MODEL_PROVIDER_H
#define PL_MODEL_PROVIDER_H

#include "model/machine.h"
#include "model/model.h"
#include "model/support.h"

struct pl_tf;            /* terraform/provider.h */
struct pl_tf_row;
struct pl_kube_provider; /* kubernetes/provider.h */
struct pl_cloud_provider; /* cloud/provider.h */

struct pl_provider {
	const char *name, *summary;
	const struct pl_tf_row *rows; /* ends with a NULL type */
	/* After all rows of all providers: objects that several resources make (a k3s cluster). */
	void (*gather)(struct pl_tf *tf);
	/* After joining, for every cluster: what follows from its parts (EKS: Calico or vpc-cni). */
	void (*finish)(struct pl_model *m, struct pl_object *cluster);
	/* The built-in catalogue; NULL: none. */
	bool (*machine)(const char *type, struct pl_machine *out);
	/* How long it supports versions; NULL: no table tells. */
	const struct pl_support *support;
	/* What it looks like from inside a cluster; NULL: nothing. */
	const struct pl_kube_provider *live;
	/* Its own API; NULL: it has none. */
	const struct pl_cloud_provider *cloud;
};

extern const struct pl_provider *const pl_providers[]; /* made by the build, ends with NULL */

#endif
