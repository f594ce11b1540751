/* SPDX-License-Identifier: Apache-2.0 */
/* base64, gzip and UTF-16: what is taken, what is refused, and that a bomb stops at its limit. */
#include "codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- base64 ---- */

static void decodes_base64(void **state)
{
	static const struct {
		const char *text, *bytes;
		size_t n;
	} rows[] = {
		{ "", "", 0 },
		{ "Zg==", "f", 1 },
		{ "Zm8=", "fo", 2 },
		{ "Zm9v", "foo", 3 },
		{ "Zm9vYg==", "foob", 4 },
		{ "Zm9vYmE=", "fooba", 5 },
		{ "Zm9vYmFy", "foobar", 6 },
		{ "Zg", "f", 1 },                 /* without padding */
		{ "Zm8", "fo", 2 },
		{ "AAAA", "\0\0\0", 3 },
		{ "/+/+", "\xff\xef\xfe", 3 },
		{ "_-_-", "\xff\xef\xfe", 3 },    /* the URL alphabet */
		{ " Zm\n9v\r\n\tYm Fy\n", "foobar", 6 },
		{ "Zg=\n=", "f", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_buf_adds(&b, "x"); /* what stood there stays */
		if (!pl_base64_decode(rows[i].text, strlen(rows[i].text), &b) || b.len != rows[i].n + 1)
			fail_msg("'%s' gave %zu bytes", rows[i].text, b.len - 1);
		assert_memory_equal(b.data + 1, rows[i].bytes, rows[i].n);
		assert_int_equal(b.data[0], 'x');
	}
}

static void encodes_base64(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		     { "\xff\xef\xbe", "/+++" }, { "\x80\x01", "gAE=" } };
	pl_auto_buf every = PL_BUF_INIT, text = PL_BUF_INIT, back = PL_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_base64_encode(rows[i].bytes, strlen(rows[i].bytes), &b);
		assert_string_equal(b.data, rows[i].text);
	}
	for (int i = 0; i < 1000; i++)
		pl_buf_addc(&every, (char)(i * 7));
	pl_base64_encode(every.data, every.len, &text);
	assert_true(pl_base64_decode(text.data, text.len, &back));
	assert_int_equal(back.len, every.len);
	assert_memory_equal(back.data, every.data, every.len);
}

static void refuses_what_is_no_base64(void **state)
{
	static const char *const rows[] = {
		"Z", "Zm9vY", "Zg===", "Zm8==", "Zg=", "Zm9v=", "=", "==", "====", "Zg==Zg==", "Z=g=", "=Zg=",
		"Zm9v!", "Zm9*", "Zm9\xc3\xa9", "Zm,v", "Zm9v\v", "#!/bin/sh", "\x80\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;

		pl_buf_adds(&b, "kept");
		if (pl_base64_decode(rows[i], strlen(rows[i]), &b))
			fail_msg("'%s' was taken", rows[i]);
		assert_string_equal(b.data, "kept");
	}
}

static void nul_is_no_base64(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;

	(void)state;
	assert_false(pl_base64_decode("Zm9v\0", 5, &b));
	assert_false(pl_base64_decode("Z\0m9v", 5, &b));
	assert_int_equal(b.len, 0);
}

/* ---- gzip ---- */

/* gzip -n of "hello\n" and of "world\n" */
#define HELLO "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06\x00\x00\x00"
#define WORLD "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x2b\xcf\x2f\xca\x49\xe1\x02\x00\xa8\x61\x38\xdd\x06\x00\x00\x00"

static const char hello[] = HELLO, both[] = HELLO WORLD;

/* Inflates a copy of just these bytes. */
static int inflate_copy(const char *bytes, size_t n, size_t max, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_free char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	return pl_gunzip(copy, n, max, out, err);
}

static void knows_gzip(void **state)
{
	(void)state;
	assert_true(pl_is_gzip(hello, sizeof hello - 1));
	assert_true(pl_is_gzip(hello, 3));
	assert_false(pl_is_gzip(hello, 2));
	assert_false(pl_is_gzip("", 0));
	assert_false(pl_is_gzip("\x1f\x8b\x07", 3));
	assert_false(pl_is_gzip("#!/", 3));
}

static void inflates_all_members(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *text;
	} rows[] = {
		{ hello, sizeof hello - 1, "hello\n" },
		{ both, sizeof both - 1, "hello\nworld\n" },
		{ HELLO HELLO WORLD HELLO, 4 * (sizeof hello - 1), "hello\nhello\nworld\nhello\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		assert_int_equal(inflate_copy(rows[i].bytes, rows[i].n, strlen(rows[i].text), &b, &err), 0);
		assert_string_equal(b.data, rows[i].text);
		assert_int_equal(b.len, strlen(rows[i].text));
	}
}

static void refuses_every_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof both - 1; n++) {
		pl_auto_buf b = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		if (n == sizeof hello - 1)
			continue;
		pl_buf_adds(&b, "kept");
		assert_int_equal(inflate_copy(both, n, 100, &b, &err), -1);
		assert_int_equal(err.code, PL_E_INPUT);
		assert_string_equal(b.data, "kept");
		if (n < sizeof hello - 1)
			assert_string_equal(err.text, "gzip data ends too early");
	}
}

