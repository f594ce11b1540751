/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terraform's names: module paths, resource addresses and references.  Brackets and quotes are
 * honoured: module.a["x.y\"]"].module.b[0].aws_eks_node_group.this["k"].  Slices point into the text
 * that was given.
 */
#ifndef PL_TERRAFORM_ADDRESS_H
#define PL_TERRAFORM_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Bytes of the index ("[0]", "[\"k\"]") at p, brackets included; 0 when there is none that ends. */
size_t pl_tf_skip_index(const char *p, size_t n);

/*
 * The last step of a module path: "module.a[\"k\"].module.b[0]" has the parent "module.a[\"k\"]", the
 * call "b" and the key "0" (as printed between the brackets; n 0: none).  False for the root and for
 * what is no module path.
 */
bool pl_tf_module_last(struct pl_slice module, struct pl_slice *parent, struct pl_slice *call,
		       struct pl_slice *key);

struct pl_tf_address {
	struct pl_slice module; /* "" for the root */
	bool data;
	struct pl_slice type, name;
	struct pl_slice index;  /* as printed between the brackets; n 0: none */
};

/* A whole resource address; false when it is none. */
bool pl_tf_address_parse(struct pl_slice text, struct pl_tf_address *out);

enum pl_tf_ref_kind {
	PL_TF_REF_RESOURCE, PL_TF_REF_DATA, PL_TF_REF_VAR, PL_TF_REF_LOCAL, PL_TF_REF_EACH_KEY,
	PL_TF_REF_EACH_VALUE, PL_TF_REF_COUNT_INDEX, PL_TF_REF_MODULE, PL_TF_REF_MODULE_OUTPUT,
	PL_TF_REF_PATH, PL_TF_REF_TERRAFORM, PL_TF_REF_SELF,
};

struct pl_tf_ref {
	enum pl_tf_ref_kind kind;
	struct pl_slice type;   /* RESOURCE, DATA */
	struct pl_slice name;   /* of the block, variable, local or module call */
	struct pl_slice key;    /* index behind the name, as printed between the brackets; n 0: none */
	struct pl_slice output; /* MODULE_OUTPUT */
	struct pl_slice rest;   /* what follows, without its leading dot */
};

/* One element of a `references` list; false when it is none of these. */
bool pl_tf_ref_parse(struct pl_slice text, struct pl_tf_ref *out);

#endif
