/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline facts: the model as a snapshot, which is a source again. */
#include "cli/cli.h"
#include "model/snapshot.h"

static int facts(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;
	const char *file = pl_args_get(args, "o");
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_run run;
	int status;

	if (pl_run_collect(args, PL_TF_SNAPSHOT, true, NULL, &run, &err))
		return pl_complain(&err);
	status = run.forced_exit;
	if (!run.refused) {
		pl_snapshot_write(run.model, &b);
		if (file ? pl_emit_file(file, &b) : pl_emit(&b))
			status = pl_exit_worse(status, PL_EXIT_OURS);
	}
	pl_run_release(&run);
	return status;
}

static const struct pl_option *const options[] = {
	&pl_opt_output_file, &pl_opt_as, &pl_opt_as_of, &pl_opt_join, &pl_opt_terraform, &pl_opt_timeout,
	&pl_opt_kubeconfig, &pl_opt_probe_admission, &pl_opt_with_cluster, &pl_opt_trace_http,
	&pl_opt_parallel, &pl_opt_sudo, &pl_opt_ssh_config, &pl_opt_ssh_known_hosts, &pl_opt_ssh_accept_new,
	&pl_opt_verbose, NULL,
};

const struct pl_command pl_command_facts = {
	.name = "facts",
	.arguments = "SOURCE...",
	.summary = "print what the sources say as JSON, itself a source; sensitive values are left out",
	.options = options,
	.run = facts,
};
