/* SPDX-License-Identifier: Apache-2.0 */
/* Lines taken apart into words, by the two rules that users' files follow. */
#ifndef PL_SSH_WORDS_H
#define PL_SSH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"

struct pl_words {
	const char **items; /* in the arena, NULL at the end */
	size_t count;
};

/*
 * As ssh_config: blanks part words, '...' and "..." hold blanks, a backslash stands before a quote, a
 * backslash or (outside quotes) a blank, and # at the start of a word ends the line.  False: a quote is open.
 */
bool pl_words_config(struct pl_arena *a, const char *text, struct pl_words *out);

/*
 * As Python's shlex in POSIX mode, which Ansible reads inventories and ssh arguments with.  `comments`:
 * an unquoted # ends the line, wherever it stands.  False: a quote or a backslash is open.
 */
bool pl_words_shell(struct pl_arena *a, const char *text, bool comments, struct pl_words *out);

#endif
