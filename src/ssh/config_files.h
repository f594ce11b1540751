/* SPDX-License-Identifier: Apache-2.0 */
/* The files of ssh_config, read and taken apart, with all they include. */
#ifndef PL_SSH_CONFIG_FILES_H
#define PL_SSH_CONFIG_FILES_H

#include "ssh/settings.h"
#include "ssh/token.h"

/* The files that are read for a host, in order. */
struct pl_ssh_config_set {
	const struct pl_ssh_file_lines *files[2];
	size_t count;
	bool has_final; /* a `Match final` stands somewhere: the files are gone over twice */
};

struct pl_ssh_config_source {
	const char *path;
	bool of_user;  /* relative includes are in ~/.ssh, else in /etc/ssh */
	bool required; /* a file that is missing is an error */
	bool guarded;  /* it must be ours or root's, and writable by nobody else */
};

/*
 * Adds one file to a set; everything lives in the arena.  `t` has home, user and host names of this
 * machine.  -1: PL_E_INPUT, PL_E_USAGE (with file:line), PL_E_LIMIT.
 */
int pl_ssh_config_read(struct pl_arena *a, const struct pl_ssh_config_source *source,
		       const struct pl_ssh_tokens *t, struct pl_ssh_config_set *set, struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
