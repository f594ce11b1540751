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

/* Writes a joined model. */
void pl_snapshot_write(const struct pl_model *m, struct pl_buf *out);

/*
 * Adds what a snapshot holds to `m` as one more source named `source`, unjoined.  Unknown members
 * are ignored (every later 1.x can be read); an unknown major is PL_E_INPUT.  Messages carry the
 * JSON path.
 */
int pl_snapshot_read(struct pl_model *m, const char *source, const char *text, size_t len,
		     struct pl_err *err) __attribute__((warn_unused_result));

#endif
