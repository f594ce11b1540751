/* SPDX-License-Identifier: Apache-2.0 */
/* From the words of the command line to a joined model: what check and facts share. */
#include <stdlib.h>
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "cli/live.h"
#include "kubernetes/provider.h"
#include "model/snapshot.h"
#include "terraform/provider.h"
#include "terraform/terraform.h"

static const char *const platforms[] = { "eks", "gke", "aks", "k3s", NULL };

static int check_as(const char *as, struct pl_err *err)
{
	for (const char *const *p = platforms; as && *p; p++)
		if (!strcmp(as, *p))
			return 0;
	return as ? pl_err_set(err, PL_E_USAGE, "--as takes eks, gke, aks or k3s, not '%s'", as) : 0;
}

const char *pl_run_join(const struct pl_args *args, const char *source)
{
	size_t n = strlen(source);
	const char *value;

	for (size_t i = 0; (value = pl_args_nth(args, "join", i)) != NULL; i++)
		if (!strncmp(value, source, n) && value[n] == '=')
			return value + n + 1;
	return NULL;
}

static int bad_join(const char *value, struct pl_err *err)
{
	pl_auto_buf shown = PL_BUF_INIT;

	pl_live_show(value, &shown);
	return pl_err_set(err, PL_E_USAGE, "--join %s: write SOURCE=CLUSTER with one of the sources given", shown.data);
}

static int check_joins(const struct pl_args *args, struct pl_err *err)
{
	const char *value;

	for (size_t i = 0; (value = pl_args_nth(args, "join", i)) != NULL; i++) {
		bool named = false;

		for (size_t w = 0; w < args->word_count; w++) {
			size_t n = strlen(args->words[w]);

			named |= !strncmp(value, args->words[w], n) && value[n] == '=' && value[n + 1];
		}
		if (!named)
			return bad_join(value, err);
	}
	return 0;
}

/* The names of the run's clusters, as a person would list them. */
static void list_clusters(const struct pl_model *m, struct pl_buf *out)
{
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER && m->objects[i]->name)
			pl_buf_addf(out, "%s%s", out->len ? ", " : "there are: ", m->objects[i]->name);
	if (!out->len)
		pl_buf_adds(out, "there is none");
}

static bool is_astray(const struct pl_model *m, const char *cluster)
{
	for (size_t i = 0; i < m->source_count; i++)
		if (m->sources[i].astray && pl_streq(m->sources[i].join, cluster))
			return true;
	return false;
}

/*
 * After joining: a --join to a cluster that no source holds is a mistake of the command line.  That of a
 * file refuses the run; a live source has been asked already, so that the others are judged nevertheless.
 */
static int check_joined(const struct pl_args *args, struct pl_run *run)
{
	for (size_t w = 0; w < args->word_count; w++) {
		const char *cluster = pl_run_join(args, args->words[w]);
		pl_auto_buf names = PL_BUF_INIT, word = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		if (!cluster || !is_astray(run->model, cluster))
			continue;
		list_clusters(run->model, &names);
		pl_live_show(args->words[w], &word);
		pl_err_set(&err, PL_E_USAGE, "--join %s=%s: no source of this run holds that cluster; %s", word.data,
			   cluster, names.data);
		run->why = err;
		if (!pl_live_is(args->words[w]))
			return -1;
		run->forced_exit = pl_exit_worse(run->forced_exit, pl_complain(&err));
		pl_model_problem(run->model, word.data, cluster, "join", err.text);
	}
	return 0;
}

/* One source; what cannot be read becomes a problem and the run goes on with the others. */
static void read_source(struct pl_tf *tf, const struct pl_tf_options *opt, const char *word,
			struct pl_run *run)
{
	struct pl_err err = PL_ERR_INIT;
	struct pl_tf_snapshots snapshots = { 0 };
	size_t first = run->model->source_count;
	int rc = pl_tf_read(tf, word, opt, &snapshots, &err);

	for (size_t i = 0; !rc && i < snapshots.count; i++)
		rc = pl_snapshot_read(run->model, word, snapshots.list[i].p, snapshots.list[i].n, &err);
	free(snapshots.list);
	for (size_t i = first; i < run->model->source_count; i++)
		run->model->sources[i].join = pl_model_str(run->model, opt->join);
	if (!rc)
		return;
	run->forced_exit = pl_exit_worse(run->forced_exit, pl_complain(&err));
	pl_model_problem(run->model, word, NULL, pl_err_word(err.code), err.text);
	if (run->why.code == PL_E_NONE)
		run->why = err;
}

