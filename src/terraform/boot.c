/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an instance is told at its first boot: user data of the instance or its template, and the
 * commands of provisioners that stand in the configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "json/load.h"
#include "terraform/address.h"
#include "terraform/internal.h"

static void not_readable(struct pl_tf_boot *boot, const char *path, const char *why)
{
	boot->state = PL_TF_BOOT_UNKNOWN;
	boot->path = path;
	boot->waits_for = why;
}

static void read_text(struct pl_tf_boot *boot, const struct pl_tf_value *v)
{
	const char *text = json_string_value(v->json);
	size_t n = json_string_length(v->json);

	boot->sensitive |= v->sensitive;
	if (!text || !*text)
		return;
	if (!pl_bootstrap_read(&boot->says, text, n)) {
		not_readable(boot, v->path, n < 64 ? "the provider keeps only a digest of the script"
						   : "the script is larger than any cloud accepts");
		return;
	}
	if (boot->state == PL_TF_BOOT_NONE) {
		boot->state = PL_TF_BOOT_READ;
		boot->path = v->path;
	}
}

struct pl_tf_boot *pl_tf_boot(struct pl_tf *tf, struct pl_tf_resource *r, const char *const *paths)
{
	struct pl_tf_boot *boot = pl_arena_alloc(&tf->model->arena, sizeof *boot);
	bool read = false;

	boot->says.arena = &tf->model->arena;
	r->boot = boot;
	for (const char *const *p = paths; *p; p++) {
		struct pl_tf_value v = pl_tf_get(tf, r, *p);

		if (v.state == PL_TF_SET) {
			read_text(boot, &v);
			read |= boot->state == PL_TF_BOOT_READ;
		}
	}
	/* where one way of giving the script is set, the others are computed from it */
	for (const char *const *p = paths; !read && boot->state == PL_TF_BOOT_NONE && *p; p++) {
		struct pl_tf_value v = pl_tf_get(tf, r, *p);

		if (v.state == PL_TF_UNKNOWN)
			not_readable(boot, v.path, v.waits_for);
	}
	return boot;
}

/* ---- provisioners ---- */

static void read_constant(struct pl_tf_boot *boot, json_t *constant, const char *path)
{
	json_t *line;
	size_t i;
	pl_auto_buf text = PL_BUF_INIT;

	if (json_is_string(constant))
		pl_buf_adds(&text, json_string_value(constant));
	json_array_foreach(constant, i, line)
		if (json_is_string(line)) {
			pl_buf_adds(&text, json_string_value(line));
			pl_buf_addc(&text, '\n');
		}
	if (!text.len || !pl_bootstrap_read(&boot->says, text.data, text.len))
		return;
	if (boot->state == PL_TF_BOOT_NONE) {
		boot->state = PL_TF_BOOT_READ;
		boot->path = path;
	}
}

/*
 * The command of `holder` is not known: what installs k3s, or, where a script that is known does,
 * something after it, which may label the node.
 */
static void hidden_command(struct pl_tf *tf, struct pl_tf_boot *boot, const char *path, const char *holder)
{
	const char *why = pl_arena_strf(&tf->model->arena,
					"the command of %s is not in the file, only what it refers to", holder);

	boot->runner = holder;
	if (boot->state == PL_TF_BOOT_READ && boot->says.k3s != PL_K3S_NONE)
		boot->waits_for = why;
	else
		not_readable(boot, path, why);
}

static void read_provisioners(struct pl_tf *tf, struct pl_tf_boot *boot, json_t *config,
			      const char *holder)
{
	static const char *const arguments[] = { "inline", "command", "content", "script", "scripts", NULL };
	json_t *p;
	size_t i;

	json_array_foreach(json_object_get(config, "provisioners"), i, p) {
		json_t *expressions = json_object_get(p, "expressions");

		for (const char *const *a = arguments; *a; a++) {
			json_t *e = json_object_get(expressions, *a);
			const char *path = pl_arena_strf(&tf->model->arena, "provisioners[%zu].%s", i, *a);

			if (json_object_get(e, "constant_value"))
				read_constant(boot, json_object_get(e, "constant_value"), path);
			else if (json_object_get(e, "references"))
				hidden_command(tf, boot, path, holder);
		}
	}
}

