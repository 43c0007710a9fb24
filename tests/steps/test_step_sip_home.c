/* test_step_sip_home.c - registrars that send the phone elsewhere, or away for a while: 301,
 * 302, Retry-After and what they name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_dns.h"
#include "serve_sip_impl.h"
#include "sip_phone.h"
#include "steps.h"

enum { SECOND = 1000000 };

/* Whatever the phone asks first, the front end answers this, unsigned. */
static void
answer_with(struct sip_phone *t, const char *status, const char *headers)
{
	static char text[1024];
	static const uint32_t number[] = { 0 };

	/* The Call-ID is a matter of chance: a fixed one makes a fixed Call-ID. */
	sim_random(t->p->f, number, 1);
	(void)snprintf(text, sizeof text,
	    "SIP/2.0 %s\r\nFrom: <sip:phone00001@contoso.com>;tag=1\r\n"
	    "To: <sip:phone00001@contoso.com>;tag=2\r\n"
	    "Call-ID: 00000000000000000000000000000000\r\nCSeq: 1 REGISTER\r\n"
	    "%sContent-Length: 0\r\n\r\n",
	    status, headers);
	t->rig.instead = text;
}

/* ---- how long to stay away
 * ---------------------------------------------------------------------- */

/* The second try comes so many seconds after the first has ended; 0: with the row's own pause
 * of a second, give or take a quarter. */
static void
comes_again_after(void **state, const char *status, const char *headers, unsigned seconds)
{
	struct sip_phone *t = *state;
	const struct fake_row *first, *again;
	uint64_t pause_us;

	answer_with(t, status, headers);
	sip_phone_walk(t, false);
	first = sip_phone_try(t, "sip_register", 0);
	/* The row goes back to the connection, which is made anew then. */
	again = sip_phone_try(t, "pool_tls", 1);
	assert_non_null(again);
	pause_us = again->started_us - first->ended_us;
	if (seconds == 0)
		assert_in_range(pause_us, SECOND - SECOND / 4, SECOND + SECOND / 4);
	else
		assert_int_equal(pause_us / SECOND, seconds);
	assert_int_equal(sip_phone_tear_down(state), 0);
	assert_int_equal(sip_phone_set_up(state), 0);
}

static void
it_stays_away_as_long_as_it_is_told_but_never_more_than_an_hour(void **state)
{
	comes_again_after(state, "503 Service Unavailable", "Retry-After: 30\r\n", 30);
	comes_again_after(state, "503 Service Unavailable", "Retry-After: 3600\r\n", 3600);
	comes_again_after(state, "503 Service Unavailable", "Retry-After: 86400\r\n", 3600);
	comes_again_after(
	    state, "503 Service Unavailable", "Retry-After: 45;duration=3600\r\n", 45);
	comes_again_after(
	    state, "503 Service Unavailable", "Retry-After: 120 (I'm in a meeting)\r\n", 120);
	comes_again_after(state, "500 Server Internal Error", "Retry-After: 7\r\n", 7);
}

static void
told_nothing_it_comes_with_the_rows_pause_after_a_time_out_in_a_minute(void **state)
{
	comes_again_after(state, "503 Service Unavailable", "", 0);
	comes_again_after(state, "503 Service Unavailable", "Retry-After: soon\r\n", 0);
	comes_again_after(state, "503 Service Unavailable", "Retry-After: 0\r\n", 0);
	comes_again_after(state, "504 Server Time-out", "", 60);
	comes_again_after(state, "504 Server Time-out", "Retry-After: 5\r\n", 5);
}

static void
a_busy_filter_may_say_otherwise_later_a_strict_one_not(void **state)
{
	struct sip_phone *t = *state;

	comes_again_after(state, "403 Forbidden",
	    "ms-diagnostics: 17000;reason=\"busy\"\r\nRetry-After: 9\r\n", 9);
	t = *state;
	answer_with(t, "403 Forbidden", "ms-diagnostics: 17001;reason=\"version\"\r\n");
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_REFUSED, "sip:403/17001");
	assert_int_equal(sip_phone_tries(t, "pool_tls"), 1);
}

/* ---- where to go instead
 * --------------------------------------------------------------------------- */

