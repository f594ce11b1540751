/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DaemonSets and Deployments of programs that are known by their images, as components; and what they
 * make of the network.  A workload counts by the pods that are ready: one that exists may do nothing.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "kubernetes/facts.h"

/* ---- which program an image is ---- */

static bool ends_with(const char *image, size_t n, const char *name)
{
	size_t len = strlen(name);

	return n >= len && !strncmp(image + n - len, name, len) &&
	       (n == len || image[n - len - 1] == '/');
}

const struct pl_kube_program *pl_kube_program_in(const struct pl_kube_program *rows, struct pl_model *m,
						 const char *kind, const char *name,
						 const char *image, const char **tag)
{
	const struct pl_kube_program *found = NULL;
	size_t n = strcspn(image, "@");
	const char *slash = strrchr(image, '/'), *colon = strchr(slash ? slash : image, ':');

	*tag = NULL;
	if (colon && colon < image + n) {
		*tag = pl_model_strf(m, "%.*s", (int)(image + n - colon - 1), colon + 1);
		n = (size_t)(colon - image);
	}
	for (; rows->kind; rows++)
		if (rows->image && pl_streq(rows->kind, kind) && ends_with(image, n, rows->image) &&
		    (rows->name ? pl_streq(rows->name, name) : !found))
			found = rows;
	return found;
}

bool pl_kube_is_version(const char *text)
{
	const char *p = text + (*text == 'v');
	size_t n = strspn(p, "0123456789.");

	/* in a range "1.9.x" the number ends in a dot */
	return n && *p != '.' && p[n - 1] != '.' && (!p[n] || p[n] == '-' || p[n] == '+') &&
	       !strpbrk(p, " |,<>=~^*");
}

/* ---- reading ---- */

enum place { KIND, NAME, SPACE, CONTAINERS, DESIRED, READY, REPLICAS, REPLICAS_READY, PLACES };

static const char *const paths[PLACES] = {
	[KIND] = "kind",
	[NAME] = "metadata.name",
	[SPACE] = "metadata.namespace",
	[CONTAINERS] = "spec.template.spec.containers",
	[DESIRED] = "status.desiredNumberScheduled",
	[READY] = "status.numberReady",
	[REPLICAS] = "spec.replicas",
	[REPLICAS_READY] = "status.readyReplicas",
};

struct reading {
	struct pl_kube *k;
	enum pl_kube_index kind;
	const struct pl_slice *found;
	bool any;
};

static void keep(struct reading *r, const struct pl_kube_program *program, const char *tag)
{
	bool set = r->kind == PL_KUBE_DAEMONSETS;
	struct pl_kube_workload *w = pl_kube_add(r->k, r->kind, sizeof *w);

	w->program = program;
	w->tag = program->versioned && tag && pl_kube_is_version(tag) ? tag : NULL;
	w->name = pl_kube_text(r->k, r->found[NAME]);
	w->space = pl_kube_text(r->k, r->found[SPACE]);
	w->desired = pl_kube_whole(r->found[set ? DESIRED : REPLICAS], set ? 0 : 1);
	w->ready = pl_kube_whole(r->found[set ? READY : REPLICAS_READY], 0);
	r->any = true;
}

static void read_container(void *ctx, struct pl_slice value)
{
	static const char *const image_path[] = { "image" };
	struct reading *r = ctx;
	struct pl_slice image;
	const struct pl_kube_program *found = NULL;
	const char *name = pl_kube_text(r->k, r->found[NAME]), *text, *tag = NULL;

	pl_kube_pick_in(value, image_path, 1, &image);
	text = pl_kube_text(r->k, image);
	for (size_t i = 0; text && r->k->providers[i]; i++) {
		const struct pl_kube_provider *p = r->k->providers[i]->live;
		const struct pl_kube_program *program = NULL;

		if (p && p->programs)
			program = pl_kube_program_in(p->programs, r->k->m, pl_kube_kinds[r->kind].word,
						     name, text, &tag);
		if (program && (!found || program->name))
			found = program;
	}
	if (found)
		keep(r, found, tag);
}

/* Known by its own name, whatever its image is. */
static void read_name(struct reading *r)
{
	const char *name = pl_kube_text(r->k, r->found[NAME]);

	for (size_t i = 0; r->k->providers[i]; i++) {
		const struct pl_kube_provider *p = r->k->providers[i]->live;

		for (const struct pl_kube_program *w = p ? p->programs : NULL; w && w->kind; w++)
			if (w->name && !w->image && pl_streq(w->kind, pl_kube_kinds[r->kind].word) &&
			    pl_streq(w->name, name)) {
				keep(r, w, NULL);
				return;
			}
	}
}

static int read_workload(struct pl_kube *k, enum pl_kube_index kind, struct pl_scan *s,
			 struct pl_err *err)
{
	struct pl_slice found[PLACES];
	struct reading r = { .k = k, .kind = kind, .found = found };

	if (pl_kube_pick(s, paths, PLACES, found, err))
		return -1;
	if (!pl_kube_is_null(found[KIND]) && !pl_kube_is_text(found[KIND], pl_kube_kinds[kind].word))
		return 0;
	if (k->list[kind].count >= PL_LIMIT_KUBE_WORKLOADS)
		return pl_err_set(err, PL_E_LIMIT, "more than %d %s of programs that are known here",
				  PL_LIMIT_KUBE_WORKLOADS, pl_kube_kinds[kind].resource);
	pl_kube_elements(found[CONTAINERS], read_container, &r);
	if (!r.any)
		read_name(&r);
	return 0;
}

int pl_kube_read_daemonset(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_workload(k, PL_KUBE_DAEMONSETS, s, err);
}

