/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes below the outermost SSH session: a TCP connection, or a ProxyCommand on a socket pair.
 * What is sent is taken at once and kept until the kernel takes it, so that no session above ever sees
 * half a packet go; what is received is counted, and neither an endless nor a slow peer gets past the
 * limit, the deadline or an interruption, even inside one call of libssh2.
 */
#ifndef PL_SSH_LINK_H
#define PL_SSH_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "net/wait.h"
#include "ssh/child.h"
#include "ssh/config.h"

struct pl_ssh_link {
	int fd; /* -1: closed */
	bool tcp;
	struct pl_ssh_child child; /* of a ProxyCommand */
	struct pl_wait w;
	struct pl_buf unsent;
	size_t taken;        /* of unsent, by the kernel */
	uint64_t received, max; /* bytes from the peer, and how many it may send */
	uint64_t seen;       /* of them, when something was last waited for */
	unsigned turns;      /* calls of recv: an interruption is looked for now and then */
	struct pl_err why;   /* what ended it; PL_E_NONE: nothing did */
	bool ended;          /* nothing more is read or written */
};

/* Connects to the host within w, from where its settings say; errors as pl_connect. */
int pl_ssh_link_connect(struct pl_ssh_link *l, const struct pl_ssh_host *host, const struct pl_wait *w,
			struct pl_err *err) __attribute__((warn_unused_result));
/* Starts a ProxyCommand (for sh -c); PL_E_UNREACHABLE when it cannot be started. */
int pl_ssh_link_command(struct pl_ssh_link *l, const char *command, const struct pl_wait *w,
			struct pl_err *err) __attribute__((warn_unused_result));
/* Closes the socket; a ProxyCommand is ended and waited for.  A closed or empty link is fine. */
void pl_ssh_link_close(struct pl_ssh_link *l);

/* As libssh2's callbacks: bytes, 0 at the end, or -errno (-EAGAIN: nothing now). */
ssize_t pl_ssh_link_recv(struct pl_ssh_link *l, void *p, size_t n);
ssize_t pl_ssh_link_send(struct pl_ssh_link *l, const void *p, size_t n);

/*
 * Sends what it can and waits until something can be read; -1: PL_E_TIMEOUT, PL_E_STOPPED.  Returns at once
 * when something came since the last wait: libssh2 may have put it away for another question than the one
 * it was asked, so everything is to be asked once more before the wait is for new bytes.
 */
int pl_ssh_link_wait(struct pl_ssh_link *l, struct pl_err *err) __attribute__((warn_unused_result));

#endif
