/* test_power.c - the switch, the new image, the stay, the chores, leaving; in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lane.h"
#include "mem.h"
#include "toy_steps.h"

enum { S = 1000000 };

static const uint32_t no_jitter[] = { 0x80000000 };

static void
answers(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_SENT)
		sim_packet(f, c->h, 5000, c->bytes);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, 5000, NULL);
}

static void
run_until(struct fake_phone *p, enum journey_state state, uint64_t until_us)
{
	while (journey_state(p->j) != state && sim_step(p->f, until_us))
		;
	assert_int_equal(journey_state(p->j), state);
}

/* ---- the switch ------------------------------------------------------------ */

/* Address, a kept stream, a packet, an alarm, a retry: something open at every moment. */
static struct fake_phone *
busy_phone(struct toys *toys)
{
	struct fake_phone *p = toy_phone(toys);

	sim_listen(p->f, SIM_STREAM, 9, answers, NULL);
	sim_listen(p->f, SIM_UDP, 9, answers, NULL);
	fake_phone_row(p, &toy_a, 1);
	fake_phone_row(p, &toy_b, 3);
	fake_phone_row(p, &toy_c, 1);
	fake_phone_row(p, &toy_d, 3);
	return p;
}

static void
a_power_cut_at_any_event_leaves_nothing_open(void **state)
{
	size_t n = 0;
	bool arrived = false;

	(void)state;
	while (!arrived) {
		struct toys toys = { .script = { "h", "ru", "a", "rrk" } };
		struct fake_phone *p = busy_phone(&toys);

		fake_phone_switch_on(p);
		for (size_t i = 0; i < n && sim_step(p->f, 1000ull * S); i++)
			;
		arrived = journey_state(p->j) == JOURNEY_ARRIVED;
		journey_power_off(p->j);
		assert_int_equal(sim_open(p->f), 0);
		assert_int_equal(sim_run(p->f, 2000ull * S), 0);
		assert_int_equal(sim_cuts(p->f), 1);
		assert_int_equal(journey_facts(p->j)->known & ~(uint32_t)FACTS_FLASH, 0);
		assert_int_equal(toys.begun[0], toys.cancelled[0]);
		assert_int_equal(toys.begun[3], toys.cancelled[3]);
		fake_phone_free(p);
		assert_int_equal(mem_out(), 0);
		n++;
	}
	assert_true(n > 6);
}

