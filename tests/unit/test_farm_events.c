/*
 * test_farm_events.c - power that goes and comes, with toy instances: in virtual time, so that
 * every moment is exact, and on threads, where the same phones must be met.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "toy_farm.h"

#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define LEAD (20 * MS) /* from go to the first start */

enum { LEASE, LOGIN, LINE, UPDATE };

/* Ten phones, all on at 0; their rows take 1, 2, 3 and 4 s, so they arrive at 10 s. */
static struct toy_farm *
ten(void)
{
	struct toy_farm *all = toy_farm_new(10);

	for (unsigned row = 0; row < TOY_CHORE; row++)
		all->row_us[row] = (row + 1) * S;
	return all;
}

static const struct farm_end *
run_with(struct toy_farm *all, const struct farm_event *events, size_t n)
{
	all->cfg.events = events;
	all->cfg.n_events = n;
	return toy_farm_run(all);
}

static struct farm_event
cycle(uint64_t at_us, uint64_t off_us, const char *who)
{
	struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, at_us, who);

	event.off_us = off_us;
	return event;
}

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

static struct farm_event
cycle_row(unsigned row, uint64_t off_us, const char *who)
{
	struct farm_event event = toy_event_row(SCENARIO_POWER_CYCLE, row, who);

	event.off_us = off_us;
	return event;
}

/* ---- power_cycle ---- */

static void
those_named_lose_power_for_so_long_and_walk_again(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(4 * S, 30 * S, "3,7-8");
	const struct farm_end *end = run_with(all, &event, 1);

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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(3600 * S, 5 * S, "0");
	const struct farm_end *end = run_with(all, &event, 1);

	(void)state;
	toy_times_are(&all->life[0].arrived, 2, 10 * S, 3615 * S);
	assert_true(end->wall_s == 3615);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

static void
the_run_waits_for_an_event_that_meets_nobody(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(60 * S, 5 * S, "10-4000000000");
	const struct farm_end *end = run_with(all, &event, 1);

	(void)state;
	assert_true(end->wall_s == 60);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

/* Rows and tries count each walk, numbers of the guide and boots once a phone. */
static void
a_second_walk_is_counted_as_one(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(15 * S, 5 * S, "0-4");
	const struct metrics *m = run_with(all, &event, 1)->metrics;

	(void)state;
	assert_int_equal(m->row[LEASE].done, 15);
	assert_int_equal(m->row[UPDATE].done, 15);
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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(50 * S, 1 * S, "2");
	const struct farm_end *end;

	(void)state;
	all->stay_us = 100 * S;
	end = run_with(all, &event, 1);
	toy_times_are(&all->life[1].arrived, 1, 110 * S);
	toy_times_are(&all->life[2].arrived, 1, 161 * S);
	assert_true(end->wall_s == 161);
	toy_farm_free(all);
}

static void
an_outage_of_no_length_is_a_restart(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(4 * S, 0, "1");

	(void)state;
	(void)run_with(all, &event, 1);
	toy_times_are(&all->life[1].off, 1, 4 * S);
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].arrived, 1, 14 * S);
	toy_farm_free(all);
}

static void
cut_off_again_in_an_outage_the_later_event_decides_when_it_ends(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		cycle(4 * S, 10 * S, "0-1"),
		cycle(6 * S, 20 * S, "0"),
		cycle(7 * S, 2 * S, "1"),
	};

	(void)state;
	(void)run_with(all, events, 3);
	toy_times_are(&all->life[0].off, 1, 4 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 26 * S);
	toy_times_are(&all->life[1].off, 1, 4 * S);
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 9 * S);
	toy_farm_free(all);
}

static void
as_one_outage_ends_another_may_begin(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		cycle(4 * S, 10 * S, "5"),
		cycle(14 * S, 1 * S, "5"),
	};

	(void)state;
	(void)run_with(all, events, 2);
	toy_times_are(&all->life[5].off, 2, 4 * S, 14 * S);
	toy_times_are(&all->life[5].on, 3, UINT64_C(0), 14 * S, 15 * S);
	toy_farm_free(all);
}

/* ---- unplug and plug ---- */

