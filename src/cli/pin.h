/* SPDX-License-Identifier: Apache-2.0 */
/* SSH host keys that Terraform gives to a machine, or a cloud tells of it, for ask_nodes.c. */
#ifndef PL_CLI_PIN_H
#define PL_CLI_PIN_H

#include "model/host_keys.h"
#include "ssh/fleet.h"

/*
 * Where a source of the run gives host keys to the machine at the host's address, *host becomes a copy in
 * the arena that is known by these keys alone, and *from names where they are from; else *from is NULL.
 * Before the first lookup.  -1: as pl_known_hosts_text().
 */
int pl_pin_host(const struct pl_model *m, struct pl_known_hosts *known, struct pl_arena *arena,
		const struct pl_ssh_host **host, const char **from, struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
