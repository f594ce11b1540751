/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows -> objects: clusters first, so that everything else can find its own; then pools and things;
 * then what the tables cannot say; then what only several resources together make.
 */
#include <string.h>

#include "json/load.h"
#include "terraform/internal.h"

struct pl_object *pl_tf_object(struct pl_tf *tf, struct pl_tf_resource *r, enum pl_kind kind,
			       const char *name)
{
	struct pl_object *o = pl_model_object(tf->model, kind, name, r->doc->source, r->address);

	o->rank = r->doc->kind == DOC_PLAN ? 2 : 1;
	o->will_change = r->changes;
	o->created = r->creates;
	o->gone = r->gone;
	return o;
}

void pl_tf_unlink(struct pl_object *o)
{
	o->cluster = NULL;
	o->cluster_how = NULL;
}

void pl_tf_discard(struct pl_object *o)
{
	o->gone = true;
	o->identity = NULL; /* what it was stays nobody's */
}

/* Names are printed and identities stand in snapshots, so a sensitive one is none. */
static const char *public_text(struct pl_tf *tf, struct resource *r, const char *path)
{
	if (!path || pl_tf_get(tf, &r->pub, path).sensitive)
		return NULL;
	return pl_tf_text(tf, &r->pub, path);
}

bool pl_tf_identify(struct pl_tf *tf, struct resource *r, const struct pl_tf_row *row,
	      struct pl_tf_identity *id)
{
	const char *identity;

	if (row->wanted && !row->wanted(tf, &r->pub))
		return false;
	id->kind = row->kind;
	id->name = public_text(tf, r, row->name);
	identity = row->identity ? public_text(tf, r, row->identity) : id->name;
	id->identity = identity ? pl_model_strf(tf->model, "%s/%s", row->type, identity) : NULL;
	return !row->identify || row->identify(tf, &r->pub, id);
}

static void build_object(struct pl_tf *tf, struct type_rows *t, struct resource *r)
{
	const struct pl_tf_row *row = t->row;
	struct pl_tf_identity id;

	if (!pl_tf_identify(tf, r, row, &id))
		return;
	r->pub.object = pl_tf_object(tf, &r->pub, (enum pl_kind)id.kind,
				     id.name ? id.name : r->pub.name);
	r->pub.object->identity = id.identity;
	if (row->kind == PL_CLUSTER) {
		pl_fact_text(tf->model, r->pub.object, PL_CLUSTER_PROVIDER, row->provider, NULL);
		pl_tf_note_cluster(r->pub.doc, r);
	}
	if (!r->pub.gone)
		pl_tf_fields(tf, &r->pub, r->pub.object, "", row->fields);
}

/* Goes over the resources of the rows of one kind of work. */
static void each_row(struct pl_tf *tf, bool clusters,
		     void (*work)(struct pl_tf *, struct type_rows *, struct resource *))
{
	for (struct type_rows *t = tf->type_list; t; t = t->next) {
		if (t->row->kind < 0 || (t->row->kind == PL_CLUSTER) != clusters)
			continue;
		for (struct resource *r = t->first; r; r = (struct resource *)r->pub.next_of_type)
			work(tf, t, r);
	}
}

static void link_object(struct pl_tf *tf, struct type_rows *t, struct resource *r)
{
	if (r->pub.object)
		pl_tf_link_to_cluster(tf, r, t->row);
}

/* Of an instance that exists, where it is reached, unless that is sensitive; a plan of a new one says nothing. */
static void add_addresses(struct pl_tf *tf, struct pl_tf_resource *r, const char *paths)
{
	const char *list[4];
	struct pl_value v = { .type = PL_LIST, .list = list };

	while (*paths && v.count < sizeof list / sizeof *list) {
		size_t n = strcspn(paths, "|");
		const char *path = pl_arena_strndup(&tf->model->arena, paths, n);
		const char *address = pl_tf_get(tf, r, path).sensitive ? NULL : pl_tf_text(tf, r, path);

		if (address && *address)
			list[v.count++] = address;
		paths += n + (paths[n] == '|');
	}
	if (v.count)
		pl_fact_add(tf->model, r->object, PL_POOL_ADDRESSES, &v, NULL);
}

