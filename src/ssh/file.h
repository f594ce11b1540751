/* SPDX-License-Identifier: Apache-2.0 */
/* Files that users wrote, read whole. */
#ifndef PL_SSH_FILE_H
#define PL_SSH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

struct pl_ssh_file {
	bool missing;   /* no such file; the text is empty */
	struct stat st; /* unless missing */
};

/*
 * Appends the file's bytes to *out.  A file that is absent is no error: f->missing says so.  Only a
 * regular file, /dev/null and, with `pipe`, a pipe is read: nothing else can hang us.  -1: PL_E_INPUT
 * ("PATH: why"), PL_E_LIMIT (more than `max` bytes).
 */
int pl_ssh_file_read(const char *path, size_t max, bool pipe, struct pl_buf *out, struct pl_ssh_file *f,
		     struct pl_err *err) __attribute__((warn_unused_result));

#endif
