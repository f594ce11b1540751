/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which clusters are one: by provider and name (where they are, when both say it), by the namespace that
 * a cluster has once, by the API's address, by a plan's and a state's address, by --join; and those that
 * are only named by their pools.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/str.h"
#include "model/join.h"

/* "eks gitpod"; NULL when that does not tell it from others. */
static const char *name_key(struct pl_model *m, const struct pl_object *o)
{
	const char *provider = pl_join_text(o, PL_CLUSTER_PROVIDER);

	return provider && pl_join_named(o) ? pl_model_strf(m, "%s %s", provider, o->name) : NULL;
}

/* ---- words that are spelled in several ways ---- */

bool pl_join_same_place(const char *a, const char *b)
{
	for (; a && b; a++, b++) {
		a += strspn(a, " ");
		b += strspn(b, " ");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
	return !a && !b;
}

/* A place in the spelling in which it is compared. */
static const char *place_text(struct pl_model *m, const char *place)
{
	char *text = pl_arena_strdup(&m->arena, place ? place : ""), *to = text;

	for (const char *p = text; *p; p++)
		if (*p != ' ')
			*to++ = (char)tolower((unsigned char)*p);
	*to = '\0';
	return text;
}

const char *pl_join_endpoint(struct pl_model *m, const char *url)
{
	const char *host = strstr(url, "://");
	char *text;
	size_t n, end;

	host = host ? host + 3 : url;
	text = pl_arena_strdup(&m->arena, host);
	n = strcspn(text, "/");
	for (size_t i = 0; i < n; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	end = strlen(text);
	while (end && text[end - 1] == '/')
		text[--end] = '\0';
	n = n < end ? n : end;
	if (n > 4 && !strncmp(text + n - 4, ":443", 4))
		memmove(text + n - 4, text + n, end - n + 1);
	return text;
}

bool pl_join_own_machine(const char *endpoint)
{
	return pl_starts(endpoint, "127.") || pl_starts(endpoint, "localhost") ||
	       pl_starts(endpoint, "[::1]") || pl_starts(endpoint, "0.0.0.0");
}

static const char *uid_of(const struct pl_object *o)
{
	return o->identity && pl_starts(o->identity, PL_CLUSTER_UID) ? o->identity : NULL;
}

/* The only value that those of a run give to the attribute; *several when they give two. */
static const char *common(const struct pl_join_key *run, size_t n, enum pl_attr attr, bool *several)
{
	const char *value = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *v = pl_join_text(run[i].object, attr);

		*several |= v && value && !pl_join_same_place(v, value);
		value = v ? v : value;
	}
	return value;
}

/* Same provider and name: one cluster, or several in different places. */
static void join_names(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	struct pl_join_keys places = { 0 };
	bool several = false;

	common(run, n, PL_CLUSTER_LOCATION, &several);
	common(run, n, PL_CLUSTER_ACCOUNT, &several);
	if (!several) {
		pl_join_run(m, run, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *location = pl_join_text(run[i].object, PL_CLUSTER_LOCATION);
		const char *account = pl_join_text(run[i].object, PL_CLUSTER_ACCOUNT);

		if (location || account)
			pl_join_add(&places, pl_model_strf(m, "%s %s", place_text(m, location),
							   account ? account : ""), run[i].object);
	}
	pl_join_runs(&places, pl_join_run, m);
}

/* Of a run that begins with a stand-in: they are one, and the only real one when there is one. */
static void join_stand_ins(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	struct pl_object *real = NULL, *stand_in = NULL;
	bool several = false;

	for (size_t i = 0; i < n; i++) {
		struct pl_object *o = pl_object_joined(run[i].object);

		if (!run[i].object->stand_in && !run[i].object->gone) {
			several |= real && real != o;
			real = o;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!run[i].object->stand_in)
			continue;
		stand_in = stand_in ? stand_in : run[i].object;
		pl_join_unite(m, stand_in, run[i].object);
	}
	if (stand_in && real && !several)
		pl_join_unite(m, real, stand_in);
}

/* Is it the cluster that the user means by that name or address? */
static bool is_called(const struct pl_object *o, const char *name)
{
	return pl_streq(o->name, name) || pl_streq(pl_join_address(o), name);
}

/* The cluster of that name, or one that is only named by its pools; NULL: there is neither. */
static struct pl_object *cluster_told(const struct pl_model *m, const struct pl_object *but, const char *name)
{
	struct pl_object *named = NULL;

	for (size_t i = 0; i < m->object_count; i++) {
		struct pl_object *c = m->objects[i];

		if (c->kind != PL_CLUSTER || c == but || !is_called(c, name))
			continue;
		if (!c->stand_in)
			return c;
		named = named ? named : c;
	}
	return named;
}

/* A cluster seen live goes to the one that the user said its source is about. */
static void join_as_told(struct pl_model *m, struct pl_object *o)
{
	int source = pl_join_source(o);
	const char *name = source >= 0 ? m->sources[source].join : NULL;
	struct pl_object *c = name && (o->rank <= 0 || o->stand_in) ? cluster_told(m, o, name) : NULL;

	if (c)
		pl_join_unite(m, c, o);
}

/* Those of one address: one cluster, unless they are known to be several. */
static void join_endpoints(struct pl_model *m, const struct pl_join_key *run, size_t n)
{
	const char *uid = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *own = uid_of(run[i].object);

		if (own && uid && !pl_streq(own, uid))
			return;
		uid = own ? own : uid;
	}
	pl_join_run(m, run, n);
}

/* Both say it, and not the same. */
static bool contradict(const struct pl_object *a, const struct pl_object *b, enum pl_attr attr)
{
	const char *x = pl_join_text(a, attr), *y = pl_join_text(b, attr);

	return x && y && !pl_join_same_place(x, y);
}

/* By whom it and what was joined with it were seen. */
static unsigned seen_by(const struct pl_model *m, const struct pl_object *cluster)
{
	unsigned seen = 0;

	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER && pl_object_joined(m->objects[i]) == cluster)
			seen |= m->objects[i]->seen;
	return seen;
}

