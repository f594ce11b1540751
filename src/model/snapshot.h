/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model as JSON (format "plumbline-facts/1") and back: what `plumbline facts` prints, itself a
 * source.  Sensitive values are left out; that they were there is kept.
 */
#ifndef PL_MODEL_SNAPSHOT_H
#define PL_MODEL_SNAPSHOT_H

#include "base/buf.h"
#include "model/model.h"

#define PL_SNAPSHOT_FORMAT "plumbline-facts/1"

/* Writes a joined model, with its day where it has one (`as_of`): nothing else tells when it was written. */
void pl_snapshot_write(const struct pl_model *m, struct pl_buf *out);

/*
 * Adds what a snapshot holds to `m`, unjoined: its sources as "SOURCE (NAME THERE)" of kind snapshot,
 * its objects with the facts of every witness, drift and problems.  The sources are of its day, those that
 * were snapshots themselves of theirs; the first releases wrote none.  What a later 1.x may add (members,
 * kinds, attributes, witnesses) is passed over; another major is PL_E_INPUT.  Messages carry the
 * JSON path.  A sensitive value that was left out is unknown.
 */
int pl_snapshot_read(struct pl_model *m, const char *source, const char *json, size_t len,
		     struct pl_err *err) __attribute__((warn_unused_result));

#endif
