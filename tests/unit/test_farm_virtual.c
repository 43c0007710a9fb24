/*
 * test_farm_virtual.c - the farm in virtual time, with toy instances: the same code as on
 * threads, but every time is exact and hours pass at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "mem.h"
#include "toy_farm.h"

#define S UINT64_C(1000000)
#define MS UINT64_C(1000)
#define HOUR (3600 * S)
#define LEAD (20 * MS) /* from go to the first start */

enum { PHONES = 1000 };

/* Four rows of 1, 2, 3 and 4 s. */
static const uint64_t WALK = 10 * S;

static void
walk_in_seconds(struct toy_farm *all)
{
	for (unsigned row = 0; row < TOY_CHORE; row++)
		all->row_us[row] = (row + 1) * S;
}

static struct toy_farm *
thousand(void)
{
	struct toy_farm *all = toy_farm_new(PHONES);

	walk_in_seconds(all);
	return all;
}

/* ---- starting ---- */

static void
a_thousand_start_and_arrive_at_their_very_microsecond(void **state)
{
	struct toy_farm *all = thousand();
	const struct metrics *m;

	(void)state;
	all->stay_us = 5 * S;
	for (uint64_t i = 0; i < PHONES; i++)
		all->start_us[i] = i * i * 137;
	m = toy_farm_run(all)->metrics;
	for (uint64_t i = 0; i < PHONES; i++) {
		toy_times_are(&all->life[i].on, 1, i * i * 137);
		toy_times_are(&all->life[i].arrived, 1, i * i * 137 + WALK + 5 * S);
		assert_int_equal(all->life[i].closed, 1);
	}
	assert_int_equal(m->phones.started, PHONES);
	assert_int_equal(m->phones.finished, PHONES);
	assert_int_equal(m->row[TOY_LOGIN].done, PHONES);
	assert_int_equal(m->row[TOY_LOGIN].latency.max_us, 2 * S);
	assert_int_equal(m->guide[12], PHONES);
	toy_farm_free(all);
}

/* Booted is: at the end of its way, before it stays. */
static void
nobody_is_late_and_a_boot_takes_what_its_rows_take(void **state)
{
	struct toy_farm *all = thousand();
	const struct metrics *m;

	(void)state;
	all->stay_us = 1 * HOUR;
	m = toy_farm_run(all)->metrics;
	assert_int_equal(m->start_lag.count, PHONES);
	assert_int_equal(m->start_lag.max_us, 0);
	assert_int_equal(m->from_intended.count, PHONES);
	assert_int_equal(m->from_intended.max_us, WALK);
	assert_int_equal(m->from_actual.max_us, WALK);
	assert_true(m->loop_lag_p99_ms == 0);
	toy_farm_free(all);
}

static void
a_day_of_arrivals_is_over_at_once_and_its_length_is_told(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	for (uint64_t i = 0; i < PHONES; i++)
		all->start_us[i] = i * 24 * HOUR / (PHONES - 1);
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->phones.finished, PHONES);
	assert_true(end->wall_s == 24 * 3600 + 10);
	assert_false(end->drained);
	toy_farm_free(all);
}

static enum toy_fate
the_third_cannot_be_made(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 2 ? TOY_CANNOT_BE_MADE : TOY_ARRIVES;
}

static void
one_that_cannot_be_made_has_failed_and_says_why(void **state)
{
	struct toy_farm *all = toy_farm_new(5);
	const struct farm_end *end;

	(void)state;
	all->fate = the_third_cannot_be_made;
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->phones.started, 5);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_int_equal(end->metrics->phones.finished, 4);
	assert_string_equal(end->make_says, "a toy that cannot be made");
	toy_farm_free(all);
}

/* ---- counting ---- */

static uint32_t
under_way(const struct phone_counts *n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < METRICS_ROWS; i++)
		sum += n->at[i];
	return sum;
}

/* One starts each 100 ms: after s seconds and their walk of 10. */
static void
second_is_counted(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	const struct phone_counts *n = &m->phones;
	uint32_t s = all->seconds;

	/* The farm's second is 20 ms longer ago than the run's zero, which lies ahead then. */
	assert_int_equal(since_us, s * S - LEAD);
	assert_int_equal(n->started, s * 10 < 300 ? s * 10 : 300);
	assert_int_equal(n->started, n->arrived + n->failed + n->off + under_way(n));
	assert_int_equal(n->arrived, s < 11 ? 0 : s * 10 - 100 < 300 ? s * 10 - 100 : 300);
	if (s > 10 && s < 30) {
		assert_int_equal(n->at[0], 10);
		assert_int_equal(n->at[1], 20);
		assert_int_equal(n->at[2], 30);
		assert_int_equal(n->at[3], 40);
	}
}

