/* SPDX-License-Identifier: Apache-2.0 */
/* The user of a context: with what it logs in, and as whom it asks. */
#include <string.h>

#include "kubernetes/config_internal.h"

/* Ways to log in that were removed from kubectl, and what does it now (looked up 2026-11). */
static const struct {
	const char *name, *advice;
} legacy[] = {
	{ "gcp", "install gke-gcloud-auth-plugin and run `gcloud container clusters get-credentials` again" },
	{ "azure", "install kubelogin (azure.github.io/kubelogin) and run `kubelogin convert-kubeconfig`" },
	{ "oidc", "use the plugin kubelogin (github.com/int128/kubelogin, `kubectl oidc-login setup`)" },
	{ "openstack", "use the plugin client-keystone-auth of cloud-provider-openstack" },
};

static int refuse_provider(const struct pl_yaml_node *provider, const char *user, struct pl_err *err)
{
	const char *name;

	if (pl_kube_config_text(provider, "name", &name, err))
		return -1;
	for (size_t i = 0; i < sizeof legacy / sizeof *legacy; i++)
		if (pl_streq(name, legacy[i].name))
			return pl_kube_fail(provider, err, PL_E_AUTH, "user '%s' logs in by the legacy auth-provider '%s': %s",
					    user, name, legacy[i].advice);
	return pl_kube_fail(provider, err, PL_E_AUTH, "user '%s' logs in by an auth-provider, which Kubernetes has given up: "
			    "use a credential plugin (exec)", user);
}

/* Can the text be (part of) the value of a header? */
static bool fits_header(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

/* Without white space at its ends; NULL when it can be no token. */
static const char *clean_token(struct pl_arena *a, const char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	for (n = strlen(text); n && strchr(" \t\r\n", text[n - 1]); n--)
		;
	text = pl_arena_strndup(a, text, n);
	return pl_kube_is_token(text) ? text : NULL;
}

static int read_token(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *user,
		      struct pl_kube_config *c, struct pl_err *err)
{
	const char *token, *path;

	if (pl_kube_config_text(user, "token", &token, err) || pl_kube_config_text(user, "tokenFile", &path, err))
		return -1;
	if (path)
		c->login->token_file = pl_kube_path(f->arena, in->folder, path);
	if (!token)
		return 0;
	c->login->token = clean_token(f->arena, token);
	if (!c->login->token)
		return pl_kube_fail(pl_yaml_get(user, "token"), err, PL_E_USAGE, "what stands as 'token' of user '%s' cannot "
				    "be one", c->user);
	return 0;
}

static int read_cert(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *user,
		     struct pl_kube_config *c, struct pl_err *err)
{
	struct pl_kube_login *l = c->login;

	if (pl_kube_pem(f, in, user, "client-certificate", &l->cert, err))
		return -1;
	if (!l->cert.n)
		return 0;
	if (pl_kube_pem(f, in, user, "client-key", &l->key, err))
		return -1;
	if (!l->key.n)
		return pl_kube_fail(user, err, PL_E_USAGE, "user '%s' has a client-certificate without a client-key", c->user);
	return 0;
}

struct headers {
	struct pl_arena *arena;
	const char **list;
	size_t count, cap;
};

static void add_header(struct headers *h, const char *name, const char *value)
{
	if (h->count + 1 >= h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 8;
		const char **list = pl_arena_alloc(h->arena, cap * sizeof *list);

		if (h->count)
			memcpy(list, h->list, h->count * sizeof *list);
		h->list = list;
		h->cap = cap;
	}
	h->list[h->count++] = pl_arena_strf(h->arena, "%s: %s", name, value);
}

/* "Impersonate-Extra-" and the key, in which only what a header's name may hold stays as it is. */
static const char *extra_name(struct pl_arena *a, const char *key)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&'*+-.^_`|~";
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, "Impersonate-Extra-");
	for (; *key; key++) {
		if (strchr(plain, *key))
			pl_buf_addc(&b, *key);
		else
			pl_buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*key);
	}
	return pl_arena_strdup(a, b.data);
}

