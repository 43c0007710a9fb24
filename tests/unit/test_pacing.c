/* test_pacing.c - the intended start of every phone, to the microsecond. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "pacing.h"

enum { SECOND = 1000000 };

static void
at_once_starts_all_at_zero(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_AT_ONCE, .count = 3 } };
	uint64_t at[3] = { 9, 9, 9 };

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 3, 1, at), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(at[i], 0);
}

static void
steady_starts_one_every_period(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_STEADY,
	    .from_per_s = 200,
	    .to_per_s = 200,
	    .for_us = 20 * SECOND } };
	static uint64_t at[4000];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 4000, 1, at), 0);
	for (uint64_t i = 0; i < 4000; i++)
		assert_int_equal(at[i], i * 5000);
}

static void
a_ramp_follows_its_parabola(void **state)
{
	/* 0/s to 100/s in 10 s: 5 t^2 starts after t seconds. */
	const struct arrival a[] = { { .kind = ARRIVAL_RAMP,
	    .from_per_s = 0,
	    .to_per_s = 100,
	    .for_us = 10 * SECOND } };
	static uint64_t at[500];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 500, 1, at), 0);
	assert_int_equal(at[0], 0);
	assert_int_equal(at[5], 1 * SECOND);
	assert_int_equal(at[20], 2 * SECOND);
	assert_int_equal(at[405], 9 * SECOND);
	for (int i = 1; i < 500; i++)
		assert_true(at[i] > at[i - 1]);
}

static void
a_falling_ramp_slows_down(void **state)
{
	/* 10/s to 0/s in 10 s: 10 t - t^2 / 2 starts. */
	const struct arrival a[] = {
		{ .kind = ARRIVAL_RAMP, .from_per_s = 10, .to_per_s = 0, .for_us = 10 * SECOND }
	};
	uint64_t at[50];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 50, 1, at), 0);
	assert_int_equal(at[18], 2 * SECOND);
	assert_int_equal(at[32], 4 * SECOND);
	assert_int_equal(at[42], 6 * SECOND);
}

static void
items_run_one_after_the_other(void **state)
{
	const struct arrival a[] = {
		{ .kind = ARRIVAL_AT_ONCE, .count = 2 },
		{ .kind = ARRIVAL_STEADY,
		    .from_per_s = 2,
		    .to_per_s = 2,
		    .for_us = 1 * SECOND },
		{ .kind = ARRIVAL_AT_ONCE, .count = 1 },
		{ .kind = ARRIVAL_STEADY,
		    .from_per_s = 10,
		    .to_per_s = 10,
		    .for_us = 1 * SECOND },
	};
	const uint64_t expected[] = { 0, 0, 0, 500000, 1000000, 1000000, 1100000, 1200000 };
	uint64_t at[8];

	(void)state;
	assert_int_equal(pacing_plan(a, 4, 8, 1, at), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(at[i], expected[i]);
}

static void
the_sample_of_the_design_takes_fifty_seconds(void **state)
{
	const struct arrival a[] = {
		{ .kind = ARRIVAL_AT_ONCE, .count = 500 },
		{ .kind = ARRIVAL_RAMP,
		    .from_per_s = 10,
		    .to_per_s = 200,
		    .for_us = 30 * SECOND },
		{ .kind = ARRIVAL_STEADY,
		    .from_per_s = 200,
		    .to_per_s = 200,
		    .for_us = 20 * SECOND },
	};
	static uint64_t at[7650];

	(void)state;
	assert_int_equal(pacing_plan(a, 3, 7650, 1, at), 0);
	assert_int_equal(at[499], 0);
	assert_int_equal(at[500], 0);
	assert_int_equal(at[500 + 3150], 30 * SECOND);
	assert_int_equal(at[7649], 50 * SECOND - 5000);
}

static void
more_phones_than_the_items_start_let_the_last_one_go_on(void **state)
{
	const struct arrival steady[] = {
		{ .kind = ARRIVAL_STEADY, .from_per_s = 4, .to_per_s = 4, .for_us = SECOND }
	};
	const struct arrival ramp[] = {
		{ .kind = ARRIVAL_RAMP, .from_per_s = 0, .to_per_s = 8, .for_us = SECOND }
	};
	const struct arrival at_once[] = { { .kind = ARRIVAL_AT_ONCE, .count = 1 } };
	uint64_t at[12];

	(void)state;
	assert_int_equal(pacing_plan(steady, 1, 12, 1, at), 0);
	assert_int_equal(at[11], 2750000);
	assert_int_equal(pacing_plan(ramp, 1, 12, 1, at), 0);
	assert_int_equal(at[4], SECOND);
	assert_int_equal(at[12 - 4], SECOND + SECOND / 2);
	assert_int_equal(pacing_plan(at_once, 1, 12, 1, at), 0);
	assert_int_equal(at[11], 0);
}

static void
a_ramp_down_to_nothing_cannot_go_on(void **state)
{
	const struct arrival a[] = {
		{ .kind = ARRIVAL_RAMP, .from_per_s = 2, .to_per_s = 0, .for_us = SECOND }
	};
	uint64_t at[3];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 1, 1, at), 0);
	assert_int_equal(pacing_plan(a, 1, 3, 1, at), -ERANGE);
}

