/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that the build writes from CMakeLists.txt: compiled-in architectures. */
#ifndef PL_CLI_TABLES_H
#define PL_CLI_TABLES_H

struct pl_builtin_arch {
	const char *name, *text; /* name NULL: the end */
	const unsigned long *len;
};
extern const struct pl_builtin_arch pl_builtin_archs[];

#endif
