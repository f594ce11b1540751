/* SPDX-License-Identifier: Apache-2.0 */
/* What a boot text installs into the cluster, told by the names of files, addresses and charts. */
#include <string.h>

#include "node/internal.h"

/* The first "v1.2.3" that stands between slashes or dashes, or NULL. */
static const char *version_in(struct pl_boot *r, const char *address)
{
	for (const char *p = address; (p = strchr(p, 'v')) != NULL; p++) {
		size_t n = 1 + strspn(p + 1, "0123456789.");

		if (p > address && strchr("/-_:", p[-1]) && p[1] >= '0' && p[1] <= '9' &&
		    memchr(p, '.', n) && p[n - 1] != '.')
			return pl_arena_strndup(r->b->arena, p, n);
	}
	return NULL;
}

static const char *short_name(struct pl_boot *r, const char *word)
{
	size_t n = strcspn(word, "?#");

	return n > 200 || pl_boot_is_open(word) ? NULL : pl_arena_strndup(r->b->arena, word, n);
}

void pl_boot_evidence(struct pl_boot *r, const char *word, const char *version)
{
	struct pl_bootstrap *b = r->b;
	bool calico = pl_contains(word, "calico") || pl_contains(word, "tigera-operator");
	bool metallb = pl_contains(word, "metallb") || pl_contains(word, "kube-vip");
	bool cert_manager = pl_contains(word, "cert-manager");
	const char *name = calico || metallb || cert_manager ? short_name(r, word) : NULL;

	if (!name)
		return;
	version = version ? pl_boot_known(r, version) : version_in(r, word);
	if (calico) {
		b->calico = name;
		b->calico_version = version ? version : b->calico_version;
	} else if (cert_manager) {
		b->cert_manager = name;
		b->cert_manager_version = version ? version : b->cert_manager_version;
	} else {
		b->metallb = name;
	}
}

/* A chart or image that a manifest of k3s's own folder names: "chart: tigera-operator". */
void pl_boot_manifest(struct pl_boot *r, const struct pl_boot_file *f)
{
	const char *chart = NULL, *version = NULL;

	for (const char *line = f->content.data; *line;) {
		size_t n = strcspn(line, "\n"), at = 0;
		const char *text = pl_arena_strndup(&r->arena, line, n);

		at = strspn(text, " -\t");
		if (pl_starts(text + at, "image: "))
			pl_boot_evidence(r, text + at + 7, NULL);
		else if (pl_starts(text + at, "chart: "))
			chart = text + at + 7;
		else if (pl_starts(text + at, "version: "))
			version = text + at + 9;
		line += n + (line[n] == '\n');
	}
	if (chart)
		pl_boot_evidence(r, chart, version);
}
