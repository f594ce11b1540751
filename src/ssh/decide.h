/* SPDX-License-Identifier: Apache-2.0 */
/* Settings -> struct pl_ssh_host: defaults, tokens, and what is not honoured. */
#ifndef PL_SSH_DECIDE_H
#define PL_SSH_DECIDE_H

#include "ssh/config.h"
#include "ssh/settings.h"
#include "ssh/token.h"

/*
 * Fills everything but name, host (both set before), via and notices.  *jump is the expanded text of
 * ProxyJump, or NULL.  `self` has what %u, %l, %d and %i stand for.  -1: PL_E_USAGE with file:line.
 */
int pl_ssh_decide(const struct pl_ssh_settings *s, const struct pl_ssh_tokens *self, struct pl_ssh_host *h,
		  const char **jump, struct pl_err *err) __attribute__((warn_unused_result));

/* Adds what the settings want and we do not do; an option's place is its target's. */
void pl_ssh_decide_notices(const struct pl_ssh_settings *s, const struct pl_ssh_target *target,
			   struct pl_ssh_notices *out);

#endif
