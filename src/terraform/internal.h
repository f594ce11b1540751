/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share: documents, resource instances, the configuration tree.
 *
 *	read.c     bytes -> documents (plan, show-state, raw state)
 *	entries.c  their lists of resources -> ranges
 *	registry.c the tables of all providers; the life of a pl_tf
 *	config.c   the configuration of a plan, parsed only where a reference leads
 *	get.c      an attribute of a resource: set, unset or unknown
 *	resolve.c  references -> resources
 *	link.c     pools and things -> their cluster
 *	collect.c  rows -> objects; what is refused
 *	drift.c    resource_drift, through the same tables
 *	fields.c   JSON -> facts
 *	boot.c     user data and provisioners
 */
#ifndef PL_TERRAFORM_INTERNAL_H
#define PL_TERRAFORM_INTERNAL_H

#include "base/map.h"
#include "base/str.h"
#include "json/lazy.h"
#include "json/scan.h"
#include "terraform/input.h"
#include "terraform/provider.h"
#include "terraform/terraform.h"

/* A module of the configuration, without instance keys.  Ranges are raw JSON. */
struct config_module {
	struct config_module *parent;
	struct pl_map children;      /* call name -> struct config_module */
	struct pl_map resources;     /* "TYPE.NAME", "data.TYPE.NAME" -> struct config_resource */
	struct pl_slice outputs;     /* n 0: none */
	json_t *outputs_json;
	/* of the call that makes this module */
	struct pl_slice call_expressions, call_for_each, call_count;
	json_t *call_json, *call_for_each_json;
	struct config_module *next;  /* all of a document, for freeing */
};

struct config_resource {
	struct config_module *module;
	struct pl_slice range;
	json_t *json;                /* parsed when first asked */
	const char *key;             /* TYPE.NAME */
	struct config_resource *next_of_type; /* null_resource and terraform_data only */
	struct config_resource *next;
};

/* A resource instance; `pub` first so that the two can be cast into each other. */
struct resource {
	struct pl_tf_resource pub;
	struct pl_json_lazy after, unknown, sensitive;
	struct pl_slice before; /* a range; only where it is needed */
	bool sparse; /* of planned_values: what is missing may be unknown */
	struct config_resource *config;
	bool config_looked_up;
	struct resource *next_same;    /* other instances of the same configuration block */
	struct resource *next_sibling; /* same type in the same module instance */
	struct resource *next;         /* all of the document */
};

enum doc_kind { DOC_PLAN, DOC_STATE };

struct pl_tf_doc {
	struct pl_tf *tf;
	int source;
	enum doc_kind kind;
	const char *terraform_version;
	bool has_changes, has_prior, has_config, has_planned;
	bool in_prior; /* while prior_state is read */
	bool odd;      /* texts or duplicate keys needed repair */
	bool incomplete; /* a targeted plan */
	size_t resources, deletions;
	struct pl_slice planned, provider_config;
	json_t *provider_json;
	struct config_module *root, *modules;
	struct config_resource *config_resources;
	struct config_resource *runners; /* null_resource and terraform_data blocks */
	struct resource *list, *list_end;       /* as they will be */
	struct resource **sorted;               /* the same, by address */
	size_t sorted_count;
	struct resource *prior, *prior_end;     /* managed resources of prior_state */
	struct resource *prior_data, *prior_data_end; /* its data sources, read at plan time */
	struct resource *drift, *drift_end;
	struct pl_map by_address;  /* -> struct resource */
	struct pl_map by_block;    /* MODULE|TYPE.NAME -> first instance */
	struct pl_map by_instance; /* MODULE|TYPE.NAME[KEY] -> struct resource */
	struct pl_map by_sibling;  /* MODULE|TYPE -> first resource */
	struct pl_map clusters_below; /* module path -> the only cluster below it, or &several */
	struct pl_map module_config; /* module address -> struct config_module */
	struct pl_tf_doc *next;
};

/* Rows of one type, managed or data. */
struct type_rows {
	const char *type;
	bool data;
	const struct pl_tf_row *row;
	const struct pl_provider *provider;
	struct resource *first, *last; /* over all documents, in reading order until sorted */
	struct pl_map by_value;        /* link.c: KEY=VALUE -> struct resource, built when first asked */
	struct type_rows *next;
};

