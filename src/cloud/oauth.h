/* SPDX-License-Identifier: Apache-2.0 */
/* What token endpoints of all clouds answer alike (RFC 6749). */
#ifndef PL_CLOUD_OAUTH_H
#define PL_CLOUD_OAUTH_H

#include <jansson.h>

#include "net/http.h"

/*
 * What an endpoint says that gives no token (section 5.2); `json`: its body, NULL where it cannot be read.  -1.
 * "AADSTS7000215: Invalid client secret provided. ..." ends with its first line.
 */
int pl_cloud_no_token(const char *who, const struct pl_http_answer *a, json_t *json, struct pl_err *err);

#endif
