/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error convention: a function that can fail takes `struct pl_err *err` last, returns 0 or
 * -1 (or a pointer or NULL), and on failure fills the caller's error.  Out parameters are untouched
 * on failure.  Errors are about us and our input, never about the cluster: those are verdicts.
 */
#ifndef PL_BASE_ERR_H
#define PL_BASE_ERR_H

enum pl_err_code {
	PL_E_NONE = 0,
	PL_E_USAGE,    /* the command line, or a file the user wrote, is wrong: exit 2 */
	PL_E_INPUT,    /* a source cannot be read or is not what it should be: exit 2 */
	PL_E_LIMIT,    /* a size from outside passes its limit in base/limits.h: exit 2 */
	PL_E_TIMEOUT,  /* a program or a peer did not answer in time: exit 2 */
	PL_E_UNREACHABLE, /* a peer cannot be asked: refused, reset, no such name, no trust in TLS: exit 2 */
	PL_E_AUTH,     /* a peer does not take our credentials, or we have none for it: exit 2 */
	PL_E_HOST_KEY, /* an SSH host's key is unknown, changed or revoked: exit 2 */
	PL_E_FORBIDDEN, /* a peer knows us and refuses one thing: facts stay unknown */
	PL_E_STOPPED,  /* the user interrupted the run: exit 130 */
	PL_E_INTERNAL, /* our own failure: exit 1 */
};

/*
 * Holds one line, safe to print whatever it quotes (pl_buf_add_safe); longer text is cut.  A value:
 * never needs freeing.
 */
struct pl_err {
	enum pl_err_code code;
	char text[1024];
};

#define PL_ERR_INIT { PL_E_NONE, "" }

/* Fills *err and returns -1, so that a caller can write `return pl_err_set(...)`. */
int pl_err_set(struct pl_err *err, enum pl_err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The contract's word for what went wrong with a source: unreadable, unreachable, timeout,
 * unauthenticated, host-key, forbidden, interrupted.
 */
const char *pl_err_word(enum pl_err_code code);

/* Puts "CONTEXT: " before the text of an error that is set; returns -1. */
int pl_err_wrap(struct pl_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
