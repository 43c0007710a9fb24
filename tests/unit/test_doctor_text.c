/* test_doctor_text.c - the doctor's report as people and as programs read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "doctor.h"
#include "mem.h"

static json_t *
row(const char *text)
{
	long left = mem_fail_at(0); /* a test's own means */
	struct buf json = { 0 };
	json_t *one;

	buf_text(&json, text);
	for (size_t i = 0; i < json.n; i++)
		if (json.p[i] == '\'')
			json.p[i] = '"';
	one = json_loadb((const char *)json.p, json.n, 0, NULL);
	if (one == NULL)
		fail_msg("no JSON: %s", text);
	buf_done(&json);
	(void)mem_fail_at(left);
	return one;
}

/* The line of a row. */
static void
reads(const char *text, const char *want)
{
	json_t *one = row(text);
	struct buf out = { 0 };

	doctor_text_row(one, &out);
	assert_string_equal(buf_cstr(&out), want);
	buf_done(&out);
	json_decref(one);
}

#define GOOD_LEASE                                                                            \
	"{'step': 'dhcp_lease', 'guide': [1, 2], 'try': 1, 'verdict': 'done', 'detail': '', " \
	"'seen': {'dhcp_messages': ['DISCOVER', 'OFFER', 'REQUEST', 'ACK'], 'address': "      \
	"'10.1.2.3', 'domain': 'contoso.com', 'dhcp_answered': [3, 6, 15, 43, 119]}}"
#define NO_TIME                                                                      \
	"{'step': 'ntp_sync', 'guide': [5, 5], 'try': 4, 'verdict': 'fail', 'why': " \
	"'timeout', 'detail': 'limit:5000ms', 'seen': {}}"
#define NO_UPDATE                                                                           \
	"{'step': 'update_ask', 'guide': [24, 25], 'try': 1, 'verdict': 'done', 'detail': " \
	"'', 'seen': {'version': '1.0.199.123', 'offered': ''}}"

/* ---- a row ------------------------------------------------------------------------------- */

static void
a_good_row_is_what_was_asked_and_what_came(void **state)
{
	(void)state;
	reads(GOOD_LEASE,
	    "   1-2  ok    dhcp_lease: asks for an address (DISCOVER, OFFER, REQUEST, ACK);\n"
	    "              it gets 10.1.2.3, domain contoso.com\n");
	reads("{'step': 'ntp_sync', 'guide': [5, 5], 'verdict': 'done', 'seen': "
	      "{'ntp_stratum': 2}}",
	    "     5  ok    ntp_sync: asks for the time; it is answered by stratum 2\n");
}

static void
a_failed_row_says_why(void **state)
{
	(void)state;
	reads(NO_TIME,
	    "     5  FAIL  ntp_sync: asks for the time; the row's time was up "
	    "(limit:5000ms)\n");
	/* Nothing is known of the detail: then of the reason. */
	reads("{'step': 'ntp_sync', 'guide': [5, 5], 'verdict': 'fail', 'why': 'bad_reply', "
	      "'detail': 'ntp:no time', 'seen': {}}",
	    "     5  FAIL  ntp_sync: asks for the time; the answer could not be read or made\n"
	    "              no sense (ntp:no time)\n");
}

static void
a_row_that_was_left_out_says_so(void **state)
{
	(void)state;
	reads("{'step': 'ca_find', 'guide': [16, 16], 'verdict': 'skip', 'detail': "
	      "'known:ROOT', 'seen': {}}",
	    "    16  -     ca_find: left out: it knows that already\n");
	reads("{'step': 'update_at_power_on', 'guide': [6, 6], 'verdict': 'skip', 'detail': "
	      "'profile:build 1', 'seen': {}}",
	    "     6  -     update_at_power_on: left out: profile:build 1\n");
}