/* Did the user say that it is another? */
static bool told_otherwise(const struct pl_model *m, const struct pl_object *o)
{
	int source = pl_join_source(o);
	const char *name = source >= 0 ? m->sources[source].join : NULL;

	return name && !is_called(o, name);
}

/* One cluster on each side, and one of them without a name to compare: taken for the same. */
static void join_as_assumed(struct pl_model *m)
{
	struct pl_object *found[3] = { NULL };
	size_t n = 0;

	for (size_t i = 0; i < m->object_count && n < 3; i++) {
		struct pl_object *o = m->objects[i];

		if (o->kind == PL_CLUSTER && !o->joined && !o->gone)
			found[n++] = o;
	}
	if (n != 2 || (seen_by(m, found[0]) & seen_by(m, found[1])) ||
	    told_otherwise(m, found[0]) || told_otherwise(m, found[1]) ||
	    (name_key(m, found[0]) && name_key(m, found[1])) ||
	    contradict(found[0], found[1], PL_CLUSTER_PROVIDER) ||
	    contradict(found[0], found[1], PL_CLUSTER_LOCATION) ||
	    contradict(found[0], found[1], PL_CLUSTER_ACCOUNT))
		return;
	pl_join_unite(m, found[0], found[1]);
	pl_object_joined(found[0])->cluster_how = "assumed: the only cluster that each side shows";
}

/* The first of those that only some witnesses saw, or NULL. */
static const struct pl_object *only_seen(const struct pl_model *m, bool by_plan)
{
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];
		unsigned seen;

		if (o->kind != PL_CLUSTER || o->gone || o->joined)
			continue;
		seen = seen_by(m, o);
		if (by_plan ? seen == 1U << PL_PLAN : seen && !(seen & 1U << PL_PLAN))
			return o;
	}
	return NULL;
}

/* Clusters of a plan and of a live source that nothing makes one: the user may know better. */
static void say_apart(struct pl_model *m)
{
	const struct pl_object *planned = only_seen(m, true), *live = only_seen(m, false);
	const char *name;

	if (!planned || !live)
		return;
	name = m->sources[pl_join_source(live)].name;
	pl_model_problem(m, name, live->name, "join",
			 pl_model_strf(m, "nothing tells that its cluster is '%s' of %s: they are judged apart; --join %s=%s makes them one",
				       planned->name ? planned->name : "the one",
				       m->sources[pl_join_source(planned)].name, name,
				       planned->name ? planned->name : "NAME"));
}

struct cluster_keys {
	struct pl_join_keys names, all, endpoints, uids, nicknames;
};

static void add_keys(struct pl_model *m, struct pl_object *o, struct cluster_keys *keys)
{
	const char *key = name_key(m, o), *endpoint = pl_join_text(o, PL_CLUSTER_ENDPOINT);
	const char *provider = pl_join_text(o, PL_CLUSTER_PROVIDER);

	if (key && !o->stand_in)
		pl_join_add(&keys->names, key, o);
	if (key)
		pl_join_add(&keys->all, key, o);
	endpoint = endpoint ? pl_join_endpoint(m, endpoint) : NULL;
	if (endpoint && !pl_join_own_machine(endpoint))
		pl_join_add(&keys->endpoints, endpoint, o);
	if (uid_of(o))
		pl_join_add(&keys->uids, uid_of(o), o);
	/* what the user calls by one name on two days */
	if (o->nickname && o->name)
		pl_join_add(&keys->nicknames,
			    pl_model_strf(m, "%s %s", provider ? provider : "", o->name), o);
}

void pl_join_clusters(struct pl_model *m)
{
	struct cluster_keys keys = { 0 };

	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER)
			add_keys(m, m->objects[i], &keys);
	pl_join_runs(&keys.names, join_names, m);
	pl_join_runs(&keys.uids, pl_join_run, m);
	pl_join_runs(&keys.endpoints, join_endpoints, m);
	pl_join_runs(&keys.nicknames, join_endpoints, m);
	pl_join_addresses(m, true);
	pl_join_runs(&keys.all, join_stand_ins, m);
	for (size_t i = 0; i < m->object_count; i++)
		if (m->objects[i]->kind == PL_CLUSTER)
			join_as_told(m, m->objects[i]);
	join_as_assumed(m);
	say_apart(m);
}
