/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate of a registry: whatever it says, nothing is read beyond it, and texts end. */
#include <stdlib.h>
#include <string.h>

#include "endpoint/challenge.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const schemes[] = { "bearer", "basic", "" };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct pl_challenge c;

		if (!pl_challenge_find((struct pl_slice){ (const char *)data, size }, schemes[i], &c))
			continue;
		if (!memchr(c.realm, '\0', sizeof c.realm) || !memchr(c.service, '\0', sizeof c.service) ||
		    !memchr(c.scope, '\0', sizeof c.scope) || !memchr(c.error, '\0', sizeof c.error))
			abort();
	}
	return 0;
}
