/* SPDX-License-Identifier: Apache-2.0 */
/* Boot texts: whatever stands in user data, labels come out sorted, once each, and well-formed. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "node/bootstrap.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_arena arena = { NULL };
	struct pl_bootstrap b = { .arena = &arena };
	pl_auto_free char *text = pl_strndup((const char *)data, size);
	bool known = pl_bootstrap_read(&b, text, strlen(text));

	for (size_t i = 0; i < b.label_count; i++) {
		require(b.labels[i].key && b.labels[i].value);
		require(!i || strcmp(b.labels[i - 1].key, b.labels[i].key) < 0);
	}
	for (size_t i = 0; i < b.taint_count; i++)
		require(b.taints[i] != NULL);
	/* the same text a second time says nothing new */
	if (known) {
		size_t labels = b.label_count;

		require(pl_bootstrap_read(&b, text, strlen(text)));
		require(b.label_count == labels);
	}
	pl_arena_release(&arena);
	return 0;
}
