/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef PL_NODE_INTERNAL_H
#define PL_NODE_INTERNAL_H

#include "base/buf.h"
#include "base/map.h"
#include "base/str.h"
#include "node/bootstrap.h"

/*
 * Stands in expanded text for what only the node will know: a variable nobody assigned, the output
 * of a command.  A private-use character, because YAML takes it.
 */
#define PL_BOOT_OPEN "\xef\xa3\xbf" /* U+F8FF */

/* Documents in documents (MIME parts, files, sh -c) are followed so far. */
#define PL_BOOT_DEPTH 4

struct pl_boot_file { /* one that the text writes on the node */
	const char *path;
	struct pl_buf content;
	bool ran;
};

struct pl_boot {
	struct pl_bootstrap *b;
	struct pl_arena arena;       /* of this reading alone */
	size_t budget;               /* bytes that may still be decoded or expanded */
	unsigned depth;
	struct pl_map variables;     /* name -> text with PL_BOOT_OPEN for what is not known */
	struct pl_map by_path;
	struct pl_boot_file **files; /* in the order written */
	size_t file_count, file_cap;
	bool installer_saved;        /* k3s's installer was fetched into a file */
};

/* Takes n bytes of the budget; false when it is used up. */
bool pl_boot_spend(struct pl_boot *r, size_t n);

/* bootstrap.c: any text, told by its content. */
void pl_boot_text(struct pl_boot *r, const char *text, size_t len);
void pl_boot_file_add(struct pl_boot *r, const char *path, const char *text, size_t len, bool append);
/* Runs the file of that path, once; false when the text wrote none. */
bool pl_boot_file_run(struct pl_boot *r, const char *path);

/* flags.c */
/* "a=b", and lists of them; values that are open make the labels open. */
void pl_boot_labels(struct pl_boot *r, const char *list);
void pl_boot_taints(struct pl_boot *r, const char *list);
/* One flag of the kubelet, without its dashes; false when it is none that is read. */
bool pl_boot_kubelet_flag(struct pl_boot *r, const char *name, const char *value);
/* Flags in one text, as --kubelet-extra-args has them. */
void pl_boot_kubelet_args(struct pl_boot *r, const char *text);
/* One flag of k3s, or one member of its configuration. */
void pl_boot_k3s_flag(struct pl_boot *r, const char *name, const char *value);
/* Words that follow `k3s server`. */
void pl_boot_k3s_args(struct pl_boot *r, const char *const *words, size_t count);
/* Copies a text that is known as a whole; NULL otherwise. */
const char *pl_boot_known(struct pl_boot *r, const char *text);
bool pl_boot_is_open(const char *text);

/* evidence.c: Calico, cert-manager and balancers, from a file name, an address or a chart. */
void pl_boot_evidence(struct pl_boot *r, const char *word, const char *version);
void pl_boot_manifest(struct pl_boot *r, const struct pl_boot_file *f);

/* shell.c */
struct pl_sh_command {
	const char **words;
	size_t count, cap;
	struct pl_pair *env; /* assignments before the words */
	size_t env_count, env_cap;
	const char *target;  /* of > or >> */
	bool append;
	const char *input;   /* here-document */
	bool piped;          /* reads what the command before it writes */
};
void pl_boot_shell(struct pl_boot *r, const char *text, size_t len);
/* Splits a text into words, as an unquoted variable is; returns how many. */
size_t pl_sh_split(struct pl_boot *r, const char *text, const char ***words);

/* command.c: what one simple command says; `before` is the one it reads from, or NULL. */
void pl_boot_command(struct pl_boot *r, const struct pl_sh_command *c,
		     const struct pl_sh_command *before);
void pl_boot_assigned(struct pl_boot *r, const char *name, const char *value);

/* document.c: YAML documents. */
void pl_boot_cloud_config(struct pl_boot *r, const char *text, size_t len);
void pl_boot_node_config(struct pl_boot *r, const char *text, size_t len);
void pl_boot_k3s_config(struct pl_boot *r, const char *text, size_t len);

/* settings.c: Bottlerocket's TOML. */
void pl_boot_settings(struct pl_boot *r, const char *text, size_t len);

/* mime.c: false when the text is no multipart document. */
bool pl_boot_mime(struct pl_boot *r, const char *text, size_t len);

#endif
