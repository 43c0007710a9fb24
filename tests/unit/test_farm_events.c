/*
 * test_farm_events.c - power that goes and comes, with toy instances in virtual time, so that
 * every moment is exact: what each deed does, at a time or at a row, and how it counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "toy_farm.h"

#define S UINT64_C(1000000)

static struct farm_event
unplug(uint64_t at_us, const char *who)
{
	return toy_event(SCENARIO_UNPLUG, at_us, who);
}

static struct farm_event
plug(uint64_t at_us, const char *who)
{
	return toy_event(SCENARIO_PLUG, at_us, who);
}

/* ---- power_cycle ---- */

static void
those_named_lose_power_for_so_long_and_walk_again(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(4 * S, 30 * S, "3,7-8");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		const struct toy_life *life = &all->life[i];

		if (i == 3 || i == 7 || i == 8) {
			toy_times_are(&life->off, 1, 4 * S);
			toy_times_are(&life->on, 2, UINT64_C(0), 34 * S);
			toy_times_are(&life->arrived, 1, 44 * S);
		} else {
			toy_times_are(&life->off, 0);
			toy_times_are(&life->on, 1, UINT64_C(0));
			toy_times_are(&life->arrived, 1, 10 * S);
		}
	}
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_true(end->wall_s == 44);
	toy_farm_free(all);
}

static void
the_run_waits_for_an_event_and_for_those_it_has_met(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(3600 * S, 5 * S, "0");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);

	(void)state;
	toy_times_are(&all->life[0].arrived, 2, 10 * S, 3615 * S);
	assert_true(end->wall_s == 3615);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

static void
the_run_waits_for_an_event_that_meets_nobody(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(60 * S, 5 * S, "10-4000000000");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);

	(void)state;
	assert_true(end->wall_s == 60);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

/* Rows and tries count each walk, numbers of the guide and boots once a phone. */
static void
a_second_walk_is_counted_as_one(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(15 * S, 5 * S, "0-4");
	const struct metrics *m = toy_farm_run_with(all, &event, 1)->metrics;

	(void)state;
	assert_int_equal(m->row[TOY_LEASE].done, 15);
	assert_int_equal(m->row[TOY_UPDATE].done, 15);
	assert_int_equal(m->guide[12], 10);
	assert_int_equal(m->from_intended.count, 10);
	assert_int_equal(m->from_intended.max_us, 10 * S);
	assert_int_equal(m->start_lag.count, 10);
	assert_int_equal(m->phones.started, 10);
	toy_farm_free(all);
}

static void
cut_off_in_its_stay_it_stays_again_as_long(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(50 * S, 1 * S, "2");
	const struct farm_end *end;

	(void)state;
	all->stay_us = 100 * S;
	end = toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[1].arrived, 1, 110 * S);
	toy_times_are(&all->life[2].arrived, 1, 161 * S);
	assert_true(end->wall_s == 161);
	toy_farm_free(all);
}

static void
an_outage_of_no_length_is_a_restart(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(4 * S, 0, "1");

	(void)state;
	(void)toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[1].off, 1, 4 * S);
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].arrived, 1, 14 * S);
	toy_farm_free(all);
}

static void
cut_off_again_in_an_outage_the_later_event_decides_when_it_ends(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_cycle(4 * S, 10 * S, "0-1"),
		toy_cycle(6 * S, 20 * S, "0"),
		toy_cycle(7 * S, 2 * S, "1"),
	};

	(void)state;
	(void)toy_farm_run_with(all, events, 3);
	toy_times_are(&all->life[0].off, 1, 4 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 26 * S);
	toy_times_are(&all->life[1].off, 1, 4 * S);
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 9 * S);
	toy_farm_free(all);
}

static void
as_one_outage_ends_another_may_begin(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_cycle(4 * S, 10 * S, "5"),
		toy_cycle(14 * S, 1 * S, "5"),
	};

	(void)state;
	(void)toy_farm_run_with(all, events, 2);
	toy_times_are(&all->life[5].off, 2, 4 * S, 14 * S);
	toy_times_are(&all->life[5].on, 3, UINT64_C(0), 14 * S, 15 * S);
	toy_farm_free(all);
}

/* ---- unplug and plug ---- */

static void
unplugged_for_good_it_is_neither_finished_nor_failed_and_nobody_waits_for_it(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = unplug(4 * S, "6");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);
	const struct phone_counts *n = &end->metrics->phones;

	(void)state;
	assert_int_equal(n->started, 10);
	assert_int_equal(n->finished, 9);
	assert_int_equal(n->failed, 0);
	assert_int_equal(n->off, 1);
	assert_true(end->wall_s == 10);
	toy_times_are(&all->life[6].off, 1, 4 * S);
	toy_times_are(&all->life[6].leave, 0);
	assert_int_equal(all->life[6].closed, 1);
	toy_farm_free(all);
}

static void
unplugged_after_it_arrived_it_has_not_finished(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = unplug(40 * S, "0-4");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);

	(void)state;
	assert_int_equal(end->metrics->phones.arrived, 5);
	assert_int_equal(end->metrics->phones.finished, 5);
	assert_int_equal(end->metrics->phones.off, 5);
	assert_true(end->wall_s == 40);
	toy_farm_free(all);
}

