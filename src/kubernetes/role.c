/* SPDX-License-Identifier: Apache-2.0 */
/* The least role that suffices, from the same table that is asked: see client.h. */
#include "base/str.h"
#include "kubernetes/client.h"
#include "kubernetes/kube.h"

static bool first_of_group(size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(pl_kube_kinds[k].group, pl_kube_kinds[i].group))
			return false;
	return true;
}

static void add_group(const char *group, struct pl_buf *out)
{
	const char *comma = "";

	pl_buf_addf(out, "  - apiGroups: [\"%s\"]\n    resources: [", group);
	for (const struct pl_kube_kind *k = pl_kube_kinds; k->resource; k++) {
		if (strcmp(k->group, group))
			continue;
		pl_buf_addf(out, "%s%s", comma, k->resource);
		comma = ", ";
	}
	pl_buf_adds(out, "]\n    verbs: [list]\n");
}

void pl_kube_role(bool probe_admission, struct pl_buf *out)
{
	pl_buf_adds(out, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: plumbline\nrules:\n");
	for (size_t i = 0; pl_kube_kinds[i].resource; i++)
		if (first_of_group(i))
			add_group(pl_kube_kinds[i].group, out);
	pl_buf_adds(out, "  - nonResourceURLs: [/apis, /version]\n    verbs: [get]\n");
	if (!probe_admission)
		return;
	/* a ClusterRole reaches all namespaces; the dry run asks in one */
	pl_buf_adds(out, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: plumbline\n"
		    "  namespace: default\nrules:\n  - apiGroups: [\"\"]\n    resources: [pods]\n    verbs: [create]\n");
}
