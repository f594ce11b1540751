/* SPDX-License-Identifier: Apache-2.0 */
/* Infers the container runtime from a version that another source told: see runtime.h. */
#include "model/runtime.h"

#include "base/scalar.h"
#include "model/internal.h"

static bool without_docker(const struct pl_object *pool)
{
	static const struct pl_version first = { 2, { 1, 24, 0, 0 } };
	const struct pl_fact *f = pl_object_fact(pool, PL_POOL_VERSION, PL_PLAN);
	struct pl_version v;

	if (!f)
		return false;
	for (; f; f = pl_fact_next(f, PL_PLAN))
		if (!f->known || !pl_version_parse(f->value.s, &v) || v.count < 2 ||
		    pl_version_cmp(&v, &first) < 0)
			return false;
	return true;
}

static void infer(struct pl_model *m, struct pl_object *pool, const char *note)
{
	const struct pl_fact *had = pl_object_fact(pool, PL_POOL_RUNTIME, PL_PLAN);
	struct pl_fact f;

	if (!had || had->known || !without_docker(pool))
		return;
	f = *had;
	f.known = true;
	f.waits_for = NULL;
	f.value = (struct pl_value){ .type = pl_attrs[PL_POOL_RUNTIME].type, .s = "containerd" };
	f.basis = PL_INFERRED;
	f.note = note;
	pl_object_forget(pool, PL_POOL_RUNTIME, PL_PLAN);
	pl_fact_put(m, pool, &f);
}

void pl_runtime_infer(struct pl_model *m, const struct pl_object *cluster, const char *note)
{
	for (struct pl_object *o = cluster->things; o; o = o->next_thing)
		if (o->kind == PL_POOL)
			infer(m, o, note);
}
