/* SPDX-License-Identifier: Apache-2.0 */
/* Names of machine images and what they tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/image.h"

static const struct {
	const char *name, *os, *version;
} cases[] = {
	{ "ubuntu-os-cloud/ubuntu-2204-lts", "ubuntu", "22.04" },
	{ "ubuntu-2204-jammy-v20220712a", "ubuntu", "22.04" },
	{ "ubuntu-2004-focal-v20220419", "ubuntu", "20.04" },
	{ "0001-com-ubuntu-server-jammy 22_04-lts-gen2", "ubuntu", "22.04" },
	{ "0001-com-ubuntu-server-focal server", "ubuntu", "20.04" },
	{ "UbuntuServer 18.04-LTS", "ubuntu", "18.04" },
	{ "ubuntu-22-04-x64", "ubuntu", "22.04" },
	{ "ubuntu-24.04", "ubuntu", "24.04" },
	{ "ubuntu/images/hvm-ssd/ubuntu-noble-amd64-server", "ubuntu", "24.04" },
	{ "ubuntu", "ubuntu", "" },
	{ "ubuntu-v20220412", "ubuntu", "" },
	{ "projects/cos-cloud/global/images/family/cos-stable", "cos", "" },
	{ "debian-cloud/debian-12", "debian", "" },
	{ "amzn2-ami-hvm-2.0.20220406.1-x86_64-gp2", "amazon-linux", "" },
	{ "WindowsServer 2022-datacenter", "windows", "" },
	{ "golden-image-7", NULL, "" },
	{ "", NULL, "" },
};

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pl_image image;
		bool told = pl_image_read(cases[i].name, &image);

		if (told != (cases[i].os != NULL))
			fail_msg("%s: told %d", cases[i].name, told);
		if (!told)
			continue;
		assert_string_equal(image.os, cases[i].os);
		if (told)
			assert_string_equal(image.version, cases[i].version);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
