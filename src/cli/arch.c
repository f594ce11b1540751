/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline arch: which architectures there are, and what one asks. */
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/tables.h"

static int list(void)
{
	pl_auto_buf out = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;

	for (const struct pl_builtin_arch *b = pl_builtin_archs; b->name; b++) {
		pl_auto_buf file = PL_BUF_INIT;
		pl_auto_arch struct pl_arch *a = pl_find_arch(b->name, NULL, 0, &file, &err);

		if (!a)
			return pl_complain(&err);
		pl_buf_addf(&out, "%s %s  %s (%s%s%s)\n", a->name, a->edition, a->title, a->status,
			    a->status_text ? ": " : "", a->status_text ? a->status_text : "");
		for (size_t i = 0; i < a->profile_count; i++)
			pl_buf_addf(&out, "  %s/%-16s %s%s\n", a->name, a->profiles[i].name, a->profiles[i].title,
				    i ? "" : " (default)");
	}
	return pl_emit(&out);
}

static int show(const char *spec)
{
	pl_auto_buf out = PL_BUF_INIT, file = PL_BUF_INIT;
	struct pl_err err = PL_ERR_INIT;
	pl_auto_arch struct pl_arch *a = pl_find_arch(spec, NULL, 0, &file, &err);

	if (!a)
		return pl_complain(&err);
	pl_buf_addf(&out, "%s/%s %s  %s (%s)\n", a->name, a->profile, a->edition, a->title, a->status);
	for (size_t i = 0; i < a->count; i++) {
		const struct pl_requirement *r = &a->requirements[i];

		if (r->asked)
			pl_buf_addf(&out, "  %-8s %-30s %s\n", pl_severity_name(r->severity), r->id, r->title);
	}
	return pl_emit(&out);
}

static int arch(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;

	if (args->word_count == 1 && !strcmp(args->words[0], "list"))
		return list();
	if (args->word_count && args->word_count <= 2 && !strcmp(args->words[0], "show"))
		return show(args->word_count == 2 ? args->words[1] : "gitpod");
	pl_err_set(&err, PL_E_USAGE, "write `plumbline arch list` or `plumbline arch show [NAME[/PROFILE]|FILE]`");
	return pl_complain(&err);
}

static const struct pl_option *const options[] = { NULL };

const struct pl_command pl_command_arch = {
	.name = "arch",
	.arguments = "list | show [NAME]",
	.summary = "the built-in architectures and their profiles; what one of them asks",
	.options = options,
	.run = arch,
};
