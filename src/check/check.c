/* SPDX-License-Identifier: Apache-2.0 */
/* The named checks: one row each. */
#include "check/check.h"

#include "base/scalar.h"
#include "base/str.h"

/*
 * Kubernetes version skew policy (kubernetes.io/releases/version-skew-policy, read 2026-11, in this
 * form since 1.28 of 2023-08): a kubelet is never newer than the API server, at most three minor
 * versions older, and at most two when the kubelet is older than 1.25.
 */
#define SKEW_MINORS 3
#define SKEW_MINORS_OLD 2
#define SKEW_OLD_KUBELET 25

/* The version as that fact has it; false when it is not known to two parts. */
static bool version_of(const struct pl_fact *f, struct pl_version *out)
{
	return f && f->known && pl_version_parse(f->value.s, out) && out->count >= 2;
}

/* The nodes of one version. */
static enum pl_check_truth judge_version(const struct pl_fact *node_fact, const struct pl_fact *plane_fact,
					 struct pl_arena *arena, struct pl_check_answer *out)
{
	struct pl_version node, plane;
	bool node_known = version_of(node_fact, &node), plane_known = version_of(plane_fact, &plane);
	unsigned allowed;

	out->fact = node_known ? plane_fact : node_fact; /* the one that is missing */
	out->subject = node_known && !plane_known ? "control_plane_version" : NULL;
	if (!node_known || !plane_known)
		return PL_CHECK_UNKNOWN;
	out->fact = node_fact;
	if (!node_fact->sensitive && !plane_fact->sensitive)
		out->actual = pl_arena_strf(arena, "%s, the control plane %s", node_fact->value.s,
					    plane_fact->value.s);
	if (node.part[0] != plane.part[0] || node.part[1] > plane.part[1])
		return PL_CHECK_FALSE;
	allowed = node.part[1] < SKEW_OLD_KUBELET ? SKEW_MINORS_OLD : SKEW_MINORS;
	return plane.part[1] - node.part[1] <= allowed ? PL_CHECK_TRUE : PL_CHECK_FALSE;
}

/* Nodes of a pool may run several versions: the first that breaks it is told, or is not known. */
static enum pl_check_truth judge_skew(const struct pl_object *o, enum pl_witness w,
				      struct pl_arena *arena, struct pl_check_answer *out)
{
	const struct pl_fact *f = pl_object_fact(o, PL_POOL_VERSION, (int)w);
	const struct pl_fact *plane = o->cluster ? pl_object_fact(o->cluster, PL_CLUSTER_VERSION, (int)w) : NULL;
	enum pl_check_truth all = judge_version(f, plane, arena, out);

	out->expected = "one not newer than the control plane, and at most three minor versions older";
	for (f = f ? pl_fact_next(f, (int)w) : NULL; f && all != PL_CHECK_FALSE; f = pl_fact_next(f, (int)w)) {
		struct pl_check_answer one = { .expected = out->expected };
		enum pl_check_truth truth = judge_version(f, plane, arena, &one);

		if (truth == PL_CHECK_TRUE || (truth == PL_CHECK_UNKNOWN && all == PL_CHECK_UNKNOWN))
			continue;
		all = truth;
		*out = one;
	}
	return all;
}

const struct pl_check pl_checks[] = {
	{ "version-skew", "nodes run a Kubernetes version that their control plane supports", PL_POOL,
	  judge_skew },
	{ NULL, NULL, PL_POOL, NULL },
};

const struct pl_check *pl_check_find(const char *name)
{
	for (const struct pl_check *c = pl_checks; c->name; c++)
		if (pl_streq(c->name, name))
			return c;
	return NULL;
}
