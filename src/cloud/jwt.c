/* SPDX-License-Identifier: Apache-2.0 */
/* Signed JSON Web Tokens: see jwt.h. */
#include "cloud/jwt.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>

#include "codec/codec.h"

int pl_jwt(const char *pem, const struct pl_buf *head, const struct pl_buf *claims, struct pl_buf *out,
	   struct pl_err *err)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char signature[2048]; /* of a key of 16,384 bits */
	size_t n = sizeof signature, start = out->len;
	bool ok;

	pl_base64url_encode(head->data, head->len, out);
	pl_buf_addc(out, '.');
	pl_base64url_encode(claims->data, claims->len, out);
	ok = key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && (size_t)EVP_PKEY_get_size(key) <= n &&
	     EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestSign(ctx, signature, &n, (const unsigned char *)out->data + start, out->len - start) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	BIO_free(bio);
	if (!ok)
		return pl_err_set(err, PL_E_AUTH, "its private key is no RSA key");
	pl_buf_addc(out, '.');
	pl_base64url_encode((const char *)signature, n, out);
	return 0;
}
