/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider is: a table that says which Terraform resource types become which objects and
 * attributes, a machine catalogue, and the few functions a table cannot say.  This header is all
 * that a provider's author needs, with model/model.h and node/bootstrap.h.
 *
 * The rows of all providers form one registry and apply whatever the cluster is.
 */
#ifndef PL_TERRAFORM_PROVIDER_H
#define PL_TERRAFORM_PROVIDER_H

#include <jansson.h>
#include <stdbool.h>

#include "model/field.h"
#include "model/machine.h"
#include "model/model.h"
#include "model/provider.h"
#include "node/bootstrap.h"

struct pl_tf;     /* everything read from the Terraform sources of this run */
struct pl_tf_doc; /* one document of one source: a plan or a state */

/* ---- resources ---- */

/* What is known of an instance's first boot: see pl_tf_boot(). */
struct pl_tf_boot {
	enum { PL_TF_BOOT_NONE, PL_TF_BOOT_READ, PL_TF_BOOT_UNKNOWN } state;
	struct pl_bootstrap says;  /* READ: what the texts say together; UNKNOWN: what the known ones say */
	bool sensitive;            /* one of the texts is: nothing of it may be printed */
	const char *path;          /* the attribute the text came from */
	const char *waits_for;     /* UNKNOWN: why; READ: why the labels alone are not known, or NULL */
	const char *runner;        /* what runs a command that is not in the file; NULL: nothing */
};

/* One resource instance as it will be (plan) or is (state). */
struct pl_tf_resource {
	const char *address; /* module.a["k"].aws_x.y[0] */
	const char *module;  /* module.a["k"], "" for the root */
	const char *type, *name;
	const char *index;   /* the instance key as printed in the address: "0", "\"k\"", or NULL */
	bool data;           /* a data source that was read */
	bool gone;           /* the plan deletes or forgets it */
	bool changes;        /* the plan changes it in any way */
	bool creates;        /* the plan makes it, in place of nothing: no replacement */
	struct pl_tf_doc *doc;
	struct pl_object *object;   /* what its row made of it; NULL: nothing (yet) */
	struct pl_tf_boot *boot;    /* set by pl_tf_boot() */
	struct pl_tf_resource *next_of_type; /* same type and mode, in address order, over all documents */
};

/* The first resource of a type, then ->next_of_type; data sources apart. */
struct pl_tf_resource *pl_tf_first(struct pl_tf *tf, const char *type, bool data);
/* Where facts are written. */
struct pl_model *pl_tf_model(struct pl_tf *tf);
/* What --as said: eks, gke, aks, k3s, or NULL. */
const char *pl_tf_as_option(const struct pl_tf *tf);

/* ---- attributes ---- */

enum pl_tf_state {
	PL_TF_SET,     /* `json` holds it, and it is not null */
	PL_TF_UNSET,   /* nobody set it, and that is proved: the provider's default applies */
	PL_TF_UNKNOWN, /* decided at apply: see waits_for */
};

struct pl_tf_value {
	enum pl_tf_state state;
	json_t *json;          /* borrowed */
	bool sensitive;
	bool partial;          /* SET, an object: some of its members are unknown and not in it */
	const char *path;      /* as it is printed: scaling_config[0].min_size */
	const char *waits_for; /* a reference, or a sentence */
	bool unwritten;        /* planned as unknown, and the configuration has nothing that sets it:
				  UNKNOWN, as a dynamic block that would hold it leaves no trace, or
				  UNSET, as the block that would hold it stands there without it */
};

/*
 * The attribute at `path` ("a", "a[0].b", "a[0].b[1]").  Blocks may be a list of one or an object,
 * whatever the path says.  Alternatives are separated by '|' ("auto_scaling_enabled|
 * enable_auto_scaling"): the first that is set or unknown wins.  An absent block makes what is in it
 * UNSET.  A list element that is not known is UNKNOWN, its neighbours are SET.
 */
struct pl_tf_value pl_tf_get(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);
/*
 * The same for a block that the provider never computes by itself: where nothing of it is written
 * and it is planned as unknown, a dynamic block is what decides.
 */
struct pl_tf_value pl_tf_get_block(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);
/* The text of a string, number or bool that is set; NULL otherwise.  Lives in the model's arena. */
const char *pl_tf_text(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);
/* Elements of a list (1 for a single block, 0 when absent or unknown). */
size_t pl_tf_count(struct pl_tf *tf, struct pl_tf_resource *r, const char *path);

/* ---- links ---- */

/*
 * The resource of one of `types` (NULL-terminated) that the attribute leads to: by its known value
 * (compared with `key`'s values, "id|name"; of a path-like id the last segment counts too, case
 * ignored), else by the references of its expression, followed through variables, module calls,
 * outputs and for_each.  NULL: none, or more than one possible.
 */
struct pl_tf_resource *pl_tf_follow(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
				    const char *const *types, const char *key);
/*
 * The same for a list, which may lead to several: fills out[] (in the model's arena) and returns how
 * many.  *whole: nothing of the list is left open.
 */
size_t pl_tf_follow_all(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
			const char *const *types, const char *key, struct pl_tf_resource ***out,
			bool *whole);
/*
 * The cluster resource's object by its name; where no source holds it, one that stands for it, without
 * that name when it is `secret`.
 */
struct pl_object *pl_tf_cluster_named(struct pl_tf *tf, struct pl_tf_resource *r, const char *type,
				      const char *name, bool secret);
/* The only resource of the type in the same module instance; NULL: none or several. */
struct pl_tf_resource *pl_tf_sibling(struct pl_tf *tf, struct pl_tf_resource *r, const char *type);
/* The resource (or, `data`, data source) of the type whose attribute `key` has that text. */
struct pl_tf_resource *pl_tf_find(struct pl_tf *tf, const char *type, bool data, const char *key,
				  const char *value);

