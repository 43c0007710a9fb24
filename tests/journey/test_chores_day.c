/*
 * test_chores_day.c - a phone that has arrived stays for more than a day: every chore of the
 * table at its time, in a whole simulated pool; and what becomes of them when a server is away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rehearsal.h"

static const uint64_t S = 1000000, MINUTE = 60ull * 1000000, HOUR = 3600ull * 1000000;

/* One phone stays for so long in a pool with these habits. */
static struct rehearsal *
stays(const char *yaml, uint64_t stay_us)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
	    .phones = 1, .seed = 7, .yaml = yaml, .stay_us = stay_us });

	rehearsal_on(r, 0, 0);
	rehearsal_run(r, stay_us + HOUR);
	return r;
}

static void
done(struct rehearsal *r)
{
	rehearsal_free(r);
	assert_int_equal(mem_out(), 0);
}

/* The nth time (from 0) that this step was walked as a chore, and settled. */
static const struct rehearsal_row *
chore(const struct rehearsal *r, const char *step, size_t nth)
{
	const struct rehearsal_phone *p = &r->phone[0];

	for (size_t i = 0; i < p->n_rows; i++)
		if (p->row[i].chore && p->row[i].final && strcmp(p->row[i].step, step) == 0 &&
		    nth-- == 0)
			return &p->row[i];
	return NULL;
}

static size_t
chores(const struct rehearsal *r, const char *step)
{
	size_t n = 0;

	while (chore(r, step, n) != NULL)
		n++;
	return n;
}

/* ---- a quiet day ---------------------------------------------------------------------------
 */

static void
on_a_quiet_day_every_chore_is_done_at_its_time(void **state)
{
	struct rehearsal *r = stays("servers: {dhcp: {lease: 8h}}\n", 25 * HOUR);
	const struct rehearsal_phone *p = &r->phone[0];

	(void)state;
	if (p->state != JOURNEY_ARRIVED)
		rehearsal_show(r, 0);
	assert_int_equal(p->state, JOURNEY_ARRIVED);
	/* Half of each lease; 30 s before each two hours end; before tickets end; once a day.
	 */
	assert_int_equal(chores(r, "dhcp_renew"), 6);
	assert_int_equal(chores(r, "sip_refresh"), 12);
	assert_int_equal(chores(r, "krb_login"), 3);
	assert_int_equal(chores(r, "update_ask"), 1);
	assert_int_equal(chores(r, "autodiscover_find"), 1);
	assert_int_equal(chores(r, "cas_tls"), 1);
	/* Nothing was lost all day. */
	assert_int_equal(chores(r, "pool_tls"), 0);
	assert_int_equal(rehearsal_told(r, 0, "sip_register"), 1);
	for (size_t i = 0; i < p->n_rows; i++)
		assert_true(!p->row[i].chore || p->row[i].verdict == STEP_DONE ||
		    p->row[i].verdict == STEP_SKIP);
	done(r);
}

static void
the_lease_is_renewed_at_half_of_it_counted_from_the_request(void **state)
{
	struct rehearsal *r = stays("servers: {dhcp: {lease: 2h}}\n", 5 * HOUR);
	uint64_t asked = chore(r, "dhcp_renew", 0)->started_us;

	(void)state;
	/* The first one an hour after the lease was asked for, in the first second. */
	assert_in_range(asked, HOUR, HOUR + S);
	for (size_t n = 1; n < 4; n++) {
		assert_int_equal(chore(r, "dhcp_renew", n)->started_us, asked + HOUR);
		asked = chore(r, "dhcp_renew", n)->started_us;
	}
	done(r);
}

static void
the_registration_is_refreshed_half_a_minute_before_it_ends(void **state)
{
	struct rehearsal *r = stays("servers: {sip: {expires: 10m}}\n", HOUR);
	uint64_t before = rehearsal_last(r, 0, "sip_register")->ended_us;

	(void)state;
	assert_int_equal(chores(r, "sip_refresh"), 6);
	for (size_t n = 0; n < 6; n++) {
		const struct rehearsal_row *row = chore(r, "sip_refresh", n);

		assert_int_equal(row->started_us, before + 570 * S);
		before = row->ended_us;
	}
	done(r);
}

static void
the_mailbox_is_polled_as_often_as_provisioning_says(void **state)
{
	struct rehearsal *r = stays("servers: {}\n", 2 * HOUR);
	uint64_t minutes = journey_facts(r->phone[0].j)->mwi_poll_min;
	uint64_t before = chore(r, "ews_poll", 0)->ended_us;

	(void)state;
	assert_true(minutes > 0);
	assert_in_range(chores(r, "ews_poll"), 2 * 60 / minutes - 1, 2 * 60 / minutes);
	for (size_t n = 1; n < 10; n++) {
		assert_int_equal(
		    chore(r, "ews_poll", n)->started_us, before + minutes * MINUTE);
		before = chore(r, "ews_poll", n)->ended_us;
	}
	done(r);
}

static void
keep_alives_hold_the_line_through_hours_without_a_word(void **state)
{
	struct rehearsal *r = stays(
	    "servers: {sip: {expires: 24h, keep_alive: 60s}, exchange: {mailbox: false}}\n",
	    6 * HOUR);

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(chores(r, "sip_refresh"), 0);
	assert_int_equal(chores(r, "pool_tls"), 0);
	done(r);
}

/* ---- servers that are away
 * -------------------------------------------------------------------- */

