/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kubeconfig tells about its cluster without asking it: how its API server is called, which plugin
 * logs in, what the clouds' own tools call entries, who signed its roots.  The surest is asked first,
 * and what says something else after it is passed over: people rename entries.
 */
#include <string.h>

#include "base/limits.h"
#include "codec/codec.h"
#include "kubernetes/config_internal.h"
#include "net/connect.h"

/* What one thing tells; a slice of n 0 is nothing. */
struct sign {
	const char *distribution;
	struct pl_slice account, group, location, name;
};

static void take(struct pl_kube_config *c, const char **field, struct pl_slice value)
{
	if (!*field && value.n)
		*field = pl_arena_strndup(&c->login->arena, value.p, value.n);
}

/* Takes up what fits to what is known: who is of another kind or elsewhere is another cluster. */
static void add(struct pl_kube_config *c, const struct sign *s)
{
	struct pl_kube_hint *h = &c->hint;

	if ((h->distribution && strcmp(h->distribution, s->distribution)) ||
	    (h->location && s->location.n && !pl_slice_is(s->location, h->location)))
		return;
	h->distribution = s->distribution;
	take(c, &h->account, s->account);
	take(c, &h->group, s->group);
	take(c, &h->location, s->location);
	take(c, &h->name, s->name);
}

/* The label of a host name that ends at `end`. */
static struct pl_slice label_before(const char *host, const char *end)
{
	const char *p = end;

	while (p > host && p[-1] != '.')
		p--;
	return (struct pl_slice){ p, (size_t)(end - p) };
}

/* How API servers are called (looked up 2026-11); the label before it is the location, or not. */
static const struct {
	const char *suffix, *distribution;
	bool location;
} hosts[] = {
	{ ".eks.amazonaws.com", "eks", true },     { ".eks.amazonaws.com.cn", "eks", true },
	{ ".azmk8s.io", "aks", true },             { ".gke.goog", "gke", true },
	{ ".linodelke.net", "lke", true },         { ".scw.cloud", "kapsule", true },
	{ ".k8s.ondigitalocean.com", "doks", false }, { ".k8s.ovh.net", "ovh", false },
	{ ".vultr-k8s.com", "vke", false },
};

static void by_host(struct pl_kube_config *c)
{
	const char *authority = strstr(c->server, "://") + 3;
	struct pl_slice text = { authority, strcspn(authority, "/") };
	struct pl_host_port at;

	if (!pl_host_port_parse(text, &at))
		return;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct sign s = { .distribution = hosts[i].distribution };

		if (!pl_ends(at.host, hosts[i].suffix))
			continue;
		if (hosts[i].location)
			s.location = label_before(at.host, at.host + strlen(at.host) - strlen(hosts[i].suffix));
		add(c, &s);
	}
}

/* The value of an option among a plugin's arguments: "--NAME VALUE" or "--NAME=VALUE". */
static struct pl_slice option(const struct pl_kube_exec *e, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *a = e->argv + 1; *a; a++) {
		if (strncmp(*a, name, n))
			continue;
		if ((*a)[n] == '=')
			return pl_slice(*a + n + 1);
		if (!(*a)[n] && a[1])
			return pl_slice(a[1]);
	}
	return (struct pl_slice){ "", 0 };
}

/* Plugins of one provider: with this option among the arguments, where two share a name. */
static const struct {
	const char *command, *option, *distribution, *name, *location;
} plugins[] = {
	{ "aws", "--cluster-name", "eks", "--cluster-name", "--region" },
	{ "aws", "--cluster-id", "eks", "--cluster-id", "--region" },
	{ "aws-iam-authenticator", NULL, "eks", "-i", "--region" },
	{ "aws-iam-authenticator", NULL, "eks", "--cluster-id", "--region" },
	{ "gke-gcloud-auth-plugin", NULL, "gke", NULL, NULL },
	{ "kubelogin", "--server-id", "aks", NULL, NULL },
	{ "doctl", NULL, "doks", NULL, NULL },
};

static void by_plugin(struct pl_kube_config *c)
{
	const struct pl_kube_exec *e = c->login->exec;
	const char *slash = e ? strrchr(e->argv[0], '/') : NULL, *command = e ? slash ? slash + 1 : e->argv[0] : NULL;

	for (size_t i = 0; e && i < sizeof plugins / sizeof *plugins; i++) {
		struct sign s = { .distribution = plugins[i].distribution };

		if (strcmp(command, plugins[i].command) || (plugins[i].option && !option(e, plugins[i].option).n))
			continue;
		if (plugins[i].name)
			s.name = option(e, plugins[i].name);
		if (plugins[i].location)
			s.location = option(e, plugins[i].location);
		add(c, &s);
	}
}

