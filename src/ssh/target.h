/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts that one source names: ssh://[USER@]HOST[:PORT], or ssh://@FILE, where FILE is an Ansible
 * inventory, INI or YAML (told by its content).  A plain list of [USER@]HOST[:PORT], one a line, is an
 * INI inventory already; options behind a host are Ansible's (ansible_user=...), since other names are
 * the inventory's own variables.
 */
#ifndef PL_SSH_TARGET_H
#define PL_SSH_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/str.h"

/* One host, before ssh_config has been asked about it.  Strings live in the arena of its list. */
struct pl_ssh_target {
	const char *name;    /* as reports show it: the inventory's name, or what stands in the URI */
	const char *host;    /* what ssh would be given: ansible_host, or the name; lower layers look it up */
	const char *user;    /* NULL: nobody said */
	uint16_t port;       /* 0: nobody said */
	const char *identity_file; /* ansible_ssh_private_key_file; NULL: none */
	/* Command-line options of ssh, unsplit (ansible_ssh_*args), behind the ones above; NULL: none. */
	const char *options;
	const char *file;    /* where it stands, or NULL: the command line, or another source */
	int line;
	/*
	 * Why this host cannot be asked (a template, a vault, a connection other than ssh), one line, or
	 * NULL.  Then only name, file and line count, and those say where the problem stands.
	 */
	const char *problem;
};

/* What the user should know and what stops nobody: "FILE:LINE: an encrypted file is not read". */
struct pl_ssh_notice {
	const char *file;
	int line; /* 0: the whole file */
	const char *text;
};

struct pl_ssh_notices {
	struct pl_ssh_notice *items;
	size_t count, cap;
};

struct pl_ssh_targets {
	struct pl_arena arena;
	struct pl_ssh_target *items; /* in the order in which the source names them, each name once */
	size_t count, cap;
	struct pl_ssh_notices notices;
};

#define PL_SSH_TARGETS_INIT { { NULL }, NULL, 0, 0, { NULL, 0, 0 } }
void pl_ssh_targets_release(struct pl_ssh_targets *t);
#define pl_auto_ssh_targets __attribute__((cleanup(pl_ssh_targets_release))) struct pl_ssh_targets

/*
 * Adds the host of "[USER@]HOST[:PORT]", "[USER@][V6][:PORT]": what follows ssh:// on the command line.
 * A slash at the end is allowed; %XX stands for a byte, as in other URIs.
 * -1: PL_E_USAGE (no host, a port out of 1..65535, a password, a path, a host that begins with '-').
 */
int pl_ssh_target_uri(struct pl_ssh_targets *t, const char *text, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * Adds a node that another source names: `address` (what is connected to; NULL: the name itself) and
 * `user` may be NULL.  An address that is none becomes the target's problem.
 */
void pl_ssh_target_add(struct pl_ssh_targets *t, const char *name, const char *address,
		       const char *user);

/*
 * Reads an inventory and the group_vars/ and host_vars/ beside it, with Ansible's precedence
 * (inventory.h says what is read of it).  What an ansible.cfg says about logging in is named.  -1: PL_E_INPUT (cannot be read; a script, an encrypted file,
 * the configuration of an inventory plugin: nothing named in data is run or decrypted), PL_E_USAGE (not
 * an inventory, with file:line), PL_E_LIMIT (PL_LIMIT_INVENTORY_BYTES, PL_LIMIT_INVENTORY_HOSTS).
 */
int pl_ssh_inventory(struct pl_ssh_targets *t, const char *path, struct pl_err *err)
	__attribute__((warn_unused_result));

/* The same of an inventory in memory; `path` names it, and group_vars/ and host_vars/ stand beside it. */
int pl_ssh_inventory_text(struct pl_ssh_targets *t, const char *path, struct pl_slice text,
			  struct pl_err *err) __attribute__((warn_unused_result));

#endif
