/* SPDX-License-Identifier: Apache-2.0 */
/* Names looked up and sockets opened, for all rooms that do not speak HTTP. */
#ifndef PL_NET_CONNECT_H
#define PL_NET_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "net/wait.h"

/* "HOST", "HOST:PORT", "[V6]:PORT" taken apart. */
struct pl_host_port {
	char host[256]; /* without brackets */
	uint16_t port;  /* 0: none given */
};

/* False for anything that is no such thing: an empty or overlong host, a port out of 1..65535. */
bool pl_host_port_parse(struct pl_slice text, struct pl_host_port *out);

/*
 * A connected TCP socket (non-blocking, close-on-exec, no delay) to the first address of `host` that
 * answers; addresses are tried in the resolver's order, the next one after 250 ms (RFC 8305) while
 * earlier ones go on.  The caller closes it.  -1: PL_E_UNREACHABLE (no such name, refused, no route),
 * PL_E_TIMEOUT, PL_E_STOPPED; the text names host and port.
 */
int pl_connect(const char *host, uint16_t port, const struct pl_wait *w, int *fd, struct pl_err *err)
	__attribute__((warn_unused_result));

/* From where, and over which of the two protocols. */
struct pl_connect_how {
	int family;            /* 4 or 6; 0: either */
	const char *from;      /* a local address; NULL: the system chooses */
	const char *interface; /* or the first address of this one; NULL: any */
};

/* As pl_connect; PL_E_UNREACHABLE too when nothing can be sent from there. */
int pl_connect_by(const struct pl_connect_how *how, const char *host, uint16_t port,
		  const struct pl_wait *w, int *fd, struct pl_err *err) __attribute__((warn_unused_result));

#endif