static void
at_each_second_it_is_told_where_everybody_is(void **state)
{
	struct toy_farm *all = toy_farm_new(300);

	(void)state;
	walk_in_seconds(all);
	for (uint64_t i = 0; i < 300; i++)
		all->start_us[i] = i * 100 * MS;
	all->second = second_is_counted;
	(void)toy_farm_run(all);
	assert_int_equal(all->seconds, 39);
	toy_farm_free(all);
}

static enum toy_fate
odd_ones_fail(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index % 2 == 1 ? TOY_FAILS : TOY_ARRIVES;
}

static void
failed_ones_are_counted_as_failed_and_the_run_ends_with_the_last(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	all->fate = odd_ones_fail;
	all->stay_us = 90 * S;
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->phones.failed, PHONES / 2);
	assert_int_equal(end->metrics->phones.finished, PHONES / 2);
	assert_int_equal(end->metrics->row[3].reasons[1], PHONES / 2);
	assert_true(end->wall_s == 100);
	toy_times_are(&all->life[1].failed, 1, WALK);
	toy_farm_free(all);
}

static void
tries_with_a_watched_detail_are_counted_over_all_phones(void **state)
{
	static const char *const watch[] = { "toy:", "toy:8" };
	struct toy_farm *all = thousand();
	const struct metrics *m;

	(void)state;
	all->fate = odd_ones_fail;
	all->cfg.watch = watch;
	all->cfg.n_watch = 2;
	m = toy_farm_run(all)->metrics;
	assert_int_equal(m->watched[0], PHONES / 2);
	assert_int_equal(m->watched[1], 0);
	toy_farm_free(all);
}

