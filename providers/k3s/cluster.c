/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster that a group of k3s hosts is: its object, its facts and those of its pools. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "k3s/k3s.h"

/* A fact that finish() may settle when something else installs the network. */
static const char flannel_is_off[] = "flannel is off, and no boot script installs another network";

/*
 * One cluster while its facts are written.  Where a plan and a state show it, each makes an object
 * of its own from its own hosts, which joining brings together; only the name is that of all hosts.
 */
struct group {
	struct pl_tf *tf;
	struct pl_model *m;
	const struct pl_k3s_host *const *members;
	size_t count;
	const char *name;                 /* NULL: nothing names it */
	const struct pl_k3s_host *head;   /* its first server, else its first host */
	const struct pl_k3s_host *server; /* the first whose script is known; NULL: none */
	bool neighbours;                  /* its document holds other clusters */
	struct pl_object *o;
};

static const struct pl_bootstrap *says(const struct pl_k3s_host *h)
{
	static const struct pl_bootstrap nothing;

	return h->r->boot ? &h->r->boot->says : &nothing;
}

static bool sensitive(const struct pl_k3s_host *h)
{
	return h->r->boot && h->r->boot->sensitive;
}

/* Why what the host is told is not known. */
static const char *waits_for(const struct pl_k3s_host *h)
{
	const struct pl_tf_boot *b = h->r->boot;

	if (b && b->state == PL_TF_BOOT_UNKNOWN)
		return b->waits_for;
	return "the script that installs k3s is not in the file";
}

static const char *path_of(const struct pl_k3s_host *h)
{
	return h->r->boot ? h->r->boot->path : NULL;
}

/* ---- the cluster's name ---- */

static bool separator(char c)
{
	return c && strchr("-_. ", c);
}

static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/* What the names of all hosts begin with, in whole words; NULL when that is nothing. */
static const char *common_name(const struct group *g)
{
	const char *first = g->members[0]->r->object->name;
	size_t n = strlen(first);
	bool whole = true;

	for (size_t i = 0; i < g->count; i++) {
		size_t same = common(first, g->members[i]->r->object->name);

		n = same < n ? same : n;
	}
	for (size_t i = 0; i < g->count; i++) {
		char next = g->members[i]->r->object->name[n];

		whole = whole && (!next || separator(next));
	}
	while (!whole && n && !separator(first[n - 1]))
		n--;
	while (n && separator(first[n - 1]))
		n--;
	return n ? pl_model_strf(g->m, "%.*s", (int)n, first) : NULL;
}

/* The address that agents join, when it may be printed. */
static const char *joined_address(const struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const char *host = pl_k3s_url_host(g->m, says(g->members[i])->k3s_url);

		if (host && !sensitive(g->members[i]))
			return host;
	}
	return NULL;
}

static void add_object(struct group *g)
{
	const char *name = g->name ? g->name : "k3s", *module = g->head->r->module;

	if (g->neighbours && *module)
		name = pl_model_strf(g->m, "%s (%s)", name, module);
	g->o = pl_tf_object(g->tf, g->head->r, PL_CLUSTER, name);
	if (g->name)
		g->o->identity = pl_model_strf(g->m, "k3s/%s", name);
}

/* ---- facts of the cluster ---- */

/* The fact rests on what the host's script says. */
static void from_script(struct pl_fact *f, const struct pl_k3s_host *h, const char *note)
{
	f->basis = PL_INFERRED;
	f->note = note;
	f->sensitive = sensitive(h);
}

static void add_kind(struct group *g)
{
	static const enum pl_attr attrs[] = { PL_CLUSTER_PROVIDER, PL_CLUSTER_DISTRIBUTION };
	const struct pl_k3s_host *proof = g->head;

	for (size_t i = 0; i < g->count && proof->assumed; i++)
		proof = g->members[i];
	for (size_t i = 0; i < 2; i++) {
		struct pl_fact *f = pl_fact_text(g->m, g->o, attrs[i], "k3s", path_of(proof));

		f->basis = proof->assumed ? PL_ASSUMED : PL_INFERRED;
		f->note = proof->assumed ? proof->assumed : "its installer is in a boot script";
		f->origin.address = pl_model_str(g->m, proof->r->address);
	}
}

