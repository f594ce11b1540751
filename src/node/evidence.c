/* SPDX-License-Identifier: Apache-2.0 */
/* What a boot text installs into the cluster, told by the names of files, addresses and charts. */
#include <string.h>

#include "node/internal.h"

/* The first "v1.2.3" that stands between slashes or dashes, or NULL. */
static const char *version_in(struct pl_boot *r, const char *address)
{
	for (const char *p = address; (p = strchr(p, 'v')) != NULL; p++) {
		size_t n = 1 + strspn(p + 1, "0123456789.");

		n -= p[n - 1] == '.'; /* v1.8.0.tgz */
		if (p > address && strchr("/-_:", p[-1]) && p[1] >= '0' && p[1] <= '9' &&
		    memchr(p, '.', n))
			return pl_arena_strndup(r->b->arena, p, n);
	}
	return NULL;
}

/* Without what may be a secret: the user and the query of an address, NAME=VALUE. */
static const char *short_name(struct pl_boot *r, const char *word)
{
	size_t n = strcspn(word, "?#"), host, user;
	const char *slashes;

	if (n > 200 || memchr(word, '=', n))
		return NULL;
	for (const char *open; (open = strstr(word, PL_BOOT_OPEN)) != NULL && open < word + n;) {
		size_t to = strcspn(open, "/"); /* of https://host/$VERSION/calico.yaml the file's name is known */

		if (open + to >= word + n)
			return NULL;
		n -= (size_t)(open + to + 1 - word);
		word = open + to + 1;
	}
	slashes = strstr(word, "://");
	if (!slashes || slashes >= word + n)
		return pl_arena_strndup(r->b->arena, word, n);
	host = (size_t)(slashes + 3 - word);
	user = strcspn(word + host, "/@");
	user = word[host + user] == '@' ? host + user + 1 : host;
	return pl_arena_strf(r->b->arena, "%.*s%.*s", (int)host, word, (int)(n - user), word + user);
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

/* The value of "name: value" in the line at p, or NULL. */
static const char *member(struct pl_boot *r, const char *p, const char *name)
{
	size_t n = strlen(name);

	p += strspn(p, " -\t");
	if (strncmp(p, name, n) || p[n] != ':')
		return NULL;
	p += n + 1 + strspn(p + n + 1, " \t'\"");
	return pl_arena_strndup(&r->arena, p, strcspn(p, " \t'\"#\n"));
}

/* A chart or image that a manifest names: "chart: tigera-operator". */
void pl_boot_manifest(struct pl_boot *r, const char *text)
{
	const char *chart = NULL, *version = NULL, *word;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if ((word = member(r, line, "image")) != NULL)
			pl_boot_evidence(r, word, NULL);
		else if ((word = member(r, line, "chart")) != NULL)
			chart = word;
		else if ((word = member(r, line, "version")) != NULL)
			version = word;
	}
	if (chart)
		pl_boot_evidence(r, chart, version);
}
