/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many hosts asked at once: on each one a script runs as the standard input of a shell, one connection
 * and one channel a host.  A host's key is verified before anything else is said to it, jump hosts'
 * too.  Logins are with keys: of files and of the agent; never with a password.
 */
#ifndef PL_SSH_FLEET_H
#define PL_SSH_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "ssh/config.h"
#include "ssh/known_hosts.h"

/* What one host said; one slot a host, written by nobody else. */
struct pl_ssh_result {
	/*
	 * PL_E_NONE: the script ran to its end, whatever its status.  Else PL_E_UNREACHABLE, PL_E_TIMEOUT,
	 * PL_E_AUTH, PL_E_HOST_KEY, PL_E_LIMIT, PL_E_STOPPED (also of hosts that nobody got to), PL_E_USAGE
	 * and PL_E_INPUT (files and settings of ours).  The text does not name the host itself.
	 */
	struct pl_err err;
	struct pl_buf out;   /* standard output; with an error, what had come by then */
	struct pl_buf said;  /* standard error, the first PL_LIMIT_SAID_BYTES of it */
	int status;          /* the script's exit status; 128: a signal ended it; -1: it did not end */
	int64_t ms;          /* it took, from its turn on; 0: it had none */
	unsigned attempts;   /* connections that were made */
	char key_type[PL_KEY_TYPE_SIZE];       /* the host's key; "" when none was shown */
	char fingerprint[PL_FINGERPRINT_SIZE]; /* "SHA256:..." */
	bool key_added;      /* it was new and has been noted (accept_new) */
	struct pl_buf add;   /* PL_E_HOST_KEY, unknown: the shell command that notes it; else empty */
};

#define PL_SSH_RESULT_INIT { PL_ERR_INIT, PL_BUF_INIT, PL_BUF_INIT, -1, 0, 0, "", "", false, PL_BUF_INIT }
void pl_ssh_result_release(struct pl_ssh_result *r);

struct pl_fleet_options {
	const char *command;     /* that reads the script; NULL: "sh -s" */
	struct pl_slice script;
	size_t max_bytes;        /* of the answer; 0: PL_LIMIT_SSH_ANSWER_BYTES */
	int64_t timeout_ms;      /* for one host, from its turn to its answer */
	size_t workers;          /* hosts at a time; 0: 32 */
	int stop_fd;             /* struct pl_wait's */
	bool accept_new;         /* takes the key of a host that no file names, and notes it; never another */
	struct pl_known_hosts *known;
	/*
	 * Asks a person for the passphrase of a key file that a server would take; called by one worker at a
	 * time.  `again`: the last answer was wrong.  False: there is none.  NULL: nobody is there to ask.
	 * Writes it and a NUL into out[size]; whoever called wipes it.
	 */
	bool (*passphrase)(void *ctx, const char *file, bool again, char *out, size_t size);
	/* A host is done: the how manieth, of how many, and which; called by one worker at a time; or NULL. */
	void (*progress)(void *ctx, size_t done, size_t of, size_t host);
	void *ctx;
};

/*
 * Asks n hosts, and fills one slot each (which the caller has set to PL_SSH_RESULT_INIT and releases).
 * A dead, slow or lying host is an error of its own slot.  A connection that a busy server drops before
 * it has said anything is made again, with chance in its pauses, as long as there is time.
 * -1: PL_E_STOPPED: interrupted (slots of hosts that were done are filled), PL_E_INTERNAL.
 */
int pl_fleet_run(const struct pl_ssh_host *const *hosts, size_t n, const struct pl_fleet_options *opt,
		 struct pl_ssh_result *slots, struct pl_err *err) __attribute__((warn_unused_result));

#endif
