/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to text: see codec.h. */
#include "codec/codec.h"

#include <stdint.h>
#include <zlib.h>

#include "base/str.h"

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool pl_base64_decode(const char *p, size_t n, struct pl_buf *out)
{
	size_t start = out->len, digits = 0, padding = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		int d = digit(p[i]);

		if (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
			continue;
		if (p[i] == '=') {
			padding++;
			continue;
		}
		if (d < 0 || padding) {
			pl_buf_truncate(out, start);
			return false;
		}
		bits = bits << 6 | (uint32_t)d;
		digits++;
		if (digits % 4 == 0)
			pl_buf_add(out, (char[]){ (char)(bits >> 16), (char)(bits >> 8), (char)bits }, 3);
	}
	if (digits % 4 == 1 || (padding && (padding > 2 || (digits + padding) % 4))) {
		pl_buf_truncate(out, start);
		return false;
	}
	if (digits % 4 == 2)
		pl_buf_addc(out, (char)(bits >> 4));
	if (digits % 4 == 3)
		pl_buf_add(out, (char[]){ (char)(bits >> 10), (char)(bits >> 2) }, 2);
	return true;
}

void pl_base64_encode(const char *p, size_t n, struct pl_buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = (const unsigned char *)p;

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t bits = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (left > 2 ? b[i + 2] : 0);

		pl_buf_addc(out, digits[bits >> 18]);
		pl_buf_addc(out, digits[bits >> 12 & 63]);
		pl_buf_addc(out, left > 1 ? digits[bits >> 6 & 63] : '=');
		pl_buf_addc(out, left > 2 ? digits[bits & 63] : '=');
	}
}

bool pl_is_gzip(const char *p, size_t n)
{
	return n >= 3 && (unsigned char)p[0] == 0x1f && (unsigned char)p[1] == 0x8b && p[2] == 8;
}

static int inflate_all(z_stream *z, size_t max, struct pl_buf *out, struct pl_err *err)
{
	size_t start = out->len;
	int rc = Z_OK;

	while (rc != Z_STREAM_END || z->avail_in) {
		size_t room;

		if (rc == Z_STREAM_END && inflateReset(z) != Z_OK)
			return pl_err_set(err, PL_E_INPUT, "damaged gzip data");
		pl_buf_reserve(out, out->len < 65536 ? 65536 : out->len / 4);
		room = out->cap - out->len - 1;
		z->next_out = (Bytef *)out->data + out->len;
		z->avail_out = (uInt)(room < UINT32_MAX ? room : UINT32_MAX);
		room = z->avail_out;
		rc = inflate(z, Z_NO_FLUSH);
		out->len += room - z->avail_out;
		out->data[out->len] = '\0';
		if (out->len - start > max)
			return pl_err_set(err, PL_E_LIMIT, "gzip data inflates to more than %zu bytes", max);
		if (rc == Z_BUF_ERROR || (rc == Z_OK && !z->avail_in && room == z->avail_out))
			return pl_err_set(err, PL_E_INPUT, "gzip data ends too early");
		if (rc != Z_OK && rc != Z_STREAM_END)
			return pl_err_set(err, PL_E_INPUT, "damaged gzip data");
	}
	return 0;
}

int pl_gunzip(const char *p, size_t n, size_t max, struct pl_buf *out, struct pl_err *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n };
	size_t start = out->len;
	int rc;

	if (n > UINT32_MAX)
		return pl_err_set(err, PL_E_LIMIT, "more than 4 GiB of gzip data");
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return pl_err_set(err, PL_E_INTERNAL, "zlib cannot be started");
	rc = inflate_all(&z, max, out, err);
	inflateEnd(&z);
	if (rc)
		pl_buf_truncate(out, start);
	return rc;
}

static void add_utf8(struct pl_buf *b, uint32_t c)
{
	if (c < 0x80) {
		pl_buf_addc(b, (char)c);
	} else if (c < 0x800) {
		pl_buf_add(b, (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) }, 2);
	} else if (c < 0x10000) {
		pl_buf_add(b, (char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
					(char)(0x80 | (c & 0x3f)) }, 3);
	} else {
		pl_buf_add(b, (char[]){ (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
					(char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) }, 4);
	}
}

void pl_utf16_decode(const char *p, size_t n, bool big_endian, struct pl_buf *out)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t high = 0;

	pl_buf_reserve(out, n / 2);
	for (size_t i = 0; i + 1 < n; i += 2) {
		uint32_t c = big_endian ? (uint32_t)u[i] << 8 | u[i + 1] : (uint32_t)u[i + 1] << 8 | u[i];
		bool low = c >= 0xdc00 && c < 0xe000;

		if (high && low) {
			add_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00));
			high = 0;
			continue;
		}
		if (high)
			add_utf8(out, 0xfffd);
		high = c >= 0xd800 && c < 0xdc00 ? c : 0;
		if (!high)
			add_utf8(out, low ? 0xfffd : c);
	}
	if (high || n % 2)
		add_utf8(out, 0xfffd);
}

void pl_base64url_encode(const char *p, size_t n, struct pl_buf *out)
{
	size_t start = out->len;

	pl_base64_encode(p, n, out);
	for (size_t i = start; i < out->len; i++)
		out->data[i] = out->data[i] == '+' ? '-' : out->data[i] == '/' ? '_' : out->data[i];
	while (out->len > start && out->data[out->len - 1] == '=')
		pl_buf_truncate(out, out->len - 1);
}
