/* SPDX-License-Identifier: Apache-2.0 */
/* Files that people name and that may be pipes: see file.h. */
#include "net/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room for n more bytes; what the buffer grows out of is wiped. */
static void make_room(struct pl_buf *b, size_t n)
{
	struct pl_buf grown = PL_BUF_INIT;

	if (b->len + n + 1 <= b->cap)
		return;
	pl_buf_reserve(&grown, b->len + n);
	pl_buf_add(&grown, b->data, b->len);
	pl_buf_wipe(b);
	*b = grown;
}

/* To the end of the file, waiting where it is a pipe. */
static int read_all(int fd, const char *path, size_t max, const struct pl_wait *w, struct pl_buf *out,
		    struct pl_err *err)
{
	enum { BYTES = 16384 };

	for (;;) {
		ssize_t n;

		make_room(out, BYTES);
		n = read(fd, out->data + out->len, BYTES);
		if (n < 0 && errno == EAGAIN) {
			if (pl_wait_fd(fd, POLLIN, w, err))
				return pl_err_wrap(err, "'%s'", path);
		} else if (n < 0 && errno != EINTR) {
			return pl_err_set(err, PL_E_INPUT, "'%s' cannot be read: %s", path, strerror(errno));
		} else if (n == 0) {
			return 0;
		}
		out->len += n > 0 ? (size_t)n : 0;
		out->data[out->len] = '\0';
		if (out->len > max)
			return pl_err_set(err, PL_E_LIMIT, "'%s' has more than %zu bytes", path, max);
		if (n > 0 && (pl_wait_stopped(w) || !pl_wait_left(w)) && pl_wait_fd(-1, 0, w, err))
			return pl_err_wrap(err, "'%s'", path);
	}
}

int pl_file_read(const char *path, size_t max, const struct pl_wait *w, struct pl_buf *out,
		      struct pl_err *err)
{
	/* not blocking: a named pipe opens at once, and has nothing before somebody writes to it */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = 0;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return pl_err_set(err, PL_E_INPUT, "'%s' cannot be read: %s", path, strerror(errno));
	if (!fstat(fd, &st) && S_ISFIFO(st.st_mode) && pl_wait_fd(fd, POLLIN, w, err))
		rc = pl_err_wrap(err, "'%s'", path);
	if (!rc)
		rc = read_all(fd, path, max, w, out, err);
	close(fd);
	return rc;
}
