/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: every fact about every object, from every witness, each with its origin.
 *
 * Sources write it through pl_model_object() and pl_fact_*(); pl_model_join() then makes one object
 * of what several witnesses saw; after that it is read only.  Everything it hands out lives in its
 * arena until pl_model_free(), and every string given to it is copied.
 *
 * A fact that was never written is "not collected".  Absent is never false.
 */
#ifndef PL_MODEL_MODEL_H
#define PL_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/err.h"

enum pl_witness { PL_PLAN, PL_CLOUD, PL_CLUSTER_API, PL_NODE_SSH, PL_ENDPOINT_NET, PL_WITNESS_COUNT };
/* "plan", "cloud", "cluster", "node", "endpoint". */
const char *pl_witness_name(enum pl_witness w);
/* -1 when there is none of that name. */
int pl_witness_find(const char *name);

enum pl_kind {
	PL_CLUSTER, PL_POOL, PL_NODE, PL_LOAD_BALANCER, PL_DATABASE, PL_BUCKET, PL_REGISTRY,
	PL_COMPONENT, PL_STORAGE_CLASS, PL_NAMESPACE, PL_NETWORK, PL_ENDPOINT, PL_QUOTA,
	PL_KIND_COUNT
};
const char *pl_kind_name(enum pl_kind k); /* "load_balancer" */
int pl_kind_find(const char *name);

enum pl_type { PL_BOOL, PL_INT, PL_BYTES, PL_TEXT, PL_VERSION, PL_LIST, PL_MAP };
enum pl_many { PL_ONE, PL_EACH };

enum pl_attr {
#define PL_ATTR(id, kind, name, type, many, meaning) PL_##id,
#include "model/attr.def"
#undef PL_ATTR
	PL_ATTR_COUNT
};

struct pl_attr_info {
	enum pl_kind kind;
	const char *name;
	enum pl_type type;
	enum pl_many many;
	const char *meaning;
};
extern const struct pl_attr_info pl_attrs[PL_ATTR_COUNT];
int pl_attr_find(enum pl_kind kind, const char *name); /* -1: none */

/* How a value is known (contract, `basis`). */
enum pl_basis { PL_SET, PL_DEFAULT, PL_INFERRED, PL_ASSUMED };
const char *pl_basis_name(enum pl_basis b);
int pl_basis_find(const char *name); /* -1: none */

struct pl_pair {
	const char *key, *value;
};

/* Lists and maps are sorted by the model (maps by key; lists keep their order). */
struct pl_value {
	enum pl_type type;
	bool b;            /* PL_BOOL */
	int64_t i;         /* PL_INT, PL_BYTES */
	const char *s;     /* PL_TEXT, PL_VERSION */
	const char *const *list;
	const struct pl_pair *map;
	size_t count;      /* of list or map */
	bool open;         /* map or list: there may be more than is listed */
};

struct pl_origin {
	int source;          /* index into model->sources, -1: none */
	const char *address; /* resource address, object name, host */
	const char *path;    /* instance_types[0]; NULL when the whole object is meant */
	const char *file;    /* NULL until positions are read */
	int line;
};

/* How the identity of a cluster begins that is the UID of its namespace kube-system. */
#define PL_CLUSTER_UID "kube-system/"

struct pl_fact_run;

struct pl_fact {
	enum pl_attr attr;
	enum pl_witness witness;
	bool known;
	bool sensitive;         /* judged, never printed */
	bool ahead;             /* of what a plan will make of the object, told before it did: see pl_model_beside() */
	enum pl_basis basis;
	struct pl_value value;  /* when known */
	const char *waits_for;  /* unknown: a reference, or a sentence; an open map: what it waits for */
	const char *note;       /* evidence in words: "GKE's default image type", "the only template here" */
	struct pl_origin origin;
	const struct pl_fact *next; /* of the same object, ordered by attr, then witness, then arrival */
};

