/* SPDX-License-Identifier: Apache-2.0 */
/* YAML on a node: cloud-init, EKS NodeConfig, k3s's own configuration. */
#include <string.h>

#include "codec/codec.h"
#include "node/internal.h"
#include "yaml/yaml.h"

/* NULL when it is no YAML we can read: then labels may be in it that we do not see. */
static const struct pl_yaml_node *parse(struct pl_boot *r, const char *text, size_t len)
{
	const struct pl_yaml_node *root;
	struct pl_err err = PL_ERR_INIT;

	if (!pl_yaml_parse(&r->arena, "boot text", text, len, &root, &err))
		return root;
	r->b->labels_open = true;
	return NULL;
}

/* Calls for a scalar, or for each scalar of a sequence. */
static void each_text(struct pl_boot *r, const struct pl_yaml_node *n, const char *name,
		      void (*take)(struct pl_boot *r, const char *name, const char *text))
{
	if (n && n->kind == PL_YAML_SCALAR)
		take(r, name, n->text);
	for (size_t i = 0; n && n->kind == PL_YAML_SEQUENCE && i < n->count; i++)
		if (n->items[i]->kind == PL_YAML_SCALAR)
			take(r, name, n->items[i]->text);
}

/* ---- k3s: /etc/rancher/k3s/config.yaml ---- */

void pl_boot_k3s_config(struct pl_boot *r, const char *text, size_t len)
{
	const struct pl_yaml_node *root = parse(r, text, len);

	if (root && root->kind != PL_YAML_MAPPING && pl_boot_is_open(text))
		r->b->labels_open = true;
	if (!r->b->k3s)
		r->b->k3s = pl_yaml_text(root, "server") ? PL_K3S_AGENT : PL_K3S_SERVER;
	for (size_t i = 0; root && root->kind == PL_YAML_MAPPING && i < root->count; i++) {
		size_t n = strlen(root->keys[i]->text);
		bool more = n && root->keys[i]->text[n - 1] == '+'; /* "node-label+": adds to the list */
		const char *name = pl_arena_strndup(&r->arena, root->keys[i]->text, n - more);

		r->b->labels_open |= pl_boot_is_open(name);
		each_text(r, root->items[i], name, pl_boot_k3s_flag);
	}
}

/* ---- EKS: NodeConfig of nodeadm ---- */

static void kubelet_flag(struct pl_boot *r, const char *name, const char *text)
{
	(void)name;
	pl_boot_kubelet_args(r, text);
}

static void node_config_taint(struct pl_boot *r, const struct pl_yaml_node *taint)
{
	const char *key = pl_yaml_text(taint, "key"), *value = pl_yaml_text(taint, "value");
	const char *effect = pl_yaml_text(taint, "effect");

	if (key && effect)
		pl_boot_taints(r, pl_arena_strf(&r->arena, "%s=%s:%s", key, value ? value : "", effect));
}

void pl_boot_node_config(struct pl_boot *r, const char *text, size_t len)
{
	const struct pl_yaml_node *root = parse(r, text, len), *spec, *kubelet, *config, *taints;
	const char *name, *pods;

	r->b->kubelet_args = true;
	spec = pl_yaml_get(root, "spec");
	name = pl_yaml_text(pl_yaml_get(spec, "cluster"), "name");
	if (name)
		r->b->cluster_name = pl_boot_known(r, name);
	kubelet = pl_yaml_get(spec, "kubelet");
	config = pl_yaml_get(kubelet, "config");
	pods = pl_yaml_text(config, "maxPods");
	if (pods)
		pl_boot_kubelet_flag(r, "max-pods", pods);
	taints = pl_yaml_get(config, "registerWithTaints");
	for (size_t i = 0; taints && taints->kind == PL_YAML_SEQUENCE && i < taints->count; i++)
		node_config_taint(r, taints->items[i]);
	each_text(r, pl_yaml_get(kubelet, "flags"), NULL, kubelet_flag);
}

/* ---- cloud-init ---- */

static bool named(const char *encoding, const char *word)
{
	return encoding && strstr(encoding, word);
}