/* Does a provisioner's resource refer to this instance: in its triggers, or in its commands? */
static bool refers_to(struct pl_tf *tf, struct config_resource *runner, const struct pl_tf_resource *r)
{
	const char *const types[] = { r->type, NULL };
	json_t *config = pl_tf_config_json(runner), *p;
	json_t *triggers = json_object_get(config, "expressions");
	bool several = false;
	size_t i;

	if (pl_tf_resolve_references(tf, r->doc, r->module, r->index, triggers, NULL, types, &several) == (void *)r)
		return true;
	json_array_foreach(json_object_get(config, "provisioners"), i, p)
		if (pl_tf_resolve_references(tf, r->doc, r->module, r->index, json_object_get(p, "expressions"),
				       NULL, types, &several) == (void *)r)
			return true;
	return false;
}

/* Has the block an instance that stays, beside r?  One with count 0 runs nothing. */
static bool is_there(struct pl_tf *tf, const struct config_resource *runner,
		     const struct pl_tf_resource *r)
{
	char *block = pl_arena_strf(&tf->model->arena, "%s|%s", r->module, runner->key);
	struct resource *instance = pl_map_get(&r->doc->by_block, block, strlen(block));

	while (instance && instance->pub.gone)
		instance = instance->next_same;
	/* types that no table names are not kept, so nothing can be said of them */
	return instance || !pl_tf_find_rows(tf, runner->key, strcspn(runner->key, "."), false);
}

/* ---- provisioners that stand in another module than the instance ---- */

/* One of those that run on an instance. */
struct installer {
	struct resource *runner;
	struct installer *next;
};

/* Everything that may be an instance, as a list that resolving takes. */
static const char *const *instance_types(struct pl_tf *tf)
{
	const char **types;
	size_t n = 0;

	for (const struct type_rows *t = tf->type_list; t; t = t->next)
		n++;
	types = pl_arena_alloc(&tf->model->arena, (n + 1) * sizeof *types);
	n = 0;
	for (const struct type_rows *t = tf->type_list; t; t = t->next)
		if (t->row->kind == PL_POOL && !t->data && !t->row->cluster)
			types[n++] = t->type;
	return types;
}

static void note_installer(struct pl_tf *tf, struct resource *runner, json_t *expressions,
			   const char *const *types)
{
	json_t *config = pl_tf_config_json(runner->config);
	bool several = false;
	struct resource *at = pl_tf_resolve_references(tf, runner->pub.doc, runner->pub.module,
						       runner->pub.index, expressions,
						       json_object_get(config, "for_each_expression"),
						       types, &several);
	struct installer *new, *had;

	if (!at || pl_tf_config_of_module(at->pub.doc, at->pub.module) == runner->config->module)
		return;
	had = pl_map_get(&tf->installers, (const char *)&at, sizeof at);
	if (had && had->runner == runner)
		return;
	new = pl_arena_alloc(&tf->model->arena, sizeof *new);
	*new = (struct installer){ .runner = runner, .next = had };
	*pl_map_put(&tf->installers, (const char *)&at, sizeof at) = new;
}

/* Goes once over all instances that may run something elsewhere. */
static void find_installers(struct pl_tf *tf)
{
	static const char *const runners[] = { "null_resource", "terraform_data" };
	const char *const *types = instance_types(tf);

	for (size_t k = 0; k < sizeof runners / sizeof *runners; k++)
		for (struct pl_tf_resource *r = pl_tf_first(tf, runners[k], false); r;
		     r = r->next_of_type) {
			struct config_resource *c = pl_tf_config_of((struct resource *)r);
			json_t *list = c ? json_object_get(pl_tf_config_json(c), "provisioners") : NULL;
			json_t *p;
			size_t i;

			if (!list || r->gone)
				continue;
			note_installer(tf, (struct resource *)r,
				       json_object_get(pl_tf_config_json(c), "expressions"), types);
			json_array_foreach(list, i, p)
				note_installer(tf, (struct resource *)r,
					       json_object_get(p, "expressions"), types);
		}
}

static void read_installers(struct pl_tf *tf, struct pl_tf_resource *r)
{
	if (!tf->installers_found)
		find_installers(tf);
	tf->installers_found = true;
	for (struct installer *i = pl_map_get(&tf->installers, (const char *)&r, sizeof r); i; i = i->next)
		read_provisioners(tf, r->boot, pl_tf_config_json(i->runner->config),
				  i->runner->pub.address);
}

void pl_tf_boot_provisioners(struct pl_tf *tf, struct pl_tf_resource *r)
{
	struct config_resource *own = pl_tf_config_of((struct resource *)r);
	struct config_module *m = pl_tf_config_of_module(r->doc, r->module);

	if (own)
		read_provisioners(tf, r->boot, pl_tf_config_json(own), r->address);
	for (struct config_resource *c = r->doc->runners; c; c = c->next_of_type)
		if (c->module == m && json_object_get(pl_tf_config_json(c), "provisioners") &&
		    is_there(tf, c, r) && refers_to(tf, c, r))
			read_provisioners(tf, r->boot, pl_tf_config_json(c), c->key);
	read_installers(tf, r);
}

