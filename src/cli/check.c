/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline check: sources in, verdicts out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/scalar.h"
#include "base/str.h"
#include "cli/cli.h"
#include "eval/eval.h"
#include "report/report.h"

/* Where a report goes, and as what. */
struct output {
	const struct pl_reporter *reporter;
	const char *file; /* NULL: standard output */
};

struct settings {
	struct pl_setting set[PL_LIMIT_SETTINGS];
	size_t set_count;
	struct output outputs[PL_LIMIT_REPORTS];
	size_t output_count;
	unsigned fail_on;
};

static int parse_sets(const struct pl_args *args, struct settings *s, struct pl_arena *a,
		      struct pl_err *err)
{
	const char *value;

	for (size_t i = 0; (value = pl_args_nth(args, "set", i)) != NULL; i++) {
		const char *equals = strchr(value, '=');

		if (!equals || equals == value)
			return pl_err_set(err, PL_E_USAGE, "--set %s: write PARAMETER=VALUE", value);
		if (i >= PL_LIMIT_SETTINGS)
			return pl_err_set(err, PL_E_USAGE, "--set is given more than %d times", PL_LIMIT_SETTINGS);
		s->set[s->set_count++] = (struct pl_setting){
			pl_arena_strndup(a, value, (size_t)(equals - value)), equals + 1 };
	}
	return 0;
}

static int no_such_format(const char *format, struct pl_err *err)
{
	pl_auto_buf names = PL_BUF_INIT;

	for (const struct pl_reporter *r = pl_reporters; r->name; r++)
		pl_buf_addf(&names, "%s%s", names.len ? ", " : "", r->name);
	return pl_err_set(err, PL_E_USAGE, "-o %s: there is no such format; there are: %s", format, names.data);
}

static int parse_outputs(const struct pl_args *args, struct settings *s, struct pl_arena *a,
			 struct pl_err *err)
{
	size_t to_stdout = 0;
	const char *value;

	for (size_t i = 0; (value = pl_args_nth(args, "o", i)) != NULL; i++) {
		size_t n = strcspn(value, "=");
		const char *name = pl_arena_strndup(a, value, n);
		struct output out = { pl_reporter_find(name), value[n] ? value + n + 1 : NULL };

		if (!out.reporter)
			return no_such_format(name, err);
		if (i >= PL_LIMIT_REPORTS)
			return pl_err_set(err, PL_E_USAGE, "-o is given more than %d times", PL_LIMIT_REPORTS);
		if (out.file && !*out.file)
			return pl_err_set(err, PL_E_USAGE, "-o %s: the file's name is missing behind '='", value);
		if (!out.file && to_stdout++)
			return pl_err_set(err, PL_E_USAGE, "-o %s: only one format can go to standard output; write the "
					  "others to files, as -o json=FILE", value);
		s->outputs[s->output_count++] = out;
	}
	if (!s->output_count)
		s->outputs[s->output_count++] = (struct output){ pl_reporter_find("text"), NULL };
	return 0;
}

static int parse_fail_on(const struct pl_args *args, struct settings *s, struct pl_err *err)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = { { "warning", PL_FAIL_ON_WARNING }, { "unknown", PL_FAIL_ON_UNKNOWN },
		      { "never", PL_FAIL_ON_NEVER } };
	const char *value;

	for (size_t i = 0; (value = pl_args_nth(args, "fail-on", i)) != NULL; i++) {
		unsigned bit = 0;

		for (size_t k = 0; k < 3; k++)
			if (!strcmp(value, names[k].name))
				bit = names[k].bit;
		if (!bit)
			return pl_err_set(err, PL_E_USAGE, "--fail-on takes warning, unknown or never, not '%s'", value);
		s->fail_on |= bit;
	}
	return 0;
}

static bool wants_json(const struct settings *s)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (!strcmp(s->outputs[i].reporter->name, "json"))
			return true;
	return false;
}

/* Columns of the terminal on stdout; 0 when there is none. */
static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 40)
		return 80;
	return size.ws_col;
}

static int deliver(const struct output *out, const struct pl_buf *b)
{
	return out->file ? pl_emit_file(out->file, b) : pl_emit(b);
}

