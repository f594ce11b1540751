/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machine types: the catalogue beside this file, and custom types, whose size stands in their name:
 * [FAMILY-]custom-CPUS-MEMORY[-ext] with the memory in MiB, a multiple of 256; no family means n1.
 * e2-custom-{micro,small,medium}-MEMORY have two shared vCPUs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "google/google.h"

extern const char pl_google_machines[];
extern const unsigned long pl_google_machines_len;

/* Families that take custom types, with their architecture. */
static const struct {
	const char *family, *architecture;
} families[] = {
	{ "n1", "amd64" }, { "n2", "amd64" }, { "n2d", "amd64" }, { "e2", "amd64" },
	{ "n4", "amd64" }, { "n4d", "amd64" }, { "n4a", "arm64" }, { "g2", "amd64" },
};

static const char *architecture_of(const char *family)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (pl_streq(families[i].family, family))
			return families[i].architecture;
	return NULL;
}

/* A decimal number at *p, which moves behind it; false when there is none. */
static bool number(const char **p, int64_t *out)
{
	char digits[12];
	size_t n = strspn(*p, "0123456789");

	if (!n || n >= sizeof digits)
		return false;
	memcpy(digits, *p, n);
	digits[n] = '\0';
	*p += n;
	return pl_parse_i64(digits, out);
}

/* The vCPUs of a custom type: a number, or one of e2's shared-core words. */
static bool custom_cpus(const char **p, const char *family, int64_t *out)
{
	static const char *const shared[] = { "micro", "small", "medium" };

	for (size_t i = 0; pl_streq(family, "e2") && i < sizeof shared / sizeof *shared; i++) {
		if (!pl_starts(*p, shared[i]))
			continue;
		*p += strlen(shared[i]);
		*out = 2;
		return true;
	}
	return number(p, out) && *out > 0;
}

static bool custom(const char *type, struct pl_machine *out)
{
	const char *word = strstr(type, "custom-"), *p;
	char family[8] = "n1";
	int64_t cpus, memory;

	if (!word || (word != type && word[-1] != '-') || word - type > (long)sizeof family)
		return false;
	if (word != type)
		snprintf(family, sizeof family, "%.*s", (int)(word - type - 1), type);
	p = word + strlen("custom-");
	if (!architecture_of(family) || !custom_cpus(&p, family, &cpus) || *p++ != '-' ||
	    !number(&p, &memory) || memory <= 0 || memory % 256 || (*p && !pl_streq(p, "-ext")))
		return false;
	*out = (struct pl_machine){ .vcpu = cpus, .memory = memory << 20 };
	snprintf(out->architecture, sizeof out->architecture, "%s", architecture_of(family));
	snprintf(out->family, sizeof out->family, "%s", family);
	snprintf(out->notes, sizeof out->notes, "custom");
	return true;
}

bool pl_google_machine(const char *type, struct pl_machine *out)
{
	return pl_machine_csv(pl_google_machines, pl_google_machines_len, type, out) ||
	       custom(type, out);
}
