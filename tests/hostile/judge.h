/* SPDX-License-Identifier: Apache-2.0 */
/* The whole line, from bytes to every report, within one process: what hostile input is tried on. */
#ifndef PL_TESTS_HOSTILE_JUDGE_H
#define PL_TESTS_HOSTILE_JUDGE_H

#include <stddef.h>

#include "base/buf.h"

struct judging {
	int status;         /* as `plumbline check` would exit: 0, 2 or 3 */
	struct pl_buf said; /* what went to stderr */
	struct pl_buf text, json; /* the reports; empty when the input was refused */
};

/* Loads the architecture, and turns stderr into something that can be read back. */
void judge_start(void);
/*
 * Judges one input.  Ends the program with a message when anything that was said holds a control
 * character, when the JSON is none, or when an input is refused without exactly one line.
 */
void judge(const void *bytes, size_t n, struct judging *out);
/* The same without the reports: text and json stay empty. */
void judge_silently(const void *bytes, size_t n, struct judging *out);
void judging_release(struct judging *j);
/* The same for who wants no answer.  Binary plans, which another program shows, are passed over. */
void judge_once(const void *bytes, size_t n);
/* A whole file, which must be there. */
void judge_read(const char *path, struct pl_buf *out);

#endif