static void
a_row_that_was_done_badly_is_marked(void **state)
{
	(void)state;
	reads("{'step': 'dhcp_lease', 'guide': [1, 2], 'verdict': 'done', 'seen': "
	      "{'address': '10.1.2.3', 'dhcp_answered': [6, 119]}}",
	    "   1-2  BAD   dhcp_lease: asks for an address; it gets 10.1.2.3\n");
	reads("{'step': 'dhcp_lease', 'guide': [1, 2], 'verdict': 'done', 'seen': "
	      "{'address': '10.1.2.3', 'domain': 'a', 'dhcp_answered': [6, 15]}}",
	    "   1-2  bad   dhcp_lease: asks for an address; it gets 10.1.2.3, domain a\n");
	/* A note is no blemish. */
	reads("{'step': 'dhcp_lease', 'guide': [1, 2], 'verdict': 'done', 'seen': "
	      "{'address': '10.1.2.3', 'domain': 'a', 'dhcp_answered': [6, 15, 119]}}",
	    "   1-2  ok    dhcp_lease: asks for an address; it gets 10.1.2.3, domain a\n");
	/* What is left out may harm, too. */
	reads("{'step': 'sip_provision', 'guide': null, 'verdict': 'skip', 'detail': "
	      "'sip:the pool does not offer x', 'seen': {}}",
	    "        bad   sip_provision: left out: sip:the pool does not offer x\n");
}

static void
the_doctors_own_rows_have_words(void **state)
{
	(void)state;
	reads("{'step': 'client_hello', 'guide': null, 'verdict': 'done', 'seen': "
	      "{'tls_server': 'pool01:5061', 'tls_chosen': 4, 'tls_version': 769, "
	      "'tls_suite': 'RC4-128 MD5', 'tls_protocol': 'TLS 1.0'}}",
	    "        ok    client_hello: shows pool01:5061 all eleven suites of the phone; it\n"
	    "              chooses RC4-128 MD5 of TLS 1.0\n");
	reads("{'step': 'client_hello', 'guide': null, 'verdict': 'fail', 'why': 'tls', "
	      "'detail': 'tls:40', 'seen': {'tls_server': 'pool01:5061', 'tls_alert': 40}}",
	    "        FAIL  client_hello: shows pool01:5061 all eleven suites of the phone;\n"
	    "              the two sides know no cipher suite in common (tls:40)\n");
	reads("{'step': 'clock_compare', 'guide': null, 'verdict': 'done', 'seen': "
	      "{'clock_off_s': 3, 'clock_off': '0 min 3 s behind'}}",
	    "        ok    clock_compare: holds the phone's clock against this machine's; it\n"
	    "              is 0 min 3 s behind it\n");
}

static void
lines_are_no_wider_than_a_terminal(void **state)
{
	json_t *one = row(GOOD_LEASE), *names = json_array();
	struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < 6; i++)
		json_array_append_new(names, json_string("a word or two of a server"));
	json_object_set_new(json_object_get(one, "seen"), "dhcp_messages", names);
	doctor_text_row(one, &out);
	for (const char *p = buf_cstr(&out); *p != '\0'; p += strcspn(p, "\n") + 1)
		assert_in_range(strcspn(p, "\n"), 1, 80);
	buf_done(&out);
	json_decref(one);
}

