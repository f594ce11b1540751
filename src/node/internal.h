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

/*
 * Documents in documents are followed so far.  base64 of gzip of MIME of a script that runs sh -c
 * is five; what lies deeper may hold labels.
 */
#define PL_BOOT_DEPTH 8

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
	const char *installer;       /* the file k3s's installer was fetched into, "" for any; or NULL */
};

/* Takes n bytes of the budget; false when it is used up. */
bool pl_boot_spend(struct pl_boot *r, size_t n);

/* bootstrap.c: any text, told by its content. */
void pl_boot_text(struct pl_boot *r, const char *text, size_t len);
void pl_boot_file_add(struct pl_boot *r, const char *path, const char *text, size_t len, bool append);
/* The file of that path, or NULL when the text wrote none. */
struct pl_boot_file *pl_boot_file(struct pl_boot *r, const char *path);
/* Runs it, once; false when the text wrote none. */
bool pl_boot_file_run(struct pl_boot *r, const char *path);
/* Something we cannot see is written there: it opens the labels when the file can hold some. */
void pl_boot_unseen(struct pl_boot *r, const char *path);

/* flags.c */
/* "a=b", and lists of them; values that are open make the labels open. */
void pl_boot_labels(struct pl_boot *r, const char *list);
void pl_boot_taints(struct pl_boot *r, const char *list);
/* One flag of the kubelet, without its dashes; false when it is none that is read. */
bool pl_boot_kubelet_flag(struct pl_boot *r, const char *name, const char *value);
void pl_boot_kubelet_words(struct pl_boot *r, const char *const *words, size_t count);
/* Flags in one text, as --kubelet-extra-args has them. */
void pl_boot_kubelet_args(struct pl_boot *r, const char *text);
/* One flag of k3s, or one member of its configuration. */
void pl_boot_k3s_flag(struct pl_boot *r, const char *name, const char *value);
/* Words that follow `k3s server`. */
void pl_boot_k3s_args(struct pl_boot *r, const char *const *words, size_t count);
/* A public SSH host key that the node gets: "TYPE BASE64 COMMENT"; anything else is passed over. */
void pl_boot_host_key(struct pl_boot *r, const char *text);
/* Copies a text that is known as a whole; NULL otherwise. */
const char *pl_boot_known(struct pl_boot *r, const char *text);
/* The same of an address, which must name no user. */
const char *pl_boot_address(struct pl_boot *r, const char *text);
bool pl_boot_is_open(const char *text);

/* evidence.c: Calico, cert-manager and balancers, from a file name, an address or a chart. */
void pl_boot_evidence(struct pl_boot *r, const char *word, const char *version);
void pl_boot_manifest(struct pl_boot *r, const char *text);

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

/* files.c */
const char *pl_sh_base_name(const char *path);
bool pl_sh_is_any(const char *word, const char *const *words); /* a list that ends in NULL */
/* NAME=value, as sudo and env take it: how long the name is, else 0. */
size_t pl_sh_assignment(const char *word);
/* The place of the program among the words, behind sudo, env and the like; c->count for none. */
size_t pl_sh_program(const struct pl_sh_command *c);
/* Adds what a command reads from its standard input; false when that is not known. */
bool pl_boot_command_input(struct pl_boot *r, const struct pl_sh_command *c,
			   const struct pl_sh_command *before, struct pl_buf *out);
/* Takes the files that a command writes. */
void pl_boot_command_writes(struct pl_boot *r, const struct pl_sh_command *c,
			    const struct pl_sh_command *before);

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
