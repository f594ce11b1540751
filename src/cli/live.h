/* SPDX-License-Identifier: Apache-2.0 */
/* Sources that are asked over a network: clusters, nodes, endpoints.  URIs, told by their scheme. */
#ifndef PL_CLI_LIVE_H
#define PL_CLI_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "cli/cli.h"

/* Is the word a URI? */
bool pl_live_is(const char *word);
/* The word, or a value of --join, without a password that should not have been in it. */
void pl_live_show(const char *word, struct pl_buf *out);
/* PL_E_USAGE for a URI that no scheme takes, or options that make no sense. */
int pl_live_check(const struct pl_args *args, struct pl_err *err) __attribute__((warn_unused_result));
/*
 * Asks all live sources of the command line, clouds and clusters first, and adds what they say to the run's model,
 * which holds what files say already.  What cannot be asked becomes a problem and forces exit status 2;
 * an interruption forces 130.
 */
void pl_live_collect(const struct pl_args *args, const struct pl_arch *arch, struct pl_run *run);

/* ---- for the files that ask: ask_*.c ---- */

/* One run's asking. */
struct pl_live {
	const struct pl_args *args;
	const struct pl_arch *arch; /* NULL: none */
	struct pl_run *run;
	int stop_fd;        /* readable once the user interrupts */
	int64_t timeout;    /* --timeout in milliseconds; 0: each its own */
	size_t parallel;
	bool loud;          /* -vv */
};

/* Words of one group of schemes, in the order given. */
typedef void pl_live_ask(struct pl_live *live, const char *const *words, size_t count);
pl_live_ask pl_ask_clouds, pl_ask_clusters, pl_ask_endpoints, pl_ask_nodes;

/* Asks a cluster's own API: by the user's kubeconfig and that context, or by `kubeconfig` where n is not 0. */
void pl_ask_cluster(struct pl_live *live, const char *word, const char *context, struct pl_slice kubeconfig);

/* How long this one may take: --timeout, else `usual` milliseconds. */
struct pl_wait pl_live_wait(const struct pl_live *live, int64_t usual);
/* Will nodes be logged in to, with host keys that another source may tell? */
bool pl_live_logs_in(const struct pl_live *live);
/* The cluster that --join gives to the word, or NULL. */
const char *pl_live_join(const struct pl_live *live, const char *word);
/*
 * Says on stderr why a source could not be asked and lets the run end with 2; `note`: notes it as a
 * problem, where nobody has yet.
 */
void pl_live_failed(struct pl_live *live, const char *word, bool note, const struct pl_err *err);
/* One line on stderr for -vv; `ctx` is not used, so that any thread may call it. */
void pl_live_trace(void *ctx, const char *line);

/*
 * Asks the person at the terminal for the passphrase of a key file, as struct pl_fleet_options wants it:
 * false when there is none to be had.
 */
bool pl_ask_passphrase(void *ctx, const char *file, bool again, char *out, size_t size);

/*
 * Blocks SIGINT and returns a descriptor that becomes readable with it; -1 when there is none, then
 * nothing can interrupt.  pl_stop_end() closes it, lets the signal through again, and says whether it
 * came meanwhile.
 */
int pl_stop_begin(void);
bool pl_stop_end(int fd);

#endif
