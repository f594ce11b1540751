/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of the kubelet and of k3s. */
#include <string.h>

#include "codec/codec.h"
#include "node/internal.h"

bool pl_boot_is_open(const char *text)
{
	return strstr(text, PL_BOOT_OPEN) != NULL;
}

const char *pl_boot_known(struct pl_boot *r, const char *text)
{
	return !text || !*text || pl_boot_is_open(text) ? NULL : pl_arena_strdup(r->b->arena, text);
}

/* Of an address what may be shown: not who asks. */
const char *pl_boot_address(struct pl_boot *r, const char *text)
{
	return text && strchr(text, '@') ? NULL : pl_boot_known(r, text);
}

void pl_boot_host_key(struct pl_boot *r, const char *text)
{
	static const char *const types[] = { "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
					     "ecdsa-sha2-nistp521", NULL };
	struct pl_bootstrap *b = r->b;
	const char **words, *key;
	pl_auto_buf blob = PL_BUF_INIT;

	if (!pl_boot_known(r, text) || pl_sh_split(r, text, &words) < 2 || !pl_sh_is_any(words[0], types) ||
	    !pl_base64_decode(words[1], strlen(words[1]), &blob) || b->host_key_count == PL_BOOT_HOST_KEYS)
		return;
	key = pl_arena_strf(b->arena, "%s %s", words[0], words[1]);
	for (size_t i = 0; i < b->host_key_count; i++)
		if (!strcmp(b->host_keys[i], key))
			return;
	b->host_keys[b->host_key_count++] = key;
}

static void one_label(struct pl_boot *r, const char *text, size_t n)
{
	struct pl_bootstrap *b = r->b;
	const char *eq = memchr(text, '=', n);
	const char *copy = pl_arena_strndup(&r->arena, text, n);

	if (!n)
		return;
	if (pl_boot_is_open(copy)) {
		b->labels_open = true;
		return;
	}
	b->labels = pl_grow(b->labels, b->label_count, &b->label_cap, sizeof *b->labels);
	b->labels[b->label_count++] = (struct pl_pair){
		pl_arena_strndup(b->arena, text, eq ? (size_t)(eq - text) : n),
		eq ? pl_arena_strndup(b->arena, eq + 1, n - (size_t)(eq + 1 - text)) : "",
	};
}

static void one_taint(struct pl_boot *r, const char *text, size_t n)
{
	struct pl_bootstrap *b = r->b;
	const char *copy = pl_arena_strndup(b->arena, text, n);

	if (!n || pl_boot_is_open(copy))
		return;
	b->taints = pl_grow(b->taints, b->taint_count, &b->taint_cap, sizeof *b->taints);
	b->taints[b->taint_count++] = copy;
}

static void each(struct pl_boot *r, const char *list,
		 void (*one)(struct pl_boot *r, const char *text, size_t n))
{
	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ",");

		one(r, p, n);
		p += n + (p[n] == ',');
	}
}

void pl_boot_labels(struct pl_boot *r, const char *list)
{
	each(r, list, one_label);
}

void pl_boot_taints(struct pl_boot *r, const char *list)
{
	each(r, list, one_taint);
}

bool pl_boot_kubelet_flag(struct pl_boot *r, const char *name, const char *value)
{
	int64_t n;

	if (!strcmp(name, "node-labels"))
		pl_boot_labels(r, value);
	else if (!strcmp(name, "register-with-taints"))
		pl_boot_taints(r, value);
	else if (strcmp(name, "max-pods"))
		return false;
	else if (pl_parse_i64(value, &n) && n > 0 && n < 100000)
		r->b->max_pods = (long)n;
	return true;
}

/* The flag a word is, without its dashes: its name into `name`, its value when the word holds it. */
static bool split_flag(struct pl_boot *r, const char *word, const char **name, const char **value)
{
	size_t dashes = strspn(word, "-"), n;

	if (!dashes || dashes > 2)
		return false;
	n = strcspn(word + dashes, "=");
	*name = pl_arena_strndup(&r->arena, word + dashes, n);
	*value = word[dashes + n] ? word + dashes + n + 1 : NULL;
	return true;
}

