/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read kubeconfigs share. */
#ifndef PL_KUBERNETES_CONFIG_INTERNAL_H
#define PL_KUBERNETES_CONFIG_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "kubernetes/config.h"
#include "kubernetes/exec.h"
#include "yaml/yaml.h"

/* One kubeconfig. */
struct pl_kube_file {
	const char *name;   /* as it was named */
	const char *folder; /* absolute; what relative paths in it begin at */
	const struct pl_yaml_node *root;
};

/* Those that were found, the first has the first word. */
struct pl_kube_files {
	struct pl_arena *arena; /* wiped when it goes */
	const struct pl_wait *wait;
	struct pl_kube_file *file;
	size_t count, cap;
	const char *missing; /* the first that is not there */
};

int pl_kube_files_read(const struct pl_kube_config_options *o, struct pl_kube_files *f, struct pl_err *err);

/*
 * The entry called `name` in the lists `list` ("clusters") of all files: the mapping below `key`
 * ("cluster"), an empty one where that is null.  NULL: none.
 */
const struct pl_yaml_node *pl_kube_entry(const struct pl_kube_files *f, const char *list, const char *key,
					 const char *name, const struct pl_kube_file **in);
/* "'a', 'b' and 3 more", of all contexts; in the arena. */
const char *pl_kube_contexts(const struct pl_kube_files *f);
/* The file's current-context that counts; NULL: none. */
int pl_kube_current(const struct pl_kube_files *f, const char **out, struct pl_err *err);

/* Members of a mapping.  *out is NULL or false where there is none or it is null; -1: another kind. */
int pl_kube_config_text(const struct pl_yaml_node *map, const char *key, const char **out, struct pl_err *err);
int pl_kube_flag(const struct pl_yaml_node *map, const char *key, bool *out, struct pl_err *err);
int pl_kube_node(const struct pl_yaml_node *map, const char *key, enum pl_yaml_kind kind,
		 const struct pl_yaml_node **out, struct pl_err *err);
bool pl_kube_config_is_null(const struct pl_yaml_node *n);
/* Can it be a bearer token: not empty, without white space and controls? */
bool pl_kube_is_token(const char *s);
/* "FILE:LINE: " and the text. */
int pl_kube_fail(const struct pl_yaml_node *at, struct pl_err *err, enum pl_err_code code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* `path` as it is meant in that file: absolute, without "." and "..". */
const char *pl_kube_path(struct pl_arena *a, const char *folder, const char *path);

/* PEM text of `KEY-data` (base64) or of the file that `KEY` names; n 0: neither. */
int pl_kube_pem(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *map,
		const char *key, struct pl_slice *out, struct pl_err *err);

struct pl_kube_login {
	struct pl_arena arena;    /* all texts of the configuration, files as read; wiped at the end */
	const char *token;        /* NULL: none */
	const char *token_file;   /* beats `token` while it can be read; NULL: none */
	struct pl_slice cert, key;
	struct pl_kube_exec *exec; /* NULL: none */
	void (*heard)(void *ctx, struct pl_slice text);
	void *heard_ctx;
	struct pl_buf read_token; /* what the file held last */
	struct pl_kube_exec_answer got; /* of the plugin */
	bool ran, renewed;        /* the plugin has; once more because of a refusal */
};

/* The user's entry becomes c->login and c->headers. */
int pl_kube_user(const struct pl_kube_files *f, const struct pl_kube_file *in, const struct pl_yaml_node *user,
		 struct pl_kube_config *c, struct pl_err *err);

/* 0: the pod's service account is in c; 1: we are in no pod. */
int pl_kube_pod(const char *folder, const struct pl_wait *w, struct pl_kube_config *c, struct pl_err *err);

void pl_kube_hint(struct pl_kube_config *c);

#endif
