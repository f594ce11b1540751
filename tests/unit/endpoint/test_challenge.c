/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges as registries send them, and as nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "endpoint/challenge.h"

static const struct {
	const char *header, *scheme;
	bool found;
	const char *realm, *service, *scope;
} rows[] = {
	{ "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\"", "bearer", true,
	  "https://auth.docker.io/token", "registry.docker.io", "" },
	{ "Bearer realm=\"https://x/t\",service=\"s\",scope=\"repository:a/b:pull,push\"", "bearer", true, "https://x/t", "s",
	  "repository:a/b:pull,push" },
	{ "BEARER  realm = \"https://x/t\" , SERVICE=\"s\"", "bearer", true, "https://x/t", "s", "" },
	{ "Basic realm=\"https://1.dkr.ecr.eu-west-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"", "basic", true,
	  "https://1.dkr.ecr.eu-west-1.amazonaws.com/", "ecr.amazonaws.com", "" },
	{ "Basic realm=\"Sonatype Nexus Repository Manager\"", "basic", true, "Sonatype Nexus Repository Manager", "", "" },
	{ "Basic realm=\"a \\\"quoted\\\" one\"", "basic", true, "a \"quoted\" one", "", "" },
	{ "Basic", "basic", true, "", "", "" },
	{ "Basic realm=\"one\", Bearer realm=\"https://x/t\",service=s", "bearer", true, "https://x/t", "s", "" },
	{ "Bearer realm=\"https://x/t\",service=s, Basic realm=\"one\"", "basic", true, "one", "", "" },
	{ "Negotiate, Bearer realm=\"https://x/t\"", "bearer", true, "https://x/t", "", "" },
	{ "Negotiate YII=, Bearer realm=\"https://x/t\"", "bearer", true, "https://x/t", "", "" },
	{ "Bearer realm=https://x:5000/t,service=s", "bearer", true, "https://x:5000/t", "s", "" },
	{ "Bearer other=\"a,b\", realm=\"r\"", "bearer", true, "r", "", "" },
	{ "Bearer realm=\"\"", "bearer", true, "", "", "" },
	{ "Bearer", "basic", false, NULL, NULL, NULL },
	{ "", "bearer", false, NULL, NULL, NULL },
	{ ",, ,", "bearer", false, NULL, NULL, NULL },
	{ "realm=\"x\"", "bearer", false, NULL, NULL, NULL },
	{ "Bearer realm=\"without end", "bearer", false, NULL, NULL, NULL },
	{ "Bearer realm=\"end in an escape\\", "bearer", false, NULL, NULL, NULL },
	{ "Bearer realm=\"two\nlines\"", "bearer", false, NULL, NULL, NULL },
	{ "Bearer \"realm\"=\"x\"", "bearer", false, NULL, NULL, NULL },
};

static void test_rows(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_challenge c = { "", "", "", "" };
		bool found = pl_challenge_find(pl_slice(rows[i].header), rows[i].scheme, &c);

		if (found == rows[i].found && (!found || (pl_streq(c.realm, rows[i].realm) &&
		    pl_streq(c.service, rows[i].service) && pl_streq(c.scope, rows[i].scope))))
			continue;
		print_error("%s: %d, realm '%s', service '%s', scope '%s'\n", rows[i].header, found, c.realm, c.service, c.scope);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_too_long(void **state)
{
	pl_auto_buf header = PL_BUF_INIT;
	struct pl_challenge c = { "before", "", "", "" };

	(void)state;
	pl_buf_adds(&header, "Bearer service=\"");
	pl_buf_pad(&header, 'x', 5000);
	pl_buf_adds(&header, "\"");
	assert_false(pl_challenge_find((struct pl_slice){ header.data, header.len }, "bearer", &c));
	assert_string_equal(c.realm, "before");
	/* what nobody asks for may be as long as it likes */
	pl_buf_truncate(&header, 0);
	pl_buf_adds(&header, "Bearer x=\"");
	pl_buf_pad(&header, 'x', 5000);
	pl_buf_adds(&header, "\", realm=\"r\"");
	assert_true(pl_challenge_find((struct pl_slice){ header.data, header.len }, "bearer", &c));
	assert_string_equal(c.realm, "r");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
