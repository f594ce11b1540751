/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside a GKE cluster: forwarding rules that its Services and Ingresses made (GKE writes into their
 * description whose they are), databases of Cloud SQL in its network, and what a plan or state calls its own.
 */
#include <string.h>

#include "base/str.h"
#include "google/api.h"
#include "google/google.h"
#include "json/load.h"

#define PAGE "maxResults=500"

/* Adds the next page of a list to its path. */
static void add_page(struct pl_buf *path, const char *next)
{
	if (!next)
		return;
	pl_buf_adds(path, "&pageToken=");
	pl_google_escape(path, next);
}

/* ---- forwarding rules ---- */

/* One Service or Ingress, of which each port may have a rule. */
struct entry {
	const char *word, *of;   /* "service", "NAMESPACE/NAME" */
	const char *rule, *link; /* the first of its rules */
	const char *address, *scheme, *network, *pool;
	struct pl_cloud_list ports;
	bool range;              /* a rule passes more ports than it says */
	int layer;
	bool settled, ours;
	struct entry *next;
};

struct entries {
	struct entry *first, **last;
};

static const struct {
	const char *member, *word;
} makers[] = { { "kubernetes.io/service-name", "service" }, { "kubernetes.io/ingress-name", "ingress" } };

static struct entry *entry_of(struct pl_cloud *c, struct entries *all, const char *word, const char *of)
{
	struct entry *e = all->first;

	while (e && (e->word != word || strcmp(e->of, of)))
		e = e->next;
	if (e)
		return e;
	e = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *e);
	*e = (struct entry){ .word = word, .of = pl_model_str(pl_cloud_model(c), of) };
	*all->last = e;
	all->last = &e->next;
	return e;
}

static void add_ports(struct pl_cloud *c, struct entry *e, json_t *rule)
{
	const char *range = pl_cloud_text(c, rule, "portRange");
	const char *found[PL_GOOGLE_RANGE];
	size_t count, i;
	json_t *port;

	json_array_foreach(pl_cloud_get(rule, "ports"), i, port)
		if (json_is_string(port))
			pl_cloud_list_add(c, &e->ports, pl_model_str(pl_cloud_model(c), json_string_value(port)));
	count = range ? pl_google_range(pl_cloud_model(c), range, found) : 0;
	for (i = 0; i < count; i++)
		pl_cloud_list_add(c, &e->ports, found[i]);
	e->range |= count > 1;
}

/* GKE labels what it makes since some version; without a label the nodes behind it tell. */
static void settle_by_label(struct pl_cloud *c, struct entry *e, json_t *rule)
{
	const char *label = pl_json_member_str(json_object_get(rule, "labels"), "goog-k8s-cluster-name");

	if (label) {
		e->settled = true;
		e->ours = !strcmp(label, pl_google_of(c)->name);
	}
}

static void take_rule(struct pl_cloud *c, struct entries *all, json_t *rule, const char *word, const char *of)
{
	struct entry *e = entry_of(c, all, word, of);
	const char *target = pl_cloud_text(c, rule, "target"), *scheme = pl_cloud_text(c, rule, "loadBalancingScheme");
	struct pl_model *m = pl_cloud_model(c);
	int layer = target ? pl_google_layer(target) : 4;

	if (pl_strieq(pl_cloud_text(c, rule, "IPProtocol"), "UDP"))
		return;
	add_ports(c, e, rule);
	settle_by_label(c, e, rule);
	if (e->rule)
		return;
	e->rule = pl_cloud_text(c, rule, "name");
	e->link = pl_cloud_text(c, rule, "selfLink");
	e->address = pl_cloud_text(c, rule, "IPAddress");
	e->scheme = scheme && pl_starts(scheme, "INTERNAL") ? "internal" : "external";
	e->network = pl_google_last(pl_cloud_text(c, rule, "network"));
	e->pool = target && strstr(target, "/targetPools/") ? pl_model_str(m, pl_google_last(target)) : NULL;
	e->layer = layer ? layer : 4;
}

static void add_rule(struct pl_cloud *c, struct entries *all, json_t *rule)
{
	const char *description = pl_json_member_str(rule, "description");
	struct pl_err none = PL_ERR_INIT; /* text that is none of GKE's */
	pl_auto_json *said = description && *description == '{' ? pl_json_load(pl_slice(description), NULL, &none) : NULL;

	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		const char *of = pl_json_member_str(said, makers[i].member);

		if (of && strchr(of, '/'))
			take_rule(c, all, rule, makers[i].word, of);
	}
}

/* ---- whose they are ---- */

/* GKE's nodes are called as the group of their pool: group gke-c-p-0a1b-grp has gke-c-p-0a1b-x2y3. */
static bool is_node(struct pl_cloud *c, const char *instance)
{
	const struct pl_cloud_list *groups = &pl_google_of(c)->groups;

	for (size_t i = 0; instance && i < groups->count; i++) {
		const char *group = groups->items[i];
		size_t n = strlen(group);

		n -= pl_ends(group, "-grp") ? 3 : 0;
		if (n && !strncmp(instance, group, n))
			return true;
	}
	return false;
}

