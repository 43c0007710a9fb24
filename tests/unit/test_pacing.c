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
		cmocka_unit_test(the_peak_is_the_fullest_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
