/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of a range that pl_scan_* has validated (or of any text), made by jansson, and walks in it.
 * The only door to jansson's parser.
 */
#ifndef PL_JSON_LOAD_H
#define PL_JSON_LOAD_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

void pl_json_decref(json_t **j);
#define pl_auto_json __attribute__((cleanup(pl_json_decref))) json_t

/*
 * What jansson refuses although JSON allows it is handed over in a form it takes: numbers beyond its
 * range become strings of their digits; invalid UTF-8 and lone surrogates become U+FFFD; of
 * duplicate keys the last wins.  *odd (when not NULL) is set when any of the last two was needed.
 * The caller owns the tree.  NULL: no JSON at all; the error names the offset within the range.
 */
json_t *pl_json_load(struct pl_slice text, bool *odd, struct pl_err *err);

/*
 * Strings, numbers and bools as text ("true", "4"); NULL for others, and for NULL.  buf of 48 bytes
 * for numbers.
 */
const char *pl_json_text(const json_t *j, char buf[48]);
/* A member's string, or NULL. */
const char *pl_json_member_str(const json_t *object, const char *key);

#endif
