/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe: one script that a node runs, and what its answer tells of the node.  The script is
 * src/node/probe.sh, compiled in; how its answer is framed stands at its head.
 *
 * A node may be broken or lie: whatever it answers, facts are plausible or unknown, and each unknown
 * says why.
 */
#ifndef PL_NODE_PROBE_H
#define PL_NODE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "model/model.h"

extern const char pl_probe_script[]; /* what goes to the node's standard input, to the last byte */
extern const unsigned long pl_probe_script_len;

#define PL_PROBE_NONCE 33 /* 32 hex digits and the NUL */

/* A random word for one host; PL_E_INTERNAL when the system has no randomness. */
int pl_probe_nonce(char out[PL_PROBE_NONCE], struct pl_err *err) __attribute__((warn_unused_result));

/* What a name that is asked for begins with, by the map that will hold it; ends with a NULL prefix. */
struct pl_probe_kind {
	enum pl_attr attr;
	const char *prefix; /* "path:" */
};
extern const struct pl_probe_kind pl_probe_kinds[];

/*
 * Adds the command that the node's login shell is to run (sh, csh and fish take it alike), with the
 * script on its standard input.  `sudo`: as root by `sudo -n`, or as the user where that is refused;
 * the answer tells which it was.  `ask` names what the architecture asks for beyond the script's own
 * lists, as "path:/usr/src", "disk:/var/x", "sysctl:vm.max_map_count", "module:overlay"; a name that
 * holds anything but letters, digits and ._/- is left out, as is all beyond PL_LIMIT_PROBE_ASKED.
 */
void pl_probe_command(struct pl_buf *out, const char *nonce, bool sudo, const char *const *ask,
		      size_t ask_count);

/*
 * Adds the node that answered, as `source` (of witness PL_NODE_SSH) sees it at `host`.  `answer` is
 * what came on standard output, at most PL_LIMIT_PROBE_BYTES of it; what is behind that is not looked
 * at.  *node (may be NULL) receives the object.  Where the answer is cut off, the facts behind the
 * cut are unknown and the model has a problem "truncated" of that host.  PL_E_INPUT, and no object,
 * when the script did not answer at all; the message shows what did.
 */
int pl_probe_read(struct pl_model *m, int source, const char *host, const char *nonce,
		  struct pl_slice answer, struct pl_object **node, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * Adds the node that should have answered: all that the probe would have told is unknown, `why`.
 */
void pl_probe_lost(struct pl_model *m, int source, const char *host, const char *why);

#endif
