/* test_step_sip_provision.c - subscriptions and in-band provisioning after a real sign-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "sip_phone.h"
#include "steps.h"

enum { SECOND = 1000000 };

static void
it_learns_the_update_url_and_the_poll(void **state)
{
	struct sip_phone *t = *state;
	const struct facts *f;

	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	f = journey_facts(t->p->j);
	assert_string_equal(
	    f->update_url, "http://ucupdates-r2.contoso.com/RequestHandler/ucdevice.upx");
	assert_int_equal(f->mwi_poll_min, 5);
	assert_string_equal(t->p->row->seen,
	    "{\"sip_requests\": [\"SUBSCRIBE\", \"SUBSCRIBE\", \"SUBSCRIBE\"], "
	    "\"sip_status\": [200, 200, 200], \"sip_headers\": [\"Via\", \"Max-Forwards\", "
	    "\"From\", \"To\", \"Call-ID\", \"CSeq\", \"Contact\", \"User-Agent\", \"Event\", "
	    "\"Accept\", \"Supported\", \"Supported\", \"Proxy-Require\", \"Supported\", "
	    "\"Expires\", \"Authorization\", \"Content-Type\", \"Content-Length\"], "
	    "\"sip_user_agent\": \"CPE/1.0.199.123 OCPhone/1.0.199.123 (Microsoft Office "
	    "Communicator 2007 Phone Edition)\"}");
	assert_int_equal(sip_rig_heard(&t->rig, "<provisioningGroup name=\"ucPolicy\"/>"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "<roaming type=\"subscribers\"/>"), 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->subscribes, 3);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
}

static void
a_phone_outside_takes_the_external_url(void **state)
{
	struct sip_phone *t = *state;

	t->p->id.external = true;
	sip_phone_walk(t, true);
	assert_string_equal(journey_facts(t->p->j)->update_url,
	    "https://ext.contoso.com/RequestHandlerExt/ucdevice.upx");
}

static void
what_came_through_an_edge_takes_the_external_url(void **state)
{
	struct sip_phone *t = *state;

	t->rig.from = "presence-state: register-action=\"added\"\r\n";
	t->rig.to = "ms-user-logon-data: RemoteUser\r\nX: yyyy\r\n";
	sip_phone_walk(t, true);
	assert_string_equal(journey_facts(t->p->j)->update_url,
	    "https://ext.contoso.com/RequestHandlerExt/ucdevice.upx");
}

static void
an_update_server_that_is_switched_off_is_none(void **state)
{
	struct sip_phone *t = *state;

	t->rig.cfg.update_disabled = true;
	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_string_equal(journey_facts(t->p->j)->update_url, "");
}

static void
an_answer_without_urls_gives_none(void **state)
{
	struct sip_phone *t = *state;

	t->rig.cfg.update_internal = t->rig.cfg.update_external = NULL;
	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_string_equal(journey_facts(t->p->j)->update_url, "");
}

static void
given_a_registrar_without_provisioning_it_goes_on(void **state)
{
	struct sip_phone *t = *state;

	t->rig.from = "vnd-microsoft-provisioning-v2\r\n";
	t->rig.to = "vnd-microsoft-provisioning-v9\r\n";
	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_SKIP, WHY_NONE,
	    "sip:the pool does not offer vnd-microsoft-provisioning-v2");
	assert_int_equal(
	    journey_facts(t->p->j)->mwi_poll_min, t->p->profile->exchange.poll_min);
}

static void
only_what_is_offered_is_subscribed_to(void **state)
{
	struct sip_phone *t = *state;

	t->rig.from = "vnd-microsoft-roaming-self,";
	t->rig.to = "vnd-microsoft-roaming-none,";
	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_int_equal(serve_sip_stats(t->rig.server)->subscribes, 2);
}

static void
a_body_that_cannot_be_read_is_a_bad_reply(void **state)
{
	struct sip_phone *t = *state;

	t->rig.from = "</provisionGroupList>"; /* bodies are not signed */
	t->rig.to = "</provisionGroupL1st>";
	sip_phone_walk(t, true);
	sip_phone_is(t, "sip_provision", STEP_FAIL, WHY_BAD_REPLY, "sip:no provisioning data");
}

