/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs of the user that are run for what they print: credential plugins, ProxyCommand.  A program
 * gets no descriptor of ours but the three named here, runs in a process group of its own, and is
 * gone with that group (and reaped) when the wait is over.  No shell is involved.  From any thread.
 *
 * Writing to a program that has gone raises SIGPIPE, which the caller's program ignores; it has its
 * default again in the one that is run.
 */
#ifndef PL_NET_PROCESS_H
#define PL_NET_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "net/wait.h"

struct pl_process_options {
	const char *const *argv; /* ends with NULL; argv[0] with a slash is a path, else PATH is searched */
	const char *const *env;  /* "NAME=value", each in place of ours; ends with NULL; NULL: ours alone */
	/*
	 * Its standard input is ours, for one who asks a person.  Then it stays in our process group, as
	 * the terminal lets no other read; stopping it stops the program alone.
	 */
	bool terminal;
	bool socket;             /* pl_process_start: standard input and output are one socket, `out` */
	/* pl_process_run only: */
	struct pl_slice input;   /* its standard input, unless `terminal` */
	size_t max_out;          /* bytes on standard output; more is PL_E_LIMIT */
	size_t max_said;         /* bytes of standard error that are kept; the rest is thrown away */
	/* Standard error as it comes, raw: what a program asks a person for cannot wait.  NULL: nobody listens. */
	void (*heard)(void *ctx, struct pl_slice text);
	void *heard_ctx;
};

/* A program that runs.  The descriptors are ours, non-blocking and close-on-exec; -1: closed. */
struct pl_process {
	pid_t pid;    /* 0: none */
	bool grouped; /* it leads a session and its process group */
	int in;       /* writes to its standard input; -1 with `terminal` or `socket` */
	int out;      /* reads its standard output */
	int said;     /* reads its standard error; who does not read stops it when the pipe is full */
};

/*
 * The words of a command as a shell splits them (blanks, both quotes, backslashes), in the arena, for `argv`; nothing is
 * expanded, no shell is asked.
 */
const char *const *pl_process_words(struct pl_arena *a, const char *text);

#define PL_PROCESS_INIT { 0, false, -1, -1, -1 }

/*
 * -1: PL_E_INPUT (no such program, or it may not be run: "'NAME' cannot be run: ..."),
 * PL_E_LIMIT (more arguments and variables than the system takes), PL_E_INTERNAL (no descriptor, no
 * process).  Messages name argv[0] and no argument.
 */
int pl_process_start(const struct pl_process_options *o, struct pl_process *p, struct pl_err *err)
	__attribute__((warn_unused_result));
/* Closes what is open, asks it to end, makes it end half a second later, reaps.  Can be called again. */
void pl_process_stop(struct pl_process *p);

/* How a program ended, and what it had printed until then; what it left running is not waited for. */
struct pl_process_end {
	struct pl_buf out, said;
	int status; /* exit status; 128 + signal when a signal ended it */
};

#define PL_PROCESS_END_INIT { PL_BUF_INIT, PL_BUF_INIT, 0 }
/* Wipes what was printed, as it may be a credential. */
void pl_process_end_release(struct pl_process_end *e);
#define pl_auto_process_end __attribute__((cleanup(pl_process_end_release))) struct pl_process_end

/*
 * Runs it to its end.  0 whatever its status is.  -1: as pl_process_start(); PL_E_TIMEOUT and
 * PL_E_STOPPED as `w` says, PL_E_LIMIT: then it has been stopped.
 */
int pl_process_run(const struct pl_process_options *o, const struct pl_wait *w, struct pl_process_end *end,
		   struct pl_err *err) __attribute__((warn_unused_result));

#endif
