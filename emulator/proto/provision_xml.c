/* provision_xml.c - see provision_xml.h. */
#include "provision_xml.h"

#include <errno.h>
#include <string.h>

#include "text.h"
#include "xml_walk.h"

struct provision_reader {
	struct provision out;
	bool root, inside; /* provisionGroupList; its group ServerConfiguration */
};

/* One that does not fit stays "", as if it were not there. */
static void
provision_url(char out[PROVISION_URL_MAX], struct span text)
{
	(void)text_copy(out, PROVISION_URL_MAX, text);
}

/* One setting: <name>text</name>.  What is too long or out of range counts as not said. */
static void
provision_setting(struct provision *p, const char *name, struct span text)
{
	uint64_t n;

	if (strcmp(name, "updatesServerInternalUrl") == 0)
		provision_url(p->update_internal, text);
	else if (strcmp(name, "updatesServerExternalUrl") == 0)
		provision_url(p->update_external, text);
	else if (strcmp(name, "updatesServerEnabled") == 0)
		p->update_enabled = !span_is_nocase(text, "false");
	else if (strcmp(name, "ucExchangeMWIPoll") == 0 &&
	    text_u64(text, PROVISION_MWI_MAX, &n) == 0)
		p->mwi_poll_min = (uint32_t)n;
}

static void
provision_element(void *arg, const struct xml_element *e)
{
	struct provision_reader *r = arg;
	bool begins = e->attr != NULL;
	bool group = strcmp(e->parent, "provisionGroupList") == 0 &&
	    strcmp(e->name, "provisionGroup") == 0;

	if (begins && e->parent[0] == '\0')
		r->root = strcmp(e->name, "provisionGroupList") == 0;
	/* Only settings directly below this one group count. */
	if (group)
		r->inside = begins && strcmp(xml_attr(e, "name"), "ServerConfiguration") == 0;
	if (r->inside)
		r->out.server_configuration = true;
	if (r->inside && !begins && strcmp(e->parent, "provisionGroup") == 0)
		provision_setting(&r->out, e->name, e->text);
}

int
provision_xml_read(struct span xml, struct provision *out)
{
	struct provision_reader r = { .out = { .update_enabled = true,
					  .mwi_poll_min = PROVISION_MWI_DEFAULT } };
	int err = xml_walk(xml, provision_element, &r);

	if (err == 0 && !r.root)
		err = -EBADMSG;
	if (err == 0)
		*out = r.out;
	return err;
}
