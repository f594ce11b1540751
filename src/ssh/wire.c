/* SPDX-License-Identifier: Apache-2.0 */
/* SSH's own encoding: see wire.h. */
#include "ssh/wire.h"

bool pl_ssh_take_u32(struct pl_slice *rest, uint32_t *out)
{
	const unsigned char *p = (const unsigned char *)rest->p;

	if (rest->n < 4)
		return false;
	*out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	rest->p += 4;
	rest->n -= 4;
	return true;
}

bool pl_ssh_take_string(struct pl_slice *rest, struct pl_slice *out)
{
	struct pl_slice after = *rest;
	uint32_t n;

	if (!pl_ssh_take_u32(&after, &n) || after.n < n)
		return false;
	*out = (struct pl_slice){ after.p, n };
	*rest = (struct pl_slice){ after.p + n, after.n - n };
	return true;
}

void pl_ssh_add_u32(struct pl_buf *b, uint32_t v)
{
	const char bytes[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

	pl_buf_add(b, bytes, sizeof bytes);
}

void pl_ssh_add_string(struct pl_buf *b, struct pl_slice s)
{
	pl_ssh_add_u32(b, (uint32_t)s.n);
	pl_buf_add(b, s.p, s.n);
}

unsigned pl_ssh_rsa_bits(struct pl_slice blob)
{
	struct pl_slice type, skipped, n;
	unsigned bits = 0;

	if (!pl_ssh_take_string(&blob, &type) || type.n < 7 || memcmp(type.p, "ssh-rsa", 7))
		return 0;
	/* a certificate has a nonce before the exponent */
	if ((type.n > 7 && !pl_ssh_take_string(&blob, &skipped)) || !pl_ssh_take_string(&blob, &skipped) ||
	    !pl_ssh_take_string(&blob, &n))
		return 0;
	while (n.n && !*n.p) {
		n.p++;
		n.n--;
	}
	for (unsigned first = n.n ? (unsigned char)*n.p : 0; first; first >>= 1)
		bits++;
	return n.n ? (unsigned)(n.n - 1) * 8 + bits : 0;
}
