/* SPDX-License-Identifier: Apache-2.0 */
/* ssh://HOST, ssh://@INVENTORY, ssh://@cluster: all nodes of a run are one fleet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "cli/live.h"
#include "cli/pin.h"
#include "node/probe.h"
#include "ssh/fleet.h"

#define USUAL_MS 30000
#define SCHEME "ssh://"
#define CLUSTER "ssh://@cluster"

/* One run's nodes: a target, its settings and its answer stand at the same index. */
struct fleet {
	struct pl_live *live;
	struct pl_arena arena;
	struct pl_ssh_config *config;
	struct pl_known_hosts *known;
	const char *known_file;            /* --ssh-known-hosts, absolute; NULL: those of the settings */
	struct pl_ssh_targets targets;
	const char **words;                /* by target: the source that names it */
	size_t words_cap;
	const struct pl_ssh_host **hosts;  /* those that can be asked ... */
	size_t *target_of;                 /* ... and whose they are */
	size_t host_count;
	struct pl_ssh_result *results;
	char nonce[PL_PROBE_NONCE];
};

/* ---- who is asked ---- */

/* The first address: a node's own network's, an instance's public one. */
static const char *address_of(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, -1);

	return f && f->known && f->value.count ? f->value.list[0] : NULL;
}

/* Those of one kind that have an address of that attribute, or (kind NODE) a name at least. */
static void add_kind(struct fleet *f, enum pl_kind kind, enum pl_attr attr)
{
	const struct pl_model *m = f->live->run->model;

	for (size_t i = 0; i < m->object_count; i++) {
		const char *address = m->objects[i]->kind == kind ? address_of(m->objects[i], attr) : NULL;

		if (m->objects[i]->kind == kind && m->objects[i]->name && (address || kind == PL_NODE) &&
		    !m->objects[i]->closed)
			pl_ssh_target_add(&f->targets, m->objects[i]->name, address, NULL);
	}
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "3 nodes are not asked; 2: ...; 1: ...", of which there are `n`, each with its reason. */
static void note_closed(struct fleet *f, const char **why, size_t n)
{
	pl_auto_buf b = PL_BUF_INIT;
	size_t start = 0;

	qsort(why, n, sizeof *why, compare_texts);
	pl_buf_addf(&b, "%zu node%s not asked", n, n == 1 ? " is" : "s are");
	for (size_t i = 1; i <= n; i++) {
		if (i < n && !strcmp(why[i], why[start]))
			continue;
		pl_buf_addf(&b, "; %zu: %s", i - start, why[start]);
		start = i;
	}
	pl_model_problem(f->live->run->model, CLUSTER, NULL, "not-asked", b.data);
}

/* Those that nobody can log in to; naming such a host outright asks it all the same. */
static size_t leave_closed(struct fleet *f)
{
	const struct pl_model *m = f->live->run->model;
	const char **why = pl_alloc(m->object_count * sizeof *why);
	size_t n = 0;

	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_NODE && m->objects[i]->closed)
			why[n++] = m->objects[i]->closed;
	if (n)
		note_closed(f, why, n);
	free(why);
	return n;
}

/* The nodes that a cluster names; where none was asked, the instances of a state. */
static int add_cluster(struct fleet *f, struct pl_err *err)
{
	size_t before = f->targets.count, closed = leave_closed(f);

	add_kind(f, PL_NODE, PL_NODE_ADDRESSES);
	if (f->targets.count == before && !closed)
		add_kind(f, PL_POOL, PL_POOL_ADDRESSES);
	if (f->targets.count > before || closed)
		return 0;
	return pl_err_set(err, PL_E_INPUT, "no other source of this run names a node and its address; give k8s:// beside "
			  "it, a snapshot that has nodes, or a state with instances");
}

static int add_word(struct fleet *f, const char *word, struct pl_err *err)
{
	const char *rest = word + strlen(SCHEME);

	if (!strcmp(word, CLUSTER))
		return add_cluster(f, err);
	if (!strcmp(rest, "@"))
		return pl_err_set(err, PL_E_USAGE, "behind '@' the inventory's file is missing; " CLUSTER
				  " asks the nodes that other sources name");
	return *rest == '@' ? pl_ssh_inventory(&f->targets, rest + 1, err) : pl_ssh_target_uri(&f->targets, rest, err);
}

static void add_words(struct fleet *f, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct pl_err err = PL_ERR_INIT;
		size_t before = f->targets.count;

		if (add_word(f, words[i], &err))
			pl_live_failed(f->live, words[i], true, &err);
		for (size_t k = before; k < f->targets.count; k++) {
			f->words = pl_grow(f->words, k, &f->words_cap, sizeof *f->words);
			f->words[k] = words[i];
		}
	}
}

