/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and references: what is accepted lies within the text and adds up to it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz.h"
#include "terraform/address.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void within(struct pl_slice part, const char *text, size_t n)
{
	require(!part.n || (part.p >= text && part.p + part.n <= text + n));
}

static void read_module(struct pl_slice module)
{
	struct pl_slice parent, call, key;

	while (pl_tf_module_last(module, &parent, &call, &key)) {
		within(parent, module.p, module.n);
		within(call, module.p, module.n);
		within(key, module.p, module.n);
		require(parent.n < module.n && call.n);
		module = parent;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_free char *text = pl_strndup((const char *)data, size);
	struct pl_slice all = { text, strlen(text) };
	struct pl_tf_address a;
	struct pl_tf_ref ref;

	if (pl_tf_address_parse(all, &a)) {
		within(a.module, all.p, all.n);
		within(a.type, all.p, all.n);
		within(a.name, all.p, all.n);
		within(a.index, all.p, all.n);
		require(a.type.n && a.name.n);
		read_module(a.module);
	}
	if (pl_tf_ref_parse(all, &ref)) {
		within(ref.name, all.p, all.n);
		within(ref.key, all.p, all.n);
		within(ref.output, all.p, all.n);
		within(ref.rest, all.p, all.n);
	}
	require(pl_tf_skip_index(all.p, all.n) <= all.n);
	return 0;
}
