/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The growing byte buffer.  `data` is never NULL and always ends in a NUL that `len` does not
 * count, so it can be used as a C string wherever no NUL was added.
 */
#ifndef PL_BASE_BUF_H
#define PL_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct pl_buf {
	char *data;
	size_t len, cap;
};

extern const char pl_buf_empty[1]; /* what an empty buffer points at, never written to */
#define PL_BUF_INIT { (char *)pl_buf_empty, 0, 0 }
#define pl_auto_buf __attribute__((cleanup(pl_buf_release))) struct pl_buf

void pl_buf_add(struct pl_buf *b, const void *bytes, size_t n);
void pl_buf_adds(struct pl_buf *b, const char *s);
void pl_buf_addc(struct pl_buf *b, char c);
void pl_buf_addf(struct pl_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pl_buf_addv(struct pl_buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void pl_buf_pad(struct pl_buf *b, char c, size_t n);  /* adds c n times */
void pl_buf_reserve(struct pl_buf *b, size_t n);      /* room for n more bytes and the NUL */
void pl_buf_reserve_exact(struct pl_buf *b, size_t n); /* the same without doubling */
void pl_buf_truncate(struct pl_buf *b, size_t len);   /* len must not pass b->len */
void pl_buf_hide(struct pl_buf *b, const char *text); /* stars in place of each occurrence */
char *pl_buf_detach(struct pl_buf *b);                /* the caller frees; b is empty again */
void pl_buf_release(struct pl_buf *b);                /* frees; b is empty again */
void pl_buf_wipe(struct pl_buf *b);           /* the same, and zeroes before */
#define pl_auto_wiped __attribute__((cleanup(pl_buf_wipe))) struct pl_buf

#endif
