/* test_step_update_flaws.c - rows 24-25 against an update service that says anything at all:
 * wrong pages, wrong versions, wrong URLs, and each HTTP status there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "steps.h"
#include "web_rig.h"

#define NEWER                                                                \
	"<Response><BaseURL>http://ucupdates-r2.contoso.com/files</BaseURL>" \
	"<Module Name=\"CPE.nbt\" Version=\"1.0.522.101\"/></Response>"

static int
set_up(void **state)
{
	int rc = web_rig_set_up(state);

	((struct web_rig *)*state)->body = NEWER;
	return rc;
}

static void
knows_url(struct web_rig *rig, const char *url)
{
	fake_phone_knows(rig->p, FACT_PROVISIONED);
	(void)snprintf(rig->p->facts.update_url, sizeof rig->p->facts.update_url, "%s", url);
}

/* ---- the answer to the question -------------------------------------------------------- */

static void
given_a_page_that_is_no_answer_it_asks_again_and_calls_it_a_bad_reply(void **state)
{
	struct web_rig *rig = *state;
	static const char *const pages[] = { "<html><body>Sign in</body></html>", "not XML",
		"<Response><BaseURL>", "" };

	fake_phone_row(rig->p, &step_update_ask, 2);
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		rig->body = pages[i];
		fake_phone_walk_again(rig->p, web_rig_usual);
		web_rig_ended(rig, STEP_FAIL, WHY_BAD_REPLY, "update:not a <Response>");
		assert_int_equal(rig->p->row->tries, 2);
		assert_int_equal(rig->web.n_asked, 2 * (i + 1));
	}
}

static void
given_a_version_without_a_url_it_is_offered_nothing(void **state)
{
	struct web_rig *rig = *state;

	rig->body = "<Response><BaseURL></BaseURL>"
		    "<Module Name=\"CPE.nbt\" Version=\"9.9.9.9\"/></Response>";
	fake_phone_row(rig->p, &step_update_ask, 1);
	fake_phone_row(rig->p, &step_update_download, 1);
	fake_phone_walk_rows(rig->p);
	assert_string_equal(rig->p->facts.offered_version, "");
	web_rig_ended(rig, STEP_SKIP, WHY_NONE, "update:the service offers nothing");
	assert_int_equal(rig->web.n_asked, 1);
}

static void
given_words_too_long_for_a_phone_it_is_a_bad_reply(void **state)
{
	struct web_rig *rig = *state;

	rig->body = "<Response><BaseURL>http://ucupdates-r2.contoso.com/f</BaseURL>"
		    "<Module Name=\"CPE.nbt\" "
		    "Version=\"1.0.522.101.1.0.522.101.1.0.522.101\"/></Response>";
	fake_phone_walk(rig->p, &step_update_ask, 1);
	web_rig_ended(rig, STEP_FAIL, WHY_BAD_REPLY, "update:URL or version too long");
}

static void
given_an_endless_page_it_is_a_bad_reply_at_once(void **state)
{
	struct web_rig *rig = *state;

	rig->body = "<!-- a kilobyte of nothing would do as well -->";
	rig->pages = (256 << 10) / strlen(rig->body) + 1;
	fake_phone_walk(rig->p, &step_update_ask, 3);
	web_rig_ended(
	    rig, STEP_FAIL, WHY_BAD_REPLY, "http:the answer is longer than 262144 bytes");
	assert_int_equal(rig->p->row->tries, 1);
}

static void
each_status_has_its_reason(void **state)
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
		{ 503, WHY_SERVER_ERROR, "http:503" },
		{ 599, WHY_SERVER_ERROR, "http:599" },
		{ 302, WHY_BAD_REPLY, "http:302" },
		{ 204, WHY_BAD_REPLY, "http:204" },
		{ 400, WHY_BAD_REPLY, "http:400" },
		{ 600, WHY_BAD_REPLY, "http:600" },
	};

	fake_phone_row(rig->p, &step_update_ask, 2);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		rig->status = said[i].status;
		fake_phone_walk_again(rig->p, web_rig_usual);
		web_rig_ended(rig, STEP_FAIL, said[i].why, said[i].detail);
		assert_int_equal(rig->p->row->tries, 2);
	}
}

/* ---- the question ----------------------------------------------------------------------- */

static void
it_says_who_it_is_and_before_the_sign_in_not_for_whom(void **state)
{
	struct web_rig *rig = *state;

	fake_phone_walk(rig->p, &step_update_ask, 1);
	assert_non_null(strstr(rig->posted, "00-04-F2-10-00-01"));
	assert_non_null(strstr(rig->posted, "phone00001@contoso.com"));
	assert_non_null(strstr(rig->posted, "1.0.199.123"));
	assert_non_null(strstr(rig->posted, "2009-09-09T"));

	rig->p->facts.known &= ~(uint32_t)FACT_USER;
	fake_phone_walk_again(rig->p, web_rig_usual & ~(uint32_t)FACT_USER);
	assert_null(strstr(rig->posted, "phone00001@contoso.com"));
	assert_non_null(strstr(rig->posted, "00-04-F2-10-00-01"));
}