static void more_of_object(struct pl_tf *tf, struct type_rows *t, struct resource *r)
{
	if (!r->pub.object || r->pub.gone)
		return;
	if (t->row->addresses && r->pub.object->kind == PL_POOL)
		add_addresses(tf, &r->pub, t->row->addresses);
	if (t->row->more)
		t->row->more(tf, &r->pub, r->pub.object);
	pl_tf_seal(tf, &r->pub, r->pub.object);
}

/* ---- what is refused ---- */

static const char *why_nothing(const struct pl_tf_doc *doc)
{
	bool gone = false;

	for (const struct resource *r = doc->list; r; r = r->next)
		gone |= r->pub.gone && r->pub.object;
	if (gone)
		return "destroys every cluster and node pool in it: nothing remains to be judged";
	if (doc->incomplete)
		return "cannot be judged: no cluster in this targeted plan; plan without -target, give the plan or "
		       "state that holds the cluster as a further source, or leave this one out";
	if (doc->kind == DOC_STATE && !doc->resources)
		return "is a state without resources: there is no cluster in it to judge";
	return "holds no cluster and no node pool that plumbline knows; give the plan or state of the root "
	       "module that holds the cluster";
}

/* A cluster that is only named is not in the sources. */
static bool holds_enough(const struct pl_model *m, enum pl_tf_purpose purpose)
{
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		if (!o->gone && (purpose == PL_TF_SNAPSHOT || (o->kind == PL_CLUSTER && !o->stand_in) ||
				 o->kind == PL_POOL))
			return true;
	}
	return false;
}

/* Sources of another kind need no cluster. */
static bool all_of_plans(const struct pl_model *m)
{
	for (size_t i = 0; i < m->source_count; i++)
		if (m->sources[i].witness != PL_PLAN)
			return false;
	return true;
}

static int refuse(struct pl_tf *tf, struct pl_err *err)
{
	const struct pl_tf_doc *worst = tf->docs;

	if (!worst)
		return pl_err_set(err, PL_E_INPUT, "'%s' is a snapshot without cluster and node pool; give the "
				  "snapshot of the root module that holds the cluster as well",
				  pl_tf_source_name(tf->model->sources[0].name));
	for (const struct pl_tf_doc *d = tf->docs; d; d = d->next)
		if (d->deletions > worst->deletions)
			worst = d;
	return pl_err_set(err, PL_E_INPUT, "'%s' %s",
			  pl_tf_source_name(tf->model->sources[worst->source].name), why_nothing(worst));
}

/* One warning an input, whatever was repaired in it and however often. */
static void tell_repairs(struct pl_tf *tf)
{
	const char *told = NULL;

	for (struct pl_tf_doc *d = tf->docs; d; d = d->next) {
		const char *name = tf->model->sources[d->source].name;

		if (!d->odd || pl_streq(told, name))
			continue;
		told = name;
		pl_model_problem(tf->model, name, NULL, "repaired",
				 "invalid UTF-8, lone surrogates or duplicate keys: replaced by U+FFFD, the last "
				 "key wins");
	}
}

/* Of what is left after joining, what only a live witness still sees counts. */
static bool all_taken_away(const struct pl_model *m)
{
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		if ((!o->gone || o->seen) && (o->kind == PL_POOL ||
					      (o->kind == PL_CLUSTER && !o->stand_in)))
			return false;
	}
	return true;
}

int pl_tf_check_joined(struct pl_tf *tf, struct pl_err *err)
{
	for (const struct pl_tf_doc *d = tf->docs; d; d = d->next)
		if (d->deletions && all_taken_away(tf->model))
			return refuse(tf, err);
	return 0;
}

int pl_tf_collect(struct pl_tf *tf, enum pl_tf_purpose purpose, struct pl_err *err)
{
	each_row(tf, true, build_object);
	each_row(tf, false, build_object);
	each_row(tf, false, link_object);
	each_row(tf, false, more_of_object);
	each_row(tf, true, more_of_object);
	for (size_t i = 0; tf->providers[i]; i++)
		if (tf->providers[i]->gather)
			tf->providers[i]->gather(tf);
	if ((tf->docs || all_of_plans(tf->model)) && !holds_enough(tf->model, purpose))
		return refuse(tf, err);
	for (struct pl_tf_doc *d = tf->docs; d; d = d->next)
		pl_tf_collect_drift(tf, d);
	tell_repairs(tf);
	return 0;
}