static void
redirects_to(struct sip_phone *t, const char *home)
{
	t->rig.cfg.home_pool = home;
	t->rig.cfg.redirect_percent = 100;
	sip_phone_walk(t, false);
}

static void
a_redirect_that_names_no_pool_is_a_bad_reply(void **state)
{
	static char longer[200];
	static const char *const homes[] = { "", ":5061", "pool02.contoso.com:70000", longer };

	memset(longer, 'p', sizeof longer - 1);
	for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
		struct sip_phone *t = *state;

		redirects_to(t, homes[i]);
		sip_phone_is(
		    t, "sip_register", STEP_FAIL, WHY_BAD_REPLY, "sip:301 without a pool");
		assert_string_equal(t->p->facts.pool[0].name, "pool01.contoso.com");
		assert_int_equal(sip_phone_tear_down(state), 0);
		assert_int_equal(sip_phone_set_up(state), 0);
	}
}

static void
a_pool_that_sends_it_to_itself_is_not_asked_for_ever(void **state)
{
	struct sip_phone *t = *state;

	redirects_to(t, "127.0.0.1");
	assert_int_equal(t->p->row->verdict, STEP_FAIL);
	assert_int_equal(t->p->row->why, WHY_NOT_FOUND);
	assert_string_equal(t->p->row->detail, "sip:301 127.0.0.1");
	assert_int_equal(t->rig.opened, 3);
}

static void
name_servers_that_fail_are_asked_again_by_the_next_try(void **state)
{
	static const struct serve_dns_record zone[] = {
		{ .name = "pool02.contoso.com", .type = DNS_A, .ip = 0x7f000009 }
	};
	struct fake_dns dns = { 0 };
	struct sip_phone *t = *state;

	fake_dns_listen(&dns, t->p->f, zone, 1);
	dns.server[0].mood = dns.server[1].mood = FAKE_DNS_SERVFAIL;
	redirects_to(t, "pool02.contoso.com");
	assert_int_equal(t->p->row->verdict, STEP_FAIL);
	assert_int_equal(t->p->row->why, WHY_SERVER_ERROR);
	assert_string_equal(t->p->row->detail, "dns:SERVFAIL pool02.contoso.com");
	assert_false(t->p->facts.redirected);
	journey_power_off(t->p->j);
	fake_dns_done(&dns);
}

/* ---- a registration that is none
 * -------------------------------------------------------------------- */

static void
a_registration_of_no_length_is_no_registration(void **state)
{
	struct sip_phone *t = *state;

	t->rig.cfg.expires_s = 0;
	sip_rig_up(&t->rig);
	t->rig.server->cfg.expires_s = 0;
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_BAD_REPLY, "sip:200 without Expires");
	assert_int_equal(t->p->row->tries, 3);
}

static void
a_pool_in_trouble_makes_room_for_the_next_one(void **state)
{
	struct sip_phone *t = *state;
	struct facts *f = &t->p->facts;

	f->n_pools = 2;
	f->pool[1] = f->pool[0];
	(void)snprintf(f->pool[1].name, sizeof f->pool[1].name, "pool02.contoso.com");
	answer_with(t, "503 Service Unavailable", "");
	sip_phone_walk(t, false);
	/* Three tries, three turns of two: the second is in front now. */
	assert_string_equal(t->p->facts.pool[0].name, "pool02.contoso.com");
	assert_string_equal(t->p->facts.pool[1].name, "pool01.contoso.com");
}

int
main(void)
{
#define SIP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sip_phone_set_up, sip_phone_tear_down)
	const struct CMUnitTest tests[] = {
		SIP_TEST(it_stays_away_as_long_as_it_is_told_but_never_more_than_an_hour),
		SIP_TEST(
		    told_nothing_it_comes_with_the_rows_pause_after_a_time_out_in_a_minute),
		SIP_TEST(a_busy_filter_may_say_otherwise_later_a_strict_one_not),
		SIP_TEST(a_redirect_that_names_no_pool_is_a_bad_reply),
		SIP_TEST(a_pool_that_sends_it_to_itself_is_not_asked_for_ever),
		SIP_TEST(name_servers_that_fail_are_asked_again_by_the_next_try),
		SIP_TEST(a_registration_of_no_length_is_no_registration),
		SIP_TEST(a_pool_in_trouble_makes_room_for_the_next_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
