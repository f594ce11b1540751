/* SPDX-License-Identifier: Apache-2.0 */
/* Values by path, quantities, and operating systems by what a node calls its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "kubernetes/image.h"
#include "kubernetes/pick.h"

static const struct {
	const char *text;
	const char *found[3]; /* at a, b.c, b.d.e; NULL: nothing */
} picks[] = {
	{ "{}", { NULL, NULL, NULL } },
	{ "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":{\"e\":[1]}}}", { "1", "\"x\"", "[1]" } },
	{ "{\"b\":{\"d\":{\"e\":2},\"c\":{}},\"a\":null}", { "null", "{}", "2" } },
	{ "{\"b\":7,\"a\":{\"a\":1}}", { "{\"a\":1}", NULL, NULL } },
	{ "{\"b\":{\"d\":[{\"e\":1}]}}", { NULL, NULL, NULL } },
	{ "{\"a\":1,\"a\":2}", { "2", NULL, NULL } },
	{ "{\"ab\":1,\"\":2,\"b\":{\"cc\":1,\"\":1}}", { NULL, NULL, NULL } },
	{ "[1]", { NULL, NULL, NULL } },
	{ "3", { NULL, NULL, NULL } },
};

static void test_picks(void **state)
{
	static const char *const paths[] = { "a", "b.c", "b.d.e" };

	(void)state;
	for (size_t i = 0; i < sizeof picks / sizeof *picks; i++) {
		struct pl_err err = PL_ERR_INIT;
		struct pl_slice found[3];
		struct pl_scan s;

		pl_scan_init(&s, pl_slice(picks[i].text));
		if (pl_kube_pick(&s, paths, 3, found, &err))
			fail_msg("%s: %s", picks[i].text, err.text);
		assert_int_equal(pl_scan_peek(&s), 0);
		for (size_t k = 0; k < 3; k++)
			if (!pl_slice_is(found[k], picks[i].found[k] ? picks[i].found[k] : ""))
				fail_msg("%s: %s is " PL_SLICE_FMT, picks[i].text, paths[k], PL_SLICE_ARG(found[k]));
	}
}

static void test_broken_texts_say_where(void **state)
{
	static const char *const texts[] = { "", "{", "{\"a\"", "{\"a\":}", "{\"b\":{\"c\":1}", "{\"b\":{\"d\":{\"e\":}}}",
					     "{\"a\":1,}", "{\"b\":{\"c\":tru}}" };
	static const char *const paths[] = { "a", "b.c", "b.d.e" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pl_err err = PL_ERR_INIT;
		struct pl_slice found[3];
		struct pl_scan s;

		pl_scan_init(&s, pl_slice(texts[i]));
		assert_int_equal(pl_kube_pick(&s, paths, 3, found, &err), -1);
		assert_non_null(strstr(err.text, "line 1"));
	}
}

static void test_quantities(void **state)
{
	static const struct {
		const char *text;
		int64_t thousandths; /* -1: none */
	} rows[] = {
		{ "4", 4000 }, { "3920m", 3920 }, { "16Gi", 16LL * 1000 << 30 }, { "1959264Ki", 1959264LL * 1000 << 10 },
		{ "107321753600", 107321753600000 }, { "1.5Gi", 1500LL << 30 }, { "0.5", 500 }, { "1e3", 1000000 },
		{ "2E6", 2000000000 }, { "100M", 100000000000 }, { "2k", 2000000 }, { "1Ti", 1000LL << 40 },
		{ "0", 0 }, { "1.0005", 1000 }, { "", -1 }, { "x", -1 }, { "-1", -1 }, { "1Qi", -1 }, { "1 Gi", -1 },
		{ "Gi", -1 }, { "99999999999999999999", -1 }, { "9999999Pi", -1 }, { "9223372036854775807", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t n = -1;

		if (pl_kube_quantity(rows[i].text, &n) != (rows[i].thousandths >= 0) || n != rows[i].thousandths)
			fail_msg("%s is %lld", rows[i].text, (long long)n);
	}
}

static void test_images(void **state)
{
	static const struct {
		const char *image, *os, *version;
	} rows[] = {
		{ "Ubuntu 22.04.3 LTS", "ubuntu", "22.04" },
		{ "Ubuntu Disco Dingo (development branch)", "ubuntu", "" },
		{ "Container-Optimized OS from Google", "cos", "" },
		{ "Amazon Linux 2", "amazon-linux", "2" },
		{ "Amazon Linux 2023.9.20251208", "amazon-linux", "2023.9.20251208" },
		{ "CBL-Mariner/Linux", "azure-linux", "" },
		{ "Microsoft Azure Linux 3.0", "azure-linux", "3.0" },
		{ "Bottlerocket OS 1.19.2 (aws-k8s-1.29)", "bottlerocket", "1.19.2" },
		{ "Red Hat Enterprise Linux CoreOS 47.83.202103251640-0 (Ootpa)", "rhcos", "47.83.202103251640" },
		{ "Red Hat Enterprise Linux 9.3 (Plow)", "rhel", "9.3" },
		{ "Debian GNU/Linux 12 (bookworm)", "debian", "12" },
		{ "Talos (v1.6.0)", "talos", "1.6.0" },
		{ "Flatcar Container Linux by Kinvolk 3510.2.8 (Oklo)", "flatcar", "3510.2.8" },
		{ "SUSE Linux Enterprise Server 15 SP5", "suse", "15" },
		{ "Windows Server 2019 Datacenter", "windows", "2019" },
		{ "Buildroot 2023.02.9", "buildroot", "2023.02.9" },
		{ "Alpine Linux v3.18", "alpine", "3.18" },
		{ "", NULL, NULL },
		{ "(unknown)", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pl_kube_image image;
		bool read = pl_kube_image_read(rows[i].image, &image);

		if (read != (rows[i].os != NULL) ||
		    (read && (!pl_streq(image.os, rows[i].os) || !pl_streq(image.version, rows[i].version))))
			fail_msg("%s is '%s' '%s'", rows[i].image, image.os, image.version);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_picks),
		cmocka_unit_test(test_broken_texts_say_where),
		cmocka_unit_test(test_quantities),
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
