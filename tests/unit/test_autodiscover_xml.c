/* test_autodiscover_xml.c - what Exchange answers, and what it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "autodiscover_xml.h"
#include "edge.h"
#include "mem.h"

static void
given_autodiscover_documents_both_sides_agree(void **state)
{
	struct autodiscover_answer a = { .display_name = "Phone <1>",
		.ews_url = "https://mail01/EWS/Exchange.asmx" };
	struct autodiscover_answer b;
	struct buf out = { 0 };
	char email[64];

	(void)state;
	autodiscover_xml_write(&out, "phone1@contoso.com", &a);
	assert_int_equal(autodiscover_xml_read(buf_bytes(&out), &b), 0);
	assert_string_equal(b.ews_url, a.ews_url);
	assert_string_equal(b.display_name, a.display_name);
	buf_clear(&out);
	a.error_code = 500;
	autodiscover_xml_write(&out, "x@y", &a);
	assert_int_equal(autodiscover_xml_read(buf_bytes(&out), &b), 0);
	assert_int_equal(b.error_code, 500);
	buf_done(&out);
	assert_int_equal(
	    autodiscover_xml_read_request(span_of("<Autodiscover><Request><EMailAddress>a@b</"
						  "EMailAddress></Request></Autodiscover>"),
		email, sizeof email),
	    0);
	assert_string_equal(email, "a@b");
}

/* As Exchange writes it: several protocols, and much that nobody here reads. */
static void
given_long_texts_that_nobody_needs_the_rest_is_read(void **state)
{
	struct autodiscover_answer a;
	struct buf out = { 0 };

	(void)state;
	buf_text(&out, "<Autodiscover><Response><User><DisplayName>");
	for (int i = 0; i < 200; i++)
		buf_text(&out, "x");
	buf_text(&out, "</DisplayName><Blob>");
	for (int i = 0; i < 5000; i++)
		buf_text(&out, "x");
	buf_text(&out,
	    "</Blob></User><Account><Protocol><Type>EXCH</Type><EwsUrl>https://in/EWS"
	    "</EwsUrl></Protocol><Protocol><Type>EXPR</Type><EwsUrl>https://out/EWS</EwsUrl>"
	    "</Protocol></Account></Response></Autodiscover>");
	assert_int_equal(autodiscover_xml_read(buf_bytes(&out), &a), 0);
	assert_string_equal(a.display_name, "");
	assert_string_equal(a.ews_url, "https://in/EWS");

	/* But an address too long is no address. */
	buf_clear(&out);
	buf_text(&out, "<Autodiscover><EwsUrl>https://");
	for (int i = 0; i < 5000; i++)
		buf_text(&out, "x");
	buf_text(&out, "</EwsUrl></Autodiscover>");
	assert_int_equal(autodiscover_xml_read(buf_bytes(&out), &a), -EBADMSG);
	buf_done(&out);
}

/* The last tag's end is where the document becomes whole. */
static void
given_every_truncation_it_is_an_error(void **state)
{
	struct autodiscover_answer a = { .ews_url = "https://mail01/EWS/Exchange.asmx" }, b;
	struct buf out = { 0 };

	(void)state;
	autodiscover_xml_write(&out, "phone1@contoso.com", &a);
	for (size_t n = 0; n < out.n; n++) {
		struct span cut = edge((struct span){ out.p, n });

		assert_int_not_equal(autodiscover_xml_read(cut, &b), 0);
	}
	buf_done(&out);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_autodiscover_documents_both_sides_agree),
		cmocka_unit_test(given_long_texts_that_nobody_needs_the_rest_is_read),
		cmocka_unit_test(given_every_truncation_it_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
