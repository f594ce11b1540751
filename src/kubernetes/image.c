/* SPDX-License-Identifier: Apache-2.0 */
/* Reads osImage, which the kubelet takes from PRETTY_NAME of os-release: see image.h. */
#include "kubernetes/image.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/image.h"

/* Words of names that are spelled otherwise than those of machine images. */
static const struct {
	const char *word, *os;
} names[] = {
	{ "container-optimized os", "cos" },
	{ "amazon linux", "amazon-linux" },
	{ "azure linux", "azure-linux" },
	{ "red hat enterprise linux coreos", "rhcos" },
	{ "red hat", "rhel" },
	{ "fedora coreos", "fedora-coreos" },
	{ "oracle linux", "oracle-linux" },
	{ "alpine", "alpine" },
	{ "sle micro", "suse" },
	{ "photon", "photon" },
};

/* A system nobody here knows is called by its first word. */
static bool first_word(const char *image, struct pl_kube_image *out)
{
	size_t n = strcspn(image, " /(");

	if (!n || n >= sizeof out->os)
		return false;
	for (size_t i = 0; i < n; i++)
		out->os[i] = (char)tolower((unsigned char)image[i]);
	out->os[n] = '\0';
	return isalpha((unsigned char)*image) != 0;
}

static bool system_of(const char *image, struct pl_kube_image *out)
{
	struct pl_image known;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pl_contains(image, names[i].word)) {
			snprintf(out->os, sizeof out->os, "%s", names[i].os);
			return true;
		}
	if (!pl_image_read(image, &known))
		return first_word(image, out);
	snprintf(out->os, sizeof out->os, "%s", known.os);
	snprintf(out->version, sizeof out->version, "%s", known.version);
	return true;
}

/* The first number: "8.7", "2023.9.20251208", "1.6.0" of "(v1.6.0)". */
static void number(const char *image, struct pl_kube_image *out)
{
	for (const char *p = image; *p; p++) {
		size_t n = strspn(p, "0123456789.");

		if (!isdigit((unsigned char)*p) ||
		    (p > image && isalnum((unsigned char)p[-1]) && p[-1] != 'v'))
			continue;
		while (n && p[n - 1] == '.')
			n--;
		snprintf(out->version, sizeof out->version, "%.*s", (int)n, p);
		return;
	}
}

bool pl_kube_image_read(const char *image, struct pl_kube_image *out)
{
	*out = (struct pl_kube_image){ "", "" };
	if (!system_of(image, out))
		return false;
	/* of Ubuntu the release counts, not its point */
	if (!pl_streq(out->os, "ubuntu"))
		number(image, out);
	return true;
}