static int write_reports(const struct pl_args *args, const struct settings *s,
			 const struct pl_report *report)
{
	const char *no_color = getenv("NO_COLOR");
	int failed = 0;

	for (size_t i = 0; i < s->output_count; i++) {
		struct pl_report_style style = { .verbose = pl_args_get(args, "v") != NULL,
						 .quiet = pl_args_get(args, "q") != NULL };
		pl_auto_buf b = PL_BUF_INIT;

		if (!s->outputs[i].file) {
			style.width = terminal_width();
			style.colour = style.width && !(no_color && *no_color) && !pl_args_get(args, "no-color");
		}
		s->outputs[i].reporter->write(report, &style, &b);
		failed |= deliver(&s->outputs[i], &b);
	}
	if (!failed)
		return report->exit_code;
	return report->exit_code == PL_EXIT_USAGE ? PL_EXIT_USAGE : PL_EXIT_OURS;
}

/* The line on stderr said why; machines get a result that says it too. */
static int write_refusal(const struct settings *s, const struct pl_arch *arch, const struct pl_run *run)
{
	int failed = 0;

	for (size_t i = 0; i < s->output_count; i++) {
		pl_auto_buf b = PL_BUF_INIT;

		if (strcmp(s->outputs[i].reporter->name, "json"))
			continue;
		pl_report_refused(run->model, arch, &(struct pl_refusal){ run->model->as_of, run->why.text,
				  run->forced_exit }, &b);
		failed |= deliver(&s->outputs[i], &b);
	}
	return pl_exit_worse(failed, run->forced_exit);
}

static int judge(const struct pl_args *args, const struct settings *s, const struct pl_arch *arch,
		 struct pl_err *err)
{
	struct pl_run run;
	int status;

	if (pl_run_collect(args, PL_TF_JUDGE, wants_json(s), arch, &run, err))
		return -1;
	if (run.refused) {
		status = write_refusal(s, arch, &run);
	} else {
		pl_auto_report struct pl_report *report =
			pl_evaluate(run.model, arch, run.model->as_of, s->fail_on, run.forced_exit);

		status = write_reports(args, s, report);
	}
	pl_run_release(&run);
	return status;
}

static int check(const struct pl_args *args)
{
	const char *spec = pl_args_get(args, "arch");
	struct settings s = { .output_count = 0 };
	struct pl_arena arena = { NULL };
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf file = PL_BUF_INIT;
	int status = -1;

	if (!parse_sets(args, &s, &arena, &err) && !parse_outputs(args, &s, &arena, &err) &&
	    !parse_fail_on(args, &s, &err)) {
		pl_auto_arch struct pl_arch *arch =
			pl_find_arch(spec ? spec : "gitpod", s.set, s.set_count, &file, &err);

		if (arch)
			status = judge(args, &s, arch, &err);
	}
	pl_arena_release(&arena);
	return status < 0 ? pl_complain(&err) : status;
}

static const struct pl_option *const options[] = {
	&pl_opt_arch, &pl_opt_set, &pl_opt_output, &pl_opt_fail_on, &pl_opt_as, &pl_opt_as_of,
	&pl_opt_join, &pl_opt_terraform, &pl_opt_timeout, &pl_opt_kubeconfig, &pl_opt_probe_admission, &pl_opt_with_cluster, &pl_opt_trace_http,
	&pl_opt_parallel, &pl_opt_sudo, &pl_opt_ssh_config, &pl_opt_ssh_known_hosts, &pl_opt_ssh_accept_new,
	&pl_opt_verbose, &pl_opt_quiet, &pl_opt_no_color, NULL,
};

static const char *const details[] = {
	"SOURCE is the output of `terraform show -json` (plan or state), a state file of version 4, a binary "
	"plan, a snapshot of `plumbline facts`, or - for standard input. Several sources are judged as one.",
	"Or it is a URI, which is asked: k8s://[CONTEXT] the Kubernetes API; ssh://[USER@]HOST[:PORT] a node, "
	"ssh://@FILE the hosts of an inventory, ssh://@cluster the nodes that the other sources name; mysql://, "
	"registry://, s3://, gs://, az://, scm:// the service behind it.",
	"exit status: 0 nothing failed, 3 a requirement of severity error failed, 2 usage or a source that "
	"could not be read, 1 our own failure; 4 and 5 with --fail-on.",
	NULL,
};

const struct pl_command pl_command_check = {
	.name = "check",
	.arguments = "SOURCE...",
	.summary = "judge what the sources say by a reference architecture",
	.details = details,
	.options = options,
	.run = check,
};
