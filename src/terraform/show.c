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

static int start(const char *program, const char *path, struct child *c)
{
	const char *argv[] = { program, "show", "-json", "-no-color", path, NULL };
	posix_spawn_file_actions_t actions;
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
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, errs[1], STDERR_FILENO);
	rc = posix_spawnp(&c->pid, program, &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
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

/* Reads both pipes to their ends; returns the wait status. */
static int collect(struct child *c, struct pl_buf *out, struct pl_buf *said)
{
	struct pollfd fds[2] = { { .fd = c->out, .events = POLLIN }, { .fd = c->err, .events = POLLIN } };
	int status = 0;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents && !drain(c->out, out, PL_LIMIT_SOURCE_BYTES))
			fds[0].fd = -1;
		if (fds[1].revents && !drain(c->err, said, 65536))
			fds[1].fd = -1;
	}
	close(c->out);
	close(c->err);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
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

int pl_tf_show_binary_plan(const char *path, const char *name, const char *terraform_cmd, struct pl_buf *b,
		     struct pl_err *err)
{
	const char *const programs[] = { terraform_cmd ? terraform_cmd : "terraform",
					 terraform_cmd ? NULL : "tofu", NULL };
	pl_auto_buf out = PL_BUF_INIT, said = PL_BUF_INIT;
	struct child c = { 0 };
	int rc = ENOENT, status;
	size_t i;

	if (!is_plan_zip(b))
		return pl_err_set(err, PL_E_INPUT, "'%s' is a zip file that is no Terraform plan; give the output of "
				  "`terraform show -json tfplan`", name);
	if (!path)
		return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan, which Terraform can only show from a file; "
				  "give the file's path, or pipe `terraform show -json tfplan` instead", name);
	for (i = 0; programs[i] && rc == ENOENT; i++)
		rc = start(programs[i], path, &c);
	if (rc)
		return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan and '%s' cannot be run to show it (%s); name "
				  "the program with --terraform, or give the output of `terraform show -json %s`",
				  name, programs[0], strerror(rc), name);
	status = collect(&c, &out, &said);
	if (!WIFEXITED(status) || WEXITSTATUS(status) || out.len < 3)
		return pl_err_set(err, PL_E_INPUT, "'%s' is a binary plan that `%s show -json` could not show: %s; run "
				  "plumbline in the configuration's directory after `terraform init`, with the "
				  "Terraform version that made the plan", name, programs[i - 1], first_line(&said));
	pl_buf_release(b);
	*b = out;
	out = (struct pl_buf)PL_BUF_INIT;
	return 0;
}
