/* test_step_sip_register.c - signing in through the real line, the real journey and the front
 * end of harness/serve; the table of failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_dns.h"
#include "sip_phone.h"
#include "steps.h"

enum { SECOND = 1000000 };

static void
it_signs_in_with_kerberos(void **state)
{
	struct sip_phone *t = *state;

	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_DONE, WHY_NONE, "");
	assert_int_equal(serve_sip_stats(t->rig.server)->registers, 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->challenged, 1);
	assert_string_equal(t->p->row->seen,
	    "{\"krb_messages\": [\"TGS-REQ\", \"TGS-REP\"], "
	    "\"spn\": [\"sip/fe01.contoso.com\"], "
	    "\"sip_requests\": [\"REGISTER\", \"REGISTER\"], \"sip_status\": [401, 200], "
	    "\"sip_headers\": [\"Via\", \"Max-Forwards\", \"From\", \"To\", \"Call-ID\", "
	    "\"CSeq\", "
	    "\"Contact\", \"User-Agent\", \"Supported\", \"Supported\", \"ms-keep-alive\", "
	    "\"Event\", \"Authorization\", \"Content-Length\"], "
	    "\"sip_scheme\": \"Kerberos\", \"sip_version\": 4, "
	    "\"sip_user_agent\": \"CPE/1.0.199.123 OCPhone/1.0.199.123 (Microsoft Office "
	    "Communicator 2007 Phone Edition)\", \"sip_expires\": 7200}");
}

static void
the_header_of_the_credentials_is_the_profiles(void **state)
{
	struct sip_phone *t = *state;

	strcpy(t->p->profile->sip.auth_header, "Proxy-Authorization");
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_DONE, WHY_NONE, "");
	assert_int_equal(sip_rig_heard(&t->rig, "Proxy-Authorization: Kerberos"), 1);
}

static void
given_a_service_the_kdc_does_not_know_it_stops(void **state)
{
	struct sip_phone *t = *state;

	t->kdc.unknown_spn = "sip/fe01.contoso.com";
	sip_phone_walk(t, false);
	sip_phone_is(
	    t, "sip_register", STEP_FAIL, WHY_AUTH, "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN");
}

static void
given_a_user_without_account_it_stops(void **state)
{
	struct sip_phone *t = *state;

	t->rig.cfg.n_users = 1;
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_NOT_FOUND, "sip:404/4005");
}

static void
given_the_credentials_of_another_it_stops(void **state)
{
	struct sip_phone *t = *state;

	strcpy(t->p->id.sip_user, "phone00002");
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_AUTH, "sip:403/4004");
}

static void
given_a_token_that_is_refused_it_stops(void **state)
{
	struct sip_phone *t = *state;

	sim_acceptor_free(t->rig.cfg.acceptor);
	t->rig.cfg.acceptor = sim_acceptor_new("sip/fe01.contoso.com");
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_AUTH, "sip:401/1000");
}

/* An answer to the REGISTER on its way, by hand. */
static void
answer_with(struct sip_phone *t, const char *status, const char *headers)
{
	static char text[1024];
	const char *head = "From: <sip:phone00001@contoso.com>;tag=1\r\n"
			   "To: <sip:phone00001@contoso.com>;tag=2\r\n";

	/* The Call-ID is a matter of chance: a fixed one makes a fixed Call-ID. */
	static const uint32_t number[] = { 0 };

	sim_random(t->p->f, number, 1);
	snprintf(text, sizeof text,
	    "SIP/2.0 %s\r\n%sCall-ID: 00000000000000000000000000000000\r\n"
	    "CSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
	    status, head, headers);
	t->rig.instead = text;
}

static void
given_only_ntlm_it_stops(void **state)
{
	struct sip_phone *t = *state;

	answer_with(t, "401 Unauthorized",
	    "WWW-Authenticate: NTLM realm=\"R\", targetname=\"fe\", version=4\r\n");
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_AUTH, "sip:401 without Kerberos");
}

static void
given_a_challenge_that_is_none_it_tries_again(void **state)
{
	struct sip_phone *t = *state;

	answer_with(t, "401 Unauthorized", "");
	sip_phone_walk(t, false);
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->verdict, STEP_RETRY);
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_BAD_REPLY);
}

static void
given_503_it_comes_again_at_the_next_target_when_it_may(void **state)
{
	struct sip_phone *t = *state;
	struct facts *f = &t->p->facts;

	f->pool[1] = (struct facts_target){ "pool09.contoso.com", 0x7f000009, 5061 };
	f->n_pools = 2;
	answer_with(t, "503 Service Unavailable", "Retry-After: 77\r\n");
	sip_phone_walk(t, false);
	assert_string_equal(sip_phone_try(t, "sip_register", 0)->detail, "sip:503");
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_SERVER_ERROR);
	assert_true(sip_phone_try(t, "pool_tls", 1)->started_us >=
	    sip_phone_try(t, "sip_register", 0)->ended_us);
	assert_true(sip_phone_try(t, "pool_tls", 1)->ended_us >= 77ull * SECOND);
	assert_int_equal(t->rig.opened, 3);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_SERVER_ERROR, "sip:503");
}

