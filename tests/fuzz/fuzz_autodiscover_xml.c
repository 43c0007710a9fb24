/* fuzz_autodiscover_xml.c - any bytes, and any plan, as Exchange's Autodiscover; an answer
 * written again says the same. */
#include "autodiscover_xml.h"

#include "fuzz_xml.h"

static const char *const elements[] = { "Autodiscover", "Response", "Request", "User",
	"DisplayName", "EwsUrl", "Protocol", "Error", "ErrorCode", "RedirectUrl",
	"RedirectAddr", "EMailAddress", "n:EwsUrl", NULL };
static const char *const attributes[] = { "", " xmlns=\"a\"", " a=\"&quot;\" b=''", NULL };

static void
is_the_same_written_again(const struct autodiscover_answer *a)
{
	struct autodiscover_answer again;
	struct buf b = { 0 };

	autodiscover_xml_write(&b, "a@b", a);
	HOLDS(autodiscover_xml_read(buf_bytes(&b), &again) == 0);
	HOLDS(again.error_code == a->error_code);
	if (a->error_code == 0) {
		HOLDS(strcmp(again.display_name, a->display_name) == 0);
		HOLDS(strcmp(again.ews_url, a->ews_url) == 0);
	}
	buf_done(&b);
}

static void
read_document(struct span s)
{
	struct autodiscover_answer a;
	char email[64];
	int err;

	fuzz_mark(&a, sizeof a);
	if (autodiscover_xml_read(s, &a) != 0)
		HOLDS(fuzz_untouched(&a, sizeof a));
	else
		is_the_same_written_again(&a);
	err = autodiscover_xml_read_request(s, email, sizeof email);
	HOLDS(strlen(email) < sizeof email && (err != 0 || email[0] != '\0'));
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
