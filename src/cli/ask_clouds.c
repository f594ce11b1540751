/* SPDX-License-Identifier: Apache-2.0 */
/* eks://, gke://, aks://: the clouds' own APIs. */
#include <string.h>

#include "cli/live.h"
#include "cloud/cloud.h"

/* A large cluster takes some hundred calls, and an API may ask us to wait in between. */
#define USUAL_MS 120000
/* A few clusters' worth: more is throttled (EC2's describe calls: 20 a second, 2026). */
#define CALLS_AT_A_TIME 32

static void log_line(void *ctx, const char *line)
{
	struct pl_buf *log = ctx;

	pl_buf_adds(log, line);
	pl_buf_addc(log, '\n');
}

static void ask(struct pl_live *live, const char *word, struct pl_buf *log)
{
	struct pl_buf kubeconfig = PL_BUF_INIT;
	struct pl_cloud_options o = {
		.source = word,
		.join = pl_live_join(live, word),
		.parallel = CALLS_AT_A_TIME,
		.trace = live->loud ? pl_live_trace : NULL,
		.host_keys = pl_live_logs_in(live),
		.kubeconfig = pl_args_get(live->args, "with-cluster") ? &kubeconfig : NULL,
		.log = pl_args_get(live->args, "trace-http") ? log_line : NULL,
		.log_ctx = log,
	};
	struct pl_wait w = pl_live_wait(live, USUAL_MS);
	struct pl_err err = PL_ERR_INIT;
	int rc = pl_cloud_collect(live->run->model, pl_providers, &o, &w, &err);

	if (rc)
		pl_live_failed(live, word, rc < 0, &err);
	if (kubeconfig.len)
		pl_ask_cluster(live, word, NULL, (struct pl_slice){ kubeconfig.data, kubeconfig.len });
	explicit_bzero(kubeconfig.data, kubeconfig.len);
	pl_buf_release(&kubeconfig);
}

void pl_ask_clouds(struct pl_live *live, const char *const *words, size_t count)
{
	const char *file = pl_args_get(live->args, "trace-http");
	pl_auto_buf log = PL_BUF_INIT;

	for (size_t i = 0; i < count; i++)
		ask(live, words[i], &log);
	if (file)
		live->run->forced_exit = pl_exit_worse(live->run->forced_exit, pl_emit_file(file, &log));
}
