/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ssh_config say for one host: lines read in order, the first value wins. */
#ifndef PL_SSH_SETTINGS_H
#define PL_SSH_SETTINGS_H

#include "ssh/directive.h"

/* The lines of one file, with those of the files it includes inside its Include lines. */
struct pl_ssh_file_lines {
	const char *path;
	const struct pl_ssh_line **lines;
	size_t count, cap;
};

struct pl_ssh_line_list {
	const struct pl_ssh_line **items;
	size_t count, cap;
};

/* What conditions are decided by, and what the lines have said so far. */
struct pl_ssh_settings {
	struct pl_arena *arena;
	const char *original;   /* the host as it was asked for */
	const char *host;       /* what Host lines match: the same, in the final pass the host's own name */
	const char *local_user;
	bool final;             /* the second pass, which `Match final` asks for */
	const struct pl_ssh_line *first[PL_SSH_KEYS]; /* NULL: nobody said */
	struct pl_ssh_line_list identities, certificates; /* these add up */
	struct pl_ssh_line_list undecided;           /* Match lines that could not be decided */
};

void pl_ssh_settings_release(struct pl_ssh_settings *s);
/* Takes one line that stands outside of any block. */
void pl_ssh_settings_take(struct pl_ssh_settings *s, const struct pl_ssh_line *line);
/* Goes over a file.  -1: PL_E_USAGE, an unknown directive that no IgnoreUnknown names. */
int pl_ssh_settings_file(struct pl_ssh_settings *s, const struct pl_ssh_file_lines *file, struct pl_err *err)
	__attribute__((warn_unused_result));

/* Values, or what is to be taken when nobody said. */
const char *pl_ssh_setting_text(const struct pl_ssh_settings *s, enum pl_ssh_key key, const char *otherwise);
long pl_ssh_setting_number(const struct pl_ssh_settings *s, enum pl_ssh_key key, long otherwise);
/* The text, NULL where nobody said or it is "none". */
const char *pl_ssh_setting_or_none(const struct pl_ssh_settings *s, enum pl_ssh_key key);

#endif