static void
switched_on_again_it_walks_from_the_first_row(void **state)
{
	struct toys toys = { .script = { "d", "w" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_ROOT | FACT_CA;
	fake_phone_row(p, &toy_b, 1);
	fake_phone_switch_on(p);
	sim_run(p->f, 1 * S);
	journey_power_off(p->j);
	assert_true(facts_know(journey_facts(p->j), FACT_ROOT));
	assert_false(facts_know(journey_facts(p->j), FACT_CA));
	assert_int_equal(sim_auth_forgets(p->auth), 1);
	journey_power_off(p->j);
	journey_power_on(p->j);
	journey_power_on(p->j);
	assert_int_equal(toys.begun[0], 2);
	fake_phone_free(p);
}

static void
at_power_on_the_phone_believes_it_is_1970(void **state)
{
	struct toys toys = { .script = { "aw" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 2);
	fake_phone_switch_on(p);
	sim_run(p->f, 5 * S);
	assert_int_equal(journey_state(p->j), JOURNEY_WALKING);
	assert_int_equal(step_wall_us(&p->j->road.s), 5 * S);
	journey_power_off(p->j);
	journey_power_on(p->j);
	sim_run(p->f, 6 * S);
	assert_int_equal(journey_state(p->j), JOURNEY_WALKING);
	assert_int_equal(step_wall_us(&p->j->road.s), 1 * S);
	step_set_clock(&p->j->road.s, 1252486800ll * S);
	assert_true(sim_told_clock(p->f) == 1252486800ll * S);
	assert_int_equal(sim_auth_clock(p->auth), 0); /* the host's wall is right as well */
	assert_true(step_host_us(&p->j->road.s) == (1252486800ll + 6) * S);
	fake_phone_free(p);
}

/* ---- the new image ------------------------------------------------------------ */

static const struct profile *
newer_profile(const void *profiles, const char *version)
{
	return strcmp(version, "1.0.522.101") == 0 ? profiles : NULL;
}

static struct fake_phone *
updating_phone(struct toys *toys, const struct profile *newer)
{
	struct fake_phone *p = toy_phone(toys);

	p->plan.restart_after_update = true;
	p->plan.profile_of = newer_profile;
	p->plan.profiles = newer;
	strcpy(p->facts.offered_version, "1.0.522.101");
	fake_phone_row(p, &toy_a, 1)->gives = FACT_CA | FACT_ROOT;
	fake_phone_row(p, &toy_b, 1)->gives = FACT_IMAGE;
	return p;
}

static void
after_an_update_it_restarts_as_the_new_version_with_its_flash_facts(void **state)
{
	struct toys toys = { .script = { "d", "d" } };
	struct profile newer = { .version = "1.0.522.101" };
	struct fake_phone *p = updating_phone(&toys, &newer);

	(void)state;
	fake_phone_walk_rows(p);
	/* The second walk gives FACT_IMAGE too, but of what already runs. */
	assert_int_equal(p->restarts, 1);
	assert_int_equal(sim_cuts(p->f), 1);
	assert_int_equal(toys.begun[0], 2);
	assert_string_equal(p->facts.version, "1.0.522.101");
	assert_ptr_equal(journey_profile(p->j), &newer);
	assert_int_equal(journey_state(p->j), JOURNEY_ARRIVED);
	assert_int_equal(p->n_states, 2);
	fake_phone_free(p);
}

static void
without_restart_after_update_the_image_waits_for_the_next_power_on(void **state)
{
	struct toys toys = { .script = { "d", "d" } };
	struct fake_phone *p = updating_phone(&toys, NULL);

	(void)state;
	p->plan.restart_after_update = false;
	fake_phone_walk_rows(p);
	assert_int_equal(p->restarts, 0);
	assert_string_equal(p->facts.version, "1.0.199.123");
	journey_power_off(p->j);
	assert_string_equal(journey_facts(p->j)->version, "1.0.522.101");
	assert_false(facts_know(journey_facts(p->j), FACT_IMAGE));
	fake_phone_free(p);
}

static void
switched_on_again_the_new_image_runs_with_its_own_profile(void **state)
{
	struct toys toys = { .script = { "d", "d" } };
	struct profile newer = { .version = "1.0.522.101" };
	struct fake_phone *p = updating_phone(&toys, &newer);

	(void)state;
	p->plan.restart_after_update = false;
	fake_phone_walk_rows(p);
	journey_power_off(p->j);
	journey_power_on(p->j);
	assert_ptr_equal(journey_profile(p->j), &newer);
	assert_int_equal(p->restarts, 1);
	journey_power_off(p->j);
	journey_power_on(p->j);
	assert_int_equal(p->restarts, 1);
	fake_phone_free(p);
}

/* ---- the stay -------------------------------------------------------------------- */

static void
it_stays_as_long_as_the_plan_says(void **state)
{
	struct toys toys = { .script = { "d" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->plan.stay_us = 60 * S;
	fake_phone_walk(p, &toy_a, 1);
	assert_int_equal(journey_state(p->j), JOURNEY_STAYING);
	assert_true(journey_holds(p->j));
	run_until(p, JOURNEY_ARRIVED, 1000ull * S);
	assert_int_equal(sim_now_us(p->f), 60 * S);
	fake_phone_free(p);
}

static void
a_phone_whose_registration_is_gone_at_the_end_has_failed(void **state)
{
	struct toys toys = { .script = { "d" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->plan.stay_us = 60 * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_REGISTERED;
	fake_phone_walk_rows(p);
	assert_false(journey_holds(p->j)); /* no line is up in this test */
	run_until(p, JOURNEY_FAILED, 1000ull * S);
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
}

static void
a_registration_that_was_lost_before_it_arrived_counts_as_well(void **state)
{
	struct toys toys = { .script = { "d", "a" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->plan.stay_us = 60 * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_REGISTERED;
	fake_phone_row(p, &toy_b, 1);
	fake_phone_switch_on(p);
	chores_line_lost(p->j, LINE_LOST, "closed");
	run_until(p, JOURNEY_STAYING, 100 * S);
	assert_false(journey_holds(p->j));
	run_until(p, JOURNEY_FAILED, 1000ull * S);
	fake_phone_free(p);
}

/* ---- chores -------------------------------------------------------------------------- */

static uint64_t
after_30_s(const struct step *s)
{
	(void)s;
	return 30ull * S;
}

static const struct leg b_rows[] = {
	{ .stage = "chore", .step = &toy_b, .tries = 1, .limit_ms = 5000 }
};
static const struct leg c_rows[] = {
	{ .stage = "chore", .step = &toy_c, .tries = 1, .limit_ms = 5000 }
};

static void
a_chore_is_done_again_and_again_beside_a_long_row(void **state)
{
	struct toys toys = { .script = { "w", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "b", b_rows, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s,
	    false, 0 } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	fake_phone_row(p, &toy_d, 1);
	fake_phone_row(p, &toy_a, 1)->limit_ms = 100000;
	toys.script[3] = "d";
	fake_phone_switch_on(p);
	run_until(p, JOURNEY_FAILED, 1000ull * S);
	assert_int_equal(toys.begun[1], 3);
	assert_int_equal(toys.began_us[1][0], 30 * S);
	assert_int_equal(toys.began_us[1][2], 90 * S);
	assert_true(p->told[1].chore);
	assert_int_equal(sim_now_us(p->f), 100 * S);
	fake_phone_free(p);
}

static void
some_chores_wait_until_the_road_rests(void **state)
{
	struct toys toys = { .script = { "aa", "d", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "b", b_rows, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s,
	    true, 0 } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	for (int i = 0; i < 5; i++)
		fake_phone_row(p, &toy_a, 1);
	p->plan.stay_us = 100 * S;
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[1], 0);
	run_until(p, JOURNEY_ARRIVED, 1000ull * S);
	assert_int_equal(toys.began_us[1][0], 50 * S);
	assert_int_equal(toys.began_us[1][1], 80 * S);
	fake_phone_free(p);
}

static void
a_lost_line_is_made_again_with_growing_pauses(void **state)
{
	struct toys toys = { .script = { "d", "ffd" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "line", b_rows, 1, CHORE_LINE_LOST, FACT_ADDRESS,
	    NULL, false, 0 } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	p->profile->sip.reconnect_ms = 5000;
	p->profile->sip.reconnect_max_ms = 300000;
	p->plan.stay_us = 1000ull * S;
	sim_random(p->f, no_jitter, 1);
	fake_phone_walk(p, &toy_a, 1);
	sim_run(p->f, 100 * S);
	assert_int_equal(toys.begun[1], 0);
	chores_line_lost(p->j, LINE_LOST, "closed");
	run_until(p, JOURNEY_ARRIVED, 10000ull * S);
	assert_int_equal(toys.begun[1], 3);
	assert_int_equal(toys.began_us[1][1] - toys.began_us[1][0], 10 * S);
	assert_int_equal(toys.began_us[1][2] - toys.began_us[1][1], 20 * S);
	fake_phone_free(p);
}

static void
a_phone_whose_user_is_rejected_stays_signed_out(void **state)
{
	static const char *const details[] = { "sip:rejected", "sip:deactivated" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct toys toys = { .script = { "d", "d" } };
		struct fake_phone *p = toy_phone(&toys);
		const struct chore chores[] = { { "line", b_rows, 1, CHORE_LINE_LOST,
		    FACT_ADDRESS, NULL, false, 0 } };

		p->chores = chores;
		p->n_chores = 1;
		p->plan.stay_us = 1000ull * S;
		fake_phone_row(p, &toy_a, 1)->gives = FACT_REGISTERED;
		fake_phone_walk_rows(p);
		chores_line_lost(p->j, LINE_SIGNED_OFF, details[i]);
		assert_false(facts_know(journey_facts(p->j), FACT_REGISTERED));
		run_until(p, JOURNEY_FAILED, 10000ull * S);
		assert_int_equal(toys.begun[1], i);
		fake_phone_free(p);
	}
}

static void
when_the_address_is_lost_the_whole_way_is_walked_again(void **state)
{
	struct toys toys = { .script = { "d", "f" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "renew", b_rows, 1, CHORE_TIMED, FACT_CA, after_30_s,
	    false, FACT_ADDRESS } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	p->plan.stay_us = 50 * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_CA;
	fake_phone_walk_rows(p);
	run_until(p, JOURNEY_WALKING, 40 * S);
	run_until(p, JOURNEY_STAYING, 40 * S);
	assert_int_equal(toys.begun[0], 2);
	assert_int_equal(p->restarts, 0);
	fake_phone_free(p);
}

static void
a_root_that_fails_when_the_line_is_made_again_is_sought_anew(void **state)
{
	struct toys toys = { .script = { "d", "t" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "line", b_rows, 1, CHORE_LINE_LOST, FACT_ADDRESS,
	    NULL, false, 0 } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	p->plan.stay_us = 1000ull * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_ROOT;
	p->rows[0].skip_if = FACT_ROOT;
	fake_phone_walk_rows(p);
	chores_line_lost(p->j, LINE_LOST, "closed");
	run_until(p, JOURNEY_WALKING, 900ull * S);
	run_until(p, JOURNEY_STAYING, 900ull * S);
	assert_int_equal(toys.begun[0], 2);
	fake_phone_free(p);
}

/* The toy's "n" wants 100 s of peace. */
static void
a_chore_that_has_to_wait_does_not_keep_the_others_waiting(void **state)
{
	struct toys toys = { .script = { "d", "nd", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct leg patient[] = {
		{ .stage = "chore", .step = &toy_b, .tries = 40, .limit_ms = 5000 }
	};
	const struct chore chores[] = {
		{ "b", patient, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s, false, 0 },
		{ "c", c_rows, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s, false, 0 },
	};

	(void)state;
	p->chores = chores;
	p->n_chores = 2;
	p->plan.stay_us = 135 * S;
	fake_phone_walk(p, &toy_a, 1);
	run_until(p, JOURNEY_ARRIVED, 1000ull * S);
	assert_int_equal(toys.begun[1], 2);
	assert_int_equal(toys.began_us[1][0], 30 * S);
	assert_int_equal(toys.began_us[1][1], 130 * S);
	assert_int_equal(toys.begun[2], 4);
	fake_phone_free(p);
}

static void
after_a_refresh_that_was_put_off_the_line_is_not_made_before_that_time(void **state)
{
	struct toys toys = { .script = { "d", "n", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = {
		{ "refresh", b_rows, 1, CHORE_TIMED, FACT_LINE, after_30_s, false,
		    FACT_LINE | FACT_REGISTERED },
		{ "line", c_rows, 1, CHORE_LINE_LOST, FACT_ADDRESS, NULL, false, 0 },
	};

	(void)state;
	p->chores = chores;
	p->n_chores = 2;
	p->plan.stay_us = 1000ull * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_LINE;
	fake_phone_walk_rows(p);
	sim_run(p->f, 200 * S);
	assert_int_equal(toys.begun[1], 1);
	assert_int_equal(toys.begun[2], 1);
	assert_int_equal(toys.began_us[2][0], 130 * S);
	fake_phone_free(p);
}

/* An update's download, say, in the middle of the stay. */
static void
a_long_chore_of_the_resting_road_leaves_the_urgent_ones_alone(void **state)
{
	struct toys toys = { .script = { "d", "w", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct leg download[] = {
		{ .stage = "chore", .step = &toy_b, .tries = 1, .limit_ms = 1000000 }
	};
	const struct chore chores[] = {
		{ "update", download, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s, true, 0 },
		{ "c", c_rows, 1, CHORE_TIMED, FACT_ADDRESS, after_30_s, false, 0 },
	};

	(void)state;
	p->chores = chores;
	p->n_chores = 2;
	p->plan.stay_us = 200 * S;
	fake_phone_walk(p, &toy_a, 1);
	run_until(p, JOURNEY_ARRIVED, 1000ull * S);
	assert_int_equal(toys.begun[1], 1);
	assert_int_equal(toys.begun[2], 6);
	assert_true(p->row->chore);
	journey_power_off(p->j);
	assert_int_equal(toys.cancelled[1], 1);
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
}

static void
a_stay_is_not_longer_for_having_to_walk_again(void **state)
{
	struct toys toys = { .script = { "d", "f" } };
	struct fake_phone *p = toy_phone(&toys);
	const struct chore chores[] = { { "renew", b_rows, 1, CHORE_TIMED, FACT_CA, after_30_s,
	    false, FACT_ADDRESS } };

	(void)state;
	p->chores = chores;
	p->n_chores = 1;
	p->plan.stay_us = 100 * S;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_CA;
	fake_phone_walk_rows(p);
	run_until(p, JOURNEY_ARRIVED, 1000ull * S);
	assert_int_equal(toys.begun[0], 4);
	assert_int_equal(sim_now_us(p->f), 100 * S);
	fake_phone_free(p);
}

/* ---- leaving ------------------------------------------------------------------------- */

static const struct chore leaving[] = { { "leave", c_rows, 1, CHORE_LEAVING, 0, NULL, false,
    0 } };

static void
leaving_walks_its_rows_and_cuts_the_power(void **state)
{
	struct toys toys = { .script = { "d", "", "a" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->chores = leaving;
	p->n_chores = 1;
	p->plan.leave = true;
	fake_phone_walk(p, &toy_a, 1);
	journey_leave(p->j);
	run_until(p, JOURNEY_LEFT, 100 * S);
	assert_string_equal(p->row->step, "toy_c");
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
}

static void
a_phone_still_on_its_way_and_one_that_failed_take_leave_too(void **state)
{
	static const char *const ways[] = { "w", "f" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct toys toys = { .script = { ways[i], "", "a" } };
		struct fake_phone *p = toy_phone(&toys);

		p->chores = leaving;
		p->n_chores = 1;
		p->plan.leave = true;
		fake_phone_row(p, &toy_a, 1);
		fake_phone_switch_on(p);
		journey_leave(p->j);
		assert_int_equal(toys.begun[2], 1);
		run_until(p, JOURNEY_LEFT, 100 * S);
		assert_string_equal(p->row->step, "toy_c");
		assert_int_equal(sim_open(p->f), 0);
		fake_phone_free(p);
	}
}

static void
nobody_waits_for_ever_to_take_leave(void **state)
{
	struct toys toys = { .script = { "d", "", "w" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->chores = leaving;
	p->n_chores = 1;
	p->plan.leave = true;
	fake_phone_walk(p, &toy_a, 1);
	journey_leave(p->j);
	run_until(p, JOURNEY_LEFT, 10 * S);
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
}

static void
without_leave_in_the_plan_nothing_is_said_to_anyone(void **state)
{
	struct toys toys = { .script = { "d", "", "a" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->chores = leaving;
	p->n_chores = 1;
	fake_phone_walk(p, &toy_a, 1);
	journey_leave(p->j);
	assert_int_equal(journey_state(p->j), JOURNEY_LEFT);
	assert_int_equal(toys.begun[2], 0);
	fake_phone_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_at_any_event_leaves_nothing_open),
		cmocka_unit_test(switched_on_again_it_walks_from_the_first_row),
		cmocka_unit_test(at_power_on_the_phone_believes_it_is_1970),
		cmocka_unit_test(
		    after_an_update_it_restarts_as_the_new_version_with_its_flash_facts),
		cmocka_unit_test(
		    without_restart_after_update_the_image_waits_for_the_next_power_on),
		cmocka_unit_test(switched_on_again_the_new_image_runs_with_its_own_profile),
		cmocka_unit_test(it_stays_as_long_as_the_plan_says),
		cmocka_unit_test(a_registration_that_was_lost_before_it_arrived_counts_as_well),
		cmocka_unit_test(a_phone_whose_registration_is_gone_at_the_end_has_failed),
		cmocka_unit_test(a_chore_is_done_again_and_again_beside_a_long_row),
		cmocka_unit_test(some_chores_wait_until_the_road_rests),
		cmocka_unit_test(a_lost_line_is_made_again_with_growing_pauses),
		cmocka_unit_test(a_phone_whose_user_is_rejected_stays_signed_out),
		cmocka_unit_test(when_the_address_is_lost_the_whole_way_is_walked_again),
		cmocka_unit_test(a_root_that_fails_when_the_line_is_made_again_is_sought_anew),
		cmocka_unit_test(a_chore_that_has_to_wait_does_not_keep_the_others_waiting),
		cmocka_unit_test(
		    after_a_refresh_that_was_put_off_the_line_is_not_made_before_that_time),
		cmocka_unit_test(a_long_chore_of_the_resting_road_leaves_the_urgent_ones_alone),
		cmocka_unit_test(a_stay_is_not_longer_for_having_to_walk_again),
		cmocka_unit_test(leaving_walks_its_rows_and_cuts_the_power),
		cmocka_unit_test(a_phone_still_on_its_way_and_one_that_failed_take_leave_too),
		cmocka_unit_test(nobody_waits_for_ever_to_take_leave),
		cmocka_unit_test(without_leave_in_the_plan_nothing_is_said_to_anyone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
