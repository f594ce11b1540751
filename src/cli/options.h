/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands and options as rows.  Parsing, --help and the environment (PLUMBLINE_NAME for --name) all
 * come from the same row; the command line beats the environment.
 */
#ifndef PL_CLI_OPTIONS_H
#define PL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct pl_option {
	const char *name;  /* without dashes; one letter: -o, -v, -q */
	const char *value; /* what stands behind it in the help; NULL: a flag */
	bool many;         /* may be given several times */
	const char *help;
};

struct pl_args;

struct pl_command {
	const char *name, *arguments, *summary;
	const char *const *details;              /* paragraphs of help, ends with NULL; NULL: none */
	const struct pl_option *const *options;  /* ends with NULL */
	int (*run)(const struct pl_args *args);  /* returns the exit status */
};

struct pl_given {
	const struct pl_option *option;
	const char *value;
};

struct pl_args {
	const struct pl_command *command;
	struct pl_given *given; /* in the order given; from the environment first */
	size_t given_count, given_cap;
	const char **words;     /* what is no option */
	size_t word_count, word_cap;
	char **owned;           /* pieces of environment values */
	size_t owned_count, owned_cap;
	bool help;
};

/* Parses the words behind the command's name.  PL_E_USAGE names what is wrong. */
int pl_args_parse(const struct pl_command *command, int argc, char **argv, struct pl_args *out,
		  struct pl_err *err) __attribute__((warn_unused_result));
void pl_args_release(struct pl_args *a);

/* The last value given for an option, or NULL; a flag's value is "". */
const char *pl_args_get(const struct pl_args *a, const char *name);
/* The i-th value given for an option that may be given several times; NULL behind the last. */
const char *pl_args_nth(const struct pl_args *a, const char *name, size_t i);

/* Words and an end of line, broken at 80 columns; the first begins at `at`, further lines at `indent`. */
void pl_add_wrapped(struct pl_buf *out, const char *text, size_t at, size_t indent);
void pl_help_command(const struct pl_command *c, struct pl_buf *out);
/* One in each file of its name. */
extern const struct pl_command pl_command_check, pl_command_facts, pl_command_explain,
	pl_command_arch, pl_command_machine, pl_command_permissions, pl_command_probe;
/* All commands, NULL-terminated (commands.c). */
extern const struct pl_command *const pl_commands[];
void pl_help_all(struct pl_buf *out);

/* The options that several commands share. */
extern const struct pl_option pl_opt_arch, pl_opt_set, pl_opt_output, pl_opt_output_file, pl_opt_fail_on, pl_opt_as,
	pl_opt_as_of, pl_opt_join, pl_opt_terraform, pl_opt_timeout, pl_opt_kubeconfig, pl_opt_probe_admission,
	pl_opt_with_cluster, pl_opt_trace_http, pl_opt_parallel, pl_opt_sudo, pl_opt_ssh_config, pl_opt_ssh_known_hosts, pl_opt_ssh_accept_new,
	pl_opt_verbose, pl_opt_quiet, pl_opt_no_color;

#endif
