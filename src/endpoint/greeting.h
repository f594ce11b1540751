/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says first, read as MySQL's: the greeting (HandshakeV10), a refusal (ERR packet), or
 * another protocol by its first bytes.  Pure: nothing is asked here.
 */
#ifndef PL_ENDPOINT_GREETING_H
#define PL_ENDPOINT_GREETING_H

#include <stdbool.h>
#include <stddef.h>

enum pl_greeting_kind {
	PL_GREETING_MORE,    /* not enough bytes to tell */
	PL_GREETING_HELLO,   /* version, tls */
	PL_GREETING_REFUSAL, /* code, text: the server's words */
	PL_GREETING_X,	     /* MySQL's X Protocol, which tells no version */
	PL_GREETING_POSTGRESQL,
	PL_GREETING_OTHER, /* text: what it is, "an SSH server" */
};

struct pl_greeting {
	char version[128]; /* printable ASCII */
	bool tls;
	unsigned code;
	char text[512]; /* printable ASCII */
};

/*
 * Of the first n bytes a server sent.  `asked`: it was asked for TLS in PostgreSQL's way before, so a
 * lone S or N is PostgreSQL's answer.  A packet longer than PL_LIMIT_GREETING_BYTES is no greeting.
 */
enum pl_greeting_kind pl_greeting_parse(const void *bytes, size_t n, bool asked,
					struct pl_greeting *out);

/* What stands behind a version that a greeting says. */
struct pl_product {
	const char *engine; /* mysql, mariadb */
	const char *name;   /* "Percona Server", or NULL */
	char version[32];   /* "8.0.36"; "": what it says is not the database's */
	const char *why;    /* "says no version", of the product; NULL where there is a version */
};

/* `host`: as it was connected to; the names that clouds give to gateways are known. */
void pl_product_of(const char *host, const char *version, struct pl_product *out);

#endif
