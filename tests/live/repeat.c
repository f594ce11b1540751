/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks sources over and over in one process, as the program asks them, and counts what stays behind:
 * descriptors, children.  Built with ThreadSanitizer too.
 *
 * usage: repeat TIMES WORD...   (the words of `plumbline facts`)
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "cli/cli.h"

static size_t descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static bool has_children(void)
{
	return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

static void once(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_run run;

	if (pl_run_collect(args, PL_TF_SNAPSHOT, false, NULL, &run, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	pl_run_release(&run);
}

int main(int argc, char **argv)
{
	long times = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	struct pl_err err = PL_ERR_INIT;
	struct pl_args args;
	size_t before;

	signal(SIGPIPE, SIG_IGN);
	if (times < 2 || pl_args_parse(&pl_command_facts, argc - 2, argv + 2, &args, &err))
		return fprintf(stderr, "repeat TIMES WORD...: %s\n", err.text), 2;
	once(&args); /* what libraries keep open for good */
	before = descriptors();
	for (long i = 1; i < times; i++)
		once(&args);
	pl_args_release(&args);
	printf("%ld runs, %zu descriptors before, %zu after%s\n", times, before, descriptors(),
	       has_children() ? ", and children" : "");
	return descriptors() != before || has_children();
}
