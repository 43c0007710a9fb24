/* test_step_sip_sign_out.c - the phone leaves: what it says, and that it never hangs on what
 * the server makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "line.h"
#include "serve_sip_impl.h"
#include "sip_phone.h"
#include "steps.h"

enum { SECOND = 1000000 };

typedef void turn_fn(struct sip_phone *);

/* Sign in, then out, with so many tries.  Between the two the front end may turn, and once more
 * when the phone has begun to leave. */
static void
sign_out(struct sip_phone *t, unsigned tries, turn_fn *before, turn_fn *meanwhile)
{
	fake_phone_row(t->p, &step_pool_tls, 1)->gives = FACT_LINE;
	fake_phone_row(t->p, &step_sip_register, 1)->gives = FACT_REGISTERED;
	fake_phone_row(t->p, &step_sip_provision, 1)->gives = FACT_PROVISIONED;
	fake_phone_row(t->p, &step_user_enters, 1); /* a rest */
	fake_phone_row(t->p, &step_sip_sign_out, tries)->limit_ms = 180000;
	sip_rig_up(&t->rig);
	fake_phone_switch_on(t->p);
	while (t->p->n_told < 3)
		assert_true(sim_step(t->p->f, UINT64_MAX));
	buf_clear(&t->rig.heard);
	if (before != NULL)
		before(t);
	while (t->p->n_told < 4)
		assert_true(sim_step(t->p->f, UINT64_MAX));
	if (meanwhile != NULL)
		meanwhile(t);
	while (journey_state(t->p->j) == JOURNEY_WALKING && sim_step(t->p->f, UINT64_MAX))
		;
}

static void
it_ends_its_subscriptions_then_itself_and_closes(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, NULL, NULL);
	sip_phone_is(t, "sip_sign_out", STEP_DONE, WHY_NONE, "");
	/* Two subscriptions live on; provisioning was told once and over. */
	assert_int_equal(sip_rig_heard(&t->rig, "SUBSCRIBE sip:fe01.contoso.com"), 2);
	assert_int_equal(sip_rig_heard(&t->rig, "REGISTER sip:contoso.com"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "Expires: 0\r\n"), 3);
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 0);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	assert_int_equal(t->rig.closed, 1);
}

static void
without_a_registration_there_is_nothing_to_do(void **state)
{
	struct sip_phone *t = *state;

	sip_rig_up(&t->rig);
	fake_phone_walk(t->p, &step_sip_sign_out, 1);
	sip_phone_is(t, "sip_sign_out", STEP_SKIP, WHY_NONE, "sip:not signed in");
	assert_int_equal(t->rig.opened, 0);
}

static void
on_a_line_that_is_up_but_not_signed_in_it_only_closes(void **state)
{
	struct sip_phone *t = *state;

	sip_rig_up(&t->rig);
	fake_phone_row(t->p, &step_pool_tls, 1)->gives = FACT_LINE;
	fake_phone_row(t->p, &step_sip_sign_out, 1);
	fake_phone_walk_rows(t->p);
	sip_phone_is(t, "sip_sign_out", STEP_SKIP, WHY_NONE, "sip:not signed in");
	assert_int_equal(t->rig.closed, 1);
	assert_int_equal(t->rig.heard.n, 0);
}

static void
go_deaf(struct sip_phone *t)
{
	t->rig.deaf = true;
}

static void
given_silence_it_is_told_and_the_line_is_closed_all_the_same(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, go_deaf, NULL);
	sip_phone_is(t, "sip_sign_out", STEP_FAIL, WHY_TIMEOUT, "sip:no answer");
	assert_int_equal(t->rig.closed, 1);
}

/* There is nothing left to sign out from: another try is not one. */
static void
given_silence_a_second_try_finds_nothing_to_end(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 2, go_deaf, NULL);
	sip_phone_is(t, "sip_sign_out", STEP_SKIP, WHY_NONE, "sip:not signed in");
	assert_int_equal(sip_phone_try(t, "sip_sign_out", 0)->why, WHY_TIMEOUT);
}

static void
forge(struct sip_phone *t)
{
	t->rig.from = "Expires: 0\r\n";
	t->rig.to = "Expires: 1\r\n";
}

static void
given_a_wrong_signature_it_is_silence_too(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, forge, NULL);
	sip_phone_is(t, "sip_sign_out", STEP_FAIL, WHY_TIMEOUT, "sip:no answer");
}

static void
cut(struct sip_phone *t)
{
	sip_rig_cut(&t->rig, -ECONNRESET);
}

static void
given_a_loss_meanwhile_it_is_a_reset(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, go_deaf, cut);
	sip_phone_is(t, "sip_sign_out", STEP_FAIL, WHY_RESET, "errno:ECONNRESET");
}

static void
sign_off(struct sip_phone *t)
{
	sip_rig_request(&t->rig, "BENOTIFY", NULL, "Event: registration-notify\r\n",
	    "deregistered;event=rejected");
}

static void
signed_off_by_the_server_meanwhile_it_has_what_it_wanted(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, go_deaf, sign_off);
	sip_phone_is(t, "sip_sign_out", STEP_DONE, WHY_NONE, "");
	assert_int_equal(t->rig.closed, 1);
}

static void
refuse(struct sip_phone *t)
{
	/* The user is no more: the answer is 404, signed. */
	t->rig.cfg.n_users = 0;
	t->rig.server->cfg.n_users = 0;
}

static void
a_refusal_will_do_as_well(void **state)
{
	struct sip_phone *t = *state;

	sign_out(t, 1, refuse, NULL);
	sip_phone_is(t, "sip_sign_out", STEP_DONE, WHY_NONE, "");
	assert_int_equal(t->rig.closed, 1);
}

static void
cut_off_at_any_event_it_leaves_nothing(void **state)
{
	for (int n = 0; n < 12; n++) {
		struct sip_phone *t = *state;

		fake_phone_row(t->p, &step_pool_tls, 1)->gives = FACT_LINE;
		fake_phone_row(t->p, &step_sip_register, 1)->gives = FACT_REGISTERED;
		fake_phone_row(t->p, &step_sip_sign_out, 1);
		sip_rig_up(&t->rig);
		fake_phone_switch_on(t->p);
		while (t->p->n_told < 2)
			assert_true(sim_step(t->p->f, UINT64_MAX));
		for (int i = 0; i < n; i++)
			(void)sim_step(t->p->f, UINT64_MAX);
		journey_power_off(t->p->j);
		assert_int_equal(sim_open(t->p->f), 0);
		assert_int_equal(sip_phone_tear_down(state), 0);
		assert_int_equal(sip_phone_set_up(state), 0);
	}
}

int
main(void)
{
#define SIP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sip_phone_set_up, sip_phone_tear_down)
	const struct CMUnitTest tests[] = {
		SIP_TEST(it_ends_its_subscriptions_then_itself_and_closes),
		SIP_TEST(without_a_registration_there_is_nothing_to_do),
		SIP_TEST(on_a_line_that_is_up_but_not_signed_in_it_only_closes),
		SIP_TEST(given_silence_it_is_told_and_the_line_is_closed_all_the_same),
		SIP_TEST(given_silence_a_second_try_finds_nothing_to_end),
		SIP_TEST(given_a_wrong_signature_it_is_silence_too),
		SIP_TEST(given_a_loss_meanwhile_it_is_a_reset),
		SIP_TEST(signed_off_by_the_server_meanwhile_it_has_what_it_wanted),
		SIP_TEST(a_refusal_will_do_as_well),
		SIP_TEST(cut_off_at_any_event_it_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
