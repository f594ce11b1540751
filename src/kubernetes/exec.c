/* SPDX-License-Identifier: Apache-2.0 */
/* A credential plugin as a kubeconfig describes it, and what it is told. */
#include "kubernetes/exec.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "json/load.h"
#include "kubernetes/config_internal.h"

#define GROUP "client.authentication.k8s.io/"

static int read_version(const struct pl_yaml_node *exec, struct pl_kube_exec *e, struct pl_err *err)
{
	if (pl_kube_config_text(exec, "apiVersion", &e->version, err))
		return -1;
	if (!e->version)
		return pl_kube_fail(exec, err, PL_E_USAGE, "the credential plugin of user '%s' has no 'apiVersion'", e->user);
	if (!strcmp(e->version, GROUP "v1") || !strcmp(e->version, GROUP "v1beta1"))
		return 0;
	if (!strcmp(e->version, GROUP "v1alpha1"))
		return pl_kube_fail(exec, err, PL_E_AUTH, "the credential plugin of user '%s' is set to " GROUP "v1alpha1, which "
				    "Kubernetes 1.24 removed: let its tool write the entry anew (`aws eks update-kubeconfig`, "
				    "AWS CLI >= 2.7), or set v1beta1 if it can do that", e->user);
	return pl_kube_fail(exec, err, PL_E_USAGE, "the credential plugin of user '%s' has an unknown 'apiVersion', needs "
			    GROUP "v1 or v1beta1", e->user);
}

/* v1 asks for an explicit mode; before it, silence meant IfAvailable. */
static int read_mode(const struct pl_yaml_node *exec, struct pl_kube_exec *e, struct pl_err *err)
{
	static const char *const modes[] = { "Never", "IfAvailable", "Always" };
	const char *mode;

	if (pl_kube_config_text(exec, "interactiveMode", &mode, err))
		return -1;
	if (!mode && strcmp(e->version, GROUP "v1")) {
		e->mode = PL_KUBE_EXEC_IF_AVAILABLE;
		return 0;
	}
	for (size_t i = 0; mode && i < sizeof modes / sizeof *modes; i++)
		if (!strcmp(mode, modes[i])) {
			e->mode = (enum pl_kube_exec_mode)i;
			return 0;
		}
	return pl_kube_fail(mode ? pl_yaml_get(exec, "interactiveMode") : exec, err, PL_E_USAGE, "the credential plugin of "
			    "user '%s' needs an 'interactiveMode': Never, IfAvailable or Always", e->user);
}

/* The command: looked up in PATH, or a path from where the kubeconfig is. */
static int read_argv(struct pl_arena *a, const struct pl_yaml_node *exec, const char *folder, struct pl_kube_exec *e,
		     struct pl_err *err)
{
	const struct pl_yaml_node *args;
	const char *command, **argv;
	size_t n;

	if (pl_kube_config_text(exec, "command", &command, err) ||
	    pl_kube_node(exec, "args", PL_YAML_SEQUENCE, &args, err))
		return -1;
	if (!command)
		return pl_kube_fail(exec, err, PL_E_USAGE, "the credential plugin of user '%s' has no 'command'", e->user);
	n = args ? args->count : 0;
	argv = pl_arena_alloc(a, (n + 2) * sizeof *argv);
	argv[0] = strchr(command, '/') ? pl_kube_path(a, folder, command) : command;
	for (size_t i = 0; i < n; i++) {
		if (args->items[i]->kind != PL_YAML_SCALAR)
			return pl_kube_fail(args->items[i], err, PL_E_USAGE, "an item of 'args' must be a text");
		argv[i + 1] = pl_kube_config_is_null(args->items[i]) ? "" : args->items[i]->text;
	}
	e->argv = argv;
	return 0;
}

static int read_env(struct pl_arena *a, const struct pl_yaml_node *exec, struct pl_kube_exec *e, struct pl_err *err)
{
	const struct pl_yaml_node *env;
	const char **list;
	size_t n;

	if (pl_kube_node(exec, "env", PL_YAML_SEQUENCE, &env, err))
		return -1;
	n = env ? env->count : 0;
	list = pl_arena_alloc(a, (n + 1) * sizeof *list);
	for (size_t i = 0; i < n; i++) {
		const char *name, *value;

		if (pl_kube_config_text(env->items[i], "name", &name, err) || pl_kube_config_text(env->items[i], "value", &value, err))
			return -1;
		if (!name || strchr(name, '='))
			return pl_kube_fail(env->items[i], err, PL_E_USAGE, "an item of 'env' must have a 'name'");
		list[i] = pl_arena_strf(a, "%s=%s", name, value ? value : "");
	}
	e->env = list;
	return 0;
}

