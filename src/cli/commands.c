/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, in the order of the help. */
#include "cli/options.h"

const struct pl_command *const pl_commands[] = {
	&pl_command_check, &pl_command_facts, &pl_command_explain, &pl_command_arch, &pl_command_machine,
	&pl_command_permissions, &pl_command_probe, NULL,
};
