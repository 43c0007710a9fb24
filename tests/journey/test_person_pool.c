/*
 * test_person_pool.c - the person at a real journey's phone, in a whole simulated pool: what
 * the pool is told when somebody signs out, what is kept and asked anew at the next sign-in,
 * and an update on demand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lane.h"
#include "mem.h"
#include "rehearsal.h"

static const uint64_t S = 1000000, MINUTE = 60ull * 1000000, HOUR = 3600ull * 1000000;

/* One phone that has signed in and stays for so long. */
static struct rehearsal *
signed_in(const char *yaml, uint64_t stay_us)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
	    .phones = 1, .seed = 7, .yaml = yaml, .stay_us = stay_us });

	rehearsal_on(r, 0, 0);
	rehearsal_run(r, 5 * MINUTE);
	if (r->phone[0].state != JOURNEY_STAYING)
		rehearsal_show(r, 0);
	assert_int_equal(r->phone[0].state, JOURNEY_STAYING);
	assert_true(journey_holds(r->phone[0].j));
	return r;
}

static struct journey *
journey_of(struct rehearsal *r)
{
	return r->phone[0].j;
}

static void
state_at(struct rehearsal *r, uint64_t until_us, enum journey_state state)
{
	rehearsal_run(r, until_us);
	if (r->phone[0].state != state)
		rehearsal_show(r, 0);
	assert_int_equal(r->phone[0].state, state);
}

static void
done(struct rehearsal *r)
{
	rehearsal_free(r);
	assert_int_equal(mem_out(), 0);
}

/* How often a step was walked and settled so. */
static size_t
settled(const struct rehearsal *r, const char *step, enum verdict verdict)
{
	const struct rehearsal_phone *p = &r->phone[0];
	size_t n = 0;

	for (size_t i = 0; i < p->n_rows; i++)
		n += p->row[i].final && p->row[i].verdict == verdict &&
		    strcmp(p->row[i].step, step) == 0;
	return n;
}

/* ---- out and in ------------------------------------------------------------------ */

static void
the_pool_is_told_and_the_line_is_closed(void **state)
{
	struct rehearsal *r = signed_in(NULL, HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_SIGNING_OUT);
	state_at(r, 5 * MINUTE + 5 * S, JOURNEY_SIGNED_OUT);
	assert_int_equal(settled(r, "sip_sign_out", STEP_DONE), 1);
	assert_true(rehearsal_last(r, 0, "sip_sign_out")->chore);
	assert_false(journey_holds(journey_of(r)));
	assert_false(facts_know(journey_facts(journey_of(r)), FACT_LINE));
	assert_false(facts_know(journey_facts(journey_of(r)), FACT_REGISTERED));
	done(r);
}

