/* SPDX-License-Identifier: Apache-2.0 */
/* eks://, gke://, aks://: the clouds' own APIs. */
#include "cli/live.h"
#include "cloud/cloud.h"

/* A large cluster takes some hundred calls, and an API may ask us to wait in between. */
#define USUAL_MS 120000
/* A few clusters' worth: more is throttled (EC2's describe calls: 20 a second, 2026). */
#define CALLS_AT_A_TIME 32

void pl_ask_clouds(struct pl_live *live, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct pl_cloud_options o = {
			.source = words[i],
			.join = pl_live_join(live, words[i]),
			.parallel = CALLS_AT_A_TIME,
			.trace = live->loud ? pl_live_trace : NULL,
		};
		struct pl_wait w = pl_live_wait(live, USUAL_MS);
		struct pl_err err = PL_ERR_INIT;
		int rc = pl_cloud_collect(live->run->model, pl_providers, &o, &w, &err);

		if (rc)
			pl_live_failed(live, words[i], rc < 0, &err);
	}
}
