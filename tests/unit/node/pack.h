/* SPDX-License-Identifier: Apache-2.0 */
/* base64 and gzip of a text, to be read again. */
#ifndef PL_TESTS_NODE_PACK_H
#define PL_TESTS_NODE_PACK_H

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"

/* In lines of 76 characters when it is longer. */
static inline struct pl_buf base64_of(const char *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct pl_buf out = PL_BUF_INIT;

	for (size_t i = 0; i < n; i += 3) {
		unsigned char in[3] = { 0, 0, 0 };
		uint32_t bits;

		memcpy(in, p + i, n - i < 3 ? n - i : 3);
		bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
		for (size_t k = 0; k < 4; k++)
			pl_buf_addc(&out, k > n - i ? '=' : digits[bits >> (18 - 6 * k) & 63]);
		if (i % 57 == 54 && i + 3 < n)
			pl_buf_addc(&out, '\n');
	}
	return out;
}

static inline struct pl_buf gzip_of(const char *p, size_t n)
{
	struct pl_buf out = PL_BUF_INIT;
	z_stream z = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n };

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return out;
	pl_buf_reserve(&out, deflateBound(&z, n));
	z.next_out = (Bytef *)out.data;
	z.avail_out = (uInt)out.cap - 1;
	deflate(&z, Z_FINISH);
	out.len = z.total_out;
	out.data[out.len] = '\0';
	deflateEnd(&z);
	return out;
}

#endif
