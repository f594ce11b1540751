/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks endpoints as the program does, and prints what came of it as one JSON object: the facts and the
 * problem of each, the verdicts of gitpod/production, and every line of the trace.
 *
 * usage: endpoint_ask ARCHITECTURE MILLISECONDS SOURCE...
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/pool.h"
#include "endpoint/endpoint.h"
#include "eval/eval.h"
#include "json/write.h"

#define WORKERS 8

struct run {
	struct pl_endpoint_options opt;
	struct pl_endpoint_job **jobs;
	int64_t *ms;
};

static void trace(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

static void ask(void *ctx, size_t i)
{
	struct run *run = ctx;
	int64_t start = pl_clock_ms();

	if (run->jobs[i])
		pl_endpoint_ask(run->jobs[i], &run->opt);
	run->ms[i] = pl_clock_ms() - start;
}

static void write_facts(struct pl_json_out *w, struct pl_model *m, const struct pl_object *o)
{
	pl_json_member(w, "kind", pl_kind_name(o->kind));
	pl_json_member(w, "name", o->name);
	pl_json_member_open(w, "facts", '{');
	for (const struct pl_fact *f = o->facts; f; f = f->next) {
		pl_json_member_open(w, pl_attrs[f->attr].name, '{');
		pl_json_member(w, "value", f->known ? pl_value_text(&m->arena, &f->value) : NULL);
		pl_json_member_opt(w, "note", f->note);
		pl_json_member_opt(w, "waits_for", f->waits_for);
		pl_json_close(w, '}');
	}
	pl_json_close(w, '}');
}

static void write_job(struct pl_json_out *w, struct pl_model *m, struct run *run, size_t i, const char *word,
		      struct pl_err *err)
{
	struct pl_object *o;

	pl_json_open(w, '{');
	pl_json_member(w, "source", word);
	pl_json_member_int(w, "ms", run->ms[i]);
	if (run->jobs[i] && !pl_endpoint_facts(run->jobs[i], m, err))
		err->code = PL_E_NONE;
	if (run->jobs[i]) {
		o = m->objects[m->object_count - 1];
		write_facts(w, m, o);
	}
	if (err->code != PL_E_NONE) {
		pl_json_member(w, "problem", pl_err_word(err->code));
		pl_json_member(w, "message", err->text);
	}
	pl_json_close(w, '}');
}

static void write_verdicts(struct pl_json_out *w, const struct pl_report *r)
{
	pl_json_member_open(w, "verdicts", '{');
	for (size_t i = 0; i < r->count; i++) {
		const struct pl_result *x = &r->results[i];

		if (x->by[PL_ENDPOINT_NET].asked)
			pl_json_member(w, x->requirement->id, pl_verdict_name(x->verdict));
	}
	pl_json_close(w, '}');
	pl_json_member_open(w, "reasons", '{');
	for (size_t i = 0; i < r->count; i++)
		if (r->results[i].by[PL_ENDPOINT_NET].asked)
			pl_json_member(w, r->results[i].requirement->id, r->results[i].by[PL_ENDPOINT_NET].reason);
	pl_json_close(w, '}');
}

static struct pl_arch *load(const char *path)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf text = PL_BUF_INIT;
	FILE *f = fopen(path, "r");
	char chunk[4096];
	size_t n;

	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		pl_buf_add(&text, chunk, n);
	if (f)
		fclose(f);
	return pl_arch_load(&(struct pl_arch_text){ path, text.data, text.len }, NULL, "production", NULL, 0, &err);
}

static int64_t descriptors(void)
{
	int64_t open = 0;

	for (int fd = 0; fd < 256; fd++)
		open += fcntl(fd, F_GETFD) != -1;
	return open;
}

/* How many more than before; a name that is still being looked up has some of them for a while. */
static int64_t left_open(int64_t before)
{
	struct pl_wait w = pl_wait_for(5000, -1);
	struct pl_err ignored = PL_ERR_INIT;

	while (descriptors() > before && pl_wait_left(&w) && !pl_wait_pause(10, &w, &ignored))
		;
	return descriptors() - before;
}

int main(int argc, char **argv)
{
	size_t count = argc > 3 ? (size_t)argc - 3 : 0;
	int64_t before;
	pl_auto_model struct pl_model *m = pl_model_new();
	struct run run = { .opt = { .trace = trace } };
	struct pl_err *errs = pl_alloc((count + 1) * sizeof *errs);
	pl_auto_buf out = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&out);
	pl_auto_arch struct pl_arch *arch = count ? load(argv[1]) : NULL;
	struct pl_report *report;

	if (!arch) {
		fprintf(stderr, "usage: endpoint_ask ARCHITECTURE MILLISECONDS SOURCE...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	before = descriptors();
	run.jobs = pl_alloc(count * sizeof *run.jobs);
	run.ms = pl_alloc(count * sizeof *run.ms);
	for (size_t i = 0; i < count; i++)
		run.jobs[i] = pl_endpoint_new(argv[i + 3], &errs[i]);
	run.opt.wait = pl_wait_for(strtoll(argv[2], NULL, 10), -1);
	pl_pool_run(count, WORKERS, ask, &run);
	pl_json_open(&w, '{');
	pl_json_member_open(&w, "endpoints", '[');
	for (size_t i = 0; i < count; i++) {
		write_job(&w, m, &run, i, argv[i + 3], &errs[i]);
		pl_endpoint_free(run.jobs[i]);
	}
	pl_json_close(&w, ']');
	pl_model_join(m);
	report = pl_evaluate(m, arch, 0, 0, 0);
	write_verdicts(&w, report);
	pl_json_member_int(&w, "left_open", left_open(before));
	pl_json_close(&w, '}');
	printf("%s\n", out.data);
	pl_report_free(report);
	free(errs);
	free(run.jobs);
	free(run.ms);
	return 0;
}
