/* SPDX-License-Identifier: Apache-2.0 */
/* Which sources are asked over a network, in what order, and what becomes of failures: see live.h. */
#include "cli/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/scalar.h"
#include "base/str.h"
#include "cloud/cloud.h"
#include "net/wait.h"

/* Groups are asked in this order: how a cluster is reached a cloud may say, and a cluster names nodes. */
static const struct group {
	pl_live_ask *ask;
	const char *schemes[10]; /* NULL-terminated */
} groups[] = {
	{ pl_ask_clouds, { "eks", "gke", "aks", NULL } },
	{ pl_ask_clusters, { "k8s", NULL } },
	{ pl_ask_endpoints, { "mysql", "registry", "s3", "gs", "az", "scm", NULL } },
	{ pl_ask_nodes, { "ssh", NULL } },
};

static size_t scheme_len(const char *word)
{
	const char *end = strstr(word, "://");

	return end ? (size_t)(end - word) : 0;
}

static bool takes(const struct group *g, const char *word)
{
	size_t n = scheme_len(word);

	for (const char *const *s = g->schemes; *s; s++)
		if (strlen(*s) == n && !memcmp(*s, word, n))
			return true;
	return false;
}

bool pl_live_is(const char *word)
{
	return scheme_len(word) > 0;
}

static int check_scheme(const char *word, struct pl_err *err)
{
	pl_auto_buf known = PL_BUF_INIT;

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		if (takes(&groups[i], word))
			return groups[i].ask == pl_ask_clouds ? pl_cloud_check(pl_providers, word, err) : 0;
		for (const char *const *s = groups[i].schemes; *s; s++)
			pl_buf_addf(&known, "%s%s://", known.len ? " " : "", *s);
	}
	/* the word itself may hold a password of something that is not ours */
	return pl_err_set(err, PL_E_USAGE, "%.*s:// is no source; there are files and %s", (int)scheme_len(word), word,
			  known.data);
}

static int check_parallel(const struct pl_args *args, struct pl_err *err)
{
	const char *value = pl_args_get(args, "parallel");
	int64_t n;

	if (value && (!pl_parse_i64(value, &n) || n < 1 || n > PL_LIMIT_PARALLEL))
		return pl_err_set(err, PL_E_USAGE, "--parallel takes a number from 1 to %d, not '%s'",
				  PL_LIMIT_PARALLEL, value);
	return 0;
}

int pl_live_check(const struct pl_args *args, struct pl_err *err)
{
	for (size_t i = 0; i < args->word_count; i++)
		if (pl_live_is(args->words[i]) && check_scheme(args->words[i], err))
			return -1;
	return check_parallel(args, err);
}

struct pl_wait pl_live_wait(const struct pl_live *live, int64_t usual)
{
	return pl_wait_for(live->timeout ? live->timeout : usual, live->stop_fd);
}

bool pl_live_logs_in(const struct pl_live *live)
{
	for (size_t i = 0; i < live->args->word_count; i++)
		if (pl_starts(live->args->words[i], "ssh://"))
			return !pl_args_get(live->args, "ssh-known-hosts");
	return false;
}

const char *pl_live_join(const struct pl_live *live, const char *word)
{
	return pl_run_join(live->args, word);
}

/* "host:6443/me@example.com": digits up to a slash are a port, what follows no password. */
static bool is_port(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n && text[n] == '/';
}

void pl_live_show(const char *word, struct pl_buf *out)
{
	const char *user = strstr(word, "://"), *at = user ? strrchr(user, '@') : NULL, *colon;

	user = user ? user + 3 : word;
	colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
	if (colon && !is_port(colon + 1))
		pl_buf_addf(out, "%.*s...%s", (int)(colon + 1 - word), word, at);
	else
		pl_buf_adds(out, word);
}

void pl_live_failed(struct pl_live *live, const char *word, bool note, const struct pl_err *err)
{
	struct pl_err said = *err;
	pl_auto_buf shown = PL_BUF_INIT;

	pl_live_show(word, &shown);
	word = shown.data;
	if (err->code != PL_E_STOPPED) {
		if (!pl_starts(err->text, word))
			pl_err_wrap(&said, "%s", word);
		live->run->forced_exit = pl_exit_worse(live->run->forced_exit, pl_complain(&said));
	}
	if (note)
		pl_model_problem(live->run->model, word, NULL, pl_err_word(err->code), err->text);
	if (live->run->why.code == PL_E_NONE)
		live->run->why = *err;
}

void pl_live_trace(void *ctx, const char *line)
{
	pl_auto_buf b = PL_BUF_INIT;

	(void)ctx;
	pl_buf_adds(&b, "plumbline: ");
	pl_buf_add_safe(&b, line, strlen(line));
	pl_buf_addc(&b, '\n');
	fputs(b.data, stderr); /* one call: lines of threads do not mix */
}

static void ask(struct pl_live *live, const struct group *g)
{
	const char **words = pl_alloc(live->args->word_count * sizeof *words);
	size_t n = 0;

	for (size_t i = 0; i < live->args->word_count; i++)
		if (takes(g, live->args->words[i]))
			words[n++] = live->args->words[i];
	if (n)
		g->ask(live, words, n);
	free(words);
}

static bool any(const struct pl_args *args)
{
	for (size_t i = 0; i < args->word_count; i++)
		if (pl_live_is(args->words[i]))
			return true;
	return false;
}

void pl_live_collect(const struct pl_args *args, const struct pl_arch *arch, struct pl_run *run)
{
	const char *timeout = pl_args_get(args, "timeout"), *parallel = pl_args_get(args, "parallel");
	struct pl_live live = { .args = args, .arch = arch, .run = run, .parallel = PL_PARALLEL_USUAL,
				.loud = pl_args_nth(args, "v", 1) != NULL };
	int64_t n;

	if (timeout)
		(void)pl_duration_parse(timeout, &live.timeout); /* checked before */
	if (parallel && pl_parse_i64(parallel, &n))
		live.parallel = (size_t)n;
	if (!any(args))
		return;
	live.stop_fd = pl_stop_begin();
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		ask(&live, &groups[i]);
	if (pl_stop_end(live.stop_fd))
		run->forced_exit = PL_EXIT_INTERRUPTED;
}
