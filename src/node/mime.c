/* SPDX-License-Identifier: Apache-2.0 */
/* Multipart documents (RFC 2046), as cloud-init and EKS take them. */
#include <string.h>
#include <strings.h>

#include "codec/codec.h"
#include "node/internal.h"

struct part {
	const char *body;
	size_t len;
	bool base64, cloud_config;
	char boundary[128]; /* empty: not multipart */
};

static size_t line_length(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? (size_t)(eol + 1 - p) : (size_t)(end - p);
}

static bool is_header(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && n < 80 && ((p[n] | 0x20) >= 'a' ? (p[n] | 0x20) <= 'z' : p[n] == '-'))
		n++;
	return n && p + n < end && p[n] == ':';
}

static void read_boundary(struct part *part, const char *line)
{
	static const char word[] = "boundary=";
	const char *at = line;
	size_t n;

	while (*at && strncasecmp(at, word, sizeof word - 1))
		at++;
	if (!*at)
		return;
	at += sizeof word - 1;
	if (*at == '"') {
		n = strcspn(++at, "\"\r\n");
	} else {
		n = strcspn(at, "; \t\r\n");
	}
	if (n && n < sizeof part->boundary) {
		memcpy(part->boundary, at, n);
		part->boundary[n] = '\0';
	}
}

/* Reads the headers at text; false when it does not begin with any. */
static bool read_headers(struct pl_boot *r, struct part *part, const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	*part = (struct part){ .body = text };
	if (!is_header(p, end))
		return false;
	while (p < end && *p != '\n' && *p != '\r') {
		size_t n = line_length(p, end);
		const char *line = pl_arena_strndup(&r->arena, p, n < 1024 ? n : 1024);

		if (!is_header(p, end) && *p != ' ' && *p != '\t')
			return false;
		if (!strncasecmp(line, "content-transfer-encoding:", 26))
			part->base64 = pl_contains(line, "base64");
		if (!strncasecmp(line, "content-type:", 13))
			part->cloud_config = pl_contains(line, "text/cloud-config");
		read_boundary(part, line);
		p += n;
	}
	p += p < end ? line_length(p, end) : 0;
	part->body = p;
	part->len = (size_t)(end - p);
	return true;
}

static void read_part(struct pl_boot *r, const char *text, size_t len)
{
	struct part part;
	pl_auto_buf decoded = PL_BUF_INIT;

	while (len && (*text == '\n' || *text == '\r')) { /* a part without headers */
		text++;
		len--;
	}
	if (!read_headers(r, &part, text, len) || part.boundary[0]) {
		pl_boot_text(r, text, len);
		return;
	}
	if (part.base64 && pl_base64_decode(part.body, part.len, &decoded)) {
		part.body = decoded.data;
		part.len = decoded.len;
	}
	if (part.cloud_config && !pl_is_gzip(part.body, part.len))
		pl_boot_cloud_config(r, part.body, part.len);
	else
		pl_boot_text(r, part.body, part.len);
}

bool pl_boot_mime(struct pl_boot *r, const char *text, size_t len)
{
	struct part whole;
	const char *p, *end = text + len, *begin = NULL;
	size_t n;

	if (!read_headers(r, &whole, text, len) || !whole.boundary[0])
		return false;
	n = strlen(whole.boundary);
	for (p = whole.body; p < end; p += line_length(p, end)) {
		if ((size_t)(end - p) < n + 2 || memcmp(p, "--", 2) || memcmp(p + 2, whole.boundary, n))
			continue;
		if (begin)
			read_part(r, begin, (size_t)(p - begin));
		begin = p + line_length(p, end);
		if ((size_t)(end - p) >= n + 4 && !memcmp(p + 2 + n, "--", 2))
			return true;
	}
	if (begin && begin < end)
		read_part(r, begin, (size_t)(end - begin));
	return true;
}