static void
each_refusal_has_its_reason(void **state)
{
	static const struct {
		const char *status, *headers;
		enum verdict verdict;
		enum reason why;
		const char *detail;
	} table[] = {
		{ "400 Bad Request", "ms-diagnostics: 4010;reason=\"x\"\r\n", STEP_FAIL,
		    WHY_REFUSED, "sip:400/4010" },
		{ "403 Forbidden", "ms-diagnostics: 4003;reason=\"x\"\r\n", STEP_FAIL, WHY_AUTH,
		    "sip:403/4003" },
		{ "403 Forbidden", "ms-diagnostics: 17002;reason=\"x\"\r\n", STEP_FAIL,
		    WHY_REFUSED, "sip:403/17002" },
		{ "403 Forbidden", "ms-diagnostics: 17000;reason=\"x\"\r\n", STEP_RETRY,
		    WHY_REFUSED, "sip:403/17000" },
		{ "404 Not Found", "ms-diagnostics-public: 1003;reason=\"x\"\r\n", STEP_FAIL,
		    WHY_NOT_FOUND, "sip:404/1003" },
		{ "421 Extension Required", "ms-diagnostics: 2057\r\n", STEP_FAIL, WHY_REFUSED,
		    "sip:421/2057" },
		{ "489 Bad Event", "", STEP_FAIL, WHY_REFUSED, "sip:489" },
		{ "500 Server Internal Error", "", STEP_RETRY, WHY_SERVER_ERROR, "sip:500" },
		{ "504 Server Time-out", "", STEP_RETRY, WHY_SERVER_ERROR, "sip:504" },
		{ "603 Decline", "", STEP_FAIL, WHY_REFUSED, "sip:603" },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct sip_phone *t;

		if (i > 0)
			assert_int_equal(sip_phone_set_up(state), 0);
		t = *state;
		answer_with(t, table[i].status, table[i].headers);
		sip_phone_walk(t, false);
		assert_string_equal(
		    sip_phone_try(t, "sip_register", 0)->detail, table[i].detail);
		assert_int_equal(
		    sip_phone_try(t, "sip_register", 0)->verdict, table[i].verdict);
		assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, table[i].why);
		if (i + 1 < sizeof table / sizeof table[0])
			assert_int_equal(sip_phone_tear_down(state), 0);
	}
}

static void
silence_is_a_timeout_and_the_next_try_has_a_new_connection(void **state)
{
	struct sip_phone *t = *state;

	t->rig.deaf = true;
	sip_phone_walk(t, false);
	sip_phone_is(t, "sip_register", STEP_FAIL, WHY_TIMEOUT, "sip:no answer");
	assert_int_equal(t->rig.opened, 3);
}

/* The row's limit, not the transaction's, ends the try; the next asks on the same line. */
static void
a_try_cut_short_does_not_stand_in_the_next_ones_way(void **state)
{
	struct sip_phone *t = *state;

	t->rig.deaf = true;
	sip_phone_switch_on(t, false);
	t->p->rows[1].limit_ms = 10000;
	sim_run(t->p->f, 5ull * SECOND);
	t->rig.deaf = false;
	sim_run(t->p->f, 60ull * SECOND);
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_TIMEOUT);
	sip_phone_is(t, "sip_register", STEP_DONE, WHY_NONE, "");
	assert_int_equal(t->rig.opened, 1);
}

static void
a_forged_answer_is_a_matter_of_auth(void **state)
{
	struct sip_phone *t = *state;

	t->rig.from = "Expires: 7200";
	t->rig.to = "Expires: 9999";
	sip_phone_walk(t, false);
	assert_string_equal(sip_phone_try(t, "sip_register", 0)->detail, "sip:wrong signature");
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_AUTH);
}

static void
a_lost_connection_is_made_again(void **state)
{
	struct sip_phone *t = *state;

	t->rig.deaf = true;
	sip_phone_switch_on(t, false);
	sim_run(t->p->f, SECOND);
	sip_rig_cut(&t->rig, -ECONNRESET);
	t->rig.deaf = false;
	sim_run(t->p->f, 60ull * SECOND);
	assert_string_equal(sip_phone_try(t, "sip_register", 0)->detail, "errno:ECONNRESET");
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_RESET);
	sip_phone_is(t, "sip_register", STEP_DONE, WHY_NONE, "");
}

