/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining, shared by its parts: which objects are one (join_same.c), which clusters are
 * (join_cluster.c), what one object of several holds (join_merge.c), where witnesses disagree about it
 * (join_drift.c), and the order of all that (join.c).
 */
#ifndef PL_MODEL_JOIN_H
#define PL_MODEL_JOIN_H

#include "model/internal.h"

/* An object and the text under which it looks for its like. */
struct pl_join_key {
	const char *key;
	struct pl_object *object;
	size_t index; /* of arrival: the last word in every order */
};

struct pl_join_keys {
	struct pl_join_key *list;
	size_t count, cap;
};

void pl_join_add(struct pl_join_keys *keys, const char *key, struct pl_object *o);
/* What is done with those of one key. */
typedef void pl_join_each(struct pl_model *m, const struct pl_join_key *run, size_t n);
/* Sorts, and calls `each` for every run of equal keys of two or more; empties the list. */
void pl_join_runs(struct pl_join_keys *keys, pl_join_each *each, struct pl_model *m);

/* The source an unjoined object comes from, and the address it has there (maybe NULL). */
int pl_join_source(const struct pl_object *o);
const char *pl_join_address(const struct pl_object *o);
/* The first known text that any witness gives to the attribute, even a sensitive one; NULL: none does. */
const char *pl_join_text(const struct pl_object *o, enum pl_attr attr);
/* Is o->name its name in the cloud?  A plan that does not know it gives the resource's instead. */
bool pl_join_named(const struct pl_object *o);
/* NULL last. */
int pl_join_compare(const char *a, const char *b);
/* <0 when a's facts go before b's; 0 when neither source outranks the other. */
int pl_join_precedence(const struct pl_model *m, const struct pl_object *a,
		       const struct pl_object *b);

bool pl_join_is_snapshot(const struct pl_model *m, int source); /* -1: none, so it is not */
/*
 * <0 when source a looked later than b: one of this run before every snapshot, a snapshot of a later day
 * (one without a day is the oldest), of two of one day the one that was named later.  0: both are of this run.
 */
int pl_join_age(const struct pl_model *m, int a, int b);

/* Makes the two one; the facts are merged later. */
void pl_join_unite(struct pl_model *m, struct pl_object *a, struct pl_object *b);
/* One source knows its own objects apart: two of it under one key are two things. */
bool pl_join_one_of_each_source(const struct pl_join_key *run, size_t n);
/* Of a run of equal keys: all one when no source says two of them. */
void pl_join_run(struct pl_model *m, const struct pl_join_key *run, size_t n);
/* A plan's and a state's object of one address. */
void pl_join_addresses(struct pl_model *m, bool clusters);

void pl_join_clusters(struct pl_model *m);
void pl_join_things(struct pl_model *m);
/* Nodes that the cluster shows and those that were asked themselves (join_node.c). */
void pl_join_nodes(struct pl_model *m);
/* Nodes without a pool and the instances that a plan makes, one by one (join_node.c). */
void pl_join_machines(struct pl_model *m);
/* Takes away what an older snapshot shows and a newer look at the same cluster does not. */
void pl_join_stale(struct pl_model *m);

/* "https://ABC.eks.amazonaws.com:443/" and "abc.eks.amazonaws.com" are one address. */
const char *pl_join_endpoint(struct pl_model *m, const char *url);

/* Is such an endpoint a tunnel's, or on the user's own machine?  Many clusters are called so. */
bool pl_join_own_machine(const char *endpoint);
/* "East US" and "eastus" are one place. */
bool pl_join_same_place(const char *a, const char *b);
/* Merges facts of united objects; marks as gone what the plan takes away. */
void pl_join_merge(struct pl_model *m, bool clusters);

/* What sources said ahead of a plan becomes facts of what its objects have become. */
void pl_join_ahead(struct pl_model *m);

/* Notes where witnesses disagree about one object. */
void pl_join_drift(struct pl_model *m);
/* Notes pools that only a plan or only the cluster has (join_pool.c). */
void pl_join_pool_drift(struct pl_model *m);

/*
 * What an older snapshot says otherwise than the newer one, whose facts the object keeps.  They are
 * noted in any order: pl_join_sort_drift() puts those from `first` on in the order of what they say.
 */
void pl_join_older(struct pl_model *m, struct pl_object *o, const struct pl_fact *newer,
		   const struct pl_fact *older);
void pl_join_sort_drift(struct pl_model *m, size_t first);

#endif
