/* SPDX-License-Identifier: Apache-2.0 */
/* k8s://[CONTEXT]: the Kubernetes API. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/live.h"
#include "kubernetes/client.h"

#define USUAL_MS 60000

/* What a credential plugin says goes to the person it speaks to, escaped but for its line ends. */
static void heard(void *ctx, struct pl_slice text)
{
	pl_auto_buf b = PL_BUF_INIT;

	(void)ctx;
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		pl_buf_add_safe(&b, text.p, n);
		if (end)
			pl_buf_addc(&b, '\n');
		text = (struct pl_slice){ text.p + n + (end != NULL), text.n - n - (end != NULL) };
	}
	fwrite(b.data, 1, b.len, stderr);
}

/* The cluster that the source of that word has told of already, by what nobody else has: its address. */
static const char *told_by(const struct pl_model *m, const char *word)
{
	for (size_t i = 0; i < m->object_count; i++)
		for (int w = 0; m->objects[i]->kind == PL_CLUSTER && w < PL_WITNESS_COUNT; w++) {
			const struct pl_origin *at = &m->objects[i]->origin[w];

			if (at->source >= 0 && !strcmp(m->sources[at->source].name, word))
				return at->address ? at->address : m->objects[i]->name;
		}
	return NULL;
}

void pl_ask_cluster(struct pl_live *live, const char *word, const char *context, struct pl_slice kubeconfig)
{
	const char *join = pl_live_join(live, word);
	struct pl_kube_options o = {
		.source = word,
		.join = join || !kubeconfig.n ? join : told_by(live->run->model, word),
		.kubeconfig = kubeconfig.n ? word : pl_args_get(live->args, "kubeconfig"),
		.text = kubeconfig,
		.context = context,
		.probe_admission = pl_args_get(live->args, "probe-admission") != NULL,
		.trace = live->loud ? pl_live_trace : NULL,
		.heard = isatty(STDERR_FILENO) ? heard : NULL,
	};
	struct pl_wait w = pl_live_wait(live, USUAL_MS);
	struct pl_err err = PL_ERR_INIT;
	int rc = pl_kube_collect(live->run->model, pl_providers, &o, &w, &err);

	if (rc)
		pl_live_failed(live, word, rc < 0, &err);
}

void pl_ask_clusters(struct pl_live *live, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pl_ask_cluster(live, words[i], words[i] + strlen("k8s://"), (struct pl_slice){ NULL, 0 });
}