/* ---- objects and facts ---- */

/*
 * A new object seen at r's address.  Its cluster is not set: for the object of a row the engine links
 * it, for others (inline pools) the caller sets o->cluster.
 */
struct pl_object *pl_tf_object(struct pl_tf *tf, struct pl_tf_resource *r, enum pl_kind kind,
			       const char *name);
/* Takes back the cluster that the engine found: an instance near a cluster is not a part of it. */
void pl_tf_unlink(struct pl_object *o);
/* Takes an object of pl_tf_object() out of the model again. */
void pl_tf_discard(struct pl_object *o);

/* Writes the facts of a table (ends with a NULL path) from `prefix` ("" or "node_pool[2]."). */
void pl_tf_fields(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		  const char *prefix, const struct pl_field *fields);
/* One fact from a value already read, with r's origin. */
struct pl_fact *pl_tf_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
			   const struct pl_tf_value *v, const struct pl_field *field);

/* Says that a fact is what the provider takes when nobody says otherwise; returns it. */
struct pl_fact *pl_tf_default(struct pl_fact *f, const char *note);

/* desired_nodes where nobody says it: min_nodes, which must be written already. */
void pl_tf_starts_smallest(struct pl_tf *tf, struct pl_object *o, const char *note);

/* A list that is put together from several places: the taints of a pool and those of its platform. */
struct pl_tf_list {
	const char **items;
	size_t count, cap;
	const char *waits_for; /* there may be more: what that waits for; NULL: the list is whole */
	const char *note;
	bool sensitive;        /* what an item was read from is */
};

void pl_tf_list_add(struct pl_tf_list *list, const char *item);
/* The same, in its place in a sorted list, unless it is there. */
void pl_tf_list_add_sorted(struct pl_tf_list *list, const char *item);
/* Adds what a list of texts holds. */
void pl_tf_list_texts(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
		      struct pl_tf_list *list);
/* Adds taints that stand as blocks of key, value and effect (NO_SCHEDULE is NoSchedule). */
void pl_tf_list_taints(struct pl_tf *tf, struct pl_tf_resource *r, const char *path,
		       struct pl_tf_list *list);
/* The list as a fact, unknown when nothing of it is known; empties the list. */
void pl_tf_list_fact(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		     enum pl_attr attr, const char *path, struct pl_tf_list *list);

/* The operating system and its version from the name of an image (model/image.h) at `path`. */
void pl_tf_image(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o, const char *path);

/*
 * Marks the facts of o that a provider added itself by pl_fact_*() and whose path is a sensitive
 * attribute of r.  The engine does it for a row's object after `more`; for other objects the caller.
 */
void pl_tf_seal(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/*
 * Machine type, vcpu, memory and architecture of a pool from the attribute at `path` (a string or a
 * list of strings: a fact for each): SET looks in the provider's catalogue (an unlisted type gives
 * unknown facts and machine_type_listed false), UNSET takes `unset` with its note (both NULL:
 * unknown), UNKNOWN gives unknown facts.
 */
void pl_tf_machine(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o,
		   const struct pl_provider *p, const char *path, const char *unset,
		   const char *unset_note);

/*
 * Reads the texts an instance is told at boot (`paths`, NULL-terminated: user_data_base64, ...) into
 * r->boot.  All unset: NONE.  An attribute that is unknown although nobody set it does not count.
 */
struct pl_tf_boot *pl_tf_boot(struct pl_tf *tf, struct pl_tf_resource *r, const char *const *paths);
/*
 * Adds what the provisioners say that install this instance: its own, and those of null_resource and
 * terraform_data that refer to it.  Commands that are not in the file (only their references are)
 * make r->boot UNKNOWN.  Call after pl_tf_boot().
 */
void pl_tf_boot_provisioners(struct pl_tf *tf, struct pl_tf_resource *r);
/* Labels and taints of `boot` as facts of o; joined with the facts that are there already. */
void pl_tf_boot_facts(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);

/* ---- the table ---- */

/* What a resource becomes. */
struct pl_tf_identity {
	int kind;             /* enum pl_kind */
	const char *name;     /* NULL: the resource's own name */
	const char *identity; /* what joins it over sources; NULL: only its address */
};

struct pl_tf_row {
	const char *type;
	bool data;              /* the data source of that name, not the resource */
	int kind;               /* enum pl_kind, or -1: only looked up by others */
	const char *name;       /* path of its name; NULL: the resource's own name */
	const char *identity;   /* path whose value joins it over sources; NULL: name */
	const char *apart;      /* path of what tells those of one name apart, their location; or NULL */
	const char *provider;   /* kind CLUSTER: "eks"; with `cluster`: the provider of that cluster */
	const char *cluster;    /* path of the attribute that names its cluster; NULL: names none */
	const char *const *cluster_types; /* types it may name, NULL-terminated */
	const char *cluster_key;          /* attributes compared with its value: "name|id" */
	const struct pl_field *fields; /* NULL: none */
	const char *addresses;            /* an instance: paths of its IP addresses, "public_ip|private_ip" */
	/* Decides whether this resource is such an object at all; NULL: always. */
	bool (*wanted)(struct pl_tf *tf, struct pl_tf_resource *r);
	/*
	 * Decides this where type and paths cannot (a manifest of any kind); comes filled from the row,
	 * is asked for what the plan deletes too.  False: no object.  NULL: the row says it all.
	 */
	bool (*identify)(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_tf_identity *id);
	/* What the fields cannot say.  Clusters of the document are there already, linked or not. */
	void (*more)(struct pl_tf *tf, struct pl_tf_resource *r, struct pl_object *o);
};

#endif
