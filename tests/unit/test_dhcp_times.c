/* test_dhcp_times.c - when a phone speaks to DHCP servers: the first time, again, after a power
 * cut and to renew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "dhcp_rig.h"

/* ---- silence
 * ----------------------------------------------------------------------------------------- */

static void
silence_has_its_times_to_the_microsecond(void **state)
{
	struct dhcp_rig *r = *state;
	static const uint64_t want[] = { 0, 1 * S, 3 * S, 4 * S };

	dhcp_rig_discover(r);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
	assert_int_equal(r->n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(r->type[i], DHCP_DISCOVER);
		assert_int_equal(r->at_us[i], want[i]);
	}
	/* What is sent again keeps its number; the second round has another. */
	assert_int_equal(r->said_xid[1], r->said_xid[0]);
	assert_int_equal(r->said_xid[3], r->said_xid[2]);
	assert_int_not_equal(r->said_xid[2], r->said_xid[0]);
}

static void
a_request_that_nobody_answers_is_said_again_and_then_discovered_anew(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_request(r);
	dhcp_rig_run(r, 4 * S);
	assert_int_equal(r->type[2], DHCP_REQUEST);
	assert_int_equal(r->at_us[2] - r->at_us[1], 1 * S);
	assert_int_equal(r->type[3], DHCP_DISCOVER);
	assert_int_equal(r->at_us[3] - r->at_us[2], 2 * S);
}

static void
jitter_moves_each_wait_within_its_bounds(void **state)
{
	struct dhcp_rig *r = *state;

	r->habit.wait_jitter_ms = 500;
	r->habit.rounds = 10;
	dhcp_rig_discover(r);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
	assert_int_equal(r->n, 20);
	for (size_t i = 1; i < r->n; i++) {
		uint64_t wait = r->at_us[i] - r->at_us[i - 1], base = (i % 2 ? 1 : 2) * S;

		assert_in_range(wait, base - S / 2, base + S / 2);
	}
}

static void
on_an_address_of_its_own_one_discover_is_enough(void **state)
{
	struct dhcp_rig *r = *state;

	r->cfg.once = true;
	dhcp_rig_discover(r);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
	assert_int_equal(r->n, 1);
	assert_int_equal(sim_now_us(r->f), 1 * S);
}

static void
but_what_is_offered_then_is_asked_for_as_patiently_as_ever(void **state)
{
	struct dhcp_rig *r = *state;

	r->cfg.once = true;
	dhcp_rig_request(r);
	dhcp_rig_run(r, 1500 * 1000);
	assert_int_equal(r->n, 3);
	assert_int_equal(r->type[2], DHCP_REQUEST);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
}

/* ---- beginnings
 * ------------------------------------------------------------------------------------------ */

static void
the_first_word_waits_for_a_random_time(void **state)
{
	struct dhcp_rig *r = *state;
	static const uint32_t half = UINT32_MAX / 2;

	sim_random(r->f, &half, 1);
	r->habit.init_delay_ms = 10000;
	r->state = dhcp_talk_lease(&r->talk, &r->cfg, 0, true);
	assert_int_equal(r->n, 0);
	dhcp_rig_run(r, 60 * S);
	assert_int_equal(r->type[0], DHCP_DISCOVER);
	assert_in_range(r->at_us[0], 5 * S - 10, 5 * S + 10);
}

static void
without_a_delay_in_the_profile_it_speaks_at_once(void **state)
{
	struct dhcp_rig *r = *state;

	r->state = dhcp_talk_lease(&r->talk, &r->cfg, 0, true);
	assert_true(r->n == 1 && r->at_us[0] == 0);
}

static void
an_old_address_is_asked_for_first_and_given_up_on_a_nak(void **state)
{
	struct dhcp_rig *r = *state;

	r->state = dhcp_talk_lease(&r->talk, &r->cfg, DHCP_RIG_OTHER, false);
	assert_int_equal(r->type[0], DHCP_REQUEST);
	assert_int_equal(r->wanted, DHCP_RIG_OTHER);
	assert_int_equal(r->named, 0); /* INIT-REBOOT names no server */
	dhcp_rig_say_usual(r, DHCP_NAK);
	assert_int_equal(r->type[1], DHCP_DISCOVER);
	assert_int_equal(r->talk.naks, 0);
	dhcp_rig_say_usual(r, DHCP_OFFER);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
	assert_int_equal(r->talk.lease.ip, DHCP_RIG_MINE);
}

static void
an_old_address_nobody_speaks_for_costs_no_round(void **state)
{
	struct dhcp_rig *r = *state;

	r->state = dhcp_talk_lease(&r->talk, &r->cfg, DHCP_RIG_OTHER, false);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
	/* Two REQUESTs, then two whole rounds of two. */
	assert_int_equal(r->n, 6);
	assert_int_equal(r->type[1], DHCP_REQUEST);
	assert_int_equal(r->type[2], DHCP_DISCOVER);
	assert_int_equal(r->type[5], DHCP_DISCOVER);
}

