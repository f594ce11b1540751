/* SPDX-License-Identifier: Apache-2.0 */
/* SSH's own encoding (RFC 4251, section 5): what keys, signatures and agents are written in. */
#ifndef PL_SSH_WIRE_H
#define PL_SSH_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Takes the next value off `rest`; false, and rest as it was, when there is no whole one. */
bool pl_ssh_take_u32(struct pl_slice *rest, uint32_t *out);
bool pl_ssh_take_string(struct pl_slice *rest, struct pl_slice *out);
void pl_ssh_add_u32(struct pl_buf *b, uint32_t v);
void pl_ssh_add_string(struct pl_buf *b, struct pl_slice s);

/* Bits of the modulus of an RSA key or certificate; 0 when it is neither. */
unsigned pl_ssh_rsa_bits(struct pl_slice blob);

#endif