static void
a_word_that_is_too_long_stands_alone(void **state)
{
	char word[200];
	json_t *one;
	struct buf out = { 0 };

	(void)state;
	memset(word, 'x', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	one = json_pack("{s:s, s:s, s:s, s:{s:s}}", "step", "update_ask", "verdict", "done",
	    "detail", "", "seen", "http_url", word);
	doctor_text_row(one, &out);
	assert_non_null(strstr(buf_cstr(&out), word));
	buf_done(&out);
	json_decref(one);
}

static void
control_characters_do_not_get_through(void **state)
{
	json_t *one = row("{'step': 'a\\u001b[2Jb', 'verdict': 'fail', 'why': 'x', 'detail': "
			  "'\\u0007\\u009b', 'seen': {}}");
	struct buf out = { 0 };

	(void)state;
	doctor_text_row(one, &out);
	for (size_t i = 0; i < out.n; i++)
		assert_true(out.p[i] == '\n' || out.p[i] >= ' ');
	buf_done(&out);
	json_decref(one);
}

/* ---- the end -------------------------------------------------------------------- */

static void
ends(const char *const *text, bool arrived, const char *want)
{
	json_t *all = json_array();
	struct buf out = { 0 };
	struct doctor d;

	for (; *text != NULL; text++)
		json_array_append_new(all, row(*text));
	doctor_judge(all, arrived, &d);
	doctor_text_end(&d, &out);
	assert_string_equal(buf_cstr(&out), want);
	buf_done(&out);
	json_decref(all);
}

static void
a_ready_pool_is_told_in_a_line(void **state)
{
	(void)state;
	ends((const char *[]){ GOOD_LEASE, NULL }, true, "\nREADY: the phone came through.\n");
}

static void
what_is_wrong_is_told_with_its_cure(void **state)
{
	(void)state;
	ends((const char *[]){ GOOD_LEASE, NO_TIME, NULL }, false,
	    "\nFound, the gravest first:\n"
	    " 1. blocks: The time server does not answer. [ntp_silent]\n"
	    "    To mend it: Start the NTP service on the server that SRV _ntp._udp names,\n"
	    "    and let UDP 123 through.\n"
	    "\n"
	    "NOT READY: 1 thing blocks a phone.\n");
}

static void
what_only_harms_is_told_so(void **state)
{
	(void)state;
	ends((const char *[]){ GOOD_LEASE, NO_UPDATE, NULL }, true,
	    "\nFound, the gravest first:\n"
	    " 1. harms: The update service offers build 1.0.199.123 nothing: <BaseURL> is\n"
	    "    blank. The WMI settings are not populated, or no newer build is approved.\n"
	    "    [update_url_blank]\n"
	    "    To mend it: WMI class MSFT_SIPUpdatesServerSetting: set\n"
	    "    InternalUpdatesStoreURL and ExternalUpdatesStoreURL; approve an update for\n"
	    "    UCPhone, Polycom, CX700, A, ENU.\n"
	    "\n"
	    "NOT READY: the phone came through, but not with all it should. 1 harms it.\n");
}

static void
a_note_that_needs_no_cure_has_none(void **state)
{
	(void)state;
	ends((const char *[]){ "{'step': 'ca_fetch', 'guide': [18, 19], 'verdict': 'skip', "
			       "'detail': 'http:the first key was taken', 'seen': {}}",
		 NULL },
	    true,
	    "\nFound, the gravest first:\n"
	    " 1. note: The CA's web server takes the ticket for its short name already; the\n"
	    "    guide's trace shows it refused. [ca_first_key_taken]\n"
	    "\n"
	    "READY: the phone came through.\n");
}

static void
a_phone_that_stopped_for_no_reason_is_not_ready(void **state)
{
	(void)state;
	ends((const char *[]){ GOOD_LEASE, NULL }, false,
	    "\nNOT READY: the phone did not come to its way's end.\n");
}

static void
several_are_counted(void **state)
{
	json_t *all = json_array();
	struct buf out = { 0 };
	struct doctor d;

	(void)state;
	json_array_append_new(all,
	    row("{'step': 'dhcp_lease', 'guide': [1, 2], 'try': 1, 'verdict': 'done', "
		"'seen': {'dhcp_answered': [3, 43], 'dhcp_messages': ['NAK']}}"));
	doctor_judge(all, false, &d);
	doctor_text_end(&d, &out);
	assert_non_null(
	    strstr(buf_cstr(&out), "NOT READY: 2 things block a phone. 2 harm it.\n"));
	buf_done(&out);
	json_decref(all);
}

/* ---- as JSON -------------------------------------------------------------------- */

static json_t *
as_json(const char *const *text, bool arrived)
{
	const struct doctor_patient patient = { "0.1.0", "contoso", "cx700-1.0.199.123" };
	json_t *all = json_array(), *out;
	struct buf json = { 0 };
	struct doctor d;

	for (; *text != NULL; text++)
		json_array_append_new(all, row(*text));
	doctor_judge(all, arrived, &d);
	assert_int_equal(doctor_json(&d, &patient, &json), 0);
	out = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(out);
	buf_done(&json);
	json_decref(all);
	return out;
}

static const char *
text_of(json_t *of, const char *key)
{
	return json_string_value(json_object_get(of, key));
}

static void
programs_get_it_all(void **state)
{
	json_t *j = as_json((const char *[]){ GOOD_LEASE, NO_TIME, NULL }, false), *one;

	(void)state;
	assert_string_equal(text_of(j, "format"), "cx700farm-check/1");
	assert_string_equal(text_of(j, "version"), "0.1.0");
	assert_string_equal(text_of(j, "pool"), "contoso");
	assert_string_equal(text_of(j, "profile"), "cx700-1.0.199.123");
	assert_true(json_is_false(json_object_get(j, "ready")));
	assert_true(json_is_false(json_object_get(j, "arrived")));
	assert_int_equal(json_array_size(json_object_get(j, "rows")), 2);
	assert_int_equal(json_array_size(json_object_get(j, "findings")), 1);
	one = json_array_get(json_object_get(j, "findings"), 0);
	assert_string_equal(text_of(one, "id"), "ntp_silent");
	assert_string_equal(text_of(one, "severity"), "blocks");
	assert_string_equal(text_of(one, "step"), "ntp_sync");
	assert_string_equal(text_of(one, "detail"), "limit:5000ms");
	assert_string_equal(text_of(one, "says"), "The time server does not answer.");
	assert_non_null(strstr(text_of(one, "mend"), "UDP 123"));
	assert_int_equal(json_integer_value(json_object_get(one, "times")), 1);
	assert_int_equal(
	    json_integer_value(json_array_get(json_object_get(one, "guide"), 0)), 5);
	json_decref(j);
}

static void
a_ready_pool_has_no_findings(void **state)
{
	json_t *j = as_json((const char *[]){ GOOD_LEASE, NULL }, true);

	(void)state;
	assert_true(json_is_true(json_object_get(j, "ready")));
	assert_int_equal(json_array_size(json_object_get(j, "findings")), 0);
	json_decref(j);
}

static void
a_finding_of_a_row_without_a_number_has_none(void **state)
{
	json_t *j = as_json((const char *[]){ "{'step': 'sip_register', 'guide': null, "
					      "'verdict': 'fail', 'detail': 'sip:404'}",
				NULL },
	    false);
	json_t *one = json_array_get(json_object_get(j, "findings"), 0);

	(void)state;
	assert_string_equal(text_of(one, "id"), "sip_user_unknown");
	assert_true(json_is_null(json_object_get(one, "guide")));
	json_decref(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_row_is_what_was_asked_and_what_came),
		cmocka_unit_test(a_failed_row_says_why),
		cmocka_unit_test(a_row_that_was_left_out_says_so),
		cmocka_unit_test(a_row_that_was_done_badly_is_marked),
		cmocka_unit_test(the_doctors_own_rows_have_words),
		cmocka_unit_test(lines_are_no_wider_than_a_terminal),
		cmocka_unit_test(a_word_that_is_too_long_stands_alone),
		cmocka_unit_test(control_characters_do_not_get_through),
		cmocka_unit_test(a_ready_pool_is_told_in_a_line),
		cmocka_unit_test(what_is_wrong_is_told_with_its_cure),
		cmocka_unit_test(what_only_harms_is_told_so),
		cmocka_unit_test(a_note_that_needs_no_cure_has_none),
		cmocka_unit_test(a_phone_that_stopped_for_no_reason_is_not_ready),
		cmocka_unit_test(several_are_counted),
		cmocka_unit_test(programs_get_it_all),
		cmocka_unit_test(a_ready_pool_has_no_findings),
		cmocka_unit_test(a_finding_of_a_row_without_a_number_has_none),
	};

	return cmocka_run_group_tests_name("doctor_text", tests, NULL, NULL);
}