int pl_kube_read_deployment(struct pl_kube *k, struct pl_scan *s, struct pl_err *err)
{
	return read_workload(k, PL_KUBE_DEPLOYMENTS, s, err);
}

/* ---- components ---- */

struct all {
	const struct pl_kube_workload **list;
	size_t count;
};

static struct all list_all(const struct pl_kube *k)
{
	static const enum pl_kube_index kinds[] = { PL_KUBE_DAEMONSETS, PL_KUBE_DEPLOYMENTS };
	size_t n = k->list[kinds[0]].count + k->list[kinds[1]].count;
	struct all all = { pl_alloc(n * sizeof(struct pl_kube_workload *)), 0 };

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < k->list[kinds[i]].count; j++)
			all.list[all.count++] = (const struct pl_kube_workload *)k->list[kinds[i]].items + j;
	return all;
}

static bool runs(const struct pl_kube_workload *w)
{
	return w->desired > 0 && w->ready > 0;
}

static const char *address_of(struct pl_kube *k, const struct pl_kube_workload *w)
{
	return pl_model_strf(k->m, "%s/%s/%s", pl_strieq(w->program->kind, "DaemonSet") ? "daemonset"
			     : "deployment", w->space ? w->space : "", w->name ? w->name : "");
}

/* What keeps a component from counting; NULL: it runs, and what it needs is served. */
static const char *trouble(struct pl_kube *k, const struct pl_kube_workload *w)
{
	if (runs(w))
		return NULL;
	if (!w->desired && w->program->kind[1] == 'e') /* a Deployment */
		return pl_model_strf(k->m, "its Deployment %s is scaled to 0", w->name);
	if (!w->desired)
		return pl_model_strf(k->m, "its DaemonSet %s runs on no node", w->name);
	return pl_model_strf(k->m, "none of the %lld pods of %s is ready", (long long)w->desired, w->name);
}

static void add_version(struct pl_kube *k, struct pl_object *o, const struct all *all, const char *name,
			bool running)
{
	static const char path[] = "spec.template.spec.containers";
	const char *before = NULL;
	bool unversioned = false;

	for (size_t i = 0; i < all->count; i++) {
		const struct pl_kube_workload *w = all->list[i];

		if (!pl_streq(w->program->component, name) || (running && !runs(w)))
			continue;
		unversioned |= w->program->versioned && !w->tag;
		if (!w->tag || pl_streq(w->tag, before))
			continue;
		before = w->tag;
		pl_fact_text(k->m, o, PL_COMPONENT_VERSION, w->tag, path)->origin.address =
			address_of(k, w);
	}
	if (!before || unversioned)
		pl_fact_unknown(k->m, o, PL_COMPONENT_VERSION, "the image's tag tells no version of it", path);
}

/*
 * Its custom resources are gone: what is left is called by a name that nobody looks for, so that it
 * does not count as the component.
 */
static const char *name_of(struct pl_kube *k, const struct pl_kube_program *p)
{
	if (p->group && k->groups_known && !pl_kube_serves(k, p->group))
		return pl_model_strf(k->m, "%s (its API group %s is not served)", p->component, p->group);
	return p->component;
}

static void add_component(struct pl_kube *k, const struct all *all, size_t at)
{
	const struct pl_kube_workload *w = all->list[at], *best = w;
	const char *name = w->program->component, *why;
	struct pl_object *o;

	for (size_t i = 0; i < all->count; i++)
		if (pl_streq(all->list[i]->program->component, name)) {
			if (i < at)
				return; /* told already */
			best = runs(best) && (best->tag || !all->list[i]->tag) ? best
			       : runs(all->list[i]) ? all->list[i] : best;
		}
	o = pl_kube_object(k, PL_COMPONENT, name, address_of(k, best));
	o->identity = pl_model_strf(k->m, "component/%s", name);
	why = trouble(k, best);
	if (why)
		pl_fact_unknown(k->m, o, PL_COMPONENT_NAME, why, "status");
	else
		pl_fact_text(k->m, o, PL_COMPONENT_NAME, name_of(k, best->program), NULL);
	add_version(k, o, all, name, !why);
}

static bool any_of(const struct all *all, const char *component)
{
	for (size_t i = 0; i < all->count; i++)
		if (pl_streq(all->list[i]->program->component, component))
			return true;
	return false;
}

/* Its API group is served, and what serves it was not seen or has an image nobody here knows. */
static void add_served(struct pl_kube *k, const struct all *all, const struct pl_kube_program *p)
{
	const char *missing = pl_kube_missing(k, pl_streq(p->kind, "DaemonSet") ? PL_KUBE_DAEMONSETS
					      : PL_KUBE_DEPLOYMENTS);
	struct pl_object *o;

	if (!p->group || !pl_kube_serves(k, p->group) || any_of(all, p->component))
		return;
	o = pl_kube_object(k, PL_COMPONENT, p->component, NULL);
	o->identity = pl_model_strf(k->m, "component/%s", p->component);
	if (!missing)
		missing = pl_model_strf(k->m, "the API group %s is served, and no %s of it is known here",
					p->group, p->kind);
	pl_fact_unknown(k->m, o, PL_COMPONENT_NAME, missing, NULL);
	pl_fact_unknown(k->m, o, PL_COMPONENT_VERSION, missing, NULL);
}

void pl_kube_components(struct pl_kube *k)
{
	struct all all = list_all(k);

	for (size_t i = 0; i < all.count; i++)
		add_component(k, &all, i);
	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_program *w = p ? p->programs : NULL; w && w->kind; w++)
			add_served(k, &all, w);
	}
	free(all.list);
}
