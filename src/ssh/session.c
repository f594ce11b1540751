/* SPDX-License-Identifier: Apache-2.0 */
/* Connections through any number of hops: see session.h. */
#include "ssh/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Longer than any deadline: the only clock is the link's. */
#define NO_TIMEOUT_S 86400

/* ---- memory ---- */

/*
 * libc's own, as libssh2 would use it (1.11.1 frees some of it behind these functions' back), but counted:
 * a damaged packet of ChaCha20 makes 1.11.1 take memory for ever, without reading once.
 */
static LIBSSH2_ALLOC_FUNC(take)
{
	struct pl_ssh_hop *h = *abstract;

	if (h->taken.times >= h->may_take.times || count > h->may_take.bytes - h->taken.bytes)
		return NULL;
	h->taken.times++;
	h->taken.bytes += count;
	return malloc(count);
}

static LIBSSH2_REALLOC_FUNC(retake)
{
	struct pl_ssh_hop *h = *abstract;

	if (h->taken.times >= h->may_take.times || count > h->may_take.bytes - h->taken.bytes)
		return NULL;
	h->taken.times++;
	h->taken.bytes += count;
	return realloc(ptr, count);
}

static LIBSSH2_FREE_FUNC(give_back)
{
	(void)abstract;
	free(ptr);
}

/* What libssh2 may take from now on, for so many bytes from the peer: each packet takes some. */
void pl_ssh_hop_allow(struct pl_ssh_hop *h, uint64_t received)
{
	h->may_take.times = h->taken.times + 10000 + received / 16;
	h->may_take.bytes = h->taken.bytes + (4 << 20) + received * 8;
}

/* ---- bytes ---- */

static ssize_t through(struct pl_ssh_hop *outer, ssize_t rc)
{
	if (rc == LIBSSH2_ERROR_EAGAIN || (!rc && !libssh2_channel_eof(outer->channel)))
		return -EAGAIN;
	return rc < 0 ? -ECONNRESET : rc;
}

static LIBSSH2_RECV_FUNC(receive)
{
	struct pl_ssh_hop *h = *abstract;
	ssize_t rc;

	(void)socket;
	(void)flags;
	rc = h->outer ? through(h->outer, libssh2_channel_read(h->outer->channel, buffer, length)) :
	     pl_ssh_link_recv(&h->conn->link, buffer, length);
	h->gone = h->gone || (rc <= 0 && rc != -EAGAIN);
	return rc;
}

/* All of it, unless the outer channel's window is full: only then does something come that ends the wait. */
static ssize_t send_through(struct pl_ssh_hop *outer, const char *p, size_t n)
{
	size_t sent = 0;

	while (sent < n) {
		ssize_t rc = libssh2_channel_write(outer->channel, p + sent, n - sent);

		if (rc <= 0)
			return sent ? (ssize_t)sent : rc == 0 ? -EAGAIN : through(outer, rc);
		sent += (size_t)rc;
	}
	return (ssize_t)sent;
}

static LIBSSH2_SEND_FUNC(transmit)
{
	struct pl_ssh_hop *h = *abstract;
	ssize_t rc;

	(void)socket;
	(void)flags;
	rc = h->outer ? send_through(h->outer, buffer, length) :
	     pl_ssh_link_send(&h->conn->link, buffer, length);
	h->gone = h->gone || (rc < 0 && rc != -EAGAIN);
	return rc;
}

static LIBSSH2_DISCONNECT_FUNC(say_goodbye)
{
	struct pl_ssh_hop *h = *abstract;

	(void)session;
	(void)reason;
	(void)language;
	(void)language_len;
	snprintf(h->goodbye, sizeof h->goodbye, "%.*s", message_len, message);
}

/* ---- failures ---- */