/* The version that a host's script names; the channel decides when it names none. */
static void add_version(struct group *g, struct pl_object *o, enum pl_attr attr,
			const struct pl_k3s_host *h)
{
	if (!pl_k3s_is_read(h))
		pl_fact_unknown(g->m, o, attr, waits_for(h), path_of(h));
	else if (!says(h)->k3s_version)
		pl_fact_unknown(g->m, o, attr, "k3s' release channel decides", path_of(h));
	else
		from_script(pl_fact_text(g->m, o, attr, says(h)->k3s_version, path_of(h)), h, NULL);
}

/* Facts that only a server's script tells are not known without one. */
static void add_unknown_network(struct group *g)
{
	const char *why = pl_k3s_is_server(g->head) || !g->head->assumed
				  ? waits_for(g->head) : "no script of a server is known";

	pl_fact_unknown(g->m, g->o, PL_CLUSTER_NETWORK_POLICY, why, path_of(g->head));
	pl_fact_unknown(g->m, g->o, PL_CLUSTER_SERVICE_LB, why, path_of(g->head));
}

/* The first member that `says` something of this, or NULL. */
static const char *evidence(const struct group *g, const char *(*what)(const struct pl_bootstrap *))
{
	for (size_t i = 0; i < g->count; i++)
		if (what(says(g->members[i])))
			return sensitive(g->members[i]) ? "" : what(says(g->members[i]));
	return NULL;
}

static const char *calico(const struct pl_bootstrap *b)
{
	return b->calico;
}

static const char *metallb(const struct pl_bootstrap *b)
{
	return b->metallb;
}

static bool any_server(const struct group *g, bool (*is)(const struct pl_bootstrap *))
{
	for (size_t i = 0; i < g->count; i++)
		if (pl_k3s_is_server(g->members[i]) && is(says(g->members[i])))
			return true;
	return false;
}

static bool flannel_off(const struct pl_bootstrap *b)
{
	return b->flannel_off;
}

static bool servicelb_off(const struct pl_bootstrap *b)
{
	return b->servicelb_off;
}

static void add_network_policy(struct group *g)
{
	const char *installed = evidence(g, calico), *path = path_of(g->server), *note;
	struct pl_fact *f;

	if (!any_server(g, flannel_off)) {
		f = pl_fact_text(g->m, g->o, PL_CLUSTER_NETWORK_POLICY, "flannel", path);
		f->basis = PL_DEFAULT;
		f->note = "k3s runs flannel unless it is told not to";
	} else if (!installed) {
		pl_fact_unknown(g->m, g->o, PL_CLUSTER_NETWORK_POLICY, flannel_is_off, path);
	} else {
		note = "flannel is off, and a boot script installs Calico";
		if (*installed)
			note = pl_model_strf(g->m, "%s (%s)", note, installed);
		f = pl_fact_text(g->m, g->o, PL_CLUSTER_NETWORK_POLICY, "calico", path);
		f->basis = PL_INFERRED;
		f->note = note;
	}
}

static void add_service_lb(struct group *g)
{
	const char *replaced = evidence(g, metallb), *path = path_of(g->server);
	bool off = any_server(g, servicelb_off);
	struct pl_fact *f = pl_fact_bool(g->m, g->o, PL_CLUSTER_SERVICE_LB, !off || replaced, path);

	f->basis = off ? PL_INFERRED : PL_DEFAULT;
	f->note = "k3s brings servicelb";
	if (off)
		f->note = replaced ? "servicelb is disabled, and a boot script installs another"
				   : "servicelb is disabled";
}

static void add_endpoint(struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct pl_k3s_host *h = g->members[i];
		const char *url = says(h)->k3s_url;

		if (!url)
			continue;
		from_script(pl_fact_text(g->m, g->o, PL_CLUSTER_ENDPOINT, url, path_of(h)), h,
			    NULL);
		return;
	}
}

static void add_component(struct group *g, const struct pl_k3s_host *h, const char *name,
			  const char *version)
{
	struct pl_object *o = pl_tf_object(g->tf, h->r, PL_COMPONENT, name);
	struct pl_fact *f = pl_fact_text(g->m, o, PL_COMPONENT_NAME, name, path_of(h));

	o->cluster = g->o;
	if (g->o->identity)
		o->identity = pl_model_strf(g->m, "%s/%s", g->o->identity, name);
	f->basis = PL_INFERRED;
	f->note = "a boot script installs it";
	if (version)
		from_script(pl_fact_text(g->m, o, PL_COMPONENT_VERSION, version, path_of(h)), h,
			    NULL);
	else
		pl_fact_unknown(g->m, o, PL_COMPONENT_VERSION, "the boot script names no version",
				path_of(h));
}