static void
who_does_not_hold_what_it_arrived_at_is_not_finished(void **state)
{
	struct toy_farm *all = toy_farm_new(10);
	const struct metrics *m;

	(void)state;
	all->cfg.must_hold = true;
	all->lets_down = true;
	m = toy_farm_run(all)->metrics;
	assert_int_equal(m->phones.arrived, 10);
	assert_int_equal(m->phones.finished, 0);
	assert_int_equal(m->phones.failed, 0);
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
a_drain_starts_nobody_else_and_waits_for_the_last_to_leave(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	for (uint64_t i = 0; i < PHONES; i++)
		all->start_us[i] = i * 1 * S;
	all->second = drain_at_5;
	all->leave_us = 7 * S;
	end = toy_farm_run(all);
	assert_true(end->drained);
	assert_int_equal(end->metrics->phones.started, 5);
	assert_int_equal(end->metrics->phones.finished, 0);
	for (uint32_t i = 0; i < 5; i++)
		toy_times_are(&all->life[i].leave, 1, 5 * S - LEAD);
	toy_times_are(&all->life[5].on, 0);
	assert_true(end->wall_s == 4.98);
	assert_int_equal(loop_now_us(all->loop), 12 * S);
	toy_farm_free(all);
}

static void
who_does_not_leave_in_30_seconds_is_cut_off(void **state)
{
	struct toy_farm *all = toy_farm_new(3);

	(void)state;
	walk_in_seconds(all);
	all->second = drain_at_5;
	all->leave_us = UINT64_MAX;
	assert_true(toy_farm_run(all)->drained);
	assert_int_equal(loop_now_us(all->loop), 5 * S + FARM_LEAVE_MAX_US);
	assert_int_equal(all->life[2].closed, 1);
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
a_kill_lets_nobody_leave_and_takes_no_time(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	all->second = kill_at_5;
	end = toy_farm_run(all);
	assert_true(end->drained);
	assert_int_equal(end->metrics->phones.started, PHONES);
	assert_int_equal(loop_now_us(all->loop), 5 * S);
	for (uint32_t i = 0; i < PHONES; i++) {
		assert_int_equal(all->life[i].leave.n, 0);
		assert_int_equal(all->life[i].closed, 1);
	}
	toy_farm_free(all);
}

static void
kill_at_5_without_memory(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	if (all->seconds == 5)
		mem_fail_at(1);
	kill_at_5(all, m, since_us);
}

/* They never leave, and half a minute would pass before they are cut off. */
static void
a_kill_that_memory_was_missing_for_is_asked_for_again(void **state)
{
	struct toy_farm *all = toy_farm_ten();

	(void)state;
	all->second = kill_at_5_without_memory;
	all->leave_us = UINT64_MAX;
	assert_true(toy_farm_run(all)->drained);
	assert_int_equal(loop_now_us(all->loop), 6 * S);
	assert_int_equal(all->life[9].leave.n, 0);
	assert_int_equal(all->life[9].closed, 1);
	toy_farm_free(all);
}

/* What was asked too late would be read by the next run of the loop, when the farm is gone. */
static void
drain_and_kill_and_kill(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	(void)m;
	(void)since_us;
	farm_drain(all->farm);
	farm_kill(all->farm);
	farm_kill(all->farm);
}

static void
asked_twice_it_ends_once_and_leaves_nothing_on_the_loop(void **state)
{
	struct toy_farm *all = thousand();

	(void)state;
	all->second = drain_and_kill_and_kill;
	(void)toy_farm_run(all);
	farm_kill(all->farm);
	farm_drain(all->farm);
	farm_free(all->farm);
	all->farm = NULL;
	loop_run(all->loop);
	assert_int_equal(all->ends, 1);
	toy_farm_free(all);
}

/* Nobody stops the loop: it ends because the farm has let go of it. */
static void
at_its_end_it_lets_go_of_the_loop(void **state)
{
	struct toy_farm *all = thousand();

	(void)state;
	all->runs_on = true;
	(void)toy_farm_run(all);
	assert_true(sim_clock_idle(all->clock));
	assert_int_equal(loop_now_us(all->loop), WALK + LEAD);
	toy_farm_free(all);
}

static void
another_farm_may_run_on_the_same_loop_afterwards(void **state)
{
	struct toy_farm *all = toy_farm_new(10);
	uint64_t before_us;

	(void)state;
	walk_in_seconds(all);
	(void)toy_farm_run(all);
	farm_free(all->farm);
	all->ends = 0;
	before_us = loop_now_us(all->loop);
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, 10);
	assert_int_equal(loop_now_us(all->loop), 2 * before_us);
	toy_times_are(&all->life[9].on, 2, UINT64_C(0), UINT64_C(0));
	toy_farm_free(all);
}

/* ---- the guards ---- */

static void
the_others_start_by_the_plan_as_soon_as_the_canaries_are_in(void **state)
{
	struct toy_farm *all = thousand();
	const uint64_t in_us = 3 * S + LEAD; /* the second row is the login */

	(void)state;
	all->cfg.guard.canary = 2;
	for (uint64_t i = 0; i < PHONES; i++)
		all->start_us[i] = i * MS;
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, PHONES);
	toy_times_are(&all->life[0].on, 1, UINT64_C(0));
	toy_times_are(&all->life[1].on, 1, UINT64_C(0));
	for (uint64_t i = 2; i < PHONES; i++)
		toy_times_are(&all->life[i].on, 1, in_us + i * MS);
	toy_farm_free(all);
}

static enum toy_fate
the_canary_fails(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 0 ? TOY_WRONG_PASSWORD : TOY_ARRIVES;
}

static void
given_a_canary_that_fails_nobody_else_starts(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	all->fate = the_canary_fails;
	end = toy_farm_run(all);
	assert_non_null(end->guard_says);
	assert_int_equal(end->metrics->phones.started, 1);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_true(end->wall_s == 3);
	toy_farm_free(all);
}

/* Up to 899 each third one gets in. */
static enum toy_fate
passwords_are_wrong_for_good_from_900_on(
    const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index < 900 && index % 3 == 0 ? TOY_ARRIVES : TOY_WRONG_PASSWORD;
}

static void
wrong_passwords_stop_it_only_when_they_come_in_a_row(void **state)
{
	struct toy_farm *all = thousand();
	const struct farm_end *end;

	(void)state;
	all->fate = passwords_are_wrong_for_good_from_900_on;
	all->cfg.guard.wrong_passwords = 3;
	for (uint64_t i = 0; i < PHONES; i++)
		all->start_us[i] = i * S;
	end = toy_farm_run(all);
	assert_non_null(end->guard_says);
	/* 898, 899 and 900, which began at 900 s and was refused 3 s later. */
	assert_true(end->wall_s == 903);
	assert_int_equal(end->metrics->phones.started, 904);
	toy_farm_free(all);
}

/* ---- not only in virtual time ---- */

