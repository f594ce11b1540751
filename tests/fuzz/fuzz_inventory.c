/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory, INI or YAML; files beside it are none of the input's. */
#include <stdlib.h>

#include "fuzz.h"
#include "ssh/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_ssh_targets t = PL_SSH_TARGETS_INIT;
	struct pl_err err = PL_ERR_INIT;

	if (pl_ssh_inventory_text(&t, "/nowhere/hosts", (struct pl_slice){ (const char *)data, size }, &err)) {
		if (err.code == PL_E_NONE || !*err.text)
			abort();
		return 0;
	}
	for (size_t i = 0; i < t.count; i++) {
		const struct pl_ssh_target *h = &t.items[i];

		if (!h->name || (!h->problem && (!h->host || h->host[0] == '-' || !h->host[0])))
			abort();
	}
	return 0;
}
