/* SPDX-License-Identifier: Apache-2.0 */
/* Architectures: any text, alone and as the one that another extends, loads or is refused in words. */
#include <stdlib.h>

#include "arch/arch.h"
#include "fuzz.h"

static void load(struct pl_arch_text text, struct pl_arch_text beside)
{
	const struct pl_arch_text library[] = { beside, { NULL, NULL, 0 } };
	struct pl_err err = PL_ERR_INIT;
	pl_auto_arch struct pl_arch *a = pl_arch_load(&text, library, NULL, NULL, 0, &err);

	if (a ? !a->count || !a->profile : !err.text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char extension[] =
		"format: plumbline-arch/1\nextends: base\nname: n\ntitle: t\nedition: e\n"
		"overrides: { x: { severity: info, on: pool } }\n";
	struct pl_arch_text given = { "FILE", (const char *)data, size };
	struct pl_arch_text base = { "base", (const char *)data, size };

	load(given, base);
	load((struct pl_arch_text){ "FILE", extension, sizeof extension - 1 }, base);
	base.name = "platform";
	load((struct pl_arch_text){ "platform", (const char *)data, size }, base);
	return 0;
}
