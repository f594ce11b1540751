/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: output, architectures by name, and the line from sources to a model. */
#ifndef PL_CLI_CLI_H
#define PL_CLI_CLI_H

#include "arch/arch.h"
#include "cli/options.h"
#include "model/model.h"
#include "terraform/terraform.h"

enum { PL_EXIT_OK = 0, PL_EXIT_OURS = 1, PL_EXIT_USAGE = 2, PL_EXIT_INTERRUPTED = 130 };

/* "plumbline: TEXT" on stderr, escaped; returns the status that the error's code asks for. */
int pl_complain(const struct pl_err *err);

/* Of two statuses the one that a run with both ends with: 2 before 1, and both before 0. */
int pl_exit_worse(int a, int b);

/* Writes to stdout; a reader that went away is no error.  Returns 0, or 1 after complaining. */
int pl_emit(const struct pl_buf *b);
/*
 * Writes a file whole: beside it first, then renamed into place; into a device, a pipe or a link's
 * target directly.  0, or 1 after complaining.
 */
int pl_emit_file(const char *path, const struct pl_buf *b);

/* How much of what --arch names stands before "/PROFILE". */
size_t pl_arch_name_len(const char *spec);
/*
 * The architecture that --arch names: NAME[/PROFILE], or FILE[/PROFILE] where the file's name ends in
 * .yaml or .yml.  Text of a file is read into *file, which the caller releases after the architecture.
 */
struct pl_arch *pl_find_arch(const char *spec, const struct pl_setting *set, size_t set_count,
			     struct pl_buf *file, struct pl_err *err);

/* The sources of a run, read, joined and finished. */
struct pl_run {
	struct pl_model *model;
	int forced_exit;      /* 2 when a source could not be read, 130 when interrupted; else 0 */
	bool refused;         /* nothing can be judged: see `why` */
	struct pl_err why;
};

/*
 * Reads or asks every word of the command line as a source.  `digest`: compute each file's sha256.  `arch`
 * (NULL: none) names what nodes are asked for beyond what they always are.
 */
int pl_run_collect(const struct pl_args *args, enum pl_tf_purpose purpose, bool digest, const struct pl_arch *arch,
		   struct pl_run *run, struct pl_err *err)
	__attribute__((warn_unused_result));
/* The cluster that --join gives to a source, or NULL. */
const char *pl_run_join(const struct pl_args *args, const char *source);
void pl_run_release(struct pl_run *run);

#endif
