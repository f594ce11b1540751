/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline probe: shows the script that nodes are asked with, to the last byte. */
#include "cli/cli.h"
#include "node/probe.h"

static int probe(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	if (args->word_count || !pl_args_get(args, "print")) {
		pl_err_set(&err, PL_E_USAGE, args->word_count
			   ? "probe takes no arguments, only --print; nodes are asked by check ssh://HOST"
			   : "probe needs --print: it shows the script that check ssh://HOST runs on nodes");
		return pl_complain(&err);
	}
	pl_buf_add(&b, pl_probe_script, pl_probe_script_len);
	return pl_emit(&b) ? PL_EXIT_OURS : PL_EXIT_OK;
}

static const struct pl_option print = {
	.name = "print", .help = "write the script to standard output",
};

static const struct pl_option *const options[] = { &print, NULL };

const struct pl_command pl_command_probe = {
	.name = "probe",
	.arguments = "--print",
	.summary = "the script that nodes are asked with over SSH",
	.options = options,
	.run = probe,
};
