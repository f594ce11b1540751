/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_of NONCE: reads the answer of the probe on standard input and prints what it tells as a
 * snapshot, as a run that asked one node would.
 */
#include <stdio.h>

#include "base/limits.h"
#include "model/snapshot.h"
#include "node/probe.h"

static void read_all(struct pl_buf *b)
{
	char block[4096];
	size_t n;

	while ((n = fread(block, 1, sizeof block, stdin)))
		pl_buf_add(b, block, n);
}

int main(int argc, char **argv)
{
	pl_auto_model struct pl_model *m = pl_model_new();
	pl_auto_buf answer = PL_BUF_INIT, out = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	int source;

	if (argc != 2)
		return 2;
	source = pl_model_source(m, &(struct pl_source){ .name = "ssh://node-1", .kind = "ssh",
							 .witness = PL_NODE_SSH, .complete = true });
	read_all(&answer);
	if (pl_probe_read(m, source, "node-1", argv[1], (struct pl_slice){ answer.data, answer.len }, NULL, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	pl_model_join(m);
	pl_snapshot_write(m, &out);
	fwrite(out.data, 1, out.len, stdout);
	return 0;
}
