/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes below the outermost session: see link.h. */
#include "ssh/link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/connect.h"

/* Reads between two looks at whether the user interrupted the run: a look costs a system call. */
#define TURNS 64

static void begin(struct pl_ssh_link *l, const struct pl_wait *w)
{
	*l = (struct pl_ssh_link){ .fd = -1, .w = *w, .unsent = PL_BUF_INIT, .max = PL_LIMIT_SSH_LOGIN_BYTES,
				   .why = PL_ERR_INIT };
}

int pl_ssh_link_connect(struct pl_ssh_link *l, const struct pl_ssh_host *host, const struct pl_wait *w,
			struct pl_err *err)
{
	const struct pl_connect_how how = { host->address_family, host->bind_address, host->bind_interface };

	begin(l, w);
	l->tcp = true;
	return pl_connect_by(&how, host->host, host->port, w, &l->fd, err);
}

int pl_ssh_link_command(struct pl_ssh_link *l, const char *command, const struct pl_wait *w,
			struct pl_err *err)
{
	begin(l, w);
	return pl_ssh_child_start(&l->child, command, &l->fd, err);
}

void pl_ssh_link_close(struct pl_ssh_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->ended = true;
	pl_ssh_child_end(&l->child);
	pl_buf_release(&l->unsent);
}

/* False when the peer has used up what it is given: bytes, time, or the user's patience. */
static bool may_go_on(struct pl_ssh_link *l)
{
	if (l->received >= l->max)
		pl_err_set(&l->why, PL_E_LIMIT, "more than %llu bytes came", (unsigned long long)l->max);
	else if (!pl_wait_left(&l->w))
		pl_err_set(&l->why, PL_E_TIMEOUT, "no answer in time");
	else if (!(++l->turns % TURNS) && pl_wait_stopped(&l->w))
		pl_err_set(&l->why, PL_E_STOPPED, "interrupted");
	l->ended = l->ended || l->why.code != PL_E_NONE;
	return !l->ended;
}

ssize_t pl_ssh_link_recv(struct pl_ssh_link *l, void *p, size_t n)
{
	ssize_t got;

	if (l->ended || !may_go_on(l))
		return -ECONNRESET;
	do
		got = recv(l->fd, p, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	l->received += (uint64_t)got;
	return got;
}

/* Gives the kernel what it takes; 0 or -errno. */
static int flush(struct pl_ssh_link *l)
{
	while (l->taken < l->unsent.len) {
		ssize_t n = send(l->fd, l->unsent.data + l->taken, l->unsent.len - l->taken,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
		l->taken += (size_t)n;
	}
	pl_buf_truncate(&l->unsent, 0);
	l->taken = 0;
	return 0;
}

ssize_t pl_ssh_link_send(struct pl_ssh_link *l, const void *p, size_t n)
{
	int rc;

	if (l->ended)
		return -ECONNRESET;
	if (l->unsent.len - l->taken > PL_LIMIT_SSH_UNSENT_BYTES)
		return -EAGAIN;
	pl_buf_add(&l->unsent, p, n);
	rc = flush(l);
	return rc ? rc : (ssize_t)n;
}

int pl_ssh_link_wait(struct pl_ssh_link *l, struct pl_err *err)
{
	int one = 1;

	if (l->seen != l->received) {
		l->seen = l->received;
		return 0;
	}
	/* the peer's next packet waits for our acknowledgement (Nagle): not delayed, that is twice as fast */
	if (l->tcp)
		setsockopt(l->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
	/* a peer that is gone shows when it is read from */
	(void)flush(l);
	return pl_wait_fd(l->fd, l->unsent.len ? POLLIN | POLLOUT : POLLIN, &l->w, err);
}
