/* test_dhcp_talk.c - one exchange with DHCP servers that say what the test wants: whose answer
 * is taken, and what is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "dhcp_rig.h"

/* ---- offers --------------------------------------------------------------------------------
 */

static void
the_first_offer_is_asked_for_by_its_servers_name(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer late;

	dhcp_rig_request(r);
	assert_int_equal(r->wanted, DHCP_RIG_MINE);
	assert_int_equal(r->named, DHCP_RIG_SERVER);
	assert_int_equal(r->said_xid[1], r->said_xid[0]);
	late = dhcp_rig_answer(r, DHCP_OFFER);
	late.head.yiaddr = DHCP_RIG_OTHER;
	late.server = DHCP_RIG_SERVER + 1;
	dhcp_rig_say(r, &late);
	assert_int_equal(r->n, 2);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
	assert_int_equal(r->talk.lease.ip, DHCP_RIG_MINE);
	assert_int_equal(r->noted_sent, 2);
	assert_int_equal(r->noted_heard, 2); /* the late offer was not worth it */
}

static void
an_offer_that_lacks_something_is_passed_over_for_a_whole_one(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_discover(r);
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.head.yiaddr = 0;
	dhcp_rig_say(r, &a);
	assert_string_equal(r->talk.flaw, "dhcp:no address");
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.mask = 0;
	dhcp_rig_say(r, &a);
	assert_string_equal(r->talk.flaw, "dhcp:no mask");
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.server = 0;
	dhcp_rig_say(r, &a);
	assert_string_equal(r->talk.flaw, "dhcp:no server");
	assert_int_equal(r->n, 1);
	dhcp_rig_say_usual(r, DHCP_OFFER);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
}

static void
nothing_but_useless_offers_is_a_bad_reply_with_the_last_ones_flaw(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_discover(r);
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.mask = 0;
	dhcp_rig_say(r, &a);
	dhcp_rig_fails(r, -EBADMSG, "dhcp:no mask");
	assert_true(r->talk.answered);
}

static void
what_is_meant_for_another_is_not_heard(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_discover(r);
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.head.xid++;
	dhcp_rig_say(r, &a);
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.head.mac[5]++;
	dhcp_rig_say(r, &a);
	a = dhcp_rig_answer(r, DHCP_OFFER);
	a.head.op = 1; /* another client's request */
	dhcp_rig_say(r, &a);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->noted_heard, 0);
	assert_false(r->talk.answered);
	dhcp_rig_fails(r, -ETIMEDOUT, NULL);
}

static void
noise_is_told_only_when_nothing_better_came(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_discover(r);
	sim_packet(r->f, r->h, 10, span_of("noise"));
	dhcp_rig_run(r, 10);
	assert_string_equal(r->talk.flaw, "dhcp:unreadable");
	dhcp_rig_fails(r, -EBADMSG, "dhcp:unreadable");
	assert_false(r->talk.answered);
}

/* ---- answers out of their order
 * --------------------------------------------------------------- */

static void
an_ack_or_a_nak_before_the_request_means_nothing(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_discover(r);
	dhcp_rig_say_usual(r, DHCP_ACK);
	dhcp_rig_say_usual(r, DHCP_NAK);
	assert_int_equal(r->state, TALK_WAIT);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->noted_heard, 0);
	dhcp_rig_say_usual(r, DHCP_OFFER);
	assert_int_equal(r->n, 2);
}

static void
other_types_mean_nothing(void **state)
{
	struct dhcp_rig *r = *state;
	static const enum dhcp_type types[] = { DHCP_DISCOVER, DHCP_REQUEST, DHCP_DECLINE,
		DHCP_RELEASE, DHCP_INFORM };

	dhcp_rig_request(r);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		dhcp_rig_say_usual(r, types[i]);
	assert_int_equal(r->state, TALK_WAIT);
	assert_int_equal(r->n, 2);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
}

static void
an_ack_with_another_address_is_not_ours(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_request(r);
	a = dhcp_rig_answer(r, DHCP_ACK);
	a.head.yiaddr = DHCP_RIG_OTHER;
	dhcp_rig_say(r, &a);
	assert_int_equal(r->state, TALK_WAIT);
	assert_string_equal(r->talk.flaw, "dhcp:another address");
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->state, TALK_DONE);
}

static void
an_ack_that_does_not_say_who_speaks_is_the_servers_that_was_asked(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_request(r);
	a = dhcp_rig_answer(r, DHCP_ACK);
	a.server = 0;
	dhcp_rig_say(r, &a);
	assert_int_equal(r->state, TALK_DONE);
	assert_int_equal(r->talk.lease.server, DHCP_RIG_SERVER);
}

/* The lease counts from when it was asked for, not from the answer. */
static void
a_lease_counts_from_its_request(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_request(r);
	dhcp_rig_run(r, S / 2);
	dhcp_rig_say_usual(r, DHCP_ACK);
	assert_int_equal(r->talk.lease.leased_at_us, r->at_us[1]);
}

/* ---- NAK
 * ------------------------------------------------------------------------------------------ */

static void
a_nak_of_a_server_that_was_not_asked_means_nothing(void **state)
{
	struct dhcp_rig *r = *state;
	struct dhcp_answer a;

	dhcp_rig_request(r);
	a = dhcp_rig_answer(r, DHCP_NAK);
	a.server = DHCP_RIG_SERVER + 1;
	dhcp_rig_say(r, &a);
	assert_int_equal(r->n, 2);
	a.server = 0; /* it does not say whose it is: it may be ours */
	dhcp_rig_say(r, &a);
	assert_int_equal(r->n, 3);
	assert_int_equal(r->type[2], DHCP_DISCOVER);
	assert_int_not_equal(r->said_xid[2], r->said_xid[1]);
}

static void
three_naks_are_the_end(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_request(r);
	for (int i = 0; i < 2; i++) {
		dhcp_rig_say_usual(r, DHCP_NAK);
		dhcp_rig_say_usual(r, DHCP_OFFER);
	}
	assert_int_equal(r->n, 6);
	dhcp_rig_say_usual(r, DHCP_NAK);
	assert_int_equal(r->state, TALK_FAILED);
	assert_int_equal(r->talk.err, -ECONNREFUSED);
	assert_int_equal(r->talk.naks, 3);
}

static void
a_nak_and_then_silence_is_a_refusal(void **state)
{
	struct dhcp_rig *r = *state;

	dhcp_rig_request(r);
	dhcp_rig_say_usual(r, DHCP_NAK);
	dhcp_rig_fails(r, -ECONNREFUSED, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DHCP_TEST(the_first_offer_is_asked_for_by_its_servers_name),
		DHCP_TEST(an_offer_that_lacks_something_is_passed_over_for_a_whole_one),
		DHCP_TEST(nothing_but_useless_offers_is_a_bad_reply_with_the_last_ones_flaw),
		DHCP_TEST(what_is_meant_for_another_is_not_heard),
		DHCP_TEST(noise_is_told_only_when_nothing_better_came),
		DHCP_TEST(an_ack_or_a_nak_before_the_request_means_nothing),
		DHCP_TEST(other_types_mean_nothing),
		DHCP_TEST(an_ack_with_another_address_is_not_ours),
		DHCP_TEST(an_ack_that_does_not_say_who_speaks_is_the_servers_that_was_asked),
		DHCP_TEST(a_lease_counts_from_its_request),
		DHCP_TEST(a_nak_of_a_server_that_was_not_asked_means_nothing),
		DHCP_TEST(three_naks_are_the_end),
		DHCP_TEST(a_nak_and_then_silence_is_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