/* The bytes of a file's content; false when it is damaged. */
static bool decode(struct pl_boot *r, const struct pl_yaml_node *content, const char *encoding, struct pl_buf *out)
{
	pl_auto_buf raw = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	bool coded = content->binary || named(encoding, "b64") || named(encoding, "base64");

	if (!coded)
		pl_buf_adds(&raw, content->text);
	else if (!pl_base64_decode(content->text, strlen(content->text), &raw))
		return false;
	if (!pl_is_gzip(raw.data, raw.len)) {
		pl_buf_add(out, raw.data, raw.len);
		return true;
	}
	if (!pl_gunzip(raw.data, raw.len, r->budget, out, &err))
		return true;
	r->budget = err.code == PL_E_LIMIT ? 0 : r->budget;
	return false;
}

static void write_file(struct pl_boot *r, const struct pl_yaml_node *file)
{
	const struct pl_yaml_node *content = pl_yaml_get(file, "content");
	const char *name = pl_yaml_text(file, "path"), *append = pl_yaml_text(file, "append");
	pl_auto_buf text = PL_BUF_INIT;

	if (!name || !content || content->kind != PL_YAML_SCALAR)
		return;
	if (decode(r, content, pl_yaml_text(file, "encoding"), &text))
		pl_boot_file_add(r, name, text.data, text.len, append && !strcmp(append, "true"));
	else
		pl_boot_unseen(r, name);
}

/* The public halves of `ssh_keys`; the private ones are nobody's business. */
static void host_keys(struct pl_boot *r, const struct pl_yaml_node *keys)
{
	for (size_t i = 0; keys && keys->kind == PL_YAML_MAPPING && i < keys->count; i++)
		if (pl_ends(keys->keys[i]->text, "_public") && keys->items[i]->kind == PL_YAML_SCALAR)
			pl_boot_host_key(r, keys->items[i]->text);
}

/* A command given as a list is one of words that no shell takes apart. */
static void add_quoted(struct pl_buf *b, const char *word)
{
	pl_buf_addc(b, '\'');
	for (; *word; word++)
		if (*word == '\'')
			pl_buf_adds(b, "'\\''");
		else
			pl_buf_addc(b, *word);
	pl_buf_adds(b, "' ");
}

/* cloud-init makes one script of all commands. */
static void run_commands(struct pl_boot *r, const struct pl_yaml_node *list)
{
	pl_auto_buf script = PL_BUF_INIT;

	for (size_t i = 0; list && list->kind == PL_YAML_SEQUENCE && i < list->count; i++) {
		const struct pl_yaml_node *c = list->items[i];

		if (c->kind == PL_YAML_SCALAR)
			pl_buf_adds(&script, c->text);
		for (size_t k = 0; c->kind == PL_YAML_SEQUENCE && k < c->count; k++)
			if (c->items[k]->kind == PL_YAML_SCALAR)
				add_quoted(&script, c->items[k]->text);
		pl_buf_addc(&script, '\n');
	}
	pl_boot_shell(r, script.data, script.len);
}

/* One text of a #cloud-config-archive: alone, or with its type. */
static void archived(struct pl_boot *r, const struct pl_yaml_node *item)
{
	const char *text = item->kind == PL_YAML_SCALAR ? item->text : pl_yaml_text(item, "content");
	const char *type = pl_yaml_text(item, "type");

	if (text && type && !strcmp(type, "text/cloud-config"))
		text = pl_arena_strf(&r->arena, "#cloud-config\n%s", text);
	if (text)
		pl_boot_text(r, text, strlen(text));
}

void pl_boot_cloud_config(struct pl_boot *r, const char *text, size_t len)
{
	const struct pl_yaml_node *root = parse(r, text, len), *files = pl_yaml_get(root, "write_files");

	for (size_t i = 0; root && root->kind == PL_YAML_SEQUENCE && i < root->count; i++)
		archived(r, root->items[i]);
	for (size_t i = 0; files && files->kind == PL_YAML_SEQUENCE && i < files->count; i++)
		write_file(r, files->items[i]);
	host_keys(r, pl_yaml_get(root, "ssh_keys"));
	run_commands(r, pl_yaml_get(root, "bootcmd"));
	run_commands(r, pl_yaml_get(root, "runcmd"));
}
