/* SPDX-License-Identifier: Apache-2.0 */
/* By what machines are known to who logs in to them. */
#ifndef PL_MODEL_HOST_KEYS_H
#define PL_MODEL_HOST_KEYS_H

#include "model/model.h"

/*
 * One machine's SSH host keys, as a source says.  They are no fact: nothing judges them, no snapshot keeps them.  Strings
 * live as long as the model.
 */
struct pl_host_keys {
	const char *const *addresses; /* IP addresses of the machine */
	size_t address_count;
	const char *const *keys;      /* "TYPE BASE64" or "TYPE SHA256:..." */
	size_t key_count;
	const char *from;             /* where the trust comes from, for people: "the console output of i-0abc" */
};

void pl_model_host_keys(struct pl_model *m, const struct pl_host_keys *keys);

#endif
