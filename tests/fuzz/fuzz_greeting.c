/* SPDX-License-Identifier: Apache-2.0 */
/* What a database server says first: whatever the bytes, what is taken out of them is printable and ends. */
#include <stdlib.h>
#include <string.h>

#include "endpoint/greeting.h"
#include "fuzz.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool is_printable(const char *s, size_t size)
{
	const char *end = memchr(s, '\0', size);

	for (; end && s < end; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return end != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int asked = 0; asked < 2; asked++) {
		struct pl_greeting g;
		struct pl_product p;
		enum pl_greeting_kind kind = pl_greeting_parse(data, size, asked, &g);

		require(is_printable(g.version, sizeof g.version) && is_printable(g.text, sizeof g.text));
		if (kind != PL_GREETING_HELLO)
			continue;
		require(g.version[0] != '\0');
		pl_product_of("db.example.org", g.version, &p);
		require(p.engine && strlen(p.version) < sizeof p.version && (p.version[0] || p.why));
	}
	return 0;
}
