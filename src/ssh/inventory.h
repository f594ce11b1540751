/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An Ansible inventory between its text and the targets it comes to: groups, hosts and, of their
 * variables, those that say how to log in.  Belongs to inventory*.c.
 *
 * Precedence is Ansible's (documented under "Variable precedence", its first lines): the group all,
 * then other groups by depth, ansible_group_priority and name, then group_vars/all, then group_vars of
 * the groups in the same order, then the host's own variables, then host_vars.
 */
#ifndef PL_SSH_INVENTORY_H
#define PL_SSH_INVENTORY_H

#include "base/map.h"
#include "ssh/target_list.h"
#include "yaml/yaml.h"

enum pl_inv_var {
	PL_INV_HOST, PL_INV_SSH_HOST, PL_INV_PORT, PL_INV_SSH_PORT, PL_INV_USER, PL_INV_SSH_USER, PL_INV_KEY,
	PL_INV_SSH_KEY, PL_INV_ARGS, PL_INV_COMMON_ARGS, PL_INV_EXTRA_ARGS, PL_INV_TIMEOUT, PL_INV_CONNECTION,
	/* not honoured, so named */
	PL_INV_PASSWORD, PL_INV_CHECKING, PL_INV_SSH_CHECKING, PL_INV_EXECUTABLE, PL_INV_PKCS11,
	PL_INV_VARS, /* how many */
};

struct pl_inv_value {
	const char *text; /* NULL: null, which takes back what a lower precedence said */
	const char *file;
	int line;
	bool encrypted;   /* !vault */
	bool structured;  /* a list or a mapping */
};

struct pl_inv_vars {
	const struct pl_inv_value *values[PL_INV_VARS]; /* NULL: nobody said */
};

struct pl_inv_edges {
	size_t *items;
	size_t count, cap;
};

struct pl_inv_group {
	const char *name;
	struct pl_inv_vars vars, file_vars;
	struct pl_inv_edges children, parents;
	long priority; /* 1 unless somebody said */
	size_t depth;  /* the longest way from all */
	bool declared; /* it has a section of its own, not only variables or a parent */
	const char *file; /* where it was named first */
	int line;
};

struct pl_inv_host {
	const char *name;
	struct pl_inv_vars vars, file_vars;
	struct pl_inv_edges groups;
	const char *file;
	int line;
};

enum { PL_INV_ALL, PL_INV_UNGROUPED }; /* the groups that are always there */

struct pl_inventory {
	struct pl_ssh_targets *targets; /* strings live in its arena, notices go there */
	const char *path;
	struct pl_inv_group *groups;
	size_t groups_count, groups_cap;
	struct pl_map groups_by_name; /* index + 1 */
	struct pl_inv_host *hosts;
	size_t hosts_count, hosts_cap;
	struct pl_map hosts_by_name;
	size_t steps; /* nodes of YAML walked over: aliases can make a small text a long walk */
	struct pl_err *err;
};

/* PL_E_USAGE, "FILE:LINE: what". */
int pl_inv_fail(const struct pl_inventory *inv, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The group of that name, made when it is new.  -1: PL_E_LIMIT. */
int pl_inv_group(struct pl_inventory *inv, struct pl_slice name, int line, size_t *out)
	__attribute__((warn_unused_result));
/* child joins parent; -1: a group in itself. */
int pl_inv_child(struct pl_inventory *inv, size_t parent, size_t child, int line)
	__attribute__((warn_unused_result));

/*
 * The hosts of "[USER@]HOST[:PORT]" with ranges, which join `group`: indices are appended to *out.
 * User and port count for hosts that are new.
 */
int pl_inv_hosts(struct pl_inventory *inv, const char *pattern, size_t group, int line,
		 struct pl_inv_edges *out) __attribute__((warn_unused_result));

/* Which variable a name is; PL_INV_VARS: one that is none of ours. */
enum pl_inv_var pl_inv_var_of(const char *name);
/* The name that a message has for it. */
const char *pl_inv_var_name(enum pl_inv_var var);

struct pl_inv_value *pl_inv_value(struct pl_inventory *inv, const char *text, const char *file, int line);

/* Writes every host name of a pattern with ranges through add(); -1 as pl_inv_hosts. */
int pl_inv_expand(struct pl_inventory *inv, const char *pattern, int line,
		  int (*add)(struct pl_inventory *inv, const char *name, void *ctx), void *ctx)
	__attribute__((warn_unused_result));

void pl_inv_edge(struct pl_inv_edges *e, size_t to); /* once */

/* The two formats. */
int pl_inv_ini(struct pl_inventory *inv, char *text) __attribute__((warn_unused_result));
int pl_inv_yaml(struct pl_inventory *inv, struct pl_slice text) __attribute__((warn_unused_result));
/* Takes the variables of a mapping, with what `<<` merges into it. */
int pl_inv_yaml_vars(struct pl_inventory *inv, const struct pl_yaml_node *map, struct pl_inv_vars *vars,
		     long *priority) __attribute__((warn_unused_result));

/* group_vars/ and host_vars/ beside the inventory. */
int pl_inv_files(struct pl_inventory *inv) __attribute__((warn_unused_result));

/* Names what the ansible.cfg of a run here would say about logging in. */
void pl_inv_ansible_cfg(struct pl_ssh_targets *t);

/* Depths of groups, then one target a host. */
int pl_inv_resolve(struct pl_inventory *inv) __attribute__((warn_unused_result));

#endif
