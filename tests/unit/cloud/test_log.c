/* SPDX-License-Identifier: Apache-2.0 */
/* What a log of exchanges shows, and what it never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "cloud/internal.h"
#include "json/load.h"
#include "xml/xml.h"

static const struct row {
	const char *body, *shown;
} rows[] = {
	{ "{\"name\":\"a\",\"nextToken\":\"page-2\"}", "{\"name\":\"a\",\"nextToken\":\"page-2\"}" },
	{ "{\"SecretAccessKey\":\"abc\"}", "{\"SecretAccessKey\":\"***\"}" },
	{ "{\"password\":{\"is\":[\"a\\nb\"]}}", "{\"password\":{\"is\":[\"****\"]}}" },
	{ "{\"items\":[{\"key\":\"startup-script\",\"value\":\"run me\"},{\"key\":\"zone\",\"value\":\"a\"}]}",
	  "{\"items\":[{\"key\":\"startup-script\",\"value\":\"******\"},{\"key\":\"zone\",\"value\":\"a\"}]}" },
	{ "<r><userData>c2VjcmV0</userData><id>i-1</id></r>", "<r><userData>********</userData><id>i-1</id></r>" },
	{ "", "" },
};

static void hides_secrets(void **state)
{
	static const struct pl_cloud_call call = { .name = "s:Do", .method = "POST", .url = "https://a/b", .body = "c=d" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		pl_auto_answer a = PL_HTTP_ANSWER_INIT;
		pl_auto_buf line = PL_BUF_INIT;
		struct pl_slice body = pl_slice(rows[i].body);
		pl_auto_json *j = !body.n ? NULL : *body.p == '<' ? pl_xml_load(body, &err) : pl_json_load(body, NULL, &err);
		pl_auto_json *read = NULL;

		a.status = 200;
		pl_buf_add(&a.body, body.p, body.n);
		pl_buf_adds(&a.head, "content-type: application/json\n");
		pl_cloud_log_line(&call, &a, j, &line);
		assert_null(strchr(line.data, '\n'));
		read = pl_json_load((struct pl_slice){ line.data, line.len }, NULL, &err);
		assert_string_equal(pl_json_member_str(read, "answer"), rows[i].shown);
		assert_string_equal(pl_json_member_str(read, "request"), "c=d");
		assert_string_equal(pl_json_member_str(read, "type"), "application/json");
	}
}

static void shows_nothing_that_it_cannot_read(void **state)
{
	static const struct pl_cloud_call call = { .name = "s:Get", .url = "https://a/b" };
	pl_auto_answer a = PL_HTTP_ANSWER_INIT;
	pl_auto_buf line = PL_BUF_INIT;

	(void)state;
	pl_buf_adds(&a.body, "password=abc");
	pl_cloud_log_line(&call, &a, NULL, &line);
	assert_null(strstr(line.data, "abc"));
	assert_non_null(strstr(line.data, "\"GET\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_secrets),
		cmocka_unit_test(shows_nothing_that_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
