/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of exchanges: what was asked and answered, one JSON object a line, so that a run can be replayed
 * by a server that knows nothing else.  No header of ours is in it, and what the names of members say to
 * be secret is made illegible; a page's token is none.
 */
#include <string.h>

#include "base/scalar.h"
#include "base/str.h"
#include "cloud/internal.h"
#include "json/write.h"

/* What an instance is told at its first boot may hold anything. */
static bool is_boot_text(const char *name)
{
	return pl_contains(name, "userdata") || pl_contains(name, "user-data") || pl_contains(name, "customdata") ||
	       pl_contains(name, "startup-script");
}

/* "nextToken", "pageToken", "NextMarker", "$skiptoken": where a list goes on. */
static bool is_page(const char *name)
{
	return pl_contains(name, "nexttoken") || pl_contains(name, "pagetoken") || pl_contains(name, "skiptoken");
}

static bool is_secret(const char *name)
{
	return name && (is_boot_text(name) || (pl_secret_name(name) && !is_page(name)));
}

/* A text stands in JSON with its escapes: what they change is looked for in that form. */
static void hide_text(struct pl_buf *text, const char *value)
{
	pl_auto_buf quoted = PL_BUF_INIT;
	struct pl_json_out w = PL_JSON_OUT(&quoted);

	pl_buf_hide(text, value);
	pl_json_str(&w, value);
	if (quoted.len > 2) {
		pl_buf_truncate(&quoted, quoted.len - 1);
		pl_buf_hide(text, quoted.data + 1);
	}
	explicit_bzero(quoted.data, quoted.len);
}

/* Everything below a secret name is secret; Azure and EC2 give names as values: {"name": "x", "value": ...}. */
static void hide_below(struct pl_buf *text, const json_t *j, bool secret)
{
	const char *key;
	json_t *v;
	size_t i;

	if (secret && json_is_string(j))
		hide_text(text, json_string_value(j));
	json_array_foreach((json_t *)(uintptr_t)j, i, v)
		hide_below(text, v, secret);
	json_object_foreach((json_t *)(uintptr_t)j, key, v)
		hide_below(text, v, secret || is_secret(key) ||
				    (!strcmp(key, "value") && is_secret(json_string_value(json_object_get(j, "key")))));
}

void pl_cloud_log_line(const struct pl_cloud_call *call, const struct pl_http_answer *a, const json_t *answer,
		       struct pl_buf *out)
{
	pl_auto_buf text = PL_BUF_INIT, type = PL_BUF_INIT;
	struct pl_slice said = pl_http_header(a, "content-type");
	struct pl_json_out w = PL_JSON_OUT(out);

	w.one_line = true;
	pl_buf_add(&text, a->body.data, a->body.len);
	pl_buf_add(&type, said.p ? said.p : "", said.n);
	hide_below(&text, answer, false);
	pl_json_open(&w, '{');
	pl_json_member(&w, "call", call->name);
	pl_json_member(&w, "method", call->method ? call->method : "GET");
	pl_json_member(&w, "url", call->url);
	pl_json_member_opt(&w, "request", call->body);
	pl_json_member_int(&w, "status", a->status);
	pl_json_member(&w, "type", type.data);
	/* what could not be read could hide what it likes */
	pl_json_member_opt(&w, "answer", answer || !text.len ? text.data : NULL);
	pl_json_close(&w, '}');
	explicit_bzero(text.data, text.len);
}
