/*
 * fuzz_xml.c - any bytes as the XML of the update service, Autodiscover, provisioning: as they
 * are, and as the plan of a document, since expat (which the fuzzer cannot see into) stops
 * bytes of chance at once.
 */
#include "autodiscover_xml.h"
#include "provision_xml.h"
#include "update_xml.h"

enum { DEPTH_MAX = 40 };

static const char *const elements[] = { "Response", "Request", "BaseURL", "ExternalBaseURL",
	"Version", "Modules", "Module", "Autodiscover", "User", "DisplayName", "EwsUrl",
	"ErrorCode", "RedirectUrl", "EMailAddress", "provisionGroupList", "provisionGroup",
	"updatesServerInternalUrl", "updatesServerEnabled", "ucExchangeMWIPoll", "n:a",
	"a23456789012345678901234567890123456789012345678901234567890123",
	"a234567890123456789012345678901234567890123456789012345678901234" };
static const char *const attributes[] = { "", " name=\"ServerConfiguration\"",
	" Version=\"1.0.522.101\" FileName=\"CPE.nbt\"", " TimeStamp=\"\"" };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
read_all(struct span s)
{
	struct autodiscover_answer d;
	struct update_request q;
	struct update_answer a;
	struct provision v;
	char email[64];

	(void)update_xml_read_answer(s, &a);
	(void)update_xml_read_request(s, &q);
	(void)autodiscover_xml_read(s, &d);
	(void)autodiscover_xml_read_request(s, email, sizeof email);
	(void)provision_xml_read(s, &v);
}

/* Two bytes are one deed: open an element, close one, an empty one, text. */
static void
write_document(struct buf *b, const uint8_t *p, size_t n)
{
	const char *open[DEPTH_MAX];
	size_t depth = 0;

	for (size_t i = 0; i + 1 < n; i += 2) {
		const char *name = elements[p[i] / 4 % (sizeof elements / sizeof *elements)];
		const char *attr = attributes[p[i + 1] % 4];

		if (p[i] % 4 == 0 && depth < DEPTH_MAX) {
			open[depth++] = name;
			buf_printf(b, "<%s%s>", name, attr);
		} else if (p[i] % 4 == 1 && depth > 0) {
			buf_printf(b, "</%s>", open[--depth]);
		} else if (p[i] % 4 == 2) {
			buf_printf(b, "<%s%s/>", name, attr);
		} else if (p[i] % 4 == 3) {
			buf_printf(b, "%0*u", p[i + 1] * (p[i] / 4) + 1, p[i + 1] % 100u);
		}
	}
	while (depth > 0)
		buf_printf(b, "</%s>", open[--depth]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf document = { 0 };

	read_all((struct span){ p, n });
	write_document(&document, p, n);
	read_all(buf_bytes(&document));
	buf_done(&document);
	return 0;
}
