/* test_step_mailbox.c - rows 23 and after: Autodiscover at Exchange's client access server, and
 * the poll of the mailbox, whatever the server says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "steps.h"
#include "web_rig.h"

#define ANSWER(inside) "<Autodiscover><Response>" inside "</Response></Autodiscover>"
#define PROTOCOL(url) "<Account><Protocol><EwsUrl>" url "</EwsUrl></Protocol></Account>"

enum { KNOWS = FACT_DC | FACT_TGT | FACT_CAS | FACT_ROOT };

static int
set_up(void **state)
{
	int rc = web_rig_set_up(state);
	struct web_rig *rig = *state;

	rig->body = ANSWER(PROTOCOL("https://mail.contoso.com/EWS/Exchange.asmx"));
	fake_phone_knows(rig->p, KNOWS);
	return rc;
}

/* ---- Autodiscover --------------------------------------------------------------------------
 */

static void
it_asks_with_a_ticket_for_the_address_it_knows_of_the_user(void **state)
{
	struct web_rig *rig = *state;

	fake_phone_walk(rig->p, &step_cas_tls, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_int_equal(rig->web.n_asked, 1);
	assert_string_equal(rig->web.asked[0], "POST /autodiscover/autodiscover.xml");
	assert_string_equal(rig->web.host[0], "autodiscover.contoso.com");
	assert_true(rig->web.tls[0]);
	assert_true(rig->web.authorized[0]);
	assert_non_null(
	    strstr(rig->posted, "<EMailAddress>phone00001@contoso.com</EMailAddress>"));
	assert_string_equal(
	    rig->p->facts.ews_url, "https://mail.contoso.com/EWS/Exchange.asmx");
	assert_non_null(strstr(rig->p->row->seen, "HTTP/autodiscover.contoso.com"));
	/* Known from the row before: nobody is asked again where it is. */
	assert_string_equal(rig->dns.asked, "");
}

static void
an_address_with_special_characters_does_not_break_the_request(void **state)
{
	struct web_rig *rig = *state;

	(void)snprintf(rig->p->id.sip_user, sizeof rig->p->id.sip_user, "a&b<c>");
	fake_phone_walk(rig->p, &step_cas_tls, 1);
	assert_non_null(
	    strstr(rig->posted, "<EMailAddress>a&amp;b&lt;c&gt;@contoso.com</EMailAddress>"));
}

static void
given_an_answer_without_a_url_the_usual_path_is_taken(void **state)
{
	struct web_rig *rig = *state;

	rig->body = ANSWER("<Account></Account>");
	fake_phone_walk(rig->p, &step_cas_tls, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(
	    rig->p->facts.ews_url, "https://autodiscover.contoso.com/EWS/Exchange.asmx");
}

static void
of_several_protocols_the_first_that_names_a_url_counts(void **state)
{
	struct web_rig *rig = *state;

	rig->body = ANSWER("<Account><Protocol><Type>EXCH</Type></Protocol></Account>" PROTOCOL(
	    "https://one.contoso.com/") PROTOCOL("https://two.contoso.com/"));
	fake_phone_walk(rig->p, &step_cas_tls, 1);
	assert_string_equal(rig->p->facts.ews_url, "https://one.contoso.com/");
}

static void
a_200_that_says_no_is_the_end_of_it(void **state)
{
	struct web_rig *rig = *state;

	rig->body = ANSWER("<Error><ErrorCode>500</ErrorCode></Error>");
	fake_phone_walk(rig->p, &step_cas_tls, 3);
	web_rig_ended(rig, STEP_FAIL, WHY_NOT_FOUND, "autodiscover:500");
	assert_int_equal(rig->p->row->tries, 1);
	assert_string_equal(rig->p->facts.ews_url, "");
}

static void
a_redirect_is_told_and_not_followed(void **state)
{
	struct web_rig *rig = *state;
	static const char *const said[][2] = {
		{ ANSWER("<RedirectAddr>user@fabrikam.com</RedirectAddr>"),
		    "autodiscover:redirect to user@fabrikam.com" },
		{ ANSWER("<RedirectUrl>https://else.contoso.com/</RedirectUrl>"),
		    "autodiscover:redirect to https://else.contoso.com/" },
		{ ANSWER("<RedirectUrl>https://a-very-long-name-of-a-server-somewhere.contoso."
			 "com/autodiscover</RedirectUrl>"),
		    "autodiscover:redirect to https://a-very-long-name-of-a-server-som" },
	};

	fake_phone_row(rig->p, &step_cas_tls, 2);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		rig->body = said[i][0];
		fake_phone_walk_again(rig->p, web_rig_usual | KNOWS);
		web_rig_ended(rig, STEP_FAIL, WHY_NOT_FOUND, said[i][1]);
		assert_int_equal(rig->web.n_asked, i + 1);
	}
}

static void
a_page_that_is_no_answer_is_a_bad_reply_and_asked_again(void **state)
{
	struct web_rig *rig = *state;
	static const char *const pages[] = { "", "<html/>", "<Response/>", "<Autodiscover>",
		ANSWER("<Error><ErrorCode>x</ErrorCode></Error>") };

	fake_phone_row(rig->p, &step_cas_tls, 2);
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		rig->body = pages[i];
		fake_phone_walk_again(rig->p, web_rig_usual | KNOWS);
		web_rig_ended(rig, STEP_FAIL, WHY_BAD_REPLY, "autodiscover:not an answer");
		assert_int_equal(rig->p->row->tries, 2);
	}
}

