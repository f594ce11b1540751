/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are run: what they get, what comes back, and that nothing of them is left. */
#include "net/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MINUTE 60000

/* What `sh -c script` comes to. */
static int shell(const char *script, struct pl_process_options *o, const struct pl_wait *w,
		 struct pl_process_end *end, struct pl_err *err)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct pl_wait minute = pl_wait_for(MINUTE, -1);

	o->argv = argv;
	return pl_process_run(o, w ? w : &minute, end, err);
}

static void nothing_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void gives_back_what_it_printed(void **state)
{
	static const struct {
		const char *script, *input, *out, *said;
		int status;
	} rows[] = {
		{ ":", "", "", "", 0 },
		{ "printf a; printf b >&2; exit 3", "", "a", "b", 3 },
		{ "kill -9 $$", "", "", "", 137 },
		{ "cat", "text", "text", "", 0 },
		{ "cat", "", "", "", 0 },
		{ "exec <&-; printf done", "unread", "done", "", 0 },
		{ "printf '%s %s' \"$A\" \"$B\"", "", "1 two=2", "", 0 },
		{ "printf 123456789012 >&2", "", "", "12345678", 0 },
		{ "exec >&- 2>&-; exit 4", "", "", "", 4 },
	};
	static const char *const env[] = { "A=0", "B=two=2", "A=1", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_process_options o = { .env = env, .max_out = 16, .max_said = 8 };
		pl_auto_process_end end = PL_PROCESS_END_INIT;
		struct pl_err err = PL_ERR_INIT;

		o.input = pl_slice(rows[i].input);
		assert_int_equal(shell(rows[i].script, &o, NULL, &end, &err), 0);
		assert_string_equal(end.out.data, rows[i].out);
		assert_string_equal(end.said.data, rows[i].said);
		assert_int_equal(end.status, rows[i].status);
		nothing_is_left();
	}
}

static void carries_more_than_a_pipe_holds(void **state)
{
	size_t n = 3 << 20;
	pl_auto_free char *input = pl_alloc(n);
	struct pl_process_options o = { .input = { input, n }, .max_out = n, .max_said = 4 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < n; i++)
		input[i] = (char)('a' + i % 23);
	assert_int_equal(shell("tee /dev/stderr", &o, NULL, &end, &err), 0);
	assert_int_equal(end.out.len, n);
	assert_memory_equal(end.out.data, input, n);
	assert_memory_equal(end.said.data, input, 4);
	assert_int_equal(end.said.len, 4);
}

static void says_what_goes_wrong(void **state)
{
	static const struct {
		const char *script;
		int64_t ms;
		enum pl_err_code code;
		const char *text;
	} rows[] = {
		{ "printf 12345", MINUTE, PL_E_LIMIT, "'sh' printed more than 4 bytes" },
		{ "yes", MINUTE, PL_E_LIMIT, "'sh' printed more than 4 bytes" },
		{ "sleep 1000", 50, PL_E_TIMEOUT, "'sh' did not end in time" },
		{ "sleep 1000 | sleep 1000", 50, PL_E_TIMEOUT, "'sh' did not end in time" },
		{ "yes >&2", 50, PL_E_TIMEOUT, "'sh' did not end in time" },
		{ "exec >&- 2>&-; exec sleep 1000", 50, PL_E_TIMEOUT, "'sh' did not end in time" },
		{ "trap '' TERM; while :; do sleep 1000; done", 50, PL_E_TIMEOUT, "'sh' did not end in time" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pl_process_options o = { .max_out = 4, .max_said = 4 };
		struct pl_process_end end = PL_PROCESS_END_INIT;
		struct pl_err err = PL_ERR_INIT;
		struct pl_wait w = pl_wait_for(rows[i].ms, -1);
		int64_t start = pl_clock_ms();

		assert_int_equal(shell(rows[i].script, &o, &w, &end, &err), -1);
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(err.code, rows[i].code);
		assert_int_equal(end.out.len + end.said.len, 0);
		assert_true(pl_clock_ms() - start < 20000);
		nothing_is_left();
	}
}

static void names_the_program_that_cannot_be_run(void **state)
{
	static const struct {
		const char *program, *text;
	} rows[] = {
		{ "pl-no-such-program", "'pl-no-such-program' cannot be run: No such file or directory" },
		{ "./pl-no-such-program", "'./pl-no-such-program' cannot be run: No such file or directory" },
		{ "/", "'/' cannot be run: Permission denied" },
		{ "", "'' cannot be run: No such file or directory" },
	};
	struct pl_wait w = pl_wait_for(MINUTE, -1);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *argv[] = { rows[i].program, "--password=canary", NULL };
		struct pl_process_options o = { .argv = argv };
		struct pl_process_end end = PL_PROCESS_END_INIT;
		struct pl_err err = PL_ERR_INIT;

		assert_int_equal(pl_process_run(&o, &w, &end, &err), -1);
		assert_int_equal(err.code, PL_E_INPUT);
		assert_string_equal(err.text, rows[i].text);
	}
	nothing_is_left();
}