void pl_boot_kubelet_words(struct pl_boot *r, const char *const *words, size_t n)
{
	const char *name, *value;

	for (size_t i = 0; i < n; i++) {
		if (!split_flag(r, words[i], &name, &value))
			r->b->labels_open |= pl_boot_is_open(words[i]);
		else if (value)
			pl_boot_kubelet_flag(r, name, value);
		else if (i + 1 < n && words[i + 1][0] != '-' && pl_boot_kubelet_flag(r, name, words[i + 1]))
			i++;
	}
}

void pl_boot_kubelet_args(struct pl_boot *r, const char *text)
{
	const char **words;
	size_t n = pl_sh_split(r, text, &words);

	pl_boot_kubelet_words(r, words, n);
}

static void disabled(struct pl_boot *r, const char *text, size_t n)
{
	if (pl_slice_is((struct pl_slice){ text, n }, "servicelb"))
		r->b->servicelb_off = true;
}

static bool is_true(const char *value)
{
	return !value || !strcmp(value, "true");
}

void pl_boot_k3s_flag(struct pl_boot *r, const char *name, const char *value)
{
	struct pl_bootstrap *b = r->b;
	const char *eq;

	if (!strcmp(name, "docker")) {
		b->docker = is_true(value);
	} else if (!value) {
		return;
	} else if (!strcmp(name, "node-label")) {
		pl_boot_labels(r, value);
	} else if (!strcmp(name, "node-taint")) {
		pl_boot_taints(r, value);
	} else if (!strcmp(name, "flannel-backend")) {
		b->flannel_off = !strcmp(value, "none");
	} else if (!strcmp(name, "disable") || !strcmp(name, "no-deploy")) {
		each(r, value, disabled);
	} else if (!strcmp(name, "server") || !strcmp(name, "s")) {
		b->k3s_url = pl_boot_address(r, value);
	} else if (!strcmp(name, "kubelet-arg") && (eq = strchr(value, '=')) == NULL) {
		b->labels_open |= pl_boot_is_open(value);
	} else if (!strcmp(name, "kubelet-arg")) {
		size_t dashes = strspn(value, "-");
		const char *flag = pl_arena_strndup(&r->arena, value + dashes, (size_t)(eq - value) - dashes);

		pl_boot_kubelet_flag(r, flag, eq + 1);
	}
}

/* Flags of k3s that stand alone; every other takes the word after it. */
static bool stands_alone(const char *name)
{
	static const char *const alone[] = {
		"docker", "cluster-init", "debug", "selinux", "rootless", "prefer-bundled-bin",
		"disable-network-policy", "disable-scheduler", "disable-cloud-controller",
		"disable-kube-proxy", "disable-helm-controller", "disable-apiserver", "disable-etcd",
		"disable-controller-manager", "secrets-encryption", "protect-kernel-defaults",
		"etcd-expose-metrics", "embedded-registry", "cluster-reset", "flannel-ipv6-masq",
		"flannel-external-ip", "multi-cluster-cidr", "etcd-disable-snapshots", "etcd-s3",
		"disable-agent", "enable-pprof", "alsologtostderr", "snapshotter-stargz", "with-node-id",
		"kine-tls", "nonroot-devices", "disable-default-registry-endpoint", "disable-apiserver-lb",
		"etcd-snapshot-compress", "etcd-s3-insecure", "etcd-s3-skip-ssl-verify", "no-flannel",
		"tls-san-security", "supervisor-metrics", NULL,
	};

	for (const char *const *a = alone; *a; a++)
		if (!strcmp(name, *a))
			return true;
	return false;
}

void pl_boot_k3s_args(struct pl_boot *r, const char *const *words, size_t count)
{
	const char *name, *value;

	for (size_t i = 0; i < count; i++) {
		if (!split_flag(r, words[i], &name, &value)) {
			r->b->labels_open |= pl_boot_is_open(words[i]);
			continue;
		}
		if (!value && !stands_alone(name) && i + 1 < count && words[i + 1][0] != '-')
			value = words[++i];
		pl_boot_k3s_flag(r, name, value);
	}
}