static void
given_provisioning_without_a_url_the_service_is_looked_up(void **state)
{
	struct web_rig *rig = *state;

	knows_url(rig, "");
	fake_phone_walk(rig->p, &step_update_ask, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(rig->web.host[0], "ucupdates-r2.contoso.com");
}

static void
given_a_url_of_the_last_sign_in_it_is_asked_before_this_one(void **state)
{
	struct web_rig *rig = *state;

	knows_url(rig, "http://pool.contoso.com/RequestHandler/ucdevice.upx");
	rig->p->facts.known &= ~(uint32_t)FACT_PROVISIONED;
	rig->p->facts.known |= FACT_URLS;
	fake_phone_walk(rig->p, &step_update_ask, 1);
	assert_string_equal(rig->web.host[0], "pool.contoso.com");
}

static void
given_a_port_of_its_own_host_says_so_and_an_address_needs_no_dns(void **state)
{
	struct web_rig *rig = *state;

	knows_url(rig, "http://127.0.0.1:8080/RequestHandler/ucdevice.upx");
	fake_phone_walk(rig->p, &step_update_ask, 1);
	web_rig_ended(rig, STEP_DONE, WHY_NONE, "");
	assert_string_equal(rig->web.host[0], "127.0.0.1:8080");
	assert_string_equal(rig->dns.asked, "");
	assert_non_null(
	    strstr(rig->p->row->seen, "\"http://127.0.0.1:8080/RequestHandler/ucdevice.upx\""));
}

static void
given_something_that_is_no_url_it_does_not_try(void **state)
{
	struct web_rig *rig = *state;
	static const char *const urls[] = { "ftp://pool.contoso.com/x", "pool.contoso.com/x",
		"http://", "http://pool.contoso.com:0/x" };
	char detail[80];

	fake_phone_row(rig->p, &step_update_ask, 3);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		knows_url(rig, urls[i]);
		fake_phone_walk_again(rig->p, web_rig_usual);
		(void)snprintf(detail, sizeof detail, "http:not a URL: %s", urls[i]);
		web_rig_ended(rig, STEP_FAIL, WHY_BAD_REPLY, detail);
		assert_int_equal(rig->p->row->tries, 1);
	}
	assert_int_equal(rig->web.n_asked, 0);
}

static void
given_a_name_server_that_fails_the_guides_name_is_not_asked(void **state)
{
	struct web_rig *rig = *state;

	rig->dns.server[0].mood = rig->dns.server[1].mood = FAKE_DNS_SERVFAIL;
	fake_phone_walk(rig->p, &step_update_ask, 2);
	web_rig_ended(
	    rig, STEP_FAIL, WHY_SERVER_ERROR, "dns:SERVFAIL ucupdates-r2.contoso.com");
	assert_null(strstr(rig->dns.asked, "pool.contoso.com"));
}

static void
given_neither_name_it_says_which_it_asked_last(void **state)
{
	struct web_rig *rig = *state;

	(void)snprintf(rig->p->facts.domain, sizeof rig->p->facts.domain, "nowhere.com");
	fake_phone_walk(rig->p, &step_update_ask, 3);
	web_rig_ended(rig, STEP_FAIL, WHY_NOT_FOUND, "dns:NXDOMAIN pool.nowhere.com");
	assert_int_equal(rig->p->row->tries, 1);
	assert_non_null(strstr(rig->dns.asked, "ucupdates-r2.nowhere.com"));
}

int
main(void)
{
#define UPDATE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, web_rig_tear_down)
	const struct CMUnitTest tests[] = {
		UPDATE_TEST(
		    given_a_page_that_is_no_answer_it_asks_again_and_calls_it_a_bad_reply),
		UPDATE_TEST(given_a_version_without_a_url_it_is_offered_nothing),
		UPDATE_TEST(given_words_too_long_for_a_phone_it_is_a_bad_reply),
		UPDATE_TEST(given_an_endless_page_it_is_a_bad_reply_at_once),
		UPDATE_TEST(each_status_has_its_reason),
		UPDATE_TEST(it_says_who_it_is_and_before_the_sign_in_not_for_whom),
		UPDATE_TEST(given_provisioning_without_a_url_the_service_is_looked_up),
		UPDATE_TEST(given_a_url_of_the_last_sign_in_it_is_asked_before_this_one),
		UPDATE_TEST(given_a_port_of_its_own_host_says_so_and_an_address_needs_no_dns),
		UPDATE_TEST(given_something_that_is_no_url_it_does_not_try),
		UPDATE_TEST(given_a_name_server_that_fails_the_guides_name_is_not_asked),
		UPDATE_TEST(given_neither_name_it_says_which_it_asked_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