static void finish_cluster(struct pl_model *m, struct pl_object *cluster, const struct pl_provider *p)
{
	if (p->finish)
		p->finish(m, cluster);
	if (p->support)
		pl_support_tell(m, cluster, p->support);
}

static void finish(struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++)
		for (size_t p = 0; m->objects[i]->kind == PL_CLUSTER && pl_providers[p]; p++)
			finish_cluster(m, m->objects[i], pl_providers[p]);
}

static int check_words(const struct pl_args *args, struct pl_err *err)
{
	if (!args->word_count)
		return pl_err_set(err, PL_E_USAGE, "%s needs a SOURCE: a plan or state file, - for standard input, or a URI; "
				  "see `plumbline %s --help`", args->command->name, args->command->name);
	for (size_t i = 0; i < args->word_count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(args->words[i], "-") && !strcmp(args->words[k], "-"))
				return pl_err_set(err, PL_E_USAGE, "standard input (-) is given twice; it can be read once");
	return check_as(pl_args_get(args, "as"), err) || check_joins(args, err) || pl_live_check(args, err) ? -1 : 0;
}

static int parse_timeout(const struct pl_args *args, struct pl_tf_options *opt, struct pl_err *err)
{
	const char *value = pl_args_get(args, "timeout");

	if (value && !pl_duration_parse(value, &opt->timeout))
		return pl_err_set(err, PL_E_USAGE, "--timeout takes a duration as 30s or 5m, not '%s'", value);
	return 0;
}

static bool is_custom(const char *key)
{
	return pl_kube_is_custom(pl_providers, key);
}

static int parse_as_of(const struct pl_args *args, int64_t *as_of, struct pl_err *err)
{
	const char *value = pl_args_get(args, "as-of");

	*as_of = pl_date_today();
	if (value && !pl_date_parse(value, as_of))
		return pl_err_set(err, PL_E_USAGE, "--as-of takes a day as YYYY-MM-DD, not '%s'", value);
	return 0;
}

/* What files say, then what peers say, in one model; fails when there is nothing in it to judge. */
static int collect(struct pl_tf *tf, const struct pl_args *args, enum pl_tf_purpose purpose,
		   const struct pl_arch *arch, struct pl_run *run)
{
	if (run->model->source_count && pl_tf_collect(tf, purpose, &run->why))
		return -1;
	pl_live_collect(args, arch, run);
	if (!run->model->source_count)
		return 0; /* said already */
	pl_model_join(run->model);
	if (check_joined(args, run))
		return -1;
	if (purpose == PL_TF_JUDGE && pl_tf_check_joined(tf, &run->why))
		return -1;
	finish(run->model);
	return 0;
}

int pl_run_collect(const struct pl_args *args, enum pl_tf_purpose purpose, bool digest, const struct pl_arch *arch,
		   struct pl_run *run, struct pl_err *err)
{
	struct pl_tf_options opt = { .terraform_cmd = pl_args_get(args, "terraform"),
				     .as = pl_args_get(args, "as"), .sha256 = digest };
	struct pl_tf *tf;
	int64_t as_of;
	int failed;

	if (check_words(args, err) || parse_timeout(args, &opt, err) || parse_as_of(args, &as_of, err))
		return -1;
	*run = (struct pl_run){ .model = pl_model_new() };
	run->model->as_of = as_of;
	run->model->custom_label = is_custom;
	tf = pl_tf_new(run->model, pl_providers);
	for (size_t i = 0; i < args->word_count; i++) {
		opt.join = pl_run_join(args, args->words[i]);
		if (!pl_live_is(args->words[i]))
			read_source(tf, &opt, args->words[i], run);
	}
	failed = collect(tf, args, purpose, arch, run);
	if (failed)
		run->forced_exit = pl_exit_worse(run->forced_exit, pl_complain(&run->why));
	run->refused = failed || !run->model->source_count;
	pl_tf_free(tf);
	return 0;
}

void pl_run_release(struct pl_run *run)
{
	pl_model_free(run->model);
	run->model = NULL;
}
