/* SPDX-License-Identifier: Apache-2.0 */
/* A client that shows its certificate: what it signs, as Entra takes it (RS256 and x5t; read 2026-11). */
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "azure/api.h"
#include "base/limits.h"
#include "cloud/jwt.h"
#include "codec/codec.h"
#include "json/write.h"
#include "net/file.h"

#define MINUTES 10 /* as Microsoft's library signs */

/* A key as PEM text, and its certificate's thumbprint. */
struct identity {
	struct pl_buf pem;
	char thumbprint[64]; /* base64url of SHA-1 */
};

static bool take(EVP_PKEY *key, X509 *cert, struct identity *out)
{
	unsigned char digest[20];
	unsigned n = sizeof digest;
	BIO *bio = BIO_new(BIO_s_mem());
	pl_auto_buf text = PL_BUF_INIT;
	char *pem;
	long len;
	bool ok = key && cert && X509_digest(cert, EVP_sha1(), digest, &n) == 1 &&
		  PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;

	if (ok) {
		len = BIO_get_mem_data(bio, &pem);
		pl_buf_reserve_exact(&out->pem, (size_t)len);
		pl_buf_add(&out->pem, pem, (size_t)len);
		OPENSSL_cleanse(pem, (size_t)len);
		pl_base64url_encode((const char *)digest, n, &text);
		snprintf(out->thumbprint, sizeof out->thumbprint, "%s", text.data);
	}
	BIO_free(bio);
	return ok;
}

static bool from_pkcs12(const struct pl_buf *text, const char *password, struct identity *out)
{
	const unsigned char *p = (const unsigned char *)text->data;
	PKCS12 *bag = d2i_PKCS12(NULL, &p, (long)text->len);
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	bool ok = bag && PKCS12_parse(bag, password ? password : "", &key, &cert, NULL) == 1 && take(key, cert, out);

	EVP_PKEY_free(key);
	X509_free(cert);
	PKCS12_free(bag);
	return ok;
}

static bool from_pem(const struct pl_buf *text, struct identity *out)
{
	BIO *first = BIO_new_mem_buf(text->data, (int)text->len), *second = BIO_new_mem_buf(text->data, (int)text->len);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(first, NULL, NULL, NULL);
	X509 *cert = PEM_read_bio_X509(second, NULL, NULL, NULL);
	bool ok = take(key, cert, out);

	EVP_PKEY_free(key);
	X509_free(cert);
	BIO_free(first);
	BIO_free(second);
	return ok;
}

static void add_parts(const struct identity *id, const char *audience, const char *client, struct pl_buf *head,
		      struct pl_buf *claims)
{
	struct pl_json_out h = PL_JSON_OUT(head), c = PL_JSON_OUT(claims);
	int64_t now = (int64_t)time(NULL);
	unsigned char chance[16];
	char once[40];

	RAND_bytes(chance, sizeof chance);
	for (size_t i = 0; i < sizeof chance; i++)
		snprintf(once + 2 * i, 3, "%02x", chance[i]);
	pl_json_open(&h, '{');
	pl_json_member(&h, "alg", "RS256");
	pl_json_member(&h, "typ", "JWT");
	pl_json_member(&h, "x5t", id->thumbprint);
	pl_json_close(&h, '}');
	pl_json_open(&c, '{');
	pl_json_member(&c, "aud", audience);
	pl_json_member(&c, "iss", client);
	pl_json_member(&c, "sub", client);
	pl_json_member(&c, "jti", once);
	pl_json_member_int(&c, "nbf", now);
	pl_json_member_int(&c, "exp", now + MINUTES * 60);
	pl_json_close(&c, '}');
}

int pl_azure_assertion(const char *file, const char *password, const char *audience, const char *client,
		       const struct pl_wait *w, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_wiped text = PL_BUF_INIT;
	pl_auto_buf head = PL_BUF_INIT, claims = PL_BUF_INIT;
	struct identity id = { PL_BUF_INIT, "" };
	int rc = pl_file_read(file, PL_LIMIT_TOKEN_BYTES, w, &text, err);
	bool ok;

	if (rc > 0)
		return pl_err_set(err, PL_E_AUTH, "the certificate '%s' does not exist", file);
	if (rc < 0) {
		err->code = err->code == PL_E_INPUT ? PL_E_AUTH : err->code;
		return -1;
	}
	ok = strstr(text.data, "-----BEGIN") ? from_pem(&text, &id) : from_pkcs12(&text, password, &id);
	if (!ok) {
		pl_buf_wipe(&id.pem);
		return pl_err_set(err, PL_E_AUTH, "'%s' holds no certificate with its key%s", file,
				  strstr(text.data, "-----BEGIN") ? "" : ", or the password is wrong");
	}
	add_parts(&id, audience, client, &head, &claims);
	rc = pl_jwt(id.pem.data, &head, &claims, out, err);
	pl_buf_wipe(&id.pem);
	return rc ? pl_err_wrap(err, "'%s'", file) : 0;
}