static void settle_pool(struct pl_cloud *c, struct entries *all, json_t *pool)
{
	json_t *instances = pl_cloud_get(pool, "instances"), *i_;
	const char *name = pl_json_member_str(pool, "name");
	bool ours = false;
	size_t i;

	json_array_foreach(instances, i, i_)
		ours |= json_is_string(i_) && is_node(c, pl_google_last(json_string_value(i_)));
	for (struct entry *e = all->first; e; e = e->next)
		if (!e->settled && e->pool && pl_streq(e->pool, name)) {
			e->settled = true;
			e->ours = ours;
		}
}

/* What no node tells of is ours if no other cluster of the project could have made it. */
static void settle_by_network(struct pl_cloud *c, struct entries *all, json_t *clusters)
{
	const char *own = pl_google_of(c)->network;
	size_t in_all = json_array_size(clusters), in_own = 0, i;
	json_t *j;

	json_array_foreach(clusters, i, j)
		in_own += pl_streq(pl_google_last(pl_cloud_text(c, j, "networkConfig.network|network")), own);
	for (struct entry *e = all->first; e; e = e->next) {
		if (e->settled || e->pool)
			continue;
		if (e->network && !pl_streq(e->network, own))
			e->settled = true;
		else if (e->network ? in_own == 1 : in_all == 1)
			e->settled = e->ours = true;
	}
}

static void tell_entry(struct pl_cloud *c, const struct entry *e)
{
	struct pl_model *m = pl_cloud_model(c);
	struct pl_object *o = pl_cloud_thing(c, pl_google_of(c)->cluster, PL_LOAD_BALANCER, strchr(e->of, '/') + 1,
					     pl_model_strf(m, "%s/%s", e->word, e->of), e->link);
	struct pl_fact *f;

	if (!o)
		return;
	pl_fact_text(m, o, PL_LB_TYPE, e->word, "description")->note = pl_model_strf(m, "forwarding rule %s", e->rule);
	pl_fact_int(m, o, PL_LB_LAYER, e->layer, "target");
	pl_fact_text(m, o, PL_LB_SCHEME, e->scheme, "loadBalancingScheme");
	if (e->address)
		pl_fact_list(m, o, PL_LB_ADDRESSES, &e->address, 1, "IPAddress");
	f = pl_fact_list(m, o, PL_LB_PORTS, e->ports.items, e->ports.count, e->range ? "portRange" : "ports");
	if (e->range) {
		f->basis = PL_INFERRED;
		f->note = "the rule passes a range of ports, of which a firewall lets through those of the Service";
	}
}

static void tell(struct pl_cloud *c, const struct entries *all)
{
	bool open = false;

	for (const struct entry *e = all->first; e; e = e->next) {
		if (e->ours && e->rule)
			tell_entry(c, e);
		open |= !e->settled && e->rule;
	}
	if (open)
		pl_cloud_incomplete(c, 1U << PL_LOAD_BALANCER, "which cluster of the project some forwarding rules belong to is not told");
}

static void unlisted(struct pl_cloud *c, const char *what, const char *why)
{
	pl_cloud_incomplete(c, 1U << PL_LOAD_BALANCER, pl_model_strf(pl_cloud_model(c), "%s not listed: %s", what, why));
}

static void clusters_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	json_t *list = pl_cloud_get(a->json, "clusters");

	if (json_array_size(list) && !json_array_size(pl_cloud_get(a->json, "missingZones")))
		settle_by_network(c, arg, list);
	tell(c, arg);
}

static bool has_open(const struct entries *all, bool with_pool)
{
	for (const struct entry *e = all->first; e; e = e->next)
		if (!e->settled && !!e->pool == with_pool)
			return true;
	return false;
}

static void settle_rest(struct pl_cloud *c, struct entries *all)
{
	pl_auto_buf path = PL_BUF_INIT;

	if (!has_open(all, false)) {
		tell(c, all);
		return;
	}
	pl_buf_addf(&path, "projects/%s/locations/-/clusters", pl_google_of(c)->project);
	pl_google_get(c, PL_GOOGLE_CONTAINER, "clusters.list", pl_google_of(c)->project, path.data, clusters_done, all);
}

/* The lists of all scopes of an aggregated list. */
static void each_of(json_t *json, const char *member, struct pl_cloud *c, struct entries *all,
		    void (*each)(struct pl_cloud *c, struct entries *all, json_t *j))
{
	json_t *scope, *j;
	const char *name;
	size_t i;

	json_object_foreach(pl_cloud_get(json, "items"), name, scope)
		json_array_foreach(json_object_get(scope, member), i, j)
			each(c, all, j);
}

static pl_cloud_done pools_done, rules_done;

