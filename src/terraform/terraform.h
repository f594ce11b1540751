/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Terraform witness: reads plans and states (input.h says how bytes become documents), and
 * turns them into facts through the providers' tables.
 *
 *	tf = pl_tf_new(model, providers);
 *	for each source: pl_tf_read(tf, "plan.json", &options, &err);
 *	pl_tf_collect(tf, PL_TF_JUDGE, &err);
 *	pl_model_join(model); then each provider's finish()
 */
#ifndef PL_TERRAFORM_TERRAFORM_H
#define PL_TERRAFORM_TERRAFORM_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/model.h"

struct pl_tf;
struct pl_provider;

struct pl_tf_options {
	const char *terraform_cmd; /* shows binary plans; NULL: found */
	const char *as;            /* --as: eks, gke, aks, k3s; NULL: from what the sources say */
	const char *join;          /* --join SOURCE=CLUSTER of this source; NULL: none */
	int64_t timeout;           /* milliseconds that `terraform show` may take; 0: a limit of ours */
	bool sha256;               /* compute the source's digest */
};

struct pl_tf *pl_tf_new(struct pl_model *model, const struct pl_provider *const *providers);
void pl_tf_free(struct pl_tf *tf);

/* Snapshots of ours that a source holds; their texts are owned by tf. */
struct pl_tf_snapshots {
	struct pl_slice *list;
	size_t count, cap;
};

/*
 * Reads one source ("-": standard input) with all its documents.  Those that are snapshots of ours are
 * added to *snapshots, whose list the caller frees, and are not read any further.
 */
int pl_tf_read(struct pl_tf *tf, const char *path, const struct pl_tf_options *opt,
	       struct pl_tf_snapshots *snapshots, struct pl_err *err) __attribute__((warn_unused_result));

/*
 * Objects, links and facts of everything read.  Fails with PL_E_INPUT, saying why, when the sources
 * together hold neither cluster nor pool and shall be judged; of a snapshot, which others may complete,
 * when they hold nothing at all.
 */
enum pl_tf_purpose { PL_TF_JUDGE, PL_TF_SNAPSHOT };
int pl_tf_collect(struct pl_tf *tf, enum pl_tf_purpose purpose, struct pl_err *err) __attribute__((warn_unused_result));
/* After joining: fails likewise when plans take away all clusters and pools that the others hold. */
int pl_tf_check_joined(struct pl_tf *tf, struct pl_err *err) __attribute__((warn_unused_result));

#endif
