/* SPDX-License-Identifier: Apache-2.0 */
/* Results on stdout or in a file, everything else on stderr. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/str.h"
#include "cli/cli.h"

int pl_complain(const struct pl_err *err)
{
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, "plumbline: ");
	pl_buf_add_safe(&b, err->text, strlen(err->text));
	pl_buf_addc(&b, '\n');
	fputs(b.data, stderr);
	return err->code == PL_E_INTERNAL ? PL_EXIT_OURS : PL_EXIT_USAGE;
}

int pl_exit_worse(int a, int b)
{
	return a > b ? a : b; /* PL_EXIT_USAGE is the greatest of the three */
}

static int write_all(int fd, const struct pl_buf *b)
{
	for (size_t at = 0; at < b->len;) {
		ssize_t n = write(fd, b->data + at, b->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		at += (size_t)n;
	}
	return 0;
}

int pl_emit(const struct pl_buf *b)
{
	int rc = write_all(STDOUT_FILENO, b);
	struct pl_err err = PL_ERR_INIT;

	if (!rc || rc == EPIPE)
		return 0;
	pl_err_set(&err, PL_E_INTERNAL, "cannot write to standard output: %s", strerror(rc));
	return pl_complain(&err);
}

/* A device, a pipe or a link stays what it is: only a plain file may be renamed over. */
static bool is_special(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && !S_ISREG(st.st_mode);
}

static int write_into(const char *path, const struct pl_buf *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), rc;

	if (fd < 0)
		return errno;
	rc = write_all(fd, b);
	if (close(fd) && !rc)
		rc = errno;
	return rc;
}

/* Beside it first, so that nobody sees half a report, and a full disk leaves the old one. */
static int write_beside(const char *path, const struct pl_buf *b)
{
	pl_auto_buf beside = PL_BUF_INIT;
	mode_t mask = umask(0);
	int fd, rc = 0;

	umask(mask);
	pl_buf_addf(&beside, "%s.XXXXXX", path);
	fd = mkstemp(beside.data);
	if (fd < 0)
		return errno;
	if ((rc = write_all(fd, b)) || fchmod(fd, 0666 & ~mask))
		rc = rc ? rc : errno;
	if (close(fd) && !rc)
		rc = errno;
	if (!rc && rename(beside.data, path))
		rc = errno;
	if (rc)
		unlink(beside.data);
	return rc;
}

int pl_emit_file(const char *path, const struct pl_buf *b)
{
	int rc = is_special(path) ? write_into(path, b) : write_beside(path, b);
	struct pl_err err = PL_ERR_INIT;

	if (!rc || rc == EPIPE)
		return 0;
	pl_err_set(&err, PL_E_INTERNAL, "cannot write '%s': %s", path, strerror(rc));
	return pl_complain(&err);
}
