/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the room: a connection is a row of sessions, the outermost on a link, each other one inside a
 * direct-tcpip channel of the one before.  All of them run in the calling thread: a session's bytes come
 * straight out of the channel around it, so the only thing ever waited for is the link.
 */
#ifndef PL_SSH_SESSION_H
#define PL_SSH_SESSION_H

#include <libssh2.h>

#include "base/limits.h"
#include "ssh/fleet.h"
#include "ssh/link.h"

struct pl_ssh_keys;

/* Why a connection that failed may be worth another one. */
enum pl_ssh_again {
	PL_SSH_AGAIN_NO,
	PL_SSH_AGAIN_CLOSED, /* closed before a server said what it is */
	PL_SSH_AGAIN_BUSY,   /* so, by a server that said that it is busy */
	PL_SSH_AGAIN_NO_RSA, /* it takes no RSA keys, and libssh2 cannot go on after that */
};

struct pl_ssh_conn;

struct pl_ssh_hop {
	const struct pl_ssh_host *host;
	struct pl_ssh_conn *conn;
	struct pl_ssh_hop *outer;  /* through whose channel; NULL: the link */
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;  /* to the next hop, or of the script */
	struct { size_t times, bytes; } taken, may_take; /* libssh2's allocations, counted up */
	bool no_rsa;               /* what it said when it was asked before */
	bool gone;                 /* nothing more comes */
	char goodbye[128];         /* what the server said when it ended the connection */
};

struct pl_ssh_conn {
	const struct pl_fleet_options *opt;
	struct pl_ssh_keys *keys;
	struct pl_ssh_result *result;
	struct pl_wait w;          /* of the whole host */
	struct pl_ssh_link link;
	struct pl_ssh_hop hops[PL_LIMIT_SSH_HOPS + 1]; /* outermost first */
	size_t count;
	bool connected;            /* the link was made */
	enum pl_ssh_again again;
};

/* The hops to a host, nothing connected; -1: PL_E_USAGE (a setting that is not supported). */
int pl_ssh_conn_init(struct pl_ssh_conn *c, const struct pl_ssh_host *host, struct pl_err *err)
	__attribute__((warn_unused_result));
/* Connects, verifies and logs in, hop by hop; says in `again` whether a failure is worth another try. */
int pl_ssh_conn_open(struct pl_ssh_conn *c, struct pl_err *err) __attribute__((warn_unused_result));
void pl_ssh_conn_close(struct pl_ssh_conn *c);
/* Runs the options' script on the last hop and fills the result. */
int pl_ssh_conn_run(struct pl_ssh_conn *c, struct pl_err *err) __attribute__((warn_unused_result));

/* The steps of opening, and what they share. */
int pl_ssh_hop_prefer(struct pl_ssh_hop *h, struct pl_err *err) __attribute__((warn_unused_result));
/* May a key (a certificate) be offered: PubkeyAcceptedAlgorithms, RequiredRSASize? */
bool pl_ssh_hop_offers(const struct pl_ssh_hop *h, struct pl_slice blob);
int pl_ssh_hop_verify(struct pl_ssh_hop *h, struct pl_err *err) __attribute__((warn_unused_result));
int pl_ssh_hop_login(struct pl_ssh_hop *h, struct pl_err *err) __attribute__((warn_unused_result));
/* Fills err with why libssh2 failed at `doing`: the link's reason when there is one; returns -1. */
int pl_ssh_hop_fail(struct pl_ssh_hop *h, const char *doing, struct pl_err *err);
/* Lets libssh2 take memory for so many more bytes from the peer. */
void pl_ssh_hop_allow(struct pl_ssh_hop *h, uint64_t received);
/* The known_hosts view of a host. */
struct pl_known_host pl_ssh_hop_known(const struct pl_ssh_hop *h);

#endif