static void
a_url_longer_than_a_phone_keeps_is_a_bad_reply(void **state)
{
	struct web_rig *rig = *state;
	static char page[1024];
	char *at = page;

	at += snprintf(at, 64, "<Autodiscover><Response><EwsUrl>https://");
	memset(at, 'a', 300);
	(void)snprintf(at + 300, 64, "</EwsUrl></Response></Autodiscover>");
	rig->body = page;
	fake_phone_walk(rig->p, &step_cas_tls, 1);
	assert_int_equal(rig->p->row->verdict, STEP_FAIL);
	assert_int_equal(rig->p->row->why, WHY_BAD_REPLY);
	assert_string_equal(rig->p->facts.ews_url, "");
}

static void
a_server_that_refuses_the_ticket_or_fails_is_told_by_its_status(void **state)
{
	struct web_rig *rig = *state;
	static const struct {
		int status;
		enum reason why;
		const char *detail;
	} said[] = {
		{ 401, WHY_AUTH, "http:401" },
		{ 403, WHY_AUTH, "http:403" },
		{ 404, WHY_NOT_FOUND, "http:404" },
		{ 500, WHY_SERVER_ERROR, "http:500" },
		{ 302, WHY_BAD_REPLY, "http:302" },
	};

	rig->negotiate = "Negotiate";
	fake_phone_row(rig->p, &step_cas_tls, 2);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		rig->status = said[i].status;
		fake_phone_walk_again(rig->p, web_rig_usual | KNOWS);
		web_rig_ended(rig, STEP_FAIL, said[i].why, said[i].detail);
		assert_int_equal(rig->p->row->tries, 2);
	}
}

static void
a_kdc_without_such_a_service_ends_it(void **state)
{
	struct web_rig *rig = *state;

	rig->kdc.unknown_spn = "HTTP/autodiscover.contoso.com";
	fake_phone_walk(rig->p, &step_cas_tls, 3);
	assert_int_equal(rig->p->row->verdict, STEP_FAIL);
	assert_int_equal(rig->p->row->why, WHY_AUTH);
	assert_memory_equal(rig->p->row->detail, "krb:7 ", 6);
	assert_int_equal(rig->web.n_asked, 0);
}

static void
a_kdc_that_is_silent_is_a_timeout(void **state)
{
	struct web_rig *rig = *state;

	rig->kdc.silent = true;
	fake_phone_walk(rig->p, &step_cas_tls, 1);
	assert_int_equal(rig->p->row->why, WHY_TIMEOUT);
	assert_int_equal(rig->web.n_asked, 0);
}