static void
unplugged_for_good_it_is_neither_finished_nor_failed_and_nobody_waits_for_it(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = unplug(4 * S, "6");
	const struct farm_end *end = run_with(all, &event, 1);
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
	struct toy_farm *all = ten();
	const struct farm_event event = unplug(40 * S, "0-4");
	const struct farm_end *end = run_with(all, &event, 1);

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
	struct toy_farm *all = ten();
	const struct farm_event events[] = { unplug(4 * S, "6"), plug(100 * S, "6") };
	const struct farm_end *end = run_with(all, events, 2);

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
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		plug(1 * S, "0-9"),
		unplug(2 * S, "0"),
		unplug(3 * S, "0"),
		plug(4 * S, "0"),
		plug(5 * S, "0"),
	};

	(void)state;
	(void)run_with(all, events, 5);
	toy_times_are(&all->life[0].off, 1, 2 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].on, 1, UINT64_C(0));
	toy_farm_free(all);
}

static void
plugged_in_the_middle_of_an_outage_it_is_on_at_once(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = { cycle(4 * S, 100 * S, "0"), plug(9 * S, "0") };
	const struct farm_end *end = run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 9 * S);
	assert_true(end->wall_s == 19);
	toy_farm_free(all);
}

static void
unplugged_in_the_middle_of_an_outage_it_stays_off(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = { cycle(4 * S, 100 * S, "0"), unplug(9 * S, "0") };
	const struct farm_end *end = run_with(all, events, 2);

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
	struct toy_farm *all = ten();
	const struct farm_event events[] = { unplug(4 * S, "0"), cycle(5 * S, 10 * S, "0-1") };
	const struct farm_end *end = run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].on, 1, UINT64_C(0));
	toy_times_are(&all->life[1].on, 2, UINT64_C(0), 15 * S);
	assert_int_equal(end->metrics->phones.finished, 9);
	toy_farm_free(all);
}

static void
events_of_one_moment_happen_in_their_order(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		unplug(4 * S, "0-1"), plug(4 * S, "0"),
		plug(3 * S, "1"), /* earlier, though it stands behind */
	};

	(void)state;
	(void)run_with(all, events, 3);
	toy_times_are(&all->life[0].off, 1, 4 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 4 * S);
	toy_times_are(&all->life[1].on, 1, UINT64_C(0));
	toy_farm_free(all);
}

/* ---- who cannot be met ---- */

static void
who_has_not_been_started_yet_is_not_met(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		unplug(5 * S, "0-9"),
		plug(6 * S, "8"),
	};

	(void)state;
	all->start_us[8] = 7 * S;
	all->start_us[9] = 8 * S;
	(void)run_with(all, events, 2);
	toy_times_are(&all->life[7].off, 1, 5 * S);
	toy_times_are(&all->life[8].on, 1, 7 * S);
	toy_times_are(&all->life[8].arrived, 1, 17 * S);
	toy_times_are(&all->life[9].off, 0);
	toy_farm_free(all);
}

static void
who_starts_at_the_moment_of_the_event_is_met(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(0, 1 * S, "0-9");

	(void)state;
	(void)run_with(all, &event, 1);
	for (uint32_t i = 0; i < 10; i++) {
		toy_times_are(&all->life[i].off, 1, UINT64_C(0));
		toy_times_are(&all->life[i].on, 2, UINT64_C(0), 1 * S);
	}
	toy_farm_free(all);
}

static enum toy_fate
the_first_cannot_be_made(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 0 ? TOY_CANNOT_BE_MADE : TOY_ARRIVES;
}

static void
who_could_not_be_made_is_not_met(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		cycle(2 * S, 1 * S, "0-1"),
		unplug(5 * S, "0"),
		plug(6 * S, "0"),
	};
	const struct farm_end *end;

	(void)state;
	all->fate = the_first_cannot_be_made;
	end = run_with(all, events, 3);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_int_equal(end->metrics->phones.finished, 9);
	assert_int_equal(all->life[0].on.n, 0);
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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(20 * S, 1 * S, "0-2");
	const struct metrics *m;

	(void)state;
	all->fate = first_walks_fail;
	m = run_with(all, &event, 1)->metrics;
	assert_int_equal(m->phones.finished, 3);
	assert_int_equal(m->phones.failed, 7);
	toy_farm_free(all);

	all = ten();
	all->fate = second_walks_fail;
	m = run_with(all, &event, 1)->metrics;
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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(60 * S, 1 * S, "0-9");

	(void)state;
	all->fate = all_hang;
	assert_int_equal(run_with(all, &event, 1)->metrics->phones.finished, 10);
	toy_farm_free(all);
}

/* ---- when a row is done ---- */

