/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Signature Version 4 (AWS reference, "Signing AWS API requests", 2026-11): requests by headers, and
 * addresses that are signed themselves.  libcurl's own signs queries that are not sorted, escaped paths and
 * session tokens wrongly before 8.14 (measured 2026-11), and cannot sign addresses.  Pure.
 */
#ifndef PL_CLOUD_SIGV4_H
#define PL_CLOUD_SIGV4_H

#include <time.h>

#include "base/str.h"
#include "cloud/provider.h"

struct pl_sigv4 {
	const char *id, *secret;
	const char *token;   /* of temporary credentials; NULL: none */
	const char *region, *service;
	time_t at;           /* AWS takes what is up to 5 minutes off */
};

/*
 * Adds X-Amz-Date, X-Amz-Security-Token and Authorization to *out, for a request that is sent with `headers`
 * ("Name: value", all of them signed; ends with NULL; NULL: none) and by libcurl with the Host of the URL.
 */
void pl_sigv4_headers(const struct pl_sigv4 *s, const char *method, const char *url, const char *const *headers,
		      struct pl_slice body, struct pl_cloud_headers *out);

/*
 * The signed form of a URL with a query ("https://HOST/?Action=..."), good for GET without a body for
 * `seconds` and with one more header `name: value` (NULL: none).  Added to *out; secret.
 */
void pl_sigv4_url(const struct pl_sigv4 *s, const char *url, const char *name, const char *value, int seconds,
		  struct pl_buf *out);

/* `text` with all but unreserved characters as %XX, as AWS wants its queries; `keep`: characters left alone. */
void pl_sigv4_escape(struct pl_buf *out, const char *text, size_t n, const char *keep);

#endif
