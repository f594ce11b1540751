/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner against jansson: whatever one of them accepts as a document the other does too, but
 * for what jansson is known to refuse (see json/load.h), and loading a scanned range never fails.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "json/load.h"
#include "json/scan.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Goes into every container, as the plan reader does. */
static int walk(struct pl_scan *s, unsigned depth, struct pl_err *err)
{
	struct pl_slice key;
	int more;

	if (depth > 8)
		return pl_scan_skip(s, NULL, err);
	if ((more = pl_scan_enter(s, '{', err)) == 1) {
		while ((more = pl_scan_member(s, &key, err)) == 1)
			if (walk(s, depth + 1, err))
				return -1;
		return more;
	}
	if (!more && (more = pl_scan_enter(s, '[', err)) == 1) {
		while ((more = pl_scan_element(s, err)) == 1)
			if (walk(s, depth + 1, err))
				return -1;
		return more;
	}
	return more ? -1 : pl_scan_skip(s, NULL, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_free char *text = pl_strndup((const char *)data, size);
	size_t n = strlen(text);
	struct pl_err err = PL_ERR_INIT;
	struct pl_scan s, again;
	struct pl_slice value;
	json_error_t error;
	json_t *loaded, *theirs;
	int skipped, walked;

	pl_scan_init(&s, (struct pl_slice){ text, n });
	skipped = pl_scan_skip(&s, &value, &err);
	require(skipped == 0 || *err.text);
	pl_scan_init(&again, (struct pl_slice){ text, n });
	walked = walk(&again, 0, &err);
	require((skipped == 0) == (walked == 0) && (skipped || s.p == again.p));
	theirs = json_loadb(text, n, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
	require(!theirs || skipped == 0 || strstr(err.text, "nest"));
	json_decref(theirs);
	if (skipped)
		return 0;
	loaded = pl_json_load(value, NULL, &err);
	require(loaded != NULL);
	json_decref(loaded);
	return 0;
}
