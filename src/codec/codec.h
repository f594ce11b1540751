/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to text: base64, gzip, UTF-16.  The only room that uses zlib. */
#ifndef PL_CODEC_CODEC_H
#define PL_CODEC_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Standard or URL alphabet, padding optional, white space skipped; false when it is no base64. */
bool pl_base64_decode(const char *p, size_t n, struct pl_buf *out);

/* Standard alphabet, padded, in one line. */
void pl_base64_encode(const char *p, size_t n, struct pl_buf *out);
/* The URL alphabet without padding, as tokens are written. */
void pl_base64url_encode(const char *p, size_t n, struct pl_buf *out);

bool pl_is_gzip(const char *p, size_t n);
/* All members of a gzip stream; PL_E_LIMIT past `max` bytes, PL_E_INPUT when it is damaged. */
int pl_gunzip(const char *p, size_t n, size_t max, struct pl_buf *out, struct pl_err *err)
	__attribute__((warn_unused_result));

/* UTF-16 (without its byte order mark) to UTF-8; lone surrogates become U+FFFD. */
void pl_utf16_decode(const char *p, size_t n, bool big_endian, struct pl_buf *out);

#endif
