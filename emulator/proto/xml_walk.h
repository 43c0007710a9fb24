/*
 * xml_walk.h - read a small XML document, element by element.  Parsing by expat; a
 * document type, and with it every entity of the sender's own, is refused.  A text
 * longer than XML_WALK_TEXT is cut there: it fits nothing that anybody reads it
 * into.
 */
#ifndef PROTO_XML_WALK_H
#define PROTO_XML_WALK_H
#include "span.h"

enum { XML_WALK_DEPTH = 24, XML_WALK_TEXT = 2048, XML_WALK_BYTES = 1 << 20 };

struct xml_element {
	const char *name;        /* without its namespace */
	const char *parent;      /* "" for the root */
	const char *const *attr; /* name, value, ..., NULL; at the start only */
	struct span text;        /* trimmed; at the end only */
};

/* Told of every element when it starts (text.p is NULL) and when it ends (attr is NULL). */
typedef void xml_walk_fn(void *arg, const struct xml_element *);

/* The value of an attribute, or "". */
const char *xml_attr(const struct xml_element *, const char *name);

/* 0; -EBADMSG: not well-formed, too deep, too long, or with a document type; -ENOMEM. */
int xml_walk(struct span document, xml_walk_fn *, void *arg);

#endif
