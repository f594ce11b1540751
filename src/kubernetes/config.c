/* SPDX-License-Identifier: Apache-2.0 */
/* From a context to what reaches its cluster: see config.h. */
#include "kubernetes/config.h"

#include <stdlib.h>
#include <strings.h>

#include "base/limits.h"
#include "kubernetes/config_internal.h"
#include "net/connect.h"

/* The entry of that name; *out NULL: there is none. */
static int entry(const struct pl_kube_files *f, const char *list, const char *key, const char *name,
		 const struct pl_kube_file **in, const struct pl_yaml_node **out, struct pl_err *err)
{
	const struct pl_yaml_node *n = pl_kube_entry(f, list, key, name, in);

	if (n && n->kind != PL_YAML_MAPPING)
		return pl_kube_fail(n, err, PL_E_USAGE, "'%s' must be a mapping", key);
	*out = n;
	return 0;
}

/* Is it made of characters that may stand in a URL? */
static bool is_clean(const char *url)
{
	for (; *url; url++)
		if ((unsigned char)*url <= ' ' || (unsigned char)*url >= 0x7f || *url == '"' || *url == '\\')
			return false;
	return true;
}

/* The authority and path behind "SCHEME://"; *scheme_len 0: there is no scheme. */
static const char *behind_scheme(const char *url, size_t *scheme_len)
{
	const char *colon = strstr(url, "://");

	*scheme_len = colon ? (size_t)(colon - url) : 0;
	return colon ? colon + 3 : url;
}

static bool scheme_is(const char *url, size_t n, const char *scheme)
{
	return n == strlen(scheme) && !strncasecmp(url, scheme, n);
}

/* Without a scheme kubectl speaks plain HTTP, so we do. */
static int read_server(const struct pl_kube_files *f, const struct pl_yaml_node *cluster, struct pl_kube_config *c,
		       struct pl_err *err)
{
	const struct pl_yaml_node *at = pl_yaml_get(cluster, "server");
	struct pl_host_port host;
	const char *url, *rest;
	size_t scheme, authority, n;

	if (pl_kube_config_text(cluster, "server", &url, err))
		return -1;
	if (!url)
		return pl_kube_fail(cluster, err, PL_E_USAGE, "cluster '%s' has no 'server'", c->cluster);
	rest = behind_scheme(url, &scheme);
	authority = strcspn(rest, "/?#");
	if (memchr(rest, '@', authority))
		return pl_kube_fail(at, err, PL_E_AUTH, "'server' holds a user name: basic authentication was removed "
				    "in Kubernetes 1.19; use a token, a client certificate or a credential plugin");
	if (!is_clean(url) || (scheme && !scheme_is(url, scheme, "https") && !scheme_is(url, scheme, "http")) ||
	    !pl_host_port_parse((struct pl_slice){ rest, authority }, &host))
		return pl_kube_fail(at, err, PL_E_USAGE, "'server' of cluster '%s' must be https://HOST[:PORT]",
				    c->cluster);
	c->plain = !scheme_is(url, scheme, "https");
	for (n = strcspn(rest, "?#"); n > authority && rest[n - 1] == '/'; n--)
		;
	c->server = pl_arena_strf(f->arena, "%s://%.*s", c->plain ? "http" : "https", (int)n, rest);
	return 0;
}

/* A proxy's address may hold a password, so no message quotes it.  Names are its to look up. */
static int read_proxy(const struct pl_kube_files *f, const struct pl_yaml_node *cluster, struct pl_kube_config *c,
		      struct pl_err *err)
{
	const char *url, *rest;
	size_t n;

	if (pl_kube_config_text(cluster, "proxy-url", &url, err))
		return -1;
	if (!url)
		return 0;
	rest = behind_scheme(url, &n);
	if (!is_clean(url) || !*rest ||
	    (!scheme_is(url, n, "http") && !scheme_is(url, n, "https") && !scheme_is(url, n, "socks5")))
		return pl_kube_fail(pl_yaml_get(cluster, "proxy-url"), err, PL_E_USAGE, "'proxy-url' of cluster '%s' must "
				    "begin with http://, https:// or socks5://", c->cluster);
	c->proxy = scheme_is(url, n, "socks5") ? pl_arena_strf(f->arena, "socks5h://%s", rest) : url;
	return 0;
}

static int read_cluster(const struct pl_kube_files *f, const struct pl_kube_file *in,
			const struct pl_yaml_node *cluster, struct pl_kube_config *c, struct pl_err *err)
{
	c->file = in->name;
	c->line = cluster->line;
	if (read_server(f, cluster, c, err) || read_proxy(f, cluster, c, err) ||
	    pl_kube_config_text(cluster, "tls-server-name", &c->server_name, err) ||
	    pl_kube_flag(cluster, "insecure-skip-tls-verify", &c->insecure, err) ||
	    pl_kube_flag(cluster, "disable-compression", &c->no_compression, err) ||
	    pl_kube_pem(f, in, cluster, "certificate-authority", &c->ca, err))
		return -1;
	if (c->insecure && c->ca.n)
		return pl_kube_fail(cluster, err, PL_E_USAGE, "cluster '%s' has both insecure-skip-tls-verify and a "
				    "certificate-authority: remove the first, or kubectl will not take it either",
				    c->cluster);
	return 0;
}