static void
poisson_is_the_same_for_the_same_seed_and_about_its_rate(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_POISSON,
	    .from_per_s = 100,
	    .to_per_s = 100,
	    .for_us = 10 * SECOND } };
	static uint64_t one[1000], two[1000], other[1000];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 1000, 7, one), 0);
	assert_int_equal(pacing_plan(a, 1, 1000, 7, two), 0);
	assert_int_equal(pacing_plan(a, 1, 1000, 8, other), 0);
	assert_memory_equal(one, two, sizeof one);
	assert_memory_not_equal(one, other, sizeof one);
	assert_in_range(one[999], 8 * SECOND, 12 * SECOND);
	for (int i = 1; i < 1000; i++)
		assert_true(one[i] >= one[i - 1]);
}

static void
what_follows_poisson_begins_at_its_end(void **state)
{
	const struct arrival a[] = {
		{ .kind = ARRIVAL_POISSON,
		    .from_per_s = 100,
		    .to_per_s = 100,
		    .for_us = 1 * SECOND },
		{ .kind = ARRIVAL_AT_ONCE, .count = 1000 },
	};
	static uint64_t at[400];
	int i = 0;

	(void)state;
	assert_int_equal(pacing_plan(a, 2, 400, 7, at), 0);
	while (at[i] < SECOND)
		i++;
	assert_in_range(i, 60, 140);
	for (; i < 400; i++)
		assert_int_equal(at[i], SECOND);
}

static void
the_peak_is_the_fullest_window(void **state)
{
	const uint64_t at[] = { 0, 0, 1, 50, 99, 100, 250, 260, 270, 280 };

	(void)state;
	assert_int_equal(pacing_peak(at, 10, 100), 5);
	assert_int_equal(pacing_peak(at, 10, 101), 6);
	assert_int_equal(pacing_peak(at, 10, 1), 2);
	assert_int_equal(pacing_peak(at, 10, 1000), 10);
	assert_int_equal(pacing_peak(at, 0, 1000), 0);
}

static void
a_storm_begins_at_twice_the_mean_and_dies_away(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_STORM, .for_us = 60 * SECOND } };
	static uint64_t at[6000];
	uint32_t early = 0;

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 6000, 1, at), 0);
	assert_int_equal(at[0], 0);
	/* 200/s at first, the mean is 100/s. */
	assert_in_range(at[1], 5000, 5010);
	/* Three quarters are on after half of the time. */
	assert_int_equal(at[4500], 30 * SECOND);
	while (at[early] < 6 * SECOND)
		early++;
	assert_int_equal(early, 1140);
	for (int i = 1; i < 6000; i++)
		assert_true(at[i] > at[i - 1]);
	assert_in_range(at[5999], 59 * SECOND, 60 * SECOND);
}

static void
waves_are_of_equal_size_and_even_in_themselves(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_ROLLING,
	    .count = 10,
	    .every_us = 300 * (uint64_t)SECOND,
	    .for_us = 60 * SECOND } };
	static uint64_t at[1000];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 1000, 1, at), 0);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(at[i], i / 100 * 300 * SECOND + i % 100 * 600000);
}

