/*
 * test_farm_groups.c - phones in groups, in the order in which they start, and what is told of
 * each at the end; toys in virtual time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "toy_farm.h"

#define S UINT64_C(1000000)

enum { TEN = 10, FIRST_OF_CAMPUS = 4 };

/* Phones 0 to 3, and 4 to 9. */
static const struct farm_group groups[] = { { "branch", 0 }, { "campus", FIRST_OF_CAMPUS } };

/* Ten phones whose walks take 10 s, in the two groups. */
static struct toy_farm *
ten_in_groups(void)
{
	struct toy_farm *all = toy_farm_ten();

	all->cfg.groups = groups;
	all->cfg.n_groups = 2;
	return all;
}

/* ---- the order ---- */

/* One a second, the last phone first. */
static void
phones_start_in_the_order_of_the_plan(void **state)
{
	static const uint32_t order[TEN] = { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };
	struct toy_farm *all = toy_farm_ten();

	(void)state;
	for (uint64_t i = 0; i < TEN; i++)
		all->start_us[i] = i * S;
	all->cfg.order = order;
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, TEN);
	for (uint32_t phone = 0; phone < TEN; phone++) {
		toy_times_are(&all->life[phone].on, 1, (uint64_t)(TEN - 1 - phone) * S);
		assert_int_equal(all->life[phone].closed, 1);
	}
	toy_farm_free(all);
}

static void
the_canaries_are_the_first_to_start_and_not_the_lowest(void **state)
{
	static const uint32_t order[TEN] = { 7, 3, 0, 1, 2, 4, 5, 6, 8, 9 };
	struct toy_farm *all = toy_farm_ten();

	(void)state;
	all->cfg.order = order;
	all->cfg.guard.canary = 2;
	assert_int_equal(toy_farm_run(all)->metrics->phones.finished, TEN);
	toy_times_are(&all->life[7].on, 1, UINT64_C(0));
	toy_times_are(&all->life[3].on, 1, UINT64_C(0));
	/* Lease and login take 3 s; then a moment until the gate is open for all. */
	assert_int_equal(all->life[0].on.n, 1);
	assert_true(all->life[0].on.at_us[0] >= 3 * S);
	assert_true(all->life[9].on.at_us[0] >= 3 * S);
	toy_farm_free(all);
}

static enum toy_fate
the_seventh_does_not_get_in(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 7 ? TOY_WRONG_PASSWORD : TOY_ARRIVES;
}

static void
given_a_lost_canary_of_a_high_number_nobody_else_starts(void **state)
{
	static const uint32_t order[TEN] = { 7, 0, 1, 2, 3, 4, 5, 6, 8, 9 };
	struct toy_farm *all = toy_farm_ten();
	const struct farm_end *end;

	(void)state;
	all->cfg.order = order;
	all->cfg.guard.canary = 1;
	all->fate = the_seventh_does_not_get_in;
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->phones.started, 1);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_non_null(end->guard_says);
	for (uint32_t phone = 0; phone < TEN; phone++)
		assert_int_equal(
		    end->phone[phone].outcome, phone == 7 ? FARM_FAILED : FARM_NOT_STARTED);
	toy_farm_free(all);
}

/* On threads, each shard finds its own in the common order. */
static void
given_threads_each_phone_of_the_order_is_started_once(void **state)
{
	enum { PHONES = 300 };
	uint32_t order[PHONES];
	struct toy_farm *all = toy_farm_new_real(PHONES, 3);
	const struct farm_end *end;

	(void)state;
	for (uint32_t i = 0; i < PHONES; i++)
		order[i] = (i * 7 + 5) % PHONES;
	all->cfg.order = order;
	all->cfg.groups = groups;
	all->cfg.n_groups = 2;
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->phones.finished, PHONES);
	assert_int_equal(end->metrics->group[0].finished, FIRST_OF_CAMPUS);
	assert_int_equal(end->metrics->group[1].finished, PHONES - FIRST_OF_CAMPUS);
	for (uint32_t i = 0; i < PHONES; i++) {
		assert_int_equal(all->life[i].on.n, 1);
		assert_int_equal(end->phone[i].outcome, FARM_FINISHED);
	}
	toy_farm_free(all);
}

/* ---- groups ---- */

static enum toy_fate
campus_fails(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index >= FIRST_OF_CAMPUS && index % 2 == 1 ? TOY_FAILS : TOY_ARRIVES;
}

static void
each_group_counts_its_own(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct metrics *m;

	(void)state;
	all->fate = campus_fails;
	m = toy_farm_run(all)->metrics;
	assert_int_equal(m->n_groups, 2);
	assert_int_equal(m->group[0].started, 4);
	assert_int_equal(m->group[0].finished, 4);
	assert_int_equal(m->group[0].failed, 0);
	assert_int_equal(m->group[0].boot.count, 4);
	assert_int_equal(m->group[1].started, 6);
	assert_int_equal(m->group[1].finished, 3);
	assert_int_equal(m->group[1].failed, 3);
	assert_int_equal(m->group[1].boot.count, 3);
	assert_int_equal(m->group[1].boot.max_us, 10 * S);
	assert_int_equal(m->phones.finished, 7);
	toy_farm_free(all);
}

