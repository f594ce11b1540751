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
/* Is o->name its name in the cloud?  A plan that does not know it gives the resource's instead. */
bool pl_join_named(const struct pl_object *o);
/* NULL last. */
int pl_join_compare(const char *a, const char *b);
/* <0 when a's facts go before b's; 0 when neither source outranks the other. */
int pl_join_precedence(const struct pl_model *m, const struct pl_object *a,
		       const struct pl_object *b);

/* Makes the two one; the facts are merged later. */
void pl_join_unite(struct pl_model *m, struct pl_object *a, struct pl_object *b);
/* Of a run of equal keys: all one when no source says two of them. */
void pl_join_run(struct pl_model *m, const struct pl_join_key *run, size_t n);
/* A plan's and a state's object of one address. */
void pl_join_addresses(struct pl_model *m, bool clusters);

void pl_join_clusters(struct pl_model *m);
void pl_join_things(struct pl_model *m);
/* Merges facts of united objects; marks as gone what the plan takes away. */
void pl_join_merge(struct pl_model *m, bool clusters);

/* Notes where witnesses disagree about one object. */
void pl_join_drift(struct pl_model *m);

/*
 * What an older snapshot says otherwise than the newer one, whose facts the object keeps.  They are
 * noted in any order: pl_join_sort_drift() puts those from `first` on in the order of what they say.
 */
void pl_join_older(struct pl_model *m, struct pl_object *o, const struct pl_fact *newer,
		   const struct pl_fact *older);
void pl_join_sort_drift(struct pl_model *m, size_t first);

#endif
