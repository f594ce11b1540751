/* SPDX-License-Identifier: Apache-2.0 */
/* Token endpoints: see oauth.h. */
#include "cloud/oauth.h"

#include <string.h>

#include "json/load.h"

int pl_cloud_no_token(const char *who, const struct pl_http_answer *a, json_t *json, struct pl_err *err)
{
	const char *error = pl_json_member_str(json, "error"), *text = pl_json_member_str(json, "error_description");
	enum pl_err_code code = a->status == 429 || a->status >= 500 ? PL_E_UNREACHABLE : PL_E_AUTH;

	if (a->status == 200)
		return pl_err_set(err, PL_E_INPUT, "%s: the answer holds no access_token", who);
	return pl_err_set(err, code, "%s: answered with status %d%s%s%s%.*s", who, a->status, error ? ": " : "",
			  error ? error : "", text ? ": " : "",
			  text ? (int)(strcspn(text, "\r\n") < 300 ? strcspn(text, "\r\n") : 300) : 0, text ? text : "");
}
