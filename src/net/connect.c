/* SPDX-License-Identifier: Apache-2.0 */
/* Names looked up and sockets opened, neither longer than the caller waits: see connect.h. */
#include "net/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

/* RFC 8305, "Connection Attempt Delay" (2017): the recommended value. */
#define NEXT_ADDRESS_MS 250
/* Addresses of one name that are tried; a name with more has answered by then or never does. */
#define ADDRESSES_MAX 16

bool pl_host_port_parse(struct pl_slice text, struct pl_host_port *out)
{
	const char *end = text.p + text.n, *host = text.p, *host_end, *port;
	char digits[8] = "";
	int64_t number = 0;

	if (text.n && *text.p == '[') {
		host = text.p + 1;
		host_end = memchr(host, ']', (size_t)(end - host));
		port = host_end ? host_end + 1 : NULL;
	} else {
		host_end = text.n ? memchr(text.p, ':', text.n) : NULL;
		/* two colons without brackets: a bare IPv6 address */
		if (!host_end || memchr(host_end + 1, ':', (size_t)(end - host_end - 1)))
			host_end = end;
		port = host_end;
	}
	if (!host_end || host_end == host || (size_t)(host_end - host) >= sizeof out->host ||
	    memchr(host, '\0', (size_t)(host_end - host)))
		return false;
	if (port < end) {
		size_t n = (size_t)(end - port) - 1;

		if (*port != ':' || !n || n > 5)
			return false;
		memcpy(digits, port + 1, n);
		if (!pl_parse_i64(digits, &number) || number < 1 || number > 65535 || digits[0] == '+')
			return false;
	}
	memcpy(out->host, host, (size_t)(host_end - host));
	out->host[host_end - host] = '\0';
	out->port = (uint16_t)number;
	return true;
}

/* ---- names ---- */

/* Shared with a thread that may outlive the caller: the last of the two frees it. */
struct lookup {
	atomic_int users;
	int ready; /* an eventfd: readable when the answer is there */
	atomic_bool done; /* the answer is there: orders what follows between the threads */
	int rc;
	struct addrinfo *list;
	char host[256], port[8];
};

static void leave(struct lookup *l)
{
	if (atomic_fetch_sub(&l->users, 1) != 1)
		return;
	if (l->list)
		freeaddrinfo(l->list);
	close(l->ready);
	free(l);
}

static int resolve(const char *host, const char *port, int flags, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };

	return getaddrinfo(host, port, &hints, list);
}

static void *look_up(void *arg)
{
	struct lookup *l = arg;

	l->rc = resolve(l->host, l->port, AI_ADDRCONFIG, &l->list);
	atomic_store(&l->done, true);
	eventfd_write(l->ready, 1);
	leave(l);
	return NULL;
}

/* A thread that takes no signals: they belong to the one that asked. */
static int start_detached(struct lookup *l)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &attr, look_up, l);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int no_such_host(const char *host, int rc, struct pl_err *err)
{
	return pl_err_set(err, PL_E_UNREACHABLE, "the name '%s' cannot be looked up: %s", host, gai_strerror(rc));
}

static struct lookup *lookup_new(const char *host, const char *port)
{
	struct lookup *l = pl_alloc(sizeof *l);

	l->ready = eventfd(0, EFD_CLOEXEC);
	if (l->ready < 0) {
		free(l);
		return NULL;
	}
	atomic_init(&l->users, 2);
	snprintf(l->host, sizeof l->host, "%s", host);
	snprintf(l->port, sizeof l->port, "%s", port);
	return l;
}

static int look_up_name(const char *host, const char *port, const struct pl_wait *w,
			struct addrinfo **list, struct pl_err *err)
{
	struct lookup *l = lookup_new(host, port);
	int rc;

	if (!l)
		return pl_err_set(err, PL_E_INTERNAL, "eventfd: %s", strerror(errno));
	if (start_detached(l))
		look_up(l);
	rc = pl_wait_fd(l->ready, POLLIN, w, err);
	if (rc && err->code == PL_E_TIMEOUT)
		pl_err_set(err, PL_E_TIMEOUT, "the name '%s' was not looked up in time", host);
	if (!rc && atomic_load(&l->done) && l->rc)
		rc = no_such_host(host, l->rc, err);
	if (!rc) {
		*list = l->list;
		l->list = NULL;
	}
	leave(l);
	return rc;
}

static int addresses(const char *host, uint16_t port, const struct pl_wait *w, struct addrinfo **list,
		     struct pl_err *err)
{
	char service[8];

	snprintf(service, sizeof service, "%u", port);
	if (strlen(host) >= sizeof ((struct lookup *)0)->host)
		return pl_err_set(err, PL_E_UNREACHABLE, "a host name of %zu letters is none", strlen(host));
	if (!resolve(host, service, AI_NUMERICHOST, list))
		return 0;
	return look_up_name(host, service, w, list, err);
}

/* ---- sockets ---- */

struct attempt {
	int fd[ADDRESSES_MAX]; /* -1: over */
	size_t count;
	int why;               /* errno of what failed last */
};

