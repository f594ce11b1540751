/* SPDX-License-Identifier: Apache-2.0 */
/* How lists of targets and notices grow. */
#ifndef PL_SSH_TARGET_LIST_H
#define PL_SSH_TARGET_LIST_H

#include "ssh/target.h"

/* An empty target at the end; valid until the next one. */
struct pl_ssh_target *pl_ssh_targets_push(struct pl_ssh_targets *t);
/* The strings must live as long as the list. */
void pl_ssh_notices_add(struct pl_ssh_notices *n, const char *file, int line, const char *text);

#endif
