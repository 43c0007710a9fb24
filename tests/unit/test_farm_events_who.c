/*
 * test_farm_events_who.c - whom power that goes and comes meets: not who cannot be met, by the
 * seed whatever the threads, canaries, and those who leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "toy_farm.h"

#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define LEAD (20 * MS) /* from go to the first start */

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

/* ---- who cannot be met ---- */

static void
who_has_not_been_started_yet_is_not_met(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		unplug(5 * S, "0-9"),
		plug(6 * S, "8"),
	};

	(void)state;
	all->start_us[8] = 7 * S;
	all->start_us[9] = 8 * S;
	(void)toy_farm_run_with(all, events, 2);
	toy_times_are(&all->life[7].off, 1, 5 * S);
	toy_times_are(&all->life[8].on, 1, 7 * S);
	toy_times_are(&all->life[8].arrived, 1, 17 * S);
	toy_times_are(&all->life[9].off, 0);
	toy_farm_free(all);
}

static void
who_starts_at_the_moment_of_the_event_is_met(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(0, 1 * S, "0-9");

	(void)state;
	(void)toy_farm_run_with(all, &event, 1);
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
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_cycle(2 * S, 1 * S, "0-1"),
		unplug(5 * S, "0"),
		plug(6 * S, "0"),
	};
	const struct farm_end *end;

	(void)state;
	all->fate = the_first_cannot_be_made;
	end = toy_farm_run_with(all, events, 3);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_int_equal(end->metrics->phones.finished, 9);
	assert_int_equal(all->life[0].on.n, 0);
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
	const struct farm_event event = toy_cycle_row(TOY_LEASE, 0, who);
	char *marks;

	all->cfg.seed = seed;
	assert_int_equal(toy_farm_run_with(all, &event, 1)->metrics->phones.finished, 1000);
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
		toy_cycle(1 * S, 0, "20%"),
		unplug(2 * S, "20%"),
		plug(3 * S, "20%"),
		unplug(4 * S, "20%"),
		plug(5 * S, "10%"),
	};
	const struct metrics *m;
	unsigned by[4] = { 0 };

	(void)state;
	all->row_us[0] = 10 * S;
	m = toy_farm_run_with(all, events, 5)->metrics;
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
	struct toy_farm *all = toy_farm_ten();
	const uint64_t zero_us = 3 * S + LEAD; /* the login's end */
	const struct farm_event event = toy_cycle(1 * S, 2 * S, "0-1");

	(void)state;
	all->cfg.guard.canary = 1;
	(void)toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[0].off, 1, zero_us + 1 * S);
	toy_times_are(&all->life[1].on, 2, zero_us, zero_us + 3 * S);
	toy_times_are(&all->life[1].off, 1, zero_us + 1 * S);
	toy_farm_free(all);
}

static void
a_run_of_canaries_only_waits_for_its_events_too(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(100 * S, 2 * S, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 10;
	end = toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[0].arrived, 2, 10 * S, 3 * S + LEAD + 112 * S);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

static void
a_canary_whose_power_goes_may_still_get_in(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle_row(TOY_LEASE, 5 * S, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	end = toy_farm_run_with(all, &event, 1);
	assert_null(end->guard_says);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 6 * S);
	toy_times_are(&all->life[1].on, 1, 9 * S + LEAD);
	toy_farm_free(all);
}

static void
a_canary_that_is_unplugged_before_it_got_in_is_lost(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_event_row(SCENARIO_UNPLUG, TOY_LEASE, "0");
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	end = toy_farm_run_with(all, &event, 1);
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
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { toy_cycle(2 * S, 60 * S, "0-3"),
		plug(9 * S, "0") };
	const struct farm_end *end;

	(void)state;
	all->second = drain_at_5;
	all->leave_us = 10 * S;
	end = toy_farm_run_with(all, events, 2);
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
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(8 * S, 1 * S, "0-9");

	(void)state;
	all->second = drain_at_5;
	all->leave_us = 10 * S;
	(void)toy_farm_run_with(all, &event, 1);
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
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_cycle(2 * S, 60 * S, "0-3");

	(void)state;
	all->second = kill_at_5;
	all->runs_on = true;
	(void)toy_farm_run_with(all, &event, 1);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(all->life[i].closed, 1);
	assert_int_equal(loop_now_us(all->loop), 5 * S);
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
	const struct farm_event event = toy_cycle_row(TOY_CHORE, 0, "0");
	atomic_bool again = false;

	(void)state;
	all->row_us[TOY_UPDATE] = 20 * MS;
	all->row_us[TOY_CHORE] = 50 * MS;
	all->fate = phone_1_waits_until_phone_0_walks_again;
	all->of_test = &again;
	assert_int_equal(toy_farm_run_with(all, &event, 1)->metrics->phones.finished, 2);
	assert_int_equal(all->life[0].on.n, 2);
	assert_int_equal(all->life[0].arrived.n, 2);
	toy_farm_free(all);
}

static void
as_many_events_as_a_scenario_may_have(void **state)
{
	struct farm_event events[FARM_EVENTS_MAX];
	struct toy_farm *all = toy_farm_ten();

	(void)state;
	for (unsigned i = 0; i < FARM_EVENTS_MAX; i++) {
		events[i] = toy_cycle_row(i % 4, 1 * S, "5");
		if (i % 2 == 0)
			events[i] = toy_cycle((FARM_EVENTS_MAX - i) * 100 * S, 1 * S, "6");
	}
	(void)toy_farm_run_with(all, events, FARM_EVENTS_MAX);
	assert_int_equal(all->life[6].off.n, FARM_EVENTS_MAX / 2);
	assert_int_equal(all->life[6].arrived.n, FARM_EVENTS_MAX / 2 + 1);
	assert_int_equal(all->life[5].off.n, 2);
	toy_farm_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_not_been_started_yet_is_not_met),
		cmocka_unit_test(who_starts_at_the_moment_of_the_event_is_met),
		cmocka_unit_test(who_could_not_be_made_is_not_met),
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
		cmocka_unit_test(a_shard_that_was_over_takes_its_word_back),
		cmocka_unit_test(as_many_events_as_a_scenario_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