struct pl_object {
	enum pl_kind kind;
	const char *name;     /* as people call it; NULL when not known yet */
	const char *identity; /* what joins it over sources; NULL: joins with nothing */
	struct pl_object *cluster; /* NULL: none named (see `any_cluster`) */
	bool any_cluster;     /* it belongs to one of several clusters, nobody can say which */
	struct pl_object *pool; /* of a node: whose facts are its own too; NULL: none is known */
	const char *cluster_how; /* NULL when named outright; else how the cluster was found */
	struct pl_origin origin[PL_WITNESS_COUNT]; /* where each witness saw it; source -1: not seen */
	unsigned seen;        /* bit per witness */
	bool will_change;     /* a plan of this run changes it */
	bool created;         /* a plan of this run makes it: before, it is not there */
	const struct pl_fact *facts;
	bool gone;            /* the plan deletes or forgets it: only tells joining so */
	bool alone;           /* a pool: one node that no label of a pool names */
	const char *closed;   /* a node: why nobody can log in to it; NULL: nothing is known that forbids it */
	bool unplanned;       /* a pool: no plan can have it, the platform or a label by hand makes it */
	bool counted;         /* joining found what it is on the other side, though in parts */
	bool nickname;        /* its name is only what the user calls it: joins with nothing */
	bool stand_in;        /* a cluster that is only named by its pools */
	int rank;             /* precedence of its source while joining: plan 2, state 1, others 0 */

	/* The rest belongs to the model. */
	struct pl_object *joined;  /* what joining made it part of; NULL: itself */
	struct pl_fact_run *runs;  /* where the facts of each attribute and witness end */
	size_t run_count, run_cap;
	const int *sources;        /* of a joined cluster: those that told of it or its parts, sorted */
	size_t source_count;
	struct pl_object *things;     /* of a joined cluster: the first of what belongs to it, then */
	struct pl_object *next_thing; /* the next, in the model's order */
};

/* What an object has become: itself, or what joining made it part of. */
struct pl_object *pl_object_joined(const struct pl_object *o);

struct pl_source {
	const char *name;     /* as the user gave it */
	const char *kind;     /* terraform-plan, terraform-state, snapshot */
	enum pl_witness witness;
	const char *sha256;   /* hex, NULL: not computed */
	const char *terraform_version; /* NULL: none */
	bool complete;
	const char *why;      /* why it is not complete */
	unsigned whole;       /* not complete: bit per kind of which it told all nevertheless */
	const char *join;     /* cluster the user said it belongs to, or NULL */
	bool astray;          /* joining found no cluster of that name: what it holds belongs to none */
	size_t resources;     /* how many the source holds, for the report's first line */
	int64_t as_of;        /* of a snapshot: the day it was taken, since 1970-01-01; 0: it does not say */
};

struct pl_problem {
	const char *source, *object, *code, *message, *permission; /* NULL: not known */
};

struct pl_drift {
	const struct pl_object *object;
	const char *cluster, *name, *attribute; /* labels.KEY for a map */
	/* each as text, NULL: not there; a state against what refreshing it found, or an older snapshot
	 * against a newer one */
	const char *state, *now;
	bool snapshots;
	enum pl_witness newer_witness;
	struct pl_origin newer; /* of the newer snapshot's side */
	/* or, when `witnesses` is not 0, what each of those says */
	const char *said[PL_WITNESS_COUNT];
	unsigned witnesses; /* bit per witness */
	bool will_change;
	struct pl_origin origin;                   /* of the state's side, or the first witness's */
	struct pl_origin seen_at[PL_WITNESS_COUNT]; /* of those in `witnesses` */
};

/* What a source says about an object that a plan makes or changes. */
struct pl_beside {
	struct pl_object *planned, *object;
};

struct pl_model {
	struct pl_arena arena;
	struct pl_source *sources;
	size_t source_count, source_cap;
	struct pl_object **objects;
	size_t object_count, object_cap;
	struct pl_problem *problems;
	size_t problem_count, problem_cap;
	struct pl_host_keys *host_keys; /* model/host_keys.h */
	size_t host_key_count, host_key_cap;
	struct pl_drift *drift;
	size_t drift_count, drift_cap;
	/* Is it the key of a label that no platform sets by itself?  NULL: nobody can tell. */
	bool (*custom_label)(const char *key);
	struct pl_beside *beside; /* until joining */
	size_t beside_count, beside_cap;
	int64_t as_of; /* the day that the run is about, since 1970-01-01; 0: not said */
	struct pl_object *things; /* after joining: what belongs to no cluster; see next_thing */
};

struct pl_model *pl_model_new(void);
void pl_model_free(struct pl_model *m);
void pl_model_freep(struct pl_model **m);
#define pl_auto_model __attribute__((cleanup(pl_model_freep)))

/* Adds a source; returns its index.  Strings are copied. */
int pl_model_source(struct pl_model *m, const struct pl_source *s);
/*
 * The source does not tell all objects of these kinds (bits 1 << PL_POOL; 0: something of its own, but all objects).
 * `why` lives as long as the model.
 */
