/* SPDX-License-Identifier: Apache-2.0 */
/* plumbline permissions: the least that a source's account has to be allowed. */
#include <string.h>

#include "cli/cli.h"
#include "cloud/cloud.h"
#include "kubernetes/client.h"

static int permissions(const struct pl_args *args)
{
	const char *word = args->word_count == 1 ? args->words[0] : "";
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	if (!strcmp(word, "k8s"))
		pl_kube_role(pl_args_get(args, "probe-admission") != NULL, &b);
	else if (pl_cloud_role(pl_providers, word, &b)) {
		pl_err_set(&err, PL_E_USAGE, "permissions takes one word, the source that is asked: k8s, eks, gke or aks");
		return pl_complain(&err);
	}
	return pl_emit(&b);
}

static const struct pl_option *const options[] = { &pl_opt_probe_admission, NULL };

static const char *const details[] = {
	"k8s: a role for `kubectl apply -f -`; bind it to the user or service account that asks.",
	"eks: an IAM policy. gke: a role for `gcloud iam roles create --file`. aks: a role for "
	"`az role definition create --role-definition`.",
	NULL,
};

const struct pl_command pl_command_permissions = {
	.name = "permissions",
	.arguments = "k8s|eks|gke|aks",
	.summary = "print the least role or policy that suffices for a source",
	.details = details,
	.options = options,
	.run = permissions,
};
