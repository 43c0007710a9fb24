/* test_provision_xml.c - the provisioning answer of the recorded session, and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "provision_xml.h"
#include "rng.h"

#define LIST                                                                    \
	"<provisionGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/" \
	"provisiongrouplist-notification\">"
#define INTERNAL "https://fe01.contoso.test:443/RequestHandler/ucdevice.upx"
#define EXTERNAL "https://ext.contoso.test:443/RequestHandlerExt/ucdevice.upx"

static const char recorded[] =
    LIST "<provisionGroup name=\"ServerConfiguration\">"
	 "<absInternalServerUrl>https://fe01.contoso.test/abs/handler</absInternalServerUrl>"
	 "<organization>Contoso</organization><consoleDownloadInternalUrl>"
	 "</consoleDownloadInternalUrl><ucMinPinLength>6</ucMinPinLength>"
	 "<ucExchangeMWIPoll>5</ucExchangeMWIPoll>"
	 "<updatesServerInternalUrl>" INTERNAL "</updatesServerInternalUrl>"
	 "<updatesServerExternalUrl>" EXTERNAL "</updatesServerExternalUrl>"
	 "<updatesServerEnabled>true</updatesServerEnabled></provisionGroup>"
	 "<provisionGroup name=\"meetingPolicy\"><instance><property name=\"Name\">Default "
	 "Policy</property></instance></provisionGroup></provisionGroupList>";

static int
read_text(const char *xml, struct provision *p)
{
	return provision_xml_read(span_of(xml), p);
}

static void
it_reads_what_the_recorded_answer_says(void **state)
{
	struct provision p;

	(void)state;
	assert_int_equal(read_text(recorded, &p), 0);
	assert_true(p.server_configuration && p.update_enabled);
	assert_string_equal(p.update_internal, INTERNAL);
	assert_string_equal(p.update_external, EXTERNAL);
	assert_int_equal(p.mwi_poll_min, 5);
}

static void
settings_of_other_groups_and_deeper_ones_do_not_count(void **state)
{
	struct provision p;

	(void)state;
	assert_int_equal(
	    read_text(LIST "<provisionGroup name=\"ucPolicy\">"
			   "<updatesServerInternalUrl>x</updatesServerInternalUrl>"
			   "</provisionGroup><provisionGroup name=\"ServerConfiguration\"><a>"
			   "<updatesServerExternalUrl>y</updatesServerExternalUrl></a>"
			   "</provisionGroup></provisionGroupList>",
		&p),
	    0);
	assert_string_equal(p.update_internal, "");
	assert_string_equal(p.update_external, "");
	assert_int_equal(p.mwi_poll_min, PROVISION_MWI_DEFAULT);
}

static void
values_are_unescaped_trimmed_and_bounded(void **state)
{
	char longer[1024] = LIST "<provisionGroup name=\"ServerConfiguration\">"
				 "<ucExchangeMWIPoll> 0 </ucExchangeMWIPoll>"
				 "<updatesServerExternalUrl>\n http://a/?b=1&amp;c=2 "
				 "</updatesServerExternalUrl><updatesServerInternalUrl>";
	struct provision p;

	(void)state;
	for (int i = 0; i < 300; i++)
		strcat(longer, "x");
	strcat(longer,
	    "</updatesServerInternalUrl><updatesServerEnabled>FALSE"
	    "</updatesServerEnabled></provisionGroup></provisionGroupList>");
	assert_int_equal(read_text(longer, &p), 0);
	assert_string_equal(p.update_internal, "");
	assert_string_equal(p.update_external, "http://a/?b=1&c=2");
	assert_int_equal(p.mwi_poll_min, 0);
	assert_false(p.update_enabled);
}

static void
polls_out_of_range_are_the_default(void **state)
{
	struct provision p;

	(void)state;
	assert_int_equal(
	    read_text(
		"<a:provisionGroupList xmlns:a=\"x\"><a:provisionGroup "
		"name=\"ServerConfiguration\"><a:ucExchangeMWIPoll>61</a:ucExchangeMWIPoll>"
		"</a:provisionGroup></a:provisionGroupList>",
		&p),
	    0);
	assert_int_equal(p.mwi_poll_min, PROVISION_MWI_DEFAULT);
}

static void
what_is_not_such_a_list_is_refused(void **state)
{
	struct provision p = { .mwi_poll_min = 42 };

	(void)state;
	assert_int_equal(read_text("", &p), -EBADMSG);
	assert_int_equal(read_text("<roamingData/>", &p), -EBADMSG);
	assert_int_equal(read_text("<provisionGroupList>", &p), -EBADMSG);
	assert_int_equal(
	    read_text("<!DOCTYPE a [<!ENTITY b \"c\">]><provisionGroupList/>", &p), -EBADMSG);
	assert_int_equal(p.mwi_poll_min, 42);
	assert_int_equal(read_text("<provisionGroupList/>", &p), 0);
	assert_false(p.server_configuration);
}

static void
cut_or_damaged_answers_do_no_harm(void **state)
{
	struct provision p;
	struct rng rng;

	(void)state;
	for (size_t n = 0; n < sizeof recorded - 1; n++)
		assert_int_equal(
		    provision_xml_read((struct span){ (const uint8_t *)recorded, n }, &p),
		    -EBADMSG);
	rng_seed(&rng, 5, 0);
	for (int i = 0; i < 2000; i++) {
		char text[sizeof recorded];

		memcpy(text, recorded, sizeof text);
		for (int k = 0; k < 4; k++)
			text[rng_below(&rng, sizeof text - 1)] = (char)rng_u32(&rng);
		(void)provision_xml_read(
		    (struct span){ (const uint8_t *)text, sizeof text - 1 }, &p);
	}
	assert_int_equal(mem_out(), 0);
}

static void
without_memory_it_says_so(void **state)
{
	struct provision p;
	int err = -ENOMEM;

	(void)state;
	for (long n = 1; err == -ENOMEM; n++) {
		mem_fail_at(n);
		err = read_text(recorded, &p);
		assert_true(n < 100);
	}
	mem_fail_at(0);
	assert_int_equal(err, 0);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_reads_what_the_recorded_answer_says),
		cmocka_unit_test(settings_of_other_groups_and_deeper_ones_do_not_count),
		cmocka_unit_test(values_are_unescaped_trimmed_and_bounded),
		cmocka_unit_test(polls_out_of_range_are_the_default),
		cmocka_unit_test(what_is_not_such_a_list_is_refused),
		cmocka_unit_test(cut_or_damaged_answers_do_no_harm),
		cmocka_unit_test(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