static int add_all(struct headers *h, const char *name, const struct pl_yaml_node *values, struct pl_err *err)
{
	for (size_t i = 0; values && i < values->count; i++) {
		const struct pl_yaml_node *v = values->items[i];

		if (v->kind != PL_YAML_SCALAR || !fits_header(v->text))
			return pl_kube_fail(v, err, PL_E_USAGE, "this cannot be sent as %s", name);
		add_header(h, name, v->text);
	}
	return 0;
}

static int add_extra(struct headers *h, const struct pl_yaml_node *extra, struct pl_err *err)
{
	for (size_t i = 0; extra && i < extra->count; i++) {
		const struct pl_yaml_node *values = extra->items[i];

		if (pl_kube_config_is_null(values))
			continue;
		if (values->kind != PL_YAML_SEQUENCE)
			return pl_kube_fail(values, err, PL_E_USAGE, "a value in 'as-user-extra' must be a list");
		if (add_all(h, extra_name(h->arena, extra->keys[i]->text), values, err))
			return -1;
	}
	return 0;
}

/* As whom it asks, in headers. */
static int read_impersonation(const struct pl_yaml_node *user, struct pl_arena *a, struct pl_kube_config *c,
			      struct pl_err *err)
{
	const struct pl_yaml_node *groups, *extra;
	struct headers h = { .arena = a };
	const char *name, *uid;

	if (pl_kube_config_text(user, "as", &name, err) || pl_kube_config_text(user, "as-uid", &uid, err) ||
	    pl_kube_node(user, "as-groups", PL_YAML_SEQUENCE, &groups, err) ||
	    pl_kube_node(user, "as-user-extra", PL_YAML_MAPPING, &extra, err))
		return -1;
	if (!name && (uid || (groups && groups->count) || (extra && extra->count)))
		return pl_kube_fail(user, err, PL_E_USAGE, "user '%s' has as-uid, as-groups or as-user-extra without 'as'",
				    c->user);
	if (!name)
		return 0;
	if (!fits_header(name) || (uid && !fits_header(uid)))
		return pl_kube_fail(user, err, PL_E_USAGE, "'as' or 'as-uid' of user '%s' cannot be sent in a header", c->user);
	add_header(&h, "Impersonate-User", name);
	if (uid)
		add_header(&h, "Impersonate-Uid", uid);
	if (add_all(&h, "Impersonate-Group", groups, err) || add_extra(&h, extra, err))
		return -1;
	c->headers = h.list;
	return 0;
}

/* Something else than a token, as client-go orders them: certificate, plugin, what is refused. */
static int read_others(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *user,
		       struct pl_kube_config *c, struct pl_err *err)
{
	const struct pl_yaml_node *exec, *provider;
	const char *name, *password;
	bool token = c->login->token || c->login->token_file;

	if (pl_kube_node(user, "exec", PL_YAML_MAPPING, &exec, err) ||
	    pl_kube_node(user, "auth-provider", PL_YAML_MAPPING, &provider, err) ||
	    pl_kube_config_text(user, "username", &name, err) || pl_kube_config_text(user, "password", &password, err))
		return -1;
	if ((name || password) && !c->login->cert.n)
		return pl_kube_fail(pl_yaml_get(user, name ? "username" : "password"), err, PL_E_AUTH, "user '%s' has a "
				    "password: basic authentication was removed in Kubernetes 1.19; use a token, a client "
				    "certificate or a credential plugin", c->user);
	if (provider && (exec || (!token && !c->login->cert.n)))
		return refuse_provider(provider, c->user, err);
	if (exec && pl_kube_exec_read(f->arena, exec, in->folder, c->user, &c->login->exec, err))
		return -1;
	if (token || c->login->cert.n)
		c->login->exec = NULL;
	return 0;
}

int pl_kube_user(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *user,
		 struct pl_kube_config *c, struct pl_err *err)
{
	if (read_token(f, in, user, c, err) || read_cert(f, in, user, c, err) || read_others(f, in, user, c, err))
		return -1;
	return read_impersonation(user, f->arena, c, err);
}
