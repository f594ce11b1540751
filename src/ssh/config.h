/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh_config(5) as OpenSSH reads it: the first value of a parameter wins, Host and Match blocks, Include,
 * tokens.  What would change a connection and is not done here is named (pl_ssh_host.notices), never
 * ignored; what changes none (forwarding, multiplexing, terminals) is passed over; a directive that is
 * no OpenSSH's is an error with its place, unless IgnoreUnknown names it.
 *
 * Nothing is run: `Match exec` does not match, and is named where it would have decided.  A
 * ProxyCommand is handed on as text.
 */
#ifndef PL_SSH_CONFIG_H
#define PL_SSH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ssh/target.h"

/* The files, each read and taken apart once.  Safe to share between threads. */
struct pl_ssh_config;

/* Where things are; NULL takes what the process has. */
struct pl_ssh_where {
	const char *file;   /* --ssh-config: read instead of the user's and the system's; "none": no file */
	const char *home;   /* ~; else $HOME, else the password database's (ssh takes only the latter) */
	const char *user;   /* the local user's name (%u), who also logs in where nobody says who */
	const char *system; /* /etc/ssh/ssh_config */
};

enum pl_ssh_strict {
	PL_SSH_STRICT_ASK, /* the default; there is nobody to ask, so it is what YES is */
	PL_SSH_STRICT_YES,
	PL_SSH_STRICT_ACCEPT_NEW, /* not honoured by itself: only --ssh-accept-new is; named in notices */
	PL_SSH_STRICT_NO,         /* never honoured; named in notices */
};

/*
 * One host with everything decided.  All strings live in the arena given to pl_ssh_config_resolve, or
 * in the config; tokens and ~ are expanded.
 */
struct pl_ssh_host {
	const struct pl_ssh_target *target; /* NULL for a jump host */
	const char *name;              /* as it was asked for (%n) */
	const char *host;              /* HostName: what is connected to (%h) */
	const char *user;              /* %r; never NULL */
	uint16_t port;                 /* %p */
	const struct pl_ssh_host *via; /* ProxyJump: the host through which this one is reached; NULL: none */
	const char *proxy_command;     /* for sh -c; NULL: none, also whenever via is set */
	bool proxy_use_fdpass;         /* ProxyUseFdpass: the command passes a connected socket */

	const char *const *identity_files; /* NULL at the end; the defaults when nobody set any */
	bool identities_set;           /* somebody did: a file that is missing is worth a word */
	bool identities_only;          /* of the agent, only keys that identity_files name */
	const char *const *certificate_files; /* NULL at the end */
	const char *identity_agent;    /* path of the agent's socket; NULL: no agent */
	bool batch_mode;               /* nothing may be asked on the terminal */
	bool pubkey_authentication;    /* PubkeyAuthentication is not "no" */
	bool password_authentication, keyboard_interactive; /* what the user allows; we use none */

	const char *host_key_alias;    /* NULL: none */
	const char *const *known_hosts; /* UserKnownHostsFile, then GlobalKnownHostsFile; NULL at the end */
	const char *new_hosts;         /* the first UserKnownHostsFile; NULL: none */
	const char *revoked_host_keys; /* NULL: none */
	enum pl_ssh_strict strict;
	bool hash_known_hosts;

	/* Lists as written, with their leading + - ^; NULL: nobody said. */
	const char *host_key_algorithms, *kex_algorithms, *ciphers, *macs, *pubkey_accepted_algorithms;
	bool compression;
	int required_rsa_size;         /* bits, 1024 unless somebody said */

	int connect_timeout;           /* seconds; 0: nobody said */
	int connection_attempts;       /* at least 1 */
	int address_family;            /* 0: any; 4; 6 */
	const char *bind_address, *bind_interface; /* NULL: none */
	bool tcp_keep_alive;
	int server_alive_interval, server_alive_count_max; /* seconds, 0: none; count */

	struct pl_ssh_notices notices; /* not honoured, each place once; also of the jump hosts */
};

/*
 * Reads the files.  A user's file that is absent is empty, one that --ssh-config names must exist.
 * -1: PL_E_INPUT (unreadable; group- or world-writable, as ssh refuses it), PL_E_USAGE (file:line: what
 * is wrong), PL_E_LIMIT (bytes, 16 levels of Include as in OpenSSH, files).
 */
int pl_ssh_config_load(const struct pl_ssh_where *where, struct pl_ssh_config **out, struct pl_err *err)
	__attribute__((warn_unused_result));
void pl_ssh_config_free(struct pl_ssh_config *c); /* takes NULL */
void pl_ssh_config_free_ptr(struct pl_ssh_config **c);
#define pl_auto_ssh_config __attribute__((cleanup(pl_ssh_config_free_ptr))) struct pl_ssh_config

/*
 * Decides everything about one target: its own options first (port, user, key file, then the options
 * that ssh's command line would have: -o -J -i -p -l -F -4 -6 -b -B -c -m and the harmless ones), then
 * the files.  *out lives in `arena`.  Jump hosts are resolved in their own right, as the ssh that
 * OpenSSH starts for them would do it: -F is passed on, other options are not.
 * -1: PL_E_USAGE (an option that is none of ssh's, a jump host that leads to itself, a token that is
 * unknown there), PL_E_LIMIT (PL_LIMIT_SSH_HOPS), and as load for -F FILE.
 */
int pl_ssh_config_resolve(struct pl_ssh_config *c, struct pl_arena *arena,
			  const struct pl_ssh_target *target, const struct pl_ssh_host **out,
			  struct pl_err *err) __attribute__((warn_unused_result));

#endif
