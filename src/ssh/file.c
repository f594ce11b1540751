/* SPDX-License-Identifier: Apache-2.0 */
/* Reading whole files: see file.h. */
#include "ssh/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

static bool is_null(const struct stat *st)
{
	struct stat null;

	return S_ISCHR(st->st_mode) && !stat("/dev/null", &null) && null.st_rdev == st->st_rdev;
}

static int read_all(int fd, const char *path, size_t max, struct pl_buf *out, struct pl_err *err)
{
	size_t start = out->len;

	for (;;) {
		ssize_t n;

		pl_buf_reserve(out, 65536);
		n = read(fd, out->data + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pl_err_set(err, PL_E_INPUT, "%s: %s", path, strerror(errno));
		if (!n)
			return 0;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (out->len - start > max)
			return pl_err_set(err, PL_E_LIMIT, "%s: more than %zu bytes", path, max);
	}
}

int pl_ssh_file_read(const char *path, size_t max, bool pipe, struct pl_buf *out, struct pl_ssh_file *f,
		     struct pl_err *err)
{
	/* the open of a pipe nobody writes to would wait */
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (pipe ? 0 : O_NONBLOCK));

	f->missing = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
	if (f->missing)
		return 0;
	if (fd < 0 || fstat(fd, &f->st))
		return pl_err_set(err, PL_E_INPUT, "%s: %s", path, strerror(errno));
	if (S_ISDIR(f->st.st_mode))
		return pl_err_set(err, PL_E_INPUT, "%s: a folder, not a file", path);
	if (!S_ISREG(f->st.st_mode) && !(pipe && S_ISFIFO(f->st.st_mode)) && !is_null(&f->st))
		return pl_err_set(err, PL_E_INPUT, "%s: not a regular file", path);
	return read_all(fd, path, max, out, err);
}