static void
power_goes_at_the_very_end_of_the_row_and_only_the_first_time(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle_row(LOGIN, 10 * S, "4");
	const struct metrics *m = run_with(all, &event, 1)->metrics;

	(void)state;
	toy_times_are(&all->life[4].off, 1, 3 * S);
	toy_times_are(&all->life[4].on, 2, UINT64_C(0), 13 * S);
	toy_times_are(&all->life[4].arrived, 1, 23 * S);
	assert_int_equal(m->row[LOGIN].done, 11);
	assert_int_equal(m->row[LINE].done, 10);
	toy_farm_free(all);
}

static void
a_power_cut_after_each_row_takes_five_walks(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		cycle_row(LEASE, 1 * S, "100%"),
		cycle_row(LOGIN, 1 * S, "100%"),
		cycle_row(LINE, 1 * S, "100%"),
		cycle_row(UPDATE, 1 * S, "100%"),
	};
	const struct farm_end *end = run_with(all, events, 4);

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		toy_times_are(&all->life[i].off, 4, 1 * S, 5 * S, 12 * S, 23 * S);
		toy_times_are(&all->life[i].on, 5, UINT64_C(0), 2 * S, 6 * S, 13 * S, 24 * S);
		toy_times_are(&all->life[i].arrived, 1, 34 * S);
	}
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_int_equal(end->metrics->row[LEASE].done, 50);
	toy_farm_free(all);
}

static void
unplugged_at_a_row_it_can_be_plugged_at_a_time(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = {
		toy_event_row(SCENARIO_UNPLUG, LINE, "0-1"), plug(50 * S, "1"),
		toy_event_row(SCENARIO_PLUG, LEASE, "0"), /* for whom it is done is on */
	};
	const struct farm_end *end = run_with(all, events, 3);

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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle_row(TOY_CHORE, 10 * S, "0");

	(void)state;
	all->row_us[TOY_CHORE] = 30 * S;
	all->stay_us = 60 * S;
	(void)run_with(all, &event, 1);
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
	struct toy_farm *all = ten();
	const struct farm_event event = cycle_row(UPDATE, 10 * S, "3");
	const struct farm_end *end;

	(void)state;
	all->fate = the_fourth_fails;
	end = run_with(all, &event, 1);
	toy_times_are(&all->life[3].off, 0);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_true(end->wall_s == 10);
	toy_farm_free(all);
}

/* ---- who is drawn ---- */

/* A mark for each phone that has lost power. */
static char *
who_was_off(const struct toy_farm *all)
{
	char *marks = calloc(all->cfg.phones + 1, 1);

	assert_non_null(marks);
	for (uint32_t i = 0; i < all->cfg.phones; i++)
		marks[i] = all->life[i].off.n > 0 ? 'x' : '.';
	return marks;
}

static unsigned
count_off(const char *marks)
{
	unsigned n = 0;

	for (; *marks != '\0'; marks++)
		n += *marks == 'x';
	return n;
}

static char *
draw(unsigned threads, uint64_t seed, const char *who)
{
	struct toy_farm *all =
	    threads > 0 ? toy_farm_new_real(1000, threads) : toy_farm_new(1000);
	const struct farm_event event = cycle_row(LEASE, 0, who);
	char *marks;

	all->cfg.seed = seed;
	assert_int_equal(run_with(all, &event, 1)->metrics->phones.finished, 1000);
	marks = who_was_off(all);
	toy_farm_free(all);
	return marks;
}

static void
a_share_is_exact_and_another_seed_draws_others(void **state)
{
	char *one = draw(0, 1, "30%"), *same = draw(0, 1, "30%"), *other = draw(0, 2, "30%");

	(void)state;
	assert_int_equal(count_off(one), 300);
	assert_int_equal(count_off(other), 300);
	assert_string_equal(one, same);
	assert_string_not_equal(one, other);
	free(one);
	free(same);
	free(other);
}

static void
however_many_threads_the_same_phones_are_met(void **state)
{
	char *want = draw(0, 1, "10%");

	(void)state;
	for (unsigned threads = 1; threads <= 3; threads++) {
		char *marks = draw(threads, 1, "10%");

		assert_string_equal(marks, want);
		free(marks);
	}
	free(want);
}