/* ---- how they are reached ---- */

static void note(struct fleet *f, const struct pl_ssh_notices *notices, const char *source)
{
	for (size_t i = 0; i < notices->count; i++) {
		const struct pl_ssh_notice *n = &notices->items[i];
		struct pl_model *m = f->live->run->model;
		const char *text = n->line ? pl_model_strf(m, "%s:%d: %s", n->file, n->line, n->text)
				 : n->file ? pl_model_strf(m, "%s: %s", n->file, n->text) : n->text;
		bool told = false;

		for (size_t k = 0; k < m->problem_count; k++)
			told |= !strcmp(m->problems[k].message, text);
		if (!told)
			pl_model_problem(m, source, NULL, "not-honoured", text);
	}
}

/* The host, and those on the way to it, known by one file alone. */
static const struct pl_ssh_host *known_by(struct fleet *f, const struct pl_ssh_host *h, const char *file)
{
	struct pl_ssh_host *copy = h ? pl_arena_alloc(&f->arena, sizeof *copy) : NULL;
	const char **files = pl_arena_alloc(&f->arena, 2 * sizeof *files);

	if (!h)
		return NULL;
	files[0] = file;
	*copy = *h;
	copy->known_hosts = files;
	copy->new_hosts = file;
	copy->via = known_by(f, h->via, file);
	return copy;
}

static int pin(struct fleet *f, const struct pl_ssh_host **host, struct pl_err *err)
{
	const char *from;

	if (pl_pin_host(f->live->run->model, f->known, &f->arena, host, &from, err))
		return -1;
	if (from && f->live->loud)
		pl_live_trace(NULL, pl_arena_strf(&f->arena, "%s: its host keys are those of %s", (*host)->host, from));
	return 0;
}

/* The settings of one target; --ssh-known-hosts takes the place of all files of known hosts. */
static int resolve(struct fleet *f, const struct pl_ssh_target *t, const struct pl_ssh_host **out,
		   struct pl_err *err)
{
	if (t->problem && t->file)
		return pl_err_set(err, PL_E_INPUT, "%s:%d: %s", t->file, t->line, t->problem);
	if (t->problem)
		return pl_err_set(err, PL_E_INPUT, "%s", t->problem);
	if (pl_ssh_config_resolve(f->config, &f->arena, t, out, err))
		return -1;
	if (!f->known_file)
		return pin(f, out, err);
	*out = known_by(f, *out, f->known_file);
	return 0;
}

/* A host that cannot be asked: its facts are unknown, and say why. */
static void lose(struct fleet *f, size_t target, const struct pl_err *err)
{
	struct pl_model *m = f->live->run->model;
	const struct pl_ssh_target *t = &f->targets.items[target];
	const char *name = pl_model_strf(m, SCHEME "%s", t->name);
	int source = pl_model_source(m, &(struct pl_source){
		.name = name, .kind = "ssh", .witness = PL_NODE_SSH, .complete = false, .why = err->text,
		.join = pl_live_join(f->live, f->words[target]) });

	pl_probe_lost(m, source, t->name, err->text);
	pl_live_failed(f->live, name, true, err);
}

static void resolve_all(struct fleet *f)
{
	f->hosts = pl_alloc(f->targets.count * sizeof *f->hosts);
	f->target_of = pl_alloc(f->targets.count * sizeof *f->target_of);
	for (size_t i = 0; i < f->targets.count; i++) {
		struct pl_err err = PL_ERR_INIT;

		if (resolve(f, &f->targets.items[i], &f->hosts[f->host_count], &err)) {
			lose(f, i, &err);
			continue;
		}
		note(f, &f->hosts[f->host_count]->notices, f->words[i]);
		f->target_of[f->host_count++] = i;
	}
}

/* ---- asking ---- */

static void progress(void *ctx, size_t done, size_t of, size_t host)
{
	(void)ctx;
	(void)host;
	fprintf(stderr, "\rasked %zu of %zu nodes%s", done, of, done == of ? "\n" : "");
}

/* What the architecture asks of nodes, as the script takes it: "path:/usr/src". */
struct asked {
	struct fleet *fleet;
	const char *prefix;
	const char **list;
	size_t count, cap;
};

static void add_asked(void *ctx, const char *key)
{
	struct asked *a = ctx;

	a->list = pl_grow(a->list, a->count, &a->cap, sizeof *a->list);
	a->list[a->count++] = pl_arena_strf(&a->fleet->arena, "%s%s", a->prefix, key);
}

