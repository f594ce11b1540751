/* SPDX-License-Identifier: Apache-2.0 */
/* The list of attributes, and the names of everything the model enumerates. */
#include "model/model.h"

#include "base/str.h"

const struct pl_attr_info pl_attrs[PL_ATTR_COUNT] = {
#define PL_ATTR(id, kind, name, type, many, meaning) \
	[PL_##id] = { PL_##kind, name, PL_##type, PL_##many, meaning },
#include "model/attr.def"
#undef PL_ATTR
};

static const char *const witness_names[PL_WITNESS_COUNT] = {
	[PL_PLAN] = "plan", [PL_CLOUD] = "cloud", [PL_CLUSTER_API] = "cluster",
	[PL_NODE_SSH] = "node", [PL_ENDPOINT_NET] = "endpoint",
};

static const char *const kind_names[PL_KIND_COUNT] = {
	[PL_CLUSTER] = "cluster", [PL_POOL] = "pool", [PL_NODE] = "node",
	[PL_LOAD_BALANCER] = "load_balancer", [PL_DATABASE] = "database", [PL_BUCKET] = "bucket",
	[PL_REGISTRY] = "registry", [PL_COMPONENT] = "component",
	[PL_STORAGE_CLASS] = "storage_class", [PL_NAMESPACE] = "namespace",
	[PL_NETWORK] = "network", [PL_ENDPOINT] = "endpoint",
	[PL_QUOTA] = "quota",
};

static const char *const basis_names[] = {
	[PL_SET] = "set", [PL_DEFAULT] = "default", [PL_INFERRED] = "inferred",
	[PL_ASSUMED] = "assumed",
};

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (pl_streq(names[i], name))
			return i;
	return -1;
}

const char *pl_witness_name(enum pl_witness w)
{
	return witness_names[w];
}

int pl_witness_find(const char *name)
{
	return find_name(witness_names, PL_WITNESS_COUNT, name);
}

const char *pl_kind_name(enum pl_kind k)
{
	return kind_names[k];
}

int pl_kind_find(const char *name)
{
	return find_name(kind_names, PL_KIND_COUNT, name);
}

const char *pl_basis_name(enum pl_basis b)
{
	return basis_names[b];
}

int pl_basis_find(const char *name)
{
	return find_name(basis_names, (int)(sizeof basis_names / sizeof *basis_names), name);
}

int pl_attr_find(enum pl_kind kind, const char *name)
{
	for (int i = 0; i < PL_ATTR_COUNT; i++)
		if (pl_attrs[i].kind == kind && pl_streq(pl_attrs[i].name, name))
			return i;
	return -1;
}
