/* SPDX-License-Identifier: Apache-2.0 */
/* What the ways to Google's credentials share: see pl_google_token(). */
#ifndef PL_PROVIDERS_GOOGLE_CREDENTIALS_H
#define PL_PROVIDERS_GOOGLE_CREDENTIALS_H

#include <jansson.h>

#include "google/api.h"

#define PL_GOOGLE_SCOPE "https://www.googleapis.com/auth/cloud-platform"
/* Of a token that only asks for the token of a service account. */
#define PL_GOOGLE_SCOPE_IAM "https://www.googleapis.com/auth/iam"

/* All of these return 1 when *out has a token, and -1 with the reason. */

/* Credentials of any type that a file holds. */
int pl_google_from_json(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			struct pl_err *err) __attribute__((warn_unused_result));
/* POST of a form, with more header lines (NULL: none), that is answered with an access_token; `who`: for messages. */
int pl_google_endpoint(struct pl_cloud_net *net, const char *who, const char *url, const char *authorization,
		       const struct pl_buf *form, struct pl_google_token *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* Replaces the token; white space around it goes. */
void pl_google_put(struct pl_google_token *out, const char *token, size_t n);
/* "&name=value", escaped. */
void pl_google_form(struct pl_buf *form, const char *name, const char *value);
/* Tokens and secrets go by https, or to this machine: -1 with the reason for an address that is neither. */
int pl_google_safe(const char *what, const char *url, struct pl_err *err) __attribute__((warn_unused_result));

/* external.c: identities of others that Google takes (external_account, external_account_authorized_user) ... */
int pl_google_external(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
		       struct pl_err *err) __attribute__((warn_unused_result));
int pl_google_external_login(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			     struct pl_err *err) __attribute__((warn_unused_result));
/* ... and service accounts that another may act for. */
int pl_google_impersonated(struct pl_cloud_net *net, json_t *file, const char *scope, struct pl_google_token *out,
			   struct pl_err *err) __attribute__((warn_unused_result));

/* subject.c: what the identity's own provider gives for it, which Google exchanges; wiped by the caller.  0 or -1. */
int pl_google_subject(struct pl_cloud_net *net, json_t *file, struct pl_buf *out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* The account of "https://.../serviceAccounts/EMAIL:generateAccessToken"; "" where it is none. */
void pl_google_principal(const char *url, char out[160]);

#endif
