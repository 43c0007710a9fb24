/* test_update_xml.c - what the phone and the update service say to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "update_xml.h"

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
given_several_modules_the_first_counts(void **state)
{
	struct update_answer a;

	(void)state;
	assert_int_equal(
	    update_xml_read_answer(
		span_of("<Response><BaseURL>http://h/CPE</BaseURL><Modules>"
			"<Module FileName=\"CPE.nbt\" SignatureFileName=\"CPE.cat\" "
			"Version=\"1.0.522.101\"/><Module FileName=\"FONT.nbt\" "
			"SignatureFileName=\"FONT.cat\" Version=\"1.0.9.9\"/>"
			"</Modules></Response>"),
		&a),
	    0);
	assert_string_equal(a.file, "CPE.nbt");
	assert_string_equal(a.signature, "CPE.cat");
	assert_string_equal(a.version, "1.0.522.101");
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

	(void)state;
	/* The last tag's end is where the document becomes whole. */
	for (size_t n = 0; n + 2 < sizeof answer; n++) {
		char copy[sizeof answer];

		memcpy(copy, answer, n);
		assert_int_not_equal(
		    update_xml_read_answer((struct span){ (uint8_t *)copy, n }, &a), 0);
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

	(void)state;
	rng_seed(&r, 3, 0);
	for (int i = 0; i < 3000; i++) {
		size_t n = rng_below(&r, sizeof bytes);

		for (size_t k = 0; k < n; k++)
			bytes[k] = i % 2 ? (uint8_t)rng_u32(&r)
					 : (uint8_t)letters[rng_below(&r, sizeof letters - 1)];
		assert_int_not_equal(update_xml_read_request((struct span){ bytes, n }, &q), 0);
	}
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_guides_answer_its_urls_and_version_are_read),
		cmocka_unit_test(given_blank_urls_nothing_is_offered),
		cmocka_unit_test(given_what_was_written_it_reads_the_same),
		cmocka_unit_test(given_several_modules_the_first_counts),
		cmocka_unit_test(given_a_request_its_fields_are_read),
		cmocka_unit_test(given_every_truncation_it_is_an_error),
		cmocka_unit_test(given_a_document_type_or_too_much_depth_it_is_refused),
		cmocka_unit_test(given_random_bytes_nothing_crashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
