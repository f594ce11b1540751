/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the user that hold settings and credentials. */
#ifndef PL_NET_FILE_H
#define PL_NET_FILE_H

#include "base/buf.h"
#include "net/wait.h"

/*
 * The file's bytes, added to `out`; what the buffer grows out of is wiped, and the caller wipes `out`.  A
 * pipe is waited for.  0; 1: there is no such file; -1: PL_E_INPUT, PL_E_LIMIT (more than `max` bytes),
 * PL_E_TIMEOUT, PL_E_STOPPED, with the path in the text.
 */
int pl_file_read(const char *path, size_t max, const struct pl_wait *w, struct pl_buf *out, struct pl_err *err)
	__attribute__((warn_unused_result));

#endif