static void
what_cannot_be_opened_fails_at_once(void **state)
{
	struct dhcp_rig *r = *state;
	const struct dhcp_lease held = { .ip = DHCP_RIG_MINE, .server = DHCP_RIG_SERVER };

	sim_fail_open(r->f, -EMFILE);
	assert_int_equal(dhcp_talk_lease(&r->talk, &r->cfg, 0, false), TALK_FAILED);
	assert_int_equal(r->talk.err, -EMFILE);
	assert_int_equal(dhcp_talk_renew(&r->talk, &r->cfg, &held, false), TALK_FAILED);
	assert_int_equal(dhcp_talk_release(&r->cfg, DHCP_RIG_MINE, DHCP_RIG_SERVER), -EMFILE);
	assert_int_equal(dhcp_talk_decline(&r->cfg, DHCP_RIG_MINE, DHCP_RIG_SERVER), -EMFILE);
	sim_fail_open(r->f, 0);
	assert_int_equal(r->n, 0);
}

/* ---- renewal
 * ------------------------------------------------------------------------------------------------
 */

static void
renew(struct dhcp_rig *r, bool broadcast)
{
	const struct dhcp_lease held = {
		.ip = DHCP_RIG_MINE, .mask = 0xffffff00, .server = DHCP_RIG_SERVER
	};

	assert_int_equal(r->io->ops->address(r->io, DHCP_RIG_MINE, 0), 0);
	r->state = dhcp_talk_renew(&r->talk, &r->cfg, &held, broadcast);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->type[0], DHCP_REQUEST);
	assert_int_equal(r->last.ciaddr, DHCP_RIG_MINE);
	assert_int_equal(r->wanted, 0);
}

static void
a_renewal_is_asked_once_and_answered_or_not(void **state)
{
	struct dhcp_rig *r = *state;

	renew(r, true);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
	assert_int_equal(r->n, 1);
	assert_int_equal(sim_now_us(r->f), 1 * S);
}

static void
a_renewal_may_not_change_the_mask_or_the_address(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	renew(r, true);
	a = dhcp_rig_answer(r, DHCP_ACK);
	a.mask = 0xffff0000;
	dhcp_rig_say(r, &a);
	assert_string_equal(r->talk.flaw, "dhcp:another mask");
	a = dhcp_rig_answer(r, DHCP_ACK);
	a.head.yiaddr = DHCP_RIG_OTHER;
	dhcp_rig_say(r, &a);
	assert_string_equal(r->talk.flaw, "dhcp:another address");
	dhcp_rig_fails(r, -EBADMSG, NULL);
	assert_int_equal(r->talk.lease.ip, DHCP_RIG_MINE);
}

static void
a_nak_ends_a_renewal_at_once(void **state)
{
	struct dhcp_rig *r = *state;

	renew(r, true);
	dhcp_rig_say_usual(r, DHCP_NAK);
	assert_int_equal(r->state, TALK_FAILED);
	assert_int_equal(r->talk.err, -ECONNREFUSED);
}

static void
a_closed_port_ends_a_renewal_with_its_errno(void **state)
{
	struct dhcp_rig *r = *state;

	renew(r, false);
	sim_down(r->f, r->h, 10, -ECONNREFUSED, NULL);
	dhcp_rig_run(r, 10);
	assert_int_equal(r->state, TALK_FAILED);
	assert_int_equal(r->talk.err, -ECONNREFUSED);
}

static void
dropped_it_hears_nothing_more(void **state)
{
	struct dhcp_rig *r = *state;
	struct io_event ev = { .kind = IO_ALARM };

	dhcp_rig_request(r);
	dhcp_talk_drop(&r->talk);
	dhcp_talk_drop(&r->talk);
	assert_int_equal(sim_open(r->f), 0);
	assert_int_equal(dhcp_talk_event(&r->talk, &ev), TALK_WAIT);
	dhcp_rig_run(r, 100 * S);
	assert_int_equal(r->n, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DHCP_TEST(silence_has_its_times_to_the_microsecond),
		DHCP_TEST(a_request_that_nobody_answers_is_said_again_and_then_discovered_anew),
		DHCP_TEST(jitter_moves_each_wait_within_its_bounds),
		DHCP_TEST(on_an_address_of_its_own_one_discover_is_enough),
		DHCP_TEST(but_what_is_offered_then_is_asked_for_as_patiently_as_ever),
		DHCP_TEST(the_first_word_waits_for_a_random_time),
		DHCP_TEST(without_a_delay_in_the_profile_it_speaks_at_once),
		DHCP_TEST(an_old_address_is_asked_for_first_and_given_up_on_a_nak),
		DHCP_TEST(an_old_address_nobody_speaks_for_costs_no_round),
		DHCP_TEST(what_cannot_be_opened_fails_at_once),
		DHCP_TEST(a_renewal_is_asked_once_and_answered_or_not),
		DHCP_TEST(a_renewal_may_not_change_the_mask_or_the_address),
		DHCP_TEST(a_nak_ends_a_renewal_at_once),
		DHCP_TEST(a_closed_port_ends_a_renewal_with_its_errno),
		DHCP_TEST(dropped_it_hears_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