struct pl_tf {
	struct pl_model *model;
	const struct pl_provider *const *providers;
	struct pl_map types;         /* "TYPE" or "data.TYPE" -> struct type_rows */
	struct pl_map installers;    /* boot.c: instance -> what runs on it from another module */
	bool installers_found;
	struct type_rows *type_list; /* in table order */
	struct pl_tf_doc *docs, *docs_end;
	struct pl_input **inputs;
	size_t input_count, input_cap;
	const char *as;
	struct pl_model *scratch;    /* what drift entries were and are; kept until the end */
	const char **cluster_types;  /* of all rows, and their data sources as data.TYPE; ends with NULL */
	size_t cluster_type_count, cluster_type_cap;
	struct pl_map stand_ins;     /* PROVIDER/NAME -> struct pl_object */
	struct pl_map paths;         /* attribute path -> struct path_note of get.c */
	size_t steps;                /* reference steps of the query under way */
};

/* entries.c: the lists of resources of every kind of document */
typedef int member_fn(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
int pl_tf_read_resource_changes(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
int pl_tf_read_resource_drift(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
int pl_tf_read_values(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
int pl_tf_read_prior_state(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
int pl_tf_read_raw_resources(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
void pl_tf_append_resource(struct resource **list, struct resource **end, struct resource *r);
/* Empties a list and lets go of the JSON that its resources hold. */
void pl_tf_clear_resources(struct resource **list, struct resource **end);
/* The text between the quotes of a raw string without escapes: types, modes. */
struct pl_slice pl_tf_bare_text(struct pl_slice v);

/* registry.c */
/* Takes back the documents from `first` on, of a source that could not be read whole. */
void pl_tf_drop_documents(struct pl_tf *tf, struct pl_tf_doc *first);
struct type_rows *pl_tf_find_rows(const struct pl_tf *tf, const char *type, size_t n, bool data);

/* config.c */
int pl_tf_scan_configuration(struct pl_tf_doc *doc, struct pl_scan *s, struct pl_err *err);
struct config_module *pl_tf_config_of_module(struct pl_tf_doc *doc, const char *module);
struct config_resource *pl_tf_config_of(struct resource *r);
json_t *pl_tf_config_json(struct config_resource *c);
/* The expression that a module's call gives to a variable, its default, or NULL. */
json_t *pl_tf_call_expression(struct config_module *m, struct pl_slice variable);
json_t *pl_tf_call_for_each(struct config_module *m);
json_t *pl_tf_output_expression(struct config_module *m, struct pl_slice output);
void pl_tf_free_config(struct pl_tf_doc *doc);

/* resolve.c */
/* Does all that the expression refers to stand at plan time?  Else *waits_for names what does not. */
bool pl_tf_known_at_plan(struct pl_tf *tf, struct pl_tf_doc *doc, struct config_module *m,
		   json_t *expression, json_t *for_each, const char **waits_for);
/*
 * The resources of `types` that the references of an expression lead to, seen from a module
 * instance; key is the instance key of whoever holds the expression (NULL: none).  Returns the only
 * one; NULL when there is none or several (*several).
 */
struct resource *pl_tf_resolve_references(struct pl_tf *tf, struct pl_tf_doc *doc, const char *module,
				    const char *key, json_t *expression, json_t *for_each,
				    const char *const *types, bool *several);
/* Resources in the order found, each once; in the model's arena. */
struct found_list {
	struct pl_tf_resource **list;
	size_t count, cap;
};
void pl_tf_found_add(struct pl_tf *tf, struct found_list *list, struct resource *r);
/* The same for an expression of r that may lead to several: all of them; false: to none. */
bool pl_tf_resolve_all(struct pl_tf *tf, struct resource *r, json_t *expression, json_t *for_each,
		 const char *const *types, struct found_list *out);
/* The expression that stands in the configuration for a path, or NULL. */
json_t *pl_tf_config_expression(struct resource *r, const char *path);

/* get.c */
json_t *pl_tf_own_for_each(struct resource *r);

/* collect.c: what the resource becomes; false: nothing. */
bool pl_tf_identify(struct pl_tf *tf, struct resource *r, const struct pl_tf_row *row,
	      struct pl_tf_identity *id);

/* link.c */
void pl_tf_note_cluster(struct pl_tf_doc *doc, struct resource *r);
void pl_tf_link_to_cluster(struct pl_tf *tf, struct resource *r, const struct pl_tf_row *row);

/* drift.c */
void pl_tf_collect_drift(struct pl_tf *tf, struct pl_tf_doc *doc);

#endif
