/* SPDX-License-Identifier: Apache-2.0 */
/* What the Kubernetes version says about the container runtime, once all sources are joined. */
#ifndef PL_MODEL_RUNTIME_H
#define PL_MODEL_RUNTIME_H

#include "model/model.h"

/*
 * Docker's shim left Kubernetes with 1.24: a pool of `cluster` whose runtime the plan could not tell
 * runs containerd from there on.  `note` says so for the platform, which has no other runtime.
 */
void pl_runtime_infer(struct pl_model *m, const struct pl_object *cluster, const char *note);

#endif
