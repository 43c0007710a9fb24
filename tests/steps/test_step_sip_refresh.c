/* test_step_sip_refresh.c - the registration again, as the second row after signing in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "line.h"
#include "sip_phone.h"
#include "steps.h"

enum { SECOND = 1000000 };

/* A row that waits until it is told to go on, or its limit comes. */
static uint64_t rest_us;
static struct sip_rig *then_deaf; /* a server that hears nothing after the rest */

static enum verdict
rest_start(struct step *s)
{
	struct io_handle *h = NULL;

	return step_alarm(s, rest_us, &h) == 0 ? STEP_WAIT : STEP_FAIL;
}

static enum verdict
rest_event(struct step *s, const struct io_event *ev)
{
	(void)s;
	if (then_deaf != NULL)
		then_deaf->deaf = true;
	return ev->kind == IO_ALARM ? STEP_DONE : STEP_WAIT;
}

static const struct step_ops step_rest = {
	.name = "rest", .start = rest_start, .event = rest_event
};

/* Sign in, rest for so long, refresh. */
static void
refresh_after(struct sip_phone *t, uint64_t us)
{
	struct leg *leg;

	rest_us = us;
	leg = fake_phone_row(t->p, &step_pool_tls, 1);
	leg->gives = FACT_LINE;
	leg = fake_phone_row(t->p, &step_sip_register, 1);
	leg->gives = FACT_REGISTERED;
	leg = fake_phone_row(t->p, &step_rest, 1);
	leg->limit_ms = UINT32_MAX;
	leg = fake_phone_row(t->p, &step_sip_refresh, 2);
	leg->limit_ms = 180000;
	if (t->rig.server == NULL)
		sip_rig_up(&t->rig);
	fake_phone_walk_rows(t->p);
}

static void
it_is_one_signed_register(void **state)
{
	struct sip_phone *t = *state;

	refresh_after(t, 7000ull * SECOND);
	sip_phone_is(t, "sip_refresh", STEP_DONE, WHY_NONE, "");
	assert_int_equal(serve_sip_stats(t->rig.server)->registers, 2);
	assert_int_equal(serve_sip_stats(t->rig.server)->challenged, 1);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 3 REGISTER"), 1);
}

static void
an_old_context_is_made_anew_with_another_ticket(void **state)
{
	struct sip_phone *t = *state;

	t->rig.cfg.expires_s = 100000;
	refresh_after(t, 8ull * 3600 * SECOND);
	sip_phone_is(t, "sip_refresh", STEP_DONE, WHY_NONE, "");
	assert_int_equal(serve_sip_stats(t->rig.server)->challenged, 2);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 2);
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 1);
}

static void
a_server_that_forgot_the_context_is_answered_afresh(void **state)
{
	struct sip_phone *t = *state;

	/* Another opaque than the server's: it does not know this client. */
	t->rig.from = "opaque=\"";
	t->rig.to = "opaqu3=\"";
	refresh_after(t, 10ull * SECOND);
	sip_phone_is(t, "sip_refresh", STEP_DONE, WHY_NONE, "");
	assert_int_equal(serve_sip_stats(t->rig.server)->challenged, 2);
}

static void
a_binding_that_was_lost_ends_the_line(void **state)
{
	struct sip_phone *t = *state;

	refresh_after(t, 7300ull * SECOND);
	sip_phone_is(t, "sip_refresh", STEP_FAIL, WHY_RESET, "sip:binding lost");
	assert_int_equal(t->rig.closed, 1);
}

static void
an_answer_that_costs_the_line_is_not_waited_for_again(void **state)
{
	struct sip_phone *t = *state;

	then_deaf = &t->rig;
	refresh_after(t, 10ull * SECOND);
	then_deaf = NULL;
	sip_phone_is(t, "sip_refresh", STEP_FAIL, WHY_TIMEOUT, "sip:no answer");
	assert_int_equal(t->p->row->tries, 1);
	assert_int_equal(t->rig.closed, 1);
}

int
main(void)
{
#define SIP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sip_phone_set_up, sip_phone_tear_down)
	const struct CMUnitTest tests[] = {
		SIP_TEST(it_is_one_signed_register),
		SIP_TEST(an_old_context_is_made_anew_with_another_ticket),
		SIP_TEST(a_server_that_forgot_the_context_is_answered_afresh),
		SIP_TEST(a_binding_that_was_lost_ends_the_line),
		SIP_TEST(an_answer_that_costs_the_line_is_not_waited_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
