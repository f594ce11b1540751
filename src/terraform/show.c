/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binary plan is a zip whose inside is Terraform's own business: `terraform show -json` reads it.
 * The JSON comes through a pipe and never touches the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/str.h"
#include "terraform/input_internal.h"

extern char **environ;

static bool is_plan_zip(const struct pl_buf *b)
{
	static const char word[] = "tfplan";

	for (size_t i = 30; i + sizeof word - 1 <= b->len; i++)
		if (b->data[i] == 't' && !memcmp(b->data + i, word, sizeof word - 1))
			return true;
	return false;
}

struct child {
	pid_t pid;
	int out, err; /* the ends we read */
};

/* SIGPIPE as programs expect it: we ignore it. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t defaults;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	return posix_spawnattr_init(attributes) || posix_spawnattr_setsigdefault(attributes, &defaults) ||
	       posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

static int spawn(const char *program, const char *path, const int ends[2], pid_t *pid)
{
	const char *argv[] = { program, "show", "-json", "-no-color", path, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	rc = set_attributes(&attributes) ? ENOMEM :
	     posix_spawnp(pid, program, &actions, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int start(const char *program, const char *path, struct child *c)
{
	int out[2], errs[2], rc;

	if (pipe(out))
		return errno;
	if (pipe(errs)) {
		rc = errno;
		close(out[0]);
		close(out[1]);
		return rc;
	}
	for (int i = 0; i < 2; i++) {
		(void)fcntl(out[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(errs[i], F_SETFD, FD_CLOEXEC);
	}
	rc = spawn(program, path, (const int[2]){ out[1], errs[1] }, &c->pid);
	close(out[1]);
	close(errs[1]);
	if (rc) {
		close(out[0]);
		close(errs[0]);
		return rc;
	}
	c->out = out[0];
	c->err = errs[0];
	return 0;
}

/* Milliseconds of a clock that only goes forward. */
static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One read from fd into b (b NULL: thrown away); false at the end. */
static bool drain(int fd, struct pl_buf *b, size_t max)
{
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n > 0 && b->len < max)
		pl_buf_add(b, chunk, (size_t)n);
	return n > 0;
}

/* Terraform ends its plugins when it is asked to end; it has a second for that. */
static void stop(pid_t pid)
{
	siginfo_t ended = { 0 };

	kill(pid, SIGTERM);
	for (int i = 0; i < 50; i++) {
		if (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) || ended.si_pid == pid)
			return;
		(void)poll(NULL, 0, 20);
	}
	kill(pid, SIGKILL);
}

/* Reads both pipes to their ends and waits; false when that took too long: then nothing of it remains. */
static bool collect(struct child *c, int64_t timeout, struct pl_buf *out, struct pl_buf *said, int *status)
{
	struct pollfd fds[2] = { { .fd = c->out, .events = POLLIN }, { .fd = c->err, .events = POLLIN } };
	int64_t end = now() + timeout;
	bool late = false;

	while (!late && (fds[0].fd >= 0 || fds[1].fd >= 0)) {
		int64_t left = end - now();
		int ready = poll(fds, 2, left < 0 ? 0 : (int)left);

		late = !ready;
		if (ready < 0 && errno != EINTR)
			break;
		if (ready <= 0)
			continue;
		if (fds[0].revents && !drain(c->out, out, PL_LIMIT_SOURCE_BYTES))
			fds[0].fd = -1;
		if (fds[1].revents && !drain(c->err, said, PL_LIMIT_SAID_BYTES))
			fds[1].fd = -1;
	}
	close(c->out);
	close(c->err);
	if (late)
		stop(c->pid);
	while (waitpid(c->pid, status, 0) < 0 && errno == EINTR)
		;
	return !late;
}

/* The line with the error, else the first that says something; without box-drawing. */
static const char *first_line(struct pl_buf *said)
{
	char *p = strstr(said->data, "Error: "), *end;

	p = p ? p + strlen("Error: ") : said->data;
	while (*p && (strchr(" \n\r\t", *p) || (unsigned char)*p >= 0x80))
		p++;
	end = strpbrk(p, "\r\n");
	if (end)
		*end = '\0';
	return *p ? p : "it said nothing";
}

static int no_program(const char *name, const char *program, int rc, struct pl_err *err)
{
	return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan and '%s' cannot be run to show it (%s); name the "
			  "program with --terraform, or give the output of `terraform show -json %s`", name, program,
			  strerror(rc), name);
}

/* What the child prints, in *out. */
static int show(struct child *c, const char *name, const char *program, int64_t timeout, struct pl_buf *out,
		struct pl_err *err)
{
	pl_auto_buf said = PL_BUF_INIT;
	int status = 0;

	if (!collect(c, timeout, out, &said, &status))
		return pl_err_set(err, PL_E_TIMEOUT, "'%s' is a binary plan that `%s show -json` did not show within "
				  "%g seconds; allow more with --timeout, or give its output", name, program,
				  (double)timeout / 1000);
	if (WIFEXITED(status) && !WEXITSTATUS(status) && out->len)
		return 0;
	return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan that `%s show -json` could not show: %.300s; run "
			  "plumbline in the configuration's directory after `terraform init`, with the Terraform "
			  "version that made the plan", name, program, first_line(&said));
}

int pl_tf_show_binary_plan(const char *path, const char *name, const struct pl_tf_options *opt,
			   struct pl_buf *b, struct pl_err *err)
{
	const char *const programs[] = { opt->terraform_cmd ? opt->terraform_cmd : "terraform",
					 opt->terraform_cmd ? NULL : "tofu", NULL };
	pl_auto_buf out = PL_BUF_INIT, argument = PL_BUF_INIT;
	struct child c = { 0 };
	int rc = ENOENT;
	size_t i;

	if (!is_plan_zip(b))
		return pl_err_set(err, PL_E_INPUT, "'%s' is a zip file that is no Terraform plan; give the output of "
				  "`terraform show -json tfplan`", name);
	if (!path)
		return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan, which Terraform can only show from a file; "
				  "give the file's path, or pipe `terraform show -json tfplan` instead", name);
	pl_buf_addf(&argument, "%s%s", *path == '-' ? "./" : "", path);
	for (i = 0; programs[i] && rc == ENOENT; i++)
		rc = start(programs[i], argument.data, &c);
	if (rc)
		return no_program(name, programs[0], rc, err);
	if (show(&c, name, programs[i - 1], opt->timeout ? opt->timeout : PL_LIMIT_SHOW_MILLISECONDS, &out, err))
		return -1;
	pl_buf_release(b);
	*b = out;
	out = (struct pl_buf)PL_BUF_INIT;
	return 0;
}