static void too_long_a_list_is_a_limit(void **state)
{
	pl_auto_buf word = PL_BUF_INIT;
	const char *argv[] = { "true", NULL, NULL };
	struct pl_process_options o = { .argv = argv };
	struct pl_process p = PL_PROCESS_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_buf_pad(&word, 'x', 1 << 20);
	argv[1] = word.data;
	assert_int_equal(pl_process_start(&o, &p, &err), -1);
	assert_string_equal(err.text, "'true' cannot be run: Argument list too long");
	assert_int_equal(err.code, PL_E_LIMIT);
	assert_int_equal(p.pid, 0);
}

static void an_interruption_ends_it(void **state)
{
	struct pl_process_options o = { 0 };
	struct pl_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;
	struct pl_wait w;
	int stop[2];

	(void)state;
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(write(stop[1], "x", 1), 1);
	w = pl_wait_for(MINUTE, stop[0]);
	assert_int_equal(shell("sleep 1000", &o, &w, &end, &err), -1);
	assert_int_equal(err.code, PL_E_STOPPED);
	assert_true(pl_wait_left(&w) > MINUTE / 2);
	nothing_is_left();
	close(stop[0]);
	close(stop[1]);
}

static bool alive(pid_t pid)
{
	char path[64], line[256] = "";
	const char *kind;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof line, f))
		line[0] = '\0';
	fclose(f);
	kind = strrchr(line, ')');
	return kind && kind[2] != 'Z' && kind[2] != 'X';
}

/* Also what the program has started, and what does not listen to SIGTERM. */
static void stopping_ends_the_whole_group(void **state)
{
	const char *argv[] = { "sh", "-c", "sh -c 'trap \"\" TERM; echo $$; sleep 1000; :' & wait", NULL };
	struct pl_process_options o = { .argv = argv };
	struct pl_process p = PL_PROCESS_INIT;
	struct pl_err err = PL_ERR_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	char line[32] = "";
	pid_t grandchild;

	(void)state;
	assert_int_equal(pl_process_start(&o, &p, &err), 0);
	assert_int_equal(pl_wait_fd(p.out, POLLIN, &w, &err), 0);
	assert_true(read(p.out, line, sizeof line - 1) > 1);
	grandchild = (pid_t)strtol(line, NULL, 10);
	assert_true(alive(grandchild));
	pl_process_stop(&p);
	assert_int_equal(p.pid, 0);
	assert_int_equal(p.in & p.out & p.said, -1);
	while (alive(grandchild) && pl_wait_left(&w))
		(void)poll(NULL, 0, 1);
	assert_false(alive(grandchild));
	pl_process_stop(&p);
	nothing_is_left();
}

