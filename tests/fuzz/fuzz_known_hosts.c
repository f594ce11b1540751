/* SPDX-License-Identifier: Apache-2.0 */
/* A known_hosts file: a host's key, as its first line has it, is looked up by the names of that line. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "fuzz.h"
#include "ssh/known_hosts.h"
#include "ssh/known_lines.h"

static void ask(struct pl_known_hosts *k, const char *host, uint16_t port, const struct pl_buf *key)
{
	static const char *const files[] = { "fuzz", NULL };
	const struct pl_known_host h = { .host = host, .port = port, .files = files };
	char types[PL_KNOWN_TYPES][PL_KEY_TYPE_SIZE];
	struct pl_known_result r;
	struct pl_err err;
	size_t n;

	if (pl_known_hosts_lookup(k, &h, key->data, key->len, &r, &err) || pl_known_hosts_types(k, &h, types, &n, &err))
		abort();
	/* a key that is known is of a type to ask for */
	if (r.verdict == PL_KNOWN_OK && !n)
		abort();
	if ((r.verdict == PL_KNOWN_UNKNOWN) == (r.file != NULL && !r.why))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_known_hosts *k = pl_known_hosts_new();
	struct pl_known_lines lines = PL_KNOWN_LINES_INIT;
	struct pl_err err;

	if (pl_known_hosts_text(k, "fuzz", (const char *)data, size, &err))
		abort();
	pl_known_lines_parse(&lines, (const char *)data, size);
	for (size_t i = 0; i < lines.count && i < 8; i++) {
		pl_auto_free char *name = pl_strndup(lines.lines[i].names, strcspn(lines.lines[i].names, ","));
		pl_auto_buf key = PL_BUF_INIT;

		if (!pl_base64_decode(lines.lines[i].key, strlen(lines.lines[i].key), &key))
			pl_buf_truncate(&key, 0);
		ask(k, name, 22, &key);
		ask(k, "a", 2222, &key);
	}
	pl_known_lines_release(&lines);
	return 0;
}
