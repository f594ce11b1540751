/* SPDX-License-Identifier: Apache-2.0 */
/* XML of the query APIs, and XML that no API answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "json/load.h"
#include "xml/xml.h"

static const struct row {
	const char *xml, *json;
} rows[] = {
	{ "<a>text</a>", "\"text\"" },
	{ "<a/>", "\"\"" },
	{ "<a> <b>1</b>\n<c> 2 </c></a>", "{\"b\":\"1\",\"c\":\" 2 \"}" },
	{ "<a><item>1</item></a>", "[\"1\"]" },
	{ "<a><member><b>1</b></member><member/></a>", "[{\"b\":\"1\"},\"\"]" },
	{ "<a><b>1</b><b>2</b><b>3</b></a>", "{\"b\":[\"1\",\"2\",\"3\"]}" },
	{ "<a><b><item>1</item></b><b><item>2</item></b></a>", "{\"b\":[[\"1\"],[\"2\"]]}" },
	{ "<?xml version=\"1.0\"?><x:a xmlns:x=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><x:b c=\"d\">1</x:b></x:a>",
	  "{\"b\":\"1\"}" },
	{ "<a><![CDATA[<b>]]>&amp;&#233;</a>", "\"<b>&\xc3\xa9\"" },
	{ "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", "\"\xc3\xa9\"" },
	{ "<a><!-- note --><b>1</b><?pi?></a>", "{\"b\":\"1\"}" },
};

static void reads_what_apis_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_err err = PL_ERR_INIT;
		pl_auto_json *j = pl_xml_load(pl_slice(rows[i].xml), &err);
		char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);

		assert_non_null(j);
		assert_string_equal(text, rows[i].json);
		free(text);
	}
}

static void refused(const char *xml, enum pl_err_code code, const char *words)
{
	struct pl_err err = PL_ERR_INIT;

	assert_null(pl_xml_load(pl_slice(xml), &err));
	assert_int_equal(err.code, code);
	if (!strstr(err.text, words))
		fail_msg("'%s' is not in '%s'", words, err.text);
}

static void refuses_what_they_do_not(void **state)
{
	(void)state;
	refused("", PL_E_INPUT, "invalid XML: Document is empty");
	refused("{}", PL_E_INPUT, "line 1: invalid XML");
	refused("<a>\n<b></a>", PL_E_INPUT, "line 2: invalid XML");
	refused("<a>\xff</a>", PL_E_INPUT, "invalid XML");
	refused("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", PL_E_INPUT, "document type");
	refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", PL_E_INPUT, "document type");
	refused("<a>&undefined;</a>", PL_E_INPUT, "invalid XML");
}

static void keeps_its_limits(void **state)
{
	pl_auto_buf deep = PL_BUF_INIT, wide = PL_BUF_INIT;

	(void)state;
	for (size_t i = 0; i <= PL_LIMIT_XML_DEPTH; i++)
		pl_buf_adds(&deep, "<a>");
	for (size_t i = 0; i <= PL_LIMIT_XML_DEPTH; i++)
		pl_buf_adds(&deep, "</a>");
	refused(deep.data, PL_E_LIMIT, "deeper");
	pl_buf_adds(&wide, "<a>");
	for (size_t i = 0; i <= PL_LIMIT_XML_ELEMENTS; i++)
		pl_buf_adds(&wide, "<b/>");
	pl_buf_adds(&wide, "</a>");
	refused(wide.data, PL_E_LIMIT, "more than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_apis_answer),
		cmocka_unit_test(refuses_what_they_do_not),
		cmocka_unit_test(keeps_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
