/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a server: see greeting.h. */
#include "endpoint/greeting.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

/* A packet: three bytes of length, one of sequence, then the payload. */
#define HEADER	    4
#define PROTOCOL_9  9 /* before MySQL 3.21.0; its version stands in the same place */
#define PROTOCOL_10 10
#define ERR_PACKET  0xff
/* Behind the version: thread id, eight bytes of scramble, a filler, then the lower capability flags. */
#define FLAGS_AT   (4 + 8 + 1)
#define CLIENT_SSL 0x0800U

/* The X Protocol's notice "server hello": length 5, type NOTICE, frame type 5. */
static const unsigned char x_hello[] = { 5, 0, 0, 0, 0x0b, 8, 5 };

static const struct {
	const char *prefix, *name;
} others[] = {
	{ "SSH-", "an SSH server" },
	{ "HTTP/", "an HTTP server" },
	{ "<!DOCTYPE", "an HTTP server" },
	{ "<html", "an HTTP server" },
	{ "\x15\x03", "a server that speaks TLS from the first byte" },
	{ "220 ", "a mail or FTP server" },
	{ "220-", "a mail or FTP server" },
	{ "* OK", "an IMAP server" },
	{ "+OK", "a POP3 server" },
	{ "-ERR", "Redis" },
	{ "-NOAUTH", "Redis" },
	{ "-DENIED", "Redis" },
	{ "AMQP", "an AMQP broker" },
	{ "RFB ", "a VNC server" },
};

static enum pl_greeting_kind other(const char *name, struct pl_greeting *out)
{
	snprintf(out->text, sizeof out->text, "%s", name);
	return PL_GREETING_OTHER;
}

/* Another protocol by its first bytes; MORE: perhaps, HELLO: none that is known. */
static enum pl_greeting_kind by_prefix(const unsigned char *p, size_t n, struct pl_greeting *out)
{
	if (!memcmp(p, x_hello, n < sizeof x_hello ? n : sizeof x_hello))
		return n < sizeof x_hello ? PL_GREETING_MORE : PL_GREETING_X;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		size_t len = strlen(others[i].prefix);

		if (!memcmp(p, others[i].prefix, n < len ? n : len))
			return n < len ? PL_GREETING_MORE : other(others[i].name, out);
	}
	return PL_GREETING_HELLO;
}

/* Copies up to n bytes; what is not printable becomes '?'. */
static void copy_text(char *to, size_t size, const unsigned char *p, size_t n)
{
	n = n < size - 1 ? n : size - 1;
	for (size_t i = 0; i < n; i++)
		to[i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
	to[n] = '\0';
}

static bool is_version(const unsigned char *p, size_t n, size_t max)
{
	if (!n || n >= max || *p < '0' || *p > '9')
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] >= 0x7f)
			return false;
	return true;
}

static enum pl_greeting_kind hello(const unsigned char *p, size_t n, struct pl_greeting *out)
{
	const unsigned char *end = memchr(p + 1, '\0', n - 1);
	size_t len = end ? (size_t)(end - p) - 1 : 0, rest = end ? n - len - 2 : 0;

	if (!is_version(p + 1, len, sizeof out->version))
		return other("a server that does not speak MySQL's protocol", out);
	copy_text(out->version, sizeof out->version, p + 1, len);
	out->tls = *p == PROTOCOL_10 && rest >= FLAGS_AT + 2 &&
		   ((unsigned)end[1 + FLAGS_AT] | (unsigned)end[2 + FLAGS_AT] << 8) & CLIENT_SSL;
	return PL_GREETING_HELLO;
}

/* 0xff, two bytes of number, perhaps '#' and five letters of state, then words. */
static enum pl_greeting_kind refusal(const unsigned char *p, size_t n, struct pl_greeting *out)
{
	size_t at = n > 8 && p[3] == '#' ? 9 : 3;

	if (n < 4)
		return other("a server that does not speak MySQL's protocol", out);
	out->code = (unsigned)p[1] | (unsigned)p[2] << 8;
	copy_text(out->text, sizeof out->text, p + at, n - at);
	return PL_GREETING_REFUSAL;
}

static enum pl_greeting_kind packet(const unsigned char *p, size_t n, struct pl_greeting *out)
{
	size_t len;

	if (n <= HEADER)
		return PL_GREETING_MORE;
	len = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16;
	/* servers number their first packet 0; some gateways number a refusal 1 or 2 */
	if (len < 4 || len > PL_LIMIT_GREETING_BYTES - HEADER || p[3] > 2)
		return other("a server that does not speak MySQL's protocol", out);
	if (p[HEADER] != PROTOCOL_10 && p[HEADER] != PROTOCOL_9 && p[HEADER] != ERR_PACKET)
		return other("a server that does not speak MySQL's protocol", out);
	if (n < HEADER + len)
		return PL_GREETING_MORE;
	return p[HEADER] == ERR_PACKET ? refusal(p + HEADER, len, out)
				       : hello(p + HEADER, len, out);
}

enum pl_greeting_kind pl_greeting_parse(const void *bytes, size_t n, bool asked,
					struct pl_greeting *out)
{
	const unsigned char *p = bytes;
	enum pl_greeting_kind kind;

	*out = (struct pl_greeting){ .code = 0 };
	if (!n)
		return PL_GREETING_MORE;
	if (asked && (*p == 'S' || *p == 'N') && (n == 1 || p[1] != 'S'))
		return PL_GREETING_POSTGRESQL;
	/* an error of PostgreSQL: 'E', a length below 64 KiB, a field that begins with S */
	if (n > 6 && *p == 'E' && !p[1] && !p[2] && p[5] == 'S')
		return PL_GREETING_POSTGRESQL;
	kind = by_prefix(p, n, out);
	return kind == PL_GREETING_HELLO ? packet(p, n, out) : kind;
}
