/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer of a cloud's API, JSON or XML: it is read, written down without what its members call secret,
 * and the line can be read again.
 */
#include <stdlib.h>
#include <string.h>

#include "cloud/internal.h"
#include "fuzz.h"
#include "json/load.h"
#include "xml/xml.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pl_cloud_call call = { .name = "s:Get", .url = "https://a/b" };
	struct pl_slice text = { (const char *)data, size };
	bool xml = size && *data == '<';
	struct pl_err err = PL_ERR_INIT;
	pl_auto_json *j = xml ? pl_xml_load(text, &err) : pl_json_load(text, NULL, &err);
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	pl_auto_buf line = PL_BUF_INIT;
	json_t *again;

	require(j || err.text[0]);
	pl_buf_add(&a.body, data, size);
	pl_cloud_log_line(&call, &a, j, &line);
	require(!strchr(line.data, '\n'));
	again = pl_json_load((struct pl_slice){ line.data, line.len }, NULL, &err);
	require(json_is_object(again));
	json_decref(again);
	(void)pl_cloud_int(j, "a[0].b|c", -1);
	return 0;
}