int pl_kube_exec_read(struct pl_arena *a, const struct pl_yaml_node *exec, const char *folder, const char *user,
		      struct pl_kube_exec **out, struct pl_err *err)
{
	struct pl_kube_exec *e = pl_arena_alloc(a, sizeof *e);

	e->at = exec;
	e->user = user;
	if (read_version(exec, e, err) || read_argv(a, exec, folder, e, err) || read_env(a, exec, e, err) ||
	    read_mode(exec, e, err) || pl_kube_config_text(exec, "installHint", &e->hint, err) ||
	    pl_kube_flag(exec, "provideClusterInfo", &e->provide_cluster, err))
		return -1;
	*out = e;
	return 0;
}

static json_t *to_json(const struct pl_yaml_node *n);

/* A plain scalar as YAML 1.1 means it. */
static json_t *scalar(const struct pl_yaml_node *n)
{
	pl_auto_free char *wrapped = NULL;
	struct pl_err ignored = PL_ERR_INIT;
	const char *t = n->text;
	bool flag;

	if (pl_kube_config_is_null(n))
		return json_null();
	if (!n->quoted && (strchr("-0123456789", *t) && *t) && !t[strspn(t, "+-.0123456789eE")]) {
		json_t *number = pl_json_load(pl_slice(t), NULL, &ignored);

		if (number)
			return number;
	}
	wrapped = pl_strndup(t, strlen(t));
	if (!n->quoted) {
		const struct pl_yaml_node *const items[] = { n }, *const keys[] = { n };
		struct pl_yaml_node map = { .kind = PL_YAML_MAPPING, .file = n->file, .items = items, .keys = keys, .count = 1 };

		if (!pl_kube_flag(&map, wrapped, &flag, &ignored))
			return json_boolean(flag);
	}
	return json_string(t);
}

static json_t *to_json(const struct pl_yaml_node *n)
{
	json_t *j;

	if (n->kind == PL_YAML_SCALAR)
		return scalar(n);
	j = n->kind == PL_YAML_SEQUENCE ? json_array() : json_object();
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == PL_YAML_SEQUENCE)
			json_array_append_new(j, to_json(n->items[i]));
		else
			json_object_set_new(j, n->keys[i]->text, to_json(n->items[i]));
	}
	return j;
}

static void set_text(json_t *object, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(object, key, json_string(value));
}

static void set_flag(json_t *object, const char *key, bool value)
{
	if (value)
		json_object_set_new(object, key, json_true());
}

static json_t *cluster_info(const struct pl_kube_exec *e, const struct pl_kube_config *c)
{
	pl_auto_buf ca = PL_BUF_INIT, proxy = PL_BUF_INIT;
	json_t *j = json_object();

	pl_base64_encode(c->ca.p, c->ca.n, &ca);
	if (c->proxy) /* as it is written: the h is libcurl's */
		pl_buf_addf(&proxy, "%s%s", pl_starts(c->proxy, "socks5h") ? "socks5" : "",
			    c->proxy + (pl_starts(c->proxy, "socks5h") ? strlen("socks5h") : 0));
	set_text(j, "server", c->server);
	set_text(j, "tls-server-name", c->server_name);
	set_flag(j, "insecure-skip-tls-verify", c->insecure);
	set_text(j, "certificate-authority-data", ca.data);
	set_text(j, "proxy-url", proxy.data);
	set_flag(j, "disable-compression", c->no_compression);
	json_object_set_new(j, "config", e->cluster_config ? to_json(e->cluster_config) : json_null());
	return j;
}

char *pl_kube_exec_info(const struct pl_kube_exec *e, const struct pl_kube_config *c, bool interactive)
{
	pl_auto_json *j = json_object();
	json_t *spec = json_object();

	set_text(j, "kind", "ExecCredential");
	set_text(j, "apiVersion", e->version);
	if (e->provide_cluster)
		json_object_set_new(spec, "cluster", cluster_info(e, c));
	json_object_set_new(spec, "interactive", json_boolean(interactive));
	json_object_set_new(j, "spec", spec);
	return json_dumps(j, JSON_COMPACT);
}
