/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ssh_config file, asked about two hosts; the part before the first NUL is options of ssh.  Files that
 * it includes are none of the input's, so such inputs are passed over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "ssh/config.h"

/* A file that nobody else sees, and a path to it. */
static FILE *put(const char *text, char path[64])
{
	FILE *f = tmpfile();

	if (!f || fputs(text, f) < 0 || fflush(f))
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fileno(f));
	return f;
}

static void ask(struct pl_ssh_config *c, const char *host, const char *options)
{
	const struct pl_ssh_target t = { .name = host, .host = host, .options = options, .file = "hosts", .line = 1 };
	struct pl_arena arena = { NULL };
	const struct pl_ssh_host *h;
	struct pl_err err;

	if (!pl_ssh_config_resolve(c, &arena, &t, &h, &err)) {
		for (const struct pl_ssh_host *hop = h; hop; hop = hop->via)
			if (!hop->host[0] || hop->host[0] == '-' || !hop->user[0] || !hop->port)
				abort();
		if (h->via && h->proxy_command)
			abort();
	}
	pl_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_ssh_where where = { .home = "/nowhere", .user = "me" };
	pl_auto_ssh_config *c = NULL;
	pl_auto_free char *options = pl_strndup((const char *)data, size < 4096 ? size : 4096);
	size_t n = strlen(options) + 1;
	pl_auto_free char *text = NULL;
	struct pl_err err;
	char path[64];
	FILE *f;

	if (n >= size)
		n = 0; /* all of it is the file */
	text = pl_strndup((const char *)data + n, size - n);
	if (pl_contains(text, "include") || pl_contains(options, "-F") || pl_contains(text, "~"))
		return 0;
	f = put(text, path);
	where.file = path;
	if (!pl_ssh_config_load(&where, &c, &err)) {
		ask(c, "alpha", n ? options : NULL);
		ask(c, "10.0.0.1", NULL);
	}
	fclose(f);
	return 0;
}
