/* SPDX-License-Identifier: Apache-2.0 */
/* Programs are run, read and stopped: see process.h. */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, POSIX_SPAWN_SETSID */
#include "net/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

extern char **environ;

enum { STOP_MS = 500, TICK_MS = 50, READS = 64 };

/* The ends that the program gets as its descriptors 0, 1, 2; -1: not made. */
struct ends {
	int fd[3];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * Moves a descriptor to where it can neither be inherited nor stand in the way of 0, 1 and 2, which
 * somebody may have closed.
 */
static int raise_fd(int fd)
{
	int raised = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	close(fd);
	return raised;
}

/* A pair for descriptor `n` of the program: ours is non-blocking. */
static int make_pair(bool socket, int n, struct ends *theirs, int *ours)
{
	int pair[2], mine = n ? 0 : 1;

	if (socket ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) : pipe(pair))
		return -1;
	*ours = raise_fd(pair[mine]);
	theirs->fd[n] = raise_fd(pair[!mine]);
	if (*ours < 0 || theirs->fd[n] < 0 || fcntl(*ours, F_SETFL, O_NONBLOCK))
		return -1;
	return 0;
}

static int make_ends(const struct pl_process_options *o, struct ends *theirs, struct pl_process *p)
{
	if (!o->terminal && !o->socket && make_pair(false, 0, theirs, &p->in))
		return -1;
	if (make_pair(o->socket, 1, theirs, &p->out))
		return -1;
	return make_pair(false, 2, theirs, &p->said);
}

static size_t name_len(const char *variable)
{
	return strcspn(variable, "=");
}

static bool replaced(const char *variable, const char *const *env)
{
	size_t n = name_len(variable);

	for (; env && *env; env++)
		if (name_len(*env) == n && !memcmp(*env, variable, n))
			return true;
	return false;
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* Ours and `env`; the array is the caller's, the texts are not. */
static char **environment(const char *const *env)
{
	size_t n = 0, ours = count((const char *const *)environ), theirs = count(env);
	char **all = pl_alloc((ours + theirs + 1) * sizeof *all);

	for (size_t i = 0; i < ours; i++)
		if (!replaced(environ[i], env))
			all[n++] = environ[i];
	for (size_t i = 0; i < theirs; i++)
		if (!replaced(env[i], env + i + 1))
			all[n++] = (char *)env[i];
	return all;
}

/*
 * Signals as programs expect them; a session of its own unless it shares our terminal: one that asks
 * /dev/tty for a password then fails, where in the background it would be stopped by the terminal.
 */
static int set_attributes(posix_spawnattr_t *a, bool grouped)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t defaults, none;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	return posix_spawnattr_setsigdefault(a, &defaults) || posix_spawnattr_setsigmask(a, &none) ||
	       posix_spawnattr_setflags(a, grouped ? (short)(flags | POSIX_SPAWN_SETSID) : flags);
}

/* 0, 1 and 2 become its own, everything above is closed. */
static int set_descriptors(posix_spawn_file_actions_t *f, const struct pl_process_options *o,
			   const struct ends *theirs)
{
	int in = o->socket ? theirs->fd[1] : theirs->fd[0];

	return (!o->terminal && posix_spawn_file_actions_adddup2(f, in, STDIN_FILENO)) ||
	       posix_spawn_file_actions_adddup2(f, theirs->fd[1], STDOUT_FILENO) ||
	       posix_spawn_file_actions_adddup2(f, theirs->fd[2], STDERR_FILENO) ||
	       posix_spawn_file_actions_addclosefrom_np(f, 3);
}