static const struct failure {
	int number;
	enum pl_err_code code;
	const char *text;
} failures[] = {
	{ LIBSSH2_ERROR_SOCKET_DISCONNECT, PL_E_UNREACHABLE, "the connection was closed" },
	{ LIBSSH2_ERROR_SOCKET_RECV, PL_E_UNREACHABLE, "the connection broke" },
	{ LIBSSH2_ERROR_SOCKET_SEND, PL_E_UNREACHABLE, "the connection broke" },
	{ LIBSSH2_ERROR_BANNER_RECV, PL_E_UNREACHABLE, "what answers is no SSH server" },
	{ LIBSSH2_ERROR_KEX_FAILURE, PL_E_UNREACHABLE, "no agreement on how to exchange keys" },
	{ LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, PL_E_UNREACHABLE, "the exchange of keys failed" },
	{ LIBSSH2_ERROR_METHOD_NONE, PL_E_UNREACHABLE, "no method that both sides know" },
	{ LIBSSH2_ERROR_ALLOC, PL_E_LIMIT, "more came than any server has to say" },
	{ LIBSSH2_ERROR_CHANNEL_FAILURE, PL_E_UNREACHABLE, "the server opened no channel" },
	{ LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, PL_E_UNREACHABLE, "the server runs no commands" },
	{ 0, PL_E_UNREACHABLE, "the answer breaks the protocol" },
};

static void add_what_it_said(struct pl_ssh_conn *c, const struct pl_ssh_hop *h, struct pl_buf *text)
{
	char said[160];

	if (*h->goodbye)
		pl_buf_addf(text, ": %s", h->goodbye);
	pl_ssh_child_said(&c->link.child, said, sizeof said);
	if (*said)
		pl_buf_addf(text, " (ProxyCommand said: %s)", said);
}

int pl_ssh_hop_fail(struct pl_ssh_hop *h, const char *doing, struct pl_err *err)
{
	struct pl_ssh_conn *c = h->conn;
	pl_auto_buf text = PL_BUF_INIT;
	const struct failure *f = failures;
	int number = libssh2_session_last_errno(h->session);
	char *words = NULL;

	if (c->link.why.code != PL_E_NONE) {
		pl_buf_addf(&text, "%s: %s", doing, c->link.why.text);
		return pl_err_set(err, c->link.why.code, "%s", text.data);
	}
	libssh2_session_last_error(h->session, &words, NULL, 0);
	while (f->number && f->number != number)
		f++;
	if (!f->number && h->gone)
		f = failures;
	pl_buf_addf(&text, "%s: %s", doing, f->text);
	/* (connect failed), (administratively prohibited) */
	if (f->number == LIBSSH2_ERROR_CHANNEL_FAILURE && words && (words = strchr(words, '(')))
		pl_buf_addf(&text, " %s", words);
	add_what_it_said(c, h, &text);
	return pl_err_set(err, f->code, "%s", text.data);
}

static int wait_failed(const char *doing, struct pl_err *err)
{
	return err->code == PL_E_STOPPED ? -1 : pl_err_wrap(err, "%s", doing);
}

/* ---- one hop ---- */

static int begin(struct pl_ssh_hop *h, struct pl_err *err)
{
	h->taken.bytes = h->taken.times = 0;
	pl_ssh_hop_allow(h, PL_LIMIT_SSH_LOGIN_BYTES);
	h->session = libssh2_session_init_ex(take, give_back, retake, h);
	if (!h->session)
		return pl_err_set(err, PL_E_INTERNAL, "libssh2 cannot begin a session");
	libssh2_session_callback_set2(h->session, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)receive);
	libssh2_session_callback_set2(h->session, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)transmit);
	libssh2_session_callback_set2(h->session, LIBSSH2_CALLBACK_DISCONNECT,
				      (libssh2_cb_generic *)say_goodbye);
	libssh2_session_set_blocking(h->session, 0);
	libssh2_session_set_read_timeout(h->session, NO_TIMEOUT_S);
	return pl_ssh_hop_prefer(h, err);
}

/* Did it end before the server had said what it is? */
static enum pl_ssh_again ended_early(const struct pl_ssh_hop *h)
{
	const char *banner = libssh2_session_banner_get(h->session);

	if (h->conn->link.why.code != PL_E_NONE || (banner && !strncmp(banner, "SSH-", 4)))
		return PL_SSH_AGAIN_NO;
	/* OpenSSH's words, of 8.x to 10 */
	if (banner && (strstr(banner, "MaxStartups") || strstr(banner, "Not allowed at this time")))
		return PL_SSH_AGAIN_BUSY;
	return h->conn->link.tcp ? PL_SSH_AGAIN_CLOSED : PL_SSH_AGAIN_NO;
}

static int handshake(struct pl_ssh_hop *h, struct pl_err *err)
{
	static const char doing[] = "handshake";
	struct pl_ssh_conn *c = h->conn;
	int rc;

	c->link.max = c->link.received + PL_LIMIT_SSH_LOGIN_BYTES;
	while ((rc = libssh2_session_handshake(h->session, c->link.fd)) == LIBSSH2_ERROR_EAGAIN)
		if (pl_ssh_link_wait(&c->link, err))
			return wait_failed(doing, err);
	if (!rc)
		return 0;
	c->again = ended_early(h);
	return pl_ssh_hop_fail(h, doing, err);
}

