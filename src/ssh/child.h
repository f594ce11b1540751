/* SPDX-License-Identifier: Apache-2.0 */
/* A ProxyCommand: a program whose standard input and output are the connection. */
#ifndef PL_SSH_CHILD_H
#define PL_SSH_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct pl_ssh_child {
	pid_t pid; /* 0: none */
	int said;  /* reads its standard error; meaningless without a pid */
};

/*
 * Starts `/bin/sh -c "exec COMMAND"` in a session of its own (it cannot ask on the terminal), with *fd as
 * the other end of its standard input and output (non-blocking, close-on-exec; the caller closes it).
 */
int pl_ssh_child_start(struct pl_ssh_child *c, const char *command, int *fd, struct pl_err *err)
	__attribute__((warn_unused_result));
/* The last line it printed on standard error, "" when it said nothing. */
void pl_ssh_child_said(struct pl_ssh_child *c, char *out, size_t size);
/* Ends it and what it started (hang-up, then kill), and reaps it. */
void pl_ssh_child_end(struct pl_ssh_child *c);

#endif
