/* SPDX-License-Identifier: Apache-2.0 */
/* What the cluster is: its distribution by the signs of all providers, its name and its place. */
#include "base/scalar.h"
#include "kubernetes/facts.h"

/* ---- signs ---- */

static const struct pl_kube_node *nodes_of(const struct pl_kube *k, size_t *n)
{
	*n = k->list[PL_KUBE_NODES].count;
	return k->list[PL_KUBE_NODES].items;
}

static bool begins(const char *text, const char *with)
{
	return text && pl_starts(text, with);
}

/* Is the sign on this node? */
static bool on_node(const struct pl_kube_sign *sign, const struct pl_kube_node *node)
{
	switch (sign->at) {
	case PL_KUBE_AT_KUBELET:
		return node->version && pl_contains(node->version, sign->text);
	case PL_KUBE_AT_NODE_NAME:
		return begins(node->name, sign->text);
	case PL_KUBE_AT_LABEL:
		return pl_kube_pair(node->labels, node->label_count, sign->text);
	case PL_KUBE_AT_PROVIDER_ID:
		return begins(node->provider_id, sign->text);
	case PL_KUBE_AT_GROUP:
	case PL_KUBE_AT_VERSION:
	case PL_KUBE_AT_SERVER:
		break;
	}
	return false;
}

/* A name must be that of all nodes; of the others one node is enough. */
static bool on_nodes(const struct pl_kube *k, const struct pl_kube_sign *sign)
{
	bool all = sign->at == PL_KUBE_AT_NODE_NAME;
	size_t n;
	const struct pl_kube_node *nodes = nodes_of(k, &n);

	for (size_t i = 0; i < n; i++)
		if (on_node(sign, &nodes[i]) != all)
			return !all;
	return all && n;
}

/* "ABC.gr7.eu-west-1.eks.amazonaws.com" of "https://ABC...:443/" */
static bool at_server(const char *server, const char *end)
{
	const char *host = server ? strstr(server, "://") : NULL;
	size_t n, len = strlen(end);

	host = host ? host + 3 : server;
	n = host ? strcspn(host, ":/") : 0;
	return n >= len && !strncmp(host + n - len, end, len);
}

static bool is_seen(const struct pl_kube *k, const struct pl_kube_sign *sign)
{
	if (sign->at == PL_KUBE_AT_GROUP)
		return pl_kube_serves(k, sign->text);
	if (sign->at == PL_KUBE_AT_VERSION)
		return k->version && pl_contains(k->version, sign->text);
	if (sign->at == PL_KUBE_AT_SERVER)
		return at_server(k->hints.server, sign->text);
	return on_nodes(k, sign);
}

static const struct pl_kube_sign *best_sign(const struct pl_kube *k)
{
	const struct pl_kube_sign *best = NULL;

	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_sign *s = p ? p->signs : NULL; s && s->text; s++)
			if ((!best || s->rank < best->rank) && is_seen(k, s))
				best = s;
	}
	return best;
}

static const struct pl_kube_platform *platform_of(const struct pl_kube *k, const char *provider)
{
	for (size_t i = 0; provider && k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_platform *f = p ? p->platforms : NULL; f && f->provider; f++)
			if (pl_streq(f->provider, provider))
				return f;
	}
	return NULL;
}

/* The distribution of all rows of that provider; NULL when they know several. */
static const char *only_distribution(const struct pl_kube *k, const char *provider)
{
	const char *only = NULL;

	for (size_t i = 0; k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_sign *s = p ? p->signs : NULL; s && s->text; s++) {
			if (!pl_streq(s->provider, provider))
				continue;
			if (!s->distribution || (only && !pl_streq(only, s->distribution)))
				return NULL;
			only = s->distribution;
		}
	}
	return only;
}

static const char *sign_words(struct pl_kube *k, const struct pl_kube_sign *sign)
{
	static const char *const words[] = {
		[PL_KUBE_AT_GROUP] = "it serves the API group %s",
		[PL_KUBE_AT_VERSION] = "its version says %s",
		[PL_KUBE_AT_KUBELET] = "a kubelet's version says %s",
		[PL_KUBE_AT_NODE_NAME] = "the names of its nodes begin with %s",
		[PL_KUBE_AT_LABEL] = "a node carries the label %s",
		[PL_KUBE_AT_PROVIDER_ID] = "a node's provider ID begins with %s",
		[PL_KUBE_AT_SERVER] = "the API server's name ends with %s",
	};
	const char *format = words[sign->at], *place = strstr(format, "%s");

	return pl_model_strf(k->m, "%.*s%s", (int)(place - format), format, sign->text);
}

/* A fact that follows from other things than itself. */
static void inferred(struct pl_fact *f, const char *note)
{
	f->basis = PL_INFERRED;
	f->note = note;
}