static bool of_interface(const char *name, int family, struct sockaddr_storage *out, socklen_t *len)
{
	struct ifaddrs *all = NULL;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		found = i->ifa_addr && i->ifa_addr->sa_family == family && !strcmp(i->ifa_name, name);
		if (found) {
			*len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
			memcpy(out, i->ifa_addr, *len);
		}
	}
	freeifaddrs(all);
	return found;
}

/* Gives the socket its local address; errno says why not. */
static bool bound(int fd, int family, const struct pl_connect_how *how)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *own = NULL;
	struct sockaddr_storage address;
	socklen_t len = 0;

	if (!how->from && !how->interface)
		return true;
	if (how->from && !getaddrinfo(how->from, NULL, &hints, &own)) {
		len = own->ai_addrlen;
		memcpy(&address, own->ai_addr, len);
		freeaddrinfo(own);
	}
	errno = EADDRNOTAVAIL;
	return (len || (!how->from && of_interface(how->interface, family, &address, &len))) &&
	       !bind(fd, (const struct sockaddr *)&address, len);
}

static int open_socket(const struct addrinfo *a, const struct pl_connect_how *how)
{
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	int one = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (!bound(fd, a->ai_family, how) || (connect(fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS)) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

static bool still_trying(const struct attempt *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->fd[i] >= 0)
			return true;
	return false;
}

/* The descriptor that is connected, taken out of *t; -1: none yet. */
static int take_connected(struct attempt *t, const struct pollfd *fds)
{
	for (size_t i = 0; i < t->count; i++) {
		int why = 0, fd = t->fd[i];
		socklen_t len = sizeof why;

		if (fd < 0 || !fds[i].revents)
			continue;
		t->fd[i] = -1;
		if (!getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) && !why)
			return fd;
		t->why = why;
		close(fd);
	}
	return -1;
}

/* Until one is connected, all have failed, or `ms` have passed; the descriptor or -1. */
static int watch(struct attempt *t, int64_t ms, const struct pl_wait *w, struct pl_err *err)
{
	struct pl_wait turn = pl_wait_within(*w, ms);
	struct pollfd fds[ADDRESSES_MAX + 1];

	while (still_trying(t)) {
		int connected;

		for (size_t i = 0; i < t->count; i++)
			fds[i] = (struct pollfd){ .fd = t->fd[i], .events = POLLOUT };
		fds[t->count] = (struct pollfd){ .fd = w->stop_fd, .events = POLLIN };
		if (poll(fds, t->count + 1, (int)pl_wait_left(&turn)) <= 0 && !pl_wait_left(&turn))
			return -1;
		if (pl_wait_stopped(w)) {
			pl_err_set(err, PL_E_STOPPED, "interrupted");
			return -1;
		}
		connected = take_connected(t, fds);
		if (connected >= 0)
			return connected;
	}
	return -1;
}

static int nobody(const char *host, uint16_t port, const struct attempt *t, struct pl_err *err)
{
	if (still_trying(t))
		return pl_err_set(err, PL_E_TIMEOUT, "%s port %u: no connection in time", host, port);
	return pl_err_set(err, PL_E_UNREACHABLE, "%s port %u: %s", host, port, strerror(t->why));
}

static bool of_family(const struct addrinfo *a, int family)
{
	return !family || a->ai_family == (family == 4 ? AF_INET : AF_INET6);
}

/* The first of the addresses that answers, or -1 with err set. */
static int try_all(const struct addrinfo *a, struct attempt *t, const struct pl_connect_how *how,
		   const struct pl_wait *w, struct pl_err *err)
{
	int found = -1;

	for (; a && found < 0 && err->code == PL_E_NONE && t->count < ADDRESSES_MAX; a = a->ai_next) {
		if (!of_family(a, how->family))
			continue;
		t->fd[t->count] = open_socket(a, how);
		t->why = t->fd[t->count] < 0 ? errno : t->why;
		t->count++;
		found = watch(t, a->ai_next ? NEXT_ADDRESS_MS : pl_wait_left(w), w, err);
	}
	return found;
}

int pl_connect_by(const struct pl_connect_how *how, const char *host, uint16_t port,
		  const struct pl_wait *w, int *fd, struct pl_err *err)
{
	struct attempt t = { .count = 0, .why = EAFNOSUPPORT };
	struct addrinfo *list = NULL;
	int found;

	if (addresses(host, port, w, &list, err))
		return -1;
	err->code = PL_E_NONE;
	found = try_all(list, &t, how, w, err);
	/* a last address of the other protocol ends the row early */
	if (found < 0 && err->code == PL_E_NONE && still_trying(&t))
		found = watch(&t, pl_wait_left(w), w, err);
	freeaddrinfo(list);
	if (found < 0 && err->code == PL_E_NONE)
		nobody(host, port, &t, err);
	for (size_t i = 0; i < t.count; i++)
		if (t.fd[i] >= 0)
			close(t.fd[i]);
	if (found < 0)
		return -1;
	*fd = found;
	return 0;
}

int pl_connect(const char *host, uint16_t port, const struct pl_wait *w, int *fd, struct pl_err *err)
{
	static const struct pl_connect_how any = { 0, NULL, NULL };

	return pl_connect_by(&any, host, port, w, fd, err);
}
