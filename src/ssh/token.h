/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens (%h ...), ~ and ${VARIABLES} of ssh_config values. */
#ifndef PL_SSH_TOKEN_H
#define PL_SSH_TOKEN_H

#include <stdint.h>

#include "base/alloc.h"
#include "base/err.h"

/* What stands for what; a member that no allowed token needs may be NULL. */
struct pl_ssh_tokens {
	const char *host;        /* %h */
	const char *original;    /* %n */
	const char *key_alias;   /* %k */
	const char *user;        /* %r */
	const char *local_user;  /* %u */
	const char *local_host;  /* %l, and %L up to its first dot */
	const char *home;        /* %d, and ~ */
	const char *uid;         /* %i */
	const char *jump;        /* %j: ProxyJump, "" for none */
	uint16_t port;           /* %p */
};

/*
 * Replaces %% and the tokens whose letters are in `allowed`.  *out lives in the arena.  -1: PL_E_USAGE
 * without a place ("%X is no token here"), PL_E_LIMIT.
 */
int pl_ssh_expand(struct pl_arena *a, const char *text, const char *allowed, const struct pl_ssh_tokens *t,
		  const char **out, struct pl_err *err) __attribute__((warn_unused_result));

/* The same for a path: ~ and ~NAME, then tokens and ${VARIABLES}. */
int pl_ssh_expand_path(struct pl_arena *a, const char *text, const char *allowed,
		       const struct pl_ssh_tokens *t, const char **out, struct pl_err *err)
	__attribute__((warn_unused_result));

/* Only ~ and ~NAME. */
int pl_ssh_expand_home(struct pl_arena *a, const char *text, const char *home, const char **out,
		       struct pl_err *err) __attribute__((warn_unused_result));

#endif