static void add_kind(struct pl_kube *k)
{
	const struct pl_kube_sign *sign = best_sign(k);
	const char *note = sign ? sign_words(k, sign) : "the configuration that leads to it says so";

	k->provider = sign ? sign->provider : k->hints.provider;
	k->distribution = sign ? sign->distribution : NULL;
	k->platform = platform_of(k, k->provider);
	if (!k->provider) {
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_PROVIDER,
				"nothing in it tells who made it", NULL);
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_DISTRIBUTION,
				"nothing in it tells its distribution", NULL);
		return;
	}
	inferred(pl_fact_text(k->m, k->cluster, PL_CLUSTER_PROVIDER, k->provider, NULL), note);
	if (!k->distribution)
		k->distribution = only_distribution(k, k->provider);
	if (k->distribution)
		inferred(pl_fact_text(k->m, k->cluster, PL_CLUSTER_DISTRIBUTION, k->distribution, NULL), note);
	else
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_DISTRIBUTION,
				"no node is there to tell which one", NULL);
}

/* ---- name and place ---- */

/* What all nodes have under one of the two labels; NULL when they differ or have none. */
static const char *common_label(const struct pl_kube *k, const char *key, const char *old)
{
	const char *common = NULL;
	size_t n;
	const struct pl_kube_node *nodes = nodes_of(k, &n);

	for (size_t i = 0; i < n; i++) {
		const char *value = pl_kube_pair(nodes[i].labels, nodes[i].label_count, key);

		if (!value && old)
			value = pl_kube_pair(nodes[i].labels, nodes[i].label_count, old);
		if (!value || !*value || (common && !pl_streq(common, value)))
			return NULL;
		common = value;
	}
	return common;
}

/* Part `n` of what stands between slashes, or NULL. */
static const char *part_of(struct pl_kube *k, const char *path, int n)
{
	size_t len;

	for (; n > 0 && path; n--) {
		path = strchr(path, '/');
		path = path ? path + 1 : NULL;
	}
	len = path && n == 0 ? strcspn(path, "/") : 0;
	return len ? pl_kube_str(k, path, len) : NULL;
}

static const char *account_of(struct pl_kube *k, const char *provider_id)
{
	const char *rest = strstr(provider_id, "://");

	for (size_t i = 0; rest && k->providers[i]; i++) {
		const struct pl_kube_provider *p = k->providers[i]->live;

		for (const struct pl_kube_id *id = p ? p->ids : NULL; id && id->scheme; id++)
			if (id->account >= 0 && strlen(id->scheme) == (size_t)(rest - provider_id) &&
			    pl_starts(provider_id, id->scheme))
				return part_of(k, rest + 3, id->account);
	}
	return NULL;
}

static void add_place(struct pl_kube *k)
{
	size_t n;
	const struct pl_kube_node *nodes = nodes_of(k, &n);
	const char *region = common_label(k, "topology.kubernetes.io/region",
					  "failure-domain.beta.kubernetes.io/region");
	const char *account = NULL;

	for (size_t i = 0; i < n && !account; i++)
		account = nodes[i].provider_id ? account_of(k, nodes[i].provider_id) : NULL;
	if (k->hints.location)
		pl_fact_text(k->m, k->cluster, PL_CLUSTER_LOCATION, k->hints.location, NULL);
	else if (region && k->platform && k->platform->regional)
		inferred(pl_fact_text(k->m, k->cluster, PL_CLUSTER_LOCATION, region, NULL),
			 "the region of its nodes");
	if (k->hints.account)
		pl_fact_text(k->m, k->cluster, PL_CLUSTER_ACCOUNT, k->hints.account, NULL);
	else if (account)
		inferred(pl_fact_text(k->m, k->cluster, PL_CLUSTER_ACCOUNT, account, NULL),
			 "as the provider IDs of its nodes have it");
}

/* Its own name where that is known; what the user calls it tells nobody else anything. */
static void add_name(struct pl_kube *k)
{
	const char *label = k->platform && k->platform->name_label
				    ? common_label(k, k->platform->name_label, NULL) : NULL;

	k->cluster->name = k->hints.name ? k->hints.name : label ? label : k->hints.context;
	k->cluster->nickname = !k->hints.name && !label;
	if (!k->cluster->name)
		k->cluster->name = k->provider ? k->provider : "cluster";
}

void pl_kube_recognise(struct pl_kube *k)
{
	add_kind(k);
	add_name(k);
	add_place(k);
	if (k->hints.server)
		pl_fact_text(k->m, k->cluster, PL_CLUSTER_ENDPOINT, k->hints.server, NULL);
	if (k->version)
		pl_fact_text(k->m, k->cluster, PL_CLUSTER_VERSION, k->version, "/version");
	else
		pl_fact_unknown(k->m, k->cluster, PL_CLUSTER_VERSION,
				k->version_why ? k->version_why : "/version was not asked for", "/version");
}
