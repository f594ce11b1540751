/* SPDX-License-Identifier: Apache-2.0 */
/* Small values: whatever the text, the readers agree with their writers and the escaper escapes. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/scalar.h"
#include "base/str.h"
#include "fuzz.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_values(const char *text)
{
	struct pl_version v;
	int64_t bytes, days, again, number;
	char out[32];

	if (pl_version_parse(text, &v))
		require(v.count >= 1 && v.count <= 4 && !pl_version_cmp(&v, &v));
	if (pl_bytes_parse(text, &bytes))
		require(bytes >= 0 && *pl_bytes_text(bytes, out));
	if (pl_date_parse(text, &days))
		require(pl_streq(pl_date_text(days, out), text) && pl_date_parse(out, &again) && again == days);
	if (pl_parse_i64(text, &number))
		require(*text);
	pl_secret_name(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_free char *text = pl_strndup((const char *)data, size);
	pl_auto_buf safe = PL_BUF_INIT, twice = PL_BUF_INIT;

	read_values(text);
	pl_buf_add_safe(&safe, (const char *)data, size);
	for (size_t i = 0, n; i < safe.len; i += n) {
		n = pl_utf8_len(safe.data + i, safe.len - i);
		require(n && (unsigned char)safe.data[i] >= 0x20 && safe.data[i] != 0x7f);
	}
	pl_buf_add_safe(&twice, safe.data, safe.len);
	require(pl_streq(safe.data, twice.data));
	return 0;
}