/* The channel in which the next hop's session lives. */
static int bridge(struct pl_ssh_hop *h, struct pl_err *err)
{
	const struct pl_ssh_host *to = h[1].host;

	pl_auto_buf doing = PL_BUF_INIT;

	pl_buf_addf(&doing, "its way to %s port %u", to->host, to->port);
	while (!(h->channel = libssh2_channel_direct_tcpip_ex(h->session, to->host, to->port, "127.0.0.1", 0))) {
		if (libssh2_session_last_errno(h->session) != LIBSSH2_ERROR_EAGAIN)
			return pl_ssh_hop_fail(h, doing.data, err);
		if (pl_ssh_link_wait(&h->conn->link, err))
			return wait_failed(doing.data, err);
	}
	return 0;
}

/* ssh's ConnectTimeout covers connection and handshake. */
static struct pl_wait connect_wait(const struct pl_ssh_hop *h)
{
	const struct pl_ssh_conn *c = h->conn;

	return h->host->connect_timeout ? pl_wait_within(c->w, h->host->connect_timeout * INT64_C(1000)) : c->w;
}

static int open_hop(struct pl_ssh_hop *h, struct pl_err *err)
{
	struct pl_ssh_conn *c = h->conn;

	if (begin(h, err) || handshake(h, err))
		return -1;
	c->link.w = c->w;
	return pl_ssh_hop_verify(h, err) || pl_ssh_hop_login(h, err) ? -1 : 0;
}

static int open_link(struct pl_ssh_conn *c, struct pl_err *err)
{
	const struct pl_ssh_host *host = c->hops[0].host;
	struct pl_wait w = connect_wait(&c->hops[0]);

	if (host->proxy_command)
		return pl_ssh_link_command(&c->link, host->proxy_command, &w, err);
	return pl_ssh_link_connect(&c->link, host, &w, err);
}

/* ---- all hops ---- */

int pl_ssh_conn_init(struct pl_ssh_conn *c, const struct pl_ssh_host *host, struct pl_err *err)
{
	size_t i;

	c->count = 1;
	c->link.fd = -1;
	for (const struct pl_ssh_host *h = host->via; h; h = h->via)
		if (++c->count > sizeof c->hops / sizeof *c->hops)
			return pl_err_set(err, PL_E_LIMIT, "more than %d jump hosts in a row", PL_LIMIT_SSH_HOPS);
	for (i = c->count; i--; host = host->via) {
		c->hops[i].host = host;
		c->hops[i].conn = c;
		c->hops[i].outer = i ? &c->hops[i - 1] : NULL;
		if (host->proxy_command && host->proxy_use_fdpass)
			return pl_err_set(err, PL_E_USAGE, "ProxyUseFdpass is not supported");
	}
	return 0;
}

int pl_ssh_conn_open(struct pl_ssh_conn *c, struct pl_err *err)
{
	c->again = PL_SSH_AGAIN_NO;
	c->connected = !open_link(c, err);
	if (!c->connected)
		return -1;
	for (size_t i = 0; i < c->count; i++) {
		struct pl_ssh_hop *h = &c->hops[i];
		bool jump = i + 1 < c->count;

		c->link.w = connect_wait(h);
		if (!open_hop(h, err) && (!jump || !bridge(h, err)))
			continue;
		return jump && err->code != PL_E_STOPPED ? pl_err_wrap(err, "jump host '%s'", h->host->name) : -1;
	}
	return 0;
}

/* The goodbyes go out if the kernel takes them; after that nothing can make libssh2 wait. */
void pl_ssh_conn_close(struct pl_ssh_conn *c)
{
	for (size_t i = c->count; i--;)
		if (c->hops[i].session && !c->link.ended)
			libssh2_session_disconnect(c->hops[i].session, "done");
	c->link.ended = true;
	for (size_t i = c->count; i--;) {
		struct pl_ssh_hop *h = &c->hops[i];

		if (h->session)
			libssh2_session_free(h->session);
		h->session = NULL;
		h->channel = NULL;
		h->gone = false;
		*h->goodbye = '\0';
	}
	pl_ssh_link_close(&c->link);
}
