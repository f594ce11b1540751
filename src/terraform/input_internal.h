/* SPDX-License-Identifier: Apache-2.0 */
/* What input.c, sniff.c and show.c share. */
#ifndef PL_TERRAFORM_INPUT_INTERNAL_H
#define PL_TERRAFORM_INPUT_INTERNAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "terraform/terraform.h"

/* Reads to the end; the buffer grows by quarters, so untouched room stays small. */
int pl_tf_read_descriptor(int fd, const char *name, struct pl_buf *out, struct pl_err *err);

/*
 * Replaces the zip in *b by what `terraform show -json PATH` prints.  path NULL: the plan did not
 * come from a file that Terraform could open, which is refused with advice.
 */
int pl_tf_show_binary_plan(const char *path, const char *name, const struct pl_tf_options *opt,
			   struct pl_buf *b, struct pl_err *err);

/* NUL bytes before any document begins: no text at all. */
bool pl_tf_is_binary(const char *text, size_t n);
/* "is empty", "is Terraform configuration (HCL) ...": of text without a document, with advice. */
const char *pl_tf_what_it_is(const char *text, size_t n);

#endif
