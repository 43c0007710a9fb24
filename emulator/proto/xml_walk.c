/* xml_walk.c - see xml_walk.h. */
#include "xml_walk.h"

#include <errno.h>
#include <expat.h>
#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "text.h"

struct walk {
	XML_Parser parser;
	xml_walk_fn *fn;
	void *arg;
	size_t depth;
	char name[XML_WALK_DEPTH][64];
	struct buf text;
	bool bad;
};

/* The parse ends here; expat may still call a handler once. */
static void
stop(struct walk *w)
{
	w->bad = true;
	(void)XML_StopParser(w->parser, XML_FALSE);
}

static const char *
parent_of(const struct walk *w)
{
	return w->depth > 1 ? w->name[w->depth - 2] : "";
}

/* Text that came before a child element is not the child's. */
static void
on_start(void *arg, const XML_Char *name, const XML_Char **attr)
{
	struct walk *w = arg;
	const char *colon = strrchr(name, ':');
	const char *local = colon ? colon + 1 : name;
	struct xml_element e = { .attr = (const char *const *)attr };

	/* Namespaces are not resolved: the prefix is the sender's choice, so it is dropped. */
	if (w->depth == XML_WALK_DEPTH || strlen(local) >= sizeof w->name[0]) {
		stop(w);
		return;
	}
	(void)text_copy(w->name[w->depth++], sizeof w->name[0], span_of(local));
	buf_clear(&w->text);
	e.name = w->name[w->depth - 1];
	e.parent = parent_of(w);
	w->fn(w->arg, &e);
}

static void
on_text(void *arg, const XML_Char *text, int n)
{
	struct walk *w = arg;

	size_t room = XML_WALK_TEXT - w->text.n, take = (size_t)n < room ? (size_t)n : room;

	/* Text comes in pieces, and what is over the limit is dropped. */
	buf_put(&w->text, text, take);
	if (w->text.err)
		stop(w);
}

static void
on_end(void *arg, const XML_Char *name)
{
	struct walk *w = arg;
	struct xml_element e = { .text = span_trim(buf_bytes(&w->text)) };

	(void)name;
	/* expat still ends an empty element whose start has stopped it. */
	if (w->bad)
		return;
	if (e.text.p == NULL)
		e.text = span_of("");
	e.name = w->name[w->depth - 1];
	e.parent = parent_of(w);
	w->fn(w->arg, &e);
	buf_clear(&w->text);
	w->depth--;
}

/* Refused before any entity of it could be expanded. */
static void
on_doctype(
    void *arg, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	stop(arg);
}

const char *
xml_attr(const struct xml_element *e, const char *name)
{
	for (size_t i = 0; e->attr != NULL && e->attr[i] != NULL; i += 2)
		if (strcmp(e->attr[i], name) == 0)
			return e->attr[i + 1];
	return "";
}

int
xml_walk(struct span document, xml_walk_fn *fn, void *arg)
{
	/* expat's memory comes from where all other does. */
	static const XML_Memory_Handling_Suite memory = { mem_new, mem_realloc, mem_free };
	struct walk w = { .fn = fn, .arg = arg };
	int err = 0;

	if (document.n == 0 || document.n > XML_WALK_BYTES)
		return -EBADMSG;
	w.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (w.parser == NULL)
		return -ENOMEM;
	buf_init(&w.text, XML_WALK_TEXT);
	XML_SetUserData(w.parser, &w);
	XML_SetElementHandler(w.parser, on_start, on_end);
	XML_SetCharacterDataHandler(w.parser, on_text);
	XML_SetStartDoctypeDeclHandler(w.parser, on_doctype);

	if (XML_Parse(w.parser, (const char *)document.p, (int)document.n, XML_TRUE) !=
	    XML_STATUS_OK)
		err = w.text.err == -ENOMEM || XML_GetErrorCode(w.parser) == XML_ERROR_NO_MEMORY
		    ? -ENOMEM
		    : -EBADMSG;
	if (w.bad && err == 0)
		err = -EBADMSG;
	XML_ParserFree(w.parser);
	buf_done(&w.text);
	return err;
}
