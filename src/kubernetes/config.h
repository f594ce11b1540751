/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a cluster is reached and who asks it: kubeconfig files as kubectl merges them, or the service
 * account of the pod we run in.  Rules were read from client-go 0.32 (2026-11) and are compared with
 * kubectl by tests/kubeconfig.
 */
#ifndef PL_KUBERNETES_CONFIG_H
#define PL_KUBERNETES_CONFIG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "net/wait.h"

/* Texts are borrowed for the call, what listens until pl_kube_config_release(). */
struct pl_kube_config_options {
	const char *file;    /* --kubeconfig, the only file then; NULL: those of KUBECONFIG, else ~/.kube/config */
	struct pl_slice text; /* a kubeconfig that is no file, instead of any; `file` is what it is called; n 0: none */
	const char *context; /* NULL or "": current-context */
	const char *pod;     /* folder of a pod's service account; NULL: where the kubelet mounts it */
	/*
	 * What credential plugins say on standard error, as it comes and not escaped.  NULL: nobody
	 * listens, so no plugin may ask a person through our terminal.
	 */
	void (*heard)(void *ctx, struct pl_slice text);
	void *heard_ctx;
};

/* What names, addresses and programs tell about the cluster; NULL: nothing does. */
struct pl_kube_hint {
	const char *distribution; /* as providers call it: "eks", "gke", "aks", "k3s", ... */
	const char *account;      /* AWS account, Google project */
	const char *group;        /* Azure resource group */
	const char *location;     /* region or zone */
	const char *name;         /* the cluster's, as its provider knows it */
};

struct pl_kube_login;

/* Texts are the configuration's own. */
struct pl_kube_config {
	const char *context;     /* NULL: a pod's service account */
	const char *cluster, *user; /* names of the entries; "" where there is none */
	const char *file;        /* that holds the cluster's entry; NULL: a pod's service account */
	int line;
	const char *server;      /* "https://HOST[:PORT][/PATH]" without a slash at the end */
	struct pl_slice ca;      /* PEM; n 0: the system's roots */
	const char *server_name; /* tls-server-name; NULL: the host of `server` */
	const char *proxy;       /* for pl_http_options; may hold a password; NULL: the environment's */
	bool insecure;           /* insecure-skip-tls-verify: worth a word to the user */
	bool plain;              /* `server` is http:, so no credential is ever sent, as with kubectl */
	bool no_compression;     /* disable-compression */
	const char *const *headers; /* "Impersonate-User: ..."; ends with NULL */
	struct pl_kube_hint hint;
	struct pl_kube_login *login; /* this room's */
};

#define PL_KUBE_CONFIG_INIT { 0 }

/*
 * Reads the files (of a pipe or a slow disk no longer than `w` allows; 4 MiB each, and 1 MiB for each
 * certificate or key they name) and chooses the context.  Runs no program.  No message holds anything
 * of keys, tokens, passwords or certificates.  -1:
 *   PL_E_USAGE  a file is not what it should be ("FILE:LINE: ..."), there is no such context, cluster or
 *               user (the message names the contexts there are)
 *   PL_E_INPUT  a file cannot be read, or there is none at all
 *   PL_E_LIMIT, PL_E_TIMEOUT, PL_E_STOPPED
 *   PL_E_AUTH   a way to log in that servers or clients have dropped: the message names the successor
 */
int pl_kube_config_load(const struct pl_kube_config_options *o, const struct pl_wait *w,
			struct pl_kube_config *out, struct pl_err *err) __attribute__((warn_unused_result));
/* Wipes what is secret. */
void pl_kube_config_release(struct pl_kube_config *c);
#define pl_auto_kube_config __attribute__((cleanup(pl_kube_config_release))) struct pl_kube_config

/* With what to log in now; texts are good until the next call. */
struct pl_kube_credential {
	const char *bearer;        /* NULL: none */
	struct pl_slice cert, key; /* PEM; n 0: none */
	bool changed;              /* cert and key are not those of the call before: connect anew */
};

/*
 * Before each exchange: reads a token file again, runs the credential plugin when it never ran or what
 * it gave has expired.  `refused`: the server answered 401 to what the last call gave; what can be had
 * anew is, once.  For one thread at a time.  -1:
 *   PL_E_AUTH   nothing (new) can be had: a plugin that is missing or fails (with its installHint, with the
 *               first lines of what it said), an unreadable token file, a refused token
 *   PL_E_LIMIT, PL_E_TIMEOUT, PL_E_STOPPED, PL_E_INTERNAL
 */
int pl_kube_credential(struct pl_kube_config *c, bool refused, const struct pl_wait *w,
		       struct pl_kube_credential *out, struct pl_err *err) __attribute__((warn_unused_result));

#endif