static void
each_event_draws_anew_but_what_was_unplugged_is_plugged(void **state)
{
	struct toy_farm *all = toy_farm_new(1000);
	const struct farm_event events[] = {
		cycle(1 * S, 0, "20%"),
		unplug(2 * S, "20%"),
		plug(3 * S, "20%"),
		unplug(4 * S, "20%"),
		plug(5 * S, "10%"),
	};
	const struct metrics *m;
	unsigned by[4] = { 0 };

	(void)state;
	all->row_us[0] = 10 * S;
	m = run_with(all, events, 5)->metrics;
	for (uint32_t i = 0; i < 1000; i++) {
		const struct toy_times *off = &all->life[i].off;

		for (unsigned k = 0; k < off->n; k++)
			by[off->at_us[k] / S - 1]++;
	}
	assert_int_equal(by[0], 200);
	assert_int_equal(by[1], 200);
	assert_int_equal(by[3], 200);
	/* All of the first unplugging are back, half of the second. */
	assert_int_equal(m->phones.off, 100);
	assert_int_equal(m->phones.finished, 900);
	for (uint32_t i = 0; i < 1000; i++)
		by[2] += all->life[i].off.n > 1;
	assert_in_range(by[2], 60, 140);
	toy_farm_free(all);
}

/* ---- guards ---- */

static void
timed_events_wait_for_the_canaries_like_everybody_else(void **state)
{
	struct toy_farm *all = ten();
	const uint64_t zero_us = 3 * S + LEAD; /* the login's end */
	const struct farm_event event = cycle(1 * S, 2 * S, "0-1");

	(void)state;
	all->cfg.guard.canary = 1;
	(void)run_with(all, &event, 1);
	toy_times_are(&all->life[0].off, 1, zero_us + 1 * S);
	toy_times_are(&all->life[1].on, 2, zero_us, zero_us + 3 * S);
	toy_times_are(&all->life[1].off, 1, zero_us + 1 * S);
	toy_farm_free(all);
}

