/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader's files share. */
#ifndef PL_ARCH_INTERNAL_H
#define PL_ARCH_INTERNAL_H

#include "arch/arch.h"
#include "yaml/yaml.h"

/* One text being loaded. */
struct loader {
	struct pl_arch *arch;
	const char *name;                 /* for messages */
	const struct pl_yaml_node *root;
	const struct pl_setting *set;
	size_t set_count;
	bool platform;                    /* the family that is loaded beside an architecture */
	struct pl_err *err;
};

/* "NAME:LINE: what", PL_E_USAGE. */
int pl_arch_fail_at(struct loader *l, const struct pl_yaml_node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Every key of the mapping must be one of `names` (NULL-terminated). */
int pl_arch_only_keys(struct loader *l, const struct pl_yaml_node *map, const char *what,
	      const char *const *names);

/* A scalar's text, or an error; NULL text when the key is absent and not `required`. */
int pl_arch_text_of(struct loader *l, const struct pl_yaml_node *map, const char *key, bool required,
	    const char **out);
/* A sequence of scalars (or one scalar) as texts. */
int pl_arch_texts_of(struct loader *l, const struct pl_yaml_node *n, const char *const **out, size_t *count);
/* The index of the scalar's text in `names`, or an error that lists them. */
int pl_arch_choice_of(struct loader *l, const struct pl_yaml_node *n, const char *what,
	      const char *const *names, size_t count);

/* cond.c: conditions on objects of a kind; `where` may name a selection. */
int pl_arch_load_condition(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
		   unsigned depth, const struct pl_cond **out);
/* test.c: what one attribute must be. */
int pl_arch_load_test(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
	      const struct pl_cond **out);

/* requirement.c */
int pl_arch_load_requirement(struct loader *l, const struct pl_yaml_node *n, struct pl_requirement *out);

/* load.c: the value of a parameter: --set, else its default; NULL when it is not declared. */
const char *pl_arch_parameter(const struct loader *l, const char *name);

#endif
