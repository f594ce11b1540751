/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity files: each read once for all hosts, its public half known wherever the file tells it without
 * a passphrase (OpenSSH's own format, or a .pub beside it).  Private halves are wiped when they go.
 */
#ifndef PL_SSH_KEY_H
#define PL_SSH_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/wait.h"
#include "ssh/fleet.h"

#define PL_SSH_PASSPHRASE_SIZE 1024

/* The keys of one run; safe to share between threads. */
struct pl_ssh_keys;

/* Read only once it was handed out. */
struct pl_ssh_key {
	const char *path;
	bool absent;            /* there is neither the file nor its .pub */
	char problem[160];      /* why its private half cannot be used; "" */
	bool encrypted;
	struct pl_buf text;     /* the private key's file; len 0: there is none */
	struct pl_buf blob;     /* the public key as servers take it; len 0: only the private half tells */
	struct pl_buf line;     /* "TYPE BASE64" of it */
	struct pl_buf cert, cert_line; /* the same of the certificate in PATH-cert.pub; len 0: none */
};

struct pl_ssh_keys *pl_ssh_keys_new(void);
void pl_ssh_keys_free(struct pl_ssh_keys *k); /* takes NULL */
/* Never NULL: a file that cannot be read is a key with a problem. */
const struct pl_ssh_key *pl_ssh_keys_get(struct pl_ssh_keys *k, const char *path);
/* "TYPE BASE64 ..." of a public key or certificate file, as blob and line; false: it is none. */
bool pl_ssh_public_line(struct pl_slice text, struct pl_buf *blob, struct pl_buf *line);

/*
 * The passphrase of an encrypted key: what was given before, else asked for, by one thread at a time.
 * `wrong`: the one that was handed out did not open the key; *nth says which that was, and becomes the
 * number of the new one.  The time that asking takes is added to w's deadline.
 * -1: PL_E_AUTH (nobody is there to ask, or three were wrong), PL_E_STOPPED, PL_E_TIMEOUT.
 */
int pl_ssh_keys_passphrase(struct pl_ssh_keys *k, const struct pl_ssh_key *key,
			   const struct pl_fleet_options *opt, struct pl_wait *w, unsigned *nth,
			   char out[PL_SSH_PASSPHRASE_SIZE], struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
