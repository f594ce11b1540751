/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The innermost loop of the JSON scanner: how many bytes of a string need no thought.  Sixteen at a
 * time where the processor has SSE2 (every x86-64), eight at a time elsewhere.
 */
#ifndef PL_BASE_SPAN_H
#define PL_BASE_SPAN_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first byte in [p, end) that is a quote, a backslash, a control or not ASCII; else end. */
static inline const char *pl_span_plain(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* signed: bytes from 0x80 on are negative, so below 0x20 like the controls */
		__m128i stop = _mm_or_si128(_mm_cmplt_epi8(v, space),
					    _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		int mask = _mm_movemask_epi8(stop);

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#else
	const uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;

	for (; end - p >= 8; p += 8) {
		uint64_t v, q, b;

		memcpy(&v, p, 8);
		q = v ^ ones * '"';
		b = v ^ ones * '\\';
		if ((v | (v - ones * 0x20) | ((q - ones) & ~q) | ((b - ones) & ~b)) & highs)
			break;
	}
#endif
	while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

#endif
