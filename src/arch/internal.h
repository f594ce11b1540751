/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader's files share. */
#ifndef PL_ARCH_INTERNAL_H
#define PL_ARCH_INTERNAL_H

#include "arch/arch.h"
#include "yaml/yaml.h"

/* One text being loaded. */
struct loader {
	struct pl_arch *arch;
	const struct pl_yaml_node *root;      /* laid over what it extends */
	const struct pl_yaml_node *overrides; /* of requirements that stand in other texts; or NULL */
	const char *own;                      /* the text that overrides: not its own requirements */
	const struct pl_setting *set;
	size_t set_count;
	bool platform;                        /* the family that is loaded beside an architecture */
	size_t conditions;                    /* made so far: PL_LIMIT_CONDITIONS */
	struct pl_err *err;
};

/* "FILE:LINE: what", PL_E_USAGE. */
int pl_arch_fail_at(const struct loader *l, const struct pl_yaml_node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Must be a mapping whose keys are all one of `names` (NULL-terminated). */
int pl_arch_only_keys(const struct loader *l, const struct pl_yaml_node *map, const char *what,
		      const char *const *names);
/* The names of a mapping that the user makes up: lower-case letters, digits, '-' and '_'. */
int pl_arch_check_name(const struct loader *l, const struct pl_yaml_node *name, const char *what);
/* The keys of a mapping as "a, b"; "none" when it is NULL or has none.  Lives in the arena. */
const char *pl_arch_known(const struct loader *l, const struct pl_yaml_node *map);

/* A scalar's text, or an error; NULL text when the key is absent and not `required`. */
int pl_arch_text_of(const struct loader *l, const struct pl_yaml_node *map, const char *key,
		    bool required, const char **out);
/* A sequence of at least one scalar (or one scalar) as texts. */
int pl_arch_texts_of(const struct loader *l, const struct pl_yaml_node *n, const char *const **out,
		     size_t *count);
/* The index of the scalar's text in `names`, or an error that lists them. */
int pl_arch_choice_of(const struct loader *l, const struct pl_yaml_node *n, const char *what,
		      const char *const *names, size_t count);
/* The kind of object that `on` names, or an error. */
int pl_arch_kind_of(const struct loader *l, const struct pl_yaml_node *map, enum pl_kind *out);

/* cond.c: conditions on objects of a kind; `where` may name a selection. */
int pl_arch_load_condition(struct loader *l, const struct pl_yaml_node *n, enum pl_kind kind,
			   unsigned depth, const struct pl_cond **out);
/* Each selection must be right, also one that nothing names. */
int pl_arch_check_selections(struct loader *l);
/* test.c: what one attribute must be. */
int pl_arch_load_test(struct loader *l, const struct pl_yaml_node *n, enum pl_attr attr,
		      const struct pl_cond **out);

/* requirement.c */
int pl_arch_load_requirement(struct loader *l, const struct pl_yaml_node *n,
			     struct pl_requirement *out);

/* load.c: the value of a parameter: --set, else its default; NULL when it is not declared. */
const char *pl_arch_parameter(const struct loader *l, const char *name);

/*
 * extend.c: lays l->root over the text of `library` that it extends, if it does; *profile (NULL:
 * none was asked for) becomes the one it extends.
 */
int pl_arch_extend(struct loader *l, const struct pl_arch_text *library, const char **profile);
/* The requirement as l->overrides wants it; `n` itself when they do not name it. */
const struct pl_yaml_node *pl_arch_override(const struct loader *l, const struct pl_yaml_node *n);
/* Once all is loaded: every override must name a requirement of another text. */
int pl_arch_check_overrides(const struct loader *l);

#endif