void pl_model_incomplete(struct pl_model *m, int source, unsigned kinds, const char *why);

/*
 * Adds an object as `source` sees it at `address`.  `name` and `identity` may be NULL.  The object
 * is new each time: joining is pl_model_join()'s work.
 */
struct pl_object *pl_model_object(struct pl_model *m, enum pl_kind kind, const char *name,
				  int source, const char *address);

/*
 * An object for what `source` says about `planned`, an object of a Terraform source, before the plan is
 * applied: the cloud has no such zone, the name is taken.  One for each pair, made at the first call;
 * `address` is what the source asked.  It stands in no list: joining gives its facts, marked `ahead`, to
 * what `planned` became, in place of those that the same witness has of the object as it is now.  Nobody
 * has seen the object for that.
 */
struct pl_object *pl_model_beside(struct pl_model *m, struct pl_object *planned, int source,
				  const char *address);

/*
 * A fact of `o` from the source that made it.  Fill what differs from a known, set value without a
 * path.  The value is copied; its type must be the attribute's.  Returned so that a caller can add
 * note, basis, waits_for (strings from pl_model_str).
 */
struct pl_fact *pl_fact_add(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			    const struct pl_value *value, const char *path);
struct pl_fact *pl_fact_text(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			     const char *s, const char *path); /* TEXT or VERSION */
struct pl_fact *pl_fact_int(struct pl_model *m, struct pl_object *o, enum pl_attr attr, int64_t i,
			    const char *path); /* INT or BYTES */
struct pl_fact *pl_fact_bool(struct pl_model *m, struct pl_object *o, enum pl_attr attr, bool b,
			     const char *path);
struct pl_fact *pl_fact_list(struct pl_model *m, struct pl_object *o, enum pl_attr attr, const char *const *list,
			     size_t count, const char *path);
struct pl_fact *pl_fact_unknown(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
				const char *waits_for, const char *path);

/*
 * The same with a value whose texts, list and map the model's arena holds already, a map sorted by its
 * keys: it is shared, not copied, as what thousands of nodes have in common should be.
 */
struct pl_fact *pl_fact_share(struct pl_model *m, struct pl_object *o, enum pl_attr attr,
			      const struct pl_value *value, const char *path);

/* The first fact of that attribute and witness (-1: any), and the one after f of the same pair. */
const struct pl_fact *pl_object_fact(const struct pl_object *o, enum pl_attr attr, int witness);
const struct pl_fact *pl_fact_next(const struct pl_fact *f, int witness);
/* Takes the facts of that attribute and the source's witness away, so that better ones can be written. */
void pl_object_forget(struct pl_object *o, enum pl_attr attr, enum pl_witness w);

const char *pl_model_str(struct pl_model *m, const char *s);
const char *pl_model_strf(struct pl_model *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The value of `key` in a map, or NULL. */
const char *pl_value_get(const struct pl_value *v, const char *key);
bool pl_value_eq(const struct pl_value *a, const struct pl_value *b);
/* As a person reads it ("16 GiB", "a, b", "k=v"); into the arena. */
const char *pl_value_text(struct pl_arena *a, const struct pl_value *v);

/* Notes a problem; what is returned, for its permission, is good until the next one.  Strings are copied. */
struct pl_problem *pl_model_problem(struct pl_model *m, const char *source, const char *object, const char *code,
				    const char *message);
/* Adds a copy, whose strings are the model's already; what is returned is good until the next one. */
struct pl_drift *pl_model_drift(struct pl_model *m, const struct pl_drift *d);

/*
 * Makes one object of those that are the same, gives every pool and thing its cluster (contract,
 * "Pools" and "Sources"), lets a pool without a version take its cluster's, drops pools that can
 * have no node, and sorts everything.  Call once, after the last source.
 */
void pl_model_join(struct pl_model *m);

/*
 * The name of a component that holds the word, as the witness knows it, or NULL: of a joined cluster,
 * or (NULL) of those that belong to none.
 */
const struct pl_fact *pl_cluster_component(const struct pl_model *m, const struct pl_object *cluster,
					   const char *word, enum pl_witness w);

/*
 * Is everything of those kinds (a bit for each) that this witness could show for the cluster in the
 * model?
 */
bool pl_model_complete(const struct pl_model *m, const struct pl_object *cluster, enum pl_witness w,
		       unsigned kinds, const char **why);

#endif
