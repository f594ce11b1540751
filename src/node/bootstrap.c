/* SPDX-License-Identifier: Apache-2.0 */
/* A boot text of any kind: see bootstrap.h.  What it is, is told by its content. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "codec/codec.h"
#include "node/internal.h"

bool pl_boot_spend(struct pl_boot *r, size_t n)
{
	if (n > r->budget) {
		r->budget = 0;
		return false;
	}
	r->budget -= n;
	return true;
}

/* ---- decoding ---- */

static bool is_plain(const struct pl_buf *b)
{
	for (size_t i = 0, n; i < b->len; i += n) {
		n = pl_utf8_len(b->data + i, b->len - i);
		if (!n || (n == 1 && b->data[i] < ' ' && !strchr("\t\n\r", b->data[i])) || !b->data[i])
			return false;
	}
	return b->len != 0;
}

/* Decodes base64 that holds a text or gzip; false for what merely looks like it. */
static bool from_base64(const char *text, size_t len, struct pl_buf *out)
{
	return len >= 8 && pl_base64_decode(text, len, out) &&
	       (pl_is_gzip(out->data, out->len) || is_plain(out));
}

/* A SHA-1 in hexadecimal or base64: what some providers keep in place of the text. */
static bool is_digest(const char *text, size_t len)
{
	pl_auto_buf raw = PL_BUF_INIT;
	size_t hex = 0;

	while (len == 40 && hex < len && memchr("0123456789abcdef", text[hex], 16))
		hex++;
	if (hex == 40)
		return true;
	return len == 28 && text[27] == '=' && pl_base64_decode(text, len, &raw) && raw.len == 20 &&
	       !is_plain(&raw);
}

static bool begins(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(text, with, n);
}

/* The text ends in a NUL and holds no other. */
static void read_document(struct pl_boot *r, const char *text, size_t len)
{
	if (pl_boot_mime(r, text, len))
		return;
	if (begins(text, len, "## template:")) {
		const char *next = memchr(text, '\n', len);

		len -= next ? (size_t)(next + 1 - text) : len;
		text = next ? next + 1 : text;
	}
	if (begins(text, len, "#cloud-config"))
		pl_boot_cloud_config(r, text, len);
	else if (!begins(text, len, "#!") && strstr(text, "node.eks.aws/"))
		pl_boot_node_config(r, text, len);
	else if (!begins(text, len, "#!") && strstr(text, "settings.kubernetes"))
		pl_boot_settings(r, text, len);
	else
		pl_boot_shell(r, text, len);
}

void pl_boot_text(struct pl_boot *r, const char *text, size_t len)
{
	pl_auto_buf decoded = PL_BUF_INIT;

	while (len && strchr(" \t\r\n", *text) && *text) {
		text++;
		len--;
	}
	if (begins(text, len, "\xef\xbb\xbf")) {
		text += 3;
		len -= 3;
	}
	if (!len || r->depth >= PL_BOOT_DEPTH || !pl_boot_spend(r, len))
		return;
	r->depth++;
	if (pl_is_gzip(text, len)) {
		struct pl_err err = PL_ERR_INIT;

		if (pl_gunzip(text, len, r->budget, &decoded, &err))
			r->budget = err.code == PL_E_LIMIT ? 0 : r->budget;
		else
			pl_boot_text(r, decoded.data, decoded.len);
	} else if (from_base64(text, len, &decoded)) {
		pl_boot_text(r, decoded.data, decoded.len);
	} else {
		pl_buf_truncate(&decoded, 0);
		for (size_t i = 0; i < len; i++)
			if (text[i])
				pl_buf_addc(&decoded, text[i]);
		read_document(r, decoded.data, decoded.len);
	}
	r->depth--;
}

/* ---- files the text writes ---- */

void pl_boot_file_add(struct pl_boot *r, const char *path, const char *text, size_t len, bool append)
{
	void **slot;
	struct pl_boot_file *f;

	if (!pl_boot_spend(r, len))
		return;
	slot = pl_map_put(&r->by_path, path, strlen(path));
	if (!*slot) {
		f = pl_arena_alloc(&r->arena, sizeof *f);
		*f = (struct pl_boot_file){ pl_arena_strdup(&r->arena, path), PL_BUF_INIT, false };
		r->files = pl_grow(r->files, r->file_count, &r->file_cap, sizeof *r->files);
		r->files[r->file_count++] = f;
		*slot = f;
	}
	f = *slot;
	if (!append)
		pl_buf_truncate(&f->content, 0);
	pl_buf_add(&f->content, text, len);
}

