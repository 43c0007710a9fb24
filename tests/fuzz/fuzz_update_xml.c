/* fuzz_update_xml.c - any bytes, and any plan, as what a phone and the update service say to
 * each other; an answer written again says the same. */
#include "update_xml.h"

#include "fuzz_xml.h"

static const char *const elements[] = { "Response", "Request", "BaseURL", "ExternalBaseURL",
	"Version", "Modules", "Module", "FileName", "SignatureFileName", "DeviceType",
	"MacAddress", "SerialNumber", "Vendor", "Model", "Revision", "Locale", "UserID", "n:a",
	"a23456789012345678901234567890123456789012345678901234567890123",
	"a234567890123456789012345678901234567890123456789012345678901234", NULL };
static const char *const attributes[] = { "", " Version=\"1.0.522.101\" FileName=\"CPE.nbt\"",
	" SignatureFileName=\"a&#10;b\" Version=\" 1\" TimeStamp=\"&lt;\"", " TimeStamp=\"\"",
	NULL };

/* Without a version there is no module, so nothing of it comes back. */
static void
is_the_same_written_again(const struct update_answer *a)
{
	bool module = a->version[0] != '\0';
	struct update_answer again;
	struct buf b = { 0 };

	update_xml_write_answer(&b, a);
	HOLDS(update_xml_read_answer(buf_bytes(&b), &again) == 0);
	HOLDS(strcmp(again.base_url, a->base_url) == 0);
	HOLDS(strcmp(again.external_base_url, a->external_base_url) == 0);
	HOLDS(strcmp(again.version, a->version) == 0);
	HOLDS(strcmp(again.file, module ? a->file : "") == 0);
	HOLDS(strcmp(again.signature, module ? a->signature : "") == 0);
	HOLDS(strcmp(again.time, module ? a->time : "") == 0);
	buf_done(&b);
}

static void
read_document(struct span s)
{
	struct update_request q;
	struct update_answer a;

	fuzz_mark(&q, sizeof q);
	if (update_xml_read_request(s, &q) != 0)
		HOLDS(fuzz_untouched(&q, sizeof q));
	else
		HOLDS(strlen(q.user) < sizeof q.user && strlen(q.mac) < sizeof q.mac);
	fuzz_mark(&a, sizeof a);
	if (update_xml_read_answer(s, &a) != 0)
		HOLDS(fuzz_untouched(&a, sizeof a));
	else
		is_the_same_written_again(&a);
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