/* A director: this rig sends everybody to the other, which listens on 5062. */
static void
follows(struct sip_phone *t, const char *home)
{
	struct sip_rig other;
	const struct facts *f;

	sip_rig_init(&other, t->p->f);
	other.port = 5062;
	other.cfg.fqdn = "fe02.contoso.com";
	sip_rig_up(&other);
	t->rig.cfg.home_pool = home;
	t->rig.cfg.redirect_percent = 100;
	sip_phone_walk(t, false);

	sip_phone_is(t, "sip_register", STEP_DONE, WHY_NONE, "");
	f = journey_facts(t->p->j);
	assert_true(f->redirected);
	assert_int_equal(f->n_pools, 1);
	assert_int_equal(f->pool[0].port, 5062);
	assert_memory_equal(f->pool[0].name, home, strlen(f->pool[0].name));
	assert_int_equal(f->pool[0].ip, 0x7f000009);
	assert_int_equal(other.opened, 1);
	assert_int_equal(sip_rig_heard(&other, "CSeq: 1 REGISTER"), 1);
	assert_int_equal(serve_sip_stats(other.server)->registered, 1);
	assert_int_equal(t->rig.closed, 1);
	assert_int_equal(sip_phone_try(t, "sip_register", 0)->why, WHY_NOT_FOUND);

	journey_power_off(t->p->j);
	sip_rig_down(&other);
}

static void
it_follows_a_301_to_an_address(void **state)
{
	struct sip_phone *t = *state;

	follows(t, "127.0.0.9:5062");
	assert_string_equal(sip_phone_try(t, "sip_register", 0)->detail, "sip:301 127.0.0.9");
}

static void
it_follows_a_301_to_a_name(void **state)
{
	static const struct serve_dns_record zone[] = {
		{ .name = "pool02.contoso.com", .type = DNS_A, .ip = 0x7f000009 }
	};
	struct sip_phone *t = *state;
	struct fake_dns dns = { 0 };

	fake_dns_listen(&dns, t->p->f, zone, 1);
	follows(t, "pool02.contoso.com:5062");
	assert_string_equal(
	    sip_phone_try(t, "sip_register", 0)->detail, "sip:301 pool02.contoso.com");
	fake_dns_done(&dns);
}

static void
given_a_home_pool_that_dns_does_not_know_it_stops(void **state)
{
	static const struct serve_dns_record zone[] = {
		{ .name = "pool03.contoso.com", .type = DNS_A, .ip = 0x7f000009 }
	};
	struct sip_phone *t = *state;
	struct fake_dns dns = { 0 };

	fake_dns_listen(&dns, t->p->f, zone, 1);
	t->rig.cfg.home_pool = "pool02.contoso.com";
	t->rig.cfg.redirect_percent = 100;
	sip_phone_walk(t, false);
	sip_phone_is(
	    t, "sip_register", STEP_FAIL, WHY_NOT_FOUND, "dns:NXDOMAIN pool02.contoso.com");
	fake_dns_done(&dns);
}

static void
a_power_cut_at_any_moment_leaves_nothing(void **state)
{
	for (int events = 0;; events++) {
		struct sip_phone *t;
		bool more = true;

		if (events > 0)
			assert_int_equal(sip_phone_set_up(state), 0);
		t = *state;
		sip_phone_switch_on(t, true);
		for (int i = 0; i < events && more; i++)
			more = sim_step(t->p->f, 30ull * SECOND);
		journey_power_off(t->p->j);
		assert_int_equal(sim_open(t->p->f), 0);
		if (!more)
			break;
		assert_true(events < 1000);
		assert_int_equal(sip_phone_tear_down(state), 0);
	}
}

int
main(void)
{
#define SIP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sip_phone_set_up, sip_phone_tear_down)
	const struct CMUnitTest tests[] = {
		SIP_TEST(it_signs_in_with_kerberos),
		SIP_TEST(the_header_of_the_credentials_is_the_profiles),
		SIP_TEST(given_a_service_the_kdc_does_not_know_it_stops),
		SIP_TEST(given_a_user_without_account_it_stops),
		SIP_TEST(given_the_credentials_of_another_it_stops),
		SIP_TEST(given_a_token_that_is_refused_it_stops),
		SIP_TEST(given_only_ntlm_it_stops),
		SIP_TEST(given_a_challenge_that_is_none_it_tries_again),
		SIP_TEST(given_503_it_comes_again_at_the_next_target_when_it_may),
		SIP_TEST(each_refusal_has_its_reason),
		SIP_TEST(silence_is_a_timeout_and_the_next_try_has_a_new_connection),
		SIP_TEST(a_try_cut_short_does_not_stand_in_the_next_ones_way),
		SIP_TEST(a_forged_answer_is_a_matter_of_auth),
		SIP_TEST(a_lost_connection_is_made_again),
		SIP_TEST(it_follows_a_301_to_an_address),
		SIP_TEST(it_follows_a_301_to_a_name),
		SIP_TEST(given_a_home_pool_that_dns_does_not_know_it_stops),
		SIP_TEST(a_power_cut_at_any_moment_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