static void refuses_damage(void **state)
{
	static const struct {
		size_t at;
		char byte;
	} rows[] = {
		{ 0, 'x' }, { 2, 7 }, { 3, '\xe0' }, { 10, '\xff' }, { 12, 'x' }, { 18, 'x' }, { 21, 'x' }, { 22, 7 },
	};
	static const char *const tails[] = { "x", "garbage behind the end", "\x1f\x8b\x08garbage" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf b = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;
		char copy[sizeof hello];

		memcpy(copy, hello, sizeof hello);
		copy[rows[i].at] = rows[i].byte;
		if (!inflate_copy(copy, sizeof hello - 1, 100, &b, &err) || err.code != PL_E_INPUT)
			fail_msg("byte %zu was not missed", rows[i].at);
		assert_int_equal(b.len, 0);
	}
	for (size_t i = 0; i < COUNT(tails); i++) {
		pl_auto_buf b = PL_BUF_INIT, bytes = PL_BUF_INIT;
		struct pl_err err = PL_ERR_INIT;

		pl_buf_add(&bytes, hello, sizeof hello - 1);
		pl_buf_adds(&bytes, tails[i]);
		assert_int_equal(inflate_copy(bytes.data, bytes.len, 100, &b, &err), -1);
		assert_int_equal(err.code, PL_E_INPUT);
	}
}

static void survives_every_changed_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof both - 1; i++)
		for (int c = 0; c < 256; c++) {
			pl_auto_buf b = PL_BUF_INIT;
			struct pl_err err = PL_ERR_INIT;
			char copy[sizeof both];

			memcpy(copy, both, sizeof both);
			copy[i] = (char)c;
			assert_true(!inflate_copy(copy, sizeof both - 1, 100, &b, &err) || *err.text);
			assert_true(b.len <= 100);
		}
}

static void stops_at_the_limit(void **state)
{
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	(void)state;
	pl_buf_adds(&b, "more than six bytes stand here already ");
	assert_int_equal(inflate_copy(hello, sizeof hello - 1, 6, &b, &err), 0);
	assert_string_equal(b.data, "more than six bytes stand here already hello\n");
	assert_int_equal(inflate_copy(hello, sizeof hello - 1, 5, &b, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
	assert_string_equal(err.text, "gzip data inflates to more than 5 bytes");
	assert_string_equal(b.data, "more than six bytes stand here already hello\n");
	assert_int_equal(inflate_copy(both, sizeof both - 1, 11, &b, &err), -1);
	assert_int_equal(err.code, PL_E_LIMIT);
}

/* ---- UTF-16 ---- */

static void decodes_utf16(void **state)
{
	static const struct {
		const char *bytes; /* big endian */
		size_t n;
		const char *text;
	} rows[] = {
		{ "", 0, "" },
		{ "\0a\0b", 4, "ab" },
		{ "\0\xe9", 2, "\xc3\xa9" },
		{ "\x07\xff\x08\0", 4, "\xdf\xbf\xe0\xa0\x80" },
		{ "\x20\xac", 2, "\xe2\x82\xac" },
		{ "\xff\xff", 2, "\xef\xbf\xbf" },
		{ "\xd8\x3c\xdf\x0a", 4, "\xf0\x9f\x8c\x8a" },
		{ "\xd8\0\xdc\0", 4, "\xf0\x90\x80\x80" },
		{ "\xdb\xff\xdf\xff", 4, "\xf4\x8f\xbf\xbf" },
		{ "\xd8\x3c", 2, "\xef\xbf\xbd" },                   /* a high half at the end */
		{ "\xd8\x3c\0a", 4, "\xef\xbf\xbd" "a" },            /* before a letter */
		{ "\xdf\x0a\0a", 4, "\xef\xbf\xbd" "a" },            /* a low half alone */
		{ "\xd8\x3c\xd8\x3c\xdf\x0a", 6, "\xef\xbf\xbd\xf0\x9f\x8c\x8a" },
		{ "\xdf\x0a\xd8\x3c", 4, "\xef\xbf\xbd\xef\xbf\xbd" }, /* the wrong way round */
		{ "\0a\0", 3, "a\xef\xbf\xbd" },                     /* half a unit */
		{ "\0", 1, "\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		pl_auto_buf big = PL_BUF_INIT, little = PL_BUF_INIT;
		char swapped[8] = { 0 };

		for (size_t k = 0; k < rows[i].n; k++)
			swapped[(k ^ 1) < rows[i].n ? k ^ 1 : k] = rows[i].bytes[k];
		pl_utf16_decode(rows[i].bytes, rows[i].n, true, &big);
		pl_utf16_decode(swapped, rows[i].n, false, &little);
		assert_string_equal(big.data, rows[i].text);
		assert_string_equal(little.data, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_base64),
		cmocka_unit_test(encodes_base64),
		cmocka_unit_test(refuses_what_is_no_base64),
		cmocka_unit_test(nul_is_no_base64),
		cmocka_unit_test(knows_gzip),
		cmocka_unit_test(inflates_all_members),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(survives_every_changed_byte),
		cmocka_unit_test(stops_at_the_limit),
		cmocka_unit_test(decodes_utf16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
