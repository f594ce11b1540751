/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference architecture: requirements as data, loaded from YAML and validated.  Every name is
 * resolved here, so that evaluation cannot fail.  docs/reference-arch.md describes the format.
 */
#ifndef PL_ARCH_ARCH_H
#define PL_ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/scalar.h"
#include "model/model.h"

enum pl_severity { PL_ERROR, PL_WARNING, PL_INFO };
const char *pl_severity_name(enum pl_severity s);

enum pl_op {
	PL_OP_EQ, PL_OP_NE, PL_OP_GE, PL_OP_GT, PL_OP_LE, PL_OP_LT, /* against `bound` */
	PL_OP_WITHIN,         /* version or number between bound and bound2, both included */
	PL_OP_IN,             /* text: `any_of` true, `none_of` false, else `otherwise` */
	PL_OP_HAS_ANY,        /* list: one of any_of is in it */
	PL_OP_HAS_NONE,       /* list: none of none_of is in it */
	PL_OP_NO_EFFECT,      /* list of taints: none has one of the effects none_of */
	PL_OP_EMPTY,          /* list or map: holds nothing */
	PL_OP_KEY,            /* map: `key` has the value any_of[0] */
	PL_OP_KNOWN,          /* any value will do: the fact must be known */
	PL_OP_TOLD,           /* a source says something of it, be it that it is not known; never unknown */
	PL_OP_NOT_BEFORE,     /* text that holds a date: it is that of `bound`, or later */
};

enum pl_truth { PL_FALSE, PL_UNKNOWN, PL_TRUE };

struct pl_test {
	enum pl_attr attr;
	enum pl_op op;
	const char *key;            /* of a map: its value is tested, as a text or a number; else NULL */
	bool key_bytes;             /* the bound of that number has a unit of bytes */
	const char *subject;        /* what is tested, as a person reads it: "vcpu", "labels.KEY" */
	bool secret;                /* the key is named like a secret: its value is never shown */
	const char *const *any_of;  /* texts */
	size_t any_count;
	const char *const *none_of;
	size_t none_count;
	enum pl_truth otherwise;    /* PL_OP_IN: a text in neither list */
	int64_t bound, bound2;      /* INT, BYTES, BOOL (0 or 1), days since 1970-01-01 */
	bool today;                 /* NOT_BEFORE: the bound is the day that the run is about */
	struct pl_version version, version2; /* VERSION */
	const char *text;           /* the expectation as a person reads it: ">= 16 GB" */
};

enum pl_cond_op { PL_COND_ALL, PL_COND_ANY, PL_COND_NOT, PL_COND_TEST, PL_COND_CHECK };

struct pl_check;

struct pl_cond {
	enum pl_cond_op op;
	const struct pl_cond *const *sub; /* ALL, ANY: count; NOT: one */
	size_t count;
	struct pl_test test;              /* TEST */
	const struct pl_check *check;     /* CHECK: compares with other objects */
};

/* One sentence of a requirement: what objects of a kind must be. */
struct pl_clause {
	enum pl_kind on;
	const char *const *provider; /* names: the clause is asked of clusters of these only; NULL: all */
	size_t provider_count;
	const struct pl_cond *where;  /* NULL: every object */
	const struct pl_cond *expect; /* NULL: being there is enough */
};

enum pl_quantifier { PL_EVERY, PL_SOME };

/* What it means that nothing was found. */
enum pl_absence { PL_ABSENT_UNKNOWN, PL_ABSENT_FAIL, PL_ABSENT_NOT_APPLICABLE };

struct pl_requirement {
	const char *id, *title;
	enum pl_severity severity;     /* in the chosen profile */
	bool asked;                    /* false: the profile's column says "-", or a parameter switched it off */
	bool platform;                 /* of the platform family, not of the architecture */
	unsigned seen_by;              /* bit per pl_witness */
	enum pl_quantifier quantifier;
	size_t at_least;               /* some: how many must pass; 0: one */
	const struct pl_clause *clauses;
	size_t clause_count;
	const struct pl_clause *fallback; /* some-rules: asked when no object is selected; NULL: none */
	enum pl_absence absent;        /* no object of the kinds at all */
	enum pl_absence none;          /* objects, but `where` selects none */
	enum pl_absence live;          /* either of both, as the cluster itself tells it */
	bool has_live;                 /* else that means what it means to the others */
	const char *absent_text;       /* "something else may provide it"; NULL: a general sentence */
	const char *const *settled_by; /* what will settle an unknown: "k8s://" */
	size_t settled_count;
	const char *why, *fix;
	const char *source_title, *source_date, *source_url;
	const char *const *contradictions;
	size_t contradiction_count;
	const char *file;              /* where it was written */
	int line;
};

struct pl_profile {
	const char *name, *title;
};

struct pl_arch {
	struct pl_arena arena;
	const char *name, *title, *edition, *status, *status_text, *url;
	const char *profile; /* the chosen one */
	const struct pl_profile *profiles;
	size_t profile_count;
	struct pl_requirement *requirements; /* in the order written, platform's last */
	size_t count;
};

/* An architecture's text, compiled in or read from a file by the caller. */
struct pl_arch_text {
	const char *name; /* "gitpod", or the file's path: what messages call it */
	const char *text;
	size_t len;
};

/* `--set NAME=VALUE` */
struct pl_setting {
	const char *name, *value;
};

/*
 * Loads an architecture in one of its profiles (NULL: its default, or the one it extends), with
 * parameters set.  `library` (NULL: none; ended by a NULL name) holds the texts it may extend; the
 * requirements of the one named "platform" are added.  Messages carry FILE:LINE.  Limits:
 * base/limits.h.
 */
struct pl_arch *pl_arch_load(const struct pl_arch_text *text, const struct pl_arch_text *library,
			     const char *profile, const struct pl_setting *set, size_t set_count,
			     struct pl_err *err);
void pl_arch_free(struct pl_arch *a);
void pl_arch_freep(struct pl_arch **a);
#define pl_auto_arch __attribute__((cleanup(pl_arch_freep)))

/*
 * Calls take() with each key of a map attribute that a requirement asks about, once for each place
 * where it stands: what a collector must look at, if it looks only at what it is told to.
 */
void pl_arch_keys(const struct pl_arch *a, enum pl_attr attr,
		  void (*take)(void *ctx, const char *key), void *ctx);

/* The requirement of that id, asked or not; NULL when there is none. */
const struct pl_requirement *pl_arch_find(const struct pl_arch *a, const char *id);

#endif
