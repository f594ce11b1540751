/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of base/span.h, run against whichever implementation the including file compiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/span.h"

/* Each byte value at each place of each length up to 40; the buffer ends exactly at `end`. */
static void stops_at_the_right_byte(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 40; n++) {
		pl_auto_free char *text = pl_alloc(n);

		memset(text, 'a', n);
		assert_ptr_equal(pl_span_plain(text, text + n), text + n);
		for (size_t at = 0; at < n; at++) {
			for (unsigned byte = 0; byte < 256; byte++) {
				int stops = byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';

				text[at] = (char)byte;
				if (pl_span_plain(text, text + n) != text + (stops ? at : n))
					fail_msg("byte %02x at %zu of %zu", byte, at, n);
			}
			text[at] = 'a';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(stops_at_the_right_byte) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
