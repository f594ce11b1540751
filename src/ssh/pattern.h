/* SPDX-License-Identifier: Apache-2.0 */
/* The patterns of ssh_config(5) and known_hosts: * and ?, lists with commas, negation. */
#ifndef PL_SSH_PATTERN_H
#define PL_SSH_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

enum pl_pattern_match { PL_PATTERN_NO, PL_PATTERN_YES, PL_PATTERN_NEGATED };

/* `*` stands for any bytes, `?` for one; `fold` ignores the case of ASCII letters. */
bool pl_pattern(struct pl_slice pattern, const char *s, bool fold);
/* A comma-separated list: NEGATED when a part after ! matches, whatever the others do. */
enum pl_pattern_match pl_pattern_list(const char *list, const char *s, bool fold);

#endif