static void
plugged_again_it_walks_again_and_the_run_waits_for_it(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { unplug(4 * S, "6"), plug(100 * S, "6") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[6].on, 2, UINT64_C(0), 100 * S);
	toy_times_are(&all->life[6].arrived, 1, 110 * S);
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_true(end->wall_s == 110);
	toy_farm_free(all);
}

static void
what_is_on_is_not_plugged_and_what_is_off_not_unplugged(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		plug(1 * S, "0-9"),
		unplug(2 * S, "0"),
		unplug(3 * S, "0"),
		plug(4 * S, "0"),
		plug(5 * S, "0"),
	};

	(void)state;
	(void)toy_farm_run_with(all, events, 5);
	toy_times_are(&all->life[0].off, 1, 2 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].on, 1, UINT64_C(0));
	toy_farm_free(all);
}

static void
plugged_in_the_middle_of_an_outage_it_is_on_at_once(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { toy_cycle(4 * S, 100 * S, "0"), plug(9 * S, "0") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 9 * S);
	assert_true(end->wall_s == 19);
	toy_farm_free(all);
}

static void
unplugged_in_the_middle_of_an_outage_it_stays_off(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { toy_cycle(4 * S, 100 * S, "0"),
		unplug(9 * S, "0") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].off, 1, 4 * S);
	toy_times_are(&all->life[0].on, 1, UINT64_C(0));
	assert_int_equal(end->metrics->phones.off, 1);
	assert_true(end->wall_s == 10);
	toy_farm_free(all);
}

static void
power_that_comes_back_does_not_plug_anything(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { unplug(4 * S, "0"),
		toy_cycle(5 * S, 10 * S, "0-1") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].on, 1, UINT64_C(0));
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 15 * S);
	assert_int_equal(end->metrics->phones.finished, 9);
	toy_farm_free(all);
}

static void
events_of_one_moment_happen_in_their_order(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		unplug(4 * S, "0-1"), plug(4 * S, "0"),
		plug(3 * S, "1"), /* earlier, though it stands behind */
	};

	(void)state;
	(void)toy_farm_run_with(all, events, 3);
	toy_times_are(&all->life[0].off, 1, 4 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].on, 1, UINT64_C(0));
	toy_farm_free(all);
}

/* ---- finished is about the last walk ---- */

static enum toy_fate
first_walks_fail(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)index;
	return walk == 0 ? TOY_FAILS : TOY_ARRIVES;
}

static enum toy_fate
second_walks_fail(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)index;
	return walk == 0 ? TOY_ARRIVES : TOY_FAILS;
}

static void
who_had_failed_may_finish_and_who_had_arrived_may_fail(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(20 * S, 1 * S, "0-2");
	const struct metrics *m;

	(void)state;
	all->fate = first_walks_fail;
	m = toy_farm_run_with(all, &event, 1)->metrics;
	assert_int_equal(m->phones.finished, 3);
	assert_int_equal(m->phones.failed, 7);
	toy_farm_free(all);

	all = toy_farm_ten();
	all->fate = second_walks_fail;
	m = toy_farm_run_with(all, &event, 1)->metrics;
	assert_int_equal(m->phones.finished, 7);
	assert_int_equal(m->phones.failed, 3);
	assert_int_equal(m->phones.arrived, 7);
	toy_farm_free(all);
}

static enum toy_fate
all_hang(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)index;
	return walk == 0 ? TOY_HANGS : TOY_ARRIVES;
}

static void
who_hangs_is_freed_by_a_power_cycle(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(60 * S, 1 * S, "0-9");

	(void)state;
	all->fate = all_hang;
	assert_int_equal(toy_farm_run_with(all, &event, 1)->metrics->phones.finished, 10);
	toy_farm_free(all);
}

/* ---- when a row is done ---- */

static void
power_goes_at_the_very_end_of_the_row_and_only_the_first_time(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle_row(TOY_LOGIN, 10 * S, "4");
	const struct metrics *m = toy_farm_run_with(all, &event, 1)->metrics;

	(void)state;
	toy_times_are(&all->life[4].off, 1, 3 * S);
	toy_times_are(&all->life[4].on, 2, UINT64_C(0), 13 * S);
	toy_times_are(&all->life[4].arrived, 1, 23 * S);
	assert_int_equal(m->row[TOY_LOGIN].done, 11);
	assert_int_equal(m->row[TOY_LINE].done, 10);
	toy_farm_free(all);
}

static void
a_power_cut_after_each_row_takes_five_walks(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_cycle_row(TOY_LEASE, 1 * S, "100%"),
		toy_cycle_row(TOY_LOGIN, 1 * S, "100%"),
		toy_cycle_row(TOY_LINE, 1 * S, "100%"),
		toy_cycle_row(TOY_UPDATE, 1 * S, "100%"),
	};
	const struct farm_end *end = toy_farm_run_with(all, events, 4);

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		toy_times_are(&all->life[i].off, 4, 1 * S, 5 * S, 12 * S, 23 * S);
		toy_times_are(&all->life[i].on, 5, UINT64_C(0), 2 * S, 6 * S, 13 * S, 24 * S);
		toy_times_are(&all->life[i].arrived, 1, 34 * S);
	}
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_int_equal(end->metrics->row[TOY_LEASE].done, 50);
	toy_farm_free(all);
}

