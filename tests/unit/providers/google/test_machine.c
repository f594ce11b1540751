/* SPDX-License-Identifier: Apache-2.0 */
/* Machine types of Google Cloud: listed and custom ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "google/google.h"

static const struct {
	const char *type;
	int64_t vcpu, mib; /* 0: no machine */
	const char *architecture;
} cases[] = {
	{ "n2d-standard-16", 16, 65536, "amd64" },
	{ "N2D-STANDARD-16", 16, 65536, "amd64" },
	{ "e2-medium", 2, 4096, "amd64" },
	{ "t2a-standard-16", 16, 65536, "arm64" },
	{ "custom-4-16384", 4, 16384, "amd64" },
	{ "n2-custom-8-32768", 8, 32768, "amd64" },
	{ "n2-custom-8-131072-ext", 8, 131072, "amd64" },
	{ "n4a-custom-8-32768", 8, 32768, "arm64" },
	{ "e2-custom-small-2048", 2, 2048, "amd64" },
	{ "e2-custom-4-8192", 4, 8192, "amd64" },
	{ "n2-custom-small-2048", 0, 0, "" },
	{ "n2-custom-8-32769", 0, 0, "" },
	{ "n2-custom-8-0", 0, 0, "" },
	{ "n2-custom-0-256", 0, 0, "" },
	{ "n2-custom-8-32768-ex", 0, 0, "" },
	{ "n2-custom-8", 0, 0, "" },
	{ "n2-custom-8-99999999999999", 0, 0, "" },
	{ "q9-custom-8-32768", 0, 0, "" },
	{ "averylongfamily-custom-8-32768", 0, 0, "" },
	{ "xcustom-8-32768", 0, 0, "" },
	{ "-custom-8-32768", 0, 0, "" },
	{ "q9-standard-4", 0, 0, "" },
	{ "", 0, 0, "" },
};

static void types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pl_machine m = { 0 };

		if (pl_google_machine(cases[i].type, &m) != (cases[i].vcpu != 0))
			fail_msg("'%s' is %sa machine", cases[i].type, cases[i].vcpu ? "not " : "");
		if (!cases[i].vcpu)
			continue;
		assert_int_equal(m.vcpu, cases[i].vcpu);
		assert_int_equal(m.memory, cases[i].mib << 20);
		assert_string_equal(m.architecture, cases[i].architecture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(types) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
