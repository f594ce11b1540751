/* SPDX-License-Identifier: Apache-2.0 */
/* XML -> JSON by libxml2: see xml.h. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "base/limits.h"
#include "xml/xml.h"

struct load {
	size_t elements;
	struct pl_err *err;
};

static json_t *value_of(struct load *l, const xmlNode *element, unsigned depth);

static const xmlNode *first_child(const xmlNode *element)
{
	const xmlNode *n = element->children;

	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static const xmlNode *next_sibling(const xmlNode *n)
{
	for (n = n->next; n && n->type != XML_ELEMENT_NODE; n = n->next)
		;
	return n;
}

static bool is_list(const xmlNode *child)
{
	return xmlStrEqual(child->name, BAD_CAST "item") || xmlStrEqual(child->name, BAD_CAST "member");
}

static json_t *text_of(const xmlNode *element)
{
	xmlChar *text = xmlNodeGetContent(element);
	json_t *j = json_string(text ? (const char *)text : "");

	xmlFree(text);
	return j;
}

static json_t *list_of(struct load *l, const xmlNode *child, unsigned depth)
{
	json_t *list = json_array();

	for (; child; child = next_sibling(child))
		if (json_array_append_new(list, value_of(l, child, depth)))
			break;
	return list;
}

/* A name that comes again makes a list; `again`: the names that did. */
static void add_member(json_t *object, json_t *again, const char *name, json_t *value)
{
	json_t *had = json_object_get(object, name);

	if (!had) {
		json_object_set_new(object, name, value);
	} else if (json_object_get(again, name)) {
		json_array_append_new(had, value);
	} else {
		json_object_set_new(again, name, json_true());
		json_object_set_new(object, name, json_pack("[O, o]", had, value));
	}
}

static json_t *object_of(struct load *l, const xmlNode *child, unsigned depth)
{
	json_t *object = json_object(), *again = json_object();

	for (; child && l->err->code == PL_E_NONE; child = next_sibling(child)) {
		json_t *value = value_of(l, child, depth);

		if (value)
			add_member(object, again, (const char *)child->name, value);
	}
	json_decref(again);
	return object;
}

static json_t *value_of(struct load *l, const xmlNode *element, unsigned depth)
{
	const xmlNode *child = first_child(element);

	if (depth > PL_LIMIT_XML_DEPTH || ++l->elements > PL_LIMIT_XML_ELEMENTS) {
		pl_err_set(l->err, PL_E_LIMIT, "XML deeper than %d elements, or with more than %d", PL_LIMIT_XML_DEPTH,
			   PL_LIMIT_XML_ELEMENTS);
		return NULL;
	}
	if (!child)
		return text_of(element);
	return is_list(child) ? list_of(l, child, depth + 1) : object_of(l, child, depth + 1);
}

static int not_xml(const xmlParserCtxt *parser, struct pl_err *err)
{
	const xmlError *e = &parser->lastError;

	if (!e->message)
		return pl_err_set(err, PL_E_INPUT, "this is no XML");
	return pl_err_set(err, PL_E_INPUT, "line %d: invalid XML: %.*s", e->line, (int)strcspn(e->message, "\n"),
			  e->message);
}

static json_t *tree_of(const xmlDoc *doc, struct pl_err *err)
{
	struct pl_err why = PL_ERR_INIT;
	struct load l = { .err = &why };
	json_t *j;

	/* what it could define nobody needs, and it is how entities grow */
	if (doc->intSubset) {
		pl_err_set(err, PL_E_INPUT, "XML with a document type, which no API answers");
		return NULL;
	}
	j = value_of(&l, xmlDocGetRootElement((xmlDoc *)(uintptr_t)doc), 1);
	if (why.code == PL_E_NONE)
		return j;
	json_decref(j);
	*err = why;
	return NULL;
}

json_t *pl_xml_load(struct pl_slice text, struct pl_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	xmlParserCtxt *parser;
	json_t *j = NULL;
	xmlDoc *doc;

	pthread_once(&once, xmlInitParser);
	if (text.n > INT_MAX) {
		pl_err_set(err, PL_E_LIMIT, "XML of more than 2 GiB");
		return NULL;
	}
	parser = xmlNewParserCtxt();
	doc = parser ? xmlCtxtReadMemory(parser, text.p, (int)text.n, NULL, NULL,
					 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)
		     : NULL;
	if (doc)
		j = tree_of(doc, err);
	else if (parser)
		(void)not_xml(parser, err);
	else
		pl_err_set(err, PL_E_INTERNAL, "no XML parser");
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(parser);
	return j;
}
