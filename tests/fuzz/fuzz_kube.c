/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an API server answers: whatever it is, as a page of every kind, as /version and as /apis, facts
 * come of it that join, or one line that says what is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "aws/aws.h"
#include "google/google.h"
#include "k3s/k3s.h"
#include "kubernetes/kube.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_objects(const struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		require(o->name != NULL);
		require(o->kind == PL_CLUSTER || o->cluster != NULL);
		for (const struct pl_fact *f = o->facts; f; f = f->next) {
			require(f->known || f->waits_for);
			require(f->origin.source == 0);
			for (size_t k = 1; f->known && f->value.type == PL_MAP && k < f->value.count; k++)
				require(strcmp(f->value.map[k - 1].key, f->value.map[k].key) < 0);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pl_provider aws = { .live = &pl_aws_live }, google = { .live = &pl_google_live };
	static const struct pl_provider k3s = { .live = &pl_k3s_live };
	static const struct pl_provider *const providers[] = { &aws, &google, &k3s, NULL };
	const struct pl_slice body = { (const char *)data, size };
	pl_auto_model struct pl_model *m = pl_model_new();
	int source = pl_model_source(m, &(struct pl_source){ .name = "k8s://x", .kind = "kubernetes",
							     .witness = PL_CLUSTER_API, .complete = true });
	pl_auto_kube *k = pl_kube_new(m, providers, source, NULL);
	struct pl_err err = PL_ERR_INIT;
	struct pl_slice next;

	require(!pl_kube_version(k, body, &err) || err.code != PL_E_NONE);
	require(!pl_kube_groups(k, body, &err) || err.code != PL_E_NONE);
	for (const struct pl_kube_kind *kind = pl_kube_kinds; kind->resource; kind++) {
		require(!pl_kube_page(k, kind, body, &next, &err) || err.code != PL_E_NONE);
		pl_kube_kind_end(k, kind, PL_KUBE_LISTED, NULL, NULL);
	}
	pl_kube_finish(k);
	check_objects(m);
	pl_model_join(m);
	return 0;
}
