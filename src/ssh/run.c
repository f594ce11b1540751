/* SPDX-License-Identifier: Apache-2.0 */
/* One script on one host: one channel, the script on standard input, both outputs apart. */
#include <stdlib.h>

#include "ssh/session.h"

/*
 * What may come beside the answer: standard error, what the protocol itself needs, and a window of 2 MiB
 * that libssh2 reads ahead.
 */
#define BESIDE_BYTES (4 * PL_LIMIT_SAID_BYTES + (4UL << 20))
#define CHUNK 32768

struct run {
	struct pl_ssh_hop *hop;
	struct pl_slice script; /* what is not written yet */
	size_t max;
	bool ended_input;
	bool moved;             /* something went in or out in this turn */
};

static int waited(struct run *r, struct pl_err *err)
{
	return pl_ssh_link_wait(&r->hop->conn->link, err);
}

static int open_channel(struct run *r, struct pl_err *err)
{
	struct pl_ssh_hop *h = r->hop;
	const char *command = h->conn->opt->command ? h->conn->opt->command : "sh -s";
	int rc;

	while (!(h->channel = libssh2_channel_open_session(h->session))) {
		if (libssh2_session_last_errno(h->session) != LIBSSH2_ERROR_EAGAIN)
			return pl_ssh_hop_fail(h, "a channel for the script", err);
		if (waited(r, err))
			return -1;
	}
	while ((rc = libssh2_channel_exec(h->channel, command)) == LIBSSH2_ERROR_EAGAIN)
		if (waited(r, err))
			return -1;
	return rc ? pl_ssh_hop_fail(h, "start of the script", err) : 0;
}

/* Writes what the window takes.  A shell that ends early reads no more: that is its business. */
static int feed(struct run *r, struct pl_err *err)
{
	ssize_t n = 0;
	int rc;

	if (r->script.n)
		n = libssh2_channel_write(r->hop->channel, r->script.p, r->script.n);
	if (n == LIBSSH2_ERROR_CHANNEL_CLOSED || n == LIBSSH2_ERROR_CHANNEL_EOF_SENT) {
		r->script.n = 0;
		r->ended_input = true;
	} else if (n < 0 && n != LIBSSH2_ERROR_EAGAIN) {
		return pl_ssh_hop_fail(r->hop, "the script", err);
	} else if (n > 0) {
		r->script.p += n;
		r->script.n -= (size_t)n;
		r->moved = true;
	}
	if (r->script.n || r->ended_input)
		return 0;
	rc = libssh2_channel_send_eof(r->hop->channel);
	r->ended_input = rc != LIBSSH2_ERROR_EAGAIN;
	r->moved = r->moved || r->ended_input;
	return 0;
}

/* Takes what is there of one output; past `max` bytes the rest is thrown away. */
static int drain(struct run *r, int stream, struct pl_buf *out, size_t max, struct pl_err *err)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = libssh2_channel_read_ex(r->hop->channel, stream, chunk, sizeof chunk)) > 0) {
		size_t room = max - out->len;

		r->moved = true;
		pl_buf_add(out, chunk, (size_t)n < room ? (size_t)n : room);
		if (!stream && (size_t)n > room)
			return pl_err_set(err, PL_E_LIMIT, "the script answers more than %zu bytes", max);
	}
	return n < 0 && n != LIBSSH2_ERROR_EAGAIN ? pl_ssh_hop_fail(r->hop, "the answer", err) : 0;
}

static int converse(struct run *r, struct pl_err *err)
{
	struct pl_ssh_result *result = r->hop->conn->result;

	while (!libssh2_channel_eof(r->hop->channel)) {
		r->moved = false;
		if (feed(r, err) || drain(r, 0, &result->out, r->max, err) ||
		    drain(r, SSH_EXTENDED_DATA_STDERR, &result->said, PL_LIMIT_SAID_BYTES, err))
			return -1;
		if (!r->moved && !libssh2_channel_eof(r->hop->channel) && waited(r, err))
			return pl_err_wrap(err, "the answer");
	}
	return 0;
}

/* The status comes before the channel is closed. */
static int finish(struct run *r, struct pl_err *err)
{
	LIBSSH2_CHANNEL *channel = r->hop->channel;
	struct pl_ssh_result *result = r->hop->conn->result;
	char *signal = NULL;
	int rc;

	while ((rc = libssh2_channel_wait_closed(channel)) == LIBSSH2_ERROR_EAGAIN)
		if (waited(r, err))
			return pl_err_wrap(err, "the end of the script");
	if (rc)
		return pl_ssh_hop_fail(r->hop, "the end of the script", err);
	libssh2_channel_get_exit_signal(channel, &signal, NULL, NULL, NULL, NULL, NULL);
	result->status = signal ? 128 : libssh2_channel_get_exit_status(channel);
	libssh2_free(r->hop->session, signal);
	return 0;
}

int pl_ssh_conn_run(struct pl_ssh_conn *c, struct pl_err *err)
{
	const struct pl_fleet_options *opt = c->opt;
	struct run r = { .hop = &c->hops[c->count - 1], .script = opt->script,
			 .max = opt->max_bytes ? opt->max_bytes : PL_LIMIT_SSH_ANSWER_BYTES };

	c->link.max = c->link.received + r.max + BESIDE_BYTES;
	for (size_t i = 0; i < c->count; i++)
		pl_ssh_hop_allow(&c->hops[i], c->link.max - c->link.received);
	c->link.w = c->w;
	return open_channel(&r, err) || converse(&r, err) || finish(&r, err) ? -1 : 0;
}