bool pl_boot_file_run(struct pl_boot *r, const char *path)
{
	struct pl_boot_file *f = pl_map_get(&r->by_path, path, strlen(path));

	if (!f)
		return false;
	if (!f->ran) {
		f->ran = true;
		pl_boot_text(r, f->content.data, f->content.len);
	}
	return true;
}

/* Files that programs read: they count as they stand at the end. */
static const struct {
	const char *in_path;
	void (*read)(struct pl_boot *r, const char *text, size_t len);
} read_files[] = {
	{ "/etc/rancher/k3s/config.yaml", pl_boot_k3s_config },
	{ "/etc/default/kubelet", pl_boot_shell },
	{ "/etc/sysconfig/kubelet", pl_boot_shell },
	{ "/etc/profile.d/bootstrap.sh", pl_boot_shell }, /* EKS's bootstrap.sh is often made to source it */
};

static void read_file(struct pl_boot *r, const struct pl_boot_file *f)
{
	for (size_t i = 0; i < sizeof read_files / sizeof *read_files; i++)
		if (strstr(f->path, read_files[i].in_path))
			read_files[i].read(r, f->content.data, f->content.len);
	if (strstr(f->path, "/manifests/"))
		pl_boot_manifest(r, f);
	if (strstr(f->content.data, "apiVersion: node.eks.aws/"))
		pl_boot_node_config(r, f->content.data, f->content.len);
}

/* ---- the whole ---- */

struct numbered {
	struct pl_pair pair;
	size_t at;
};

static int by_key(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int c = strcmp(x->pair.key, y->pair.key);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* Sorted, and of each key only the last stays: so the kubelet reads its flags. */
static void settle_labels(struct pl_bootstrap *b, struct pl_pair *collected)
{
	struct numbered *all = pl_realloc(NULL, b->label_count + 1, sizeof *all);
	size_t n = 0;

	for (size_t i = 0; i < b->label_count; i++)
		all[i] = (struct numbered){ collected[i], i };
	qsort(all, b->label_count, sizeof *all, by_key);
	b->labels = pl_arena_alloc(b->arena, (b->label_count + 1) * sizeof *b->labels);
	for (size_t i = 0; i < b->label_count; i++)
		if (i + 1 == b->label_count || strcmp(all[i].pair.key, all[i + 1].pair.key))
			b->labels[n++] = all[i].pair;
	b->label_count = b->label_cap = n;
	free(all);
	free(collected);
}

/* Labels collect on the heap, which grows; what is kept lives in the caller's arena. */
static void borrow_labels(struct pl_bootstrap *b)
{
	struct pl_pair *pairs = pl_realloc(NULL, b->label_count + 1, sizeof *pairs);

	if (b->label_count)
		memcpy(pairs, b->labels, b->label_count * sizeof *pairs);
	b->labels = pairs;
	b->label_cap = b->label_count + 1;
}

static void settle_taints(struct pl_bootstrap *b, const char **collected)
{
	b->taints = pl_arena_alloc(b->arena, (b->taint_count + 1) * sizeof *b->taints);
	if (b->taint_count)
		memcpy(b->taints, collected, b->taint_count * sizeof *collected);
	b->taint_cap = b->taint_count;
	free(collected);
}

static void borrow_taints(struct pl_bootstrap *b)
{
	const char **taints = pl_realloc(NULL, b->taint_count + 1, sizeof *taints);

	if (b->taint_count)
		memcpy(taints, b->taints, b->taint_count * sizeof *taints);
	b->taints = taints;
	b->taint_cap = b->taint_count + 1;
}

bool pl_bootstrap_read(struct pl_bootstrap *b, const char *text, size_t len)
{
	struct pl_boot r = { .b = b, .budget = 4 * PL_LIMIT_USERDATA_BYTES,
			     .variables = PL_MAP_INIT, .by_path = PL_MAP_INIT };
	bool whole;

	if (len > PL_LIMIT_USERDATA_BYTES || is_digest(text, len))
		return false;
	borrow_labels(b);
	borrow_taints(b);
	pl_boot_text(&r, text, len);
	for (size_t i = 0; i < r.file_count; i++) {
		read_file(&r, r.files[i]);
		pl_buf_release(&r.files[i]->content);
	}
	settle_labels(b, b->labels);
	settle_taints(b, b->taints);
	whole = r.budget != 0;
	free(r.files);
	pl_map_release(&r.variables);
	pl_map_release(&r.by_path);
	pl_arena_release(&r.arena);
	return whole;
}