/* Splits at `by` into `count` parts, the last of which is the rest. */
static bool split(const char *text, char by, struct pl_slice *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *end = i + 1 < count ? strchr(text, by) : text + strlen(text);

		if (!end)
			return false;
		parts[i] = (struct pl_slice){ text, (size_t)(end - text) };
		text = end + 1;
	}
	return true;
}

/* arn:aws:eks:REGION:ACCOUNT:cluster/NAME, as `aws eks update-kubeconfig` calls context and cluster. */
static bool is_arn(const char *name, struct sign *s)
{
	static const char kind[] = "cluster/";
	struct pl_slice p[6];

	if (!split(name, ':', p, 6) || !pl_slice_is(p[0], "arn") || !pl_slice_is(p[2], "eks") ||
	    p[5].n <= strlen(kind) || memcmp(p[5].p, kind, strlen(kind)))
		return false;
	*s = (struct sign){ .distribution = "eks", .location = p[3], .account = p[4], .name = pl_slice(p[5].p + strlen(kind)) };
	return true;
}

/* gke_PROJECT_LOCATION_NAME, as gcloud does; projects, locations and names have no underscore. */
static bool is_gke(const char *name, struct sign *s)
{
	struct pl_slice p[4];

	if (!split(name, '_', p, 4) || !(pl_slice_is(p[0], "gke") || pl_slice_is(p[0], "connectgateway")) ||
	    memchr(p[3].p, '_', p[3].n))
		return false;
	*s = (struct sign){ .distribution = "gke", .account = p[1], .location = p[2], .name = p[3] };
	return true;
}

/* [USER@]NAME.REGION.eksctl.io */
static bool is_eksctl(const char *name, struct sign *s)
{
	static const char suffix[] = ".eksctl.io";
	const char *at = strrchr(name, '@'), *start = at ? at + 1 : name, *end;

	if (!pl_ends(name, suffix))
		return false;
	end = name + strlen(name) - strlen(suffix);
	s->distribution = "eks";
	s->location = label_before(start, end);
	if (s->location.p > start + 1)
		s->name = (struct pl_slice){ start, (size_t)(s->location.p - start - 1) };
	return true;
}

/* Tools that make clusters on one machine. */
static bool is_local(const char *name, struct sign *s)
{
	static const struct {
		const char *prefix, *distribution;
	} rows[] = { { "k3d-", "k3s" }, { "kind-", "kind" } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (pl_starts(name, rows[i].prefix)) {
			s->distribution = rows[i].distribution;
			s->name = pl_slice(name + strlen(rows[i].prefix));
			return true;
		}
	return false;
}

static bool (*const rules[])(const char *name, struct sign *s) = { is_arn, is_gke, is_eksctl, is_local };

static void by_name(struct pl_kube_config *c, const char *name)
{
	for (size_t i = 0; name && i < sizeof rules / sizeof *rules; i++) {
		struct sign s = { 0 };

		if (rules[i](name, &s)) {
			add(c, &s);
			return;
		}
	}
}

/* clusterUser_GROUP_NAME, as `az aks get-credentials` does; the cluster's entry has its name. */
static void by_azure_user(struct pl_kube_config *c)
{
	struct sign s = { .distribution = "aks" };
	size_t user = strlen(c->user), name = strlen(c->cluster), prefix;

	prefix = pl_starts(c->user, "clusterUser_") ? strlen("clusterUser_") :
		 pl_starts(c->user, "clusterAdmin_") ? strlen("clusterAdmin_") : 0;
	if (!prefix || !name || user < prefix + name + 2 || strcmp(c->user + user - name, c->cluster) ||
	    c->user[user - name - 1] != '_')
		return;
	s.name = pl_slice(c->cluster);
	s.group = (struct pl_slice){ c->user + prefix, user - name - 1 - prefix };
	add(c, &s);
}

/* k3s and RKE2 name their roots after themselves. */
static void by_roots(struct pl_kube_config *c)
{
	static const struct {
		const char *issuer, *distribution;
	} rows[] = { { "rke2-server-ca@", "rke2" }, { "k3s-server-ca@", "k3s" } };
	const char *begin = c->ca.n ? strstr(c->ca.p, "-----BEGIN CERTIFICATE-----") : NULL, *end;
	pl_auto_buf der = PL_BUF_INIT;

	begin = begin ? strchr(begin, '\n') : NULL;
	end = begin ? strstr(begin, "-----END ") : NULL;
	if (!end || !pl_base64_decode(begin, (size_t)(end - begin), &der))
		return;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = strlen(rows[i].issuer);

		for (size_t at = 0; at + n <= der.len; at++)
			if (!memcmp(der.data + at, rows[i].issuer, n)) {
				add(c, &(struct sign){ .distribution = rows[i].distribution });
				return;
			}
	}
}

void pl_kube_hint(struct pl_kube_config *c)
{
	by_host(c);
	by_plugin(c);
	by_name(c, c->cluster);
	by_name(c, c->context);
	by_azure_user(c);
	by_roots(c);
}
