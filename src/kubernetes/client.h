/* SPDX-License-Identifier: Apache-2.0 */
/* The Kubernetes API as a source: configuration, questions, answers into the model. */
#ifndef PL_KUBERNETES_CLIENT_H
#define PL_KUBERNETES_CLIENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/model.h"
#include "model/provider.h"
#include "net/wait.h"

struct pl_kube_options {
	const char *source;      /* as the user gave it: "k8s://prod" */
	const char *join;        /* --join of it, or NULL */
	const char *kubeconfig;  /* --kubeconfig; NULL: as kubectl finds it */
	struct pl_slice text;    /* a kubeconfig that is no file, `kubeconfig` being what it is called; n 0: none */
	const char *context;     /* NULL: the current one */
	bool probe_admission;    /* try a privileged pod with dryRun=All, which creates nothing */
	void (*trace)(void *ctx, const char *line); /* as in net/http.h, from several threads; NULL: nobody */
	/* What a credential plugin says on standard error, raw; NULL: nobody listens, so none may ask. */
	void (*heard)(void *ctx, struct pl_slice text);
};

/*
 * Asks one API server for all that kubernetes/kube.h names, and writes it into the model.  Nothing is
 * asked that could change anything.  A kind that is forbidden or fails leaves a problem in the model and
 * its facts unknown.  0: asked.  1: asked, and something could not be read though it is not forbidden; *err
 * is the first of the problems that say so.  -1: it could not be asked at all: PL_E_USAGE or PL_E_INPUT
 * (its configuration), PL_E_UNREACHABLE, PL_E_TIMEOUT, PL_E_AUTH, PL_E_STOPPED.
 */
int pl_kube_collect(struct pl_model *m, const struct pl_provider *const *providers,
		    const struct pl_kube_options *opt, const struct pl_wait *w, struct pl_err *err)
	__attribute__((warn_unused_result));

/* The least ClusterRole that suffices for it, as YAML; with the Role that the dry run of a pod needs. */
void pl_kube_role(bool probe_admission, struct pl_buf *out);

#endif
