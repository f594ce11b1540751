/* SPDX-License-Identifier: Apache-2.0 */
/* See host_keys.h. */
#include "model/host_keys.h"

#include "base/alloc.h"

void pl_model_host_keys(struct pl_model *m, const struct pl_host_keys *keys)
{
	m->host_keys = pl_grow(m->host_keys, m->host_key_count, &m->host_key_cap, sizeof *m->host_keys);
	m->host_keys[m->host_key_count++] = *keys;
}
