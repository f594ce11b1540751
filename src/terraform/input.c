/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a source: read whole into one buffer, inflated, converted to UTF-8.  See input.h; what is
 * no document is told apart in sniff.c, binary plans are shown in show.c.
 */
#include "terraform/input.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "codec/codec.h"
#include "terraform/input_internal.h"

static int too_large(const char *name, struct pl_err *err)
{
	return pl_err_set(err, PL_E_LIMIT, "'%s' holds more than %llu bytes", name,
			  (unsigned long long)PL_LIMIT_SOURCE_BYTES);
}

int pl_tf_read_descriptor(int fd, const char *name, struct pl_buf *out, struct pl_err *err)
{
	struct stat st;
	size_t expected = 0;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uint64_t)st.st_size > PL_LIMIT_SOURCE_BYTES)
			return too_large(name, err);
		expected = (size_t)st.st_size;
	}
	pl_buf_reserve_exact(out, expected + 1);
	for (;;) {
		ssize_t n;

		if (out->cap - out->len < 2)
			pl_buf_reserve_exact(out, out->cap / 4 + ((size_t)1 << 16));
		n = read(fd, out->data + out->len, out->cap - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pl_err_set(err, PL_E_INPUT, "cannot read '%s': %s", name, strerror(errno));
		if (!n)
			break;
		out->len += (size_t)n;
		if (out->len > PL_LIMIT_SOURCE_BYTES)
			return too_large(name, err);
	}
	out->data[out->len] = '\0';
	return 0;
}

const char *pl_tf_source_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static int read_source(const char *path, struct pl_buf *out, struct pl_err *err)
{
	struct stat st;
	int fd, rc;

	if (!strcmp(path, "-"))
		return pl_tf_read_descriptor(STDIN_FILENO, "standard input", out, err);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return pl_err_set(err, PL_E_INPUT, "'%s' is a directory; give a plan or state file in it", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return pl_err_set(err, PL_E_INPUT, "cannot open '%s': %s", path, strerror(errno));
	rc = pl_tf_read_descriptor(fd, path, out, err);
	close(fd);
	return rc;
}

/* Replaces the buffer's contents by `to`. */
static void take(struct pl_buf *b, struct pl_buf *to)
{
	pl_buf_release(b);
	*b = *to;
	*to = (struct pl_buf)PL_BUF_INIT;
}

static int gunzip_in_place(const char *name, struct pl_buf *b, struct pl_err *err)
{
	pl_auto_buf text = PL_BUF_INIT;

	if (pl_gunzip(b->data, b->len, PL_LIMIT_SOURCE_BYTES, &text, err)) {
		struct pl_err what = *err;

		return pl_err_set(err, what.code, "'%s': %s; pack or copy it again", name, what.text);
	}
	take(b, &text);
	return 0;
}

/* 'l' or 'b' for UTF-16, by its byte order mark or by every second byte being NUL; 0: neither. */
static char utf16_order(const struct pl_buf *b)
{
	const unsigned char *u = (const unsigned char *)b->data;
	bool four = b->len >= 4;

	if (b->len < 2)
		return 0;
	if ((u[0] == 0xff && u[1] == 0xfe) || (four && u[0] && !u[1] && u[2] && !u[3]))
		return 'l';
	if ((u[0] == 0xfe && u[1] == 0xff) || (four && !u[0] && u[1] && !u[2] && u[3]))
		return 'b';
	return 0;
}

static void utf16_in_place(struct pl_buf *b, char order)
{
	pl_auto_buf text = PL_BUF_INIT;

	pl_utf16_decode(b->data, b->len, order == 'b', &text);
	take(b, &text);
}

static int is_zip(const struct pl_buf *b)
{
	return b->len >= 4 && !memcmp(b->data, "PK\003\004", 4);
}

/* Can another program open it and read the same? */
static bool is_file(const char *path)
{
	struct stat st;

	return strcmp(path, "-") && !stat(path, &st) && S_ISREG(st.st_mode);
}

static int decode(const char *path, const char *name, const struct pl_tf_options *opt, struct pl_buf *b,
		  struct pl_err *err)
{
	bool packed = pl_is_gzip(b->data, b->len);
	char order;

	if (packed && gunzip_in_place(name, b, err))
		return -1;
	if (is_zip(b) && pl_tf_show_binary_plan(!packed && is_file(path) ? path : NULL, name, opt, b, err))
		return -1;
	order = utf16_order(b);
	if (order)
		utf16_in_place(b, order);
	return 0;
}

static void add_digest(const struct pl_buf *b, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!EVP_Digest(b->data, b->len, digest, &n, EVP_sha256(), NULL))
		return;
	for (unsigned int i = 0; i < n && i < 32; i++)
		snprintf(out + 2 * (size_t)i, 3, "%02x", digest[i]);
}

int pl_input_read(const char *path, const struct pl_tf_options *opt, struct pl_input *out,
		  struct pl_err *err)
{
	const char *name = pl_tf_source_name(path);
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_input in = { 0 };

	if (read_source(path, &b, err))
		return -1;
	if (opt->sha256)
		add_digest(&b, in.sha256);
	if (decode(path, name, opt, &b, err))
		return -1;
	in.len = b.len;
	in.data = b.data;
	if (pl_tf_is_binary(b.data, b.len))
		return pl_err_set(err, PL_E_INPUT, "'%s' %s", name, pl_tf_what_it_is(b.data, b.len));
	if (pl_input_next(&in, 0, &in.first, NULL, err))
		return pl_err_wrap(err, "'%s'", name);
	if (in.first >= in.len)
		return pl_err_set(err, PL_E_INPUT, "'%s' %s", name, pl_tf_what_it_is(b.data, b.len));
	in.data = pl_buf_detach(&b);
	*out = in;
	return 0;
}

void pl_input_release(struct pl_input *in)
{
	free(in->data);
	*in = (struct pl_input){ 0 };
}
