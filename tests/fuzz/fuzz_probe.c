/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of nodes: whatever one says, its facts are plausible or say why not, and survive a snapshot. */
#include <stdlib.h>

#include "fuzz.h"
#include "model/snapshot.h"
#include "node/probe.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_fact(const struct pl_fact *f)
{
	const struct pl_value *v = &f->value;

	require(f->known || f->waits_for);
	if (!f->known)
		return;
	require(f->attr != PL_NODE_VCPU || v->i > 0);
	require((v->type != PL_BYTES && v->type != PL_INT) || v->i >= 0);
	require((v->type != PL_TEXT && v->type != PL_VERSION) || *v->s);
	for (size_t i = 0; v->type == PL_LIST && i < v->count; i++)
		require(*v->list[i]);
	for (size_t i = 0; v->type == PL_MAP && i < v->count; i++)
		require(*v->map[i].key && (!i || strcmp(v->map[i - 1].key, v->map[i].key) < 0));
}

static void check_snapshot(struct pl_model *m)
{
	pl_auto_buf text = PL_BUF_INIT;
	pl_auto_model struct pl_model *again = pl_model_new();
	struct pl_err err = PL_ERR_INIT;

	pl_model_join(m);
	pl_snapshot_write(m, &text);
	require(!pl_snapshot_read(again, "x", text.data, text.len, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	struct pl_slice answer = { (const char *)data, size };
	struct pl_err err = PL_ERR_INIT;
	struct pl_object *node = NULL;
	int source = pl_model_source(m, &(struct pl_source){ .name = "ssh://n", .kind = "ssh",
							     .witness = PL_NODE_SSH, .complete = true });

	if (pl_probe_read(m, source, "n", "n0", answer, &node, &err)) {
		require(!node && *err.text);
		return 0;
	}
	require(node && node->name && *node->name);
	for (const struct pl_fact *f = node->facts; f; f = f->next)
		check_fact(f);
	check_snapshot(m);
	return 0;
}
