/* fuzz_xml.c - any bytes as the XML of the update service, Autodiscover, provisioning. */
#include "autodiscover_xml.h"
#include "provision_xml.h"
#include "update_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
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
	return 0;
}
