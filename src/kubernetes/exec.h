/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credential plugins: programs that a kubeconfig names and that print an ExecCredential
 * (client.authentication.k8s.io, v1 and v1beta1).
 */
#ifndef PL_KUBERNETES_EXEC_H
#define PL_KUBERNETES_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "net/wait.h"
#include "yaml/yaml.h"

struct pl_kube_config;

/* May it ask a person through our standard input? */
enum pl_kube_exec_mode { PL_KUBE_EXEC_NEVER, PL_KUBE_EXEC_IF_AVAILABLE, PL_KUBE_EXEC_ALWAYS };

/* `exec` of a user's entry.  Texts live in the arena it was read into. */
struct pl_kube_exec {
	const struct pl_yaml_node *at;
	const char *user;
	const char *const *argv; /* ends with NULL; a command with a slash is an absolute path */
	const char *const *env;  /* "NAME=value"; ends with NULL */
	const char *version;     /* "client.authentication.k8s.io/v1" */
	const char *hint;        /* installHint; NULL: none */
	bool provide_cluster;
	const struct pl_yaml_node *cluster_config; /* the cluster's extension for plugins; NULL: none */
	enum pl_kube_exec_mode mode;
};

/*
 * Reads it; `folder` is the one of its file.  -1: PL_E_USAGE (what is missing or wrong, where),
 * PL_E_AUTH (v1alpha1).
 */
int pl_kube_exec_read(struct pl_arena *a, const struct pl_yaml_node *exec, const char *folder, const char *user,
		      struct pl_kube_exec **out, struct pl_err *err) __attribute__((warn_unused_result));

/* What it gave. */
struct pl_kube_exec_answer {
	struct pl_buf token, cert, key; /* empty: not given; PEM */
	int64_t expires;                /* seconds since 1970; 0: it does not say */
};

#define PL_KUBE_EXEC_ANSWER_INIT { PL_BUF_INIT, PL_BUF_INIT, PL_BUF_INIT, 0 }
/* Wipes it. */
void pl_kube_exec_answer_release(struct pl_kube_exec_answer *a);

/* The answer in what was printed.  -1: PL_E_AUTH. */
int pl_kube_exec_answer_read(const struct pl_kube_exec *e, const struct pl_buf *printed,
			     struct pl_kube_exec_answer *out, struct pl_err *err) __attribute__((warn_unused_result));

/*
 * Runs the one of c->login.  -1: PL_E_AUTH (it is missing, fails, prints something else), PL_E_LIMIT,
 * PL_E_TIMEOUT, PL_E_STOPPED, PL_E_INTERNAL.  A message shows the first lines of what it said on standard
 * error, without the secrets that its arguments and variables hold, and nothing of what it printed.
 */
int pl_kube_exec_run(const struct pl_kube_config *c, const struct pl_wait *w, struct pl_kube_exec_answer *out,
		     struct pl_err *err) __attribute__((warn_unused_result));

/* What it finds in KUBERNETES_EXEC_INFO, as one line of JSON that the caller frees. */
char *pl_kube_exec_info(const struct pl_kube_exec *e, const struct pl_kube_config *c, bool interactive);

#endif
