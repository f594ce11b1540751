/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: the challenges of an answer (RFC 9110, 11.6.1).  Pure. */
#ifndef PL_ENDPOINT_CHALLENGE_H
#define PL_ENDPOINT_CHALLENGE_H

#include <stdbool.h>

#include "base/str.h"

/* What registries say in one; "" where it is not said. */
struct pl_challenge {
	char realm[1024], service[256], scope[512], error[64];
};

/*
 * Finds the first challenge of the scheme (any case: "bearer", "basic") in the value of one header, which
 * may hold several.  False: there is none, or a value of it is longer than its place.
 */
bool pl_challenge_find(struct pl_slice header, const char *scheme, struct pl_challenge *out);

#endif