static void
silence_leads_back_to_the_connection(void **state)
{
	struct sip_phone *t = *state;

	sip_phone_switch_on(t, true);
	while (serve_sip_stats(t->rig.server)->registered == 0)
		assert_true(sim_step(t->p->f, 30ull * SECOND));
	t->rig.mute = true;
	sim_run(t->p->f, sim_now_us(t->p->f) + 61ull * SECOND);
	assert_string_equal(sip_phone_try(t, "sip_provision", 0)->detail, "sip:no answer");
	t->rig.mute = false;
	sim_run(t->p->f, sim_now_us(t->p->f) + 61ull * SECOND);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_int_equal(t->rig.opened, 2);
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 1);
}

static void
a_loss_leads_back_to_the_connection(void **state)
{
	struct sip_phone *t = *state;

	t->p->chores = chores_table;
	t->p->n_chores = chores_count;
	t->p->plan.stay_us = 3600ull * SECOND;
	sip_phone_switch_on(t, true);
	while (serve_sip_stats(t->rig.server)->registered == 0)
		assert_true(sim_step(t->p->f, 30ull * SECOND));
	t->rig.mute = true;
	sip_rig_cut(&t->rig, -ECONNRESET);
	sim_run(t->p->f, sim_now_us(t->p->f) + SECOND / 2);
	t->rig.mute = false;
	sim_run(t->p->f, sim_now_us(t->p->f) + 60ull * SECOND);
	assert_string_equal(sip_phone_try(t, "sip_provision", 0)->detail, "errno:ECONNRESET");
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_int_equal(t->rig.opened, 2);
	sim_run(t->p->f, sim_now_us(t->p->f) + 600ull * SECOND);
	assert_int_equal(t->rig.opened, 2); /* once mended, it is mended */
}

static void
given_401_it_signs_again_and_then_begins_anew(void **state)
{
	struct sip_phone *t = *state;

	sip_phone_switch_on(t, true);
	while (serve_sip_stats(t->rig.server)->registered == 0)
		assert_true(sim_step(t->p->f, 30ull * SECOND));
	t->rig.from = "SIP/2.0 200 OK";
	t->rig.to = "SIP/2.0 401 OK";
	sim_run(t->p->f, sim_now_us(t->p->f) + 2ull * SECOND);
	assert_string_equal(sip_phone_try(t, "sip_provision", 1)->detail, "sip:401");
	t->rig.from = NULL;
	sim_run(t->p->f, sim_now_us(t->p->f) + 30ull * SECOND);
	sip_phone_is(t, "sip_provision", STEP_DONE, WHY_NONE, "");
	assert_int_equal(sip_phone_try(t, "sip_provision", 0)->why, WHY_AUTH);
	assert_int_equal(t->rig.opened, 2);
}

int
main(void)
{
#define SIP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sip_phone_set_up, sip_phone_tear_down)
	const struct CMUnitTest tests[] = {
		SIP_TEST(it_learns_the_update_url_and_the_poll),
		SIP_TEST(a_phone_outside_takes_the_external_url),
		SIP_TEST(what_came_through_an_edge_takes_the_external_url),
		SIP_TEST(an_update_server_that_is_switched_off_is_none),
		SIP_TEST(an_answer_without_urls_gives_none),
		SIP_TEST(given_a_registrar_without_provisioning_it_goes_on),
		SIP_TEST(only_what_is_offered_is_subscribed_to),
		SIP_TEST(a_body_that_cannot_be_read_is_a_bad_reply),
		SIP_TEST(silence_leads_back_to_the_connection),
		SIP_TEST(a_loss_leads_back_to_the_connection),
		SIP_TEST(given_401_it_signs_again_and_then_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