static void
signed_in_again_it_keeps_its_lease_and_its_root_and_asks_for_the_rest(void **state)
{
	struct rehearsal *r = signed_in(NULL, HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	state_at(r, 15 * MINUTE, JOURNEY_SIGNED_OUT);
	journey_sign_in(journey_of(r));
	state_at(r, 20 * MINUTE, JOURNEY_STAYING);
	assert_true(journey_holds(journey_of(r)));
	/* The think time again. */
	assert_int_equal(settled(r, "user_enters", STEP_DONE), 2);
	assert_int_equal(rehearsal_last(r, 0, "user_enters")->started_us, 15 * MINUTE);
	assert_int_equal(rehearsal_last(r, 0, "user_enters")->ended_us, 15 * MINUTE + 20 * S);
	assert_int_equal(settled(r, "pool_find", STEP_DONE), 2);
	assert_int_equal(settled(r, "krb_login", STEP_DONE), 2);
	assert_int_equal(settled(r, "sip_register", STEP_DONE), 2);
	assert_int_equal(settled(r, "sip_provision", STEP_DONE), 2);
	assert_int_equal(settled(r, "dhcp_lease", STEP_DONE), 1);
	assert_int_equal(settled(r, "ntp_sync", STEP_DONE), 1);
	assert_int_equal(settled(r, "ca_fetch", STEP_DONE), 1);
	assert_int_equal(settled(r, "ca_fetch", STEP_SKIP), 1);
	done(r);
}

static void
signed_out_it_keeps_its_lease_and_nothing_else(void **state)
{
	struct rehearsal *r =
	    signed_in("servers: {dhcp: {lease: 1h}, sip: {expires: 10m}}\n", HOUR);
	size_t polls, refreshed;

	(void)state;
	journey_sign_out(journey_of(r));
	rehearsal_run(r, 6 * MINUTE);
	polls = settled(r, "ews_poll", STEP_DONE);
	refreshed = settled(r, "sip_refresh", STEP_DONE);
	state_at(r, 5 * HOUR, JOURNEY_SIGNED_OUT);
	/* At half of each lease. */
	assert_in_range(settled(r, "dhcp_renew", STEP_DONE), 9, 10);
	assert_int_equal(settled(r, "ews_poll", STEP_DONE), polls);
	assert_int_equal(settled(r, "sip_refresh", STEP_DONE), refreshed);
	assert_int_equal(settled(r, "krb_login", STEP_DONE), 1);
	journey_sign_in(journey_of(r));
	state_at(r, 5 * HOUR + 5 * MINUTE, JOURNEY_ARRIVED);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

static void
somebody_else_comes_while_the_pool_is_still_being_told(void **state)
{
	struct rehearsal *r = signed_in(NULL, HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	journey_sign_in(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_SIGNING_OUT);
	state_at(r, 10 * MINUTE, JOURNEY_STAYING);
	assert_int_equal(settled(r, "sip_sign_out", STEP_DONE), 1);
	assert_int_equal(settled(r, "sip_register", STEP_DONE), 2);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

static void
and_goes_again_before_it_has_been_told(void **state)
{
	struct rehearsal *r = signed_in(NULL, HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	journey_sign_in(journey_of(r));
	journey_sign_out(journey_of(r));
	state_at(r, 10 * MINUTE, JOURNEY_SIGNED_OUT);
	assert_int_equal(settled(r, "sip_sign_out", STEP_DONE), 1);
	assert_int_equal(settled(r, "sip_register", STEP_DONE), 1);
	done(r);
}

/* ---- when servers are away -------------------------------------------------------- */

static void
a_pool_that_does_not_answer_is_waited_for_five_seconds(void **state)
{
	struct rehearsal *r =
	    signed_in("faults: [{server: sip, from: 4m, for: 75s, do: {delay: 20s}}]\n", HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	state_at(r, 5 * MINUTE + 4 * S, JOURNEY_SIGNING_OUT);
	state_at(r, 5 * MINUTE + 6 * S, JOURNEY_SIGNED_OUT);
	assert_int_equal(settled(r, "sip_sign_out", STEP_FAIL), 1);
	journey_sign_in(journey_of(r));
	state_at(r, 40 * MINUTE, JOURNEY_STAYING);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

/* The line is being made again and again when the person gives up. */
static void
whose_line_is_lost_has_nobody_to_tell(void **state)
{
	struct rehearsal *r = signed_in(
	    "faults: [{server: sip, from: 6m, for: 10m, do: {refuse: true, reset: true}}]\n",
	    HOUR);
	size_t tried;

	(void)state;
	rehearsal_run(r, 10 * MINUTE);
	assert_false(journey_holds(journey_of(r)));
	journey_sign_out(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_SIGNED_OUT);
	assert_int_equal(rehearsal_told(r, 0, "sip_sign_out"), 0);
	/* And nobody makes it again. */
	tried = rehearsal_told(r, 0, "pool_tls");
	assert_true(tried > 1);
	state_at(r, 20 * MINUTE, JOURNEY_SIGNED_OUT);
	assert_int_equal(rehearsal_told(r, 0, "pool_tls"), tried);
	journey_sign_in(journey_of(r));
	state_at(r, 25 * MINUTE, JOURNEY_STAYING);
	assert_true(journey_holds(journey_of(r)));
	assert_int_equal(settled(r, "sip_register", STEP_DONE), 2);
	done(r);
}

/* Without an address nothing short of the whole way helps; it leads to the sign-in screen. */
static void
a_lease_that_is_lost_meanwhile_is_asked_for_anew_and_nobody_signs_in(void **state)
{
	struct rehearsal *r = signed_in("servers: {dhcp: {lease: 1h}}\n"
					"faults: [{server: dhcp, from: 10m, for: 55m, do: "
					"{drop: 100%}}]\n",
	    HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	state_at(r, 3 * HOUR, JOURNEY_SIGNED_OUT);
	assert_int_equal(settled(r, "dhcp_lease", STEP_DONE), 2);
	assert_int_equal(settled(r, "ntp_sync", STEP_DONE), 2);
	assert_int_equal(rehearsal_told(r, 0, "user_enters"), 1);
	journey_sign_in(journey_of(r));
	/* A restart is no reason to stay longer. */
	state_at(r, 3 * HOUR + 5 * MINUTE, JOURNEY_ARRIVED);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

/* Whatever comes of telling the pool, the phone starts again, and waits for a sign-in then. */
static void
an_address_lost_while_the_pool_is_told_costs_the_whole_way(void **state)
{
	struct rehearsal *r = signed_in(NULL, HOUR);

	(void)state;
	journey_sign_out(journey_of(r));
	journey_again(journey_of(r));
	person_signed_out(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_WALKING);
	state_at(r, 10 * MINUTE, JOURNEY_SIGNED_OUT);
	assert_int_equal(settled(r, "dhcp_lease", STEP_DONE), 2);
	assert_int_equal(rehearsal_told(r, 0, "user_enters"), 1);
	journey_sign_in(journey_of(r));
	state_at(r, 15 * MINUTE, JOURNEY_STAYING);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

/* The phone is about to boot its new image when the person goes. */
static void
signed_out_as_it_restarts_it_waits_as_its_new_version(void **state)
{
	struct rehearsal *r =
	    rehearsal_new(&(struct rehearsal_cfg){ .phones = 1, .seed = 7, .restart = true });

	(void)state;
	rehearsal_on(r, 0, 0);
	while (rehearsal_told(r, 0, "update_confirm") == 0 && sim_step(r->sim, HOUR))
		;
	assert_int_equal(r->phone[0].state, JOURNEY_WALKING);
	assert_int_equal(r->phone[0].restarts, 0);
	journey_sign_out(journey_of(r));
	state_at(r, 10 * MINUTE, JOURNEY_SIGNED_OUT);
	assert_int_equal(r->phone[0].restarts, 1);
	assert_int_equal(rehearsal_told(r, 0, "user_enters"), 1);
	assert_int_equal(rehearsal_told(r, 0, "sip_sign_out"), 0);
	journey_sign_in(journey_of(r));
	state_at(r, 15 * MINUTE, JOURNEY_ARRIVED);
	done(r);
}

/* ---- at every row ---------------------------------------------------------------------- */

struct at_row {
	struct rehearsal *r;
	size_t row, told; /* signs out when that many rows have been told */
};

static void
out_when_told(void *arg, const struct journey_row *row)
{
	struct at_row *at = arg;

	(void)row;
	if (at->told++ == at->row)
		journey_sign_out(journey_of(at->r));
}

/* Inside the watcher's own call, as an event at a step is. */
static void
signed_out_in_any_row_and_in_again_it_arrives(void **state)
{
	struct at_row at = { .row = 0 };
	bool arrived = false;

	(void)state;
	for (; !arrived; at.row++) {
		struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
		    .phones = 1, .seed = 7, .told = out_when_told, .arg = &at });

		at.r = r;
		at.told = 0;
		rehearsal_on(r, 0, 0);
		rehearsal_run(r, 10 * MINUTE);
		arrived = r->phone[0].state == JOURNEY_ARRIVED;
		if (!arrived) {
			assert_int_equal(r->phone[0].state, JOURNEY_SIGNED_OUT);
			journey_sign_in(journey_of(r));
			state_at(r, 40 * MINUTE, JOURNEY_ARRIVED);
		}
		assert_true(journey_holds(journey_of(r)));
		assert_int_equal(settled(r, "dhcp_lease", STEP_DONE), 1);
		done(r);
	}
	/* All rows of the way, and one that was told of a chore. */
	assert_true(at.row >= journey_rows);
}

/* ---- an end ----------------------------------------------------------------------------- */

static void
drained_while_it_signs_out_it_says_good_bye_once_more(void **state)
{
	struct rehearsal *r = rehearsal_new(
	    &(struct rehearsal_cfg){ .phones = 1, .seed = 7, .stay_us = HOUR, .leave = true });

	(void)state;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, 5 * MINUTE);
	journey_sign_out(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_SIGNING_OUT);
	journey_leave(journey_of(r));
	state_at(r, 6 * MINUTE, JOURNEY_LEFT);
	assert_int_equal(settled(r, "sip_sign_out", STEP_DONE), 1);
	assert_int_equal(settled(r, "dhcp_release", STEP_DONE), 1);
	done(r);
}

static void
drained_when_it_is_signed_out_it_gives_its_address_back(void **state)
{
	struct rehearsal *r = rehearsal_new(
	    &(struct rehearsal_cfg){ .phones = 1, .seed = 7, .stay_us = HOUR, .leave = true });

	(void)state;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, 5 * MINUTE);
	journey_sign_out(journey_of(r));
	state_at(r, 6 * MINUTE, JOURNEY_SIGNED_OUT);
	journey_leave(journey_of(r));
	state_at(r, 7 * MINUTE, JOURNEY_LEFT);
	assert_int_equal(settled(r, "sip_sign_out", STEP_SKIP), 1);
	assert_int_equal(settled(r, "dhcp_release", STEP_DONE), 1);
	done(r);
}

/* ---- an update ----------------------------------------------------------------------------
 */

static void
asked_for_an_update_it_looks_once_more(void **state)
{
	struct rehearsal *r = signed_in(NULL, 10 * MINUTE);
	size_t looked = rehearsal_told(r, 0, "update_ask");

	(void)state;
	journey_check_update(journey_of(r));
	state_at(r, 6 * MINUTE, JOURNEY_STAYING);
	assert_int_equal(rehearsal_told(r, 0, "update_ask"), looked + 1);
	assert_true(rehearsal_last(r, 0, "update_ask")->chore);
	assert_in_range(
	    rehearsal_last(r, 0, "update_ask")->started_us, 5 * MINUTE, 5 * MINUTE + S);
	state_at(r, HOUR, JOURNEY_ARRIVED);
	done(r);
}

/* Its way ends before the update: only the person's wish fetches the new version. */
static void
what_it_finds_is_installed_and_it_is_signed_in_anew(void **state)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
	    .phones = 1, .seed = 7, .until = "sip_provision", .restart = true });

	(void)state;
	rehearsal_on(r, 0, 0);
	state_at(r, 10 * MINUTE, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_told(r, 0, "update_download"), 0);
	journey_check_update(journey_of(r));
	assert_int_equal(r->phone[0].state, JOURNEY_STAYING);
	state_at(r, HOUR, JOURNEY_ARRIVED);
	assert_int_equal(settled(r, "update_download", STEP_DONE), 1);
	assert_int_equal(settled(r, "update_confirm", STEP_DONE), 1);
	assert_int_equal(r->phone[0].restarts, 1);
	assert_int_equal(settled(r, "sip_register", STEP_DONE), 2);
	assert_true(journey_holds(journey_of(r)));
	done(r);
}

static void
signed_out_in_the_middle_of_the_download_it_fetches_it_at_the_next_sign_in(void **state)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1,
	    .seed = 7,
	    .until = "sip_provision",
	    .restart = true,
	    .yaml = "servers: {update: {bandwidth: 1Mbit/s}}\n" });

	(void)state;
	rehearsal_on(r, 0, 0);
	state_at(r, 10 * MINUTE, JOURNEY_ARRIVED);
	journey_check_update(journey_of(r));
	rehearsal_run(r, rehearsal_last(r, 0, "sip_provision")->ended_us + MINUTE);
	assert_true(rehearsal_told(r, 0, "update_ask") == 1);
	assert_int_equal(rehearsal_told(r, 0, "update_download"), 0);
	journey_sign_out(journey_of(r));
	state_at(r, 15 * MINUTE, JOURNEY_SIGNED_OUT);
	journey_sign_in(journey_of(r));
	state_at(r, 2 * HOUR, JOURNEY_ARRIVED);
	assert_int_equal(settled(r, "update_download", STEP_DONE), 1);
	assert_int_equal(r->phone[0].restarts, 1);
	done(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pool_is_told_and_the_line_is_closed),
		cmocka_unit_test(
		    signed_in_again_it_keeps_its_lease_and_its_root_and_asks_for_the_rest),
		cmocka_unit_test(signed_out_it_keeps_its_lease_and_nothing_else),
		cmocka_unit_test(somebody_else_comes_while_the_pool_is_still_being_told),
		cmocka_unit_test(and_goes_again_before_it_has_been_told),
		cmocka_unit_test(a_pool_that_does_not_answer_is_waited_for_five_seconds),
		cmocka_unit_test(whose_line_is_lost_has_nobody_to_tell),
		cmocka_unit_test(
		    a_lease_that_is_lost_meanwhile_is_asked_for_anew_and_nobody_signs_in),
		cmocka_unit_test(an_address_lost_while_the_pool_is_told_costs_the_whole_way),
		cmocka_unit_test(signed_out_as_it_restarts_it_waits_as_its_new_version),
		cmocka_unit_test(signed_out_in_any_row_and_in_again_it_arrives),
		cmocka_unit_test(drained_while_it_signs_out_it_says_good_bye_once_more),
		cmocka_unit_test(drained_when_it_is_signed_out_it_gives_its_address_back),
		cmocka_unit_test(asked_for_an_update_it_looks_once_more),
		cmocka_unit_test(what_it_finds_is_installed_and_it_is_signed_in_anew),
		cmocka_unit_test(
		    signed_out_in_the_middle_of_the_download_it_fetches_it_at_the_next_sign_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
