/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Tokens that we sign ourselves (RFC 7515, 7519): how a key is shown to a token endpoint. */
#ifndef PL_CLOUD_JWT_H
#define PL_CLOUD_JWT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Adds HEAD.CLAIMS.SIGNATURE to *out, both parts given as JSON, signed with RS256 by the RSA key in `pem`.  -1:
 * PL_E_AUTH, a text that holds no RSA key.
 */
int pl_jwt(const char *pem, const struct pl_buf *head, const struct pl_buf *claims, struct pl_buf *out,
	   struct pl_err *err) __attribute__((warn_unused_result));

#endif
