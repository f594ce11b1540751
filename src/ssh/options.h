/* SPDX-License-Identifier: Apache-2.0 */
/* What a target brings along, as the lines of ssh_config that ssh's command line would make of it. */
#ifndef PL_SSH_OPTIONS_H
#define PL_SSH_OPTIONS_H

#include "ssh/settings.h"

/*
 * The target's port, key file and user, then its options, in the order in which Ansible gives them to
 * ssh; *lines is filled, *config is the FILE of -F or NULL.  -1: PL_E_USAGE (not an option of ssh, or
 * one that asks for something else than a command), PL_E_LIMIT (PL_LIMIT_SSH_OPTIONS_BYTES).
 */
int pl_ssh_options_lines(struct pl_arena *a, const struct pl_ssh_target *target,
			 struct pl_ssh_file_lines *lines, const char **config, struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
