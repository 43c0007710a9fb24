/* provision_xml.c - see provision_xml.h.  A document type is refused: none is ever sent, and
 * entities are how XML does harm. */
#include "provision_xml.h"

#include <errno.h>
#include <string.h>

#include <expat.h>

#include "mem.h"
#include "text.h"

struct provision_reader {
	XML_Parser parser;
	struct provision out;
	unsigned depth;
	bool root, inside; /* provisionGroupList; its group ServerConfiguration */
	char text[PROVISION_URL_MAX];
	size_t n; /* of the text; more than fits: too long to be of use */
};

/* Without the prefix. */
static const char *
local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void XMLCALL
provision_start(void *arg, const char *name, const char **attr)
{
	struct provision_reader *r = arg;

	r->n = 0;
	name = local_name(name);
	if (r->depth == 0)
		r->root = strcmp(name, "provisionGroupList") == 0;
	if (r->depth == 1 && r->root && strcmp(name, "provisionGroup") == 0)
		for (size_t i = 0; attr[i] != NULL; i += 2)
			if (strcmp(attr[i], "name") == 0)
				r->inside = strcmp(attr[i + 1], "ServerConfiguration") == 0;
	if (r->inside)
		r->out.server_configuration = true;
	r->depth++;
}

static void XMLCALL
provision_text(void *arg, const char *text, int n)
{
	struct provision_reader *r = arg;
	size_t room = sizeof r->text - 1;

	for (int i = 0; i < n; i++) {
		if (r->n < room)
			r->text[r->n] = text[i];
		if (r->n <= room)
			r->n++;
	}
}

/* One setting: <name>text</name>. */
static void
provision_setting(struct provision_reader *r, const char *name)
{
	struct span text = span_trim((struct span){ (const uint8_t *)r->text, r->n });
	struct provision *p = &r->out;
	uint64_t n;

	if (r->n >= sizeof r->text)
		return;
	if (strcmp(name, "updatesServerInternalUrl") == 0)
		(void)text_copy(p->update_internal, sizeof p->update_internal, text);
	if (strcmp(name, "updatesServerExternalUrl") == 0)
		(void)text_copy(p->update_external, sizeof p->update_external, text);
	if (strcmp(name, "updatesServerEnabled") == 0)
		p->update_enabled = !span_is_nocase(text, "false");
	if (strcmp(name, "ucExchangeMWIPoll") == 0 &&
	    text_u64(text, PROVISION_MWI_MAX, &n) == 0)
		p->mwi_poll_min = (uint32_t)n;
}

static void XMLCALL
provision_end(void *arg, const char *name)
{
	struct provision_reader *r = arg;

	r->depth--;
	if (r->depth == 2 && r->inside)
		provision_setting(r, local_name(name));
	if (r->depth == 1)
		r->inside = false;
	r->n = 0;
}

static void XMLCALL
provision_doctype(
    void *arg, const char *name, const char *system, const char *public, int internal)
{
	struct provision_reader *r = arg;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

int
provision_xml_read(struct span xml, struct provision *out)
{
	static const XML_Memory_Handling_Suite memory = { mem_new, mem_realloc, mem_free };
	struct provision_reader r = { .out = { .update_enabled = true,
					  .mwi_poll_min = PROVISION_MWI_DEFAULT } };
	int err = 0;

	if (xml.n > INT32_MAX)
		return -EBADMSG;
	r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (r.parser == NULL)
		return -ENOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, provision_start, provision_end);
	XML_SetCharacterDataHandler(r.parser, provision_text);
	XML_SetStartDoctypeDeclHandler(r.parser, provision_doctype);

	if (XML_Parse(r.parser, (const char *)xml.p, (int)xml.n, XML_TRUE) != XML_STATUS_OK)
		err = XML_GetErrorCode(r.parser) == XML_ERROR_NO_MEMORY ? -ENOMEM : -EBADMSG;
	else if (!r.root)
		err = -EBADMSG;
	XML_ParserFree(r.parser);
	if (err == 0)
		*out = r.out;
	return err;
}
