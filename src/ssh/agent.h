/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of ssh-agent (draft-ietf-sshm-ssh-agent, 2025).  libssh2 has one that waits for the agent
 * without end; this one waits as everything here does.
 */
#ifndef PL_SSH_AGENT_H
#define PL_SSH_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/wait.h"

struct pl_ssh_agent {
	int fd; /* -1: not connected */
	struct pl_buf list;  /* the agent's answer, into which keys point */
	struct pl_slice keys[PL_LIMIT_SSH_AGENT_KEYS]; /* public keys as servers take them */
	size_t count;
};

#define PL_SSH_AGENT_INIT { -1, PL_BUF_INIT, { { NULL, 0 } }, 0 }

/*
 * Connects to the socket `path` and asks for the agent's keys.  -1: PL_E_AUTH (no such agent, not an
 * agent), PL_E_TIMEOUT, PL_E_STOPPED.  Keys past PL_LIMIT_SSH_AGENT_KEYS are left out.
 */
int pl_ssh_agent_open(struct pl_ssh_agent *a, const char *path, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));
void pl_ssh_agent_close(struct pl_ssh_agent *a);

/*
 * Signs `data` with the agent's key, for the signature method `algorithm` ("rsa-sha2-512" ...).  Adds the
 * signature's bytes to out, as they stand behind its method's name.  -1: PL_E_AUTH (the agent refuses, or
 * signs by another method), PL_E_TIMEOUT, PL_E_STOPPED.
 */
int pl_ssh_agent_sign(struct pl_ssh_agent *a, struct pl_slice key, struct pl_slice data,
		      struct pl_slice algorithm, const struct pl_wait *w, struct pl_buf *out,
		      struct pl_err *err) __attribute__((warn_unused_result));

#endif
