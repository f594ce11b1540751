/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline machine: what a machine type stands for, from the built-in catalogues. */
#include <inttypes.h>

#include "base/scalar.h"
#include "base/str.h"
#include "cli/cli.h"
#include "terraform/provider.h"

static bool describe(const char *type, struct pl_buf *out)
{
	bool found = false;

	for (size_t i = 0; pl_providers[i]; i++) {
		struct pl_machine m;
		char memory[32];

		if (!pl_providers[i]->machine || !pl_providers[i]->machine(type, &m))
			continue;
		found = true;
		pl_buf_add_safe(out, type, strlen(type));
		pl_buf_addf(out, "  %s  %" PRId64 " vCPU  %s (%" PRId64 " bytes)  %s%s%s\n", pl_providers[i]->name,
			    m.vcpu, pl_bytes_text(m.memory, memory), m.memory, m.architecture,
			    m.family[0] ? "  family " : "", m.family);
	}
	return found;
}

static int machine(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;
	int status = PL_EXIT_OK;

	if (!args->word_count) {
		pl_err_set(&err, PL_E_USAGE, "machine needs a machine type, as m6i.xlarge");
		return pl_complain(&err);
	}
	for (size_t i = 0; i < args->word_count; i++)
		if (!describe(args->words[i], &b)) {
			pl_err_set(&err, PL_E_USAGE, "machine type '%s' is in none of the built-in catalogues",
				   args->words[i]);
			status = pl_complain(&err);
		}
	return pl_emit(&b) ? PL_EXIT_OURS : status;
}

static const struct pl_option *const options[] = { NULL };

const struct pl_command pl_command_machine = {
	.name = "machine",
	.arguments = "TYPE...",
	.summary = "vCPU, memory and architecture of a machine type, from the built-in catalogues",
	.options = options,
	.run = machine,
};