static void
on_a_real_loop_it_needs_no_thread_either(void **state)
{
	struct toy_farm *all = toy_farm_new_real(100, 0);

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		all->start_us[i] = i * 50;
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, 100);
	farm_free(all->farm);
	all->farm = NULL;
	/* Nothing of it is left to be waited for. */
	loop_run(all->loop);
	assert_int_equal(all->ends, 1);
	toy_farm_free(all);
}

static void
without_a_watcher_of_the_seconds_it_runs_as_well(void **state)
{
	struct toy_farm *all = toy_farm_new(3);

	(void)state;
	walk_in_seconds(all);
	all->cfg.on_second = NULL;
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, 3);
	toy_farm_free(all);
}

/* ---- memory ---- */

static void
without_memory_it_is_not_made_and_nothing_is_lost(void **state)
{
	struct toy_farm *all = toy_farm_new(4);
	const struct farm_event event = toy_event(SCENARIO_UNPLUG, 1, "1");
	const char *says;
	long n = 0;
	int err;

	(void)state;
	all->cfg.events = &event;
	all->cfg.n_events = 1;
	do {
		mem_fail_at(++n);
		err = farm_new(&all->cfg, &all->farm, &says);
		mem_fail_at(0);
		assert_true(err == 0 || err == -ENOMEM);
	} while (err != 0);
	assert_true(n > 6);
	/* What the tries before it kept would be missing here. */
	toy_farm_free(all);
}

/* Whatever allocation fails during the run, words between farm and shard among them: it comes
 * to its end, and those whose memory it was have failed. */
static void
whatever_memory_is_missing_the_run_comes_to_its_end(void **state)
{
	uint32_t failed = 1;
	long n = 0;

	(void)state;
	while (failed > 0 || n < 40) {
		struct toy_farm *all = toy_farm_new(4);
		const char *says;

		walk_in_seconds(all);
		all->cfg.guard.canary = 1;
		assert_int_equal(farm_new(&all->cfg, &all->farm, &says), 0);
		mem_fail_at(++n);
		assert_int_equal(farm_start(all->farm), 0);
		loop_run(all->loop);
		mem_fail_at(0);
		assert_int_equal(all->ends, 1);
		failed = farm_result(all->farm)->metrics->phones.failed;
		if (farm_result(all->farm)->guard_says == NULL)
			assert_int_equal(
			    farm_result(all->farm)->metrics->phones.finished + failed, 4);
		toy_farm_free(all);
	}
	assert_true(n < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_start_and_arrive_at_their_very_microsecond),
		cmocka_unit_test(nobody_is_late_and_a_boot_takes_what_its_rows_take),
		cmocka_unit_test(a_day_of_arrivals_is_over_at_once_and_its_length_is_told),
		cmocka_unit_test(one_that_cannot_be_made_has_failed_and_says_why),
		cmocka_unit_test(at_each_second_it_is_told_where_everybody_is),
		cmocka_unit_test(
		    failed_ones_are_counted_as_failed_and_the_run_ends_with_the_last),
		cmocka_unit_test(tries_with_a_watched_detail_are_counted_over_all_phones),
		cmocka_unit_test(who_does_not_hold_what_it_arrived_at_is_not_finished),
		cmocka_unit_test(a_drain_starts_nobody_else_and_waits_for_the_last_to_leave),
		cmocka_unit_test(who_does_not_leave_in_30_seconds_is_cut_off),
		cmocka_unit_test(a_kill_lets_nobody_leave_and_takes_no_time),
		cmocka_unit_test(a_kill_that_memory_was_missing_for_is_asked_for_again),
		cmocka_unit_test(asked_twice_it_ends_once_and_leaves_nothing_on_the_loop),
		cmocka_unit_test(at_its_end_it_lets_go_of_the_loop),
		cmocka_unit_test(another_farm_may_run_on_the_same_loop_afterwards),
		cmocka_unit_test(the_others_start_by_the_plan_as_soon_as_the_canaries_are_in),
		cmocka_unit_test(given_a_canary_that_fails_nobody_else_starts),
		cmocka_unit_test(wrong_passwords_stop_it_only_when_they_come_in_a_row),
		cmocka_unit_test(on_a_real_loop_it_needs_no_thread_either),
		cmocka_unit_test(without_a_watcher_of_the_seconds_it_runs_as_well),
		cmocka_unit_test(without_memory_it_is_not_made_and_nothing_is_lost),
		cmocka_unit_test(whatever_memory_is_missing_the_run_comes_to_its_end),
	};

	return cmocka_run_group_tests_name("farm_virtual", tests, NULL, NULL);
}