static void
a_pool_that_comes_back_has_its_phones_again(void **state)
{
	struct rehearsal *r = stays(
	    "faults: [{server: sip, from: 30m, for: 10m, do: {reset: true}}]\n", 2 * HOUR);
	const struct rehearsal_row *again = chore(r, "sip_register", 0);

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_non_null(again);
	/* Tried with growing pauses, none longer than five minutes and a quarter. */
	assert_in_range(again->ended_us, 40 * MINUTE, 40 * MINUTE + 375 * S + 30 * S);
	assert_true(chores(r, "pool_tls") > 3);
	assert_true(journey_holds(r->phone[0].j));
	done(r);
}

static void
a_pool_that_stays_away_leaves_a_phone_that_has_failed(void **state)
{
	struct rehearsal *r = stays(
	    "faults: [{server: sip, from: 30m, do: {refuse: true, reset: true}}]\n", HOUR);

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_FAILED);
	assert_false(journey_holds(r->phone[0].j));
	done(r);
}

static void
a_dhcp_server_that_is_away_at_t1_is_asked_again_before_t2(void **state)
{
	struct rehearsal *r = stays("servers: {dhcp: {lease: 2h}}\n"
				    "faults: [{server: dhcp, from: 50m, for: 30m, do: {drop: "
				    "100%}}]\n",
	    3 * HOUR);

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(chore(r, "dhcp_renew", 0)->verdict, STEP_FAIL);
	assert_int_equal(chore(r, "dhcp_renew", 0)->why, WHY_TIMEOUT);
	/* T1 is an hour, T2 105 minutes: half of what is left, 82 minutes and a half. */
	assert_in_range(chore(r, "dhcp_renew", 1)->started_us, 82 * MINUTE, 83 * MINUTE);
	assert_int_equal(chore(r, "dhcp_renew", 1)->verdict, STEP_DONE);
	assert_int_equal(rehearsal_told(r, 0, "dhcp_lease"), 1);
	done(r);
}

static void
a_lease_that_nobody_renews_costs_the_address_and_the_whole_way_is_walked_again(void **state)
{
	struct rehearsal *r = stays("servers: {dhcp: {lease: 1h}}\n"
				    "faults: [{server: dhcp, from: 10m, for: 55m, do: {drop: "
				    "100%}}]\n",
	    3 * HOUR);
	const struct rehearsal_row *again = rehearsal_last(r, 0, "dhcp_lease");

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(again->verdict, STEP_DONE);
	assert_true(again->started_us >= HOUR);
	assert_true(journey_holds(r->phone[0].j));
	done(r);
}

static void
a_dhcp_server_that_stays_away_costs_the_phone(void **state)
{
	struct rehearsal *r = stays("servers: {dhcp: {lease: 1h}}\n"
				    "faults: [{server: dhcp, from: 10m, do: {drop: 100%}}]\n",
	    3 * HOUR);

	(void)state;
	assert_int_equal(r->phone[0].state, JOURNEY_FAILED);
	assert_string_equal(
	    rehearsal_last(r, 0, "dhcp_lease")->detail, "dhcp:no answer, 169.254/16");
	done(r);
}

static void
an_exchange_that_is_away_costs_nothing_but_the_polls(void **state)
{
	struct rehearsal *r =
	    stays("faults: [{server: exchange, from: 30m, for: 30m, do: {refuse: true, reset: "
		  "true}}]\n",
		2 * HOUR);
	size_t failed = 0, n = chores(r, "ews_poll");

	(void)state;
	for (size_t i = 0; i < n; i++)
		failed += chore(r, "ews_poll", i)->verdict == STEP_FAIL;
	assert_in_range(failed, 1, n - 1);
	assert_int_equal(chore(r, "ews_poll", n - 1)->verdict, STEP_DONE);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(chores(r, "pool_tls"), 0);
	done(r);
}

static void
a_kdc_that_is_away_at_eight_hours_is_no_matter_while_the_ticket_lasts(void **state)
{
	struct rehearsal *r = stays("faults: [{server: kdc, from: 470m, for: 30m, do: {drop: "
				    "100%}}]\n",
	    9 * HOUR);

	(void)state;
	if (r->phone[0].state != JOURNEY_ARRIVED)
		rehearsal_show(r, 0);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(chore(r, "krb_login", 0)->verdict, STEP_FAIL);
	assert_true(journey_holds(r->phone[0].j));
	done(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_quiet_day_every_chore_is_done_at_its_time),
		cmocka_unit_test(the_lease_is_renewed_at_half_of_it_counted_from_the_request),
		cmocka_unit_test(the_registration_is_refreshed_half_a_minute_before_it_ends),
		cmocka_unit_test(the_mailbox_is_polled_as_often_as_provisioning_says),
		cmocka_unit_test(keep_alives_hold_the_line_through_hours_without_a_word),
		cmocka_unit_test(a_pool_that_comes_back_has_its_phones_again),
		cmocka_unit_test(a_pool_that_stays_away_leaves_a_phone_that_has_failed),
		cmocka_unit_test(a_dhcp_server_that_is_away_at_t1_is_asked_again_before_t2),
		cmocka_unit_test(
		    a_lease_that_nobody_renews_costs_the_address_and_the_whole_way_is_walked_again),
		cmocka_unit_test(a_dhcp_server_that_stays_away_costs_the_phone),
		cmocka_unit_test(an_exchange_that_is_away_costs_nothing_but_the_polls),
		cmocka_unit_test(
		    a_kdc_that_is_away_at_eight_hours_is_no_matter_while_the_ticket_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
