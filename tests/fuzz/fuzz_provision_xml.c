/* fuzz_provision_xml.c - any bytes, and any plan, as what a SUBSCRIBE for provisioning is
 * answered with. */
#include "provision_xml.h"

#include "fuzz_xml.h"

static const char *const elements[] = { "provisionGroupList", "provisionGroup",
	"updatesServerInternalUrl", "updatesServerExternalUrl", "updatesServerEnabled",
	"ucExchangeMWIPoll", "n:provisionGroup", NULL };
static const char *const attributes[] = { "", " name=\"ServerConfiguration\"",
	" name=\"ucPolicy\"", NULL };

static void
read_document(struct span s)
{
	struct provision v;

	fuzz_mark(&v, sizeof v);
	if (provision_xml_read(s, &v) != 0) {
		HOLDS(fuzz_untouched(&v, sizeof v));
		return;
	}
	HOLDS(v.mwi_poll_min <= PROVISION_MWI_MAX);
	HOLDS(strlen(v.update_internal) < PROVISION_URL_MAX);
	HOLDS(strlen(v.update_external) < PROVISION_URL_MAX);
	/* What the group would have said goes without saying when it is not there. */
	if (!v.server_configuration)
		HOLDS(v.update_enabled && v.mwi_poll_min == PROVISION_MWI_DEFAULT &&
		    v.update_internal[0] == '\0' && v.update_external[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct fuzz_xml xml = { elements, attributes };
	struct buf document = { 0 };

	read_document((struct span){ p, n });
	fuzz_xml_write(&document, &xml, (struct span){ p, n });
	read_document(buf_bytes(&document));
	buf_done(&document);
	return 0;
}
