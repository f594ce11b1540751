/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the built-in catalogues of machine types: see machine.h. */
#include "model/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The next comma-separated field of the line; the last one runs to its end. */
static size_t field(const char **p, const char *end, char *out, size_t size)
{
	const char *stop = memchr(*p, ',', (size_t)(end - *p));
	size_t n;

	stop = stop ? stop : end;
	n = (size_t)(stop - *p);
	n = n < size ? n : size - 1;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p = stop < end ? stop + 1 : end;
	return n;
}

static void read_line(const char *p, const char *end, struct pl_machine *m)
{
	char number[24];
	const char *usable;

	*m = (struct pl_machine){ 0 };
	field(&p, end, number, sizeof number);
	m->vcpu = strtoll(number, NULL, 10);
	field(&p, end, number, sizeof number);
	m->memory = strtoll(number, NULL, 10) << 20;
	field(&p, end, m->architecture, sizeof m->architecture);
	field(&p, end, m->family, sizeof m->family);
	if (p < end)
		snprintf(m->notes, sizeof m->notes, "%.*s", (int)(end - p), p);
	usable = strstr(m->notes, "vcpus_available=");
	if (usable)
		m->vcpu = strtoll(usable + strlen("vcpus_available="), NULL, 10);
}

bool pl_machine_csv(const char *csv, size_t len, const char *type, struct pl_machine *out)
{
	const char *end = csv + len, *line = memchr(csv, '\n', len);
	size_t n = strlen(type);

	while (line && ++line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		const char *stop = next ? next : end;

		if ((size_t)(stop - line) > n && line[n] == ',' && !strncasecmp(line, type, n)) {
			read_line(line + n + 1, stop > line && stop[-1] == '\r' ? stop - 1 : stop, out);
			return true;
		}
		line = next;
	}
	return false;
}
