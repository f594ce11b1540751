/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container runtime of EKS nodes.  The shim for Docker left Kubernetes with 1.24; before it EKS'
 * Amazon Linux 2 images ran Docker unless their bootstrap was told otherwise (Amazon EKS user guide,
 * "Amazon EKS ended support for Dockershim", read 2026-08).
 */
#include "aws/aws.h"
#include "base/scalar.h"
#include "base/str.h"

const char pl_aws_containerd[] = "EKS runs only containerd from 1.24 on";

static const struct pl_version without_docker = { 2, { 1, 24, 0, 0 } };

/* The system as the pool's facts have it; NULL when it is not known. */
static const char *system_of(const struct pl_object *o)
{
	const struct pl_fact *f = pl_object_fact(o, PL_POOL_OS, PL_PLAN);

	return f && f->known ? f->value.s : NULL;
}

void pl_aws_runtime(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		    const char *version, const struct pl_tf_boot *boot)
{
	struct pl_model *m = pl_tf_model(tf);
	struct pl_version v;
	struct pl_fact *f;

	if (boot && boot->says.docker) {
		f = pl_fact_text(m, o, PL_POOL_RUNTIME, "docker", boot->path);
		f->note = "its bootstrap asks for Docker";
	} else if (boot && boot->says.containerd) {
		f = pl_fact_text(m, o, PL_POOL_RUNTIME, "containerd", boot->path);
		f->note = "its bootstrap asks for containerd";
	} else if (pl_streq(system_of(o), "bottlerocket")) {
		f = pl_fact_text(m, o, PL_POOL_RUNTIME, "containerd", NULL);
		f->note = "Bottlerocket runs containerd";
	} else if (!version || !pl_version_parse(version, &v) || v.count < 2) {
		pl_fact_unknown(m, o, PL_POOL_RUNTIME,
				"the Kubernetes version: before 1.24 a node may run Docker", NULL);
		return;
	} else if (pl_version_cmp(&v, &without_docker) >= 0) {
		f = pl_fact_text(m, o, PL_POOL_RUNTIME, "containerd", NULL);
		f->note = pl_aws_containerd;
	} else {
		pl_fact_unknown(m, o, PL_POOL_RUNTIME, "the bootstrap script decides before 1.24", NULL);
		return;
	}
	f->basis = PL_INFERRED;
	f->sensitive = f->origin.path && boot && boot->sensitive;
	f->origin.address = pl_model_str(m, r->address);
}
