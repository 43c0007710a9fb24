/* test_runner.c - the runner in virtual time: verdicts, tries, pauses, limits, fates. */
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

static const uint32_t no_jitter[] = { 0x80000000 }, least[] = { 0 }, most[] = { 0xffffffff };

static void
assert_told(const struct fake_row *r, const char *step, enum verdict v, unsigned tries,
    bool final, const char *detail)
{
	assert_string_equal(r->step, step);
	assert_int_equal(r->verdict, v);
	assert_int_equal(r->tries, tries);
	assert_int_equal(r->final, final);
	assert_string_equal(r->detail, detail);
}

static void
answer_after(void *arg, struct sim *f, const struct sim_call *c)
{
	uint64_t *us = arg;

	if (c->deed == SIM_SENT)
		sim_packet(f, c->h, *us, c->bytes);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, *us, NULL);
}

static void
rows_that_are_done_give_their_facts_and_lead_to_arrival(void **state)
{
	struct toys toys = { .script = { "d", "a", "d", "d" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_NTP;
	fake_phone_row(p, &toy_b, 1)->needs = FACT_NTP;
	fake_phone_walk_rows(p);
	assert_int_equal(p->n_told, 2);
	assert_told(&p->told[0], "toy_a", STEP_DONE, 1, true, "");
	assert_told(&p->told[1], "toy_b", STEP_DONE, 1, true, "");
	assert_int_equal(p->told[1].ended_us - p->told[1].started_us, 10 * S);
	assert_true(facts_know(&p->facts, FACT_NTP));
	assert_int_equal(p->n_states, 2);
	assert_int_equal(p->states[0], JOURNEY_WALKING);
	assert_int_equal(p->states[1], JOURNEY_ARRIVED);
	assert_int_equal(toys.cancelled[0], 1);
	fake_phone_free(p);
}

static void
pauses_double_and_the_row_lasts_from_its_first_try(void **state)
{
	struct toys toys = { .script = { "rrrd" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	sim_random(p->f, no_jitter, 1);
	fake_phone_walk(p, &toy_a, 4);
	assert_int_equal(p->n_told, 4);
	assert_told(&p->told[0], "toy_a", STEP_RETRY, 1, false, "tcp:closed");
	assert_int_equal(p->told[0].why, WHY_RESET);
	assert_int_equal(toys.began_us[0][1], 1 * S);
	assert_int_equal(toys.began_us[0][2], 3 * S);
	assert_int_equal(toys.began_us[0][3], 7 * S);
	assert_told(p->row, "toy_a", STEP_DONE, 4, true, "");
	assert_int_equal(p->row->why, WHY_NONE);
	assert_int_equal(p->row->started_us, 0);
	assert_int_equal(p->row->ended_us, 7 * S);
	fake_phone_free(p);
}

/* But it is a try: who is sent to and fro is not sent for ever. */
static void
sent_on_to_another_server_it_does_not_wait(void **state)
{
	struct toys toys = { .script = { "orod" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	sim_random(p->f, no_jitter, 1);
	fake_phone_walk(p, &toy_a, 4);
	assert_told(&p->told[0], "toy_a", STEP_RETRY, 1, false, "toy:301");
	assert_int_equal(toys.began_us[0][1], 0);
	/* Trouble afterwards is waited out as ever: the second try's pause. */
	assert_int_equal(toys.began_us[0][2], 2 * S);
	assert_int_equal(toys.began_us[0][3], 2 * S);
	assert_told(p->row, "toy_a", STEP_DONE, 4, true, "");
	fake_phone_free(p);

	toys = (struct toys){ .script = { "o" } };
	p = toy_phone(&toys);
	fake_phone_walk(p, &toy_a, 3);
	assert_told(p->row, "toy_a", STEP_FAIL, 3, true, "toy:301");
	fake_phone_free(p);
}

static void
jitter_is_a_quarter_up_or_down(void **state)
{
	struct toys toys = { .script = { "rd" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	sim_random(p->f, least, 1);
	fake_phone_walk(p, &toy_a, 2);
	assert_int_equal(p->row->ended_us, S * 3 / 4);
	fake_phone_free(p);

	toys = (struct toys){ .script = { "rd" } };
	p = toy_phone(&toys);
	sim_random(p->f, most, 1);
	fake_phone_walk(p, &toy_a, 2);
	assert_int_equal(p->row->ended_us, S * 5 / 4 - 1);
	fake_phone_free(p);
}

static void
tries_that_are_spent_end_in_the_last_reason(void **state)
{
	struct toys toys = { .script = { "r" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 2);
	fake_phone_row(p, &toy_b, 1);
	fake_phone_walk_rows(p);
	assert_int_equal(p->n_told, 2);
	assert_told(p->row, "toy_a", STEP_FAIL, 2, true, "tcp:closed");
	assert_int_equal(p->row->why, WHY_RESET);
	assert_int_equal(journey_state(p->j), JOURNEY_FAILED);
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
}

static void
a_failure_is_not_tried_again(void **state)
{
	struct toys toys = { .script = { "f" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_walk(p, &toy_a, 5);
	assert_int_equal(p->n_told, 1);
	assert_told(p->row, "toy_a", STEP_FAIL, 1, true, "toy:500");
	assert_int_equal(p->row->why, WHY_SERVER_ERROR);
	fake_phone_free(p);
}

static void
silence_ends_at_the_limit_of_each_try(void **state)
{
	struct toys toys = { .script = { "w" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	sim_random(p->f, no_jitter, 1);
	fake_phone_walk(p, &toy_a, 2);
	assert_int_equal(p->told[0].ended_us, 60 * S);
	assert_told(p->row, "toy_a", STEP_FAIL, 2, true, "limit:60000ms");
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	assert_int_equal(p->row->ended_us, 121 * S);
	assert_int_equal(toys.cancelled[0], 2);
	fake_phone_free(p);
}

static void
an_answer_to_a_try_that_has_ended_never_comes(void **state)
{
	struct toys toys = { .script = { "uw" } };
	struct fake_phone *p = toy_phone(&toys);
	uint64_t late = 61 * S;

	(void)state;
	sim_listen(p->f, SIM_UDP, 9, answer_after, &late);
	fake_phone_walk(p, &toy_a, 2);
	assert_int_equal(toys.begun[0], 2);
	assert_int_equal(toys.events[0], 0);
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	fake_phone_free(p);
}

static void
the_next_try_does_not_come_before_the_server_wants_it(void **state)
{
	struct toys toys = { .script = { "nd" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_walk(p, &toy_a, 2);
	assert_int_equal(toys.began_us[0][1], 100 * S);
	fake_phone_free(p);
}

static void
rows_whose_facts_are_known_are_passed_over(void **state)
{
	struct toys toys = { .script = { "d", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	struct leg *leg = fake_phone_row(p, &toy_a, 1);

	(void)state;
	fake_phone_knows(p, FACT_ROOT);
	leg->skip_if = FACT_ROOT;
	leg->gives = FACT_CA;
	fake_phone_row(p, &toy_b, 1);
	fake_phone_walk_rows(p);
	assert_told(&p->told[0], "toy_a", STEP_SKIP, 0, true, "known:ROOT");
	assert_int_equal(toys.begun[0], 0);
	assert_false(facts_know(&p->facts, FACT_CA));
	assert_int_equal(toys.begun[1], 1);
	fake_phone_free(p);
}

static void
a_skipping_step_gives_its_facts_but_never_an_image(void **state)
{
	struct toys toys = { .script = { "s" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_CA | FACT_IMAGE;
	fake_phone_walk_rows(p);
	assert_told(p->row, "toy_a", STEP_SKIP, 1, true, "toy");
	assert_true(facts_know(&p->facts, FACT_CA));
	assert_false(facts_know(&p->facts, FACT_IMAGE));
	fake_phone_free(p);
}

static void
what_goes_on_without_a_row_skips_those_that_need_it(void **state)
{
	struct toys toys = { .script = { "f", "d", "d" } };
	struct fake_phone *p = toy_phone(&toys);
	struct leg *leg = fake_phone_row(p, &toy_a, 1);

	(void)state;
	leg->fate = FATE_GO_ON;
	leg->gives = FACT_CAS;
	fake_phone_row(p, &toy_b, 1)->needs = FACT_CAS | FACT_ADDRESS;
	fake_phone_row(p, &toy_c, 1);
	fake_phone_walk_rows(p);
	assert_told(&p->told[0], "toy_a", STEP_FAIL, 1, true, "toy:500");
	assert_told(&p->told[1], "toy_b", STEP_SKIP, 0, true, "needs:CAS");
	assert_told(&p->told[2], "toy_c", STEP_DONE, 1, true, "");
	assert_int_equal(journey_state(p->j), JOURNEY_ARRIVED);
	fake_phone_free(p);
}

static void
a_stage_is_walked_again_until_the_loop_guard(void **state)
{
	struct toys toys = { .script = { "d", "d", "f" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	p->plan.stage_loops = 2;
	fake_phone_row(p, &toy_a, 1)->stage = "before";
	fake_phone_row(p, &toy_b, 1)->stage = "trust";
	fake_phone_row(p, &toy_c, 1)->stage = "trust";
	p->rows[2].fate = FATE_STAGE_AGAIN;
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[0], 1);
	assert_int_equal(toys.begun[1], 3);
	assert_int_equal(toys.begun[2], 3);
	assert_int_equal(journey_state(p->j), JOURNEY_FAILED);
	fake_phone_free(p);
}

static struct fake_phone *
trust_phone(struct toys *toys)
{
	struct fake_phone *p = toy_phone(toys);

	p->plan.stage_loops = 1;
	fake_phone_row(p, &toy_a, 1)->gives = FACT_POOL;
	fake_phone_row(p, &toy_b, 1)->gives = FACT_DC;
	fake_phone_row(p, &toy_c, 1)->gives = FACT_ROOT;
	p->rows[2].skip_if = FACT_ROOT;
	fake_phone_row(p, &toy_d, 1)->fate = FATE_TRUST_AGAIN;
	return p;
}

static void
a_root_that_is_no_good_is_forgotten_and_fetched_again(void **state)
{
	struct toys toys = { .script = { "d", "d", "d", "td" } };
	struct fake_phone *p = trust_phone(&toys);

	(void)state;
	fake_phone_knows(p, FACT_ROOT);
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[0], 1);
	assert_int_equal(toys.begun[1], 2);
	assert_int_equal(toys.begun[2], 1);
	assert_int_equal(journey_state(p->j), JOURNEY_ARRIVED);
	fake_phone_free(p);
}

static void
a_pool_that_is_down_is_no_reason_to_fetch_the_root_again(void **state)
{
	struct toys toys = { .script = { "d", "d", "d", "f" } };
	struct fake_phone *p = trust_phone(&toys);

	(void)state;
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[1], 1);
	assert_int_equal(journey_state(p->j), JOURNEY_FAILED);
	fake_phone_free(p);
}

static void
a_lost_connection_sends_the_lane_back_to_the_row_that_makes_it(void **state)
{
	struct toys toys = { .script = { "h", "lk" } };
	struct fake_phone *p = toy_phone(&toys);
	uint64_t soon = 1000;

	(void)state;
	sim_random(p->f, no_jitter, 1);
	sim_listen(p->f, SIM_STREAM, 9, answer_after, &soon);
	fake_phone_row(p, &toy_a, 1)->gives = FACT_DIRECTORY;
	fake_phone_row(p, &toy_b, 3)->needs = FACT_DIRECTORY;
	p->rows[1].retry_from = &toy_a;
	fake_phone_walk_rows(p);
	assert_int_equal(p->n_told, 4);
	assert_told(&p->told[0], "toy_a", STEP_DONE, 1, true, "");
	assert_told(&p->told[1], "toy_b", STEP_RETRY, 1, false, "tcp:closed");
	assert_told(&p->told[2], "toy_a", STEP_DONE, 1, true, "");
	assert_told(&p->told[3], "toy_b", STEP_DONE, 2, true, "");
	assert_int_equal(p->told[3].ended_us - p->told[3].started_us, S + 1000);
	assert_false(facts_know(&p->facts, FACT_DIRECTORY)); /* the stage is over */
	fake_phone_free(p);
}

static void
going_back_counts_as_a_try_of_the_row_that_lost_it(void **state)
{
	struct toys toys = { .script = { "h", "l" } };
	struct fake_phone *p = toy_phone(&toys);
	uint64_t soon = 1000;

	(void)state;
	sim_listen(p->f, SIM_STREAM, 9, answer_after, &soon);
	fake_phone_row(p, &toy_a, 1);
	fake_phone_row(p, &toy_b, 3)->retry_from = &toy_a;
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[0], 3);
	assert_told(p->row, "toy_b", STEP_FAIL, 3, true, "tcp:closed");
	assert_int_equal(journey_state(p->j), JOURNEY_FAILED);
	fake_phone_free(p);
}

static void
a_kept_connection_that_dies_in_a_pause_is_noticed(void **state)
{
	struct toys toys = { .script = { "h", "rk" } };
	struct fake_phone *p = toy_phone(&toys);
	uint64_t soon = 1000;

	(void)state;
	sim_random(p->f, no_jitter, 1);
	sim_listen(p->f, SIM_STREAM, 9, answer_after, &soon);
	fake_phone_row(p, &toy_a, 1);
	fake_phone_row(p, &toy_b, 4)->retry_from = &toy_a;
	fake_phone_switch_on(p);
	sim_run(p->f, 500000);
	assert_int_equal(toys.begun[1], 1);
	sim_down(p->f, p->j->road.s.held, 0, -104, NULL);
	while (journey_state(p->j) == JOURNEY_WALKING && sim_step(p->f, 100 * S))
		;
	/* Try 2 finds nothing held and is sent back; try 3 is well. */
	assert_int_equal(toys.begun[0], 2);
	assert_told(p->row, "toy_b", STEP_DONE, 3, true, "");
	fake_phone_free(p);
}

static void
a_stage_closes_what_it_kept(void **state)
{
	struct toys toys = { .script = { "h", "d", "r" } };
	struct fake_phone *p = toy_phone(&toys);
	uint64_t soon = 1000;

	(void)state;
	sim_listen(p->f, SIM_STREAM, 9, answer_after, &soon);
	fake_phone_row(p, &toy_a, 1)->gives = FACT_DIRECTORY;
	fake_phone_row(p, &toy_b, 1);
	fake_phone_row(p, &toy_c, 2)->stage = "next";
	fake_phone_switch_on(p);
	sim_run(p->f, 1000);
	assert_non_null(p->row);
	assert_string_equal(p->row->step, "toy_c");
	assert_null(p->j->road.s.held);
	assert_false(facts_know(journey_facts(p->j), FACT_DIRECTORY));
	fake_phone_free(p);
}

/* Just this long, with each try: people write what they measured of a real phone. */
static void
a_pause_of_the_scenario_neither_doubles_nor_blurs(void **state)
{
	struct toys toys = { .script = { "rrrd" } };
	struct fake_phone *p = toy_phone(&toys);
	struct journey_override override[] = { { .has_pause = true, .pause.a_us = 3 * S } };

	(void)state;
	p->plan.override = override;
	sim_random(p->f, most, 1);
	fake_phone_walk(p, &toy_a, 4);
	assert_int_equal(toys.began_us[0][1], 3 * S);
	assert_int_equal(toys.began_us[0][2], 6 * S);
	assert_int_equal(toys.began_us[0][3], 9 * S);
	fake_phone_free(p);
}

static void
a_pause_of_the_scenario_may_be_none_at_all(void **state)
{
	struct toys toys = { .script = { "rrd" } };
	struct fake_phone *p = toy_phone(&toys);
	struct journey_override override[] = { { .has_pause = true } };

	(void)state;
	p->plan.override = override;
	fake_phone_walk(p, &toy_a, 4);
	assert_told(p->row, "toy_a", STEP_DONE, 3, true, "");
	assert_int_equal(p->row->ended_us, 0);
	fake_phone_free(p);
}

static void
a_pause_of_the_scenario_may_be_drawn_for_each_try(void **state)
{
	struct toys toys = { .script = { "rrrd" } };
	struct fake_phone *p = toy_phone(&toys);
	struct journey_override override[] = { { .has_pause = true,
	    .pause = { .a_us = 10 * S, .b_us = 2 * S } } };
	uint64_t pause_us[3], before_us = 0;

	(void)state;
	p->plan.override = override;
	fake_phone_walk(p, &toy_a, 4);
	for (int i = 0; i < 3; i++) {
		pause_us[i] = toys.began_us[0][i + 1] - before_us;
		before_us = toys.began_us[0][i + 1];
		assert_in_range(pause_us[i], 8 * S, 12 * S);
	}
	assert_int_not_equal(pause_us[0], pause_us[1]);
	assert_int_not_equal(pause_us[1], pause_us[2]);
	fake_phone_free(p);
}

static void
the_scenario_overrides_tries_and_limit(void **state)
{
	struct toys toys = { .script = { "w" } };
	struct fake_phone *p = toy_phone(&toys);
	struct journey_override override[] = { { .tries = 1, .limit_ms = 2000 } };

	(void)state;
	p->plan.override = override;
	fake_phone_walk(p, &toy_a, 5);
	assert_told(p->row, "toy_a", STEP_FAIL, 1, true, "limit:2000ms");
	assert_int_equal(p->row->ended_us, 2 * S);
	fake_phone_free(p);
}

static void
the_walk_ends_behind_until(void **state)
{
	struct toys toys = { .script = { "d", "d", "d" } };
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_a, 1);
	p->plan.until = fake_phone_row(p, &toy_b, 1);
	fake_phone_row(p, &toy_c, 1);
	fake_phone_walk_rows(p);
	assert_int_equal(toys.begun[1], 1);
	assert_int_equal(toys.begun[2], 0);
	assert_int_equal(journey_state(p->j), JOURNEY_ARRIVED);
	fake_phone_free(p);
}

static void
a_watcher_may_cut_the_power_whatever_it_is_told(void **state)
{
	static const char *const scripts[] = { "d", "r", "f", "s" };

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct toys toys = { .script = { scripts[i], "d" } };
		struct fake_phone *p = toy_phone(&toys);

		p->cut_when_told = true;
		fake_phone_row(p, &toy_a, 2);
		fake_phone_row(p, &toy_b, 2);
		fake_phone_walk_rows(p);
		assert_int_equal(journey_state(p->j), JOURNEY_OFF);
		assert_int_equal(sim_open(p->f), 0);
		assert_int_equal(toys.begun[1], 0);
		fake_phone_free(p);
	}
}

static void
given_no_memory_the_phone_fails_and_loses_nothing(void **state)
{
	(void)state;
	for (long n = 1; n < 12; n++) {
		struct toys toys = { .script = { "d", "a" } };
		struct fake_phone *p = toy_phone(&toys);
		enum journey_state s;

		fake_phone_row(p, &toy_a, 1);
		fake_phone_row(p, &toy_b, 1);
		fake_phone_switch_on(p);
		journey_power_off(p->j);
		mem_fail_at(n);
		journey_power_on(p->j);
		mem_fail_at(0);
		while (journey_state(p->j) == JOURNEY_WALKING && sim_step(p->f, 100 * S))
			;
		s = journey_state(p->j);
		assert_true(s == JOURNEY_FAILED || s == JOURNEY_ARRIVED);
		fake_phone_free(p);
		assert_int_equal(mem_out(), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_are_done_give_their_facts_and_lead_to_arrival),
		cmocka_unit_test(pauses_double_and_the_row_lasts_from_its_first_try),
		cmocka_unit_test(sent_on_to_another_server_it_does_not_wait),
		cmocka_unit_test(jitter_is_a_quarter_up_or_down),
		cmocka_unit_test(tries_that_are_spent_end_in_the_last_reason),
		cmocka_unit_test(a_failure_is_not_tried_again),
		cmocka_unit_test(silence_ends_at_the_limit_of_each_try),
		cmocka_unit_test(an_answer_to_a_try_that_has_ended_never_comes),
		cmocka_unit_test(the_next_try_does_not_come_before_the_server_wants_it),
		cmocka_unit_test(rows_whose_facts_are_known_are_passed_over),
		cmocka_unit_test(a_skipping_step_gives_its_facts_but_never_an_image),
		cmocka_unit_test(what_goes_on_without_a_row_skips_those_that_need_it),
		cmocka_unit_test(a_stage_is_walked_again_until_the_loop_guard),
		cmocka_unit_test(a_root_that_is_no_good_is_forgotten_and_fetched_again),
		cmocka_unit_test(a_pool_that_is_down_is_no_reason_to_fetch_the_root_again),
		cmocka_unit_test(
		    a_lost_connection_sends_the_lane_back_to_the_row_that_makes_it),
		cmocka_unit_test(going_back_counts_as_a_try_of_the_row_that_lost_it),
		cmocka_unit_test(a_kept_connection_that_dies_in_a_pause_is_noticed),
		cmocka_unit_test(a_stage_closes_what_it_kept),
		cmocka_unit_test(the_scenario_overrides_tries_and_limit),
		cmocka_unit_test(a_pause_of_the_scenario_neither_doubles_nor_blurs),
		cmocka_unit_test(a_pause_of_the_scenario_may_be_none_at_all),
		cmocka_unit_test(a_pause_of_the_scenario_may_be_drawn_for_each_try),
		cmocka_unit_test(the_walk_ends_behind_until),
		cmocka_unit_test(a_watcher_may_cut_the_power_whatever_it_is_told),
		cmocka_unit_test(given_no_memory_the_phone_fails_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
