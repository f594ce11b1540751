/* SPDX-License-Identifier: Apache-2.0 */
/* ProxyCommand: see child.h. */
#define _GNU_SOURCE /* pipe2, POSIX_SPAWN_SETSID */
#include "ssh/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"

/* How long a program may take to end after its hang-up, in steps. */
#define END_STEP_MS 5
#define END_STEPS 60

extern char **environ;

/* Signals as programs expect them, and no terminal. */
static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	return posix_spawnattr_init(a) || posix_spawnattr_setsigmask(a, &none) ||
	       posix_spawnattr_setsigdefault(a, &defaults) ||
	       posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
}

static int spawn(pid_t *pid, const char *command, int in_out, int said)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in_out, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, in_out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
	rc = set_attributes(&attributes) ? ENOMEM :
	     posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* Neither end of `said` blocks: a talkative program loses words, not the connection. */
static int start(struct pl_ssh_child *c, const char *command, const int ends[2])
{
	int said[2], rc;

	if (pipe2(said, O_CLOEXEC | O_NONBLOCK))
		return errno;
	rc = spawn(&c->pid, command, ends[1], said[1]);
	close(said[1]);
	if (rc) {
		c->pid = 0;
		close(said[0]);
		return rc;
	}
	c->said = said[0];
	return 0;
}

int pl_ssh_child_start(struct pl_ssh_child *c, const char *command, int *fd, struct pl_err *err)
{
	pl_auto_buf line = PL_BUF_INIT;
	int ends[2], rc;

	pl_buf_addf(&line, "exec %s", command);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return pl_err_set(err, PL_E_INTERNAL, "socketpair: %s", strerror(errno));
	rc = start(c, line.data, ends);
	close(ends[1]);
	if (rc) {
		close(ends[0]);
		return pl_err_set(err, PL_E_UNREACHABLE, "ProxyCommand cannot be started: %s", strerror(rc));
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*fd = ends[0];
	return 0;
}

/* Cuts the last line that says something out of text; it may be empty. */
static const char *last_line(char *text)
{
	char *end = text + strlen(text), *line;

	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

void pl_ssh_child_said(struct pl_ssh_child *c, char *out, size_t size)
{
	char chunk[4096];
	pl_auto_buf said = PL_BUF_INIT;
	ssize_t n = 0;

	while (c->pid && said.len < PL_LIMIT_SAID_BYTES && (n = read(c->said, chunk, sizeof chunk)) > 0)
		pl_buf_add(&said, chunk, (size_t)n);
	snprintf(out, size, "%s", last_line(said.data));
}

/* Left unreaped, so that its number stays its own. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid == pid;
}

void pl_ssh_child_end(struct pl_ssh_child *c)
{
	if (!c->pid)
		return;
	/* its session's number is its own: everything it started hears of the end */
	kill(-c->pid, SIGHUP);
	for (int i = 0; i < END_STEPS && !has_ended(c->pid); i++)
		(void)poll(NULL, 0, END_STEP_MS);
	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(c->said);
	c->pid = 0;
}