static void add_command(struct fleet *f, struct pl_buf *command)
{
	struct asked a = { .fleet = f };

	for (const struct pl_probe_kind *k = pl_probe_kinds; f->live->arch && k->prefix; k++) {
		a.prefix = k->prefix;
		pl_arch_keys(f->live->arch, k->attr, add_asked, &a);
	}
	pl_probe_command(command, f->nonce, pl_args_get(f->live->args, "sudo") != NULL, a.list, a.count);
	free(a.list);
}

static int ask(struct fleet *f, struct pl_err *err)
{
	const struct pl_live *live = f->live;
	pl_auto_buf command = PL_BUF_INIT;
	struct pl_fleet_options o = {
		.script = { pl_probe_script, pl_probe_script_len },
		.max_bytes = PL_LIMIT_PROBE_BYTES,
		.timeout_ms = live->timeout ? live->timeout : USUAL_MS,
		.workers = live->parallel,
		.stop_fd = live->stop_fd,
		.accept_new = pl_args_get(live->args, "ssh-accept-new") != NULL,
		.known = f->known,
		.passphrase = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) ? pl_ask_passphrase : NULL,
		.progress = isatty(STDERR_FILENO) ? progress : NULL,
	};

	if (pl_probe_nonce(f->nonce, err))
		return -1;
	add_command(f, &command);
	o.command = command.data;
	f->results = pl_alloc(f->host_count * sizeof *f->results);
	for (size_t i = 0; i < f->host_count; i++)
		f->results[i] = (struct pl_ssh_result)PL_SSH_RESULT_INIT;
	return pl_fleet_run(f->hosts, f->host_count, &o, f->results, err);
}

/* ---- what they said ---- */

static void keep(struct fleet *f, size_t i)
{
	struct pl_model *m = f->live->run->model;
	const struct pl_ssh_result *r = &f->results[i];
	size_t target = f->target_of[i];
	const struct pl_ssh_target *t = &f->targets.items[target];
	struct pl_err err = r->err;
	int source;

	if (err.code != PL_E_NONE && !r->out.len) {
		lose(f, target, &err);
		return;
	}
	source = pl_model_source(m, &(struct pl_source){
		.name = pl_model_strf(m, SCHEME "%s", t->name), .kind = "ssh", .witness = PL_NODE_SSH,
		.complete = err.code == PL_E_NONE, .why = err.code == PL_E_NONE ? NULL : err.text,
		.join = pl_live_join(f->live, f->words[target]) });
	if (err.code != PL_E_NONE)
		pl_live_failed(f->live, m->sources[source].name, true, &err);
	if (!pl_probe_read(m, source, t->name, f->nonce, (struct pl_slice){ r->out.data, r->out.len }, NULL, &err))
		return;
	m->sources[source].complete = false;
	m->sources[source].why = pl_model_str(m, err.text);
	pl_probe_lost(m, source, t->name, err.text);
	pl_live_failed(f->live, m->sources[source].name, true, &err);
}

static const char *absolute(struct fleet *f, const char *path)
{
	char folder[4096];

	if (!path || *path == '/' || !getcwd(folder, sizeof folder))
		return path;
	return pl_arena_strf(&f->arena, "%s/%s", folder, path);
}

static int open_settings(struct fleet *f, struct pl_err *err)
{
	struct pl_ssh_where where = { .file = pl_args_get(f->live->args, "ssh-config") };

	f->known = pl_known_hosts_new();
	f->known_file = absolute(f, pl_args_get(f->live->args, "ssh-known-hosts"));
	return pl_ssh_config_load(&where, &f->config, err);
}

static void release(struct fleet *f)
{
	for (size_t i = 0; f->results && i < f->host_count; i++)
		pl_ssh_result_release(&f->results[i]);
	free(f->results);
	free(f->hosts);
	free(f->target_of);
	free(f->words);
	pl_ssh_targets_release(&f->targets);
	pl_known_hosts_free(f->known);
	pl_ssh_config_free(f->config);
	pl_arena_release(&f->arena);
}

void pl_ask_nodes(struct pl_live *live, const char *const *words, size_t count)
{
	struct fleet f = { .live = live, .targets = PL_SSH_TARGETS_INIT };
	struct pl_err err = PL_ERR_INIT;

	if (open_settings(&f, &err)) {
		pl_live_failed(live, words[0], true, &err);
	} else {
		add_words(&f, words, count);
		note(&f, &f.targets.notices, words[0]);
		resolve_all(&f);
		if (f.host_count && ask(&f, &err) && err.code != PL_E_STOPPED)
			pl_live_failed(live, words[0], true, &err);
		for (size_t i = 0; f.results && i < f.host_count; i++)
			keep(&f, i);
	}
	release(&f);
}
