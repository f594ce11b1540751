/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline permissions: the least that a source's account has to be allowed. */
#include <string.h>

#include "cli/cli.h"
#include "kubernetes/client.h"

static int permissions(const struct pl_args *args)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	if (args->word_count != 1 || strcmp(args->words[0], "k8s")) {
		pl_err_set(&err, PL_E_USAGE, "permissions takes one word, the source that is asked: k8s");
		return pl_complain(&err);
	}
	pl_kube_role(pl_args_get(args, "probe-admission") != NULL, &b);
	return pl_emit(&b);
}

static const struct pl_option *const options[] = { &pl_opt_probe_admission, NULL };

static const char *const details[] = {
	"The role is for `kubectl apply -f -`; bind it to the user or service account that asks.",
	NULL,
};

const struct pl_command pl_command_permissions = {
	.name = "permissions",
	.arguments = "k8s",
	.summary = "print the least role that suffices for a source",
	.details = details,
	.options = options,
	.run = permissions,
};
