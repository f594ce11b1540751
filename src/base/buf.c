/* SPDX-License-Identifier: Apache-2.0 */
/* The growing byte buffer: see buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

const char pl_buf_empty[1];

/* Room for n more bytes and the NUL; a sum that wraps becomes a size that pl_realloc() aborts on. */
static size_t needed(const struct pl_buf *b, size_t n)
{
	return n < SIZE_MAX / 2 - b->len ? b->len + n + 1 : SIZE_MAX;
}

static void resize(struct pl_buf *b, size_t cap)
{
	b->data = pl_realloc(b->cap ? b->data : NULL, cap, 1);
	b->cap = cap;
	b->data[b->len] = '\0';
}

void pl_buf_reserve_exact(struct pl_buf *b, size_t n)
{
	size_t need = needed(b, n);

	if (need > b->cap)
		resize(b, need);
}

void pl_buf_reserve(struct pl_buf *b, size_t n)
{
	size_t need = needed(b, n), cap = b->cap ? b->cap : 64;

	if (need <= b->cap)
		return;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	resize(b, cap);
}

void pl_buf_add(struct pl_buf *b, const void *bytes, size_t n)
{
	pl_buf_reserve(b, n);
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void pl_buf_adds(struct pl_buf *b, const char *s)
{
	pl_buf_add(b, s, strlen(s));
}

void pl_buf_addc(struct pl_buf *b, char c)
{
	pl_buf_add(b, &c, 1);
}

void pl_buf_pad(struct pl_buf *b, char c, size_t n)
{
	pl_buf_reserve(b, n);
	memset(b->data + b->len, c, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void pl_buf_addv(struct pl_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n > 0) {
		pl_buf_reserve(b, (size_t)n);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void pl_buf_addf(struct pl_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pl_buf_addv(b, fmt, ap);
	va_end(ap);
}

void pl_buf_truncate(struct pl_buf *b, size_t len)
{
	if (!b->cap)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void pl_buf_hide(struct pl_buf *b, const char *text)
{
	size_t n = strlen(text);
	char *p = b->data, *end = p + b->len;

	while (n && (size_t)(end - p) >= n && (p = memchr(p, *text, (size_t)(end - p) - n + 1)) != NULL) {
		if (!memcmp(p, text, n))
			memset(p, '*', n);
		p++;
	}
}

char *pl_buf_detach(struct pl_buf *b)
{
	char *data;

	pl_buf_reserve(b, 0);
	data = b->data;
	*b = (struct pl_buf)PL_BUF_INIT;
	return data;
}

void pl_buf_release(struct pl_buf *b)
{
	if (b->cap)
		free(b->data);
	*b = (struct pl_buf)PL_BUF_INIT;
}

void pl_buf_wipe(struct pl_buf *b)
{
	explicit_bzero(b->data, b->len);
	pl_buf_release(b);
}
