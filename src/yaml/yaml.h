/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as a tree of nodes with line and column, read by libyaml.  Aliases are refused (a few lines of
 * them can expand without end) unless the reader asks for shared nodes, duplicate keys are errors, sizes
 * are capped by base/limits.h.
 */
#ifndef PL_YAML_YAML_H
#define PL_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/err.h"

enum pl_yaml_kind { PL_YAML_SCALAR, PL_YAML_SEQUENCE, PL_YAML_MAPPING };

struct pl_yaml_node {
	enum pl_yaml_kind kind;
	const char *file;             /* the text it stands in, as pl_yaml_parse was told */
	int line, column;             /* from 1 */
	const char *text;             /* SCALAR; never NULL */
	bool binary;                  /* SCALAR: tagged !!binary, so base64 */
	const char *tag;              /* as libyaml names an explicit one ("!vault"); NULL: none */
	bool quoted;                  /* SCALAR: written in quotes or as a block, so surely a string */
	const struct pl_yaml_node *const *items; /* SEQUENCE: items; MAPPING: values */
	const struct pl_yaml_node *const *keys;  /* MAPPING: scalars, in the order written */
	size_t count;
};

/*
 * Reads the first document of `text` into nodes that live in `arena` and keep `name`.  An empty text
 * gives an empty mapping.  Messages are "NAME:LINE:COLUMN: what".  PL_E_USAGE: not what YAML allows; PL_E_LIMIT.
 */
int pl_yaml_parse(struct pl_arena *arena, const char *name, const char *text, size_t len,
		  const struct pl_yaml_node **out, struct pl_err *err)
	__attribute__((warn_unused_result));
/* The same of a text that must hold one document: what follows it is an error too. */
int pl_yaml_parse_one(struct pl_arena *arena, const char *name, const char *text, size_t len,
		      const struct pl_yaml_node **out, struct pl_err *err)
	__attribute__((warn_unused_result));

/*
 * As pl_yaml_parse_one, of a text with aliases: each stands for the very node that its anchor names, so
 * nothing is copied; who walks the tree sees that node several times.  `<<` is a key like others.  For
 * inventories, whose limits are PL_LIMIT_INVENTORY_BYTES and PL_LIMIT_INVENTORY_VALUES.
 */
int pl_yaml_parse_shared(struct pl_arena *arena, const char *name, const char *text, size_t len,
			 const struct pl_yaml_node **out, struct pl_err *err)
	__attribute__((warn_unused_result));

/* The value of a mapping's key, or NULL (also when n is NULL or no mapping). */
const struct pl_yaml_node *pl_yaml_get(const struct pl_yaml_node *n, const char *key);
/* The text of a scalar value of a mapping's key, or NULL. */
const char *pl_yaml_text(const struct pl_yaml_node *n, const char *key);

#endif