static void add_components(struct group *g)
{
	bool manager = false, network = false;

	for (size_t i = 0; i < g->count; i++) {
		const struct pl_bootstrap *b = says(g->members[i]);

		if (b->cert_manager && !manager)
			add_component(g, g->members[i], "cert-manager", b->cert_manager_version);
		if (b->calico && !network)
			add_component(g, g->members[i], "calico", b->calico_version);
		manager = manager || b->cert_manager;
		network = network || b->calico;
	}
}

/* ---- facts of the pools ---- */

/* Attributes that only the script decides, when it is not known. */
static void unknown_pool(struct group *g, const struct pl_k3s_host *h, bool labels)
{
	static const enum pl_attr attrs[] = { PL_POOL_RUNTIME, PL_POOL_MAX_PODS, PL_POOL_LABELS,
					      PL_POOL_TAINTS };
	size_t n = labels ? 4 : 2;

	for (size_t i = 0; i < n; i++) {
		pl_object_forget(h->r->object, attrs[i], PL_PLAN);
		pl_fact_unknown(g->m, h->r->object, attrs[i], waits_for(h), path_of(h));
	}
}

static void known_pool(struct group *g, const struct pl_k3s_host *h)
{
	const struct pl_bootstrap *b = says(h);
	struct pl_object *o = h->r->object;
	struct pl_fact *f;

	f = pl_fact_text(g->m, o, PL_POOL_RUNTIME, b->docker ? "docker" : "containerd", path_of(h));
	f->basis = b->docker ? PL_INFERRED : PL_DEFAULT;
	f->note = b->docker ? "k3s is told to use Docker" : "k3s brings containerd";
	f = pl_fact_int(g->m, o, PL_POOL_MAX_PODS, b->max_pods ? b->max_pods : 110, path_of(h));
	f->basis = b->max_pods ? PL_INFERRED : PL_DEFAULT;
	f->note = b->max_pods ? NULL : "the kubelet's default";
	f->sensitive = b->max_pods && sensitive(h);
}

static void add_pool(struct group *g, const struct pl_k3s_host *h)
{
	struct pl_object *o = h->r->object;
	const struct pl_tf_boot *b = h->r->boot;

	o->cluster = g->o;
	o->cluster_how = h->assumed;
	add_version(g, o, PL_POOL_VERSION, h);
	if (pl_k3s_is_read(h)) {
		known_pool(g, h);
		pl_tf_boot_facts(g->tf, h->r, o);
		return;
	}
	/* a script that is known and does not install k3s says nothing of its labels either */
	unknown_pool(g, h, !b || b->state != PL_TF_BOOT_UNKNOWN);
	if (b && b->state == PL_TF_BOOT_UNKNOWN)
		pl_tf_boot_facts(g->tf, h->r, o);
}

/* ---- all clusters ---- */

/* Of the members: the first server with a script that is known, and who stands for the cluster. */
static void choose_head(struct group *g)
{
	g->head = g->members[0];
	g->server = NULL;
	for (size_t i = g->count; i-- > 0;) {
		if (pl_k3s_is_server(g->members[i]))
			g->head = g->members[i];
		if (pl_k3s_is_server(g->members[i]) && pl_k3s_is_read(g->members[i]))
			g->server = g->members[i];
	}
}

static void add_cluster(struct group *g)
{
	add_object(g);
	add_kind(g);
	add_version(g, g->o, PL_CLUSTER_VERSION, g->server ? g->server : g->head);
	if (g->server) {
		add_network_policy(g);
		add_service_lb(g);
	} else {
		add_unknown_network(g);
	}
	pl_fact_unknown(g->m, g->o, PL_CLUSTER_PRIVILEGED, "admission is decided in the cluster",
			NULL);
	add_endpoint(g);
	add_components(g);
}

static int rank_of(const struct pl_k3s_host *h)
{
	return h->r->object->rank;
}

