/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few values of a Kubernetes object that anybody asks for, found in one pass without a tree: of a
 * node of 14 KB a dozen texts are kept.
 */
#ifndef PL_KUBERNETES_PICK_H
#define PL_KUBERNETES_PICK_H

#include <stdint.h>

#include "json/scan.h"

#define PL_KUBE_PICKS 32 /* most paths of one pick */

/*
 * Passes over the value at the scanner and puts the bytes of what stands at each path ("spec.type", at
 * most PL_KUBE_PICKS of them) into out[], in the order of the paths.  What is absent keeps n 0; of a name
 * given twice the last counts.  0, or -1 where the text is broken.
 */
int pl_kube_pick(struct pl_scan *s, const char *const *paths, size_t n, struct pl_slice *out,
		 struct pl_err *err);
/* The same in a value that pl_scan_* has validated; what is no object has none of it. */
void pl_kube_pick_in(struct pl_slice value, const char *const *paths, size_t n, struct pl_slice *out);

/* What is done with every element of an array, as far as it is one. */
typedef void pl_kube_element(void *ctx, struct pl_slice value);
void pl_kube_elements(struct pl_slice array, pl_kube_element *each, void *ctx);
/* The same with every member of an object; key is raw, between its quotes. */
typedef void pl_kube_member(void *ctx, struct pl_slice key, struct pl_slice value);
void pl_kube_members(struct pl_slice object, pl_kube_member *each, void *ctx);

/* The JSON word `true`; is the value `null` or absent? */
bool pl_kube_is_true(struct pl_slice value);
bool pl_kube_is_null(struct pl_slice value);
/* A string's text is exactly that (none of our words has an escape in it). */
bool pl_kube_is_text(struct pl_slice value, const char *text);
/* A whole number, or `otherwise` when it is absent or no number. */
int64_t pl_kube_whole(struct pl_slice value, int64_t otherwise);

/*
 * A quantity of Kubernetes ("16Gi", "1959264Ki", "3920m", "4", "1e3", "107321753600") in thousandths.
 * False for anything else, and past INT64_MAX.
 */
bool pl_kube_quantity(const char *text, int64_t *thousandths);

#endif