static void
waves_differ_by_one_phone_at_most(void **state)
{
	const struct arrival a[] = { { .kind = ARRIVAL_ROLLING,
	    .count = 4,
	    .every_us = 10 * SECOND,
	    .for_us = 2 * SECOND } };
	/* 2, 3, 2, 3 of 10 phones; 0, 1, 1, 1 of three. */
	const uint64_t ten[] = { 0, 1000000, 10000000, 10666667, 11333333, 20000000, 21000000,
		30000000, 30666667, 31333333 };
	const uint64_t three[] = { 10000000, 20000000, 30000000 };
	uint64_t at[10];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 10, 1, at), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(at[i], ten[i]);
	assert_int_equal(pacing_plan(a, 1, 3, 1, at), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(at[i], three[i]);
}

static void
presets_take_the_phones_that_are_left(void **state)
{
	struct arrival a[] = { { .kind = ARRIVAL_AT_ONCE, .count = 20 },
		{ .kind = ARRIVAL_STEADY,
		    .from_per_s = 0.7,
		    .to_per_s = 0.7,
		    .for_us = 10 * SECOND },
		{ .kind = ARRIVAL_ROLLING, .count = 1, .for_us = 73 * SECOND } };
	uint64_t at[100];

	(void)state;
	assert_int_equal(pacing_plan(a, 3, 100, 1, at), 0);
	assert_int_equal(at[19], 0);
	for (uint64_t i = 27; i < 100; i++)
		assert_int_equal(at[i], 10 * SECOND + (i - 27) * SECOND);
	a[2].kind = ARRIVAL_STORM;
	assert_int_equal(pacing_plan(a, 3, 100, 1, at), 0);
	assert_int_equal(at[27], 10 * SECOND);
	assert_in_range(at[99], 10 * SECOND, 83 * SECOND);
	/* None is left. */
	assert_int_equal(pacing_plan(a, 3, 20, 1, at), 0);
	assert_int_equal(at[19], 0);
}

static void
half_a_start_before_a_preset_does_not_move_it(void **state)
{
	/* 3.5 starts: the fourth phone is the steady item's last. */
	const struct arrival a[] = {
		{ .kind = ARRIVAL_STEADY, .from_per_s = 1, .to_per_s = 1, .for_us = 3500000 },
		{ .kind = ARRIVAL_ROLLING,
		    .count = 2,
		    .every_us = 10 * SECOND,
		    .for_us = 1 * SECOND }
	};
	const uint64_t expected[] = { 0, 1000000, 2000000, 3000000, 3500000, 4000000, 13500000,
		14000000 };
	uint64_t at[8];

	(void)state;
	assert_int_equal(pacing_plan(a, 2, 8, 1, at), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(at[i], expected[i]);
}

static void
a_million_phones_in_a_thousand_waves_stay_in_order(void **state)
{
	const struct arrival a[] = {
		{ .kind = ARRIVAL_ROLLING, .count = 1000, .every_us = SECOND, .for_us = SECOND }
	};
	static uint64_t at[999983];

	(void)state;
	assert_int_equal(pacing_plan(a, 1, 999983, 1, at), 0);
	for (uint32_t i = 1; i < 999983; i++)
		assert_true(at[i] >= at[i - 1]);
	assert_in_range(at[999982], UINT64_C(999) * SECOND, UINT64_C(1000) * SECOND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_once_starts_all_at_zero),
		cmocka_unit_test(steady_starts_one_every_period),
		cmocka_unit_test(a_ramp_follows_its_parabola),
		cmocka_unit_test(a_falling_ramp_slows_down),
		cmocka_unit_test(items_run_one_after_the_other),
		cmocka_unit_test(the_sample_of_the_design_takes_fifty_seconds),
		cmocka_unit_test(more_phones_than_the_items_start_let_the_last_one_go_on),
		cmocka_unit_test(a_ramp_down_to_nothing_cannot_go_on),
		cmocka_unit_test(poisson_is_the_same_for_the_same_seed_and_about_its_rate),
		cmocka_unit_test(what_follows_poisson_begins_at_its_end),
		cmocka_unit_test(a_storm_begins_at_twice_the_mean_and_dies_away),
		cmocka_unit_test(waves_are_of_equal_size_and_even_in_themselves),
		cmocka_unit_test(waves_differ_by_one_phone_at_most),
		cmocka_unit_test(presets_take_the_phones_that_are_left),
		cmocka_unit_test(half_a_start_before_a_preset_does_not_move_it),
		cmocka_unit_test(a_million_phones_in_a_thousand_waves_stay_in_order),
		cmocka_unit_test(the_peak_is_the_fullest_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
