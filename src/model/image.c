/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the names of machine images.  Vendors spell them freely ("ubuntu-os-cloud/ubuntu-2204-lts",
 * "0001-com-ubuntu-server-jammy 22_04-lts"), so words are searched, and Ubuntu's version is either
 * its number (a year and the month 04 or 10) or its code name.
 */
#include "model/image.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct {
	const char *word, *os, *version;
} words[] = {
	{ "ubuntu", "ubuntu", "" },
	{ "bionic", "ubuntu", "18.04" },
	{ "focal", "ubuntu", "20.04" },
	{ "jammy", "ubuntu", "22.04" },
	{ "noble", "ubuntu", "24.04" },
	{ "bottlerocket", "bottlerocket", "" },
	{ "flatcar", "flatcar", "" },
	{ "talos", "talos", "" },
	{ "debian", "debian", "" },
	{ "rocky", "rocky", "" },
	{ "alma", "almalinux", "" },
	{ "centos", "centos", "" },
	{ "fedora", "fedora", "" },
	{ "rhel", "rhel", "" },
	{ "redhat", "rhel", "" },
	{ "suse", "suse", "" },
	{ "sles", "suse", "" },
	{ "azurelinux", "azure-linux", "" },
	{ "azure-linux", "azure-linux", "" },
	{ "mariner", "azure-linux", "" },
	{ "amzn", "amazon-linux", "" },
	{ "al2023", "amazon-linux", "" },
	{ "amazon-linux", "amazon-linux", "" },
	{ "windows", "windows", "" },
	{ "cos-", "cos", "" },
};

static bool digit(char c)
{
	return isdigit((unsigned char)c) != 0;
}

/* "2204", "22.04", "22_04", "22-04" at p: a year from 14 on and April or October. */
static bool ubuntu_number(const char *p, char out[8])
{
	const char *month = p + 2;

	if (!digit(p[0]) || !digit(p[1]))
		return false;
	month += *month && strchr("._-", *month) ? 1 : 0;
	if ((strncmp(month, "04", 2) && strncmp(month, "10", 2)) || digit(month[2]) || p[0] > '3' ||
	    (p[0] == '1' && p[1] < '4') || p[0] == '0')
		return false;
	snprintf(out, 8, "%.2s.%.2s", p, month);
	return true;
}

bool pl_image_read(const char *name, struct pl_image *out)
{
	*out = (struct pl_image){ 0 };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!pl_contains(name, words[i].word) ||
		    (out->os && !pl_streq(out->os, words[i].os)))
			continue;
		out->os = words[i].os;
		if (!*out->version)
			snprintf(out->version, sizeof out->version, "%s", words[i].version);
	}
	if (!out->os || !pl_streq(out->os, "ubuntu"))
		return out->os;
	for (const char *p = name; *p; p++)
		if ((p == name || !digit(p[-1])) && ubuntu_number(p, out->version))
			break;
	return true;
}
