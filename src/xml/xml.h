/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML of the clouds' query APIs, as the tree that their JSON APIs give: whoever reads an answer need not
 * know in which of the two it came.
 */
#ifndef PL_XML_XML_H
#define PL_XML_XML_H

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

/*
 * The root element as JSON, by local names (namespaces and attributes are left out):
 *
 *	<a>text</a>                      "text", white space around it kept
 *	<a/>                             ""
 *	<a><b>1</b><c>2</c></a>          {"b": "1", "c": "2"}
 *	<a><item>1</item>...</a>         ["1", ...], also of `member`, however many there are
 *	<a><b>1</b><b>2</b></a>          {"b": ["1", "2"]}
 *
 * Numbers and booleans stay texts, for XML does not tell them.  The root's own name is not in it.  No
 * DTD, entity of its own, or network is used.  NULL: PL_E_INPUT (no XML, with line), PL_E_LIMIT (deeper
 * than PL_LIMIT_XML_DEPTH, or more elements than PL_LIMIT_XML_ELEMENTS).
 */
json_t *pl_xml_load(struct pl_slice text, struct pl_err *err) __attribute__((warn_unused_result));

#endif