/* What was finished and then loses its power is not finished any more, in its group too. */
static void
power_that_goes_is_seen_in_the_group(void **state)
{
	const struct farm_event off = toy_event(SCENARIO_UNPLUG, 12 * S, "0,5-6");
	struct toy_farm *all = ten_in_groups();
	const struct farm_end *end;

	(void)state;
	end = toy_farm_run_with(all, &off, 1);
	assert_int_equal(end->metrics->group[0].finished, 3);
	assert_int_equal(end->metrics->group[1].finished, 4);
	assert_int_equal(end->metrics->group[1].started, 6);
	assert_int_equal(end->metrics->group[1].boot.count, 6);
	assert_int_equal(end->phone[5].outcome, FARM_UNFINISHED);
	assert_int_equal(end->phone[5].boot_ms, 10000);
	toy_farm_free(all);
}

static void
without_groups_none_is_told(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_end *end;

	(void)state;
	end = toy_farm_run(all);
	assert_int_equal(end->metrics->n_groups, 0);
	assert_int_equal(end->phone[9].group, 0);
	toy_farm_free(all);
}

/* ---- what became of each ---- */

static void
who_arrived_has_its_times(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct farm_phone *p;

	(void)state;
	for (uint64_t i = 0; i < TEN; i++)
		all->start_us[i] = i * S;
	all->stay_us = 5 * S;
	p = &toy_farm_run(all)->phone[3];
	assert_int_equal(p->outcome, FARM_FINISHED);
	assert_int_equal(p->why, 0);
	assert_int_equal(p->group, 0);
	assert_int_equal(p->started_ms, 3000);
	assert_int_equal(p->boot_ms, 10000);
	/* And has stayed. */
	assert_int_equal(p->ended_ms, 18000);
	assert_int_equal(p[1].group, 1);
	toy_farm_free(all);
}

static void
who_failed_says_where_and_why(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct farm_phone *p;

	(void)state;
	all->fate = campus_fails;
	p = &toy_farm_run(all)->phone[5];
	assert_int_equal(p->outcome, FARM_FAILED);
	assert_int_equal(p->row, TOY_UPDATE);
	assert_int_equal(p->why, 1);
	assert_int_equal(p->boot_ms, 0);
	assert_int_equal(p->ended_ms, 10000);
	toy_farm_free(all);
}

static void
drain_at_5(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	(void)m;
	(void)since_us;
	if (all->seconds == 5)
		farm_drain(all->farm);
}

/* After 5 s of rows of 1, 2 and 3 s it is at its line. */
static void
who_was_on_its_way_is_unfinished_where_it_was_and_who_was_not_started_is_not(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct farm_end *end;

	(void)state;
	for (uint64_t i = 1; i < TEN; i++)
		all->start_us[i] = 3600 * S;
	all->second = drain_at_5;
	end = toy_farm_run(all);
	assert_int_equal(end->phone[0].outcome, FARM_UNFINISHED);
	assert_int_equal(end->phone[0].row, TOY_LINE);
	assert_int_equal(end->phone[0].why, 0);
	assert_int_equal(end->phone[0].ended_ms, 0);
	assert_int_equal(end->phone[1].outcome, FARM_NOT_STARTED);
	assert_int_equal(end->phone[9].outcome, FARM_NOT_STARTED);
	assert_int_equal(end->phone[9].group, 1);
	assert_int_equal(end->phone[9].started_ms, 0);
	toy_farm_free(all);
}

static void
who_does_not_hold_what_it_arrived_at_is_unfinished_but_has_booted(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct farm_end *end;

	(void)state;
	all->cfg.must_hold = true;
	all->lets_down = true;
	end = toy_farm_run(all);
	assert_int_equal(end->phone[2].outcome, FARM_UNFINISHED);
	assert_int_equal(end->phone[2].boot_ms, 10000);
	assert_int_equal(end->metrics->group[0].finished, 0);
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
one_that_could_not_be_made_has_failed_at_its_start(void **state)
{
	struct toy_farm *all = ten_in_groups();
	const struct farm_end *end;

	(void)state;
	all->start_us[0] = 0;
	all->fate = the_first_cannot_be_made;
	end = toy_farm_run(all);
	assert_int_equal(end->phone[0].outcome, FARM_FAILED);
	assert_int_equal(end->phone[0].row, 0);
	/* The very beginning is told as 1: 0 is never. */
	assert_int_equal(end->phone[0].started_ms, 1);
	assert_int_equal(end->phone[0].ended_ms, 1);
	assert_int_equal(end->metrics->group[0].failed, 1);
	toy_farm_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phones_start_in_the_order_of_the_plan),
		cmocka_unit_test(the_canaries_are_the_first_to_start_and_not_the_lowest),
		cmocka_unit_test(given_a_lost_canary_of_a_high_number_nobody_else_starts),
		cmocka_unit_test(given_threads_each_phone_of_the_order_is_started_once),
		cmocka_unit_test(each_group_counts_its_own),
		cmocka_unit_test(power_that_goes_is_seen_in_the_group),
		cmocka_unit_test(without_groups_none_is_told),
		cmocka_unit_test(who_arrived_has_its_times),
		cmocka_unit_test(who_failed_says_where_and_why),
		cmocka_unit_test(
		    who_was_on_its_way_is_unfinished_where_it_was_and_who_was_not_started_is_not),
		cmocka_unit_test(
		    who_does_not_hold_what_it_arrived_at_is_unfinished_but_has_booted),
		cmocka_unit_test(one_that_could_not_be_made_has_failed_at_its_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
