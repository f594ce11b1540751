/* SPDX-License-Identifier: Apache-2.0 */
/* See judge.h.  Input and stderr are files without a name, so that tests can run beside each other. */
#define _GNU_SOURCE /* memfd_create */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "eval/eval.h"
#include "hostile/judge.h"
#include "report/report.h"

extern const struct pl_command pl_command_check;
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

static struct pl_arch *arch;
static struct pl_buf arch_text = PL_BUF_INIT;
static struct pl_buf checked_text = PL_BUF_INIT, checked_json = PL_BUF_INIT;
static int checked_status = -1;
static int input = -1, complaints = -1, real_stderr = -1;

static void fail(const char *what, const struct pl_buf *said)
{
	dprintf(real_stderr, "%s: %.*s\n", what, (int)(said->len < 2000 ? said->len : 2000), said->data);
	abort();
}

/* In memory: a million inputs would keep a disk busy for minutes. */
static int nameless_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

static void release(void)
{
	pl_arch_free(arch);
	pl_buf_release(&arch_text);
	pl_buf_release(&checked_text);
	pl_buf_release(&checked_json);
}

void judge_start(void)
{
	struct pl_err err = PL_ERR_INIT;

	input = nameless_file("input");
	complaints = nameless_file("complaints");
	real_stderr = dup(STDERR_FILENO);
	if (__sanitizer_set_report_fd) /* what it reports is no complaint of ours */
		__sanitizer_set_report_fd((void *)(intptr_t)real_stderr);
	arch = pl_find_arch("gitpod", NULL, 0, &arch_text, &err);
	if (!arch) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	atexit(release);
}

void judge_read(const char *path, struct pl_buf *out)
{
	FILE *f = fopen(path, "rb");
	char chunk[65536];
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		pl_buf_add(out, chunk, n);
	fclose(f);
}

static void write_input(const char *bytes, size_t n)
{
	if (ftruncate(input, 0) || lseek(input, 0, SEEK_SET))
		exit(1);
	for (size_t at = 0; at < n;) {
		ssize_t k = write(input, bytes + at, n - at);

		if (k < 0)
			exit(1);
		at += (size_t)k;
	}
}

static void read_complaints(struct pl_buf *out)
{
	char chunk[4096];
	ssize_t n;

	fflush(stderr);
	lseek(complaints, 0, SEEK_SET);
	while ((n = read(complaints, chunk, sizeof chunk)) > 0)
		pl_buf_add(out, chunk, (size_t)n);
	if (ftruncate(complaints, 0) || lseek(complaints, 0, SEEK_SET))
		exit(1);
}

/* A C0 or C1 control other than a newline, DEL, or a control of the direction of writing? */
static bool is_control(const unsigned char *p)
{
	if ((p[0] < 0x20 && p[0] != '\n') || p[0] == 0x7f)
		return true;
	if (p[0] == 0xc2)
		return p[1] >= 0x80 && p[1] < 0xa0;
	return p[0] == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
				(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

/* The buffer ends in a NUL that its length does not count, so looking ahead is safe. */
static void check_clean(const char *what, const struct pl_buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (is_control((const unsigned char *)b->data + i))
			fail(what, b);
}

/* Is it the text that was checked last?  Most changes of an input change no byte of what is said. */
static bool is_checked(struct pl_buf *last, const struct pl_buf *b)
{
	if (last->len == b->len && !memcmp(last->data, b->data, b->len))
		return true;
	pl_buf_release(last);
	*last = (struct pl_buf)PL_BUF_INIT;
	pl_buf_add(last, b->data, b->len);
	return false;
}

static void check_result(struct judging *j)
{
	json_error_t error;
	json_t *result;

	if (!is_checked(&checked_text, &j->text))
		check_clean("a control character in the text report", &j->text);
	if (is_checked(&checked_json, &j->json) && checked_status == j->status)
		return;
	checked_status = j->status;
	result = json_loadb(j->json.data, j->json.len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(result) ||
	    json_integer_value(json_object_get(result, "exit_code")) != j->status)
		fail("no result, or another exit status than was returned", &j->json);
	json_decref(result);
	check_clean("a control character in the result", &j->json);
}

static void check_refusal(struct judging *j)
{
	size_t lines = 0;

	for (size_t i = 0; i < j->said.len; i++)
		lines += j->said.data[i] == '\n';
	if (j->status != 2 || lines < 1 || strncmp(j->said.data, "plumbline: ", 11))
		fail("a refusal without its line", &j->said);
}

static void judge_run(const struct pl_args *args, bool reports, struct judging *out)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_report_style style = { .width = 80, .verbose = true };
	struct pl_run run;

	if (pl_run_collect(args, PL_TF_JUDGE, false, NULL, &run, &err)) {
		out->status = pl_complain(&err);
		return;
	}
	out->status = run.forced_exit;
	if (!run.refused) {
		struct pl_report *report = pl_evaluate(run.model, arch, 20000, 0, run.forced_exit);

		out->status = report->exit_code;
		if (reports) {
			pl_reporter_find("text")->write(report, &style, &out->text);
			pl_reporter_find("json")->write(report, &style, &out->json);
		}
		pl_report_free(report);
	}
	pl_run_release(&run);
}

static void judge_input(const void *bytes, size_t n, bool reports, struct judging *out)
{
	char path[64];
	char *argv[] = { path, NULL };
	struct pl_err err = PL_ERR_INIT;
	struct pl_args args;

	*out = (struct judging){ 0, PL_BUF_INIT, PL_BUF_INIT, PL_BUF_INIT };
	write_input(bytes, n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", input);
	if (pl_args_parse(&pl_command_check, 1, argv, &args, &err))
		exit(1);
	dup2(complaints, STDERR_FILENO);
	judge_run(&args, reports, out);
	read_complaints(&out->said);
	dup2(real_stderr, STDERR_FILENO);
	pl_args_release(&args);
	check_clean("a control character on stderr", &out->said);
	if (out->json.len)
		check_result(out);
	else if (reports || out->status == 2)
		check_refusal(out);
}

void judge(const void *bytes, size_t n, struct judging *out)
{
	judge_input(bytes, n, true, out);
}

void judge_silently(const void *bytes, size_t n, struct judging *out)
{
	judge_input(bytes, n, false, out);
}

void judging_release(struct judging *j)
{
	pl_buf_release(&j->said);
	pl_buf_release(&j->text);
	pl_buf_release(&j->json);
}

void judge_once(const void *bytes, size_t n)
{
	struct judging j;

	if (n >= 2 && !memcmp(bytes, "PK", 2))
		return;
	judge(bytes, n, &j);
	judging_release(&j);
}