/* ---- facts ---- */

static const struct pl_value *present(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, PL_PLAN);

	return f && f->known ? &f->value : NULL;
}

static bool unknown_already(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, PL_PLAN);

	return f && !f->known;
}

static bool is_secret(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = pl_object_fact(o, attr, PL_PLAN);

	return f && f->sensitive;
}

/* `secret`: what stood there before and is part of it was. */
static void finish_boot_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_fact *f, bool secret)
{
	f->sensitive = secret || r->boot->sensitive;
	f->origin.address = pl_model_str(tf->model, r->address);
	f->note = "from the node's boot script";
}

static void boot_labels(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const struct pl_value *had = present(o, PL_POOL_LABELS);
	const struct pl_bootstrap *says = &r->boot->says;
	size_t n = had ? had->count : 0;
	struct pl_value v = { .type = PL_MAP, .open = says->labels_open || (had && had->open) };
	bool secret = is_secret(o, PL_POOL_LABELS);
	struct pl_pair *pairs = pl_arena_alloc(&tf->model->arena, (n + says->label_count + 1) * sizeof *pairs);
	struct pl_fact *f;

	if (had && !says->label_count && !says->labels_open)
		return; /* what stands there stays what it is */
	for (size_t i = 0; i < n; i++)
		if (!pl_value_get(&(struct pl_value){ .type = PL_MAP, .map = says->labels,
						      .count = says->label_count }, had->map[i].key))
			pairs[v.count++] = had->map[i];
	if (says->label_count)
		memcpy(pairs + v.count, says->labels, says->label_count * sizeof *pairs);
	v.count += says->label_count;
	v.map = pairs;
	pl_object_forget(o, PL_POOL_LABELS, PL_PLAN);
	f = pl_fact_add(tf->model, o, PL_POOL_LABELS, &v, r->boot->path);
	if (v.open)
		f->waits_for = "a variable of the boot script";
	finish_boot_fact(tf, r, f, secret);
}

static void boot_taints(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const struct pl_value *had = present(o, PL_POOL_TAINTS);
	const struct pl_bootstrap *says = &r->boot->says;
	size_t n = had ? had->count : 0;
	const char **list = pl_arena_alloc(&tf->model->arena, (n + says->taint_count + 1) * sizeof *list);
	struct pl_value v = { .type = PL_LIST, .count = n + says->taint_count, .open = had && had->open };
	bool secret = is_secret(o, PL_POOL_TAINTS);

	if (had && !says->taint_count)
		return;
	if (n)
		memcpy(list, had->list, n * sizeof *list);
	if (says->taint_count)
		memcpy(list + n, says->taints, says->taint_count * sizeof *list);
	v.list = list;
	pl_object_forget(o, PL_POOL_TAINTS, PL_PLAN);
	finish_boot_fact(tf, r, pl_fact_add(tf->model, o, PL_POOL_TAINTS, &v, r->boot->path), secret);
}

static void boot_unknown(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			 enum pl_attr attr)
{
	pl_object_forget(o, attr, PL_PLAN);
	pl_fact_unknown(tf->model, o, attr, r->boot->waits_for, r->boot->path)->origin.address =
		pl_model_str(tf->model, r->address);
}

/* The keys by which the machine is known once it runs: of public halves nothing needs hiding but the text they are from. */
static void boot_host_keys(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	const struct pl_bootstrap *says = &r->boot->says;
	struct pl_value v = { .type = PL_LIST, .list = says->host_keys, .count = says->host_key_count };

	if (v.count && !present(o, PL_POOL_HOST_KEYS))
		finish_boot_fact(tf, r, pl_fact_add(tf->model, o, PL_POOL_HOST_KEYS, &v, r->boot->path), false);
}

void pl_tf_boot_facts(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o)
{
	if (!r->boot)
		return;
	boot_host_keys(tf, r, o);
	if (r->boot->state == PL_TF_BOOT_UNKNOWN) {
		boot_unknown(tf, r, o, PL_POOL_LABELS);
		boot_unknown(tf, r, o, PL_POOL_TAINTS);
		return;
	}
	if (r->boot->waits_for)
		boot_unknown(tf, r, o, PL_POOL_LABELS);
	else if (!unknown_already(o, PL_POOL_LABELS))
		boot_labels(tf, r, o);
	if (!unknown_already(o, PL_POOL_TAINTS))
		boot_taints(tf, r, o);
}