static int spawn(const struct pl_process_options *o, const struct ends *theirs, pid_t *pid)
{
	char **env = environment(o->env);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int rc = ENOMEM;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	if (!set_attributes(&attributes, !o->terminal) && !set_descriptors(&files, o, theirs))
		rc = posix_spawnp(pid, o->argv[0], &files, &attributes, (char *const *)o->argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	free(env);
	return rc;
}

static enum pl_err_code code_of(int rc)
{
	if (rc == E2BIG)
		return PL_E_LIMIT;
	return rc == EAGAIN || rc == ENOMEM || rc == EMFILE || rc == ENFILE ? PL_E_INTERNAL : PL_E_INPUT;
}

const char *const *pl_process_words(struct pl_arena *a, const char *text)
{
	const char **argv = pl_arena_alloc(a, (strlen(text) / 2 + 2) * sizeof *argv);
	char *to = pl_arena_alloc(a, strlen(text) + 1);
	size_t n = 0;

	for (const char *p = text + strspn(text, " \t"); *p; p += strspn(p, " \t")) {
		char quote = 0;

		argv[n++] = to;
		for (; *p && (quote || !strchr(" \t", *p)); p++) {
			if (quote ? *p == quote : (*p == '"' || *p == '\''))
				quote = quote ? 0 : *p;
			else if (*p == '\\' && quote != '\'' && p[1])
				*to++ = *++p;
			else
				*to++ = *p;
		}
		*to++ = '\0';
	}
	return argv;
}

int pl_process_start(const struct pl_process_options *o, struct pl_process *out, struct pl_err *err)
{
	struct pl_process p = PL_PROCESS_INIT;
	struct ends theirs = { { -1, -1, -1 } };
	int rc = make_ends(o, &theirs, &p) ? errno : spawn(o, &theirs, &p.pid);

	for (int i = 0; i < 3; i++)
		close_fd(&theirs.fd[i]);
	if (rc) {
		p.pid = 0;
		pl_process_stop(&p);
		return pl_err_set(err, code_of(rc), "'%s' cannot be run: %s", o->argv[0], strerror(rc));
	}
	p.grouped = !o->terminal;
	*out = p;
	return 0;
}

/* Has it ended?  It stays a zombie, so its number is still its own. */
static bool has_ended(const struct pl_process *p)
{
	siginfo_t ended = { 0 };

	return waitid(P_PID, (id_t)p->pid, &ended, WEXITED | WNOHANG | WNOWAIT) || ended.si_pid == p->pid;
}

static void send_signal(const struct pl_process *p, int number)
{
	kill(p->grouped ? -p->pid : p->pid, number);
}

/* Its status; 0 where we were started with children that nobody can wait for (SIGCHLD ignored). */
static int reap(struct pl_process *p)
{
	int status = 0, rc;

	do
		rc = waitpid(p->pid, &status, 0);
	while (rc < 0 && errno == EINTR);
	p->pid = 0;
	if (rc < 0)
		return 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void close_all(struct pl_process *p)
{
	close_fd(&p->in);
	close_fd(&p->out);
	close_fd(&p->said);
}

void pl_process_stop(struct pl_process *p)
{
	close_all(p);
	if (p->pid <= 0)
		return;
	send_signal(p, SIGTERM);
	for (int ms = 0, tick = 1; ms < STOP_MS && !has_ended(p); ms += tick, tick = tick < 20 ? tick * 2 : 20)
		(void)poll(NULL, 0, tick);
	send_signal(p, SIGKILL); /* also what it started, as long as it is not reaped */
	reap(p);
}

void pl_process_end_release(struct pl_process_end *e)
{
	explicit_bzero(e->out.data, e->out.len);
	explicit_bzero(e->said.data, e->said.len);
	pl_buf_release(&e->out);
	pl_buf_release(&e->said);
}

struct run {
	const struct pl_process_options *o;
	const struct pl_wait *w;
	struct pl_process p;
	struct pl_slice input; /* what is left of it */
	struct pl_process_end end;
};

/* A buffer that grows leaves no copy behind. */
static void keep(struct pl_buf *b, const char *bytes, size_t n)
{
	if (b->len + n + 1 > b->cap) {
		struct pl_buf grown = PL_BUF_INIT;

		pl_buf_reserve(&grown, (b->len + n) * 2);
		pl_buf_add(&grown, b->data, b->len);
		explicit_bzero(b->data, b->len);
		pl_buf_release(b);
		*b = grown;
	}
	pl_buf_add(b, bytes, n);
}

/* What a read has brought: output has a limit, of what is said the beginning is kept. */
static int take(struct run *r, bool out, const char *bytes, size_t n, struct pl_err *err)
{
	struct pl_buf *b = out ? &r->end.out : &r->end.said;
	size_t max = out ? r->o->max_out : r->o->max_said, room = max - b->len;

	if (!out && r->o->heard)
		r->o->heard(r->o->heard_ctx, (struct pl_slice){ bytes, n });
	if (out && n > room)
		return pl_err_set(err, PL_E_LIMIT, "'%s' printed more than %zu bytes", r->o->argv[0], max);
	if (n && room)
		keep(b, bytes, n < room ? n : room);
	return 0;
}

/* Reads what is there (of one who never stops, no more than a full pipe), and closes at the end. */
static int drain(struct run *r, bool out, struct pl_err *err)
{
	int *fd = out ? &r->p.out : &r->p.said, rc = 0;
	char bytes[16384];
	ssize_t n = 1;

	if (*fd < 0)
		return 0;
	for (int i = 0; i < READS && n > 0 && !rc; i++) {
		n = read(*fd, bytes, sizeof bytes);
		if (n > 0)
			rc = take(r, out, bytes, (size_t)n, err);
	}
	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(fd);
	explicit_bzero(bytes, sizeof bytes);
	return rc;
}

static void feed(struct run *r)
{
	ssize_t n = r->input.n ? write(r->p.in, r->input.p, r->input.n) : 0;

	if (n > 0) {
		r->input.p += n;
		r->input.n -= (size_t)n;
	}
	if (!r->input.n || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(&r->p.in);
}

/* Waits for something to do, `tick` milliseconds at most. */
static int wait_some(struct run *r, int tick, struct pl_err *err)
{
	struct pollfd fds[4] = {
		{ .fd = r->p.out, .events = POLLIN }, { .fd = r->p.said, .events = POLLIN },
		{ .fd = r->p.in, .events = POLLOUT }, { .fd = r->w->stop_fd, .events = POLLIN },
	};
	int64_t left = pl_wait_left(r->w);

	if (poll(fds, 4, left < tick ? (int)left : tick) < 0 && errno != EINTR && errno != EAGAIN)
		return pl_err_set(err, PL_E_INTERNAL, "poll: %s", strerror(errno));
	if (fds[3].revents)
		return pl_err_set(err, PL_E_STOPPED, "interrupted");
	if (!pl_wait_left(r->w))
		return pl_err_set(err, PL_E_TIMEOUT, "'%s' did not end in time", r->o->argv[0]);
	if (fds[2].revents)
		feed(r);
	return 0;
}

/* Until it has ended and what it printed is read; who holds the pipes after it is not waited for. */
static int pump(struct run *r, struct pl_err *err)
{
	bool ended = false;

	for (int tick = 1; !ended;) {
		bool quiet = r->p.out < 0 && r->p.said < 0;

		ended = has_ended(&r->p);
		if (!ended && wait_some(r, quiet ? tick : TICK_MS, err))
			return -1;
		if (drain(r, true, err) || drain(r, false, err))
			return -1;
		tick = quiet && tick < TICK_MS ? tick * 2 : tick;
	}
	return 0;
}

int pl_process_run(const struct pl_process_options *o, const struct pl_wait *w, struct pl_process_end *end,
		   struct pl_err *err)
{
	struct run r = { .o = o, .w = w, .input = o->input, .end = PL_PROCESS_END_INIT };

	if (pl_process_start(o, &r.p, err))
		return -1;
	if (pump(&r, err)) {
		pl_process_stop(&r.p);
		pl_process_end_release(&r.end);
		return -1;
	}
	close_all(&r.p);
	r.end.status = reap(&r.p);
	*end = r.end;
	return 0;
}
