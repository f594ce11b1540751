/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for a test's kubeconfigs, and what loading one comes to. */
#ifndef PL_TEST_KUBECONFIG_H
#define PL_TEST_KUBECONFIG_H

#define _XOPEN_SOURCE 700 /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kubernetes/config_internal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MINUTE 60000

static inline void put_file(const char *name, const char *text, size_t n)
{
	int fd;

	(void)unlink(name); /* a file cut to nothing and written again goes to the disk at once */
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0700);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	close(fd);
}

static inline void put(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

/* A new folder to work in, which is HOME too; no kubeconfig, no pod. */
static inline int enter_folder(void **state)
{
	char *folder = malloc(64);

	assert_non_null(folder);
	snprintf(folder, 64, "/tmp/plumbline-kubeconfig-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	setenv("HOME", folder, 1);
	unsetenv("KUBECONFIG");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
	*state = folder;
	return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int leave_folder(void **state)
{
	assert_int_equal(chdir("/"), 0);
	nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

static inline int load_from(const char *file, const char *context, struct pl_kube_config *c, struct pl_err *err)
{
	struct pl_kube_config_options o = { .file = file, .context = context, .pod = "pod" };
	struct pl_wait w = pl_wait_for(MINUTE, -1);

	return pl_kube_config_load(&o, &w, c, err);
}

#endif
