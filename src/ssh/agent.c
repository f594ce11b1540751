/* SPDX-License-Identifier: Apache-2.0 */
/* A client of ssh-agent: see agent.h. */
#include "ssh/agent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ssh/wire.h"

enum { REQUEST_IDENTITIES = 11, IDENTITIES_ANSWER = 12, SIGN_REQUEST = 13, SIGN_RESPONSE = 14 };
enum { FLAG_SHA256 = 2, FLAG_SHA512 = 4 };

/* How long an agent whose queue is full is left alone. */
#define BUSY_MS 20

static int connect_to(int fd, const char *path, const struct pl_wait *w, struct pl_err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof address.sun_path)
		return pl_err_set(err, PL_E_AUTH, "the path of the agent is too long");
	memcpy(address.sun_path, path, strlen(path));
	while (connect(fd, (const struct sockaddr *)&address, sizeof address)) {
		if (errno != EAGAIN && errno != EINTR)
			return pl_err_set(err, PL_E_AUTH, "the agent cannot be reached: %s", strerror(errno));
		if (pl_wait_pause(BUSY_MS, w, err))
			return -1;
		if (!pl_wait_left(w))
			return pl_err_set(err, PL_E_TIMEOUT, "the agent takes no connection in time");
	}
	return 0;
}

static int broken(struct pl_err *err)
{
	return pl_err_set(err, PL_E_AUTH, "the agent ended the connection");
}

static int send_all(int fd, const char *p, size_t n, const struct pl_wait *w, struct pl_err *err)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return broken(err);
		if (sent < 0 && pl_wait_fd(fd, POLLOUT, w, err))
			return pl_err_wrap(err, "the agent");
		p += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
	return 0;
}

static int receive_all(int fd, char *p, size_t n, const struct pl_wait *w, struct pl_err *err)
{
	while (n) {
		ssize_t got = recv(fd, p, n, MSG_DONTWAIT);

		if (!got || (got < 0 && errno != EAGAIN && errno != EINTR))
			return broken(err);
		if (got < 0 && pl_wait_fd(fd, POLLIN, w, err))
			return pl_err_wrap(err, "the agent");
		p += got > 0 ? got : 0;
		n -= got > 0 ? (size_t)got : 0;
	}
	return 0;
}

/* One question and its answer, which must be of type `wanted`; *rest is what follows the type. */
static int ask(struct pl_ssh_agent *a, const struct pl_buf *message, char wanted, const struct pl_wait *w,
	       struct pl_buf *answer, struct pl_slice *rest, struct pl_err *err)
{
	pl_auto_buf framed = PL_BUF_INIT;
	char head[4];
	struct pl_slice size = { head, sizeof head };
	uint32_t n;

	pl_ssh_add_string(&framed, (struct pl_slice){ message->data, message->len });
	if (send_all(a->fd, framed.data, framed.len, w, err) || receive_all(a->fd, head, sizeof head, w, err))
		return -1;
	if (!pl_ssh_take_u32(&size, &n) || !n || n > PL_LIMIT_SSH_AGENT_BYTES)
		return pl_err_set(err, PL_E_AUTH, "what answers at the agent's socket is none");
	pl_buf_reserve_exact(answer, n);
	if (receive_all(a->fd, answer->data, n, w, err))
		return -1;
	answer->len = n;
	answer->data[n] = '\0';
	*rest = (struct pl_slice){ answer->data + 1, n - 1 };
	return *answer->data == wanted ? 0 : pl_err_set(err, PL_E_AUTH, "the agent refuses");
}

static int list_keys(struct pl_ssh_agent *a, const struct pl_wait *w, struct pl_err *err)
{
	pl_auto_buf message = PL_BUF_INIT;
	struct pl_slice rest, key, comment;
	uint32_t count;

	pl_buf_addc(&message, REQUEST_IDENTITIES);
	if (ask(a, &message, IDENTITIES_ANSWER, w, &a->list, &rest, err))
		return -1;
	if (!pl_ssh_take_u32(&rest, &count))
		return pl_err_set(err, PL_E_AUTH, "the agent's list of keys is damaged");
	while (count-- && a->count < PL_LIMIT_SSH_AGENT_KEYS) {
		if (!pl_ssh_take_string(&rest, &key) || !pl_ssh_take_string(&rest, &comment))
			return pl_err_set(err, PL_E_AUTH, "the agent's list of keys is damaged");
		a->keys[a->count++] = key;
	}
	return 0;
}

int pl_ssh_agent_open(struct pl_ssh_agent *a, const char *path, const struct pl_wait *w, struct pl_err *err)
{
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return pl_err_set(err, PL_E_INTERNAL, "socket: %s", strerror(errno));
	if (!connect_to(a->fd, path, w, err) && !list_keys(a, w, err))
		return 0;
	pl_ssh_agent_close(a);
	return -1;
}

void pl_ssh_agent_close(struct pl_ssh_agent *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	a->count = 0;
	pl_buf_release(&a->list);
}

/* The name a signature has: a certificate signs as its key does. */
static struct pl_slice plain(struct pl_slice algorithm)
{
	static const char tail[] = "-cert-v01@openssh.com";
	size_t n = sizeof tail - 1;

	if (algorithm.n > n && !memcmp(algorithm.p + algorithm.n - n, tail, n))
		algorithm.n -= n;
	return algorithm;
}

/* Security keys (sk-...) sign with a counter behind the signature, and libssh2 wants that whole. */
static int take_signature(struct pl_slice rest, struct pl_slice algorithm, struct pl_buf *out,
			  struct pl_err *err)
{
	struct pl_slice whole, name, signature;

	if (!pl_ssh_take_string(&rest, &whole) || !pl_ssh_take_string(&whole, &name))
		return pl_err_set(err, PL_E_AUTH, "the agent's signature is damaged");
	algorithm = plain(algorithm);
	if (name.n >= 3 && !memcmp(name.p, "sk-", 3)) {
		pl_buf_add(out, whole.p, whole.n);
		return 0;
	}
	if (name.n != algorithm.n || memcmp(name.p, algorithm.p, name.n))
		return pl_err_set(err, PL_E_AUTH, "the agent signs by " PL_SLICE_FMT " only", PL_SLICE_ARG(name));
	if (!pl_ssh_take_string(&whole, &signature))
		return pl_err_set(err, PL_E_AUTH, "the agent's signature is damaged");
	pl_buf_add(out, signature.p, signature.n);
	return 0;
}

int pl_ssh_agent_sign(struct pl_ssh_agent *a, struct pl_slice key, struct pl_slice data,
		      struct pl_slice algorithm, const struct pl_wait *w, struct pl_buf *out,
		      struct pl_err *err)
{
	struct pl_slice name = plain(algorithm), rest;
	pl_auto_buf message = PL_BUF_INIT, answer = PL_BUF_INIT;

	pl_buf_addc(&message, SIGN_REQUEST);
	pl_ssh_add_string(&message, key);
	pl_ssh_add_string(&message, data);
	pl_ssh_add_u32(&message, pl_slice_is(name, "rsa-sha2-256") ? FLAG_SHA256 :
				 pl_slice_is(name, "rsa-sha2-512") ? FLAG_SHA512 : 0);
	return ask(a, &message, SIGN_RESPONSE, w, &answer, &rest, err) ? -1 :
	       take_signature(rest, algorithm, out, err);
}
