/* SPDX-License-Identifier: Apache-2.0 */
/* mysql://: one connection and the server's greeting; nothing is sent to a server that greets within seconds. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "endpoint/greeting.h"
#include "endpoint/internal.h"

#define X_PORT 33060
/* A server that says nothing for so long is perhaps none that speaks first; looking up our name takes a
 * MySQL server up to some seconds. */
#define SILENCE_MS 5000

/* PostgreSQL's question for TLS, and an empty line for servers that wait for one. */
static const unsigned char nudge[] = { 0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f, '\r', '\n', '\r', '\n' };

struct talk {
	int fd;
	bool asked; /* the nudge was sent */
	size_t n;
	unsigned char bytes[PL_LIMIT_GREETING_BYTES];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- listening ---- */

static int broke(const struct pl_endpoint_job *job, const struct talk *t, int why,
		 struct pl_err *err)
{
	return pl_err_set(err, PL_E_UNREACHABLE, "%s: %s%s%s", job->address,
			  t->n ? "the connection broke in the middle of the server's greeting"
			       : "the server closes the connection without a greeting",
			  why ? ": " : "", why ? strerror(why) : "");
}

static int too_late(const struct pl_endpoint_job *job, const struct talk *t, struct pl_err *err)
{
	if (t->n)
		return pl_err_set(err, PL_E_TIMEOUT,
				  "%s: the server's greeting was not complete in time (%zu bytes "
				  "came)",
				  job->address, t->n);
	return pl_err_set(
		err, PL_E_TIMEOUT,
		"%s: connected, but the server said nothing in time, and a MySQL server "
		"speaks first%s",
		job->address,
		job->at.port == X_PORT
			? "; port 33060 is the X Protocol's, write the port of the classic one (3306)"
			: "");
}

/* More bytes: >0; 0: none for SILENCE_MS, and the server was nudged; -1: failed. */
static int more(struct pl_endpoint_job *job, struct talk *t, struct pl_err *err)
{
	struct pl_wait w = job->opt->wait;
	ssize_t n;

	if (!t->n && !t->asked) {
		int64_t half = pl_wait_left(&w) / 2;

		w = pl_wait_within(w, half < SILENCE_MS ? half : SILENCE_MS);
	}
	if (pl_wait_fd(t->fd, POLLIN, &w, err)) {
		if (err->code != PL_E_TIMEOUT)
			return -1;
		if (t->n || t->asked)
			return too_late(job, t, err);
		t->asked = true;
		return send(t->fd, nudge, sizeof nudge, MSG_NOSIGNAL) < 0
			       ? broke(job, t, errno, err)
			       : 0;
	}
	n = recv(t->fd, t->bytes + t->n, sizeof t->bytes - t->n, 0);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return broke(job, t, n ? errno : 0, err);
	t->n += (size_t)n;
	return 1;
}

static int listen_to(struct pl_endpoint_job *job, struct talk *t, enum pl_greeting_kind *kind,
		     struct pl_greeting *g, struct pl_err *err)
{
	do {
		if (more(job, t, err) < 0)
			return -1;
		*kind = pl_greeting_parse(t->bytes, t->n, t->asked, g);
	} while (*kind == PL_GREETING_MORE && t->n < sizeof t->bytes);
	return 0;
}

/* ---- what it says ---- */

static void say_hello(struct pl_endpoint_job *job, const struct pl_greeting *g)
{
	struct pl_product p;
	const char *note = pl_arena_strf(&job->arena, "the server greets as %s", g->version);

	pl_product_of(job->at.host, g->version, &p);
	pl_say_text(job, PL_DB_ENGINE, p.engine,
		    p.name ? pl_arena_strf(&job->arena, "%s: %s", p.name, note) : note);
	pl_say_bool(job, PL_DB_TLS, g->tls, NULL);
	if (p.version[0])
		pl_say_text(job, PL_DB_VERSION, p.version, note);
	else
		pl_say_unknown(job, PL_DB_VERSION,
			       pl_arena_strf(&job->arena,
					     "the server greets as %s: %s %s; ask it with "
					     "SELECT VERSION()",
					     g->version, p.name ? p.name : "it", p.why));
}

/*
 * 1130 (this address may not connect) names the product, 1129 (blocked) and 1040 (too many connections) do
 * not; none tells a version.
 */
static void say_refusal(struct pl_endpoint_job *job, const struct pl_greeting *g)
{
	const char *why =
		pl_arena_strf(&job->arena,
			      "the server refuses connections from here before it tells its "
			      "version: %s (%u)",
			      g->text, g->code);

	pl_say_unknown(job, PL_DB_VERSION, why);
	if (pl_contains(g->text, "mariadb server"))
		pl_say_text(job, PL_DB_ENGINE, "mariadb", why);
	else if (pl_contains(g->text, "mysql server"))
		pl_say_text(job, PL_DB_ENGINE, "mysql", why);
	else
		pl_say_unknown(job, PL_DB_ENGINE, why);
}

static void say_x(struct pl_endpoint_job *job)
{
	static const char why[] =
		"this port speaks the X Protocol, which tells no version; write the port of the "
		"classic protocol (3306)";

	pl_say_text(job, PL_DB_ENGINE, "mysql", why);
	pl_say_unknown(job, PL_DB_VERSION, why);
}

static void say_other(struct pl_endpoint_job *job, const char *what)
{
	const char *why = pl_arena_strf(&job->arena, "%s answers there, no MySQL", what);

	pl_say_text(job, PL_DB_ENGINE, "none", why);
}

static void trace(struct pl_endpoint_job *job, const struct talk *t)
{
	char line[400];

	if (!job->opt->trace)
		return;
	snprintf(line, sizeof line, "mysql %s: %zu bytes of greeting%s", job->address, t->n,
		 t->asked ? ", after a question" : "");
	job->opt->trace(job->opt->trace_ctx, line);
}

int pl_mysql_ask(struct pl_endpoint_job *job, struct pl_err *err)
{
	__attribute__((cleanup(close_fd))) int fd = -1;
	struct talk t = { .fd = -1 };
	enum pl_greeting_kind kind = PL_GREETING_MORE;
	struct pl_greeting g;

	if (pl_connect(job->at.host, job->at.port, &job->opt->wait, &fd, err))
		return -1;
	t.fd = fd;
	if (listen_to(job, &t, &kind, &g, err))
		return -1;
	trace(job, &t);
	switch (kind) {
	case PL_GREETING_HELLO: say_hello(job, &g); break;
	case PL_GREETING_REFUSAL: say_refusal(job, &g); break;
	case PL_GREETING_X: say_x(job); break;
	case PL_GREETING_POSTGRESQL:
		pl_say_text(job, PL_DB_ENGINE, "postgresql",
			    "the server speaks PostgreSQL's protocol");
		break;
	case PL_GREETING_OTHER:
	case PL_GREETING_MORE: say_other(job, g.text[0] ? g.text : "something"); break;
	}
	return 0;
}