/* What plugins are told of the cluster beside its address. */
static const struct pl_yaml_node *plugin_extension(const struct pl_yaml_node *cluster)
{
	const struct pl_yaml_node *all = pl_yaml_get(cluster, "extensions");

	for (size_t i = 0; all && all->kind == PL_YAML_SEQUENCE && i < all->count; i++)
		if (pl_streq(pl_yaml_text(all->items[i], "name"), "client.authentication.k8s.io/exec"))
			return pl_yaml_get(all->items[i], "extension");
	return NULL;
}

static int missing(const struct pl_kube_files *f, const struct pl_yaml_node *context, const char *what,
		   const char *name, const struct pl_kube_config *c, struct pl_err *err)
{
	if (!name)
		return pl_kube_fail(context, err, PL_E_USAGE, "context '%s' names no %s; contexts: %s", c->context, what,
				    pl_kube_contexts(f));
	return pl_kube_fail(context, err, PL_E_USAGE, "context '%s' names %s '%s', which no kubeconfig has; contexts: %s",
			    c->context, what, name, pl_kube_contexts(f));
}

/* A context without a user asks as nobody. */
static int read_context(const struct pl_kube_files *f, const struct pl_yaml_node *context, struct pl_kube_config *c,
			struct pl_err *err)
{
	const struct pl_yaml_node *cluster = NULL, *user = NULL;
	const struct pl_kube_file *cluster_in, *user_in;
	const char *cluster_name, *user_name;

	if (pl_kube_config_text(context, "cluster", &cluster_name, err) || pl_kube_config_text(context, "user", &user_name, err) ||
	    (cluster_name && entry(f, "clusters", "cluster", cluster_name, &cluster_in, &cluster, err)) ||
	    (user_name && entry(f, "users", "user", user_name, &user_in, &user, err)))
		return -1;
	if (!cluster)
		return missing(f, context, "cluster", cluster_name, c, err);
	if (user_name && !user)
		return missing(f, context, "user", user_name, c, err);
	c->cluster = cluster_name;
	c->user = user_name ? user_name : "";
	if (read_cluster(f, cluster_in, cluster, c, err) || (user && pl_kube_user(f, user_in, user, c, err)))
		return -1;
	if (c->login->exec)
		c->login->exec->cluster_config = plugin_extension(cluster);
	return 0;
}

/* Nothing says which cluster: in a pod it is the pod's own. */
static int without_context(const struct pl_kube_config_options *o, const struct pl_kube_files *f,
			   struct pl_kube_config *c, struct pl_err *err)
{
	int rc = pl_kube_pod(o->pod, f->wait, c, err);

	if (rc <= 0)
		return rc;
	if (f->count)
		return pl_err_set(err, PL_E_USAGE, "%s: no current-context is set; name one as k8s://CONTEXT; contexts: %s",
				  f->file[0].name, pl_kube_contexts(f));
	return pl_err_set(err, PL_E_INPUT, "there is no kubeconfig%s%s%s: name one with --kubeconfig or in KUBECONFIG",
			  f->missing ? " ('" : "", f->missing ? f->missing : "", f->missing ? "' does not exist)" : "");
}

static int choose(const struct pl_kube_config_options *o, const struct pl_kube_files *f, struct pl_kube_config *c,
		  struct pl_err *err)
{
	const struct pl_yaml_node *context;
	const struct pl_kube_file *in;

	c->context = o->context && *o->context ? pl_arena_strdup(f->arena, o->context) : NULL;
	if (!c->context && pl_kube_current(f, &c->context, err))
		return -1;
	if (!c->context)
		return without_context(o, f, c, err);
	if (entry(f, "contexts", "context", c->context, &in, &context, err))
		return -1;
	if (context)
		return read_context(f, context, c, err);
	if (!f->count)
		return pl_err_set(err, PL_E_INPUT, "there is no kubeconfig%s%s%s that could have context '%s'",
				  f->missing ? " ('" : "", f->missing ? f->missing : "",
				  f->missing ? "' does not exist)" : "", c->context);
	return pl_err_set(err, PL_E_USAGE, "%s: there is no context '%s'%s; contexts: %s", f->file[0].name, c->context,
			  o->context && *o->context ? "" : ", which current-context names", pl_kube_contexts(f));
}

int pl_kube_config_load(const struct pl_kube_config_options *o, const struct pl_wait *w, struct pl_kube_config *out,
			struct pl_err *err)
{
	struct pl_kube_config c = { .cluster = "", .user = "", .login = pl_alloc(sizeof *c.login) };
	struct pl_kube_files files = { .arena = &c.login->arena, .wait = w };
	int rc;

	c.login->read_token = (struct pl_buf)PL_BUF_INIT;
	c.login->got = (struct pl_kube_exec_answer)PL_KUBE_EXEC_ANSWER_INIT;
	c.login->heard = o->heard;
	c.login->heard_ctx = o->heard_ctx;
	c.headers = pl_arena_alloc(files.arena, sizeof *c.headers);
	rc = pl_kube_files_read(o, &files, err) || choose(o, &files, &c, err);
	free(files.file);
	if (rc) {
		pl_kube_config_release(&c);
		return -1;
	}
	pl_kube_hint(&c);
	*out = c;
	return 0;
}

void pl_kube_config_release(struct pl_kube_config *c)
{
	if (c->login) {
		pl_kube_exec_answer_release(&c->login->got);
		pl_buf_wipe(&c->login->read_token);
		pl_arena_wipe(&c->login->arena);
		free(c->login);
	}
	*c = (struct pl_kube_config)PL_KUBE_CONFIG_INIT;
}