static void
unplugged_at_a_row_it_can_be_plugged_at_a_time(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_event_row(SCENARIO_UNPLUG, TOY_LINE, "0-1"), plug(50 * S, "1"),
		toy_event_row(SCENARIO_PLUG, TOY_LEASE, "0"), /* for whom it is done is on */
	};
	const struct farm_end *end = toy_farm_run_with(all, events, 3);

	(void)state;
	toy_times_are(&all->life[0].off, 1, 6 * S);
	toy_times_are(&all->life[0].on, 1, UINT64_C(0));
	toy_times_are(&all->life[1].arrived, 1, 60 * S);
	assert_int_equal(end->metrics->phones.finished, 9);
	toy_farm_free(all);
}

static void
a_chore_is_a_row_too(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle_row(TOY_CHORE, 10 * S, "0");

	(void)state;
	all->row_us[TOY_CHORE] = 30 * S;
	all->stay_us = 60 * S;
	(void)toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[0].off, 1, 30 * S);
	toy_times_are(&all->life[0].arrived, 1, 110 * S);
	toy_times_are(&all->life[1].arrived, 1, 70 * S);
	toy_farm_free(all);
}

static enum toy_fate
the_fourth_fails(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 3 ? TOY_FAILS : TOY_ARRIVES;
}

static void
a_row_that_was_lost_is_not_done_and_nobody_waits_for_it(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle_row(TOY_UPDATE, 10 * S, "3");
	const struct farm_end *end;

	(void)state;
	all->fate = the_fourth_fails;
	end = toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[3].off, 0);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_true(end->wall_s == 10);
	toy_farm_free(all);
}

/* ---- counting ---- */

static void
off_from_4_to_14(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	const struct phone_counts *n = &m->phones;
	bool off = since_us > 4 * S && since_us < 14 * S;

	assert_int_equal(n->started, 10);
	assert_int_equal(n->off, off ? 3 : 0);
	assert_int_equal(n->arrived, since_us < 10 * S ? 0 : since_us < 24 * S ? 7 : 10);
	/* Back from the outage they walk from the first row. */
	if (since_us > 14 * S && since_us < 15 * S)
		assert_int_equal(n->at[TOY_LEASE], 3);
	(void)all;
}

static void
at_each_second_it_is_told_how_many_are_off(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(4 * S, 10 * S, "0-2");

	(void)state;
	all->second = off_from_4_to_14;
	(void)toy_farm_run_with(all, &event, 1);
	assert_int_equal(all->seconds, 24);
	toy_farm_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_named_lose_power_for_so_long_and_walk_again),
		cmocka_unit_test(the_run_waits_for_an_event_and_for_those_it_has_met),
		cmocka_unit_test(the_run_waits_for_an_event_that_meets_nobody),
		cmocka_unit_test(a_second_walk_is_counted_as_one),
		cmocka_unit_test(cut_off_in_its_stay_it_stays_again_as_long),
		cmocka_unit_test(an_outage_of_no_length_is_a_restart),
		cmocka_unit_test(
		    cut_off_again_in_an_outage_the_later_event_decides_when_it_ends),
		cmocka_unit_test(as_one_outage_ends_another_may_begin),
		cmocka_unit_test(
		    unplugged_for_good_it_is_neither_finished_nor_failed_and_nobody_waits_for_it),
		cmocka_unit_test(unplugged_after_it_arrived_it_has_not_finished),
		cmocka_unit_test(plugged_again_it_walks_again_and_the_run_waits_for_it),
		cmocka_unit_test(what_is_on_is_not_plugged_and_what_is_off_not_unplugged),
		cmocka_unit_test(plugged_in_the_middle_of_an_outage_it_is_on_at_once),
		cmocka_unit_test(unplugged_in_the_middle_of_an_outage_it_stays_off),
		cmocka_unit_test(power_that_comes_back_does_not_plug_anything),
		cmocka_unit_test(events_of_one_moment_happen_in_their_order),
		cmocka_unit_test(who_had_failed_may_finish_and_who_had_arrived_may_fail),
		cmocka_unit_test(who_hangs_is_freed_by_a_power_cycle),
		cmocka_unit_test(power_goes_at_the_very_end_of_the_row_and_only_the_first_time),
		cmocka_unit_test(a_power_cut_after_each_row_takes_five_walks),
		cmocka_unit_test(unplugged_at_a_row_it_can_be_plugged_at_a_time),
		cmocka_unit_test(a_chore_is_a_row_too),
		cmocka_unit_test(a_row_that_was_lost_is_not_done_and_nobody_waits_for_it),
		cmocka_unit_test(at_each_second_it_is_told_how_many_are_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