static void ask_aggregated(struct pl_cloud *c, const char *list, const char *next, pl_cloud_done *done, struct entries *all)
{
	pl_auto_buf path = PL_BUF_INIT, method = PL_BUF_INIT;

	pl_buf_addf(&path, "projects/%s/aggregated/%s?" PAGE, pl_google_of(c)->project, list);
	pl_buf_addf(&method, "%s.aggregatedList", list);
	add_page(&path, next);
	pl_google_get(c, PL_GOOGLE_COMPUTE, method.data, list, path.data, done, all);
}

static void pools_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextPageToken");

	each_of(a->json, "targetPools", c, arg, settle_pool);
	if (next) {
		ask_aggregated(c, "targetPools", next, pools_done, arg);
		return;
	}
	if (a->outcome != PL_CLOUD_DONE)
		unlisted(c, "target pools", a->why);
	settle_rest(c, arg);
}

static void rules_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextPageToken");

	each_of(a->json, "forwardingRules", c, arg, add_rule);
	if (next) {
		ask_aggregated(c, "forwardingRules", next, rules_done, arg);
		return;
	}
	if (a->outcome != PL_CLOUD_DONE)
		unlisted(c, "forwarding rules", a->why);
	if (has_open(arg, true))
		ask_aggregated(c, "targetPools", NULL, pools_done, arg);
	else
		settle_rest(c, arg);
}

/* ---- Cloud SQL ---- */

static void add_database(struct pl_cloud *c, json_t *j)
{
	const char *name = pl_cloud_text(c, j, "name");
	const char *version = pl_cloud_text(c, j, "databaseInstalledVersion|databaseVersion");
	const char *network = pl_google_last(pl_cloud_text(c, j, "settings.ipConfiguration.privateNetwork"));
	struct pl_model *m = pl_cloud_model(c);
	const char *identity = pl_model_strf(m, "google_sql_database_instance/%s", name ? name : "");
	bool planned = pl_cloud_planned_as(c, PL_DATABASE, identity);
	bool ours = version && pl_starts(version, "MYSQL_") && network && pl_streq(network, pl_google_of(c)->network);
	struct pl_object *o;

	if (!name || !version || (!planned && !ours))
		return;
	o = pl_cloud_thing(c, pl_google_of(c)->cluster, PL_DATABASE, name, identity, pl_cloud_text(c, j, "selfLink"));
	if (o)
		pl_google_sql_version(m, o, version, "databaseVersion");
}

static pl_cloud_done databases_done;

static void ask_databases(struct pl_cloud *c, const char *next)
{
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_addf(&path, "projects/%s/instances?" PAGE, pl_google_of(c)->project);
	add_page(&path, next);
	pl_google_get(c, PL_GOOGLE_SQL, "instances.list", "databases", path.data, databases_done, NULL);
}

/* A project whose Cloud SQL is switched off has no database of it. */
static void databases_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextPageToken");
	json_t *j;
	size_t i;

	(void)arg;
	json_array_foreach(pl_cloud_get(a->json, "items"), i, j)
		add_database(c, j);
	if (next)
		ask_databases(c, next);
	else if (a->outcome != PL_CLOUD_DONE && a->outcome != PL_CLOUD_OFF)
		pl_cloud_incomplete(c, 1U << PL_DATABASE,
				    pl_model_strf(pl_cloud_model(c), "databases not listed: %s", a->why));
}

/* ---- buckets ---- */

static void bucket_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const struct pl_object *planned = arg;
	struct pl_object *o;

	if (a->outcome != PL_CLOUD_DONE)
		return; /* what is gone, or is not for us to see, shows nothing */
	o = pl_cloud_thing(c, pl_google_of(c)->cluster, PL_BUCKET, planned->name, planned->identity,
			   pl_model_strf(pl_cloud_model(c), "gs://%s", planned->name));
	if (o)
		pl_fact_text(pl_cloud_model(c), o, PL_BUCKET_SERVICE, "gcs", NULL);
}

bool pl_google_is_bucket(const struct pl_object *o)
{
	return o->identity && pl_starts(o->identity, "google_storage_bucket/");
}

void pl_google_bucket_get(struct pl_cloud *c, struct pl_object *planned, pl_cloud_done *done)
{
	pl_auto_buf path = PL_BUF_INIT;

	pl_buf_adds(&path, "b/");
	pl_google_escape(&path, planned->name);
	pl_buf_adds(&path, "?fields=name,location");
	pl_google_get(c, PL_GOOGLE_STORAGE, "buckets.get", planned->name, path.data, done, planned);
}

void pl_google_ask_belongings(struct pl_cloud *c)
{
	struct entries *all = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *all);
	struct pl_object **buckets;
	size_t n = pl_cloud_planned(c, PL_BUCKET, &buckets);

	*all = (struct entries){ .last = &all->first };
	ask_aggregated(c, "forwardingRules", NULL, rules_done, all);
	ask_databases(c, NULL);
	/* what the plan only makes is for predict.c */
	for (size_t i = 0; i < n; i++)
		if (pl_google_is_bucket(buckets[i]) && !buckets[i]->created)
			pl_google_bucket_get(c, buckets[i], bucket_done);
}