static void
a_run_of_canaries_only_waits_for_its_events_too(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(100 * S, 2 * S, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 10;
	end = run_with(all, &event, 1);
	toy_times_are(&all->life[0].arrived, 2, 10 * S, 3 * S + LEAD + 112 * S);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

static void
a_canary_whose_power_goes_may_still_get_in(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle_row(LEASE, 5 * S, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	end = run_with(all, &event, 1);
	assert_null(end->guard_says);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 6 * S);
	toy_times_are(&all->life[1].on, 1, 9 * S + LEAD);
	toy_farm_free(all);
}

static void
a_canary_that_is_unplugged_before_it_got_in_is_lost(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = toy_event_row(SCENARIO_UNPLUG, LEASE, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	end = run_with(all, &event, 1);
	assert_non_null(end->guard_says);
	assert_int_equal(end->metrics->phones.started, 1);
	assert_int_equal(end->metrics->phones.off, 1);
	toy_farm_free(all);
}

/* ---- leaving ---- */

static void
drain_at_5(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	(void)m;
	(void)since_us;
	if (all->seconds == 5)
		farm_drain(all->farm);
}

static void
a_drain_does_not_wait_for_who_is_off_nor_for_what_is_to_come(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event events[] = { cycle(2 * S, 60 * S, "0-3"), plug(9 * S, "0") };
	const struct farm_end *end;

	(void)state;
	all->second = drain_at_5;
	all->leave_us = 10 * S;
	end = run_with(all, events, 2);
	assert_int_equal(loop_now_us(all->loop), 15 * S);
	for (uint32_t i = 0; i < 4; i++) {
		toy_times_are(&all->life[i].leave, 0);
		toy_times_are(&all->life[i].on, 1, UINT64_C(0));
	}
	toy_times_are(&all->life[4].leave, 1, 5 * S - LEAD);
	assert_int_equal(end->metrics->phones.off, 4);
	assert_int_equal(end->metrics->phones.finished, 0);
	toy_farm_free(all);
}

/* A row that is done while it leaves is none of the events' business. */
static void
who_leaves_keeps_its_power(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(8 * S, 1 * S, "0-9");

	(void)state;
	all->second = drain_at_5;
	all->leave_us = 10 * S;
	(void)run_with(all, &event, 1);
	for (uint32_t i = 0; i < 10; i++)
		toy_times_are(&all->life[i].off, 0);
	toy_farm_free(all);
}

static void
kill_at_5(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	(void)m;
	(void)since_us;
	if (all->seconds == 5)
		farm_kill(all->farm);
}

static void
a_kill_in_an_outage_closes_who_is_off_too(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(2 * S, 60 * S, "0-3");

	(void)state;
	all->second = kill_at_5;
	all->runs_on = true;
	(void)run_with(all, &event, 1);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(all->life[i].closed, 1);
	assert_int_equal(loop_now_us(all->loop), 5 * S);
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
		assert_int_equal(n->at[LEASE], 3);
	(void)all;
}

static void
at_each_second_it_is_told_how_many_are_off(void **state)
{
	struct toy_farm *all = ten();
	const struct farm_event event = cycle(4 * S, 10 * S, "0-2");

	(void)state;
	all->second = off_from_4_to_14;
	(void)run_with(all, &event, 1);
	assert_int_equal(all->seconds, 24);
	toy_farm_free(all);
}

/* ---- shards ---- */

static enum toy_fate
phone_1_waits_until_phone_0_walks_again(
    const struct toy_farm *all, uint32_t index, unsigned walk)
{
	atomic_bool *again = all->of_test;

	if (index == 0 && walk > 0)
		atomic_store(again, true);
	return index == 1 && !atomic_load(again) ? TOY_WAITS : TOY_ARRIVES;
}

/*
 * Phone 0 arrives, its shard has nothing left to wait for, and then a chore's event has it walk
 * again; meanwhile phone 1 of the other shard comes to its end.  The run must not.
 */
static void
a_shard_that_was_over_takes_its_word_back(void **state)
{
	struct toy_farm *all = toy_farm_new_real(2, 2);
	const struct farm_event event = cycle_row(TOY_CHORE, 0, "0");
	atomic_bool again = false;

	(void)state;
	all->row_us[UPDATE] = 20 * MS;
	all->row_us[TOY_CHORE] = 50 * MS;
	all->fate = phone_1_waits_until_phone_0_walks_again;
	all->of_test = &again;
	assert_int_equal(run_with(all, &event, 1)->metrics->phones.finished, 2);
	assert_int_equal(all->life[0].on.n, 2);
	assert_int_equal(all->life[0].arrived.n, 2);
	toy_farm_free(all);
}

static void
as_many_events_as_a_scenario_may_have(void **state)
{
	struct farm_event events[FARM_EVENTS_MAX];
	struct toy_farm *all = ten();

	(void)state;
	for (unsigned i = 0; i < FARM_EVENTS_MAX; i++) {
		events[i] = cycle_row(i % 4, 1 * S, "5");
		if (i % 2 == 0)
			events[i] = cycle((FARM_EVENTS_MAX - i) * 100 * S, 1 * S, "6");
	}
	(void)run_with(all, events, FARM_EVENTS_MAX);
	assert_int_equal(all->life[6].off.n, FARM_EVENTS_MAX / 2);
	assert_int_equal(all->life[6].arrived.n, FARM_EVENTS_MAX / 2 + 1);
	assert_int_equal(all->life[5].off.n, 2);
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
		cmocka_unit_test(who_has_not_been_started_yet_is_not_met),
		cmocka_unit_test(who_starts_at_the_moment_of_the_event_is_met),
		cmocka_unit_test(who_could_not_be_made_is_not_met),
		cmocka_unit_test(who_had_failed_may_finish_and_who_had_arrived_may_fail),
		cmocka_unit_test(who_hangs_is_freed_by_a_power_cycle),
		cmocka_unit_test(power_goes_at_the_very_end_of_the_row_and_only_the_first_time),
		cmocka_unit_test(a_power_cut_after_each_row_takes_five_walks),
		cmocka_unit_test(unplugged_at_a_row_it_can_be_plugged_at_a_time),
		cmocka_unit_test(a_chore_is_a_row_too),
		cmocka_unit_test(a_row_that_was_lost_is_not_done_and_nobody_waits_for_it),
		cmocka_unit_test(a_share_is_exact_and_another_seed_draws_others),
		cmocka_unit_test(however_many_threads_the_same_phones_are_met),
		cmocka_unit_test(each_event_draws_anew_but_what_was_unplugged_is_plugged),
		cmocka_unit_test(timed_events_wait_for_the_canaries_like_everybody_else),
		cmocka_unit_test(a_run_of_canaries_only_waits_for_its_events_too),
		cmocka_unit_test(a_canary_whose_power_goes_may_still_get_in),
		cmocka_unit_test(a_canary_that_is_unplugged_before_it_got_in_is_lost),
		cmocka_unit_test(a_drain_does_not_wait_for_who_is_off_nor_for_what_is_to_come),
		cmocka_unit_test(who_leaves_keeps_its_power),
		cmocka_unit_test(a_kill_in_an_outage_closes_who_is_off_too),
		cmocka_unit_test(at_each_second_it_is_told_how_many_are_off),
		cmocka_unit_test(a_shard_that_was_over_takes_its_word_back),
		cmocka_unit_test(as_many_events_as_a_scenario_may_have),
	};

	return cmocka_run_group_tests_name("farm_events", tests, NULL, NULL);
}
