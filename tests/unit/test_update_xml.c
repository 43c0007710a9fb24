/* test_update_xml.c - URLs, XML, the update service's and Autodiscover's documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "autodiscover_xml.h"
#include "mem.h"
#include "rng.h"
#include "update_xml.h"
#include "url.h"
#include "xml_walk.h"

static const char answer[] = "<?xml version=\"1.0\"?>\n<Response>\n"
			     "<BaseURL>http://pool01.contoso.com/DeviceUpdateFiles_Int/UCPhone/"
			     "Polycom/CX700/A/ENU/1.0.522.101/CPE</BaseURL>\n"
			     "<ExternalBaseURL>https://ocsrp.fabrikam.com/"
			     "DeviceUpdateFiles_Ext/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE"
			     "</ExternalBaseURL>\n</Response>\n";

static void
given_the_guides_answer_its_urls_and_version_are_read(void **state)
{
	struct update_answer a;

	(void)state;
	assert_int_equal(update_xml_read_answer(span_of(answer), &a), 0);
	assert_string_equal(a.base_url,
	    "http://pool01.contoso.com/DeviceUpdateFiles_Int/UCPhone/Polycom/"
	    "CX700/A/ENU/1.0.522.101/CPE");
	assert_string_equal(a.version, "1.0.522.101");
	assert_true(strncmp(a.external_base_url, "https://ocsrp.", 14) == 0);
}

static void
given_blank_urls_nothing_is_offered(void **state)
{
	struct update_answer a;

	(void)state;
	assert_int_equal(
	    update_xml_read_answer(
		span_of("<Response><BaseURL></BaseURL><ExternalBaseURL/></Response>"), &a),
	    0);
	assert_string_equal(a.base_url, "");
	assert_string_equal(a.version, "");
}

static void
given_what_was_written_it_reads_the_same(void **state)
{
	struct update_answer a = { .base_url = "http://h/a&b",
		.file = "CPE.nbt",
		.signature = "CPE.cat",
		.version = "1.0.522.101",
		.time = "2009-09-09T00:00:00Z" };
	struct update_answer b;
	struct buf out = { 0 };

	(void)state;
	update_xml_write_answer(&out, &a);
	assert_int_equal(update_xml_read_answer(buf_bytes(&out), &b), 0);
	assert_memory_equal(&a, &b, sizeof a);
	buf_done(&out);
}

static void
given_a_request_its_fields_are_read(void **state)
{
	static const char request[] =
	    "<Request><DeviceType>UCPhone</DeviceType><MacAddress>00-04-F2-10-00-00</"
	    "MacAddress><SerialNumber/>"
	    "<Vendor>Polycom</Vendor><Model>CX700</Model><Revision>A</Revision><Locale>ENU</"
	    "Locale>"
	    "<Modules><Module FileName=\"CPE.nbt\" Version=\"1.0.199.123\" "
	    "TimeStamp=\"x\"/></Modules></Request>";
	struct update_request q;

	(void)state;
	assert_int_equal(update_xml_read_request(span_of(request), &q), 0);
	assert_string_equal(q.version, "1.0.199.123");
	assert_string_equal(q.serial, "");
	assert_string_equal(q.locale, "ENU");
	assert_int_equal(update_xml_read_request(span_of(answer), &q), -EBADMSG);
}

static void
given_every_truncation_it_is_an_error(void **state)
{
	struct update_answer a;
	struct autodiscover_answer d;

	(void)state;
	/* The last tag's end is where the document becomes whole. */
	for (size_t n = 0; n + 2 < sizeof answer; n++) {
		char copy[sizeof answer];

		memcpy(copy, answer, n);
		assert_int_not_equal(
		    update_xml_read_answer((struct span){ (uint8_t *)copy, n }, &a), 0);
		assert_int_not_equal(
		    autodiscover_xml_read((struct span){ (uint8_t *)copy, n }, &d), 0);
	}
	assert_int_equal(mem_out(), 0);
}

static void
given_a_document_type_or_too_much_depth_it_is_refused(void **state)
{
	struct buf deep = { 0 };
	struct update_answer a;

	(void)state;
	assert_int_equal(
	    update_xml_read_answer(
		span_of("<!DOCTYPE Response [<!ENTITY a \"b\">]><Response>&a;</Response>"), &a),
	    -EBADMSG);
	buf_text(&deep, "<Response>");
	for (int i = 0; i < 1000; i++)
		buf_text(&deep, "<a>");
	assert_int_equal(update_xml_read_answer(buf_bytes(&deep), &a), -EBADMSG);
	buf_clear(&deep);
	buf_text(&deep, "<Response><BaseURL>");
	for (int i = 0; i < 1000; i++)
		buf_text(&deep, "aaaa");
	buf_text(&deep, "</BaseURL></Response>");
	assert_int_equal(update_xml_read_answer(buf_bytes(&deep), &a), -EBADMSG);
	buf_done(&deep);
}

static void
given_random_bytes_nothing_crashes(void **state)
{
	static const char letters[] = "<>/=\"'& aB!?-[]\n";
	struct update_request q;
	uint8_t bytes[200];
	struct rng r;
	struct url u;

	(void)state;
	rng_seed(&r, 3, 0);
	for (int i = 0; i < 3000; i++) {
		size_t n = rng_below(&r, sizeof bytes);

		for (size_t k = 0; k < n; k++)
			bytes[k] = i % 2 ? (uint8_t)rng_u32(&r)
					 : (uint8_t)letters[rng_below(&r, sizeof letters - 1)];
		assert_int_not_equal(update_xml_read_request((struct span){ bytes, n }, &q), 0);
		assert_int_not_equal(url_read((struct span){ bytes, n }, &u), 0);
	}
	assert_int_equal(mem_out(), 0);
}

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

static void
given_urls_their_parts_are_read(void **state)
{
	static const char *const bad[] = { "", "ftp://x/", "http://", "http://a:0/",
		"http://a:99999/", "http://a b/", "http://u@h/", "http:///x", "http://a/b c",
		"//a" };
	struct url u;

	(void)state;
	assert_int_equal(
	    url_read(span_of("https://fe01.contoso.test:443/RequestHandler/ucdevice.upx"), &u),
	    0);
	assert_true(u.tls);
	assert_int_equal(u.port, 443);
	assert_string_equal(u.host, "fe01.contoso.test");
	assert_string_equal(u.path, "/RequestHandler/ucdevice.upx");
	assert_true(url_port_is_default(&u));
	assert_int_equal(url_read(span_of("HTTP://192.168.7.81"), &u), 0);
	assert_int_equal(u.port, 80);
	assert_string_equal(u.path, "/");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(url_read(span_of(bad[i]), &u), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_guides_answer_its_urls_and_version_are_read),
		cmocka_unit_test(given_blank_urls_nothing_is_offered),
		cmocka_unit_test(given_what_was_written_it_reads_the_same),
		cmocka_unit_test(given_a_request_its_fields_are_read),
		cmocka_unit_test(given_every_truncation_it_is_an_error),
		cmocka_unit_test(given_a_document_type_or_too_much_depth_it_is_refused),
		cmocka_unit_test(given_random_bytes_nothing_crashes),
		cmocka_unit_test(given_autodiscover_documents_both_sides_agree),
		cmocka_unit_test(given_urls_their_parts_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
