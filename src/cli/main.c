/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline: finds the command, parses its options, runs it.  Everything else is elsewhere. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const struct pl_command *find(const char *name)
{
	for (const struct pl_command *const *c = pl_commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static int wrong_use(const char *what, const char *word)
{
	struct pl_err err = PL_ERR_INIT;

	pl_err_set(&err, PL_E_USAGE, "%s '%s'; `plumbline help` lists the commands", what, word);
	return pl_complain(&err);
}

/* Of everything, or of the command that words[0] names. */
static int help(int count, char **words)
{
	const struct pl_command *c = count ? find(words[0]) : NULL;
	pl_auto_buf b = PL_BUF_INIT;

	if (count && !c)
		return wrong_use("there is no command", words[0]);
	if (count > 1)
		return wrong_use("help takes one command, not also", words[1]);
	if (c)
		pl_help_command(c, &b);
	else
		pl_help_all(&b);
	return pl_emit(&b);
}

static int version(int count, char **words)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (count)
		return wrong_use("version takes no word as", words[0]);
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
	static const struct {
		const char *word;
		int (*run)(int count, char **words);
	} first[] = {
		{ "help", help }, { "--help", help }, { "-h", help },
		{ "version", version }, { "--version", version },
	};
	const struct pl_command *c = argc < 2 ? NULL : find(argv[1]);

	set_signals();
	if (argc < 2) {
		struct pl_err err = PL_ERR_INIT;

		pl_err_set(&err, PL_E_USAGE, "no command is given; `plumbline help` lists them");
		return pl_complain(&err);
	}
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (!strcmp(first[i].word, argv[1]))
			return first[i].run(argc - 2, argv + 2);
	return c ? run(c, argc - 2, argv + 2) : wrong_use("there is no command", argv[1]);
}