/* The part of a group from `start` on that comes from sources of one precedence. */
static struct group part_of(const struct group *whole, size_t start)
{
	struct group part = *whole;

	part.members = whole->members + start;
	part.count = 1;
	while (start + part.count < whole->count &&
	       rank_of(part.members[part.count]) == rank_of(part.members[0]))
		part.count++;
	choose_head(&part);
	return part;
}

/*
 * The objects of one cluster: one for each part that holds its server, or else the first part's;
 * the pools of a part without a server belong to the first of them.
 */
static void add_group(const struct group *whole)
{
	struct pl_object *first = NULL;
	struct group part;

	for (int servers = 1; servers >= 0; servers--)
		for (size_t i = 0; i < whole->count; i += part.count) {
			part = part_of(whole, i);
			if (servers != (part.server != NULL))
				continue;
			if (servers || !first)
				add_cluster(&part);
			else
				part.o = first;
			first = first ? first : part.o;
			for (size_t k = 0; k < part.count; k++)
				add_pool(&part, part.members[k]);
		}
}

static int by_group(const void *a, const void *b)
{
	const struct pl_k3s_host *x = *(const struct pl_k3s_host *const *)a;
	const struct pl_k3s_host *y = *(const struct pl_k3s_host *const *)b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (rank_of(x) != rank_of(y))
		return rank_of(x) > rank_of(y) ? -1 : 1;
	return x < y ? -1 : x > y;
}

static bool has_neighbours(const struct pl_k3s_hosts *hosts, const struct pl_k3s_host *h)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (!hosts->list[i].any && hosts->list[i].group != h->group &&
		    hosts->list[i].r->doc == h->r->doc)
			return true;
	return false;
}

void pl_k3s_clusters(struct pl_tf *tf, const struct pl_k3s_hosts *hosts)
{
	const struct pl_k3s_host **all = pl_alloc((hosts->count + 1) * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < hosts->count; i++) {
		hosts->list[i].r->object->any_cluster = hosts->list[i].any;
		if (!hosts->list[i].any)
			all[n++] = &hosts->list[i];
	}
	qsort(all, n, sizeof(*all), by_group);
	for (size_t start = 0; start < n;) {
		struct group g = { .tf = tf, .m = pl_tf_model(tf), .members = all + start };

		while (start < n && all[start]->group == g.members[0]->group)
			start++;
		g.count = (size_t)(all + start - g.members);
		g.neighbours = has_neighbours(hosts, g.members[0]);
		g.name = common_name(&g);
		g.name = g.name ? g.name : joined_address(&g);
		add_group(&g);
	}
	free(all);
}

/* ---- after joining ---- */

static bool has_component(const struct pl_model *m, const struct pl_object *cluster,
			  const char *word)
{
	return pl_cluster_component(m, cluster, word, PL_PLAN) != NULL;
}

/* What charts and manifests of the same run install in place of flannel and servicelb. */
void pl_k3s_finish(struct pl_model *m, struct pl_object *cluster)
{
	const struct pl_fact *f = pl_object_fact(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);
	struct pl_fact *now;

	if (f && !f->known && pl_streq(f->waits_for, flannel_is_off) &&
	    (has_component(m, cluster, "calico") || has_component(m, cluster, "tigera"))) {
		pl_object_forget(cluster, PL_CLUSTER_NETWORK_POLICY, PL_PLAN);
		now = pl_fact_text(m, cluster, PL_CLUSTER_NETWORK_POLICY, "calico", NULL);
		now->basis = PL_INFERRED;
		now->note = "flannel is off, and Calico is installed";
	}
	f = pl_object_fact(cluster, PL_CLUSTER_PROVIDER, PL_PLAN);
	if (!f || !f->known || !pl_streq(f->value.s, "k3s"))
		return;
	f = pl_object_fact(cluster, PL_CLUSTER_SERVICE_LB, PL_PLAN);
	if (f && f->known && !f->value.b &&
	    (has_component(m, cluster, "metallb") || has_component(m, cluster, "kube-vip"))) {
		pl_object_forget(cluster, PL_CLUSTER_SERVICE_LB, PL_PLAN);
		now = pl_fact_bool(m, cluster, PL_CLUSTER_SERVICE_LB, true, NULL);
		now->basis = PL_INFERRED;
		now->note = "servicelb is disabled, and another is installed";
	}
}