static void
nobody_at_443_is_refused(void **state)
{
	struct web_rig *rig = *state;

	rig->web.down = -ECONNREFUSED;
	rig->web.downs = 2;
	fake_phone_walk(rig->p, &step_cas_tls, 2);
	web_rig_ended(rig, STEP_FAIL, WHY_REFUSED, "errno:ECONNREFUSED");
	assert_int_equal(rig->p->row->tries, 2);
}

/* ---- the poll -------------------------------------------------------------------------------
 */

static void
knows_mailbox(struct web_rig *rig, const char *url)
{
	fake_phone_knows(rig->p, FACT_MAILBOX);
	(void)snprintf(rig->p->facts.ews_url, sizeof rig->p->facts.ews_url, "%s", url);
}

static void
the_mailbox_is_polled_where_autodiscover_said(void **state)
{
	struct web_rig *rig = *state;

	knows_mailbox(rig, "https://mail.contoso.com/EWS/Exchange.asmx");
	rig->body = "<soap:Envelope/>";
	fake_phone_walk(rig->p, &step_ews_poll, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(rig->web.asked[0], "POST /EWS/Exchange.asmx");
	assert_string_equal(rig->web.host[0], "mail.contoso.com");
	assert_true(rig->web.tls[0] && rig->web.authorized[0]);
	assert_string_equal(rig->dns.asked, "mail.contoso.com ");
	assert_true(strlen(rig->posted) > 0);
}

static void
a_mailbox_at_the_client_access_server_needs_no_lookup(void **state)
{
	struct web_rig *rig = *state;

	knows_mailbox(rig, "https://autodiscover.contoso.com/EWS/Exchange.asmx");
	fake_phone_walk(rig->p, &step_ews_poll, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(rig->web.host[0], "autodiscover.contoso.com");
}

static void
a_mailbox_that_is_gone_is_not_found(void **state)
{
	struct web_rig *rig = *state;

	knows_mailbox(rig, "https://nowhere.contoso.com/EWS/Exchange.asmx");
	fake_phone_walk(rig->p, &step_ews_poll, 2);
	web_rig_ended(rig, STEP_FAIL, WHY_NOT_FOUND, "dns:NXDOMAIN nowhere.contoso.com");
}

static void
a_poll_that_is_refused_says_so(void **state)
{
	struct web_rig *rig = *state;

	knows_mailbox(rig, "https://mail.contoso.com/EWS/Exchange.asmx");
	rig->status = 503;
	fake_phone_walk(rig->p, &step_ews_poll, 1);
	web_rig_ended(rig, STEP_FAIL, WHY_SERVER_ERROR, "http:503");
}

int
main(void)
{
#define MAIL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, web_rig_tear_down)
	const struct CMUnitTest tests[] = {
		MAIL_TEST(it_asks_with_a_ticket_for_the_address_it_knows_of_the_user),
		MAIL_TEST(an_address_with_special_characters_does_not_break_the_request),
		MAIL_TEST(given_an_answer_without_a_url_the_usual_path_is_taken),
		MAIL_TEST(of_several_protocols_the_first_that_names_a_url_counts),
		MAIL_TEST(a_200_that_says_no_is_the_end_of_it),
		MAIL_TEST(a_redirect_is_told_and_not_followed),
		MAIL_TEST(a_page_that_is_no_answer_is_a_bad_reply_and_asked_again),
		MAIL_TEST(a_url_longer_than_a_phone_keeps_is_a_bad_reply),
		MAIL_TEST(a_server_that_refuses_the_ticket_or_fails_is_told_by_its_status),
		MAIL_TEST(a_kdc_without_such_a_service_ends_it),
		MAIL_TEST(a_kdc_that_is_silent_is_a_timeout),
		MAIL_TEST(nobody_at_443_is_refused),
		MAIL_TEST(the_mailbox_is_polled_where_autodiscover_said),
		MAIL_TEST(a_mailbox_at_the_client_access_server_needs_no_lookup),
		MAIL_TEST(a_mailbox_that_is_gone_is_not_found),
		MAIL_TEST(a_poll_that_is_refused_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
