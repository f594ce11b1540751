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

/* The first line that is neither blank nor a comment. */
static const char *first_line(const char *text)
{
	for (;;) {
		text += strspn(text, " \t\r\n");
		if (*text != '#')
			return text;
		text += strcspn(text, "\n");
	}
}

/* Does the text begin as one of the kind does, and hold the word that only that kind has? */
static bool is_kind(const char *text, const char *const *begins_with, const char *word)
{
	const char *first = first_line(text);

	for (; !pl_starts(text, "#!") && *begins_with; begins_with++)
		if (pl_starts(first, *begins_with))
			return strstr(text, word) != NULL;
	return false;
}

/* The text ends in a NUL and holds no other. */
static void read_document(struct pl_boot *r, const char *text, size_t len)
{
	static const char *const node_config[] = { "apiVersion:", "kind:", "metadata:", "spec:", "---", "{", NULL };
	static const char *const settings[] = { "[", "settings.", "\"settings", NULL };

	if (pl_boot_mime(r, text, len))
		return;
	if (begins(text, len, "## template:")) {
		const char *next = memchr(text, '\n', len);

		len -= next ? (size_t)(next + 1 - text) : len;
		text = next ? next + 1 : text;
	}
	if (begins(text, len, "#cloud-config"))
		pl_boot_cloud_config(r, text, len);
	else if (begins(text, len, "#include"))
		r->b->labels_open = true; /* texts at addresses */
	else if (is_kind(text, node_config, "node.eks.aws/"))
		pl_boot_node_config(r, text, len);
	else if (is_kind(text, settings, "settings.kubernetes"))
		pl_boot_settings(r, text, len);
	else
		pl_boot_shell(r, text, len);
}

static void read_gzip(struct pl_boot *r, const char *text, size_t len)
{
	pl_auto_buf plain = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	if (!pl_gunzip(text, len, r->budget, &plain, &err))
		pl_boot_text(r, plain.data, plain.len);
	else if (err.code == PL_E_LIMIT)
		r->budget = 0;
	else
		r->b->labels_open = true; /* damaged: what it holds is not known */
}

/* Without NULs, which would end it, and with lines that end as everywhere else. */
static void read_plain(struct pl_boot *r, const char *text, size_t len)
{
	pl_auto_buf plain = PL_BUF_INIT;

	for (size_t i = 0; i < len; i++)
		if (text[i] && (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n'))
			pl_buf_addc(&plain, text[i]);
	read_document(r, plain.data, plain.len);
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
	if (!len || !pl_boot_spend(r, len))
		return;
	if (r->depth >= PL_BOOT_DEPTH) {
		r->b->labels_open = true;
		return;
	}
	r->depth++;
	if (pl_is_gzip(text, len))
		read_gzip(r, text, len);
	else if (from_base64(text, len, &decoded))
		pl_boot_text(r, decoded.data, decoded.len);
	else
		read_plain(r, text, len);
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

struct pl_boot_file *pl_boot_file(struct pl_boot *r, const char *path)
{
	return pl_map_get(&r->by_path, path, strlen(path));
}

bool pl_boot_file_run(struct pl_boot *r, const char *path)
{
	struct pl_boot_file *f = pl_boot_file(r, path);

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

void pl_boot_unseen(struct pl_boot *r, const char *path)
{
	for (size_t i = 0; i < sizeof read_files / sizeof *read_files; i++)
		r->b->labels_open |= pl_starts(path, read_files[i].in_path);
}

/* Reads a copy: a file that is a script may write to itself. */
static void read_file(struct pl_boot *r, const struct pl_boot_file *f)
{
	size_t len = f->content.len;
	const char *text = pl_arena_strndup(&r->arena, f->content.data, len);

	for (size_t i = 0; i < sizeof read_files / sizeof *read_files; i++)
		if (strstr(f->path, read_files[i].in_path))
			read_files[i].read(r, text, len);
	if (pl_starts(f->path, "/etc/ssh/ssh_host_"))
		pl_boot_host_key(r, text);
	if (strstr(f->path, "/manifests/"))
		pl_boot_manifest(r, text);
	if (strstr(text, "apiVersion: node.eks.aws/"))
		pl_boot_node_config(r, text, len);
}

/* The files as they stand now; what reading them writes is not read. */
static void read_all_files(struct pl_boot *r)
{
	size_t n = r->file_count;

	for (size_t i = 0; i < n; i++)
		read_file(r, r->files[i]);
	for (size_t i = 0; i < r->file_count; i++)
		pl_buf_release(&r->files[i]->content);
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
	read_all_files(&r);
	settle_labels(b, b->labels);
	settle_taints(b, b->taints);
	whole = r.budget != 0;
	free(r.files);
	pl_map_release(&r.variables);
	pl_map_release(&r.by_path);
	pl_arena_release(&r.arena);
	return whole;
}
