/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline: finds the command, parses its options, runs it.  Everything else is elsewhere. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int help(void)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_help_all(&b);
	return pl_emit(&b);
}

static int version(void)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, "plumbline " PL_TOOL_VERSION "\n");
	return pl_emit(&b);
}

static int run(const struct pl_command *c, int argc, char **argv)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_args args;
	int status;

	if (pl_args_parse(c, argc, argv, &args, &err)) {
		status = pl_complain(&err);
	} else if (args.help) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_help_command(c, &b);
		status = pl_emit(&b);
	} else {
		status = c->run(&args);
	}
	pl_args_release(&args);
	return status;
}

static void interrupted(int sig)
{
	(void)sig;
	_exit(PL_EXIT_INTERRUPTED);
}

static void set_signals(void)
{
	signal(SIGPIPE, SIG_IGN); /* a reader that goes away ends the output, not the verdict */
	if (signal(SIGINT, interrupted) == SIG_IGN)
		signal(SIGINT, SIG_IGN); /* started in the background */
}

int main(int argc, char **argv)
{
	struct pl_err err = PL_ERR_INIT;

	set_signals();
	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help() ? PL_EXIT_OURS : argc < 2 ? PL_EXIT_USAGE : PL_EXIT_OK;
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version"))
		return version();
	for (const struct pl_command *const *c = pl_commands; *c; c++)
		if (!strcmp((*c)->name, argv[1]))
			return run(*c, argc - 2, argv + 2);
	pl_err_set(&err, PL_E_USAGE, "there is no command '%s'; `plumbline help` lists them", argv[1]);
	return pl_complain(&err);
}
