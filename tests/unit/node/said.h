/* SPDX-License-Identifier: Apache-2.0 */
/* What a boot text says, as one line of words, so that a row of a table checks every member. */
#ifndef PL_TESTS_NODE_SAID_H
#define PL_TESTS_NODE_SAID_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "node/bootstrap.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct row {
	const char *text, *said;
};

static void add_said(struct pl_buf *out, const char *name, const char *value)
{
	if (value)
		pl_buf_addf(out, "%s%s%s", out->len ? " " : "", name, value);
}

static void said(struct pl_buf *out, const struct pl_bootstrap *b)
{
	static const char *const roles[] = { NULL, "server", "agent" };
	pl_auto_buf pods = PL_BUF_INIT;

	for (size_t i = 0; i < b->label_count; i++) {
		add_said(out, b->labels[i].key, "=");
		pl_buf_adds(out, b->labels[i].value);
	}
	add_said(out, "", b->labels_open ? "open" : NULL);
	for (size_t i = 0; i < b->taint_count; i++)
		add_said(out, "taint:", b->taints[i]);
	if (b->max_pods)
		pl_buf_addf(&pods, "%ld", b->max_pods);
	add_said(out, "pods:", pods.len ? pods.data : NULL);
	add_said(out, "", b->kubelet_args ? "kubelet" : NULL);
	add_said(out, "cluster:", b->cluster_name);
	add_said(out, "", roles[b->k3s]);
	add_said(out, "version:", b->k3s_version);
	add_said(out, "url:", b->k3s_url);
	add_said(out, "", b->flannel_off ? "flannel-off" : NULL);
	add_said(out, "", b->servicelb_off ? "servicelb-off" : NULL);
	add_said(out, "", b->docker ? "docker" : NULL);
	add_said(out, "", b->containerd ? "containerd" : NULL);
	add_said(out, "calico:", b->calico);
	add_said(out, "of:", b->calico_version);
	add_said(out, "cert-manager:", b->cert_manager);
	add_said(out, "of:", b->cert_manager_version);
	add_said(out, "metallb:", b->metallb);
	for (size_t i = 0; i < b->host_key_count; i++)
		add_said(out, "key:", b->host_keys[i]);
}

/* Reads a copy that ends where the text ends, so that the sanitizer sees a read beyond it. */
static bool read_copy(struct pl_bootstrap *b, const char *text, size_t len)
{
	pl_auto_free char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return pl_bootstrap_read(b, copy, len);
}

static inline void check_bytes(size_t row, const char *text, size_t len, const char *expected)
{
	struct pl_arena arena = { NULL };
	struct pl_bootstrap b = { .arena = &arena };
	pl_auto_buf out = PL_BUF_INIT;

	if (!read_copy(&b, text, len))
		fail_msg("row %zu is refused", row);
	said(&out, &b);
	pl_arena_release(&arena);
	if (strcmp(out.data, expected))
		fail_msg("row %zu: \"%s\"\nsays     \"%s\"\nand not  \"%s\"", row, text, out.data, expected);
}

static inline void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_bytes(i, rows[i].text, strlen(rows[i].text), rows[i].said);
}

#endif