/* What a program leaves running keeps its pipes open and is not waited for: it may be an agent. */
static void what_it_leaves_is_not_waited_for(void **state)
{
	struct pl_process_options o = { .max_out = 16 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;
	pid_t left;

	(void)state;
	assert_int_equal(shell("sleep 1000 & echo $!; exit 5", &o, NULL, &end, &err), 0);
	assert_int_equal(end.status, 5);
	left = (pid_t)strtol(end.out.data, NULL, 10);
	assert_true(left > 1 && alive(left));
	kill(left, SIGKILL);
	nothing_is_left();
}

/* As ProxyCommand is used: what is written comes back through the same socket. */
static void talks_through_one_socket(void **state)
{
	const char *argv[] = { "cat", NULL };
	struct pl_process_options o = { .argv = argv, .socket = true };
	struct pl_process p = PL_PROCESS_INIT;
	struct pl_err err = PL_ERR_INIT;
	struct pl_wait w = pl_wait_for(MINUTE, -1);
	char back[8] = "";

	(void)state;
	assert_int_equal(pl_process_start(&o, &p, &err), 0);
	assert_int_equal(p.in, -1);
	assert_int_equal(write(p.out, "hello", 5), 5);
	assert_int_equal(pl_wait_fd(p.out, POLLIN, &w, &err), 0);
	assert_int_equal(read(p.out, back, sizeof back), 5);
	assert_string_equal(back, "hello");
	pl_process_stop(&p);
	nothing_is_left();
}

/* Descriptors without close-on-exec, a blocked signal, an ignored SIGPIPE: none of it is inherited. */
static void inherits_nothing(void **state)
{
	static const char script[] =
		"for f in /proc/self/fd/*; do [ -e \"$f\" ] && printf '%s ' \"${f##*/}\"; done;"
		"grep '^SigBlk' /proc/$$/status | cut -f2; kill -s PIPE $$";
	struct pl_process_options o = { .max_out = 256, .max_said = 256 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;
	int open_one = open("/proc/self/status", O_RDONLY);
	sigset_t block, before;

	(void)state;
	assert_true(open_one > 2 && dup2(open_one, 100) == 100);
	sigfillset(&block);
	pthread_sigmask(SIG_BLOCK, &block, &before);
	assert_int_equal(shell(script, &o, NULL, &end, &err), 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert_string_equal(end.out.data, "0 1 2 0000000000000000\n");
	assert_int_equal(end.status, 128 + SIGPIPE);
	close(open_one);
	close(100);
}

static void joined(void *ctx, struct pl_slice text)
{
	pl_buf_add(ctx, text.p, text.n);
}

static void is_heard_as_it_speaks(void **state)
{
	pl_auto_buf heard = PL_BUF_INIT;
	struct pl_process_options o = { .max_out = 8, .max_said = 2, .heard = joined, .heard_ctx = &heard };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(shell("printf 'code: 1234' >&2", &o, NULL, &end, &err), 0);
	assert_string_equal(heard.data, "code: 1234");
	assert_string_equal(end.said.data, "co");
}

/* Without a terminal to open, nobody waits for an answer that cannot come. */
static void leads_its_session(void **state)
{
	struct pl_process_options o = { .max_out = 64 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	assert_int_equal(shell("read -r p n s pp g id x </proc/$$/stat; test $p = $g && test $p = $id; echo $?", &o, NULL, &end,
			       &err), 0);
	assert_string_equal(end.out.data, "0\n");
}

static void shares_our_terminal(void **state)
{
	struct pl_process_options o = { .terminal = true, .input = pl_slice("not used"), .max_out = 64 };
	pl_auto_process_end end = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf group = PL_BUF_INIT;
	int saved = dup(0), ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "typed\n", 6), 6);
	dup2(ends[0], 0);
	assert_int_equal(shell("read -r a; printf '%s ' \"$a\"; cut -d' ' -f5 /proc/$$/stat", &o, NULL, &end, &err), 0);
	dup2(saved, 0);
	pl_buf_addf(&group, "typed %d\n", (int)getpgrp());
	assert_string_equal(end.out.data, group.data);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

/* Started by one who ignores SIGCHLD, nobody learns how a child ended; and with 0, 1 and 2 closed. */
static void survives_odd_surroundings(void **state)
{
	struct pl_process_options o = { .input = pl_slice("in"), .max_out = 8, .max_said = 8 };
	pl_auto_process_end first = PL_PROCESS_END_INIT, second = PL_PROCESS_END_INIT;
	struct pl_err err = PL_ERR_INIT;
	int saved[3], rc;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(shell("cat; exit 9", &o, NULL, &first, &err), 0);
	signal(SIGCHLD, SIG_DFL);
	assert_string_equal(first.out.data, "in");
	assert_int_equal(first.status, 0);
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 50);
		close(i);
	}
	rc = shell("cat; printf e >&2", &o, NULL, &second, &err);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	assert_int_equal(rc, 0);
	assert_string_equal(second.out.data, "in");
	assert_string_equal(second.said.data, "e");
	nothing_is_left();
}

static size_t descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void *many(void *failures)
{
	static const char *const scripts[] = { "cat", "exit 1", "printf 123456789", "yes" };

	for (size_t i = 0; i < 250; i++) {
		struct pl_process_options o = { .input = pl_slice("in"), .max_out = 8, .max_said = 8 };
		pl_auto_process_end end = PL_PROCESS_END_INIT;
		struct pl_err err = PL_ERR_INIT;

		*(size_t *)failures += shell(scripts[i % COUNT(scripts)], &o, NULL, &end, &err) != 0;
	}
	return NULL;
}

static void leaves_nothing_after_a_thousand_runs(void **state)
{
	size_t before = descriptors(), failures[4] = { 0 };
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many, &failures[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(failures[i], 124); /* two of four scripts print too much */
	}
	assert_int_equal(descriptors(), before);
	nothing_is_left();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_it_printed),
		cmocka_unit_test(carries_more_than_a_pipe_holds),
		cmocka_unit_test(says_what_goes_wrong),
		cmocka_unit_test(names_the_program_that_cannot_be_run),
		cmocka_unit_test(too_long_a_list_is_a_limit),
		cmocka_unit_test(an_interruption_ends_it),
		cmocka_unit_test(stopping_ends_the_whole_group),
		cmocka_unit_test(what_it_leaves_is_not_waited_for),
		cmocka_unit_test(talks_through_one_socket),
		cmocka_unit_test(inherits_nothing),
		cmocka_unit_test(is_heard_as_it_speaks),
		cmocka_unit_test(leads_its_session),
		cmocka_unit_test(shares_our_terminal),
		cmocka_unit_test(survives_odd_surroundings),
		cmocka_unit_test(leaves_nothing_after_a_thousand_runs),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
