/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a file or a pipe to JSON documents: what the bytes are is told by the bytes (gzip, UTF-16,
 * byte order mark, a binary plan, wrapper noise, several documents in one stream).
 */
#ifndef PL_TERRAFORM_INPUT_H
#define PL_TERRAFORM_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "terraform/terraform.h"

/* How people know a source: "standard input" for "-". */
const char *pl_tf_source_name(const char *path);

struct pl_input {
	char *data;    /* UTF-8, one buffer with a NUL behind it; owned */
	size_t len;
	size_t first;  /* offset of the first document's brace */
	char sha256[65]; /* of the source's own bytes, in hex; "" when it was not asked for */
};

/*
 * Reads `path` ("-": standard input) whole into memory and makes it UTF-8.  A binary plan (zip) is
 * shown by opt->terraform_cmd (NULL: terraform, else tofu, whichever is found) through a pipe.
 * opt->sha256 asks for the SHA-256 of the bytes as they were given.
 * Errors are one line that says what the bytes are and what to do instead.
 */
int pl_input_read(const char *path, const struct pl_tf_options *opt, struct pl_input *out,
		  struct pl_err *err) __attribute__((warn_unused_result));
void pl_input_release(struct pl_input *in);

/*
 * The offset of the next document's brace at or after `from`, passing over white space and lines of
 * wrapper noise (counted into *skipped when not NULL); in->len when there is none.  Text that is
 * neither noise nor a document is PL_E_INPUT.
 */
int pl_input_next(const struct pl_input *in, size_t from, size_t *next, size_t *skipped,
		  struct pl_err *err) __attribute__((warn_unused_result));

#endif
